"""The operation log against those who change history: tampering of every kind is found (G15), by `kairan verify-log` and
by the console's check alike; anchors hold what the chain alone cannot."""
import hashlib
import json
import os
import re
import stat

import pytest

from harness.mailbox import parse, text_of, wait_mail


@pytest.fixture(scope="module")
def logged(cluster, tmp_path_factory):
    """A log of more than two pages of verify-log, with an anchor of row 9,000 and one of the end."""
    folder = tmp_path_factory.mktemp("anchors")
    cluster.places = {"KAIRAN_ANCHOR_DIR": str(folder), "KAIRAN_ANCHOR_KEY_FILE": str(folder / "key")}
    cluster.anchors = str(folder / "anchors")
    cluster.kairan("anchor", "init", env=cluster.places)
    # one row as releases before this one wrote them
    write(cluster, "INSERT INTO oplog (seq, at, login, act, object, result, reason, prev, hash, format) SELECT seq + 1, "
          "clock_timestamp(), 'operator', 'test', 'x', 'done', '', hash, '', 1 FROM oplog_head; "
          "UPDATE oplog SET hash = oplog_digest(oplog) WHERE seq = (SELECT max(seq) FROM oplog); "
          "UPDATE oplog_head h SET seq = o.seq, hash = o.hash FROM oplog o WHERE o.seq = h.seq + 1")
    for rows in (9000, 3000):
        cluster.sql(f"SELECT kairan.oplog_operator('test.act', 'thing ' || n, E'なぜ\\nか:,~', jsonb_build_object('version', n)) "
                    f"FROM generate_series(1, {rows}) AS n")
        cluster.kairan("anchor", "write", env=cluster.places)
    return cluster


def write(cluster, statement):
    """Changes history as only a superuser who switches the triggers off can."""
    link = cluster.connect(cluster.superuser)
    with link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET search_path = kairan; " + statement)


def verify(cluster, *words):
    return cluster.kairan("verify-log", *words, check=False, env=cluster.places)


def console_finds(cluster):
    """What the check of the console finds: kind and the row."""
    write(cluster, "INSERT INTO oplog_check (person, last, last_hash, first, done, hash) SELECT 1, seq, hash, 0, 0, "
          "decode(repeat('00', 32), 'hex') FROM oplog_head")
    while cluster.sql("SELECT kairan.check_step(5000)", role="kairan_owner")[0][0]:
        pass
    return cluster.sql("SELECT found, done + 1 FROM kairan.oplog_check ORDER BY id DESC LIMIT 1")[0]


def facts_text(value):
    """Facts as the digest has them, without PostgreSQL (core/log/oplog.law.sql)."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
        return "{" + ", ".join(f"{facts_text(name)}: {facts_text(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(facts_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def digest(row):
    """A row's hash as an auditor computes it from its values."""
    parts = [None if part is None else str(part).encode() for part in (
        *row[:12], None if row[12] is None else facts_text(row[12]), *row[13:])]
    return hashlib.sha256(b"".join(b"~," if part is None else b"%d:%s," % (len(part), part) for part in parts)).hexdigest()


def test_an_auditor_needs_no_postgresql(logged):
    """The digest from the values alone, facts that are hard to write included."""
    last = logged.sql("SELECT seq FROM kairan.oplog_head")[0][0]
    for facts in ({"name": "改行\n\t\"\\/\u007f\u2028\U0001f600\u001f\b\f\r"}, {"äb": 1, "b": [True, False, "x", -5], "aaa": {"z": 1, "é": {}}, "ab": 2},
                  {"version": 2**53}, {}, {"gone": None}):
        logged.sql("SELECT kairan.oplog_operator('test.act', 'hard', facts => %s)", (json.dumps(facts),), role="kairan_owner")
    rows = logged.sql("SELECT format, seq, (extract(epoch FROM at) * 1000000)::bigint, person, login, post, role, department, act, object, "
                      "result, reason, facts, host(network), behalf, request, encode(prev, 'hex'), encode(hash, 'hex') "
                      "FROM kairan.oplog WHERE seq > %s - 20 ORDER BY seq", (last,), role="kairan_owner")
    assert [digest(row[:-1]) for row in rows] == [row[-1] for row in rows]
    assert [row[12] is None for row in rows[-2:]] == [True, True]  # none is NULL, and nothing else


REHASH = ("DO $$ DECLARE r oplog; p bytea; BEGIN SELECT hash INTO p FROM oplog WHERE seq = {0} - 1; "
          "FOR r IN SELECT * FROM oplog WHERE seq >= {0} ORDER BY seq LOOP r.prev := p; r.hash := oplog_digest(r); "
          "UPDATE oplog SET prev = r.prev, hash = r.hash WHERE seq = r.seq; p := r.hash; END LOOP; "
          "UPDATE oplog_head SET hash = p, seq = (SELECT max(seq) FROM oplog); END $$")
