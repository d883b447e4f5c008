"""Returned mail (security.md 5, A14): through a real Postfix into the database and onto the console; forged,
replayed, hostile; while the database is away; the warning letter and its link."""
import contextlib
import os
import re
import select
import socket

import pytest
from sink import Sink

from harness.broadcast import Broadcasts
from harness.lmtp import Door, talk
from harness.mailbox import parse, wait_mail
from harness.system import free_port

BOUNCE = "bounce+{}@city.kairan.example"
DSN = """From: MAILER-DAEMON@relay.kairan.example
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Undelivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.kairan.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

--b--
"""
ARF = """From: feedback@isp.example
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

A complaint.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Mail-From: <{sender}>
Original-Rcpt-To: <{address}>

--b--
"""


def dsn(to, address="nobody@resident.example", action="failed", status="5.1.1"):
    return DSN.format(to=to, address=address, action=action, status=status).encode()


def arf(to, sender, address="nobody@resident.example"):
    return ARF.format(to=to, sender=sender, address=address).encode()


@pytest.fixture(scope="module")
def town(cluster):
    return Broadcasts(cluster)


@pytest.fixture(autouse=True)
def fresh(town):
    town.residents(20)
    town.sql("UPDATE contact SET hash = address_hash(address)")
    town.sql("TRUNCATE bounce, bounce_storm, bounce_collected, intake_tally")


@pytest.fixture
def start(make_system):
    """start(relays=address, …) gives a system whose workers and intake run."""
    def go(**settings):
        system = make_system(**{"intake_listen": f"127.0.0.1:{free_port()}", "senders": 1, "relays": "127.0.0.1:1",
                                **settings})
        worker = system.start_workers()
        worker.wait_line("intake 0: ready")
        return system
    return go


@contextlib.contextmanager
def sink_of(script=None):
    sink = Sink(script)
    try:
        yield sink
    finally:
        sink.close()


def sent(town, sink, count=20):
    """An alert that all residents got; the envelope sender of each address."""
    before = len(sink.mails)
    alert = town.approve()
    town.wait_end(alert)
    sink.wait_mails(before + count)
    return alert, {mail.recipient: mail.sender for mail in sink.mails[before:]}


def bounces(town):
    return town.sql("SELECT address, kind, status FROM bounce b JOIN contact c ON c.id = b.contact ORDER BY address")


def tally(town, word, count):
    """Waits till the intake has told that it saw so many mails of a kind."""
    town.wait("SELECT 1 FROM intake_tally WHERE what = %s AND mails >= %s", word, count)


# ---- through a real Postfix ----

def script(step, recipient, _count):
    if step == "rcpt" and recipient.startswith(("r3@", "r5@")):
        return "550 5.1.1 no such person" if recipient.startswith("r3@") else "550 5.7.1 not from you"
    return None


def test_item_8_through_a_real_postfix(town, start, postfix):
    """Postfix takes every mail, is refused two of them, and brings the reports by itself."""
    at = f"127.0.0.1:{free_port()}"
    with sink_of(script) as sink:
        relay = postfix(sink.port, relay_domains="city.kairan.example", relay_transport=f"lmtp:inet:{at}",
                        bounce_queue_lifetime="1h")
        start(relays=relay.address, intake_listen=at)
        alert = town.approve()
        assert town.wait_end(alert)["accepted"] == 20
        town.wait("SELECT 1 WHERE (SELECT count(*) FROM bounce) = 2")
    assert bounces(town) == [("r3@resident.example", "permanent", "5.1.1"), ("r5@resident.example", "policy", "5.7.1")]
    assert "no such person" in town.sql("SELECT reply FROM bounce WHERE status = '5.1.1'")[0][0]
    assert town.sql("SELECT count(*) FROM bounce WHERE alert = %s", alert) == [(2,)]
    assert town.sql("SELECT accepted, refused FROM broadcast WHERE alert = %s", alert) == [(20, 0)]


def test_refused_at_the_door(town, start):
    """What the relay itself refuses counts alike, once the broadcast is over; a refusal of us does not."""
    with sink_of(script) as sink:
        town.residents(40)
        start(relays=sink.address)
        alert = town.approve()
        assert town.wait_end(alert)["refused"] == 2
    town.sql("SELECT bounce_judge(100)")
    assert bounces(town) == [("r3@resident.example", "permanent", "5.1.1")]
    assert town.sql("SELECT source FROM bounce") == [("smtp",)]


# ---- forged and replayed ----

