"""Forms 1 to 3 without sign-in: from the staff network, confirmed by a link that is mailed to the head's address
(004 sections 10 to 12). The letters are read as they came out of the relay."""
import base64
import re

import pytest

from harness.browser import open_browser
from harness.client import Client, Refused
from harness.mailbox import check_bytes, parse, text_of, wait_mail
from harness.people import People
from harness.system import System

CHIEF = "bousai-chief@city.kairan.example"
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def system(cluster, tmp_path_factory):
    town = System(cluster, tmp_path_factory.mktemp("system"), apply_tries_per_network_hour=1000,
                  apply_mails_per_address_hour=10)
    cluster.system = town
    try:
        town.start_inbox()
        town.make_town()
        town.start_workers()
        town.start_faces()
        yield town
    finally:
        town.stop()


@pytest.fixture(scope="module")
def people(system):
    return People(system)


@pytest.fixture
def stranger(system):
    client = Client(system.settings["staff_url"])
    client.get("/apply")
    return client


@pytest.fixture
def admin(people):
    return people.signed_in("admin", "administrator")


def typed(people, **fields):
    return {"department": people.department("bousai"), "head": "防災課長", "head_mail": CHIEF, "login": "new-one",
            "name": "新人", "role": "drafter", "reason": "異動のため", **fields}


def letter(system, address, after, subject):
    """The text and the link of the next letter to an address, its bytes looked at."""
    raw = wait_mail(system.inbox, address, after, subject=subject)
    check_bytes(raw)
    mail = parse(raw)
    assert not mail.defects and mail["Auto-Submitted"] == "auto-generated" and subject in mail["Subject"]
    assert [to.addr_spec for to in mail["To"].addresses] == [address] and not {"Cc", "Bcc"} & set(mail.keys())
    text = text_of(mail)
    assert "{" not in text
    link, = re.findall(rf"^{re.escape(system.settings['staff_url'])}(/\S+)$", text, re.M)
    return text, link


def request(system, client, kind, fields):
    """Applies; the link of the letter that comes."""
    after = len(system.inbox.mails)
    client.post(f"/apply/{kind}", fields)
    return letter(system, fields["head_mail"], after, "申請の確認")[1]


def page(client, method, path, fields=None):
    data = {"csrf": client.csrf, **fields} if fields is not None else None
    return client.raw(method, path, data=data, headers=PAGE, allow_redirects=False)


def forms(admin, login):
    return [row for row in admin.get("/forms?show=all")["rows"] if row["login"] == login]


def act(client, form, what, **fields):
    return client.post(f"/forms/{form['id']}/{what}", {"version": form["version"], **fields})


def test_004_10_1_to_3_the_whole_way(system, people, admin, stranger):
    assert 'href="/apply"' in page(stranger, "GET", "/sign-in").text
    link = request(system, stranger, 1, typed(people))
    assert re.fullmatch(r"/apply/confirm/[\w-]{43}", link)
    for _ in range(2):  # a look changes nothing
        assert "この内容で申請する" in page(stranger, "GET", link).text
        assert not forms(admin, "new-one")
    first, second = stranger.post(link), stranger.post(link)
    assert first["number"] == second["number"] and len(forms(admin, "new-one")) == 1
    form = admin.get(f"/forms/{forms(admin, 'new-one')[0]['id']}")
    assert form["number"] == first["number"] and form["head_known"] and form["without_sign_in"]
    assert form["events"][0]["address"] == CHIEF
    assert f"確認に使われたメールアドレス： {CHIEF}" in page(admin, "GET", f"/forms/{form['id']}").text
    assert admin.get("/log?act=form.apply")["rows"][0]["reason_text"] == f"{form['number']}（サインインなし）"
    after = len(system.inbox.mails)
    made = act(admin, form, "accept")
    assert made["password"] not in letter(system, CHIEF, after, "申請が承認されました")[0]
    assert people.sql("SELECT count(*) FROM kairan.person WHERE login = 'new-one'") == [(1,)]


QUESTION = "氏名は <b>正しい</b>ですか?\r\n.\r\n\tBcc: x@elsewhere.example\r\n\r\n{link} 😀"
SHOWN = "  氏名は <b>正しい</b>ですか?\n  .\n   Bcc: x@elsewhere.example\n  \n  {link} 😀\n"