HEAD = "UPDATE oplog_head h SET seq = o.seq, hash = o.hash FROM oplog o WHERE o.seq = (SELECT max(seq) FROM oplog)"

# name, what is done, the first wrong row, what the console says ('' where only anchors can tell)
TAMPERED = [
    ("edit", "UPDATE oplog SET reason = 'forged' WHERE seq = 5000", 5000, "content"),
    ("edit of on whose behalf", "UPDATE oplog SET behalf = 1 WHERE seq = 5001", 5001, "content"),
    ("edit of a fact", "UPDATE oplog SET facts = '{\"version\": 3}' WHERE seq = 5003", 5003, "content"),
    ("a fact taken away", "UPDATE oplog SET facts = NULL WHERE seq = 5004", 5004, "content"),
    ("edit of the format", "UPDATE oplog SET format = 1 WHERE seq = 5002", 5002, "content"),
    ("delete", "DELETE FROM oplog WHERE seq = 6000", 6001, "gap"),
    ("insert", "INSERT INTO oplog SELECT (o).* FROM (SELECT o, (o).at + interval '1 microsecond' FROM oplog o "
     "WHERE seq = 7000) AS x; UPDATE oplog SET at = at + interval '1 microsecond', reason = 'more' WHERE ctid = "
     "(SELECT max(ctid) FROM oplog WHERE seq = 7000)", 7001, "gap"),
    ("swap", "UPDATE oplog SET seq = -1 WHERE seq = 4000; UPDATE oplog SET seq = 4000 WHERE seq = 4001; "
     "UPDATE oplog SET seq = 4001 WHERE seq = -1", 4000, "link"),
    ("re-hash", "UPDATE oplog SET reason = 'forged' WHERE seq = 8000; " + REHASH.format(8000), None, ""),
    ("cut tail", "DELETE FROM oplog WHERE seq > 9500; " + HEAD, 9501, ""),
    ("cut tail, refilled", "DELETE FROM oplog WHERE seq > 9500; " + HEAD + "; UPDATE oplog_head h SET at = o.at FROM oplog o WHERE o.seq = h.seq; "
     "SELECT oplog_operator('test.act', 'thing ' || n) FROM generate_series(9501, (SELECT max(seq) FROM keep)) AS n", None, ""),
    ("clock set back", "UPDATE oplog SET at = at - interval '1 hour' WHERE seq = 8500; " + REHASH.format(8500), 8500,
     "clock"),
]


@pytest.mark.parametrize("name, change, row, console", TAMPERED, ids=[row[0] for row in TAMPERED])
def test_g15_tampering_is_found(logged, name, change, row, console):
    whole = verify(logged, "--anchors", logged.anchors)
    assert whole.returncode == 0 and "2 anchors" in whole.stdout, whole.stdout
    write(logged, "CREATE TABLE keep AS SELECT * FROM oplog; CREATE TABLE keep_head AS SELECT * FROM oplog_head")
    try:
        if name == "insert":
            change = ("INSERT INTO oplog (seq, at, act, object, result, reason, prev, hash, format) SELECT seq, at + "
                      "interval '1 microsecond', act, object, result, 'more', prev, hash, format FROM oplog "
                      "WHERE seq = 7000")
            row = 7000
        write(logged, change)
        broken = verify(logged, "--anchors", logged.anchors)
        found, at = console_finds(logged)
    finally:
        write(logged, "DELETE FROM oplog; INSERT INTO oplog SELECT * FROM keep; UPDATE oplog_head h SET seq = k.seq, "
              "hash = k.hash FROM keep_head k; DROP TABLE keep, keep_head")
    assert broken.returncode == 3, broken.stdout
    if row:
        assert broken.stdout.startswith(f"row {row}:"), broken.stdout
    else:
        assert "anchor" in broken.stdout, broken.stdout
    assert found == console
    if console:
        assert at == row or name == "insert"


