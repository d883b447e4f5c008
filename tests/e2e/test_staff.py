"""The administrator's desk over the staff face: people, posts, delegation, suspension, guests, lost devices."""
import datetime
import re
import time

import pytest

from harness.client import Client, Refused, sign_in

TOKYO = datetime.timezone(datetime.timedelta(hours=9))
LASTING = "grey harbour ninety owls"


def day(ahead=0):
    return (datetime.datetime.now(TOKYO) + datetime.timedelta(days=ahead)).strftime("%Y-%m-%d")


@pytest.fixture(scope="module")
def admin(people):
    return people.signed_in("admin", "administrator")


def register(admin, login, department, role="drafter", **more):
    """A person by the console; the page's tree, with the first password."""
    return admin.post("/staff/new", {"login": login, "name": f"職員 {login}", "mail": f"{login}@city.kairan.example",
                                     "department": department, "role": role, **more})


def refused(client, path, fields):
    """The sentence with which a form was refused."""
    with pytest.raises(Refused) as caught:
        client.post(path, fields)
    assert caught.value.status in (409, 422), caught.value
    return caught.value.body["errors"][0]


def alive(client):
    return client.raw("GET", "/post").status_code == 200


def enter(people, login, password):
    """Signs in with a first password, which opens its change alone, and changes it."""
    client = Client(people.system.settings["staff_url"])
    client.get("/sign-in")
    client.raw("POST", "/sign-in", data={"login": login, "password": password, "csrf": client.csrf}, allow_redirects=False)
    assert client.raw("GET", "/alerts").status_code == 403
    client.get("/password")
    client.post("/password", {"old": password, "password": LASTING, "again": LASTING})
    return client


def test_004_3_registering_shows_the_password_once(people, admin):
    made = register(admin, "first", people.department("suido"))
    assert re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", made["password"])
    client = enter(people, "first", made["password"])
    assert client.get("/alerts")["can_write"]
    page = admin.raw("GET", f"/staff/{made['id']}", headers={"Accept": "text/html"})
    assert made["password"] not in page.text and page.headers["Cache-Control"] == "no-store"
    assert refused(admin, "/staff/new", {"login": "first", "name": "x", "department": people.department("suido"),
                                         "role": "drafter"})["field"] == "login"
    logs = people.sql("SELECT act, facts FROM kairan.oplog WHERE object = %s", (f"person {made['id']}",))
    assert "staff.register" in [act for act, _ in logs] and made["password"] not in str(logs)


def test_004_4_1_a_refused_form_says_which_rule(people, admin):
    chief = people.sql("SELECT id FROM kairan.person WHERE login = 'suido-chief'")[0][0]
    fields = {"department": people.department("suido"), "role": "drafter"}
    error = refused(admin, f"/staff/{chief}/post", fields)
    assert "同じ所属" in error["text"] and error["field"] == "role"
    page = admin.raw("POST", f"/staff/{chief}/post", data={**fields, "csrf": admin.csrf},
                     headers={"Accept": "text/html"})
    assert page.status_code == 409 and 'href="#role"' in page.text and 'aria-invalid="true"' in page.text


@pytest.mark.alone
def test_004_6_1_suspension_is_at_once(people, admin):
    person = people.add("suspect", ("drafter", "suido"))
    client = people.signed_in("suspect", "drafter", "suido")
    form = client.get("/alerts/new")
    alert = client.post("/alerts", {"title": "断水", "body": "断水します。", "act": "submit", "where": "some",
                                    "category": form["categories"][0]["id"], "area": form["areas"][0]["id"]})
    assert refused(admin, f"/staff/{person}/suspend", {"note": "x"})["field"] == "cause"
    admin.post(f"/staff/{person}/suspend", {"cause": "3", "note": "半年間利用がない"})
    began = time.monotonic()
    assert not alive(client) and time.monotonic() - began < 1
    with pytest.raises(Refused):
        sign_in(people.system.settings["staff_url"], "suspect", "whatever it is")
    chief = people.signed_in("suido-chief", "approver", "suido")
    chief.post(alert["href"] + "/approve", {"fingerprint": alert["fingerprint"]})
    tree = admin.get(f"/staff/{person}")
    assert tree["state"] == "suspended" and tree["sanctions"][0]["cause"] == 3
    assert tree["sanctions"][0]["cause_text"] == "長期間にわたって利用していない"
    admin.post(f"/staff/{person}/lift", {"reason": "確認した"})
    assert admin.get(f"/staff/{person}")["state"] == "active" and not alive(client)
    words = [row["reason_text"] for row in admin.get("/log")["rows"] if row["act"] == "職員の一時停止"]
    assert words == ["長期間にわたって利用していない: 半年間利用がない"]


