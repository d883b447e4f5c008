"""A real Postfix between the workers and the inbox: nothing of a mail is changed on its way, and everybody gets
it once."""
import contextlib
import csv
import re

import pytest
from sink import Sink

from harness.authentic import published, verify
from harness.mailbox import check_alert, read_raw
from harness.system import System

ODD = ("a..b@docomo.example", ".a@ezweb.example", "a.@softbank.example", "a...b@docomo.example", "a+b/c=d@gmail.example",
       "o'neil!#$%&*?^_`{|}~-@catv.example", "-dash@yahoo.example", "UPPER.Case@icloud.example",
       "x@xn--eckwd4c7cu47r2wf.example", "n" * 64 + "@biglobe.example")
TEXT = {"title": "断水のお知らせ(上下水道課からの、少し長い件名がここに入る)", "where": "everywhere",
        "body": "見出し\n.\n.本文の点で始まる行\nFrom here to there\nTo: everyone\n" + "あ" * 120}


ALL = ODD + tuple(f"resident{i}@phone{i % 7}.example" for i in range(200 - len(ODD)))


@pytest.fixture(scope="module")
def desk(cluster, tmp_path_factory):
    """A town of 200 residents, its staff face and inbox; no worker yet."""
    folder = tmp_path_factory.mktemp("desk")
    with open(folder / "residents.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["メールアドレス", "携帯電話番号", "地区", "分野", "言語"])
        rows.writerows([address, "", "北部", "水道", "ja"] for address in ALL)
    (folder / "dkim").mkdir(mode=0o700)
    system = System(cluster, folder, dkim_dir=folder / "dkim")
    try:
        system.start_inbox()
        system.make_town(str(folder / "residents.csv"))
        system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        yield system
    finally:
        system.stop()


@contextlib.contextmanager
def workers(system, relay):
    """Workers that hand all mail to a relay."""
    system.settings["relays"] = relay
    system.start_workers()
    try:
        yield
    finally:
        system.stop_one("worker")


def broadcast(system):
    """Writes, approves; the alert's number and the mail that the approver was shown."""
    drafter, approver = system.sign_in("suido-1"), system.sign_in("suido-chief")
    category = next(c["id"] for c in drafter.get("/alerts/new")["categories"] if c["name"] == "水道")
    href = drafter.post("/alerts", {**TEXT, "category": category, "act": "submit"})["href"]
    seen = approver.get(href)
    approver.post(href + "/approve", {"fingerprint": seen["fingerprint"]})
    return int(href.rsplit("/", 1)[1]), seen["mail"]


def records(system, alert):
    return [m for m in list(system.inbox.mails) if m["message_id"].startswith(f"<a{alert}.")]


def received(system, alert):
    """address -> (record, bytes) of the alert's mails, when all have come."""
    system.inbox.wait(lambda _: len(records(system, alert)) >= len(ALL), 120)
    return {record["to"][0]: (record, raw) for record, raw in read_raw(system.inbox, records(system, alert))}


def without_trace(raw):
    """As it was before Postfix added its Received line on top (RFC 5321 4.4)."""
    rest = re.sub(rb"\AReceived: .*?\r\n(?=\S)", b"", raw, flags=re.S)
    assert rest != raw and b"\nReceived:" not in rest
    return rest


def without_own(raw):
    """What two alerts with the same text to the same resident have in common."""
    raw = re.sub(rb"\ADKIM-Signature: .*?\r\n(?=\S)", b"", raw, flags=re.S)
    return re.sub(rb"^Date: .*|(?<=<a)\d+(?=\.1\.)", b"", raw, flags=re.M)


def quoted(address):
    """As RFC 5321 4.1.2 writes it: a local part whose dots are no Dot-string stands in quotes."""
    local, domain = address.split("@")
    return f'"{local}"@{domain}' if "" in local.split(".") else address


def test_postfix_harms_nothing(desk, postfix):
    # "-dash@" is an address like any other; Postfix must be told.
    relay = postfix(int(desk.inbox.smtp.rsplit(":", 1)[1]), allow_min_user="yes")
    with workers(desk, relay.address):
        through, shown = broadcast(desk)
        relayed = received(desk, through)
    with workers(desk, desk.inbox.smtp):
        directly, _ = broadcast(desk)
        direct = received(desk, directly)
    contact = dict(desk.cluster.sql("SELECT address, id FROM kairan.contact"))
    zone = published(desk)
    for address, (record, raw) in relayed.items():
        assert verify(raw, zone), raw
        sent = without_trace(raw)
        check_alert(record, sent, shown, f"a{through}.1.{contact[address]}@city.kairan.example")
        assert without_own(sent) == without_own(direct[address][1])
    assert sorted(m["to"][0] for m in records(desk, through)) == sorted(ALL)
    assert relay.queued() == []


def test_rfc_5321_4_1_2_recipients_on_the_wire(desk):
    sink = Sink()
    try:
        with workers(desk, sink.address):
            broadcast(desk)
            sink.wait(lambda s: len({mail.recipient for mail in s.mails} & set(map(quoted, ALL))) == len(ALL))
        told = [mail.recipient for mail in sink.mails if not mail.recipient.endswith("@city.kairan.example")]  # no letters to staff
        assert sorted(told) == sorted(map(quoted, ALL))
        assert not sink.problems
    finally:
        sink.close()
