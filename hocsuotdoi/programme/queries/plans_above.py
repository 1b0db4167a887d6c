"""The plans above a plan: what it is held against. Only these are read, however many others there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.queries.plan_facts import PlanFacts, plan_facts

Links = Mapping[int, tuple[int | None, int | None]]
"""Plan id to the ids of the plan that it names as above it and of the one that it amends."""


@dataclass(frozen=True)
class Lineage:
    """Plans and those above them, with their units, by id. `above`: ids, the nearest first."""

    plans: Mapping[int, Plan]
    above: Mapping[int, list[int]]

    def facts(self) -> dict[int, tuple[PlanFacts, list[PlanFacts]]]:
        """Of each plan asked about and of those above it."""
        found = plan_facts(self.plans.values())
        return {pk: (found[pk], [found[each] for each in above]) for pk, above in self.above.items()}


def lineage_of(plans: Iterable[Plan]) -> Lineage:
    """Two queries: one for the links of all issued plans, one for the plans that are wanted."""
    keys = [plan.pk for plan in plans]
    counted = Plan.objects.issued() | Plan.objects.filter(pk__in=keys)
    links = {pk: (parent, amends) for pk, parent, amends in counted.values_list("pk", "parent", "amends")}
    above = {pk: _ancestors(pk, links) for pk in keys}
    wanted = {*keys, *(each for of_plan in above.values() for each in of_plan)}
    return Lineage(Plan.objects.select_related("unit").in_bulk(wanted), above)


def _ancestors(plan: int, links: Links) -> list[int]:
    """An addendum lies under the same plan as what it amends, also where it names no plan above of its own."""
    parent, amends = links[plan]
    if parent is None and amends is not None:
        parent, _none = links[amends]
    above: list[int] = []
    while parent is not None and parent not in above:
        above.append(parent)
        parent, _none = links[parent]
    return above
