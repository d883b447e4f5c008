"""Rows in the database as no program of ours writes them, put there by the superuser with the guards taken off:
the workers end each with the reason, and everybody else gets the mail (A11, and "bad data already stored")."""
import os

import email
import email.policy

import pytest

from harness.broadcast import Broadcasts, judge
from harness.client import Client
from sink import Sink

GOOD = 20
ADDRESSES = {
    "CR LF and a command": "a@resident.example\r\nRCPT TO:<victim@resident.example>",
    "LF": "a\n@resident.example", "CR at the end": "b@resident.example\r", "closing bracket": "c@resident.example>",
    "brackets": "<d@resident.example>", "space": "e e@resident.example", "option": "f@resident.example> NOTIFY=NEVER",
    "nothing": "", "no at": "resident.example", "no domain": "g@", "no local part": "@resident.example",
    "two": "h@resident.example,i@resident.example", "control": "j\x01@resident.example", "DEL": "k\x7f@resident.example",
    "not ASCII": "はなこ@resident.example", "long local part": "l" * 2000 + "@resident.example",
    "long domain": "m@" + "d" * 1000 + ".example", "long": "n" * 100000 + "@resident.example",
    "dots only": "..@..", "TAB": "o\t@resident.example", "quote": "p\"@resident.example",
}
# judged as sound, for SMTP can carry them as they are
FINE = {"quote"}


@pytest.fixture(scope="module")
def town(cluster):
    """A town whose tables take anything."""
    town = Broadcasts(cluster)
    for statement in (
            "ALTER TABLE contact DROP CONSTRAINT contact_address, DROP CONSTRAINT contact_gone, "
            "DROP CONSTRAINT contact_channel_check",
            "ALTER TABLE subscriber ALTER categories DROP NOT NULL, ALTER areas DROP NOT NULL, ALTER lang DROP NOT NULL, "
            "DROP CONSTRAINT subscriber_lang_check",
            "ALTER TABLE letter DROP CONSTRAINT letter_template_check, DROP CONSTRAINT letter_over, ALTER template DROP "
            "NOT NULL, ALTER lang DROP NOT NULL",
            "ALTER TABLE department DROP CONSTRAINT department_name_check",
            "ALTER TABLE alert_version ALTER categories DROP NOT NULL",
            "ALTER TABLE alert_text DROP CONSTRAINT alert_text_body, DROP CONSTRAINT alert_text_title"):
        town.sql(statement)
    return town


@pytest.fixture
def workers(make_system):
    """workers() starts one sender with two connections to a sink that remembers every byte: (sink, worker)."""
    sink = Sink()
    system = make_system(relays=sink.address, relay_connections=2, senders=1)
    yield lambda: (sink, system.start_workers())
    sink.close()


def spoil(town, statement, *params):
    """As the superuser, past every trigger."""
    town._sql(town.admin, "SET session_replication_role = replica")
    town._sql(town.admin, statement, *params)
    town._sql(town.admin, "SET session_replication_role = origin")


def alive(worker):
    """The master runs, and none of its processes has ended."""
    assert worker.child.poll() is None
    assert not [line for line in worker.lines if "ended with status" in line or "ended by signal" in line]


def test_addresses_that_would_break_smtp(town, workers):
    good = town.residents(GOOD + len(ADDRESSES))[len(ADDRESSES):]
    sink, worker = workers()
    names = {}
    for number, (name, address) in enumerate(ADDRESSES.items(), 1):
        spoil(town, "UPDATE contact SET address = %s WHERE id = %s", address, number)
        names[number] = name
    alert = town.approve()
    totals = town.wait_end(alert)
    assert {mail.recipient for mail in sink.mails} >= set(good) and not sink.problems
    assert sink.commands["MAIL"] == sink.commands["RCPT"] == sink.commands["DATA"] == totals["accepted"]
    for contact, result, code, reply in town.sql("SELECT contact, result::text, code, reply FROM outcome WHERE alert = %s", alert):
        bad = contact in names and names[contact] not in FINE
        assert (result == "refused" and code == 0 and reply) if bad else result == "accepted", (names.get(contact), reply)
    assert totals["accepted"] == GOOD + len(FINE) and totals["refused"] == len(ADDRESSES) - len(FINE)
    alive(worker)