def test_anchors_that_were_changed(logged, tmp_path):
    """A line that was changed, or is missing, or was written with another key, is no anchor."""
    lines = open(logged.anchors, encoding="ascii").read().splitlines(keepends=True)
    assert len(lines) == 2 and stat.S_IMODE(os.stat(logged.anchors).st_mode) == 0o600
    number = re.match(r"kairan-anchor 1 \S+ (\d+) ", lines[1]).group(1)
    for name, text in {"changed": lines[0] + lines[1].replace(f" {number} ", f" {int(number) - 1} ", 1),
                       "missing": lines[1], "cut": lines[0][:-10]}.items():
        path = tmp_path / name
        path.write_text(text, encoding="ascii")
        refused = verify(logged, "--anchors", str(path))
        assert refused.returncode == 1 and "line" in refused.stderr, (name, refused.stderr)
    other = tmp_path / "key"
    logged.kairan("anchor", "init", env={**logged.places, "KAIRAN_ANCHOR_KEY_FILE": str(other)})
    assert stat.S_IMODE(os.stat(other).st_mode) == 0o600
    refused = logged.kairan("verify-log", "--anchors", logged.anchors, check=False,
                            env={**logged.places, "KAIRAN_ANCHOR_KEY_FILE": str(other)})
    assert refused.returncode == 1
    again = logged.kairan("anchor", "init", check=False, env={**logged.places, "KAIRAN_ANCHOR_KEY_FILE": str(other)})
    assert again.returncode == 1 and "already" in again.stderr
    os.chmod(other, 0o644)
    refused = logged.kairan("anchor", "write", check=False, env={**logged.places, "KAIRAN_ANCHOR_KEY_FILE": str(other)})
    assert refused.returncode == 1 and "0600" in refused.stderr


def test_mailed_anchors_prove_themselves(logged, tmp_path):
    """Each line alone, in any order, among other lines of mails; not one that was changed."""
    first, last = open(logged.anchors, encoding="ascii").read().splitlines()
    saved = tmp_path / "mails"
    for text, found in ((last, "1 anchors"), (f"From: x\r\n\r\n{last}\r\n\r\n控え\n{first}\n{last}\n", "3 anchors")):
        saved.write_bytes(text.encode())
        whole = verify(logged, "--mailed", str(saved))
        assert whole.returncode == 0 and found in whole.stdout, whole.stdout + whole.stderr
    for text in ("", "nothing here\n", last[:-1] + ("0" if last[-1] != "0" else "1"), last.replace(" 1 ", " 2 ", 1), last[:200]):
        saved.write_text(text, encoding="ascii")
        refused = verify(logged, "--mailed", str(saved))
        assert refused.returncode == 1 and "anchor" in refused.stderr, text
    assert verify(logged, "--mailed", str(saved), "--anchors", str(saved)).returncode == 2


def test_an_anchor_counts_the_rows(logged, tmp_path):
    """Written while a row was out of the table, it does not fit the log that has it back."""
    places = {**logged.places, "KAIRAN_ANCHOR_DIR": str(tmp_path)}
    write(logged, "CREATE TABLE keep AS SELECT * FROM oplog WHERE seq = 5000; DELETE FROM oplog WHERE seq = 5000")
    logged.kairan("anchor", "write", env=places)
    write(logged, "INSERT INTO oplog SELECT * FROM keep; DROP TABLE keep")
    broken = verify(logged, "--anchors", str(tmp_path / "anchors"))
    assert broken.returncode == 3 and "another number of rows" in broken.stdout, broken.stdout


def test_the_hourly_anchor_leaves_by_mail(make_system, tmp_path):
    """From the elected sweep through the relay; the line in the mail verifies the log, and finds it cut and refilled."""
    system = make_system(anchor_dir=str(tmp_path), anchor_key_file=str(tmp_path / "key"), anchor_mail="keeper@city.kairan.example")
    system.start_inbox()
    system.make_town()
    places = {"KAIRAN_ANCHOR_DIR": str(tmp_path), "KAIRAN_ANCHOR_KEY_FILE": str(tmp_path / "key")}
    cluster = system.cluster
    cluster.kairan("anchor", "init", env=places)
    system.start_workers()
    text = text_of(parse(wait_mail(system.inbox, "keeper@city.kairan.example")))
    line = next(line for line in text.splitlines() if line.startswith("kairan-anchor "))
    assert line + "\n" in (tmp_path / "anchors").read_text(encoding="ascii")
    system.stop()
    mails = tmp_path / "mails"
    mails.write_text(text, encoding="utf-8")
    whole = cluster.kairan("verify-log", "--mailed", str(mails), env=places)
    assert "1 anchors name rows of it" in whole.stdout
    seq = int(line.split()[3])
    write(cluster, f"DELETE FROM oplog WHERE seq >= {seq}; UPDATE oplog_head h SET seq = o.seq, hash = o.hash, at = o.at FROM oplog o "
          f"WHERE o.seq = {seq - 1}; SELECT oplog_operator('test.act', 'thing ' || n) FROM generate_series(1, 50) AS n")
    assert cluster.kairan("verify-log", env=places).returncode == 0, "the chain alone is whole"
    broken = cluster.kairan("verify-log", "--mailed", str(mails), check=False, env=places)
    assert broken.returncode == 3 and broken.stdout.startswith(f"row {seq}: it is not the row that an anchor names"), broken.stdout
