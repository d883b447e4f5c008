"""What a look at a page costs the database: statements, and rows written."""
import re

import pytest

from harness.routes import ROUTES
from test_access import HOME, Town, ask, is_allowed, name_of
from harness.system import System

MOST = 5
LOOKS = [row for row in ROUTES if row.face == "staff" and row.method == "GET"]


@pytest.fixture(scope="module")
def town(cluster, tmp_path_factory):
    system = System(cluster, tmp_path_factory.mktemp("town"), relays="127.0.0.1:1", server_processes=1)
    cluster.system = system
    try:
        system.make_town()
        system.start_faces()
        town = Town(system)
        cluster.sql("ALTER SYSTEM SET log_statement = 'all'")
        cluster.sql("ALTER SYSTEM SET autovacuum = off")  # it takes numbers of transactions, too
        cluster.sql("SELECT pg_reload_conf()")
        with open(cluster.data + ".log", encoding="utf-8", errors="replace") as town.log:
            yield town
    finally:
        system.stop()


def statements(town):
    """Those of the staff face since this was asked last."""
    return re.findall(r"kairan_staff@\S+ LOG: +(?:execute|statement:?) (\S+)", town.log.read())


def looks(town, row):
    """(role, client) of everybody at home who may look."""
    return [(role, client) for (role, code), client in town.clients.items() if code in (HOME, None) and is_allowed(row, role)]


def written(town):
    """The transactions that wrote something so far, and the rows of the log."""
    return town.look("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, (SELECT count(*) FROM kairan.oplog)")[0]


@pytest.mark.parametrize("row", LOOKS, ids=name_of)
def test_no_page_asks_more_than_five_times(town, row):
    for role, client in looks(town, row):
        statements(town)
        answer = ask(client, "GET", town.path(row))
        asked = statements(town)
        assert len(asked) <= MOST, (role, answer.status_code, asked)
        assert "sign_in_who:" in asked or role == "nobody" or row.path == "/health", role  # the log is read at all


def test_the_progress_page_asks_for_refusals_only_where_there_are(town):
    writer, chief = town.fresh("drafter", HOME), town.fresh("approver", HOME)
    category = writer.get("/alerts/new")["categories"][0]["id"]
    page = writer.post("/alerts", {"title": "断水", "body": "断水します。", "category": category, "act": "submit"})
    href = page["href"]
    chief.post(href + "/approve", {"fingerprint": chief.get(href)["fingerprint"]})
    alert = int(href.rpartition("/")[2])
    asked = {}
    for refused in (0, 1):
        town.cluster.sql("DELETE FROM kairan.broadcast_part")
        town.cluster.sql("INSERT INTO kairan.broadcast (alert, month) VALUES (%s, date_trunc('month', now())) ON CONFLICT DO NOTHING",
                         (alert,))
        town.cluster.sql("INSERT INTO kairan.broadcast_part (alert, stripe, accepted, refused, expired, cancelled, unknown, retried) "
                         "VALUES (%s, 0, 1, %s, 0, 0, 0, 0)", (alert, refused))
        statements(town)
        assert chief.get(href)["counts"]["refused"] == str(refused)
        asked[refused] = statements(town)
    assert asked[0] == ["sign_in_who:", "alert_read:", "alert_progress:"]
    assert asked[1] == asked[0] + ["alert_refusals:"]


@pytest.mark.parametrize("row", LOOKS, ids=name_of)
def test_a_look_writes_no_row_but_the_logs(town, row):
    """A transaction that writes takes the next number; of pages with a row in the log it is the log's."""
    for role, client in looks(town, row):
        ask(client, "GET", "/post")  # so that its session was seen within this minute
        for _ in range(3):  # what was begun before may take one
            before, rows = written(town)
            ask(client, "GET", town.path(row))
            after, more = written(town)
            if after - before <= more - rows:
                break
        assert after - before <= more - rows <= 1, role


def test_a_sessions_last_use_is_written_once_a_minute(town):
    """So it may look a minute older than it is, and a session ends up to a minute early, never late."""
    client = town.people.session("drafter-bousai", "drafter", HOME)
    newest = "(SELECT max(id) FROM kairan.session)"

    def seen_after(ago):
        town.look(f"UPDATE kairan.session SET seen = now() - interval '{ago}' WHERE id = {newest} RETURNING id")
        status = ask(client, "GET", "/alerts").status_code
        return status, town.look(f"SELECT extract(epoch FROM now() - seen)::int FROM kairan.session WHERE id = {newest}")[0][0]

    status, ago_s = seen_after("50 seconds")
    assert status == 200 and ago_s >= 50
    status, ago_s = seen_after("61 seconds")
    assert status == 200 and ago_s < 50
    status, ago_s = seen_after("29 minutes 50 seconds")
    assert status == 200 and ago_s < 50
    status, ago_s = seen_after("30 minutes")
    assert status == 401 and ago_s >= 1800
