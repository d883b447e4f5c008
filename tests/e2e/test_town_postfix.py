"""deploy/postfix, as a town sets it up: lifetimes, a transport per lane, signatures unharmed, TLS asked for; after a stop
and after the validity's end nothing more leaves its queue; returned mail comes home."""
import os
import re
import smtplib
import subprocess
import time

import pytest

from harness import relay as postfix_relay
from harness.authentic import published, verify
from harness.broadcast import Broadcasts
from harness.certificates import Authority
from harness.system import System, free_port
from harness.town_postfix import TownPostfix
from sink import Sink

PEOPLE = 40
MANY = 2000
ODD = ("a..b@docomo.example", ".a@ezweb.example", "a.@softbank.example", "-dash@yahoo.example", "plain@other.example")
LANES = {"docomo": ["docomo.example", "mopera.example"], "au": ["ezweb.example"]}


@pytest.fixture
def town(cluster):
    return Broadcasts(cluster)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


def use_lanes(cluster, lanes=None):
    """As the workers write them when they start."""
    lanes = LANES if lanes is None else lanes
    pairs = [(domain, name) for name, domains in lanes.items() for domain in domains]
    cluster.sql("SELECT kairan.lane_sync(%s, %s, %s::text[], %s::text[])", (["other", *lanes], [0] * (len(lanes) + 1),
                [d for d, _ in pairs], [n for _, n in pairs]))


@pytest.fixture(scope="module")
def installed(cluster, authority, tmp_path_factory):
    """A System whose workers run, Postfix before a sink, the sink: all tests share them."""
    reason = postfix_relay.available()
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("town")
    (folder / "dkim").mkdir(mode=0o700)
    system = System(cluster, folder, senders=1, relay_connections=2, relay_tls="verify", relay_ca_file=authority.file,
                    dkim_dir=folder / "dkim", valid_hours=5, valid_hours_urgent=3, intake_listen=f"127.0.0.1:{free_port()}")
    cluster.system = system
    system.write_config()
    for words in (["new", "s1"], ["use", "s1"]):
        cluster.kairan("--config", system.config, "dkim", *words)
    authority.issue("relay", "localhost")
    chain = folder / "chain.pem"
    chain.write_text("".join(open(os.path.join(authority.folder, f"relay.{end}"), encoding="ascii").read()
                             for end in ("key", "crt")))
    use_lanes(cluster)
    sink, relay = Sink(), None
    try:
        relay = TownPostfix(system, sink.port, chain)
        use_lanes(cluster, {})  # Postfix keeps them; these workers have their own
        system.settings["relays"] = f"localhost:{relay.port}"
        system.start_workers()
        yield system, relay, sink
    finally:
        system.stop()
        if relay:
            relay.stop()
        sink.close()


@pytest.fixture
def relayed(installed):
    """relayed(script) -> system, Postfix, sink: queue and sink empty, the sink does as the script says."""
    system, relay, sink = installed
    usual = sink.script

    def start(script=None):
        sink.script = script or usual
        sink.mails.clear()
        return installed

    yield start
    sink.script = usual
    relay.empty()


def complaints(relay):
    """Warnings of Postfix's, but those of mails that were deleted while it was about to send them."""
    return [line for line in relay.log().splitlines()
            if re.search("warning|fatal|panic", line) and "No such file or directory" not in line]


def settle(town, system, count):
    """The town has so many residents. No worker is there meanwhile."""
    system.stop_one("worker")
    town.residents(count)
    system.start_workers()


def give_addresses(town, addresses):
    """The first residents have these addresses."""
    for number, address in enumerate(addresses, 1):
        town.sql("UPDATE contact SET address = %s WHERE id = %s", address, number)


def test_mails_go_by_lane_and_stay_as_they_were(town, cluster, relayed):
    """Over TLS with a certificate that is checked, each lane by its own transport, signatures whole."""
    system, relay, sink = relayed()
    settle(town, system, PEOPLE)
    give_addresses(town, ODD)
    alert = town.approve()
    assert town.wait_end(alert)["accepted"] == PEOPLE
    sink.wait_mails(PEOPLE)
    records = published(system)
    assert all(verify(mail.data, records) for mail in sink.mails)
    quoted = {re.sub(r"^(\.a|a\.|a\.\.b)@", r'"\1"@', address) for address in ODD}
    assert quoted <= {mail.recipient for mail in sink.mails}
    log = relay.log()
    by = dict(re.findall(r"postfix/(\S+?)/smtp\[\d+\]: \S+: to=<\S+@(docomo|ezweb)\.example>", log))
    assert by == {"kairan-docomo": "docomo", "kairan-au": "ezweb"}
    assert re.search(r"to=<plain@other\.example>.*status=sent", log)
    assert not complaints(relay)


def taken(town, alert):
    """Waits till the relay has all mails of an alert."""
    town.wait("SELECT 1 FROM broadcast WHERE alert = %s AND accepted = total", alert)


