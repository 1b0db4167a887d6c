"""Figures in words (`indicators.queries.words`), and the addresses that open them."""

import datetime as dt

from django.urls import reverse
from django.utils.http import urlencode

from hocsuotdoi.indicators.queries.words import coverage_words, is_kept_back, is_number, value_words
from hocsuotdoi.places.models import AdminUnit

__all__ = ["coverage_words", "is_kept_back", "is_number", "unit_address", "value_words"]


def unit_address(name: str, unit: AdminUnit, *arguments: object, **query: object) -> str:
    """The address of a page about a unit. One that has ended is named by its last day, since its code may be anew."""
    if unit.ends_on is not None:
        query["on"] = (unit.ends_on - dt.timedelta(days=1)).isoformat()
    address = reverse(name, args=[unit.code, *arguments])
    return f"{address}?{urlencode(query)}" if query else address
