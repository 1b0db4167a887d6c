import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.places.models import Closure, Institution, OpeningHours
from hocsuotdoi.places.operations.institution import RegisterRefused, add_closure, remove_closure
from hocsuotdoi.places.queries.opening import minutes_open_between, open_at, timetable, weekly_hours
from tests.factories.places import InstitutionFactory
from tests.support.depth import cases

MONDAY = dt.date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def _open(institution: Institution, weekday: int, opens: str, closes: str, **period: dt.date) -> None:
    OpeningHours.objects.create(
        institution=institution,
        weekday=weekday,
        opens_at=dt.time.fromisoformat(opens),
        closes_at=dt.time.fromisoformat(closes),
        **period,
    )


def test_hours_a_week_are_counted_with_those_outside_office_hours() -> None:
    library = InstitutionFactory()
    _open(library, 0, "07:00", "18:00")
    _open(library, 5, "08:00", "11:00")
    found = weekly_hours([library.pk], MONDAY)[library.pk]
    assert (found.hours, found.outside_hours) == (14.0, 4.5)


def test_hours_that_no_longer_hold_are_not_counted() -> None:
    library = InstitutionFactory()
    _open(library, 0, "07:00", "18:00", ends_on=MONDAY)
    assert weekly_hours([library.pk], MONDAY) == {}


@pytest.mark.parametrize(("time", "is_open"), [("07:59", False), ("08:00", True), ("10:59", True), ("11:00", False)])
def test_open_from_the_first_minute_until_before_the_last(time: str, is_open: bool) -> None:
    library = InstitutionFactory()
    _open(library, 0, "08:00", "11:00")
    moment = dt.datetime.combine(MONDAY, dt.time.fromisoformat(time))
    assert open_at(Institution.objects.all(), moment).exists() is is_open


def test_timetable_has_seven_days_monday_first() -> None:
    library = InstitutionFactory()
    _open(library, 6, "08:00", "11:00")
    assert timetable(library, MONDAY) == [[], [], [], [], [], [], [(dt.time(8), dt.time(11))]]


def test_closing_before_opening_cannot_be() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        _open(InstitutionFactory(), 0, "11:00", "08:00")


# -- closures --


def _close(institution: Institution, first: dt.date, last: dt.date, reason: str = "Kiểm kê") -> Closure:
    at = timezone.make_aware(dt.datetime.combine(MONDAY, dt.time(12)))
    return add_closure(institution, starts_on=first, last_day=last, reason=reason, by=None, at=at)


def test_closed_day_is_not_open_and_leaves_the_normal_week() -> None:
    library = InstitutionFactory()
    _open(library, 0, "08:00", "11:00")
    _close(library, MONDAY, MONDAY)

    assert not open_at(Institution.objects.all(), dt.datetime.combine(MONDAY, dt.time(9))).exists()
    next_week = dt.datetime.combine(MONDAY + dt.timedelta(days=7), dt.time(9))
    assert open_at(Institution.objects.all(), next_week).exists()
    assert weekly_hours([library.pk], MONDAY)[library.pk].hours == 3.0


@settings(max_examples=cases(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 22), st.integers(1, 120)), max_size=6),
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 10)), max_size=4),
    st.integers(0, 60),
    st.integers(0, 90),
)
def test_minutes_of_a_period_are_those_counted_day_by_day(
    spans: list[tuple[int, int, int]], closures: list[tuple[int, int]], begins: int, length: int
) -> None:
    """The law, against a count of every day; all in a transaction that is taken back."""
    first = MONDAY + dt.timedelta(days=begins)
    last = first + dt.timedelta(days=length)
    with transaction.atomic():
        library = InstitutionFactory()
        rows = []
        for weekday, hour, days in spans:
            ends = MONDAY + dt.timedelta(days=days)
            _open(library, weekday, f"{hour:02}:00", f"{hour + 1:02}:00", ends_on=ends)
            rows.append((weekday, ends))
        closed = set()
        for offset, days in closures:
            start = MONDAY + dt.timedelta(days=offset)
            Closure.objects.create(
                institution=library, starts_on=start, ends_on=start + dt.timedelta(days=days), reason="x"
            )
            closed |= {start + dt.timedelta(days=number) for number in range(days)}
        found = minutes_open_between([library.pk], first, last).get(library.pk)
        transaction.set_rollback(True)
    every = [first + dt.timedelta(days=number) for number in range(length + 1)]
    counted = sum(
        60 for day in every if day not in closed for weekday, ends in rows if day.weekday() == weekday and day < ends
    )
    assert (found.minutes if found else 0) == counted


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (MONDAY, MONDAY - dt.timedelta(days=1), "Kiểm kê"),
        (dt.date(2025, 12, 31), dt.date(2025, 12, 31), "Kiểm kê"),
        (MONDAY, MONDAY + dt.timedelta(days=60), "Sửa chữa"),
        (MONDAY, MONDAY, "  "),
        (dt.date(2026, 12, 24), dt.date(2026, 12, 26), "Kiểm kê"),
    ],
)
def test_closure_that_makes_no_sense_is_refused(first: dt.date, last: dt.date, reason: str) -> None:
    library = InstitutionFactory()
    _close(library, dt.date(2026, 12, 25), dt.date(2026, 12, 31))

    with pytest.raises(RegisterRefused):
        _close(library, first, last, reason)
    assert library.closures.count() == 1


def test_closure_to_come_is_taken_away_and_one_that_is_over_is_not() -> None:
    library = InstitutionFactory()
    at = timezone.make_aware(dt.datetime.combine(MONDAY, dt.time(12)))
    over = _close(library, dt.date(2026, 1, 5), dt.date(2026, 1, 6))
    to_come = _close(library, dt.date(2026, 12, 25), dt.date(2026, 12, 31))

    remove_closure(to_come, by=None, at=at)
    with pytest.raises(RegisterRefused):
        remove_closure(over, by=None, at=at)
    assert list(library.closures.all()) == [over]


def test_closure_without_an_end_cannot_be() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(institution=InstitutionFactory(), starts_on=MONDAY, reason="x")
