"""A planner looks at a province instead of reading: from its page to a figure, a map, a comparison; also on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.models import AdminUnit
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.support.browser import DESK, PHONE

pytestmark = pytest.mark.slow
FIGURE = "library_services.library_commune"
PAGES = {
    "unit": "/indicators/units/19/",
    "years": "/indicators/library_services/?cohort=library_commune&unit=19",
    "map": "/indicators/library_services/?cohort=library_commune&view=map",
    "units": "/indicators/library_services/?cohort=library_commune&view=units&unit=19",
    "comparison": f"/indicators/compare/?unit=19&unit=01843&figure={FIGURE}",
    "nothing compared": "/indicators/compare/",
}


@pytest.fixture
def happened(live_program, today):
    library = InstitutionFactory(unit=AdminUnit.objects.get(code="01843", ends_on=None))
    lines = [Line(MeasureCode.PROGRAMME_ATTENDANCE, 9, sex=Sex.FEMALE, age_band=AgeBand.CHILD)]
    make_posting(library, today, Line(MeasureCode.PROGRAMME_SESSION, 1), *lines)


def pictures_come(page) -> None:
    """Every picture is fetched when its place is reached."""
    for picture in page.locator("main img").all():
        picture.scroll_into_view_if_needed()
        for _ in range(100):
            if picture.evaluate("each => each.complete && each.naturalWidth > 0"):
                break
            page.wait_for_timeout(100)
        assert picture.evaluate("each => each.naturalWidth > 0"), picture.get_attribute("src")


@pytest.mark.parametrize(
    ("name", "screen", "theme"),
    [
        *((name, PHONE, "light") for name in PAGES),
        ("unit", PHONE, "dark"),
        ("unit", DESK, "light"),
        ("map", DESK, "dark"),
    ],
)
def test_every_page_fits_has_no_barrier_and_shows_its_pictures(visitor, happened, accessibility, name, screen, theme):
    page = visitor(viewport=screen, color_scheme=theme).new_page()
    page.goto(PAGES[name])

    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    pictures_come(page)
    assert accessibility(page) == []


def test_from_the_unit_to_a_figure_its_map_and_back_to_its_table_without_javascript(visitor, happened):
    page = visitor(java_script_enabled=False).new_page()
    page.goto(PAGES["unit"])

    page.get_by_role("link", name=Cohort.objects.get(code="library_commune").name, exact=True).first.click()
    page.get_by_role("link", name="Bản đồ").click()
    assert Indicator.objects.get(code="library_services").short_name in page.title()
    page.get_by_text("Xem số liệu dạng bảng").first.click()
    expect(page.get_by_role("link", name="Phường Bắc Kạn").first).to_be_visible()


def test_choice_is_made_on_the_page_and_kept_in_the_address(page, happened):
    page.goto(reverse("portal:indicators-comparison"))
    page.get_by_label("Tỉnh Thái Nguyên").check()
    page.get_by_label("Thêm xã, phường theo tên").fill("bac kan")
    page.locator(f'input[value="{FIGURE}"]').check()
    page.get_by_role("button", name="So sánh").click()

    page.get_by_role("link", name="Phường Bắc Kạn").first.click()

    assert "unit=19&unit=01843" in page.url
    expect(page.get_by_text("của phường Bắc Kạn").first).to_be_visible()
