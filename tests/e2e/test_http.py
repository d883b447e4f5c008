"""The HTTP side from outside, with raw sockets: what is refused, how, and that the service goes on."""
import json
import re
import socket
import time

import pytest

from harness.client import Client, Refused
from harness.cluster import Closed

LOGIN, PASSWORD = "admin", "a long sentence that nobody else types"
ALWAYS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
                               "img-src 'self'; font-src 'self'; connect-src 'self'; "
                               "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture(scope="module")
def faces(cluster, tmp_path_factory):
    """Both faces with short deadlines, and one administrator."""
    from harness.system import System
    system = System(cluster, tmp_path_factory.mktemp("http"), request_deadline_s=3,
                    connection_limit=256, password_queue=4, sign_in_tries_per_hour=100)
    cluster.system = system
    system.start_faces()
    cluster.kairan("admin", "add", "--login", LOGIN, "--name", "管理 花子", "--mail",
                   "admin@city.kairan.example", "--password-stdin", input=PASSWORD + "\n")
    cluster.sql("UPDATE kairan.credential SET one_time = false, one_time_until = NULL")
    yield system
    system.stop()


@pytest.fixture(autouse=True)
def no_delays(cluster):
    """Each test begins as if nobody had failed to sign in; tests/db/t_credential.c tries the growing delays."""
    if cluster.sql("SELECT to_regclass('kairan.try_delay')") != [(None,)]:
        cluster.sql("DELETE FROM kairan.try_delay")


def connect(system, face="staff"):
    host, port = system.settings[f"{face}_listen"].rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=20)


def read_all(link):
    data = b""
    try:
        while part := link.recv(65536):
            data += part
    except ConnectionResetError:
        pass
    return data


def ask(system, request, face="staff"):
    """Sends bytes as they are; all that comes back till the server closes."""
    with connect(system, face) as link:
        link.sendall(request)
        link.shutdown(socket.SHUT_WR)
        return read_all(link)


def statuses(answer):
    return [int(code) for code in re.findall(rb"^HTTP/1\.1 (\d{3}) ", answer, re.M)]


def headers(answer):
    head = answer.split(b"\r\n\r\n", 1)[0].decode("latin-1")
    return {name.lower(): value for name, value in
            (line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)}


def get(path="/sign-in", extra=b"", host=b"Host: a.example\r\n"):
    return b"GET " + path.encode() + b" HTTP/1.1\r\n" + host + extra + b"Connection: close\r\n\r\n"


def post(body, extra=b"", length=True, kind=b"application/x-www-form-urlencoded"):
    size = b"Content-Length: %d\r\n" % len(body) if length else b""
    return (b"POST /sign-in HTTP/1.1\r\nHost: a.example\r\nContent-Type: " + kind + b"\r\n" + size
            + extra + b"\r\n" + body)


def well(system):
    for face in ("staff", "public"):
        assert statuses(ask(system, get("/health"), face)) == [200]


