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
    assert people.sql("SELECT login, reason FROM kairan.oplog WHERE act = 'log.export'") == [("auditor-1", "test.act")]


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
