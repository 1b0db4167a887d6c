"""Who reports a count in quarters and months: by the rule of the year (`reported`), period by period.

A period differs in what is a report of it: what was typed in for a longer time is none (`longer`). Who types a count,
anywhere in its year or in the one before, is waited for: nothing that it records besides says that there was none.
"""

import datetime as dt
import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.db import connection

from hocsuotdoi.indicators.queries.reported import RECORDED_TOGETHER, parts_typed, recorded_with
from hocsuotdoi.indicators.queries.totals import Slice
from hocsuotdoi.places.models import AdminUnit


class Lasting(NamedTuple):
    """A period: its first day, its last one or today, and the first day after it."""

    first: dt.date
    last: dt.date
    stop: dt.date


class Reported(NamedTuple):
    """How many institutions reported what is counted, of how many expected; and what was counted below the line at
    those that did not, which is no part of a share."""

    reporting: int = 0
    expected: int = 0
    silent_below: int = 0


def reported_within(
    units: Sequence[AdminUnit],
    classes: Sequence[str],
    periods: Sequence[Lasting],
    map_day: dt.date | None,
    counted: Slice,
    over: Collection[str] = (),
) -> dict[tuple[int, dt.date], Reported]:
    """Unit id and a period's first day to who reported. `map_day` None: as reported, where each stood then; `over`: the
    measures below the line. A zero that is typed in has no entries and is a report. One query."""
    if not periods:
        return {}
    parameters: dict[str, Any] = {
        "firsts": [each.first for each in periods],
        "lasts": [each.last for each in periods],
        "stops": [each.stop for each in periods],
        "from": min(each.first for each in periods),
        "until": max(each.stop for each in periods),
        "typed_from": dt.date(min(each.first for each in periods).year - 1, 1, 1),
        "typed_until": dt.date(max(each.last for each in periods).year, 12, 31),
        "units": [unit.pk for unit in units],
        "classes": list(classes),
        "day": map_day,
        "measures": list(counted.measures),
        "purposes": list(counted.purposes),
        "channels": list(counted.channels),
        "is_of_ways": bool(counted.channels),
        "is_by_itself": not set(counted.measures) <= set().union(*RECORDED_TOGETHER),
        "parts": json.dumps(parts_typed(counted.measures, counted.purposes)),
        "recorded": sorted(recorded_with(counted.measures)),
        "together": sorted({*counted.measures, *recorded_with(counted.measures)}),
        "over": sorted(over),
    }
    statement = _REPORTED.format(
        places=AS_REPORTED if map_day is None else ON_A_MAP,
        besides=_COUNTED_BELOW if over else "",
        standing=_OF_WAYS if counted.channels else _STANDING,
        below=_BELOW if over else "",
        silent=_SILENT if over else "",
    )
    found: dict[tuple[int, dt.date], Reported] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for unit, day, *numbers in cursor.fetchall():
            found[unit, day] = Reported(*map(sum, zip(found.get((unit, day), Reported()), numbers, strict=True)))
    return found


ON_A_MAP = """
SELECT reading.unit_id AS place_id, ancestry.ancestor_id AS unit_id,
       '-infinity'::date AS starts_on, 'infinity'::date AS ends_on, 'infinity'::date AS until,
       '-infinity'::date AS begins_on, 'infinity'::date AS stops_on
  FROM places_unitreading AS reading JOIN places_unitancestry AS ancestry ON ancestry.unit_id = reading.reads_as_id
 WHERE ancestry.ancestor_id = ANY(%(units)s)
   AND coalesce(reading.starts_on, '-infinity') <= %(day)s AND coalesce(reading.ends_on, 'infinity') > %(day)s
   AND coalesce(ancestry.starts_on, '-infinity') <= %(day)s AND coalesce(ancestry.ends_on, 'infinity') > %(day)s
"""
AS_REPORTED = """
SELECT ancestry.unit_id AS place_id, ancestry.ancestor_id AS unit_id,
       coalesce(ancestry.starts_on, '-infinity') AS starts_on, coalesce(ancestry.ends_on, 'infinity') AS ends_on,
       coalesce(unit.ends_on - 1, 'infinity') AS until,
       CASE WHEN ancestry.starts_on > coalesce(own.starts_on, '-infinity')
            THEN ancestry.starts_on ELSE '-infinity' END AS begins_on,
       CASE WHEN ancestry.ends_on < coalesce(own.ends_on, 'infinity')
            THEN ancestry.ends_on ELSE 'infinity' END AS stops_on
  FROM places_unitancestry AS ancestry
  JOIN places_adminunit AS unit ON unit.id = ancestry.ancestor_id
  JOIN places_adminunit AS own ON own.id = ancestry.unit_id
 WHERE ancestry.ancestor_id = ANY(%(units)s)
"""
"""Who stands where from `starts_on` to `ends_on`; what is counted where from `begins_on` to `stops_on`, as `totals`
read it."""

