"""What the nation reaches if every province meets its own target."""

import datetime as dt
from decimal import Decimal

import pytest

from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import LegalAct
from hocsuotdoi.places.queries.units import country, unit_by_code
from hocsuotdoi.programme.enums import RehomingKind
from hocsuotdoi.programme.models import Rehoming, Target
from hocsuotdoi.programme.queries.feasibility import LAST_OLD_DAY, feasibility
from tests.factories.places import InstitutionFactory
from tests.factories.programme import PlanFactory, TargetFactory
from tests.factories.running import SOMEBODY

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


def decide(target, kind, unit, *, cohort=None, on=TODAY):
    Rehoming.objects.create(
        target=target,
        kind=kind,
        unit=unit,
        cohort=cohort,
        effective_on=on,
        legal_act=LegalAct.objects.order_by("pk").first(),
        reason="thử",
        by=SOMEBODY,
        at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )


def test_feasibility_reads_what_a_province_has_dropped_or_taken_over_as_decided(libraries):
    dak_nong, lam_dong = unit_by_code("67", LAST_OLD_DAY), unit_by_code("68", TODAY)
    own = Target.objects.filter(plan__unit=dak_nong, indicator="library_services")
    for target in own.filter(cohort="library_commune"):
        decide(target, RehomingKind.DROPPED, lam_dong, on=TODAY + dt.timedelta(days=1))
    assert commune_libraries_2030().planned == 1  # not yet
    for target in own.filter(cohort="library_commune"):
        decide(target, RehomingKind.DROPPED, lam_dong)
    assert (commune_libraries_2030().planned, commune_libraries_2030().of_all) == (0, 60)
    district = own.get(cohort="library_district", year=2030)
    decide(district, RehomingKind.TAKEN_OVER, lam_dong, cohort=Cohort.objects.get(code="library_commune"))
    row = commune_libraries_2030()
    assert {province.name for province, _share, _weight in row.with_figure} == {
        "Tỉnh Đắk Nông",
        "Tỉnh Lâm Đồng",
        "Tỉnh Bình Thuận",
    }
    assert {share for _province, share, _weight in row.with_figure} == {district.low}


def test_feasibility_holds_a_national_figure_against_the_class_of_which_it_is_asked_now(libraries):
    def asked() -> set[str]:
        return {row.facts.cohort.code for row in feasibility(TODAY) if row.target.pk == national.pk}

    national = commune_libraries_2030().target
    decide(national, RehomingKind.TAKEN_OVER, country(), cohort=Cohort.objects.get(code="library_province"))
    assert asked() == {"library_province"}
    decide(national, RehomingKind.DROPPED, country(), on=TODAY - dt.timedelta(days=1))
    assert asked() == {"library_province"}  # the later decision holds


def test_feasibility_without_institutions_gives_no_share_but_names_provinces(reference):
    row = commune_libraries_2030()
    assert (row.of_all, row.is_reached, row.known) == (None, None, 0)
    assert [province.name for province, _share, _weight in row.with_figure] == ["Tỉnh Đắk Nông"]
    assert len(row.without_figure) == 62


def test_feasibility_needs_a_fixed_number_of_queries(reference, django_assert_num_queries):
    with django_assert_num_queries(13):
        feasibility(TODAY)
