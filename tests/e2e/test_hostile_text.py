"""Hostile text carried through everything that stores and shows it: console, public pages, mails, the demo inbox
(A22, A11, A12); and what mail scanners do with the links of mails (A16)."""
import email
import email.header
import email.policy
import html.parser
import random
import re
import select
import smtplib
import socket
import time

import pytest
import requests

from harness.client import Client
from harness.people import People
from harness.system import Inbox, System
from sink import Sink

# Carried by every text field that takes it; a page that shows it raw has an element "x-p" or an attribute "onx".
MARK = "<x-p onx=1>\"onx='1'{{csrf}}&lt;x-p&gt;</title></script><!--"
# the alphabet of the prose rules leaves this of it
PROSE = "<x-p onx=1>\"onx='1'{{csrf}}&lt;x-p&gt;"


class Shape(html.parser.HTMLParser):
    """A page's elements with the names of their attributes, its comments, and its texts."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, *(name for name, _ in attrs)))
        self.texts += [value or "" for _, value in attrs]

    def handle_endtag(self, tag):
        self.elements.append("/" + tag)

    def handle_comment(self, data):
        self.elements.append("comment")

    def handle_decl(self, decl):
        self.elements.append(decl)

    def handle_pi(self, data):
        self.elements.append("instruction")

    def handle_data(self, data):
        self.texts.append(data)


def is_safe(page):
    """No element, attribute or comment came out of a payload, and no character of one is raw."""
    shape = Shape(page)
    flat = repr(shape.elements)
    return "x-p" not in flat and "onx" not in flat and "comment" not in flat and "<x-p" not in page and "onx='" not in page


def shows(page, text):
    """The page says the text, encoded."""
    return any(text in part for part in Shape(page).texts)


@pytest.fixture(scope="module")
def town(cluster, tmp_path_factory):
    """The demo town, its names spoiled, a relay that answers with markup, workers, and some residents."""
    refusing = []
    sink = Sink(lambda step, recipient, count: f"550 5.1.1 {MARK}" if refusing and step == "rcpt" and recipient.startswith("bad")
                else None)
    system = System(cluster, tmp_path_factory.mktemp("town"), relays=sink.address, senders=1, relay_connections=2,
                    signup_tries_per_network_hour=1000)
    cluster.system = system
    try:
        system.make_town()
        people = People(system)
        people.sql("UPDATE kairan.person SET name = name || %s", (MARK,))
        people.sql("UPDATE kairan.department SET name = name || %s, name_en = %s", (MARK, MARK))
        people.sql("UPDATE kairan.category SET name = name || translate(%s, ';', ''), name_en = %s", (MARK, MARK))
        people.sql("UPDATE kairan.area SET name = name || translate(%s, ';', ''), name_en = %s", (MARK, MARK))
        system.start_faces()
        system.start_workers()
        yield Town(system, people, sink, refusing)
    finally:
        system.stop()
        sink.close()


class Town:
    def __init__(self, system, people, sink, refusing):
        self.system, self.people, self.sink, self.refusing = system, people, sink, refusing
        self.drafter = people.signed_in("bousai-1", "drafter", "bousai")
        self.approver = people.signed_in("bousai-chief", "approver", "bousai")
        self.admin = people.signed_in("admin", "administrator")
        self.public = Client(system.settings["public_url"])
        self.choice = self.public.get("/")

    def page(self, client, path, lang="ja"):
        answer = client.raw("GET", path, params={"lang": lang}, headers={"Accept": "text/html"}, allow_redirects=False)
        assert answer.status_code == 200, (path, answer.text[:300])
        return answer.text

    def form(self, **more):
        """Fields of a sound alert that carry the payload."""
        category = self.drafter.get("/alerts/new")["categories"][0]["id"]
        return {"title": "題" + PROSE[:30], "body": "本文\n" + PROSE, "category": category, "where": "everywhere", "urgent": "yes",
                "urgent_reason": "急ぎ" + MARK, "act": "submit", **more}

    def ask(self, address):
        """The form, and nothing more."""
        category, area = (self.choice[kind][0]["id"] for kind in ("categories", "areas"))
        self.public.post("/subscribe", {"address": address, "category": category, "area": area, "agreed": "yes",
                                        "terms_version": self.choice["terms_version"]})

    def subscribe(self, address):
        """Registers by letter and button; the letter's mail."""
        self.ask(address)
        mail = self.mail_to(address)
        self.public.post(re.search(r"(/confirm/\S+)", mail.get_content()).group(1))
        return mail

    def wait_end(self, timeout_s=60):
        """Till the broadcast has ended: looked at after every notice of the database, those too that come with a look."""
        link, deadline = self.people.link, time.monotonic() + timeout_s
        self.people.sql("LISTEN kairan_alert")
        while not self.people.sql("SELECT 1 FROM kairan.broadcast WHERE ended_at IS NOT NULL"):
            assert time.monotonic() < deadline, "the broadcast does not end"
            if not link.notifies:
                select.select([link], [], [], deadline - time.monotonic())
                link.poll()
            link.notifies.clear()

    def mail_to(self, address, subject=None):
        found = []

        def arrived(sink):
            found[:] = [mail for mail in map(parse, [m for m in sink.mails if address in m.recipients])
                        if subject is None or subject in mail["Subject"]]
            return bool(found)

        self.sink.wait(arrived)
        return found[-1]


