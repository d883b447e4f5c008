"""What came of an alert: the report's numbers, the list as a file, and the state of sending, held against what
the sink saw."""
import csv
import io

import pytest

from harness.broadcast import PROOF, Broadcasts
from harness.client import Client, Refused
from sink import Sink

REFUSED = {"r7@resident.example", "r8@resident.example"}
EVIL = "=HYPERLINK(1) said the relay"


def script(step, recipient, count):
    """Two addresses do not exist; one relay's words look like a formula."""
    if step == "rcpt" and recipient in REFUSED:
        return f"550 5.1.1 {EVIL}"
    return None


@pytest.fixture(scope="module")
def town(cluster):
    town = Broadcasts(cluster)
    town.sql("SELECT staff_add('boss', 'boss', '', substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', sha256(%s), "
             "'administrator', NULL)", PROOF)
    town.sql("SELECT staff_add('auditor', 'auditor', '', substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', sha256(%s), "
             "'auditor', NULL)", PROOF)
    return town


@pytest.fixture(scope="module")
def sent(cluster, town, tmp_path_factory):
    """A broadcast to 2,500 that has ended: (system, alert, addresses)."""
    from harness.system import System
    sink = Sink(script)
    system = System(cluster, tmp_path_factory.mktemp("report"), relays=sink.address, senders=1)
    try:
        addresses = town.residents(2500)
        town.sql("INSERT INTO contact (subscriber, channel, address, hash, confirmed_at) "
                 "VALUES (1, 'sms', '09012345678', sha256('phone'), now())")
        system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        system.start_workers()
        alert = town.approve()
        town.wait_end(alert)
        yield system, alert, addresses
        assert not [line for line in system.processes["staff"].lines if "ended by" in line]
    finally:
        system.stop()
        sink.close()


def client(sent, town, login, lang="ja"):
    """Somebody signed in by the database, as a script with the session's cookie."""
    token, = town._sql(town.staff, "SELECT token FROM sign_in(%s, %s, '', '127.0.0.1', 'test', 100, 30, 12)", login, PROOF)[0]
    who = Client(sent[0].settings["staff_url"], lang)
    who.http.cookies.set("kairan", token)
    who.get("/alerts", lang=lang)
    return who


def rows_of(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=UTF-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    text = answer.content.decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def number(text):
    return int(text.replace(",", ""))


def test_the_report_says_what_the_rows_say(sent, town):
    _, alert, _ = sent
    page = client(sent, town, "head").get(f"/alerts/{alert}/report")
    assert {name: number(page["counts"][name]) for name in ("accepted", "refused", "unknown", "expired", "cancelled")} == {
        "accepted": 2498, "refused": 2, "unknown": 0, "expired": 0, "cancelled": 0}
    assert sum(number(lane["accepted"]) for lane in page["lanes"]) == 2498
    assert [number(relay["refused"]) for relay in page["relays"]] == [2]
    assert sum(number(span["accepted"]) for span in page["series"]) == 2498
    after = {moment["name"]: moment["after_s"] for moment in page["times"]}
    assert 0 <= after["first"] <= after["median"] <= after["most"] <= after["last"] < 60
    assert page["chart"] and all(0 <= bar["y"] <= 200 and bar["y"] + bar["height"] <= 200 for bar in page["chart"])


def test_the_list_names_everybody_once_masked_and_safe(sent, town):
    _, alert, addresses = sent
    rows = rows_of(client(sent, town, "drafter", "en").raw("GET", f"/alerts/{alert}/report.csv"))
    assert len(rows) == len(addresses) == 2500
    assert len({row["Number"] for row in rows}) == 2500
    assert {row["Address"] for row in rows} == {"r***@resident.example"}
    refused = [row for row in rows if row["Result"] == "Refused"]
    assert [(row["Reply code"], row["Enhanced code"], row["Words of the relay"], row["Attempt"]) for row in refused] == [
        ("550", "5.1.1", "'" + EVIL, "1")] * 2
    assert {row["Relay"] for row in rows} == {sent[0].settings["relays"]}
    assert all(row["Time"] for row in rows)


def test_whole_addresses_are_for_the_administrator_on_record(sent, town):
    _, alert, addresses = sent
    boss = client(sent, town, "boss", "en")
    before, = town.sql("SELECT count(*) FROM oplog WHERE act = 'report.export'")[0]
    rows = rows_of(boss.raw("POST", f"/alerts/{alert}/report.csv", data={"csrf": boss.csrf}))
    assert {row["Address"] for row in rows} == set(addresses)
    assert town.sql("SELECT login, object, result FROM oplog WHERE act = 'report.export' ORDER BY seq DESC LIMIT 1") == [
        ("boss", f"alert {alert}", "done")]
    assert town.sql("SELECT count(*) FROM oplog WHERE act = 'report.export'") == [(before + 1,)]
    masked = rows_of(boss.raw("GET", f"/alerts/{alert}/report.csv"))
    assert {row["Address"] for row in masked} == {"r***@resident.example"}
    for login in ("head", "drafter", "auditor"):
        other = client(sent, town, login)
        answer = other.raw("POST", f"/alerts/{alert}/report.csv", data={"csrf": other.csrf})
        assert answer.status_code == 403, login
    assert not town.sql("SELECT 1 FROM oplog WHERE act = 'report.export' AND result = 'done' AND login <> 'boss'")


def test_a_download_that_is_given_up_or_not_wanted_costs_nothing(sent, town):
    """Closed in the middle, or asked for by HEAD: the process that served it lives on, and serves."""
    _, alert, _ = sent
    who = client(sent, town, "head")
    for _ in range(5):
        answer = who.raw("GET", f"/alerts/{alert}/report.csv", stream=True)
        next(answer.iter_content(100))
        answer.close()
        assert who.raw("HEAD", f"/alerts/{alert}/report.csv").content == b""
    assert len(rows_of(who.raw("GET", f"/alerts/{alert}/report.csv"))) == 2500


def test_an_export_goes_on_only_where_it_was_begun(sent, town):
    """The database's own rule: no later page of whole addresses without the record of the first."""
    _, alert, _ = sent
    town.sql("SELECT staff_add('boss2', 'boss2', '', substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', sha256(%s), "
             "'administrator', NULL)", PROOF)
    token, = town._sql(town.staff, "SELECT token FROM sign_in('boss2', %s, '', '127.0.0.1', 'test', 100, 30, 12)", PROOF)[0]
    with pytest.raises(Exception, match="not begun"):
        town._sql(town.staff, "SELECT count(*) FROM report_export(%s, %s, 1000, 10, NULL)", token, alert)


def test_the_state_of_sending(sent, town):
    system, _, _ = sent
    page = client(sent, town, "auditor", "en").get("/sending")
    assert {worker["role"]: worker["alive"] for worker in page["workers"]}["send"] == "1"
    assert [(relay["name"], relay["state"]) for relay in page["relays"]] == [(system.settings["relays"], "well")]
    assert page["waiting"] == "0" and page["lanes"][-1]["name"] == "other"


def test_there_is_no_report_on_nothing(sent, town):
    who = client(sent, town, "head")
    with pytest.raises(Refused) as refused:
        who.get("/alerts/999999/report")
    assert refused.value.status == 404
