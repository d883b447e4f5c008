"""Letters, from the residents' form through the workers to the inbox and back by their links."""
import re

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


def test_english_letters(system):
    resident = system.resident("en")
    tree = resident.get("/", lang="en")
    resident.post("/subscribe?lang=en", {**FORM, "address": "john@resident.example",
                                         "terms_version": tree["terms_version"]})
    _, mail = newest_mail(system, "john@resident.example")
    assert mail["Subject"].isascii() and mail["Content-Language"] == "en"
    assert link_in(mail, "/confirm").endswith("?lang=en")
