"""The text rules on the page: prose.js says what core says, and its marks cure by one press."""
import pytest
from selenium.webdriver.common.by import By

from harness.cases import load_cases, typed
from harness.page import Page

CHECK = """
const [cases, done] = arguments;
import("/static/prose.js").then(({ check }) => done(cases.map(([title, body]) => {
  const t = check("title", title), b = check("body", body);
  return { verdict: t.verdict === "ok" ? b.verdict : "bad_title", text: b.text, cured: b.cured, count: b.count };
})));
"""


@pytest.fixture
def desk(system, browser):
    """The page for writing, with a drafter before it."""
    login = next(name for name in system.staff_sheet if system.sign_in(name).get("/alerts")["can_write"])
    page = Page(browser(), system.settings["staff_url"]).sign_in(login, system.staff_sheet[login])
    page.go("/alerts/new")
    return page.driver


def fill(page, name, text):
    page.execute_script("const f = document.getElementById(arguments[0]); f.value = arguments[1];"
                        "f.dispatchEvent(new Event('input', {bubbles: true}));", name, text)


def test_004_13_2_every_case(desk):
    cases = load_cases()
    said = desk.execute_async_script(CHECK, [[typed(c, "title"), typed(c, "body")] for c in cases])
    assert len(said) == len(cases) > 30
    for case, page in zip(cases, said):
        assert page["verdict"] == case["expect"], case["id"]
        assert page["count"] == case.get("count", page["count"]), case["id"]
        assert page["text"] == case.get("stored", page["text"]), case["id"]
        assert page["cured"] == case.get("suggest", page["cured"]), case["id"]


def test_004_13_2_3_marks_and_cures(desk):
    fill(desk, "body", "担当は髙橋と㈱水道😊")
    report = desk.find_element(By.ID, "body-report")
    assert [mark.text for mark in report.find_elements(By.TAG_NAME, "mark")] == ["髙", "㈱", "😊"]
    assert len(report.find_elements(By.CSS_SELECTOR, ".cures li")) == 3
    report.find_element(By.CSS_SELECTOR, ".cures button").click()
    body = desk.find_element(By.ID, "body")
    assert body.get_property("value") == "担当は高橋と㈱水道😊"
    report.find_element(By.CSS_SELECTOR, "button").click()
    assert body.get_property("value") == "担当は高橋と(株)水道"
    assert not report.is_displayed()


def test_004_13_2_2_the_count_follows(desk):
    fill(desk, "body", "あ" * 201)
    count = desk.find_element(By.ID, "body-count")
    assert "201" in count.text and "over" in count.get_attribute("class").split()
    fill(desk, "body", "い" * 99 + "\n" + "う" * 100)
    assert "200" in count.text and "over" not in count.get_attribute("class").split()


def test_004_13_2_3_nothing_is_lost_without_javascript(system, browser, desk):
    """The server marks the same, and its one press cures the same."""
    page = Page(browser(javascript=False), system.settings["staff_url"])
    page.go("/sign-in")
    for cookie in desk.get_cookies():
        page.driver.add_cookie(cookie)
    page.go("/alerts/new")
    page.type(title="①題", body="㎡と℡")
    page.press("button[value=save]")
    assert page.find(".errors")
    assert page.value("title") == "①題"
    assert [m.text for m in page.find_all("#body-report mark")] == ["㎡", "℡"]
    page.press("#body-report button[value=cure]")
    assert page.value("title") == "(1)題" and page.value("body") == "平方メートルとTEL"
