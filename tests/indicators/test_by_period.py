"""Figures of quarters and months: they add up to the year; zero, not reported and not applicable stay three things."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.core.periods import Period as Named
from hocsuotdoi.indicators.enums import StatedColumn, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator, IndicatorVersion
from hocsuotdoi.indicators.operations.rolling import follow_map
from hocsuotdoi.indicators.queries.by_period import OnlyYears, Span, values_by_period
from hocsuotdoi.indicators.queries.frame import AS_REPORTED, TODAYS_MAP, ChosenMap, Map
from hocsuotdoi.indicators.queries.pivot import Period
from hocsuotdoi.indicators.queries.values import values_by_unit
from hocsuotdoi.ledger.enums import Channel, MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import Line, reverse
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.indicators.conftest import REFORM
from tests.indicators.test_quality_rules import state

TODAY = dt.date(2025, 12, 31)
EVE = ChosenMap(Map.DAY, REFORM - dt.timedelta(days=1))
MAPS = [TODAYS_MAP, AS_REPORTED, EVE]
LIBRARY = InstitutionClass.LIBRARY_COMMUNE
ATTENDANCE, SESSION, VISIT = MeasureCode.PROGRAMME_ATTENDANCE, MeasureCode.PROGRAMME_SESSION, MeasureCode.LIBRARY_VISIT


@pytest.fixture
def cohort(db) -> Cohort:
    return Cohort.objects.create(code="libraries", name="thư viện", kind="institutions", classes=[LIBRARY])


def defined(code: str, **definition) -> Indicator:
    words = dict.fromkeys(("name", "short_name", "definition", "numerator", "unit", "source", "legal_basis"), "Thử")
    fields = {**words, "cohort_id": "libraries", "kind": "count", **definition}
    indicator = Indicator.objects.create(code=code, **fields)
    IndicatorVersion.objects.create(indicator=indicator, number=1, **fields)
    return indicator


def library(unit, *, until: dt.date | None = None):
    found = InstitutionFactory(unit=unit)
    found.placements.update(ends_on=until)
    return found


def span(period: Period, first: int = 1, last: int = 12, today: dt.date = TODAY) -> Span:
    return Span(dt.date(2025, first, 1), dt.date(2025, last, 1), period, today)


def values(indicator, cohort, within, units, asked, chosen=TODAYS_MAP) -> dict:
    found = values_by_period(indicator, cohort, within, units, asked, chosen)
    return {(pk, each.key): each.value for pk, many in found.items() for each in many}


@pytest.fixture
def sessions(cohort) -> Indicator:
    return defined("sessions", measures=[SESSION])


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(st.tuples(st.integers(0, 3), st.dates(dt.date(2025, 1, 1), TODAY), st.integers(1, 40)), max_size=8)
)
@pytest.mark.parametrize("chosen", MAPS)
def test_months_and_quarters_add_up_to_the_year_on_every_map(viet_nam, sessions, cohort, chosen, held):
    with transaction.atomic():
        olds = [viet_nam.old_a, viet_nam.old_b, viet_nam.old_c, viet_nam.old_d]
        news = [viet_nam.xa, viet_nam.xa, viet_nam.phuong, viet_nam.nam]
        for at, day, quantity in held:
            place = olds[at] if day < REFORM else news[at]
            make_posting(library(place), day, Line(SESSION, quantity))
        provinces = [viet_nam.old_north, viet_nam.old_south, viet_nam.north, viet_nam.south]
        units = [viet_nam.country] if chosen.is_reported else [each for each in provinces if _stands(each, chosen)]
        for unit in units:
            yearly = values(sessions, cohort, unit, [unit], span(Period.YEAR, 1, 1), chosen)[unit.pk, "2025"]
            for period, last in ((Period.QUARTER, 10), (Period.MONTH, 12)):
                found = values(sessions, cohort, unit, [unit], span(period, 1, last), chosen)
                assert sum(each.numerator or 0 for each in found.values()) == (yearly.numerator or 0)
        transaction.set_rollback(True)


def _stands(unit, chosen: ChosenMap) -> bool:
    return unit.holds_on(chosen.day or TODAY)


def test_zero_is_reported_where_somebody_reported_something_else(viet_nam, sessions, cohort):
    there = library(viet_nam.xa)
    make_posting(there, dt.date(2025, 8, 5), Line(VISIT, 7))
    make_posting(there, dt.date(2025, 9, 5), Line(SESSION, 2))
    follow_map(TODAY)

    found = values(sessions, cohort, viet_nam.xa, [viet_nam.xa], span(Period.MONTH, 7, 9))

    july, august, september = (found[viet_nam.xa.pk, f"2025-0{month}"] for month in (7, 8, 9))
    assert (july.state, july.numerator, july.reporting, july.expected) == (ValueState.NOT_REPORTED, None, 0, 1)
    assert (august.state, august.numerator, august.reporting, august.expected) == (ValueState.VALUE, 0, 1, 1)
    assert (september.numerator, september.version) == (2, 1)


def test_stated_zero_is_a_report_without_an_entry(viet_nam, sessions, cohort):
    state(library(viet_nam.xa), viet_nam.xa, Named(2025, month=8), StatedColumn.SESSION, 0)
    found = values(sessions, cohort, viet_nam.xa, [viet_nam.xa], span(Period.MONTH, 8, 8))
    assert [(each.state, each.numerator) for each in found.values()] == [(ValueState.VALUE, 0)]


def test_an_empty_cell_of_a_month_is_no_zero(viet_nam, sessions, cohort):
    there, of_loans = library(viet_nam.xa), defined("loans", measures=[MeasureCode.LOAN])
    state(there, viet_nam.xa, Named(2025, month=8), StatedColumn.LOAN, 40)
    asked = cohort, viet_nam.xa, [viet_nam.xa], span(Period.MONTH, 8, 9)

    assert [each.numerator for each in values(of_loans, *asked).values()] == [40, None]
    assert [each.state for each in values(sessions, *asked).values()] == [ValueState.NOT_REPORTED] * 2

    make_posting(there, dt.date(2025, 9, 5), Line(VISIT, 4))
    assert [each.numerator for each in values(sessions, *asked).values()] == [None, 0]
    assert [each.numerator for each in values(of_loans, *asked).values()] == [40, None]


def test_share_has_its_coverage_in_every_quarter_and_does_not_apply_to_nothing(viet_nam, cohort):
    online = defined("online", measures=[ATTENDANCE], channels=[Channel.ONLINE], over=[ATTENDANCE])
    there = library(viet_nam.xa)
    library(viet_nam.xa)
    lines = [Line(ATTENDANCE, 3, channel=Channel.ONLINE), Line(ATTENDANCE, 9, channel=Channel.ON_SITE)]
    make_posting(there, dt.date(2025, 8, 5), *lines)
    make_posting(there, dt.date(2025, 10, 5), Line(VISIT, 4))

    found = values(online, cohort, viet_nam.xa, [viet_nam.xa], span(Period.QUARTER, 7, 10))

    third, fourth = found.values()
    assert (third.percent, third.numerator, third.denominator, third.coverage) == (25, 3, 12, 50)
    assert (fourth.state, fourth.reporting) == (ValueState.NOT_APPLICABLE, 1)


def test_unit_has_no_month_before_it_was_formed_nor_after_it_ended_as_reported(viet_nam, sessions, cohort):
    make_posting(library(viet_nam.old_a, until=REFORM), dt.date(2025, 5, 5), Line(SESSION, 4))
    units = [viet_nam.old_north, viet_nam.north]

    found = values(sessions, cohort, viet_nam.country, units, span(Period.MONTH, 5, 8), AS_REPORTED)

    assert found[viet_nam.old_north.pk, "2025-05"].numerator == 4
    assert "30/6/2025" in found[viet_nam.old_north.pk, "2025-08"].note
    assert "1/7/2025" in found[viet_nam.north.pk, "2025-05"].note
    assert found[viet_nam.north.pk, "2025-05"].state == ValueState.NOT_APPLICABLE
    year = Span(dt.date(2024, 1, 1), dt.date(2024, 1, 1), Period.YEAR, TODAY)
    (before,) = values(sessions, cohort, viet_nam.north, [viet_nam.north], year, AS_REPORTED).values()
    assert (before.unit, before.state) == (viet_nam.north, ValueState.NOT_APPLICABLE)


def test_month_to_come_and_retired_indicator_have_no_figure(viet_nam, sessions, cohort):
    make_posting(library(viet_nam.xa), dt.date(2025, 8, 5), Line(SESSION, 4))
    asked = span(Period.MONTH, 8, 10, today=dt.date(2025, 9, 10))
    found = values(sessions, cohort, viet_nam.xa, [viet_nam.xa], asked)
    assert [each.state for each in found.values()] == [ValueState.VALUE, *[ValueState.NOT_REPORTED] * 2]

    sessions.ends_on = dt.date(2025, 9, 1)
    sessions.save()
    found = values(sessions, cohort, viet_nam.xa, [viet_nam.xa], asked)
    assert [each.state for each in found.values()][:2] == [ValueState.VALUE, ValueState.NOT_APPLICABLE]


def test_each_month_is_counted_by_the_definition_of_its_last_day(viet_nam, sessions, cohort):
    make_posting(library(viet_nam.xa), dt.date(2025, 8, 5), Line(SESSION, 4), Line(ATTENDANCE, 40))
    make_posting(library(viet_nam.xa), dt.date(2025, 9, 5), Line(SESSION, 4), Line(ATTENDANCE, 40))
    first = IndicatorVersion.objects.get(indicator=sessions)
    kept = {f.attname: getattr(first, f.attname) for f in IndicatorVersion._meta.fields if f.name != "id"}
    IndicatorVersion.objects.create(
        **kept | {"number": 2, "change_note": "thử", "starts_on": dt.date(2025, 9, 1), "measures": [ATTENDANCE]}
    )
    found = values(sessions, cohort, viet_nam.xa, [viet_nam.xa], span(Period.MONTH, 8, 9))
    assert [(each.numerator, each.version) for each in found.values()] == [(4, 1), (40, 2)]


def test_figure_of_one_sex_has_no_months(viet_nam, cohort):
    women = defined("women", measures=[ATTENDANCE], sexes=["female"])
    with pytest.raises(OnlyYears):
        values_by_period(women, cohort, viet_nam.xa, [viet_nam.xa], span(Period.MONTH), TODAYS_MAP)


@pytest.mark.parametrize("chosen", MAPS)
def test_as_many_queries_for_three_units_and_a_year_as_for_one_and_a_month(
    viet_nam, sessions, cohort, chosen, django_assert_num_queries
):
    make_posting(library(viet_nam.xa), dt.date(2025, 8, 5), Line(SESSION, 4))
    follow_map(TODAY)
    queries = 4 if chosen.is_reported else 5
    units = [viet_nam.old_a, viet_nam.old_b, viet_nam.old_d] if chosen == EVE else viet_nam.communes
    for asked_of, asked in ((units[:1], span(Period.MONTH, 8, 8)), (units, span(Period.MONTH))):
        with django_assert_num_queries(queries):
            values_by_period(sessions, cohort, viet_nam.country, asked_of, asked, chosen)


# -- typed in for a longer time --

AT = noon(dt.date(2026, 2, 1))


@pytest.fixture
def visits(cohort) -> Indicator:
    return defined("visits", measures=[VISIT])


@pytest.fixture
def told_by_the_year(viet_nam):
    """Visits of two libraries: one told months and the year's rest, the other a quarter and a month."""
    first, second = library(viet_nam.xa), library(viet_nam.xa)
    make_posting(first, dt.date(2025, 12, 5), Line(VISIT, 7))
    state(first, viet_nam.xa, Named(2025), StatedColumn.LIBRARY_VISIT, 1200, at=AT)
    state(second, viet_nam.xa, Named(2025, quarter=3), StatedColumn.LIBRARY_VISIT, 90, at=AT)
    state(second, viet_nam.xa, Named(2025, month=12), StatedColumn.LIBRARY_VISIT, 30, at=AT)
    follow_map(AT.date())


