"""Every page as a person meets it, in both languages: axe-core finds nothing, nothing scrolls sideways at
320 px, the HTML is sound, and the keyboard alone is enough. PICTURES=DIR keeps a picture of each."""
import base64
import os
import re

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from harness.client import Client
from harness.totp import code
from judge import WIDTHS, check_page, set_width

WAIT_S = 60
LANGS = pytest.mark.parametrize("lang", ["ja", "en"])
TEXT = {"title": "断水のお知らせ", "body": "西部地区で断水しています。\n復旧は18時の見込みです。",
        "category": ["4"], "where": "everywhere"}


class Visitor:
    """One person at one face: goes, types, presses, and has each page judged."""

    def __init__(self, driver, url, lang):
        self.driver, self.url, self.lang = driver, url, lang
        self.go(f"/health?lang={lang}")

    def go(self, path, look=None):
        self.driver.get(self.url + path)
        return self.look(look) if look else self

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def type(self, **fields):
        for name, text in fields.items():
            self.find(f"[name='{name}']").clear()
            self.find(f"[name='{name}']").send_keys(text)

    def follow(self, act):
        """Does what leads to another page, and waits for that page."""
        self.driver.execute_script("window.left = true")
        act()
        WebDriverWait(self.driver, WAIT_S, ignored_exceptions=[WebDriverException]).until(
            lambda driver: driver.execute_script("return !window.left && document.readyState === 'complete'"))
        return self

    def press(self, selector, look=None):
        set_width(self.driver, 1280)
        self.follow(self.find(selector).click)
        return self.look(look) if look else self

    def look(self, name):
        assert self.find("html").get_attribute("lang") == self.lang
        check_page(self.driver)
        if os.environ.get("PICTURES"):
            self.keep_pictures(name)
        return self

    def keep_pictures(self, name):
        for width in WIDTHS:
            set_width(self.driver, width)
            height = self.driver.execute_script("return document.documentElement.scrollHeight")
            picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
                "captureBeyondViewport": True,
                "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}})
            path = os.path.join(os.environ["PICTURES"], f"{name}-{width}-{self.lang}.png")
            with open(path, "wb") as file:
                file.write(base64.b64decode(picture["data"]))

    def sign_in(self, system, login):
        self.go("/sign-in").type(login=login, password=system.staff_sheet[login])
        return self.press("main button")


@pytest.fixture
def staff(system, browser, lang):
    return Visitor(browser(lang=lang), system.settings["staff_url"], lang)


@pytest.fixture
def resident(system, browser, lang):
    return Visitor(browser(lang=lang), system.settings["public_url"], lang)


def write_alert(system, **more):
    """An alert of the water division, submitted; its path."""
    drafter = system.sign_in("suido-1")
    answer = drafter.raw("POST", "/alerts", allow_redirects=False,
                         data={**TEXT, **more, "act": "submit", "csrf": drafter.csrf})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@LANGS
def test_account_and_password(system, cluster, staff):
    cluster.sql("UPDATE kairan.credential SET set_at = now() - interval '80 days' WHERE person = "
                "(SELECT id FROM kairan.person WHERE login = 'kosodate-1')")
    system.sign_in("kosodate-1")  # a second session to be seen
    staff.sign_in(system, "kosodate-1").go("/me", look="account")
    staff.go("/password?next=/me", look="password")
    staff.type(old=system.staff_sheet["kosodate-1"], password="passwordpassword", again="passwordpassword")
    assert staff.find("[data-count]").text == "16"
    staff.press("main form button", look="password-refused")
    cluster.sql("SELECT kairan.credential_one_time(id) FROM kairan.person WHERE login = 'kosodate-1'")
    staff.go("/alerts", look="password-first")
    assert staff.driver.current_url.endswith("/password?next=/alerts")
    cluster.sql("UPDATE kairan.credential SET one_time = false, one_time_until = NULL")


