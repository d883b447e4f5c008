"""A throw-away PostgreSQL with our roles and schema (tests/with_pg.sh), and SQL as each role."""
import os
import subprocess

import psycopg2
import pytest

from harness.process import BUILD, TOP

ROLES = ("kairan_owner", "kairan_public", "kairan_staff", "kairan_sender", "kairan_intake", "kairan_house")


class Cluster:
    """Lives until close(), or until the tests die: then its input ends, and so does it. It starts when somebody first
    asks where it is; start() says before that which town is in it."""

    def __init__(self):
        self._child = self._host = self._superuser = self.sheet = None
        self._open = []

    def start(self, town="none"):
        """town: none, staff, or residents as well; the passwords of its staff are in the file .sheet."""
        hold = 'printf "%s\\n%s\\n%s\\n" "$PGHOST" "$PGUSER" "$STAFF_SHEET"; exec cat >/dev/null'
        self._child = subprocess.Popen(
            [os.path.join(TOP, "tests/with_pg.sh"), "bash", "-c", hold], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=TOP, env={**os.environ, "TOWN": town})
        self._host, self._superuser, self.sheet = (self._child.stdout.readline().strip() for _ in range(3))
        if not self.sheet:
            end = pytest.fail if "PYTEST_XDIST_WORKER" in os.environ else pytest.exit  # a worker cannot end the whole run
            end(f"no cluster: {self._child.communicate()[1].strip()}")

    @property
    def started(self):
        return self._child is not None

    def _started(self):
        if not self.started:
            self.start()
        return self

    @property
    def host(self):
        return self._started()._host

    @property
    def superuser(self):
        return self._started()._superuser

    @property
    def conninfo(self):
        return f"host='{self.host}' dbname=kairan"

    @property
    def data(self):
        """Its data folder; `pg_ctl` as the user `superuser` names."""
        with self.connect(self.superuser) as link, link.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            return cursor.fetchone()[0]

    def connect(self, role, autocommit=True):
        """A connection as a role; closed with the cluster at the latest."""
        link = psycopg2.connect(self.conninfo, user=role)
        link.autocommit = autocommit
        self._open.append(link)
        return link

    def sql(self, statement, params=None, role=None):
        """Runs one statement (as the superuser unless told) and returns its rows."""
        link = psycopg2.connect(self.conninfo, user=role or self.superuser)
        try:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute(statement, params)
                return cursor.fetchall() if cursor.description else []
        finally:
            link.close()

    @property
    def environment(self):
        """Settings for the command line: this cluster, which no production takes (it has no fsync)."""
        return {**os.environ, "KAIRAN_DATABASE": self.conninfo, "KAIRAN_PROFILE": "demo",
                "KAIRAN_USUAL_FROM": "00:00", "KAIRAN_USUAL_TO": "00:00",
                "KAIRAN_WEB_DIR": os.path.join(BUILD, "web")}

    def kairan(self, *words, check=True, env=None, **more):
        """Runs the operator's command line against this cluster."""
        full = {**self.environment, **(env or {})}
        return subprocess.run([os.path.join(BUILD, "kairan"), *words], check=check, env=full,
                              text=True, capture_output=True, timeout=600, **more)

    def close(self):
        for link in self._open:
            link.close()
        if self.started:
            self._child.communicate(timeout=60)


class Closed:
    """While inside, no program of ours has a connection to the cluster's database, nor gets one."""

    def __init__(self, cluster):
        self._link = psycopg2.connect(host=cluster.host, dbname="postgres", user=cluster.superuser)
        self._link.autocommit = True

    def _run(self, statement):
        with self._link.cursor() as cursor:
            cursor.execute(statement)

    def __enter__(self):
        self._run("ALTER DATABASE kairan ALLOW_CONNECTIONS false")
        self._run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                  "WHERE datname = 'kairan'")  # waits till each is gone

    def __exit__(self, *what):
        self._run("ALTER DATABASE kairan ALLOW_CONNECTIONS true")
        self._link.close()
