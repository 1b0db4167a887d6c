"""Several years in one go say what each year says by itself."""

import datetime as dt

import pytest

from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.operations import load_definitions
from hocsuotdoi.indicators.queries.series import series_by_unit, series_for
from hocsuotdoi.indicators.queries.values import values_by_unit
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import InstitutionClass
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.support.depth import DEEP
from tests.support.growing import growth_from

TODAY = dt.date(2026, 11, 23)
YEARS = [2024, 2025, 2026, 2027]


@pytest.fixture
def pairs(viet_nam):
    """Every indicator with every cohort."""
    load_definitions()
    growth_from(2024)
    return [
        (i, c)
        for i in Indicator.objects.values_list("pk", flat=True)
        for c in Cohort.objects.values_list("pk", flat=True)
    ]


@pytest.fixture
def happened(viet_nam, pairs):
    for at, unit in enumerate([viet_nam.old_a, viet_nam.old_c, viet_nam.old_d]):
        library = InstitutionFactory(unit=unit)
        centre = InstitutionFactory(unit=unit, institution_class=InstitutionClass.CULTURE_CENTRE_COMMUNE)
        for year in (2024, 2025, 2026):
            make_posting(library, dt.date(year, 3, 1), quantity=10 * year + at)
            make_posting(centre, dt.date(year, 4, 1 + at), measure=MeasureCode.PROGRAMME_ATTENDANCE, quantity=5)


@pytest.mark.slow
def test_series_are_the_values_of_each_year(viet_nam, pairs, happened):
    found = series_by_unit(viet_nam.country, viet_nam.provinces, pairs, YEARS, TODAY)

    for at, pair in enumerate(pairs):
        for year in YEARS if DEEP else YEARS[at % 4 :: 4]:  # each year for a quarter of them, of every indicator
            alone = values_by_unit(viet_nam.country, viet_nam.provinces, year, pair, TODAY)
            assert {pk: years[year] for pk, years in found[pair].items()} == alone


def test_series_of_a_unit_that_has_ended(viet_nam, happened):
    pair = ("library_users_growth", "library_all")

    found = series_for(viet_nam.old_north, pair, YEARS[:3], TODAY)

    assert [found[year].percent is not None for year in YEARS[:3]] == [False, True, True]


@pytest.mark.slow
@pytest.mark.parametrize("years", [1, 10])
def test_series_of_every_figure_take_the_same_queries_for_one_and_ten_years(
    viet_nam, pairs, happened, django_assert_num_queries, years
):
    with django_assert_num_queries(33):
        series_by_unit(viet_nam.country, viet_nam.provinces, pairs, range(2026, 2026 - years, -1), TODAY)


@pytest.mark.parametrize("count", [1, 3])
def test_series_take_the_same_queries_for_one_and_three_units_and_pairs(
    viet_nam, happened, django_assert_num_queries, count
):
    shares = [("library_services", cohort) for cohort in ("library_commune", "library_all", "library_school")]
    series_by_unit(viet_nam.country, viet_nam.communes, shares, YEARS[:2], TODAY)
    with django_assert_num_queries(17):
        series_by_unit(viet_nam.country, viet_nam.communes[:count], shares[:count], YEARS[:2], TODAY)


def test_nothing_asked_for_asks_nothing(viet_nam, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert series_by_unit(viet_nam.country, [], [("a", "b")], YEARS) == {("a", "b"): {}}
