"""A planner puts an indicator together on a phone, with and without JavaScript."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.indicators.models import Indicator, IndicatorDraft
from hocsuotdoi.places.queries.units import unit_by_code
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.support.browser import PHONE

pytestmark = pytest.mark.slow

PASSWORD = "mot-mat-khau-dai"
WORDS = {
    "name": "Số phòng sinh hoạt, học tập của thư viện xã",
    "short_name": "Phòng của thư viện xã",
    "definition": "Số phòng có trong sổ đăng ký.",
    "numerator": "Số phòng",
    "unit": "phòng",
    "source": "Sổ đăng ký",
    "legal_basis": "Kế hoạch thử",
}


@pytest.fixture
def planner(live_program):
    person = PersonFactory(full_name="Đỗ Quang Huy")
    person.set_password(PASSWORD)
    person.save()
    province = unit_by_code("19", timezone.localdate())
    RoleAssignmentFactory(person=person, role=RoleName.PLANNER, unit=province)
    return person


@pytest.mark.parametrize("address", ["/indicators/dictionary/", "/indicators/library_it/versions/1/"])
def test_public_definitions_are_accessible_and_fit_a_phone(page, accessibility, address):
    page.set_viewport_size(PHONE)
    page.goto(address)
    assert accessibility(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("with_script", [True, False])
def test_planner_looks_saves_and_publishes(visitor, accessibility, planner, with_script):
    page = visitor(viewport=PHONE, java_script_enabled=with_script).new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", planner.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto("/workspace/indicators/new/")

    page.check("input[name=kind][value=stock]")
    expect(page.locator("input[name=happenings]").first).to_be_hidden()
    page.select_option("select[name=stock]", "rooms")
    page.check("input[name=classes][value=library_commune]")
    page.click("button[value=preview]")
    page.locator("#look .figure").wait_for()
    assert "Tỉnh Thái Nguyên" in page.inner_text("#look .figure")
    assert not IndicatorDraft.objects.filter(published_as=None).exists()
    if with_script:
        assert accessibility(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    short_name = f"{WORDS['short_name']} {with_script}"
    for name, words in {**WORDS, "short_name": short_name}.items():
        page.fill(f"[name={name}]", words)
    page.click("button[value=save]")
    page.click("a:has-text('Công bố…')")
    page.click("button:has-text('Công bố cho mọi người')")
    page.locator(f"h1:has-text('{short_name}')").wait_for()

    indicator = Indicator.objects.get(short_name=short_name)
    assert (indicator.owner.code, indicator.version, indicator.measures) == ("19", 1, ["rooms"])
