"""The main job, end to end, in real browsers: residents come in by their file, an alert is written, approved by a
second person and reaches exactly those whom the file says; residents come and go.

Whom an alert should reach is counted here from the file, apart from the program (harness.town)."""
import re

import pytest
import requests

from harness.mailbox import parse, text_of, wait_mail
from harness.town import RESIDENTS, audience
from story import (Story, alert_of, approve, check_mails, check_shared, counts, live, press_act, reached, send,
                   submit, wait_state, write)

REASON = "004 2条2項 防災訓練に合わせた一斉登録"
FLOOD = {"title": "大雨警報発表", "body": "川沿いにお住まいの方は、早めに安全な場所へ移動してください。\n\n避難所は2か所です。"
         "\n.東小学校 A&B <1階>"}
EVACUATE = {"title": "避難指示(警戒レベル4)", "body": "危険な場所から全員避難してください。"}
BOTH = ("javascript", "no javascript")


@pytest.fixture(scope="module")
def story(system, tmp_path_factory):
    told = Story(system, tmp_path_factory.mktemp("browsers"))
    yield told
    told.close()


@pytest.fixture(scope="module")
def preview(story):
    """The residents brought in by the administrator: what the page said before it was so, and after."""
    admin = story.staff("admin")
    admin.go("/import")
    admin.find("#file").send_keys(RESIDENTS)
    admin.type(reason=REASON)
    admin.keep("import")
    admin.press("main form button")
    admin.wait(lambda: admin.find_all("form[action$='/apply'] button"))  # it is read meanwhile
    admin.keep("import-preview", whole=False)
    said = counts(admin)
    assert story.contacts() == {}
    admin.press("form[action$='/apply'] button")
    admin.wait(lambda: admin.find_all(".notice.good"))
    admin.keep("import-result", whole=False)
    return {**said, "stored": counts(admin)}


@pytest.fixture
def slow(story):
    """The inbox answers each final dot a second late, until slow() is called or the test is over."""
    story.rule(domain="*", act="delay", at="dot", delay_ms=1000)
    yield story.rule
    story.rule()


# ---- residents by file ----

def test_004_2_2_the_file_is_looked_at_then_stored(story, preview):
    assert (len(story.good), story.duplicates, story.bad) == (19615, 201, 184)
    first = {"行数": 20000, "新規": 19615, "変更": 0, "変更なし": 0, "重複する行": 201, "取り込めない行": 184}
    assert preview == {**first, "stored": first}
    assert {address.lower() for address in story.contacts()} == set(story.good)


# ---- one alert, from the first letter to the last resident ----

def type_what_is_refused(page):
    """A character that phones cannot show: marked with its cure, refused, cured by one press."""
    write(page, {**FLOOD, "body": "①" + FLOOD["body"]}, ["防災"], ["川沿い", "山間"])
    assert [mark.text for mark in page.find_all("#body-report mark")] == ["①"]
    assert "(1)" in page.text("#body-report .cures button")
    page.keep("write-bad")
    press_act(page, "submit")
    page.keep("write-refused")
    assert page.path == "/alerts" and page.find(".errors a[href='#body']")
    assert (page.value("title"), page.value("body")) == (FLOOD["title"], "①" + FLOOD["body"])
    page.find("#body-report .cures button").click()
    assert page.value("body") == "(1)" + FLOOD["body"] and not page.find("#body-report").is_displayed()


