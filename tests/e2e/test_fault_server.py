"""The staff face is killed while somebody approves, and while a broadcast runs (fault matrix B15, B16)."""
import threading
import time

import pytest
import requests

from harness.client import Client, Refused
from harness.trial import kill, processes_of
from sink import Slow

POINTS, FACES = 20, 4


@pytest.fixture
def faces(trial, make_system):
    """Staff faces of one process each: one is killed while others have come back."""
    trial.residents(3)
    started = []
    for _ in range(FACES):
        system = make_system(relays="127.0.0.1:1", server_processes=1)
        started.append(system.start("staff", "kairan-server", "--face", "staff", ready="listening on"))
        client = Client(system.settings["staff_url"])
        client.http.cookies.set("kairan", trial.town.approver)
        started[-1].client = client
    return started


def approve(client, alert):
    """As the page does it: what was shown is what is approved."""
    page = client.get(f"/alerts/{alert}")
    client.post(f"/alerts/{alert}/approve", {"fingerprint": page["fingerprint"]})


def backends(town):
    return {pid for pid, in town._sql(town.admin, "SELECT pid FROM pg_stat_activity WHERE usename = 'kairan_staff'")}


def post_and_kill(town, face, alert, after_s):
    """The approval's request leaves, and its server dies so much later; whether it said that it was done. What it
    had asked of the database is over when this returns."""
    page = face.client.get(f"/alerts/{alert}")
    server, = processes_of(face.pid).values()
    before = backends(town)
    data = {"fingerprint": page["fingerprint"], "csrf": face.client.csrf}
    prepared = face.client.http.prepare_request(requests.Request(
        "POST", f"{face.client.url}/alerts/{alert}/approve", data=data, headers={"Connection": "close"}))
    answers = []

    def send():
        try:
            answers.append(face.client.http.send(prepared, timeout=10).status_code)
        except requests.RequestException:
            answers.append(None)

    sender = threading.Thread(target=send)
    start = time.perf_counter()
    sender.start()
    while time.perf_counter() - start < after_s:
        pass
    kill(server)
    sender.join(15)
    deadline = time.monotonic() + 10
    while before <= backends(town):
        assert time.monotonic() < deadline
    return answers[0] == 200


def test_b15_killed_while_approving(trial, faces):
    """At twenty points of the request: the approval is there whole, with its log row, or not at all; asking again is safe."""
    town = trial.town
    alerts = [town.submit() for _ in range(POINTS)]
    halves = 0
    for place, alert in enumerate(alerts):
        face = faces[place % FACES]
        said = post_and_kill(town, face, alert, place * 0.0008)
        (state, approvals, logged), = town.sql(
            "SELECT state, (SELECT count(*) FROM approval WHERE alert = a.id), (SELECT count(*) FROM oplog "
            "WHERE act = 'alert.approve' AND object = 'alert ' || a.id AND result = 'done') FROM alert a WHERE id = %s",
            alert)
        assert (state, approvals, logged) in (("submitted", 0, 0), ("approved", 1, 1))
        assert not said or state == "approved"
        halves += state == "submitted"
        other = faces[(place + 1) % FACES]
        if state == "submitted":
            approve(other.client, alert)
        else:
            with pytest.raises((Refused, KeyError)):
                approve(other.client, alert)
    assert 0 < halves < POINTS, "every kill came too early, or too late"
    sink = trial.listen()
    trial.start()
    for alert in alerts:
        trial.town.wait_end(alert)
    assert len(sink.mails) == POINTS * 3 == len({(mail.recipient, mail.message_id) for mail in sink.mails})
    assert trial.cluster.kairan("verify-log").returncode == 0


def test_b16_killed_during_the_broadcast(trial):
    trial.residents(400)
    trial.start(Slow(0.02))
    face = trial.system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    trial.approve()
    for i in range(3):
        trial.sink.wait_mails(50 + 100 * i)
        for pid in processes_of(face.pid).values():
            kill(pid)
    assert trial.end().accepted == 400
