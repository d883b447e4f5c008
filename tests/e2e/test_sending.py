"""Senders against a scripted relay: slow, refusing, dropping, gone; killed, stopped, cut off from the
database. What the sink saw is held against what the database says."""
import os
import re
import signal
import subprocess
import time

import pytest

from harness.broadcast import Broadcasts, judge
from harness.system import free_port
from sink import Sink, Slow

CONNECTIONS = 8


@pytest.fixture
def town(cluster):
    return Broadcasts(cluster)


@pytest.fixture
def sending(cluster, make_system):
    """sending(script, …settings) starts sink and workers: (sink, worker)."""
    sinks = []

    def start(script=None, sink=None, **settings):
        sinks.append(sink or Sink(script))
        system = make_system(relays=sinks[-1].address, relay_connections=CONNECTIONS, senders=1,
                             **settings)
        return sinks[-1], system.start_workers()

    yield start
    for sink in sinks:
        sink.close()


def sender_pid(worker, slot=0, after=0):
    """The process id of a sender that said it is ready."""
    return int(worker.wait_line(rf"\[(\d+)\] send {slot}: ready", after=after).group(1))


def test_everybody_gets_one_mail(town, sending):
    wanted = town.residents(700)
    sink, _ = sending()
    totals = town.wait_end(town.approve())
    assert judge(sink, wanted) == (set(), set(), 0)
    assert totals["accepted"] == totals["total"] == 700
    assert sink.commands["MAIL"] == sink.commands["RCPT"] == sink.commands["DATA"] == 700


@pytest.mark.alone
def test_slow_dots_do_not_add_up(town, sending):
    """Eight connections, 2 s at each final dot, 16 mails."""
    wanted = town.residents(16)
    sink, _ = sending(lambda step, recipient, count: 2.0 if step == "dot" else None)
    start = time.monotonic()
    town.wait_end(town.approve())
    assert time.monotonic() - start < 6
    assert judge(sink, wanted) == (set(), set(), 0)


def test_without_pipelining(town, sending):
    wanted = town.residents(40)
    sink, _ = sending(sink=Sink(extensions=()))
    town.wait_end(town.approve())
    assert judge(sink, wanted) == (set(), set(), 0)


def test_killed_sender_loses_nobody(town, sending):
    wanted = town.residents(1500)
    sink, worker = sending(Slow(0.02))
    alert = town.approve()
    kills, after = 3, 0
    for i in range(kills):
        pid = sender_pid(worker, after=after)
        after = len(worker.lines)
        sink.wait_mails(200 * (i + 1))
        os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        worker.wait_line(r"send 0: ready", after=after)
        assert time.monotonic() - killed < 5
    sink.let_go()
    totals = town.wait_end(alert)
    lost, phantoms, doubles = judge(sink, wanted)
    assert (lost, phantoms) == (set(), set())
    assert doubles <= kills * CONNECTIONS
    assert totals["accepted"] == 1500
    assert sum(1 for o in town.outcomes(alert) if o[3]) == totals["retried"] >= doubles


def test_stop_means_stop(town, sending):
    town.residents(1500)
    sink, _ = sending(Slow(0.05))
    alert = town.approve()
    sink.wait_mails(60)
    town.stop(alert)
    stopped = time.monotonic()
    totals = town.wait_end(alert)
    assert max(mail.at for mail in sink.mails) - stopped < 1
    assert totals["accepted"] == len(sink.mails) < 1500
    assert totals["cancelled"] == 1500 - len(sink.mails)


def test_restarted_database_loses_and_doubles_nobody(cluster, town, sending):
    wanted = town.residents(1500)
    sink, worker = sending(Slow(0.02))
    alert, data = town.approve(), cluster.data
    sink.wait_mails(200)
    command = ["/usr/lib/postgresql/15/bin/pg_ctl", "-D", data, "-m", "fast", "-w", "-s", "-l", f"{data}.log",
               "restart"]
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={cluster.superuser}", f"--regid={cluster.superuser}", "--init-groups", *command]
    subprocess.run(command, check=True, cwd="/", timeout=60, stdout=subprocess.DEVNULL)
    worker.wait_line(r"send 0: the database is back")
    sink.let_go()
    again = Broadcasts(cluster)
    assert again.wait_end(alert)["accepted"] == 1500
    assert judge(sink, wanted) == (set(), set(), 0)


def test_relay_down_then_up(town, sending, make_system):
    wanted = town.residents(30)
    port = free_port()
    make_system(relays=f"127.0.0.1:{port}", relay_connections=CONNECTIONS, senders=1).start_workers()
    alert = town.approve()
    reason, = town.wait("SELECT reason FROM relay_state WHERE NOT up")
    assert re.search(r"connect", reason, re.I)
    sink = Sink(port=port)
    try:
        assert town.wait_end(alert)["accepted"] == 30
        town.wait("SELECT 1 FROM relay_state WHERE up AND reason = ''")
        assert judge(sink, wanted) == (set(), set(), 0)
    finally:
        sink.close()


