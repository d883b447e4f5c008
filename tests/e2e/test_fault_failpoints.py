"""Senders that end or fail at an exact place inside (fault matrix B7 to B10, B17, B25, B43). The programs here are built
with failpoints (base/failpoint.h); those that a town gets have none."""
import errno
import os
import signal

import pytest

from harness.process import BUILD, make_failing
from harness.trial import processes_of
from sink import Slow

POINTS = ("no-memory", "outcome-before-journal", "journal-write", "journal-written", "commit-sent", "replay-before-give-back")


@pytest.fixture(scope="module")
def failing():
    return make_failing("kairan-worker")


@pytest.fixture
def points(tmp_path):
    """points.arm(name, what): from now on, once; points.armed(name): not reached yet."""
    class Points:
        folder = tmp_path / "failpoints"

        def arm(self, name, what):
            assert name in POINTS
            waiting = self.folder / f".{name}"
            waiting.write_text(what)
            waiting.rename(self.folder / name)

        def armed(self, name):
            return (self.folder / name).exists()

        def disarm(self, name):
            (self.folder / name).unlink()

    made = Points()
    made.folder.mkdir()
    return made


@pytest.fixture
def start(trial, failing, points):
    """start(script, …): workers with failpoints, a broadcast to `count` residents not yet approved."""
    def go(count, script=None, **settings):
        trial.residents(count)
        trial.start(script, build=failing, env={"FAILPOINTS": str(points.folder)}, **settings)
        return trial
    return go


def wait_killed(trial, after=0):
    trial.worker.wait_line(r"send 0 \(process \d+\) was ended by signal 9", after=after)
    trial.kill()
    return len(trial.worker.lines)


def test_release_has_no_failpoints(failing):
    """Neither a name nor the code of one is in what `make` builds; both are in the other build."""
    words = [name.encode() for name in (*POINTS, "FAILPOINTS", "failpoint_hit")]
    with open(os.path.join(failing, "kairan-worker"), "rb") as file:
        program = file.read()
        assert not [word for word in words if word not in program]
    for name in ("kairan-worker", "kairan-server", "kairan"):
        with open(os.path.join(BUILD, name), "rb") as file:
            program = file.read()
        assert not [word for word in words if word in program], name


@pytest.mark.parametrize("row,point,doubles", [
    ("b07_after_250_before_journal", "outcome-before-journal", 1),
    ("b08_after_journal_before_commit", "journal-written", 0),
    ("b09_during_commit", "commit-sent", 1)], ids=lambda value: value if str(value).startswith("b0") else "")
def test_kill_inside(start, points, row, point, doubles):
    """One connection: so what the kill may double is one mail, and none once its outcome is on file."""
    del row
    trial = start(300, Slow(0.005), connections=1)
    trial.approve()
    for place in (5, 80, 160):
        trial.sink.wait_mails(place)
        trial.sink.wait(lambda sink, place=place: sink.mails[place - 1].answered)
        after = len(trial.worker.lines)
        points.arm(point, "kill")
        wait_killed(trial, after)
        trial.wait_more()
    assert not points.armed(point)
    assert trial.end(3 * doubles).accepted == 300


def test_b10_kill_while_reclaiming(start, points):
    """The one who brings a dead sender's journal home dies over it, twice; the third does it. No chunk is
    anybody's twice, which a double beyond the first sender's would show."""
    trial = start(200, Slow(0.02), connections=8)
    trial.approve()
    trial.sink.wait_mails(30)
    after = len(trial.worker.lines)
    points.arm("replay-before-give-back", "kill")
    trial.kill(trial.pid())
    after = wait_killed(trial, after)
    after = wait_killed(trial, after)
    points.arm("replay-before-give-back", "kill")
    after = wait_killed(trial, after)
    trial.wait_more()
    assert trial.end(8).sent == 200


def test_b25_journal_cannot_be_written(start, points):
    """No text leaves while its intent cannot go on file; all goes on when it can."""
    trial = start(400, Slow(0.02), connections=4)
    trial.approve()
    for place, number in enumerate((errno.EIO, errno.EROFS, errno.ENOSPC)):
        trial.sink.wait_mails(40 + 80 * place)
        after = len(trial.worker.lines)
        points.arm("journal-write", f"{number} stay")
        trial.worker.wait_line(rf"journal cannot be used; nothing is sent.*{os.strerror(number)}", after=after)
        trial.town.wait("SELECT 1 FROM outcome HAVING count(*) = %s", len(trial.sink.mails))
        stopped = len(trial.sink.mails)
        # A sign of life in the database: rounds in which it could have sent.
        trial.town.wait("SELECT 1 FROM worker WHERE role = 'send' AND seen > %s::timestamptz",
                        *trial.town.sql("SELECT clock_timestamp()")[0])
        assert len(trial.sink.mails) == stopped < 400
        points.disarm("journal-write")
        trial.worker.wait_line("the journal takes records again", after=after)
    assert trial.end(0).accepted == 400


def test_b43_memory_runs_out(start, points):
    """There is no memory for the next thing a sender wants to do, whatever it is: it aborts, and loses nobody."""
    trial = start(500, Slow(0.01), connections=4, chunk_members=50)
    trial.approve()
    for place in (1, 90, 180, 270):
        trial.sink.wait_mails(place)
        after = len(trial.worker.lines)
        points.arm("no-memory", f"{errno.ENOMEM}")
        trial.worker.wait_line(r"out of memory \(\d+ bytes wanted\)", after=after)
        trial.worker.wait_line(r"\(process \d+\) was ended by signal 6", after=after)
        trial.kill()
        trial.wait_more()
    assert trial.end(4 * 4).sent == 500


def test_b17_power_cut(start, trial):
    """The machine is gone at once, and with it what of the journals the disk had not: all of it, at worst."""
    connections, senders, kept = 8, 2, 50
    start(800, Slow(0.02), connections=connections,
          senders=senders, flush_outcomes=kept)
    trial.approve()
    trial.sink.wait_mails(200)
    trial.worker.kill(signal.SIGSTOP)
    trial.kill(*processes_of(trial.worker.pid).values(), trial.worker.pid)
    trial.worker.child.wait(10)
    for name in os.listdir(trial.system.settings["journal_dir"]):
        os.truncate(os.path.join(trial.system.settings["journal_dir"], name), 0)  # the mark of this start, too
    trial.worker = trial.system.start_workers()
    trial.wait_more()
    assert trial.end(senders * (connections + kept)).sent == 800
