"""The components page shows every component, without a barrier, at both widths and in both themes."""

import re
from pathlib import Path

import pytest
from django.test import Client

import hocsuotdoi
from tests.support.browser import DESK, PHONE

ADDRESS = "/workspace/components/"
PACKAGE = Path(hocsuotdoi.__file__).parent
COMPONENTS = {path.name for path in PACKAGE.glob("core/*/components/*.html")}


@pytest.mark.usefixtures("db")
def test_components_page_shows_every_component(client: Client) -> None:
    answer = client.get(ADDRESS)
    names = {template.name for template in answer.templates if template.name}
    # Django tells which of its templates it drew; what Jinja2 drew is named in them, or in one another.
    shown, unread = set(), names
    while unread:
        shown |= unread
        unread = {named for name in unread for named in _named_in(name)} - shown
    assert COMPONENTS - {Path(name).name for name in shown if "components/" in name} == set()


def _named_in(name: str) -> list[str]:
    texts = [path.read_text() for folder in ("templates", "jinja2") for path in PACKAGE.glob(f"*/{folder}/{name}")]
    return re.findall(r"[\"'](components/\w+\.html)", " ".join(texts))


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_components_page_has_no_barrier(visitor, accessibility, viewport: dict[str, int], theme: str) -> None:
    page = visitor(viewport=viewport, color_scheme=theme).new_page()
    page.goto(ADDRESS)
    assert accessibility(page) == []


@pytest.mark.slow
def test_components_page_on_a_phone_does_not_scroll_sideways(visitor) -> None:
    page = visitor(viewport=PHONE).new_page()
    page.goto(ADDRESS)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.slow
def test_stepper_and_roll_count_with_javascript(page) -> None:
    page.goto(ADDRESS)
    page.get_by_role("button", name="Nữ").last.click()
    assert page.get_by_label("Nữ", exact=True).input_value() == "5"
    page.locator("[data-tick]").click()
    assert page.locator("output[data-ticked]").inner_text() == "2"


@pytest.mark.slow
def test_stepper_without_javascript_is_a_number_field(visitor) -> None:
    page = visitor(java_script_enabled=False).new_page()
    page.goto(ADDRESS)
    assert page.locator("[data-step]").first.is_hidden()
    page.get_by_label("Nữ", exact=True).fill("7")
