"""DKIM: every mail is signed and an independent verifier accepts it; nothing leaves unsigned; keys are switched while
mails leave."""
import csv
import email.utils
import os
import re
import select
import signal
import subprocess
import time

import pytest

from harness.authentic import DOMAIN, published, tags, verify
from harness.mailbox import check_bytes, parse, read_raw, wait_mail
from harness.process import BUILD, TOP
from harness.system import System

ODD = ("a..b@docomo.example", ".a@ezweb.example", "a.@softbank.example", "a+b/c=d@gmail.example", "-dash@yahoo.example",
       "n" * 64 + "@biglobe.example", "plain@resident.example")
LONG = "断水と道路の通行止めと給水車の場所についての、四十字にちょうど届く件名をここに書いておく"[:40]
TEXTS = {
    "long": (LONG, "見出し\n.\n.本文の点で始まる行\nFrom here\n\n\n" + "あ" * 150),
    "blanks": ("Water  supply", "A  b   c\n\n  indented\ntrailing   \n\n\n\nlast"),
    "one letter": ("断水", "。"),
}
ONCE_MORE = ("from", "to", "cc", "subject", "date", "reply-to", "message-id", "mime-version", "content-type",
             "content-transfer-encoding", "list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted")


@pytest.fixture(scope="module")
def town(cluster, tmp_path_factory):
    """Residents with odd addresses; both faces, workers, inbox; the key that `kairan demo` made."""
    folder = tmp_path_factory.mktemp("dkim")
    (folder / "dkim").mkdir(mode=0o700)
    with open(folder / "residents.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["メールアドレス", "携帯電話番号", "地区", "分野", "言語"])
        rows.writerows([address, "", "北部", "水道", "ja"] for address in ODD)
    system = System(cluster, folder, dkim_dir=folder / "dkim", senders=1)
    cluster.system = system
    try:
        system.start_inbox()
        system.make_town(str(folder / "residents.csv"))
        system.start_workers()
        system.start_faces()
        yield system
    finally:
        system.stop()


def broadcast(town, title="断水", body="断水します。", **more):
    """Writes and approves; the alert's id."""
    drafter, approver = town.sign_in("suido-1"), town.sign_in("suido-chief")
    category = next(c["id"] for c in drafter.get("/alerts/new")["categories"] if c["name"] == "水道")
    href = drafter.post("/alerts", {"title": title, "body": body, "category": category, "where": "everywhere",
                                    "act": "submit", **more})["href"]
    approver.post(href + "/approve", {"fingerprint": approver.get(href)["fingerprint"]})
    return int(href.rsplit("/", 1)[1])


def received(town, alert, count=len(ODD)):
    """The alert's mails as bytes, when all have come."""
    def mine(mails):
        found = [m for m in mails if m["message_id"].startswith(f"<a{alert}.")]
        return found if len(found) >= count else None
    return [raw for _, raw in read_raw(town.inbox, town.inbox.wait(mine))]


def kairan(town, *words, **more):
    return town.cluster.kairan("--config", town.config, *words, **more)


@pytest.mark.parametrize("name", TEXTS)
def test_alerts_are_signed(town, name):
    title, body = TEXTS[name]
    mails, records = received(town, broadcast(town, title, body)), published(town)
    assert len(mails) == len(ODD)
    for raw in mails:
        check_bytes(raw)
        assert verify(raw, records), raw


def test_letters_are_signed(town):
    resident = town.resident()
    before = len(town.inbox.mails)
    resident.post("/subscribe", {"address": "new..one@docomo.example", "category": ["1"], "area": ["1"], "agreed": "yes",
                                 "terms_version": resident.get("/")["terms_version"]})
    assert verify(wait_mail(town.inbox, "new..one@docomo.example", before), published(town))


def test_express_is_signed_once_for_all(town):
    """An urgent alert: one mail for many, the same bytes, one signature."""
    before = len(town.inbox.mails)
    broadcast(town, "避難", "避難してください。", urgent="yes", urgent_reason="川の水位")

    def alerts(mails):  # not the letters to staff
        return [mail for mail in mails[before:] if set(mail["to"]) <= set(ODD)]

    town.inbox.wait(lambda mails: sum(len(m["to"]) for m in alerts(mails)) >= len(ODD))
    mails, records = [raw for _, raw in read_raw(town.inbox, alerts(town.inbox.mails))], published(town)
    assert b"\r\nTo: undisclosed-recipients:;\r\n" in mails[0] and len(set(mails)) == 1
    assert verify(mails[0], records)
    assert not verify(mails[0].replace(b"undisclosed-recipients:;", b"someone@else.example"), records)


def test_tags(town):
    raw = received(town, broadcast(town))[0]
    told = tags(raw)
    assert {k: told[k] for k in ("v", "a", "c", "d", "s")} == {
        "v": "1", "a": "rsa-sha256", "c": "relaxed/relaxed", "d": DOMAIN, "s": "demo"}
    assert "l" not in told and len(told["b"]) == 344
    sent = email.utils.parsedate_to_datetime(parse(raw)["Date"]).timestamp()
    assert abs(int(told["t"]) - sent) <= 1
    names, present = told["h"].split(":"), [name.lower() for name in parse(raw).keys()]
    assert set(names) == set(ONCE_MORE)
    assert all(names.count(name) == present.count(name) + 1 for name in ONCE_MORE)


def test_whatever_is_changed_on_the_way_breaks_it(town):
    """Each signed header changed, taken out, given once more above or below; the body changed."""
    raw, records = received(town, broadcast(town))[0], published(town)
    assert verify(raw, records)
    head, body = raw.split(b"\r\n\r\n", 1)
    for name in ONCE_MORE:
        field = re.search(rb"(?im)^" + name.encode() + rb":(?:[^\r\n]|\r\n[ \t])*", head)
        added = f"{name}: added@{DOMAIN}".encode()
        wrong = [added + b"\r\n" + raw, head + b"\r\n" + added + b"\r\n\r\n" + body]
        if field:
            wrong += [raw.replace(field.group(0), field.group(0) + b" x", 1),
                      raw.replace(field.group(0) + b"\r\n", b"", 1) if field.end() < len(head) else
                      head[:field.start() - 2] + b"\r\n\r\n" + body]
        for mail in wrong:
            assert mail != raw and not verify(mail, records), (name, mail)
    assert not verify(raw + b"more\r\n", records) and not verify(raw.replace(b"\r\n\r\n", b"\r\n\r\nx\r\n", 1), records)
    assert verify(raw + b"\r\n\r\n", records)  # relaxed: empty lines at the end are nothing


def test_what_the_unit_test_holds_on_to_is_accepted():
    """tests/data/dkim/signed.eml, with the key beside it."""
    public = subprocess.run(["openssl", "rsa", "-in", os.path.join(TOP, "tests/data/dkim/test-key.pem"), "-pubout"],
                            check=True, capture_output=True, text=True).stdout
    text = "v=DKIM1; k=rsa; p=" + "".join(public.splitlines()[1:-1])
    with open(os.path.join(TOP, "tests/data/dkim/signed.eml"), "rb") as file:
        raw = file.read()
    assert verify(raw, {f"s1._domainkey.{DOMAIN}": text})
    assert not verify(raw.replace(b"2026", b"2027"), {f"s1._domainkey.{DOMAIN}": text})


# ---- keys ----

@pytest.mark.alone
def test_keys_are_switched_without_a_restart(town):
    worker = town.processes["worker"]
    made = kairan(town, "dkim", "new", "s2").stdout
    assert "s2._domainkey" in made
    assert tags(received(town, broadcast(town))[0])["s"] == "demo", "a new key signs only when it is told to"
    lines = len(worker.lines)
    kairan(town, "dkim", "use", "s2")
    worker.wait_line("signed with the key s2", timeout_s=2, after=lines)
    mails = received(town, broadcast(town))
    assert {tags(raw)["s"] for raw in mails} == {"s2"} and all(verify(raw, published(town)) for raw in mails)
    assert kairan(town, "dkim", "list").stdout.splitlines() == ["demo", "s2 signs"]


def test_a_key_that_cannot_be_used_leaves_the_old_one(town):
    """By hand, past `kairan dkim use`, which would refuse it."""
    worker, folder = town.processes["worker"], os.path.join(town.settings["dkim_dir"], DOMAIN)
    using = os.readlink(os.path.join(folder, "current"))
    with open(os.path.join(folder, "bad.pem"), "w", encoding="utf-8") as file:
        file.write("no key")
    os.chmod(file.name, 0o600)
    assert kairan(town, "dkim", "use", "bad", check=False).returncode == 1
    assert os.readlink(os.path.join(folder, "current")) == using
    lines = len(worker.lines)
    os.symlink("bad.pem", os.path.join(folder, "new"))
    os.rename(os.path.join(folder, "new"), os.path.join(folder, "current"))
    worker.wait_line("error.*bad.pem.*the old one stays in use", after=lines)
    mails = received(town, broadcast(town))
    os.unlink(file.name)
    kairan(town, "dkim", "use", using.removesuffix(".pem"))
    assert all(verify(raw, published(town)) for raw in mails)


def wait_relay(town, up, reason=""):
    """Waits till the console says so of the relay."""
    deadline = time.monotonic() + 20
    while not town.cluster.sql("SELECT 1 FROM kairan.relay_state WHERE up = %s AND strpos(reason, %s) > 0", (up, reason)):
        assert time.monotonic() < deadline, town.cluster.sql("SELECT * FROM kairan.relay_state")
        select.select([], [], [], 0.1)


def test_without_a_key_nothing_leaves(town):
    """A sender that finds none when it starts: it waits, says so, and sends when there is one."""
    worker, folder = town.processes["worker"], os.path.join(town.settings["dkim_dir"], DOMAIN)
    current = os.path.join(folder, "current")
    os.rename(current, current + ".away")
    lines = len(worker.lines)
    pid = re.findall(r"\[(\d+)\] send 0: ready", "\n".join(worker.lines))[-1]
    os.kill(int(pid), signal.SIGKILL)
    worker.wait_line("error.*no key is in use.*nothing leaves", after=lines)
    worker.wait_line("send 0: ready", after=lines)
    alert = broadcast(town)
    wait_relay(town, up=False, reason="no key is in use")
    assert not [m for m in town.inbox.mails if m["message_id"].startswith(f"<a{alert}.")]
    os.rename(current + ".away", current)
    worker.wait_line("mails are signed with", after=lines)
    wait_relay(town, up=True)
    assert all(verify(raw, published(town)) for raw in received(town, alert))


@pytest.mark.parametrize("wrong", ["none", "for all to read", "not said", "nothing: the relay signs"])
def test_production_does_not_start_unsigned(town, tmp_path, wrong):
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    (tmp_path / "journal").mkdir()
    town.write_config()
    env = {**os.environ, "KAIRAN_PROFILE": "production", "KAIRAN_STAFF_URL": "https://staff.example",
           "KAIRAN_PUBLIC_URL": "https://public.example", "KAIRAN_RELAY_TLS": "required", "KAIRAN_DKIM_DIR": str(folder),
           "KAIRAN_JOURNAL_DIR": str(tmp_path / "journal")}
    if wrong == "for all to read":
        for words in (["dkim", "new", "s1"], ["dkim", "use", "s1"]):
            subprocess.run([os.path.join(BUILD, "kairan"), "--config", town.config, *words], check=True, env=env,
                           capture_output=True)
        os.chmod(folder / DOMAIN / "s1.pem", 0o644)
    elif wrong == "not said":
        env["KAIRAN_DKIM_DIR"] = ""
    elif wrong.startswith("nothing"):
        env["KAIRAN_DKIM_SIGNER"] = "relay"
    ended = subprocess.run([os.path.join(BUILD, "kairan-worker"), "--config", town.config, "--check-config"], env=env, timeout=20,
                           capture_output=True, text=True, check=False)
    if "KAIRAN_DKIM_SIGNER" in env:
        assert (ended.returncode, ended.stderr) == (0, "")
        return
    assert ended.returncode == 1 and len(ended.stderr.splitlines()) == 1 and "dkim_dir" in ended.stderr, ended.stderr


# ---- records ----

@pytest.mark.alone  # the keys that it reads come from the test above
def test_records_to_publish(town):
    printed = kairan(town, "dns", "--sends", "192.0.2.25", "--sends", "2001:db8::25", "--sends", "relay.example").stdout
    records = {**published(town)}
    assert f"{DOMAIN}. IN TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 a:relay.example -all\"" in printed
    assert records[f"_dmarc.{DOMAIN}"].startswith("v=DMARC1; p=none; adkim=s; aspf=s")
    for selector in ("demo", "s2"):
        path = os.path.join(town.settings["dkim_dir"], DOMAIN, f"{selector}.pem")
        public = subprocess.run(["openssl", "rsa", "-in", path, "-pubout"], check=True, capture_output=True, text=True).stdout
        assert records[f"{selector}._domainkey.{DOMAIN}"].endswith("p=" + "".join(public.splitlines()[1:-1]))
    assert DOMAIN not in records, "without the relay's addresses the SPF record is a comment"
    assert kairan(town, "dns", "--sends", "a b", check=False).returncode == 2
