"""Residents by file through the console (004 §2(2)): look first, then apply; the refused rows, repeats,
and files that are none."""
import csv
import io
import os
import time

import pytest

from harness.client import Refused
from harness.system import System
from harness.town import DATA, RESIDENTS

REASON = {"reason": "防災訓練に合わせた一斉登録"}


@pytest.fixture(scope="module")
def console(cluster, tmp_path_factory):
    """The staff face over a town without residents."""
    system = System(cluster, tmp_path_factory.mktemp("console"))
    try:
        system.make_town()
        system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        yield system
    finally:
        system.stop()


@pytest.fixture(scope="module")
def administrator(console):
    return console.sign_in("admin")


def send(client, data, name="residents.csv", **fields):
    return client.post("/import", {**REASON, **fields}, files={"file": (name, data, "text/csv")})


def read(name):
    with open(os.path.join(DATA, name), "rb") as file:
        return file.read()


def counts(page):
    return {name: int(value.replace(",", "")) for name, value in page["counts"].items()}


def test_20k_file_is_previewed_then_applied_and_repeatable(console, cluster, administrator):
    page = console.import_settled(administrator, send(administrator, read(RESIDENTS)))
    assert counts(page) == {"rows": 20000, "added": 19615, "changed": 0, "same": 0, "duplicates": 201,
                            "refused": 184}
    assert cluster.sql("SELECT count(*) FROM kairan.contact") == [(0,)]
    page = console.import_settled(administrator, administrator.post(f"/import/{page['id']}/apply"))
    assert counts(page)["added"] == 19615
    assert cluster.sql("SELECT count(*) FROM kairan.contact WHERE channel = 'mail'") == [(19615,)]
    assert cluster.sql("SELECT count(*) FROM kairan.subscriber WHERE import IS NULL") == [(0,)]
    again = console.import_settled(administrator, send(administrator, read(RESIDENTS)))
    assert counts(again)["added"] == 0 and counts(again)["same"] == 19615
    assert not again["can_import"]
    administrator.post(f"/import/{again['id']}/discard")
    with pytest.raises(Refused) as refused:
        administrator.post(f"/import/{page['id']}/apply")
    assert refused.value.status == 409


def test_cp932_file(administrator):
    page = send(administrator, read("residents-2k-cp932.csv"))
    got = counts(page)
    assert (got["rows"], got["duplicates"], got["refused"]) == (2000, 19, 16)
    assert got["added"] + got["changed"] + got["same"] == 1965


def test_report_of_refused_rows_is_safe_and_complete(console, administrator):
    page = console.import_settled(administrator, send(administrator, read(RESIDENTS)))
    answer = administrator.raw("GET", page["report"])
    assert answer.headers["content-type"] == "text/csv; charset=UTF-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    assert len(rows) == 184
    assert all(line.isdigit() and reason for line, reason, _ in rows)
    assert not any(cell[:1] in "=+-@\t" for row in rows for cell in row[1:] if cell)


def test_cells_that_spreadsheets_would_run_are_defused(administrator):
    page = send(administrator, "メールアドレス,地区,分野\n=cmd|x,北部,防災\n+1,北部,防災\n".encode())
    text = administrator.raw("GET", page["report"]).content.decode("utf-8-sig")
    assert '"\'=cmd' in text and '"\'+1' in text


@pytest.mark.parametrize("data", [
    b"", b"\n", b"PK\x03\x04rubbish", "メールアドレス,地区\n".encode(), "メールアドレス,地区,分野,地区\n".encode(),
    "メールアドレス,地区,分野\n".encode("utf-16"), b"<html><body>no</body></html>", b"\x00" * 1000,
], ids=["empty", "newline", "zip", "column missing", "column twice", "utf-16", "html", "nul"])
def test_files_that_are_none_say_why(administrator, cluster, data):
    before = cluster.sql("SELECT count(*) FROM kairan.import")
    with pytest.raises(Refused) as refused:
        send(administrator, data)
    assert refused.value.status == 422
    assert refused.value.body["errors"][0]["field"] == "file"
    assert refused.value.body["reason"] == REASON["reason"]
    assert cluster.sql("SELECT count(*) FROM kairan.import") == before


