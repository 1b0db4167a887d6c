"""What happened at a unit in a year, day by day. Reversals are taken off where they belong."""

import datetime as dt

from django.db.models import Sum

from hocsuotdoi.indicators.queries.frame import Frame
from hocsuotdoi.indicators.queries.sums import entries_of_year
from hocsuotdoi.ledger.enums import MeasureCode


def counts_by_day(frame: Frame, measure: MeasureCode) -> dict[dt.date, int]:
    """Days on which something was left after reversals. One query."""
    rows = entries_of_year(frame).filter(measure=measure).values_list("occurred_on").annotate(Sum("quantity"))
    return {day: quantity for day, quantity in rows.order_by() if quantity}


def counted_at_all(frame: Frame, measure: MeasureCode) -> bool:
    """Whether something was ever posted in the year, also what was taken back. One query."""
    return entries_of_year(frame).filter(measure=measure).exists()
