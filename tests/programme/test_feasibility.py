"""What the nation reaches if every province meets its own target."""

import datetime as dt
from decimal import Decimal

import pytest

from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.programme.queries.feasibility import LAST_OLD_DAY, feasibility
from tests.factories.places import InstitutionFactory
from tests.factories.programme import PlanFactory, TargetFactory

TODAY = dt.date(2026, 11, 23)


def commune_libraries_2030(today: dt.date = TODAY):
    return next(
        row
        for row in feasibility(today)
        if (row.facts.indicator.code, row.facts.cohort.code, row.facts.year)
        == ("library_services", "library_commune", 2030)
    )


@pytest.fixture
def libraries(reference):
    """One commune library in Đắk Nông (65% in its plan), three in Cao Bằng (no plan: taken at the nation's 60%)."""
    for code, number in (("67", 1), ("04", 3)):
        province = unit_by_code(code, LAST_OLD_DAY)
        commune = province.descents.filter(unit__tier="commune").first().unit
        InstitutionFactory.create_batch(number, unit=commune, institution_class=InstitutionClass.LIBRARY_COMMUNE)


def test_feasibility_weighs_provinces_by_their_institutions(libraries):
    row = commune_libraries_2030()
    assert (row.planned, row.known, row.of_planned) == (1, 4, Decimal(65))
    assert row.of_all == Decimal("61.25")
    assert row.is_reached is True
    assert row.coverage == 25


def test_feasibility_falls_short_when_a_province_asks_for_less(libraries):
    plan = PlanFactory(unit=unit_by_code("04", LAST_OLD_DAY), issued_on=dt.date(2024, 1, 5))
    TargetFactory(clause__plan=plan, year=2030, figure=40)
    row = commune_libraries_2030()
    assert (row.planned, row.of_all, row.is_reached) == (4, Decimal("46.25"), False)
    assert {province.name for province, _share, _weight in row.with_figure} == {"Tỉnh Đắk Nông", "Tỉnh Cao Bằng"}
    assert commune_libraries_2030(dt.date(2023, 12, 31)).planned == 1


def test_feasibility_newest_plan_of_the_successor_speaks_for_the_old_province(libraries):
    plan = PlanFactory(unit=unit_by_code("68", TODAY), issued_on=dt.date(2026, 2, 5))
    TargetFactory(clause__plan=plan, year=2030, figure=90)
    shares = {province.name: share for province, share, _weight in commune_libraries_2030().with_figure}
    assert shares == {"Tỉnh Đắk Nông": 90, "Tỉnh Lâm Đồng": 90, "Tỉnh Bình Thuận": 90}


def test_feasibility_without_institutions_gives_no_share_but_names_provinces(reference):
    row = commune_libraries_2030()
    assert (row.of_all, row.is_reached, row.known) == (None, None, 0)
    assert [province.name for province, _share, _weight in row.with_figure] == ["Tỉnh Đắk Nông"]
    assert len(row.without_figure) == 62


def test_feasibility_needs_a_fixed_number_of_queries(reference, django_assert_num_queries):
    with django_assert_num_queries(7):
        feasibility(TODAY)
