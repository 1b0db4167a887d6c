"""Different people who took part, where they are known."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hocsuotdoi.indicators.queries.frame import ALWAYS, Frame, lyings_of
from hocsuotdoi.indicators.queries.sums import Counted
from hocsuotdoi.ledger.enums import VISITS, MeasureCode
from hocsuotdoi.places.models import AdminUnit


@dataclass(frozen=True, slots=True)
class Participation:
    """`people`: distinct learner keys; `known`: attendances with one; `attendances`: all of them."""

    people: int = 0
    known: int = 0
    attendances: int = 0


_PLACES = """
WITH place AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::date[], %s::date[])
               AS place (place_id, group_id, area, begins, stops)
)
"""
_PARTICIPATION = """
WITH kept AS (
    SELECT group_id, area, learner_key, sum(quantity) AS quantity
      FROM {learners}
     WHERE measure = ANY(%(measures)s) {only}
     GROUP BY 1, 2, 3 HAVING sum(quantity) > 0
), known AS (
    SELECT group_id, area, count(DISTINCT learner_key) AS people, sum(quantity) AS attendances
      FROM kept GROUP BY GROUPING SETS ((group_id, area), (group_id))
), everyone AS (
    SELECT group_id, area, sum(quantity) AS attendances
      FROM {everyone}
     WHERE measure = ANY(%(measures)s) {only}
     GROUP BY GROUPING SETS ((group_id, area), (group_id))
)
SELECT everyone.group_id, everyone.area, coalesce(people, 0), coalesce(known.attendances, 0), everyone.attendances
  FROM everyone
  LEFT JOIN known ON known.group_id = everyone.group_id AND known.area IS NOT DISTINCT FROM everyone.area
"""
_WHOLE_YEAR = {
    "learners": """(SELECT * FROM indicators_fresh_learneryear WHERE year = %(year)s) AS learner
                   JOIN place USING (place_id)""",
    "everyone": """(SELECT * FROM indicators_fresh_cell WHERE month BETWEEN %(first)s AND %(last)s) AS cell
                   JOIN place USING (place_id)""",
}
_ENTRIES = """(SELECT * FROM ledger_entry WHERE occurred_on BETWEEN %(first)s AND %(last)s {known}) AS entry
              JOIN place ON place.place_id = entry.place_id AND occurred_on >= begins AND occurred_on < stops"""
_DAYS = {
    "learners": _ENTRIES.format(known="AND learner_key IS NOT NULL"),
    "everyone": _ENTRIES.format(known=""),
}


_ONLY = {
    "purposes": "AND purpose = ANY(%(purposes)s)",
    "age_bands": "AND age_band = ANY(%(age_bands)s)",
    "sexes": "AND sex = ANY(%(sexes)s)",
    "channels": "AND channel = ANY(%(channels)s)",
    "tags": "AND tags && %(tags)s::varchar[]",
    "classes": "AND institution_id IN (SELECT id FROM places_institution WHERE institution_class = ANY(%(classes)s))",
}
_KEEPING = tuple(_ONLY)
_ONLY["within"] = "AND institution_id = ANY(%(within)s)"
_ACTIVE = (
    MeasureCode.PROGRAMME_ATTENDANCE,
    *VISITS,
    MeasureCode.LOAN,
    MeasureCode.RESERVATION,
)


Participations = dict[tuple[int, bool | None], Participation]
"""(group id, in towns or not; None: wherever) to who took part. What belongs to neither is only in the last."""
_AREAS = {True: 1, False: 0, None: -1}
"""In the query, where NULL is wherever."""


def participation(frame: Frame, groups: list[AdminUnit], counted: Counted) -> Participations:
    """Who took part in the year. One query, and one for where the places lie."""
    return _people(frame, groups, counted, _year)


def active_users(frame: Frame, groups: list[AdminUnit], counted: Counted) -> Participations:
    """The same for who took part, came or borrowed in the twelve months up to the frame's last day: ISO 2789's active
    user. The measures of `counted` are not looked at."""
    return _people(frame, groups, replace(counted, measures=_ACTIVE), _twelve_months)


def _year(frame: Frame) -> tuple[dt.date, dt.date]:
    return frame.starts_on, frame.last_day


def _twelve_months(frame: Frame) -> tuple[dt.date, dt.date]:
    last = frame.last_day
    day = 28 if (last.month, last.day) == (2, 29) else last.day
    return last.replace(year=last.year - 1, day=day) + dt.timedelta(days=1), last


def _people(
    frame: Frame, groups: list[AdminUnit], counted: Counted, period: Callable[[Frame], tuple[dt.date, dt.date]]
) -> Participations:
    only = {name: list(getattr(counted, name)) for name in _KEEPING if getattr(counted, name)}
    if frame.within is not None:
        only["within"] = sorted(frame.within)
    lyings = lyings_of(frame, groups)
    moves = any((each.begins, each.stops) != ALWAYS for each in lyings)

    def statement(each: Frame) -> tuple[str, dict[str, Any]]:
        first, last = period(each)
        # Of a year as a whole it is kept who took part at a place, not at which of its institutions.
        is_whole = period is _year and each.is_whole_year and not only and not moves and each.within is None
        source = _WHOLE_YEAR if is_whole else _DAYS
        sql = _PARTICIPATION.format(**source, only=" ".join(_ONLY[name] for name in only))
        return sql, {"year": first.year, "first": first, "last": last, "measures": list(counted.measures), **only}

    places = [
        [each.place for each in lyings],
        [each.spot.group_id for each in lyings],
        [_AREAS[each.spot.is_urban] for each in lyings],
        [each.begins for each in lyings],
        [each.stops for each in lyings],
    ]
    keys = tuple(group.pk for group in groups)
    rows = frame.raw_rows(("people", period.__name__, counted, keys), statement, (_PLACES, places))
    told = {area: urban for urban, area in _AREAS.items() if urban is not None} | {None: None}
    return {
        (group_id, told[area]): Participation(people, int(known), int(attendances))
        for group_id, area, people, known, attendances in rows
        if area in told
    }