@pytest.mark.alone
def test_a_large_file_does_not_hold_up_other_pages(console, cluster, administrator):
    """50,000 rows: read and stored beside the desk's work; all at once, or nothing."""
    head = "メールアドレス,地区,分野\n"
    data = (head + "".join(f"many{i}@resident.example,{'北部' if i % 2 else '南部'},防災\n" for i in range(50_000))).encode()
    before, = cluster.sql("SELECT count(*) FROM kairan.contact")[0]
    slowest = []
    page = send(administrator, data)
    assert page["working"] and page["reading"]
    page = watched(administrator, page, slowest)
    assert counts(page)["added"] == 50_000
    page = administrator.post(f"/import/{page['id']}/apply")
    assert page["working"] and not page["reading"]
    with pytest.raises(Refused) as refused:
        administrator.post(f"/import/{page['id']}/apply")
    assert refused.value.status == 409
    assert cluster.sql("SELECT count(*) FROM kairan.contact") == [(before,)]
    page = watched(administrator, page, slowest)
    assert counts(page)["added"] == 50_000
    assert cluster.sql("SELECT count(*) FROM kairan.contact") == [(before + 50_000,)]
    assert cluster.sql("SELECT sum(n) FROM kairan.audience") == [(before + 50_000,)]
    assert cluster.sql("SELECT act FROM kairan.oplog ORDER BY seq DESC LIMIT 1") == [("import.apply",)]
    assert sorted(slowest)[len(slowest) * 9 // 10] < 1, slowest


def watched(client, page, slowest):
    """Looks again and again, keeping how long each look took, till nobody is at work."""
    address = f"/import/{page['id']}"
    while page.get("working"):
        start = time.monotonic()
        page = client.get(address)
        slowest.append(time.monotonic() - start)
    return page


def test_work_that_ended_in_the_middle_changed_nothing(console, cluster, administrator):
    page = console.import_settled(administrator, send(administrator, read(RESIDENTS)))
    cluster.sql("UPDATE kairan.import SET added = 3000, file_rows = 3000, duplicates = 0, refused = 0 WHERE id = %s",
                (page["id"],))
    cluster.sql("INSERT INTO kairan.import_work (import, doing, seen) VALUES (%s, 'applying', now() - interval '1 minute') "
                "ON CONFLICT (import) DO UPDATE SET doing = 'applying', seen = EXCLUDED.seen, failed = ''", (page["id"],))
    page = administrator.get(f"/import/{page['id']}")
    assert page["failed"] and not page["working"] and page["why"]
    page = console.import_settled(administrator, administrator.post(f"/import/{page['id']}/apply"))
    assert "counts" in page and not page.get("failed")


@pytest.mark.parametrize("reason", ["", " \u3000", "あ" * 201])
def test_004_2_2_a_file_needs_its_reason(administrator, reason):
    with pytest.raises(Refused) as refused:
        send(administrator, read("residents-2k-cp932.csv"), reason=reason)
    assert refused.value.status == 422
    assert refused.value.body["errors"][0]["field"] == "reason"


def test_only_the_administrator_imports(console, cluster):
    for login in sorted(console.staff_sheet):
        if login == "admin":
            continue
        client = console.sign_in(login)
        for act in (lambda: client.get("/import"), lambda: send(client, read("residents-2k-cp932.csv")),
                    lambda: client.get("/import/1"), lambda: client.post("/import/1/apply")):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.status == 403
    assert cluster.sql("SELECT count(*) > 0 FROM kairan.oplog WHERE act = 'import.stage' AND result = 'refused'") == [
        (True,)]