def told_by(period: Period, visits, cohort, unit, first: int, last: int, chosen) -> dict:
    asked = span(period, first, last, AT.date())
    return {each.key: each for each in values_by_period(visits, cohort, unit, [unit], asked, chosen)[unit.pk]}


@pytest.mark.parametrize("chosen", [TODAYS_MAP, AS_REPORTED, ChosenMap(Map.DAY, REFORM)])
def test_figure_of_a_year_is_no_months_nor_quarters_and_makes_the_year_with_them(
    viet_nam, visits, cohort, told_by_the_year, chosen
):
    months = told_by(Period.MONTH, visits, cohort, viet_nam.xa, 7, 12, chosen)
    quarters = told_by(Period.QUARTER, visits, cohort, viet_nam.xa, 7, 10, chosen)
    (year,) = told_by(Period.YEAR, visits, cohort, viet_nam.xa, 1, 1, chosen).values()

    assert {key: (each.value.numerator, each.longer) for key, each in months.items()} == {
        "2025-07": (None, 0),
        "2025-08": (None, 0),
        "2025-09": (None, 90),
        "2025-10": (None, 0),
        "2025-11": (None, 0),
        "2025-12": (37, 1200),
    }
    assert {key: (each.value.numerator, each.longer) for key, each in quarters.items()} == {
        "2025-Q3": (90, 0),
        "2025-Q4": (37, 1200),
    }
    for parts in (months, quarters):
        assert sum((each.value.numerator or 0) + each.longer for each in parts.values()) == year.value.numerator
    assert year.value.numerator == 1327
    assert months["2025-08"].value.note.endswith("năm 2025, quý III/2025.")
    assert (months["2025-08"].value.state, months["2025-08"].value.reporting) == (ValueState.NOT_REPORTED, 0)
    assert (months["2025-12"].value.reporting, quarters["2025-Q3"].value.reporting, year.value.reporting) == (2, 1, 2)