def test_a_stopped_alert_is_taken_back(town, cluster, relayed):
    """What the carriers defer waits in Postfix's queue; a stop deletes all of it there, and nothing else."""
    system, relay, sink = relayed(lambda step, *_: "450 4.3.2 not now" if step == "mail" else None)
    settle(town, system, PEOPLE)
    recall = relay.recall()
    try:
        other = town.approve()
        taken(town, other)
        mine = set(relay.queued())
        assert len(mine) == PEOPLE
        # A running alert's ids are not given away.
        refused = cluster.kairan("--config", system.config, "queue-ids", str(other), check=False)
        assert refused.returncode == 1 and not refused.stdout
        settle(town, system, MANY)
        alert = town.approve()
        town.wait("SELECT 1 FROM broadcast WHERE alert = %s AND accepted >= 20", alert)
        town.stop(alert)
        recall.wait_line(rf"alert {alert}: \d+ mails to be taken back$")
        left = set(cluster.kairan("--config", system.config, "queue-ids", str(alert)).stdout.split())
        assert len(left) >= 20 and not left & mine
        wait_queue(relay, lambda queue: not queue & left and mine <= queue)
        assert not sink.mails
    finally:
        recall.stop()


def wait_queue(relay, condition, timeout_s=20):
    """Polls: Postfix tells nobody when a queue file goes."""
    deadline = time.monotonic() + timeout_s
    while not condition(set(relay.queued())):
        assert time.monotonic() < deadline, relay.log()[-3000:]
        time.sleep(0.1)


def test_what_is_no_longer_valid_is_taken_back(town, cluster, relayed):
    """Postfix knows no validity: what it still has at the end goes the same way. The command asks again by itself."""
    system, relay, sink = relayed(lambda step, *_: "450 4.3.2 not now" if step == "mail" else None)
    settle(town, system, PEOPLE)
    alert = town.approve()
    taken(town, alert)
    recall = relay.recall()
    try:
        assert len(relay.queued()) == PEOPLE
        cluster.sql("SET session_replication_role = replica; UPDATE kairan.alert_version SET valid_until = now() "
                    "WHERE alert = %s", (alert,))
        recall.wait_line(rf"alert {alert}: {PEOPLE} mails to be taken back$")
        wait_queue(relay, lambda queue: not queue)
        assert not sink.mails
    finally:
        recall.stop()


def test_returned_mail_comes_home(town, cluster, relayed):
    """A carrier refuses after Postfix took the mail: its report reaches the intake; others' mail for the domain is refused."""
    system, relay, sink = relayed(lambda step, to, _count: "550 5.1.1 nobody here" if step == "rcpt" and to.startswith("r7@") else None)
    settle(town, system, PEOPLE)
    assert town.wait_end(town.approve())["accepted"] == PEOPLE
    town.wait("SELECT 1 FROM bounce")
    assert town.sql("SELECT c.address, b.kind, b.status FROM bounce b JOIN contact c ON c.id = b.contact") == [
        ("r7@resident.example", "permanent", "5.1.1")]
    with smtplib.SMTP("127.0.0.1", relay.port) as world:
        world.ehlo()
        world.mail("<>")
        assert world.rcpt("mayor@city.kairan.example")[0] == 550
        assert world.rcpt("bounce+whatever@city.kairan.example")[0] == 250
    sink.wait_mails(PEOPLE - 1)
    assert "r7@resident.example" not in {mail.recipient for mail in sink.mails}


def test_set_up(town, cluster, relayed):
    """`postfix check` says nothing, lifetimes are those of the shortest validity, lanes have their transports; what was
    there stays, what is no longer needed goes."""
    system, relay, _ = relayed()
    checked = subprocess.run(["/usr/sbin/postfix", "-c", relay.conf, "check"] if os.geteuid() == 0 else
                             ["sudo", "-n", "/usr/sbin/postfix", "-c", relay.conf, "check"], capture_output=True, text=True,
                             check=False, timeout=60)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    assert not complaints(relay)
    assert relay.setting("maximal_queue_lifetime") == relay.setting("bounce_queue_lifetime") == "3h"
    assert relay.setting("enable_long_queue_ids") == relay.setting("allow_min_user") == "yes"
    assert relay.setting("relay_recipient_maps") == "inline:{bounce@city.kairan.example=returned}"
    assert relay.setting("kairan-docomo_destination_concurrency_limit") == "20"
    services = relay.services()
    assert {"kairan-docomo", "kairan-au", "smtp", "cleanup", "lmtp"} <= set(services)
    use_lanes(cluster, {"docomo": ["docomo.example"], "free": ["gmail.example"]})  # the last test of these: they stay
    relay.set_up()
    relay.set_up()
    assert set(relay.services()) == set(services) - {"kairan-au"} | {"kairan-free"}
    with open(os.path.join(relay.conf, "kairan-transport"), encoding="utf-8") as file:
        assert file.read().splitlines()[1:] == [f"bounce@city.kairan.example lmtp:inet:{system.settings['intake_listen']}",
                                                "docomo.example kairan-docomo:", "gmail.example kairan-free:"]
