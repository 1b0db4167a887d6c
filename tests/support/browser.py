"""A real Chromium, the system's own, driven by Playwright: the one without a window where it is installed."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

if TYPE_CHECKING:
    from hocsuotdoi.accounts.models import Person

WITHOUT_WINDOW = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The last of several such lists holds, so Playwright's own is said again. Ours are the last four: for each visitor
    # Chromium would load the two pages that drop down from its address bar, and keep a process in reserve: half of what
    # a visitor with one page costs.
    "--disable-features="
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess",
)
AXE_ONCE = Path(__file__).with_name("axe_once.js").read_text(encoding="utf-8")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def chromium_path() -> str:
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise AssertionError("No Chromium is installed: `make test` installs one, or install the package `chromium`.")


@contextmanager
def started_playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def started_browser(playwright: Playwright, *, is_whole: bool = False) -> Iterator[Browser]:
    """Without what draws windows the engine takes a third less for each page; only the whole one shows messages."""
    path = None if is_whole else shutil.which(WITHOUT_WINDOW)
    browser = playwright.chromium.launch(executable_path=path or chromium_path(), args=list(OPTIONS))
    yield browser
    browser.close()


def new_context(browser: Browser, base_url: str, **options: object) -> BrowserContext:
    """A fresh visitor with a Vietnamese browser; `viewport=PHONE` for a phone, `java_script_enabled=False` without."""
    context = browser.new_context(
        **{"base_url": base_url, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "viewport": DESK, **options}
    )
    context.set_default_timeout(10_000)
    return context


def sign_in(context: BrowserContext, person: "Person") -> None:
    """As somebody who has signed in before; signing in by hand takes three pages and has tests of its own."""
    from django.test import Client

    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}])


def watch_for_errors(page: Page) -> list[str]:
    """Collects what the browser complains about: script errors, refused inline code, files that are missing."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return errors


def _looked_at(page: Page, options: dict[str, object]) -> list[tuple[str, str, list[str]]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(AXE_ONCE, options)


_WENT_ON = ("Execution context was destroyed", "(reading 'documentElement')")
"""What is heard of a document that has just gone"""


def accessibility_problems(page: Page, only: list[str] | None = None, but: Sequence[str] = ()) -> list[str]:
    """One line for each rule (of those in `only`, where given; without those in `but`) that axe finds broken on the
    page as it stands. A page takes axe in once, however often it is looked at; where the next page comes while it is
    looked at, that one is."""
    options: dict[str, object] = {"rules": {rule: {"enabled": False} for rule in but}}
    if only:
        options["runOnly"] = only
    try:
        found = _looked_at(page, options)
    except Error as error:
        if not any(words in error.message for words in _WENT_ON):
            raise
        page.wait_for_load_state()
        found = _looked_at(page, options)
    return [f"{rule}: {words} – {places[0]} ({len(places)})" for rule, words, places in found]
