"""Letters to staff about their accounts, through the workers to the inbox (004 section 12, D21, D24)."""
import re

import pytest

from harness.mailbox import check_bytes, parse, wait_mail
from harness.people import People

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


def letter(system, login, subject):
    raw = wait_mail(system.inbox, login + OURS)
    mail = parse(raw)
    check_bytes(raw)
    assert not mail.defects and mail["Auto-Submitted"] == "auto-generated" and subject in mail["Subject"]
    assert f"{system.settings['staff_url']}/me\n" in mail.get_content().replace("\r\n", "\n")
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
