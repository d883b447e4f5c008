"""Starting: a program says that it serves when it does, or ends and says why not."""
import os
import shutil

import pytest
import requests

from harness.process import BUILD
from harness.system import System


@pytest.fixture
def web(tmp_path):
    """A copy of web_dir that a test may spoil."""
    return shutil.copytree(os.path.join(BUILD, "web"), tmp_path / "web", symlinks=False)


def ended(process, timeout_s=20):
    """Its exit status, once it has ended by itself."""
    status = process.child.wait(timeout_s)
    process.stop()
    return status


def test_listening_means_answering(cluster, make_system):
    system = make_system(server_processes=4)
    process = system.start("staff", "kairan-server", "--face", "both")
    for face in ("staff", "public"):
        process.wait_line(f"{face} face listening on {system.settings[f'{face}_listen']}$")
        assert requests.get(system.settings[f"{face}_url"] + "/health", timeout=10).json() == {"ok": True, "db": True}
    assert sum("listening on" in line for line in process.lines) == 2


@pytest.mark.parametrize("page", ["sign_in.mustache", "parts/top.mustache"])
def test_a_broken_page_ends_the_server(cluster, make_system, web, page):
    (web / "pages" / page).write_text("{{#never_closed}}", encoding="utf-8")
    process = make_system(web_dir=web).start("staff", "kairan-server", "--face", "staff")
    assert ended(process) == 1
    assert any('Unclosed section "never_closed"' in line for line in process.lines)
    assert not any("listening on" in line for line in process.lines)


def test_a_page_broken_later_does_not_end_it(cluster, make_system, web):
    """A process that is started again meets what changed meanwhile; the others go on."""
    system = make_system(web_dir=web, server_processes=2)
    process = system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    page = web / "pages" / "sign_in.mustache"
    whole = page.read_text(encoding="utf-8")
    page.write_text("{{#never_closed}}", encoding="utf-8")
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as children:
        os.kill(int(children.read().split()[0]), 9)
    process.wait_line("ended with status 1")
    assert requests.get(system.settings["staff_url"] + "/sign-in", timeout=10).status_code == 200
    page.write_text(whole, encoding="utf-8")
    assert process.stop() == 0


def test_a_sender_without_its_journal_ends_the_workers(cluster, make_system):
    system = make_system(relay="127.0.0.1:1")
    os.mkdir(os.path.join(system.settings["journal_dir"], "send-0.journal"))
    process = system.start("worker", "kairan-worker")
    assert ended(process) == 1
    assert any("could not start; leaving" in line for line in process.lines)
    assert any(system.settings["journal_dir"] in line and " send 0" in line for line in process.lines)
