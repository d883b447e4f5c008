"""What people and workers meet when the database or the relay is away, at the start or later (issue: bad input)."""
import pytest

from harness.broadcast import Broadcasts
from harness.client import Client
from harness.cluster import Closed
from harness.system import free_port
from sink import Sink


@pytest.fixture
def console(cluster, make_system):
    """console(system) starts the staff face over a small town with 30 residents: (broadcasts, the approver's browser)."""
    def start(system):
        town = Broadcasts(cluster)
        town.residents(30)
        system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        client = Client(system.settings["staff_url"])
        client.http.cookies.set("kairan", town.approver)
        return town, client
    return start


def test_no_relay_the_alert_waits_and_the_console_says_why(console, make_system):
    """Nobody is ended, the reason stands on the page in both languages, and all goes on when the relay is there."""
    port = free_port()
    system = make_system(relays=f"127.0.0.1:{port}", relay_connections=2, senders=1)
    town, client = console(system)
    system.start_workers()
    alert = town.approve()
    town.wait("SELECT 1 FROM relay_state WHERE NOT up")
    page = client.get(f"/alerts/{alert}")
    assert page["has_trouble"] and page["running"] and f"127.0.0.1:{port}" in page["trouble"]
    assert page["alert"]["state"] == "sending" and page["counts"]["waiting"] == "30" and page["counts"]["accepted"] == "0"
    for lang, words in (("ja", "中継サーバー"), ("en", "mail relay")):
        shown = client.raw("GET", f"/alerts/{alert}", params={"lang": lang}, headers={"Accept": "text/html"}).text
        assert words in shown and f"127.0.0.1:{port}" in shown
    sink = Sink(port=port)
    try:
        assert town.wait_end(alert)["accepted"] == 30
        page = client.get(f"/alerts/{alert}")
        assert page["alert"]["state"] == "done" and not page["running"] and not page["has_trouble"]
        assert len(sink.mails) == 30
    finally:
        sink.close()


def test_stopped_while_the_relay_is_away(console, make_system):
    """Stop needs no relay."""
    system = make_system(relays=f"127.0.0.1:{free_port()}", relay_connections=2, senders=1)
    town, client = console(system)
    system.start_workers()
    alert = town.approve()
    town.wait("SELECT 1 FROM relay_state WHERE NOT up")
    client.get("/post")
    assert client.post(f"/alerts/{alert}/stop")["alert"]["state"] == "stopped"
    assert town.wait_end(alert)["cancelled"] == 30


def test_workers_start_without_a_database(cluster, console, make_system):
    """They say that they wait, none of them ends, and they begin when it is there."""
    sink = Sink()
    try:
        system = make_system(relays=sink.address, relay_connections=2, senders=1)
        town, _ = console(system)
        with Closed(cluster):
            worker = system.start("worker", "kairan-worker")
            for role in ("fanout", "send", "sweep"):
                worker.wait_line(rf"{role} 0: waiting for the database")
        worker.wait_line(r"fanout 0: ready")
        worker.wait_line(r"send 0: ready")
        again = Broadcasts(cluster)
        assert again.wait_end(again.approve())["accepted"] == 30
        assert not [line for line in worker.lines if "ended" in line]
    finally:
        sink.close()


def test_command_line_without_a_database(cluster, make_system):
    """It says so in one line and gives up: there is a person before it."""
    with Closed(cluster):
        for words in (("status",), ("verify-log",), ("migrate",)):
            ended = cluster.kairan(*words, check=False)
            assert ended.returncode in (1, 3) and len(ended.stderr.splitlines()) == 1, ended.stderr
            assert "database" in ended.stderr, ended.stderr