def test_subscribers_without_choices_or_language(town, workers):
    """A NULL category reaches nobody by category; a language that is none gets the Japanese text."""
    wanted = town.residents(GOOD)
    sink, worker = workers()
    spoil(town, "UPDATE subscriber SET categories = NULL WHERE id = 1")
    spoil(town, "UPDATE subscriber SET categories = '{NULL}' WHERE id = 2")
    spoil(town, "UPDATE subscriber SET areas = NULL WHERE id = 3")
    for number, lang in enumerate((None, "", "xx", "ja\r\nBcc: a@b", "j" * 10000), 4):
        spoil(town, "UPDATE subscriber SET lang = %s WHERE id = %s", lang, number)
    totals = town.wait_end(town.approve())
    assert totals["accepted"] == totals["total"] == GOOD - 2
    assert judge(sink, wanted[2:]) == (set(), set(), 0)
    assert all(b"\r\nContent-Language: ja\r\n" in mail.data for mail in sink.mails)
    alive(worker)


def test_contact_without_address_or_subscriber(town, workers):
    """Gone without a date, of an unknown channel: each has its end, or is no part of it."""
    wanted = town.residents(GOOD)
    sink, worker = workers()
    spoil(town, "UPDATE contact SET address = NULL WHERE id = 1")
    spoil(town, "UPDATE contact SET channel = 'fax' WHERE id = 2")
    totals = town.wait_end(town.approve())
    assert (totals["total"], totals["accepted"], totals["cancelled"]) == (GOOD - 1, GOOD - 2, 1)
    assert judge(sink, wanted[2:]) == (set(), set(), 0)
    alive(worker)


def prepare(town, change, *params):
    """An alert whose text was spoiled before its approval, so that the fingerprint is right; its id."""
    (alert, version), = town._sql(
        town.staff, "SELECT alert, version FROM alert_save(%s, NULL, 0, '{ja}', '{大雨警報}', ARRAY['本文です。'], '{1}', "
        "'{}', false, false, '', now() + interval '1 hour', NULL)", town._drafter)
    town._sql(town.staff, "SELECT alert_submit(%s, %s, %s, NULL)", town._drafter, alert, version)
    spoil(town, change, *params, alert)
    town._sql(town.staff, "SELECT alert_approve(%s, %s, (SELECT fingerprint FROM alert_read(%s, %s)), NULL)",
              town.approver, alert, town.approver, alert)
    return alert


