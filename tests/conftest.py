"""Fixtures of the end-to-end and browser tests; what they stand on is in tests/harness."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness import relay as postfix_relay  # noqa: E402
from harness.browser import open_browser  # noqa: E402
from harness.cluster import Cluster  # noqa: E402
from harness.people import People  # noqa: E402
from harness.system import System  # noqa: E402
from harness.town import RESIDENTS  # noqa: E402
from harness.trial import Trial  # noqa: E402


# Files that take longest, so that they begin first when several run side by side.
LONG = ("test_pages", "test_access", "test_hostile_forms", "test_fault_failpoints", "test_fault_relay", "test_password",
        "test_whole_path", "test_fault_database", "test_http", "test_log_chain", "test_fault_worker", "test_sign_in")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


@pytest.fixture(scope="module")
def cluster():
    """A cluster of the module's own, schema applied, nobody in it."""
    with_pg = Cluster()
    yield with_pg
    with_pg.close()


@pytest.fixture(scope="module")
def system(cluster, tmp_path_factory):
    """The demo town without residents: server, workers and inbox on free ports."""
    yield from run_system(cluster, tmp_path_factory, None)


@pytest.fixture(scope="module")
def town(cluster, tmp_path_factory):
    """As system, with the 19,615 residents of the file."""
    yield from run_system(cluster, tmp_path_factory, RESIDENTS)


@pytest.fixture(scope="module")
def people(cluster, tmp_path_factory):
    """The staff face over the demo town, a writer in the water division; no relay, nobody sends."""
    system = System(cluster, tmp_path_factory.mktemp("people"), relays="127.0.0.1:1")
    cluster.system = system
    try:
        system.make_town()
        system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        staff = People(system)
        staff.add("writer", ("drafter", "suido"))
        yield staff
    finally:
        system.stop()


def run_system(cluster, tmp_path_factory, residents):
    """One System from start to end; its logs are told when a test of the module fails."""
    system = System(cluster, tmp_path_factory.mktemp("system"))
    try:
        system.start_inbox()
        system.make_town(residents)
        system.start_workers()
        system.start_faces()
        cluster.system = system
        yield system
    finally:
        system.stop()


@pytest.fixture
def make_system(cluster, tmp_path):
    """For tests that start, stop and kill by themselves: make_system(**settings) gives a System with
    nothing running; whatever it started is ended afterwards."""
    made = []

    def make(**settings):
        folder = tmp_path / f"system{len(made)}"
        folder.mkdir()
        made.append(System(cluster, folder, **settings))
        cluster.system = made[-1]
        return made[-1]

    yield make
    for system in made:
        system.stop()


@pytest.fixture
def trial(cluster, make_system):
    """A broadcast under faults; its sinks are closed afterwards."""
    under = Trial(cluster, make_system)
    yield under
    under.close()


@pytest.fixture
def postfix():
    """postfix(sink_port, **settings): a real relay; ended afterwards."""
    reason = postfix_relay.available()
    if reason:
        pytest.skip(reason)
    started = []

    def start(sink_port, **settings):
        started.append(postfix_relay.Postfix(sink_port, **settings))
        return started[-1]

    yield start
    for relay in started:
        relay.stop()


@pytest.fixture
def browser(tmp_path):
    """browser(width=…, javascript=…): a Chromium; closed afterwards."""
    opened = []

    def start(**how):
        folder = tmp_path / f"browser{len(opened)}"
        folder.mkdir()
        opened.append(open_browser(folder, **how))
        return opened[-1]

    yield start
    for driver in opened:
        driver.quit()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Beside a failure stand the last lines of every program that ran."""
    outcome = yield
    report = outcome.get_result()
    if not report.failed or "cluster" not in getattr(item, "funcargs", {}):
        return
    system = getattr(item.funcargs["cluster"], "system", None)
    for name, process in (system.processes if system else {}).items():
        report.sections.append((f"log of {name}", process.tail()))
