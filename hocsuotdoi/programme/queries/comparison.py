"""A plan side by side with the plan above it: class by class, year by year."""

from collections.abc import Iterable
from dataclasses import dataclass

from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.queries.plan_facts import (
    CohortFacts,
    IndicatorFacts,
    TargetFacts,
    can_speak_for,
)
from hocsuotdoi.programme.queries.plan_finding import facet_name, figure_text, worse
from hocsuotdoi.programme.queries.plan_rules_above import Comparison, required_figure
from hocsuotdoi.programme.queries.plans_above import lineage_of


@dataclass(frozen=True)
class ComparedFigure:
    """A figure of each side for one year; empty where a side has none. `above_plan`: the plan in which the one above
    stands, or its addendum. `is_below`: this plan asks for less."""

    year: int | None
    own: str
    own_clause: str
    above: str
    above_plan: str
    above_clause: str
    is_below: bool


@dataclass(frozen=True)
class ComparedRow:
    """Classes whose figures are the same on both sides, and their figures."""

    name: str
    figures: tuple[ComparedFigure, ...]


@dataclass(frozen=True)
class ComparedIndicator:
    indicator: IndicatorFacts
    above: Plan | None
    years: tuple[int | None, ...]
    rows: tuple[ComparedRow, ...]


def compare(plan: Plan) -> list[ComparedIndicator]:
    """Every indicator of the plan or of the plans above it that its tier has a say in. A fixed number of queries."""
    lineage = lineage_of([plan])
    comparison = Comparison(*lineage.facts()[plan.pk])
    by_code = {each.code: each for each in lineage.plans.values()}
    indicators = {t.indicator.code: t.indicator for p in [*comparison.above, comparison.plan] for t in p.targets}
    compared = (_compare(comparison, indicator, by_code) for indicator in indicators.values())
    return [each for each in compared if each.rows]


def _compare(comparison: Comparison, indicator: IndicatorFacts, plans: dict[str, Plan]) -> ComparedIndicator:
    own = [t for t in comparison.plan.targets if t.indicator.code == indicator.code]
    above = comparison.figures_above(indicator.code)
    nearest = comparison.nearest(indicator.code)
    years = tuple(sorted({t.year for t in [*own, *above]}, key=lambda year: (year is None, year or 0)))
    rows: dict[tuple[ComparedFigure, ...], list[str]] = {}
    for facet in _facets(own, above, comparison.plan.tier):
        figures = tuple(_figure(own, above, facet, year, nearest.code if nearest else "") for year in years)
        rows.setdefault(figures, []).append(facet)
    cohorts = {t.cohort for t in [*own, *above]}
    return ComparedIndicator(
        indicator=indicator,
        above=plans[nearest.code] if nearest else None,
        years=years,
        rows=tuple(ComparedRow(_name(facets, cohorts), figures) for figures, facets in rows.items()),
    )


def _figure(
    own: list[TargetFacts], above: list[TargetFacts], facet: str, year: int | None, plan: str
) -> ComparedFigure:
    mine = next((t for t in own if facet in t.cohort.facets and t.year == year), None)
    required = required_figure(above, facet, mine) if mine is not None else None
    theirs = next((t for t in above if facet in t.cohort.facets and t.year == year), None)
    return ComparedFigure(
        year=year,
        own=figure_text(mine) if mine is not None else "",
        own_clause=mine.clause if mine is not None else "",
        above=figure_text(theirs) if theirs is not None else "",
        above_plan=theirs.addendum.code if theirs is not None and theirs.addendum else plan,
        above_clause=theirs.clause if theirs is not None else "",
        is_below=mine is not None and required is not None and worse(mine, required),
    )


def _facets(own: Iterable[TargetFacts], above: Iterable[TargetFacts], tier: str) -> list[str]:
    """Facets in the order of the register's classes, without those above that this tier has no say in."""
    spoken_of = {facet for t in own for facet in t.cohort.facets}
    asked = {facet for t in above for facet in t.cohort.facets if can_speak_for(facet, tier)}
    order = {value: number for number, value in enumerate(InstitutionClass.values)}
    return sorted(spoken_of | asked, key=lambda facet: (order.get(facet, len(order)), facet))


def _name(facets: list[str], cohorts: set[CohortFacts]) -> str:
    """The documents' own word for these classes if they have one."""
    same = [cohort.name for cohort in cohorts if cohort.facets == frozenset(facets)]
    return min(same) if same else ", ".join(facet_name(facet) for facet in facets)