def test_004_6_1_revocation_of_a_post(people, admin):
    person = people.add("revoked", ("drafter", "suido"))
    client = people.signed_in("revoked", "drafter", "suido")
    post = admin.get(f"/staff/{person}")["posts"][0]["id"]
    admin.post(f"/staff/{person}/posts/{post}/revoke", {"cause": "2", "note": "禁止事項"})
    assert not alive(client)
    assert admin.get(f"/staff/{person}")["posts"][0]["state"] == "over"


def test_004_6_2_instruction_is_acknowledged_and_answered(people, admin):
    person = people.add("lazy", ("drafter", "suido"))
    admin.post(f"/staff/{person}/instruct", {"department": people.department("suido"), "cause": "1",
                                             "body": "誤字が続いています。"})
    chief = people.signed_in("suido-chief", "approver", "suido")
    other = people.signed_in("bousai-chief", "approver", "bousai")
    row = next(row for row in chief.get("/instructions")["rows"] if row["person"] == person)
    assert row["can_acknowledge"] and person not in [row["person"] for row in other.get("/instructions")["rows"]]
    assert other.raw("GET", f"/instructions/{row['id']}/answer").status_code == 404
    chief.post(f"/instructions/{row['id']}/acknowledge")
    chief.post(f"/instructions/{row['id']}/answer", {"body": "二人で確認します。"})
    row = next(row for row in chief.get("/instructions")["rows"] if row["person"] == person)
    assert row["is_seen"] and row["answer"] == "二人で確認します。" and not row["can_answer"]
    assert admin.get(f"/staff/{person}")["instructions"][0]["answer"] == "二人で確認します。"


@pytest.mark.alone
def test_000_8_12_lost_device(people, admin):
    """By the administrator, and by the person: every session, in one press, within a second."""
    person = people.add("loser", ("drafter", "suido"))
    clients = [people.signed_in("loser", "drafter", "suido") for _ in range(3)]
    people.sql("INSERT INTO kairan.device (token_hash, person) VALUES (sha256('x'), %s)", (person,))
    admin.post(f"/staff/{person}/sessions")
    began = time.monotonic()
    assert not any(alive(client) for client in clients) and time.monotonic() - began < 1
    assert not people.sql("SELECT FROM kairan.device WHERE person = %s", (person,))
    one, two = people.signed_in("loser", "drafter", "suido"), people.signed_in("loser")
    one.post("/lost-device")
    assert not alive(one) and not alive(two)


def test_004_4_3_delegation(people, admin):
    chief = people.signed_in("suido-chief", "approver", "suido")
    made = register(admin, "deputy", people.department("suido"), role="")
    with pytest.raises(Refused):
        sign_in(people.system.settings["staff_url"], "deputy", made["password"])
    fields = {"person": made["id"], "until": day(3), "reason": "出張"}
    assert refused(chief, "/delegations/delegate", {**fields, "person": people.sql(
        "SELECT id FROM kairan.person WHERE login = 'writer'")[0][0]})["field"] == "person"
    chief.post("/delegations/delegate", fields)
    client = enter(people, "deputy", made["password"])
    frame = client.get("/alerts")["frame"]
    name = people.sql("SELECT name FROM kairan.person WHERE login = 'suido-chief'")[0][0]
    assert frame["acting"] and frame["acting_for"] == name and frame["acting_until"] == day(4) + " 00:00"
    page = client.raw("GET", "/alerts", headers={"Accept": "text/html"}).text
    assert name in page and "代理" in page
    row = next(row for row in chief.get("/delegations")["rows"] if row["is_open"])
    chief.post(f"/delegations/{row['id']}/call-off", {"reason": "戻った"})
    assert not alive(client)
    assert refused(chief, f"/delegations/{row['id']}/call-off", {"reason": "x"})["text"].startswith("この委任は")


def test_000_6_guest(people, admin):
    fields = {"login": "guest1", "name": "客", "department": people.department("suido"), "purpose": "応援",
              "organisation": "隣町", "head": "水道課長", "reason": "応援協定", "until": day(500)}
    assert refused(admin, "/staff/guest", fields)["field"] == "until"
    assert refused(admin, "/staff/guest", {**fields, "purpose": ""})["field"] == "purpose"
    assert refused(admin, "/staff/guest", {**fields, "until": ""})["field"] == "until"
    made = admin.post("/staff/guest", {**fields, "until": day()})
    client = enter(people, "guest1", made["password"])
    assert client.get("/alerts")["can_write"]
    tree = admin.get(f"/staff/{made['id']}")
    assert tree["is_guest"] and tree["posts"][0]["until"] == day()
    assert refused(admin, f"/staff/{made['id']}/extend", {"until": day(), "head": "課長", "reason": "x"})["field"] == "until"
    error = admin.raw("POST", f"/staff/{made['id']}/post", data={
        "csrf": admin.csrf, "department": people.department("bousai"), "role": "approver"})
    assert error.status_code in (403, 409)


