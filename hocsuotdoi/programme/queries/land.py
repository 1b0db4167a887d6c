"""Who has the land of units that have ended."""

import datetime as dt
from collections.abc import Iterable, Mapping

from hocsuotdoi.places.models import AdminUnit, Succession, UnitAncestry


def heirs_of(unit: AdminUnit, day: dt.date) -> list[AdminUnit]:
    """The units that stand on `day` and got land of `unit`, or of what ever lay in it; those that stand in it, where it
    stands itself. Higher tiers first."""
    return heirs_of_all([unit], day)[unit.pk]


def heirs_of_all(units: Iterable[AdminUnit], day: dt.date) -> Mapping[int, list[AdminUnit]]:
    """The same for many units, by unit id, in as many queries as for one (they follow the steps from map to map)."""
    keys = {unit.pk for unit in units}
    came_from: dict[int, set[int]] = {}
    for unit, ancestor in UnitAncestry.objects.filter(ancestor__in=keys).values_list("unit", "ancestor"):
        came_from.setdefault(unit, set()).add(ancestor)
    look_at = set(came_from)
    while look_at:
        rows = Succession.objects.filter(predecessor__in=look_at, effective_on__lte=day)
        new = set()
        for predecessor, successor in rows.values_list("predecessor", "successor"):
            known = came_from.setdefault(successor, set())
            if not came_from[predecessor] <= known:
                known |= came_from[predecessor]
                new.add(successor)
        look_at = new
    found: dict[int, list[AdminUnit]] = {key: [] for key in keys}
    for heir in AdminUnit.objects.on(day).filter(pk__in=came_from).order_by("sort_key"):
        for key in came_from[heir.pk] - {heir.pk}:
            found[key].append(heir)
    tiers = {tier: number for number, tier in enumerate(("country", "province", "district", "commune"))}
    return {key: sorted(heirs, key=lambda each: tiers[each.tier]) for key, heirs in found.items()}
