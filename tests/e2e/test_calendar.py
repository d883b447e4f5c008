"""Open and closed days on the console, and signing in outside the hours (002 section 13). The rules are tried in tests/db/t_calendar.c;
here it is that the console follows them, in words."""
import pytest

from harness.client import Client
from harness.people import People
from harness.system import System

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def hall(cluster, tmp_path_factory):
    """The staff face of a town that keeps hours, on a day that is closed."""
    system = System(cluster, tmp_path_factory.mktemp("hall"), relays="127.0.0.1:1", usual_from="07:00", usual_to="21:00",
                    operating_hours="on")
    cluster.system = system
    try:
        system.make_town()
        system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        people = People(system)
        people.add("auditor", ("auditor", None))
        people.sql("SET search_path = kairan")
        people.sql("INSERT INTO town_day (day, open, note, person) SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date + later, false, "
                   "'休み', 1 FROM generate_series(0, 1) AS later")
        yield people
    finally:
        system.stop()


def signed_in(hall, login, role, code=None, at_work=True):
    """A session; at work, it was opened within the hours."""
    client = hall.session(login, role, code)
    token = client.http.cookies.pop("kairan")
    client.http.cookies.set("kairan", token, domain="127.0.0.1", path="/")
    if at_work:
        hall.sql("UPDATE session SET odd = false WHERE token_hash = token_hash(%s)", (token,))
    return client


def test_002_13_an_emergency_is_typed_at_sign_in(hall):
    """The password opens one page: the reason; then the page one came for. All is on record and found afterwards."""
    client = Client(hall.system.settings["staff_url"])
    client.get("/sign-in")
    answer = client.raw("POST", "/sign-in", data={"login": "bousai-chief", "password": hall.system.staff_sheet["bousai-chief"],
                                                  "csrf": client.csrf, "next": "/sending"}, allow_redirects=False)
    assert answer.headers["location"] == "/sending"
    answer = client.raw("GET", "/sending", headers=HTML, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/hours?next=/sending")
    assert client.raw("GET", "/alerts").json()["error"]["field"] == "hours"
    page = client.get("/hours", next="/sending")
    for reason in ("", " 　", "あ" * 201):
        answer = client.raw("POST", "/hours", data={"reason": reason, "csrf": client.csrf})
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "reason", reason
    before = client.http.cookies["kairan"]
    answer = client.raw("POST", "/hours", data={"reason": "大雨で河川が増水", "next": page["next"], "csrf": client.csrf}, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sending")
    assert client.http.cookies["kairan"] != before and client.get("/alerts") is not None
    assert hall.sql("SELECT login, permitted, reason FROM odd_sign_ins(now() - interval '1 hour', now()) WHERE login = 'bousai-chief'") == [
        ("bousai-chief", False, "大雨で河川が増水")]
    log = signed_in(hall, "auditor", "auditor").get("/log")["rows"]
    acts = [(row["act"], row["reason_text"]) for row in log]
    assert ("時間外のサインイン", "") in acts and ("緊急による時間外の利用", "大雨で河川が増水") in acts


def test_002_13_a_permission_opens_without_a_reason(hall):
    admin = signed_in(hall, "admin", "administrator")
    assert signed_in(hall, "suido-1", "drafter", "suido", at_work=False).raw("GET", "/alerts").status_code == 403
    admin.get("/hours/permits")
    good = {"login": "suido-1", "from": "2026-01-01T00:00", "to": "2026-12-31T00:00", "reason": "当直"}
    begin, end = hall.sql("SELECT to_char(now() AT TIME ZONE 'Asia/Tokyo' - interval '1 h', 'YYYY-MM-DD\"T\"HH24:MI'), "
                          "to_char(now() AT TIME ZONE 'Asia/Tokyo' + interval '1 h', 'YYYY-MM-DD\"T\"HH24:MI')")[0]
    good.update({"from": begin, "to": end})
    for wrong, field in (({"login": "nobody"}, "login"), ({"from": "yesterday"}, "from"), ({"to": ""}, "to"), ({"to": begin}, "to"),
                         ({"reason": ""}, "reason"), ({"reason": "あ" * 201}, "reason")):
        answer = admin.raw("POST", "/hours/permits", data={**good, **wrong, "csrf": admin.csrf})
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field, wrong
    assert admin.raw("POST", "/hours/permits", data={**good, "login": "admin", "csrf": admin.csrf}).status_code == 403
    page = admin.post("/hours/permits", good)
    permit, = page["permits"]
    assert (permit["login"], permit["reason"]) == ("suido-1", "当直")
    assert signed_in(hall, "suido-1", "drafter", "suido", at_work=False).raw("GET", "/alerts").status_code == 200
    answer = admin.raw("POST", f"/hours/permits/{permit['id']}/end", data={"csrf": admin.csrf}, allow_redirects=False)
    assert answer.status_code == 303
    assert signed_in(hall, "suido-1", "drafter", "suido", at_work=False).raw("GET", "/alerts").status_code == 403


def test_002_13_days_on_the_console(hall):
    """Holidays by name in both languages; the town's own are put in, named, taken out, and in the log in words."""
    admin = signed_in(hall, "admin", "administrator")
    days = {day["day"]: day for day in admin.get("/calendar", year=2027)["days"]}
    assert days["2027-03-22"] == {"day": "2027-03-22", "weekday": "月曜日", "words": "振替休日", "open": False, "own": False, "can_remove": False}
    assert admin.get("/calendar", year=2027, lang="en")["days"][0]["words"] == "New Year's Day"
    good = {"day": "2027-06-01", "kind": "closed", "note": "市民の日"}
    for wrong, field in (({"day": "2027-06-31"}, "day"), ({"day": "1 June"}, "day"), ({"day": "2100-01-01"}, "day"), ({"kind": ""}, "kind"),
                         ({"note": " "}, "note"), ({"note": "あ" * 101}, "note")):
        answer = admin.raw("POST", "/calendar", data={**good, **wrong, "csrf": admin.csrf})
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field, wrong
    admin.post("/calendar", good)
    days = {day["day"]: day for day in admin.get("/calendar", year=2027)["days"]}
    assert days["2027-06-01"]["words"] == "市民の日" and days["2027-06-01"]["can_remove"]
    row = admin.get("/log", lang="ja")["rows"][0]
    assert (row["act"], row["object_text"], row["reason_text"]) == ("開庁日・閉庁日の登録", "2027-06-01", "閉庁：市民の日")
    admin.post("/calendar/remove", {"day": "2027-06-01"})
    assert "2027-06-01" not in {day["day"] for day in admin.get("/calendar", year=2027)["days"]}
    for year in ("2021", "2100", "x"):
        assert admin.raw("GET", "/calendar", params={"year": year}).status_code == 422
    auditor = signed_in(hall, "auditor", "auditor")
    assert auditor.get("/calendar")["can_act"] is False and auditor.get("/hours/permits")["can_act"] is False


def test_002_13_who_is_at_work_stays(hall):
    """A session that was opened within the hours goes on when they end."""
    client = signed_in(hall, "suido-2", "drafter", "suido")
    assert client.raw("GET", "/alerts").status_code == 200
