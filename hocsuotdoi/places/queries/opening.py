"""Reads of opening hours: who is open now, how long a week and a year, how much of it outside office hours (FEATURES
L3). Closures (Tết, stock-taking) and public holidays count for days, not for the normal week: decisions 11 and 84."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from hocsuotdoi.places.models import Closure, Institution, OpeningHours
from hocsuotdoi.places.queries.holidays import holidays_between

OFFICE_OPENS, OFFICE_CLOSES = dt.time(7, 30), dt.time(17, 0)
"""Office hours: Monday to Friday between these, the noon break included. Evenings and weekends lie outside."""
SATURDAY = 5


@dataclass(frozen=True)
class WeeklyHours:
    minutes: int = 0
    outside_minutes: int = 0
    weekend_minutes: int = 0

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def outside_hours(self) -> float:
        return self.outside_minutes / 60

    @property
    def weekend_hours(self) -> float:
        return self.weekend_minutes / 60

    @property
    def outside_share(self) -> float:
        """Of all minutes, in per cent."""
        return 100 * self.outside_minutes / self.minutes if self.minutes else 0.0


def open_at(institutions: QuerySet[Institution], moment: dt.datetime) -> QuerySet[Institution]:
    """Those open at `moment`, a local (aware or naive) date and time."""
    spans = OpeningHours.objects.on(moment.date()).filter(
        institution=OuterRef("pk"),
        weekday=moment.weekday(),
        opens_at__lte=moment.time(),
        closes_at__gt=moment.time(),
    )
    closed = Closure.objects.on(moment.date()).filter(institution=OuterRef("pk"))
    return institutions.filter(Exists(spans), ~Exists(closed))


def weekly_hours(institutions: Iterable[int] | None, day: dt.date) -> dict[int, WeeklyHours]:
    """Institution key → its hours in a normal week as they hold on `day`; one query. None: of all. Those without hours
    are left out."""
    return hours_of(spans_on(institutions, day))


def spans_on(institutions: Iterable[int] | None, day: dt.date) -> QuerySet[OpeningHours, tuple[Any, ...]]:
    """What `hours_of` is made of, as it holds on `day`."""
    spans = OpeningHours.objects.on(day)
    if institutions is not None:
        spans = spans.filter(institution__in=institutions)
    return spans.values_list("institution_id", "weekday", "opens_at", "closes_at")


def hours_of(spans: Iterable[tuple[Any, ...]]) -> dict[int, WeeklyHours]:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for key, weekday, opens, closes in spans:
        length = _minutes(closes) - _minutes(opens)
        sums[key][0] += length
        sums[key][1] += length - _inside_office_hours(weekday, opens, closes)
        sums[key][2] += length if weekday >= SATURDAY else 0
    return {key: WeeklyHours(*minutes) for key, minutes in sums.items()}


@dataclass(frozen=True, slots=True)
class MinutesOpen:
    minutes: int
    outside_minutes: int
    """Outside office hours; on a public holiday all of them are."""


def minutes_open_between(institutions: Iterable[int] | None, first: dt.date, last: dt.date) -> dict[int, MinutesOpen]:
    """Institution key → the minutes its timetables give from `first` to `last`, both included, less closures.

    Each timetable counts for the days on which it held. A public holiday closes nobody by itself (decision 84). Three
    queries; None: of all. Those without any hours in the period are left out, those closed throughout have 0.
    """
    asked = None if institutions is None else list(institutions)
    spans, closures = spans_between(asked, first, last), closures_between(asked, first, last)
    holidays = holidays_between(first, last) if first <= last else ()
    return minutes_of(spans, closures, holidays, first, last)


def spans_between(
    institutions: Iterable[int] | None, first: dt.date, last: dt.date
) -> QuerySet[OpeningHours, tuple[Any, ...]]:
    spans = OpeningHours.objects.during(first, last + dt.timedelta(days=1))
    if institutions is not None:
        spans = spans.filter(institution__in=list(institutions))
    return spans.values_list("institution_id", "weekday", "opens_at", "closes_at", "starts_on", "ends_on")


def closures_between(
    institutions: Iterable[int] | None, first: dt.date, last: dt.date
) -> QuerySet[Closure, tuple[Any, ...]]:
    closures = Closure.objects.during(first, last + dt.timedelta(days=1))
    if institutions is not None:
        closures = closures.filter(institution__in=list(institutions))
    return closures.values_list("institution_id", "starts_on", "ends_on")


def minutes_of(
    spans: Iterable[tuple[Any, ...]],
    closures: Iterable[tuple[Any, ...]],
    holidays: Iterable[dt.date],
    first: dt.date,
    last: dt.date,
) -> dict[int, MinutesOpen]:
    end = last + dt.timedelta(days=1)
    closed: dict[int, set[dt.date]] = defaultdict(set)
    for key, starts_on, ends_on in closures:
        closed[key].update(_days(max(starts_on or first, first), min(ends_on or end, end)))
    festive_days: dict[int, list[dt.date]] = defaultdict(list)
    for day in holidays:
        festive_days[day.weekday()].append(day)
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for key, weekday, opens, closes, starts_on, ends_on in spans:
        begins, stops = max(starts_on or first, first), min(ends_on or end, end)
        shut = closed.get(key, set())
        days = _weekdays_between(weekday, begins, stops)
        days -= sum(day.weekday() == weekday and begins <= day < stops for day in shut)
        festive = sum(begins <= day < stops and day not in shut for day in festive_days[weekday])
        length = _minutes(closes) - _minutes(opens)
        sums[key][0] += days * length
        sums[key][1] += days * length - (days - festive) * _inside_office_hours(weekday, opens, closes)
    return {key: MinutesOpen(*minutes) for key, minutes in sums.items()}


def days_with_hours(institution: Institution, first: dt.date, last: dt.date) -> set[dt.date]:
    """The days from `first` to `last` for which its timetable has an opening, whatever closures say. One query."""
    end = last + dt.timedelta(days=1)
    spans = OpeningHours.objects.during(first, end).filter(institution=institution)
    return {
        day
        for weekday, starts_on, ends_on in spans.values_list("weekday", "starts_on", "ends_on")
        for day in _days(max(starts_on or first, first), min(ends_on or end, end))
        if day.weekday() == weekday
    }


def closures_from(institution: Institution, day: dt.date) -> list[Closure]:
    """Those that run on `day` or come after it, the next first; one query."""
    return list(institution.closures.filter(ends_on__gt=day))


def _days(begins: dt.date, stops: dt.date) -> Iterable[dt.date]:
    return (begins + dt.timedelta(days=number) for number in range((stops - begins).days))


def _weekdays_between(weekday: int, begins: dt.date, stops: dt.date) -> int:
    """How many days of that weekday lie from `begins` (included) to `stops` (not)."""
    if stops <= begins:
        return 0
    to_first = (weekday - begins.weekday()) % 7
    return max(0, ((stops - begins).days - to_first + 6) // 7)


def timetable(institution: Institution, day: dt.date) -> list[list[tuple[dt.time, dt.time]]]:
    """Seven lists, Monday first: the openings of each weekday as they hold on `day`; one query."""
    week: list[list[tuple[dt.time, dt.time]]] = [[] for _weekday in range(7)]
    for weekday, opens, closes in (
        OpeningHours.objects.on(day).filter(institution=institution).values_list("weekday", "opens_at", "closes_at")
    ):
        week[weekday].append((opens, closes))
    return week


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _inside_office_hours(weekday: int, opens: dt.time, closes: dt.time) -> int:
    if weekday >= SATURDAY:
        return 0
    return max(0, _minutes(min(closes, OFFICE_CLOSES)) - _minutes(max(opens, OFFICE_OPENS)))
