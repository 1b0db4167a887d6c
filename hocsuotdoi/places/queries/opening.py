"""Reads of opening hours: who is open now, how long a week, how much of it outside office hours (FEATURES L3)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from hocsuotdoi.places.models import Institution, OpeningHours

OFFICE_OPENS, OFFICE_CLOSES = dt.time(7, 30), dt.time(17, 0)
"""Office hours: Monday to Friday between these, the noon break included. Evenings and weekends lie outside."""
SATURDAY = 5


@dataclass(frozen=True)
class WeeklyHours:
    minutes: int = 0
    outside_minutes: int = 0

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def outside_hours(self) -> float:
        return self.outside_minutes / 60


def open_at(institutions: QuerySet[Institution], moment: dt.datetime) -> QuerySet[Institution]:
    """Those open at `moment`, a local (aware or naive) date and time."""
    spans = OpeningHours.objects.on(moment.date()).filter(
        institution=OuterRef("pk"),
        weekday=moment.weekday(),
        opens_at__lte=moment.time(),
        closes_at__gt=moment.time(),
    )
    return institutions.filter(Exists(spans))


def weekly_hours(institutions: Iterable[int], day: dt.date) -> dict[int, WeeklyHours]:
    """Institution key → its hours a week as they hold on `day`; one query. Those without hours are left out."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    spans = OpeningHours.objects.on(day).filter(institution__in=institutions)
    for key, weekday, opens, closes in spans.values_list("institution_id", "weekday", "opens_at", "closes_at"):
        length = _minutes(closes) - _minutes(opens)
        sums[key][0] += length
        sums[key][1] += length - _inside_office_hours(weekday, opens, closes)
    return {key: WeeklyHours(*minutes) for key, minutes in sums.items()}


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
