"""Postfix as a real relay: own settings and queue, loopback ports, all mail on to a sink."""
import grp
import os
import pwd
import re
import shutil
import subprocess
import tempfile

from harness.process import TOP
from harness.system import free_port

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log/maillog
maillog_file_prefixes = {folder}
myhostname = relay.kairan.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{sink}
smtpd_relay_restrictions = permit_mynetworks, reject
alias_maps =
alias_database =
local_recipient_maps =
smtpd_tls_security_level = none
smtp_tls_security_level = none
# A real town's relay keeps mail no longer than it is valid; here no test waits for it.
maximal_queue_lifetime = 1h
bounce_queue_lifetime = 0
{more}
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def as_root(*command, **more):
    """Postfix's master must be root; a user with sudo borrows it."""
    if os.geteuid() != 0:
        command = ("sudo", "-n", *command)
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, **more)


def open_to_all(path):
    """Whether every user may pass through all folders of a path: Postfix's own user must."""
    while path != "/":
        if not os.stat(path).st_mode & 0o001:
            return False
        path = os.path.dirname(path)
    return True


class Postfix:
    """Takes mail at .address and hands all of it to the sink at 127.0.0.1:sink_port."""

    def __init__(self, sink_port, **settings):
        top = os.path.realpath(os.path.join(TOP, "var/test"))
        os.makedirs(top, exist_ok=True)
        self.folder = tempfile.mkdtemp(prefix="postfix.", dir=top if open_to_all(top) else "/tmp")
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.conf = os.path.join(self.folder, "conf")
        os.chmod(self.folder, 0o755)
        for name in ("queue", "data", "log", "conf"):
            os.mkdir(os.path.join(self.folder, name))
        self.configure(sink_port, settings)
        self._postfix("start")

    def configure(self, sink_port, settings):
        self._write("main.cf", MAIN.format(folder=self.folder, sink=sink_port, more="\n".join(
            f"{name} = {value}" for name, value in settings.items())))
        self._write("master.cf", MASTER.format(port=self.port))
        self._give_away()

    def _give_away(self):
        as_root("chown", "-R", "root:root", self.folder)
        as_root("chown", "postfix", os.path.join(self.folder, "data"))

    def _write(self, name, text):
        with open(os.path.join(self.conf, name), "w", encoding="utf-8") as file:
            file.write(text)

    def _postfix(self, *words):
        return as_root("/usr/sbin/postfix", "-c", self.conf, *words)

    def log(self):
        """What Postfix has logged so far."""
        return as_root("cat", os.path.join(self.folder, "log/maillog")).stdout

    def queued(self):
        """Queue ids that are still in its queues."""
        found = as_root("find", os.path.join(self.folder, "queue/active"),
                        os.path.join(self.folder, "queue/deferred"),
                        os.path.join(self.folder, "queue/incoming"), "-type", "f").stdout
        return re.findall(r"([0-9A-F]+)$", found, re.M)

    def stop(self):
        self._postfix("stop")
        as_root("rm", "-rf", self.folder)


def available():
    """Why it cannot run here; None when it can."""
    try:
        pwd.getpwnam("postfix")
        grp.getgrnam("postdrop")
    except KeyError:
        return "Postfix is not installed"
    if os.geteuid() == 0:
        return None
    tried = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return None if tried and tried.returncode == 0 else "Postfix needs root, and sudo asks for a password"
