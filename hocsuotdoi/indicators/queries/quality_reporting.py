"""Who was expected to report for which month, who did, and who in time.

Expected for a month are the institutions of the classes that a measure is asked of, open on the month's last day (or
today while it runs), by their dated history. An institution has reported when something it posted of the month stands,
a zero too, or a typed-in figure of a longer period covers the month. It was in time when the first of it, even if
corrected since, came within `DUE_DAYS` after the end of the month, or of the longer period.

Quarters and years are counted in months of institutions, so that all figures add up: over months, and over units.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from hocsuotdoi.core.periods import Period, months_from
from hocsuotdoi.indicators.enums import columns_of
from hocsuotdoi.indicators.models import ReportingMonth
from hocsuotdoi.indicators.queries.quality_limits import DUE_DAYS
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import AdminUnit

ANYTHING = ""
"""In place of a measure: whatever an institution reports."""


def classes_asked(measure: str) -> list[str]:
    """Of which classes of institution a measure is asked; of anything: all classes."""
    return [
        each.value
        for each in InstitutionClass
        if measure == ANYTHING or measure in {column.measure for column in columns_of(each)}
    ]


def measures_asked() -> list[str]:
    """What is counted by itself, each once, in the order of the sheets."""
    found = (column.measure for each in InstitutionClass for column in columns_of(each))
    return [ANYTHING, *dict.fromkeys(found)]


REPORTS = """
WITH span AS (
    SELECT * FROM unnest(%(months)s::date[], %(lasts)s::date[], %(dues)s::timestamptz[]) AS span (month, last_day, due)
),
asked AS (
    SELECT * FROM unnest(%(measures)s::text[], %(classes)s::text[]) AS asked (measure, institution_class)
),
expected AS MATERIALIZED (
    SELECT DISTINCT ON (span.month, placement.institution_id)
           span.month, placement.institution_id, placement.unit_id AS place_id, institution.institution_class
      FROM span
      JOIN places_institutionplacement AS placement
        ON coalesce(placement.starts_on, '-infinity') <= span.last_day
       AND coalesce(placement.ends_on, 'infinity') > span.last_day {places}
      JOIN places_institution AS institution ON institution.id = placement.institution_id
     WHERE EXISTS (SELECT FROM places_institutionstatus AS status
                    WHERE status.institution_id = placement.institution_id AND status.state = 'active'
                      AND coalesce(status.starts_on, '-infinity') <= span.last_day
                      AND coalesce(status.ends_on, 'infinity') > span.last_day)
     ORDER BY span.month, placement.institution_id, placement.starts_on DESC NULLS LAST
),
posting AS MATERIALIZED (
    SELECT posting.id, posting.institution_id, span.month, posting.posted_at < span.due AS on_time,
           NOT EXISTS (SELECT FROM ledger_posting AS back WHERE back.institution_id = posting.institution_id
                          AND back.reverses_id = posting.id) AS stands
      FROM span
      JOIN ledger_posting AS posting
        ON posting.occurred_on >= span.month AND posting.occurred_on < (span.month + interval '1 month')::date
       AND posting.kind <> 'reversal' {institutions}
),
figure AS (
    SELECT * FROM (
        SELECT DISTINCT ON (institution_id, slot) *, split_part("column", ':', 1) AS measure
          FROM indicators_statedfigure AS posting
         WHERE ends_on > %(first)s AND starts_on <= %(last)s {institutions}
         ORDER BY institution_id, slot, revision DESC) AS newest
     WHERE quantity IS NOT NULL
),
told AS (
    SELECT institution_id, month, '' AS measure, stands, on_time FROM posting
    UNION ALL
    SELECT entry.institution_id, posting.month, entry.measure, posting.stands, posting.on_time
      FROM ledger_entry AS entry
      JOIN posting ON posting.institution_id = entry.institution_id AND posting.id = entry.posting_id
     WHERE entry.occurred_on BETWEEN %(first)s AND %(last)s AND entry.measure = ANY(%(measures)s)
    UNION ALL
    SELECT figure.institution_id, span.month, either.measure, true,
           EXISTS (SELECT FROM ledger_posting AS came
                    WHERE came.institution_id = figure.institution_id AND came.source_id = figure.slot
                      AND came.source_kind = 'indicators.stated' AND came.kind = 'stated'
                      AND came.posted_at < ((figure.ends_on + %(due_days)s)::timestamp AT TIME ZONE %(zone)s))
      FROM figure
      JOIN span ON figure.starts_on <= span.month AND figure.ends_on > span.month
     CROSS JOIN LATERAL (VALUES (''), (figure.measure)) AS either (measure)
),
report AS (
    SELECT institution_id, month, measure, bool_or(stands) AS reported, bool_or(stands) AND bool_or(on_time) AS on_time
      FROM told GROUP BY 1, 2, 3
),
outcome AS (
    SELECT expected.month, expected.institution_id, expected.place_id, asked.measure,
           coalesce(report.reported, false) AS reported, coalesce(report.on_time, false) AS on_time
      FROM expected
      JOIN asked ON asked.institution_class = expected.institution_class
      LEFT JOIN report ON report.institution_id = expected.institution_id AND report.month = expected.month
       AND report.measure = asked.measure
)
"""
"""Of each month, institution and measure asked of it: whether it reported, and in time."""


def report_parameters(months: Sequence[dt.date], measures: Collection[str], today: dt.date) -> dict[str, Any]:
    asked = [(measure, each) for measure in measures for each in classes_asked(measure)]
    last = months_from(max(months), 1) - dt.timedelta(days=1)
    return {
        "months": list(months),
        "lasts": [min(months_from(each, 1) - dt.timedelta(days=1), today) for each in months],
        "dues": [due_at(each) for each in months],
        "measures": [measure for measure, _class in asked],
        "classes": [each for _measure, each in asked],
        "first": min(months),
        "last": last,
        "due_days": DUE_DAYS,
        "zone": timezone.get_default_timezone_name(),
    }


def due_at(month: dt.date) -> dt.datetime:
    """The moment from which on what comes in of a month is late."""
    day = months_from(month, 1) + dt.timedelta(days=DUE_DAYS)
    return timezone.make_aware(dt.datetime.combine(day, dt.time()), timezone.get_default_timezone())


def months_counted(period: Period, today: dt.date) -> list[dt.date]:
    """The months of a period that have ended; the running one only where the period is that month."""
    if period.month is not None:
        return period.months if period.starts_on <= today else []
    return [month for month in period.months if months_from(month, 1) <= today]


@dataclass(frozen=True, slots=True)
class Reports:
    """Of `expected` reports (a month of an institution each) `reported` came, `on_time` of them in time."""

    expected: int = 0
    reported: int = 0
    on_time: int = 0


_READ_AT = """
SELECT reading.unit_id AS place_id, ancestry.ancestor_id AS unit_id
  FROM places_unitreading AS reading JOIN places_unitancestry AS ancestry ON ancestry.unit_id = reading.reads_as_id
 WHERE ancestry.ancestor_id = ANY(%(units)s)
   AND coalesce(reading.starts_on, '-infinity') <= %(day)s AND coalesce(reading.ends_on, 'infinity') > %(day)s
   AND coalesce(ancestry.starts_on, '-infinity') <= %(day)s AND coalesce(ancestry.ends_on, 'infinity') > %(day)s