def test_004_10_2_the_question_and_the_refusal_come_by_mail(system, people, admin, stranger):
    """The administrator's words stand in the letter as they are; the answer goes by its link, once."""
    stranger.post(request(system, stranger, 1, typed(people, login="asked-one", name="<i>名</i>")))
    form = forms(admin, "asked-one")[0]
    after = len(system.inbox.mails)
    form = act(admin, form, "ask", reason=QUESTION)
    raw = wait_mail(system.inbox, CHIEF, after, subject="申請が差し戻されました")
    check_bytes(raw)
    text = text_of(parse(raw))
    assert SHOWN in text and form["number"] in text and "有効期限：20" in text
    link = re.search(r"(/apply/again/[\w-]{43})\n", text)[1]
    shown = page(stranger, "GET", link).text
    assert "&lt;b&gt;正しい&lt;/b&gt;" in shown and "&lt;i&gt;名&lt;/i&gt;" in shown
    kept = page(stranger, "POST", link, {"login": "asked-one", "name": "", "role": "drafter", "reason": "直しました"})
    assert kept.status_code == 422 and "直しました" in kept.text
    stranger.post(link, {"login": "asked-one", "name": "正しい名", "role": "drafter", "reason": "直しました"})
    assert page(stranger, "GET", link).status_code == page(stranger, "POST", link, {}).status_code == 404
    form = admin.get(f"/forms/{form['id']}")
    assert (form["state"], form["version"], form["name"]) == ("applied", 3, "正しい名")
    after = len(system.inbox.mails)
    act(admin, form, "refuse", reason="定員のため")
    assert "理由：\n  定員のため\n" in letter(system, CHIEF, after, "承認されませんでした")[0]


def test_004_10_2_a_signed_in_head_reads_the_reason_in_the_mail(system, people, admin):
    head = people.signed_in("bousai-chief", "approver", "bousai")
    for what, subject in (("ask", "差し戻されました"), ("refuse", "承認されませんでした")):
        form = head.post("/forms/new/1", {"login": f"mail-{what}", "name": "n", "role": "drafter", "reason": "r"})
        after = len(system.inbox.mails)
        act(admin, form, what, reason="理由です")
        text, link = letter(system, CHIEF, after, subject)
        assert "\n  理由です\n" in text and form["number"] in text and link == f"/forms/{form['id']}"


def test_004_10_2_an_unknown_address_is_said_and_made_sure_of(system, people, admin, stranger):
    fields = typed(people, login="of-unknown", head_mail="Nobody.Known@city.kairan.example")
    stranger.post(request(system, stranger, 1, fields))
    form = admin.get(f"/forms/{forms(admin, 'of-unknown')[0]['id']}")
    assert not form["head_known"]
    shown = page(admin, "GET", f"/forms/{form['id']}").text
    assert "この所属の所属長として登録されたメールアドレスではありません" in shown and 'name="note"' in shown
    refused = page(admin, "POST", f"/forms/{form['id']}/accept", {"version": form["version"], "note": " "})
    assert refused.status_code == 422 and 'href="#note"' in refused.text
    act(admin, form, "accept", note="内線で確認")
    assert admin.get(f"/forms/{form['id']}")["events"][1]["note"] == "内線で確認"


def without_frame(tree):
    return {key: value for key, value in tree.items() if key != "frame"}


def test_004_12_2_a_stranger_learns_nothing(system, people, stranger):
    """Whoever has the address and the user ID, or nobody: the same answers, and at the link what was typed alone."""
    sent, shown, done = [], [], []
    for login, mail in (("bousai-1", CHIEF), ("bousai-1", "stranger@city.kairan.example"), ("nobody-here", CHIEF),
                        ("suido-1", CHIEF)):
        fields = {**typed(people), "login": login, "head_mail": mail}
        after = len(system.inbox.mails)
        sent.append(without_frame(stranger.post("/apply/3", fields)))
        link = letter(system, mail, after, "申請の確認")[1]
        for trees, tree in ((shown, stranger.get(link)), (done, stranger.post(link))):
            tree = without_frame(tree)
            assert tree.pop("login") == login and tree.pop("head_mail") == mail
            trees.append({**tree, "number": "", "number_en": "", "action": ""})
    for trees in (sent, shown, done):
        assert all(tree == trees[0] for tree in trees), trees


def test_004_12_3_a_head_whose_password_is_lost(system, people, admin, stranger):
    link = request(system, stranger, 3, typed(people, login="bousai-chief", reason="失念し、緊急の配信に支障があるため"))
    stranger.post(link)
    form = forms(admin, "bousai-chief")[0]
    assert act(admin, form, "accept")["password"]


def test_004_11_the_post_ends(system, people, admin, stranger):
    people.add("open-leaver", ("drafter", "bousai"))
    stranger.post(request(system, stranger, 2, typed(people, login="open-leaver", name="")))
    assert act(admin, forms(admin, "open-leaver")[0], "accept")["state"] == "accepted"
    assert people.sql("SELECT count(*) FROM kairan.post o JOIN kairan.person p ON p.id = o.person "
                      "WHERE p.login = 'open-leaver' AND o.during @> now()") == [(0,)]


BAD_MAIL = ("", "x", "x@elsewhere.example", "x@city.kairan.example.elsewhere.example", "x@kairan.example",
            "x@ci\u3000ty.kairan.example", "a@b@city.kairan.example", "x@city.kairan.example\r\nBcc: y@elsewhere.example",
            "<x>@city.kairan.example", '"x y"@city.kairan.example', "x" * 65 + "@city.kairan.example", "＠city.kairan.example")


