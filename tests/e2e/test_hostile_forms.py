"""Every field of every form of both faces, given what no person and every attacker would give: never 500,
nothing half-stored, the field is named, and what was typed is still there."""
import gzip
import json
import os
import re
import socket
import subprocess

import pytest
import requests

from harness.client import Client
from harness.people import People
from harness.process import BUILD
from harness.system import System

# What is put into a field. Bytes go out as they are written here, percent signs included.
VALUES = {
    "nothing": b"", "spaces": b"+++", "254 bytes": b"a" * 254, "255 bytes": b"a" * 255, "10,000 bytes": b"a" * 10000,
    "10,000 kanji": b"%E6%BC%A2" * 5000,
    "CR LF": b"a%0D%0ABcc:%20victim@resident.example", "CR": b"a%0Db", "LF": b"a%0Ab", "TAB": b"a%09b",
    "dot line": b"a%0D%0A.%0D%0A", "encoded word": b"=?ISO-2022-JP?B?GyRCJEYbKEI=?=",
    "control": b"a%01b%1B[31m", "DEL": b"a%7Fb", "C1": b"a%C2%85b",
    "NUL": b"a%00b", "no UTF-8": b"a%FFb", "overlong": b"a%C0%AFb", "surrogate": b"a%ED%A0%80b", "cut": b"a%E6%BC",
    "broken percent": b"a%4", "markup": b"<script>alert(1)</script>\"'%26amp;", "template": b"{{csrf}}{{{x}}}{{>layout}}",
    "SQL": b"'; DROP TABLE contact; --", "format": b"%25s%25n%25n", "bidi": b"%E2%80%AEgpj.exe", "zero width": b"a%E2%80%8Bb",
    "emoji": b"%F0%9F%98%80%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9", "private use": b"%EE%80%80", "half kana": b"%EF%BD%B1",
    "wide at": b"hanako%EF%BC%A0resident.example", "IDN": b"hanako@%E6%97%A5%E6%9C%AC.example",
    "minus": b"-1", "zero": b"0", "2^31": b"2147483648", "2^63": b"9223372036854775808", "fraction": b"1.5", "exponent": b"1e9",
    "hexadecimal": b"0x1", "date": b"2026-02-30T25:61", "far date": b"9999-12-31T23:59", "array": b"{1,2}",
}
NO_TEXT = {"NUL", "no UTF-8", "overlong", "surrogate", "cut", "broken percent"}
ALERT = {"title": "断水", "body": "断水します。", "where": "everywhere", "act": "save"}


@pytest.fixture(scope="module")
def town(cluster, tmp_path_factory):
    """Both faces of the demo town; limits of tries are not what is tried here."""
    system = System(cluster, tmp_path_factory.mktemp("town"), relays="127.0.0.1:1", signup_tries_per_network_hour=1000,
                    sign_in_tries_per_hour=100, trusted_proxy="127.0.0.1")
    cluster.system = system
    try:
        system.make_town()
        system.start_faces()
        yield Town(system)
    finally:
        system.stop()


class Town:
    def __init__(self, system):
        self.system = system
        self.people = People(system)
        self.drafter = self.people.signed_in("bousai-1", "drafter", "bousai")
        self.approver = self.people.signed_in("bousai-chief", "approver", "bousai")
        self.admin = self.people.signed_in("admin", "administrator")
        self.category = str(self.drafter.get("/alerts/new")["categories"][0]["id"])
        self.alert = self.drafter.post("/alerts", {**ALERT, "category": self.category})["href"]
        self.waiting = self.drafter.post("/alerts", {**ALERT, "category": self.category, "act": "submit"})["href"]
        page = self.public().get("/")
        self.choice = {"category": str(page["categories"][0]["id"]), "area": str(page["areas"][0]["id"]),
                       "terms_version": page["terms_version"], "agreed": "yes"}

    def public(self):
        client = Client(self.system.settings["public_url"])
        client.get("/")
        return client

    def stranger(self):
        client = Client(self.system.settings["staff_url"])
        client.get("/sign-in")
        return client

    def stored(self):
        """How much there is of everything that a form can make."""
        tables = ("signup", "letter", "contact", "subscriber", "alert", "alert_version", "alert_text", "approval",
                  "alert_return", "import", "import_row", "session")
        return self.people.sql("SELECT " + ", ".join(f"(SELECT count(*) FROM kairan.{name})" for name in tables))[0]