def parse(mail):
    return email.message_from_bytes(mail.data, policy=email.policy.default)


@pytest.fixture(scope="module")
def sent(town):
    """An alert that carries payloads, returned once, approved, and accepted or refused for everybody: its path."""
    for address in ("hanako@resident.example", "bad'&`@resident.example", "o'neil&{{x}}@resident.example"):
        town.subscribe(address)
    town.refusing.append(True)
    page = town.drafter.post("/alerts", town.form())
    path = page["href"]
    town.approver.post(path + "/return", {"version": 1, "reason": "短く" + MARK})
    assert town.drafter.post(path, town.form(version=1, body="二つ目\n" + PROSE))["alert"]["version"] == 2
    town.approver.post(path + "/approve", {"fingerprint": town.approver.get(path)["fingerprint"]})
    town.wait_end()
    return path


@pytest.fixture(scope="module")
def imported(town):
    """A file whose name, reason and rows carry payloads: its path."""
    rows = f"メールアドレス,地区,分野\n{MARK},北部,防災\nx@resident.example,\"{MARK.replace(chr(34), chr(34) * 2)}\",防災\n"
    page = town.admin.post("/import", {"reason": "登録" + MARK}, files={"file": (MARK.replace('"', "'") + ".csv", rows.encode(), "text/csv")})
    return f"/import/{page['id']}"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_console_pages(town, sent, imported, lang):
    """Every page that shows what somebody stored."""
    draft = town.drafter.post("/alerts", town.form(act="save"))["href"]
    waiting = town.drafter.post("/alerts", town.form())["href"]
    for client, path, said in (
            (town.drafter, "/alerts", PROSE[:30]), (town.drafter, sent, MARK), (town.approver, sent, PROSE), (town.admin, sent, MARK),
            (town.drafter, draft, PROSE), (town.drafter, draft + "/edit", PROSE), (town.approver, waiting, MARK),
            (town.drafter, "/alerts/new", None), (town.admin, imported, MARK[:12]), (town.admin, "/log", MARK), (town.admin, "/post", None),
            (town.admin, "/import", None)):
        page = town.page(client, path, lang)
        assert is_safe(page), path
        assert said is None or shows(page, said), (path, said)
        tree = client.raw("GET", path, params={"lang": lang})
        assert "<" not in tree.text and tree.json(), path