def test_001_6_2_1_transfer_and_list(people, admin):
    made = register(admin, "moving", people.department("suido"))
    post = admin.get(f"/staff/{made['id']}")["posts"][0]["id"]
    admin.post(f"/staff/{made['id']}/posts/{post}/transfer", {
        "department": people.department("bousai"), "role": "drafter", "from": day(10), "reason": "人事異動"})
    posts = admin.get(f"/staff/{made['id']}")["posts"]
    assert [(p["state"], p["from"]) for p in posts][0] == ("future", day(10)) and posts[1]["until"] == day(9)
    assert [row["login"] for row in admin.get("/staff", words="MOVING")["rows"]] == ["moving"]
    assert admin.get("/staff", words="%")["rows"] == []
    assert admin.get("/staff", state="suspended")["rows"] == []


@pytest.mark.parametrize("act, fields", [
    ("end", {"reason": "x"}), ("revoke", {"cause": "1", "note": "x"}),
    ("transfer", {"role": "drafter", "department": "1", "reason": "x"})])
def test_a_post_at_another_persons_address(people, admin, act, fields):
    """Nobody's post is ended from the page of somebody else."""
    person, other = people.add("owner-1", ("drafter", "suido")), people.add("owner-2", ("drafter", "suido"))
    post = admin.get(f"/staff/{person}")["posts"][0]["id"]
    for number in (other, 0, 999999):
        path = f"/staff/{number}/posts/{post}/{act}"
        answers = [admin.raw("GET", path), admin.raw("POST", path, data={**fields, "csrf": admin.csrf})]
        assert [answer.status_code for answer in answers] == [404, 404], number
    assert admin.get(f"/staff/{person}")["posts"][0]["state"] == "now"
    assert admin.raw("GET", f"/staff/{person}/posts/{post}/{act}").status_code == 200


def test_004_6_1_3_list_of_the_unused(people, admin):
    person = people.add("sleeper", ("drafter", "suido"))
    people.sql("UPDATE kairan.person SET last_sign_in = now() - interval '91 days' WHERE id = %s", (person,))
    assert [row["login"] for row in admin.get("/staff", unused="90")["rows"]] == ["sleeper"]
    assert admin.get("/staff", unused="92")["rows"] == []
    people.signed_in("sleeper", "drafter", "suido")
    assert admin.get("/staff", unused="90")["rows"] == []
    assert admin.raw("GET", "/staff?unused=x").status_code == 422


def test_004_4_1_departments(people, admin):
    admin.post("/departments/add", {"name": "情報課", "code": "joho", "of_administrator": "1"})
    rows = {row["code"]: row for row in admin.get("/departments")["rows"]}
    assert rows["joho"]["is_empty"] and rows["joho"]["of_administrator"] and not rows["suido"]["is_empty"]
    register(admin, "vice", rows["joho"]["id"], role="")
    path = f"/departments/{rows['joho']['id']}/approver"
    fields = {"login": "vice", "reason": "設置"}
    assert refused(admin, path, fields)["field"] == "exception"
    admin.post(path, {**fields, "exception": "所属長がシステム管理者のため"})
    rows = {row["code"]: row for row in admin.get("/departments")["rows"]}
    assert rows["joho"]["approver_name"] == "職員 vice" and not rows["joho"]["is_empty"]
    auditor = people.add("eyes", ("auditor", None)) and people.signed_in("eyes", "auditor")
    assert not auditor.get("/departments")["can_act"]
    assert auditor.raw("GET", path).status_code == 403


def test_pages_hold_no_markup_of_people(people, admin):
    """What somebody is called is text on every page of the desk."""
    mark = "<b>x</b>"
    made = register(admin, "marked", people.department("suido"), name=mark)
    for path in ("/staff", f"/staff/{made['id']}", f"/staff/{made['id']}/suspend", f"/staff/{made['id']}/sessions"):
        page = admin.raw("GET", path, headers={"Accept": "text/html"}).text
        assert mark not in page and "&lt;b&gt;x" in page, path


def test_strangers_see_nothing(people):
    client = Client(people.system.settings["staff_url"])
    for path in ("/staff", "/departments", "/delegations", "/instructions", "/lost-device"):
        assert client.raw("GET", path).status_code == 401, path