# form: (who, path, its sound fields); of a path in {} the town knows the address
FORMS = {
    "subscribe": ("public", "/subscribe", {"address": "hanako@resident.example", "category": "", "area": "", "agreed": "",
                                          "terms_version": ""}),
    "leave": ("public", "/leave", {"address": "hanako@resident.example"}),
    "sign-in": ("stranger", "/sign-in", {"login": "nobody", "password": "a wrong password", "next": "/"}),
    "post": ("admin", "/post", {"post": "1"}),
    "new alert": ("drafter", "/alerts", {**ALERT, "category": "", "area": "", "urgent": "", "urgent_reason": "",
                                         "everybody": "", "valid_until": ""}),
    "alert": ("drafter", "{alert}", {**ALERT, "version": "77"}),
    "submit": ("drafter", "{alert}/submit", {"version": "77"}),
    "approve": ("approver", "{waiting}/approve", {"fingerprint": "00" * 32}),
    "return": ("approver", "{waiting}/return", {"version": "77", "reason": "短く"}),
    "import": ("admin", "/import", {"reason": "test"}),
}
FIELDS = [(form, field) for form, (_, _, fields) in FORMS.items() for field in fields]
# what is shown again as it was typed when the form is refused
KEPT = {"address", "login", "title", "body", "urgent_reason", "valid_until", "reason"}


def encode(fields):
    return b"&".join(name.encode() + b"=" + (value if isinstance(value, bytes) else requests.utils.quote(value).encode())
                     for name, value in fields.items())


def opened(town, form):
    """Who sends a form, and where to."""
    who, path, _ = FORMS[form]
    client = {"public": town.public, "stranger": town.stranger}.get(who, lambda: getattr(town, who))()
    return client, path.format(alert=town.alert, waiting=town.waiting)


def send(client, path, body, kind="application/x-www-form-urlencoded", **headers):
    return client.raw("POST", path, data=body, allow_redirects=False, headers={"Content-Type": kind, **headers})


def sound_fields(town, form):
    fields = dict(FORMS[form][2])
    if form == "subscribe":
        fields.update(town.choice)
    elif form == "new alert":
        fields["category"] = town.category
    return {name: value for name, value in fields.items() if value != ""}


def refused_fields(answer):
    """The fields that an answer complains of."""
    tree = answer.json()
    return {error["field"] for error in tree.get("errors", [])} | {tree.get("error", {}).get("field", "")} - {""}


def typed(value):
    return requests.utils.unquote(value.replace(b"+", b" ").decode("ascii"))


@pytest.mark.parametrize("form, field", FIELDS, ids=[" ".join(pair) for pair in FIELDS])
def test_field(town, form, field):
    """One field after the other is spoiled, in each way; the rest of its form is sound."""
    client, path = opened(town, form)
    names = ["10,000 bytes", "10,000 kanji", "NUL", "markup", "nothing"] if form == "sign-in" and field != "login" else VALUES
    for name in names:
        if form == "sign-in":
            town.people.sql("DELETE FROM kairan.try_delay")  # else they would have to wait
        before = town.stored()
        body = encode({**sound_fields(town, form), field: VALUES[name], "csrf": client.csrf})
        answer = send(client, path, body)
        where = (name, answer.status_code, answer.text[:400])
        assert answer.status_code in (200, 303, 400, 404, 409, 422) or (form, answer.status_code) == ("post", 403), where
        if name in NO_TEXT:
            assert answer.status_code == 400, where
        if answer.status_code >= 400:
            assert town.stored() == before, where
        if answer.status_code == 422:
            assert refused_fields(answer), where
            if field in KEPT and field in answer.json():
                assert answer.json()[field].replace("\r\n", "\n").strip() == typed(VALUES[name]).replace("\r\n", "\n").strip(), where
        if answer.status_code == 303 and form != "new alert":
            assert False, f"{where} was taken"


def test_kept_fields_are_in_the_form_again(town):
    """That what was typed is kept is looked for above only where the answer has it: it has, in these."""
    for form, field in (("subscribe", "address"), ("leave", "address"), ("new alert", "title"), ("new alert", "body"),
                        ("new alert", "valid_until"), ("return", "reason"), ("import", "reason"), ("sign-in", "login")):
        client, path = opened(town, form)
        fields = {**sound_fields(town, form), field: "\u202e\u3000①"}
        if form == "sign-in":
            fields["password"] = ""
        answer = send(client, path, encode({**fields, "csrf": client.csrf}))
        if form == "return":  # a wrong version comes first; the reason is shown all the same
            assert answer.status_code == 409 and "①" in answer.text
            continue
        assert answer.status_code == 422 and answer.json()[field] == "\u202e\u3000①", (form, answer.text[:300])


