"""`kairan migrate`: numbered migrations once, the law as its files say, all or nothing; `--check` says what differs."""
import os
import shutil
import subprocess
import threading

import psycopg2
import pytest

from harness.process import BUILD, TOP

RELEASE = open(os.path.join(TOP, "VERSION"), encoding="utf-8").read().split()[0]
TABLES = "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('kairan')"


@pytest.fixture(scope="module")
def made(cluster):
    """A migrated database that `fresh` copies."""
    cluster.sql("CREATE DATABASE made OWNER kairan_owner TEMPLATE template0")
    cluster.kairan("migrate", env={"KAIRAN_DATABASE": f"host='{cluster.host}' dbname=made"})
    return "made"


def database(cluster, template):
    """The database `blank` made anew; environment for the command line."""
    cluster.sql("DROP DATABASE IF EXISTS blank")
    cluster.sql(f"CREATE DATABASE blank OWNER kairan_owner TEMPLATE {template}")
    return {"KAIRAN_DATABASE": f"host='{cluster.host}' dbname=blank"}


@pytest.fixture
def blank(cluster):
    return database(cluster, "template0")


@pytest.fixture
def fresh(cluster, made):
    """As blank, migrated."""
    return database(cluster, made)


@pytest.fixture
def folder(tmp_path):
    """A copy of migrations and law to spoil."""
    shutil.copytree(os.path.join(TOP, "migrations"), tmp_path / "dir" / "migrations")
    shutil.copytree(os.path.join(TOP, "core"), tmp_path / "dir" / "law",
                    ignore=lambda path, names: [n for n in names if os.path.isfile(os.path.join(path, n)) and not n.endswith(".law.sql")])
    return tmp_path / "dir"


def migrate(cluster, env, folder, *words):
    return cluster.kairan("migrate", "--dir", str(folder), *words, check=False, env=env)


def check(cluster, env, folder):
    """What is different, line by line."""
    said = migrate(cluster, env, folder, "--check")
    assert said.returncode in (0, 3), said.stderr
    lines = said.stdout.splitlines()
    return [] if said.returncode == 0 else lines


def ask(cluster, statement, role=None):
    """Rows of a statement in the database under test."""
    link = psycopg2.connect(host=cluster.host, dbname="blank", user=role or cluster.superuser,
                            options="-c search_path=kairan,pg_temp")
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.close()


def last(folder):
    return sorted(os.listdir(folder / "migrations"))[-1]


def spare(folder, text, step=1):
    """Adds a migration behind the last one; its name."""
    name = f"{int(last(folder)[:4]) + step:04}_spare.sql"
    (folder / "migrations" / name).write_text(text, encoding="utf-8")
    return name


def test_migrate_applies_once(cluster, blank, folder):
    count = len(os.listdir(folder / "migrations"))
    first = migrate(cluster, blank, folder)
    assert first.returncode == 0 and f"{count} migrations, {count} of them new" in first.stdout
    again = migrate(cluster, blank, folder)
    assert again.returncode == 0 and f"{count} migrations, 0 of them new" in again.stdout
    spare(folder, "CREATE TABLE spare (x int);")
    more = migrate(cluster, blank, folder)
    assert more.returncode == 0 and "1 of them new" in more.stdout


def test_migrate_refuses_what_does_not_belong(cluster, blank, folder):
    assert migrate(cluster, blank, folder).returncode == 0
    changed = folder / "migrations" / "0003_office.sql"
    text = changed.read_text(encoding="utf-8")
    changed.write_text(text + "-- touched\n", encoding="utf-8")
    refused = migrate(cluster, blank, folder)
    assert refused.returncode == 1 and "0003_office.sql" in refused.stderr
    changed.write_text(text, encoding="utf-8")
    name = spare(folder, "SELECT 1;")
    assert migrate(cluster, blank, folder).returncode == 0
    (folder / "migrations" / name).unlink()
    newer = migrate(cluster, blank, folder)
    assert newer.returncode == 1 and name in newer.stderr


