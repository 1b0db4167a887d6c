"""Phường Bắc Kạn with a plan of its own: one target, one task; two libraries, of which one has told enough."""

import datetime as dt

import pytest

from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.models import AdminUnit, Institution, UnitReading
from hocsuotdoi.programme.models import Plan
from tests.factories.indicators import CriteriaSetFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.programme import ClauseFactory, IndicatorFactory, PlanFactory, TargetFactory, TaskFactory
from tests.support.office import office

__all__ = ["office"]


@pytest.fixture
def bac_kan(bac_kan: AdminUnit) -> AdminUnit:
    """The ward, read as itself on every map, as the real one is."""
    for unit in AdminUnit.objects.filter(readings=None):
        UnitReading.objects.create(unit=unit, reads_as=unit, starts_on=unit.starts_on, ends_on=unit.ends_on)
    return bac_kan


@pytest.fixture
def plan(bac_kan: AdminUnit) -> Plan:
    plan = PlanFactory(
        unit=bac_kan,
        number="12/KH-UBND",
        title="Kế hoạch triển khai Chương trình trên địa bàn phường Bắc Kạn",
        issuer="Ủy ban nhân dân phường Bắc Kạn",
        issued_on=dt.date(2026, 1, 5),
    )
    add_target(plan)
    clause = ClauseFactory(plan=plan, path="II.1")
    TaskFactory(clause=clause, text="định kỳ hằng năm báo cáo kết quả", due_month=11, due_day=25)
    return plan


def add_target(plan: Plan, cohort: str = "library_commune", **fields: object) -> None:
    TargetFactory(clause=ClauseFactory(plan=plan, path=f"I.{cohort}"), cohort__code=cohort, year=2026, **fields)


@pytest.fixture
def library(bac_kan: AdminUnit) -> Institution:
    """Met the criteria: it held a session with seven women and five men on the heritage day."""
    CriteriaSetFactory(
        indicator=IndicatorFactory(),
        criteria=[("held", "quantity_at_least", {"measure": MeasureCode.PROGRAMME_SESSION, "quantity": 1})],
    )
    library = InstitutionFactory(code="tv-bac-kan", name="Thư viện phường Bắc Kạn", unit=bac_kan)
    tags = ("reading_day", "heritage_day")
    make_posting(
        library,
        dt.date(2026, 11, 22),
        Line(MeasureCode.PROGRAMME_SESSION, 1, tags=tags),
        Line(MeasureCode.PROGRAMME_ATTENDANCE, 7, sex=Sex.FEMALE, age_band=AgeBand.CHILD, tags=tags),
        Line(MeasureCode.PROGRAMME_ATTENDANCE, 5, sex=Sex.MALE, tags=tags),
        Line(MeasureCode.LIBRARY_VISIT, 12),
    )
    return library


@pytest.fixture
def silent_library(bac_kan: AdminUnit) -> Institution:
    return InstitutionFactory(code="tv-im-lang", name="Thư viện cộng đồng Sông Cầu", unit=bac_kan)