@LANGS
def test_sign_in_and_posts(system, staff):
    staff.go("/sign-in", look="sign_in")
    staff.type(login="suido-1", password="not this one at all")
    staff.press("main button", look="sign_in-refused")
    staff.sign_in(system, "suido-1").go("/post", look="post_choice")
    staff.go("/no-such-page", look="error-staff")


@LANGS
def test_writing(system, staff):
    staff.sign_in(system, "suido-1").go("/alerts/new", look="alert_edit")
    staff.type(title="①断水", body="㈱回覧の前で断水しています。")
    staff.find("#urgent").click()
    staff.press("button[value=submit]", look="alert_edit-refused")
    assert staff.find("#title-report mark").text == "①"
    assert staff.find(".errors").get_attribute("id") == staff.driver.switch_to.active_element.get_attribute("id")
    staff.type(title="断水", body="駅前で断水しています。")
    staff.find("#urgent").click()
    staff.find("#category .choice input").click()
    staff.press("button[value=save]", look="alert_review-draft")
    staff.go("/alerts", look="alert_list")


@LANGS
def test_deciding(system, staff):
    path = write_alert(system)
    staff.sign_in(system, "suido-1").go(path, look="alert_review-own")
    staff.press("header form button").sign_in(system, "suido-chief").go("/alerts", look="alert_list-chief")
    staff.go(path, look="alert_review")
    staff.press("form[action$='/return'] button", look="alert_review-refused")
    staff.go(path).find("#approve").click()
    assert staff.driver.switch_to.active_element.tag_name == "button"
    check_page(staff.driver)
    staff.press("#approve-dialog button", look="alert_progress")
    staff.go("/alerts", look="alert_list-approved")


OUTCOMES = """
    INSERT INTO kairan.broadcast (alert, month, total, accepted, refused, cancelled, first_accepted_at, last_outcome_at,
        ended_at) SELECT %(alert)s, date_trunc('month', now()), 1300, 1250, 40, 10, now(), now() + interval '50 s',
        now() + interval '50 s' ON CONFLICT (alert) DO UPDATE SET total = 1300, accepted = 1250, refused = 40,
        cancelled = 10, first_accepted_at = now(), last_outcome_at = now() + interval '50 s',
        ended_at = now() + interval '50 s';
    DELETE FROM kairan.broadcast_tally WHERE alert = %(alert)s;
    INSERT INTO kairan.broadcast_tally (alert, second, n, result, final, lane, relay)
    SELECT %(alert)s, date_trunc('second', now()) + make_interval(secs => s), CASE r WHEN 'accepted' THEN 25 ELSE 1 END,
        r::kairan.result, r <> 'temporary', CASE WHEN s %% 3 = 0 THEN 'docomo' ELSE 'other' END,
        'relay' || s %% 2 || '.kairan.example:25'
    FROM generate_series(0, 49) AS s, unnest('{accepted,refused,temporary}'::text[]) AS r
    WHERE r <> 'refused' OR s < 40;
    INSERT INTO kairan.broadcast_tally (alert, second, n, result, final, lane, relay)
    VALUES (%(alert)s, date_trunc('second', now()) + interval '49 s', 10, 'cancelled', true, 'other', '')"""
STATES = """
    INSERT INTO kairan.worker (host, role, slot, pid, seen)
    SELECT h, r, s, 1, now() - CASE WHEN h = 'sender-2' AND s = 1 THEN interval '40 s' ELSE '0' END
    FROM unnest('{sender-1,sender-2}'::text[]) AS h, unnest('{send,sweep}'::text[]) AS r, generate_series(0, 1) AS s
    WHERE r = 'send' OR s = 0 ON CONFLICT (host, role, slot) DO UPDATE SET seen = EXCLUDED.seen;
    INSERT INTO kairan.relay_state (relay, host, slot, up, reason, connections, next_try)
    VALUES ('relay1.kairan.example:25', 'sender-1', 0, true, '', 12, NULL),
        ('relay2.kairan.example:25', 'sender-1', 0, false, '421 4.3.2 Service shutting down', 0, now() + interval '30 s')
    ON CONFLICT DO NOTHING;
    INSERT INTO kairan.lane_state (lane, host, slot, relay, connections, most, in_hand, latency_ms, up, reason)
    VALUES ('other', 'sender-1', 0, 'relay1.kairan.example:25', 12, 20, 100, 35, true, '') ON CONFLICT DO NOTHING"""


