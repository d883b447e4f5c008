"""What the benchmarks start and steer: the programs, a town in the database, broadcasts."""
import contextlib
import os
import select
import socket
import subprocess
import tempfile
import threading
import time
from collections import namedtuple

import psycopg2

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
PROOF = "bench"

Broadcast = namedtuple("Broadcast", "alert first_after_approval last_after_approval")
Faces = namedtuple("Faces", "staff public")


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
        self.conf = {"KAIRAN_PROFILE": "demo", "KAIRAN_DOMAIN": "city.kairan.example", "KAIRAN_RELAY_TLS": "none",
                     "KAIRAN_QUIET_FROM": "00:00", "KAIRAN_QUIET_TO": "00:00", "KAIRAN_JOURNAL_DIR": self.make("journal"),
                     "KAIRAN_WEB_DIR": f"{self.build}/web", "KAIRAN_LOG_LEVEL": "warn"}

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
    def run(self, command, env=None, chown=None):
        if chown and os.geteuid() == 0:
            subprocess.run(["chown", "nobody", chown], check=True)
        child = subprocess.Popen(command, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL)
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    @contextlib.contextmanager
    def smtp_sink(self, port):
        """The sink that Postfix ships, for both sides."""
        as_root = ["-u", "nobody"] if os.geteuid() == 0 else []
        with self.run(["smtp-sink", *as_root, f"127.0.0.1:{port}", "1000"]):
            wait_port(port)
            yield

    def ours(self, program, args, settings):
        command = [f"{self.build}/{program}", *args]
        if self.user:
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command]
        return self.run(command, {**self.conf, **settings})

    @contextlib.contextmanager
    def workers(self, relay, connections, senders):
        settings = {"KAIRAN_RELAY": f"127.0.0.1:{relay}", "KAIRAN_RELAY_CONNECTIONS": str(connections),
                    "KAIRAN_SENDERS": str(senders)}
        with self.ours("kairan-worker", [], settings) as master:
            yield Pool(master.pid)

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


class Town:
    """A department, a drafter, an approver and as many residents as asked for, through plain SQL."""

    def __init__(self):
        self.owner = self.connect("kairan_owner")
        self.staff = self.connect("kairan_staff")
        self.sql(self.owner, "LISTEN kairan_alert")
        if not self.sql(self.owner, "SELECT 1 FROM department"):
            self.sql(self.owner, "INSERT INTO department (code, name) VALUES ('bousai', '防災課')")
            self.sql(self.owner, "INSERT INTO category (department, name) VALUES (1, '防災')")
            self.sql(self.owner, "INSERT INTO area (name) VALUES ('北部')")
            for login, role in (("drafter", "drafter"), ("head", "approver")):
                self.sql(self.owner, "SELECT staff_add(%s, %s, '', substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', "
                         "sha256(%s), %s, 'bousai')", login, login, PROOF.encode(), role)
        self.drafter, self.approver = (
            self.sql(self.staff, "SELECT token FROM sign_in(%s, %s, '', '127.0.0.1', 'bench', 100, 30, 12)", login,
                     PROOF.encode())[0][0] for login in ("drafter", "head"))

    @staticmethod
    def connect(role):
        conn = psycopg2.connect(os.environ["KAIRAN_DATABASE"], user=role, options="-c search_path=kairan")
        conn.autocommit = True
        return conn

    @staticmethod
    def sql(conn, text, *params):
        with conn.cursor() as cursor:
            cursor.execute(text, params)
            return cursor.fetchall() if cursor.description else []

    def close(self):
        self.owner.close()
        self.staff.close()

    def residents(self, count):
        """The town has exactly count subscribers afterwards (earlier broadcasts are forgotten)."""
        self.sql(self.owner, "TRUNCATE contact, subscriber, chunk, outcome, delivery, broadcast, signup, letter RESTART IDENTITY")
        self.sql(self.owner, "INSERT INTO import (reason, file_name) VALUES ('bench', 'bench')")
        self.sql(self.owner, "INSERT INTO subscriber (lang, categories, areas, own, import) "
                 "SELECT 'ja', '{1}', '{1}', false, 1 FROM generate_series(1, %s)", count)
        self.sql(self.owner, "INSERT INTO contact (subscriber, channel, address, hash, confirmed_at) SELECT id, 'mail', "
                 "'resident' || id || '@mail' || id %% 50 || '.example', sha256(id::text::bytea), now() FROM subscriber")
        for table in ("subscriber", "contact"):
            self.sql(self.owner, f"VACUUM ANALYZE {table}")

    def approve(self):
        body = "午後4時20分、町内に大雨警報が発表されました。川沿い、がけの近くにお住まいの方は、早めに安全な場所へ移動してください。避難所:中央公民館。"
        (alert, version), = self.sql(self.staff, "SELECT alert, version FROM alert_save(%s, NULL, 0, '{ja}', '{大雨警報発表}', "
                                     "ARRAY[%s], '{1}', '{}', false, false, '', now() + interval '1 day', NULL)",
                                     self.drafter, body)
        self.sql(self.staff, "SELECT alert_submit(%s, %s, %s, NULL)", self.drafter, alert, version)
        self.sql(self.staff, "SELECT alert_approve(%s, id, fingerprint, NULL) FROM alert_read(%s, %s)", self.approver,
                 self.approver, alert)
        return alert

    def wait(self, query, alert, timeout_s=600):
        """The query's row for the alert as soon as it has one; looks again at each notice."""
        end = time.monotonic() + timeout_s
        while not (rows := self.sql(self.owner, query, alert)):
            assert time.monotonic() < end, f"alert {alert} did not end"
            select.select([self.owner], [], [], 1)
            self.owner.poll()
            self.owner.notifies.clear()
        return rows[0]

    def broadcast(self):
        """One alert from approval to its end, by the database's clock."""
        alert = self.approve()
        first, last, accepted, total = self.wait(
            "SELECT extract(epoch FROM b.first_accepted_at - p.at), extract(epoch FROM b.last_outcome_at - p.at), "
            "b.accepted, b.total FROM broadcast b JOIN approval p USING (alert) WHERE alert = %s AND b.ended_at IS NOT NULL",
            alert)
        assert accepted == total, f"{accepted} of {total} accepted"
        return Broadcast(alert, float(first), float(last))

    def fan_out(self):
        """Seconds from approval to the frozen total."""
        start = time.monotonic()
        alert = self.approve()
        end = start + 120
        while not self.sql(self.owner, "SELECT 1 FROM broadcast WHERE alert = %s AND total IS NOT NULL", alert):
            assert time.monotonic() < end
            select.select([], [], [], 0.05)
        return time.monotonic() - start

    @contextlib.contextmanager
    def broadcasting(self):
        """Broadcasts run one after the other meanwhile."""
        other, going = Town(), True

        def loop():
            while going:
                other.broadcast()

        thread = threading.Thread(target=loop)
        thread.start()
        try:
            yield
        finally:
            going = False
            thread.join()
            other.close()
