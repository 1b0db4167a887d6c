"""Rules of the plan check that hold a plan against the nearest plan above it with figures for the same indicator."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.programme.enums import CheckRule, TargetUnit
from hocsuotdoi.programme.queries.plan_facts import (
    OF_TIER,
    TIER_ENDED,
    DocumentFacts,
    IndicatorFacts,
    PlanFacts,
    TargetFacts,
    can_speak_for,
)
from hocsuotdoi.programme.queries.plan_finding import (
    HEAD,
    Finding,
    facet_name,
    figure_text,
    finding_of,
    least_text,
    names_of,
    worse,
    year_text,
)


@dataclass(frozen=True)
class Comparison:
    """A plan, and the plans above it, the nearest first."""

    plan: PlanFacts
    above: Sequence[PlanFacts]

    def nearest(self, indicator: str) -> PlanFacts | None:
        """The nearest plan above with a figure for the indicator."""
        return next((p for p in self.above if any(t.indicator.code == indicator for t in p.targets)), None)

    def figures_above(self, indicator: str) -> list[TargetFacts]:
        nearest = self.nearest(indicator)
        return [t for t in nearest.targets if t.indicator.code == indicator] if nearest else []


def below_parent(comparison: Comparison) -> Iterator[Finding]:
    for target in comparison.plan.targets:
        nearest = comparison.nearest(target.indicator.code)
        figures = comparison.figures_above(target.indicator.code)
        required = {facet: required_figure(figures, facet, target) for facet in sorted(target.cohort.facets)}
        below = {facet: above for facet, above in required.items() if above is not None and worse(target, above)}
        if not below or nearest is None:
            continue
        highest = max(below.values(), key=lambda t: t.comparable if t.indicator.higher_is_better else -t.comparable)
        stated_in = _stated_in(nearest, highest)
        above_text = _apart(below)
        yield finding_of(
            CheckRule.BELOW_PARENT,
            comparison.plan,
            target,
            message=_(
                "Clause %(clause)s sets %(figure)s for %(cohort)s in %(year)s; clause %(above_clause)s of "
                "%(above_plan)s asks for %(above)s."
            )
            % {
                **names_of(target),
                "above_clause": highest.clause,
                "above_plan": stated_in.name,
                "above": above_text,
            },
            suggestion=_("Raise the figure to at least %(above)s, or answer with the reason why it is lower here.")
            % {"above": least_text(highest)},
            parent_plan=stated_in.code,
            parent_clause=highest.clause,
            parent_figure=above_text,
        )


def missing_class(comparison: Comparison) -> Iterator[Finding]:
    """A class left out altogether is told once; one that lacks only a later figure, for that year."""
    for code in sorted({t.indicator.code for t in comparison.plan.targets}):
        own = [t for t in comparison.plan.targets if t.indicator.code == code]
        spoken_of = {facet for t in own for facet in t.cohort.facets}
        series: dict[str, list[TargetFacts]] = {}
        for above in comparison.figures_above(code):
            series.setdefault(above.cohort.code, []).append(above)
        for figures in series.values():
            facets = [f for f in sorted(figures[0].cohort.facets) if _may_be_asked(f, comparison.plan)]
            if absent := [f for f in facets if f not in spoken_of]:
                yield _left_out(comparison, own[0], figures, absent, year=None)
            for above in figures:
                if short := [f for f in facets if f in spoken_of and _ends_before(f, above, own)]:
                    yield _left_out(comparison, own[0], [above], short, year=above.year)


def _ends_before(facet: str, above: TargetFacts, own: Sequence[TargetFacts]) -> bool:
    """Whether this plan's figures for the facet stop before the year of the figure above."""
    years = [t.year for t in own if facet in t.cohort.facets]
    return above.year is not None and all(year is not None and year < above.year for year in years)


def _left_out(
    comparison: Comparison, own: TargetFacts, above: Sequence[TargetFacts], facets: list[str], *, year: int | None
) -> Finding:
    nearest = comparison.nearest(own.indicator.code)
    stated_in = _stated_in(nearest, above[0]) if nearest else None
    figures = "; ".join(f"{year_text(t)}: {figure_text(t)}" for t in above)
    cohort = facets[0] if len(facets) == 1 and facets[0] in InstitutionClass.values else above[0].cohort.code
    return Finding(
        plan=comparison.plan.code,
        rule=CheckRule.MISSING_CLASS,
        clause=own.clause,
        indicator=own.indicator.code,
        cohort=cohort,
        year=year,
        parent_plan=stated_in.code if stated_in else "",
        parent_clause=above[0].clause,
        parent_figure=figures,
        message=_(
            "Clause %(clause)s has no figure of «%(indicator)s» for %(classes)s; clause %(above_clause)s of "
            "%(above_plan)s asks for %(figures)s."
        )
        % {
            "clause": own.clause,
            "indicator": own.indicator.name,
            "classes": ", ".join(facet_name(f) for f in facets),
            "above_clause": above[0].clause,
            "above_plan": stated_in.name if stated_in else "",
            "figures": figures,
        },
        suggestion=_("Add a figure for this class in an addendum, or answer that there is none of it here."),
    )


