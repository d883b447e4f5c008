"""A real Chromium, headless, with a fresh profile and nothing of its own on the network."""
import os

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

QUIET = ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-extensions", "--disable-default-apps", "--disable-domain-reliability",
         "--metrics-recording-only", "--no-default-browser-check", "--no-proxy-server",
         "--password-store=basic", "--use-mock-keychain", "--hide-scrollbars",
         "--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost")


def open_browser(folder, width=1280, height=900, javascript=True, lang="ja"):
    """A driver; close it with quit()."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*QUIET, f"--window-size={width},{height}", f"--lang={lang}",
                 f"--user-data-dir={os.path.join(str(folder), 'profile')}"):
        options.add_argument(flag)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.add_experimental_option("prefs", {
        "intl.accept_languages": lang,
        "credentials_enable_service": False, "profile.password_manager_leak_detection": False,
        "profile.managed_default_content_settings.javascript": 1 if javascript else 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(
        service=Service("/usr/bin/chromedriver", log_path=os.path.join(str(folder), "chromedriver.log"),
                        env={**os.environ, "LANGUAGE": lang, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}),
        options=options)
    driver.set_page_load_timeout(60)
    return driver
