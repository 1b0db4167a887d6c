"""Counting who has reported for a month: kept by place and measure, for pages over the whole country."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from hocsuotdoi.core.periods import months_from, parse_period
from hocsuotdoi.indicators.models import Reporting, ReportingMonth, StatedFigure
from hocsuotdoi.indicators.queries.quality_reporting import REPORTS, measures_asked, report_parameters
from hocsuotdoi.ledger.queries.entries import months_touched

MONTHS_BACK = 1
"""Counted every hour, besides those that somebody has touched: of others only the register can change."""
MONTHS_KEPT = 24
"""Months before the running one that are counted once, where they have not been."""
TOUCHED_WITHIN = dt.timedelta(hours=3)

_COUNT = """
INSERT INTO indicators_reporting (month, measure, place_id, expected, reported, on_time)
SELECT month, measure, place_id, count(*), count(*) FILTER (WHERE reported), count(*) FILTER (WHERE on_time)
  FROM outcome GROUP BY 1, 2, 3
"""


def count_months(months: Iterable[dt.date], *, at: dt.datetime) -> int:
    """Count `months` (any day of each) anew, each in a transaction of its own; returns how many. Months to come are
    left out."""
    today = timezone.localdate(at)
    days = sorted({day for month in months if (day := month.replace(day=1)) <= today})
    for day in days:
        _count(day, today, at)
    return len(days)


def months_to_count(at: dt.datetime) -> set[dt.date]:
    today = timezone.localdate(at)
    kept = {months_from(today, -back) for back in range(MONTHS_KEPT + 1)}
    counted = set(ReportingMonth.objects.filter(month__in=kept).values_list("month", flat=True))
    newest = {months_from(today, -back) for back in range(MONTHS_BACK + 1)}
    return newest | (kept - counted) | months_touched(since=at - TOUCHED_WITHIN) | _months_stated(at - TOUCHED_WITHIN)


def _months_stated(since: dt.datetime) -> set[dt.date]:
    """All months of the periods that figures were typed in for, or taken back, since a moment: a year's is a report of
    each of its months, and touches the book on one day only. One query."""
    periods = StatedFigure.objects.filter(statement__stated_at__gte=since).values_list("period", flat=True).distinct()
    return {month for period in periods.order_by() for month in parse_period(period).months}


@transaction.atomic
def _count(month: dt.date, today: dt.date, at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('indicators_reporting'))")
        Reporting.objects.filter(month=month).delete()
        reports = REPORTS.format(places="", institutions="")
        cursor.execute(reports + _COUNT, report_parameters([month], measures_asked(), today))
    ReportingMonth.objects.update_or_create(month=month, defaults={"counted_at": at})
