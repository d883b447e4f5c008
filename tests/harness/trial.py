"""A broadcast under faults: a town, a scripted relay, workers; their processes by role, to be killed; the judge."""
import os
import re
import signal
import time

from harness.broadcast import Broadcasts
from harness.judge import judge
from sink import Sink

AGAIN_S = 5  # P4: the work of a killed process runs again within


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""


def processes_of(master):
    """(role, slot) -> process id of a master's children, as the system says it."""
    found = {}
    for name in os.listdir("/proc"):
        status = name.isdigit() and read_file(f"/proc/{name}/stat").rpartition(b")")[2].split()
        if not status or int(status[1]) != master or status[0] == b"Z":
            continue
        words = read_file(f"/proc/{name}/cmdline").decode().split("\0")
        if "--role" in words:
            found[words[words.index("--role") + 1], int(words[words.index("--slot") + 1])] = int(name)
    return found


def process_behind(port, to):
    """The process that has the socket which leads from this port of its own to the port `to`; None: nobody has. One port
    alone may be that of sockets to several places."""
    lines = [line.split() for line in read_file("/proc/net/tcp").decode().splitlines()[1:]]
    wanted = {f"socket:[{line[9]}]" for line in lines
              if [int(line[at].split(":")[1], 16) for at in (1, 2)] == [port, to] and line[9] != "0"}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            for fd in os.listdir(f"/proc/{name}/fd"):
                if os.readlink(f"/proc/{name}/fd/{fd}") in wanted:
                    return int(name)
        except OSError:
            continue
    return None


def kill(pid, number=signal.SIGKILL):
    """A signal to a process that may be gone already; whether it was there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


class Trial:
    """residents(), start(), approve(), faults, end()."""

    def __init__(self, cluster, make_system):
        self.cluster = cluster
        self.town = Broadcasts(cluster)
        self._make_system = make_system
        self.sinks = []
        self.system = self.worker = self.alert = None
        self.wanted = []

    # ---- what there is ----

    @property
    def sink(self):
        return self.sinks[-1]

    def residents(self, count):
        self.wanted = self.town.residents(count)
        return self.wanted

    def listen(self, script=None, **how):
        self.sinks.append(Sink(script, **how))
        return self.sinks[-1]

    def start(self, script=None, senders=1, connections=8, build=None, env=None, before=(), **settings):
        """A sink (unless one listens or `relay` is given) and workers that use it."""
        if "relays" not in settings:
            settings["relays"] = (self.sinks[-1] if self.sinks else self.listen(script)).address
        self.system = self._make_system(senders=senders, relay_connections=connections, **settings)
        self.system.build, self.system.env, self.system.before = build or self.system.build, env or {}, list(before)
        self.worker = self.system.start_workers()
        for slot in range(1, senders):
            self.worker.wait_line(rf"send {slot}: ready")
        return self.sinks[-1] if self.sinks else None

    def approve(self, **how):
        self.alert = self.town.approve(**how)
        return self.alert

    def close(self):
        for sink in self.sinks:
            sink.close()

    # ---- processes ----

    def pid(self, role="send", slot=0):
        """The process of a role and slot as soon as there is one."""
        deadline = time.monotonic() + AGAIN_S
        while True:
            pid = processes_of(self.worker.pid).get((role, slot))
            if pid:
                return pid
            assert time.monotonic() < deadline, f"no {role} {slot}"
            os.sched_yield()

    def kill_behind(self, hold):
        """kill -9 of the sender that waits at a hold; its process id."""
        self.sink.wait(lambda sink: hold.ports)
        pid = process_behind(hold.ports[-1], self.sink.port)
        assert pid in processes_of(self.worker.pid).values()
        self.kill(pid)
        return pid

    def kill(self, *pids):
        """kill -9; from now on counts what wait_more waits for."""
        self.kill_with(signal.SIGKILL, *pids)

    def kill_with(self, number, *pids):
        for pid in pids:
            kill(pid, number)
        self._killed = time.monotonic()

    def wait_ready(self, after, role="send", slot=0, within_s=AGAIN_S):
        """A process of the slot says it is ready, in a line from number `after` on."""
        found = self.worker.wait_line(rf"\[(\d+)\] {role} {slot}: ready", within_s, after)
        return int(found.group(1))

    def wait_more(self, sink=None, within_s=AGAIN_S):
        """Mails come in again, soon enough after the last kill."""
        sink = sink or self.sink
        sink.wait(lambda s: s.mails and s.mails[-1].at > self._killed, within_s)

    def said(self, pattern):
        return [line for line in self.worker.lines if re.search(pattern, line)]

    # ---- the end ----

    def end(self, doubles=0, timeout_s=60, **how):
        """Lets the sinks go and waits for the broadcast's end; the judge's verdict."""
        for sink in self.sinks:
            sink.let_go()
        self.town.wait_end(self.alert, timeout_s)
        return judge(self.town, self.alert, self.wanted, *self.sinks, doubles=doubles, **how)
