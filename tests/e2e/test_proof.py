"""What weighs heavy asks again who it is when the last proof of the second factor is older than the rule says: approving, exporting,
changing roles, removing old years (security D25). core/office/who_may.txt says of each act what it weighs."""
import datetime

import pytest

from harness.routes import ROUTES
from harness.vocabulary import ACTS

TOKYO = datetime.timezone(datetime.timedelta(hours=9))
TEXT = "長く書いた理由です。"


def day(ahead):
    return (datetime.datetime.now(TOKYO) + datetime.timedelta(days=ahead)).strftime("%Y-%m-%d")


class Case:
    """One act, ready to be done: who, where, what is typed."""

    def __init__(self, people):
        self.people = people
        self.number = people.sql("SELECT count(*) FROM kairan.person")[0][0]
        self.suido = people.department("suido")

    def victim(self, *posts):
        return self.people.add(f"victim-{self.number}", *(posts or [("drafter", "suido")]))

    def post(self, person):
        return self.people.sql("SELECT max(id) FROM kairan.post WHERE person = %s", (person,))[0][0]

    def guest(self):
        person = self.victim()
        self.people.sql("UPDATE kairan.post SET during = tstzrange(lower(during), now() + interval '1 minute') WHERE person = %s", (person,))
        self.people.sql("INSERT INTO kairan.guest (person, purpose, organisation, head, reason, during, made_by) "
                        "SELECT person, 'x', 'x', 'x', 'x', during, person FROM kairan.post WHERE person = %s", (person,))
        return person

    def submitted(self):
        writer = self.people.signed_in("writer", "drafter", "suido")
        form = writer.get("/alerts/new")
        return writer.post("/alerts", {"title": "断水", "body": "断水します。", "act": "submit", "where": "some",
                                       "category": form["categories"][0]["id"], "area": form["areas"][0]["id"]})["href"]

    def delegation(self):
        person = self.people.add(f"deputy-{self.number}")
        post = self.people.sql("INSERT INTO kairan.post (person, department, role, during) VALUES (%s, %s, 'delegate', "
                               "tstzrange(now(), now() + '1 day')) RETURNING id", (person, self.suido))[0][0]
        return self.people.sql("INSERT INTO kairan.delegation (department, person, post, during, reason, made_by) "
                               "VALUES (%s, %s, %s, tstzrange(now(), now() + '1 day'), 'x', %s) RETURNING id",
                               (self.suido, person, post, person))[0][0]

    def import_(self):
        return self.people.sql("INSERT INTO kairan.import (reason, file_name) VALUES ('test', 'test') RETURNING id")[0][0]

    def form(self):
        head = proved(self.people, "suido-chief", "1 minute")
        answer = head.raw("POST", "/forms/new/1", allow_redirects=False, data={
            "csrf": head.csrf, "login": f"new-{self.number}", "name": "新人", "role": "drafter", "reason": "異動"})
        return answer.headers["location"]

    def asked(self):
        self.people.sql("DELETE FROM kairan.oplog_purge")
        self.people.sql("INSERT INTO kairan.oplog_purge (year, asked_by) SELECT 2019, max(id) FROM kairan.person")


def old_year(people):
    people.sql("SET search_path = kairan; SELECT oplog_partition(2019)")


NEW = {"name": "新人", "mail": "", "department": 0, "role": "drafter"}
GRAVE = {
    "alert.approve": lambda c: ("suido-chief", c.submitted() + "/approve", {}),
    "report.export": lambda c: ("admin", c.submitted() + "/report.csv", {}),
    "log.export": lambda c: ("admin", "/log.csv", {"words": TEXT}),
    "usage.export": lambda c: ("admin", "/usage.csv", {"since": day(0), "until": day(0)}),
    "import.export": lambda c: ("admin", f"/import/{c.import_()}/refused.csv", None),
    "factor.reset": lambda c: ("admin", "/factors/reset", {"person": with_factor(c.people, c.victim()), "reason": TEXT}),
    "staff.register": lambda c: ("admin", "/staff/new", {**NEW, "login": f"p{c.number}", "department": c.suido, "name": TEXT}),
    "guest.register": lambda c: ("admin", "/staff/guest", {
        **NEW, "login": f"p{c.number}", "department": c.suido, "purpose": TEXT, "organisation": "学校", "head": "課長",
        "until": day(0), "reason": TEXT}),
    "staff.change": lambda c: ("admin", f"/staff/{c.victim()}/change", {"name": TEXT, "mail": ""}),
    "staff.suspend": lambda c: ("admin", f"/staff/{c.victim()}/suspend", {"cause": "1", "note": TEXT}),
    "staff.lift": lambda c: ("admin", f"/staff/{suspended(c.people, c.victim())}/lift", {"reason": TEXT}),
    "staff.transfer": lambda c: ("admin", f"/staff/{c.victim()}/posts/{c.post(c.victim())}/transfer", {
        "department": c.people.department("bousai"), "role": "drafter", "from": "", "reason": TEXT}),
    "post.add": lambda c: ("admin", f"/staff/{c.victim()}/post", {"department": c.people.department("bousai"), "role": "drafter"}),
    "post.end": lambda c: ("admin", f"/staff/{c.victim()}/posts/{c.post(c.victim())}/end", {"until": "", "reason": TEXT}),
    "post.revoke": lambda c: ("admin", f"/staff/{c.victim()}/posts/{c.post(c.victim())}/revoke", {"cause": "1", "note": TEXT}),
    "guest.extend": lambda c: ("admin", f"/staff/{c.guest()}/extend", {"head": "課長", "until": day(0), "reason": TEXT}),
    "department.add": lambda c: ("admin", "/departments/add", {"name": TEXT, "code": f"d{c.number}"}),
    "department.change": lambda c: ("admin", f"/departments/{c.people.department('kosodate')}/rename", {"name": "子育て課", "name_en": TEXT}),
    "approver.change": lambda c: ("admin", f"/departments/{c.people.department('kosodate')}/approver", {
        "login": c.people.sql("SELECT login FROM kairan.person WHERE id = %s", (c.victim(),))[0][0], "reason": TEXT}),
    "delegation.make": lambda c: ("suido-chief", "/delegations/delegate", {"person": belongs(c), "until": day(3), "reason": TEXT}),
    "delegation.revoke": lambda c: ("suido-chief", f"/delegations/{c.delegation()}/call-off", {"reason": TEXT}),
    "hours.permit": lambda c: ("admin", "/hours/permits", {
        "login": "writer", "from": day(1) + "T00:00", "to": day(2) + "T00:00", "reason": TEXT}),
    "form.accept": lambda c: ("admin", c.form() + "/accept", {"version": "1"}),
    "log.purge-ask": lambda c: ("admin", "/log/years/2019/request", {}),
    "log.purge-confirm": lambda c: ("admin", "/log/years/2019/confirm", c.asked() or {}),
}


