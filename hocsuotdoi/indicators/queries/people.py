"""Different people who took part, where they are known, and residents."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, QuerySet

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.indicators.queries.frame import ALWAYS, Frame, lyings_of
from hocsuotdoi.indicators.queries.sums import Counted
from hocsuotdoi.ledger.enums import VISITS, MeasureCode
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, UnitAncestry


@dataclass(frozen=True, slots=True)
class Participation:
    """`people`: distinct learner keys; `known`: attendances with one; `attendances`: all of them."""

    people: int = 0
    known: int = 0
    attendances: int = 0


_PLACES = """
WITH place AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[], %s::date[], %s::date[])
               AS place (place_id, group_id, urban, begins, stops)
)
"""
_PARTICIPATION = """
WITH kept AS (
    SELECT group_id, urban, learner_key, sum(quantity) AS quantity
      FROM {learners}
     WHERE measure = ANY(%(measures)s) {only}
     GROUP BY 1, 2, 3 HAVING sum(quantity) > 0
), known AS (
    SELECT group_id, urban, count(DISTINCT learner_key) AS people, sum(quantity) AS attendances
      FROM kept GROUP BY GROUPING SETS ((group_id, urban), (group_id))
), everyone AS (
    SELECT group_id, urban, sum(quantity) AS attendances
      FROM {everyone}
     WHERE measure = ANY(%(measures)s) {only}
     GROUP BY GROUPING SETS ((group_id, urban), (group_id))
)
SELECT everyone.group_id, everyone.urban, coalesce(people, 0), coalesce(known.attendances, 0), everyone.attendances
  FROM everyone
  LEFT JOIN known ON known.group_id = everyone.group_id AND known.urban IS NOT DISTINCT FROM everyone.urban
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
"""(group id, in towns or not; None: both) to who took part."""


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
        [each.spot.is_urban for each in lyings],
        [each.begins for each in lyings],
        [each.stops for each in lyings],
    ]
    keys = tuple(group.pk for group in groups)
    rows = frame.raw_rows(("people", period.__name__, counted, keys), statement, (_PLACES, places))
    return {
        (group_id, urban): Participation(people, int(known), int(attendances))
        for group_id, urban, people, known, attendances in rows
    }


@dataclass(frozen=True, slots=True)
class Residents:
    """Of the newest year not after the one asked for; a part is None when it was not entered."""

    year: int
    urban: int | None
    rural: int | None
    parts: tuple[str, ...] = ()
    """The units before it over which it was added up, where it was."""

    def of(self, urban: bool | None) -> int | None:
        if urban is True:
            return self.urban
        if urban is False:
            return self.rural
        return None if self.urban is None and self.rural is None else (self.urban or 0) + (self.rural or 0)


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that make up a group. `is_own`: its own row; `parts`: the units before it that stand for it."""

    rows: list[Population]
    is_own: bool = False
    parts: tuple[str, ...] = ()


def residents(frame: Frame, groups: list[AdminUnit]) -> dict[int, Residents]:
    """Group id to its residents: as entered for the group, else added up when every commune in it has them, else added
    up over the units that it was made of, when all of them have.

    Three queries for all frames of one map. A group that has none of these is left out.
    """
    found = _newest(frame, groups, lambda row: row.urban is not None or row.rural is not None)
    return {group_id: _residents(each) for group_id, each in found.items()}


def villages(frame: Frame, groups: list[AdminUnit]) -> dict[int, int]:
    """Group id to how many villages and residential groups it has, of the newest year, found as residents are.

    A group of which it is not known is left out.
    """
    found = _newest(frame, groups, lambda row: row.villages is not None)
    return {group_id: sum(row.villages or 0 for row in each.rows) for group_id, each in found.items()}


NEWEST = 5
"""Years: an older population is none."""


def _newest(frame: Frame, groups: list[AdminUnit], is_entered: Callable[[Population], bool]) -> dict[int, _Found]:
    """Group id to its own newest row that has what `is_entered` looks for, or to those of all that makes it up."""
    newest: dict[int, Population] = {}
    for row in _populations(frame):
        if frame.year - NEWEST < row.year <= frame.year and is_entered(row):
            newest[row.unit_id] = row
    below = _communes_of(frame, groups)
    found: dict[int, _Found] = {}
    missing: list[AdminUnit] = []
    for group in groups:
        communes = below.get(group.pk, [])
        if group.pk in newest:
            found[group.pk] = _Found([newest[group.pk]], is_own=True)
        elif communes and all(unit_id in newest for unit_id in communes):
            found[group.pk] = _Found([newest[unit_id] for unit_id in communes])
        else:
            missing.append(group)
    if missing and newest:
        for group in missing:
            if (made := _predecessors_rows(frame, group, groups, newest)) is not None:
                found[group.pk] = made
    return found


def _populations(frame: Frame) -> list[Population]:
    """Of all years that any of the frames looks at, the oldest first. One query."""
    years = [each.year for each in frame.together.frames] or [frame.year]
    first, last = min(years) - NEWEST, max(years)

    def entered() -> list[Population]:
        return list(Population.objects.filter(year__gt=first, year__lte=last).select_related("unit").order_by("year"))

    found: list[Population] = frame.together.once(("populations", first, last), entered)
    return found


def _communes_of(frame: Frame, groups: list[AdminUnit]) -> dict[int, list[int]]:
    """Group id to the communes in it on the frame's map. One query for all frames of one map."""
    keys = tuple(group.pk for group in groups)

    def lower(each: Frame) -> QuerySet[Any, Any]:
        day = each.map_day
        found = UnitAncestry.objects.filter(on(day), on(day, "unit__"), ancestor__in=keys, unit__tier=Tier.COMMUNE)
        return found.values_list("ancestor_id", "unit_id")

    communes: dict[int, list[int]] = {}
    for group_id, unit_id in frame.rows_of_map(("communes", keys), lower):
        communes.setdefault(group_id, []).append(unit_id)
    return communes


