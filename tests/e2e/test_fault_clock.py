"""Clocks that are wrong or step, and broadcasts that cross an edge of the calendar (fault matrix B41, B42)."""
import psycopg2
import pytest

from harness.broadcast import Broadcasts
from harness.client import Client, Refused
from harness.clock import Clock
from harness.server import Server
from sink import Slow


@pytest.fixture
def clock():
    made = Clock()
    yield made
    made.close()


@pytest.fixture
def own_time(cluster, clock):
    """As clock, and the database lives by it too, till the test ends."""
    server = Server(cluster).keep_commits()
    server.stop()
    server.environment = clock.environment
    server.start()
    yield clock
    server.stop()
    server.environment = {}
    server.start()
    cluster.sql("UPDATE kairan.credential SET set_at = now()")  # one of the future is not good


def sign_in_again(trial):
    """The sessions of before the journey are over."""
    trial.town = Broadcasts(trial.cluster)
    return trial.town


def look_again(trial):
    """Returns when the senders have looked for work since now."""
    before, = trial.town.sql("SELECT clock_timestamp()")[0]
    trial.town.wait("SELECT 1 FROM worker WHERE role = 'send' AND seen > %s::timestamptz + interval '2 seconds'", before)


@pytest.mark.parametrize("offset", ["+30m", "-1h", "-400d"])
def test_b41_wrong_clock_on_the_worker_host(trial, clock, offset):
    """The database's clock says when things happen; nobody is sent to twice, nobody forgotten."""
    clock.set(offset)
    trial.residents(100)
    trial.start(env=clock.environment)
    trial.approve()
    assert trial.end().accepted == 100


def test_b41_clock_steps_in_the_middle(trial, clock):
    """Forward, back, to 2038 and to now: whatever a sender with such a clock will not send is sent by one without."""
    trial.residents(600)
    trial.start(Slow(0.03), env=clock.environment)
    trial.approve()
    for place, offset in enumerate(("+20m", "-1h")):
        trial.sink.wait_mails(60 * (place + 1))
        clock.set(offset)
    trial.sink.wait_mails(180)
    clock.set("+4400d")
    trial.town.wait("SELECT 1 FROM worker WHERE role = 'send' AND seen > %s::timestamptz",
                    *trial.town.sql("SELECT clock_timestamp() + interval '1 second'")[0])
    clock.set("+0")
    assert trial.end().accepted == 600


def test_b41_clock_of_the_database_steps(own_time, trial):
    """An hour forward, two back: what is leased stays with who holds it, and the log's order is by number."""
    trial.residents(600)
    trial.start(Slow(0.03), env=own_time.environment)
    trial.approve()
    for place, offset in enumerate(("+20m", "-1h", "+0")):
        trial.sink.wait_mails(100 * (place + 1))
        own_time.set(offset)
    assert trial.end().accepted == 600
    trial.cluster.kairan("verify-log")


@pytest.mark.parametrize("urgent", [False, True], ids=["routine", "urgent"])
def test_b42_004_13_2_1_quiet_hours_begin(own_time, trial, urgent):
    """At nine in the evening what is routine waits for the morning, even in the middle; what is urgent goes on."""
    own_time.set_to("2027-02-10T20:59:00")
    sign_in_again(trial)
    trial.residents(400)
    trial.start(Slow(0.03), env=own_time.environment, connections=4, quiet_from="21:00", quiet_to="07:00", chunk_members=20,
                express_recipients=1)
    trial.approve(urgent=urgent, hours=24)
    trial.sink.wait_mails(60)
    own_time.set_to("2027-02-10T21:00:05")
    if not urgent:
        trial.town.wait("SELECT 1 FROM chunk HAVING bool_and(state <> 'leased')")
        own_time.set_to("2027-02-11T06:59:30")
        look_again(trial)
        assert 60 <= len(trial.sink.mails) < 400
        own_time.set_to("2027-02-11T07:00:00")
    assert trial.end().accepted == 400


def test_b42_the_fiscal_year_turns_and_the_password_ends(own_time, trial):
    """In the middle of a broadcast the year is over, months have other tables, and the approver may approve no
    more: the broadcast that was approved goes on; the next one must wait for a new password."""
    own_time.set_to("2027-03-31T23:59:00")
    town = sign_in_again(trial)
    trial.residents(400)
    town.sql("UPDATE credential SET set_at = now() - interval '90 days'")
    trial.start(Slow(0.03), env=own_time.environment, connections=4)
    trial.approve()
    trial.sink.wait_mails(60)
    own_time.set_to("2027-04-01T00:00:01")
    assert trial.end().accepted == 400
    assert town.sql("SELECT count(DISTINCT (at AT TIME ZONE 'Asia/Tokyo')::date) FROM outcome WHERE alert = %s", trial.alert) == [(2,)]
    with pytest.raises(psycopg2.Error) as refused:
        town.approve()
    assert refused.value.pgcode.startswith("KR"), refused.value
    trial.cluster.kairan("verify-log")


def test_a32_001_2_7_1_clocks_apart(trial, clock):
    """More than a minute from the database's clock nothing is approved, and no server starts; from a second on people
    are told."""
    trial.residents(1)
    system = trial.start(env=clock.environment) and trial.system
    system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    client = Client(system.settings["staff_url"])
    client.http.cookies.set("kairan", trial.town.approver)
    alert = trial.town.submit()
    page = client.get(f"/alerts/{alert}")
    assert client.get("/sending")["drifts"] is False
    clock.set("+5")
    assert (client.get("/sending")["drifts"], client.get("/sending")["drift_s"]) == (True, "+5.0")
    clock.set("-61")
    with pytest.raises(Refused) as refused:
        client.post(f"/alerts/{alert}/approve", {"fingerprint": page["fingerprint"]})
    assert refused.value.status == 409 and "1分以上" in str(refused.value.body)
    assert trial.town.sql("SELECT count(*) FROM approval WHERE alert = %s", alert) == [(0,)]
    system.stop_one("staff")
    late = system.start("late", "kairan-server", "--face", "staff")
    assert late.child.wait(20) == 1 and any("more than a minute apart" in line for line in late.lines)
    clock.set("+0")
    system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    client.post(f"/alerts/{alert}/approve", {"fingerprint": page["fingerprint"]})
    assert trial.town.sql("SELECT count(*) FROM approval WHERE alert = %s", alert) == [(1,)]
