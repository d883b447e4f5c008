"""Forms 1 to 3 over the staff face: the head applies, an administrator decides (004 sections 10 to 12)."""
import base64
import os
import re

import pytest

from harness.browser import open_browser
from harness.client import Refused, sign_in


@pytest.fixture(scope="module")
def admin(people):
    return people.signed_in("admin", "administrator")


@pytest.fixture(scope="module")
def head(people):
    return people.signed_in("bousai-chief", "approver", "bousai")


def apply(client, kind, **fields):
    """The new form's page as its tree."""
    return client.post(f"/forms/new/{kind}", {"reason": "異動のため", **fields})


def choice(head, kind, login):
    """The fields that choose a person, as the page of form 2 or 3 offers them."""
    fields = head.get(f"/forms/new/{kind}")["fields"][0]
    return {fields["id"]: next(o["value"] for o in fields["options"] if f"({login})" in o["name"])}


def newcomer(head, login):
    return apply(head, 1, login=login, name=f"職員 {login}", role="drafter")


def act(client, form, what, **fields):
    return client.post(f"/forms/{form['id']}/{what}", {"version": form["version"], **fields})


def refused(call, *args, **fields):
    with pytest.raises(Refused) as caught:
        call(*args, **fields)
    return caught.value.status, str(caught.value.body)


def opens_the_change_only(people, login, password):
    """The one-time password is right, and leads to its change."""
    with pytest.raises(Refused) as caught:
        sign_in(people.system.settings["staff_url"], login, password)
    return caught.value.status == 403 and caught.value.body["error"]["field"] == "password"


def test_004_10_1_what_lacks_is_named_at_its_field(head):
    status, body = refused(apply, head, 1, login="x1", name="", role="drafter")
    assert status == 422 and "氏名" in body
    page = head.raw("POST", "/forms/new/1", data={"csrf": head.csrf, "login": "N!", "name": "n", "role": "drafter",
                                                  "reason": "r"}, headers={"Accept": "text/html"})
    assert page.status_code == 422 and 'href="#login"' in page.text and 'value="N!"' in page.text


def test_004_10_3_accepted_hands_the_password_over_once(people, admin, head):
    form = newcomer(head, "form-one")
    assert re.fullmatch(r"令和\d+年度第\d+号", form["number"])
    assert form["id"] in [row["id"] for row in admin.get("/forms")["rows"]]
    made = act(admin, form, "accept")
    assert re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", made["password"])
    assert form["id"] not in [row["id"] for row in admin.get("/forms")["rows"]]
    assert form["id"] in [row["id"] for row in admin.get("/forms?show=all")["rows"]]
    assert opens_the_change_only(people, "form-one", made["password"])
    page = admin.raw("GET", f"/forms/{form['id']}", headers={"Accept": "text/html"})
    assert page.status_code == 200 and made["password"] not in page.text
    assert made["password"] not in str(people.sql("SELECT reason, facts FROM kairan.oplog"))


def test_004_10_2_a_form_acted_on_is_not_acted_on_again(admin, head):
    form = newcomer(head, "form-two")
    act(admin, form, "refuse", reason="定員のため")
    for what in ("accept", "ask", "refuse"):
        status, body = refused(act, admin, form, what, reason="x")
        assert status == 409 and "ほかの人" in body
    assert [e["note"] for e in head.get(f"/forms/{form['id']}")["events"]] == ["", "定員のため"]


def test_004_10_2_asked_back_corrected_and_accepted(admin, head):
    form = newcomer(head, "form-three")
    status, _ = refused(act, admin, form, "ask", reason=" ")
    assert status == 422
    form = act(admin, form, "ask", reason="氏名を確認してください")
    assert head.get(f"/forms/{form['id']}/change")["fields"][0]["value"] == "form-three"
    form = head.post(f"/forms/{form['id']}/change", {"login": "form-three", "name": "正しい氏名", "role": "drafter",
                                                     "reason": "訂正", "version": form["version"]})
    assert (form["state"], form["version"], form["name"]) == ("applied", 3, "正しい氏名")
    assert act(admin, form, "accept")["password"]


def html(client, path, fields):
    return client.raw("POST", path, data={"csrf": client.csrf, **fields}, headers={"Accept": "text/html"}, allow_redirects=False)


def test_004_10_2_a_correction_is_of_the_version_that_was_seen(admin, head):
    """Asked back, corrected in another window and asked back anew: the first window is told, and keeps what was typed."""
    form = act(admin, newcomer(head, "form-seen"), "ask", reason="一つ目")
    path = f"/forms/{form['id']}/change"
    seen = re.search(r'name="version" value="(\d+)"', head.raw("GET", path, headers={"Accept": "text/html"}).text)[1]
    fields = {"login": "form-seen", "name": "新人", "role": "drafter", "reason": "訂正"}
    again = head.post(path, {**fields, "version": seen})
    act(admin, again, "ask", reason="二つ目")
    page = html(head, path, {**fields, "name": "<b>古い窓</b>", "version": seen})
    assert page.status_code == 409 and 'value="&lt;b&gt;古い窓&lt;/b&gt;"' in page.text and "ほかの人" in page.text
    assert 'name="version" value="4"' in page.text
    assert html(head, path, {**fields, "version": "4"}).status_code == 303
    for bad in ({}, {"version": ""}, {"version": "0"}, {"version": "x"}, {"version": "9" * 20}):
        assert html(head, path, {**fields, **bad}).status_code in (409, 422), bad


