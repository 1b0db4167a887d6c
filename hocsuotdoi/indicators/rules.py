"""What makes a definition that can be computed, and says one thing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, StockCode
from hocsuotdoi.indicators.models import Cohort, Criterion, Definition, Measure
from hocsuotdoi.ledger.enums import MeasureCode

_ONLY_HAPPENINGS = {IndicatorKind.COUNT, IndicatorKind.GROWTH, IndicatorKind.SHARE_OF_POPULATION}
_OF_UNITS = {IndicatorKind.SHARE_OF_UNITS, IndicatorKind.UNITS_OF_UNITS}
_BY_PERSON = {IndicatorKind.COUNT}
"""As `queries.profiles.TOLD_BY_PERSON`; rules know no queries, and a test holds the two together."""
WITHOUT_PEOPLE = {MeasureCode.PROGRAMME_SESSION, MeasureCode.RECORDING_VIEW, MeasureCode.GATE_COUNT}
"""Measures of which nobody's age or sex is ever known: filtered by them they would always be zero."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a definition, at which field of the form."""

    field: str
    sentence: str


def problem_of(definition: Definition, cohort: Cohort | None = None) -> Problem | None:
    """The first thing that keeps a definition from being computed; None: nothing. At most two queries.

    `cohort` stands in for the definition's own while that is not stored.
    """
    cohort = cohort or definition.cohort
    if cohort is None:
        return Problem("classes", _("Say of whom the figure speaks."))
    return (
        _of_measures(definition)
        or _of_filters(definition)
        or _of_over(definition)
        or _of_cohort(definition, cohort)
        or _of_criterion(definition)
        or _of_base_year(definition)
    )


def never_added(measures: list[str]) -> Problem | None:
    """Two measures that answer different questions, and must not stand in one sum. One query."""
    known = Measure.objects.in_bulk(measures)
    for code in measures:
        for other in measures:
            if code in known and other in known[code].never_added_to:
                return Problem(
                    "measures",
                    _("“{one}” and “{other}” count different things and are never added together. Choose one.").format(
                        one=known[code].name, other=known[other].name
                    ),
                )
    return None


def _of_measures(definition: Definition) -> Problem | None:
    measures = definition.measures
    if unknown := set(measures) - {*MeasureCode.values, *StockCode.values}:
        return Problem("measures", _("There is no such measure: {code}.").format(code=", ".join(sorted(unknown))))
    stocks = [each for each in measures if each in StockCode.values]
    if definition.kind == IndicatorKind.STOCK and (len(stocks) != 1 or len(measures) != 1):
        return Problem("measures", _("Choose one thing that there is on a day."))
    if definition.kind in _ONLY_HAPPENINGS and (stocks or not measures):
        return Problem("measures", _("Choose what happened and is counted; what there is on a day does not add up."))
    if stocks and len(measures) > 1:
        return Problem("measures", _("What there is on a day stands alone: choose one measure."))
    if stocks == [StockCode.ACTIVE_USERS] and definition.kind != IndicatorKind.STOCK:
        return Problem("measures", _("Active users are people of a place, not something that an institution has."))
    return never_added(measures) if len(measures) > 1 else None


def _of_filters(definition: Definition) -> Problem | None:
    stock = definition.measures and definition.measures[0] in StockCode.values
    of_people = definition.age_bands or definition.sexes
    filtered = of_people or definition.purposes or definition.channels or definition.tags
    if filtered and stock and definition.measures != [StockCode.ACTIVE_USERS]:
        return Problem("measures", _("What there is on a day has no purpose, age or sex to choose from."))
    if filtered and not definition.measures:
        return Problem("measures", _("Choose a measure, or take the purpose, age, sex and channel away."))
    if of_people and definition.measures and definition.kind not in _BY_PERSON:
        return Problem(
            "measures",
            _(
                "By sex or age there are counts only: how they grow over some institutions, whether a single one "
                "reached a number, and how many different people there were, would give people away. Choose a count."
            ),
        )
    if of_people and (blind := next((each for each in definition.measures if each in WITHOUT_PEOPLE), None)):
        return Problem("measures", _("Nobody's age or sex is known of “{measure}”.").format(measure=_name(blind)))
    return None


def _of_over(definition: Definition) -> Problem | None:
    over = definition.over
    if not over:
        return None
    if definition.kind not in {IndicatorKind.COUNT, IndicatorKind.STOCK}:
        return Problem("over", _("Only a count or a stock can be set against another measure."))
    family = MeasureCode.values if definition.kind == IndicatorKind.COUNT else StockCode.values
    if not set(over) <= set(family) or StockCode.ACTIVE_USERS in [*over, *definition.measures]:
        return Problem("over", _("What happened is compared with what happened, what there is with what there is."))
    if len(over) > 1 and definition.kind == IndicatorKind.STOCK:
        return Problem("over", _("What there is on a day stands alone: choose one measure."))
    found = never_added(over) if len(over) > 1 else None
    return Problem("over", found.sentence) if found else None


def _of_cohort(definition: Definition, cohort: Cohort) -> Problem | None:
    if definition.kind in _OF_UNITS and cohort.kind != CohortKind.UNITS:
        return Problem("tier", _("Say which units are counted: communes or provinces."))
    if definition.kind == IndicatorKind.SHARE_OF_POPULATION and cohort.kind != CohortKind.POPULATION:
        return Problem("residents", _("Say of which residents: of towns, of the country, or all."))
    if definition.kind not in _OF_UNITS | {IndicatorKind.SHARE_OF_POPULATION} and not cohort.classes:
        return Problem("classes", _("Choose at least one kind of institution."))
    if cohort.kind == CohortKind.UNITS and not cohort.classes:
        return Problem("classes", _("Choose at least one kind of institution."))
    return None


def _of_criterion(definition: Definition) -> Problem | None:
    decided = {IndicatorKind.SHARE_OF_INSTITUTIONS, IndicatorKind.YES_NO}
    if not definition.criterion:
        if definition.kind in decided and not definition.measures:
            return Problem("criterion", _("Say when an institution counts: by a criterion, or by a measure."))
        return None
    if definition.kind not in decided | _OF_UNITS:
        return Problem("criterion", _("A criterion decides about institutions; this kind of figure does not ask it."))
    if definition.measures:
        return Problem("criterion", _("Choose either a criterion or a measure, not both."))
    indicator, _slash, code = definition.criterion.partition("/")
    if not Criterion.objects.filter(criteria_set__indicator=indicator, code=code).exists():
        return Problem("criterion", _("There is no such criterion."))
    return None


def _of_base_year(definition: Definition) -> Problem | None:
    if definition.kind != IndicatorKind.GROWTH or definition.base_year is not None:
        return None
    return Problem("base_year", _("Say from which year growth is measured."))


def _name(code: str) -> str:
    return str(MeasureCode(code).label)