def test_repeated_fields(town):
    """The first counts; nobody gets two of anything."""
    client, path = opened(town, "subscribe")
    body = encode({**sound_fields(town, "subscribe"), "csrf": client.csrf, "address": "first@resident.example"})
    letters = "SELECT address FROM kairan.letter ORDER BY id"
    before = len(town.people.sql(letters))
    assert send(client, path, body + b"&address=second@resident.example" * 100).status_code == 200
    assert [row[0] for row in town.people.sql(letters)][before:] == ["first@resident.example"]
    many = b"&category=" + town.choice["category"].encode()
    assert send(client, path, body + many * 500).status_code == 200
    alert = encode({**ALERT, "category": town.category, "csrf": town.drafter.csrf})
    answer = send(town.drafter, "/alerts", alert + b"&category=" + town.category.encode() + b"&title=zwei&act=submit")
    page = town.drafter.get(answer.headers["location"])
    assert page["alert"]["state"] == "draft" and page["alert"]["title"] == ALERT["title"]


def test_mass_assignment(town):
    """Fields that are no fields of a form do nothing, whatever columns they name."""
    more = {"id": "1", "state": "approved", "approved_by": "1", "approver": "1", "creator": "1", "department": "2",
            "version": "9", "fingerprint": "00", "person": "1", "role": "administrator", "session": "1", "drill": "t"}
    answer = send(town.drafter, "/alerts", encode({**ALERT, **more, "category": town.category, "csrf": town.drafter.csrf}))
    shown = town.drafter.get(answer.headers["location"])
    assert shown["alert"]["state"] == "draft" and shown["alert"]["version"] == 1
    assert town.people.sql("SELECT department, creator FROM kairan.alert ORDER BY id DESC LIMIT 1") == town.people.sql(
        "SELECT o.department, p.id FROM kairan.person p JOIN kairan.post o ON o.person = p.id WHERE login = 'bousai-1'")


# ---- bodies ----

def read_acts():
    text = subprocess.run([os.path.join(BUILD, "kairan-server"), "--routes"], check=True, capture_output=True,
                          text=True).stdout
    rows = [line.split("\t") for line in text.splitlines()]
    return [(face, path, roles) for face, method, path, roles, *_ in rows if method == "POST"]


