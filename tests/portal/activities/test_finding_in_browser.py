"""Finding something, as people do it: near me, by month, on the map; on a phone, and without JavaScript."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.places.models import AdminUnit, Institution
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.places import InstitutionFactory
from tests.support.browser import PHONE

pytestmark = pytest.mark.slow

HERE = {"latitude": 22.14765, "longitude": 105.83481}
"""In phường Bắc Kạn. The digits are looked for in every request."""


@pytest.fixture
def library(live_program) -> Institution:
    """A library in phường Bắc Kạn with something on in three days, made once for this file."""
    found = Institution.objects.filter(code="thu-vien-tim-thay").first()
    if found:
        return found
    unit = AdminUnit.objects.get(code="01843", ends_on=None)
    library = InstitutionFactory(code="thu-vien-tim-thay", name="Thư viện tìm thấy", unit=unit)
    activity = ActivityFactory(institution=library, title="Đọc sách ven sông Cầu")
    SessionFactory(activity=activity, number=1, starts_at=timezone.now() + dt.timedelta(days=3), capacity=20)
    return library


def no_sideways_scroll(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_near_me_finds_the_place_and_tells_nobody_where_one_is(library, visitor, accessibility):
    context = visitor(viewport=PHONE, geolocation=HERE, permissions=["geolocation"])
    sent: list[str] = []
    context.on(
        "request", lambda request: sent.append(f"{request.url} {request.post_data or ''} {request.all_headers()}")
    )
    page = context.new_page()
    page.goto("/activities/")
    assert "không gửi đi đâu" in page.locator("[data-near]").inner_text()
    assert accessibility(page) == []

    page.get_by_role("button", name="Gần tôi").click()
    page.wait_for_url(re.compile("unit="))

    expect(page.get_by_text("Đọc sách ven sông Cầu")).to_be_visible()
    assert "Phường Bắc Kạn" in page.locator("main").inner_text()
    assert no_sideways_scroll(page)
    assert accessibility(page) == []
    assert len(sent) > 5
    assert not [each for each in sent if "22.14" in each or "105.83" in each or "latitude" in each]


@pytest.mark.parametrize("path", ["/activities/?q=ven+song", "/activities/calendar/", "/activities/map/?province=19"])
def test_three_views_on_a_phone_without_javascript(library, visitor, path):
    page = visitor(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(path)

    expect(page.locator("[data-near]")).to_be_hidden()
    if "map" in path:
        page.get_by_role("rowheader", name="Phường Bắc Kạn").get_by_role("link").click()
    elif "calendar" in path:
        page.locator(".month-list a").first.click()
    expect(page.get_by_role("link", name="Đọc sách ven sông Cầu")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/activities/calendar/", "/activities/map/", "/activities/map/?province=19", "/activities/?q=x%00%3Cb%3E"]
)
@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}])
def test_views_are_accessible_and_fit_the_screen(library, visitor, accessibility, path, viewport):
    page = visitor(viewport=viewport).new_page()
    page.goto(path)

    assert no_sideways_scroll(page)
    assert accessibility(page) == []
