"""Letters, from the residents' form through the workers to the inbox and back by their links."""
import re

import requests

from harness.mailbox import check_bytes, parse, wait_mail

FORM = {"address": "a..b@docomo.example", "category": ["1"], "area": ["1"], "agreed": "yes"}


def newest_mail(system, address, after=0):
    """Waits for a mail to the address, later than the first `after` ones: its bytes, and parsed."""
    raw = wait_mail(system.inbox, address, after)
    return raw, parse(raw)


def link_in(mail, path):
    return re.search(rf"https?://[^/\s]+({path}/\S+)", mail.get_content()).group(1)


def check_letter(raw, mail, address):
    check_bytes(raw)
    assert not mail.defects and mail["Auto-Submitted"] == "auto-generated"
    local, domain = address.split("@")
    assert f'\r\nTo: "{local}"@{domain}\r\n'.encode() in raw  # RFC 5322 3.4.1: a..b is no dot-atom
    assert [to.addr_spec for to in mail["To"].addresses] == [address]
    assert not [name for name in mail.keys() if name.startswith("List-")], "a letter is no list"
    assert re.fullmatch(r"<l\d+\.0\.0@[a-z0-9.-]+>", mail["Message-ID"])
    assert mail["Date"].endswith("+0900")
    assert address not in mail.get_content()


def test_letters_lead_in_and_out(system):
    resident = system.resident()
    terms = resident.get("/")["terms_version"]
    resident.post("/subscribe", {**FORM, "terms_version": terms})
    raw, mail = newest_mail(system, FORM["address"])
    check_letter(raw, mail, FORM["address"])
    path = link_in(mail, "/confirm")
    assert resident.get(path)["categories"]
    resident.post(path)
    resident.get("/leave")
    before = len(system.inbox.mails)
    resident.post("/leave", {"address": FORM["address"].upper()})
    raw, mail = newest_mail(system, FORM["address"], before)
    check_letter(raw, mail, FORM["address"])
    resident.post(link_in(mail, "/leave"))
    assert system.cluster.sql("SELECT count(*) FROM kairan.contact WHERE address IS NOT NULL") == [(0,)]


def register(system, address, lang):
    """A resident, registered and confirmed; the letter that led there."""
    resident = system.resident(lang)
    tree = resident.get("/", lang=lang)
    resident.post("/subscribe", {**FORM, "address": address, "terms_version": tree["terms_version"]})
    _, mail = newest_mail(system, address)
    resident.post(link_in(mail, "/confirm"))
    return mail


def test_english_letters(system):
    mail = register(system, "john@resident.example", "en")
    assert mail["Subject"].isascii() and mail["Content-Language"] == "en"
    assert link_in(mail, "/confirm").endswith("?lang=en")


def send_alert(system):
    """An alert to all who chose the category, written and approved."""
    drafter, chief = system.sign_in("bousai-1"), system.sign_in("bousai-chief")
    category = drafter.get("/alerts/new")["categories"][0]["id"]
    page = drafter.post("/alerts", {"title": "断水", "body": "断水します。", "category": [category],
                                    "where": "everywhere", "act": "submit"})
    chief.post(page["href"] + "/approve", {"fingerprint": chief.get(page["href"])["fingerprint"]})


def test_leave_links_of_alerts_speak_the_readers_language(system):
    for address, lang in (("mary@resident.example", "en"), ("hanako@resident.example", "ja")):
        register(system, address, lang)
    before = len(system.inbox.mails)
    send_alert(system)
    links = []
    for address in ("mary@resident.example", "hanako@resident.example"):
        _, mail = newest_mail(system, address, before)
        links.append(mail["List-Unsubscribe"].strip(" <>"))
        assert links[-1] in mail.get_content().split()
    mary, hanako = links
    assert mary.endswith("?lang=en") and "?" not in hanako
    assert 'lang="en"' in requests.get(mary, timeout=30).text
    one_click = requests.post(mary, data={"List-Unsubscribe": "One-Click"}, timeout=30)
    assert one_click.status_code == 200 and "Set-Cookie" not in one_click.headers
    left = system.cluster.sql("SELECT count(*) FROM kairan.contact WHERE address = 'mary@resident.example'")
    assert left == [(0,)]
