"""The plan check: ten rules (`enums.CheckRule`), each a pure function of plain facts (`queries.plan_facts`).

A plan is compared with the nearest plan above it that has figures for the same indicator, and with itself. Common to
all rules:

- A merged figure («thư viện xã, phường và lực lượng vũ trang») is compared class by class.
- A range is compared by its low end; n of n as a share; shares only with shares, yearly growth only with yearly growth.
- The figure above that counts for a year is the one stated for that year, else the last one stated before it; a figure
  without a year counts for any year, and a figure of this plan without a year is held against the last one above.
- A class that this tier has no say in (a provincial library in a city's plan) is never missed.
- A plan that states no figure at all carries the figures above unchanged: nothing is missing from it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hocsuotdoi.programme.enums import PlanKind
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.queries.plan_facts import PlanFacts
from hocsuotdoi.programme.queries.plan_finding import Finding
from hocsuotdoi.programme.queries.plan_rules_above import ABOVE, Comparison, dropped_indicator, missing_class
from hocsuotdoi.programme.queries.plan_rules_alone import ALONE
from hocsuotdoi.programme.queries.plans_above import lineage_of


def find(plan: PlanFacts, above: Sequence[PlanFacts]) -> list[Finding]:
    """Every finding for `plan`, in the order of its clauses; `above` holds its ancestors, the nearest first."""
    if plan.is_retired or plan.is_replaced or plan.kind == PlanKind.ANNOUNCEMENT:
        return []
    plan = _in_order(plan)
    comparison = Comparison(plan, [_in_order(p) for p in above])
    # An addendum states only what it changes, so nothing is missing from it.
    skipped = {missing_class, dropped_indicator} if plan.kind == PlanKind.ADDENDUM else set()
    found = [finding for rule in ALONE for finding in rule(plan)]
    found += [finding for rule in ABOVE if rule not in skipped for finding in rule(comparison)]
    once = {finding.key: finding for finding in found}
    return sorted(once.values(), key=lambda f: (path_order(f.clause), f.indicator, f.cohort, f.year or 0, f.rule))


def check_plans(plans: Iterable[Plan]) -> dict[int, list[Finding]]:
    """Findings of each plan by its id, in a fixed number of queries however many plans."""
    return {pk: find(plan, above) for pk, (plan, above) in lineage_of(plans).facts().items()}


def check_plan(plan: Plan) -> list[Finding]:
    return check_plans([plan])[plan.pk]


def path_order(path: str) -> list[tuple[int, str]]:
    """A sort key for clauses: «I.2.a.10» after «I.2.a.9»."""
    return [(int(part), "") if part.isascii() and part.isdigit() else (0, part) for part in path.split(".")]


def _in_order(plan: PlanFacts) -> PlanFacts:
    """The same plan with its targets in one order, so that no rule depends on the order they were given in."""
    targets = sorted(
        plan.targets,
        key=lambda t: (path_order(t.clause), t.indicator.code, t.cohort.code, t.year or 9999, t.low, t.high),
    )
    return replace(plan, targets=tuple(targets))
