"""A throw-away PostgreSQL with our roles and schema (tests/with_pg.sh), and SQL as each role."""
import os
import subprocess

import psycopg2

from harness.process import BUILD, TOP

ROLES = ("kairan_owner", "kairan_public", "kairan_staff", "kairan_sender", "kairan_intake", "kairan_house")


class Cluster:
    """Lives until close(), or until the tests die: then its input ends, and so does it."""

    def __init__(self):
        hold = 'printf "%s\\n%s\\n" "$PGHOST" "$PGUSER"; exec cat >/dev/null'
        self._child = subprocess.Popen(
            [os.path.join(TOP, "tests/with_pg.sh"), "bash", "-c", hold], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, cwd=TOP)
        self.host = self._child.stdout.readline().strip()
        self.superuser = self._child.stdout.readline().strip()
        if not self.superuser:
            raise RuntimeError(f"no cluster: with_pg.sh ended with {self._child.wait()}")
        self.conninfo = f"host='{self.host}' dbname=kairan"
        self._open = []

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
        self._child.stdin.close()
        self._child.stdout.close()
        self._child.wait(60)


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