@LANGS
def test_reporting(system, staff):
    path = write_alert(system)
    approve(system, path)
    system.cluster.sql(OUTCOMES, {"alert": path.rsplit("/", 1)[1]})
    staff.sign_in(system, "suido-chief").go(f"{path}/report", look="report")
    staff.find("details summary").click()
    staff.look("report-numbers")
    staff.go("/sending", look="sending")
    staff.press("form[action='/sign-out'] button").sign_in(system, "admin").go(f"{path}/report", look="report-admin")
    system.cluster.sql(STATES)
    staff.go("/sending", look="sending-states")


HISTORY = """
    SET search_path = kairan;
    DO $$ DECLARE h oplog_head; r oplog; BEGIN SELECT * INTO h FROM oplog_head FOR UPDATE;
    FOR i IN 0..299 LOOP
        SELECT p.id, p.login, o.id, o.role, o.department INTO r.person, r.login, r.post, r.role, r.department FROM person p
            JOIN post o ON o.person = p.id ORDER BY (p.id * 7 + i * 5) % 11, p.id LIMIT 1;
        r.at := clock_timestamp(); r.result := 'done'; r.object := ''; r.reason := ''; r.facts := '{"version": 1}';
        r.act := (ARRAY['sign-in', 'alert.save', 'alert.submit', 'alert.read'])[1 + i % 4];
        h := oplog_link(r, h); END LOOP;
    UPDATE oplog_head SET seq = h.seq, hash = h.hash, at = h.at; END $$"""


@LANGS
def test_usage(system, staff):
    """000 section 9: of the house, with a guest; of a year by month; days that are none; of the own department."""
    path = write_alert(system)
    approve(system, path)
    system.cluster.sql(OUTCOMES, {"alert": path.rsplit("/", 1)[1]})
    system.cluster.sql(HISTORY)
    system.cluster.sql("INSERT INTO kairan.guest (person, purpose, organisation, head, reason, during, made_by) SELECT id, 'x', 'x', "
                       "'x', 'x', tstzrange(now(), now() + '1 day'), 1 FROM kairan.person WHERE login = 'kosodate-1'")
    staff.sign_in(system, "admin").go("/usage", look="usage")
    for summary in staff.driver.find_elements(By.CSS_SELECTOR, "details summary"):
        summary.click()
    staff.look("usage-numbers")
    staff.follow(staff.driver.find_elements(By.CSS_SELECTOR, "main .links a[href^='/usage?']")[2].click).look("usage-year")
    staff.go("/usage?since=2026-02-01&until=2026-01-31", look="usage-refused")
    staff.press("form[action='/sign-out'] button").sign_in(system, "suido-chief").go("/usage", look="usage-chief")


@LANGS
def test_a_large_file_at_work(system, staff):
    number, = system.cluster.sql("INSERT INTO kairan.import (reason, file_name) VALUES ('登録の申込み', 'many.csv') RETURNING id")[0]
    system.cluster.sql("INSERT INTO kairan.import_work (import, doing, done, whole, seen) VALUES (%s, 'reading', 420, 1000, "
                       "now() + interval '1 hour')", (number,))
    staff.sign_in(system, "admin").go(f"/import/{number}", look="import_work")
    system.cluster.sql("UPDATE kairan.import_work SET failed = 'The work was interrupted.' WHERE import = %s", (number,))
    staff.follow(lambda: None).look("import_work-failed")


@LANGS
def test_administering(system, staff, tmp_path):
    staff.sign_in(system, "admin").go("/log", look="log")
    staff.go("/import", look="import_form")
    staff.press("main form button.button", look="import_form-refused")
    staff.type(reason="防災訓練に合わせた一斉登録")
    file = tmp_path / "residents.csv"
    file.write_text("メールアドレス,携帯電話番号,地区,分野,言語\n"
                    f"new-{staff.lang}@resident.example,,東部,防災,ja\nnobody,,東部,防災,ja\n", encoding="utf-8")
    staff.find("#file").send_keys(str(file))
    staff.press("main form button.button", look="import_preview")
    staff.press("form[action$='/apply'] button", look="import_result")


