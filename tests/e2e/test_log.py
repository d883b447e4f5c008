"""The operation log in the console: search, file, looks at personal data, the check by the worker, old years."""
import csv
import io
import time

import pytest

from harness.client import Refused


def reader(people):
    people.add("auditor-1", ("auditor", None))
    return people.signed_in("auditor-1", "auditor")


def test_a_look_at_personal_data_has_a_row(people):
    """Read by the row's request id, which the server's own log has, too."""
    admin = people.signed_in("admin", "administrator")
    admin.get("/suspended")
    rows = people.sql("SELECT login, object, result, request FROM kairan.oplog WHERE act = 'contact.read'")
    assert [row[:3] for row in rows] == [("admin", "/suspended", "done")] and rows[0][3]
    page = reader(people).get("/log", act="contact.read")
    assert [(row["object"], row["object_text"], row["request"]) for row in page["rows"]] == [
        ("/suspended", "配信停止中の宛先", rows[0][3])]


def test_search_and_file(people):
    who = reader(people)
    page = who.get("/log", act="post.choose", lang="en")
    assert all(row["code"] == "post.choose" for row in page["rows"])
    with pytest.raises(Refused) as refused:
        who.get("/log", network="no address", lang="en")
    assert refused.value.status == 422 and refused.value.body["errors"][0]["field"] == "network"
    people.sql("SELECT kairan.oplog_operator('test.act', '=1+1 ' || n, '@why') FROM generate_series(1, 2500) AS n")
    found = who.get("/log", words="1+1 2499")
    assert [row["object"] for row in found["rows"]] == ["=1+1 2499"]
    answer = who.raw("POST", "/log.csv", data={"csrf": who.csrf, "act": "test.act"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.status_code == 200 and len(rows) == 2501 and len({row[0] for row in rows}) == 2501
    assert rows[1][8] == "'=1+1 2500" and rows[1][10] == "'@why"
    assert people.sql("SELECT login, facts ->> 'filter' FROM kairan.oplog WHERE act = 'log.export'") == [("auditor-1", "test.act")]


def test_a_check_from_the_console(people):
    """The worker does it; the page tells how far it is."""
    who = reader(people)
    assert who.get("/log/verify")["has_check"] is False
    who.post("/log/verify")
    assert who.get("/log/verify")["is_running"]
    people.system.start("worker", "kairan-worker", ready=None)
    until = time.monotonic() + 60
    page = who.get("/log/verify")
    while page["is_running"] and time.monotonic() < until:
        page = who.get("/log/verify")
    assert page["is_good"] and page["whole"] == page["done"]


def test_004_8_3_an_inspection(people):
    """Opened with findings, noted on, closed with a result; then nothing changes it."""
    who = reader(people)
    for _ in range(6):
        people.sql("SELECT kairan.oplog_append(NULL, 'writer', NULL, NULL, NULL, 'sign-in', '', 'refused', 'wrong', NULL)")
    today = people.sql("SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date::text")[0][0]
    page = who.post("/inspections", {"kind": "regular", "since": today, "until": today})
    row = next(row for row in page["rows"] if row["code"] == "failed")
    assert row["subject"] == "writer" and row["n"] == "6"
    page = who.post(page["href"], {f"note-{row['position']}": "古い端末", "note": "確認中"})
    assert page["is_open"] and page["note"] == "確認中"
    assert next(r for r in page["rows"] if r["code"] == "failed")["note"] == "古い端末"
    with pytest.raises(Refused) as refused:
        who.post(page["href"] + "/close", {"note": "確認中"})
    assert refused.value.status == 422 and refused.value.body["errors"][0]["field"] == "result"
    page = who.post(page["href"] + "/close", {"result": "clean", "note": "異常なし"})
    assert not page["is_open"] and page["result"] == "異常なし"
    with pytest.raises(Refused) as refused:
        who.post(page["href"], {"note": "あとから"})
    assert refused.value.status == 409
    assert who.get("/inspections")["inspections"][0]["findings"] == str(len(page["rows"]))


def test_004_8_3_the_reminder(people):
    who = reader(people)
    assert not who.get("/log")["is_overdue"]
    people.sql("SET session_replication_role = replica; UPDATE kairan.inspection SET closed = now() - interval '40 days'; "
               "RESET session_replication_role")
    assert who.get("/log")["overdue"] == who.get("/inspections")["overdue"] == "9"


def test_every_page_in_both_languages(people):
    """As HTML, sound, for auditor and administrator."""
    for role in ("auditor-1", "admin"):
        who = reader(people) if role == "auditor-1" else people.signed_in("admin", "administrator")
        for path in ("/log", "/log?words=x&since=2026-01-01T00:00", "/log/verify", "/log/years", "/inspections",
                     "/inspections/1"):
            for lang in ("ja", "en"):
                answer = who.raw("GET", path, params={"lang": lang}, headers={"Accept": "text/html"})
                assert answer.status_code == 200, (path, answer.text[:500])