def test_zero_of_a_year_is_no_report_of_december(viet_nam, visits, cohort):
    state(library(viet_nam.xa), viet_nam.xa, Named(2025), StatedColumn.LIBRARY_VISIT, 0, at=AT)

    (december,) = told_by(Period.MONTH, visits, cohort, viet_nam.xa, 12, 12, TODAYS_MAP).values()
    (year,) = told_by(Period.YEAR, visits, cohort, viet_nam.xa, 1, 1, TODAYS_MAP).values()

    assert (december.value.state, december.value.reporting) == (ValueState.NOT_REPORTED, 0)
    assert (year.value.state, year.value.numerator) == (ValueState.VALUE, 0)


def test_figure_of_a_year_that_was_taken_back_stands_beside_no_month(viet_nam, visits, cohort, told_by_the_year):
    for posting in Posting.objects.filter(kind=PostingKind.STATED, occurred_on=dt.date(2025, 12, 31)):
        reverse(posting, reason="Nhập nhầm", by=None, at=AT)

    december = told_by(Period.MONTH, visits, cohort, viet_nam.xa, 12, 12, TODAYS_MAP)["2025-12"]

    assert (december.value.numerator, december.longer, december.value.reporting) == (7, 0, 1)


# -- who reports within a year --


def numbers(indicator, cohort, unit, asked: Span) -> list[tuple[int | None, int | None]]:
    """Numerator and how many reported, period by period."""
    return [(each.numerator, each.reporting) for each in values(indicator, cohort, unit, [unit], asked).values()]