PROBES = {
    "plain": (get(), 200),
    "two lengths": (post(b"abcde", b"Content-Length: 3\r\n"), 400),
    "same length twice": (post(b"abc", b"Content-Length: 3\r\n"), 400),
    "length and chunked": (post(b"3\r\nabc\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n"), 400),
    "chunked": (post(b"3\r\nabc\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n", False), 411),
    "unknown coding": (post(b"abc", b"Transfer-Encoding: xchunked\r\n", False), 400),
    "signed length": (post(b"", b"Content-Length: +3\r\n", False), 400),
    "huge length": (post(b"", b"Content-Length: 10737418240\r\n", False), 413),
    "length past all": (post(b"", b"Content-Length: 99999999999999999999\r\n", False), 413),
    "folded line": (get(extra=b"X-A: 1\r\n Y: 2\r\n"), 400),
    "folded token": (get(extra=b"X-A: 1\r\n b\r\n"), 400),
    "space before colon": (get(extra=b"X-A : 1\r\n"), 400),
    "bare LF": (get(extra=b"X-A: 1\n"), 400),
    "bare CR": (get(extra=b"X-A: 1\rX-B: 2\r\n"), 400),
    "no host": (get(host=b""), 400),
    "two hosts": (get(host=b"Host: a.example\r\nHost: b.example\r\n"), 400),
    "NUL in a header": (get(extra=b"X-A: 1\x00\r\n"), 400),
    "NUL in the target": (b"GET /sign-in\x00x HTTP/1.1\r\nHost: a.example\r\n\r\n", 400),
    "NUL encoded in the path": (get("/j%00admin"), 400),
    "NUL encoded in the query": (get("/sign-in?a=1%00b"), 400),
    "NUL encoded in a name": (post(b"em%00ail=1"), 400),
    "broken percent": (post(b"a=%zz"), 400),
    "no UTF-8": (post(b"a=%ff"), 400),
    "encoded slashes": (get("/%2e%2e%2fsign-in"), 404),
    "dots": (get("/static/../static/kairan.css"), 404),
    "absolute target": (get("http://a.example/sign-in"), 400),
    "space in the target": (b"GET /sign in HTTP/1.1\r\nHost: a.example\r\n\r\n", 400),
    "TRACE": (b"TRACE /sign-in HTTP/1.1\r\nHost: a.example\r\n\r\n", 405),
    "FOO": (b"FOO /sign-in HTTP/1.1\r\nHost: a.example\r\n\r\n", 405),
    "OPTIONS": (b"OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", 405),
    "PUT on a page": (b"PUT /sign-in HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n", 405),
    "POST on a page": (b"POST /log HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n", 405),
    "body on GET": (get(extra=b"Content-Length: 3\r\n") + b"abc", 400),
    "two cookies": (get(extra=b"Cookie: kairan-form=a; kairan-form=b\r\n"), 400),
    "two cookie lines": (get(extra=b"Cookie: a=1\r\nCookie: b=1\r\n"), 400),
    "packed body": (post(b"abc", b"Content-Encoding: gzip\r\n"), 415),
    "unknown type": (post(b"<a/>", kind=b"text/xml"), 415),
    "body over the limit": (post(b"a" * 70000), 413),
    "too many fields": (post(b"a=&" * 1001), 400),
    "long name": (post(b"n" * 2000 + b"=1"), 400),
    "JSON list": (post(b"[]", kind=b"application/json"), 400),
    "JSON deep": (post(b'{"a":' + b"[" * 10000, kind=b"application/json"), 400),
    "JSON twice": (post(b'{"a":1,"a":2}', kind=b"application/json"), 400),
    "JSON NUL": (post(b'{"a":"\\u0000"}', kind=b"application/json"), 400),
    "JSON with a tail": (post(b'{"a":1}x', kind=b"application/json"), 400),
    "multipart without end": (post(b"--x\r\n", kind=b"multipart/form-data; boundary=x"), 400),
    "method override": (get(extra=b"X-HTTP-Method-Override: DELETE\r\n"), 200),
}


@pytest.mark.parametrize("name", PROBES)
def test_probe(faces, name):
    request, status = PROBES[name]
    answer = ask(faces, request)
    # libmicrohttpd writes the head of its own refusals of a length twice, and closes.
    assert set(statuses(answer)) == {status}, answer[:300]


def test_headers_on_every_reply(faces):
    for request in (get(), get("/none"), get("/static/kairan.css"), get("/log"), post(b"a=%zz"),
                    get(host=b"Host: a\r\nHost: b\r\n"), get("/health")):
        got = headers(ask(faces, request))
        assert {name: got.get(name) for name in ALWAYS} == ALWAYS, request
        assert "server" not in got
    assert "strict-transport-security" not in headers(ask(faces, get()))


def test_nothing_is_kept_but_static_files(faces):
    assert headers(ask(faces, get()))["cache-control"] == "no-store"
    assert headers(ask(faces, get("/none")))["cache-control"] == "no-store"
    first = headers(ask(faces, get("/static/kairan.css")))
    assert first["cache-control"] == "public, max-age=600"
    again = ask(faces, get("/static/kairan.css", f"If-None-Match: {first['etag']}\r\n".encode()))
    assert statuses(again) == [304] and again.endswith(b"\r\n\r\n")


def test_head_has_no_body(faces):
    answer = ask(faces, b"HEAD /sign-in HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")
    assert statuses(answer) == [200] and answer.endswith(b"\r\n\r\n")
    assert int(headers(answer)["content-length"]) > 1000


