"""What happened at a unit in a year, day by day and by who took part. Reversals are taken off where they belong."""

import datetime as dt

from django.db.models import Sum

from hocsuotdoi.indicators.queries.frame import Frame
from hocsuotdoi.indicators.queries.sums import entries_of_year
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, Sex

Counts = dict[tuple[AgeBand | None, Sex | None], int]
"""By age band and sex; None: not known."""


def counts_by_day(frame: Frame, measure: MeasureCode) -> dict[dt.date, int]:
    """Days on which something was left after reversals. One query."""
    rows = entries_of_year(frame).filter(measure=measure).values_list("occurred_on").annotate(Sum("quantity"))
    return {day: quantity for day, quantity in rows.order_by() if quantity}


def counts_by_age_and_sex(frame: Frame, measure: MeasureCode) -> Counts:
    """One query."""
    rows = entries_of_year(frame).filter(measure=measure).values_list("age_band", "sex").annotate(Sum("quantity"))
    return {
        (AgeBand(band) if band else None, Sex(sex) if sex else None): quantity
        for band, sex, quantity in rows.order_by()
        if quantity
    }
