"""Lanes and relays: who is slow or refuses delays nobody else, another relay takes over, a text that is refused
pauses the alert, what is urgent finds a way (P5, P6; B29, B30, B31, B35, B37, A35)."""
import os
import time

import pytest

from harness.broadcast import Broadcasts, judge
from harness.system import free_port
from sink import Crowd, Hold, Sink

CONNECTIONS = 8


@pytest.fixture(scope="module")
def town(cluster):
    return Broadcasts(cluster)


@pytest.fixture
def start(town, make_system):
    """start(script, …settings): sink and worker; no lane that an earlier test split off."""
    sinks = []

    def begin(script=None, **settings):
        town.sql("DELETE FROM lane_domain")
        town.sql("UPDATE lane SET retired_at = now() - interval '2 hours' WHERE name <> 'other'")
        sinks.append(Sink(script))
        settings = {"relays": sinks[-1].address, "relay_connections": CONNECTIONS, "senders": 1, "lanes": "", **settings}
        return sinks[-1], make_system(**settings).start_workers()

    yield begin
    for sink in sinks:
        sink.close()


def spread(town, good, **bad):
    """Residents: so many good ones, and others at domains of their own, evenly between."""
    everybody = town.residents(good + sum(bad.values()))
    places = {name: [int((i + 0.5) * len(everybody) / count) for i in range(count)] for name, count in bad.items()}
    for name, where in places.items():
        town.sql("UPDATE contact SET address = 'r' || id || '@' || %s WHERE id = ANY (%s)", f"{name}.example",
                 [place + 1 for place in where])
    return [a for a, in town.sql("SELECT address FROM contact ORDER BY id")]


def healthy(sink):
    return {mail.recipient for mail in sink.mails if mail.recipient.endswith("@resident.example")}


def time_of(sink, count):
    begun = time.monotonic()
    sink.wait(lambda s: len(healthy(s)) >= count)
    return time.monotonic() - begun


@pytest.mark.alone
@pytest.mark.parametrize("lanes", ["", "hole=hole.example busy=busy.example"], ids=["other", "own"])
@pytest.mark.parametrize("step", ["rcpt", "dot"])
def test_the_sick_delay_nobody_else(town, start, step, lanes):
    """A tenth of the residents at a domain that never answers, a tenth at one that always says 421."""
    good, slow = 1000, {"dot": 0.02}

    def sick(at, recipient, count):
        at_domain = (recipient or "").rpartition("@")[2]
        if at_domain == "hole.example" and at == step:
            return Sink.SILENT
        if at_domain == "busy.example" and at == "rcpt":
            return "421 4.3.2 come back later"
        return slow.get(at)

    spread(town, good)
    sink, worker = start(sick, lanes=lanes, relay_timeout_s=5)
    alert = town.approve()
    alone = time_of(sink, good)
    town.wait_end(alert)
    worker.stop()
    spread(town, good, hole=125, busy=125)
    sink, _ = start(sick, lanes=lanes, relay_timeout_s=5)
    alert = town.approve()
    beside = time_of(sink, good)
    # a run of seconds also has the time till the sick are known
    assert beside <= 1.1 * alone + 1.5, (alone, beside)
    assert town.sql("SELECT accepted FROM broadcast WHERE alert = %s", alert) is not None
    town.stop(alert)


def test_while_work_waits_no_connection_stands_idle(town, start):
    """Each final dot is answered only while all other connections stand at theirs: a mail that rides behind a slow
    text takes no place from a connection that has none."""
    wanted, dots = town.residents(40 * CONNECTIONS), Crowd(CONNECTIONS)
    sink, _ = start(lambda at, recipient, count: dots if at == "dot" else None)
    alert = town.approve()
    try:
        sink.wait(lambda s: dots.passed >= 30 * CONNECTIONS, timeout_s=20)
    finally:
        dots.release()
    assert town.wait_end(alert)["accepted"] == len(wanted)
    assert judge(sink, wanted) == (set(), set(), 0)


