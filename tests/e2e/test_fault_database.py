"""The database restarts, is killed, freezes, is locked, full, or changes hosts in the middle of a broadcast (fault
matrix B18 to B24). Nobody is lost and nobody is mailed twice: an unknown COMMIT is asked about, never guessed."""
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg2
import pytest

from harness.broadcast import Broadcasts
from harness.client import Client, Refused
from harness.cluster import Cluster
from harness.relay import as_root
from harness.server import PG_BIN, Server, run_as
from harness.trial import Trial
from sink import Slow

RESUME_S = 10


@pytest.fixture
def server(cluster):
    return Server(cluster).keep_commits()


def say_away(trial, after):
    """Somebody among the workers says that the database is not what it should be."""
    trial.worker.wait_line(r"warn .*(send|fanout|sweep) 0: ", after=after)


def wait_resumed(trial, since):
    trial.sink.wait(lambda sink: sink.mails[-1].at > since, RESUME_S)


def renew(trial):
    """The test's own connections went with the server."""
    addresses, trial.town = trial.town.addresses, Broadcasts(trial.cluster)
    trial.town.addresses = addresses


def console(trial):
    """The approver's browser."""
    trial.system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    client = Client(trial.system.settings["staff_url"])
    client.http.cookies.set("kairan", trial.town.approver)
    client.get("/alerts")
    return client


def refused_soon(client, within_s=5):
    """A page asked for without a database: 503, and no waiting."""
    start = time.monotonic()
    with pytest.raises(Refused) as refusal:
        client.get("/alerts")
    assert refusal.value.status == 503
    assert time.monotonic() - start < within_s


def test_b18_restarts(trial, server):
    trial.residents(1000)
    trial.start(Slow(0.02))
    client = console(trial)
    trial.approve()
    for i in range(3):
        trial.sink.wait_mails(100 + 250 * i)
        server.stop()
        if i == 0:
            refused_soon(client)
        server.start()
        wait_resumed(trial, time.monotonic())
    renew(trial)
    assert trial.end().accepted == 1000
    assert client.get("/alerts")


def test_b19_kill_9(trial, server):
    trial.residents(1000)
    trial.start(Slow(0.02))
    trial.approve()
    for i in range(3):
        trial.sink.wait_mails(100 + 250 * i)
        server.kill()
        server.start()
        wait_resumed(trial, time.monotonic())
    renew(trial)
    assert trial.end().accepted == 1000


def test_b20_frozen(trial, server):
    """SIGSTOP leaves every connection open and the kernel answering: only our own deadline sees it."""
    trial.residents(700)
    trial.start(Slow(0.02), statement_timeout_ms=1000)
    client = console(trial)
    trial.approve()
    trial.sink.wait_mails(100)
    after = len(trial.worker.lines)
    server.signal(signal.SIGSTOP)
    try:
        trial.worker.wait_line(r"send 0: .*no answer in time", RESUME_S, after)
        refused_soon(client, RESUME_S)
        assert len(trial.sink.mails) < 700
    finally:
        server.signal(signal.SIGCONT)
    wait_resumed(trial, time.monotonic())
    assert trial.end().accepted == 700


def test_b20_one_backend_frozen(trial, server):
    """The sender's own backend, in the middle of what it does, locks and all."""
    del server
    trial.residents(700)
    trial.start(Slow(0.02), statement_timeout_ms=1000)
    trial.approve()
    trial.sink.wait_mails(100)
    after = len(trial.worker.lines)
    backends = trial.town.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'kairan_sender'")
    for pid, in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        trial.worker.wait_line(r"send 0: .*no answer in time", RESUME_S, after)
    finally:
        for pid, in backends:
            os.kill(pid, signal.SIGCONT)
    assert trial.end().accepted == 700


def test_b22_old_snapshot(trial, cluster):
    """Somebody looks at the database as it was, for the whole broadcast."""
    trial.residents(1000)
    trial.start()
    watcher = cluster.connect(cluster.superuser, autocommit=False)
    watcher.set_session(isolation_level="REPEATABLE READ")
    with watcher.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kairan.delivery")
        trial.approve()
        assert trial.end().accepted == 1000
        cursor.execute("SELECT count(*) FROM kairan.delivery")
        assert cursor.fetchone()[0] == 0
    watcher.close()


@pytest.mark.parametrize("table", ["outcome", "chunk"])
def test_b23_locked(trial, cluster, table):
    """Sending stalls, says so, never runs ahead of its accounts, and goes on."""
    kept, connections = 50, 8
    trial.residents(700)
    trial.start(Slow(0.02), connections=connections, statement_timeout_ms=500, flush_outcomes=kept)
    trial.approve()
    trial.sink.wait_mails(100)
    after = len(trial.worker.lines)
    holder = cluster.connect(cluster.superuser, autocommit=False)
    with holder.cursor() as cursor:
        cursor.execute(f"LOCK TABLE kairan.{table} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SELECT count(*) FROM kairan.outcome")
        known = cursor.fetchone()[0]
        trial.worker.wait_line(r"warn .*send 0: ", after=after)
        if table != "chunk":
            assert len(trial.sink.mails) <= known + kept + connections
    holder.rollback()
    assert trial.end().accepted == 700


