"""Which plans bind a unit on a day: its own, those of the units it lies in, and those it inherited.

A single target can be taken over, replaced or dropped for a unit by a recorded decision (`models.Rehoming`): for that
unit and for what lies in it, it leaves its plan's other targets then (decision 0111). Which plans bound on an earlier
day is read from their steps.

A plan of a unit that has ended goes on binding the land that lay in it, until the successor issues a plan of its own:
for a commune whose whole land came from there it is simply the nearest plan; a province made of several is bound by
each of their plans for that part only, and such a part never takes the place of a figure for the whole.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Succession, UnitAncestry
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.programme.enums import BINDING, PlanKind, PlanStatus, PlanStepKind, RehomingKind
from hocsuotdoi.programme.models import Plan, PlanStep, Rehoming, Target
from hocsuotdoi.programme.queries.plan_facts import TIER_DEPTH

_ENDS = (PlanStepKind.REPLACED, PlanStepKind.RETIRED)


@dataclass(frozen=True)
class BindingPlan:
    """`is_inherited`: its unit has ended. `is_partial`: it binds only the part of the unit that came from there.

    `taker`: the unit that has taken single targets of it over by a recorded decision, which alone bind through it.
    """

    plan: Plan
    is_inherited: bool
    is_partial: bool
    taker: AdminUnit | None = None

    @property
    def nearness(self) -> tuple[int, int]:
        """Smaller is nearer: plans of today's units, then inherited ones, the country's last; lower tiers first."""
        tier = (self.taker or self.plan.unit).tier
        group = 2 if tier == Tier.COUNTRY else int(self.is_inherited)
        return group, -TIER_DEPTH[tier]

    @property
    def order(self) -> tuple[tuple[int, int], int, str]:
        return self.nearness, -_issued(self.plan).toordinal(), self.plan.code


@dataclass(frozen=True)
class Taken:
    """A target that `binding.taker` has taken over, asked of the decision's cohort from then on. `stands`: what stands
    in its place that day, where an addendum has changed it since."""

    binding: BindingPlan
    rehoming: Rehoming
    stands: Target

    @property
    def target(self) -> Target:
        """As it is asked now; the row itself stays as issued."""
        target, cohort = copy(self.stands), self.rehoming.cohort
        assert cohort is not None  # the database says so of what is taken over
        target.cohort = cohort
        return target


@dataclass(frozen=True)
class Bound:
    """What binds a unit: plans, the nearest first, and single targets that were taken over. `gone`: targets that do not
    bind it through the plan in which they stand: they were taken over, replaced or dropped for the unit or for what it
    lies in or came from."""

    day: dt.date
    plans: list[BindingPlan]
    taken: list[Taken]
    gone: frozenset[int]

    def taken_by(self, unit: int) -> list[Target]:
        """What this unit itself has taken over, whose figures those are as if they stood in a plan of its own."""
        return [each.target for each in self.taken if each.binding.taker and each.binding.taker.pk == unit]


@dataclass(frozen=True)
class _Reach:
    """For units, each read on `days`: where they ever lay (`everywhere`), in what they lie then (`standing`)."""

    days: dict[int, dt.date]
    everywhere: dict[int, set[int]]
    standing: dict[int, set[int]]
    same_tier: dict[int, list[set[int]]]

    @property
    def places(self) -> set[int]:
        return set().union(*self.everywhere.values())


def binding_plans(unit: AdminUnit, day: dt.date) -> list[BindingPlan]:
    """The plans with a known text that bind `unit` on `day`, the nearest first. A fixed number of queries."""
    return binding_plans_of([unit], day)[unit.pk]


def binding_plans_of(units: Sequence[AdminUnit], day: dt.date) -> dict[int, list[BindingPlan]]:
    """The same for many units, by unit id, in as many queries as for one."""
    return _plans_of(units, _reach(units, day))


def bound(unit: AdminUnit, day: dt.date) -> Bound:
    return bound_of([unit], day)[unit.pk]


def bound_of(units: Sequence[AdminUnit], day: dt.date) -> dict[int, Bound]:
    """Plans and single targets that bind each unit, by unit id. One query more than for the plans alone, and another
    where anything was decided."""
    reach = _reach(units, day)
    plans = _plans_of(units, reach)
    decisions = list(
        Rehoming.objects.filter(unit__in=reach.places)
        .select_related("unit", "cohort", "target__plan")
        .order_by("effective_on", "at", "pk")
    )
    stated = _stated_where({place_of(each.target) for each in decisions})
    return {unit.pk: _bound(plans[unit.pk], decisions, stated, unit.pk, reach) for unit in units}


def _bound(
    plans: list[BindingPlan], decisions: Sequence[Rehoming], stated: Sequence[Target], unit: int, reach: _Reach
) -> Bound:
    day = reach.days[unit]
    here = [each for each in decisions if each.effective_on <= day and each.unit_id in reach.everywhere[unit]]
    standing = {place_of(each): each for each in stated if _counts(each, day)}  # the later of a place wins
    decided = holding(here, standing)
    taken = []
    for target, held in decided:
        ended = [each for each in held if each.kind != RehomingKind.TAKEN_OVER]
        for each in held:
            if each.kind == RehomingKind.TAKEN_OVER and not any(goes_before(other, each) for other in ended):
                is_inherited = each.unit_id not in reach.standing[unit]
                plan = target.plan.amends or target.plan
                taken.append(Taken(BindingPlan(plan, is_inherited, is_partial=False, taker=each.unit), each, target))
    return Bound(day, plans, taken, frozenset(target.pk for target, _held in decided))


Place = tuple[int, str, str, int | None]


def place_of(target: Target) -> Place:
    """Where it stands in its plan: an addendum's figure for the same stands in its place."""
    return target.plan.amends_id or target.plan_id, target.indicator_id, target.cohort_id, target.year