def test_who_types_a_count_for_some_months_says_nothing_of_the_others(viet_nam, cohort):
    """It records use in the house all the year; of loans it typed three months: the others are not known."""
    there, loans = library(viet_nam.xa), defined("loans", measures=[MeasureCode.LOAN])
    for month in range(1, 13):
        make_posting(there, dt.date(2025, month, 5), Line(MeasureCode.IN_HOUSE_USE, 3))
    asked = loans, cohort, viet_nam.xa
    assert numbers(*asked, span(Period.MONTH, 6, 10)) == [(0, 1)] * 5

    for month in (7, 8, 9):
        state(there, viet_nam.xa, Named(2025, month=month), StatedColumn.LOAN, 100, at=AT)

    assert numbers(*asked, span(Period.MONTH, 6, 10)) == [(None, 0), *[(100, 1)] * 3, (None, 0)]
    assert numbers(*asked, span(Period.QUARTER, 1, 10)) == [(None, 0), (None, 0), (300, 1), (None, 0)]
    in_house = defined("in_house", measures=[MeasureCode.IN_HOUSE_USE])
    assert numbers(in_house, *asked[1:], span(Period.MONTH, 6, 10)) == [(3, 1)] * 5


def test_who_typed_a_count_for_the_year_before_is_waited_for_in_each_month(viet_nam, cohort):
    there, loans = library(viet_nam.xa), defined("loans", measures=[MeasureCode.LOAN])
    state(there, viet_nam.xa, Named(2024), StatedColumn.LOAN, 3000, at=AT)
    for year in (2025, 2026):
        make_posting(there, dt.date(year, 1, 5), Line(MeasureCode.IN_HOUSE_USE, 3))
    asked = loans, cohort, viet_nam.xa

    assert numbers(*asked, span(Period.YEAR, 1, 1)) == [(None, 0)]
    assert numbers(*asked, span(Period.MONTH, 1, 2)) == [(None, 0)] * 2
    next_year = Span(dt.date(2026, 1, 1), dt.date(2026, 1, 1), Period.MONTH, AT.date())
    assert numbers(*asked, next_year) == [(0, 1)]


