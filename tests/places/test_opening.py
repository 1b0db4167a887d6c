import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.places.models import Institution, OpeningHours
from hocsuotdoi.places.queries.opening import open_at, timetable, weekly_hours
from tests.factories.places import InstitutionFactory

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
