"""The operation log at size: the chain checked, rows found."""
import concurrent.futures
import itertools
import os
import re
import statistics
import subprocess
import time

from figures import row

VERIFIED = int(os.environ.get("LOG_VERIFIED", 1_000_000))
SEARCHED = int(os.environ.get("LOG_SEARCHED", 5_000_000))
KAIRAN = os.path.join(os.environ.get("B", "build"), "kairan")

# seq runs on from the head; a town's mix: few refusals, rare words, pairs that never meet (act.6 is never of role auditor)
MIX = """r.person := 1 + i % 2; r.login := 'p' || i % 200; r.role := (ARRAY['drafter', 'approver', 'auditor'])[1 + i % 3];
r.department := 1; r.act := CASE WHEN i % 3 = 2 THEN 'act.1' ELSE 'act.' || i % 7 END; r.object := 'alert ' || i / 10;
r.result := CASE i % 500 WHEN 0 THEN 'refused' ELSE 'done' END; r.reason := ''; r.facts := jsonb_build_object('version', i % 5);
r.network := '198.51.100.0'::inet + i % 100;"""
FILTERS = {"person": "drafter", "role": "auditor", "department": "1", "act": "act.6", "object": "alert 77777",
           "result": "refused", "network": "198.51.100.9", "since": "2026-01-01T00:00", "until": "2100-01-01T00:00",
           "words": "堤防が危険"}


def without_indexes(town, work, again=True):
    """Runs work while the table has no index but its key; they are built once, afterwards, where they are needed."""
    names = town.sql(town.owner, "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
                     "WHERE indrelid = 'oplog'::regclass AND NOT indisprimary")
    for name, _ in names:
        town.sql(town.owner, f"DROP INDEX {name}")
    work()
    town.sql(town.owner, "SET maintenance_work_mem = '512MB'")
    for _, text in names if again else ():
        town.sql(town.owner, text.replace(" ON ONLY ", " ON "))
    town.sql(town.owner, "ANALYZE oplog")


WRITERS, WRITE_S = 8, 5


def measure_append(programs, town):
    """Eight people act at once, each act a row of the chain in a transaction of its own."""
    def act(writer):
        conn, done, end = town.connect("kairan_staff"), 0, time.monotonic() + WRITE_S
        while time.monotonic() < end:
            town.sql(conn, "SELECT oplog_view(%s, 'alert.read', %s, NULL)", town.drafter, f"alert {writer} {done}")
            done += 1
        conn.close()
        return done

    with concurrent.futures.ThreadPoolExecutor(WRITERS) as threads:
        rows = sum(threads.map(act, range(WRITERS)))
    row(f"acts logged by {WRITERS} at once", f"{rows / WRITE_S:,.0f}/s", bar="≥ 200/s")


def measure_verify(programs, town):
    """`kairan verify-log` over a chain."""
    without_indexes(town, lambda: town.sql(
        town.owner, f"DO $$ DECLARE h oplog_head; r oplog; BEGIN SELECT * INTO h FROM oplog_head FOR UPDATE; "
        f"FOR i IN 1..{VERIFIED} LOOP r.at := clock_timestamp(); {MIX} h := oplog_link(r, h); END LOOP; "
        "UPDATE oplog_head SET seq = h.seq, hash = h.hash, at = h.at; END $$"), again=False)
    seconds = []
    for _ in range(3):
        start = time.monotonic()
        said = subprocess.run([KAIRAN, "verify-log"], check=True, capture_output=True, text=True).stdout
        seconds.append(time.monotonic() - start)
    rows = int(re.search(r"(\d+) rows", said).group(1))
    row(f"verify-log, {rows:,} rows", f"{statistics.median(seconds):.1f} s", bar="10 s for 1,000,000")


def measure_log(programs, town):
    """Every pair of filters over a large log, first and later pages; the slowest counts."""
    mix = re.sub(r"r\.(\w+) := ", "", MIX)
    values = [part.strip() for part in mix.replace("\n", " ").split(";") if part.strip()]
    without_indexes(town, lambda: town.sql(
        town.owner, "INSERT INTO oplog (person, login, role, department, act, object, result, reason, facts, network, seq, at, "
        f"prev, hash, format) SELECT {', '.join(value.replace('r.person', '1') for value in values)}, h.seq + i, "
        "clock_timestamp(), '', '', 2 FROM oplog_head h, " f"generate_series(1, {SEARCHED}) AS i; "
        f"UPDATE oplog_head SET seq = seq + {SEARCHED}"))
    town.sql(town.owner, "SELECT staff_add('reader', 'reader', '', substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', "
             "sha256('bench'), 'auditor', NULL)")
    token = town.sql(town.staff, "SELECT token FROM sign_in('reader', 'bench', '', '127.0.0.1', 'bench', 100, 30, 12)")[0][0]
    worst, times, unfinished = ("", 0.0), [], 0
    for chosen in [()] + [(name,) for name in FILTERS] + list(itertools.combinations(FILTERS, 2)) + [tuple(FILTERS)]:
        what = [FILTERS[name] if name in chosen else "" for name in FILTERS]
        for before in (None, SEARCHED // 2):
            start = time.monotonic()
            found = town.sql(town.staff, "SELECT act FROM oplog_search(%s, %s, %s, 50)", token, what, before)
            times.append(time.monotonic() - start)
            unfinished += bool(found) and found[-1][0] is None
            worst = max(worst, ("+".join(chosen), times[-1]), key=lambda pair: pair[1])
    row(f"log search, {SEARCHED:,} rows, {len(times)} combinations of filters",
        f"median {statistics.median(times) * 1e3:.0f} ms, slowest {worst[1] * 1e3:.0f} ms ({worst[0] or 'none'}); "
        f"{unfinished} go on with another press", bar="200 ms")
