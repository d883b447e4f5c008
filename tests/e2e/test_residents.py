"""The residents' face: double opt-in, one-click leaving, the same answer for known and unknown."""
import html.parser
import re

import pytest
import requests

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
GOOD = {"address": "hanako@resident.example", "category": ["1", "2"], "area": "1", "agreed": "yes"}


@pytest.fixture(scope="module")
def face(cluster, tmp_path_factory):
    """The public face alone, behind a proxy's address, so that tests choose their network."""
    from harness.system import System
    cluster.sql("INSERT INTO kairan.department (code, name) VALUES ('bousai', '防災課')")
    cluster.sql("INSERT INTO kairan.category (department, name, name_en) VALUES"
                " (1, '防災', 'Disaster'), (1, 'くらし<b>', '')")
    cluster.sql("INSERT INTO kairan.area (name, name_en) VALUES ('北部', 'North'), ('南部', 'South')")
    system = System(cluster, tmp_path_factory.mktemp("face"), trusted_proxy="127.0.0.1")
    try:
        system.start("public", "kairan-server", "--face", "public", ready="listening on")
        yield Face(cluster, system)
    finally:
        system.stop()


class Face:
    """Residents' browsers, each from a network of its own, and a look into the database."""

    def __init__(self, cluster, system):
        self.cluster = cluster
        self.system = system
        self.networks = 0

    def browser(self, lang="ja", network=None, accept="text/html"):
        self.networks += 1
        http = requests.Session()
        http.trust_env = False
        http.headers.update({"Accept": accept, "Accept-Language": lang, "X-Forwarded-For":
                             network or f"198.51.100.{self.networks}"})
        return Browser(self.system.settings["public_url"], http)

    def value(self, sql):
        rows = self.cluster.sql(sql)
        return rows[0][0] if rows else None

    def count(self, table, where="true"):
        return self.value(f"SELECT count(*) FROM kairan.{table} WHERE {where}")

    def confirm_token(self, address):
        """As the letter to the address carries it."""
        return self.value("SELECT secret FROM kairan.letter WHERE template = 'confirm'"
                          f" AND address = '{address}' ORDER BY id DESC LIMIT 1")

    def leave_token(self, address):
        """As the mails to the address carry it: the format of core/tokens/link.h, made here in SQL."""
        said = ("(SELECT set_byte('\\x0001', 0, k.kid) || int8send(c.id) AS said, k.key FROM"
                " kairan.contact c, kairan.link_key k"
                f" WHERE c.address = '{address}' ORDER BY k.kid DESC LIMIT 1) t")
        return self.value("SELECT kairan.b64url(said || substr(kairan.hmac(said, key, 'sha256'), 1, 16))"
                          f" FROM {said}")

    def register(self, address):
        browser = self.browser()
        browser.send("/", "/subscribe", {**GOOD, "address": address})
        path = f"/confirm/{self.confirm_token(address)}"
        assert browser.send(path, path, {}).status_code == 200
        assert self.count("contact", f"address = '{address}'") == 1


class Browser:
    def __init__(self, url, http):
        self.url = url
        self.http = http

    def get(self, path, method="GET", **more):
        return self.http.request(method, self.url + path, timeout=30, allow_redirects=False, **more)

    def send(self, page, path, fields):
        """Opens a page with its form, and sends the form's hidden fields with these."""
        hidden = Form(self.get(page).text).hidden
        return self.http.post(self.url + path, data={**hidden, **fields}, timeout=30,
                              allow_redirects=False)


class Form(html.parser.HTMLParser):
    """What a form on a page holds."""

    def __init__(self, text):
        super().__init__()
        self.hidden, self.ticked, self.typed, self.inputs = {}, set(), {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag != "input":
            return
        self.inputs.append(at)
        if at.get("type") == "hidden":
            self.hidden[at["name"]] = at["value"]
        elif "checked" in at:
            self.ticked.add((at["name"], at["value"]))
        elif at.get("type") == "email":
            self.typed[at["name"]] = at["value"]


def test_the_form_offers_what_the_town_has(face):
    answer = face.browser().get("/")
    assert answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]
    form = Form(answer.text)
    boxes = [(at["name"], at["value"]) for at in form.inputs if at.get("type") == "checkbox"]
    assert boxes == [("category", "1"), ("category", "2"), ("area", "1"), ("area", "2"),
                     ("agreed", "yes")]
    assert not form.ticked, "nothing is chosen for a resident, least of all the consent"
    assert "防災" in answer.text and "くらし&lt;b&gt;" in answer.text
    assert '<html lang="ja"' in answer.text


