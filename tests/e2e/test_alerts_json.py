"""Every case of tests/data/alerts.json as a browser's form sends it: what is good is stored in its normal form; what
is not comes back marked, with all that was typed, and one press cures it (004 §13-2)."""
import re

import html5lib
import pytest

from harness.cases import load_cases, typed

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


def lines(text):
    """With the line breaks that a page has, whatever was typed."""
    return re.sub(r"\r\n?", "\n", text)


class Desk:
    """The first drafter of each department, and which of them may use a category."""

    def __init__(self, system):
        self.areas, self.owners = {}, {}
        for login in ("bousai-1", "suido-1", "kosodate-1"):
            client = system.sign_in(login)
            page = client.get("/alerts/new")
            self.areas = {area["name"]: area["id"] for area in page["areas"]}
            self.owners.update({c["name"]: (client, c["id"]) for c in page["categories"]})

    def client(self, case):
        return self.owners[case["category"]][0]

    def send(self, case, **more):
        """Posts the form; the answer as it came."""
        client, category = self.owners[case["category"]]
        fields = {"title": typed(case, "title"), "body": typed(case, "body"), "category": category,
                  "where": "some" if case["areas"] else "everywhere", "act": "save",
                  "area": [self.areas[name] for name in case["areas"]], "valid_until": "", "csrf": client.csrf,
                  **({"urgent": "yes", "urgent_reason": "人命に危険がある"} if case["urgent"] else {}),
                  **({"everybody": "yes"} if case.get("everybody") else {}), **more}
        return client.raw("POST", "/alerts", data=fields, headers=FORM, allow_redirects=False)


class Shown:
    """The form of a page, as its reader has it."""

    def __init__(self, answer):
        self.page = html5lib.parse(answer.content, transport_encoding="utf-8", namespaceHTMLElements=False)
        self.title = self.one("title").get("value")
        self.body = self.text("body")
        self.errors = [link.get("href") for link in self.page.iterfind(".//div[@id='errors']//a")]
        self.ticked = {(e.get("name"), e.get("value")) for e in self.page.iter("input") if "checked" in e.attrib}

    def one(self, name):
        return self.page.find(f".//*[@id='{name}']")

    def text(self, name):
        return "".join(self.one(name).itertext())

    def marks(self, name):
        return ["".join(mark.itertext()) for mark in self.one(f"{name}-report").iter("mark")]


@pytest.fixture(scope="module")
def desk(system):
    return Desk(system)


def check_stored(desk, case, answer):
    assert answer.status_code == 303, answer.text
    alert = desk.client(case).get(answer.headers["Location"])["alert"]
    assert alert["body"] == case.get("stored", lines(typed(case, "body")))
    assert alert["title"] == typed(case, "title")
    assert len(alert["body"]) == case.get("count", len(alert["body"]))
    assert (alert["urgent"], alert["everybody"]) == (case["urgent"], case.get("everybody", False))
    assert {area["name"] for area in alert["areas"]} == set(case["areas"])


def check_refused(desk, case, answer):
    shown = Shown(answer)
    wrong = "title" if case["expect"] == "bad_title" else "body"
    assert answer.status_code == 422 and shown.errors == [f"#{wrong}"]
    assert (lines(shown.title), lines(shown.body)) == (lines(typed(case, "title")), lines(typed(case, "body")))
    assert ("category", str(desk.owners[case["category"]][1])) in shown.ticked
    if "count" in case:
        assert str(case["count"]) in shown.text("body-count")
    assert bool(shown.marks(wrong)) == (case["expect"] == "bad_chars" or case["id"] in ("b07", "e03"))
    if "suggest" in case:
        assert Shown(desk.send(case, act="cure")).body == case["suggest"]


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case["id"])
def test_004_13_2_as_a_browser_sends_it(desk, system, case):
    before = system.cluster.sql("SELECT count(*) FROM kairan.alert")[0][0]
    answer = desk.send(case)
    (check_stored if case["expect"] == "ok" else check_refused)(desk, case, answer)
    after = system.cluster.sql("SELECT count(*) FROM kairan.alert")[0][0]
    assert after - before == (case["expect"] == "ok")


def test_a_cure_that_is_too_long_says_so(desk):
    case = next(c for c in load_cases() if c["id"] == "b08")
    shown = Shown(desk.send(case))
    assert len(shown.marks("body")) == 150 and "900" in shown.text("body-report")
    cured = Shown(desk.send(case, act="cure"))
    assert cured.body == "平方メートル" * 150 and not cured.marks("body")
