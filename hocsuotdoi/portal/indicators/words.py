"""Figures in words (`indicators.queries.words`), and the addresses that open them."""

import datetime as dt

from django.urls import reverse
from django.utils.http import urlencode

from hocsuotdoi.indicators.queries.words import coverage_words, is_kept_back, is_number, told_coverage, value_words
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import path_of

__all__ = [
    "coverage_words",
    "day_of",
    "is_kept_back",
    "is_number",
    "told_coverage",
    "unit_address",
    "unit_query",
    "units_above",
    "value_words",
]


def day_of(unit: AdminUnit) -> dict[str, str]:
    """What an address adds to the code of a unit that has ended: its last day, since its code may be anew."""
    return {} if unit.last_day is None else {"on": unit.last_day.isoformat()}


def unit_query(unit: AdminUnit) -> dict[str, str]:
    return {"unit": unit.code, **day_of(unit)}


def unit_address(name: str, unit: AdminUnit, *arguments: object, **query: object) -> str:
    """The address of a page about a unit."""
    query |= day_of(unit)
    address = reverse(name, args=[unit.code, *arguments])
    return f"{address}?{urlencode(query)}" if query else address


def units_above(
    unit: AdminUnit, map_day: dt.date, name: str, *arguments: object, **query: object
) -> list[tuple[str, str]]:
    """The way to a page about a unit: the same page of the units above it on that day's map."""
    return [(each.name, unit_address(name, each, *arguments, **query)) for each in path_of(unit, map_day)[:-1]]
