"""The usage report on the console (000 section 9): a made history's numbers, the file, who may, what is on record. The sums
themselves are tried in tests/db/t_usage.c."""
import csv
import io

import pytest

from harness.client import Refused

MAY = {"since": "2025-05-01", "until": "2025-05-31"}
FIGURES = ("sign_ins", "failed", "odd", "drafts", "submitted", "approved", "returned", "sent", "recipients")
PUT = """
    DO $$ DECLARE h oplog_head; r oplog; BEGIN SELECT * INTO h FROM oplog_head FOR UPDATE;
    r.at := '{at}+09'; r.login := '{login}'; r.act := '{act}'; r.object := ''; r.result := '{result}'; r.reason := ''; r.facts := nullif('{facts}', '')::jsonb;
    SELECT p.id, o.id, o.role, o.department INTO r.person, r.post, r.role, r.department
    FROM person p JOIN post o ON o.person = p.id WHERE p.login = r.login ORDER BY o.id LIMIT 1;
    IF r.result = 'refused' THEN r.person := NULL; r.post := NULL; r.role := NULL; r.department := NULL; END IF;
    h := oplog_link(r, h); UPDATE oplog_head SET seq = h.seq, hash = h.hash; END $$"""


@pytest.fixture(scope="module")
def desk(people):
    """The demo town with a history in May 2025: of a drafter, the approver and one whose name is a formula."""
    people.sql("SET search_path = kairan")
    people.sql("SELECT oplog_partition(2025)")
    people.add("auditor-1", ("auditor", None))
    people.add("formula", ("drafter", "suido"))
    people.add("idle", ("drafter", "suido"))
    people.add("suido-deputy", ("delegate", "suido"))
    people.sql("UPDATE person SET name = '=1+1' WHERE login = 'formula'")
    people.sql("ALTER TABLE post DISABLE TRIGGER post_check; UPDATE post SET during = tstzrange('2025-01-01', NULL); "
               "ALTER TABLE post ENABLE TRIGGER post_check")
    history = [("writer", "sign-in", "done", ""), ("writer", "sign-in.odd", "done", ""), ("writer", "alert.save", "done", '{"version": 1}'),
               ("writer", "alert.save", "done", '{"version": 2}'), ("writer", "alert.submit", "done", ""), ("writer", "alert.submit", "done", ""),
               ("writer", "sign-in", "refused", ""), ("writer", "sign-in", "refused", '{"times": 7}'),
               ("suido-chief", "sign-in", "done", ""), ("suido-chief", "alert.return", "done", ""),
               ("suido-chief", "alert.approve", "done", ""), ("bousai-chief", "sign-in", "done", ""), ("formula", "sign-in", "done", "")]
    for n, (login, act, result, facts) in enumerate(history):
        people.sql(PUT.format(at=f"2025-05-{10 + n} 10:00", login=login, act=act, result=result, facts=facts))
    return people


def person(page, login):
    return next(row for group in page["groups"] for row in group["rows"] if row["login"] == login)


def figures(row):
    return " ".join(row[key] for key in FIGURES)


