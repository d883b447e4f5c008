"""The password page, and what it does to sessions, letters and the log (004 section 12, 001 ch. 2 section 6(2)(3), D17 to D24)."""
import time

import pytest

from harness.client import Client, Refused, sign_in
from harness.people import People
from harness.system import System

NEW = ("lamp seven umbrella fog", "grey harbour ninety owls", "a quiet gravel of tea", "twelve shoes on the moon",
       "wooden comet, soft rain", "violet stairs and bread")


@pytest.fixture(scope="module")
def door(cluster, tmp_path_factory):
    """The staff face over the demo town."""
    system = System(cluster, tmp_path_factory.mktemp("door"), relays="127.0.0.1:1", sign_in_tries_per_hour=100)
    cluster.system = system
    try:
        system.make_town()
        system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        system.people = People(system)
        yield system
    finally:
        system.stop()


def person(door, login):
    return door.people.sql("SELECT id FROM kairan.person WHERE login = %s", (login,))[0][0]


def one_time(door, login):
    door.people.sql("SELECT kairan.credential_one_time(id) FROM kairan.person WHERE login = %s", (login,))


def change(client, old, new, again=None, **more):
    """The answer to the form, not followed."""
    client.get("/password")
    data = {"old": old, "password": new, "again": new if again is None else again, "csrf": client.csrf, **more}
    return client.raw("POST", "/password", data=data, allow_redirects=False)


def letters(door, login, template):
    return door.people.sql("SELECT count(*) FROM kairan.letter WHERE template = %s AND address = (SELECT mail FROM "
                           "kairan.person WHERE login = %s)", (template, login))[0][0]


def test_001_6_2_3_one_time_is_changed_at_once(door):
    """Whoever comes for a page is led to the change and back; in well under a minute, and by form alone."""
    login, old = "bousai-1", door.staff_sheet["bousai-1"]
    other = door.sign_in(login)
    one_time(door, login)
    client = Client(door.settings["staff_url"])
    client.http.headers["Accept"] = "text/html"
    page = client.raw("GET", "/alerts", allow_redirects=False)
    assert page.headers["location"] == "/sign-in?next=/alerts"
    script = sign_in_only(door, login, old)
    refused = script.raw("GET", "/alerts")
    assert refused.status_code == 403 and refused.json()["error"]["field"] == "password"
    led = script.raw("GET", "/alerts", headers={"Accept": "text/html"}, allow_redirects=False)
    assert led.headers["location"] == "/password?next=/alerts"
    shown = script.raw("GET", led.headers["location"]).json()
    assert shown["must"] and shown["next"] == "/alerts" and shown["least"] == 15
    before = script.http.cookies["kairan"]
    begun = time.monotonic()
    answer = change(script, old, NEW[0], next="/alerts")
    assert answer.status_code == 303 and answer.headers["location"] == "/alerts"
    assert time.monotonic() - begun < 20
    assert script.http.cookies["kairan"] != before
    assert script.get("/alerts") is not None and not script.get("/password")["must"]
    assert other.raw("GET", "/post").status_code == 401, "all other sessions end (D24)"
    assert letters(door, login, "password-changed") == 1, "the owner is told (D24)"
    assert door.people.sql("SELECT login, act, object, result FROM kairan.oplog ORDER BY seq DESC LIMIT 1") == [
        (login, "password.change", f"person {person(door, login)}", "done")]
    with pytest.raises(Refused):
        sign_in_only(door, login, old)
    assert sign_in_only(door, login, NEW[0]).raw("GET", "/alerts").status_code == 200


def sign_in_only(door, login, password):
    """As sign_in, no page asked for afterwards."""
    client = Client(door.settings["staff_url"])
    client.get("/sign-in")
    answer = client.raw("POST", "/sign-in", data={"login": login, "password": password, "csrf": client.csrf},
                        allow_redirects=False)
    if answer.status_code != 303:
        raise Refused(answer)
    return client


BAD = {
    "no old": ("", NEW[1], None, "old"), "wrong old": ("not the password", NEW[1], None, "old"),
    "none": ("{old}", "", None, "password"), "short": ("{old}", "umbrella fog 7", None, "password"),
    "long": ("{old}", "umbrella " * 15, None, "password"), "huge": ("{old}", "u" * 1100, None, "password"),
    "the login": ("{old}", "umbrella suido-1 fog seven", None, "password"),
    "common": ("{old}", "passwordpassword1", None, "password"), "the town": ("{old}", "kairancity kairan", None, "password"),
    "one character": ("{old}", "x" * 20, None, "password"), "differ": ("{old}", NEW[1], NEW[2], "again"),
    "the same": ("{old}", "{old}", None, "password"), "near": ("{old}", "{old}123", None, "password"),
    "control": ("{old}", NEW[1] + "\x07", None, "password"),
}


