"""Figures in words: a value, its coverage, the addresses that open it."""

import datetime as dt

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hocsuotdoi.core.templatetags.house import coverage as institutions_coverage
from hocsuotdoi.core.templatetags.house import number, percent
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.suppression import few_words, is_few
from hocsuotdoi.places.models import AdminUnit


def value_words(value: IndicatorValue, indicator: Indicator) -> str:
    """«66,7%», «+4,2% a year», «3 of 8», «no figures yet», «does not apply here»."""
    if value.state == ValueState.NOT_APPLICABLE:
        return _("does not apply here")
    if value.state == ValueState.NOT_REPORTED:
        return _("no figures yet")
    if is_kept_back(value, indicator):
        return few_words()
    if indicator.kind == IndicatorKind.COUNT:
        return number(value.numerator)
    if indicator.kind == IndicatorKind.UNITS_OF_UNITS:
        return pgettext("so many of so many", "{part} of {whole}").format(
            part=number(value.numerator), whole=number(value.denominator)
        )
    if indicator.kind == IndicatorKind.GROWTH:
        sign = "+" if (value.percent or 0) > 0 else ""
        return _("{rate} a year").format(rate=sign + percent(value.percent))
    return percent(value.percent)


def is_kept_back(value: IndicatorValue, indicator: Indicator) -> bool:
    """Behind the figure stand so few different people that they could be found."""
    return indicator.kind == IndicatorKind.SHARE_OF_POPULATION and is_few(value.numerator or 0)


def coverage_words(value: IndicatorValue, indicator: Indicator, cohort: Cohort) -> str:
    """Of how many expected there are figures; empty where nothing is expected."""
    if not value.expected or value.state == ValueState.NOT_APPLICABLE:
        return ""
    counts = {"reporting": number(value.reporting), "expected": number(value.expected)}
    if indicator.kind == IndicatorKind.SHARE_OF_POPULATION:
        return _("{reporting} of {expected} attendances are of people we can tell apart").format(**counts)
    if cohort.kind == CohortKind.UNITS:
        return _("{reporting} of {expected} units have figures").format(**counts)
    if indicator.kind == IndicatorKind.GROWTH:
        return _("{reporting} of {expected} institutions have figures for both years").format(**counts)
    return institutions_coverage(value.reporting, value.expected)


def unit_address(name: str, unit: AdminUnit, *arguments: object, **query: object) -> str:
    """The address of a page about a unit. One that has ended is named by its last day, since its code may be anew."""
    if unit.ends_on is not None:
        query["on"] = (unit.ends_on - dt.timedelta(days=1)).isoformat()
    address = reverse(name, args=[unit.code, *arguments])
    return f"{address}?{urlencode(query)}" if query else address
