"""What a reader of figures must know of reforms: when a unit's land changed, and what was counted whole although it was
divided."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import Doubt, Tier
from hocsuotdoi.places.models import AdminUnit, Succession, UnitAncestry, UnitReading


@dataclass(frozen=True, slots=True)
class Break:
    """From `day` on a unit is other land than before; `act`: the number of what ordered it, where it is known."""

    day: dt.date
    act: str


def breaks_of(units: Collection[AdminUnit]) -> dict[int, list[Break]]:
    """Unit id to the days on which its land changed, the earliest first: it began, ended, or took something over.

    Two queries. A unit that only came to lie elsewhere is the same land.
    """
    keys = {unit.pk for unit in units}
    found: dict[int, set[Break]] = {key: set() for key in keys}
    columns = ("pk", "starts_on", "began_by__number", "ends_on", "ended_by__number")
    for key, starts_on, began_by, ends_on, ended_by in AdminUnit.objects.filter(pk__in=keys).values_list(*columns):
        found[key] |= {Break(day, act or "") for day, act in ((starts_on, began_by), (ends_on, ended_by)) if day}
    steps = Succession.objects.filter(successor__in=keys).exclude(doubt=Doubt.FAR)
    for key, day, act in steps.values_list("successor_id", "effective_on", "legal_act__number"):
        if all(each.day != day for each in found[key]):
            found[key].add(Break(day, act or ""))
    return {key: sorted(breaks, key=lambda each: (each.day, each.act)) for key, breaks in found.items()}


@dataclass(frozen=True, slots=True)
class Shared:
    """A unit of which others have a part, and that figures count whole for one of them, `whole_for`.

    `is_later`: what it counted until `day` is read at what came after it; else what it counts from `day` on is read at
    one of those it was made of.
    """

    unit: AdminUnit
    whole_for: AdminUnit
    others: tuple[AdminUnit, ...]
    day: dt.date
    act: str
    is_later: bool
    is_whole_here: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What a reader of a unit's figures must know of land that was divided. `within`: how many ended units that were
    divided have a part in it. `gathered`: how many ended units are read as the unit itself, since their land went to
    several of those below it (districts)."""

    shared: list[Shared]
    within: int
    gathered: int = 0


def rules_by_unit(units: Collection[AdminUnit], map_day: dt.date) -> dict[int, Rules]:
    """Unit id to what is counted whole for one unit on the map of `map_day` although parts of it lie in and outside.

    Four queries, however many units, and one more where something is; one for the country, out of which nothing goes.
    """
    found = {unit.pk: _in_all(map_day) for unit in units if unit.tier == Tier.COUNTRY}
    smaller = [unit for unit in units if unit.tier != Tier.COUNTRY and unit.holds_on(map_day)]
    if not smaller:
        return found
    inside: dict[int, set[int]] = {unit.pk: set() for unit in smaller}
    readings = UnitReading.objects.filter(
        on(map_day), on(map_day, "reads_as__ancestries__"), reads_as__ancestries__ancestor__in=inside
    )
    lying = UnitAncestry.objects.filter(on(map_day), ancestor__in=inside)
    gathered: Counter[int] = Counter()
    columns = ("reads_as__ancestries__ancestor_id", "unit_id", "reads_as_id")
    for key, part, reads_as, is_gathered in readings.annotate(is_gathered=_GATHERED).values_list(
        *columns, "is_gathered"
    ):
        inside[key].add(part)
        gathered[key] += is_gathered and reads_as == key
    for key, part in lying.values_list("ancestor_id", "unit_id"):
        inside[key].add(part)
    everything = set().union(*inside.values())
    steps = _steps()
    later, earlier = steps.filter(effective_on__lte=map_day), steps.filter(effective_on__gt=map_day)
    divided = _several(later, "predecessor", later.filter(successor__in=everything))
    merged = _several(earlier, "successor", earlier.filter(predecessor__in=everything))
    of_interest = _crossing(divided, inside.values(), is_later=True) | _crossing(
        merged, inside.values(), is_later=False
    )
    told = _whole_steps(of_interest)
    parts = Counter(step.predecessor_id for step in divided)
    several = [step for step in divided if parts[step.predecessor_id] > 1]
    for unit in smaller:
        here = inside[unit.pk]
        shared = [
            *_shared([step for step in told if step.effective_on <= map_day], here, is_later=True),
            *_shared([step for step in told if step.effective_on > map_day], here, is_later=False),
        ]
        within: set[int] = set()
        if unit.tier != Tier.COMMUNE:
            within = {step.predecessor_id for step in several if step.successor_id in here}
        found[unit.pk] = Rules(shared, len(within), gathered[unit.pk])
    return found


