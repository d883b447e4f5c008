"""What was typed comes back when a form cannot be taken: to whom typed it, on our own page, and nothing secret."""
import html
import re

import pytest

from harness.client import Client

TEXTS = {"title": "断水の<b>お知らせ</b>", "body": "午前9時から\n断水します。", "urgent_reason": "命に関わる"}
SECRETS = {"password": "not for anybody's eyes", "token": "a-secret-token"}
PAGE = {"Accept": "text/html"}


@pytest.fixture
def writer(people):
    return people.signed_in("writer", "drafter", "suido")


@pytest.fixture
def late(people, writer):
    """Somebody who wrote for so long that the session is over."""
    people.sql("UPDATE kairan.session SET seen = now() - interval '31 minutes'")
    return writer


def send(client, path="/alerts", **headers):
    return client.raw("POST", path, data={**TEXTS, **SECRETS, "csrf": client.csrf}, allow_redirects=False,
                      headers={**PAGE, **headers})


def shown(answer):
    """What the page gives back to be seen, by field."""
    for secret in SECRETS.values():
        assert secret not in answer.text
    return dict(re.findall(r'<textarea id="kept-\d+" name="(\w+)" rows="2">\n(.*?)</textarea>', answer.text, re.S))


def form_again(answer):
    """The page's form that sends everything once more: where to, and its fields."""
    action, inside = re.search(r'<form method="post" action="([^"]+)" class="card">(.*?)</form>', answer.text, re.S).groups()
    fields = re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', inside, re.S)
    fields += re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', inside)
    return action, [(name, html.unescape(value)) for name, value in fields]


def typed():
    return {**TEXTS, "title": "断水の&lt;b&gt;お知らせ&lt;/b&gt;"}


def test_a_session_that_is_over(people, late):
    answer = send(late)
    assert answer.status_code == 401 and "入力した内容" in answer.text
    assert shown(answer) == typed()
    assert people.sql("SELECT count(*) FROM kairan.alert") == [(0,)]


def test_the_reason_of_a_return(late):
    answer = late.raw("POST", "/alerts/1/return", headers=PAGE, data={"reason": "時刻がない", "csrf": late.csrf})
    assert answer.status_code == 401 and shown(answer) == {"reason": "時刻がない"}


def test_the_form_of_an_earlier_session(people, late):
    """Signed in anew in another tab, the old form is sent once more."""
    again = people.signed_in("writer", "drafter", "suido")
    again.csrf = late.csrf
    answer = send(again, **{"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403 and shown(answer) == typed()


def test_everything_is_sent_again(people, late):
    """Signed in anew, the page's own form stores the alert as it was typed, what was chosen included."""
    again = people.signed_in("writer", "drafter", "suido")
    page = again.get("/alerts/new")
    chosen = {"category": [row["id"] for row in page["categories"]][:2], "area": page["areas"][0]["id"], "urgent": "1", "act": "save"}
    answer = again.raw("POST", "/alerts", data={**TEXTS, **SECRETS, **chosen, "csrf": late.csrf},
                       headers={**PAGE, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    action, fields = form_again(answer)
    assert action == "/alerts" and "password" not in dict(fields)
    answer = again.raw("POST", action, data=fields, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    stored = people.sql("SELECT t.title, t.body, v.urgent_reason, v.categories, v.areas FROM kairan.alert_version v "
                        "JOIN kairan.alert_text t ON t.alert = v.alert AND t.version = v.version ORDER BY v.alert DESC LIMIT 1")
    assert stored == [(TEXTS["title"], TEXTS["body"], TEXTS["urgent_reason"], sorted(chosen["category"]), [chosen["area"]])]


def test_no_database(cluster, make_system):
    system = make_system(database="host='/nowhere' dbname=kairan")
    system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    answer = send(Client(system.settings["staff_url"]), **{"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 503 and shown(answer) == typed()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                                     {"Origin": "http://elsewhere.example"}])
def test_what_others_sent_is_not_shown(late, headers):
    answer = send(late, **headers)
    assert answer.status_code == 401 and shown(answer) == {}


def test_without_a_word_from_the_browser_the_token_decides(late):
    late.csrf = late.csrf[::-1]
    for headers in ({}, {"Origin": "null"}):
        answer = send(late, **headers)
        assert answer.status_code == 401 and shown(answer) == {}


def test_uploads_are_not_shown(late):
    answer = late.raw("POST", "/import", headers=PAGE, data={"reason": "転入", "csrf": late.csrf},
                      files={"file": ("a.csv", b"secret@resident.example"), "body": ("b.txt", b"a file's text")})
    assert answer.status_code == 401 and shown(answer) == {"reason": "転入"}
    assert "secret@" not in answer.text and "a file" not in answer.text


def test_more_than_texts_is_not_held(late):
    """Who is nobody may not make the server keep a whole upload."""
    answer = late.raw("POST", "/import", headers=PAGE, data={"reason": "転入", "csrf": late.csrf},
                      files={"file": ("a.csv", b"x" * (1 << 20))})
    assert answer.status_code == 401 and shown(answer) == {}


def test_scripts_get_the_usual_error(late):
    answer = send(late, Accept="application/json")
    assert answer.status_code == 401
    assert set(answer.json()) == {"error"} and answer.json()["error"]["kind"] == "unsigned"
