"""The whole service on free ports: server, workers, inbox, against a throw-away cluster."""
import contextlib
import json
import os
import random
import shutil
import socket
import threading

from harness.client import Client, sign_in
from harness.process import BUILD, Process
from harness.town import RESIDENTS, read_staff


_claims = []  # a name each, which the system gives to one process at a time: several run tests side by side


def free_port():
    """A port that nobody listens on and no other test is given, below those that Linux gives to connections (32768 and
    up): nobody takes it before the program does."""
    while True:
        port = random.randint(20000, 32000)
        claim = socket.socket(socket.AF_UNIX)
        with socket.socket() as probe, contextlib.suppress(OSError):
            claim.bind(f"\0kairan-test-port-{port}")
            probe.bind(("127.0.0.1", port))
            _claims.append(claim)
            return port
        claim.close()


class Inbox:
    """build/kairan-inbox: takes every mail, tells each one on a pipe."""

    def __init__(self, folder):
        self.mails = []
        self._news = threading.Condition()
        self._pipe = os.path.join(folder, "mails.fifo")
        os.mkfifo(self._pipe)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.process = Process("inbox", [os.path.join(BUILD, "kairan-inbox"), "--smtp",
                                         "127.0.0.1:0", "--web", "127.0.0.1:0", "--keep", "1000000",
                                         "--dump", self._pipe], os.path.join(folder, "inbox.log"))
        match = self.process.wait_line(r"smtp (\S+) web (http://\S+?)/?$")
        self.smtp, self.web = match.group(1), match.group(2)

    def _read(self):
        with open(self._pipe, encoding="utf-8", errors="surrogateescape") as pipe:
            for line in pipe:
                with self._news:
                    self.mails.append(json.loads(line))
                    self._news.notify_all()

    def wait(self, condition, timeout_s=60):
        """Waits until condition(mails) is true; what it returned."""
        with self._news:
            reached = self._news.wait_for(lambda: condition(self.mails), timeout_s)
            assert reached, f"{len(self.mails)} mails came, and the condition never held"
            return reached

    def wait_count(self, count, timeout_s=60):
        self.wait(lambda mails: len(mails) >= count, timeout_s)
        return list(self.mails)

    def stop(self):
        self.process.stop()


class System:
    """Settings as keyword arguments: System(cluster, folder, relays="127.0.0.1:2500")."""

    def __init__(self, cluster, folder, **settings):
        self.cluster = cluster
        self.folder = str(folder)
        self.processes = {}
        self.staff_sheet = {}
        self.inbox = None
        self.build, self.env, self.before = BUILD, {}, []  # what the programs are, and how they are started
        staff, public = free_port(), free_port()
        self.settings = {
            "profile": "demo", "web_dir": os.path.join(BUILD, "web"), "journal_dir": os.path.join(self.folder, "journal"),
            "staff_listen": f"127.0.0.1:{staff}", "public_listen": f"127.0.0.1:{public}",
            "staff_url": f"http://127.0.0.1:{staff}", "public_url": f"http://127.0.0.1:{public}",
            "relay_tls": "none", "quiet_from": "00:00", "quiet_to": "00:00",
            "usual_from": "00:00", "usual_to": "00:00",
            "staff_mail_domains": "city.kairan.example", **settings}
        if self.settings["profile"] == "demo":
            self.settings.setdefault("dkim_dir", "")  # unsigned, which production refuses
        self.settings.setdefault("anchor_dir", "")
        os.makedirs(self.settings["journal_dir"], mode=0o700, exist_ok=True)

    @property
    def config(self):
        return os.path.join(self.folder, "kairan.conf")

    def write_config(self):
        """In one step: a program's processes may be reading it."""
        fresh = f"{self.config}.new"
        with open(fresh, "w", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in {"database": self.cluster.conninfo,
                                                                     **self.settings}.items())
        os.replace(fresh, self.config)

    def make_town(self, residents=None):
        """The demo town, with the residents of a file or none. A cluster that nobody has used yet starts with it."""
        sheet = os.path.join(self.folder, "demo-staff.txt")
        if not self.cluster.started:
            self.cluster.start("residents" if residents == RESIDENTS else "staff")
            shutil.copy(self.cluster.sheet, sheet)
        self.write_config()
        words = ["--config", self.config, "demo", "--staff-file", sheet]
        self.cluster.kairan(*words, *(["--residents", residents] if residents else []))
        self.staff_sheet = read_staff(sheet)

    def start_inbox(self):
        self.inbox = Inbox(self.folder)
        self.settings.setdefault("relays", self.inbox.smtp)
        return self.inbox

    def start(self, name, program, *words, ready=None):
        """Starts one of build/'s programs under a name, and waits for its ready line."""
        self.write_config()
        process = Process(name, [*self.before, os.path.join(self.build, program), "--config", self.config, *words],
                          os.path.join(self.folder, f"{name}.log"), {**os.environ, **self.env})
        self.processes[name] = process
        if ready:
            process.wait_line(ready)
        return process

    def start_faces(self):
        self.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        self.start("public", "kairan-server", "--face", "public", ready="listening on")

    def start_workers(self):
        worker = self.start("worker", "kairan-worker", ready=r"fanout 0: ready")
        worker.wait_line(r"send 0: ready")
        return worker

    def sign_in(self, login, lang="ja"):
        return sign_in(self.settings["staff_url"], login, self.staff_sheet[login], lang)

    def resident(self, lang="ja"):
        return Client(self.settings["public_url"], lang)

    def import_settled(self, client, page):
        """The page of an import when nobody is at work on it any more."""
        if page.get("working"):
            self.processes["staff"].wait_line(f"import {page['id']}: {'staged' if page['reading'] else 'applied'}", 60)
            page = client.get(f"/import/{page['id']}")
        return page

    def stop_one(self, name):
        return self.processes.pop(name).stop()

    def stop(self):
        """Ends everything in the order that loses nothing; all are ended even when one fails."""
        failures = []
        for name in ("staff", "public", "worker", *list(self.processes)):
            if name in self.processes:
                try:
                    self.stop_one(name)
                except AssertionError as failure:
                    failures.append(failure)
        if self.inbox:
            self.inbox.stop()
        if failures:
            raise failures[0]
