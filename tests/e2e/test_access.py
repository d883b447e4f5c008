"""Who may do what, row by row of the server's own table of routes: every route as nobody, as somebody
without a post, in every role at home and in another department; and every act without its form token."""
import pytest

from harness import vocabulary
from harness.client import Client
from harness.people import People
from harness.routes import ROUTES
from harness.system import System
from harness.vocabulary import ROLES

HOME, AWAY = "bousai", "suido"
STAFF = [row for row in ROUTES if row.face == "staff"]
ACTS = [row for row in ROUTES if row.method == "POST"]


def name_of(row):
    return f"{row.face} {row.method} {row.path}"


@pytest.fixture(scope="module")
def town(cluster, tmp_path_factory):
    """Both faces of the demo town, everybody's sessions, and an alert and an import to knock at."""
    system = System(cluster, tmp_path_factory.mktemp("town"), signup_tries_per_network_hour=1000, relays="127.0.0.1:1")
    cluster.system = system
    try:
        system.make_town()
        system.start_faces()
        yield Town(system)
    finally:
        system.stop()


class Town:
    def __init__(self, system):
        self.system, self.cluster = system, system.cluster
        self.link = self.cluster.connect(self.cluster.superuser)
        self.people = People(system)
        for code in (HOME, AWAY):
            for role in ("drafter", "delegate"):
                self.people.add(f"{role}-{code}", (role, code))
        self.people.add("auditor", ("auditor", None))
        self.people.add("two-posts", ("drafter", HOME), ("drafter", AWAY))
        writer = self.fresh("drafter", HOME)
        category = writer.get("/alerts/new")["categories"][0]["id"]
        page = writer.post("/alerts", {"title": "断水", "body": "断水します。", "category": category, "act": "save"})
        self.alert = page["alert"]["id"]
        # an import that was never measured, as no program of ours leaves one
        self.import_ = self.cluster.sql("INSERT INTO kairan.import (reason, file_name) VALUES ('test', 'test') "
                                        "RETURNING id")[0][0]
        self.make_staff()
        self.ids["/inspections"] = self.cluster.sql(
            "INSERT INTO kairan.inspection (kind, since, until, reason, inspector) "
            "SELECT 'regular', now(), now(), '', min(id) FROM kairan.person RETURNING id")[0][0]
        self.sign_in_all()

    def sign_in_all(self):
        """A session in every role at home and away, and those of nobody and of no post."""
        self.clients = {(role, code): self.fresh(role, code) for role in ROLES for code in self.homes(role)}
        self.clients["nobody", None] = self.stranger()
        self.clients["no post", None] = self.fresh("no post", None)

    def make_staff(self):
        """Somebody of whom the desk's pages are, with a delegation and an instruction to knock at."""
        self.victim = self.people.add("victim", ("drafter", HOME))
        home, boss = self.people.department(HOME), self.people.add("boss", ("administrator", None))
        self.ids = {"{post}": self.look(f"SELECT max(id) FROM kairan.post WHERE person = {self.victim}")[0][0],
                    "/staff": self.victim, "/departments": home}
        self.ids["/delegations"] = self.people.sql(
            "INSERT INTO kairan.delegation (department, person, during, reason, made_by) "
            "VALUES (%s, %s, tstzrange(now(), now() + '1 day'), 'x', %s) RETURNING id", (home, self.victim, boss))[0][0]
        self.ids["/instructions"] = self.people.sql(
            "INSERT INTO kairan.instruction (department, person, cause, body, made_by) "
            "VALUES (%s, %s, 1, 'x', %s) RETURNING id", (home, self.victim, boss))[0][0]
        chief = self.fresh("approver", HOME)
        answer = chief.raw("POST", "/forms/new/1", allow_redirects=False, data={
            "csrf": chief.csrf, "login": "newcomer", "name": "新人", "role": "drafter", "reason": "x"})
        self.ids["/forms"] = answer.headers["location"].split("/")[-1]

    @staticmethod
    def homes(role):
        return (None,) if role in ("administrator", "auditor", "no post") else (HOME, AWAY)

    def fresh(self, role, code):
        """A new session in a role."""
        login = {"administrator": "admin", "auditor": "auditor", "no post": "two-posts",
                 "approver": f"{code}-chief"}.get(role, f"{role}-{code}")
        return self.people.signed_in(login, None if role == "no post" else role, code)

    def stranger(self, face="staff"):
        client = Client(self.system.settings[f"{face}_url"])
        client.get("/sign-in" if face == "staff" else "/")
        return client

    def path(self, row):
        if row.path.startswith("/me/sessions/{id}"):
            return row.path.replace("{id}", "999999999")  # nobody's
        root = "/" + row.path.split("/")[1]
        number = self.import_ if root == "/import" else self.ids.get(root, self.alert)
        return row.path.replace("{post}", str(self.ids["{post}"])).replace("{id}", str(number)).replace("{token}", "x" * 22)

    def look(self, statement):
        """As cluster.sql, over one connection: it is asked some thousand times."""
        with self.link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def refusals(self):
        return self.look("SELECT count(*) FROM kairan.oplog WHERE result = 'refused'")[0][0]

    def state(self):
        """What no refused request may have changed; the log and marks of being seen aside."""
        counted = ["alert", "alert_version", "approval", "alert_return", "import", "signup", "letter", "contact",
                   "session", "person", "post", "department", "delegation", "instruction", "sanction", "guest",
                   "form", "form_event", "form_pending"]
        counts = ", ".join(f"(SELECT count(*) FROM kairan.{table})" for table in counted)
        return self.look(f"""SELECT {counts}, (SELECT count(*) FROM kairan.session WHERE ended_at IS NULL),
            (SELECT json_agg((id, state, version) ORDER BY id)::text FROM kairan.alert),
            (SELECT json_agg((id, state) ORDER BY id)::text FROM kairan.import)""")


