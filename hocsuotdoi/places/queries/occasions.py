"""What an institution does on the holidays to come: as its closures and its word have it."""

import datetime as dt

from hocsuotdoi.places.enums import HolidayAnswer
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.queries.holidays import DAY, Occasion, holidays_between, occasions_of
from hocsuotdoi.places.queries.opening import days_with_hours

ASKED_AHEAD = dt.timedelta(days=60)
"""How long before it an institution is asked about a holiday, and visitors are told."""
_LONGEST = dt.timedelta(days=15)


def occasions_ahead(institution: Institution, day: dt.date) -> list[Occasion]:
    """The holidays of the next weeks (those that run on `day` too) with what the institution does. Four queries."""
    until = day + ASKED_AHEAD
    # A row of holidays is shown whole, also where it began before `day` or ends after the last day looked at.
    holidays = holidays_between(day - _LONGEST, until + _LONGEST).values()
    occasions = [each for each in occasions_of(holidays) if each.last >= day and each.first <= until]
    if not occasions:
        return []
    first, last = occasions[0].first, occasions[-1].last
    has_hours = days_with_hours(institution, first, last)
    closed = {
        each
        for closure in institution.closures.during(first, last + DAY)
        for each in _days_of(closure.starts_on, closure.ends_on)
    }
    said_open = set(institution.holiday_openings.filter(day__range=(first, last)).values_list("day", flat=True))
    return [
        Occasion(
            each.first,
            each.last,
            each.name,
            _answer({one for one in each.days if one in has_hours}, closed, said_open - closed),
        )
        for each in occasions
    ]


def _answer(asked: set[dt.date], closed: set[dt.date], said_open: set[dt.date]) -> HolidayAnswer | None:
    if not asked:
        return None
    if asked <= closed:
        return HolidayAnswer.CLOSED
    if asked <= said_open:
        return HolidayAnswer.OPEN
    if asked <= closed | said_open:
        return HolidayAnswer.PARTLY
    return HolidayAnswer.NOT_SAID


def _days_of(starts_on: dt.date | None, ends_on: dt.date | None) -> list[dt.date]:
    if starts_on is None or ends_on is None:
        return []
    return [starts_on + number * DAY for number in range((ends_on - starts_on).days)]
