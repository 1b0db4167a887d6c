"""Different people who took part, where they are known, and residents."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Q

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.indicators.queries.frame import Frame, Spot
from hocsuotdoi.indicators.queries.sums import Counted
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, UnitAncestry


@dataclass(frozen=True, slots=True)
class Participation:
    """`people`: distinct learner keys; `known`: attendances with one; `attendances`: all of them."""

    people: int = 0
    known: int = 0
    attendances: int = 0


_PARTICIPATION = """
WITH place AS (
    SELECT * FROM unnest(%(places)s::bigint[], %(groups)s::bigint[], %(urban)s::boolean[])
               AS place (place_id, group_id, urban)
), kept AS (
    SELECT group_id, urban, learner_key, sum(quantity) AS quantity
      FROM {learners} JOIN place USING (place_id)
     WHERE measure = ANY(%(measures)s) {only}
     GROUP BY 1, 2, 3 HAVING sum(quantity) > 0
), known AS (
    SELECT group_id, urban, count(DISTINCT learner_key) AS people, sum(quantity) AS attendances
      FROM kept GROUP BY GROUPING SETS ((group_id, urban), (group_id))
), everyone AS (
    SELECT group_id, urban, sum(quantity) AS attendances
      FROM {everyone} JOIN place USING (place_id)
     WHERE measure = ANY(%(measures)s) {only}
     GROUP BY GROUPING SETS ((group_id, urban), (group_id))
)
SELECT everyone.group_id, everyone.urban, coalesce(people, 0), coalesce(known.attendances, 0), everyone.attendances
  FROM everyone
  LEFT JOIN known ON known.group_id = everyone.group_id AND known.urban IS NOT DISTINCT FROM everyone.urban
