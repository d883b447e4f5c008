"""Express hand-over of urgent alerts: one mail for many, the same bytes for all of them, and every answer its own
recipient's. The outside judge counts."""
import re
from email import message_from_bytes, policy

import pytest

from sink import Hold, Sink

SHARE = 100  # express_recipients


def identities(sink):
    """Message-ID -> the bytes that bore it."""
    found = {}
    for mail in sink.mails:
        found.setdefault(mail.message_id, set()).add(mail.data)
    return found


def attempts(trial, address):
    """(result, final, again, code, words) of every attempt at one resident."""
    return [o[1:] for o in trial.town.outcomes(trial.alert) if o[0] == address]


def test_one_mail_for_many(trial):
    """It names nobody, tells how to leave without a link of somebody's own, and is the same for all of a hand-over."""
    wanted = trial.residents(230)
    sink = trial.start()
    alert = trial.approve(urgent=True)
    assert trial.end().accepted == 230
    assert sink.commands["RCPT"] == 230 and sink.commands["DATA"] == len(sink.mails) <= 6
    assert sorted(who for mail in sink.mails for who in mail.recipients) == sorted(wanted)
    assert max(len(mail.recipients) for mail in sink.mails) == SHARE
    for message_id, texts in identities(sink).items():
        assert re.fullmatch(rf"x{alert}\.1\.\d+\.ja@city\.kairan\.example", message_id) and len(texts) == 1
    for mail in sink.mails:
        head = message_from_bytes(mail.data, policy=policy.default)
        assert mail.data.count(b"\r\nTo: undisclosed-recipients:;\r\n") == 1
        assert head["List-Unsubscribe"] == f"<{trial.system.settings['public_url']}/leave>"
        assert head["List-Unsubscribe-Post"] is None and head["Cc"] is None and head["Bcc"] is None
        assert b"@resident.example" not in mail.data
        assert re.fullmatch(r"bounce\+[a-z2-7]{40}@city\.kairan\.example", mail.sender)
    assert len({head_date(mail) for mail in sink.mails}) == 1


def head_date(mail):
    return message_from_bytes(mail.data, policy=policy.default)["Date"]


def test_each_language_has_its_own(trial):
    wanted = trial.residents(60)
    english = wanted[::3]
    trial.town.sql("UPDATE subscriber SET lang = 'en' WHERE id IN (SELECT subscriber FROM contact WHERE address = ANY (%s))",
                   english)
    sink = trial.start()
    trial.approve(urgent=True, english="Heavy rain. Move to higher ground.")
    assert trial.end().accepted == 60
    for mail in sink.mails:
        text = message_from_bytes(mail.data, policy=policy.default).get_content()
        ours = set(mail.recipients) <= set(english)
        assert ("Heavy rain" in text) == ours and ours == bool(set(mail.recipients) & set(english))
        assert mail.message_id.split("@")[0].endswith(".en" if ours else ".ja")
    assert all(len(texts) == 1 for texts in identities(sink).values())


def test_each_answer_is_its_own_recipients(trial):
    """250, 450 and 550 mixed in one transaction: nobody's answer costs another the mail."""
    wanted = trial.residents(150)
    later, never = set(wanted[1::10]), set(wanted[4::10])

    def script(step, recipient, count):
        if step == "rcpt" and recipient in later and count == 1:
            return f"450 4.2.1 not now, {recipient}"
        return f"550 5.1.1 nobody here is {recipient}" if step == "rcpt" and recipient in never else None

    sink = trial.start(script, retry_delays_s="1")
    trial.approve(urgent=True)
    verdict = trial.end()
    assert (verdict.accepted, verdict.refused, verdict.doubles) == (135, 15, 0)
    for address in wanted:
        tried = attempts(trial, address)
        if address in later:
            assert [t[0] for t in tried] == ["temporary", "accepted"]
            assert tried[0][3:] == (450, f"not now, {address}")
        elif address in never:
            assert [t[0] for t in tried] == ["refused"]
            assert tried[0][3:] == (550, f"nobody here is {address}")
        else:
            assert [t[0] for t in tried] == ["accepted"]
    assert sink.commands["DATA"] <= 5


def test_when_all_are_refused_no_text_is_sent(trial):
    trial.residents(20)
    sink = trial.start(lambda step, recipient, count: "550 5.1.1 nobody" if step == "rcpt" else None)
    trial.approve(urgent=True)
    assert trial.end().refused == 20
    assert not sink.mails and sink.commands["RCPT"] == 20


