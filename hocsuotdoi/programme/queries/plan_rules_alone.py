"""Rules of the plan check that look at one plan alone."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from hocsuotdoi.indicators.enums import CohortKind
from hocsuotdoi.programme.enums import CheckRule, TargetUnit
from hocsuotdoi.programme.queries.plan_facts import OF_TIER, TIER_ENDED, CohortFacts, PlanFacts, TargetFacts
from hocsuotdoi.programme.queries.plan_finding import (
    HEAD,
    Finding,
    day_text,
    figure_text,
    finding_of,
    least_text,
    names_of,
    same_series,
    worse,
    year_text,
)


def no_number_or_date(plan: PlanFacts) -> Iterator[Finding]:
    has_number = any(c.isdigit() for c in plan.number)
    if has_number and plan.issued_on:
        return
    if not plan.number:
        message = _("The document has no number and no day of issue yet.")
    elif not has_number and not plan.issued_on:
        message = _("The document has neither a number («%(number)s» is printed) nor a full date.")
    elif not has_number:
        message = _("The document has no number: «%(number)s» is printed.")
    else:
        message = _("The document %(number)s has no full date.")
    yield Finding(
        plan=plan.code,
        rule=CheckRule.NO_NUMBER_OR_DATE,
        clause=HEAD,
        figure=plan.number,
        message=message % {"number": plan.number},
        suggestion=_("Ask the issuer for the signed copy and enter its number and date in an addendum."),
    )


def falling_path(plan: PlanFacts) -> Iterator[Finding]:
    dated = [t for t in plan.targets if t.year is not None]
    for later in dated:
        earlier = [t for t in dated if same_series(t, later) and t.year < later.year and worse(later, t)]  # type: ignore[operator]
        if not earlier:
            continue
        before = max(earlier, key=lambda t: t.year or 0)
        yield finding_of(
            CheckRule.FALLING_PATH,
            plan,
            later,
            message=_(
                "Clause %(clause)s sets %(figure)s for %(cohort)s in %(year)s, less than the %(before)s that clause "
                "%(before_clause)s already sets for %(before_year)s."
            )
            % {
                **names_of(later),
                "before": figure_text(before),
                "before_clause": before.clause,
                "before_year": before.year,
            },
            suggestion=_("Correct the figure for %(year)s to at least %(before)s, or the one for %(before_year)s.")
            % {"year": later.year, "before": least_text(before), "before_year": before.year},
            parent_clause=before.clause,
            parent_figure=figure_text(before),
        )


def percentage_of_one(plan: PlanFacts) -> Iterator[Finding]:
    for target in plan.targets:
        if target.unit != TargetUnit.PERCENT or not _is_single(target.cohort, plan) or target.low in {0, 100}:
            continue
        yield finding_of(
            CheckRule.PERCENTAGE_OF_ONE,
            plan,
            target,
            message=_(
                "Clause %(clause)s sets %(figure)s for %(cohort)s, but %(unit)s has only one: it can reach only 0%% or "
                "100%%."
            )
            % {**names_of(target), "unit": plan.unit_name},
            suggestion=_("Say what the one institution will have done by %(year)s, or set a share of its work.")
            % {"year": year_text(target)},
        )


def growth_without_base(plan: PlanFacts) -> Iterator[Finding]:
    for target in plan.targets:
        if target.unit == TargetUnit.PERCENT_PER_YEAR and target.baseline_year is None:
            yield finding_of(
                CheckRule.GROWTH_WITHOUT_BASE,
                plan,
                target,
                message=_("Clause %(clause)s sets growth of %(figure)s without saying from which year.")
                % names_of(target),
                suggestion=_("State the base year and its figure in an addendum; growth is counted from there."),
            )


def abolished_tier(plan: PlanFacts) -> Iterator[Finding]:
    if plan.unit_ended_on is not None:
        yield Finding(
            plan=plan.code,
            rule=CheckRule.ABOLISHED_TIER,
            clause=HEAD,
            message=_("%(unit)s, whose plan this is, ended on %(day)s and became %(became)s.")
            % {"unit": plan.unit_name, "day": day_text(plan.unit_ended_on), "became": plan.unit_became or "?"},
            suggestion=_("Let the successor take the plan over by a recorded decision, or issue a plan of its own."),
        )
    for target in plan.targets:
        ended_on, what = _what_ended(target, plan)
        if ended_on is None or not _after(target, plan, ended_on):
            continue
        yield finding_of(
            CheckRule.ABOLISHED_TIER,
            plan,
            target,
            message=_("Clause %(clause)s sets %(figure)s for %(cohort)s in %(year)s, but %(what)s ended on %(day)s.")
            % {**names_of(target), "what": what, "day": day_text(ended_on)},
            suggestion=_rehome(target, plan),
        )


def _rehome(target: TargetFacts, plan: PlanFacts) -> str:
    if target.cohort.ended_tier or not plan.unit_became:
        return _("Re-home the figure by a recorded decision: to the province or to the communes.")
    return _("Re-home the figure by a recorded decision: to %(became)s, which %(unit)s became.") % {
        "became": plan.unit_became,
        "unit": plan.unit_name,
    }


def _what_ended(target: TargetFacts, plan: PlanFacts) -> tuple[dt.date | None, str]:
    tier = target.cohort.ended_tier
    if tier:
        return TIER_ENDED[tier], _("the district tier")
    own = OF_TIER.get(plan.tier, frozenset())
    if plan.unit_ended_on and target.cohort.classes and target.cohort.classes <= own:
        return plan.unit_ended_on, plan.unit_name
    return None, ""


def _after(target: TargetFacts, plan: PlanFacts, ended_on: dt.date) -> bool:
    """Whether the target falls due, at its year's end, or the plan itself was issued after the end."""
    if plan.issued_on is not None and plan.issued_on >= ended_on:
        return True
    return target.year is not None and dt.date(target.year, 12, 31) >= ended_on


def _is_single(cohort: CohortFacts, plan: PlanFacts) -> bool:
    if cohort.kind != CohortKind.INSTITUTIONS or len(cohort.classes) != 1:
        return False
    (institution_class,) = cohort.classes
    return institution_class in OF_TIER.get(plan.tier, frozenset()) and plan.known.get(institution_class, 1) <= 1


ALONE = (no_number_or_date, falling_path, percentage_of_one, growth_without_base, abolished_tier)
