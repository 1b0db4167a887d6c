"""The targets that bind a unit in a year, with value, what should be reached by now, and state."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags import house
from hocsuotdoi.indicators.enums import CohortKind, ValueState
from hocsuotdoi.indicators.queries.suppression import few_words, is_few
from hocsuotdoi.indicators.queries.values import IndicatorValue, Pair, values_for
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.programme.enums import TargetState, TargetUnit
from hocsuotdoi.programme.models import Plan, Target
from hocsuotdoi.programme.queries.binding import BindingPlan, Bound, addenda_of, bound
from hocsuotdoi.programme.queries.plan_facts import MOST_NAMED, TargetFacts, can_speak_for, cohort_facts, target_facts
from hocsuotdoi.programme.queries.plan_finding import figure_text

ENOUGH_COVERAGE = Decimal(50)  # per cent of what is expected; below it no state is given
AT_RISK_SHARE = Decimal("0.9")  # of what should be reached by now


@dataclass(frozen=True)
class TargetReading:
    """A target that binds a unit, read for a year.

    `target` is the next one due (its year is the reading's year or the first later one). `trajectory` holds (year,
    figure) of every stated year; `expected_now` the figure that the trajectory asks for in the reading's year, None
    where the plan states nothing to go by. `above` are figures of plans further up for the same classes. `state`
    follows `rule_in_words`.
    """

    target: Target
    value: IndicatorValue
    expected_now: Decimal | None
    trajectory: list[tuple[int, Decimal]]
    state: TargetState
    rule_in_words: str
    plan: Plan
    is_inherited: bool
    is_partial: bool
    above: tuple[Target, ...] = ()
    asked: tuple[TargetFacts, ...] = ()

    @property
    def figure(self) -> str:
        return figure_text(target_facts(self.target))

    def in_year(self, year: int, value: IndicatorValue) -> "TargetReading":
        """What was asked, held against another year's value."""
        expected = expected_in(self.asked, year)
        state, rule = judge(_last(self.asked), expected, value, year)
        return replace(self, value=value, expected_now=expected, state=state, rule_in_words=rule)


@dataclass
class _Series:
    """The targets of one plan for one indicator and cohort."""

    binding: BindingPlan
    targets: list[Target]
    above: list[Target]

    @property
    def pair(self) -> tuple[str, str]:
        return self.targets[0].indicator_id, self.targets[0].cohort_id

    def territory(self, unit: AdminUnit) -> AdminUnit:
        """Whose figures are held against these targets: the part that the plan binds."""
        return self.binding.plan.unit if self.binding.is_partial else unit

    def due(self, year: int) -> Target:
        dated = sorted((t for t in self.targets if t.year is not None), key=lambda t: t.year or 0)
        return next((t for t in dated if (t.year or 0) >= year), (dated or self.targets)[-1])


ValuesOf = Callable[[AdminUnit, int, list[Pair], dt.date], dict[Pair, IndicatorValue]]
"""Territory, year, pairs and day to their values."""


def unit_targets(
    unit: AdminUnit, year: int, as_of: dt.date | None = None, values_of: ValuesOf = values_for
) -> list[TargetReading]:
    """Every target that binds `unit` in `year`, as known on `as_of` (None: today), by indicator.

    A figure of the nearest plan takes the place of those above for the same indicator and classes, which are listed in
    `above`; a figure for classes that the nearest plan does not speak of comes from the plan above. A plan that binds
    only the part of `unit` that lay in a unit of old is read with the value of that part (`value.unit`). The number of
    queries does not depend on the number of targets. `values_of`: where the values are known otherwise than from the
    book of the whole unit, as in a report.
    """
    as_of = as_of or timezone.localdate()
    day = min(dt.date(year, 12, 31), as_of)
    chosen = choose(series_of(bound(unit, day)), unit, day)
    chosen.sort(key=lambda s: (s.targets[0].indicator.ordinal, s.binding.nearness, s.targets[0].ordinal))
    territories: dict[AdminUnit, list[tuple[str, str]]] = {}
    for series in chosen:
        territories.setdefault(series.territory(unit), []).append(series.pair)
    values = {
        territory: values_of(territory, year, list(dict.fromkeys(pairs)), as_of)
        for territory, pairs in territories.items()
    }
    return [_reading(series, year, values[series.territory(unit)][series.pair]) for series in chosen]