def add_contact(system, address):
    """A resident whose mails came back; the contact's id."""
    return system.cluster.sql("""
        WITH i AS (INSERT INTO kairan.import (reason, file_name) VALUES ('test', 'test') RETURNING id),
            s AS (INSERT INTO kairan.subscriber (lang, categories, areas, own, import)
                SELECT 'ja', '{1}', '{1}', false, id FROM i RETURNING id),
            c AS (INSERT INTO kairan.contact (subscriber, channel, address, hash, confirmed_at, suspended_at)
                SELECT id, 'mail', %(to)s, kairan.address_hash(%(to)s), now(), now() FROM s RETURNING id),
            d AS (INSERT INTO kairan.doubt (contact, judge_at, suspended_at, reason)
                SELECT id, 'infinity', now(), 'permanent' FROM c)
        INSERT INTO kairan.bounce (alert, contact, at, kind, status, source, reply)
        SELECT 1, id, now(), 'permanent', '5.1.1', 'mail', 'host mx.resident.example said: 550 5.1.1 User unknown'
        FROM c RETURNING contact""", {"to": address})[0][0]


def approve(system, path):
    chief = system.sign_in("suido-chief")
    chief.post(f"{path}/approve", {"fingerprint": chief.get(path)["fingerprint"]})


@LANGS
def test_suspended_addresses(system, staff):
    staff.sign_in(system, "admin").go("/suspended", look="suspended-none")
    for n in range(3):
        add_contact(system, f"taro{n}-{staff.lang}@resident.example")
    path = write_alert(system)
    approve(system, path)
    system.cluster.sql("INSERT INTO kairan.bounce_storm (alert, at, failed, total) VALUES (%s, now(), 1234, 5678)",
                       (path.rsplit("/", 1)[1],))
    staff.go("/suspended", look="suspended")
    staff.press("button[formaction$='/forgive']").press("button[formaction$='/resume']", look="suspended-done")
    system.cluster.sql("UPDATE kairan.contact SET suspended_at = NULL")


@LANGS
def test_staying(system, resident):
    contact = add_contact(system, f"hanae-{resident.lang}@resident.example")
    link = system.cluster.sql("""SELECT kairan.b64url(said || substr(kairan.hmac(said, key, 'sha256'), 1, 16))
        FROM kairan.link_key, (SELECT '\\x0102'::bytea || decode(lpad(to_hex(%s), 16, '0'), 'hex') AS said) AS s
        WHERE kid = 1""", (contact,))[0][0]
    resident.go(f"/stay/{link}", look="public_stay").press("main form button", look="public_stayed")
    assert system.cluster.sql("SELECT suspended_at FROM kairan.contact WHERE id = %s", (contact,)) == [(None,)]


def link_in_mail(system, address, path):
    """The newest mail to the address, awaited, holds a link to path/…; the inbox forgets the mail."""
    inbox = Client(system.inbox.web)
    mail = inbox.get("/mails", to=address, brief=1, wait_ms=30000)["mails"][0]
    shown = inbox.get(f"/mails/{mail['id']}")
    inbox.raw("POST", "/mails/clear", json={})
    return re.search(rf"({path}/[\w-]+)", shown["body"]).group(1)


@LANGS
def test_registering_and_leaving(system, resident):
    address = f"hanako-{resident.lang}@resident.example"
    resident.go("/", look="public_subscribe").type(address="hanako@@resident")
    resident.press("main .actions button", look="public_subscribe-refused").type(address=address)
    for selector in ("#category .choice input", "#area .choice input", "#agreed"):
        resident.find(selector).click()
    resident.press("main .actions button", look="public_sent")
    resident.go(link_in_mail(system, address, "/confirm"), look="public_confirm")
    resident.press("main .actions button", look="public_confirmed")
    resident.go("/leave", look="public_leave_form").type(address=address)
    resident.press("main .actions button")
    resident.go(link_in_mail(system, address, "/leave"), look="public_leave")
    resident.press("main .actions button", look="public_left")