BODIES = {
    "text": ("text/plain", b"a=1", 415), "XML": ("text/xml", b"<a/>", 415), "no type": ("", b"a=1", 415),
    "almost a form": ("application/x-www-form-urlencodedx", b"a=1", 415),
    "5,000 fields": ("application/x-www-form-urlencoded", b"a=1&" * 5000, 400),
    "no names": ("application/x-www-form-urlencoded", b"=1&=2", 400),
    "JSON list": ("application/json", b"[1]", 400), "JSON text": ("application/json", b'"a"', 400),
    "JSON inside": ("application/json", b'{"a":{"b":1}}', 400), "JSON deep": ("application/json", b"[" * 20000, 400),
    "JSON 1e400": ("application/json", b'{"a":1e400}', 400), "JSON 2^64": ("application/json", b'{"a":18446744073709551616}', 400),
    "JSON NUL": ("application/json", b'{"a":"\\u0000"}', 400), "JSON no UTF-8": ("application/json", b'{"a":"\xff"}', 400),
    "JSON surrogate": ("application/json", b'{"a":"\\ud800"}', 400), "JSON twice": ("application/json", b'{"a":1,"a":1}', 400),
    "JSON tail": ("application/json", b'{"a":1}{}', 400), "JSON cut": ("application/json", b'{"a":"', 400),
    "parts cut": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', 400),
    "parts without a mark": ("multipart/form-data", b"--x--\r\n", 400),
    "parts without a name": ("multipart/form-data; boundary=x", b"--x\r\n\r\n1\r\n--x--\r\n", 400),
    "long mark": ("multipart/form-data; boundary=" + "x" * 71, b"--" + b"x" * 71 + b"--\r\n", 400),
    "NUL in a part": ("multipart/form-data; boundary=x",
                      b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\x002\r\n--x--\r\n', 400),
}


@pytest.mark.parametrize("name", BODIES)
def test_body(town, name):
    """What is no form is refused at every route that takes one, one-click leaving included."""
    kind, body, status = BODIES[name]
    before = town.stored()
    for face, path, roles in read_acts():
        client = (town.public() if face == "public" else town.admin if "administrator" in roles else
                  town.approver if "approver" in roles else town.drafter)
        path = re.sub(r"\{[a-z]+\}", "1", path.replace("{token}", "x" * 22))
        answer = send(client, path, body, kind)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
    assert town.stored() == before


def test_packed_bodies(town):
    """A packed body is not unpacked: what it would grow to, nobody knows."""
    bomb = gzip.compress(b"a=" + b"\0" * 10000000)
    for client, path in ((town.public(), "/subscribe"), (town.stranger(), "/sign-in"), (town.drafter, "/alerts")):
        assert send(client, path, bomb, **{"Content-Encoding": "gzip"}).status_code == 415


def test_the_same_form_in_three_kinds(town):
    """Form, parts or JSON: the same refusal, naming the same fields."""
    fields = {"title": "①", "body": "", "category": "", "csrf": town.drafter.csrf}
    answers = [town.drafter.raw("POST", "/alerts", **kind) for kind in (
        {"data": fields}, {"json": fields}, {"files": {name: (None, value) for name, value in fields.items()}})]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert len({json.dumps(answer.json()["errors"]) for answer in answers}) == 1


def test_a_file_is_no_text(town):
    """Fields sent as uploads are not taken for what a person typed."""
    parts = {name: ("x.txt", value) for name, value in {**ALERT, "category": town.category}.items()}
    answer = town.drafter.raw("POST", "/alerts", files={**parts, "csrf": (None, town.drafter.csrf)})
    assert answer.status_code == 422 and {"title", "body"} <= refused_fields(answer)
    assert town.drafter.raw("POST", "/alerts", files={"csrf": ("x", town.drafter.csrf)}).status_code == 403


# ---- headers ----

HEADERS = {
    "agent latin-1": {"User-Agent": b"\xe9\xff"}, "agent cut at 200 bytes": {"User-Agent": b"a" + "漢".encode() * 100},
    "agent long": {"User-Agent": b"a" * 8000}, "agent empty": {"User-Agent": b""}, "agent quotes": {"User-Agent": b"';--<script>"},
    "languages": {"Accept-Language": b"\xff;q=9e99,,," + b"x" * 4000}, "accept": {"Accept": b"\xff/*;q=\xff,application/json"},
    "no such network": {"X-Forwarded-For": b"999.1.1.1, \xff', \xe3\x81\x82"}, "many networks": {"X-Forwarded-For": b"10.0.0.1," * 500},
    "IPv6 with a zone": {"X-Forwarded-For": b"fe80::1%eth0"}, "mapped": {"X-Forwarded-For": b"::ffff:10.0.0.1"},
    "cookies": {"Cookie": b"kairan=\xff; kairan-form='; lang=\xe3; kairan-device=;;;=;=\x80"},
    "long cookie": {"Cookie": b"kairan=" + b"A" * 8000}, "device": {"Cookie": b"kairan-device=" + b"A" * 200},
    "referer": {"Referer": b"\xff\xfe<script>"}, "host": {"Host": b"\xff<script>'"}, "tag": {"If-None-Match": b'"\xff", W/"' + b"x" * 3000},
}


@pytest.mark.parametrize("name", HEADERS)
def test_header(town, name):
    """Both faces and a whole sign-in, with a strange header: never 500, and the sign-in counts."""
    url = town.system.settings
    for path in (url["public_url"] + "/", url["staff_url"] + "/sign-in", url["staff_url"] + "/alerts"):
        answer = requests.get(path, headers=HEADERS[name], timeout=30, allow_redirects=False)
        assert answer.status_code in (200, 303, 400, 401), (path, answer.text[:300])
    if set(HEADERS[name]) & {"User-Agent", "X-Forwarded-For"} or name == "device":
        client = town.stranger()
        jar = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.http.cookies).encode()
        headers = {"Cookie": jar, **HEADERS[name]}
        if name == "device":
            headers["Cookie"] = jar + b"; " + HEADERS[name]["Cookie"]
        answer = requests.post(url["staff_url"] + "/sign-in", headers=headers, timeout=30, allow_redirects=False, data={
            "login": "admin", "password": town.system.staff_sheet["admin"], "csrf": client.csrf})
        assert answer.status_code == 303, answer.text[:300]


# ---- files ----