def ask(client, method, path, fields=None):
    """The answer itself, redirects not followed; fields as a form when there are any."""
    return client.raw(method, path, allow_redirects=False, **({"data": fields} if fields is not None else {}))


def is_allowed(row, role):
    return "anybody" in row.roles or role in row.roles or ("signed-in" in row.roles and role != "nobody")


def expected(row, role, code):
    """The statuses a route may give somebody who sends nothing but the form's token."""
    if not is_allowed(row, role):
        return {401} if role == "nobody" else {303} if role == "no post" else {403}
    if code == AWAY and row.path.startswith(("/alerts/{id}", "/delegations/{id}", "/instructions/{id}", "/forms/{id}")):
        # what belongs to another department is as nothing; a number that lacks comes to light before
        return {404, 422}
    if row.path.startswith("/apply/") and "{token}" in row.path:
        return {404}
    if row.path.endswith(".csv") or row.path.startswith("/me/sessions/{id}"):
        return {200, 404}
    return {200, 303} if row.method == "GET" else {303, 409, 422}


@pytest.mark.parametrize("row", STAFF, ids=name_of)
def test_every_route_in_every_role(town, row):
    """A role that lacks is refused and on record; another department's alert is as one that does not exist."""
    for (role, code), client in list(town.clients.items()):
        if row.path in ("/sign-out", "/lost-device") or (row.path == "/post" and row.method == "POST"):
            client = town.stranger() if role == "nobody" else town.fresh(role, code)  # they end sessions
        before, recorded = town.state(), town.refusals()
        fields = {"csrf": client.csrf} if row.method == "POST" else None
        answer = ask(client, row.method, town.path(row), fields)
        assert answer.status_code in expected(row, role, code), (role, code, answer.text[:300])
        if not is_allowed(row, role):
            assert town.state() == before, (role, code)
            assert town.refusals() - recorded == (answer.status_code == 403), (role, code)
            wanted = {303: "/post"}.get(answer.status_code)
            assert answer.headers.get("location") == wanted
    if row.path == "/lost-device":
        town.sign_in_all()  # it ended every session of everybody


def test_who_may_is_said_with_the_act():
    """Routes that differ from the table of acts are these alone."""
    others = {row.path for row in STAFF if row.act and row.roles != vocabulary.ACTS[row.act].who}
    assert others == {"/staff/{id}/sessions", "/staff/{id}/change"} | {row.path for row in STAFF if row.path.startswith("/apply/")}