def test_english_by_the_query(face):
    browser = face.browser()
    answer = browser.get("/?lang=en")
    assert '<html lang="en"' in answer.text
    assert "Disaster" in answer.text and "くらし" in answer.text, "no English name: the Japanese one"
    for path in ("/terms", "/leave", "/subscribe"):
        assert browser.get(path + "?lang=en").status_code == 200


def test_pages_work_without_script(face):
    for path in ("/", "/terms", "/leave"):
        text = face.browser().get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:", text)
        assert all(at.get("type") != "button" for at in Form(text).inputs)


def test_004_2_2_registered_only_by_the_button(face):
    browser = face.browser()
    answer = browser.send("/", "/subscribe", GOOD)
    assert answer.status_code == 200 and GOOD["address"] not in answer.text
    path = f"/confirm/{face.confirm_token(GOOD['address'])}"
    for method in ("GET", "HEAD", "GET"):  # mail scanners follow links
        assert browser.get(path, method).status_code == 200
    page = browser.get(path).text
    assert "防災" in page and "北部" in page and GOOD["address"] not in page
    assert face.count("contact") == 0
    assert browser.http.post(browser.url + path, data={}).status_code == 403
    assert browser.http.post(browser.url + path, data={"csrf": "x" * 1000000}).status_code in (403, 413)
    assert face.count("contact") == 0
    token = Form(page).hidden
    for _ in range(2):  # pressed twice
        assert browser.http.post(browser.url + path, data=token).status_code == 200
    assert face.count("contact", f"address = '{GOOD['address']}'") == 1
    assert "<button" not in browser.get(path).text, "nothing is left to press"
    assert face.value("SELECT terms_version <> '' AND agreed_at IS NOT NULL FROM kairan.subscriber")


def test_registering_again_changes_choices(face):
    face.register("again@resident.example")
    browser = face.browser()
    browser.send("/", "/subscribe", {**GOOD, "address": "again@resident.example", "category": "2"})
    path = f"/confirm/{face.confirm_token('again@resident.example')}"
    assert browser.send(path, path, {}).status_code == 200
    assert face.value("SELECT s.categories::text FROM kairan.subscriber s JOIN kairan.contact c"
                      " ON c.subscriber = s.id WHERE c.address = 'again@resident.example'") == "{2}"


@pytest.mark.parametrize("change, field", [
    ({"address": ""}, "address"),
    ({"address": "hanako"}, "address"),
    ({"address": "a@b@resident.example"}, "address"),
    ({"address": "hanako@resident.example\r\nBcc: x@resident.example"}, "address"),
    ({"address": "ha nako@resident.example"}, "address"),
    ({"address": "<hanako@resident.example>"}, "address"),
    ({"address": "a" * 65 + "@resident.example"}, "address"),
    ({"address": "a@" + "b" * 250 + ".example"}, "address"),
    ({"address": "\"a b\"@resident.example"}, "address"),
    ({"address": "はなこ@resident.example"}, "address"),
    ({"category": []}, "category"),
    ({"category": "999"}, "category"),
    ({"category": "1' OR 1=1"}, "category"),
    ({"category": "01"}, "category"),
    ({"area": []}, "area"),
    ({"area": ["1", "-1"]}, "area"),
    ({"agreed": []}, "agreed"),
    ({"terms_version": "0"}, "agreed"),
])
def test_a_refused_form_names_the_field_and_keeps_the_rest(face, change, field):
    before = face.count("signup")
    answer = face.browser().send("/", "/subscribe", {**GOOD, **change})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    form = Form(answer.text)
    assert form.typed["address"].split() == {**GOOD, **change}["address"].split()
    if field == "address":
        assert {("category", "1"), ("category", "2"), ("area", "1"), ("agreed", "yes")} == form.ticked
    assert face.count("signup") == before


def test_own_addresses_are_refused(face):
    domain = face.system.settings.get("domain", "city.kairan.example")
    answer = face.browser().send("/", "/subscribe", {**GOOD, "address": f"info@{domain.upper()}"})
    assert answer.status_code == 422 and 'href="#address"' in answer.text


@pytest.mark.parametrize("address", ["a..b@docomo.example", "a.@ezweb.example", ".a@softbank.example"])
def test_carrier_addresses_are_good(face, address):
    face.register(address)