def test_a_sick_domain_gets_a_lane_of_its_own(town, start):
    """Split off `other`, said to the console, and its members are moved there untried."""
    spread(town, 600, busy=60)
    start(lambda at, recipient, count: "421 4.3.2 later" if at == "rcpt" and "@busy" in recipient
          else 0.01 if at == "dot" else None)
    alert = town.approve()
    town.wait("SELECT 1 FROM lane_domain WHERE domain = 'busy.example' AND split_until > now() + interval '59 minutes'")
    town.wait("SELECT 1 FROM broadcast WHERE alert = %s AND accepted = 600", alert)
    town.wait("SELECT 1 FROM lane_state WHERE lane = 'busy.example' AND NOT up AND reason LIKE '421%%' "
              "AND next_try IS NOT NULL")
    waiting, = town.wait("SELECT sum(size) FROM chunk WHERE alert = %s AND lane = 'busy.example' AND state <> 'closed' "
                         "HAVING sum(size) = 60", alert)
    assert waiting == 60
    assert town.sql("SELECT count(*) FROM outcome WHERE alert = %s AND result <> 'accepted'", alert) == [(0,)]
    town.stop(alert)


def test_the_next_relay_takes_over_and_gives_back(town, make_system):
    """The first is away, then refuses us, then is well again: nobody pays for it, each outcome names its relay."""
    wanted = town.residents(100)
    port, second = free_port(), Sink()
    make_system(relays=f"127.0.0.1:{port},{second.address}", relay_connections=2, senders=1, lanes="").start_workers()
    alert = town.approve()
    assert town.wait_end(alert)["accepted"] == 100
    assert judge(second, wanted) == (set(), set(), 0)
    assert {r for r, in town.sql("SELECT DISTINCT relay FROM outcome WHERE alert = %s", alert)} == {second.address}
    town.wait("SELECT 1 FROM relay_state WHERE relay = %s AND NOT up AND reason <> ''", f"127.0.0.1:{port}")
    refusing = {"mail": "550 5.7.1 not for you"}
    first = Sink(lambda at, recipient, count: refusing.get(at), port=port)
    try:
        town.wait("SELECT 1 FROM relay_state WHERE relay = %s AND up", first.address)
        assert town.wait_end(town.approve())["accepted"] == 100
        assert not first.mails and first.commands["MAIL"] < 20
        refusing.clear()
        deadline = time.monotonic() + 30
        while not first.mails and time.monotonic() < deadline:
            assert town.wait_end(town.approve())["accepted"] == 100
        assert first.mails
    finally:
        first.close()
        second.close()


def test_a_lane_has_its_own_relays(town, start):
    spread(town, 50, red=50)
    red = Sink()
    try:
        sink, _ = start(lanes="red=red.example", lane_relays=f"red={red.address}")
        assert town.wait_end(town.approve())["accepted"] == 100
        assert len(sink.mails) == len(red.mails) == 50
        assert all(mail.recipient.endswith("@red.example") for mail in red.mails)
    finally:
        red.close()


def test_a_refused_text_pauses_the_alert_and_ends_nobody(town, start):
    """The relay refuses the text at every dot; an approver resumes when it takes it."""
    wanted = town.residents(300)
    refusing = {"dot": "554 5.6.0 looks like spam"}
    sink, _ = start(lambda at, recipient, count: refusing.get(at))
    alert = town.approve()
    paused, reply = town.wait("SELECT b.paused, b.paused_reply FROM broadcast b JOIN alert a ON a.id = b.alert "
                              "WHERE a.id = %s AND a.state = 'paused'", alert)
    assert paused == "The mail server refuses the text of this alert, so sending was paused."
    assert reply == "554 looks like spam"
    assert town.sql("SELECT refused, accepted FROM broadcast WHERE alert = %s", alert) == [(0, 0)]
    assert town.sql("SELECT count(*) FROM oplog WHERE act = 'alert.pause' AND object = %s", f"alert {alert}") == [(1,)]
    refusing.clear()
    sink.mails.clear()
    town._sql(town.staff, "SELECT alert_resume(%s, %s, NULL)", town.approver, alert)
    assert town.wait_end(alert)["accepted"] == 300
    assert judge(sink, wanted) == (set(), set(), 0)


def test_a_text_refused_by_some_is_their_own_refusal(town, start):
    """Filters of three residents: the others take the text."""
    wanted = town.residents(300)
    sink, _ = start(lambda at, recipient, count: "554 5.6.0 filtered"
                    if at == "dot" and recipient.split("@")[0] in ("r1", "r150", "r300") else None)
    totals = town.wait_end(town.approve())
    assert (totals["accepted"], totals["refused"], totals["retried"]) == (297, 3, 0)
    assert len(sink.mails) == 300 and {m.recipient for m in sink.mails} == set(wanted)