def test_head_is_as_get(town):
    """HEAD asks for the same post as GET does, and says nothing more."""
    for row in STAFF:
        if row.method == "GET" and row.roles != {"anybody"}:
            for who in (("nobody", None), ("drafter", HOME), ("administrator", None)):
                got, head = (ask(town.clients[who], method, town.path(row)) for method in ("GET", "HEAD"))
                assert (head.status_code, head.content) == (got.status_code, b""), (row, who)


def test_strangers_are_sent_to_sign_in(town):
    """A browser is led to the sign-in page, and from there back; an act is refused."""
    for row in STAFF:
        if row.roles == {"anybody"}:
            continue
        answer = Client(town.system.settings["staff_url"]).raw(
            row.method, town.path(row), headers={"Accept": "text/html"}, allow_redirects=False)
        if row.method == "GET":
            assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"), row
        else:
            assert answer.status_code == 401, row


@pytest.mark.parametrize("row", STAFF, ids=name_of)
def test_g12_a_password_that_is_over_opens_its_change_alone(town, row):
    """001 ch. 2 section 6(2)(3), 004 section 12-1: with a one-time or too old password nothing is reached but the page that changes
    it and the way out. A browser is led there, a script is refused; nothing happens, and the refusal is on record."""
    town.look("INSERT INTO kairan.credential (person, salt, cost, verifier) SELECT p.id, substr(sha256('salt'), 1, 16), "
              "'scrypt:17:8:1', sha256('x') FROM kairan.person p WHERE p.login = 'drafter-bousai' ON CONFLICT DO NOTHING RETURNING 1")
    over = {"one-time": "one_time = true, one_time_until = now() + interval '1 day'", "too old": "set_at = now() - interval '91 days'"}
    fresh = "one_time = false, one_time_until = NULL, one_time_used = NULL, set_at = now()"
    whose = "WHERE person = (SELECT id FROM kairan.person WHERE login = 'drafter-bousai') RETURNING 1"
    for how, columns in over.items():
        client = town.fresh("drafter", HOME)
        town.look(f"UPDATE kairan.credential SET {columns} {whose}")
        try:
            if row.path in ("/sign-out", "/password"):
                assert "password" in row.stages.split(",") and is_reached(town, client, row), how
            elif row.path != "/health":  # it knows no cookie
                assert "password" not in row.stages.split(",") and not is_reached(town, client, row), how
        finally:
            town.look(f"UPDATE kairan.credential SET {fresh} {whose}")


def is_reached(town, client, row):
    """Whether somebody whose session is not open gets any further than to be sent to /password."""
    before, recorded = town.state(), town.refusals()
    fields = {"csrf": client.csrf} if row.method == "POST" else None
    answer = ask(client, row.method, town.path(row), fields)
    page = client.raw(row.method, town.path(row), headers={"Accept": "text/html"}, data=fields, allow_redirects=False)
    if answer.status_code != 403 or answer.json()["error"]["field"] != "password":
        return True
    assert town.state() == before
    if row.method == "POST":
        assert page.status_code == 403 and town.refusals() == recorded + 2
    else:
        assert page.headers["location"].split("?")[0] == "/password" and town.refusals() == recorded + 1
    return False


STAGES = {  # how a drafter's session comes into each stage, and out of it
    "factor": ("INSERT INTO kairan.factor (person, seed, confirmed_at) SELECT {person}, 'x', now() "
               "ON CONFLICT (person) DO UPDATE SET seed = 'x', confirmed_at = now() RETURNING 1",
               "DELETE FROM kairan.factor WHERE person = {person} RETURNING 1"),
    "hours": ("WITH s AS (UPDATE kairan.session SET odd = true WHERE person = {person}) UPDATE kairan.access_rule SET enforced = true RETURNING 1",
              "WITH s AS (UPDATE kairan.session SET odd = false WHERE person = {person}) UPDATE kairan.access_rule SET enforced = false RETURNING 1"),
    "enrol": ("UPDATE kairan.access_rule SET factor_roles = '{{drafter}}' RETURNING 1",
              "UPDATE kairan.access_rule SET factor_roles = '{{}}' RETURNING 1")}