def effective_targets(plans: Sequence[Plan], day: dt.date | None = None) -> dict[int, list[Target]]:
    """Targets of plans by plan id, with those that addenda changed put in their place and added ones appended, as on
    `day` (None: today)."""
    counted = Q(plan__in=plans) | Q(plan__in=addenda_of(plans, day or timezone.localdate()))
    rows = Target.objects.filter(counted).select_related("indicator", "cohort", "clause", "plan")
    found: dict[int, dict[tuple[str, str, int | None], Target]] = {plan.pk: {} for plan in plans}
    originals_first = sorted(rows, key=lambda t: (t.plan.amends_id is not None, str(t.plan.issued_on or ""), t.ordinal))
    for target in originals_first:
        of_plan = found[target.plan.amends_id or target.plan_id]
        of_plan[target.indicator_id, target.cohort_id, target.year] = target
    return {pk: list(of_plan.values()) for pk, of_plan in found.items()}


def targeted_pairs() -> list[tuple[str, str]]:
    """Every (indicator code, cohort code) that some plan sets a figure for. One query."""
    return list(Target.objects.issued().values_list("indicator_id", "cohort_id").distinct())


def series_of(what: Bound, targets: dict[int, list[Target]] | None = None) -> list[_Series]:
    """`targets`: those of the plans, where they are known already. What was taken over stands under its new cohort."""
    targets = effective_targets([each.plan for each in what.plans], what.day) if targets is None else targets
    grouped: dict[tuple[object, ...], _Series] = {}
    for binding in what.plans:
        for target in targets[binding.plan.pk]:
            if target.pk not in what.gone:
                key = binding.order, binding.plan.pk, target.indicator_id, target.cohort_id
                grouped.setdefault(key, _Series(binding, [], [])).targets.append(target)
    for taken in what.taken:
        target = taken.target
        key = taken.binding.order, taken.binding.plan.pk, target.indicator_id, target.cohort_id
        grouped.setdefault(key, _Series(taken.binding, [], [])).targets.append(target)
    return sorted(grouped.values(), key=lambda series: series.binding.order)


def choose(series: list[_Series], unit: AdminUnit, day: dt.date) -> list[_Series]:
    """The series that count on `day`, nearest first; one whose classes nearer plans speak of is listed above those.

    Of classes of a tier that has ended nobody is asked any more (`queries.rehoming` lists these).
    """
    day = day_on_map_of(unit, day)
    chosen: list[_Series] = []
    for one in series:
        named = cohort_facts(one.targets[0].cohort).living_facets(day)
        facets = {f for f in named if can_speak_for(f, unit.tier)}
        if not facets:
            continue
        # Of classes that a figure names together, one that the unit has no say in counts too: until a nearer plan
        # speaks of all of them, the joint figure stands. A collective word («libraries of all kinds») names none.
        asked = named if len(named) <= MOST_NAMED else facets
        covering = [
            near
            for near in chosen
            if near.pair[0] == one.pair[0]
            and not near.binding.is_partial
            and near.binding.plan != one.binding.plan
            and facets & cohort_facts(near.targets[0].cohort).facets
        ]
        covered = {f for near in covering for f in cohort_facts(near.targets[0].cohort).facets}
        if asked <= covered:
            for near in covering:
                near.above += one.targets
        else:
            chosen.append(one)
    return chosen


def _reading(series: _Series, year: int, value: IndicatorValue) -> TargetReading:
    facts = [target_facts(target) for target in series.targets]
    expected = expected_in(facts, year)
    state, rule = judge(_last(facts), expected, value, year)
    return TargetReading(
        target=series.due(year),
        value=value,
        expected_now=expected,
        trajectory=sorted((t.year, t.comparable) for t in facts if t.year is not None),
        state=state,
        rule_in_words=rule,
        plan=series.binding.plan,
        is_inherited=series.binding.is_inherited,
        is_partial=series.binding.is_partial,
        above=tuple(series.above),
        asked=tuple(facts),
    )


def _last(targets: Sequence[TargetFacts]) -> TargetFacts:
    return max((t for t in targets if t.year is not None), key=lambda t: t.year or 0, default=targets[0])


def expected_in(targets: Sequence[TargetFacts], year: int) -> Decimal | None:
    """What the trajectory of one indicator and cohort asks for in `year`; None where nothing is stated to go by.

    Between stated years on the straight line; before the first on the line from the baseline if the plan states one;
    after the last its figure. Growth a year is asked for as stated until the next stated year. A figure without a year
    is asked for always. Only figures measured as the last one make its way: a number and a share lie on no line.
    """
    last = _last(targets)
    targets = [t for t in targets if t.measured_as == last.measured_as]
    points = sorted((t.year, t.comparable) for t in targets if t.year is not None)
    undated = [t.comparable for t in targets if t.year is None]
    if not points:
        return undated[0] if undated else None
    if year >= points[-1][0]:
        return points[-1][1]
    following = next(point for point in points if point[0] >= year)
    if targets[0].unit == TargetUnit.PERCENT_PER_YEAR or following[0] == year:
        return following[1]
    before = [point for point in points if point[0] < year]
    if before:
        return _on_line(before[-1], following, year)
    baseline = next((t for t in targets if t.baseline_year is not None and t.baseline_value is not None), None)
    if baseline is None or baseline.baseline_year is None or baseline.baseline_value is None:
        return None
    if baseline.baseline_year >= year:
        return baseline.baseline_value
    return _on_line((baseline.baseline_year, baseline.baseline_value), following, year)


