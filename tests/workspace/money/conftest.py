"""An office that estimates, a finance office that appraises, a plan that binds them."""

import datetime as dt

import pytest

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import MoneySource
from hocsuotdoi.programme.operations.money import Spending, add_line
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.programme import PlanFactory

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
YEAR = 2026


@pytest.fixture
def plan(thai_nguyen):
    return PlanFactory(unit=thai_nguyen, issued_on=dt.date(2025, 8, 1))


@pytest.fixture
def finance_officer(thai_nguyen):
    agency = Agency.objects.create(
        code="so-tc-thu", name="Sở Tài chính (thử)", kind=AgencyKind.FINANCE, unit=thai_nguyen
    )
    person = PersonFactory(full_name="Ma Thị Hằng")
    RoleAssignmentFactory(person=person, role=RoleName.FINANCE_OFFICER, agency=agency)
    return person


@pytest.fixture
def make_line(office_of_bac_kan, officer_of_bac_kan, plan):
    def make(purpose="Mua sách thiếu nhi", estimated=12_000_000, agency=office_of_bac_kan, **fields):
        spending = Spending(
            purpose,
            fields.pop("source", MoneySource.COMMUNE_BUDGET),
            fields.pop("source_name", ""),
            fields.pop("task", None),
        )
        by = fields.pop("by", officer_of_bac_kan)
        return add_line(agency, plan=plan, year=YEAR, spending=spending, estimated=estimated, by=by, at=NOW)

    return make