def with_factor(people, person):
    people.sql("INSERT INTO kairan.factor (person, seed, confirmed_at) VALUES (%s, 'x', now()) "
               "ON CONFLICT (person) DO UPDATE SET seed = 'x', confirmed_at = now()", (person,))
    return person


def suspended(people, person):
    people.sql("UPDATE kairan.person SET suspended_at = now() WHERE id = %s", (person,))
    return person


def belongs(case):
    person = case.people.add(f"member-{case.number}")
    case.people.sql("UPDATE kairan.person SET department = %s WHERE id = %s", (case.suido, person))
    return person


def proved(people, login, ago):
    """A session of who has a second factor, proved so long ago."""
    role, code = ("administrator", None) if login == "admin" else ("approver", "suido")
    with_factor(people, people.sql("SELECT id FROM kairan.person WHERE login = %s", (login,))[0][0])
    client = people.session(login, role, code)
    prove(people, ago)
    client.get("/post")
    return client


def prove(people, ago):
    """The newest session's proof, that long ago."""
    people.sql("UPDATE kairan.session SET proved_at = now() - %s::interval WHERE id = (SELECT max(id) FROM kairan.session)", (ago,))


def done(people, act):
    return people.sql("SELECT count(*) FROM kairan.oplog WHERE act = %s AND result = 'done'", (act,))[0][0]


@pytest.fixture(scope="module", autouse=True)
def years(people):
    old_year(people)


def test_every_act_has_its_weight(people):
    """What can be done at the console is light or grave, grave acts are tried here, and the database knows them all."""
    acts = {row.act for row in ROUTES if row.face == "staff" and (row.method == "POST" or row.act.endswith(".export"))}
    assert acts == {act.code for act in ACTS.values() if act.weight != "look" and act.who != {"-"}}
    grave = {act.code for act in ACTS.values() if act.weight == "grave"}
    assert set(GRAVE) == grave & acts and grave - acts == {"password.reset"}, "inside another act: the acceptance of form 3"
    assert grave == {act for act in ACTS if people.sql("SELECT kairan.act_is_grave(%s)", (act,))[0][0]}


def test_every_file_is_an_export_or_masked():
    """Files of personal data: whole addresses, the log, rows of residents."""
    files = {row.act for row in ROUTES if row.path.endswith(".csv")}
    assert files - set(GRAVE) == {"report.read"}, "addresses in the list for all staff are masked"


@pytest.mark.parametrize("act", GRAVE)
def test_d25_an_old_proof_is_asked_for_again(people, act):
    """With one of 16 minutes ago nothing happens and what was typed is there; with a fresh one the act goes through."""
    login, path, fields = GRAVE[act](Case(people))
    client = proved(people, login, "16 minutes")
    method = "GET" if fields is None else "POST"
    if act == "alert.approve":
        fields["fingerprint"] = client.get(path.rsplit("/", 1)[0])["fingerprint"]
    data = {**(fields or {}), "csrf": client.csrf} if method == "POST" else None
    before = done(people, act)
    answer = client.raw(method, path, data=data, allow_redirects=False)
    assert (answer.status_code, answer.json()["error"]["kind"]) == (403, "stale"), answer.text
    page = client.raw(method, path, data=data, allow_redirects=False, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"})
    if page.status_code == 303:
        assert page.headers["location"].startswith("/factor") and TEXT not in str(fields)
    else:
        assert page.status_code == 403 and 'action="/factor"' in page.text
        assert all(f'name="kept.{name}"' in page.text and str(value) in page.text for name, value in fields.items() if value)
    assert done(people, act) == before
    prove(people, "14 minutes")
    answer = client.raw(method, path, data=data, allow_redirects=False)
    assert answer.status_code in (200, 303), answer.text
    assert done(people, act) == before + 1
