"""Two worker hosts, each in a network namespace of its own: one is frozen, cut from the database, or killed whole, and
the other takes its work over (fault matrix B14, B47, and the loss of a host). What the other one cannot know, since
journals stay where they are written, is sent twice at most, flagged, under the same Message-ID."""
import os
import signal
import time

import pytest

from harness import hosts
from harness.server import Server
from harness.system import free_port
from harness.trial import kill, processes_of
from sink import Slow

CONNECTIONS, KEPT, LEASE_S = 4, 20, 6


@pytest.fixture(scope="module")
def pair(cluster, tmp_path_factory):
    """Two hosts; the cluster answers on their cables."""
    reason = hosts.available()
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("hosts")
    both = []
    try:
        both.extend(hosts.Host(folder / str(number), number) for number in (1, 2))
        server = Server(cluster)
        with open(f"{server.data}/pg_hba.conf", "a", encoding="ascii") as file:
            file.writelines(f"host all all {host.here['base']}/30 trust\n" for host in both)
        cluster.sql("ALTER SYSTEM SET listen_addresses = '" + ",".join(host.here["base"] for host in both) + "'")
        server.stop()
        server.start()
        yield both
    finally:
        for host in both:
            host.close()


@pytest.fixture
def field(trial, pair):
    """A broadcast under way on host 1, with host 2 ready to help; field.worker is host 1's."""
    def start(count):
        trial.residents(count)
        sink = trial.listen(Slow(0.03), host="0.0.0.0")
        started = []
        for host in pair:
            port = free_port()
            host.forward(port, f"{host.here['mail']}:{sink.port}")
            system = trial._make_system(relays=f"127.0.0.1:{port}", senders=1, relay_connections=CONNECTIONS,
                                        flush_outcomes=KEPT, lease_s=LEASE_S, chunk_members=100,
                                        database=f"host={host.here['base']} dbname=kairan")
            system.before = host.before()
            started.append(system)
        trial.system = started[0]
        trial.worker = started[0].start_workers()
        trial.approve()
        trial.sink.wait_mails(60)
        trial.other = started[1].start_workers()
        return trial
    yield start


def take_over(trial):
    """The minute of grace is over as far as the database can tell, and the elected sweep does what it does then. It
    watches for a whole minute itself: `make soak` waits for that."""
    if "SOAK_MINUTES" in os.environ:
        trial.other.wait_line(r"chunks were taken from hosts that are silent", 180)
        return
    trial.town._sql(trial.town.admin, "UPDATE worker SET seen = seen - interval '61 s' WHERE host = 'host1'")
    (taken,), = trial.cluster.sql("SELECT kairan.chunk_free_silent()", role="kairan_house")
    assert taken > 0


def stop_all(trial):
    return [trial.worker.pid, *processes_of(trial.worker.pid).values()]


def test_host_killed(field):
    """Its master, its senders, its sweep: all at once."""
    trial = field(400)
    trial.worker.kill(signal.SIGSTOP)
    trial.kill(*processes_of(trial.worker.pid).values(), trial.worker.pid)
    take_over(trial)
    assert trial.end(CONNECTIONS + KEPT).sent == 400


def test_b14_host_frozen(field):
    """Every process stops for longer than lease and grace, then goes on as if nothing had been: it fences itself,
    finds its lease gone, and starts none of it."""
    trial = field(400)
    frozen = stop_all(trial)
    for pid in frozen:
        kill(pid, signal.SIGSTOP)
    try:
        take_over(trial)
        trial.town.wait("SELECT 1 FROM worker WHERE host = 'host1' AND role = 'send' "
                        f"AND seen < clock_timestamp() - interval '{61 + LEASE_S} s'", timeout_s=90)
        after = len(trial.worker.lines)
    finally:
        for pid in frozen:
            kill(pid, signal.SIGCONT)
    trial.worker.wait_line(r"send 0: self-fenced", after=after)
    trial.worker.wait_line(r"send 0: no longer self-fenced", after=after)
    assert trial.end(CONNECTIONS + KEPT).sent == 400


def test_b47_cut_from_the_database(field, pair):
    """The relay still answers: the sender stops by itself, in time, and with no more than it can account for."""
    trial = field(500)
    after, pulled = len(trial.worker.lines), time.monotonic()
    pair[0].pull("base")
    try:
        trial.worker.wait_line(r"send 0: self-fenced", LEASE_S, after)
        assert time.monotonic() - pulled < LEASE_S
        take_over(trial)
    finally:
        pair[0].plug("base")
    trial.worker.wait_line(r"send 0: no longer self-fenced", after=after)
    assert trial.end(CONNECTIONS + KEPT).sent == 500