def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def intake_pid(master):
    for pid in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            with open(f"/proc/{int(pid)}/stat", encoding="ascii") as stat, \
                    open(f"/proc/{int(pid)}/cmdline", encoding="utf-8") as words:
                if int(stat.read().rsplit(")", 1)[1].split()[1]) == master and "\0intake\0" in words.read():
                    return int(pid)
    raise AssertionError("no intake runs")


def state(town):
    return [town.sql(f"SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {table} t")
            for table in ("contact", "subscriber", "bounce", "doubt", "letter")]


def pour(system, mails):
    """Brings mails over one connection; all are taken."""
    with Door(system.settings["intake_listen"]) as door:
        for data, to in mails:
            assert door.bring(data, to) == [250]


def test_a14_ten_thousand_forged_reports_change_nothing(town, start):
    """Tokens with one letter changed, complaints that name them, at one millisecond of CPU each at most."""
    with sink_of() as sink:
        system = start(relays=sink.address)
        alert, senders = sent(town, sink)
    token = re.search(r"\+(\w+)@", senders["r1@resident.example"])[1]
    forged = [token[:n % 40] + ("a" if token[n % 40] != "a" else "b") + token[n % 40 + 1:] for n in range(10000)]
    before = state(town)
    pid = intake_pid(system.processes["worker"].pid)
    spent = cpu_s(pid)
    plain = "bounce@city.kairan.example"
    pour(system, ((dsn(BOUNCE.format(t), "r1@resident.example"), BOUNCE.format(t)) if n % 2 else
                  (arf(plain, BOUNCE.format(t), "r1@resident.example"), plain) for n, t in enumerate(forged)))
    spent = cpu_s(pid) - spent
    assert state(town) == before
    slower = 20 if os.environ.get("SAN") else 1  # under sanitizers
    assert spent <= 10.0 * slower, f"{spent / 10:.3f} ms each"
    tally(town, "forged", 5000)
    assert alert and town.sql("SELECT count(*) FROM bounce") == [(0,)]


def test_a_report_counts_once_and_only_for_its_own(town, start):
    with sink_of() as sink:
        system = start(relays=sink.address)
        _, senders = sent(town, sink)
    one = senders["r1@resident.example"]
    pour(system, [
        (dsn(one, action="delayed", status="4.4.1"), one),
        (b"From: r1@resident.example\nAuto-Submitted: auto-replied\n\nI am away.\n", one),
        (b"Subject: \xff\xfe\0\r\r\n\n" + bytes(range(256)) * 100, one),
        # an individual mail's token says whose it is, whatever address failed in the end (it may be forwarded)
        *[(dsn(one, "r2@resident.example"), one)] * 5,
        (dsn(one.upper(), "r1@resident.example"), one.upper()),
    ])
    assert bounces(town) == [("r1@resident.example", "permanent", "5.1.1")]
    tally(town, "again", 5)
    tally(town, "nothing", 3)


def test_a_complaint_by_its_own_token(town, start):
    """Sent to the plain address, as providers do; once."""
    with sink_of() as sink:
        system = start(relays=sink.address)
        _, senders = sent(town, sink)
    plain = "bounce@city.kairan.example"
    town.sql("INSERT INTO category (department, name) VALUES (1, 'other') ON CONFLICT DO NOTHING")
    town.sql("UPDATE subscriber SET categories = '{1,2}'")
    pour(system, [(arf(plain, senders["r4@resident.example"]), plain)] * 3)
    assert town.sql("SELECT categories, own FROM subscriber WHERE id = 4") == [([2], True)]
    assert town.sql("SELECT count(*) FROM subscriber WHERE categories = '{1,2}'") == [(19,)]
    # a report of failure acts by the address it came to alone
    pour(system, [(dsn(plain, "r5@resident.example"), plain)])
    assert bounces(town) == [("r4@resident.example", "complaint", "")]


def test_express_reports_name_a_member(town, start):
    """Two hand-overs of ten: a report counts for whom it names, if he was of that one."""
    with sink_of() as sink:
        system = start(relays=sink.address, chunk_members=10)
        alert = town.approve(urgent=True)
        assert town.wait_end(alert)["accepted"] == 20
    first, second = sorted((mail.sender, mail.recipients) for mail in sink.mails)
    assert len(first[1]) == len(second[1]) == 10 and first[0] != second[0]
    pour(system, [(dsn(first[0], second[1][0]), first[0]), (dsn(first[0], "x@resident.example"), first[0]),
                  (dsn(first[0], first[1][0]), first[0]), (arf(first[0], first[0], first[1][1]), first[0])])
    assert {address: kind for address, kind, _ in bounces(town)} == {first[1][0]: "permanent", first[1][1]: "complaint"}
    assert town.sql("SELECT count(*) FROM contact WHERE suspended_at IS NOT NULL") == [(0,)]
    tally(town, "stranger", 2)