def _predecessors_rows(
    frame: Frame, group: AdminUnit, groups: list[AdminUnit], newest: dict[int, Population]
) -> _Found | None:
    """What the group was made of, as it stood at the end of one of the last years, the newest first: all units of its
    tier, or all communes, that are read in the group. Land that was divided is counted where its main part went."""
    read_here = _read_as(frame, groups).get(group.pk, [])
    for year in range(frame.year, frame.year - NEWEST, -1):
        day = dt.date(year, 12, 31)
        for tier in dict.fromkeys((group.tier, Tier.COMMUNE)):
            stood = [unit for unit in read_here if unit.tier == tier and unit.holds_on(day) and unit != group]
            rows = [newest[unit.pk] for unit in stood if unit.pk in newest]
            if stood and len(rows) == len(stood) and all(row.year <= year for row in rows):
                return _Found(rows, parts=tuple(unit.name for unit in stood))
    return None


def _read_as(frame: Frame, groups: list[AdminUnit]) -> dict[int, list[AdminUnit]]:
    """Group id to the units of every time that are read in it on the frame's map. One query for all frames of one."""
    day, keys = frame.map_day, [group.pk for group in groups]

    def read() -> dict[int, list[AdminUnit]]:
        found: dict[int, list[AdminUnit]] = {}
        units = AdminUnit.objects.filter(
            on(day, "readings__"),
            on(day, "readings__reads_as__ancestries__"),
            readings__reads_as__ancestries__ancestor__in=keys,
        ).annotate(group_id=F("readings__reads_as__ancestries__ancestor_id"))
        for unit in units.order_by("sort_key").only("name", "tier", "starts_on", "ends_on", "sort_key"):
            found.setdefault(unit.group_id, []).append(unit)
        return found

    made: dict[int, list[AdminUnit]] = frame.together.once(("read as", day, *keys), read)
    return made


def _residents(found: _Found) -> Residents:
    if found.is_own:
        (row,) = found.rows
        return Residents(row.year, row.urban, row.rural)
    return replace(_together(found.rows), parts=found.parts)


def _together(rows: list[Population]) -> Residents:
    """Of communes: one of them is either a town or not, so an empty part is none, not missing."""
    return Residents(
        min(row.year for row in rows), sum(row.urban or 0 for row in rows), sum(row.rural or 0 for row in rows)
    )