class _Step(NamedTuple):
    pk: int
    predecessor_id: int
    successor_id: int


def _crossing(steps: Collection[_Step], insides: Collection[set[int]], *, is_later: bool) -> set[int]:
    """The keys of steps of a unit whose parts lie in and outside of one of `insides`: of a province they are few of
    many, and only they are worth the reading of whole units."""
    by_unit: dict[int, list[_Step]] = {}
    for step in steps:
        by_unit.setdefault(step.predecessor_id if is_later else step.successor_id, []).append(step)
    found: set[int] = set()
    for together in by_unit.values():
        ends = {step.successor_id if is_later else step.predecessor_id for step in together}
        if any(ends & inside and not ends <= inside for inside in insides):
            found |= {step.pk for step in together}
    return found


def _whole_steps(keys: Collection[int]) -> list[Succession]:
    if not keys:
        return []
    steps = Succession.objects.filter(pk__in=keys).select_related("predecessor", "successor", "legal_act")
    return list(steps.order_by("successor__sort_key", "pk"))


def _several(steps: QuerySet[Succession], end: str, touching: QuerySet[Succession]) -> list[_Step]:
    """Of `steps` those whose `end` has several, one of them `touching`: what went whole needs no rule."""
    often = steps.order_by().values(end).annotate(parts=Count("pk")).filter(parts__gt=1).values(end)
    found = steps.filter(**{f"{end}__in": touching.order_by().values(end)}).filter(**{f"{end}__in": often})
    return [_Step(*row) for row in found.values_list("pk", "predecessor_id", "successor_id")]


def _steps() -> QuerySet[Succession]:
    """Of communes and provinces: a district is counted for no part of it."""
    return Succession.objects.exclude(doubt=Doubt.FAR).exclude(predecessor__tier=Tier.DISTRICT)


_GATHERED = Q(unit__tier=Tier.DISTRICT, reads_as__tier__in=[Tier.PROVINCE, Tier.COUNTRY])
"""Of a reading: that it is of an ended unit whose land went to several of smaller tiers."""


def _in_all(map_day: dt.date) -> Rules:
    several = _steps().filter(effective_on__lte=map_day).order_by().values("predecessor")
    divided = several.annotate(parts=Count("pk")).filter(parts__gt=1).values("predecessor")
    found = UnitReading.objects.on(map_day).aggregate(
        within=Count("pk", filter=Q(unit__in=divided)), gathered=Count("pk", filter=_GATHERED)
    )
    return Rules([], found["within"], found["gathered"])


def division_of(unit: AdminUnit, steps: Collection[Succession]) -> Shared | None:
    """How an ended unit that was divided is counted; `steps` as `units.became` has them. None where it went whole, and
    of a district, which is read as what all of it lies in."""
    (found, *_more) = [*_shared([step for step in steps if step.doubt != Doubt.FAR], set(), is_later=True), None]
    return found if unit.tier != Tier.DISTRICT else None


def is_gathered_in(unit: AdminUnit, heir: AdminUnit, steps: Collection[Succession]) -> bool:
    """Whether an ended unit is read as `heir` since its land went to several units in it."""
    return unit.tier == Tier.DISTRICT and heir.tier != Tier.COMMUNE and len(steps) > 1


def _shared(steps: list[Succession], inside: set[int], *, is_later: bool) -> list[Shared]:
    by_unit: dict[int, list[Succession]] = {}
    for step in steps:
        by_unit.setdefault(step.predecessor_id if is_later else step.successor_id, []).append(step)
    found = []
    for together in by_unit.values():
        parts = [step.successor if is_later else step.predecessor for step in together]
        is_whole = [step.is_main if is_later else step.is_origin for step in together]
        if not any((step.successor_id if is_later else step.predecessor_id) in inside for step in together) and inside:
            continue
        whole = [part for part, takes_all in zip(parts, is_whole, strict=True) if takes_all]
        if len(parts) < 2 or not whole or {part.pk for part in parts} <= inside:
            continue
        first = together[0]
        found.append(
            Shared(
                unit=first.predecessor if is_later else first.successor,
                whole_for=whole[0],
                others=tuple(part for part in parts if part != whole[0]),
                day=first.effective_on,
                act=first.legal_act.number if first.legal_act else "",
                is_later=is_later,
                is_whole_here=whole[0].pk in inside,
            )
        )
    return sorted(found, key=lambda each: (not each.is_whole_here, each.unit.sort_key))