def rows_of(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=UTF-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="usage-2025-05-01-2025-05-31.csv"'
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_000_9_the_numbers_of_a_history(desk):
    """By person and department; who did nothing is there; a name leads to the log of these days."""
    who = desk.signed_in("auditor-1", "auditor")
    page = who.get("/usage", **MAY)
    assert figures(person(page, "writer")) == "1 8 1 1 2 0 0 0 0"
    assert figures(person(page, "suido-chief")) == "1 0 0 0 0 1 1 0 0"
    assert figures(person(page, "idle")) == "0 0 0 0 0 0 0 0 0" and person(page, "idle")["last_sign_in"] == "–"
    suido = next(group for group in page["groups"] if group["department"] == "上下水道課")
    assert figures(suido) == "3 8 1 1 2 1 1 0 0" and suido["people"] == str(len(suido["rows"]))
    assert figures(page["whole"]) == "4 8 1 1 2 1 1 0 0"
    assert [bar["acts"] for bar in page["days"]] == ["0"] * 9 + list("111111") + ["0", "0"] + list("11111") + ["0"] * 9
    log = who.get(person(page, "writer")["href"])
    assert {row["code"] for row in log["rows"]} == {"sign-in", "sign-in.odd", "alert.save", "alert.submit"} and len(log["rows"]) == 6
    page = who.get("/usage", department=desk.department("suido"), **MAY)
    assert [group["department"] for group in page["groups"]] == ["上下水道課"] and figures(page["whole"]) == "3 8 1 1 2 1 1 0 0"


def test_000_9_days_ready_to_choose(desk):
    """This month unless days are chosen; a fiscal year is from April to March, and shown by month."""
    who = desk.signed_in("auditor-1", "auditor")
    page = who.get("/usage")
    first, last = desk.sql("SELECT to_char(m, 'YYYY-MM-DD'), to_char(m + interval '1 month' - interval '1 day', 'YYYY-MM-DD') "
                           "FROM date_trunc('month', now() AT TIME ZONE 'Asia/Tokyo') AS m")[0]
    assert (page["since"], page["until"]) == (first, last)
    assert [period["is_here"] for period in page["periods"]] == [True, False, False]
    page = who.get(page["periods"][2]["href"])
    assert page["since"].endswith("-04-01") and page["until"].endswith("-03-31") and page["periods"][2]["is_here"]
    assert page["days"][0]["at"] == page["since"][:7]
    for since, until in (("2025-05-31", "2025-05-01"), ("2025-05-01", "2026-05-02"), ("x", "y"), ("2025-05-01", "")):
        with pytest.raises(Refused) as refused:
            who.get("/usage", since=since, until=until)
        assert refused.value.status == 422 and refused.value.body["errors"][0]["field"] == "since"
        assert refused.value.body["since"] == since, "shown again as it was typed"


def test_000_9_the_file_has_the_same_rows_and_no_formula(desk):
    who = desk.signed_in("auditor-1", "auditor")
    page = who.get("/usage", **MAY)
    rows = rows_of(who.raw("POST", "/usage.csv", data={"csrf": who.csrf, **MAY}))
    shown = [figures(row).replace(",", "") for group in page["groups"] for row in [group, *group["rows"]]] + [figures(page["whole"])]
    assert [" ".join(row[6:15]) for row in rows[1:]] == shown
    line = next(row for row in rows if row[2] == "formula")
    assert line[3] == "'=1+1" and line[1] == "上下水道課"
    assert [row[4] for row in rows[1:] if row[4]] == []


def test_000_9_a_guest_is_marked(desk):
    desk.add("visitor")
    desk.sql("INSERT INTO guest (person, purpose, organisation, head, reason, during, made_by) SELECT id, 'x', 'x', 'x', 'x', "
             "tstzrange('2025-05-01', '2025-06-01'), 1 FROM person WHERE login = 'visitor'")
    desk.sql("INSERT INTO post (person, department, role, during) SELECT id, %s, 'drafter', tstzrange('2025-05-01', '2025-06-01') "
             "FROM person WHERE login = 'visitor'", (desk.department("suido"),))
    who = desk.signed_in("auditor-1", "auditor")
    assert person(who.get("/usage", **MAY), "visitor")["is_guest"] and not person(who.get("/usage", **MAY), "writer")["is_guest"]
    rows = rows_of(who.raw("POST", "/usage.csv", data={"csrf": who.csrf, "lang": "en", **MAY}))
    assert [row[2] for row in rows if row[4] in ("ゲスト", "Guest")][-1] == "visitor"


@pytest.mark.parametrize("login,role", [("suido-chief", "approver"), ("suido-deputy", "delegate")])
def test_000_9_an_approver_reads_about_the_own_department_alone(desk, login, role):
    """As does a delegate in force; another department is refused, as page and as file; the log is not theirs."""
    who = desk.signed_in(login, role, "suido")
    page = who.get("/usage", **MAY)
    assert [group["department"] for group in page["groups"]] == ["上下水道課"] and not page["reads_all"]
    assert figures(page["whole"]) == "3 8 1 1 2 1 1 0 0" and len(page["departments"]) == 1
    html = who.raw("GET", "/usage", params=MAY, headers={"Accept": "text/html"}).text
    assert "/log?person" not in html and 'href="/log"' not in html
    away = desk.department("bousai")
    with pytest.raises(Refused) as refused:
        who.get("/usage", department=away, **MAY)
    assert refused.value.status == 403
    assert len(rows_of(who.raw("POST", "/usage.csv", data={"csrf": who.csrf, **MAY}))) == len(page["groups"][0]["rows"]) + 3
    answer = who.raw("POST", "/usage.csv", data={"csrf": who.csrf, "department": away, **MAY})
    assert answer.status_code == 403
    assert desk.sql("SELECT result FROM oplog WHERE act = 'usage.export' AND login = %s ORDER BY seq", (login,)) == [("done",), ("refused",)]


def test_000_9_others_are_refused_on_record(desk):
    who = desk.signed_in("writer", "drafter", "suido")
    with pytest.raises(Refused) as refused:
        who.get("/usage")
    assert refused.value.status == 403
    assert who.raw("POST", "/usage.csv", data={"csrf": who.csrf}).status_code == 403
    assert desk.sql("SELECT act, result FROM oplog WHERE login = 'writer' AND act LIKE 'usage.%%' ORDER BY seq") == [
        ("usage.read", "refused"), ("usage.export", "refused")]


def test_000_9_looks_and_downloads_are_on_record(desk):
    """With words for both on the log's page; the download with department and days."""
    admin = desk.signed_in("admin", "administrator")
    suido = desk.department("suido")
    admin.get("/usage", department=suido, **MAY)
    admin.raw("POST", "/usage.csv", data={"csrf": admin.csrf, "department": suido, **MAY})
    assert desk.sql("SELECT act, object, facts FROM oplog WHERE login = 'admin' AND act LIKE 'usage.%%' ORDER BY seq") == [
        ("usage.read", f"/usage?department={suido}", None), ("usage.export", f"department {suido}", MAY)]
    rows = {row["code"]: row for row in admin.get("/log", person="admin")["rows"]}
    assert (rows["usage.read"]["act"], rows["usage.read"]["object_text"]) == ("利用状況の閲覧", "利用状況")
    assert rows["usage.export"]["act"] == "利用状況の保存"


def test_000_9_a_download_asks_for_a_fresh_second_factor(desk):
    """As other downloads of personal data do; a browser is led to the code and back."""
    admin = desk.signed_in("admin", "administrator")
    desk.sql("INSERT INTO factor (person, seed, confirmed_at) SELECT id, 'x', now() FROM person WHERE login = 'admin'")
    desk.sql("UPDATE session SET proved_at = now() - interval '1 hour' WHERE person = (SELECT id FROM person WHERE login = 'admin')")
    try:
        assert admin.raw("GET", "/usage").status_code == 200
        answer = admin.raw("POST", "/usage.csv", data={"csrf": admin.csrf})
        assert (answer.status_code, answer.json()["error"]["kind"]) == (403, "stale")
        answer = admin.raw("POST", "/usage.csv", data={"csrf": admin.csrf}, headers={"Accept": "text/html"}, allow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/factor?next=/usage")
    finally:
        desk.sql("DELETE FROM factor")


def test_every_page_in_both_languages(desk):
    for login, role, code in (("auditor-1", "auditor", None), ("admin", "administrator", None), ("suido-chief", "approver", "suido")):
        who = desk.signed_in(login, role, code)
        for path in ("/usage", "/usage?since=2025-05-01&until=2025-05-31", "/usage?since=2025-04-01&until=2026-03-31", "/usage?since=x"):
            for lang in ("ja", "en"):
                answer = who.raw("GET", path, params={"lang": lang}, headers={"Accept": "text/html"})
                assert answer.status_code == (422 if "=x" in path else 200), (path, answer.text[:500])