"""
"""Each place of any time with the `units` at or under which it is read on the map of `day`."""


def reports_by_unit(
    units: Collection[AdminUnit], months: Collection[dt.date], measure: str, map_day: dt.date
) -> dict[int, Reports]:
    """Unit id to its reports, on the map of a day, as they were counted last. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT place.unit_id, sum(expected)::bigint, sum(reported)::bigint, sum(on_time)::bigint
              FROM indicators_reporting JOIN ({_READ_AT}) AS place USING (place_id)
             WHERE month = ANY(%(months)s) AND measure = %(measure)s GROUP BY 1
            """,
            {"months": list(months), "measure": measure, "units": [unit.pk for unit in units], "day": map_day},
        )
        return {unit: Reports(*numbers) for unit, *numbers in cursor.fetchall()}


def counted_at(months: Collection[dt.date]) -> dt.datetime | None:
    """When the oldest count of `months` was made; None where one of them has not been counted. One query."""
    found = list(ReportingMonth.objects.filter(month__in=months).values_list("counted_at", flat=True))
    return min(found) if found and len(found) == len(set(months)) else None


@dataclass(frozen=True, slots=True)
class Behind:
    """An institution of which reports are missing, or came late."""

    institution_id: int
    name: str
    code: str
    is_sample: bool
    expected: int
    missing: int
    late: int


_BEHIND = """
SELECT institution.id, institution.name, institution.code, institution.is_sample, count(*),
       count(*) FILTER (WHERE NOT reported), count(*) FILTER (WHERE reported AND NOT on_time), count(*) OVER ()
  FROM outcome JOIN places_institution AS institution ON institution.id = outcome.institution_id
 GROUP BY institution.id
HAVING bool_or(NOT {what})
 ORDER BY count(*) FILTER (WHERE NOT reported) DESC, institution.sort_key, institution.id
 LIMIT %(limit)s OFFSET %(offset)s
"""


def behind(
    unit: AdminUnit,
    months: Sequence[dt.date],
    measure: str,
    today: dt.date,
    *,
    with_late: bool = False,
    limit: int,
    offset: int = 0,
) -> tuple[list[Behind], int]:
    """Institutions of which a report is missing (or, `with_late`, came late), read at or under `unit` on today's map,
    those of which most is missing first; and how many there are in all. As things stand now, not as counted last.
    One query."""
    if not months:
        return [], 0
    parameters = report_parameters(months, [measure], today) | {
        "units": [unit.pk],
        "day": today,
        "limit": limit,
        "offset": offset,
    }
    reports = REPORTS.format(
        places=f"AND placement.unit_id IN (SELECT place_id FROM ({_READ_AT}) AS place)",
        institutions="AND posting.institution_id IN (SELECT institution_id FROM expected)",
    )
    with connection.cursor() as cursor:
        cursor.execute(reports + _BEHIND.format(what="on_time" if with_late else "reported"), parameters)
        rows = cursor.fetchall()
    return [Behind(*row[:-1]) for row in rows], rows[0][-1] if rows else 0
