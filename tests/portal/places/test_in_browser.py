"""The pages of places as a browser sees them: nothing that axe objects to, nothing wider than a phone."""

import pytest

from hocsuotdoi.places.operations import load_sample

PAGES = [
    "/units/",
    "/units/?q=duc+xuan",
    "/units/?q=khong+co",
    "/units/01843/",
    "/units/67/",
    "/institutions/",
    "/institutions/?kind=museum&q=khong+co",
    "/institutions/mau-thu-vien-01843/",
    "/institutions/thu-vien-tinh-bac-kan/",
]


@pytest.mark.slow
def test_pages_are_accessible_and_fit_a_phone(live_program, page, accessibility) -> None:
    load_sample(lambda _line: None)
    page.set_viewport_size({"width": 360, "height": 800})
    for path in PAGES:
        page.goto(path)
        assert accessibility(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