def test_405_names_what_is_allowed(faces):
    assert headers(ask(faces, PROBES["POST on a page"][0]))["allow"] == "GET, HEAD"
    assert headers(ask(faces, PROBES["TRACE"][0]))["allow"] == "GET, HEAD, POST"


def test_too_many_arguments_end_the_connection(faces):
    assert statuses(ask(faces, get("/sign-in?" + "a&" * 600))) in ([], [400])
    well(faces)


def test_pipelined_requests_are_answered_in_order(faces):
    one = b"GET /health HTTP/1.1\r\nHost: a.example\r\n\r\n"
    assert statuses(ask(faces, one * 3 + get("/none"))) == [200, 200, 200, 404]


def test_refused_body_is_not_read_as_a_request(faces):
    """What a refused request carries as its body must never be taken for another request."""
    hidden = b"GET /health HTTP/1.1\r\nHost: a.example\r\n\r\n"
    for extra in (b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n"):
        assert statuses(ask(faces, post(hidden, extra))) == [400]


def test_languages(faces):
    assert "サインイン" in ask(faces, get()).decode()
    answer = ask(faces, get("/sign-in?lang=en"))
    assert "Sign in" in answer.decode() and b"\r\nSet-Cookie: lang=en; Path=/" in answer
    assert "Sign in" in ask(faces, get(extra=b"Cookie: lang=en\r\n")).decode()
    for strange in ("fr", "en%0d%0aX-A:1", "../ja", ""):
        answer = ask(faces, get("/sign-in?lang=" + strange))
        assert "サインイン" in answer.decode() and "x-a" not in headers(answer)


# ---- slow and many ----

def drip(links, deadline_s):
    """Sends a byte on every link now and then, till all are closed or the time is over."""
    end = time.monotonic() + deadline_s
    open_links = list(links)
    while open_links and time.monotonic() < end:
        for link in list(open_links):
            try:
                link.send(b"x")
                link.settimeout(0.01)
                if link.recv(4096) == b"":
                    open_links.remove(link)
            except (BlockingIOError, TimeoutError):
                pass
            except OSError:
                open_links.remove(link)
    return open_links


@pytest.mark.parametrize("start", [
    b"", b"GET /sign-in HTTP/1.1\r\nHost: a.example\r\nX-A: ",
    b"POST /sign-in HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\n"
    b"Content-Length: 60000\r\n\r\n{"])
def test_drips_are_cut(faces, start):
    links = [connect(faces) for _ in range(60)]
    for link in links:
        link.sendall(start)
    begun = time.monotonic()
    assert statuses(ask(faces, get("/health"))) == [200]
    assert time.monotonic() - begun < 1
    assert drip(links, 15) == []
    for link in links:
        link.close()
    well(faces)


def test_silent_connections_are_cut(faces):
    with connect(faces) as link:
        link.settimeout(15)
        assert read_all(link) == b""


@pytest.mark.alone
def test_one_address_cannot_take_all(faces):
    """A quarter of the connections of each process for one address; the rest are closed."""
    links = [connect(faces) for _ in range(400)]
    try:
        for link in links:
            link.setblocking(False)
        most = 2 * (256 // 4 + 1)
        time_over = time.monotonic() + 2.5  # before the deadline ends them all
        while (count := sum(not closed(link) for link in links)) > most:
            assert time.monotonic() < time_over, count
        assert count > 0
    finally:
        for link in links:
            link.close()


def closed(link):
    try:
        return link.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


# ---- forms ----

def signed_in(system):
    client = Client(system.settings["staff_url"])
    client.get("/sign-in")
    answer = client.raw("POST", "/sign-in", data={"login": LOGIN, "password": PASSWORD,
                                                  "csrf": client.csrf}, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    client.get("/post")
    return client


def test_form_tokens(faces):
    """None, empty, malformed, another session's, another person's kind: refused and on record."""
    mine, other = signed_in(faces), signed_in(faces)
    stranger = Client(faces.settings["staff_url"])
    stranger.get("/sign-in")
    before = refusals(faces)
    wrong = [None, "", "x" * 60000, "%00", other.csrf, stranger.csrf, mine.csrf[:-1], mine.csrf + "A"]
    for token in wrong:
        data = {} if token is None else {"csrf": token}
        expected = 400 if token == "%00" else 403
        if token == "%00":
            answer = mine.raw("POST", "/sign-out", data="csrf=%00", headers={
                "Content-Type": "application/x-www-form-urlencoded"})
        else:
            answer = mine.raw("POST", "/sign-out", data=data, allow_redirects=False)
        assert answer.status_code == expected, token
    assert refusals(faces) - before == len(wrong) - 1
    assert mine.raw("POST", "/sign-out", data={"csrf": mine.csrf},
                    allow_redirects=False).status_code == 303
    assert mine.raw("GET", "/post").status_code == 401


def refusals(system):
    return system.cluster.sql("SELECT count(*) FROM kairan.oplog WHERE act = 'sign-out' "
                              "AND result = 'refused' AND facts ->> 'refusal' = 'csrf'")[0][0]


@pytest.mark.parametrize("name, value, status", [
    ("Sec-Fetch-Site", "cross-site", 403), ("Sec-Fetch-Site", "same-site", 403),
    ("Sec-Fetch-Site", "same-origin", 303), ("Origin", "https://evil.example", 403),
    ("Origin", "null", 303), ("Origin", "http://localhost:1", 403)])
def test_where_a_form_comes_from(faces, name, value, status):
    client = signed_in(faces)
    answer = client.raw("POST", "/sign-out", data={"csrf": client.csrf}, headers={name: value},
                        allow_redirects=False)
    assert answer.status_code == status


def test_sign_in_form_needs_its_token(faces):
    client = Client(faces.settings["staff_url"])
    client.get("/sign-in")
    for token in ("", "x", Client(faces.settings["staff_url"]).get("/sign-in")["frame"]["csrf"]):
        answer = client.raw("POST", "/sign-in", data={"login": LOGIN, "password": PASSWORD,
                                                      "csrf": token}, allow_redirects=False)
        assert answer.status_code == 403 and "kairan" not in answer.cookies


# ---- sign-in ----

def test_bodies_of_three_kinds_sign_in(faces):
    url = faces.settings["staff_url"]
    for kind in ("data", "json", "files"):
        client = Client(url)
        fields = {"login": LOGIN, "password": PASSWORD, "csrf": client.get("/sign-in")["frame"]["csrf"]}
        if kind == "files":
            fields = {name: (None, value) for name, value in fields.items()}
        answer = client.raw("POST", "/sign-in", allow_redirects=False, **{kind: fields})
        assert answer.status_code == 303, (kind, answer.text)
        assert client.get("/post")["frame"]["person"] == "管理 花子"


def test_who_exists_is_not_told(faces):
    """A known and an unknown name: the same bytes but for what was typed and the form's token."""
    url = faces.settings["staff_url"]

    def refused(login):
        client = Client(url)
        token = client.get("/sign-in")["frame"]["csrf"]
        answer = client.raw("POST", "/sign-in", headers={"Accept": "text/html"}, data={
            "login": login, "password": "wrong password entirely", "csrf": token})
        kept = {name: value for name, value in answer.headers.items() if name.lower() != "date"}
        return answer.status_code, kept, answer.text.replace(login, "?").replace(token, "?")

    known, unknown = refused("admin"), refused("nimda")
    assert known[0] == 422 and known == unknown


def test_passwords_are_taken_whole(faces, cluster):
    client = Client(faces.settings["staff_url"])
    client.get("/sign-in")
    for password, status in ((PASSWORD + " ", 422), (" " + PASSWORD, 422), (PASSWORD[:-1], 422),
                             (PASSWORD.upper(), 422), ("x" * 1024, 422), ("x" * 1025, 422),
                             ("", 422), ("é" * 512, 422)):
        cluster.sql("DELETE FROM kairan.try_delay")
        answer = client.raw("POST", "/sign-in", data={"login": LOGIN, "password": password,
                                                      "csrf": client.csrf}, allow_redirects=False)
        assert answer.status_code == status, password


def test_token_changes_and_dies(faces):
    client = signed_in(faces)
    old = client.http.cookies["kairan"]
    post_id = client.get("/post")["posts"][0]["id"]
    client.raw("POST", "/post", data={"post": post_id, "csrf": client.csrf}, allow_redirects=False)
    assert client.http.cookies["kairan"] != old
    client.get("/post")
    thief = Client(faces.settings["staff_url"])
    thief.http.cookies.set("kairan", old)
    with pytest.raises(Refused) as refused:
        thief.get("/post")
    assert refused.value.status == 401


def test_after_sign_in_only_our_own_pages(faces):
    for next_path, target in (("/log", "/log"), ("//evil.example/", "/"), ("https://evil.example", "/"),
                              ("/log?x=1", "/"), ("/\\evil.example", "/"), ("", "/")):
        client = Client(faces.settings["staff_url"])
        token = client.get("/sign-in")["frame"]["csrf"]
        answer = client.raw("POST", "/sign-in", allow_redirects=False, data={
            "login": LOGIN, "password": PASSWORD, "next": next_path, "csrf": token})
        assert answer.headers["location"] == target


def test_log_is_for_its_readers(faces):
    client = signed_in(faces)
    rows = client.get("/log")["rows"]
    assert any(row["act"] == "サインイン" and row["ok"] for row in rows)
    older = client.get("/log", before=rows[0]["seq"])["rows"]
    assert older[0]["seq"] == rows[0]["seq"] - 1
    for before in ("0", "-1", "x", "9" * 30):
        assert client.raw("GET", "/log", params={"before": before}).status_code == 422
    assert statuses(ask(faces, get("/log"))) == [303]
    assert statuses(ask(faces, get("/log"), "public")) == [404]


@pytest.mark.alone
def test_many_sign_ins_at_once(faces):
    """The queue is short here: some wait, the rest are told to come again, pages go on."""
    client = Client(faces.settings["staff_url"])
    token = client.get("/sign-in")["frame"]["csrf"]
    cookie = "; ".join(f"{c.name}={c.value}" for c in client.http.cookies)
    body = json.dumps({"login": "admin", "password": "wrong password entirely", "csrf": token}).encode()
    links = [connect(faces) for _ in range(20)]
    for link in links:
        link.sendall(post(body, f"Cookie: {cookie}\r\nConnection: close\r\n".encode(),
                          kind=b"application/json"))
    begun = time.monotonic()
    assert statuses(ask(faces, get("/health"))) == [200]
    assert time.monotonic() - begun < 0.5
    answers = [read_all(link) for link in links]
    codes = [statuses(answer)[0] for answer in answers]
    assert set(codes) <= {422, 503} and 422 in codes and 503 in codes
    assert all("retry-after" in headers(a) for a in answers if statuses(a) == [503])


# ---- the database away ----

def test_no_database(cluster, make_system):
    """It starts without one, says so, answers 503, and goes on by itself."""
    system = make_system(database="host=/nowhere dbname=kairan")
    system.start_faces()
    answer = ask(system, get())
    assert statuses(answer) == [503] and int(headers(answer)["retry-after"]) > 0
    assert statuses(ask(system, get("/health"))) == [503]
    assert statuses(ask(system, get("/static/kairan.css"))) == [200]
    system.processes["staff"].wait_line("waiting for the database")


def test_database_lost_and_back(cluster, make_system):
    """Lost in the middle: 503 at once; back: all goes on, no restart."""
    system = make_system(server_processes=1)
    system.start_faces()
    assert statuses(ask(system, get())) == [200]
    with Closed(cluster):
        begun = time.monotonic()
        answer = ask(system, get())
        assert statuses(answer) == [503] and int(headers(answer)["retry-after"]) > 0
        assert time.monotonic() - begun < 2
    wait_for(lambda: statuses(ask(system, get())) == [200])
    system.processes["staff"].wait_line("the database is back")


def wait_for(condition, timeout_s=20):
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end


def test_stops_when_asked(make_system):
    """SIGTERM lets what is under way end, and takes nothing new."""
    system = make_system()
    system.start_faces()
    links = [connect(system) for _ in range(5)]
    begun = time.monotonic()
    assert system.stop_one("staff") == 0
    assert time.monotonic() - begun < 5
    assert all(read_all(link) == b"" for link in links)


def test_a_body_cut_short_does_not_hold_the_server(make_system):
    """Half a body and the end, all at once: libmicrohttpd overlooks that end. Gone long before the deadline."""
    system = make_system()
    system.start_faces()
    for _ in range(5):
        with connect(system) as link:
            link.sendall(post(b"a=1" * 20000)[:30000])
    begun = time.monotonic()
    assert system.stop_one("staff") == 0
    assert time.monotonic() - begun < 8  # the deadline is 15 s and more
