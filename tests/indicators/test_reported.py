"""Who reports a count: an empty cell of a typed sheet is no zero, what is recorded here has zeros."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Statement
from hocsuotdoi.indicators.operations.stated import undo_statement
from hocsuotdoi.indicators.queries.frame import frame_of
from hocsuotdoi.indicators.queries.lineage import lineage
from hocsuotdoi.indicators.queries.reported import own_year, reporting_by_year
from hocsuotdoi.indicators.queries.series import series_for
from hocsuotdoi.indicators.queries.sums import Counted
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.ledger.enums import MeasureCode, Purpose, Sex
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState
from tests.factories.accounts import PersonFactory
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.factories.stated import state

TODAY = dt.date(2026, 11, 23)
NOW = noon(TODAY)


def value(unit, year: int, measure: str, kind=IndicatorKind.COUNT, *, classes=None, **more):
    indicator = IndicatorFactory(kind=kind, measures=[measure], **more)
    cohort = CohortFactory(**({"classes": classes} if classes else {}))
    return values_for(unit, year, [(indicator.code, cohort.code)], TODAY)[indicator.code, cohort.code]


def test_a_cell_that_was_left_empty_is_no_zero(viet_nam):
    house = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2025), NOW, LOAN=5000)

    loans = value(viet_nam.xa, 2025, MeasureCode.LOAN)
    visits = value(viet_nam.xa, 2025, MeasureCode.LIBRARY_VISIT)

    assert (loans.numerator, loans.reporting, loans.expected) == (5000, 1, 1)
    assert (visits.state, visits.numerator, visits.reporting) == (ValueState.NOT_REPORTED, None, 0)


def test_a_typed_zero_is_one(viet_nam):
    house = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2025), NOW, LOAN=5000, SESSION=0)

    sessions = value(viet_nam.xa, 2025, MeasureCode.PROGRAMME_SESSION)
    visits = value(viet_nam.xa, 2025, MeasureCode.LIBRARY_VISIT)

    assert (sessions.state, sessions.numerator, sessions.reporting) == (ValueState.VALUE, 0, 1)
    assert visits.state == ValueState.NOT_REPORTED


def test_a_figure_that_was_taken_back_is_none(viet_nam):
    house = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2025), NOW, LOAN=5000, SESSION=0)
    state(house, viet_nam.xa, Period(2025), NOW, SESSION=3)
    for statement in Statement.objects.order_by("-stated_at", "-pk"):
        undo_statement(statement, reason="nhầm", by=PersonFactory(), at=NOW)

    assert value(viet_nam.xa, 2025, MeasureCode.PROGRAMME_SESSION).state == ValueState.NOT_REPORTED
    assert value(viet_nam.xa, 2025, MeasureCode.LOAN).state == ValueState.NOT_REPORTED


def test_who_records_here_reports_all_that_it_does_not_type(viet_nam):
    recording = InstitutionFactory(unit=viet_nam.xa)
    make_posting(recording, dt.date(2025, 3, 1), measure=MeasureCode.LIBRARY_VISIT)
    assert value(viet_nam.xa, 2025, MeasureCode.PROGRAMME_SESSION).numerator == 0
    assert value(viet_nam.xa, 2025, MeasureCode.LOAN).state == ValueState.NOT_REPORTED

    state(recording, viet_nam.xa, Period(2025), NOW, LOAN=7)

    assert value(viet_nam.xa, 2025, MeasureCode.LOAN).numerator == 7
    assert value(viet_nam.xa, 2025, MeasureCode.IN_HOUSE_USE).state == ValueState.NOT_REPORTED
    assert value(viet_nam.xa, 2025, MeasureCode.PROGRAMME_SESSION).numerator == 0


def test_who_lends_here_says_nothing_of_what_people_came_to(viet_nam):
    make_posting(InstitutionFactory(unit=viet_nam.xa), dt.date(2025, 3, 1), measure=MeasureCode.LOAN)

    assert value(viet_nam.xa, 2025, MeasureCode.IN_HOUSE_USE).numerator == 0
    assert value(viet_nam.xa, 2025, MeasureCode.PROGRAMME_SESSION).state == ValueState.NOT_REPORTED
    assert value(viet_nam.xa, 2025, MeasureCode.STAFF_TRAINED).state == ValueState.NOT_REPORTED


def test_growth_compares_those_that_reported_the_count_in_both_years(viet_nam):
    """One that begins to report loans, and reported visits before, stands apart: 110 against 100 is 10%."""
    steady, begins = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.xa)
    state(steady, viet_nam.xa, Period(2024), NOW, LOAN=100)
    state(begins, viet_nam.xa, Period(2024), NOW, LIBRARY_VISIT=9)
    state(steady, viet_nam.xa, Period(2025), NOW, LOAN=110)
    state(begins, viet_nam.xa, Period(2025), NOW, LIBRARY_VISIT=9, LOAN=1000)

    grown = value(viet_nam.xa, 2025, MeasureCode.LOAN, IndicatorKind.GROWTH)

    assert (grown.percent, grown.numerator, grown.denominator, grown.reporting) == (10, 110, 100, 1)
    assert "1.000" in grown.note or "1,000" in grown.note


def test_growth_leaves_out_who_recorded_before_it_typed(viet_nam):
    """It recorded sessions in both years; visits it types, and has them of the second year only."""
    steady, types = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.xa)
    state(steady, viet_nam.xa, Period(2024), NOW, LIBRARY_VISIT=100)
    state(steady, viet_nam.xa, Period(2025), NOW, LIBRARY_VISIT=110)
    for year in (2024, 2025):
        make_posting(types, dt.date(year, 3, 1), measure=MeasureCode.PROGRAMME_SESSION)
    state(types, viet_nam.xa, Period(2025), NOW, LIBRARY_VISIT=1000)

    assert value(viet_nam.xa, 2025, MeasureCode.LIBRARY_VISIT, IndicatorKind.GROWTH).percent == 10


def test_the_base_year_is_looked_at_once_for_all_years(viet_nam):
    """Its reporters are the same for each year that is compared with it."""
    house = InstitutionFactory(unit=viet_nam.xa)
    years = [2023, 2024, 2025]
    for year in years:
        make_posting(house, dt.date(year, 3, 1), measure=MeasureCode.LOAN, quantity=year)
    cohort = CohortFactory()
    indicator = IndicatorFactory(kind=IndicatorKind.GROWTH, measures=[MeasureCode.LOAN], base_year=2023)

    with CaptureQueriesContext(connection) as captured:
        grown = series_for(viet_nam.xa, (indicator.code, cohort.code), years, TODAY)

    (asked,) = [each["sql"] for each in captured if "institutionmonth" in each["sql"] and '"lines_0"' in each["sql"]]
    assert asked.count("'2023-01-01'") == 1
    assert [grown[year].reporting for year in years[1:]] == [1, 1]


def test_lineage_says_of_whom_the_count_is_not_known(viet_nam):
    steady, begins = InstitutionFactory(name="A", unit=viet_nam.xa), InstitutionFactory(name="B", unit=viet_nam.xa)
    state(steady, viet_nam.xa, Period(2024), NOW, LOAN=100)
    state(begins, viet_nam.xa, Period(2024), NOW, LIBRARY_VISIT=9)
    state(steady, viet_nam.xa, Period(2025), NOW, LOAN=110)
    state(begins, viet_nam.xa, Period(2025), NOW, LOAN=1000)
    indicator = IndicatorFactory(kind=IndicatorKind.GROWTH, measures=[MeasureCode.LOAN])

    rows = lineage(indicator.code, CohortFactory().code, viet_nam.xa, 2025, TODAY).rows

    assert [(row.institution_id, row.base_quantity, row.quantity, row.is_compared) for row in rows] == [
        (steady.pk, 100, 110, True),
        (begins.pk, None, 1000, False),
    ]


def test_a_part_by_purpose_is_reported_by_who_typed_that_part(viet_nam):
    museum = InstitutionFactory(unit=viet_nam.north, institution_class=InstitutionClass.MUSEUM_PROVINCE)
    classes = [InstitutionClass.MUSEUM_PROVINCE]
    state(museum, viet_nam.north, Period(2025), NOW, MUSEUM_OTHER=900)
    visits = MeasureCode.MUSEUM_VISIT
    study = {"classes": classes, "purposes": [Purpose.STUDY_RESEARCH]}

    assert value(viet_nam.north, 2025, visits, classes=classes).numerator == 900
    assert value(viet_nam.north, 2025, visits, **study).state == ValueState.NOT_REPORTED

    state(museum, viet_nam.north, Period(2025), NOW, MUSEUM_STUDY=0)
    assert value(viet_nam.north, 2025, visits, **study).numerator == 0


def test_a_zero_of_one_part_is_no_zero_of_the_whole(viet_nam):
    museum = InstitutionFactory(unit=viet_nam.north, institution_class=InstitutionClass.MUSEUM_PROVINCE)
    classes = [InstitutionClass.MUSEUM_PROVINCE]
    state(museum, viet_nam.north, Period(2025), NOW, MUSEUM_STUDY=0)
    assert value(viet_nam.north, 2025, MeasureCode.MUSEUM_VISIT, classes=classes).state == ValueState.NOT_REPORTED

    state(museum, viet_nam.north, Period(2025), NOW, MUSEUM_OTHER=0)
    assert value(viet_nam.north, 2025, MeasureCode.MUSEUM_VISIT, classes=classes).numerator == 0


def test_who_typed_the_year_before_is_waited_for(viet_nam):
    """It records visits here and types sessions at the year's end: until then nobody knows of this year's."""
    house = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2025), NOW, SESSION=60)
    make_posting(house, dt.date(2026, 3, 1), measure=MeasureCode.LIBRARY_VISIT)

    assert value(viet_nam.xa, 2026, MeasureCode.PROGRAMME_SESSION).state == ValueState.NOT_REPORTED
    assert value(viet_nam.xa, 2026, MeasureCode.LIBRARY_VISIT).numerator == 1


def test_a_base_that_was_typed_for_the_whole_year_is_no_zero_of_a_part_of_it(viet_nam):
    """It typed sessions of 2025 and recorded visits; in 2026 it records both: nothing of it can be compared yet."""
    house = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2025), NOW, SESSION=60)
    for year in (2025, 2026):
        make_posting(house, dt.date(year, 3, 1), measure=MeasureCode.LIBRARY_VISIT)
    make_posting(house, dt.date(2026, 3, 1), measure=MeasureCode.PROGRAMME_SESSION, quantity=30)

    grown = value(viet_nam.xa, 2026, MeasureCode.PROGRAMME_SESSION, IndicatorKind.GROWTH)

    assert (grown.percent, grown.reporting) == (None, 0)


def test_a_count_is_told_alike_whatever_else_is_asked(viet_nam):
    """Growth of something else looks at its base year too; a count of this year does not care what was typed then."""
    house = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2023), NOW, SESSION=60)
    for year in (2023, 2026):
        make_posting(house, dt.date(year, 3, 1), measure=MeasureCode.LIBRARY_VISIT)
    cohort = CohortFactory().code
    sessions = IndicatorFactory(kind=IndicatorKind.COUNT, measures=[MeasureCode.PROGRAMME_SESSION]).code, cohort
    grown = IndicatorFactory(kind=IndicatorKind.GROWTH, measures=[MeasureCode.LIBRARY_VISIT]).code, cohort

    alone = values_for(viet_nam.xa, 2026, [sessions], TODAY)[sessions]
    beside = values_for(viet_nam.xa, 2026, [sessions, grown], TODAY)[sessions]

    assert (alone.state, alone.numerator, alone.reporting) == (ValueState.VALUE, 0, 1)
    assert beside == alone


def test_two_askers_of_one_frame_are_told_of_their_own_institutions(viet_nam):
    first, second = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.xa)
    state(first, viet_nam.xa, Period(2025), NOW, SESSION=0)
    state(second, viet_nam.xa, Period(2025), NOW, SESSION=0)
    frame, counted = frame_of(viet_nam.xa, 2025, TODAY), Counted((MeasureCode.PROGRAMME_SESSION,), (), ())

    for house in (first, second):
        assert reporting_by_year(frame, [counted], own_year, [house.pk]) == {(counted, 2025): {house.pk}}


def test_nothing_typed_tells_ages_and_ways(viet_nam):
    house = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2025), NOW, ATTENDANCE=90)

    online = value(viet_nam.xa, 2025, MeasureCode.PROGRAMME_ATTENDANCE, channels=["online"])

    assert (online.state, online.reporting) == (ValueState.NOT_REPORTED, 0)
    make_posting(house, dt.date(2025, 3, 1), measure=MeasureCode.PROGRAMME_ATTENDANCE, channel="online", sex=Sex.FEMALE)
    online = value(viet_nam.xa, 2025, MeasureCode.PROGRAMME_ATTENDANCE, channels=["online"])
    assert (online.numerator, online.reporting) == (1, 1)


def test_a_share_has_above_and_below_the_line_the_same_institutions(viet_nam):
    knows, does_not = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.xa)
    state(knows, viet_nam.xa, Period(2025), NOW, IN_HOUSE_USE=30, LOAN=60)
    state(does_not, viet_nam.xa, Period(2025), NOW, LOAN=5000)

    share = value(viet_nam.xa, 2025, MeasureCode.IN_HOUSE_USE, over=[MeasureCode.LOAN])

    assert (share.numerator, share.denominator, share.percent, share.reporting) == (30, 60, 50, 1)


def test_who_closed_and_never_told_what_stands_above_is_not_below_either(viet_nam):
    knows, closed = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.xa)
    state(knows, viet_nam.xa, Period(2025), NOW, IN_HOUSE_USE=30, LOAN=60)
    state(closed, viet_nam.xa, Period(2025, month=2), NOW, LOAN=5000)
    closed.statuses.update(state=InstitutionState.CLOSED)

    share = value(viet_nam.xa, 2025, MeasureCode.IN_HOUSE_USE, over=[MeasureCode.LOAN])

    assert (share.numerator, share.denominator, share.reporting, share.expected) == (30, 60, 1, 1)


def test_a_condition_on_a_count_is_not_known_of_who_does_not_report_it(viet_nam):
    house = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2025), NOW, LOAN=5000)

    share = value(viet_nam.xa, 2025, MeasureCode.PROGRAMME_SESSION, IndicatorKind.SHARE_OF_INSTITUTIONS, at_least=1)

    assert (share.state, share.reporting, share.expected) == (ValueState.NOT_REPORTED, 0, 1)


def test_the_running_year_says_why_a_typed_year_is_not_compared_yet(viet_nam):
    house = InstitutionFactory(unit=viet_nam.xa)
    state(house, viet_nam.xa, Period(2025), NOW, LOAN=100)
    state(house, viet_nam.xa, Period(2026), NOW, LOAN=110)

    grown = value(viet_nam.xa, 2026, MeasureCode.LOAN, IndicatorKind.GROWTH)

    assert grown.percent is None
    assert "cả năm" in grown.note