def test_b23_connections_exhausted(trial):
    """The workers lose their connections and get no others (SQLSTATE 53300) till there are some again."""
    def as_admin(statement):
        return trial.town._sql(trial.town.admin, statement)

    trial.residents(700)
    trial.start(Slow(0.06))
    trial.approve()
    trial.sink.wait_mails(100)
    after = len(trial.worker.lines)
    as_admin("ALTER ROLE kairan_sender CONNECTION LIMIT 0")
    try:
        as_admin("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'kairan_sender'")
        trial.worker.wait_line(r"warn .* 0: .*too many connections", after=after)
        assert len(trial.sink.mails) < 700
    finally:
        as_admin("ALTER ROLE kairan_sender CONNECTION LIMIT -1")
    assert trial.end().accepted == 700


@pytest.fixture
def own_trial(make_system, request):
    """A trial on a cluster of the test's own, for it will not be the same afterwards."""
    cluster = Cluster()
    request.node.funcargs["cluster"] = cluster
    own = Trial(cluster, lambda **settings: make_system(**{"database": cluster.conninfo, **settings}))
    yield own
    for name in list(own.system.processes) if own.system else ():
        own.system.stop_one(name)
    own.close()
    cluster.close()


@contextlib.contextmanager
def small_disk(server, size_mb):
    """The server's write-ahead log on a disk of its own: its folder."""
    top = tempfile.mkdtemp(prefix="wal.", dir=os.path.dirname(os.path.dirname(server.data)))
    wal = os.path.join(server.data, "pg_wal")
    try:
        as_root("mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=0777", "tmpfs", top)
    except (FileNotFoundError, subprocess.CalledProcessError) as failure:
        os.rmdir(top)
        pytest.skip(f"nothing can be mounted here: {getattr(failure, 'stderr', failure)}")
    server.stop()
    try:
        os.chmod(top, 0o755) if os.geteuid() == 0 else None
        as_root("cp", "-a", wal, f"{top}/wal")
        as_root("rm", "-r", wal)
        as_root("ln", "-s", f"{top}/wal", wal)
        server.start()
        yield top
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.stop("immediate")
        as_root("umount", top)
        os.rmdir(top)


def fill(folder):
    """Writes till nothing fits."""
    path = os.path.join(folder, "full")
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as file:
        while file.write(b"\0" * 65536):
            pass
    return path


def test_b24_disk_full(own_trial):
    """PostgreSQL gives up when its log cannot grow and starts no more till there is room; sending waits."""
    trial, server = own_trial, Server(own_trial.cluster).keep_commits()
    trial.cluster.sql("ALTER SYSTEM SET max_wal_size = '32MB'")
    trial.cluster.sql("ALTER SYSTEM SET min_wal_size = '32MB'")
    with small_disk(server, 100) as disk:
        renew(trial)
        trial.residents(700)
        trial.start(Slow(0.06), flush_outcomes=50)
        trial.approve()
        trial.sink.wait_mails(100)
        full, after = fill(disk), len(trial.worker.lines)
        while server.lives():
            with contextlib.suppress(psycopg2.Error):
                trial.cluster.sql("SELECT pg_logical_emit_message(true, 'fill', repeat('x', 1000000))")
        say_away(trial, after)
        with pytest.raises(subprocess.CalledProcessError):
            server.start()
        assert len(trial.sink.mails) < 700
        os.unlink(full)
        server.start()
        renew(trial)
        assert trial.end().accepted == 700
        trial.system.stop_one("worker")


class Standby:
    """A copy that follows a server by streaming; stands in for its cluster once promoted."""

    def __init__(self, server):
        self.first, self.superuser = server.cluster, server.user
        self.data = f"{server.data}.standby"
        self.host = tempfile.mkdtemp(prefix="kairan-", dir="/tmp")
        shutil.chown(self.host, server.user)
        run_as(server.user, f"{PG_BIN}/pg_basebackup", "-D", self.data, "-h", server.cluster.host, "-U", server.user,
               "-X", "stream", "-c", "fast", "-R")
        self.server = Server(self, self.data)
        self.server.options = f"-c unix_socket_directories={self.host}"
        self.conninfo = f"host='{self.host}' dbname=kairan"
        self.server.start()

    def connect(self, role):
        link = psycopg2.connect(self.conninfo, user=role)
        link.autocommit = True
        return link

    def kairan(self, *words, **how):
        return self.first.kairan(*words, env={"KAIRAN_DATABASE": self.conninfo}, **how)


def wait_synchronous(cluster):
    deadline = time.monotonic() + 30
    while not cluster.sql("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"):
        assert time.monotonic() < deadline


def test_b21_failover(own_trial):
    """The primary dies, its synchronous standby takes over; the workers know both from their settings."""
    trial, server = own_trial, Server(own_trial.cluster).keep_commits()
    run_as(server.user, "sh", "-c", f"echo 'local replication all peer map=kairan' >>'{server.data}/pg_hba.conf'")
    trial.cluster.sql("SELECT pg_reload_conf()")
    standby = Standby(server)
    try:
        trial.cluster.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        trial.cluster.sql("SELECT pg_reload_conf()")
        wait_synchronous(trial.cluster)
        trial.residents(900)
        both = f"host='{trial.cluster.host},{standby.host}' dbname=kairan target_session_attrs=read-write"
        trial.start(Slow(0.02), database=both)
        trial.approve()
        trial.sink.wait_mails(200)
        server.kill()
        standby.server.ctl("promote")
        wait_resumed(trial, time.monotonic())
        trial.cluster = standby
        renew(trial)
        assert trial.end().accepted == 900
        trial.system.stop_one("worker")
    finally:
        standby.server.stop("immediate")
        shutil.rmtree(standby.host)