"""
_WHOLE_YEAR = {
    "learners": "(SELECT * FROM indicators_fresh_learneryear WHERE year = %(year)s) AS learner",
    "everyone": "(SELECT * FROM indicators_fresh_cell WHERE month BETWEEN %(first)s AND %(last)s) AS cell",
}
_DAYS = {
    "learners": """(SELECT * FROM ledger_entry WHERE occurred_on BETWEEN %(first)s AND %(last)s
                       AND learner_key IS NOT NULL) AS learner""",
    "everyone": "(SELECT * FROM ledger_entry WHERE occurred_on BETWEEN %(first)s AND %(last)s) AS entry",
}


_ONLY = {
    "purposes": "AND purpose = ANY(%(purposes)s)",
    "age_bands": "AND age_band = ANY(%(age_bands)s)",
    "sexes": "AND sex = ANY(%(sexes)s)",
    "channels": "AND channel = ANY(%(channels)s)",
    "tags": "AND tags && %(tags)s::varchar[]",
    "classes": "AND institution_id IN (SELECT id FROM places_institution WHERE institution_class = ANY(%(classes)s))",
}
_ACTIVE = (
    MeasureCode.PROGRAMME_ATTENDANCE,
    MeasureCode.LIBRARY_VISIT,
    MeasureCode.MUSEUM_VISIT,
    MeasureCode.CENTRE_VISIT,
    MeasureCode.LOAN,
    MeasureCode.RESERVATION,
)


def participation(
    frame: Frame, spots: dict[int, Spot], counted: Counted
) -> dict[tuple[int, bool | None], Participation]:
    """(group id, in towns or not; None: both) to who took part in the year. One query."""
    is_plain = not any(getattr(counted, name) for name in _ONLY)
    source = _WHOLE_YEAR if frame.is_whole_year and is_plain else _DAYS
    return _people(source, frame.starts_on, frame.last_day, spots, counted)


def active_users(
    frame: Frame, spots: dict[int, Spot], counted: Counted
) -> dict[tuple[int, bool | None], Participation]:
    """The same for who took part, came or borrowed in the twelve months up to the frame's last day: ISO 2789's active
    user. The measures of `counted` are not looked at. One query."""
    last = frame.last_day
    day = 28 if (last.month, last.day) == (2, 29) else last.day
    first = last.replace(year=last.year - 1, day=day) + dt.timedelta(days=1)
    return _people(_DAYS, first, last, spots, replace(counted, measures=_ACTIVE))


def _people(
    source: dict[str, str], first: dt.date, last: dt.date, spots: dict[int, Spot], counted: Counted
) -> dict[tuple[int, bool | None], Participation]:
    only = {name: list(getattr(counted, name)) for name in _ONLY if getattr(counted, name)}
    with connection.cursor() as cursor:
        cursor.execute(
            _PARTICIPATION.format(**source, only=" ".join(_ONLY[name] for name in only)),
            {
                "places": list(spots),
                "groups": [spot.group_id for spot in spots.values()],
                "urban": [spot.is_urban for spot in spots.values()],
                "year": first.year,
                "first": first,
                "last": last,
                "measures": list(counted.measures),
                **only,
            },
        )
        return {
            (group_id, urban): Participation(people, int(known), int(attendances))
            for group_id, urban, people, known, attendances in cursor.fetchall()
        }


@dataclass(frozen=True, slots=True)
class Residents:
    """Of the newest year not after the one asked for; a part is None when it was not entered."""

    year: int
    urban: int | None
    rural: int | None

    def of(self, urban: bool | None) -> int | None:
        if urban is True:
            return self.urban
        if urban is False:
            return self.rural
        return None if self.urban is None and self.rural is None else (self.urban or 0) + (self.rural or 0)


def residents(frame: Frame, groups: list[AdminUnit]) -> dict[int, Residents]:
    """Group id to its residents: as entered for the group, else added up when every commune in it has them.

    Two queries. A group that has neither is left out.
    """
    entered = Q(urban__isnull=False) | Q(rural__isnull=False)
    return {
        group_id: Residents(rows[0].year, rows[0].urban, rows[0].rural) if is_own else _together(rows)
        for group_id, (is_own, rows) in _newest(frame, groups, entered).items()
    }


def villages(frame: Frame, groups: list[AdminUnit]) -> dict[int, int]:
    """Group id to how many villages and residential groups it has, of the newest year, found as residents are.

    Two queries. A group of which it is not known is left out.
    """
    found = _newest(frame, groups, Q(villages__isnull=False))
    return {group_id: sum(row.villages or 0 for row in rows) for group_id, (_is_own, rows) in found.items()}


def _newest(frame: Frame, groups: list[AdminUnit], entered: Q) -> dict[int, tuple[bool, list[Population]]]:
    """Group id to its own newest row that has what is `entered`, or to those of all its communes."""
    newest: dict[int, Population] = {}
    rows = Population.objects.filter(entered, year__lte=frame.year, year__gt=frame.year - 5).order_by("year")
    for row in rows:
        newest[row.unit_id] = row
    communes: dict[int, list[int]] = {}
    lower = UnitAncestry.objects.filter(
        on(frame.map_day), on(frame.map_day, "unit__"), ancestor__in=groups, unit__tier=Tier.COMMUNE
    )
    for group_id, unit_id in lower.values_list("ancestor_id", "unit_id"):
        communes.setdefault(group_id, []).append(unit_id)
    found: dict[int, tuple[bool, list[Population]]] = {}
    for group in groups:
        below = communes.get(group.pk, [])
        if group.pk in newest:
            found[group.pk] = True, [newest[group.pk]]
        elif below and all(unit_id in newest for unit_id in below):
            found[group.pk] = False, [newest[unit_id] for unit_id in below]
    return found


def _together(rows: list[Population]) -> Residents:
    """Of communes: one of them is either a town or not, so an empty part is none, not missing."""
    return Residents(
        min(row.year for row in rows), sum(row.urban or 0 for row in rows), sum(row.rural or 0 for row in rows)
    )
