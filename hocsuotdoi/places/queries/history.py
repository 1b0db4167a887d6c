"""What a reader of figures must know of reforms: when a unit's land changed, and what was counted whole although it was
divided."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import Doubt, Tier
from hocsuotdoi.places.models import AdminUnit, Succession, UnitAncestry
from hocsuotdoi.places.queries.units import units_reading_as


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


def shared_at(unit: AdminUnit, map_day: dt.date) -> list[Shared]:
    """What is counted whole for one unit on the map of `map_day` although parts of it lie in and outside `unit`.

    Three queries at most; none for the country, out of which nothing goes.
    """
    if unit.tier == Tier.COUNTRY or not unit.holds_on(map_day):
        return []
    here = set(units_reading_as(unit, map_day).values_list("pk", flat=True))
    inside = set(UnitAncestry.objects.filter(on(map_day), ancestor=unit).values_list("unit_id", flat=True)) | here
    steps = Succession.objects.exclude(doubt=Doubt.FAR).exclude(predecessor__tier=Tier.DISTRICT)
    steps = steps.select_related("predecessor", "successor", "legal_act").order_by("successor__sort_key", "pk")
    later = steps.filter(effective_on__lte=map_day)
    earlier = steps.filter(effective_on__gt=map_day)
    divided = list(later.filter(predecessor__in=later.filter(successor__in=inside).values("predecessor")))
    merged = list(earlier.filter(successor__in=earlier.filter(predecessor__in=inside).values("successor")))
    return [*_shared(divided, inside, is_later=True), *_shared(merged, inside, is_later=False)]


def division_of(unit: AdminUnit, steps: Collection[Succession]) -> Shared | None:
    """How an ended unit that was divided is counted; `steps` as `units.became` has them. None where it went whole."""
    (found, *_more) = [*_shared([step for step in steps if step.doubt != Doubt.FAR], set(), is_later=True), None]
    return found if unit.tier != Tier.DISTRICT else None


def divided_within(unit: AdminUnit, map_day: dt.date) -> int:
    """How many units that had ended by `map_day` were divided and have a part in `unit` then. One query."""
    parts = Succession.objects.filter(
        on(map_day, "successor__ancestries__"), successor__ancestries__ancestor=unit, effective_on__lte=map_day
    ).exclude(doubt=Doubt.FAR)
    ended = parts.exclude(predecessor__tier=Tier.DISTRICT).values("predecessor")
    several = Succession.objects.filter(predecessor__in=ended).exclude(doubt=Doubt.FAR).values("predecessor")
    return several.annotate(parts=Count("pk")).filter(parts__gt=1).order_by().count()


def _shared(steps: list[Succession], inside: set[int], *, is_later: bool) -> list[Shared]:
    by_unit: dict[int, list[Succession]] = {}
    for step in steps:
        by_unit.setdefault(step.predecessor_id if is_later else step.successor_id, []).append(step)
    found = []
    for together in by_unit.values():
        parts = [step.successor if is_later else step.predecessor for step in together]
        is_whole = [step.is_main if is_later else step.is_origin for step in together]
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
