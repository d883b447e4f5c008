"""Workers killed at every step, stopped, frozen, short of descriptors (fault matrix B1 to B6, B11 to B14, B26). After
each fault the outside judge counts what the relay saw against the database."""
import random
import resource
import signal

import pytest

from harness.trial import processes_of
from sink import Hold, Sink, Slow

CONNECTIONS = 8


def hold_at(step, held, from_count=1):
    """A script that holds every connection at a step, once `from_count` have passed it."""
    seen = []

    def script(at, recipient, count):
        if at != step:
            return None
        seen.append(recipient)
        return held if len(seen) >= from_count else None

    return script


def test_b01_kill_idle(trial):
    """Each role is there again within two seconds; the broadcast after it is as if nothing had been."""
    trial.residents(50)
    trial.start()
    for role in ("send", "fanout", "sweep"):
        after = len(trial.worker.lines)
        trial.kill(trial.pid(role))
        trial.wait_ready(after, role, within_s=2)
    trial.approve()
    assert trial.end().accepted == 50


@pytest.mark.parametrize("row,step,doubles", [
    ("b02_after_claim_before_the_greeting", "greeting", 0), ("b03_during_ehlo", "ehlo", 0),
    ("b04_after_mail", "mail", 0), ("b04_after_rcpt", "rcpt", 0), ("b04_after_data", "data", 0),
    ("b05_in_the_middle_of_the_text", "text", 0), ("b06_after_dot_before_250", "dot", CONNECTIONS)],
    ids=lambda value: value if isinstance(value, str) and value.startswith("b0") else "")
def test_kill(trial, row, step, doubles):
    """The sender is killed while the relay holds all its connections at the step; the next one takes over."""
    del row
    trial.residents(150)
    held = Hold()
    # What was held breaks off: a text not ended is no mail.
    sink = trial.start(hold_at(step, [held, Sink.DROP]), connections=CONNECTIONS)
    trial.approve()
    trial.kill_behind(held)
    sink.script = lambda at, recipient, count: None
    held.release()
    trial.wait_more()
    verdict = trial.end(doubles)
    assert verdict.accepted == 150
    assert (verdict.doubles > 0) == (step == "dot")


def kill_now_and_then(trial, kills, senders, dice):
    """kill -9 of random senders, ready or not, each after some more mails."""
    for _ in range(kills):
        trial.sink.wait_mails(len(trial.sink.mails) + dice.randrange(1, 8))
        trial.kill(trial.pid("send", dice.randrange(senders)))


def test_b09_b11_fifty_random_kills(trial):
    """Small chunks, so that claims, commits and closes are hit as well as mails."""
    senders, connections, kills, dice = 6, 3, 50, random.Random(11)
    trial.residents(2500)
    trial.start(lambda step, recipient, count: dice.uniform(0, 0.2) if step == "dot" else None, senders, connections,
                chunk_members=60)
    trial.approve()
    kill_now_and_then(trial, kills, senders, dice)
    assert len(trial.sink.mails) < 2500
    trial.wait_more()
    assert trial.end(kills * connections).sent == 2500


def test_b12_kill_all_at_once(trial):
    """Every child dies: the master starts them again. Then the master dies with them: whoever starts it again
    (systemd in a town) needs no operator."""
    trial.residents(900)
    trial.start(Slow(0.02), 2, CONNECTIONS)
    trial.approve()
    trial.sink.wait_mails(150)
    trial.kill(*processes_of(trial.worker.pid).values())
    trial.wait_more()
    trial.sink.wait_mails(400)
    children = processes_of(trial.worker.pid).values()
    trial.worker.kill(signal.SIGSTOP)  # so that none is started between the kills
    trial.kill(*children, trial.worker.pid)
    trial.worker.child.wait(10)
    trial.worker = trial.system.start_workers()
    trial.wait_more()
    assert trial.end(4 * CONNECTIONS).sent == 900


def test_b13_rolling_restart(trial):
    """SIGTERM to one process, to the whole host's workers, and the next start: no mail is sent twice."""
    trial.residents(1000)
    trial.start(Slow(0.03), 2, CONNECTIONS)
    trial.approve()
    for i in range(3):
        trial.sink.wait_mails(100 + 200 * i)
        trial.kill()
        trial.system.stop_one("worker")
        trial.worker = trial.system.start_workers()
        trial.wait_more()
    after = len(trial.worker.lines)
    trial.kill_with(signal.SIGTERM, trial.pid())
    trial.wait_ready(after, slot=0)
    verdict = trial.end(0)
    assert verdict.accepted == 1000


def test_b14_frozen_beyond_its_lease(trial):
    """SIGSTOP for longer than the lease: the sender fences itself before anything leaves, compares, goes on."""
    trial.residents(400)
    trial.start(Slow(0.05), connections=CONNECTIONS, lease_s=5)
    trial.approve()
    trial.sink.wait_mails(60)
    pid, after = trial.pid(), len(trial.worker.lines)
    trial.kill_with(signal.SIGSTOP, pid)
    trial.town.wait("SELECT 1 FROM worker WHERE role = 'send' AND seen < clock_timestamp() - interval '5 seconds'")
    trial.kill_with(signal.SIGCONT, pid)
    trial.worker.wait_line(r"send 0: self-fenced", after=after)
    trial.worker.wait_line(r"send 0: no longer self-fenced", after=after)
    assert trial.end(0).accepted == 400


def test_b26_too_few_descriptors(trial):
    """Far fewer than the connections that the settings allow: what opens is used, and nobody is lost."""
    trial.residents(300)
    sink = trial.listen(lambda step, recipient, count: 0.02 if step == "dot" else None)
    trial.start(before=["prlimit", "--nofile=40:40"], connections=100)
    trial.approve()
    assert trial.end(0).accepted == 300
    assert sink.most_open < 40


def test_b26_descriptors_run_out(trial):
    """Not one more, while the relay closes after every mail; they come back, and so does the sending."""
    trial.residents(300)
    trial.start(Slow(0.01, then=["250 2.0.0 Ok", Sink.DROP]))
    pid = trial.pid()
    free = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    trial.approve()
    trial.sink.wait_mails(20)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (4, free[1]))
    trial.town.wait("SELECT 1 FROM relay_state WHERE NOT up")
    assert len(trial.sink.mails) < 300
    resource.prlimit(pid, resource.RLIMIT_NOFILE, free)
    assert trial.end(0).accepted == 300
