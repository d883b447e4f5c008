"""A person changed under an open session, sessions that are over, and cookies that nobody gave: the act that was under way is refused,
nothing happens, and the log says so, in one row however often it is tried (A20, D29)."""
import pytest

from harness.client import Client

HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def admin(people):
    return people.signed_in("admin", "administrator")


def post_of(people, person):
    return people.sql("SELECT max(id) FROM kairan.post WHERE person = %s AND during @> now()", (person,))[0][0]


def reset_password(people, admin, person):
    people.sql("SELECT kairan.credential_reset(kairan.actor_of(%s, '127.0.0.1'), %s, substr(sha256('s'), 1, 16), 'scrypt:17:8:1', "
               "sha256('x'), 'test')", (admin.http.cookies["kairan"], person))


def with_factor(people, admin, person):
    people.sql("INSERT INTO kairan.factor (person, seed, confirmed_at) VALUES (%s, 'x', now())", (person,))
    people.sql("UPDATE kairan.session SET proved_at = now() WHERE person = %s", (person,))
    admin.post("/factors/reset", {"person": person, "reason": "紛失"})


CHANGES = {
    "suspended": lambda people, admin, p: admin.post(f"/staff/{p}/suspend", {"cause": "1", "note": "x"}),
    "post ended": lambda people, admin, p: admin.post(f"/staff/{p}/posts/{post_of(people, p)}/end", {"until": "", "reason": "異動"}),
    "post revoked": lambda people, admin, p: admin.post(f"/staff/{p}/posts/{post_of(people, p)}/revoke", {"cause": "2", "note": "x"}),
    "transferred": lambda people, admin, p: admin.post(f"/staff/{p}/posts/{post_of(people, p)}/transfer", {
        "department": people.department("bousai"), "role": "drafter", "from": "", "reason": "異動"}),
    "another role": lambda people, admin, p: admin.post(f"/staff/{p}/posts/{post_of(people, p)}/transfer", {
        "department": people.department("kosodate"), "role": "drafter", "from": "", "reason": "異動"}),
    "sessions ended": lambda people, admin, p: admin.post(f"/staff/{p}/sessions"),
    "password reset": reset_password,
    "second factor reset": with_factor,
}


def refused_rows(people, act):
    return people.sql("SELECT login, person, facts FROM kairan.oplog WHERE act = %s AND result = 'refused' ORDER BY seq", (act,))


def forget(people):
    """As if another hour had begun: who is counted is counted anew."""
    people.sql("DELETE FROM kairan.stranger")


@pytest.mark.parametrize("change", CHANGES)
def test_a20_a_drafter_changed_under_an_open_session(people, admin, change):
    """The form was open before, and is sent after: 401, nothing stored, one row for three tries."""
    login = "changed-" + change.replace(" ", "-")
    person = people.add(login, ("drafter", "suido"))
    people.sql("INSERT INTO kairan.credential (person, salt, cost, verifier) VALUES (%s, substr(sha256('s'), 1, 16), 'scrypt:17:8:1', "
               "sha256('y'))", (person,))
    client = people.signed_in(login, "drafter", "suido")
    form = client.get("/alerts/new")
    typed = {"title": "断水", "body": "断水します。", "act": "submit", "category": form["categories"][0]["id"],
             "area": form["areas"][0]["id"], "csrf": client.csrf}
    CHANGES[change](people, admin, person)
    forget(people)
    before, alerts = refused_rows(people, "alert.save"), people.sql("SELECT count(*) FROM kairan.alert")
    answers = [client.raw("POST", "/alerts", data=typed, allow_redirects=False) for _ in range(2)]
    answers.append(client.raw("POST", "/alerts", data=typed, headers=HTML, allow_redirects=False))
    assert [answer.status_code for answer in answers] == [401] * 3
    assert "断水します。" in answers[2].text, "what was typed is given back"
    assert refused_rows(people, "alert.save")[len(before):] == [(login, None, {"refusal": "session"})]
    assert people.sql("SELECT hits FROM kairan.stranger WHERE act = 'alert.save'") == [(3,)]
    assert people.sql("SELECT count(*) FROM kairan.alert") == alerts


