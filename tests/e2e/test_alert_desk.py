"""From the draft to the approval as scripts drive it: JSON in, JSON out, the pages' own addresses."""
import pytest

from harness.client import Refused

BODY = "午前9時から断水します。"


@pytest.fixture(scope="module")
def desk(system):
    """drafter, other drafter and approver of one department, and somebody of another."""
    people = {}
    for login in system.staff_sheet:
        client = system.sign_in(login)
        frame = client.get("/alerts")["frame"]
        role = next((r for r in ("drafter", "approver") if frame[f"is_{r}"]), None)
        if role:
            people.setdefault(frame["department"], {}).setdefault(role, []).append(client)
    home, other = list(people.values())[:2]
    return {"drafter": home["drafter"][0], "second": home["drafter"][1],
            "approver": home["approver"][0], "stranger": other["approver"][0]}


def form(client, **more):
    category = client.get("/alerts/new")["categories"][0]["id"]
    return {"title": "断水", "body": BODY, "category": [category], "where": "everywhere", **more}


def submitted(desk):
    drafter = desk["drafter"]
    return drafter.post("/alerts", form(drafter, act="submit"))


def refusal(client, path, fields=None):
    with pytest.raises(Refused) as refused:
        client.post(path, fields)
    return refused.value


def test_004_13_1_written_submitted_approved(desk):
    page = submitted(desk)
    assert page["alert"]["state"] == "submitted" and page["can_withdraw"] and not page["can_approve"]
    seen = desk["approver"].get(page["href"])
    assert seen["can_approve"] and seen["mail"]["body"] == BODY
    sent = desk["approver"].post(page["href"] + "/approve", {"fingerprint": seen["fingerprint"]})
    assert sent["alert"]["approver"] and sent["alert"]["state"] in ("approved", "sending", "done")


def test_004_4_1_drafters_and_strangers_do_not_approve(desk):
    page = submitted(desk)
    fields = {"fingerprint": page["fingerprint"]}
    for client in (desk["drafter"], desk["second"]):
        assert refusal(client, page["href"] + "/approve", fields).status == 403
    assert refusal(desk["stranger"], page["href"] + "/approve", fields).status == 404
    assert desk["drafter"].get(page["href"])["alert"]["state"] == "submitted"


def test_p2_what_changed_since_is_not_approved(desk):
    page = submitted(desk)
    old = desk["approver"].get(page["href"])["fingerprint"]
    desk["drafter"].post(page["href"] + "/withdraw")
    edited = form(desk["drafter"], act="submit", version=1, body=BODY + "お早めに。")
    assert desk["drafter"].post(page["href"], edited)["alert"]["version"] == 2
    refused = refusal(desk["approver"], page["href"] + "/approve", {"fingerprint": old})
    assert refused.status == 409 and refused.body["mail"]["body"] == edited["body"]
    assert refusal(desk["approver"], page["href"] + "/approve", {"fingerprint": "zz"}).status == 422


def test_004_13_1_returned_with_a_reason(desk):
    page = submitted(desk)
    blank = refusal(desk["approver"], page["href"] + "/return", {"version": 1, "reason": " "})
    assert blank.status == 422 and blank.body["errors"][0]["field"] == "reason"
    back = desk["approver"].post(page["href"] + "/return", {"version": 1, "reason": "終わる時刻がない"})
    assert back["alert"]["state"] == "draft"
    shown = desk["drafter"].get(page["href"] + "/edit")
    assert shown["has_returned"] and shown["returned"]["reason"] == "終わる時刻がない"
    again = form(desk["drafter"], act="submit", version=1, body="午前9時から正午まで断水します。")
    desk["drafter"].post(page["href"], again)
    review = desk["approver"].get(page["href"])
    assert review["has_before"] and review["before"]["body"] == BODY


