"""Which plans bind a unit on a day: its own, those of the units it lies in, and those it inherited.

A plan of a unit that has ended goes on binding the land that lay in it, until the successor issues a plan of its own:
for a commune whose whole land came from there it is simply the nearest plan; a province made of several is bound by
each of their plans for that part only, and such a part never takes the place of a figure for the whole.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Succession, UnitAncestry
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.programme.enums import BINDING, PlanKind
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.queries.plan_facts import TIER_DEPTH


@dataclass(frozen=True)
class BindingPlan:
    """`is_inherited`: its unit has ended. `is_partial`: it binds only the part of the unit that came from there."""

    plan: Plan
    is_inherited: bool
    is_partial: bool

    @property
    def nearness(self) -> tuple[int, int]:
        """Smaller is nearer: plans of today's units, then inherited ones, the country's last; lower tiers first."""
        group = 2 if self.plan.unit.tier == Tier.COUNTRY else int(self.is_inherited)
        return group, -TIER_DEPTH[self.plan.unit.tier]


def binding_plans(unit: AdminUnit, day: dt.date) -> list[BindingPlan]:
    """The plans with a known text that bind `unit` on `day`, the nearest first. A fixed number of queries."""
    return binding_plans_of([unit], day)[unit.pk]


def binding_plans_of(units: Sequence[AdminUnit], day: dt.date) -> dict[int, list[BindingPlan]]:
    """The same for many units, by unit id, in as many queries as for one."""
    days = {unit.pk: day_on_map_of(unit, day) for unit in units}
    became = _became_from(days)
    origins = {unit.pk: _origins(unit.pk, days[unit.pk], became) for unit in units}
    places = {place for unit in units for place in (unit.pk, *origins[unit.pk])}
    lay_in: dict[int, set[int]] = {}
    standing: dict[int, set[int]] = {unit.pk: set() for unit in units}
    for each in UnitAncestry.objects.filter(unit__in=places):
        lay_in.setdefault(each.unit_id, set()).add(each.ancestor_id)
        if each.unit_id in standing and each.holds_on(days[each.unit_id]):
            standing[each.unit_id].add(each.ancestor_id)
    everywhere = {
        unit.pk: standing[unit.pk].union(*(lay_in.get(place, ()) for place in (unit.pk, *origins[unit.pk])))
        for unit in units
    }
    plans = _in_force(Plan.objects.filter(unit__in=set().union(*everywhere.values())))
    return {
        unit.pk: _bindings(
            [each for each in plans if each.unit_id in everywhere[unit.pk] and _is_issued(each, days[unit.pk])],
            standing[unit.pk],
            [lay_in.get(pk, set()) for pk, tier in origins[unit.pk].items() if tier == unit.tier]
            or [lay_in.get(unit.pk, set())],
        )
        for unit in units
    }


def _bindings(plans: Sequence[Plan], standing: set[int], same_tier: Sequence[set[int]]) -> list[BindingPlan]:
    """`same_tier`: in what each of the units of its tier that became the unit lay, at any time."""
    found = [
        BindingPlan(
            plan=plan,
            is_inherited=plan.unit_id not in standing,
            is_partial=plan.unit_id not in standing and not all(plan.unit_id in lay_in for lay_in in same_tier),
        )
        for plan in plans
    ]
    return sorted(found, key=lambda b: (b.nearness, -_issued(b.plan).toordinal(), b.plan.code))


_Became = dict[int, list[tuple[int, str, dt.date]]]
"""Unit id to the units that became it, each with its tier and the day."""


def _became_from(units: Iterable[int]) -> _Became:
    found: _Became = {}
    look_at = set(units)
    while look_at:
        rows = Succession.objects.filter(successor__in=look_at).values_list(
            "successor", "predecessor", "predecessor__tier", "effective_on"
        )
        found |= {unit: [] for unit in look_at}
        for successor, predecessor, tier, day in rows:
            found[successor].append((predecessor, tier, day))
        look_at = {each for before in found.values() for each, _tier, _day in before} - found.keys()
    return found


def _origins(unit: int, day: dt.date, became: _Became) -> dict[int, str]:
    """Every unit that became `unit` by `day`, directly or through others, with its tier."""
    found: dict[int, str] = {}
    look_at = [unit]
    while look_at:
        before = [each for pk in look_at for each in became[pk] if each[2] <= day]
        new = {pk: tier for pk, tier, _day in before if pk not in found and pk != unit}
        found |= new
        look_at = list(new)
    return found


def _in_force(plans: QuerySet[Plan]) -> list[Plan]:
    return list(
        plans.filter(has_full_text=True, status__in=BINDING)
        .exclude(kind=PlanKind.ADDENDUM)
        .select_related("unit", "parent")
    )


def _is_issued(plan: Plan, day: dt.date) -> bool:
    """One printed without a date is taken to be issued already."""
    return plan.issued_on is None or plan.issued_on <= day


def _issued(plan: Plan) -> dt.date:
    return plan.issued_on or dt.date(1900, 1, 1)
