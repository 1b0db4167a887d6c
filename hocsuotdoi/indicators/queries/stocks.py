"""What there is on a day: read from the register as it stood then, from timetables and from memberships.

Every function leaves out the institutions of which nothing is known; one of which it is known that there is nothing has
zero. Rooms and equipment have no dates of their own, so their past is read from the trail of their changes: before the
register knew of any, nothing is known, and that is no zero.
"""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityKind
from hocsuotdoi.activities.models import Activity, Enrolment
from hocsuotdoi.indicators.enums import StockCode
from hocsuotdoi.indicators.queries.frame import MANY, Frame, at_any_of, named
from hocsuotdoi.places.queries.holidays import holidays_between
from hocsuotdoi.places.queries.opening import closures_between, hours_of, minutes_of, spans_between, spans_on

Stock = dict[int, int]
"""By institution id."""


def stocks_on(frame: Frame, codes: Collection[str], institutions: Collection[int]) -> dict[str, Stock]:
    """Stock by code, of these institutions, on the frame's last day. The number of queries depends on the codes.

    Not here: active users, who are not an institution's alone (`people.active_users`).
    """
    found: dict[str, Stock] = {}
    for of_these, read in _READERS:
        if of_these & set(codes):
            found |= read(frame, institutions)
    return {code: found[code] for code in codes if code in found}


def _open(frame: Frame, institutions: Collection[int]) -> dict[str, Stock]:
    return {StockCode.INSTITUTIONS_OPEN: dict.fromkeys(institutions, 1)}


def _week(frame: Frame, institutions: Collection[int]) -> dict[str, Stock]:
    """In whole hours of each institution, so that parts add up to their whole."""
    these = _named(frame, institutions)
    week = hours_of(frame.rows("week", lambda each: spans_on(these, each.last_day)))
    return {
        StockCode.HOURS_OPEN: {key: _hours(each.minutes) for key, each in week.items()},
        StockCode.HOURS_OUTSIDE_OFFICE: {key: _hours(each.outside_minutes) for key, each in week.items()},
        StockCode.HOURS_WEEKEND: {key: _hours(each.weekend_minutes) for key, each in week.items()},
    }


def _year(frame: Frame, institutions: Collection[int]) -> dict[str, Stock]:
    these = _named(frame, institutions)
    spans = frame.rows("spans", lambda each: spans_between(these, each.starts_on, each.last_day))
    closures = frame.rows("closures", lambda each: closures_between(these, each.starts_on, each.last_day))
    frames = frame.together.frames or (frame,)
    bounds = min(each.starts_on for each in frames), max(each.last_day for each in frames)
    holidays = frame.together.once(("holidays", *bounds), lambda: holidays_between(*bounds))
    minutes = minutes_of(spans, closures, holidays, frame.starts_on, frame.last_day)
    return {
        StockCode.HOURS_OPEN_IN_YEAR: {key: _hours(each.minutes) for key, each in minutes.items()},
        StockCode.HOURS_OUTSIDE_IN_YEAR: {key: _hours(each.outside_minutes) for key, each in minutes.items()},
    }


_AS_IT_WAS = """
SELECT institution_id, {sums}
  FROM (SELECT DISTINCT ON (pgh_obj_id) *
          FROM {table}
         WHERE pgh_created_at < %s AND (%s OR institution_id = ANY(%s))
         ORDER BY pgh_obj_id, pgh_created_at DESC, pgh_id DESC) AS newest
 GROUP BY 1
"""


def _rooms(frame: Frame, institutions: Collection[int]) -> dict[str, Stock]:
    there = "FILTER (WHERE pgh_label <> 'delete')"
    sums = f"count(*) {there}, coalesce(sum(capacity) {there}, 0)"
    return _as_it_was("places_roomevent", sums, [StockCode.ROOMS, StockCode.ROOM_PLACES], frame, institutions)


def _equipment(frame: Frame, institutions: Collection[int]) -> dict[str, Stock]:
    there = "FILTER (WHERE pgh_label <> 'delete'{})"
    sums = ", ".join(f"coalesce(sum(usable) {there.format(more)}, 0)" for more in ("", " AND kind = 'computer'"))
    codes = [StockCode.EQUIPMENT_USABLE, StockCode.COMPUTERS_USABLE]
    return _as_it_was("places_equipmentevent", sums, codes, frame, institutions)


def _as_it_was(
    table: str, sums: str, codes: list[StockCode], frame: Frame, institutions: Collection[int]
) -> dict[str, Stock]:
    these = _named(frame, institutions)
    statement = _AS_IT_WAS.format(table=table, sums=sums)
    rows = frame.raw_rows(table, lambda each: (statement, [end_of(each.last_day), these is None, list(these or ())]))
    return {code: {row[0]: int(row[1 + number]) for row in rows} for number, code in enumerate(codes)}


def _members(frame: Frame, institutions: Collection[int]) -> dict[str, Stock]:
    """People in clubs and classes; an institution that has one and nobody in it has zero."""
    kinds, at_these = [ActivityKind.CLUB, ActivityKind.CLASS], at_any_of(named(frame, institutions))

    def having(each: Frame) -> QuerySet[Any, Any]:
        clubs = Activity.objects.filter(at_these, kind__in=kinds, created_at__lt=end_of(each.last_day))
        return clubs.values_list("institution_id").distinct()

    def enrolled(each: Frame) -> QuerySet[Any, Any]:
        end = end_of(each.last_day)
        stayed = Q(ended_at=None) | Q(ended_at__gte=end)
        there = Enrolment.objects.filter(stayed, at_these, activity__kind__in=kinds, created_at__lt=end).order_by()
        people = there.values("institution_id").annotate(people=Coalesce(Sum("group_size"), 0))
        return people.values_list("institution_id", "people")

    clubs = {institution: 0 for (institution,) in frame.rows("clubs", having)}
    return {StockCode.CLUB_MEMBERS: clubs | dict(frame.rows("members", enrolled))}


def end_of(day: dt.date) -> dt.datetime:
    """The first moment after a day, in Viet Nam."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _hours(minutes: int) -> int:
    return (minutes + 30) // 60


def _named(frame: Frame, institutions: Collection[int]) -> list[int] | None:
    these = named(frame, institutions)
    return None if len(these) > MANY else list(these)


_READERS: list[tuple[set[str], Callable[[Frame, Collection[int]], dict[str, Stock]]]] = [
    ({StockCode.INSTITUTIONS_OPEN}, _open),
    ({StockCode.HOURS_OPEN, StockCode.HOURS_OUTSIDE_OFFICE, StockCode.HOURS_WEEKEND}, _week),
    ({StockCode.HOURS_OPEN_IN_YEAR, StockCode.HOURS_OUTSIDE_IN_YEAR}, _year),
    ({StockCode.ROOMS, StockCode.ROOM_PLACES}, _rooms),
    ({StockCode.EQUIPMENT_USABLE, StockCode.COMPUTERS_USABLE}, _equipment),
    ({StockCode.CLUB_MEMBERS}, _members),
]