def test_nothing_typed_tells_ways_of_a_month_either(viet_nam, cohort):
    there, online = library(viet_nam.xa), defined("online", measures=[ATTENDANCE], channels=[Channel.ONLINE])
    state(there, viet_nam.xa, Named(2025, month=8), StatedColumn.ATTENDANCE, 90)
    asked = online, cohort, viet_nam.xa
    assert numbers(*asked, span(Period.YEAR, 1, 1)) == [(None, 0)]
    assert numbers(*asked, span(Period.MONTH, 8, 8)) == [(None, 0)]

    make_posting(there, dt.date(2025, 8, 5), Line(ATTENDANCE, 3, channel=Channel.ONLINE))
    make_posting(there, dt.date(2025, 9, 5), Line(ATTENDANCE, 3, channel=Channel.ON_SITE))
    assert numbers(*asked, span(Period.YEAR, 1, 1)) == [(3, 1)]
    assert numbers(*asked, span(Period.MONTH, 8, 9)) == [(3, 1), (None, 0)]


@pytest.mark.parametrize("chosen", [TODAYS_MAP, AS_REPORTED, ChosenMap(Map.DAY, REFORM)])
def test_a_share_has_the_same_institutions_above_and_below_the_line_in_quarters(viet_nam, cohort, chosen):
    """One reports loans and visits; one visits alone, month by month and once for the year; one closed and did too."""
    share = defined("loans_of_visits", measures=[MeasureCode.LOAN], over=[VISIT])
    lends, silent, closed = library(viet_nam.xa), library(viet_nam.xa), library(viet_nam.xa)
    make_posting(lends, dt.date(2025, 8, 5), Line(MeasureCode.LOAN, 10), Line(VISIT, 20))
    make_posting(silent, dt.date(2025, 8, 5), Line(VISIT, 1000))
    state(silent, viet_nam.xa, Named(2025), StatedColumn.LIBRARY_VISIT, 7000, at=AT)
    make_posting(closed, dt.date(2025, 8, 5), Line(VISIT, 300))
    closed.statuses.update(state="closed")
    follow_map(AT.date())

    found = {}
    for period, first, last in ((Period.YEAR, 1, 1), (Period.QUARTER, 7, 10), (Period.MONTH, 8, 12)):
        for each in values(share, cohort, viet_nam.xa, [viet_nam.xa], span(period, first, last), chosen).values():
            found.setdefault(period, []).append((each.numerator, each.denominator, each.reporting, each.expected))

    nothing = (None, None, 0, 2)
    assert found == {
        Period.YEAR: [(10, 20, 1, 2)],
        Period.QUARTER: [(10, 20, 1, 2), nothing],
        Period.MONTH: [(10, 20, 1, 2), *[nothing] * 4],
    }