@LANGS
def test_terms_and_a_missing_page(resident):
    resident.go("/terms", look="public_terms").go("/no-such-page", look="error-public")


@LANGS
def test_forms(system, staff):
    """004 sections 10 to 12: the head applies, the administrator decides; the sheet is Japanese always."""
    staff.sign_in(system, "suido-chief").go("/forms", look="forms-chief")
    for kind in (1, 2, 3):
        staff.go(f"/forms/new/{kind}", look=f"form-new-{kind}")
    staff.press("main form button", look="form-new-refused")
    staff.go("/forms/new/1").type(login=f"page-{staff.lang}", name="新しい 職員", reason="人事異動のため")
    staff.find("[name='role'] option[value='drafter']").click()
    path = staff.press("main form button", look="form-own").driver.current_url[len(staff.url):]
    staff.press("header form button").sign_in(system, "admin").go("/forms", look="forms")
    staff.go(path, look="form").press("button[formaction$='/refuse']", look="form-refused")
    staff.type(reason="氏名の漢字を確かめてください")
    staff.press(f"form[action='{path}/ask'] button", look="form-asked")
    staff.press("header form button").sign_in(system, "suido-chief").go(f"{path}/change", look="form-change")
    staff.press("main form button")
    staff.press("header form button").sign_in(system, "admin").go(path).press("form[action$='/accept'] button", look="form_accepted")


@LANGS
def test_applying_without_sign_in(system, staff):
    """004 sections 10 to 12: from the sign-in page to the administrator's eyes."""
    address = f"new-head-{staff.lang}@city.kairan.example"
    staff.go("/sign-in", look="sign_in-apply").press("main a[href='/apply']", look="apply")
    for kind in (1, 2, 3):
        staff.go(f"/apply/{kind}", look=f"apply-{kind}")
    staff.press("main form button", look="apply-refused")
    staff.find("[name='department'] option:nth-child(2)").click()
    staff.type(head="新任の課長", head_mail=address, login="suido-1", reason="担当者がパスワードを失念したため")
    staff.press("main form button", look="apply_sent")
    staff.go(link_in_mail(system, address, "/apply/confirm"), look="apply_confirm")
    staff.press("main form button", look="apply_confirmed")
    staff.sign_in(system, "admin").go("/forms").press("tbody tr:first-child a", look="form-unknown")
    path = staff.driver.current_url[len(staff.url):]
    staff.press("form[action$='/accept'] button", look="form-unknown-refused")
    staff.type(reason="どの担当者ですか。\n内線でも構いません。")
    staff.press(f"form[action='{path}/ask'] button", look="form-unknown-asked")
    staff.press("header form button").go(link_in_mail(system, address, "/apply/again"), look="apply-again")
    staff.press("main form button", look="apply_confirmed-again")


@LANGS
def test_keyboard_alone_writes_an_alert(system, staff):
    staff.sign_in(system, "suido-1").go("/alerts/new")
    keys = Keyboard(staff.driver)
    keys.to("a.skip").press(Keys.ENTER).to("#title").write("水道の水が濁っています")
    keys.to("#body").write("しばらく水を流してください。").to("#category .choice input").press(Keys.SPACE)
    staff.follow(lambda: keys.to("button[value=submit]").press(Keys.ENTER))
    assert staff.find("h1").text == "水道の水が濁っています"


SEED = "12345678901234567890"