def test_nothing_typed_is_lost(desk):
    fields = form(desk["drafter"], act="save", title="題" * 41, body="①" + "長" * 200, urgent="yes",
                  everybody="yes", valid_until="2020-01-01T00:00")
    refused = refusal(desk["drafter"], "/alerts", fields)
    assert refused.status == 422
    assert {e["field"] for e in refused.body["errors"]} == {"title", "body", "urgent_reason", "valid_until"}
    for name in ("title", "body", "valid_until"):
        assert refused.body[name] == fields[name]
    assert refused.body["urgent"] and refused.body["everybody"]


def test_two_editors_do_not_overwrite_each_other(desk):
    page = desk["drafter"].post("/alerts", form(desk["drafter"], act="save"))
    desk["second"].post(page["href"], form(desk["second"], act="save", version=1, body="二人目の文"))
    late = refusal(desk["drafter"], page["href"], form(desk["drafter"], act="save", version=1, body="遅い文"))
    assert late.status == 409 and late.body["body"] == "遅い文"
    assert desk["drafter"].get(page["href"])["mail"]["body"] == "二人目の文"


def test_the_whole_municipality_or_areas(desk):
    area = desk["drafter"].get("/alerts/new")["areas"][0]["id"]
    both = refusal(desk["drafter"], "/alerts", form(desk["drafter"], act="save", area=[area]))
    assert both.status == 422 and both.body["errors"][0]["field"] == "area"
    none = refusal(desk["drafter"], "/alerts", {**form(desk["drafter"], act="save"), "where": "some"})
    assert none.status == 422 and none.body["errors"][0]["field"] == "area"


def test_discarded_and_gone(desk):
    page = desk["drafter"].post("/alerts", form(desk["drafter"], act="save"))
    gone = desk["drafter"].post(page["href"] + "/discard")
    assert gone["alert"]["state"] == "discarded" and not gone["can_edit"]
    assert refusal(desk["drafter"], page["href"] + "/submit", {"version": 1}).status == 409
    with pytest.raises(Refused) as unknown:
        desk["drafter"].get("/alerts/999999")
    assert unknown.value.status == 404


def test_every_page_is_a_page(desk):
    """The same addresses for people: each state's page comes out whole, in both languages."""
    drafter, approver = desk["drafter"], desk["approver"]
    draft = drafter.post("/alerts", form(drafter, act="save"))["href"]
    waiting = submitted(desk)["href"]
    again = submitted(desk)["href"]
    approver.post(again + "/return", {"version": 1, "reason": "<b>短く</b>"})
    gone = submitted(desk)["href"]
    approver.post(gone + "/approve", {"fingerprint": approver.get(gone)["fingerprint"]})
    paths = ["/alerts", "/alerts/new", draft, draft + "/edit", waiting, again, again + "/edit", gone]
    for lang in ("ja", "en"):
        for client in (drafter, approver):
            for path in paths:
                shown = client.raw("GET", f"{path}?lang={lang}", headers={"Accept": "text/html"})
                if client is drafter or path not in ("/alerts/new", draft + "/edit", again + "/edit"):
                    assert shown.status_code == 200 and f'<html lang="{lang}"' in shown.text, path
                    assert "<b>短く" not in shown.text
                else:
                    assert shown.status_code == 403, path


def test_names_are_shown_as_the_town_gave_them(system, desk):
    """Whatever would part a list."""
    page = desk["drafter"].post("/alerts", form(desk["drafter"], act="save"))
    name, name_en = '風,雨 "雪" {雷}\\', 'Wind; rain, "snow" {NULL}\\'
    ours = "id = (SELECT v.categories[1] FROM kairan.alert_version v WHERE v.alert = %s)"
    system.cluster.sql(f"UPDATE kairan.category SET name = %s, name_en = %s WHERE {ours}",
                       (name, name_en, page["alert"]["id"]))
    for lang, shown in (("ja", name), ("en", name_en)):
        assert desk["drafter"].get(page["href"], lang=lang)["alert"]["categories"] == [{"name": shown}]
