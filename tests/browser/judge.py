"""Judges the page a browser shows: axe-core on what is there, no sideways scrolling, sound HTML."""
import pathlib
import sys

import axe

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tools"))

from check_pages import check_html  # noqa: E402

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (320, 1280)  # CSS pixels: the least that WCAG 1.4.10 asks for, and a desktop

RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}, resultTypes: ['violations']})
   .then((found) => done(found.violations), (error) => done([{id: 'axe', help: String(error), nodes: []}]));
"""


def find_violations(driver):
    """One sentence a violation, with the elements it concerns."""
    driver.execute_script(axe.source())
    return [f"{found['id']} ({found['impact']}): {found['help']}: "
            + ", ".join(" ".join(map(str, node["target"])) for node in found["nodes"])
            for found in driver.execute_async_script(RUN, RULES)]


def set_width(driver, width, height=800):
    """A viewport of exactly that width: a window of Chromium has a least width of its own."""
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})


def find_overflow(driver):
    """Elements that reach past the right edge, as tag and class; empty when nothing scrolls sideways."""
    return driver.execute_script("""
        if (document.documentElement.scrollWidth <= innerWidth) { return []; }
        return [...document.querySelectorAll('body *')]
            .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
            .map((node) => node.tagName.toLowerCase() + '.' + node.className);""")


def find_html_faults(driver):
    """Of the page as it is served to a GET of this address, before any script touched it; of an address
    that takes only a POST, nothing is known."""
    text = driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        fetch(location.href, {headers: {Accept: 'text/html'}})
            .then((answer) => answer.status === 405 ? null : answer.text())
            .then(done, (error) => done(String(error)));""")
    return check_html(text) if text is not None else []


def check_page(driver):
    """Asserts that the page shown has no violation, fits at every width, and is sound HTML."""
    faults = find_html_faults(driver)
    for width in WIDTHS:
        set_width(driver, width)
        faults += [f"{width} px: {fault}" for fault in find_violations(driver) + find_overflow(driver)]
    assert not faults, driver.current_url + "\n" + "\n".join(faults)
