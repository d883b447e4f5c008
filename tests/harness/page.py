"""One person's browser: pages by their addresses, fields by their labels, waiting for what comes."""
import base64
import os

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE_S = 60
PHONE, DESKTOP = 390, 1280
PICTURES = os.environ.get("PICTURES")  # a folder: pages are kept there as pictures


class Page:
    def __init__(self, driver, url):
        self.driver = driver
        self.url = url

    def go(self, path):
        self.driver.get(path if path.startswith("http") else self.url + path)

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.url)

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def find_all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self, css="main"):
        return self.find(css).text

    def value(self, name):
        return self.find("#" + name).get_property("value")

    def type(self, **fields):
        """Types into fields by their ids, after what stands there is gone."""
        for name, text in fields.items():
            self.find("#" + name).clear()
            self.find("#" + name).send_keys(text)

    def choose(self, *labels):
        """Ticks what has these labels."""
        for label in labels:
            self.driver.find_element(By.XPATH, f"//label[normalize-space()='{label}']").click()

    def tick(self, *names):
        """The same by ids."""
        for name in names:
            self.find(f"label[for='{name}']").click()

    def wait(self, condition, timeout_s=PATIENCE_S):
        """Waits until condition() is true; what it returned. The page may be loaded anew meanwhile."""
        return WebDriverWait(self.driver, timeout_s, 0.05, ignored_exceptions=(WebDriverException,)).until(
            lambda _: condition())

    def press(self, css):
        """Presses a button that leads to another page, and waits for that page. The old page is not
        asked whether it is gone: chromedriver may answer that with an error of its own."""
        old = self.find("html").id
        self.find(css).click()
        WebDriverWait(self.driver, PATIENCE_S, 0.05, ignored_exceptions=(WebDriverException,)).until(
            lambda _: self.find("html").id != old and self.find(".footer"))

    def press_sure(self, css):
        """Presses a button that asks back, and says yes."""
        self.find(css).click()
        dialog = self.find(css).get_attribute("data-confirm")
        self.wait(self.find("#" + dialog).is_displayed)
        self.keep(dialog)
        self.press(f"#{dialog} button:not([data-close])")

    def sign_in(self, login, password):
        self.go("/sign-in")
        self.type(login=login, password=password)
        self.press("form.card button")
        return self

    def keep(self, name, width=None, whole=True):
        """Keeps the page as pictures, on a desktop and on a phone; only when somebody asks for them."""
        for wide in (() if not PICTURES else (width,) if width else (DESKTOP, PHONE)):
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": wide, "height": 900, "deviceScaleFactor": 1, "mobile": False})
            shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": whole})
            with open(os.path.join(PICTURES, f"{name}-{wide}.png"), "wb") as file:
                file.write(base64.b64decode(shot["data"]))
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
