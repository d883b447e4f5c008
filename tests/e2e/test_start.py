"""Starting: a program says that it serves when it does, or ends and says why not."""
import os
import re
import shutil
import subprocess

import pytest
import requests

from harness.cluster import Closed
from harness.process import BUILD, TOP
from harness.system import System

RELEASE = open(os.path.join(TOP, "VERSION"), encoding="utf-8").read().split()[0]


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


def lose_letter(web):
    (web / "letters" / "leave.txt").unlink()


def lose_japanese(web):
    with open(web / "letters" / "leave.txt", "a", encoding="utf-8") as letter:
        letter.write("One more line.\n")


def lose_slot(web):
    """The Japanese of one letter says nothing of {until}."""
    mo = web / "locale" / "ja" / "LC_MESSAGES" / "kairan.mo"
    text = subprocess.run(["msgunfmt", "--no-wrap", mo], check=True, capture_output=True, text=True).stdout
    assert text.count("有効期限：{until}\\n") > 2
    po = web / "ja.po"
    po.write_text(text.replace("有効期限：{until}\\n", "有効期限：なし\\n", 1), encoding="utf-8")
    subprocess.run(["msgfmt", "-o", mo, po], check=True)


@pytest.mark.parametrize("spoil,why", [(lose_letter, r"letters/leave\.txt: No such file"),
                                       (lose_japanese, r"letters/leave\.txt: the catalogue has no Japanese"),
                                       (lose_slot, r"letters/\S+\.txt: braces differ between the languages")])
def test_a_broken_letter_ends_the_workers(cluster, make_system, web, spoil, why):
    spoil(web)
    process = make_system(web_dir=web, relays="127.0.0.1:1").start("worker", "kairan-worker")
    assert ended(process) == 1
    assert len(process.lines) == 1 and re.search(f"web_dir: .*{why}", process.lines[0])


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
    system = make_system(relays="127.0.0.1:1")
    os.mkdir(os.path.join(system.settings["journal_dir"], "send-0.journal"))
    process = system.start("worker", "kairan-worker")
    assert ended(process) == 1
    assert any("could not start; leaving" in line for line in process.lines)
    assert any(system.settings["journal_dir"] in line and " send 0" in line for line in process.lines)


# ---- a database that does not fit ----

PROGRAMS = {"kairan-server": ["--face", "staff"], "kairan-worker": [], "kairan": ["status"]}


def refused(system, name):
    """Ends by itself; what it said."""
    system.write_config()
    ended = subprocess.run([os.path.join(BUILD, name), "--config", system.config, *PROGRAMS[name]], text=True,
                           capture_output=True, timeout=30)
    assert ended.returncode != 0
    return ended.stdout + ended.stderr


@pytest.fixture
def recorded(cluster):
    """Writes down that the law is of another release, till the test is over."""
    loaded = cluster.sql("SELECT max(loaded) FROM kairan.law")

    def record(release, oldest):
        cluster.sql("INSERT INTO kairan.law (release, oldest, files, catalogue) VALUES (%s, %s, '', '')", (release, oldest))
    yield record
    cluster.sql("DELETE FROM kairan.law WHERE loaded > %s", loaded[0])


@pytest.mark.parametrize("name", PROGRAMS)
def test_older_schema_is_refused(make_system, recorded, name):
    recorded("0.0.9", "0.0.1")
    said = refused(make_system(relays="127.0.0.1:1"), name)
    assert "older than this program" in said and "kairan migrate" in said, said


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_schema_that_serves_it_no_longer_is_refused(make_system, recorded, name):
    recorded("999.1.0", "999.0.0")
    said = refused(make_system(relays="127.0.0.1:1"), name)
    assert "no longer serves this program" in said and "from 999.0.0 on" in said, said


def test_a_newer_schema_that_serves_it_is_taken(make_system, recorded):
    """Hosts are upgraded one by one; and only who starts is asked, so what runs finishes."""
    recorded("999.1.0", RELEASE)
    system = make_system(server_processes=1)
    server = system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    recorded("999.2.0", "999.0.0")
    with Closed(system.cluster):  # it connects anew
        pass
    assert requests.get(system.settings["staff_url"] + "/sign-in", timeout=10).status_code == 200
    assert server.stop() == 0


def test_a_function_changed_by_hand_is_told_and_borne(make_system, cluster):
    """Nobody may be forgotten because somebody mended a function at night: the server starts, and says so once."""
    was, = cluster.sql("SELECT pg_get_functiondef('kairan.refuse_change()'::regprocedure)")[0]
    cluster.sql("ALTER FUNCTION kairan.refuse_change() COST 7")
    try:
        system = make_system(server_processes=2)
        server = system.start("staff", "kairan-server", "--face", "both", ready="listening on")
        server.wait_line("kairan migrate --check")
        assert requests.get(system.settings["staff_url"] + "/sign-in", timeout=10).status_code == 200
        assert server.stop() == 0
    finally:
        cluster.sql(was)
    assert sum("not as this release loaded them" in line for line in server.lines) == 1
    again = make_system(server_processes=2).start("staff", "kairan-server", "--face", "both", ready="listening on")
    again.stop()
    assert not any("not as this release loaded them" in line for line in again.lines)


@pytest.mark.parametrize("name", PROGRAMS)
def test_release_is_said(name):
    said = subprocess.run([os.path.join(BUILD, name), "--version"], text=True, capture_output=True, timeout=30, check=True)
    assert said.stdout == f"{name} {RELEASE}\n"


def test_release_stands_in_the_foot_for_staff_alone(make_system):
    system = make_system()
    system.start("staff", "kairan-server", "--face", "both", ready="listening on")
    pages = [requests.get(system.settings[f"{face}_url"] + path, timeout=10).text
             for face, path in (("staff", "/sign-in"), ("public", "/"))]
    assert [f"Kairan {RELEASE}" in page for page in pages] == [True, False]


def test_forgetful_database_is_refused_in_production(make_system):
    """synchronous_commit = off forgets approvals at a power cut; the throw-away cluster has it so."""
    system = make_system(relays="127.0.0.1:1", profile="production", staff_url="https://a.example", public_url="https://b.example",
                         relay_tls="required")
    said = refused(system, "kairan")
    assert "synchronous_commit" in said, said