@pytest.mark.parametrize("case", BAD)
def test_004_12_refused_passwords(door, case):
    """Each with the reason at its field; nothing changes, and the session goes on."""
    login, known = "suido-1", door.staff_sheet["suido-1"]
    old, new, again, field = BAD[case]
    client = door.people.signed_in(login, "drafter", "suido")
    stored = door.people.sql("SELECT verifier, set_at FROM kairan.credential WHERE person = %s", (person(door, login),))
    answer = change(client, old.format(old=known), new.format(old=known), again)
    assert answer.status_code == 422, answer.text[:300]
    errors = answer.json()["errors"]
    assert [e["field"] for e in errors] == [field] and errors[0]["text"]
    assert door.people.sql("SELECT verifier, set_at FROM kairan.credential WHERE person = %s", (person(door, login),)) == stored
    assert client.raw("GET", "/alerts").status_code == 200
    if case in ("common", "the town"):
        assert answer.json()["is_weak"] and answer.json()["score"] < 3


def test_d18_long_passwords_are_kept_whole(door):
    """128 characters, spaces at both ends and letters of either case count."""
    login = "suido-2"
    long = "  Eine lange Brücke über den Fluß, αβγδ und 橋の下の水は静かに流れる；".ljust(127, "水") + " "
    assert len(long) == 128
    client = door.people.signed_in(login, "drafter", "suido")
    assert change(client, door.staff_sheet[login], long).status_code == 303
    for wrong in (long.strip(), long[:-1], long.swapcase()):
        with pytest.raises(Refused):
            sign_in_only(door, login, wrong)
    sign_in_only(door, login, long)


def test_d21_the_last_five_are_refused(door):
    """The present one and four before it; the sixth is taken again."""
    login = "kosodate-1"
    client = door.sign_in(login)
    used = [door.staff_sheet[login], *NEW[:5]]
    for old, new in zip(used, used[1:]):
        assert change(client, old, new).status_code == 303
    for again in used[1:5]:
        answer = change(client, used[5], again)
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "password", again
    begun = time.monotonic()
    assert change(client, used[5], used[0]).status_code == 303
    assert time.monotonic() - begun < 20


def test_004_12_wrong_old_passwords_end(make_system, cluster, door):
    """Who sits down at an open desk cannot guess the password there."""
    system = make_system(relays="127.0.0.1:1", sign_in_tries_per_hour=2)
    system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    client = People(system).signed_in("kosodate-2", "drafter", "kosodate")
    got = [change(client, "a wrong password", NEW[3]).status_code for _ in range(3)]
    assert got == [422, 422, 429]
    assert change(client, door.staff_sheet["kosodate-2"], NEW[3]).status_code == 429


def test_004_12_costs_rise_at_sign_in(door):
    """A password stored at a lower cost is stored at today's when its owner has signed in; its age stays."""
    login, password = "kosodate-2", door.staff_sheet["kosodate-2"]
    weaken(door, login, password)
    kept = door.people.sql("SELECT cost, set_at FROM kairan.credential WHERE person = %s", (person(door, login),))[0]
    assert kept[0] == "scrypt:14:8:1"
    sign_in_only(door, login, password)
    assert door.people.sql("SELECT cost, set_at FROM kairan.credential WHERE person = %s", (person(door, login),))[0] == (
        "scrypt:17:8:1", kept[1])
    sign_in_only(door, login, password)


def weaken(door, login, password):
    import hashlib
    proof = hashlib.scrypt(password.encode(), salt=b"0123456789abcdef", n=1 << 14, r=8, p=1, dklen=32)
    door.people.sql("UPDATE kairan.credential SET salt = %s, cost = 'scrypt:14:8:1', verifier = %s, set_at = now() - interval '3 days' "
                    "WHERE person = %s", (b"0123456789abcdef", hashlib.sha256(proof).digest(), person(door, login)))


def test_004_12_1_warnings_on_every_page(door):
    """From 14 days on each page of the console says so."""
    login = "bousai-2"
    for left, warned in ((15, False), (14, True), (0, True)):
        door.people.sql("UPDATE kairan.credential SET set_at = now() - make_interval(days => 90 - %s) WHERE person = %s",
                        (left, person(door, login)))
        client = door.people.signed_in(login, "drafter", "bousai")
        for path in ("/alerts", "/alerts/new", "/sending", "/me", "/post"):
            frame = client.get(path)["frame"]
            assert frame["password_ends"] == warned and frame["password_days"] == str(left), path
            page = client.raw("GET", path, headers={"Accept": "text/html"}).text
            assert ("まもなくパスワードの有効期限です" in page) == warned
            assert not warned or f'href="/password?next={path}"' in page
    door.people.sql("UPDATE kairan.credential SET set_at = now() - interval '91 days' WHERE person = %s", (person(door, login),))
    assert client.raw("GET", "/alerts").status_code == 403
    door.people.sql("UPDATE kairan.credential SET set_at = now() WHERE person = %s", (person(door, login),))


def test_another_host_is_no_next(door):
    client = door.people.signed_in("bousai-2", "drafter", "bousai")
    for bad in ("//evil.example", "https://evil.example", "/a?b", "/\\evil", ""):
        assert client.get("/password", next=bad)["next"] == "/"


# ---- one's own account ----