@pytest.mark.parametrize("words", ["452 4.5.3 Too many recipients", "452 Too many recipients"])
def test_a_relays_limit_of_recipients_is_no_attempt(trial, words):
    """It takes seven with one mail; the others come with the next ones, and nothing is noted of it."""
    trial.residents(120)
    sink = trial.listen()

    def script(step, recipient, count):
        if step == "mail":
            script.taken = 0
        script.taken = getattr(script, "taken", 0) + (step == "rcpt")
        return words if step == "rcpt" and script.taken > 7 else None

    sink.script = script
    trial.start(connections=1)
    trial.approve(urgent=True)
    assert trial.end().accepted == 120
    assert all(o[1] == "accepted" for o in trial.town.outcomes(trial.alert))
    # Learnt once; one more is tried now and then.
    assert max(len(mail.recipients) for mail in sink.mails) == 7
    assert sink.commands["RCPT"] <= 120 + 2 * SHARE


def test_a_refusal_of_the_text_for_ones_sake_costs_nobody_else(trial):
    """The relay says only at the dot that one of them is unknown: then each gets a mail of his own."""
    wanted = trial.residents(30)
    bad = wanted[7]
    sink = trial.listen()
    sink.script = lambda step, recipient, count: (
        "550 5.1.1 one of them is unknown" if step == "dot" and bad in sink.mails[-1].recipients else None)
    trial.start()
    trial.approve(urgent=True)
    verdict = trial.end()
    assert (verdict.accepted, verdict.refused, verdict.doubles) == (29, 1, 0)
    assert [t[0] for t in attempts(trial, bad)] == ["refused"]
    assert all(o[1] == "accepted" for o in trial.town.outcomes(trial.alert) if o[0] != bad)


def test_killed_at_the_dot(trial):
    """Doubles at most the transactions that were at their dots, bytes and Message-ID the same, all flagged."""
    trial.residents(450)
    connections, held, dots = 2, Hold(), []

    def script(step, recipient, count):
        if step == "dot":
            dots.append(recipient)
        return [held, Sink.DROP] if step == "dot" and len(dots) <= connections else None

    sink = trial.start(script, connections=connections)
    trial.approve(urgent=True)
    trial.kill_behind(held)
    held.release()
    verdict = trial.end(doubles=connections * SHARE)
    assert verdict.accepted == 450 and 0 < verdict.doubles <= connections * SHARE
    assert all(len(texts) == 1 for texts in identities(sink).values())


def test_silence_after_the_dot(trial):
    """Who was in doubt hears the same mail once more; who was refused in the same transaction does not."""
    wanted = trial.residents(40)
    refused = wanted[3]

    def script(step, recipient, count):
        if step == "rcpt" and recipient == refused:
            return "550 5.1.1 nobody"
        return Sink.DROP if step == "dot" and len(sink.mails) == 1 else None

    sink = trial.listen(script)
    trial.start()
    trial.approve(urgent=True)
    verdict = trial.end(doubles=SHARE)
    assert (verdict.accepted, verdict.refused) == (39, 1)
    assert len(sink.mails[0].recipients) == verdict.doubles
    assert all(len(texts) == 1 for texts in identities(sink).values())
    for address in sink.mails[0].recipients:
        assert [t[:3] for t in attempts(trial, address)] == [("unknown", False, False), ("accepted", True, True)]


def test_lost_in_the_middle_of_the_recipients(trial):
    """421 to one of many, half a reply, the line cut: nobody was sent anything, nobody is counted, all get it."""
    wanted = trial.residents(90)
    acts = {wanted[10]: "421 4.3.2 bye", wanted[40]: Sink.DROP, wanted[70]: ["250-half", Sink.DROP]}
    sink = trial.start(lambda step, recipient, count: acts.get(recipient) if step == "rcpt" and count == 1 else None,
                       connections=1)
    trial.approve(urgent=True)
    assert trial.end().accepted == 90
    assert all(o[1] == "accepted" for o in trial.town.outcomes(trial.alert))
    assert sink.connections >= 2


def test_without_pipelining(trial):
    wanted = trial.residents(30)
    trial.listen(lambda step, recipient, count: "550 5.1.1 nobody" if step == "rcpt" and recipient == wanted[5] else None,
                 extensions=())
    trial.start()
    trial.approve(urgent=True)
    verdict = trial.end()
    assert (verdict.accepted, verdict.refused) == (29, 1)


def test_switched_off(trial):
    """express_recipients = 1: an urgent alert goes out like any other."""
    trial.residents(20)
    sink = trial.start(express_recipients=1)
    trial.approve(urgent=True)
    assert trial.end().accepted == 20
    for mail in sink.mails:
        head = message_from_bytes(mail.data, policy=policy.default)
        assert head["To"] == mail.recipient and head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.message_id.startswith("a")


def test_routine_alerts_share_no_mail(trial):
    trial.residents(20)
    sink = trial.start()
    trial.approve()
    assert trial.end().accepted == 20
    assert all(len(mail.recipients) == 1 for mail in sink.mails)
