"""Targets of plans in force that bind nobody any more: their tier is abolished, or nobody on the land can be asked.

On any day a target of a plan that binds is in exactly one of three states (`TargetHome`): somebody who stands is bound
by it, a recorded decision has settled it, or nobody takes it. A plan of a unit that has ended goes on binding its land
(decision 0061), so its targets are only listed here where nobody on that land has a say in their classes.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import BINDING, PlanKind, RehomingKind, TargetHome
from hocsuotdoi.programme.models import Plan, Rehoming, Target, TaskRehoming
from hocsuotdoi.programme.queries.binding import goes_before, holding, place_of, plans_binding_on
from hocsuotdoi.programme.queries.land import heirs_of_all
from hocsuotdoi.programme.queries.plan_facts import (
    CohortFacts,
    can_speak_for,
    cohort_facts,
)
from hocsuotdoi.programme.queries.targets import effective_targets

MOST_PROPOSED = 12
_CAME_AFTER = {
    InstitutionClass.LIBRARY_DISTRICT: InstitutionClass.LIBRARY_COMMUNE,
    InstitutionClass.CULTURE_CENTRE_DISTRICT: InstitutionClass.CULTURE_CENTRE_COMMUNE,
}
"""Classes of the tier below one that has ended («thư viện cấp huyện» → «cấp xã»)."""


@dataclass
class Alike:
    """Targets of one plan for one cohort that nobody takes, to be decided about in one act; with proposals."""

    plan: Plan
    cohort: Cohort
    targets: list[Target]
    units: list[AdminUnit] = field(default_factory=list)
    cohorts: list[Cohort] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.plan.code}|{self.cohort.code}"


def homes(plans: Iterable[Plan], day: dt.date) -> dict[int, TargetHome]:
    """For every target of `plans` that counts on `day` (what an addendum took the place of does not), its state. A plan
    that does not bind on that day has none. A fixed number of queries."""
    keys = [plan.pk for plan in plans]
    bind = [
        plan
        for plan in plans_binding_on(day, Plan.objects.filter(pk__in=keys))
        if plan.unit.starts_on is None or plan.unit.starts_on <= day
    ]
    targets = effective_targets(bind, day)
    decisions = _decided(bind, [target for plan in bind for target in targets[plan.pk]], day)
    takers = [each.unit for of_target in decisions.values() for each in of_target]
    heirs = heirs_of_all({plan.unit for plan in bind} | set(takers), day)
    return {
        target.pk: _home(target, plan.unit, decisions.get(target.pk, []), heirs, day)
        for plan in bind
        for target in targets[plan.pk]
    }


def not_taken(plans: Iterable[Plan], day: dt.date) -> list[Alike]:
    """What nobody takes, by plan and cohort, with where it could go. A fixed number of queries."""
    by_key = {plan.pk: plan for plan in plans}
    nobody = [pk for pk, home in homes(by_key.values(), day).items() if home == TargetHome.NOBODY]
    rows = Target.objects.filter(pk__in=nobody).select_related("indicator", "cohort", "clause", "plan")
    found: dict[tuple[int, str], Alike] = {}
    for target in rows.order_by("plan__issued_on", "plan", "ordinal"):
        plan = by_key[target.plan.amends_id or target.plan_id]
        alike = found.setdefault((plan.pk, target.cohort_id), Alike(plan, target.cohort, []))
        alike.targets.append(target)
    propose(found.values(), day)
    return list(found.values())


def propose(groups: Iterable[Alike], day: dt.date) -> None:
    """Whom each could be given to: the unit itself, else what became of it, but for those for which all of it is
    decided; asked of classes that there still are."""
    groups = list(groups)
    decisions = _decided([each.plan for each in groups], [target for each in groups for target in each.targets], day)
    decided = {row.unit for rows in decisions.values() for row in rows}
    heirs = heirs_of_all({each.plan.unit for each in groups} | decided, day)
    cohorts = [each for each in Cohort.objects.order_by("name") if cohort_facts(each).living_facets(day)]
    for each in groups:
        unit = each.plan.unit
        able_units = [unit] if unit.holds_on(day) else heirs[unit.pk]
        settled = [_land_of(_standing(decisions.get(target.pk, []), day), heirs) for target in each.targets]
        without = set.intersection(*settled) if settled else set()
        each.units = [able for able in able_units if able.pk not in without][:MOST_PROPOSED]
        tiers = {able.tier for able in able_units}
        able = [c for c in cohorts if any(can_be_asked(cohort_facts(c), tier, day) for tier in tiers)]
        kin = _kin(cohort_facts(each.cohort))
        each.cohorts = sorted(able, key=lambda c: (not (kin and frozenset(c.classes) == kin), c.name))


def units_of(plan: Plan, day: dt.date) -> list[AdminUnit]:
    """For which units something can be decided about its targets: its own, and those that have its land."""
    return [plan.unit, *heirs_of_all([plan.unit], day)[plan.unit_id]]


def may_replace(plan: Plan, units: Iterable[AdminUnit]) -> QuerySet[Plan]:
    """Plans in force of these units whose targets can take the place of those of `plan`: the newest first."""
    later = Plan.objects.filter(status__in=BINDING, unit__in=list(units)).exclude(pk=plan.pk)
    return later.exclude(kind=PlanKind.ANNOUNCEMENT).order_by("-issued_on", "code")


def like_in(plan: Plan | None, targets: Iterable[Target]) -> dict[int, Target]:
    """For each target (by its key) its like in a later plan: of the same indicator, the same cohort and the nearest
    year first. One that has none is left out."""
    if plan is None:
        return {}
    of_plan = effective_targets([plan])[plan.pk]
    found = {}
    for target in targets:
        alike = [each for each in of_plan if each.indicator_id == target.indicator_id]
        alike.sort(key=lambda each: (each.cohort_id != target.cohort_id, abs((each.year or 0) - (target.year or 0))))
        if alike:
            found[target.pk] = alike[0]
    return found


def can_be_asked(cohort: CohortFacts, tier: str, day: dt.date) -> bool:
    """Whether a unit of `tier` can answer for it on `day`."""
    return any(can_speak_for(facet, tier) for facet in cohort.living_facets(day))


def decisions_on(targets: QuerySet) -> dict[int, list[Rehoming]]:
    """All decisions about these targets (a query for their keys), the newest first. One query."""
    found: dict[int, list[Rehoming]] = {}
    rows = Rehoming.objects.filter(target__in=targets).select_related(
        "unit", "cohort", "legal_act", "replacement__plan", "replacement__clause", "target__cohort"
    )
    for row in rows.order_by("-effective_on", "-at", "-pk"):
        found.setdefault(row.target_id, []).append(row)
    return found


def taken_away(plan: Plan, decided: Mapping[int, Sequence[Rehoming]], day: dt.date) -> set[int]:
    """Ids of the targets that ask nobody any more where they stand: decided for the whole of the plan's land, or taken
    over where nobody else could be asked. `decided`: what `decisions_on` found. No query where nothing was decided."""
    newest = {pk: list({row.unit_id: row for row in reversed(rows)}.values()) for pk, rows in decided.items()}
    if not newest:
        return set()
    heirs = heirs_of_all([plan.unit, *(row.unit for rows in newest.values() for row in rows)], day)
    return {
        pk
        for pk, rows in newest.items()
        if is_decided_for_all(plan.unit, rows, heirs)
        or (
            any(row.kind == RehomingKind.TAKEN_OVER for row in rows)
            and not _binds(rows[0].target.cohort, plan.unit, _land_of(rows, heirs), heirs, day)
        )
    }


def _decided(plans: Sequence[Plan], targets: Iterable[Target], day: dt.date) -> dict[int, list[Rehoming]]:
    """For each of `targets`, which stand that day, the decision that holds for each unit."""
    rows = Rehoming.objects.filter(
        Q(target__plan__in=plans) | Q(target__plan__amends__in=plans), effective_on__lte=day
    ).select_related("unit", "cohort", "target__plan")
    standing = {place_of(target): target for target in targets}
    return {target.pk: held for target, held in holding(rows.order_by("effective_on", "at", "pk"), standing)}


Heirs = Mapping[int, list[AdminUnit]]
"""Unit id to those that lie in it or have its land."""


def _home(target: Target, unit: AdminUnit, decisions: Sequence[Rehoming], heirs: Heirs, day: dt.date) -> TargetHome:
    """As `binding.bound` of whoever stands there: a decision for one place leaves the others as they were."""
    ended = [each for each in decisions if each.kind != RehomingKind.TAKEN_OVER]
    asked = [
        (each.cohort, each.unit, [other for other in ended if goes_before(other, each)])
        for each in decisions
        if each.kind == RehomingKind.TAKEN_OVER and each.cohort
    ]
    for cohort, where, without in [*asked, (target.cohort, unit, decisions)]:
        if _binds(cohort, where, _land_of(without, heirs), heirs, day):
            return TargetHome.BOUND
    return TargetHome.SETTLED if is_decided_for_all(unit, ended, heirs) else TargetHome.NOBODY


def is_decided_for_all(unit: AdminUnit, decisions: Sequence[Rehoming | TaskRehoming], heirs: Heirs) -> bool:
    """For the plan's own unit, or for each of those that have its land."""
    decided = _land_of(decisions, heirs)
    have_it = {heir.pk for heir in heirs[unit.pk]}
    return unit.pk in decided or (bool(have_it) and have_it <= decided)


