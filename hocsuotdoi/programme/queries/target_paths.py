"""The way that the plans in force lay out for a figure at a unit: targets by year and what is due between them.

As `targets.unit_targets`, without the values: for pages that bring their own.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair
from hocsuotdoi.indicators.queries.words import is_number
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import TargetState, TargetUnit
from hocsuotdoi.programme.models import Plan, Target
from hocsuotdoi.programme.queries.binding import bound_of
from hocsuotdoi.programme.queries.plan_facts import TargetFacts, target_facts
from hocsuotdoi.programme.queries.targets import AT_RISK_SHARE, choose, effective_targets, expected_in, judge, series_of

_MEASURED = {IndicatorKind.GROWTH: TargetUnit.PERCENT_PER_YEAR}
"""Other shares are percentages."""


@dataclass(frozen=True)
class TargetPath:
    """Of one indicator and cohort, from one plan. `territory` is whose figures are held against it: the unit, or the
    part of it that the plan binds."""

    targets: tuple[Target, ...]
    facts: tuple[TargetFacts, ...]
    territory: AdminUnit
    plan: Plan
    is_partial: bool

    @property
    def pair(self) -> Pair:
        return self.targets[0].indicator_id, self.targets[0].cohort_id

    def expected(self, year: int) -> Decimal | None:
        return expected_in(self.facts, year)

    def near(self, year: int) -> tuple[Decimal, Decimal] | None:
        """Between these a figure is near what is due: within a tenth of it."""
        due = self.expected(year)
        if due is None:
            return None
        if self.facts[0].indicator.higher_is_better:
            return due * AT_RISK_SHARE, due
        return due, due / AT_RISK_SHARE

    def stated(self, year: int) -> TargetFacts | None:
        """The target set for that very year."""
        return next((each for each in self.facts if each.year == year), None)

    def beside(self, indicator: Indicator) -> "TargetPath | None":
        """Those of its figures that are measured as the indicator's values are, to stand beside them; None where none
        is: a number lies on no scale of shares."""
        unit = _MEASURED.get(IndicatorKind(indicator.kind), TargetUnit.PERCENT)
        if is_number(indicator):
            unit = TargetUnit.COUNT
        facts = tuple(each for each in self.facts if each.measured_as == unit)
        return replace(self, facts=facts) if facts else None

    @property
    def years(self) -> list[int]:
        return sorted({each.year for each in self.facts if each.year is not None})

    def next_due(self, year: int) -> TargetFacts | None:
        """The first target of that year or later; the last where all are past; one without a year if there is no
        other."""
        dated = sorted((each for each in self.facts if each.year is not None), key=lambda each: each.year or 0)
        if not dated:
            return self.facts[0]
        return next((each for each in dated if (each.year or 0) >= year), dated[-1])

    def judge(self, value: IndicatorValue, year: int) -> tuple[TargetState, str]:
        last = max(self.facts, key=lambda each: each.year or 0)
        return judge(last, self.expected(year), value, year)


def target_paths(unit: AdminUnit, day: dt.date) -> list[TargetPath]:
    """Every path that binds `unit` on `day`, by indicator. A fixed number of queries."""
    return target_paths_of([unit], day)[unit.pk]


def target_paths_of(units: Sequence[AdminUnit], day: dt.date) -> dict[int, list[TargetPath]]:
    """The same for many units, by unit id, in as many queries as for one."""
    what = bound_of(units, day)
    plans = {binding.plan.pk: binding.plan for each in what.values() for binding in each.plans}
    targets = effective_targets(list(plans.values()), day)
    found = {}
    for unit in units:
        chosen = choose(series_of(what[unit.pk], targets), unit, day)
        chosen.sort(key=lambda s: (s.targets[0].indicator.ordinal, s.binding.nearness, s.targets[0].ordinal))
        found[unit.pk] = [
            TargetPath(
                targets=tuple(series.targets),
                facts=tuple(target_facts(target) for target in series.targets),
                territory=series.territory(unit),
                plan=series.binding.plan,
                is_partial=series.binding.is_partial,
            )
            for series in chosen
        ]
    return found