TEXTS = {
    "10 MB": ("UPDATE alert_text SET body = repeat('漢', 3500000) WHERE alert = %s", ()),
    "CR LF in the title": ("UPDATE alert_text SET title = %s WHERE alert = %s", ("題\r\nBcc: victim@resident.example",)),
    "LF in the title": ("UPDATE alert_text SET title = %s WHERE alert = %s", ("題\nX-A: 1",)),
    "CR in the body": ("UPDATE alert_text SET body = %s WHERE alert = %s", ("a\r.\rQUIT\r",)),
    "control in the body": ("UPDATE alert_text SET body = %s WHERE alert = %s", ("a\x01\x1b[2J",)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_would_break_mail(town, workers, name):
    """Not one mail leaves, the alert ends with its reason, and the next alert goes out."""
    wanted = town.residents(GOOD)
    sink, worker = workers()
    change, params = TEXTS[name]
    totals = town.wait_end(prepare(town, change, *params))
    assert not sink.mails and totals["accepted"] == 0
    assert totals["refused"] + totals["cancelled"] == GOOD
    assert town.sql("SELECT count(*) FROM broadcast WHERE halted <> ''")[0][0] or town.sql(
        "SELECT count(*) FROM outcome WHERE result = 'refused' AND reply <> ''")[0][0] == GOOD
    assert town.wait_end(town.approve())["accepted"] == GOOD
    assert judge(sink, wanted) == (set(), set(), 0)
    assert rss_kb(worker, "send") < 64 * 1024
    alive(worker)


def rss_kb(worker, role):
    pid = worker.wait_line(rf"\[(\d+)\] {role} 0: ready").group(1)
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(next(line.split()[1] for line in status if line.startswith("VmRSS")))


def test_lines_that_smtp_could_misread(town, workers):
    """Dots, From_, a final dot's bytes: as text they arrive as they are."""
    body = ".\n..\n.a\nFrom a\n\n.\n\nQUIT\nDATA\n" + "x" * 3000
    town.residents(3)
    sink, _ = workers()
    alert = prepare(town, "UPDATE alert_text SET body = %s WHERE alert = %s", body)
    assert town.wait_end(alert)["accepted"] == 3
    assert not sink.problems and len(sink.mails) == 3
    assert sink.commands["MAIL"] == sink.commands["RCPT"] == sink.commands["DATA"] == 3
    mail = email.message_from_bytes(sink.mails[0].data, policy=email.policy.default)
    assert mail.get_content().replace("\r\n", "\n").startswith(body)
    assert all(len(line) <= 76 for line in sink.mails[0].data.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))


def test_alert_without_categories(town, workers):
    """A NULL category in an approved alert: it reaches nobody, and ends."""
    town.residents(3)
    _, worker = workers()
    alert = prepare(town, "UPDATE alert_version SET categories = NULL WHERE alert = %s")
    totals = town.wait_end(alert)
    assert totals["total"] == totals["accepted"] == 0
    alive(worker)


def test_department_whose_name_is_no_header(town, workers):
    """The sender's name stands in every mail's From."""
    town.residents(3)
    sink, worker = workers()
    spoil(town, "UPDATE department SET name = E'防災課\\r\\nBcc: victim@resident.example'")
    try:
        assert town.wait_end(town.approve())["accepted"] == 0
        assert not sink.mails
    finally:
        spoil(town, "UPDATE department SET name = '防災課'")
    assert town.wait_end(town.approve())["accepted"] == 3
    alive(worker)


LETTERS = {
    "CR LF": ("confirm", "ja", "a@resident.example\r\nDATA", "x" * 22), "no template": (None, "ja", "b@resident.example", "x"),
    "strange template": ("bill", "ja", "c@resident.example", "x"), "no language": ("confirm", None, "d@resident.example", "x"),
    "no secret": ("confirm", "ja", "e@resident.example", None), "no address": ("confirm", "ja", None, "x"),
    "CR LF in the secret": ("confirm", "ja", "f@resident.example", "x\r\n.\r\n"), "long": ("confirm", "ja", "g" * 5000, "x"),
    "long secret": ("confirm", "ja", "h@resident.example", "x" * 100000), "no secret's text": ("confirm", "ja", "j@resident.example", ""),
    "no contact": ("leave", "ja", "i@resident.example", None),
}


def test_letters_that_are_none(town, workers):
    """Each ends; the sound one behind them arrives."""
    town.residents(1)
    sink, worker = workers()
    rows = [*LETTERS.values(), ("confirm", "ja", "hanako@resident.example", "x" * 22)]
    for row in rows:
        spoil(town, "INSERT INTO letter (template, lang, address, secret, expires) VALUES (%s, %s, %s, %s, 'infinity')", *row)
    town.sql("SELECT pg_notify('kairan_work', 'letter')")
    town.wait("SELECT 1 FROM letter WHERE address IS NULL AND state = 'accepted' AND id = (SELECT max(id) FROM letter)")
    town.wait("SELECT 1 WHERE NOT EXISTS (SELECT FROM letter WHERE ended_at IS NULL)")
    assert not sink.problems
    assert "hanako@resident.example" in {mail.recipient for mail in sink.mails}
    ended = dict(zip(LETTERS, town.sql("SELECT state, reply FROM letter ORDER BY id")))
    assert {name: state for name, (state, reply) in ended.items() if state != "refused" or not reply} == {}
    alive(worker)


def test_pages_of_spoiled_alerts(town, make_system):
    """The console shows each alert that the tests before have spoiled, and lists them all."""
    system = make_system(relays="127.0.0.1:1", server_processes=1)
    system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    client = Client(system.settings["staff_url"])
    client.http.cookies.set("kairan", town._drafter)
    alerts = [row[0] for row in town.sql("SELECT id FROM alert ORDER BY id")]
    assert len(alerts) > len(TEXTS)
    for path in ("/alerts", *(f"/alerts/{alert}" for alert in alerts)):
        for kind in ("text/html", "application/json"):
            answer = client.raw("GET", path, headers={"Accept": kind})
            assert answer.status_code == 200, (path, answer.text[:300])