# ---- the door ----

def test_while_the_database_is_away(town, start):
    """451: the mail server keeps the report, and brings it again."""
    with sink_of() as sink:
        system = start(relays=sink.address, statement_timeout_ms=300)
        _, senders = sent(town, sink)
    one = senders["r1@resident.example"]
    with town.cluster.connect("kairan_owner", autocommit=False) as link, link.cursor() as cursor:
        cursor.execute("LOCK TABLE kairan.contact IN ACCESS EXCLUSIVE MODE")
        with Door(system.settings["intake_listen"]) as door:
            assert door.bring(dsn(one), one) == [451]
            assert door.bring(dsn(one), BOUNCE.format("a" * 40)) == [250]
        link.rollback()
    assert bounces(town) == []
    pour(system, [(dsn(one), one)])
    assert bounces(town) == [("r1@resident.example", "permanent", "5.1.1")]


def test_hostile_guests(start):
    system = start(intake_size_b=65536)
    at = system.settings["intake_listen"]
    assert b"421 4.3.0 too many mistakes" in talk(at, b"GET / HTTP/1.1\r\n" * 100)
    assert talk(at, b"LHLO x\r\nQUIT\r\n").endswith(b"221 2.0.0 Bye\r\n")
    huge = b"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<x@y>\r\nDATA\r\n" + b"x" * 70000 + b"\r\n.\r\nQUIT\r\n"
    assert b"552 5.3.4 Too large" in talk(at, huge)
    assert b"500 5.5.2" in talk(at, b"L" * 100000 + b"\r\nQUIT\r\n")
    doors = [Door(at) for _ in range(50)]
    host, port = at.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as late:
        assert not select.select([late], [], [], 0)[0], "the house is full: it waits before the door"
        doors.pop().quit()
        assert late.recv(100).startswith(b"220 ")
    for door in doors:
        door.quit()
    assert Door(at).quit()[0] == 221
    assert system.processes["worker"].child.poll() is None


def test_a_socket_and_a_restart(start, tmp_path):
    """The path of a process that was killed is taken over; an orderly end takes it away."""
    path = str(tmp_path / "intake.sock")
    system = start(intake_listen=path)
    assert Door(path).bring(dsn("x@y"), BOUNCE.format("a" * 40)) == [250]
    worker = system.processes["worker"]
    after = len(worker.lines)
    os.kill(intake_pid(worker.pid), 9)
    worker.wait_line("intake 0: ready", after=after)
    assert Door(path).bring(dsn("x@y"), BOUNCE.format("a" * 40)) == [250]
    system.stop_one("worker")
    assert not os.path.exists(path)


# ---- the warning ----

def test_the_warning_leads_back(town, start):
    """Warned by a letter, suspended, and turned on again by its link."""
    with sink_of() as sink:
        system = start(relays=sink.address)
        system.start("public", "kairan-server", "--face", "public", ready="listening on")
        for days in (20, 10):
            alert, senders = sent(town, sink)
            pour(system, [(dsn(senders["r7@resident.example"]), senders["r7@resident.example"])])
            town.sql("UPDATE bounce SET at = at - make_interval(days => %s) WHERE alert = %s", days, alert)
            town.sql("UPDATE broadcast SET started_at = started_at - interval '30 days' WHERE alert = %s", alert)
        before = len(sink.mails)
        town.sql("SELECT bounce_judge(100, now() + interval '2 hours')")
        sink.wait_mails(before + 1)
        mail = parse(sink.mails[-1].data)
        town.sql("SELECT bounce_judge(100, now() + interval '8 days')")
        assert town.sql("SELECT id FROM contact WHERE suspended_at IS NOT NULL") == [(7,)]
        link = re.search(r"https?://[^/\s]+(/stay/\S+)", mail.get_content())[1]
        resident = system.resident()
        assert resident.get(link)["action"] == link
        assert town.sql("SELECT count(*) FROM contact WHERE suspended_at IS NOT NULL") == [(1,)], "a GET changes nothing"
        resident.post(link)
        assert town.sql("SELECT count(*) FROM contact WHERE suspended_at IS NOT NULL") == [(0,)]