def test_same_bytes_for_known_and_unknown(face):
    face.register("known@resident.example")
    for page, path, fields in (("/", "/subscribe", GOOD), ("/leave", "/leave", {})):
        known = face.browser().send(page, path, {**fields, "address": "known@resident.example"})
        unknown = face.browser().send(page, path, {**fields, "address": f"u{path[1]}@resident.example"})
        assert known.status_code == unknown.status_code == 200
        assert known.content == unknown.content
        assert ({name for name in known.headers} == {name for name in unknown.headers})
    assert face.count("letter", "template = 'leave'") == 1, "only the known one gets a letter"


def test_json_says_the_same_as_the_page(face):
    browser = face.browser(accept="application/json")
    tree = browser.get("/").json()
    assert [c["name"] for c in tree["categories"]] == ["防災", "くらし<b>"]
    fields = {**GOOD, "address": "json", "csrf": tree["frame"]["csrf"],
              "terms_version": tree["terms_version"]}
    answer = browser.http.post(browser.url + "/subscribe", json=fields)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["address"]


def test_rfc_8058_one_click(face):
    face.register("leaver@resident.example")
    path = f"/leave/{face.leave_token('leaver@resident.example')}"
    browser = face.browser()
    for method in ("GET", "HEAD"):
        assert browser.get(path, method).status_code == 200
    assert face.count("contact", "address = 'leaver@resident.example'") == 1
    for _ in range(2):  # no cookie, no form token, no redirect; twice is as once
        answer = requests.post(browser.url + path, data=ONE_CLICK, timeout=30, allow_redirects=False)
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
        assert face.count("contact", "address = 'leaver@resident.example'") == 0
    hostile = requests.post(browser.url + path, data=ONE_CLICK, timeout=30,
                            cookies={"kairan": "x", "kairan-form": "y"})
    assert hostile.status_code == 200


def test_the_leave_pages_button(face):
    face.register("button@resident.example")
    path = f"/leave/{face.leave_token('button@resident.example')}"
    browser = face.browser()
    assert f'action="{path}"' in browser.get(path).text
    assert browser.send(path, path, {}).status_code == 200
    assert face.count("contact", "address = 'button@resident.example'") == 0


def test_a_link_that_was_used_registers_nobody_again(face):
    """Who confirmed and left stays out, whoever sends the old link once more."""
    address = "replayed@resident.example"
    browser = face.browser()
    browser.send("/", "/subscribe", {**GOOD, "address": address})
    path = f"/confirm/{face.confirm_token(address)}"
    token = Form(browser.get(path).text).hidden
    assert browser.http.post(browser.url + path, data=token).status_code == 200
    leave = f"/leave/{face.leave_token(address)}"
    assert browser.send(leave, leave, {}).status_code == 200
    for _ in range(2):
        answer = browser.http.post(browser.url + path, data=token)
        assert "<button" not in answer.text and face.count("contact", f"address = '{address}'") == 0, answer.status_code


def spoil(token):
    yield token[:-1]
    yield token + "A"
    yield token + "=3D"
    yield token.swapcase()
    yield token[::-1]
    yield "x"
    yield "%00"
    yield "..%2F..%2Fetc%2Fpasswd"


def test_spoiled_links_do_nothing(face):
    face.register("whole@resident.example")
    browser = face.browser()
    browser.send("/", "/subscribe", {**GOOD, "address": "waits@resident.example"})
    for kind, token in (("leave", face.leave_token("whole@resident.example")),
                        ("confirm", face.confirm_token("waits@resident.example"))):
        for bad in spoil(token):
            path = f"/{kind}/{bad}"
            assert browser.get(path).status_code in (400, 404)
            answer = browser.send("/", path, ONE_CLICK)
            assert answer.status_code in (400, 404)
            assert "whole@" not in answer.text
    assert face.count("contact", "address = 'whole@resident.example'") == 1
    assert face.count("contact", "address = 'waits@resident.example'") == 0


def test_a15_one_address_gets_few_letters(face):
    for _ in range(12):
        assert face.browser().send("/", "/subscribe", {
            **GOOD, "address": "victim@resident.example"}).status_code == 200
    assert face.count("letter", "address = 'victim@resident.example'") <= 3


def test_a15_one_network_gets_few_tries(face):
    browser = face.browser(network="203.0.113.9")
    statuses = [browser.send("/", "/subscribe", {**GOOD, "address": f"n{i}@resident.example"})
                for i in range(40)]
    refused = [answer for answer in statuses if answer.status_code == 429]
    assert statuses[0].status_code == 200 and refused
    assert Form(refused[0].text).ticked, "what was chosen is kept"
    assert face.browser().send("/", "/subscribe", {
        **GOOD, "address": "elsewhere@resident.example"}).status_code == 200
