"""The same figure on three maps: as reported, on today's and on that of a day, for every kind."""

import datetime as dt
import uuid

import pytest

from hocsuotdoi.indicators.enums import IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.indicators.queries.frame import AS_REPORTED, ChosenMap, Map
from hocsuotdoi.indicators.queries.series import series_by_unit, series_for
from hocsuotdoi.indicators.queries.totals import Slice, by_unit_and_period
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.ledger.enums import Channel, MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import InstitutionState, SuccessionKind
from hocsuotdoi.places.models import InstitutionPlacement, Succession, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from hocsuotdoi.places.queries.history import breaks_of, rules_by_unit
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.indicators.conftest import REFORM

TODAY = dt.date(2026, 11, 23)
EVE = dt.date(2025, 6, 30)
OLD_MAP = ChosenMap(Map.DAY, EVE)
VISIT = MeasureCode.LIBRARY_VISIT


@pytest.fixture
def divided(viet_nam):
    """A part of Xã B went to the ward: «phuong», the main part to «xa»."""
    Succession.objects.create(
        predecessor=viet_nam.old_b,
        successor=viet_nam.phuong,
        kind=SuccessionKind.SPLIT,
        effective_on=REFORM,
        is_main=False,
    )
    rebuild()
    return viet_nam


def stays(unit, then):
    """A library that stood in `unit` until the reform and stands in `then` since."""
    library = InstitutionFactory(unit=unit)
    library.placements.update(ends_on=REFORM)
    InstitutionPlacement.objects.create(institution=library, unit=then, starts_on=REFORM)
    return library


def figure(kind, measures=(), **more):
    return IndicatorFactory(kind=kind, measures=list(measures), **more).code, CohortFactory().code


def value(unit, pair, year, chosen):
    return values_for(unit, year, [pair], TODAY, chosen)[pair]


def test_count_as_reported_is_that_of_the_unit_that_stood(viet_nam):
    library = stays(viet_nam.old_a, viet_nam.xa)
    for day, quantity in ((dt.date(2024, 5, 1), 1), (EVE, 2), (REFORM, 4), (dt.date(2026, 5, 1), 8)):
        make_posting(library, day, quantity=quantity)
    count = figure(IndicatorKind.COUNT, [VISIT])

    told = {
        unit: [value(unit, count, year, AS_REPORTED).numerator for year in (2024, 2025, 2026)]
        for unit in (viet_nam.old_a, viet_nam.old_north, viet_nam.xa, viet_nam.north, viet_nam.country)
    }

    assert told[viet_nam.old_a] == told[viet_nam.old_north] == [1, 2, None]
    assert told[viet_nam.xa] == told[viet_nam.north] == [None, 4, 8]
    assert told[viet_nam.country] == [1, 6, 8]
    before = value(viet_nam.xa, count, 2024, AS_REPORTED)
    assert before.state == ValueState.NOT_APPLICABLE
    assert before.note == "Xã Mới được thành lập ngày 1/7/2025."


def test_series_as_reported_goes_on_with_the_origin_and_breaks_at_the_reform(viet_nam):
    library = stays(viet_nam.old_a, viet_nam.xa)
    for year in (2023, 2024, 2025, 2026):
        make_posting(library, dt.date(year, 8, 1), quantity=year)
    count = figure(IndicatorKind.COUNT, [VISIT])

    told = series_for(viet_nam.xa, count, range(2023, 2027), TODAY, AS_REPORTED)

    assert [told[year].unit for year in range(2023, 2027)] == [viet_nam.old_a, viet_nam.old_a, viet_nam.xa, viet_nam.xa]
    assert [told[year].numerator for year in range(2023, 2027)] == [2023, 2024, 2025, 2026]
    assert [each.day for each in breaks_of([viet_nam.xa])[viet_nam.xa.pk]] == [REFORM]
    assert breaks_of([viet_nam.country]) == {viet_nam.country.pk: []}


def test_unit_that_a_map_does_not_have_has_no_figure_there(viet_nam):
    count = figure(IndicatorKind.COUNT, [VISIT])
    make_posting(InstitutionFactory(unit=viet_nam.xa), dt.date(2026, 5, 1))

    found = value(viet_nam.xa, count, 2026, OLD_MAP)

    assert (found.state, found.numerator) == (ValueState.NOT_APPLICABLE, None)
    assert found.note.endswith("Bản đồ ngày 30/6/2025 không có đơn vị này.")
    assert value(viet_nam.old_a, count, 2026, OLD_MAP).numerator == 1


