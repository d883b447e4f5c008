"""The staff door under attack: guessing from many places, flooding, theft and reuse of sessions (A18, A19, A20)."""
import os
import socket
import threading
import time
import unicodedata

import pytest
import requests

from harness.client import Client, Refused, sign_in
from harness.people import People
from harness.system import System

TRIES = 2  # a name, an hour; a network has five times as many


@pytest.fixture(scope="module")
def door(cluster, tmp_path_factory):
    """The staff face behind a proxy's address, so that tests choose their network."""
    system = System(cluster, tmp_path_factory.mktemp("door"), relays="127.0.0.1:1", trusted_proxy="127.0.0.1",
                    sign_in_tries_per_hour=TRIES)
    cluster.system = system
    try:
        system.make_town()
        system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
        yield system
    finally:
        system.stop()


def try_sign_in(system, login, password, network, cookies=None):
    """One try from a network: the answer, and the browser."""
    client = Client(system.settings["staff_url"])
    client.http.headers["X-Forwarded-For"] = network
    client.http.cookies.update(cookies or {})
    client.get("/sign-in")
    answer = client.raw("POST", "/sign-in", data={"login": login, "password": password, "csrf": client.csrf},
                        allow_redirects=False)
    return answer, client


def device_of(client):
    return {"kairan-device": client.http.cookies["kairan-device"]}


# ---- A18: guessing ----

def test_guessing_one_name_from_many_networks(door):
    """The name is closed to strangers, its owner's browser is not; he is in within 5 s, and his own tries are counted apart."""
    login, password = "bousai-1", door.staff_sheet["bousai-1"]
    answer, owner = try_sign_in(door, login, password, "192.0.2.1")
    assert answer.status_code == 303
    device = device_of(owner)
    got = [try_sign_in(door, login, "a wrong password", f"198.51.100.{n}")[0].status_code for n in range(TRIES + 8)]
    assert got == [422] * TRIES + [429] * 8
    answer, _ = try_sign_in(door, login, password, "198.51.100.99")
    assert answer.status_code == 429, "not even the right password, from a stranger's browser"
    begun = time.monotonic()
    answer, owner = try_sign_in(door, login, password, "203.0.113.1", device)
    assert answer.status_code == 303 and time.monotonic() - begun < 5
    own = [try_sign_in(door, login, "a wrong password", "203.0.113.1", device)[0].status_code for _ in range(TRIES + 2)]
    assert own == [422] * TRIES + [429] * 2


def test_guessing_many_names_from_one_network(door):
    """The network is closed, names that exist or not; the rest of the world is not."""
    network = "203.0.113.77"
    got = [try_sign_in(door, f"name-{n}", "a wrong password", network)[0].status_code for n in range(5 * TRIES + 5)]
    assert got == [422] * (5 * TRIES) + [429] * 5
    password = door.staff_sheet["suido-1"]
    assert try_sign_in(door, "suido-1", password, network)[0].status_code == 429
    assert try_sign_in(door, "suido-1", password, "203.0.113.78")[0].status_code == 303


def test_a_device_of_one_person_is_none_of_another(door):
    """A browser known for one name opens no second count for other names."""
    _, known = try_sign_in(door, "suido-2", door.staff_sheet["suido-2"], "192.0.2.20")
    got = [try_sign_in(door, "kosodate-1", "a wrong password", f"192.0.2.{30 + n}", device_of(known))[0].status_code
           for n in range(TRIES + 1)]
    assert got == [422] * TRIES + [429]


def test_refusals_are_on_record_without_secrets(door, cluster):
    """004 §8: each try is logged, with a name that exists; anything else may be a password in the wrong field."""
    count = "SELECT count(*) FROM kairan.oplog WHERE act = 'sign-in' AND result = 'refused'"
    before = cluster.sql(count)[0][0]
    try_sign_in(door, "my-secret-password", "a wrong password", "192.0.2.90")
    try_sign_in(door, "suido-2", "a wrong password", "192.0.2.90")
    assert cluster.sql(count)[0][0] == before + 2
    assert cluster.sql("SELECT login FROM kairan.oplog ORDER BY seq DESC LIMIT 2") == [("suido-2",), (None,)]
    cluster.kairan("verify-log")
    assert cluster.sql("SELECT count(*) FROM kairan.oplog o WHERE o::text LIKE '%my-secret%'") == [(0,)]


# ---- A19: flooding ----