_COUNTED_BELOW = """
     UNION
    SELECT counted.institution_id
      FROM indicators_fresh_institutionmonth AS counted
      JOIN places_institution AS institution
        ON institution.id = counted.institution_id AND institution.institution_class = ANY(%(classes)s)
     WHERE counted.measure = ANY(%(over)s) AND counted.month >= %(from)s AND counted.month < %(until)s
       AND counted.place_id IN (SELECT place_id FROM place)
"""
_STANDING = """
    SELECT institution_id, first_day FROM (
        SELECT institution_id, first_day, lines FROM cell WHERE is_of_count
         UNION ALL
        SELECT institution_id, first_day, -1 FROM booked WHERE is_longer AND quantity > 0
     ) AS line GROUP BY 1, 2 HAVING sum(lines) > 0
"""
# The roll-up by institutions knows no ways. Who types none of it and records here is found below anyway.
_OF_WAYS = """
    SELECT entry.institution_id, span.first_day
      FROM ledger_entry AS entry JOIN span ON entry.occurred_on >= span.first_day AND entry.occurred_on < span.stop
     WHERE entry.institution_id IN (SELECT institution_id FROM asked)
       AND (%(is_by_itself)s OR entry.institution_id IN (SELECT institution_id FROM typed))
       AND entry.measure = ANY(%(measures)s) AND coalesce(entry.channel, '') = ANY(%(channels)s)
       AND (%(purposes)s::text[] = '{}' OR coalesce(entry.purpose, '') = ANY(%(purposes)s))
     GROUP BY 1, 2 HAVING sum(sign(entry.quantity)) > 0
"""

