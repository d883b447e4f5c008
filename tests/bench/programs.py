"""What the benchmarks start and look at: our programs, sinks, processes."""
import contextlib
import itertools
import mmap
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections import namedtuple

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))

Faces = namedtuple("Faces", "staff public")
# struct counts of sick_sink.c; times in nanoseconds of time.monotonic_ns
Counts = namedtuple("Counts", "connections data last_data_ns taken first_taken_ns last_taken_ns busy holes")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_port(port, timeout_s=20):
    """Returns when somebody listens there."""
    end = time.monotonic() + timeout_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            select.select([], [], [], 0.02)


class Programs:
    """Starts programs and ends them by their ids."""

    def __init__(self):
        self.build = os.path.join(TOP, os.environ.get("B", "build"))
        self.folder = tempfile.TemporaryDirectory(prefix="kairan-bench-")
        os.chmod(self.folder.name, 0o755)
        # as root the programs run as the user tests/with_pg.sh made
        self.user = os.environ.get("PGUSER") if os.geteuid() == 0 else None
        self.conf = {"KAIRAN_PROFILE": "demo", "KAIRAN_DOMAIN": "city.kairan.example", "KAIRAN_RELAY_TLS": "none", "KAIRAN_DKIM_DIR": "",
                     "KAIRAN_QUIET_FROM": "00:00", "KAIRAN_QUIET_TO": "00:00", "KAIRAN_JOURNAL_DIR": self.make("journal"),
                     "KAIRAN_WEB_DIR": f"{self.build}/web", "KAIRAN_DKIM_DIR": "", "KAIRAN_LOG_LEVEL": os.environ.get("KAIRAN_LOG_LEVEL", "error")}
        self.journals = itertools.count()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.folder.cleanup()

    def make(self, name):
        path = os.path.join(self.folder.name, name)
        os.mkdir(path, 0o700)
        if self.user:
            subprocess.run(["chown", f"{self.user}:", path], check=True)
        return path

    @contextlib.contextmanager
    def run(self, command, env=None, hasty=False):
        """A program for as long as the context lasts; hasty: it is told twice to end, so that it waits for nobody."""
        child = subprocess.Popen(command, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL)
        try:
            yield child
        finally:
            for _ in range(1 + hasty):
                child.send_signal(signal.SIGTERM)
                select.select([], [], [], 0.2 if hasty else 0)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    @contextlib.contextmanager
    def smtp_sink(self, port, dump=None):
        """The sink that Postfix ships, for both sides; with a dump it keeps the mails there."""
        as_root = ["-u", "nobody"] if os.geteuid() == 0 else []
        if dump and as_root:
            subprocess.run(["chown", "nobody", os.path.dirname(dump)], check=True)
        with self.run(["smtp-sink", *as_root, *(["-D", dump] if dump else []), f"127.0.0.1:{port}", "1000"]):
            wait_port(port)
            yield

    @contextlib.contextmanager
    def sick_sink(self, port, delay_ms=0, hole="-", busy="-"):
        """Our own, where smtp-sink cannot serve; yields what tells its counts."""
        path = os.path.join(self.folder.name, f"counts{port}")
        with self.run([f"{self.build}/tests/bench/sick_sink", str(port), path, str(delay_ms), hole, busy]):
            wait_port(port)
            with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as counts:
                yield lambda: Counts(*struct.unpack("8q", counts[:64]))

    def ours(self, program, args, settings, hasty=False):
        command = [f"{self.build}/{program}", *args]
        if self.user:
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command]
        return self.run(command, {**self.conf, **settings}, hasty)

    @contextlib.contextmanager
    def workers(self, relay, connections, senders, hasty=False, **more):
        """A pool with journals of its own, so that the past of another is not its business."""
        settings = {"KAIRAN_RELAYS": f"127.0.0.1:{relay}", "KAIRAN_RELAY_CONNECTIONS": str(connections),
                    "KAIRAN_SENDERS": str(senders), "KAIRAN_JOURNAL_DIR": self.make(f"journal{next(self.journals)}"), **more}
        with self.ours("kairan-worker", [], settings, hasty) as master:
            yield Pool(master.pid)

    def dkim_keys(self):
        """A folder with a key of 2048 bits in use."""
        path = self.make("dkim")
        for act in ("new", "use"):
            with self.ours("kairan", ["dkim", act, "bench"], {"KAIRAN_DKIM_DIR": path}) as child:
                assert child.wait(60) == 0
        return path

    def worker_role(self, role):
        return self.ours("kairan-worker", ["--role", role, "--slot", "0"], {})

    @contextlib.contextmanager
    def server(self, **more):
        """Both faces; more settings by their variables' names."""
        staff, public = free_port(), free_port()
        settings = {"KAIRAN_STAFF_LISTEN": f"127.0.0.1:{staff}", "KAIRAN_PUBLIC_LISTEN": f"127.0.0.1:{public}",
                    "KAIRAN_STAFF_URL": f"http://127.0.0.1:{staff}", "KAIRAN_PUBLIC_URL": f"http://127.0.0.1:{public}", **more}
        with self.ours("kairan-server", [], settings):
            wait_port(staff)
            wait_port(public)
            yield Faces(settings["KAIRAN_STAFF_URL"], settings["KAIRAN_PUBLIC_URL"])


def cpu_seconds(words):
    """CPU seconds so far of the running processes whose command line has all the words, by process id."""
    tick = os.sysconf("SC_CLK_TCK")
    seconds = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            line = open(f"/proc/{pid}/cmdline", "rb").read().replace(b"\0", b" ").decode(errors="replace")
            spent = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[11:13]
            if all(word in line for word in words):
                seconds[pid] = sum(map(int, spent)) / tick
    return seconds


class Pool:
    """A running pool of workers, looked at from outside."""

    def __init__(self, master):
        self.master = master

    def peak_mib(self, role):
        """Largest resident size so far of the pool's processes of a role."""
        peaks = [0]
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError, StopIteration):
                words = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")
                status = open(f"/proc/{pid}/status").read().splitlines()
                if role.encode() in words and f"PPid:\t{self.master}" in status:
                    peaks.append(int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024)
        return max(peaks)

    @staticmethod
    def wait_ready(town):
        """Returns when its senders have said that they live."""
        since, = town.sql(town.owner, "SELECT clock_timestamp()")[0]
        while not town.sql(town.owner, "SELECT 1 FROM worker WHERE role = 'send' AND seen > %s HAVING count(*) = %s", since, os.cpu_count()):
            select.select([], [], [], 0.02)