def test_sign_in_from_a_new_place(door):
    """The person is told by letter, and sees it; the first browser ever is no news, a known one neither."""
    login = "kosodate-chief"
    first = door.sign_in(login)
    assert letters(door, login, "new-place") == 0
    other = door.sign_in(login)
    assert letters(door, login, "new-place") == 1
    sessions = other.get("/me")["sessions"]
    assert [(s["here"], s["new_place"]) for s in sessions] == [(True, True), (False, False)]
    first.get("/sign-in")
    first.post("/sign-in", {"login": login, "password": door.staff_sheet[login]})
    assert letters(door, login, "new-place") == 1


def test_000_8_12_ending_sessions(door):
    """One, or all others in one press; nobody else's."""
    login = "suido-chief"
    mine = door.people.signed_in(login, "approver", "suido")
    others = [door.people.signed_in(login, "approver", "suido") for _ in range(3)]
    stranger = door.people.signed_in("bousai-chief", "approver", "bousai")
    ids = [s["id"] for s in mine.get("/me")["sessions"] if not s["here"]]
    assert len(ids) == 3
    theirs = stranger.get("/me")["sessions"][0]["id"]
    assert mine.raw("POST", f"/me/sessions/{theirs}/end", data={"csrf": mine.csrf}).status_code == 404
    assert mine.raw("POST", f"/me/sessions/{ids[0]}/end", data={"csrf": mine.csrf}, allow_redirects=False).status_code == 303
    assert sorted(c.raw("GET", "/post").status_code for c in others) == [200, 200, 401]
    assert mine.raw("POST", "/me/sessions/end", data={"csrf": mine.csrf}, allow_redirects=False).status_code == 303
    assert [c.raw("GET", "/post").status_code for c in (*others, mine, stranger)] == [401, 401, 401, 200, 200]
    assert [s["here"] for s in mine.get("/me")["sessions"]] == [True]
    assert door.people.sql("SELECT act FROM kairan.oplog WHERE login = %s AND result = 'done' ORDER BY seq DESC LIMIT 2", (login,)) == [
        ("session.end",), ("session.end",)]


def test_account_page(door):
    """Password, posts now and to come, sign-ins that failed, the language."""
    login = "bousai-chief"
    door.people.sql("INSERT INTO kairan.post (person, department, role, during) SELECT p.id, d.id, 'drafter', "
                    "tstzrange(now() + interval '30 days', NULL) FROM kairan.person p, kairan.department d "
                    "WHERE login = %s AND d.code = 'suido'", (login,))
    with pytest.raises(Refused):
        sign_in_only(door, login, "a wrong password")
    client = door.sign_in(login)
    page = client.get("/me")
    assert [(p["later"], p["has_to"]) for p in page["posts"]] == [(False, False), (True, False)]
    assert page["login"] == login and page["days_left"] == "90" and page["has_tries"]
    assert [row["ok"] for row in page["sign_ins"]][:2] == [True, False]
    assert page["frame"]["lang"] == "ja"
    client.post("/me/language", {"language": "en"})
    assert client.get("/me")["frame"]["lang"] == "en"
    assert door.sign_in(login).get("/me")["lang_en"]
    fresh = door.people.signed_in(login, "approver", "bousai")
    assert fresh.get("/me")["frame"]["lang"] == "en", "kept with the person, not with a browser"
    assert door.people.sql("SELECT lang FROM kairan.letter WHERE template = 'new-place' ORDER BY id DESC LIMIT 1") == [("en",)]
    assert fresh.raw("POST", "/me/language", data={"language": "xx", "csrf": fresh.csrf}).status_code == 422


def test_004_4_3_delegations_on_the_account_page(door):
    """Given and received, in force and to come; what is over or was called off is not there."""
    people = door.people
    suido, giver, taker = people.department("suido"), "suido-chief", people.add("deputy-suido")
    rows = [("古い", "tstzrange(now() - interval '9 days', now() - interval '1 hour')"), ("病気", "tstzrange(now() - interval '1 hour', now() + interval '1 day')"),
            ("出張", "tstzrange(now() + interval '9 days', now() + interval '10 days')")]
    for reason, during in rows:
        people.sql("WITH o AS (INSERT INTO kairan.post (person, department, role, during) VALUES (%s, %s, 'delegate', " + during + ") "
                   "RETURNING id, during) INSERT INTO kairan.delegation (department, approver, person, post, during, reason, made_by) "
                   "SELECT %s, a.id, %s, o.id, o.during, %s, a.id FROM o, kairan.person a WHERE a.login = %s",
                   (taker, suido, suido, taker, reason, giver))
    given = people.signed_in(giver, "approver", "suido").get("/me")["delegations"]
    taken = people.signed_in("deputy-suido").get("/me")["delegations"]
    assert [(row["reason"], row["later"], row["given"]) for row in given] == [("病気", False, True), ("出張", True, True)]
    assert [(row["reason"], row["later"], row["given"]) for row in taken] == [("病気", False, False), ("出張", True, False)]
    names = dict(people.sql("SELECT login, name FROM kairan.person"))
    assert {row["other"] for row in given} == {"deputy-suido"} and {row["other"] for row in taken} == {names[giver]}
    assert people.signed_in("bousai-chief", "approver", "bousai").get("/me")["delegations"] == []