def test_everybody_refused_pauses_the_alert(town, start):
    """B29: a relay that knows nobody any more. Half a minute's mails are not lost to it."""
    town.residents(3000)
    start(lambda at, recipient, count: ["550 5.1.1 no such person"] if at == "rcpt" else None)
    alert = town.approve()
    refused, = town.wait("SELECT b.refused FROM broadcast b JOIN alert a ON a.id = b.alert "
                         "WHERE a.id = %s AND a.state = 'paused'", alert)
    assert 30 <= refused < 600
    town.stop(alert)


@pytest.mark.alone
def test_urgent_passes_held_connections(town, start):
    """Every connection waits for a reply to a routine mail: the urgent one leaves within a second."""
    town.residents(100)
    hold, state = Hold(), {"routine": True}
    sink, _ = start(lambda at, recipient, count: hold if at == "dot" and state["routine"] else None)
    routine = town.approve()
    sink.wait(lambda s: len(hold.ports) >= CONNECTIONS)
    state["routine"] = False
    begun, urgent = time.monotonic(), town.approve(urgent=True)
    sink.wait(lambda s: any(f"x{urgent}." in (mail.message_id or "") for mail in s.mails))
    assert time.monotonic() - begun < 1
    town.wait_end(urgent)
    hold.release()
    assert town.wait_end(routine)["accepted"] == 100


def test_pace_is_kept(town, start):
    wanted = town.residents(60)
    sink, _ = start(lane_pace="other=20", senders=2)
    begun = time.monotonic()
    assert town.wait_end(town.approve())["accepted"] == 60
    assert 2.3 < time.monotonic() - begun < 10
    assert judge(sink, wanted) == (set(), set(), 0)


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.alone
def test_few_connections_with_one_mail_each(town, start):
    """B37: two connections at a time, one mail on each; not asked for again and again."""
    wanted = town.residents(200)
    holder = {}

    def narrow(at, recipient, count):
        if at == "greeting" and holder["sink"].open > 2:
            return "421 4.7.0 too many connections"
        if at == "dot":
            return [0.05, "250 2.0.0 taken", Sink.DROP]
        return None

    sink, worker = start(lambda *words: narrow(*words) if holder else None)
    holder["sink"] = sink
    pid = int(worker.wait_line(r"\[(\d+)\] send 0: ready").group(1))
    begun, used = time.monotonic(), cpu_s(pid)
    assert town.wait_end(town.approve())["accepted"] == 200
    assert judge(sink, wanted) == (set(), set(), 0)
    assert cpu_s(pid) - used < 0.2 * (time.monotonic() - begun)
    assert sink.connections < 200 + 100


def test_a_storm_of_delays_is_not_answered_by_one(town, start):
    """A35: a fifth is delayed once. 1.2 attempts a recipient, nobody sooner than the ladder says."""
    wanted = town.residents(500)
    sink, _ = start(lambda at, recipient, count: "451 4.7.1 greylisted"
                    if at == "rcpt" and count == 1 and int(recipient[1:].split("@")[0]) % 5 == 0 else None,
                    retry_delays_s="2")
    totals = town.wait_end(town.approve())
    assert (totals["accepted"], totals["retried"]) == (500, 100)
    assert sink.commands["RCPT"] <= 600
    assert judge(sink, wanted) == (set(), set(), 0)


def test_lanes_and_relays_are_reported(town, start):
    spread(town, 50, red=50)
    sink, _ = start(lanes="red=red.example")
    assert town.wait_end(town.approve())["accepted"] == 100
    town.wait("SELECT 1 FROM lane_state WHERE lane = 'red' AND up AND most >= 1 AND relay = %s AND seen > now() - "
              "interval '5 seconds'", sink.address)
    rows = town._sql(town.staff, "SELECT lane, waiting, well FROM lane_list(%s) WHERE lane IN ('red', 'other') ORDER BY 1",
                     town.approver)
    assert rows == [("other", 0, 1), ("red", 0, 1)]
    assert town._sql(town.staff, "SELECT relay, well FROM relay_list(%s)", town.approver) == [(sink.address, 1)]