def test_returned_reason_is_shown_to_the_drafter(town, sent):
    page = town.drafter.post("/alerts", town.form())["href"]
    town.approver.post(page + "/return", {"version": 1, "reason": MARK})
    assert shows(town.page(town.drafter, page + "/edit"), MARK) and is_safe(town.page(town.drafter, page + "/edit"))


def test_texts_given_back_with_a_fault(town):
    """What could not be taken is shown to be copied: without a session, and with a form's token that is too old."""
    for token, csrf in (("A" * 43, "x"), (town.drafter.http.cookies["kairan"], "x" * 43)):
        client = Client(town.drafter.url)
        client.http.cookies.set("kairan", token)
        answer = client.raw("POST", "/alerts", data={**town.form(), "csrf": csrf}, headers={"Accept": "text/html"})
        assert answer.status_code in (401, 403) and is_safe(answer.text)


def test_words_of_the_relay(town, sent):
    """Refusals with markup in the relay's words and in the address."""
    page = town.page(town.drafter, sent)
    assert shows(page, MARK[:20]) and is_safe(page)


def test_public_pages(town):
    for lang in ("ja", "en"):
        for path in ("/", "/leave", "/terms"):
            assert is_safe(town.page(town.public, path, lang)), path
        assert shows(town.page(town.public, "/", lang), MARK if lang == "en" else MARK.replace(";", ""))


def test_error_pages_and_their_paths(town):
    for client in (town.public, town.admin):
        for path in ("/<x-p>", "/alerts/<x-p onx=1>", "/'onx='1", "/?next=<x-p>", "/sign-in?next=/<x-p>&lang=<x-p>"):
            answer = requests.get(client.url + "/", headers={"Accept": "text/html"}, timeout=30) if path == "/" else raw_get(client, path)
            assert is_safe(answer), path


