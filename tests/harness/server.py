"""The PostgreSQL server under a cluster, to be stopped, killed, frozen and started again."""
import os
import signal
import subprocess
import tempfile

from harness.trial import kill, read_file

PG_BIN = "/usr/lib/postgresql/15/bin"


def run_as(user, *command, **more):
    """Runs a command as the user whom the server belongs to; what it says is in the failure."""
    if os.geteuid() == 0:
        command = ("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *command)
    with tempfile.TemporaryFile("w+") as said:  # no pipe: a server that it starts would hold its end
        status = subprocess.run(command, cwd="/", timeout=120, stdin=subprocess.DEVNULL, stdout=said, stderr=said, **more)
        if status.returncode:
            said.seek(0)
            raise subprocess.CalledProcessError(status.returncode, (*command, said.read()))
    return status


class Server:
    """Of a cluster; it forgets nothing that it has acknowledged, unlike the tests' other clusters."""

    def __init__(self, cluster, data=None):
        self.cluster, self.user = cluster, cluster.superuser
        self.data = data or cluster.data
        self.options, self.environment = "", {}  # what it is started with

    def keep_commits(self):
        self.cluster.sql("ALTER SYSTEM SET synchronous_commit = on")
        self.cluster.sql("SELECT pg_reload_conf()")
        return self

    def ctl(self, *words):
        run_as(self.user, "env", *(f"{name}={value}" for name, value in self.environment.items()), f"{PG_BIN}/pg_ctl", "-D",
               self.data, "-w", "-t", "60", "-s", "-l", f"{self.data}.log", *words)

    def start(self):
        self.ctl("start", *(["-o", self.options] if self.options else []))

    def stop(self, mode="fast"):
        self.ctl("-m", mode, "stop")

    def lives(self):
        """Whether its postmaster is there, be it that it is going down."""
        try:
            with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as file:
                state = read_file(f"/proc/{int(file.readline())}/stat")
        except FileNotFoundError:
            return False
        return bool(state) and b") Z " not in state

    def processes(self):
        """The postmaster and all its children."""
        with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as file:
            master = int(file.readline())
        children = [int(name) for name in os.listdir("/proc") if name.isdigit() and
                    read_file(f"/proc/{name}/stat").rpartition(b")")[2].split()[1:2] == [str(master).encode()]]
        return [master, *children]

    def signal(self, number):
        for pid in self.processes():
            kill(pid, number)

    def kill(self):
        """kill -9 of the postmaster and its children; they are gone when it returns."""
        pids = self.processes()
        for pid in (*pids, *pids):  # twice: the first round may have met a newborn child
            kill(pid, signal.SIGKILL)
        for pid in pids:
            while read_file(f"/proc/{pid}/stat") and b") Z " not in read_file(f"/proc/{pid}/stat"):
                os.sched_yield()
        self._forget_locks()

    def _forget_locks(self):
        """A zombie that init has not fetched yet would pass for a living postmaster."""
        lock = os.path.join(self.data, "postmaster.pid")
        with open(lock, encoding="ascii") as file:
            port, sockets = file.read().splitlines()[3:5]
        os.unlink(lock)
        os.unlink(os.path.join(sockets, f".s.PGSQL.{port}.lock"))