def test_004_10_the_list_goes_on(people, admin, head):
    people.sql("INSERT INTO kairan.form (kind, year, serial, department, head, login, name, role, reason) "
               "SELECT 1, 2020, n, p.department, p.person, 'many', 'n', 'drafter', 'r' FROM generate_series(1, 120) AS n, "
               "kairan.post p WHERE p.role = 'approver' ORDER BY p.id LIMIT 120")
    seen, path = [], "/forms"
    while path:
        page = admin.get(path)
        seen += [row["id"] for row in page["rows"]]
        assert page["pager"]["has_newer"] == (path != "/forms") and len(page["rows"]) <= 50
        path = page["pager"]["older"] if page["pager"]["has_older"] else None
    assert len(seen) >= 120 and seen == sorted(set(seen), reverse=True)
    for bad in ("0", "-1", "x", "9" * 30):
        assert admin.raw("GET", f"/forms?before={bad}").status_code == 422


def test_004_8_looks_are_on_record(people, head):
    """The list names people, so a look at it is a row; a form's row leads to the form."""
    people.add("form-auditor", ("auditor", None))
    auditor = people.signed_in("form-auditor", "auditor")
    form = newcomer(head, "form-looked")
    auditor.get("/forms")
    auditor.get(f"/forms/{form['id']}")
    rows = [row for row in auditor.get("/log?person=form-auditor")["rows"] if row["code"] == "form.read"]
    assert {row["object"] for row in rows} == {"/forms", f"form {form['id']}"}
    assert next(row["href"] for row in rows if row["object"].startswith("form")) == f"/forms/{form['id']}"


def test_004_11_the_post_ends(people, admin, head):
    people.add("form-leaver", ("drafter", "bousai"))
    client = people.signed_in("form-leaver", "drafter", "bousai")
    form = apply(head, 2, **choice(head, 2, "form-leaver"))
    assert act(admin, form, "accept")["state"] == "accepted"
    assert client.raw("GET", "/alerts").status_code in (401, 403, 303)


def test_004_12_2_not_for_people_of_other_departments(people, head):
    stranger = people.add("form-stranger", ("drafter", "suido"))
    post = people.sql("SELECT id FROM kairan.post WHERE person = %s", (stranger,))[0][0]
    for kind, field, value in ((2, "post", post), (3, "staff", stranger)):
        assert "form-stranger" not in str(head.get(f"/forms/new/{kind}"))
        status, body = refused(apply, head, kind, **{field: value})
        assert status == 422 and "自分の所属" in body
        for bad in ("", "0", "-1", "1e3", "x", "9" * 30, "form-stranger"):
            assert refused(apply, head, kind, **{field: bad})[0] == 422, bad


def test_004_12_3_the_password_is_initialised(people, admin, head):
    made = act(admin, newcomer(head, "form-lost"), "accept")
    form = apply(head, 3, reason="失念し、緊急の配信に支障があるため", **choice(head, 3, "form-lost"))
    again = act(admin, form, "accept")
    assert again["password"] != made["password"]
    assert not opens_the_change_only(people, "form-lost", made["password"])
    assert opens_the_change_only(people, "form-lost", again["password"])


def test_004_10_heads_of_others_and_auditors_do_nothing(people, admin, head):
    form = newcomer(head, "form-four")
    other = people.signed_in("suido-chief", "approver", "suido")
    people.add("form-auditor", ("auditor", None))
    auditor = people.signed_in("form-auditor", "auditor")
    assert refused(act, other, form, "withdraw")[0] == 404
    assert other.raw("GET", f"/forms/{form['id']}").status_code == 404
    page = auditor.get(f"/forms/{form['id']}")
    assert not (page["may_decide"] or page["may_change"] or page["may_withdraw"])
    for what in ("accept", "ask", "refuse", "withdraw"):
        assert refused(act, auditor, form, what, reason="x")[0] == 403
    assert act(head, form, "withdraw")["state"] == "withdrawn"


@pytest.mark.parametrize("kind", (1, 2, 3))
def test_004_10_a_form_is_one_a4_page(people, head, tmp_path, kind):
    """The longest reason that is taken still fits."""
    people.add("form-paper", ("drafter", "bousai"))
    fields = choice(head, kind, "form-paper") if kind > 1 else {"login": "form-paper", "name": "職員", "role": "drafter"}
    form = apply(head, kind, reason="理由" * 200, **fields)
    url = people.system.settings["staff_url"]
    browser = open_browser(tmp_path)
    try:
        browser.get(url + "/sign-in")
        browser.add_cookie({"name": "kairan", "value": head.http.cookies.get("kairan")})
        browser.get(f"{url}/forms/{form['id']}/print")
        assert f"様式第{kind}号" in browser.page_source and "決裁欄" in browser.page_source
        paper = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
        if folder := os.environ.get("PICTURES"):
            browser.save_screenshot(f"{folder}/form_print_{kind}.png")
            with open(f"{folder}/form_print_{kind}.pdf", "wb") as out:
                out.write(paper)
            browser.get(f"{url}/forms/{form['id']}")
            browser.save_screenshot(f"{folder}/form_{kind}.png")
            browser.set_window_size(500, 1600)
            browser.get(f"{url}/forms")
            browser.save_screenshot(f"{folder}/forms_{kind}.png")
    finally:
        browser.quit()
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", paper)
    assert (round(float(box[1])), round(float(box[2]))) == (595, 842)
