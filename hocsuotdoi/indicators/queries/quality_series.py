"""Months of an institution's measure beside its own earlier months: at night of all that stands, and before a sheet is
written of what it would bring (`queries.stated_looks`), by one rule.

Months of a series are those of which something stands. A figure typed in for a quarter or a year is no month's: it is
taken off the month on whose last day it is booked, and looked at by `quality_periods`.
"""

import json
from typing import Any

from hocsuotdoi.indicators.queries.quality_limits import (
    EARLIER_MONTHS,
    HIGHEST_SCORE,
    LEAST_DIFFERENCE,
    LEAST_MONTHS,
    LEAST_SPREAD,
    LOWEST_PART,
    RECENT_MONTHS,
    SAME_MONTHS,
)

OWN = "institution_id BETWEEN %(from)s AND %(to)s"
THESE = "institution_id = ANY(%(institutions)s)"


def figures(own: str = OWN) -> str:
    return f"""
figure AS MATERIALIZED (
    SELECT * FROM (
        SELECT DISTINCT ON (institution_id, slot) *, split_part("column", ':', 1) AS measure
          FROM indicators_statedfigure
         WHERE {own} AND ends_on > %(first)s AND starts_on <= %(day)s
         ORDER BY institution_id, slot, revision DESC) AS newest
     WHERE quantity IS NOT NULL
)"""


def series(own: str = OWN, proposed: str = "") -> str:
    """`proposed`: a further source of cells, which do not stand yet."""
    return f"""
wanted AS (SELECT unnest(%(months)s::date[]) AS month),
{figures(own)},
long AS (
    SELECT figure.institution_id, figure.measure, date_trunc('month', occurred_on)::date AS month,
           -figure.quantity AS quantity, -1 AS lines, true AS stated
      FROM figure JOIN ledger_posting AS posting
        ON posting.institution_id = figure.institution_id AND posting.id = figure.posting_id
     WHERE figure.ends_on - figure.starts_on > 31 AND figure.quantity > 0
),
series AS MATERIALIZED (
    SELECT institution_id, measure, month, sum(quantity)::float AS quantity,
           coalesce(sum(quantity) FILTER (WHERE stated), 0)::bigint AS typed
      FROM (SELECT institution_id, measure, month, quantity, lines, stated FROM indicators_fresh_institutionmonth
             WHERE {own} AND month BETWEEN %(first)s AND %(last)s
             UNION ALL SELECT * FROM long {proposed}) AS cell
     GROUP BY 1, 2, 3 HAVING sum(lines) > 0
)"""


MONTHLY = """
SELECT institution_id, NULL::bigint AS unit_id, measure, to_char(month, 'YYYY-MM') AS period, month AS starts_on,
       (month + interval '1 month')::date AS ends_on, numbers
  FROM ({rows}) AS found
"""

_FAR = f"""
pair AS (
    SELECT now.institution_id, now.measure, now.month, now.quantity AS value, now.typed, past.quantity,
           extract(month FROM past.month) = extract(month FROM now.month) AS same,
           past.month >= now.month - make_interval(months => {EARLIER_MONTHS}) AS near,
           row_number() OVER (PARTITION BY now.institution_id, now.measure, now.month ORDER BY past.month DESC)
             <= {RECENT_MONTHS} AS recent
      FROM series AS now JOIN wanted ON wanted.month = now.month
      JOIN series AS past ON past.institution_id = now.institution_id AND past.measure = now.measure
       AND past.month < now.month
),
middle AS (
    SELECT institution_id, measure, month, value, typed, count(*) FILTER (WHERE near) AS months,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY quantity) FILTER (WHERE near) AS median,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY quantity) FILTER (WHERE recent) AS level,
           count(*) FILTER (WHERE same) AS same_months, min(quantity) FILTER (WHERE same) AS same_least,
           max(quantity) FILTER (WHERE same) AS same_most
      FROM pair GROUP BY 1, 2, 3, 4, 5
    HAVING count(*) FILTER (WHERE near) >= {LEAST_MONTHS}
       AND abs(value - percentile_cont(0.5) WITHIN GROUP (ORDER BY quantity) FILTER (WHERE near)) >= {LEAST_DIFFERENCE}
),
scaled AS (
    SELECT middle.*, (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(pair.quantity - middle.median)) FROM pair
         WHERE pair.institution_id = middle.institution_id AND pair.measure = middle.measure
           AND pair.month = middle.month AND pair.near) AS mad
      FROM middle
),
scored AS (
    SELECT *, (value - median) / greatest(
               1.4826 * mad, CASE WHEN value > median THEN {LEAST_SPREAD} * median ELSE 0 END, sqrt(abs(median)), 1
           ) AS score
      FROM scaled
)
""" + MONTHLY.format(
    rows=f"""
    SELECT institution_id, measure, month, jsonb_build_object(
               'value', value::bigint, 'typed', typed, 'median', round(median::numeric, 1),
               'mad', round(mad::numeric, 1), 'months', months, 'score', round(score::numeric, 1),
               'same_months', same_months, 'same_least', same_least, 'same_most', same_most) AS numbers
      FROM scored
     WHERE abs(score) > {HIGHEST_SCORE} AND 2 * abs(value - level) > abs(value - median)
       AND (score > 0 OR {LOWEST_PART} * value <= median AND month < date_trunc('month', %(day)s::date))
       AND (same_months < {SAME_MONTHS} OR (score > 0 AND value > 2 * same_most)
            OR (score < 0 AND 2 * value < same_least))"""
)

OUTLIER = f"WITH {series()}," + _FAR

PROPOSED = f"""
WITH proposed AS (
    SELECT institution_id, measure, (%(months)s::date[])[1] AS month, sum(quantity)::bigint AS quantity, 1 AS lines,
           true AS stated
      FROM unnest(%(institutions)s::bigint[], %(measures)s::text[], %(quantities)s::bigint[])
           AS each (institution_id, measure, quantity)
     GROUP BY 1, 2
), {series(THESE, "UNION ALL SELECT * FROM proposed")},{_FAR}"""
"""As `OUTLIER`, of one month with what a sheet would add to it, or take off: three lists of one length."""


def read(numbers: Any) -> dict[str, Any]:
    """As JSON has them: the driver gives the text of a column that no model reads."""
    return dict(json.loads(numbers) if isinstance(numbers, str) else numbers)