@LANGS
def test_a_form_past_the_code(system, staff):
    """What was typed goes along through the page of the code, and is sent behind it."""
    whose = "(SELECT id FROM kairan.person WHERE login = 'admin')"
    system.cluster.sql(f"INSERT INTO kairan.factor (person, seed, confirmed_at) SELECT {whose}, kairan.factor_seal('{SEED}'), now() RETURNING 1")
    try:
        seed = base64.b32encode(SEED.encode()).decode()
        staff.sign_in(system, "admin").look("factor")
        staff.type(code=code(seed))
        staff.press("main form button")
        system.cluster.sql(f"UPDATE kairan.session SET proved_at = now() - interval '1 hour' WHERE person = {whose} AND ended_at IS NULL RETURNING 1")
        staff.go("/departments/add").type(name="広報課", name_en="Public relations", code=f"koho-{staff.lang}")
        staff.press("main form button", look="factor-carried").type(code="000000")
        staff.press("main form button", look="factor-carried-wrong").type(code=code(seed, 1))
        staff.press("main form button", look="factor_again")
        assert staff.find("textarea[name=code]").text == f"koho-{staff.lang}"
        staff.press("main form button")
        assert staff.driver.current_url.endswith("/departments")
    finally:
        system.cluster.sql(f"DELETE FROM kairan.factor WHERE person = {whose} RETURNING 1")
        system.cluster.sql(f"DELETE FROM kairan.department WHERE code = 'koho-{staff.lang}' RETURNING 1")


@LANGS
def test_a_session_that_is_over_gives_back_the_form(system, staff):
    staff.sign_in(system, "admin").go("/departments/add").type(name="広報課", code="koho")
    system.cluster.sql("UPDATE kairan.session SET ended_at = now() WHERE ended_at IS NULL RETURNING 1")
    staff.press("main form button", look="error-kept")
    assert staff.find("textarea[name=name]").text == "広報課"


@LANGS
def test_the_menu_is_one_line(system, staff):
    """Of whoever has most; its groups open by keyboard, one at a time, and fit a phone."""
    staff.sign_in(system, "admin").go("/departments")
    set_width(staff.driver, 1280)
    assert staff.find(".nav").size["height"] <= 60
    keys = Keyboard(staff.driver)
    keys.to(".nav summary").press(Keys.ENTER).to(".nav a[href='/factors']")
    staff.look("menu-open")
    set_width(staff.driver, 1280)
    second = staff.driver.find_elements(By.CSS_SELECTOR, ".nav summary")[1]
    second.click()
    is_open = "return [...document.querySelectorAll('.nav details')].map((group) => group.open)"
    WebDriverWait(staff.driver, WAIT_S).until(lambda driver: driver.execute_script(is_open) == [False, True])
    keys.to(".nav a[href='/import']").press(Keys.ESCAPE)
    assert staff.driver.execute_script(is_open) == [False, False] and keys.here == second
    staff.follow(lambda: keys.press(Keys.ENTER).to(".nav a[href='/suspended']").press(Keys.ENTER))
    assert staff.driver.current_url.endswith("/suspended")


def test_the_menu_without_javascript(system, browser):
    staff = Visitor(browser(javascript=False), system.settings["staff_url"], "ja")
    staff.go("/sign-in").type(login="admin", password=system.staff_sheet["admin"])
    staff.find("main button").click()
    WebDriverWait(staff.driver, WAIT_S).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".nav summary"))
    staff.find(".nav summary").click()
    staff.find(".nav a[href='/departments']").click()
    WebDriverWait(staff.driver, WAIT_S).until(lambda driver: driver.current_url.endswith("/departments"))


class Keyboard:
    """Tab, and what is under the focus."""

    def __init__(self, driver):
        self.driver = driver

    @property
    def here(self):
        return self.driver.switch_to.active_element

    def to(self, selector):
        """Tabs on until the focus is there and can be seen."""
        wanted = self.driver.find_element(By.CSS_SELECTOR, selector)
        for _ in range(100):
            self.here.send_keys(Keys.TAB)
            if self.here == wanted:
                style = self.driver.execute_script("return getComputedStyle(arguments[0]).outlineStyle", wanted)
                assert style == "solid", f"the focus on {selector} cannot be seen"
                return self
        raise AssertionError(f"Tab never comes to {selector}")

    def write(self, text):
        self.here.send_keys(text)
        return self

    def press(self, key):
        self.here.send_keys(key)
        return self