def test_stock_stands_where_the_institution_itself_went(divided):
    """Also though the land of the divided commune is counted for another."""
    library = stays(divided.old_b, divided.phuong)
    make_posting(library, dt.date(2024, 5, 1), quantity=10)
    stock, count = figure(IndicatorKind.STOCK, [StockCode.INSTITUTIONS_OPEN]), figure(IndicatorKind.COUNT, [VISIT])
    today = ChosenMap()

    assert value(divided.phuong, stock, 2024, today).numerator == 1
    assert value(divided.xa, stock, 2024, today).numerator in (0, None)
    assert value(divided.country, stock, 2024, today).numerator == 1
    assert value(divided.old_b, stock, 2026, OLD_MAP).numerator == 1
    assert value(divided.xa, count, 2024, today).numerator == 10


def test_what_a_district_counted_counts_for_the_province_and_no_commune(viet_nam):
    """Its land went to several; of one whose land went to a single commune that one has it."""
    for district, quantity in ((viet_nam.old_huyen, 10), (viet_nam.old_huyen_nam, 7)):
        library = InstitutionFactory(unit=district)
        library.placements.update(ends_on=REFORM)
        make_posting(library, dt.date(2024, 5, 1), quantity=quantity)
    count, today = figure(IndicatorKind.COUNT, [VISIT]), ChosenMap()

    told = {unit: value(unit, count, 2024, today).numerator or 0 for unit in [*viet_nam.communes, *viet_nam.provinces]}

    assert told == {viet_nam.xa: 0, viet_nam.phuong: 0, viet_nam.nam: 7, viet_nam.north: 10, viet_nam.south: 7}
    assert value(viet_nam.country, count, 2024, today).numerator == 17
    assert value(viet_nam.old_huyen, count, 2024, OLD_MAP).numerator == 10
    rules = rules_by_unit([viet_nam.north, viet_nam.south, viet_nam.country, viet_nam.xa], TODAY)
    assert [rules[unit.pk].gathered for unit in (viet_nam.north, viet_nam.south, viet_nam.country, viet_nam.xa)] == [
        *(1, 0, 1, 0)
    ]
    assert rules_by_unit([viet_nam.old_north], EVE)[viet_nam.old_north.pk].gathered == 0


@pytest.mark.parametrize(("before", "then"), [
    ("old_huyen", "phuong"),
    ("old_huyen", "xa"),
    ("old_huyen", "north"),
    ("old_huyen_nam", "south"),
    ("old_a", "north"),
])  # fmt: skip
def test_institution_of_a_district_stands_where_the_register_says_it_went_on(viet_nam, before, then):
    """In a commune, be it the one that took most of the land or another; or at the province."""
    there = getattr(viet_nam, then)
    make_posting(stays(getattr(viet_nam, before), there), dt.date(2024, 5, 1))
    stock = figure(IndicatorKind.STOCK, [StockCode.INSTITUTIONS_OPEN])

    told = {unit: value(unit, stock, 2024, ChosenMap()).numerator or 0 for unit in [*viet_nam.communes, there]}

    assert told == {**dict.fromkeys(viet_nam.communes, 0), there: 1}
    assert value(viet_nam.country, stock, 2024, ChosenMap()).numerator == 1
    assert value(getattr(viet_nam, before), stock, 2026, OLD_MAP).numerator == 1


def test_growth_is_of_the_same_institutions_wherever_their_land_went(divided):
    library = stays(divided.old_b, divided.phuong)
    make_posting(library, dt.date(2024, 5, 1), quantity=100)
    make_posting(library, dt.date(2025, 5, 1), quantity=110)
    new = InstitutionFactory(unit=divided.phuong)
    make_posting(new, dt.date(2025, 9, 1), quantity=7)
    growth = figure(IndicatorKind.GROWTH, [VISIT])

    for chosen in (ChosenMap(), AS_REPORTED):
        found = value(divided.phuong, growth, 2025, chosen)
        assert (found.numerator, found.denominator, found.base_year) == (110, 100, 2024)
        assert "Để riêng 1 cơ sở mới hoặc khi đó chưa báo cáo: năm 2025 đếm được 7." in found.note


