"""Which plans bind a unit on a day: its own, those of the units it lies in, and those it inherited.

A plan of a unit that has ended goes on binding the land that lay in it, until the successor issues a plan of its own:
for a commune whose whole land came from there it is simply the nearest plan; a province made of several is bound by
each of their plans for that part only, and such a part never takes the place of a figure for the whole.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Succession, UnitAncestry
from hocsuotdoi.places.queries.units import day_on_map_of, path_of
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
    day = day_on_map_of(unit, day)
    standing = {above.pk for above in path_of(unit, day)}
    origins = _origins(unit, day)
    lay_in: dict[int, set[int]] = {}
    for origin, ancestor in UnitAncestry.objects.filter(unit__in=[unit.pk, *origins]).values_list("unit", "ancestor"):
        lay_in.setdefault(origin, set()).add(ancestor)
    same_tier = [pk for pk, tier in origins.items() if tier == unit.tier] or [unit.pk]
    everywhere = standing.union(*lay_in.values()) if lay_in else standing
    plans = _in_force(Plan.objects.filter(unit__in=everywhere), day)
    found = [
        BindingPlan(
            plan=plan,
            is_inherited=plan.unit_id not in standing,
            is_partial=plan.unit_id not in standing
            and not all(plan.unit_id in lay_in.get(origin, set()) for origin in same_tier),
        )
        for plan in plans
    ]
    return sorted(found, key=lambda b: (b.nearness, -_issued(b.plan).toordinal(), b.plan.code))


def _origins(unit: AdminUnit, day: dt.date) -> dict[int, str]:
    """Every unit that became `unit` by `day`, directly or through others, with its tier."""
    found: dict[int, str] = {}
    look_at: Sequence[int] = [unit.pk]
    while look_at:
        rows = Succession.objects.filter(successor__in=look_at, effective_on__lte=day).values_list(
            "predecessor", "predecessor__tier"
        )
        new = {pk: tier for pk, tier in rows if pk not in found and pk != unit.pk}
        found |= new
        look_at = list(new)
    return found


def _in_force(plans: QuerySet[Plan], day: dt.date) -> list[Plan]:
    """Plans issued by `day`; one printed without a date is taken to be issued already."""
    current = (
        plans.filter(has_full_text=True, status__in=BINDING)
        .exclude(kind=PlanKind.ADDENDUM)
        .select_related("unit", "parent")
    )
    return [plan for plan in current if plan.issued_on is None or plan.issued_on <= day]


def _issued(plan: Plan) -> dt.date:
    return plan.issued_on or dt.date(1900, 1, 1)
