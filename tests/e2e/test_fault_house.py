"""Stops, leavers, two who keep the house, and audiences of nobody (fault matrix B44, B45, B48, B49)."""
import os
import re
import time

import pytest

from harness.process import BUILD
from harness.trial import kill
from sink import Slow


@pytest.mark.parametrize("share", [10, 50, 90])
def test_b44_stop(trial, share):
    """Paused and resumed on the way; after the stop's second no mail, and the accounts close at once."""
    trial.residents(400)
    trial.start(Slow(0.03, ahead=16))
    trial.approve()
    trial.sink.wait_mails(4 * share // 2)
    pause(trial)
    held = time.monotonic()
    trial.town.wait("SELECT 1 FROM chunk HAVING bool_and(state <> 'leased')")
    resume(trial)
    assert [mail for mail in trial.sink.mails if mail.at > held + 1] == [
        mail for mail in trial.sink.mails if mail.at > time.monotonic()]
    trial.sink.wait_mails(4 * share)
    trial.town.stop(trial.alert)
    stopped = time.monotonic()
    verdict = trial.end()
    assert max(mail.at for mail in trial.sink.mails) < stopped + 1
    assert verdict.accepted == len(trial.sink.mails) and verdict.cancelled == 400 - verdict.accepted


def pause(trial):
    trial.town._sql(trial.town.staff, "SELECT alert_pause(%s, %s, NULL)", trial.town.approver, trial.alert)


def resume(trial):
    trial.town._sql(trial.town.staff, "SELECT alert_resume(%s, %s, NULL)", trial.town.approver, trial.alert)


def test_b44_stop_and_kill(trial):
    """The sender is killed with mails at the dot, and the alert stopped before the next one is there: who is in
    doubt ends as unknown, for he may have the mail."""
    trial.residents(300)
    trial.start(Slow(0.3), connections=8)
    trial.approve()
    trial.sink.wait_mails(40)
    trial.kill(trial.pid())
    trial.town.stop(trial.alert)
    verdict = trial.end(8)
    assert verdict.sent + verdict.cancelled == 300 and verdict.cancelled > 0


def test_b45_leave_during_the_broadcast(trial):
    """Who leaves before the turn comes gets nothing and ends as cancelled; who had the mail keeps that end."""
    wanted = trial.residents(600)
    trial.start(Slow(0.03, ahead=16), chunk_members=50)
    trial.approve()
    trial.sink.wait_mails(60)
    early, late = list(trial.town.addresses)[:10], list(trial.town.addresses)[-50:]
    # As leave() does it.
    trial.town.sql("UPDATE contact SET gone_at = now(), address = NULL WHERE id = ANY (%s)", early + late)
    verdict = trial.end()
    assert not {mail.recipient for mail in trial.sink.mails} & set(wanted[-50:])
    assert (verdict.accepted, verdict.cancelled) == (550, 50)


def test_b48_two_keep_the_house(trial):
    """One is elected; when it is killed the other is, soon, and what was over meanwhile ends."""
    trial.residents(200)
    trial.start(Slow(0.03, ahead=16))
    second = trial.system.start("second", "kairan-worker", "--role", "sweep", "--slot", "1", ready="sweep 1: ready")
    assert [line for line in trial.worker.lines + second.lines if "elected" in line] == trial.said(r"sweep 0: elected")
    trial.approve()
    trial.sink.wait_mails(20)
    kill(trial.pid("sweep"))
    match = [second, trial.worker]
    elected = [line for line in wait_elected(match) if re.search(r"sweep \d: elected", line)]
    assert len(elected) == 1
    trial.town.stop(trial.alert)
    verdict = trial.end()
    assert verdict.cancelled > 0


def wait_elected(processes, within_s=5):
    """All lines from now on of these processes, when one of them has been elected."""
    starts = [len(process.lines) for process in processes]
    deadline = time.monotonic() + within_s
    while True:
        fresh = [line for process, start in zip(processes, starts) for line in process.lines[start:]]
        if any("elected" in line for line in fresh):
            return fresh
        assert time.monotonic() < deadline, "nobody was elected"
        os.sched_yield()


@pytest.mark.parametrize("count", [0, 1])
def test_b49_small_audiences(trial, count):
    trial.residents(count)
    trial.start()
    trial.approve()
    assert trial.end().accepted == count == len(trial.sink.mails)