def test_growth_of_a_part_has_its_own_base_year(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    make_posting(library, dt.date(2023, 5, 1), quantity=50)
    for year, online in ((2024, 10), (2025, 20)):
        make_posting(library, dt.date(year, 5, 1), Line(VISIT, online, channel=Channel.ONLINE), Line(VISIT, 50))
    everybody = figure(IndicatorKind.GROWTH, [VISIT], base_year=2023)
    online = figure(IndicatorKind.GROWTH, [VISIT], channels=[Channel.ONLINE])

    assert value(viet_nam.xa, everybody, 2025, ChosenMap()).base_year == 2023
    found = value(viet_nam.xa, online, 2025, ChosenMap())
    assert (found.numerator, found.denominator, found.base_year) == (20, 10, 2024)
    assert value(viet_nam.xa, online, 2024, ChosenMap()).state == ValueState.NOT_REPORTED


def test_residents_of_a_unit_formed_later_are_those_of_what_it_was_made_of(viet_nam):
    for unit, people in ((viet_nam.old_a, 100), (viet_nam.old_b, 300)):
        Population.objects.create(unit=unit, year=2024, urban=0, rural=people, source="Niên giám")
    library = InstitutionFactory(unit=viet_nam.old_a)
    make_posting(library, dt.date(2024, 5, 1), measure=MeasureCode.PROGRAMME_ATTENDANCE, learner_key=_key(1))
    share = figure(IndicatorKind.SHARE_OF_POPULATION, [MeasureCode.PROGRAMME_ATTENDANCE])

    found = value(viet_nam.xa, share, 2024, ChosenMap())
    assert (found.numerator, found.denominator) == (1, 400)
    assert "Dân số cộng từ các đơn vị trước sắp xếp: Xã A, Xã B." in found.note
    assert value(viet_nam.old_a, share, 2024, AS_REPORTED).denominator == 100
    Population.objects.filter(unit=viet_nam.old_b).delete()
    assert value(viet_nam.xa, share, 2024, ChosenMap()).state == ValueState.NOT_REPORTED


def _key(number):
    return uuid.UUID(int=number)


def test_month_in_which_a_place_moved_is_read_by_day(viet_nam):
    """The commune «nam» came to the other province on 15 March 2026; what was taken back is taken off where it was."""
    UnitParent.objects.filter(unit=viet_nam.nam).update(ends_on=dt.date(2026, 3, 15))
    UnitParent.objects.create(unit=viet_nam.nam, parent=viet_nam.north, starts_on=dt.date(2026, 3, 15))
    rebuild()
    library = InstitutionFactory(unit=viet_nam.nam)
    for day, quantity in ((1, 1), (14, 2), (15, 4), (31, 8)):
        make_posting(library, dt.date(2026, 3, day), quantity=quantity)
    make_posting(library, dt.date(2026, 4, 1), quantity=16)
    count = figure(IndicatorKind.COUNT, [VISIT])
    all_of_2026 = {"first": dt.date(2026, 1, 1), "last": dt.date(2026, 12, 31), "grain": "month", "map_day": None}

    found = by_unit_and_period(Slice((VISIT,)), [viet_nam.north, viet_nam.south, viet_nam.country], **all_of_2026)

    march, april = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
    assert found == {
        (viet_nam.south.pk, march): 3,
        (viet_nam.north.pk, march): 12,
        (viet_nam.north.pk, april): 16,
        (viet_nam.country.pk, march): 15,
        (viet_nam.country.pk, april): 16,
    }
    assert value(viet_nam.south, count, 2026, AS_REPORTED).numerator == 3
    assert value(viet_nam.north, count, 2026, AS_REPORTED).numerator == 28


def test_closed_and_silent_are_apart_from_growth(viet_nam):
    steady, gone = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.xa, state="closed")
    assert InstitutionState.CLOSED == "closed"
    for library, year, quantity in ((steady, 2024, 10), (gone, 2024, 90), (steady, 2025, 12)):
        make_posting(library, dt.date(year, 9, 1), quantity=quantity)

    found = value(viet_nam.xa, figure(IndicatorKind.GROWTH, [VISIT]), 2025, ChosenMap())

    assert (found.numerator, found.denominator) == (12, 10)
    assert "Để riêng 1 cơ sở đã đóng hoặc nay không báo cáo: năm 2024 đếm được 90." in found.note


def test_divided_unit_is_told_at_those_it_touches_and_not_where_all_of_it_lies(divided):
    rules = rules_by_unit([divided.xa, divided.phuong, divided.nam, divided.north], TODAY)

    (here,) = rules[divided.xa.pk].shared
    assert (here.unit, here.whole_for, here.others) == (divided.old_b, divided.xa, (divided.phuong,))
    assert (here.is_whole_here, rules[divided.phuong.pk].shared[0].is_whole_here) == (True, False)
    assert rules[divided.nam.pk].shared == [] == rules[divided.north.pk].shared
    assert rules[divided.north.pk].within == 1


@pytest.mark.parametrize("count", [1, 3])
def test_rules_take_the_same_queries_for_one_and_three_units(divided, django_assert_num_queries, count):
    with django_assert_num_queries(5):
        rules_by_unit(divided.communes[:count], TODAY)


@pytest.mark.parametrize(("years", "queries"), [(1, 12), (5, 16), (10, 16)])
def test_series_as_reported_grow_with_reforms_and_not_with_years(viet_nam, django_assert_num_queries, years, queries):
    """Before the reform other units stood in the same places: they are asked about in queries of their own."""
    make_posting(InstitutionFactory(unit=viet_nam.xa), dt.date(2026, 5, 1))
    count = figure(IndicatorKind.COUNT, [VISIT])
    with django_assert_num_queries(queries):
        series_by_unit(viet_nam.country, viet_nam.provinces, [count], range(2026, 2026 - years, -1), TODAY, AS_REPORTED)
