"""The demo inbox from outside: mail in, pages and JSON out, rules, and who may change them."""
import smtplib
import socket
import threading

import pytest
import requests

from harness.system import Inbox


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    inbox = Inbox(str(tmp_path_factory.mktemp("inbox")))
    yield inbox
    inbox.stop()


@pytest.fixture
def rule(inbox):
    """Adds rules; they are gone after the test."""
    yield lambda **fields: requests.post(f"{inbox.web}/rules", json=fields, timeout=5)
    requests.post(f"{inbox.web}/rules/clear", json={}, timeout=5)


def connect(inbox):
    host, port = inbox.smtp.split(":")
    return smtplib.SMTP(host, int(port), timeout=10)


def send(inbox, to, text="Subject: x\r\n\r\nhello\r\n"):
    with connect(inbox) as client:
        return client.sendmail("from@city.example", [to], text)


def mails(inbox, **query):
    return requests.get(f"{inbox.web}/mails", params=query, timeout=20).json()["mails"]


def test_mail_is_shown_recorded_and_given_back_raw(inbox):
    text = "Subject: =?UTF-8?B?6YG/6Zuj5oyH56S6?=\r\n\r\n.dot\r\nhttps://city.example/a?b=1\r\n"
    send(inbox, "raw@phone.example", text)
    found = mails(inbox, to="raw@phone.example")
    assert [m["subject"] for m in found] == ["避難指示"]
    raw = requests.get(f"{inbox.web}/mails/{found[0]['id']}/raw", timeout=5)
    assert raw.content == text.encode()
    page = requests.get(f"{inbox.web}/mail/{found[0]['id']}", timeout=5)
    assert 'href="https://city.example/a?b=1"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    inbox.wait(lambda all_mails: [m for m in all_mails if m["to"] == ["raw@phone.example"]])


def test_a_quoted_address_is_found_as_people_type_it(inbox):
    for wire, typed in (('"q..r"@phone.example', "q..r@phone.example"), ('".q"@phone.example', ".q@phone.example"),
                        ('"a b"@phone.example', '"a b"@phone.example')):
        send(inbox, wire)
        assert [m["to"] for m in mails(inbox, to=typed)] == [[typed]]


def test_list_waits_for_mail_that_fits(inbox):
    newest = requests.get(f"{inbox.web}/stats", timeout=5).json()["newest"]
    found = []
    waiting = threading.Thread(target=lambda: found.extend(
        mails(inbox, to="later@phone.example", after=newest, wait_ms=15000)))
    waiting.start()
    send(inbox, "other@phone.example")
    send(inbox, "later@phone.example")
    waiting.join()
    assert [m["to"] for m in found] == [["later@phone.example"]]


def test_list_ends_its_waiting(inbox):
    assert mails(inbox, to="nobody@phone.example", wait_ms=50) == []


def test_refusal_at_rcpt_and_at_the_dot(inbox, rule):
    rule(domain="full.example", act="refuse", at="rcpt", code=452, text="4.2.2 full")
    rule(domain="spam.example", act="refuse", at="dot", code=554, text="5.7.1 spam")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(inbox, "a@full.example")
    assert refused.value.recipients == {"a@full.example": (452, b"4.2.2 full")}
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(inbox, "a@spam.example")
    assert (refused.value.smtp_code, refused.value.smtp_error) == (554, b"5.7.1 spam")
    assert mails(inbox, q="spam.example") == []


def test_delay_at_the_dot_holds_one_connection_only(inbox, rule):
    rule(domain="slow.example", act="delay", at="dot", delay_ms=3000)
    slow = threading.Thread(target=send, args=(inbox, "a@slow.example"))
    slow.start()
    assert mails(inbox, to="a@slow.example", wait_ms=10000)  # kept before the reply
    send(inbox, "a@quick.example")
    assert slow.is_alive()
    slow.join()


@pytest.mark.parametrize("at, kept", [("data", 0), ("dot", 0), ("reply", 1)])
def test_drop_closes_without_a_reply(inbox, rule, at, kept):
    rule(domain=f"{at}.drop.example", act="drop", at=at, times=1)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(inbox, f"a@{at}.drop.example")
    assert len(mails(inbox, to=f"a@{at}.drop.example")) == kept
    send(inbox, f"a@{at}.drop.example")
    assert len(mails(inbox, to=f"a@{at}.drop.example")) == kept + 1


@pytest.mark.parametrize("headers", [
    {"Origin": "http://elsewhere.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/x-www-form-urlencoded"},
])
def test_pages_elsewhere_change_nothing(inbox, headers):
    headers = {"Content-Type": "application/json", **headers}
    reply = requests.post(f"{inbox.web}/rules", data='{"domain":"*","act":"drop"}',
                          headers=headers, timeout=5)
    assert reply.status_code == 403
    rules = requests.get(f"{inbox.web}/rules", headers={"Accept": "application/json"}, timeout=5)
    assert rules.json() == {"rules": []}


def test_own_form_changes_rules(inbox, rule):
    reply = requests.post(f"{inbox.web}/rules", data={"domain": "x.example", "act": "drop"},
                          headers={"Origin": inbox.web}, timeout=5)
    assert reply.history[0].status_code == 303
    assert "x.example" in reply.text


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example", "[::1", ""])
def test_other_host_names_see_nothing(inbox, host):
    reply = requests.get(f"{inbox.web}/mails", headers={"Host": host}, timeout=5)
    assert reply.status_code == 421


@pytest.mark.parametrize("bytes_in", [
    b"\0" * 5000,
    b"POST /rules HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 3000\r\nConnection: close\r\n\r\n" + b"[" * 3000,
    b"GET /%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"GET /mail/99999999999999999999 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
], ids=["NULs", "deep JSON", "NUL in the path", "huge number"])
def test_hostile_requests_leave_it_running(inbox, bytes_in):
    host, port = inbox.web.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:  # it is cut after a while of silence
        client.sendall(bytes_in)
        client.shutdown(socket.SHUT_WR)
        while client.recv(65536):
            pass
    assert requests.get(f"{inbox.web}/stats", timeout=5).status_code == 200