def test_temporary_refusals_climb_the_ladder(town, sending):
    wanted = town.residents(20)
    sink, _ = sending(lambda step, recipient, count: "451 4.7.1 later, please" if step == "rcpt" and count < 3 else None,
                      retry_delays_s="1")
    alert = town.approve()
    assert town.wait_end(alert)["accepted"] == 20
    assert judge(sink, wanted) == (set(), set(), 0)
    for address in wanted:
        tries = [o[1:3] for o in town.outcomes(alert) if o[0] == address]
        assert tries == [("temporary", False), ("temporary", False), ("accepted", True)]


@pytest.mark.parametrize("step", ["rcpt", "dot"])
def test_permanent_refusals_keep_the_relays_words(town, sending, step):
    wanted = town.residents(30)
    bad = set(wanted[::3])
    sink, _ = sending(lambda at, recipient, count: "550 5.1.1 宛先がありません" if at == step and recipient in bad
                      else None)
    alert = town.approve()
    totals = town.wait_end(alert)
    assert (totals["accepted"], totals["refused"]) == (20, 10)
    refused = {o[0]: o for o in town.outcomes(alert) if o[1] == "refused"}
    assert set(refused) == bad
    assert all(o[4] == 550 and "宛先がありません" in o[5] for o in refused.values())
    assert (sink.commands["RSET"] > 0) == (step == "rcpt")


def test_silence_after_the_dot_is_tried_once_more(town, sending):
    wanted = town.residents(20)
    sink, _ = sending(lambda step, recipient, count: Sink.DROP if step == "dot" and count == 1 and recipient in
                      wanted[:3] else None)
    alert = town.approve()
    assert town.wait_end(alert)["accepted"] == 20
    assert judge(sink, wanted) == (set(), set(), 3)
    for address in wanted[:3]:
        assert [o[1:4] for o in town.outcomes(alert) if o[0] == address] == [
            ("unknown", False, False), ("accepted", True, True)]


def test_twice_in_doubt_ends_as_unknown(town, sending):
    wanted = town.residents(10)
    sending(lambda step, recipient, count: Sink.DROP if step == "dot" and recipient == wanted[0] else None)
    alert = town.approve()
    totals = town.wait_end(alert)
    assert (totals["accepted"], totals["unknown"]) == (9, 1)


def test_421_is_nobodys_fault(town, sending):
    """The relay closes after every mail: no attempt is counted, nobody is doubled."""
    wanted = town.residents(40)
    sink, _ = sending(lambda step, recipient, count: "421 4.3.2 bye" if step == "data" and count == 1 and
                      recipient in wanted[5:10] else None)
    alert = town.approve()
    assert town.wait_end(alert)["accepted"] == 40
    assert judge(sink, wanted) == (set(), set(), 0)
    assert all(o[1] == "accepted" for o in town.outcomes(alert))


def test_refused_sender_pauses_the_relay_and_ends_nobody(town, sending):
    wanted = town.residents(20)
    healed = []
    sink, _ = sending(lambda step, recipient, count: "550 5.7.1 we do not know you" if step == "mail" and not healed
                      else None)
    alert = town.approve()
    reason, = town.wait("SELECT reason FROM relay_state WHERE NOT up")
    assert "we do not know you" in reason
    assert town.sql("SELECT count(*) FROM outcome WHERE alert = %s", alert) == [(0,)]
    healed.append(True)
    assert town.wait_end(alert)["accepted"] == 20
    assert judge(sink, wanted) == (set(), set(), 0)


def test_text_that_is_not_the_approved_one_stays(town, sending, make_system):
    """The sender computes the fingerprint itself: text changed behind everybody's back after the fan-out."""
    town.residents(20)
    system = make_system(relays="127.0.0.1:1")
    fanout = system.start("fanout", "kairan-worker", "--role", "fanout", "--slot", "0", ready="ready")
    alert = town.approve()
    fanout.wait_line("audience of alert .* is complete")
    town._sql(town.admin, "SET session_replication_role = replica")
    town._sql(town.admin, "UPDATE alert_text SET body = '別の本文です。' WHERE alert = %s", alert)
    sink, worker = sending()
    worker.wait_line(rf"alert {alert} is not sent: The text is not the approved one")
    totals = town.wait_end(alert)
    assert totals["cancelled"] == 20 and not sink.mails
    assert town.sql("SELECT state, halted FROM alert JOIN broadcast b ON b.alert = id WHERE id = %s", alert) == [
        ("stopped", "The text is not the approved one.")]


@pytest.mark.alone
def test_urgent_overtakes(town, sending):
    """A routine broadcast is under way on a slow relay; the urgent one leaves within a second."""
    town.residents(600)
    sink, _ = sending(Slow(0.2))
    routine = town.approve()
    sink.wait_mails(10)
    start, urgent = time.monotonic(), town.approve(urgent=True)
    sink.wait(lambda s: any(f"x{urgent}." in (mail.message_id or "") for mail in s.mails))
    assert time.monotonic() - start < 1
    town.wait_end(urgent)
    town.stop(routine)
    town.wait_end(routine)
