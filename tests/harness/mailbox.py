"""Mails as the inbox received them: their bytes, and what RFC 5321, 5322 and 8058 ask of them."""
import email
import email.policy
import re

import requests

ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "Auto-Submitted")


def read_raw(inbox, mails):
    """(record, bytes) of each mail in the inbox's record."""
    with requests.Session() as http:
        http.trust_env = False
        for mail in mails:
            answer = http.get(f"{inbox.web}/mails/{mail['id']}/raw", timeout=30)
            answer.raise_for_status()
            yield mail, answer.content


def wait_mail(inbox, address, after=0, timeout_s=60, subject=""):
    """Waits for a mail to an address, with these words in its subject, that came after the first `after` ones: its
    bytes. Letters that earlier acts asked for may come meanwhile."""
    def fits(mail):
        return mail["to"] == [address] and (not subject or subject in parse(next(read_raw(inbox, [mail]))[1])["Subject"])

    def newest(mails):
        return next(filter(fits, reversed(mails[after:])), None)
    return next(read_raw(inbox, [inbox.wait(newest, timeout_s)]))[1]


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def text_of(mail):
    return mail.get_content().replace("\r\n", "\n")


def check_bytes(raw):
    """CRLF only, ASCII only, lines of at most 76 (but for one long address, which cannot be folded), no
    line that SMTP must stuff."""
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw) and raw.isascii()
    head, body = raw.split(b"\r\n\r\n", 1)
    assert all(len(line) <= 76 or re.fullmatch(rb" [^\s@]{64}@\S+", line) for line in head.split(b"\r\n"))
    assert all(len(line) <= 76 and line[:1] != b"." for line in body.split(b"\r\n"))


def check_envelope(record, mail, address, message_id):
    """One envelope, of this resident alone; a sender address that a bounce is known by."""
    assert record["to"] == [address] and not record["faults"]
    assert re.fullmatch(r"bounce\+[a-z2-7]{40}@city\.kairan\.example", record["from"])
    assert record["message_id"] == f"<{message_id}>" == mail["Message-ID"]
    assert [to.addr_spec for to in mail["To"].addresses] == [address]
    assert not {"Cc", "Bcc", "X-Priority", "Importance"} & set(mail.keys())


def check_alert(record, raw, shown, message_id):
    """A mail of an alert, against what was shown to its approver ({from, subject, body, foot}): its leave
    link."""
    check_bytes(raw)
    mail = parse(raw)
    assert not mail.defects and all(len(mail.get_all(name, [])) == 1 for name in ONCE), raw
    check_envelope(record, mail, record["to"][0], message_id)
    assert mail["From"] == shown["from"] and mail["Subject"] == shown["subject"]
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Date"].endswith("+0900")
    assert abs(mail["Date"].datetime.timestamp() - record["time_ms"] / 1000) < 120
    link = re.fullmatch(r"<(http://[^<>]+/leave/[\w-]{35}(?:\?lang=en)?)>", mail["List-Unsubscribe"].strip()).group(1)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    said = re.sub(r"\S+/leave/…$", lambda _: link, shown["foot"])
    assert text_of(mail) == f"{shown['body']}\n\n{said}\n"
    return link


def check_express(record, raw, shown, message_id):
    """A mail that many get alike (urgent alerts): it names none of them, its leave link neither."""
    check_bytes(raw)
    mail = parse(raw)
    assert not mail.defects and all(len(mail.get_all(name, [])) == 1 for name in ONCE), raw
    assert not record["faults"] and 1 <= len(record["to"]) == len(set(record["to"])) <= 100
    assert re.fullmatch(r"bounce\+[a-z2-7]{40}@city\.kairan\.example", record["from"])
    assert re.fullmatch(message_id, mail["Message-ID"])
    assert raw.count(b"\r\nTo: undisclosed-recipients:;\r\n") == 1
    assert not {"Cc", "Bcc", "X-Priority", "Importance", "List-Unsubscribe-Post"} & set(mail.keys())
    assert set(re.findall(rb"@([\w.-]+)", raw + text_of(mail).encode())) == {b"city.kairan.example"}
    assert mail["From"] == shown["from"] and mail["Subject"] == shown["subject"]
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Date"].endswith("+0900")
    assert abs(mail["Date"].datetime.timestamp() - record["time_ms"] / 1000) < 120
    link = re.fullmatch(r"<(http://[^<>]+/leave)>", mail["List-Unsubscribe"].strip()).group(1)
    assert shown["foot"].endswith(link) and text_of(mail) == f"{shown['body']}\n\n{shown['foot']}\n"