def rss_kb(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            total += sum(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return total


def family(pid):
    """A process and all that came of it."""
    pids = [pid]
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as children:
            for child in children.read().split():
                pids += family(int(child))
    return pids


@pytest.mark.alone
def test_flood_of_sign_ins(make_system, cluster):
    """200 at once: a few are computed, the rest are told to come again; pages go on, memory is bounded."""
    system = make_system(relays="127.0.0.1:1", password_queue=2, sign_in_tries_per_hour=100)
    system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    client = Client(system.settings["staff_url"])
    client.get("/sign-in")
    cookie = "; ".join(f"{c.name}={c.value}" for c in client.http.cookies)
    body = f"login=somebody&password=a+wrong+password&csrf={client.csrf}"
    request = (f"POST /sign-in HTTP/1.1\r\nHost: a.example\r\nCookie: {cookie}\r\nConnection: close\r\nContent-Type: "
               f"application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()
    host, port = system.settings["staff_listen"].split(":")
    pids = family(system.processes["staff"].pid)
    before = rss_kb(pids)
    links = [socket.create_connection((host, int(port)), timeout=60) for _ in range(200)]
    for link in links:
        link.sendall(request)
    times = [timed(system.settings["staff_url"] + "/sign-in") for _ in range(40)]
    grown = rss_kb(pids) - before
    answers = [read_all(link) for link in links]
    codes = [answer.split(b" ", 2)[1] for answer in answers]
    assert set(codes) == {b"422", b"503"} and codes.count(b"422") >= 2
    assert all(b"\r\nRetry-After: " in answer for answer, code in zip(answers, codes) if code == b"503")
    assert sorted(times)[len(times) // 2] < 0.2 and max(times) < 2, sorted(times)[-5:]
    assert grown < 300 * 1024


def timed(url):
    begun = time.monotonic()
    assert requests.get(url, timeout=30).status_code == 200
    return time.monotonic() - begun


def read_all(link):
    data = b""
    while part := link.recv(65536):
        data += part
    link.close()
    return data


# ---- A20: sessions ----

@pytest.fixture(scope="module")
def people(door):
    return People(door)


def dead(client):
    answer = client.raw("GET", "/post", allow_redirects=False)
    return answer.status_code == 401


ENDS = {
    "suspended": ("UPDATE kairan.person SET suspended_at = now() WHERE login = %s",
                  "UPDATE kairan.person SET suspended_at = NULL WHERE login = %s"),
    "post over": ("UPDATE kairan.post SET during = tstzrange(lower(during), clock_timestamp()) WHERE person = (SELECT id FROM kairan.person WHERE login = %s)",
                  "UPDATE kairan.post SET during = tstzrange(lower(during), NULL) WHERE person = (SELECT id FROM kairan.person WHERE login = %s)"),
    "ended": ("UPDATE kairan.session SET ended_at = now() WHERE person = (SELECT id FROM kairan.person WHERE login = %s)", None),
}


@pytest.mark.parametrize("how", ENDS)
def test_sessions_end_at_once(people, how):
    """The next request after the change is refused: reading, and an act."""
    login = "kosodate-chief"
    client = people.signed_in(login, "approver", "kosodate")
    assert client.get("/alerts") is not None
    end, undo = ENDS[how]
    people.sql(end, (login,))
    try:
        assert dead(client)
        assert client.raw("POST", "/alerts/1/approve", data={"csrf": client.csrf}).status_code == 401
    finally:
        if undo:
            people.sql(undo, (login,))


@pytest.mark.parametrize("columns, live", [
    ({"seen": "now() - interval '31 minutes'"}, False), ({"seen": "now() - interval '29 minutes'"}, True),
    ({"made": "now() - interval '13 hours'", "ends": "now() - interval '1 hour'"}, False),
    ({"made": "now() - interval '11 hours'", "ends": "now() + interval '1 hour'"}, True)])
def test_idle_and_old_sessions(people, columns, live):
    client = people.session("bousai-2", "drafter", "bousai", **columns)
    assert dead(client) != live


@pytest.mark.parametrize("login, role, code, live", [
    ("bousai-2", "drafter", "bousai", True), ("bousai-chief", "approver", "bousai", False), ("admin", "administrator", None, False)])
def test_idle_ends_sooner_for_who_may_do_more(people, login, role, code, live):
    client = people.session(login, role, code, seen="now() - interval '16 minutes'")
    assert dead(client) != live
    assert not dead(people.session(login, role, code, seen="now() - interval '14 minutes'"))


@pytest.mark.parametrize("columns", [{"idle": "31 minutes"}, {"ends": "now() + interval '13 hours'"}])
def test_the_database_takes_no_longer_session(people, columns):
    with pytest.raises(Exception, match="check constraint"):
        people.session("bousai-2", "drafter", "bousai", **columns)


def test_a_planted_cookie_is_not_taken_over(door):
    """Fixation: what an attacker set before is not the session afterwards, and stays dead."""
    planted = "A" * 43
    answer, client = try_sign_in(door, "kosodate-2", door.staff_sheet["kosodate-2"], "192.0.2.50", {"kairan": planted})
    assert answer.status_code == 303
    fresh = [c.value for c in answer.cookies if c.name == "kairan"]
    assert fresh and planted not in fresh and len(fresh[0]) >= 22  # 128 bits
    thief = Client(client.url)
    thief.http.cookies.set("kairan", planted)
    assert dead(thief)
    kept = "; ".join(answer.raw.headers.getlist("Set-Cookie")) if hasattr(answer.raw.headers, "getlist") else answer.headers["Set-Cookie"]
    assert kept.count("HttpOnly") == kept.count("SameSite=Lax") == kept.count("Path=/") >= 2


def test_cookies_over_https(make_system, cluster):
    """Behind https all cookies are __Host- ones and Secure, and HSTS is said; a plain-named one counts for nothing."""
    system = make_system(relays="127.0.0.1:1", staff_url="https://staff.city.kairan.example")
    system.start("staff", "kairan-server", "--face", "staff", ready="listening on")
    url = f"http://{system.settings['staff_listen']}"
    answer = requests.get(url + "/sign-in", timeout=30)
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-kairan-form=") and "; Secure" in cookie and "Domain" not in cookie
    token = People(system).session("admin", "administrator").http.cookies["kairan"]
    for name, status in (("kairan", 401), ("__Host-kairan", 200)):
        answer = requests.get(url + "/post", headers={"Cookie": f"{name}={token}", "Accept": "application/json"}, timeout=30)
        assert answer.status_code == status, name


def test_guessed_tokens(door, people):
    """Near misses of a live token, and what is no token at all."""
    token = people.session("bousai-2", "drafter", "bousai").http.cookies["kairan"]
    for bad in (token[:-1], token + "A", token.swapcase(), token[::-1], "", "0", "' OR 1=1", "A" * 4000, "\\x00"):
        client = Client(door.settings["staff_url"])
        answer = requests.get(client.url + "/post", headers={"Cookie": f"kairan={bad}", "Accept": "application/json"}, timeout=30)
        assert answer.status_code == 401, bad


# ---- passwords ----

PASSWORDS = {
    "composed": ("がくぶち 美術館の長い言葉 café", unicodedata.normalize("NFD", "がくぶち 美術館の長い言葉 café"), True),
    "wide": ("Ｗｉｄｅ letters are not narrow", "Wide letters are not narrow", False),
    "spaces": ("  with blanks at both ends  ", "with blanks at both ends", False),
    "signs": ("😀👨‍👩‍👧 a picture of people", "😀👨‍👩‍👧 a picture of people", True),
    "cut": ("長いことば。" * 21, "長いことば。" * 20, False), "longest": ("長いことば。" * 21, "長いことば。" * 21, True)}


@pytest.mark.parametrize("name", PASSWORDS)
def test_passwords(cluster, door, name):
    """Compared whole, in NFC, nothing trimmed and nothing narrowed."""
    password, typed, right = PASSWORDS[name]
    login = f"admin-{len(name)}{name[0]}"
    cluster.kairan("admin", "add", "--login", login, "--name", name, "--mail", f"{login}@city.kairan.example",
                   "--password-stdin", input=password + "\n")
    answer, _ = try_sign_in(door, login, typed, f"192.0.2.{200 + len(name)}")
    assert answer.status_code == (303 if right else 422)


def test_two_at_once_with_one_token(people):
    """Sign-out in one tab while others act: nobody meets a broken page."""
    client = people.signed_in("suido-chief", "approver", "suido")
    token, csrf, seen = client.http.cookies["kairan"], client.csrf, []

    def act():
        answer = requests.get(client.url + "/alerts", headers={"Cookie": f"kairan={token}", "Accept": "application/json"}, timeout=30)
        seen.append(answer.status_code)

    threads = [threading.Thread(target=act) for _ in range(12)]
    for number, thread in enumerate(threads):
        thread.start()
        if number == 5:
            assert client.raw("POST", "/sign-out", data={"csrf": csrf}, allow_redirects=False).status_code == 303
    for thread in threads:
        thread.join()
    assert set(seen) <= {200, 401} and dead(client)


def test_refused_people_are_told_the_same(door):
    """A suspended person is told what a wrong password is told."""
    people = People(door)
    people.sql("UPDATE kairan.person SET suspended_at = now() WHERE login = 'suido-chief'")
    try:
        with pytest.raises(Refused) as refused:
            sign_in(door.settings["staff_url"], "suido-chief", door.staff_sheet["suido-chief"])
        assert refused.value.status == 422
    finally:
        people.sql("UPDATE kairan.person SET suspended_at = NULL WHERE login = 'suido-chief'")
