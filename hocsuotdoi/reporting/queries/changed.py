"""Which figures of approved reports are no longer what was approved."""

import datetime as dt

from hocsuotdoi.reporting.models import Content, Report


def addendum_content(report: Report, day: dt.date, reason: str) -> Content | None:
    """The content of an addendum with the figures that differ, each with both values; None where none does."""
    return None
