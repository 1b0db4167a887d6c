"""The plans above a plan: what it is held against. Only these are read, however many others there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from hocsuotdoi.programme.enums import BINDING, PlanStatus, PlanStepKind
from hocsuotdoi.programme.models import Plan, PlanStep, Target
from hocsuotdoi.programme.queries.plan_facts import DocumentFacts, PlanFacts, TargetFacts, plan_facts, target_facts
from hocsuotdoi.programme.queries.targets import effective_targets


class _Link(NamedTuple):
    """How a plan hangs together with others, by their ids."""

    parent: int | None
    amends: int | None
    status: str


@dataclass(frozen=True)
class Lineage:
    """Plans and those above them, with their units, by id. `above`: ids, the nearest first."""

    plans: Mapping[int, Plan]
    above: Mapping[int, list[int]]

    def facts(self) -> dict[int, tuple[PlanFacts, list[PlanFacts]]]:
        """Of each plan asked about as it was issued, and of those above it as their addenda have changed them."""
        found = plan_facts(self.plans.values())
        amended = effective_targets([self.plans[pk] for pk in {pk for above in self.above.values() for pk in above}])
        as_amended = {
            pk: replace(found[pk], targets=tuple(_with_its_addendum(target) for target in targets))
            for pk, targets in amended.items()
        }
        return {pk: (found[pk], [as_amended[each] for each in above]) for pk, above in self.above.items()}


def _with_its_addendum(target: Target) -> TargetFacts:
    facts, plan = target_facts(target), target.plan
    return replace(facts, addendum=DocumentFacts(plan.code, plan.number)) if plan.amends_id else facts


def lineage_of(plans: Iterable[Plan]) -> Lineage:
    """Three queries: two for how all plans hang together, one for the plans that are wanted."""
    keys = [plan.pk for plan in plans]
    rows = Plan.objects.values_list("pk", "parent", "amends", "status")
    links = {pk: _Link(parent, amends, status) for pk, parent, amends, status in rows}
    replaced = PlanStep.objects.filter(kind=PlanStepKind.REPLACED).order_by("at", "pk")
    later = dict(replaced.values_list("plan", "other"))
    above = {pk: _ancestors(pk, links, later) for pk in keys}
    wanted = {*keys, *(each for of_plan in above.values() for each in of_plan)}
    return Lineage(Plan.objects.select_related("unit").in_bulk(wanted), above)


def _ancestors(plan: int, links: Mapping[int, _Link], later: Mapping[int, int]) -> list[int]:
    """An addendum lies under the same plan as what it amends, also where it names no plan above of its own. What took
    the place of a plan above stands above now; one that binds no more otherwise is passed over."""
    parent, amends = links[plan].parent, links[plan].amends
    if parent is None and amends is not None:
        parent = links[amends].parent
    above: list[int] = []
    followed = {plan, amends}  # a plan can have been entered under the one whose place it took
    passed: set[int] = set()
    while parent is not None and parent not in passed:
        link, other = links[parent], later.get(parent)
        if link.status == PlanStatus.REPLACED and other is not None and other not in followed:
            followed.add(other)
            parent = other
            continue
        if link.status in BINDING:
            above.append(parent)
        passed.add(parent)
        parent = link.parent
    return above