def _standing(decisions: Iterable[Rehoming], day: dt.date) -> list[Rehoming]:
    """Without those by which a unit answers for a class that is no more since: it can decide again."""
    return [
        each for each in decisions if not each.cohort or can_be_asked(cohort_facts(each.cohort), each.unit.tier, day)
    ]


def _land_of(decisions: Iterable[Rehoming | TaskRehoming], heirs: Heirs) -> set[int]:
    """Ids of the units of these decisions and of all that lies there."""
    return {pk for each in decisions for pk in (each.unit_id, *(heir.pk for heir in heirs[each.unit_id]))}


def _binds(cohort: Cohort, unit: AdminUnit, without: set[int], heirs: Heirs, day: dt.date) -> bool:
    """Whether anybody who stands on `day` and lies in the unit, or has its land, can answer for it."""
    living = [*heirs[unit.pk], *([unit] if unit.holds_on(day) else [])]
    tiers = {each.tier for each in living if each.pk not in without}
    return any(can_be_asked(cohort_facts(cohort), tier, day) for tier in tiers)


def _kin(cohort: CohortFacts) -> frozenset[str]:
    """The classes that come nearest to those of a tier that has ended."""
    return frozenset(str(_CAME_AFTER.get(InstitutionClass(each), each)) for each in cohort.classes)