@pytest.mark.parametrize("stage", STAGES)
def test_a_session_that_is_not_open_reaches_its_own_pages_alone(town, stage):
    """D25, 002 section 13: by the table; every other address is refused, to the page that comes first, and nothing happens."""
    person = town.look("SELECT id FROM kairan.person WHERE login = 'drafter-bousai'")[0][0]
    client = town.fresh("drafter", HOME)
    begin, end = (statement.format(person=person) for statement in STAGES[stage])
    town.look(begin)
    try:
        for row in STAFF:
            if row.path == "/health" or stage in row.stages.split(","):
                continue
            before = town.state()
            fields = {"csrf": client.csrf} if row.method == "POST" else None
            answer = ask(client, row.method, town.path(row), fields)
            assert (answer.status_code, answer.json()["error"]["field"]) == (403, stage), row
            assert town.state() == before, row
    finally:
        town.look(end)
    reached = {(row.method, row.path) for row in STAFF if stage in row.stages.split(",")}
    assert ("POST", "/sign-out") in reached and len(reached) <= 8
    assert ask(client, "GET", "/alerts").status_code == 200, "open again"


def malformed_tokens(own, other_person, other_session):
    """A21: none, empty, malformed, another person's, another session's; and near misses."""
    return {"none": {}, "empty": {"csrf": ""}, "long": {"csrf": "x" * 60000}, "cut": {"csrf": own[:-1]},
            "other case": {"csrf": own.swapcase()}, "not ASCII": {"csrf": "あ" * 43},
            "another person's": {"csrf": other_person}, "another session's": {"csrf": other_session}}


@pytest.mark.parametrize("row", ACTS, ids=name_of)
def test_every_act_needs_its_token(town, row):
    """Refused with 403, on record where somebody is signed in, and nothing has happened."""
    own, other, same = clients_for(town, row)
    before = town.state()
    if row.token == "no-form-token":
        assert row.path == "/leave/{token}", "RFC 8058 alone asks for no token"
        assert ask(Client(own.url), "POST", town.path(row), {}).status_code == 404
        return
    signed_in = row.face == "staff" and "anybody" not in row.roles
    for case, fields in malformed_tokens(own.csrf, other.csrf, same.csrf).items():
        recorded = town.refusals()
        answer = ask(own, "POST", town.path(row), fields)
        assert answer.status_code == 403, (case, answer.text[:300])
        assert town.refusals() - recorded == signed_in, case
    assert ask(own, "POST", town.path(row), {"csrf": "x" * (1 << 20)}).status_code in (403, 413)
    assert town.state() == before


def clients_for(town, row):
    """Somebody who may do it, somebody else who may, and the first one's other session."""
    if row.face == "public":
        return [town.stranger("public") for _ in range(3)]
    role = next((role for role in ROLES if role in row.roles), None)
    if role is None and row.roles == {"anybody"}:
        return [town.stranger() for _ in range(3)]
    role = role or "drafter"
    code = None if role == "administrator" else HOME
    other = town.fresh("auditor" if role == "administrator" else role, AWAY if code else None)
    return town.fresh(role, code), other, town.fresh(role, code)


def test_numbers_in_paths(town):
    """What is no id is no page, for everybody who may ask at all."""
    for role, code, path in (("drafter", HOME, "/alerts/{}"), ("drafter", HOME, "/alerts/{}/edit"),
                             ("administrator", None, "/import/{}"), ("administrator", None, "/staff/{}"),
                             ("administrator", None, "/departments/{}/rename"),
                             ("approver", HOME, "/instructions/{}/answer")):
        for bad in ("0", "-1", "1.5", "1e3", "01", "9223372036854775808", "9" * 200, "x", "1%2f", "1%00", "１",
                    "9223372036854775807"):
            answer = ask(town.clients[role, code], "GET", path.format(bad))
            assert answer.status_code in (400, 404), (path, bad)
