"""Who looks at personal data of others is on record (004 section 8): each page of the console either writes a row or shows none."""
import pytest

from harness.routes import ROUTES

# path: (the row's act, its object)
SHOWS = {
    "/staff": ("staff.read", "/staff"),
    "/staff/{id}": ("staff.read", "person {person}"),
    "/staff/{id}/change": ("staff.read", "/staff/{person}/change"),
    "/delegations": ("delegation.read", "/delegations"),
    "/instructions": ("instruction.read", "/instructions"),
    "/factors": ("factor.read", "/factors"),
    "/hours/permits": ("hours.read", "/hours/permits"),
    "/suspended": ("contact.read", "/suspended"),
    "/import/{id}": ("import.read", "/import/{import}"),
    "/import/{id}/refused.csv": ("import.export", "/import/{import}/refused.csv"),
    "/alerts/{id}/report.csv": ("report.read", "/alerts/{alert}/report.csv"),
    "/forms": ("form.read", "/forms"),
    "/forms/{id}": ("form.read", "form {form}"),
    "/forms/{id}/print": ("form.read", "form {form}"),
    "/usage": ("usage.read", "/usage"),
}
# Pages without a row, and why.
SHOW_NONE = {
    "one's own": {"/", "/post", "/password", "/me", "/hours", "/factor", "/factor/setup", "/factor/qr.svg", "/lost-device"},
    "what somebody without a session typed": {"/apply", "/apply/1", "/apply/2", "/apply/3", "/apply/confirm/{token}",
                                              "/apply/again/{token}"},
    "alerts, numbers, states": {"/alerts", "/alerts/new", "/alerts/{id}", "/alerts/{id}/edit", "/alerts/{id}/report", "/sending",
                                "/health", "/sign-in", "/calendar", "/departments", "/departments/add", "/departments/{id}/rename",
                                "/import", "/log/verify", "/log/years"},
    "the log itself: rows of reading it would bury what is looked for": {"/log", "/inspections", "/inspections/{id}"},
    "a form that names whom it is about": {
        "/staff/new", "/staff/guest", "/staff/{id}/post", "/staff/{id}/suspend", "/staff/{id}/lift", "/staff/{id}/sessions",
        "/staff/{id}/instruct", "/staff/{id}/extend", "/staff/{id}/posts/{post}/end", "/staff/{id}/posts/{post}/transfer",
        "/staff/{id}/posts/{post}/revoke", "/departments/{id}/approver", "/delegations/delegate", "/delegations/{id}/call-off",
        "/instructions/{id}/acknowledge", "/instructions/{id}/answer",
        "/forms/new/1", "/forms/new/2", "/forms/new/3", "/forms/{id}/change"},
}


@pytest.fixture(scope="module")
def numbers(people):
    person = people.add("looked-at", ("drafter", "suido"))
    import_ = people.sql("INSERT INTO kairan.import (reason, file_name) VALUES ('test', 'test') RETURNING id")[0][0]
    writer = people.signed_in("writer", "drafter", "suido")
    form = writer.get("/alerts/new")
    alert = writer.post("/alerts", {"title": "断水", "body": "断水します。", "act": "save", "area": form["areas"][0]["id"],
                                    "category": form["categories"][0]["id"]})["alert"]["id"]
    head = people.signed_in("suido-chief", "approver", "suido")
    answer = head.raw("POST", "/forms/new/1", allow_redirects=False, data={
        "csrf": head.csrf, "login": "newcomer", "name": "新人", "role": "drafter", "reason": "異動"})
    return {"person": person, "import": import_, "alert": alert, "form": answer.headers["location"].split("/")[-1]}


def test_every_page_is_in_one_of_the_lists():
    pages = {row.path for row in ROUTES if row.face == "staff" and row.method == "GET"}
    none = set().union(*SHOW_NONE.values())
    assert pages == set(SHOWS) | none and not set(SHOWS) & none


@pytest.mark.parametrize("path", SHOWS)
def test_004_8_1_a_look_is_on_record(people, numbers, path):
    act, object_ = SHOWS[path]
    root = path.split("/")[1]
    number = numbers[{"staff": "person", "import": "import", "alerts": "alert", "forms": "form"}.get(root, "person")]
    admin = people.signed_in("admin", "administrator")
    count = ("SELECT count(*) FROM kairan.oplog WHERE act = %s AND object = %s AND login = 'admin' AND role = 'administrator' "
             "AND result = 'done' AND request IS NOT NULL")
    row = (act, object_.format(**numbers))
    people.sql("SET session_replication_role = replica; UPDATE kairan.oplog SET at = at - interval '2 minutes' WHERE person IS NOT NULL; "
               "SET session_replication_role = origin")  # looks of the tests before are no longer the same look
    before = people.sql(count, row)[0][0]
    answer = admin.raw("GET", path.format(id=number, post=0))
    assert answer.status_code == 200, answer.text
    assert people.sql(count, row)[0][0] == before + 1
