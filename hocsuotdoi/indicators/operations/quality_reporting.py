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
"""Counted every hour, besides those that somebody has touched. What is changed in the register of earlier months, where
institutions were and whether they were open, is taken up once a night."""
AT_NIGHT = 2
MONTHS_KEPT = 24
"""Months before the running one that are counted once, where they have not been."""
TOUCHED_WITHIN = dt.timedelta(hours=3)

_COUNT = """
INSERT INTO indicators_reporting (month, measure, place_id, expected, reported, on_time)
SELECT month, measure, place_id, count(*), count(*) FILTER (WHERE reported), count(*) FILTER (WHERE on_time)
  FROM outcome GROUP BY 1, 2, 3
"""
_CHANGES = """
SELECT pgh_created_at AS at, {now} AS now, {starts} AS starts_on, {ends} AS ends_on, pgh_label = 'delete' AS is_gone,
       lag({now}) OVER earlier AS before, lag({starts}) OVER earlier AS began_on, lag({ends}) OVER earlier AS ended_on,
       pgh_label = 'insert' AS is_new
  FROM places_{table}event
 WHERE pgh_obj_id IN (SELECT pgh_obj_id FROM places_{table}event, since WHERE pgh_created_at > since.at)
WINDOW earlier AS (PARTITION BY pgh_obj_id ORDER BY pgh_created_at, pgh_id)
"""
_LONGEST = "interval '10 minutes'"
"""Of a transaction: the trail has its first moment, and nobody sees what it changed before its last."""
_DATED = {"starts": "coalesce(starts_on, '-infinity')", "ends": "coalesce(ends_on, 'infinity')"}
_ALWAYS = {"starts": "'-infinity'::date", "ends": "'infinity'::date"}
_REGISTERED_OTHERWISE = f"""
WITH since AS MATERIALIZED (SELECT min(counted_at) - {_LONGEST} AS at FROM indicators_reportingmonth),
change AS MATERIALIZED (
    SELECT * FROM ({_CHANGES.format(table="institutionstatus", now="state::text", **_DATED)}) AS status
     UNION ALL
    SELECT * FROM ({_CHANGES.format(table="institutionplacement", now="unit_id::text", **_DATED)}) AS placement
     UNION ALL
    SELECT * FROM ({_CHANGES.format(table="institution", now="institution_class::text", **_ALWAYS)}) AS institution
     WHERE NOT is_new
)
SELECT counted.month
  FROM (SELECT month, counted_at, least((month + interval '1 month')::date - 1,
                                        (counted_at AT TIME ZONE %(zone)s)::date) AS day
          FROM indicators_reportingmonth) AS counted
 WHERE EXISTS (SELECT FROM change
                WHERE change.at > counted.counted_at - {_LONGEST}
                  AND CASE WHEN NOT is_gone AND starts_on <= counted.day AND ends_on > counted.day THEN now END
                      IS DISTINCT FROM
                      CASE WHEN began_on <= counted.day AND ended_on > counted.day THEN before END)
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
    touched = months_touched(since=at - TOUCHED_WITHIN) | _months_stated(at - TOUCHED_WITHIN)
    if timezone.localtime(at).hour == AT_NIGHT:
        touched |= months_registered_otherwise()
    return newest | (kept - counted) | touched


def _months_stated(since: dt.datetime) -> set[dt.date]:
    """All months of the periods that figures were typed in for, or taken back, since a moment: a year's is a report of
    each of its months, and touches the book on one day only. One query."""
    periods = StatedFigure.objects.filter(statement__stated_at__gte=since).values_list("period", flat=True).distinct()
    return {month for period in periods.order_by() for month in parse_period(period).months}


def months_registered_otherwise() -> set[dt.date]:
    """Counted months of whose last day the register says otherwise than when they were counted where an institution
    stood, whether it was open or of which class it is; rather one too many, as each of its rows is looked at by itself.
    One query."""
    with connection.cursor() as cursor:
        cursor.execute(_REGISTERED_OTHERWISE, {"zone": timezone.get_default_timezone_name()})
        return {month for (month,) in cursor.fetchall()}


@transaction.atomic
def _count(month: dt.date, today: dt.date, at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('indicators_reporting'))")
        Reporting.objects.filter(month=month).delete()
        reports = REPORTS.format(places="", institutions="")
        cursor.execute(reports + _COUNT, report_parameters([month], measures_asked(), today))
    ReportingMonth.objects.update_or_create(month=month, defaults={"counted_at": at})
