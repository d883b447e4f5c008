"""The second factor through the console: set up at the first sign-in, asked for at each one and again before what weighs
heavy; wrong, used and foreign codes; lost phones (001 ch. 2 section 5(4)(3); A18, A20, D25, D31)."""
import html
import re
import threading

import pytest
import requests

from harness.client import Client, Refused, sign_in
from harness.people import People
from harness.system import System
from harness.totp import code

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def desk(cluster, tmp_path_factory):
    """The staff face of a town that asks administrators and approvers for a second factor."""
    system = System(cluster, tmp_path_factory.mktemp("factor"), relays="127.0.0.1:1", second_factor_roles="administrator,approver")
    cluster.system = system
    try:
        system.make_town()
        system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        yield Desk(system)
    finally:
        system.stop()


class Desk:
    """People with their phones."""

    def __init__(self, system):
        self.system, self.cluster = system, system.cluster
        self.people = People(system)
        self.people.add("auditor", ("auditor", None))

    def token(self, client):
        return client.http.cookies["kairan"]

    def session(self, login, role, code_=None):
        """Signed in, at whatever stage; the cookie as the server sets it, so that a fresh one takes its place."""
        client = self.people.session(login, role, code_)
        token = client.http.cookies.pop("kairan")
        client.http.cookies.set("kairan", token, domain="127.0.0.1", path="/")
        return client

    def csrf(self, client, path):
        """The form's token of a page that opens in this stage."""
        client.get(path)
        return client

    def set_up(self, login, role, code_=None):
        """A proved session, its seed, its recovery codes."""
        self.forget(login)
        client = self.session(login, role, code_)
        client.get("/factor/setup")
        page = client.post("/factor/setup/new")
        shown = client.post("/factor/setup/confirm", {"code": code(page["seed"])})
        return client, page["seed"], [row["code"] for row in shown["codes"]]

    def forget(self, login):
        self.people.sql("SELECT kairan.factor_forget(id) FROM kairan.person WHERE login = %s", (login,))

    def age(self, login, interval="1 hour"):
        """As if the last proof, and the use of the last codes, were long ago."""
        self.people.sql("UPDATE kairan.session SET proved_at = proved_at - %s::interval WHERE person = (SELECT id FROM kairan.person WHERE login = %s)",
                        (interval, login))
        self.unused(login)

    def unused(self, login):
        self.people.sql("UPDATE kairan.factor SET last_step = 0, seed = kairan.factor_seal(kairan.factor_open(seed)) "
                        "WHERE person = (SELECT id FROM kairan.person WHERE login = %s)", (login,))

    def alert(self):
        """A submitted alert of the disaster section."""
        writer = self.session("bousai-1", "drafter", "bousai")
        form = writer.get("/alerts/new")
        page = writer.post("/alerts", {"title": "断水", "body": "断水します。", "act": "submit", "where": "some",
                                       "category": form["categories"][0]["id"], "area": form["areas"][0]["id"]})
        return page


@pytest.fixture(autouse=True)
def search_path(desk):
    desk.people.sql("SET search_path = kairan")


