"""Every page of money on a phone, as the office and the finance office see it: it fits and has no barrier."""

import datetime as dt

import pytest
from django.urls import reverse

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.programme.enums import MoneySource
from hocsuotdoi.programme.operations.money import Spending, add_line
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.factories.programme import PlanFactory
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow
NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


def _officer(role, agency):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=role, agency=agency)
    return person


def test_every_page_of_money_fits_a_phone_and_has_no_barrier(live_program, visitor, accessibility):
    office = AgencyFactory(kind=AgencyKind.CULTURE_SOCIETY)
    finance = AgencyFactory(kind=AgencyKind.FINANCE, unit=office.unit)
    officer, appraiser = _officer(RoleName.AGENCY_OFFICER, office), _officer(RoleName.FINANCE_OFFICER, finance)
    plan = PlanFactory(unit=office.unit, issued_on=dt.date(2025, 8, 1))
    spending = Spending("Mua sách thiếu nhi cho tủ sách thôn, bản", MoneySource.COMMUNE_BUDGET)
    line = add_line(office, plan=plan, year=2026, spending=spending, estimated=120_000_000, by=officer, at=NOW)
    pages = {
        officer: [
            reverse("workspace:money-line-list") + "?year=2026",
            reverse("workspace:money-agency-lines", args=[office.code, 2026]),
            reverse("workspace:money-line-create", args=[office.code, 2026]),
            reverse("workspace:money-line-detail", args=[line.pk]),
            reverse("workspace:money-line-act", args=[line.pk, "estimate"]),
            reverse("workspace:money-sheet", args=[office.code, 2026]),
        ],
        appraiser: [
            reverse("workspace:money-appraise-list"),
            reverse("workspace:money-line-act", args=[line.pk, "appraise"]),
        ],
    }
    for person, addresses in pages.items():
        context = visitor(viewport=PHONE)
        sign_in(context, person)
        page = context.new_page()
        for address in addresses:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
            assert accessibility(page) == [], address
