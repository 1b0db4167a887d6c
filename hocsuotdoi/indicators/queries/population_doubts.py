"""Which residents a person should look at once more before they are entered: yearbooks print thousands."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from hocsuotdoi.indicators.models import Population
from hocsuotdoi.indicators.queries.frame import ChosenMap, Map, frame_of
from hocsuotdoi.indicators.queries.people import Participation, participation
from hocsuotdoi.indicators.queries.population import PopulationChange, map_day_of
from hocsuotdoi.indicators.queries.quality_limits import LARGEST_JUMP, LEAST_JUMP
from hocsuotdoi.indicators.queries.sums import Counted
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.models import AdminUnit


@dataclass(frozen=True, slots=True)
class PopulationDoubt:
    """`known`: of the newest other year, `year`, where the new number is far from it; `people`: how many different
    people took part in the year, where they are more."""

    year: int | None = None
    known: int | None = None
    people: int | None = None

    @property
    def is_one(self) -> bool:
        return self.known is not None or self.people is not None


Doubts = dict[tuple[int, int], PopulationDoubt]
"""By unit id and year."""


def population_doubts(changes: Iterable[PopulationChange], unit: AdminUnit, today: dt.date) -> Doubts:
    """Of the changes whose residents would newly stand. One query, and two for each year and tier among them."""
    asked = [each for each in changes if each.total is not None and _is_new(each)]
    newest = _newest(asked)
    people = _people(asked, unit, today)
    found: Doubts = {}
    for each in asked:
        total, known = each.total or 0, newest.get((each.unit.pk, each.year))
        took_part = people.get((each.unit.pk, each.year), 0)
        is_far = known is not None and abs(total - known[1]) > max(LEAST_JUMP, LARGEST_JUMP * known[1])
        doubt = PopulationDoubt(
            known[0] if known and is_far else None,
            known[1] if known and is_far else None,
            took_part if took_part > total else None,
        )
        if doubt.is_one:
            found[each.unit.pk, each.year] = doubt
    return found


def _is_new(change: PopulationChange) -> bool:
    before = change.before
    return before is None or (before.urban, before.rural) != (change.urban, change.rural)


def _newest(changes: list[PopulationChange]) -> dict[tuple[int, int], tuple[int, int]]:
    """(unit id, year) to the year and residents that are known besides: of the newest year before, else of the next
    one after. What the file itself says of other years is not compared."""
    rows: dict[int, list[tuple[int, int]]] = {}
    entered = Population.objects.filter(unit__in={each.unit.pk for each in changes}).order_by("year")
    for row in entered:
        if row.urban is not None or row.rural is not None:
            rows.setdefault(row.unit_id, []).append((row.year, (row.urban or 0) + (row.rural or 0)))
    found = {}
    for each in changes:
        others = [known for known in rows.get(each.unit.pk, []) if known[0] != each.year]
        before = [known for known in others if known[0] < each.year]
        if others:
            found[each.unit.pk, each.year] = before[-1] if before else others[0]
    return found


def _people(changes: list[PopulationChange], unit: AdminUnit, today: dt.date) -> dict[tuple[int, int], int]:
    counted = Counted((MeasureCode.PROGRAMME_ATTENDANCE,), (), ())
    groups: dict[tuple[int, str], list[AdminUnit]] = {}
    for each in changes:
        groups.setdefault((each.year, each.unit.tier), []).append(each.unit)
    found = {}
    for (year, _tier), units in groups.items():
        frame = frame_of(unit, year, today, ChosenMap(Map.DAY, map_day_of(year, today)))
        took_part = participation(frame, units, counted)
        for group in units:
            found[group.pk, year] = took_part.get((group.pk, None), Participation()).people
    return found
