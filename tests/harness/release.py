"""The small made-up town of a release, as a dump: made once, when the release is finished, and brought forward by tests ever after.

    /usr/bin/python3 -B tests/harness/release.py     writes tests/data/releases/RELEASE.sql"""
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from harness.cluster import Cluster  # noqa: E402
from harness.process import TOP  # noqa: E402
from harness.system import System  # noqa: E402
from harness.trial import Trial  # noqa: E402

FOLDER = pathlib.Path(TOP, "tests/data/releases")
RELEASE = pathlib.Path(TOP, "VERSION").read_text(encoding="utf-8").split()[0]
RESIDENTS = 120


def slow(step, recipient, count):
    """A tenth of the residents have no mailbox any more."""
    if step == "rcpt" and recipient.startswith("r1") and recipient.endswith("0@resident.example"):
        return "550 5.1.1 no such person"
    return 0.03 if step == "dot" else None


def live(trial):
    """Alerts in several states: done, stopped half-way, being sent when the workers go home, submitted."""
    trial.residents(RESIDENTS)
    trial.start(slow, connections=2)
    trial.town.wait_end(trial.approve())
    before = len(trial.sink.mails)
    trial.approve(hours=24)
    trial.sink.wait_mails(before + 30)
    trial.town.stop(trial.alert)
    trial.town.wait_end(trial.alert)
    before = len(trial.sink.mails)
    trial.approve(hours=24)
    trial.sink.wait_mails(before + 40)
    trial.system.stop()
    trial.town.submit(hours=24)


def dump(cluster):
    """Without what tells of the host that it was made on."""
    moment = cluster.sql("SELECT to_char(now() AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD\"T\"HH24:MI:SS')")[0][0]
    text = subprocess.run(["pg_dump", "-h", cluster.host, "-U", cluster.superuser, "-n", "kairan", "-e", "*", "kairan"],
                          check=True, capture_output=True, text=True).stdout
    text = re.sub(r"^\\(un)?restrict .*\n", "", text, flags=re.M).replace(socket.gethostname(), "w1.kairan.example")
    return f"-- A made-up town as it was at {moment} in Japan.\n{text}"


def make(target):
    """Writes the dump of a town of this release to the folder `target`; its path."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster()
        trial = Trial(cluster, lambda **settings: System(cluster, folder, **settings))
        try:
            live(trial)
            path = pathlib.Path(target, f"{RELEASE}.sql")
            path.write_text(dump(cluster), encoding="utf-8")
            return path
        finally:
            trial.close()
            cluster.close()


if __name__ == "__main__":
    make(FOLDER)