def holding(decisions: Iterable[Rehoming], standing: Mapping[Place, Target]) -> list[tuple[Target, list[Rehoming]]]:
    """What is decided about each target that stands (by its place): the newest for each unit, given the earlier first.

    Whoever took a target over answers for what an addendum puts in its place. What was dropped or replaced ends what
    it names, and nothing that was set anew since.
    """
    newest = {(place_of(each.target), each.unit_id): each for each in decisions}
    found: dict[int, tuple[Target, list[Rehoming]]] = {}
    for (place, _unit), each in newest.items():
        target = standing.get(place)
        if target is not None and (each.kind == RehomingKind.TAKEN_OVER or each.target_id == target.pk):
            found.setdefault(target.pk, (target, []))[1].append(each)
    return list(found.values())


def goes_before(ended: Rehoming, taken: Rehoming) -> bool:
    """Of one target: a unit that no longer pursues what was taken over for all around it: its own word is nearer."""
    return TIER_DEPTH[ended.unit.tier] > TIER_DEPTH[taken.unit.tier]


def _stated_where(places: Collection[Place]) -> list[Target]:
    """Every figure of these places with its plan, as `targets.effective_targets` orders them: addenda after the plan,
    the earlier first."""
    roots = {place[0] for place in places}
    rows = (
        Target.objects.filter(Q(plan__in=roots) | Q(plan__amends__in=roots))
        .filter(indicator__in={place[1] for place in places}, cohort__in={place[2] for place in places})
        .select_related("plan__unit", "plan__amends__unit", "clause", "indicator", "cohort")
        .annotate(plan_ended_on=end_of("plan"), amends_ended_on=end_of("plan__amends"))
    )
    return sorted(
        (each for each in rows if place_of(each) in places),
        key=lambda each: (each.plan.amends_id is not None, str(each.plan.issued_on or ""), each.ordinal),
    )


