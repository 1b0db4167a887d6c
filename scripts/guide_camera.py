"""The camera of scripts/guide_pictures.py: a browser whose visitors are the sample people, and light pictures of parts
of its pages."""

import datetime as dt
import io
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.browser import new_context  # noqa: E402

FOLDER = ROOT / "docs" / "guide" / "pictures"
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}, "device_scale_factor": 0.75}
PASSWORD = "hocsuotdoi"
MARGIN = 14
COLOURS = 160
"""Enough for flat pages, and half the weight."""
# Fields for days, times and files follow the browser's own language, and a server's Chromium has only English: for the
# moment of the picture they show what a Vietnamese browser shows.
DAYS_IN_VIETNAMESE = """() => document.querySelectorAll('input[type=date], input[type=time]').forEach(field => {
  const [type, value] = [field.type, field.value];
  Object.assign(field.dataset, {type, value});
  field.type = 'text';
  field.value = type === 'time' ? value : value ? value.split('-').reverse().join('/') : 'ngày/tháng/năm';
}) || document.querySelectorAll('input[type=file]').forEach(field => {
  if (!field.checkVisibility() || field.files.length) return;
  field.hidden = true;
  field.insertAdjacentHTML('afterend', '<p class="row" data-shown><span class="button button-secondary">Chọn tệp</span>'
    + '<span>Không có tệp nào được chọn</span></p>');
})"""
DAYS_AS_THEY_WERE = """() => document.querySelectorAll('input[data-type]').forEach(field => {
  field.type = field.dataset.type;
  field.value = field.dataset.value;
  delete field.dataset.type;
}) || document.querySelectorAll('[data-shown]').forEach(shown => {
  shown.previousElementSibling.hidden = false;
  shown.remove();
})"""


class Guide:
    """The browser, its visitors and the camera."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address.rstrip("/")
        self._visitors: dict[tuple, BrowserContext] = {}
        self.now = dt.datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))

    def page(self, person: str = "", device: dict = DESK) -> Page:
        """A page of the person (a sample account; empty: nobody signed in) at a desk or on a phone."""
        key = (person, device is PHONE)
        if key not in self._visitors:
            # bypass_csp: the camera itself lays a style over the page.
            self._visitors[key] = new_context(self._browser, self._address, bypass_csp=True, **device)
            self._visitors[key].set_default_timeout(30_000)
            if person:
                self._sign_in(self._visitors[key].new_page(), person)
        return self._visitors[key].new_page()

    def _sign_in(self, page: Page, person: str) -> None:
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(f"{person}@mau.example")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url("**/workspace/")
        page.close()


def shoot(
    page: Page,
    name: str,
    first: Locator | None = None,
    last: Locator | None = None,
    *,
    whole: bool = False,
    screen: bool = False,
    at_most: int = 900,
) -> None:
    """A PNG of the page's main part, from the top of `first` (its heading) to the end of `last` (of `first`, else as
    far as `at_most` pixels go). `whole`: with the frame around it; `screen`: just what the screen shows."""
    if screen:
        page.evaluate("document.fonts.ready")
        return keep(name, page.screenshot(animations="disabled", caret="hide"))
    # What sticks to the window's edges would lie over the middle of a long picture.
    page.add_style_tag(content=".site-head, .sticky-end, .staff-nav { position: static !important }")
    page.evaluate("document.fonts.ready")
    main = _box(page.locator("main"))
    padding = page.locator("main").evaluate("e => parseFloat(getComputedStyle(e).paddingLeft)")
    edge = page.viewport_size["width"]
    inset = max(padding - MARGIN, 0)
    left, right = main["x"] + inset, main["x"] + main["width"] - inset
    top = _box(first or page.locator(".page-head, h1"))["y"] - MARGIN
    if whole:
        left, right, top = 0, edge, 0
    end = _box(last or first) if last or first else {"y": top + at_most, "height": 0}
    bottom = min(end["y"] + end["height"] + MARGIN, top + at_most, main["y"] + main["height"] + MARGIN)
    clip = {"x": left, "y": max(top, 0), "width": right - left, "height": bottom - max(top, 0)}
    page.evaluate(DAYS_IN_VIETNAMESE)
    picture = page.screenshot(full_page=True, clip=clip, animations="disabled", caret="hide")
    page.evaluate(DAYS_AS_THEY_WERE)
    return keep(name, picture)


def keep(name: str, picture: bytes, *, width: int = 0) -> None:
    """Write the picture, light; made narrower to `width` where one is given."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.png"
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    if width:
        image = image.resize((width, image.height * width // image.width))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}  {path.stat().st_size // 1024} KB", flush=True)


def charts_come(page: Page) -> None:
    """Charts are fetched when their place is reached."""
    for chart in page.locator("main img").all():
        chart.scroll_into_view_if_needed()
        chart.evaluate("e => e.decode()")


def _box(part: Locator) -> dict:
    """Where a part of the page stands, counted from the page's top."""
    part.first.wait_for()
    return part.first.evaluate(
        "e => { const r = e.getBoundingClientRect();"
        " return {x: r.left, y: r.top + scrollY, width: r.width, height: r.height} }"
    )


def plate(page: Page, heading: str) -> Locator:
    return page.locator("section.plate").filter(has=page.get_by_role("heading", name=heading, exact=False))
