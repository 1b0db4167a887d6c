"""What there is on a day: read from the register as it stood then, from timetables and from memberships.

Every function leaves out the institutions of which nothing is known; one of which it is known that there is nothing has
zero. Rooms and equipment have no dates of their own, so their past is read from the trail of their changes: before the
register knew of any, nothing is known, and that is no zero.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable

from django.db import connection
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityKind
from hocsuotdoi.activities.models import Activity, Enrolment
from hocsuotdoi.indicators.enums import StockCode
from hocsuotdoi.indicators.queries.frame import MANY, Frame, at_any_of
from hocsuotdoi.places.queries.opening import minutes_open_between, weekly_hours

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
    week = weekly_hours(_named(institutions), frame.last_day)
    return {
        StockCode.HOURS_OPEN: {key: _hours(each.minutes) for key, each in week.items()},
        StockCode.HOURS_OUTSIDE_OFFICE: {key: _hours(each.outside_minutes) for key, each in week.items()},
        StockCode.HOURS_WEEKEND: {key: _hours(each.weekend_minutes) for key, each in week.items()},
    }


def _year(frame: Frame, institutions: Collection[int]) -> dict[str, Stock]:
    minutes = minutes_open_between(_named(institutions), frame.starts_on, frame.last_day)
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
    everywhere = len(institutions) > MANY
    with connection.cursor() as cursor:
        cursor.execute(
            _AS_IT_WAS.format(table=table, sums=sums),
            [end_of(frame.last_day), everywhere, [] if everywhere else list(institutions)],
        )
        rows = cursor.fetchall()
    return {code: {row[0]: int(row[1 + number]) for row in rows} for number, code in enumerate(codes)}


def _members(frame: Frame, institutions: Collection[int]) -> dict[str, Stock]:
    """People in clubs and classes; an institution that has one and nobody in it has zero."""
    end = end_of(frame.last_day)
    together = Q(kind__in=[ActivityKind.CLUB, ActivityKind.CLASS], created_at__lt=end)
    having = Activity.objects.filter(together, at_any_of(institutions)).values_list("institution_id", flat=True)
    enrolled = (
        Enrolment.objects.filter(
            Q(ended_at=None) | Q(ended_at__gte=end),
            at_any_of(institutions),
            activity__kind__in=[ActivityKind.CLUB, ActivityKind.CLASS],
            created_at__lt=end,
        )
        .values("institution_id")
        .annotate(people=Coalesce(Sum("group_size"), 0))
    )
    members = {row["institution_id"]: row["people"] for row in enrolled}
    return {StockCode.CLUB_MEMBERS: dict.fromkeys(having.distinct(), 0) | members}


def end_of(day: dt.date) -> dt.datetime:
    """The first moment after a day, in Viet Nam."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _hours(minutes: int) -> int:
    return (minutes + 30) // 60


def _named(institutions: Collection[int]) -> Iterable[int] | None:
    return None if len(institutions) > MANY else institutions


_READERS: list[tuple[set[str], Callable[[Frame, Collection[int]], dict[str, Stock]]]] = [
    ({StockCode.INSTITUTIONS_OPEN}, _open),
    ({StockCode.HOURS_OPEN, StockCode.HOURS_OUTSIDE_OFFICE, StockCode.HOURS_WEEKEND}, _week),
    ({StockCode.HOURS_OPEN_IN_YEAR, StockCode.HOURS_OUTSIDE_IN_YEAR}, _year),
    ({StockCode.ROOMS, StockCode.ROOM_PLACES}, _rooms),
    ({StockCode.EQUIPMENT_USABLE, StockCode.COMPUTERS_USABLE}, _equipment),
    ({StockCode.CLUB_MEMBERS}, _members),
]