HEAD = "メールアドレス,携帯電話番号,地区,分野,言語\n"
ROW = "a{}@resident.example,,北部,防災,ja\n"
# a file's bytes, and how many good rows are in it; None: it is refused whole
FILES = {
    "EUC-JP": ((HEAD + ROW).encode("euc_jp"), None), "UTF-16 without a mark": ((HEAD + ROW).encode("utf-16-le"), None),
    "half CP932": (HEAD.encode() + ROW.format(1).encode() + ROW.format(2).encode("cp932"), 1),
    "quote left open": ((HEAD + ROW.format(1) + '"a2@resident.example,,北部,防災,ja\n' + ROW.format(3)).encode(), 2),
    "line break in a cell": ((HEAD + ROW.format(1) + '"a2\n@resident.example",,北部,防災,ja\n' + ROW.format(3)).encode(), 2),
    "CR alone": ((HEAD + ROW.format(1) + ROW.format(2)).replace("\n", "\r").encode(), 2),
    "10,000 columns": ((HEAD + ROW.format(1).strip() + "," * 10000 + "\n").encode(), 0),
    "a cell of 5 MB": ((HEAD + ROW.format("x" * 5000000) + ROW.format(1)).encode(), 1),
    "NUL in a cell": ((HEAD + ROW.format("\0") + ROW.format(1)).encode(), 1),
    "columns twice": ((HEAD.strip() + ",分野\n" + ROW.format(1)).encode(), None),
    "columns in another order": ("分野,言語,地区,携帯電話番号,メールアドレス\n防災,ja,北部,,a1@resident.example\n".encode(), 1),
    "formulas": ((HEAD + "=cmd|x!A1,,北部,防災,ja\n@SUM(1),,北部,防災,ja\n" + ROW.format(1)).encode(), 1),
    "SQL copy's end": ((HEAD + "\\.\n" + ROW.format(1) + "\\N,,\\N,\\N,\\N\n").encode(), 1),
    "a workbook": (b"PK\x03\x04" + os.urandom(2000), None), "a picture": (b"\x89PNG\r\n\x1a\n" + os.urandom(2000), None),
}


def upload(town, data, name="residents.csv"):
    return town.admin.raw("POST", "/import", data={"reason": "test", "csrf": town.admin.csrf}, allow_redirects=False,
                          files={"file": (name, data, "text/csv")})


@pytest.mark.parametrize("name", FILES)
def test_file(town, name):
    """Taken row by row, or refused whole with a reason that names the field; never half-stored."""
    data, good = FILES[name]
    before = town.stored()
    answer = upload(town, data)
    if answer.status_code == 303:
        page = town.system.import_settled(town.admin, town.admin.get(answer.headers["location"]))
        counts = page["counts"]
        assert int(counts["added"]) == good, (counts, page["refused"])
        assert town.people.sql("SELECT count(*) FROM kairan.contact") == [(0,)]
        town.admin.post(f"/import/{page['id']}/discard")
    else:
        assert answer.status_code == 422 and refused_fields(answer) == {"file"} and good is None, answer.text[:300]
        assert town.stored() == before


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 5000, "\u202egpj.exe", "<b>.csv", "", "\\\\host\\x", "a\tb"])
def test_file_names(town, name):
    """A name is a text that is shown, nothing that is opened."""
    answer = upload(town, (HEAD + ROW.format(1)).encode(), name)
    assert answer.status_code in (303, 400, 422), answer.text[:300]
    if answer.status_code == 303:
        page = town.admin.get(answer.headers["location"])
        assert len(page["filename"]) <= 200
        town.admin.post(f"/import/{page['id']}/discard")


def test_uploads_cut_and_too_large(town):
    """Half a file is no file; a larger one than is allowed is refused before it is read."""
    host, port = town.system.settings["staff_listen"].split(":")
    cookie = f"kairan={town.admin.http.cookies['kairan']}"
    head = (f"POST /import HTTP/1.1\r\nHost: a.example\r\nCookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            "Content-Length: {}\r\nConnection: close\r\n\r\n")
    body = (f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{town.admin.csrf}\r\n--x\r\nContent-Disposition: form-data; '
            f'name="file"; filename="a.csv"\r\n\r\n{HEAD}').encode() + ROW.format(1).encode() * 20000
    before = town.stored()
    for _ in range(5):
        with socket.create_connection((host, int(port)), timeout=30) as link:
            link.sendall(head.format(len(body)).encode() + body[:len(body) // 2])
    with socket.create_connection((host, int(port)), timeout=30) as link:
        link.sendall(head.format(10 ** 9).encode())
        assert link.recv(4096).split(b" ", 2)[1] == b"413"
    assert town.admin.raw("GET", "/import").status_code == 200
    assert town.stored() == before