def test_001_2_5_3_set_up_at_the_first_sign_in(desk):
    """With the password alone an approver gets no further than the page that sets the factor up; a drafter needs none."""
    chief = sign_in_to(desk, "bousai-chief")
    answer = chief.raw("GET", "/alerts", headers=HTML, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/factor/setup?next=/alerts")
    answer = chief.raw("GET", "/alerts")
    assert answer.status_code == 403 and answer.json()["error"]["field"] == "enrol"
    page = chief.get("/factor/setup")
    assert page["must"] and not page["held"] and not page["has_seed"]
    page = chief.post("/factor/setup/new", {"next": "/alerts"})
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", page["seed"]) and page["next"] == "/alerts"
    assert page["uri"].startswith("otpauth://totp/") and f"secret={page['seed'].replace(' ', '')}&" in page["uri"]
    picture = chief.raw("GET", "/factor/qr.svg")
    assert picture.headers["content-type"] == "image/svg+xml" and picture.text.startswith("<svg ") and picture.headers["cache-control"] == "no-store"
    before = desk.token(chief)
    shown = chief.post("/factor/setup/confirm", {"code": code(page["seed"]), "next": "/alerts"})
    assert len({row["code"] for row in shown["codes"]}) == 10 and shown["next"] == "/alerts"
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", row["code"]) for row in shown["codes"])
    assert desk.token(chief) != before and chief.get("/alerts") is not None
    assert stale(before, chief.url) == 401, "the token from before is dead"
    assert sign_in_to(desk, "bousai-1").raw("GET", "/alerts").status_code == 200


def sign_in_to(desk, login):
    """By password; whatever stage comes then."""
    client = Client(desk.system.settings["staff_url"])
    client.get("/sign-in")
    answer = client.raw("POST", "/sign-in", data={"login": login, "password": desk.system.staff_sheet[login], "csrf": client.csrf},
                        allow_redirects=False)
    assert answer.status_code == 303
    return client


def stale(token, url):
    return requests.get(url + "/factor/setup", headers={"Cookie": f"kairan={token}", "Accept": "application/json"}, timeout=30).status_code


def test_the_code_at_each_sign_in(desk):
    """Then the page one came for; wide digits and blanks are read as people type them."""
    _, seed, _ = desk.set_up("suido-chief", "approver", "suido")
    desk.unused("suido-chief")
    client = sign_in_to(desk, "suido-chief")
    answer = client.raw("GET", "/alerts", headers=HTML, allow_redirects=False)
    assert answer.headers["location"] == "/factor?next=/alerts"
    page = client.get("/factor", next="/alerts")
    assert page["is_door"] and page["next"] == "/alerts"
    wide = code(seed).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    before = desk.token(client)
    answer = client.raw("POST", "/factor", data={"code": f" {wide[:3]} {wide[3:]}", "next": "/alerts", "csrf": client.csrf}, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts")
    assert desk.token(client) != before and stale(before, client.url) == 401
    assert client.get("/alerts") is not None


@pytest.mark.parametrize("typed, why", [
    ("", "empty"), ("000", "too short"), ("x" * 200, "too long"), ("' OR 1=1 --", "SQL"), ("0000-0000-0000-0000", "no recovery code"),
    ("\U0001f600", "a picture"), ("１２３", "wide and short")])
def test_what_is_no_code(desk, typed, why):
    desk.set_up("kosodate-chief", "approver", "kosodate")
    client = desk.csrf(desk.session("kosodate-chief", "approver", "kosodate"), "/factor")
    answer = client.raw("POST", "/factor", data={"code": typed, "csrf": client.csrf})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "code", why
    assert client.raw("GET", "/alerts").status_code == 403


def test_wrong_used_early_and_late_codes(desk):
    """±1 step at most, and each code once; ten minutes off is no code; what was refused is on record."""
    _, seed, _ = desk.set_up("kosodate-chief", "approver", "kosodate")
    desk.unused("kosodate-chief")
    count = ("SELECT count(*) FROM oplog l JOIN person p ON p.id = l.person WHERE p.login = 'kosodate-chief' "
             "AND act = 'factor.prove' AND result = 'refused'")
    before = desk.people.sql(count)[0][0]
    client = desk.csrf(desk.session("kosodate-chief", "approver", "kosodate"), "/factor")

    def tries(typed):
        return client.raw("POST", "/factor", data={"code": typed, "csrf": client.csrf}, allow_redirects=False).status_code

    assert tries(code(seed, 20)) == tries(code(seed, -20)) == 422
    used = code(seed, 1)
    assert tries(used) == 303
    client.get("/factor")
    assert tries(used) == 422, "a code is good once"
    assert tries(code(seed, 0)) == 422, "nor an older one after it"
    assert desk.people.sql(count)[0][0] == before + 4


def test_guessing_waits_and_recovery_codes_do_not(desk):
    """After ten wrong codes an hour's wait, told in words; the owner's recovery code lets in all the same (A18)."""
    _, seed, recovery = desk.set_up("kosodate-chief", "approver", "kosodate")
    desk.people.sql("UPDATE factor SET wrong = 9, wait_until = NULL, last_step = 0, seed = factor_seal(factor_open(seed)) WHERE person = "
                    "(SELECT id FROM person WHERE login = 'kosodate-chief')")
    client = desk.csrf(desk.session("kosodate-chief", "approver", "kosodate"), "/factor")
    got = [client.raw("POST", "/factor", data={"code": typed, "csrf": client.csrf}, allow_redirects=False).status_code
           for typed in (code(seed, 20), code(seed), code(seed))]
    assert got == [422, 429, 429]
    answer = client.raw("POST", "/factor", data={"code": recovery[3].lower(), "csrf": client.csrf}, allow_redirects=False)
    assert answer.status_code == 303 and client.get("/alerts") is not None
    client.get("/factor")
    again = client.raw("POST", "/factor", data={"code": recovery[3], "csrf": client.csrf}, allow_redirects=False)
    assert again.status_code == 422, "once"
    assert client.get("/factor/setup")["recovery_left"] == "9"


def test_approving_again_asks_for_the_code(desk):
    """At night: press, code, back at the alert, press. Nothing is approved before."""
    chief, seed, _ = desk.set_up("bousai-chief", "approver", "bousai")
    page = desk.alert()
    desk.age("bousai-chief")
    shown = chief.get(page["href"])
    fields = {"fingerprint": shown["fingerprint"], "csrf": chief.csrf}
    answer = chief.raw("POST", page["href"] + "/approve", data=fields)
    assert answer.status_code == 403 and answer.json()["error"]["kind"] == "stale"
    answer = chief.raw("POST", page["href"] + "/approve", data=fields, headers=HTML, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/factor?next={page['href']}")
    assert chief.get(page["href"])["alert"]["state"] == "submitted"
    chief.get("/factor", next=page["href"])
    answer = chief.raw("POST", "/factor", data={"code": code(seed), "next": page["href"], "csrf": chief.csrf}, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, page["href"])
    chief.get(page["href"])
    chief.post(page["href"] + "/approve", {"fingerprint": shown["fingerprint"]})
    assert chief.get(page["href"])["alert"]["state"] == "approved"


def test_exporting_addresses_asks_for_the_code(desk):
    admin, _, _ = desk.set_up("admin", "administrator")
    page = desk.alert()
    desk.age("admin")
    admin.get(page["href"])
    answer = admin.raw("POST", page["href"] + "/report.csv", data={"csrf": admin.csrf})
    assert answer.status_code == 403 and answer.json()["error"]["kind"] == "stale"
    answer = admin.raw("POST", page["href"] + "/report.csv", data={"csrf": admin.csrf}, headers=HTML, allow_redirects=False)
    assert answer.headers["location"] == f"/factor?next={page['href']}/report"


def test_a_lost_phone(desk):
    """Reset by the administrator with a reason, on record; all sessions of the person end, and a new factor is set up."""
    lost, _, _ = desk.set_up("suido-chief", "approver", "suido")
    admin, _, _ = desk.set_up("admin", "administrator")
    rows = {row["login"]: row for row in admin.get("/factors")["rows"]}
    assert rows["suido-chief"]["held"] and rows["suido-chief"]["can_reset"] and not rows["admin"]["can_reset"]
    assert not rows["suido-1"]["needed"] and not rows["suido-1"]["held"]
    person = rows["suido-chief"]["id"]
    for fields in ({"person": person}, {"person": person, "reason": "　"}, {"reason": "紛失"}, {"person": "x", "reason": "紛失"}):
        answer = admin.raw("POST", "/factors/reset", data={**fields, "csrf": admin.csrf})
        assert answer.status_code == 422 and answer.json()["errors"], fields
    answer = admin.raw("POST", "/factors/reset", data={"person": rows["admin"]["id"], "reason": "x", "csrf": admin.csrf})
    assert answer.status_code == 403
    admin.post("/factors/reset", {"person": person, "reason": "携帯電話を紛失"})
    assert lost.raw("GET", "/alerts").status_code == 401
    again = desk.session("suido-chief", "approver", "suido")
    assert again.raw("GET", "/alerts").json()["error"]["field"] == "enrol"
    log = admin.get("/log")["rows"]
    row = next(row for row in log if row["act"] == "二要素認証の初期化")
    assert row["reason_text"] == "携帯電話を紛失" and row["ok"]


def test_what_was_typed_is_given_back(desk):
    """A form is not lost to the question for the code: the page of the code carries all of it along, past wrong codes too, and the page
    behind it sends it."""
    desk.set_up("suido-chief", "approver", "suido")
    admin, seed, _ = desk.set_up("admin", "administrator")
    person = next(row["id"] for row in admin.get("/factors")["rows"] if row["login"] == "suido-chief")
    desk.age("admin")
    typed = {"person": str(person), "reason": "携帯電話を<水>に\n落とした"}
    page = press(admin, "/factors/reset", {**typed, "csrf": admin.csrf})
    assert page.status_code == 403
    action, fields = form(page.text)
    assert action == "/factor" and fields["again"] == "/factors/reset"
    assert {name[5:]: value for name, value in fields.items() if name.startswith("kept.")} == typed
    page = press(admin, action, {**fields, "code": "000000"})
    assert page.status_code == 422 and form(page.text)[1] == fields
    before = desk.token(admin)
    page = press(admin, action, {**fields, "code": code(seed)})
    assert page.status_code == 200 and desk.token(admin) != before
    assert next(row["held"] for row in admin.get("/factors")["rows"] if row["login"] == "suido-chief"), "nothing is done before"
    action, fields = form(page.text)
    assert action == "/factors/reset" and {**fields, "csrf": ""} == {**typed, "csrf": ""}
    assert press(admin, action, fields).headers["location"] == "/factors"
    assert not next(row["held"] for row in admin.get("/factors")["rows"] if row["login"] == "suido-chief")


@pytest.mark.parametrize("again", ["//elsewhere.example/x", "https://elsewhere.example/", "/x?y=1", "/x\ty", "javascript:alert(1)", "x"])
def test_nothing_is_sent_to_elsewhere(desk, again):
    admin, seed, _ = desk.set_up("admin", "administrator")
    desk.unused("admin")
    admin.get("/factor")
    page = press(admin, "/factor", {"csrf": admin.csrf, "code": code(seed), "again": again, "kept.reason": "x"})
    assert page.status_code == 303 and page.headers["location"] == "/"


def press(client, path, fields):
    """As a browser sends a form of ours."""
    return client.raw("POST", path, data=fields, allow_redirects=False, headers={**HTML, "Sec-Fetch-Site": "same-origin"})


def form(text):
    """The page's form: where to, and what it holds."""
    action, inside = re.search(r'<form method="post" action="([^"]+)" class="card"[^>]*>(.*?)</form>', text, re.S).groups()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', inside))
    fields.update(re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', inside, re.S))
    return action, {name: html.unescape(value).replace("\r\n", "\n") for name, value in fields.items()}


def test_another_phone_needs_the_old_one(desk):
    """Nobody changes the factor, or sees its key, with a session alone."""
    client, _, _ = desk.set_up("suido-chief", "approver", "suido")
    desk.age("suido-chief")
    client.get("/factor/setup")
    for path in ("/factor/setup/new", "/factor/setup/codes"):
        assert client.raw("POST", path, data={"csrf": client.csrf}).json()["error"]["kind"] == "stale"
        answer = client.raw("POST", path, data={"csrf": client.csrf}, headers=HTML, allow_redirects=False)
        assert answer.headers["location"] == "/factor?next=/factor/setup"
    assert client.get("/factor/setup")["seed"] == ""
    answer = client.raw("GET", "/factor/qr.svg", headers=HTML, allow_redirects=False)
    assert answer.status_code == 303


def test_replays_and_forged_cookies(desk):
    """A token from before the proof, of another person, or made up proves nothing; a form of another session neither."""
    client, seed, _ = desk.set_up("suido-chief", "approver", "suido")
    other = desk.csrf(desk.session("suido-chief", "approver", "suido"), "/factor")
    drafter = desk.session("suido-1", "drafter", "suido")
    drafter.get("/alerts")
    desk.unused("suido-chief")
    for csrf in ("", "x" * 43, drafter.csrf, client.csrf):
        answer = other.raw("POST", "/factor", data={"code": code(seed), "csrf": csrf}, allow_redirects=False)
        assert answer.status_code == 403, csrf
    for cookie in ("A" * 43, desk.token(other)[:-1], desk.token(other).swapcase(), ""):
        forged = Client(other.url)
        forged.http.cookies.set("kairan", cookie)
        answer = forged.raw("POST", "/factor", data={"code": code(seed), "csrf": other.csrf}, allow_redirects=False)
        assert answer.status_code in (401, 403), cookie
    assert other.raw("GET", "/alerts").status_code == 403
    answer = other.raw("POST", "/factor", data={"code": code(seed), "csrf": other.csrf}, allow_redirects=False)
    assert answer.status_code == 303, "the right one, still unused"


def test_two_at_once_with_one_code(desk):
    """One of them is in; the other is told that the code was used."""
    _, seed, _ = desk.set_up("suido-chief", "approver", "suido")
    desk.unused("suido-chief")
    clients = [desk.csrf(desk.session("suido-chief", "approver", "suido"), "/factor") for _ in range(4)]
    typed, got = code(seed), []
    threads = [threading.Thread(target=lambda client=client: got.append(
        client.raw("POST", "/factor", data={"code": typed, "csrf": client.csrf}, allow_redirects=False).status_code)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [303, 422, 422, 422]


def test_only_our_own_pages_are_led_back_to(desk):
    client, seed, _ = desk.set_up("suido-chief", "approver", "suido")
    for bad in ("//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", "alerts"):
        desk.unused("suido-chief")
        client.get("/factor")
        answer = client.raw("POST", "/factor", data={"code": code(seed), "next": bad, "csrf": client.csrf}, allow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), bad


def test_secrets_are_nowhere(desk, cluster):
    """Neither key nor code lies in the log, in the server's words, or readable in a table."""
    client, seed, recovery = desk.set_up("suido-chief", "approver", "suido")
    desk.unused("suido-chief")
    typed = code(seed)
    client.get("/factor")
    client.raw("POST", "/factor", data={"code": typed, "csrf": client.csrf})
    with open(f"{desk.system.folder}/staff.log", encoding="utf-8") as log:
        said = log.read()
    plain = seed.replace(" ", "")
    for secret in (plain, recovery[0], recovery[0].replace("-", "")):
        assert secret not in said
        for table in ("oplog", "factor", "recovery_code", "session"):
            assert cluster.sql(f"SELECT count(*) FROM kairan.{table} t WHERE t::text LIKE %s", (f"%{secret}%",)) == [(0,)]
    assert cluster.sql("SELECT count(*) FROM kairan.oplog t WHERE t::text LIKE %s", (f"%{typed}%",))[0][0] == 0
    cluster.kairan("verify-log")


def test_rules_loosen_by_the_operator_alone(desk, cluster):
    """A server with looser settings keeps the rule and says so; `kairan migrate` takes the settings over."""
    roles = "SELECT factor_roles FROM kairan.access_rule"
    loose = System(cluster, desk.system.folder + "/loose", relays="127.0.0.1:1", second_factor_roles="", second_factor_minutes=60)
    try:
        process = loose.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        process.wait_line("asks for more than second_factor_roles")
        assert cluster.sql(roles) == [(["administrator", "approver"],)]
    finally:
        loose.stop()
    env = {"KAIRAN_SECOND_FACTOR_ROLES": "approver"}
    assert "rules of access" in cluster.kairan("migrate", env=env).stdout
    assert cluster.sql(roles) == [(["approver"],)]
    assert cluster.kairan("migrate", env=env).stdout.count("rules of access") == 0
    cluster.kairan("migrate", env={"KAIRAN_SECOND_FACTOR_ROLES": "administrator,approver"})


def test_reset_on_the_host(desk, cluster):
    """Where the only administrator has lost everything: by the operator, on record; a name that has none is told."""
    client, _, _ = desk.set_up("admin", "administrator")
    words = ("factor", "reset", "--login", "admin", "--reason", "端末の紛失")
    assert cluster.kairan(*words).returncode == 0
    assert client.raw("GET", "/alerts").status_code == 401
    assert desk.people.sql("SELECT login, reason FROM oplog WHERE act = 'factor.reset' ORDER BY seq DESC LIMIT 1") == [("operator", "端末の紛失")]
    for wrong in (words, ("factor", "reset", "--login", "nobody", "--reason", "x")):
        assert cluster.kairan(*wrong, check=False).returncode == 1
    for wrong in (("factor",), words[:4], ("factor", "end", *words[2:]), (*words[:5], "")):
        assert cluster.kairan(*wrong, check=False).returncode == 2


def test_a_shorter_password_with_a_second_factor(desk):
    """004 section 12, issue: 12 characters are enough beside a factor, 15 without."""
    ask = "SELECT person_has_factor(id) FROM person WHERE login = 'suido-chief'"
    desk.forget("suido-chief")
    assert desk.people.sql(ask) == [(False,)]
    desk.set_up("suido-chief", "approver", "suido")
    assert desk.people.sql(ask) == [(True,)]


def test_refused_is_not_a_crash(desk):
    """Strangers are sent to sign in."""
    stranger = Client(desk.system.settings["staff_url"])
    for path in ("/factor", "/factor/setup", "/factor/qr.svg", "/factors"):
        with pytest.raises(Refused) as refused:
            stranger.get(path)
        assert refused.value.status == 401
    with pytest.raises(Refused):
        sign_in(stranger.url, "bousai-chief", "a wrong password")
