"""What the plan check finds, and how figures, classes and years are put into words."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags import house
from hocsuotdoi.places.enums import InstitutionClass, Tier
from hocsuotdoi.programme.enums import CheckRule, Operator, TargetUnit
from hocsuotdoi.programme.queries.plan_facts import PlanFacts, TargetFacts

HEAD = "0"  # the clause that stands for a document's head: number, date, issuer


@dataclass(frozen=True)
class Finding:
    """What one rule found at one place. `message` names the clause and both figures, `suggestion` what could be done.

    `key` is the same for the same finding of the same plan, whenever it is computed.
    """

    plan: str
    rule: CheckRule
    clause: str
    message: str
    suggestion: str
    parent_plan: str = ""
    parent_clause: str = ""
    indicator: str = ""
    cohort: str = ""
    year: int | None = None
    figure: str = ""
    parent_figure: str = ""

    @property
    def key(self) -> str:
        return "|".join([self.rule, self.clause, self.indicator, self.cohort, str(self.year or "")])


def figure_text(target: TargetFacts) -> str:
    """The figure for people: «60%», «5 - 10% a year», «8/8»."""
    low, high = _plain(target.low), _plain(target.high)
    if target.unit == TargetUnit.OF and target.total is not None:
        return f"{low}/{_plain(target.total)}"
    text = f"{low} - {high}" if target.operator == Operator.RANGE else low
    if target.operator == Operator.AT_LEAST:
        text = f"≥ {text}"
    if target.unit == TargetUnit.PERCENT_PER_YEAR:
        return _("%(figure)s%% a year") % {"figure": text}
    return f"{text}%" if target.unit == TargetUnit.PERCENT else text


def least_text(target: TargetFacts) -> str:
    """What «at least» asks for: of a range its low end."""
    return figure_text(replace(target, operator=Operator.EQUAL, high=target.low))


def facet_name(facet: str) -> str:
    if facet in InstitutionClass.values:
        return str(InstitutionClass(facet).label)
    return {
        "residents:urban": _("residents of towns"),
        "residents:rural": _("residents of the country"),
        f"tier:{Tier.DISTRICT}": _("districts"),
        f"tier:{Tier.COMMUNE}": _("communes"),
        f"tier:{Tier.PROVINCE}": _("provinces"),
    }.get(facet, _("villages"))


def _plain(number: Decimal) -> str:
    return house.number(number, 2)


def day_text(day: dt.date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def year_text(target: TargetFacts) -> str:
    return str(target.year) if target.year is not None else _("no year")


def names_of(target: TargetFacts) -> dict[str, str]:
    return {
        "clause": target.clause,
        "figure": figure_text(target),
        "cohort": target.cohort.name,
        "indicator": target.indicator.name,
        "year": year_text(target),
    }


def finding_of(
    rule: CheckRule,
    plan: PlanFacts,
    target: TargetFacts,
    *,
    message: str,
    suggestion: str,
    parent_plan: str = "",
    parent_clause: str = "",
    parent_figure: str = "",
    whole_indicator: bool = False,
) -> Finding:
    return Finding(
        plan=plan.code,
        rule=rule,
        clause=target.clause,
        indicator=target.indicator.code,
        cohort="" if whole_indicator else target.cohort.code,
        year=None if whole_indicator else target.year,
        figure=figure_text(target),
        message=message,
        suggestion=suggestion,
        parent_plan=parent_plan,
        parent_clause=parent_clause,
        parent_figure=parent_figure,
    )


def worse(one: TargetFacts, other: TargetFacts) -> bool:
    if one.measured_as != other.measured_as:
        return False
    if one.indicator.higher_is_better:
        return one.comparable < other.comparable
    return one.comparable > other.comparable


def same_series(one: TargetFacts, other: TargetFacts) -> bool:
    return (one.indicator.code, one.cohort.code) == (other.indicator.code, other.cohort.code)
