"""The operator's command line: admin add, verify-log, status, settings."""
import os
import subprocess

import pytest

from harness.process import BUILD, TOP

GOOD = "correct horse battery"


def add_admin(cluster, login, password):
    return cluster.kairan("admin", "add", "--login", login, "--name", "管理 係", "--mail", "",
                          "--password-stdin", check=False, input=password + "\n")


@pytest.mark.parametrize("login, password, said", [
    ("chief", "short", "too short"),
    ("chief", "x" * 20, "easy to guess"),
    ("chief", "my name is Chief!", "easy to guess"),
    ("chief", "x y" * 60, "too long"),
    ("Not A Login", GOOD, "login"),
    ("chief", "", "too short"),
])
def test_admin_add_refuses(cluster, login, password, said):
    refused = add_admin(cluster, login, password)
    assert refused.returncode == 1 and said in refused.stderr
    assert cluster.sql("SELECT count(*) FROM kairan.person WHERE login = %s", (login,)) == [(0,)]


def test_admin_add(cluster):
    assert add_admin(cluster, "kanri", GOOD).returncode == 0
    taken = add_admin(cluster, "kanri", GOOD)
    assert taken.returncode == 1 and "taken" in taken.stderr
    assert cluster.sql("SELECT role, post.department FROM kairan.post JOIN kairan.person p ON p.id = person "
                       "WHERE login = 'kanri'") == [("administrator", None)]
    assert cluster.sql("SELECT cost FROM kairan.credential c JOIN kairan.person p ON p.id = c.person "
                       "WHERE login = 'kanri'") == [("scrypt:17:8:1",)]
    assert cluster.sql("SELECT act, login, result FROM kairan.oplog ORDER BY seq DESC LIMIT 1") == [
        ("staff.add", "operator", "done")]


def test_001_6_2_3_admin_add_gives_a_one_time_password(cluster):
    """Typed or made, it is good for a day and one sign-in; a made one is random, shown once and kept nowhere."""
    made = cluster.kairan("admin", "add", "--login", "made-admin", "--name", "端末", "--mail", "").stdout
    password = made.splitlines()[-1].rpartition(": ")[2]
    assert len(password.replace("-", "")) == 20 and "made-admin is registered" in made
    add_admin(cluster, "typed-admin", GOOD)
    assert cluster.sql("SELECT login, one_time, one_time_until BETWEEN now() + interval '23 hours' AND now() + interval '24 hours' "
                       "FROM kairan.credential c JOIN kairan.person p ON p.id = c.person WHERE login LIKE '%%-admin' "
                       "ORDER BY login") == [("made-admin", True, True), ("typed-admin", True, True)]
    assert cluster.sql("SELECT count(*) FROM kairan.oplog o WHERE o::text LIKE %s", (f"%{password}%",)) == [(0,)]


@pytest.fixture
def logged(cluster):
    """A log of at least 2,500 rows: more than two pages of verify-log."""
    cluster.sql("SELECT kairan.oplog_operator('test.act', 'thing ' || n, E'なぜ\\nか:,~') "
                "FROM generate_series(1, 2500) AS n")
    return cluster


def tamper(cluster, statement):
    """Changes history as only a superuser who switches the triggers off can."""
    link = cluster.connect(cluster.superuser)
    with link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET search_path = kairan")
        cursor.execute(statement)


def test_log_is_whole(logged):
    whole = logged.kairan("verify-log")
    rows = logged.sql("SELECT count(*) FROM kairan.oplog")[0][0]
    assert f"{rows} rows" in whole.stdout


@pytest.mark.parametrize("change, undo, row", [
    ("UPDATE oplog SET reason = reason || '!' WHERE seq = 1200",
     "UPDATE oplog SET reason = rtrim(reason, '!') WHERE seq = 1200", 1200),
    ("UPDATE oplog SET person = 1 WHERE seq = 7", "UPDATE oplog SET person = NULL WHERE seq = 7", 7),
    ("UPDATE oplog SET role = '' WHERE seq = 8", "UPDATE oplog SET role = NULL WHERE seq = 8", 8),
    ("UPDATE oplog SET at = at + interval '1 microsecond' WHERE seq = 1",
     "UPDATE oplog SET at = at - interval '1 microsecond' WHERE seq = 1", 1),
    ("CREATE TABLE keep AS SELECT * FROM oplog WHERE seq = 50; DELETE FROM oplog WHERE seq = 50",
     "INSERT INTO oplog SELECT * FROM keep; DROP TABLE keep", 51),
    ("CREATE TABLE keep AS SELECT * FROM oplog WHERE seq > 2000; DELETE FROM oplog WHERE seq > 2000",
     "INSERT INTO oplog SELECT * FROM keep; DROP TABLE keep", 2001),
    ("UPDATE oplog_head SET seq = 2000", "UPDATE oplog_head SET seq = (SELECT max(seq) FROM oplog)",
     2001),
])
def test_log_names_the_first_bad_row(logged, change, undo, row):
    tamper(logged, change)
    broken = logged.kairan("verify-log", check=False)
    tamper(logged, undo)
    assert broken.returncode == 3 and broken.stdout.startswith(f"row {row}:"), broken.stdout
    assert logged.kairan("verify-log", check=False).returncode == 0


def test_log_rewritten_from_a_row_on(logged):
    """Rows whose hashes were made anew still do not fit the head."""
    tamper(logged, "CREATE TABLE keep AS SELECT * FROM oplog WHERE seq = (SELECT max(seq) FROM oplog)")
    tamper(logged, "UPDATE oplog SET reason = 'forged' WHERE seq = (SELECT max(seq) FROM oplog)")
    tamper(logged, "UPDATE oplog o SET hash = oplog_digest(o) WHERE seq = (SELECT max(seq) FROM oplog)")
    broken = logged.kairan("verify-log", check=False)
    tamper(logged, "DELETE FROM oplog WHERE seq = (SELECT seq FROM keep)")
    tamper(logged, "INSERT INTO oplog SELECT * FROM keep; DROP TABLE keep")
    assert broken.returncode == 3 and "head" in broken.stdout
    assert logged.kairan("verify-log", check=False).returncode == 0


def test_status_says_that_nobody_works(cluster):
    shown = cluster.kairan("status", check=False)
    assert shown.returncode == 3 and "alerts     0 under way" in shown.stdout


@pytest.mark.parametrize("words, status", [
    (["--help"], 0), (["migrate", "--help"], 0), (["admin", "--help"], 0), (["status", "--help"], 0),
    (["verify-log", "--help"], 0), (["--check-config"], 0), ([], 2), (["nonsense"], 2),
    (["migrate", "more"], 2), (["admin"], 2), (["admin", "remove"], 2), (["status", "--what"], 2),
])
def test_words(cluster, words, status):
    assert cluster.kairan(*words, check=False).returncode == status


def test_wrong_setting_is_named(cluster):
    refused = cluster.kairan("--check-config", check=False, env={"KAIRAN_LEASE_S": "0"})
    assert refused.returncode == 2 and "lease_s" in refused.stderr and "5 to 60" in refused.stderr


def test_no_database(cluster):
    refused = cluster.kairan("status", check=False, env={"KAIRAN_DATABASE": "host=/nonexistent"})
    assert refused.returncode == 1 and refused.stderr.startswith("kairan: ")