def judge(target: TargetFacts, expected: Decimal | None, value: IndicatorValue, year: int) -> tuple[TargetState, str]:
    """The state of a target and the rule that gave it, in words for people.

    `target` is the last that the plan states. Where nothing is asked for yet, only having reached that is told. A
    number is held against what the indicator counts; one that tells a share has nothing to hold against it.
    """
    is_count = target.unit == TargetUnit.COUNT
    actual = Decimal(value.numerator) if is_count and value.numerator is not None else value.percent
    if value.state == ValueState.NOT_APPLICABLE:
        return TargetState.NOT_APPLICABLE, value.note or _("There is nothing here that this target speaks of.")
    if is_count and not target.indicator.counts:
        return TargetState.NO_DATA, _("The target is a number, but the indicator tells a share, so no state is given.")
    if is_count and target.indicator.is_of_people and is_few(value.numerator or 0):
        return TargetState.NO_DATA, few_words()
    if not value.has_value or actual is None:
        return TargetState.NO_DATA, value.note or _("There is no figure yet.")
    if value.coverage is not None and value.coverage < ENOUGH_COVERAGE and target.cohort.kind == CohortKind.POPULATION:
        return TargetState.NO_DATA, _(
            "People can be told apart in less than half of what was attended, so no state is given."
        )
    if value.coverage is not None and value.coverage < ENOUGH_COVERAGE:
        return TargetState.NO_DATA, _(
            "Only %(reporting)s of %(expected)s have figures: less than half, so no state is given."
        ) % {"reporting": value.reporting, "expected": value.expected}
    if expected is None:
        return _before_anything_is_due(target, actual, year)
    words = {"value": _in_words(actual, target), "expected": _in_words(expected, target), "year": year}
    if not target.indicator.higher_is_better:
        return _judge_less(actual, expected, words)
    if actual >= expected:
        return TargetState.ON_TRACK, _("%(value)s is at least the %(expected)s due in %(year)s.") % words
    if _nearly(actual, expected):
        return TargetState.AT_RISK, _(
            "%(value)s is below the %(expected)s due in %(year)s, but within a tenth of it."
        ) % words
    return TargetState.OFF_TRACK, _("%(value)s is more than a tenth below the %(expected)s due in %(year)s.") % words


def _judge_less(actual: Decimal, expected: Decimal, words: Mapping[str, object]) -> tuple[TargetState, str]:
    """The same where less is better."""
    if actual <= expected:
        return TargetState.ON_TRACK, _("%(value)s is at most the %(expected)s due in %(year)s.") % words
    if _nearly(-actual, -expected):
        return TargetState.AT_RISK, _(
            "%(value)s is above the %(expected)s due in %(year)s, but within a tenth of it."
        ) % words
    return TargetState.OFF_TRACK, _("%(value)s is more than a tenth above the %(expected)s due in %(year)s.") % words


def _before_anything_is_due(target: TargetFacts, actual: Decimal, year: int) -> tuple[TargetState, str]:
    goal = target.comparable
    if target.year is not None and (actual >= goal if target.indicator.higher_is_better else actual <= goal):
        return TargetState.ON_TRACK, _(
            "%(value)s already reaches the %(goal)s due in %(due)s; the plan asks for nothing in %(year)s."
        ) % {"value": _in_words(actual, target), "goal": _in_words(goal, target), "due": target.year, "year": year}
    return TargetState.NO_DATA, _("The plan states no figure for %(year)s or before, and no baseline.") % {"year": year}


def _nearly(actual: Decimal, expected: Decimal) -> bool:
    """Within a tenth of what is due; for figures where less is better both come negated."""
    if expected >= 0:
        return actual >= expected * AT_RISK_SHARE
    return actual >= expected / AT_RISK_SHARE


def _on_line(start: tuple[int, Decimal], end: tuple[int, Decimal], year: int) -> Decimal:
    share = Decimal(year - start[0]) / Decimal(end[0] - start[0])
    return (start[1] + (end[1] - start[1]) * share).quantize(Decimal("0.01"))


def _in_words(figure: Decimal, target: TargetFacts) -> str:
    return house.number(figure) if target.unit == TargetUnit.COUNT else house.percent(figure)
