"""The Postfix that a town sets up with deploy/postfix: Debian's own files, then setup.sh as it is. Only what a test must
have otherwise is changed then: folders, port, certificate, and that all mail ends in a sink."""
import getpass
import os
import re
import shutil

from harness.process import BUILD, TOP, Process
from harness.relay import Postfix, as_root

DEPLOY = os.path.join(TOP, "deploy/postfix")

# main.cf as the package and the README leave it before setup.sh.
BEFORE = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/maillog
maillog_file_prefixes = {folder}
myhostname = relay.city.kairan.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination = localhost
alias_maps = hash:/etc/aliases
smtpd_tls_chain_files = {certificate}
"""


class TownPostfix(Postfix):
    """Set up for a System whose workers have written its lanes to the database. certificate: key and
    certificate in one file, readable by root."""

    def __init__(self, system, sink_port, certificate):
        self.system = system
        super().__init__(sink_port, certificate=certificate)

    def configure(self, sink_port, settings):
        self._write("main.cf", BEFORE.format(folder=self.folder, **settings))
        shutil.copy("/usr/share/postfix/master.cf.dist", os.path.join(self.conf, "master.cf"))
        self._give_away()
        self.set_up()
        self._postconf("-F", "*/*/chroot=n")
        self._postconf("-M", "-X", "smtp/inet")
        self._postconf("-M", f"{self.port}/inet=127.0.0.1:{self.port} inet n - n - 200 smtpd")
        # .example leads nowhere: at once to whom mails go when a domain cannot be reached.
        self._postconf("-e", "smtp_dns_support_level=disabled", "smtp_host_lookup=native",
                       f"smtp_fallback_relay=[127.0.0.1]:{sink_port}")

    def _postconf(self, *words):
        return as_root("/usr/sbin/postconf", "-c", self.conf, *words).stdout

    def _script(self, name):
        return ["env", f"KAIRAN={os.path.join(BUILD, 'kairan')}", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                os.path.join(DEPLOY, name), "--postfix", self.conf, "--config", self.system.config,
                "--user", getpass.getuser()]

    def set_up(self):
        """Runs setup.sh, with Kairan's settings as they are now."""
        self.system.write_config()
        as_root(*self._script("setup.sh"))

    def recall(self):
        """Starts recall.sh: a Process."""
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        return Process("recall", sudo + self._script("recall.sh"), os.path.join(self.system.folder, "recall.log"))

    def queued(self):
        """Queue ids that are still in its queues: long ones."""
        found = as_root("find", *(os.path.join(self.folder, "queue", name) for name in ("active", "deferred", "incoming")),
                        "-type", "f").stdout
        return re.findall(r"/(\w+)$", found, re.M)

    def empty(self):
        as_root("/usr/sbin/postsuper", "-c", self.conf, "-d", "ALL")

    def setting(self, name):
        return self._postconf("-h", name).strip()

    def services(self):
        """The names of master.cf."""
        return [line.split()[0] for line in self._postconf("-M").splitlines()]
