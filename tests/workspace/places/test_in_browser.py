"""Keeping the register with a real browser on a phone: hours are entered, visitors see them, axe finds nothing."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.operations.people import open_account
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.places.operations import load_sample
from tests.factories.accounts import RoleAssignmentFactory
from tests.support.browser import sign_in

LIBRARY = "/workspace/institutions/mau-thu-vien-01843/"


@pytest.mark.slow
def test_officer_changes_the_hours_and_visitors_see_them(live_program, page, accessibility) -> None:
    load_sample(lambda _line: None)
    officer = open_account("van-hoa@thu.example", full_name="Triệu Văn Minh", password="mot-mat-khau-dai", by=None)
    office = Agency.objects.get(code="phong-vhxh-01843")
    RoleAssignmentFactory(person=officer, role=RoleName.AGENCY_OFFICER, agency=office)
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(page.context, officer)
    for path in ("", "entry/", "hours/", "rooms/", "equipment/", "status/", "place/"):
        page.goto(LIBRARY + path)
        assert accessibility(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.goto(LIBRARY + "hours/")
    page.fill("input[name=opens_0_0]", "08:15")
    page.fill("input[name=closes_0_0]", "11:45")
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**{LIBRARY}")
    page.goto("/institutions/mau-thu-vien-01843/")
    expect(page.get_by_text("8:15–11:45")).to_be_visible()


@pytest.mark.slow
def test_one_tap_says_what_a_holiday_is_and_visitors_read_it(live_program, page, accessibility) -> None:
    load_sample(lambda _line: None)
    officer = open_account("bo@thu.example", full_name="Triệu Văn Minh", password="mot-mat-khau-dai", by=None)
    RoleAssignmentFactory(person=officer, role=RoleName.AGENCY_OFFICER, unit=AdminUnit.objects.get(tier="country"))
    asked = timezone.localdate() + dt.timedelta(days=9)
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(page.context, officer)

    page.goto("/workspace/holidays/")
    page.fill("[name=day]", asked.isoformat())
    page.fill("[name=name]", "Ngày hội lớn")
    page.fill("[name=legal_act]", "Thông báo 12/TB-VPCP ngày 1/11/2026")
    page.click("main form button[type=submit]")
    expect(page.get_by_text("Đã sửa lịch nghỉ lễ.")).to_be_visible()
    page.goto(f"{LIBRARY}closures/")
    row = page.locator("#holidays li", has_text="Ngày hội lớn")
    row.get_by_role("button", name="Đóng cửa").click()
    expect(page.get_by_text("Đã báo cho mọi người: Ngày hội lớn đóng cửa.")).to_be_visible()
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("/workspace/holidays/", f"/workspace/holidays/?year={asked.year}", f"{LIBRARY}closures/", LIBRARY):
            page.goto(path)
            assert accessibility(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto("/institutions/mau-thu-vien-01843/")
    expect(page.get_by_text(f"Ngày hội lớn ({asked.day}/{asked.month}/{asked.year}): đóng cửa")).to_be_visible()
    assert accessibility(page) == []