def merged_classes(comparison: Comparison) -> Iterator[Finding]:
    for target in comparison.plan.targets:
        figures = [t for t in comparison.figures_above(target.indicator.code) if t.measured_as == target.measured_as]
        nearest = comparison.nearest(target.indicator.code)
        if nearest is None or len(target.cohort.facets) < 2 or not figures:
            continue
        if any(target.cohort.facets <= t.cohort.facets for t in figures):
            continue  # the plan above merges them too
        above = {facet: required_figure(figures, facet, target) for facet in sorted(target.cohort.facets)}
        stated = {facet: t for facet, t in above.items() if t is not None}
        if not stated or (len({t.cohort.code for t in stated.values()}) < 2 and len(stated) == len(above)):
            continue
        apart = _apart(above)
        first = next(iter(stated.values()))
        yield finding_of(
            CheckRule.MERGED_CLASSES,
            comparison.plan,
            target,
            message=_(
                "Clause %(clause)s gives one figure, %(figure)s, for %(cohort)s in %(year)s; %(above_plan)s keeps "
                "these classes apart (%(apart)s), so nobody can tell which of them reaches it."
            )
            % {**names_of(target), "above_plan": nearest.name, "apart": apart},
            suggestion=_("Give each class a figure of its own in an addendum."),
            parent_plan=_stated_in(nearest, first).code,
            parent_clause=first.clause,
            parent_figure=apart,
        )


def dropped_indicator(comparison: Comparison) -> Iterator[Finding]:
    plan = comparison.plan
    if not plan.targets:
        return
    own = {t.indicator.code for t in plan.targets}
    dropped: dict[str, IndicatorFacts] = {
        t.indicator.code: t.indicator for p in comparison.above for t in p.targets if t.indicator.code not in own
    }
    for code, indicator in sorted(dropped.items()):
        nearest = comparison.nearest(code)
        figures = [
            t for t in comparison.figures_above(code) if any(_may_be_asked(facet, plan) for facet in t.cohort.facets)
        ]
        if nearest is None or not figures:
            continue
        stated_in = _stated_in(nearest, figures[0])
        text = "; ".join(f"{t.cohort.name}, {year_text(t)}: {figure_text(t)}" for t in figures)
        yield Finding(
            plan=plan.code,
            rule=CheckRule.DROPPED_INDICATOR,
            clause=HEAD,
            indicator=code,
            parent_plan=stated_in.code,
            parent_clause=figures[0].clause,
            parent_figure=text,
            message=_(
                "Clause %(above_clause)s of %(above_plan)s sets figures for «%(indicator)s» (%(figures)s); this plan "
                "sets none."
            )
            % {
                "above_clause": figures[0].clause,
                "above_plan": stated_in.name,
                "indicator": indicator.name,
                "figures": text,
            },
            suggestion=_("Add the indicator in an addendum, or answer why it does not concern this territory."),
        )


def extra_indicator(comparison: Comparison) -> Iterator[Finding]:
    if not any(p.targets for p in comparison.above):
        return
    told: set[str] = set()
    for target in comparison.plan.targets:
        if target.indicator.code in told or comparison.nearest(target.indicator.code) is not None:
            continue
        told.add(target.indicator.code)
        yield finding_of(
            CheckRule.EXTRA_INDICATOR,
            comparison.plan,
            target,
            message=_(
                "Clause %(clause)s sets %(figure)s for «%(indicator)s», which no plan above has: it cannot be added "
                "up with other territories."
            )
            % names_of(target),
            suggestion=_("Keep it as a figure of this territory alone, and say how it is counted."),
            whole_indicator=True,
        )


def required_figure(figures: Sequence[TargetFacts], facet: str, target: TargetFacts) -> TargetFacts | None:
    """The figure above that counts for this facet in the target's year: that of the same classes if there is one, else
    of several the one that speaks of the fewest classes besides."""
    if target.measured_as == TargetUnit.COUNT:
        return None  # a number of things is naturally smaller in a smaller territory
    comparable = [t for t in figures if t.measured_as == target.measured_as]
    same = [t for t in comparable if t.cohort.facets == target.cohort.facets]
    speaking = same or [t for t in comparable if facet in t.cohort.facets]
    stated = [t for t in speaking if t.year == target.year]
    if not stated:
        years = [t.year for t in speaking if t.year is not None and (target.year is None or t.year <= target.year)]
        wanted = max(years, default=None)
        stated = [t for t in speaking if t.year == wanted]
    return min(stated, key=lambda t: (len(t.cohort.facets), t.cohort.code), default=None)


def _stated_in(plan: PlanFacts, figure: TargetFacts) -> DocumentFacts:
    """The document to cite for a figure above: the plan, or the addendum that put it in its place."""
    return figure.addendum or plan


def _may_be_asked(facet: str, plan: PlanFacts) -> bool:
    """Whether the plan can be missing a figure for this facet: its tier has a say, and the facet still existed."""
    if not can_speak_for(facet, plan.tier):
        return False
    tier = next((t for t in TIER_ENDED if facet == f"tier:{t}" or facet in OF_TIER[t]), None)
    return tier is None or plan.issued_on is None or plan.issued_on < TIER_ENDED[tier]


def _apart(figures: Mapping[str, TargetFacts | None]) -> str:
    """Figures class by class; one figure alone when it is the same sentence for all."""
    if len({id(t) for t in figures.values()}) == 1 and (same := next(iter(figures.values()))) is not None:
        return figure_text(same)
    none = _("no figure")
    return "; ".join(f"{facet_name(f)}: {figure_text(t) if t is not None else none}" for f, t in figures.items())


ABOVE = (below_parent, missing_class, merged_classes, dropped_indicator, extra_indicator)
