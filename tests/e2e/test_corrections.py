"""An alert, and the one that corrects it, through workers and a scripted relay: who got the first text
hears of the error, who did not gets the right text alone, nobody gets both (P8)."""
import contextlib
import time

import pytest

from harness.broadcast import Broadcasts
from harness.mailbox import parse
from sink import Hold, Sink

RIGHT, WRONG = "正しいお知らせです。", "先ほどのお知らせは誤りでした。"


@pytest.fixture
def town(cluster):
    return Broadcasts(cluster)


@pytest.fixture
def sink():
    with contextlib.closing(Sink()) as relay:
        yield relay


def test_each_gets_one_of_the_texts(town, sink, make_system):
    """The correction is approved while mails of the original stand at the final dot."""
    wanted, hold = set(town.residents(600)), Hold()
    sink.script = lambda step, recipient, count: hold if step == "dot" and len(sink.mails) > 150 else None
    make_system(relays=sink.address, relay_connections=8, senders=1).start_workers()
    first = town.approve()
    town.wait("SELECT 1 FROM broadcast WHERE alert = %s AND accepted >= 100", first)
    second = town.correct(first, "correction", WRONG, RIGHT)
    town.wait("SELECT 1 FROM broadcast WHERE alert = %s AND fanout_after > '-infinity'", second)
    assert town.sql("SELECT written FROM broadcast WHERE alert = %s", second) == [(0,)]
    hold.release()
    town.wait_end(second)
    totals = town.wait_end(first)
    mails = {1: {}, 2: {}}
    for mail in sink.mails:
        which = 2 if mail.message_id.strip("<>").startswith(f"a{second}.") else 1
        mails[which].setdefault(mail.recipient, []).append(mail)
    reached = set(mails[1])
    assert 150 < len(reached) == totals["accepted"] < 600
    assert set(mails[2]) == wanted
    assert all(len(each) == 1 for group in mails.values() for each in group.values())
    for recipient, (mail,) in mails[2].items():
        error = recipient in reached
        letter = parse(mail.data)
        assert letter["Subject"] == ("【訂正】大雨警報" if error else "大雨警報")
        assert letter.get_content().startswith("【訂正】" + WRONG if error else RIGHT)


@pytest.mark.alone
def test_a_letter_does_not_wait_behind_a_routine_alert(town, sink, make_system):
    """Somebody waits for his confirmation while thousands of mails are sent: less than a second."""
    town.residents(3000)
    sink.script = lambda step, recipient, count: 0.05 if step == "dot" else None
    make_system(relays=sink.address, relay_connections=8, senders=1).start_workers()
    alert = town.approve()
    sink.wait_mails(100)
    asked = time.monotonic()
    town.sql("SELECT letter_add('leave', 'ja', 1, 'waiting@resident.example', NULL, now() + interval '1 hour')")
    town.wait("SELECT 1 FROM letter WHERE state = 'accepted'")
    letter, = [mail for mail in sink.mails if mail.recipient == "waiting@resident.example"]
    assert letter.at - asked < 1
    assert town.sql("SELECT ended_at FROM broadcast WHERE alert = %s", alert) == [(None,)]
