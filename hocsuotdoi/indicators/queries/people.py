"""Different people who took part, where they are known, and residents."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db import connection

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
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS place (id, group_id, urban)
), kept AS (
    SELECT place.group_id, place.urban, learner_key, sum(quantity) AS quantity
      FROM ledger_entry JOIN place ON place.id = ledger_entry.place_id
     WHERE occurred_on BETWEEN %s AND %s AND (%s OR measure = ANY(%s))
       AND (%s OR purpose = ANY(%s)) AND (%s OR age_band = ANY(%s)) AND (%s OR sex = ANY(%s))
       AND (%s OR channel = ANY(%s)) AND (%s OR tags && %s::varchar[])
       AND (%s OR institution_id IN (SELECT id FROM places_institution WHERE institution_class = ANY(%s)))
     GROUP BY 1, 2, 3 HAVING sum(quantity) > 0
)
SELECT group_id, urban, count(DISTINCT learner_key),
       coalesce(sum(quantity) FILTER (WHERE learner_key IS NOT NULL), 0), sum(quantity)
  FROM kept
 GROUP BY GROUPING SETS ((group_id, urban), (group_id))
"""


def participation(
    frame: Frame, spots: dict[int, Spot], counted: Counted
) -> dict[tuple[int, bool | None], Participation]:
    """(group id, in towns or not; None: both) to who took part in the year. One query."""
    return _people(frame.starts_on, frame.last_day, spots, counted)


_ACTIVE = (
    MeasureCode.PROGRAMME_ATTENDANCE,
    MeasureCode.LIBRARY_VISIT,
    MeasureCode.MUSEUM_VISIT,
    MeasureCode.CENTRE_VISIT,
    MeasureCode.LOAN,
    MeasureCode.RESERVATION,
)


def active_users(
    frame: Frame, spots: dict[int, Spot], counted: Counted
) -> dict[tuple[int, bool | None], Participation]:
    """The same for who took part, came or borrowed in the twelve months up to the frame's last day: ISO 2789's active
    user. The measures of `counted` are not looked at. One query."""
    last = frame.last_day
    before = (
        last.replace(year=last.year - 1, day=28)
        if (last.month, last.day) == (2, 29)
        else last.replace(year=last.year - 1)
    )
    return _people(before + dt.timedelta(days=1), last, spots, replace(counted, measures=_ACTIVE))


def _people(
    first: dt.date, last: dt.date, spots: dict[int, Spot], counted: Counted
) -> dict[tuple[int, bool | None], Participation]:
    dimensions: list[Collection[str]] = [
        counted.measures,
        counted.purposes,
        counted.age_bands,
        counted.sexes,
        counted.channels,
        counted.tags,
        counted.classes,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _PARTICIPATION,
            [
                list(spots),
                [spot.group_id for spot in spots.values()],
                [spot.is_urban for spot in spots.values()],
                first,
                last,
                *(parameter for each in dimensions for parameter in (not each, list(each))),
            ],
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
    newest: dict[int, Population] = {}
    rows = Population.objects.filter(year__lte=frame.year, year__gt=frame.year - 5).order_by("year")
    for row in rows:
        newest[row.unit_id] = row
    communes: dict[int, list[int]] = {}
    lower = UnitAncestry.objects.filter(
        on(frame.map_day), on(frame.map_day, "unit__"), ancestor__in=groups, unit__tier=Tier.COMMUNE
    )
    for group_id, unit_id in lower.values_list("ancestor_id", "unit_id"):
        communes.setdefault(group_id, []).append(unit_id)
    found: dict[int, Residents] = {}
    for group in groups:
        own, below = newest.get(group.pk), communes.get(group.pk, [])
        if own is not None:
            found[group.pk] = Residents(own.year, own.urban, own.rural)
        elif below and all(unit_id in newest for unit_id in below):
            found[group.pk] = _together([newest[unit_id] for unit_id in below])
    return found


def _together(rows: list[Population]) -> Residents:
    """Of communes: one of them is either a town or not, so an empty part is none, not missing."""
    return Residents(
        min(row.year for row in rows), sum(row.urban or 0 for row in rows), sum(row.rural or 0 for row in rows)
    )