def raw_get(client, target):
    """The page at a target that clients would encode."""
    host, port = client.url.rsplit("/", 1)[1].split(":")
    with socket.create_connection((host, int(port)), timeout=30) as link:
        link.sendall(b"GET " + target.encode() + b" HTTP/1.1\r\nHost: a.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
        data = b""
        while part := link.recv(65536):
            data += part
    return data.split(b"\r\n\r\n", 1)[1].decode()


def test_answers_have_the_shape_of_harmless_ones(town):
    """Forms shown again with what was typed: whatever it is, the page has the elements it has for plain words."""
    rng = random.Random(22)
    alphabet = list("<>\"'&;=/`{}!-#x \\") + ["</", "<!--", "&#", "{{", "}}", "{{{", "script", "onx=", "]]>", "\u2028", "\u202e", "\ufeff"]
    stranger = Client(town.system.settings["staff_url"])
    stranger.get("/sign-in")
    forms = ((town.public, "/leave", "address", {}), (town.public, "/subscribe", "address", {}),
             (stranger, "/sign-in", "login", {}), (town.admin, "/import", "reason", {}))
    for client, path, field, fields in forms:
        def answer(text):
            got = client.raw("POST", path, data={**fields, field: text, "csrf": client.csrf}, headers={"Accept": "text/html"})
            assert got.status_code == 422, (path, text, got.text[:300])
            return got.text
        plain = Shape(answer("a b")).elements
        for _ in range(100):
            text = "".join(rng.choices(alphabet, k=rng.randint(1, 40))) + "x x"
            page = answer(text)
            assert Shape(page).elements == plain, (path, text)
            assert shows(page, text.strip()) or shows(page, text), (path, text)


def test_mails_carry_it_as_text(town, sent):
    """A11, A12: a letter names its one recipient, an urgent alert's mail nobody; no header of anybody's making,
    bytes as SMTP wants them."""
    mail = town.mail_to("hanako@resident.example", subject=PROSE[:10])
    assert mail.get_content_type() == "text/plain" and PROSE in mail.get_content().replace("\r\n", "\n")
    sender = next(got for got in town.sink.mails if "hanako@resident.example" in got.recipients and parse(got)["Subject"] == mail["Subject"])
    raw = email.message_from_bytes(sender.data)["From"]
    assert MARK in str(email.header.make_header(email.header.decode_header(raw))) and mail["From"].addresses[0].domain == "city.kairan.example"
    sink = town.sink
    assert not sink.problems
    assert sink.commands["MAIL"] == sink.commands["DATA"] < sink.commands["RCPT"]
    assert set(sink.commands) <= {"EHLO", "MAIL", "RCPT", "DATA", "RSET", "QUIT"}
    addresses = {row[0] for row in town.people.sql("SELECT address FROM kairan.contact WHERE address IS NOT NULL")}
    for got in sink.mails:
        head, body = got.data.split(b"\r\n\r\n", 1)
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", got.data) and max(map(len, got.data.split(b"\r\n"))) <= 998
        assert len(re.findall(rb"(?im)^(?:to|cc|bcc|resent-[a-z]+):", head)) == 1
        text = got.data.decode() + parse(got).get_content()
        letter = "undisclosed-recipients:" not in text
        assert len(got.recipients) == 1 or not letter
        assert not [other for other in addresses - (set(got.recipients) if letter else set()) if other in text]


def test_the_inbox_shows_it_as_text(town, sent, tmp_path):
    """The demo inbox is a browser page too: subject, sender, body and recipients of any mail."""
    inbox = Inbox(str(tmp_path))
    try:
        host, port = inbox.smtp.split(":")
        own = next(mail.data for mail in town.sink.mails if "hanako@resident.example" in mail.recipients)
        strange = f"From: {MARK} <{MARK}@x.example>\r\nTo: {MARK}\r\nSubject: {MARK}\r\nContent-Type: text/html\r\n\r\n<script>onx</script>{MARK}\r\n"
        with smtplib.SMTP(host, int(port), timeout=10) as link:
            for data in (own, strange.encode()):
                link.sendmail("from@city.example", ["o'neil&{{x}}@resident.example"], data)
        inbox.wait_count(2)
        for path in ("/", *(f"/mail/{found['id']}" for found in requests.get(inbox.web + "/mails", timeout=20).json()["mails"])):
            answer = requests.get(inbox.web + path, headers={"Accept": "text/html"}, timeout=20)
            assert answer.status_code == 200 and is_safe(answer.text), path
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert shows(requests.get(inbox.web + "/", headers={"Accept": "text/html"}, timeout=20).text, "<x-p")
    finally:
        inbox.stop()


# ---- A16: who follows links is not who decides ----

def test_following_links_changes_nothing(town, sent, browser):
    """GET, HEAD and a browser that runs scripts, on every link of a letter and of an alert's mail."""
    town.ask("scanned@resident.example")
    letter = town.mail_to("scanned@resident.example")
    alert = town.mail_to("hanako@resident.example", subject=PROSE[:10])
    links = set(re.findall(r"https?://[^\s<>\"]+", letter.get_content() + alert.get_content() + str(alert["List-Unsubscribe"])))
    paths = {"/" + link.split("/", 3)[3] for link in links}
    assert len(paths) == 2 and {path.split("/")[1] for path in paths} == {"confirm", "leave"}

    def state():
        return town.people.sql("SELECT (SELECT json_agg(c)::text FROM kairan.contact c), (SELECT json_agg(s)::text FROM "
                               "kairan.subscriber s), (SELECT json_agg(u)::text FROM kairan.signup u), "
                               "(SELECT count(*) FROM kairan.letter)")

    before = state()
    driver = browser()
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            requests.request(method, town.public.url + path, timeout=30, headers={"Purpose": "prefetch"})
        driver.get(town.public.url + path)
        driver.execute_async_script("const done = arguments[0]; requestIdleCallback(() => done(), {timeout: 1000})")
        assert driver.find_elements("css selector", "form button")
    assert state() == before
