"""Pages in the reader's language: the operation log in words, the town's English names, numbers and times in one
form."""
import re

import pytest


@pytest.fixture(scope="module")
def alert(people):
    """An alert of the water division, written, asked for by the wrong, and approved; its fingerprint."""
    writer = people.signed_in("writer", "drafter", "suido")
    chief = people.signed_in("suido-chief", "approver", "suido")
    form = writer.get("/alerts/new")
    page = writer.post("/alerts", {"title": "断水", "body": "断水します。", "act": "submit", "where": "some",
                                   "category": form["categories"][0]["id"], "area": form["areas"][0]["id"]})
    assert writer.raw("POST", page["href"] + "/approve", data={"csrf": writer.csrf}).status_code == 403
    assert writer.raw("POST", page["href"] + "/stop", data={"csrf": "x"}).status_code == 403
    chief.post(page["href"] + "/approve", {"fingerprint": page["fingerprint"]})
    return {"id": page["alert"]["id"], "href": page["href"], "fingerprint": page["fingerprint"]}


def rows(people, lang, act):
    """The rows of an act as an auditor reads them."""
    people.add("auditor-1", ("auditor", None))
    return [row for row in people.signed_in("auditor-1", "auditor").get("/log", lang=lang)["rows"]
            if row["act"] == act]


@pytest.mark.parametrize("lang, act, thing, reason", [
    ("ja", "情報配信の承認", "情報配信 {}", "識別値 {}"), ("en", "Approval of an alert", "Alert {}", "Fingerprint {}")])
def test_an_approval(people, alert, lang, act, thing, reason):
    row = next(row for row in rows(people, lang, act) if row["ok"])
    assert row["object_text"] == thing.format(alert["id"]) and row["href"] == alert["href"]
    assert row["reason_text"] == reason.format(alert["fingerprint"][:12])
    assert row["object"] == f"alert {alert['id']}" and row["facts"] == {"fingerprint": alert["fingerprint"]}


@pytest.mark.parametrize("lang, act, reason", [("ja", "情報配信の作成・変更", "第1版"), ("en", "Writing of an alert", "Version 1")])
def test_a_version(people, alert, lang, act, reason):
    assert rows(people, lang, act)[0]["reason_text"] == reason


@pytest.mark.parametrize("lang, act, role", [("ja", "情報配信の承認", "いまの役職では、この操作はできません。"),
                                             ("en", "Approval of an alert", "Your post does not allow this.")])
def test_a_refused_act(people, alert, lang, act, role):
    row = next(row for row in rows(people, lang, act) if not row["ok"])
    assert row["reason_text"] == role and row["href"] == alert["href"] and row["facts"] == {"refusal": "role"}


def test_people_and_the_page(people, alert):
    added = rows(people, "ja", "職員の登録")
    assert {row["object_text"] for row in added} >= {row[0] for row in people.sql(
        "SELECT name FROM kairan.person JOIN kairan.oplog ON object = 'person ' || person.id")}
    assert all(row["person"].startswith("運用担当者") for row in added)
    page = people.signed_in("auditor-1", "auditor").raw("GET", "/log", headers={"Accept": "text/html"}).text
    assert f'<a href="{alert["href"]}">情報配信 {alert["id"]}</a>' in page
    assert alert["fingerprint"] not in page and alert["fingerprint"][:12] in page
    assert people.system.cluster.kairan("verify-log").returncode == 0


def test_names_in_english(people, alert):
    names = people.sql("SELECT c.name_en, r.name_en, d.name_en, c.name FROM kairan.alert a JOIN kairan.alert_version v "
                       "ON v.alert = a.id JOIN kairan.category c ON c.id = v.categories[1] JOIN kairan.area r "
                       "ON r.id = v.areas[1] JOIN kairan.department d ON d.id = a.department")[0]
    chief = people.signed_in("suido-chief", "approver", "suido")
    seen = chief.get(alert["href"], lang="en")["alert"]
    assert all(names) and names[0] != names[3]
    assert (seen["categories"], seen["areas"], seen["department"]) == (
        [{"name": names[0]}], [{"name": names[1]}], names[2])
    assert chief.get("/alerts", lang="en")["alerts"][0]["department"] == names[2]
    assert all(row["post"].startswith(names[2]) for row in rows(people, "en", "Writing of an alert"))
    assert chief.get(alert["href"], lang="ja")["alert"]["categories"] == [{"name": names[3]}]


def test_a_name_without_english_stays_japanese(people, alert):
    people.sql("UPDATE kairan.area SET name_en = '' WHERE id = 1")
    area = people.sql("SELECT name FROM kairan.area WHERE id = 1")[0][0]
    writer = people.signed_in("writer", "drafter", "suido")
    seen = writer.get(alert["href"], lang="en")["alert"]["areas"]
    assert seen == [{"name": area}]


def test_times_in_one_form(people, alert):
    chief = people.signed_in("suido-chief", "approver", "suido")
    seen = chief.get(alert["href"])["alert"]
    happened = [seen["changed"], seen["approved"], chief.get("/alerts")["alerts"][0]["changed"],
                rows(people, "ja", "情報配信の承認")[0]["at"]]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", time) for time in happened)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", seen["valid_until"])


def test_counts_have_separators(people):
    lines = ["メールアドレス,携帯電話番号,地区,分野,言語"] + [f"r{n}@resident.example,,中央,防災,ja" for n in range(1500)]
    admin = people.signed_in("admin", "administrator")
    page = admin.raw("POST", "/import", data={"reason": "転入", "csrf": admin.csrf},
                     files={"file": ("a.csv", "\n".join(lines).encode())}).json()
    assert page["counts"]["rows"] == page["counts"]["added"] == "1,500"
    writer = people.signed_in("writer", "drafter", "suido")
    answer = writer.raw("POST", "/alerts", data={"title": "断水", "body": "あ" * 1234, "csrf": writer.csrf})
    assert answer.status_code == 422 and answer.json()["body_count"] == "1,234"