def test_as_reported_a_share_leaves_out_the_silent_where_their_place_lay_each_day(viet_nam, cohort):
    """The commune came to the other province within August: what was counted before the day was counted there."""
    share = defined("loans_of_visits", measures=[MeasureCode.LOAN], over=[VISIT])
    move_day = dt.date(2025, 8, 15)
    UnitParent.objects.filter(unit=viet_nam.phuong).update(ends_on=move_day)
    UnitParent.objects.create(unit=viet_nam.phuong, parent=viet_nam.south, starts_on=move_day)
    rebuild()
    lends, silent = library(viet_nam.xa), library(viet_nam.phuong)
    make_posting(lends, dt.date(2025, 8, 5), Line(MeasureCode.LOAN, 10), Line(VISIT, 20))
    for day in (5, 25):
        make_posting(silent, dt.date(2025, 8, day), Line(VISIT, 1000))
    units = [viet_nam.north, viet_nam.south]

    found = values(share, cohort, viet_nam.country, units, span(Period.MONTH, 8, 8), AS_REPORTED)

    assert [(each.numerator, each.denominator) for each in found.values()] == [(10, 20), (None, None)]


def test_a_share_takes_as_many_queries_whoever_is_silent(viet_nam, cohort, django_assert_num_queries):
    share = defined("loans_of_visits", measures=[MeasureCode.LOAN], over=[VISIT])
    make_posting(library(viet_nam.xa), dt.date(2025, 8, 5), Line(VISIT, 4))
    follow_map(TODAY)
    for units, asked in (([viet_nam.xa], span(Period.MONTH, 8, 8)), (viet_nam.communes, span(Period.MONTH))):
        with django_assert_num_queries(8):
            values_by_period(share, cohort, viet_nam.country, units, asked, TODAYS_MAP)


def test_what_nobody_is_asked_for_does_not_apply_unless_it_was_counted(viet_nam, sessions, cohort):
    library(viet_nam.xa)
    closed = InstitutionFactory(unit=viet_nam.nam, state="closed")
    make_posting(closed, dt.date(2025, 8, 5), Line(SESSION, 4))
    units = [viet_nam.xa, viet_nam.phuong, viet_nam.nam]

    found = values(sessions, cohort, viet_nam.country, units, span(Period.MONTH, 8, 8))
    assert [found[unit.pk, "2025-08"].state for unit in units] == ["not_reported", "not_applicable", "value"]

    pair = sessions.code, cohort.code
    years = values_by_unit(viet_nam.country, units, 2025, pair, TODAY)
    assert [years[unit.pk].state for unit in units] == ["not_reported", "not_applicable", "value"]
    assert years[viet_nam.phuong.pk].note == "Ở đây không có cơ sở loại này đang hoạt động."
