"""What happened at a unit in a year, day by day. Reversals are taken off where they belong."""

import datetime as dt

from django.db.models import Sum

from hocsuotdoi.indicators.queries.frame import Frame
from hocsuotdoi.indicators.queries.longer import longer
from hocsuotdoi.indicators.queries.sums import entries_of_year
from hocsuotdoi.indicators.queries.totals import Slice
from hocsuotdoi.ledger.enums import MeasureCode


def counts_by_day(frame: Frame, measure: MeasureCode) -> tuple[dict[dt.date, int], int]:
    """Days on which something was left after reversals; and how much is left out, since it was typed in for a month, a
    quarter or a year and is of no day. Two queries."""
    rows = entries_of_year(frame).filter(measure=measure).values_list("occurred_on").annotate(Sum("quantity"))
    found = dict(rows.order_by())
    typed_in = longer(
        Slice((measure.value,)),
        [frame.unit],
        by=["occurred_on"],
        first=frame.starts_on,
        last=frame.last_day,
        than=0,
        map_day=None if frame.map.is_reported else frame.map_day,
    )
    left_out = 0
    for each in typed_in:
        if each.keys[0] <= frame.last_day:
            found[each.keys[0]] = found.get(each.keys[0], 0) - each.quantity
            left_out += each.quantity
    return {day: quantity for day, quantity in found.items() if quantity}, left_out


def counted_at_all(frame: Frame, measure: MeasureCode) -> bool:
    """Whether something was ever posted in the year, also what was taken back. One query."""
    return entries_of_year(frame).filter(measure=measure).exists()
