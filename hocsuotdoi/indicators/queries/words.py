"""Figures in words, for every surface: a value, and of how much it is known."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hocsuotdoi.core.templatetags.house import coverage as institutions_coverage
from hocsuotdoi.core.templatetags.house import number, percent
from hocsuotdoi.indicators.enums import AnswerValue, CohortKind, IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.suppression import counts_people, few_words, is_few


def value_words(value: IndicatorValue, indicator: Indicator) -> str:
    """«66,7%», «+4,2% a year», «3 of 8», «yes», «no figures yet», «does not apply here»."""
    if value.state == ValueState.NOT_APPLICABLE:
        return _("does not apply here")
    if value.state == ValueState.NOT_REPORTED:
        return _("no figures yet")
    if value.kept_back:
        return _("not told")
    if is_kept_back(value, indicator):
        return few_words()
    if is_number(indicator):
        return number(value.numerator)
    if indicator.kind == IndicatorKind.YES_NO:
        return str((AnswerValue.YES if value.numerator else AnswerValue.NO).label).capitalize()
    if indicator.kind == IndicatorKind.UNITS_OF_UNITS:
        return pgettext("so many of so many", "{part} of {whole}").format(
            part=number(value.numerator), whole=number(value.denominator)
        )
    if indicator.kind == IndicatorKind.GROWTH:
        sign = "+" if (value.percent or 0) > 0 else ""
        return _("{rate} a year").format(rate=sign + percent(value.percent))
    return percent(value.percent)


def is_kept_back(value: IndicatorValue, indicator: Indicator) -> bool:
    """Behind the figure, or behind what is missing to its whole, stand so few people that they could be found; or it
    could be computed from its neighbours."""
    if value.kept_back:
        return True
    if indicator.kind == IndicatorKind.SHARE_OF_POPULATION or indicator.measures == [StockCode.ACTIVE_USERS]:
        return is_few(value.numerator or 0)
    is_of_people = bool(indicator.sexes or indicator.age_bands) and counts_people(indicator.measures)
    if indicator.kind != IndicatorKind.COUNT or not is_of_people or value.numerator is None:
        return False
    rest = (value.denominator or 0) - value.numerator
    return is_few(value.numerator) or is_few(rest)


def is_number(indicator: Indicator) -> bool:
    """Whether its figure is a plain number, no share."""
    return indicator.kind in (IndicatorKind.COUNT, IndicatorKind.STOCK) and not indicator.over


def coverage_words(value: IndicatorValue, indicator: Indicator, cohort: Cohort) -> str:
    """Of how many expected there are figures; empty where nothing is expected."""
    if not value.expected or value.state == ValueState.NOT_APPLICABLE:
        return ""
    counts = {"reporting": number(value.reporting), "expected": number(value.expected)}
    if indicator.kind == IndicatorKind.SHARE_OF_POPULATION:
        return _("{reporting} of {expected} attendances are of people we can tell apart").format(**counts)
    if indicator.measures == [StockCode.ACTIVE_USERS]:
        return _("{reporting} of {expected} entries are of people we can tell apart").format(**counts)
    if cohort.kind == CohortKind.UNITS:
        return _("{reporting} of {expected} units have figures").format(**counts)
    if indicator.kind == IndicatorKind.GROWTH:
        return _("{reporting} of {expected} institutions have figures for both years").format(**counts)
    return institutions_coverage(value.reporting, value.expected)
