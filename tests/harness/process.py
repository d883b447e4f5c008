"""A program under test: its output is read as it comes, and tests wait for lines of it."""
import os
import re
import signal
import subprocess
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("B", "build"))
FAILING = os.path.join(BUILD, "failpoints")  # make_failing() builds it


def make_failing(*programs):
    """Builds programs with failpoints (base/failpoint.h) beside the ones under test."""
    settings = [f"{name}={os.environ[name]}" for name in ("SAN", "CC") if os.environ.get(name)]
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "B")}
    folder = os.path.relpath(FAILING, TOP)
    subprocess.run(["make", "-s", f"-j{os.cpu_count()}", "FAIL=1", f"B={folder}", *settings,
                    *(f"{folder}/{program}" for program in programs)], cwd=TOP, env=env, check=True, timeout=600)
    return FAILING


class Process:
    """Starts a program; all it prints is kept in .lines and in the file log. It ends with the tests,
    however they end."""

    def __init__(self, name, command, log, env=None):
        self.name = name
        self.command = command
        self.lines = []
        self._news = threading.Condition()
        self._ended = False
        self._log = open(log, "a", encoding="utf-8")
        self.child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self):
        return self.child.pid

    def _read(self):
        for raw in self.child.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            self._log.write(line + "\n")
            self._log.flush()
            with self._news:
                self.lines.append(line)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def wait_line(self, pattern, timeout_s=30, after=0):
        """The match of the first line from number `after` on that fits; fails when the program
        ends or the time is over."""
        wanted = re.compile(pattern)
        deadline = time.monotonic() + timeout_s
        seen = after
        with self._news:
            while True:
                while seen < len(self.lines):
                    match = wanted.search(self.lines[seen])
                    seen += 1
                    if match:
                        return match
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    raise AssertionError(f"{self.name} {'ended' if self._ended else 'is silent'}, "
                                         f"no line like {pattern!r} in:\n" + self.tail())
                self._news.wait(left)

    def tail(self, count=40):
        return "\n".join(self.lines[-count:])

    def kill(self, number=signal.SIGKILL):
        """Sends a signal to the program itself, not to its children."""
        os.kill(self.child.pid, number)

    def stop(self, timeout_s=20):
        """Asks it to end and waits; kills it and fails when it does not. Its exit status."""
        if self.child.poll() is None:
            self.child.terminate()
        try:
            status = self.child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"{self.name} did not end on SIGTERM within {timeout_s} s:\n"
                                 + self.tail()) from None
        self._reader.join(timeout_s)
        self._log.close()
        return status
