"""A relay that refuses, is silent, babbles, breaks off, closes or is not there (fault matrix B27 to B37). Whatever it
does, nobody is lost, nobody pays for the relay's faults, and doubles are those of a dot without an answer."""
import contextlib
import os
import socket
from collections import Counter

import pytest

from harness.trial import read_file
from sink import Drip, Endless, Raw, Sink

CLK = os.sysconf("SC_CLK_TCK")


def attempts(trial):
    """(address, result, attempt) of all outcomes."""
    return trial.town.sql("SELECT c.address, o.result::text, o.attempt FROM outcome o JOIN contact c ON c.id = o.contact "
                          "WHERE o.alert = %s ORDER BY o.at", trial.alert)


def first(step, act, most=3):
    """A script that acts on the first so many who come to a step, then is well."""
    seen = []

    def script(at, recipient, count):
        if at != step or count > 1 and recipient is not None or len(seen) >= most:
            return None
        seen.append(recipient)
        return act

    return script


def cpu_s(pid):
    """Seconds of processor time a process has used."""
    fields = read_file(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLK


def most_memory_mb(pid):
    status = dict(line.split(":", 1) for line in read_file(f"/proc/{pid}/status").decode().splitlines() if ":" in line)
    return int(status["VmHWM"].split()[0]) / 1024


@pytest.mark.parametrize("step,count", [("rcpt", 100), ("dot", 100), ("mail", 15), ("greeting", 40)])
def test_b27_temporary_refusals_of_a_fifth(trial, step, count):
    """At RCPT and the dot they are the recipient's and climb the ladder; before, the relay's and nobody's attempt."""
    seen = []

    def script(at, _recipient, times):
        if at != step or times > 1 and at in ("rcpt", "dot"):
            return None
        seen.append(at)
        if len(seen) % 5:
            return None
        return "451 4.7.1 later" if at != "greeting" else ["421 4.3.2 later", Sink.DROP]

    trial.residents(count)
    trial.start(script, retry_delays_s="1")
    trial.approve()
    assert trial.end().accepted == count
    refused = [row for row in attempts(trial) if row[1] == "temporary"]
    assert len(refused) == (count // 5 if step in ("rcpt", "dot") else 0)


def test_b28_permanent_refusals_of_a_twentieth(trial):
    """Exactly those end as refused, with code and words of the relay."""
    wanted = trial.residents(200)
    words = dict.fromkeys(wanted[::40], ("rcpt", "550 5.1.1 no such user")) | dict.fromkeys(
        wanted[7::40], ("dot", "554 5.2.1 mailbox closed"))
    trial.start(lambda step, recipient, count: words[recipient][1] if words.get(recipient, "")[:1] == (step,) else None)
    trial.approve()
    verdict = trial.end()
    assert (verdict.accepted, verdict.refused) == (190, 10)
    told = {o[0]: f"{o[4]} {o[5]}" for o in trial.town.outcomes(trial.alert) if o[1] == "refused"}
    for who, (_, reply) in words.items():
        code, _, text = reply.split(" ", 2)
        assert told[who].startswith(code) and text in told[who]
    assert set(told) == set(words)


def test_b29_relay_that_refuses_everybody_marks_nobody_dead(trial):
    healed = []
    trial.residents(60)
    trial.start(lambda step, recipient, count: "550 5.7.1 relaying denied" if step == "rcpt" and not healed else None,
                retry_delays_s="1")
    trial.approve()
    reason, = trial.town.wait("SELECT reason FROM relay_state WHERE NOT up")
    assert "relaying denied" in reason
    assert trial.town.sql("SELECT count(*) FROM outcome WHERE final") == [(0,)]
    healed.append(True)
    assert trial.end().accepted == 60


@pytest.mark.parametrize("step", ["greeting", "ehlo", "mail", "rcpt", "data", "dot"])
def test_b30_421_is_nobodys_attempt(trial, step):
    trial.residents(40)
    trial.start(first(step, ["421 4.3.2 closing", Sink.DROP]))
    trial.approve()
    assert trial.end().accepted == 40
    assert {row[1:] for row in attempts(trial)} == {("accepted", 1)}


def test_b30_421_after_each_250(trial):
    trial.residents(40)
    trial.start(lambda step, recipient, count: ["250 2.0.0 Ok", "421 4.3.2 closing", Sink.DROP] if step == "dot" else None)
    trial.approve()
    assert trial.end().accepted == 40
    assert {row[1:] for row in attempts(trial)} == {("accepted", 1)}


@pytest.mark.parametrize("step", ["greeting", "ehlo", "mail", "rcpt", "data", "dot"])
def test_b31_no_reply(trial, step):
    """Before the dot somebody else's turn comes, nothing is doubled; a dot without a reply is in doubt."""
    trial.residents(40)
    script = first(step, Sink.SILENT, most=8)
    trial.start(script, relay_timeout_s=1, relay_dot_timeout_s=2)
    trial.approve()
    ambiguous = 8 if step == "dot" else 0
    verdict = trial.end(ambiguous)
    assert verdict.accepted == 40 and verdict.doubles == ambiguous


def test_b32_slow_dots_are_waited_for(trial):
    """Each dot takes much longer than any step before it may: all connections wait, and nobody gets it twice."""
    trial.residents(16)
    trial.start(lambda step, _recipient, _count: 6 if step == "dot" else None, relay_timeout_s=1)
    trial.approve()
    verdict = trial.end()
    assert verdict.accepted == 16
    assert max(Counter(mail.connection for mail in trial.sink.mails).values()) <= 4, "too few connections were used"


BABBLE = {"drip": Drip(b"220 sink.example " + b"x" * 500, 0.05), "endless": Endless(b"220-more and more\r\n" * 50),
          "long_line": Raw(b"220 " + b"x" * 10_000_000 + b"\r\n"), "garbage": Raw(bytes(range(256)) * 40),
          "http": [Raw(b"HTTP/1.0 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html></html>\r\n"), Sink.DROP]}


@pytest.mark.parametrize("kind,step", [*((kind, "greeting") for kind in BABBLE), ("drip", "dot"), ("long_line", "dot")])
def test_b33_babble(trial, kind, step):
    """What is no SMTP reply ends that connection alone, in time and in little memory."""
    trial.residents(40)
    trial.start(first(step, BABBLE[kind], most=2), relay_timeout_s=1, relay_dot_timeout_s=2)
    trial.approve()
    assert trial.end(2 if step == "dot" else 0).accepted == 40
    assert most_memory_mb(trial.pid()) <= 64


def test_b34_broken_off_after_the_dot(trial):
    """Closed, reset, half a reply: each is in doubt, told once more under its name, and flagged."""
    wanted = trial.residents(60)
    breaks = dict(zip(wanted, (Sink.DROP, Sink.RST, [Raw(b"25"), Sink.DROP], [Raw(b"250 2.0"), Sink.DROP],
                               [Raw(b"250-2.0.0 Ok\r\n"), Sink.DROP], [Raw(b"250 2.0.0 Ok\r"), Sink.RST])))
    trial.start(lambda step, recipient, count: breaks.get(recipient) if step == "dot" and count == 1 else None)
    trial.approve()
    verdict = trial.end(len(breaks))
    assert verdict.accepted == 60 and verdict.retold == set(breaks)
    for who in breaks:
        assert [row[1] for row in attempts(trial) if row[0] == who] == ["unknown", "accepted"]


@pytest.mark.parametrize("step,act", [("greeting", Sink.HALF), ("rcpt", Sink.HALF), ("mail", Sink.RST), ("data", Sink.RST)],
                         ids=["half_closed_at_greeting", "half_closed_at_rcpt", "reset_at_mail", "reset_at_data"])
def test_b35_closed_before_the_dot(trial, step, act):
    trial.residents(40)
    trial.start(first(step, act), relay_timeout_s=2)
    trial.approve()
    assert trial.end().accepted == 40
    assert {row[1:] for row in attempts(trial)} == {("accepted", 1)}


@contextlib.contextmanager
def black_hole():
    """A port that answers no connection: its queue is full, so that the kernel drops what comes."""
    with contextlib.ExitStack() as held:
        listener = held.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = held.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener


def relay_is_down(trial):
    """The reason that the console shows, at the latest when a host must be marked as down."""
    return trial.town.wait("SELECT reason FROM relay_state WHERE NOT up", timeout_s=30)[0]


def test_b35_black_hole(trial):
    """The relay is marked as down; the same port answers later, and everybody gets the mail."""
    trial.residents(30)
    with black_hole() as listener:
        port = listener.getsockname()[1]
        trial.start(relays=f"127.0.0.1:{port}", relay_timeout_s=1)
        trial.approve()
        assert relay_is_down(trial)
    trial.listen(port=port)
    assert trial.end().accepted == 30


def test_b35_accept_then_close(trial):
    healed = []
    trial.residents(30)
    trial.start(lambda step, recipient, count: Sink.DROP if step == "greeting" and not healed else None)
    trial.approve()
    assert relay_is_down(trial)
    assert not trial.sink.mails
    healed.append(True)
    assert trial.end().accepted == 30


def test_b35_name_without_an_address(trial):
    """The relay's name does not resolve: said on the console; a stop ends the alert without it."""
    trial.residents(30)
    trial.start(relays="relay.invalid:25", relay_tls="required", relay_timeout_s=2)
    trial.approve()
    assert "relay.invalid" in relay_is_down(trial)
    trial.town.stop(trial.alert)
    assert trial.end().cancelled == 30


def test_b37_few_connections_one_mail_each(trial):
    """Two at most, closed after each mail: all arrive, and the sender does not run in circles."""
    def script(step, _recipient, _count):
        if step == "greeting" and trial.sink.open > 2:
            return ["421 4.7.0 too many connections", Sink.DROP]
        return ["250 2.0.0 Ok", Sink.DROP] if step == "dot" else None

    trial.residents(40)
    trial.start(script)
    pid = trial.pid()
    before = cpu_s(pid)
    trial.approve()
    trial.town.wait_end(trial.alert)
    used = cpu_s(pid) - before
    lasted, = trial.town.sql("SELECT extract(epoch FROM ended_at - started_at)::float FROM broadcast WHERE alert = %s",
                             trial.alert)[0]
    assert trial.end().accepted == 40
    assert used <= 0.2 * max(lasted, 1)
