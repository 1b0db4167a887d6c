"""Figures in words, for every surface: a value, and of how much it is known."""

from dataclasses import dataclass
from decimal import Decimal

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
    indicator = as_defined(value, indicator)
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


def as_defined(value: IndicatorValue, indicator: Indicator) -> Indicator:
    """The definition by which it was computed, which may be an earlier version than the one that is shown."""
    return value.defined[0] if value.defined else indicator


def is_kept_back(value: IndicatorValue, indicator: Indicator) -> bool:
    """Behind the figure, or behind what is missing to its whole, stand so few people that they could be found; or it
    could be computed from its neighbours."""
    indicator = as_defined(value, indicator)
    if value.kept_back:
        return True
    if is_of_known_people(indicator):
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
    indicator, cohort = value.defined or (indicator, cohort)
    if not value.expected or value.state == ValueState.NOT_APPLICABLE:
        return ""
    counts = {"reporting": number(value.reporting), "expected": number(value.expected)}
    if is_of_known_people(indicator):
        return _known_people_words(told_coverage(value, indicator), indicator)
    if cohort.kind == CohortKind.UNITS:
        return _("{reporting} of {expected} units have figures").format(**counts)
    if indicator.kind == IndicatorKind.GROWTH:
        return _("{reporting} of {expected} institutions have figures for both years").format(**counts)
    return institutions_coverage(value.reporting, value.expected)


@dataclass(frozen=True, slots=True)
class ToldCoverage:
    """Of a value, as far as it may be told. `percent` is exact, or what it is at least. None: not told."""

    reporting: int | None
    expected: int | None
    percent: Decimal | None
    is_at_least: bool = False


_MANY = 100
"""Attendances of which tenths are told; of fewer only whether half are of people who can be told apart."""


def is_of_known_people(indicator: Indicator) -> bool:
    """Whether it counts different people, so that its coverage is of attendances and not of institutions."""
    return indicator.kind == IndicatorKind.SHARE_OF_POPULATION or indicator.measures == [StockCode.ACTIVE_USERS]


def told_coverage(value: IndicatorValue, indicator: Indicator) -> ToldCoverage:
    """Of different people never the attendances that are known: one of them is one person, and those of a commune
    that is kept back are the province's less those of the others. It is told in steps, and not all of it (at most
    nine tenths); where the figure is kept back nothing is."""
    indicator = as_defined(value, indicator)
    if not is_of_known_people(indicator):
        return ToldCoverage(value.reporting, value.expected, value.coverage)
    if is_kept_back(value, indicator):
        return ToldCoverage(None, None, None, is_at_least=True)
    if value.coverage is None:
        return ToldCoverage(None, value.expected, None, is_at_least=True)
    step, most = (10, 90) if value.expected >= _MANY else (50, 50)
    return ToldCoverage(None, value.expected, Decimal(min(int(value.coverage) // step * step, most)), is_at_least=True)


def coverage_short(value: IndicatorValue, indicator: Indicator) -> str:
    """«90/100»; of different people «≥ 90%». Empty where nothing is expected, or told."""
    told = told_coverage(value, indicator)
    if not value.expected or told.percent is None:
        return ""
    if told.is_at_least:
        return f"≥ {percent(told.percent)}" if told.percent else f"< {percent(_lowest(told))}"
    return f"{number(told.reporting)}/{number(told.expected)}"


def _lowest(told: ToldCoverage) -> Decimal:
    return Decimal(10 if (told.expected or 0) >= _MANY else 50)


def _known_people_words(told: ToldCoverage, indicator: Indicator) -> str:
    if told.percent is None:
        return ""
    of_entries = indicator.measures == [StockCode.ACTIVE_USERS]
    if told.percent:
        words = (
            _("people can be told apart in at least {share} of the entries")
            if of_entries
            else _("people can be told apart in at least {share} of the attendances")
        )
        return words.format(share=percent(told.percent))
    words = (
        _("people can be told apart in less than {share} of the entries")
        if of_entries
        else _("people can be told apart in less than {share} of the attendances")
    )
    return words.format(share=percent(_lowest(told)))
