"""Letters to staff about their accounts, through the workers to the inbox (004 section 12, D21, D24)."""
import re

import pytest

from harness.mailbox import check_bytes, parse, wait_mail
from harness.people import People
from harness.totp import code

OURS = "@city.kairan.example"


@pytest.fixture(scope="module")
def system(cluster, tmp_path_factory):
    """The demo town; one password ends in a week before the workers start."""
    from harness.system import System
    town = System(cluster, tmp_path_factory.mktemp("system"))
    cluster.system = town
    try:
        town.start_inbox()
        town.make_town()
        cluster.sql("UPDATE kairan.credential SET set_at = now() - interval '83 days' WHERE person = "
                    "(SELECT id FROM kairan.person WHERE login = 'suido-1')")
        town.start_workers()
        town.start_faces()
        yield town
    finally:
        town.stop()


def letter(system, login, subject, after=0, page="/me"):
    raw = wait_mail(system.inbox, login + OURS, after, subject=subject)
    mail = parse(raw)
    check_bytes(raw)
    assert not mail.defects and mail["Auto-Submitted"] == "auto-generated" and subject in mail["Subject"]
    assert f"{system.settings['staff_url']}{page}\n" in mail.get_content().replace("\r\n", "\n")
    assert "{" not in mail.get_content()
    return mail.get_content()


def test_004_12_1_the_end_of_a_password_is_told(system):
    text = letter(system, "suido-1", "有効期限")
    assert re.search(r"有効期限：20\d\d-\d\d-\d\d 00:00", text)
    assert system.cluster.sql("SELECT warned FROM kairan.credential WHERE warned IS NOT NULL") == [(7,)]


def test_a_new_place_is_told_in_the_persons_language(system):
    first = system.sign_in("bousai-1")
    first.post("/me/language", {"language": "en"})
    system.sign_in("bousai-1")
    assert "not used" in letter(system, "bousai-1", "new place")


def test_d24_a_change_is_told(system):
    client = system.sign_in("kosodate-1")
    client.get("/password")
    old = system.staff_sheet["kosodate-1"]
    answer = client.raw("POST", "/password", allow_redirects=False, data={
        "old": old, "password": "lamp seven umbrella fog", "again": "lamp seven umbrella fog", "csrf": client.csrf})
    assert answer.status_code == 303
    text = letter(system, "kosodate-1", "パスワードが変更されました")
    assert old not in text and "umbrella" not in text


def test_004_12_3_a_reset_is_told(system):
    """As the page of form 3 will do it."""
    people = People(system)
    token = people.signed_in("admin", "administrator").http.cookies["kairan"]
    people.sql("SELECT kairan.credential_reset(kairan.actor_of(%s, '127.0.0.1'), id, substr(sha256('s'), 1, 16), 'scrypt:17:8:1', "
               "sha256('x'), 'form 3') FROM kairan.person WHERE login = 'suido-2'", (token,))
    assert "24時間以内" in letter(system, "suido-2", "初期化")


def test_d25_every_change_of_a_second_factor_is_told(system):
    """Set up, new recovery codes, one of them used, reset by an administrator: a letter each, in which no code stands."""
    people = People(system)
    person = people.add("phone", ("drafter", "suido"))
    client, admin = people.signed_in("phone", "drafter", "suido"), people.signed_in("admin", "administrator")
    client.http.cookies.set("kairan", client.http.cookies.pop("kairan"), domain="127.0.0.1", path="/")
    client.get("/factor/setup")
    seed = client.post("/factor/setup/new")["seed"]
    codes = []

    def set_up():
        codes[:] = [row["code"] for row in client.post("/factor/setup/confirm", {"code": code(seed)})["codes"]]

    def renew():
        codes[:] = [row["code"] for row in client.post("/factor/setup/codes")["codes"]]

    def recover():
        client.get("/factor")
        client.post("/factor", {"code": codes[0]})

    def reset():
        admin.post("/factors/reset", {"person": person, "reason": "端末の紛失"})

    for act, subject in ((set_up, "二要素認証が設定"), (renew, "回復コードが新しく"), (recover, "回復コードが使われ"),
                         (reset, "二要素認証が初期化")):
        before = len(system.inbox.mails)
        act()
        text = letter(system, "phone", subject, before)
        assert not any(word in text for word in codes) and "端末の紛失" not in text


def test_000_8_12_the_end_of_all_sessions_is_told(system):
    """When the administrator did it; who did it alone knows."""
    people = People(system)
    person = people.add("ended", ("drafter", "suido"))
    people.signed_in("ended", "drafter", "suido").post("/lost-device")
    assert people.sql("SELECT count(*) FROM kairan.letter WHERE address = 'ended@city.kairan.example'") == [(0,)]
    people.signed_in("admin", "administrator").post(f"/staff/{person}/sessions")
    letter(system, "ended", "端末がすべて終了")


def test_004_6_2_an_instruction_is_told_to_the_approver(system):
    people = People(system)
    person, after = people.add("sloppy", ("drafter", "kosodate")), len(system.inbox.mails)
    people.signed_in("admin", "administrator").post(f"/staff/{person}/instruct", {
        "department": people.department("kosodate"), "cause": "1", "body": "誤字が続いています。"})
    text = letter(system, "kosodate-chief", "改善の指示", after, "/instructions")
    assert "誤字" not in text and "sloppy" not in text
