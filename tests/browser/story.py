"""What the tests of the whole path share: people before their browsers, and the steps that they take."""
import re

import requests

from harness.browser import open_browser
from harness.mailbox import check_alert, check_express, read_raw
from harness.page import Page
from harness.town import AREAS, CATEGORIES, RESIDENTS, read_residents


class Story:
    """A town, the people before their browsers, and who should be registered at this moment."""

    def __init__(self, system, folder):
        self.system = system
        self.inbox = system.inbox
        self.folder = folder
        self.pages = {}
        self.good, self.duplicates, self.bad = read_residents(RESIDENTS, CATEGORIES, AREAS)

    def open(self, name, face, **how):
        if name not in self.pages:
            folder = self.folder / name
            folder.mkdir()
            self.pages[name] = Page(open_browser(folder, **how), self.system.settings[f"{face}_url"])
        return self.pages[name]

    def staff(self, login):
        if login in self.pages:
            return self.pages[login]
        return self.open(login, "staff").sign_in(login, self.system.staff_sheet[login])

    def resident(self, kind):
        return self.open(kind, "public", javascript=kind == "javascript", width=390)

    def rule(self, **fields):
        """Tells the inbox; nothing: forget all rules."""
        where = "rules" if fields else "rules/clear"
        requests.post(f"{self.inbox.web}/{where}", json=fields, timeout=30).raise_for_status()

    def contacts(self):
        """Address as it is sent to -> number."""
        return dict(self.system.cluster.sql(
            "SELECT address, id FROM kairan.contact WHERE channel = 'mail' AND address IS NOT NULL"))

    def mails_of(self, alert):
        """The inbox's records of an alert's mails so far."""
        return [m for m in list(self.inbox.mails) if m["message_id"].startswith((f"<a{alert}.", f"<x{alert}."))]

    def log(self, count=None):
        """(person, act, object, result) of the newest rows on the log's page, newest first."""
        self.staff("admin").go("/log")
        return self.log_rows()[:count]

    def log_rows(self):
        """The same of the log's page that is open."""
        cells = self.staff("admin").driver.execute_script(
            "return [...document.querySelectorAll('table.log tbody tr')]"
            ".map((row) => [...row.cells].map((cell) => cell.textContent.trim()));")
        return [(row[1], row[3], row[4], row[5]) for row in cells]

    def log_whole(self):
        """All rows, page by page."""
        rows, admin = self.log(), self.staff("admin")
        while admin.find_all("a[rel=next]"):
            admin.press("a[rel=next]")
            rows += self.log_rows()
        return rows

    def close(self):
        for page in self.pages.values():
            page.driver.quit()


def counts(page, css=".reach > div"):
    """What a list of counts says: {term: number}."""
    return {e.find_element("tag name", "dt").text: number(e.find_element("tag name", "dd").text)
            for e in page.find_all(css)}


def number(text):
    return int(text.replace(",", ""))


def alert_of(page):
    return int(re.search(r"/alerts/(\d+)", page.path).group(1))


def write(page, text, categories=(), areas=(), urgent=False):
    """Fills in the form of a new alert."""
    page.go("/alerts/new")
    page.type(**text)
    page.choose(*categories)
    if areas:
        page.tick("where-some")
        page.choose(*areas)
    if urgent:
        page.tick("urgent", "everybody")
        page.type(urgent_reason="堤防が決壊するおそれがある")


def press_act(page, act):
    page.press(f"button[name=act][value={act}]")


def submit(page):
    press_act(page, "submit")
    return alert_of(page)


def shown_mail(page):
    """What the approver sees on the phone."""
    return {part: page.text(f".phone-{part}") for part in ("from", "subject", "body", "foot")}


def approve(story, login, alert):
    """Reads, approves; the approver's page, which now shows progress, and what it showed before."""
    page = story.staff(login)
    page.go(f"/alerts/{alert}")
    page.keep(f"approve-{alert}")
    shown = {**shown_mail(page), "total": counts(page)["メール"]}
    page.press_sure("#approve")
    return page, shown


def live(page, name):
    return number(page.text(f"[data-live='counts.{name}']"))


def wait_state(page, state):
    """Until the page itself says so: progress.js reloads it at the end, so the element may be a new one."""
    page.wait(lambda: page.driver.execute_script(
        "return document.querySelector('.badge')?.classList.contains(arguments[0])", state), 120)


def reached(story, alert):
    """Addresses that the inbox has a mail of the alert for; each has one."""
    addresses = [address.lower() for m in story.mails_of(alert) for address in m["to"]]
    assert len(set(addresses)) == len(addresses)
    return set(addresses)


def check_mails(story, alert, version, shown, mails):
    """The bytes of these mails; their leave links by address."""
    contact = story.contacts()
    links = {}
    for record, raw in read_raw(story.inbox, mails):
        address, = record["to"]
        links[address] = check_alert(record, raw, shown,
                                     f"a{alert}.{version}.{contact[address]}@city.kairan.example")
    assert len(set(links.values())) == len(mails)
    return links


def check_shared(story, alert, version, shown):
    """The bytes of an urgent alert's mails: the same for all of a hand-over."""
    texts = {}
    for record, raw in read_raw(story.inbox, story.mails_of(alert)):
        check_express(record, raw, shown, rf"<x{alert}\.{version}\.\d+\.ja@city\.kairan\.example>")
        texts.setdefault(record["message_id"], set()).add(raw)
    assert all(len(same) == 1 for same in texts.values())


def send(story, text, categories, areas, by="bousai"):
    """The whole way, quickly; the alert's number and the mail that was shown."""
    drafter = story.staff(f"{by}-1")
    write(drafter, text, categories, areas)
    alert = submit(drafter)
    page, shown = approve(story, f"{by}-chief", alert)
    wait_state(page, "done")
    return alert, shown