# Whole months where their place lay; the months within which it came to lie elsewhere from the book (`totals`); less
# what was typed in for longer.
_BELOW = """
, lay AS MATERIALIZED (
    SELECT *, CASE WHEN isfinite(begins_on)
                   THEN date_trunc('month', begins_on + interval '1 month' - interval '1 day')::date
                   ELSE begins_on END AS first_month,
           CASE WHEN isfinite(stops_on) THEN date_trunc('month', stops_on)::date ELSE stops_on END AS stop_month
      FROM place
), moved AS MATERIALIZED (
    SELECT DISTINCT place_id, date_trunc('month', border)::date AS month
      FROM lay CROSS JOIN LATERAL (VALUES (begins_on), (stops_on)) AS border (border)
     WHERE isfinite(border) AND extract(day FROM border) > 1 AND border >= %(from)s AND border < %(until)s
), below AS (
    SELECT lay.unit_id, span.first_day, counted.institution_id, counted.quantity
      FROM indicators_fresh_institutionmonth AS counted
      JOIN span ON counted.month >= span.first_day AND counted.month < span.stop
      JOIN lay ON lay.place_id = counted.place_id AND counted.month >= first_month AND counted.month < stop_month
     WHERE counted.measure = ANY(%(over)s)
     UNION ALL
    SELECT lay.unit_id, span.first_day, entry.institution_id, entry.quantity
      FROM moved
     CROSS JOIN LATERAL (
           SELECT * FROM ledger_entry AS entry
            WHERE entry.place_id = moved.place_id AND entry.occurred_on >= moved.month
              AND entry.occurred_on < (moved.month + interval '1 month')::date OFFSET 0) AS entry
      JOIN span ON entry.occurred_on >= span.first_day AND entry.occurred_on < span.stop
      JOIN lay ON lay.place_id = entry.place_id AND entry.occurred_on >= begins_on AND entry.occurred_on < stops_on
              AND NOT (moved.month >= first_month AND moved.month < stop_month)
     WHERE entry.measure = ANY(%(over)s)
     UNION ALL
    SELECT lay.unit_id, span.first_day, entry.institution_id, -entry.quantity
      FROM indicators_statedfigure AS figure
      JOIN ledger_entry AS entry
        ON entry.institution_id = figure.institution_id AND entry.posting_id = figure.posting_id
      JOIN span ON entry.occurred_on >= span.first_day AND entry.occurred_on < span.stop
               AND (figure.starts_on < span.first_day OR figure.ends_on > span.stop)
      JOIN lay ON lay.place_id = entry.place_id AND entry.occurred_on >= begins_on AND entry.occurred_on < stops_on
     WHERE figure.quantity > 0 AND split_part(figure."column", ':', 1) = ANY(%(over)s)
       AND NOT EXISTS (SELECT FROM ledger_posting AS back
                        WHERE back.institution_id = figure.institution_id AND back.reverses_id = figure.posting_id)
)
"""
_SILENT = """
 UNION ALL
SELECT unit_id, first_day, 0, 0, sum(quantity)::bigint
  FROM below
 WHERE institution_id IN (SELECT institution_id FROM asked)
   AND NOT EXISTS (SELECT FROM reporting
                    WHERE reporting.institution_id = below.institution_id AND reporting.first_day = below.first_day)
 GROUP BY 1, 2
"""
_REPORTED = """
WITH span AS (
    SELECT * FROM unnest(%(firsts)s::date[], %(lasts)s::date[], %(stops)s::date[]) AS span (first_day, last_day, stop)
), place AS MATERIALIZED ({places}
), expected AS MATERIALIZED (
    SELECT DISTINCT span.first_day, place.unit_id, placement.institution_id
      FROM span
      JOIN place ON place.until >= span.first_day
     CROSS JOIN LATERAL (SELECT least(span.last_day, place.until) AS day) AS seen
      JOIN places_institutionplacement AS placement
        ON placement.unit_id = place.place_id AND coalesce(placement.starts_on, '-infinity') <= seen.day
       AND coalesce(placement.ends_on, 'infinity') > seen.day
      JOIN places_institution AS institution
        ON institution.id = placement.institution_id AND institution.institution_class = ANY(%(classes)s)
     WHERE place.starts_on <= seen.day AND place.ends_on > seen.day
       AND EXISTS (SELECT FROM places_institutionstatus AS status
                    WHERE status.institution_id = placement.institution_id AND status.state = 'active'
                      AND coalesce(status.starts_on, '-infinity') <= seen.day
                      AND coalesce(status.ends_on, 'infinity') > seen.day)
), asked AS MATERIALIZED (
    SELECT institution_id FROM expected{besides}
), typed AS MATERIALIZED (
    SELECT figure.institution_id, figure."column", figure.starts_on, figure.ends_on, figure.quantity,
           posting.occurred_on, extract(year FROM posting.occurred_on)::int AS year,
           NOT %(is_of_ways)s AND (%(purposes)s::text[] = '{{}}' OR split_part("column", ':', 2) = ANY(%(purposes)s))
           AS is_of_count
      FROM indicators_statedfigure AS figure
      JOIN ledger_posting AS posting
        ON posting.institution_id = figure.institution_id AND posting.id = figure.posting_id
     WHERE figure.institution_id IN (SELECT institution_id FROM asked)
       AND figure.ends_on > %(typed_from)s AND figure.starts_on <= %(typed_until)s
       AND split_part("column", ':', 1) = ANY(%(measures)s)
       AND NOT EXISTS (SELECT FROM ledger_posting AS back
                        WHERE back.institution_id = posting.institution_id AND back.reverses_id = posting.id)
), booked AS MATERIALIZED (
    SELECT typed.*, span.first_day, typed.starts_on < span.first_day OR typed.ends_on > span.stop AS is_longer
      FROM typed JOIN span ON typed.occurred_on >= span.first_day AND typed.occurred_on < span.stop
     WHERE is_of_count
), typing AS MATERIALIZED (
    SELECT institution_id, year FROM typed UNION SELECT institution_id, year + 1 FROM typed
), cell AS MATERIALIZED (
    SELECT counted.institution_id, span.first_day, counted.lines, counted.stated, counted.measure = ANY(%(measures)s)
           AND (%(purposes)s::text[] = '{{}}' OR counted.purpose = ANY(%(purposes)s)) AS is_of_count,
           counted.measure = ANY(%(recorded)s) AS is_recorded_with
      FROM indicators_fresh_institutionmonth AS counted
      JOIN span ON counted.month >= span.first_day AND counted.month < span.stop
     WHERE counted.institution_id IN (SELECT institution_id FROM asked)
       AND counted.measure = ANY(%(together)s)
), reporting AS MATERIALIZED (
{standing}
     UNION
    SELECT institution_id, first_day FROM booked WHERE NOT is_longer
     GROUP BY institution_id, first_day, split_part("column", ':', 1)
    HAVING count(DISTINCT "column") >= (%(parts)s::jsonb ->> split_part("column", ':', 1))::int
     UNION
    SELECT institution_id, first_day FROM cell
     WHERE NOT stated AND is_recorded_with
       AND NOT EXISTS (SELECT FROM typing WHERE typing.institution_id = cell.institution_id
                          AND typing.year = extract(year FROM cell.first_day))
     GROUP BY 1, 2 HAVING sum(lines) > 0
){below}
SELECT expected.unit_id, expected.first_day, count(reporting.institution_id), count(*), 0::bigint
  FROM expected
  LEFT JOIN reporting ON reporting.institution_id = expected.institution_id
                     AND reporting.first_day = expected.first_day
 GROUP BY 1, 2{silent}
"""
