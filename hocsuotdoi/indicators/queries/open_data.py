"""Figures as they leave the program: which units, in which words for programs, in which standard. All files and the API
ask here, and tell what may be told (`suppression`, `told`)."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.enums import IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.indicators.queries.pivot import Period
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.suppression import is_few
from hocsuotdoi.indicators.queries.words import as_defined, is_kept_back, is_number
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, UnitAncestry
from hocsuotdoi.places.queries.units import children_of, day_on_map_of

MOST_FIGURES = 20_000
"""Units times periods in one file."""


class TooMuch(Refused):
    """More than one file is made for."""


class Level(StrEnum):
    """Of which units under the one that is asked for."""

    SELF = "self"
    CHILDREN = "children"
    PROVINCES = "provinces"
    COMMUNES = "communes"


During = tuple[dt.date, dt.date]
"""The first and the last day."""


class State(StrEnum):
    """Zero is a value; a missing one is not zero."""

    VALUE = "value"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    KEPT_BACK = "kept_back"


def units_at(unit: AdminUnit, level: Level, day: dt.date, during: During | None = None) -> list[AdminUnit]:
    """In Vietnamese order, on the unit's own map; `during`: as reported, all that lay in it on one of these days. One
    query at most."""
    tier = {Level.PROVINCES: Tier.PROVINCE, Level.COMMUNES: Tier.COMMUNE}.get(level, unit.tier)
    if level == Level.SELF or (level != Level.CHILDREN and tier == unit.tier):
        return [unit]
    if during is not None:
        below = UnitAncestry.objects.during(during[0], during[1] + dt.timedelta(days=1)).filter(ancestor=unit)
        below = below.filter(distance=1) if level == Level.CHILDREN else below.filter(unit__tier=tier)
        return list(AdminUnit.objects.filter(pk__in=below.values("unit")).order_by("sort_key", "starts_on", "pk"))
    on = day_on_map_of(unit, day)
    if level == Level.CHILDREN:
        return list(children_of(unit, on).order_by("sort_key", "pk"))
    return list(AdminUnit.objects.under(unit, on).filter(tier=tier).order_by("sort_key", "pk"))


def unit_key(unit: AdminUnit) -> str:
    """The government's code; of a unit that has ended with its last day, since the code may be another's now."""
    return f"{unit.code}_{unit.last_day:%Y%m%d}" if unit.last_day else unit.code


def period_key(starts_on: dt.date, period: Period) -> str:
    """«2026», «2026-Q1», «2026-01», as SDMX writes them."""
    if period == Period.YEAR:
        return f"{starts_on.year}"
    if period == Period.QUARTER:
        return f"{starts_on.year}-Q{(starts_on.month + 2) // 3}"
    return f"{starts_on:%Y-%m}"


def period_ends(starts_on: dt.date, period: Period) -> dt.date:
    """The first day after it."""
    months = {Period.YEAR: 12, Period.QUARTER: 3, Period.MONTH: 1}[period]
    later = starts_on.month - 1 + months
    return dt.date(starts_on.year + later // 12, later % 12 + 1, 1)


# --- indicators ---


def why_only_years(indicator: Indicator) -> str:
    """In a sentence why a figure has no quarters and months; empty where it has."""
    if indicator.sexes or indicator.age_bands:
        return _("By sex or age there are whole years only: several short times would give people away.")
    if indicator.kind == IndicatorKind.GROWTH:
        return _("Growth is a rate from year to year: it has no quarters or months.")
    if indicator.kind == IndicatorKind.SHARE_OF_POPULATION or indicator.measures == [StockCode.ACTIVE_USERS]:
        return _("Different people are counted over a whole year: those of its months do not add up to them.")
    if indicator.measures and indicator.measures[0] in _OF_A_YEAR:
        return _("Hours are counted from the beginning of the year: take the difference of two days, not a month.")
    if indicator.kind not in (IndicatorKind.COUNT, IndicatorKind.STOCK):
        return _("Checklists and conditions are about a whole year: they have no quarters or months.")
    if indicator.tags:
        return _("What is marked with an observance or a programme is added up by years only.")
    return ""


_OF_A_YEAR = {StockCode.HOURS_OPEN_IN_YEAR, StockCode.HOURS_OUTSIDE_IN_YEAR}


def state_of(value: IndicatorValue, indicator: Indicator) -> State:
    if value.state == ValueState.VALUE and is_kept_back(value, indicator):
        return State.KEPT_BACK
    return State(value.state)


def number_of(value: IndicatorValue, indicator: Indicator) -> int | Decimal | None:
    """What the figure is as a number: a count, 1 or 0 for yes or no, else per cent. None where it is not told."""
    if state_of(value, indicator) != State.VALUE:
        return None
    is_whole = is_number(as_defined(value, indicator)) or indicator.kind == IndicatorKind.YES_NO
    return value.numerator if is_whole else value.percent


def parts_of(value: IndicatorValue, indicator: Indicator) -> tuple[int | None, int | None]:
    """Numerator and denominator as far as they may be told."""
    few = state_of(value, indicator) == State.KEPT_BACK or (
        indicator.kind == IndicatorKind.SHARE_OF_POPULATION and is_few(value.numerator or 0)
    )
    return (None, None) if few else (value.numerator, value.denominator)


def unit_measure(indicator: Indicator) -> str:
    if indicator.kind == IndicatorKind.YES_NO:
        return "YES_NO"
    if is_number(indicator):
        return "NUMBER"
    return "PERCENT_PER_YEAR" if indicator.kind == IndicatorKind.GROWTH else "PERCENT"


def note_of(value: IndicatorValue, indicator: Indicator) -> str:
    """What a reader must know beside it; of a small number nothing, where the words would tell it."""
    return "" if state_of(value, indicator) == State.KEPT_BACK and not value.kept_back else value.note


def first_day_of(day: dt.date, period: Period) -> dt.date:
    """Of the period that `day` lies in."""
    months = {Period.YEAR: 12, Period.QUARTER: 3, Period.MONTH: 1}[period]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def check_size(figures: int) -> None:
    """Refuses what is too much for one file."""
    if figures > MOST_FIGURES:
        raise TooMuch(
            _("That is more than fits into one file: ask for one province, longer periods, or fewer of them.")
        )


def periods_between(first: dt.date, last: dt.date, period: Period) -> int:
    months = {Period.YEAR: 12, Period.QUARTER: 3, Period.MONTH: 1}[period]
    return ((last.year - first.year) * 12 + last.month - first.month) // months + 1