def test_migrate_refuses_gaps_doubles_and_nothing(cluster, blank, folder, tmp_path):
    name = spare(folder, "SELECT 1;", step=2)
    gap = migrate(cluster, blank, folder)
    assert gap.returncode == 1 and name in gap.stderr
    (folder / "migrations" / name).rename(folder / "migrations" / (last(folder)[:4].replace(name[:4], "0001") + "_twin.sql"))
    assert migrate(cluster, blank, folder).returncode == 1
    empty = tmp_path / "empty"
    (empty / "migrations").mkdir(parents=True)
    assert migrate(cluster, blank, empty).returncode == 1
    assert migrate(cluster, blank, tmp_path / "nowhere").returncode == 1


def test_failed_migration_leaves_nothing(cluster, blank, folder):
    assert migrate(cluster, blank, folder).returncode == 0
    name = spare(folder, "CREATE TABLE half (x int);\n\nSELECT nonsense;\n")
    failed = migrate(cluster, blank, folder)
    assert failed.returncode == 1 and f"{name} line 3" in failed.stderr
    (folder / "migrations" / name).write_text("CREATE TABLE half (x int);", encoding="utf-8")
    assert migrate(cluster, blank, folder).returncode == 0


def test_two_migrations_at_once(cluster, blank, folder):
    results = []
    both = [threading.Thread(target=lambda: results.append(migrate(cluster, blank, folder)))
            for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [r.returncode for r in results] == [0, 0], [r.stderr for r in results]
    assert sorted("applied 0001" in r.stdout for r in results) == [False, True]


# ---- the law: file against database ----


def line_of(folder, name, text):
    """The line of a file of `folder` that begins with a text."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return 1 + next(n for n, line in enumerate(lines) if line.startswith(text))


REFUSE = ("CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql "
          "SET search_path = kairan, pg_temp AS $$ BEGIN RETURN NULL; END $$")

# What somebody does as the owner, and how the line begins that says so; {oplog} is a year's partition.
TAMPERED = [
    (REFUSE, "function refuse_change(): not as in db/db.law.sql line "),
    ("ALTER FUNCTION alert_born() SECURITY DEFINER", "function alert_born(): not as in alert/alert.law.sql line "),
    ("ALTER FUNCTION alert_check() RESET search_path", "function alert_check(): not as in alert/alert.law.sql line "),
    ("ALTER FUNCTION month_of(timestamptz) VOLATILE",
     "function month_of(timestamp with time zone): not as in house/partition.law.sql line "),
    ("ALTER FUNCTION prose_allowed(text, text) VOLATILE", "function prose_allowed(text,text): not as in 0002_prose.sql line "),
    ("CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION more() FROM PUBLIC",
     "function more(): in no file"),
    ("DROP FUNCTION netstrings(text[])", "function netstrings(text[]): missing, though in db/db.law.sql line "),
    ("CREATE VIEW peek AS SELECT * FROM person", "view peek: in no file"),
    ("ALTER TABLE alert DISABLE TRIGGER alert_check", "trigger alert_check ON alert: not as in alert/alert.law.sql line "),
    ("ALTER TABLE ONLY {oplog} DISABLE TRIGGER oplog_history",
     "trigger oplog_history ON oplog: not as in log/oplog.law.sql line "),
    ("CREATE OR REPLACE TRIGGER alert_born AFTER INSERT ON alert FOR EACH ROW EXECUTE FUNCTION alert_born()",
     "trigger alert_born ON alert: not as in alert/alert.law.sql line "),
    ("DROP TRIGGER approval_check ON approval", "trigger approval_check ON approval: missing, though in alert/approval.law.sql line "),
    ("CREATE TRIGGER more BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION refuse_change()",
     "trigger more ON person: in no file"),
    ("CREATE CONSTRAINT TRIGGER later AFTER INSERT ON person DEFERRABLE FOR EACH ROW EXECUTE FUNCTION refuse_change()",
     "trigger later ON person: in no file"),
    ("GRANT EXECUTE ON FUNCTION refuse_change() TO kairan_public",
     "grant of EXECUTE ON FUNCTION refuse_change() to kairan_public: in no file"),
    ("GRANT EXECUTE ON FUNCTION refuse_change() TO PUBLIC", "grant of EXECUTE ON FUNCTION refuse_change() to PUBLIC: in no file"),
    ("REVOKE EXECUTE ON FUNCTION schema_state FROM kairan_public",
     "grant of EXECUTE ON FUNCTION schema_state() to kairan_public: missing"),
    ("GRANT EXECUTE ON FUNCTION house_ahead TO kairan_house WITH GRANT OPTION",
     "grant of EXECUTE ON FUNCTION house_ahead() to kairan_house: not as in"),
    ("GRANT SELECT ON person TO kairan_public", "grant of SELECT ON TABLE person to kairan_public: in no file"),
    ("GRANT SELECT ON {oplog} TO kairan_public", "grant of SELECT ON TABLE {oplog} to kairan_public: in no file"),
    ("GRANT UPDATE (login) ON person TO kairan_staff", "grant of UPDATE (login) ON TABLE person to kairan_staff: in no file"),
    ("GRANT USAGE ON SEQUENCE person_id_seq TO kairan_staff", "grant of USAGE ON SEQUENCE person_id_seq to kairan_staff: in no file"),
    ("GRANT CREATE ON SCHEMA kairan TO kairan_staff", "grant of CREATE ON SCHEMA kairan to kairan_staff: in no file"),
]


def test_what_was_tampered_with_is_named_and_put_back(cluster, fresh, folder):
    assert check(cluster, fresh, folder) == []
    oplog, = ask(cluster, "SELECT min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'oplog'::regclass")[0]
    for statement, _ in TAMPERED:
        ask(cluster, statement.format(oplog=oplog), role="kairan_owner")
    named = [start.format(oplog=oplog) for _, start in TAMPERED]
    for _ in range(2):  # the first look changed nothing
        lines = check(cluster, fresh, folder)
        missed = [start for start in named if sum(line.startswith(start) for line in lines) != 1]
        assert not missed and len(lines) == len(TAMPERED), (missed, lines)
    back = migrate(cluster, fresh, folder)
    assert back.returncode == 0 and f"{len(TAMPERED)} changes of the law" in back.stdout, back.stderr
    assert check(cluster, fresh, folder) == []


def test_the_line_is_the_function_s(cluster, fresh, folder):
    ask(cluster, REFUSE, role="kairan_owner")
    line, = check(cluster, fresh, folder)
    assert line.endswith(f" line {line_of(folder, 'law/db/db.law.sql', 'CREATE FUNCTION refuse_change()')}")


def test_another_owner_is_named(cluster, fresh, folder):
    ask(cluster, f'ALTER FUNCTION refuse_change() OWNER TO "{cluster.superuser}"')
    ask(cluster, f'ALTER TABLE person OWNER TO "{cluster.superuser}"')
    lines = check(cluster, fresh, folder)
    assert [line.split(" is owned by ")[0] for line in lines] == ["function refuse_change()", "sequence person_id_seq", "table person"]


def test_check_of_a_blank_database(cluster, blank, folder):
    lines = check(cluster, blank, folder)
    assert lines == [f"{name}: not applied" for name in sorted(os.listdir(folder / "migrations"))]
    assert ask(cluster, TABLES) == [(0,)]


def law_file(folder, text):
    """A file of the law more."""
    (folder / "law" / "words" / "more.law.sql").write_text(text, encoding="utf-8")


HALF = {
    "syntax": ("CREATE FUNCTION bad()\nRETURNS int LANGUAGE sql HOW 'SELECT 1';", 4, "bad", "HOW"),
    "type": ("CREATE FUNCTION bad() RETURNS\nnowhere LANGUAGE sql AS 'SELECT 1';", 3, "bad", "nowhere"),
    "sql body": ("CREATE FUNCTION bad() RETURNS int LANGUAGE sql AS $$\n    SELECT 1 +\n        nowhere\n$$;", 5, "bad()", "nowhere"),
    "plpgsql body": ("CREATE FUNCTION bad() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n    RETURN 1 +;\nEND $$;", 5, "bad()", "syntax"),
    "trigger": ("CREATE TRIGGER bad BEFORE INSERT ON nowhere\nFOR EACH ROW EXECUTE FUNCTION refuse_change();", 3, "bad ON nowhere",
                "nowhere"),
    "grant": ("GRANT SELECT ON person TO nobody_there;", 3, "grant", "nobody_there"),
    "twice": ("CREATE FUNCTION netstrings(VARIADIC items text[]) RETURNS bytea LANGUAGE sql AS 'SELECT NULL';", 3, "netstrings", "exists"),
    "table": ("CREATE TABLE bad (x int);", 3, "", "only"),
    "schema": ("CREATE FUNCTION kairan.bad() RETURNS int LANGUAGE sql AS 'SELECT 1';", 3, "kairan", "no schema"),
}


@pytest.mark.parametrize("what", HALF)
def test_a_law_that_fails_half_way_changes_nothing(cluster, fresh, folder, what):
    text, line, name, said = HALF[what]
    spare(folder, "CREATE TABLE spare (x int);")
    law_file(folder, f"CREATE FUNCTION good() RETURNS int LANGUAGE sql AS 'SELECT 1';\n\n{text}\n")
    failed = migrate(cluster, fresh, folder)
    assert failed.returncode == 1 and said in failed.stderr, failed.stderr
    assert f"more.law.sql line {line}" in failed.stderr and name in failed.stderr, failed.stderr
    assert ask(cluster, "SELECT to_regprocedure('good()'), to_regclass('spare')") == [(None, None)]
    assert check(cluster, fresh, os.path.join(BUILD, "web")) == []


def test_order_means_nothing_and_views_are_law(cluster, fresh, folder):
    law_file(folder, """
GRANT SELECT ON seen TO kairan_staff;
CREATE TRIGGER seen_never INSTEAD OF INSERT ON seen FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE VIEW seen WITH (security_barrier = true) AS SELECT p.id, doubled(p.id) AS twice FROM person p;
GRANT EXECUTE ON FUNCTION peep TO kairan_staff;
CREATE FUNCTION peep(n bigint DEFAULT doubled(1)) RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM seen WHERE id = n';
CREATE OR REPLACE FUNCTION doubled(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 2 * n';
""")
    assert migrate(cluster, fresh, folder).returncode == 0
    assert check(cluster, fresh, folder) == []
    assert ask(cluster, "SELECT peep()", role="kairan_owner") == [(0,)]
    (folder / "law" / "words" / "more.law.sql").unlink()
    gone = migrate(cluster, fresh, folder)
    assert gone.returncode == 0, gone.stderr
    assert ask(cluster, "SELECT to_regclass('seen'), to_regprocedure('doubled(bigint)')") == [(None, None)]
    assert check(cluster, fresh, folder) == []


def test_what_is_unchanged_stays_untouched(cluster, fresh, folder):
    rows = ("SELECT 'pg_proc', oid, xmin::text FROM pg_proc WHERE pronamespace = 'kairan'::regnamespace UNION ALL "
            "SELECT 'pg_trigger', oid, xmin::text FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
            "SELECT 'pg_class', oid, xmin::text FROM pg_class WHERE relnamespace = 'kairan'::regnamespace AND relkind IN ('r', 'p')")
    before = set(ask(cluster, rows))
    path = folder / "law" / "db" / "db.law.sql"
    path.write_text(path.read_text(encoding="utf-8").replace("This record is history", "This row is history"), encoding="utf-8")
    assert "1 changes of the law" in migrate(cluster, fresh, folder).stdout
    changed = before - set(ask(cluster, rows))
    assert [(kind, oid) for kind, oid, _ in changed] == ask(cluster, "SELECT 'pg_proc', 'refuse_change()'::regprocedure::oid")


def test_a_changed_signature_is_dropped_by_a_migration(cluster, fresh, folder):
    law_file(folder, "CREATE FUNCTION size() RETURNS int LANGUAGE sql AS 'SELECT 1';")
    assert migrate(cluster, fresh, folder).returncode == 0
    law_file(folder, "\nCREATE FUNCTION size() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';")
    refused = migrate(cluster, fresh, folder)
    assert refused.returncode == 1 and "dropped by a numbered migration" in refused.stderr
    assert "more.law.sql line 2: size()" in refused.stderr, refused.stderr
    spare(folder, "DROP FUNCTION size();")
    assert migrate(cluster, fresh, folder).returncode == 0
    assert ask(cluster, "SELECT pg_typeof(size())::text", role="kairan_owner") == [("bigint",)]


def test_a_migration_under_an_old_body_is_found(cluster, fresh, folder):
    """All bodies are checked, also those that did not change."""
    spare(folder, "CREATE TABLE spare (x int);")
    law_file(folder, "CREATE FUNCTION most() RETURNS int LANGUAGE sql AS $$\nSELECT max(x) FROM spare\n$$;")
    assert migrate(cluster, fresh, folder).returncode == 0
    spare(folder, "ALTER TABLE spare RENAME COLUMN x TO y;")
    failed = migrate(cluster, fresh, folder)
    assert failed.returncode == 1 and "more.law.sql line 2: most()" in failed.stderr, failed.stderr


# ---- releases ----


def test_older_than_the_first_release(cluster, blank, folder):
    ask(cluster, "CREATE SCHEMA kairan AUTHORIZATION kairan_owner", role="kairan_owner")
    ask(cluster, "CREATE TABLE migration AS SELECT 1 AS number, '0001_foundation.sql' AS name, repeat('0', 64) AS sha256", role="kairan_owner")
    before = ask(cluster, TABLES)
    for words in ((), ("--check",)):
        refused = migrate(cluster, blank, folder, *words)
        assert refused.returncode == 1, refused.stdout
        assert "older than the first release" in refused.stderr and "make clean-demo" in refused.stderr
    assert ask(cluster, TABLES) == before


def test_a_newer_release_is_left_alone(cluster, fresh, folder):
    ask(cluster, "INSERT INTO law (release, oldest, files, catalogue) VALUES ('999.0.0', '0.1.0', '', '')")
    refused = migrate(cluster, fresh, folder)
    assert refused.returncode == 1 and f"release 999.0.0, this is {RELEASE}" in refused.stderr, refused.stderr


def test_each_load_is_recorded(cluster, fresh, folder):
    assert ask(cluster, "SELECT release, length(files), length(catalogue) FROM law") == [(RELEASE, 64, 64)]
    assert migrate(cluster, fresh, folder).returncode == 0
    law_file(folder, "-- a comment is no change, but another text\n")
    assert "0 changes" in migrate(cluster, fresh, folder).stdout
    assert ask(cluster, "SELECT count(*), count(DISTINCT files), count(DISTINCT catalogue) FROM law") == [(2, 2, 1)]


def test_what_a_release_changes_is_in_the_operation_log(cluster, fresh, folder):
    """P10: a row for each migrate that changed a town; the first one of a new town, and one without work, leave none."""
    rows = "SELECT login, object, result, facts FROM oplog WHERE act = 'release.migrate' ORDER BY seq"
    assert migrate(cluster, fresh, folder).returncode == 0
    assert ask(cluster, rows, role="kairan_owner") == []
    spare(folder, "UPDATE secret SET name = name;")
    law_file(folder, "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1';")
    assert migrate(cluster, fresh, folder).returncode == 0
    assert ask(cluster, rows, role="kairan_owner") == [("operator", RELEASE, "done", {"migrations": 1, "law": 1})]
    assert cluster.kairan("verify-log", env=fresh).returncode == 0


# ---- beside work ----


def test_nobody_waits_for_longer_than_a_second(cluster, fresh, folder):
    """A table that somebody uses: migrate gives up within a second, lets others through, and tries again."""
    ask(cluster, "ALTER TABLE chunk DISABLE TRIGGER USER; CREATE TRIGGER more BEFORE INSERT ON chunk EXECUTE FUNCTION refuse_change()",
        role="kairan_owner")
    once = ["--tries", "1"]
    user = psycopg2.connect(host=cluster.host, dbname="blank", user="kairan_owner", options="-c search_path=kairan,pg_temp")
    with user, user.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM chunk")
        refused = migrate(cluster, fresh, folder, *once)
        assert refused.returncode == 1 and "Others hold what migrate needs." in refused.stderr, refused.stderr
        waiting = subprocess.Popen([os.path.join(BUILD, "kairan"), "migrate", "--dir", str(folder)], text=True,
                                   env={**cluster.environment, **fresh}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert "Trying again, 1 of 120" in waiting.stderr.readline()
        claim = psycopg2.connect(host=cluster.host, dbname="blank", user="kairan_owner",
                                 options="-c search_path=kairan,pg_temp -c statement_timeout=1500")
        with claim, claim.cursor() as other:
            other.execute("SELECT count(*) FROM chunk")
            assert "Trying again, 2 of 120" in waiting.stderr.readline()
        claim.close()
    user.close()
    assert waiting.wait(30) == 0
    assert "1 changes of the law" in waiting.stdout.read()
    assert check(cluster, fresh, folder) == []