def forge_approval(page):
    """The drafter's own browser asks for the approval, with everything a form would send."""
    return page.driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        fetch(location.pathname, {headers: {Accept: "application/json"}}).then((answer) => answer.json())
            .then((tree) => fetch(location.pathname + "/approve", {method: "POST", body: new URLSearchParams(
                {csrf: tree.frame.csrf, fingerprint: tree.fingerprint})}))
            .then((answer) => done(answer.status));""")


def test_004_13_an_alert_reaches_whom_the_file_says(story, preview, slow):
    expected = audience(story.good, ["防災"], ["川沿い", "山間"])
    drafter = story.staff("bousai-1")
    type_what_is_refused(drafter)
    drafter.type(**FLOOD)
    assert str(len(FLOOD["body"])) in drafter.text("#body-count")
    press_act(drafter, "check")
    assert counts(drafter)["メール"] == len(expected) > 1000
    assert str(len(FLOOD["body"])) in drafter.text("#body-count")
    drafter.keep("write")
    alert = submit(drafter)
    drafter.keep("submitted")

    assert not drafter.find_all("#approve") and forge_approval(drafter) == 403
    refused = story.log(1)[0]
    assert refused[:2] == ("若葉 すすむ", "情報配信の承認") and "拒否" in refused[3]
    page, shown = approve(story, "bousai-chief", alert)
    assert shown["total"] == len(expected)
    assert (shown["subject"], shown["body"]) == (FLOOD["title"], FLOOD["body"])
    watch(page, slow, len(expected))
    assert reached(story, alert) == expected
    check_mails(story, alert, 1, shown, story.mails_of(alert))


def watch(page, slow, total):
    """Numbers rise on a page that nobody loads anew, till the end."""
    page.driver.execute_script("window.untouched = true")
    page.wait(lambda: 0 < live(page, "accepted") < total)
    assert page.driver.execute_script("return window.untouched")
    assert live(page, "accepted") + live(page, "waiting") == total
    page.keep("progress")
    slow()
    wait_state(page, "done")
    page.keep("done")
    assert counts(page, ".counters > div") == {"送信済み": total, "拒否": 0, "不明": 0, "期限切れ": 0, "取りやめ": 0,
                                               "送信待ち": 0}


# ---- to everybody ----

def test_004_13_2_urgent_to_everybody(story, preview):
    everybody = audience(story.good, [], everybody=True)
    drafter = story.staff("bousai-2")
    write(drafter, EVACUATE, ["防災"], urgent=True)
    press_act(drafter, "check")
    assert counts(drafter)["メール"] == len(everybody)
    drafter.keep("write-urgent")
    alert = submit(drafter)
    page, shown = approve(story, "bousai-chief", alert)
    wait_state(page, "done")
    assert shown["total"] == len(everybody) == live_total(page)
    assert reached(story, alert) == everybody
    assert sum(bool(re.search(r"\.\.|\.@|^\.", address)) for address in everybody) > 100
    check_shared(story, alert, 1, shown)
    assert len(story.mails_of(alert)) < len(everybody) / 50


def live_total(page):
    return sum(counts(page, ".counters > div").values())


# ---- returned, and stopped ----

def test_004_13_1_returned_edited_approved(story, preview):
    drafter, approver = story.staff("suido-1"), story.staff("suido-chief")
    text = {"title": "断水", "body": "午前9時から断水します。"}
    write(drafter, text, ["水道"], ["北部"])
    alert = submit(drafter)
    approver.go("/alerts")
    approver.keep("list")
    approver.find(f"a[href='/alerts/{alert}']").click()
    approver.type(reason="終わる時刻を入れてください")
    approver.press("form[action$='/return'] button")
    approver.keep("returned")
    drafter.go(f"/alerts/{alert}/edit")
    assert "終わる時刻を入れてください" in drafter.text(".notice") and drafter.value("body") == text["body"]
    drafter.keep("edit-returned")
    drafter.type(body="午前9時から正午まで断水します。")
    submit(drafter)
    approver.go(f"/alerts/{alert}")
    assert text["body"] in approver.text("#before-heading ~ .marked")
    page, shown = approve(story, "suido-chief", alert)
    wait_state(page, "done")
    assert shown["body"] == "午前9時から正午まで断水します。"
    assert reached(story, alert) == audience(story.good, ["水道"], ["北部"])
    check_mails(story, alert, 2, shown, story.mails_of(alert)[:20])
    assert [row[1] for row in story.log() if row[2] == f"情報配信 {alert}"] == [
        "情報配信の承認", "情報配信の申請", "情報配信の作成・変更", "申請の差戻し", "情報配信の申請",
        "情報配信の作成・変更"]


def test_p7_stopped_in_the_middle(story, preview, slow):
    drafter = story.staff("kosodate-1")
    write(drafter, {"title": "健診", "body": "健診の日が変わりました。"}, ["健康", "子育て"])
    alert = submit(drafter)
    page, shown = approve(story, "kosodate-chief", alert)
    page.wait(lambda: live(page, "accepted") > 0)
    page.press_sure("#stop")
    slow()
    page.wait(lambda: not page.driver.execute_script("return document.querySelector('[data-progress]')"))
    page.keep("stopped")
    ends = counts(page, ".counters > div")
    assert page.text(".badge.stopped") and sum(ends.values()) == shown["total"]
    assert ends["取りやめ"] > 0 and ends["送信待ち"] == 0
    assert len(reached(story, alert)) == ends["送信済み"] + ends["不明"] > 0
    assert [row[:3] for row in story.log(1)] == [("桜木 ひなた", "配信の停止", f"情報配信 {alert}")]


# ---- residents come and go ----

def follow(story, page, address, path, after):
    """Waits for the mail to the address and opens its link."""
    mail = parse(wait_mail(story.inbox, address, after))
    page.go(re.search(rf"https?://\S+{path}/\S+", text_of(mail)).group())


def register(story, kind, address, categories, areas):
    page, after = story.resident(kind), len(story.inbox.mails)
    page.go("/")
    page.type(address=address)
    page.choose(*categories, *areas)
    page.tick("agreed")
    page.keep("register", 390)
    page.press("main form button")
    page.keep("register-sent", 390)
    follow(story, page, address, "/confirm", after)
    assert address not in story.contacts()
    page.keep("confirm", 390)
    page.press("main form button")
    page.keep("confirmed", 390)
    story.good[address] = (set(categories), set(areas), "ja")


def ask_to_leave(story, kind, address):
    """Without a mail at hand: the link comes by letter."""
    page, after = story.resident(kind), len(story.inbox.mails)
    page.go("/leave")
    page.keep("leave-form", 390)
    page.type(address=address)
    page.press("main form button")
    follow(story, page, address, "/leave", after)


def leave(story, kind, address):
    """The button of the leave page that is open."""
    page = story.resident(kind)
    page.keep("leave", 390)
    assert address in story.contacts()
    page.press("main form button")
    page.keep("left", 390)
    del story.good[address]


def test_004_2_residents_come_and_go(story, preview):
    fire, place = {"title": "火災", "body": "山間で火災が発生しています。"}, (["火災"], ["山間"])
    for kind, address in zip(BOTH, ("hana..ko@docomo.example", ".taro@ezweb.example")):
        register(story, kind, address, *place)
    alert, shown = send(story, fire, *place)
    assert reached(story, alert) == audience(story.good, *place) >= {"hana..ko@docomo.example"}
    links = check_mails(story, alert, 1, shown, story.mails_of(alert))

    story.resident(BOTH[0]).go(links["hana..ko@docomo.example"])
    leave(story, BOTH[0], "hana..ko@docomo.example")
    ask_to_leave(story, BOTH[1], ".taro@ezweb.example")
    leave(story, BOTH[1], ".taro@ezweb.example")
    by_file = min(set(links) & set(story.good))
    answer = requests.post(links[by_file], data={"List-Unsubscribe": "One-Click"}, timeout=30)
    assert answer.status_code == 200
    del story.good[by_file]

    alert, _ = send(story, {**fire, "body": "鎮火しました。"}, *place)
    assert reached(story, alert) == audience(story.good, *place)


# ---- and it is all on record ----

def test_p10_every_step_is_on_record(story, preview):
    story.staff("bousai-1")
    acts = {row[:2] for row in story.log_whole()}
    assert {("若葉 すすむ", "サインイン"), ("管野 まもる", "利用者ファイルの読み込み"), ("管野 まもる", "利用者の一括登録")} <= acts
    story.staff("admin").keep("log", whole=False)
    said = story.system.cluster.kairan("--config", story.system.config, "verify-log")
    assert said.returncode == 0 and said.stdout