def _counts(target: Target, day: dt.date) -> bool:
    """Whether it stood in a plan that bound on `day`, as `addenda_of` says of addenda."""
    plan, ended_on = target.plan, getattr(target, "plan_ended_on", None)
    if plan.amends is None:
        return _binds(plan, ended_on, day)
    if not _binds(plan.amends, getattr(target, "amends_ended_on", None), day):
        return False
    issued = plan.status != PlanStatus.DRAFT and (plan.issued_on is None or plan.issued_on <= day)
    return _binds(plan, ended_on, day) or (issued and ended_on is None and plan.status == plan.amends.status)


def _reach(units: Sequence[AdminUnit], day: dt.date) -> _Reach:
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
    return _Reach(
        days=days,
        everywhere={
            unit.pk: standing[unit.pk].union(*(lay_in.get(place, ()) for place in (unit.pk, *origins[unit.pk])))
            for unit in units
        },
        standing=standing,
        same_tier={
            unit.pk: [lay_in.get(pk, set()) for pk, tier in origins[unit.pk].items() if tier == unit.tier]
            or [lay_in.get(unit.pk, set())]
            for unit in units
        },
    )


def _plans_of(units: Sequence[AdminUnit], reach: _Reach) -> dict[int, list[BindingPlan]]:
    plans = _issued_plans(Plan.objects.filter(unit__in=reach.places))
    return {
        unit.pk: _bindings(
            [
                each
                for each in plans
                if each.unit_id in reach.everywhere[unit.pk]
                and _binds(each, getattr(each, "ended_on", None), reach.days[unit.pk])
            ],
            reach.standing[unit.pk],
            reach.same_tier[unit.pk],
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
    return sorted(found, key=lambda binding: binding.order)


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


def plans_binding_on(day: dt.date, plans: QuerySet[Plan]) -> list[Plan]:
    """Those of `plans` with a known text that bind on that day, wherever. One query."""
    return [each for each in _issued_plans(plans) if _binds(each, getattr(each, "ended_on", None), day)]


def addenda_of(plans: Collection[Plan], day: dt.date) -> QuerySet[Plan]:
    """Their addenda that count on `day`, which bind as plans do. One that ended together with its plan has
    no end of its own: where the plan is read, for a day on which it bound, so is the addendum."""
    addenda = Plan.objects.issued().filter(Q(issued_on=None) | Q(issued_on__lte=day), amends__in=plans)
    binds = Q(status__in=BINDING) | Q(ended_on__gt=day) | Q(ended_on=None, status=F("amends__status"))
    return addenda.alias(ended_on=end_of("pk")).filter(binds)


def with_addenda(plans: Sequence[Plan], day: dt.date) -> list[Plan]:
    """The plans in their order, each followed by its addenda that count on `day`, the earlier first. One query."""
    found: dict[int, list[Plan]] = {}
    for each in addenda_of(plans, day).order_by(F("issued_on").asc(nulls_last=True), "pk"):
        found.setdefault(each.amends_id or 0, []).append(each)
    return [each for plan in plans for each in (plan, *found.get(plan.pk, []))]


def _issued_plans(plans: QuerySet[Plan]) -> list[Plan]:
    return list(
        plans.filter(has_full_text=True)
        .exclude(status=PlanStatus.DRAFT)
        .exclude(kind=PlanKind.ADDENDUM)
        .select_related("unit", "parent")
        .annotate(ended_on=end_of("pk"))
    )


def end_of(plan: str) -> Subquery:
    """The day from which the plan was replaced or retired, where that was recorded here."""
    steps = PlanStep.objects.filter(plan=OuterRef(plan), kind__in=_ENDS)
    return Subquery(steps.order_by("-at", "-pk").values("effective_on")[:1])


def _binds(plan: Plan, ended_on: dt.date | None, day: dt.date) -> bool:
    """One printed without a date is taken to be issued already. Of one that binds no more, without a day on which that
    began, nothing is known."""
    if (plan.issued_on is not None and plan.issued_on > day) or plan.status == PlanStatus.DRAFT:
        return False
    return plan.status in BINDING or (ended_on is not None and day < ended_on)


def _issued(plan: Plan) -> dt.date:
    return plan.issued_on or dt.date(1900, 1, 1)