@pytest.mark.parametrize("who", ["approver", "delegate"])
@pytest.mark.parametrize("change", ["suspended", "post ended", "post revoked"])
def test_a20_who_approves_changed_under_an_open_page(people, admin, change, who):
    """The alert was read before; pressing afterwards approves nothing."""
    login = f"{who}-{change.replace(' ', '-')}"
    code = f"k{people.sql('SELECT count(*) FROM kairan.department')[0][0]}"
    people.sql("INSERT INTO kairan.department (code, name) VALUES (%s, %s)", (code, code))
    people.sql("INSERT INTO kairan.category (department, name) VALUES (%s, %s)", (people.department(code), code))
    person = people.add(login, (who, code))
    people.add(f"writer-{code}", ("drafter", code))
    writer = people.signed_in(f"writer-{code}", "drafter", code)
    form = writer.get("/alerts/new")
    href = writer.post("/alerts", {"title": "断水", "body": "断水します。", "act": "submit", "area": form["areas"][0]["id"],
                                   "category": form["categories"][0]["id"]})["href"]
    client = people.signed_in(login, who, code)
    fields = {"fingerprint": client.get(href)["fingerprint"], "csrf": client.csrf}
    CHANGES[change](people, admin, person)
    forget(people)
    before = refused_rows(people, "alert.approve")
    assert [client.raw("POST", href + "/approve", data=fields).status_code for _ in range(2)] == [401, 401]
    assert refused_rows(people, "alert.approve")[len(before):] == [(login, None, {"refusal": "session"})]
    assert writer.get(href)["alert"]["state"] == "submitted"
    assert people.sql("SELECT count(*) FROM kairan.approval WHERE approver = %s", (person,)) == [(0,)]


def test_a_post_that_ends_by_its_date(people):
    """No program runs at that moment, and nobody asks to be signed out."""
    person = people.add("by-date", ("drafter", "suido"))
    client = people.signed_in("by-date", "drafter", "suido")
    assert client.raw("GET", "/alerts").status_code == 200
    people.sql("UPDATE kairan.post SET during = tstzrange(lower(during), clock_timestamp()) WHERE person = %s", (person,))
    assert client.raw("GET", "/alerts").status_code == 401


@pytest.mark.parametrize("method, path, act", [("POST", "/staff/1/suspend", "staff.suspend"), ("POST", "/alerts/1/approve", "alert.approve"),
                                               ("GET", "/staff", "staff.read"), ("GET", "/suspended", "contact.read")])
def test_d29_forged_cookies(people, method, path, act):
    """A cookie that nobody gave opens nothing; a hundred of them are one row and a count."""
    forget(people)
    before, links = refused_rows(people, act), people.sql("SELECT count(*) FROM kairan.session")
    for n in range(100):
        client = Client(people.system.settings["staff_url"])
        client.http.cookies.set("kairan", f"{n:043}")
        answer = client.raw(method, path, allow_redirects=False, **({"data": {"csrf": "x"}} if method == "POST" else {}))
        assert answer.status_code == 401
    assert refused_rows(people, act)[len(before):] == [(None, None, {"refusal": "session"})]
    assert people.sql("SELECT hits FROM kairan.stranger WHERE act = %s", (act,)) == [(100,)]
    assert people.sql("SELECT count(*) FROM kairan.session") == links
    people.sql("SET search_path = kairan; SELECT strangers_tell(clock_timestamp() + interval '2 hours')")
    assert refused_rows(people, act)[-1] == (None, None, {"times": 99})


def test_without_a_cookie_nothing_is_written(people):
    """Who has none is sent to sign in; there is nobody to be put on record."""
    before = people.sql("SELECT count(*) FROM kairan.oplog")
    client = Client(people.system.settings["staff_url"])
    assert client.raw("POST", "/alerts", data={"csrf": "x"}).status_code == 401
    assert client.raw("GET", "/staff").status_code == 401
    assert people.sql("SELECT count(*) FROM kairan.oplog") == before