def test_004_10_1_bad_input_is_named_and_kept(system, people, stranger):
    waiting = people.sql("SELECT count(*) FROM kairan.form_pending")
    for mail in BAD_MAIL:
        answer = page(stranger, "POST", "/apply/1", typed(people, head_mail=mail, head="<script>課長"))
        assert answer.status_code == 422 and 'href="#head_mail"' in answer.text, mail
        assert "&lt;script&gt;課長" in answer.text and "<script>課長" not in answer.text
    for field, values in {"department": ("", "0", "999999999", "x", "9" * 30), "head": ("", " ", "h" * 101),
                          "login": ("", "N!", "x" * 33, "あ"), "role": ("", "king"), "name": ("", "n" * 101),
                          "from": ("2020-01-01", "x", "2027-02-30"), "reason": ("", "r" * 401)}.items():
        for value in values:
            answer = page(stranger, "POST", "/apply/1", typed(people, **{field: value}))
            assert answer.status_code == 422 and f'href="#{field}"' in answer.text, (field, value)
    assert people.sql("SELECT count(*) FROM kairan.form_pending") == waiting


def test_004_10_1_links_that_are_none(system, people, stranger):
    link = request(system, stranger, 1, typed(people, login="never-one"))
    token = link.split("/")[-1]
    people.sql("UPDATE kairan.form_pending SET expires = now() - interval '1 second' WHERE form IS NULL")
    for bad in (token, token[:-1], token + "x", token.swapcase(), "x" * 43, "x", "あ", "..", "x" * 5000):
        for path in (f"/apply/confirm/{bad}", f"/apply/again/{bad}"):
            assert page(stranger, "GET", path).status_code in (400, 404), path
            assert page(stranger, "POST", path, {}).status_code in (400, 404), path
    assert people.sql("SELECT count(*) FROM kairan.form WHERE login = 'never-one'") == [(0,)]


def test_004_10_1_too_many_are_told_by_network_and_silent_by_address(system, people, make_system):
    other = make_system(apply_tries_per_network_hour=1, apply_mails_per_address_hour=1)
    other.write_config()
    other.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    client = Client(other.settings["staff_url"])
    client.get("/apply")
    people.sql("DELETE FROM kairan.throttle WHERE kind LIKE 'apply-%'")
    fields = typed(people, head_mail="many@city.kairan.example")
    assert page(client, "POST", "/apply/1", fields).status_code == 200
    answer = page(client, "POST", "/apply/1", {**fields, "reason": "もう一度"})
    assert answer.status_code == 429 and "もう一度" in answer.text
    people.sql("DELETE FROM kairan.throttle WHERE kind = 'apply-network'")
    assert page(client, "POST", "/apply/1", fields).status_code == 200  # the same page, and no letter
    assert people.sql("SELECT count(*) FROM kairan.form_pending WHERE said ->> 'head_mail' = 'many@city.kairan.example'") == [(1,)]


def test_004_10_1_turned_off_it_says_so(system, people, make_system):
    other = make_system(staff_mail_domains="")
    other.write_config()
    other.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    client = Client(other.settings["staff_url"])
    client.get("/apply")
    assert "/apply" not in page(client, "GET", "/sign-in").text
    shown = page(client, "GET", "/apply").text
    assert "受け付けていません" in shown and "/apply/1" not in shown
    for method in ("GET", "POST"):
        answer = page(client, method, "/apply/1", typed(people) if method == "POST" else None)
        assert answer.status_code == 403 and "受け付けていません" in answer.text


def test_the_residents_face_has_none_of_it(system):
    client = Client(system.settings["public_url"])
    for path in ("/apply", "/apply/1", f"/apply/confirm/{'x' * 43}"):
        with pytest.raises(Refused) as caught:
            client.get(path)
        assert caught.value.status == 404


def test_004_10_a_form_is_one_a4_page_with_the_longest_texts(system, people, admin, stranger, tmp_path):
    fields = typed(people, login="x" * 32, name="名" * 100, head="長" * 100, mail="m" * 64 + "@city.kairan.example",
                   head_mail="h" * 64 + "@city.kairan.example", reason="理由" * 200)
    stranger.post(request(system, stranger, 1, fields))
    browser = open_browser(tmp_path)
    try:
        browser.get(system.settings["staff_url"] + "/sign-in")
        browser.add_cookie({"name": "kairan", "value": admin.http.cookies.get("kairan")})
        browser.get(f"{system.settings['staff_url']}/forms/{forms(admin, 'x' * 32)[0]['id']}/print")
        assert "確認済みメールアドレス" in browser.page_source
        paper = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    finally:
        browser.quit()
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
