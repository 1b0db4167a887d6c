"""Two officers of a military command type totals into one report at once: one at a phone, who sees what the other
saved."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.models import TypedTotal
from hocsuotdoi.reporting.operations.report import begin_report
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.running import make_cycle, make_report
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow

SESSIONS = "measure:programme_session:2026"


@pytest.fixture
def officers(live_program):
    command = Agency.objects.filter(kind="military").first()
    people = [PersonFactory(full_name=name) for name in ("Nguyễn Thị Lan", "Trần Văn Minh")]
    for person in people:
        RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=command)
    cycle = make_cycle(sections=["activities", "targets", "words"], starts_on=dt.date(2026, 1, 1))
    report = make_report(cycle, command, line="military", detail="totals")
    begin_report(report, by=people[0], at=timezone.now())
    return reverse("workspace:reporting-report-detail", args=[report.pk]), *people


def test_totals_of_two_people_are_shown_beside_each_other_on_a_phone(officers, visitor, accessibility):
    address, lan, minh = officers
    pages = []
    for person in (lan, minh):
        context = visitor(viewport=PHONE)
        sign_in(context, person)
        page = context.new_page()
        page.goto(address)
        pages.append(page)
    for page, number in zip(pages, ("1.436", "1.500"), strict=True):
        row = page.locator("fieldset.report-total").first
        row.get_by_label("Số lượng").fill(number)
        row.get_by_label("Nguồn số liệu").fill(f"Sổ thư viện {number}")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.get_by_role("button", name="Lưu số tổng").click()
    page = pages[1]
    row = page.locator("fieldset.report-total").first
    expect(row.get_by_text("1.436, Sổ thư viện 1.436")).to_be_visible()
    expect(row.get_by_text("Nguyễn Thị Lan")).to_be_visible()
    expect(row.get_by_label("Số lượng")).to_have_value("1500")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert accessibility(page) == []
    row.get_by_label("Số lượng").fill("1.470")
    page.get_by_role("button", name="Lưu số tổng").click()
    expect(row.get_by_text("Nguyễn Thị Lan")).to_have_count(0)
    expect(row.get_by_label("Số lượng")).to_have_value("1470")
    assert TypedTotal.objects.get(key=SESSIONS).numerator == 1470
