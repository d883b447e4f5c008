"""From release to release (fault matrix B46): the town of each release that was is brought forward, and once more while its
workers send. Nobody is forgotten, nobody gets the same alert twice, what was recorded stays."""
import re
import shutil
import subprocess
from types import SimpleNamespace

import pytest

from harness.broadcast import Broadcasts
from harness.clock import Clock
from harness.judge import check_accounts, count_sink, read_ends
from harness.process import TOP
from harness.release import FOLDER, RELEASE, make
from harness.server import Server
from harness.trial import Trial
from sink import Hold

KEPT = ("oplog", "person", "post", "subscriber", "contact", "alert", "alert_version", "approval", "letter", "outcome", "broadcast")
BORN = "CREATE TRIGGER next_release BEFORE TRUNCATE ON chunk EXECUTE FUNCTION refuse_change();\n"


@pytest.fixture
def clock():
    made = Clock()
    yield made
    made.close()


@pytest.fixture(params=sorted({RELEASE, *(path.stem for path in FOLDER.glob("*.sql"))}))
def loaded(request, cluster, clock, tmp_path):
    """A cluster with the dump of a release in it, at the moment when it was made. Of this release, which may still grow, it is made
    now."""
    path = make(tmp_path) if request.param == RELEASE else FOLDER / f"{request.param}.sql"
    dump = path.read_text(encoding="utf-8")
    server = Server(cluster).keep_commits()
    server.stop()
    clock.set_to(re.search(r"as it was at (\S+) in Japan", dump).group(1))
    server.environment = clock.environment
    server.start()
    psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", cluster.host, "-U", cluster.superuser]
    subprocess.run([*psql, "-d", "postgres", "-c", "DROP DATABASE kairan"], check=True)
    subprocess.run([*psql, "-d", "postgres", "-f", f"{TOP}/deploy/roles.sql"], check=True)
    subprocess.run([*psql, "-d", "kairan", "-f", str(path)], check=True, stdout=subprocess.DEVNULL)
    yield cluster
    server.stop()
    server.environment = {}


@pytest.fixture
def next_release(tmp_path):
    """Migrations and law as a next release might have them: each function with a body of statements is another one, the table of
    the work in hand has one column and one trigger more."""
    folder = tmp_path / "next"
    shutil.copytree(f"{TOP}/migrations", folder / "migrations")
    for path in FOLDER.parents[2].glob("core/*/*.law.sql"):
        law = folder / "law" / path.parent.name / path.name
        law.parent.mkdir(parents=True, exist_ok=True)
        law.write_text(path.read_text(encoding="utf-8").replace("\nBEGIN\n", "\nBEGIN\n    -- as in the next release\n"), encoding="utf-8")
    (folder / "law" / "sending" / "next.law.sql").write_text(BORN, encoding="utf-8")
    number = 1 + len(list((folder / "migrations").iterdir()))
    (folder / "migrations" / f"{number:04}_next.sql").write_text("ALTER TABLE chunk ADD COLUMN next_release int;\n", encoding="utf-8")
    return folder


def rows(cluster):
    """How many rows each table of the records has."""
    return {table: cluster.sql(f"SELECT count(*) FROM kairan.{table}")[0][0] for table in KEPT}


def since(sink, count):
    """What a sink saw after its first mails."""
    return SimpleNamespace(mails=sink.mails[count:], problems=sink.problems)


def migrate(cluster, env, *words):
    done = cluster.kairan("migrate", *words, check=False, env=env)
    assert done.returncode == 0, done.stdout + done.stderr


def test_b46_a_town_is_brought_forward_while_it_sends(loaded, clock, make_system, next_release):
    before = rows(loaded)
    (sending,), (submitted,) = (loaded.sql("SELECT id FROM kairan.alert WHERE state = %s", (state,))[0]
                                for state in ("sending", "submitted"))
    reached = {who for who, in loaded.sql("SELECT c.address FROM kairan.outcome o JOIN kairan.contact c ON c.id = o.contact "
                                          "WHERE o.alert = %s AND o.final", (sending,))}
    migrate(loaded, clock.environment)
    migrate(loaded, clock.environment, "--check")
    after = rows(loaded)
    assert {table: after[table] for table in KEPT if table != "oplog"} == {table: before[table] for table in KEPT if table != "oplog"}
    assert after["oplog"] >= before["oplog"]

    town = Broadcasts(loaded)
    town.addresses = dict(town.sql("SELECT id, address FROM contact"))
    wanted = set(town.addresses.values())
    assert 0 < len(reached) < len(wanted)
    last, hold = max(wanted - reached), Hold()
    trial = Trial(loaded, make_system)
    try:
        trial.start(lambda step, recipient, count: (hold if recipient == last else 0.02) if step == "dot" else None,
                    env=clock.environment)
        trial.sink.wait(lambda sink: hold.ports)  # this one waits till the next release is in
        migrate(loaded, clock.environment, "--dir", str(next_release))
        hold.release()
        town.wait_end(sending)
        seen = count_sink(trial.sinks, wanted)
        assert set(seen) == wanted - reached and set(seen.values()) == {1}
        check_accounts(town, sending, wanted, read_ends(town, sending))
        first = len(trial.sink.mails)
        town._approve(submitted)
        town.wait_end(submitted)
        assert count_sink([since(trial.sink, first)], wanted) == dict.fromkeys(wanted, 1)
        check_accounts(town, submitted, wanted, read_ends(town, submitted))
        assert trial.said("ended with status|could not|broken") == []
    finally:
        trial.close()
    migrate(loaded, clock.environment, "--dir", str(next_release), "--check")
    assert loaded.kairan("verify-log", env=clock.environment).returncode == 0
