"""Rules about what is typed in for a whole quarter or year, which no month holds: each figure beside those of the same
institution, column and length before it; and a quarter or a year that stays away where such came before."""

from hocsuotdoi.indicators.queries.quality_limits import (
    DUE_DAYS,
    HIGHEST_SCORE,
    LEAST_DIFFERENCE,
    LEAST_PERIODS,
    LEAST_SPREAD,
    LOWEST_PART,
    SAME_MONTHS,
    SILENT_AFTER,
    YEARS_BEFORE,
)
from hocsuotdoi.indicators.queries.quality_series import OWN, THESE


def _figures(own: str = OWN, but: str = "", proposed: str = "") -> str:
    """`but`: which of them not; `proposed`: a further source of figures, which do not stand yet."""
    return f"""
figure AS MATERIALIZED (
    SELECT institution_id, "column" AS measure, period, starts_on, ends_on, quantity,
           round((ends_on - starts_on) / 30.4)::int AS months
      FROM (SELECT DISTINCT ON (institution_id, slot) * FROM indicators_statedfigure
             WHERE {own} AND ends_on > %(first)s::date - interval '{YEARS_BEFORE} years' AND starts_on <= %(day)s
             ORDER BY institution_id, slot, revision DESC) AS newest
     WHERE quantity IS NOT NULL {but}
    {proposed}
), longer AS MATERIALIZED (SELECT * FROM figure WHERE months > 1)"""


_FAR = f"""
pair AS (
    SELECT now.institution_id, now.measure, now.period, now.starts_on, now.ends_on, now.quantity::float AS value,
           past.quantity::float AS quantity, past.starts_on AS past_on,
           now.months < 12 AND extract(month FROM past.starts_on) = extract(month FROM now.starts_on) AS same
      FROM longer AS now
      JOIN longer AS past ON past.institution_id = now.institution_id AND past.measure = now.measure
       AND past.months = now.months AND past.starts_on < now.starts_on
       AND past.starts_on >= now.starts_on - interval '{YEARS_BEFORE} years'
     WHERE now.starts_on >= %(first)s
),
middle AS (
    SELECT institution_id, measure, period, starts_on, ends_on, value, count(*) AS periods,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY quantity) AS median,
           (array_agg(quantity ORDER BY past_on DESC))[1] AS level, min(quantity) AS least, max(quantity) AS most,
           count(*) FILTER (WHERE same) AS same_periods, min(quantity) FILTER (WHERE same) AS same_least,
           max(quantity) FILTER (WHERE same) AS same_most
      FROM pair GROUP BY 1, 2, 3, 4, 5, 6
),
scaled AS (
    SELECT middle.*, (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(pair.quantity - middle.median)) FROM pair
         WHERE pair.institution_id = middle.institution_id AND pair.measure = middle.measure
           AND pair.period = middle.period) AS mad
      FROM middle WHERE abs(value - median) >= {LEAST_DIFFERENCE}
),
scored AS (
    SELECT *, (value - median) / greatest(
               1.4826 * mad, CASE WHEN value > median THEN {LEAST_SPREAD} * median ELSE 0 END, sqrt(median), 1
           ) AS score
      FROM scaled
)
SELECT institution_id, NULL::bigint AS unit_id, measure, period, starts_on, ends_on, jsonb_build_object(
           'value', value::bigint, 'periods', periods, 'least', least::bigint, 'most', most::bigint,
           'median', round(median::numeric, 1)) AS numbers
  FROM scored
 WHERE CASE WHEN periods >= {LEAST_PERIODS}
            THEN score > {HIGHEST_SCORE} OR (score < -{HIGHEST_SCORE} AND {LOWEST_PART} * value <= median)
            ELSE value > {LOWEST_PART} * most OR {LOWEST_PART} * value <= least END
   AND 2 * abs(value - level) > abs(value - median)
   AND (value > median OR ends_on <= %(day)s)
   AND (same_periods < {SAME_MONTHS} OR (value > median AND value > 2 * same_most)
        OR (value < median AND 2 * value < same_least))
"""
"""As a month beside earlier months (`quality_series`); a level is what the last period was, for there are few."""

OUTLIER = f"WITH {_figures()}," + _FAR

PROPOSED = f"""
WITH proposed AS (
    SELECT institution_id, measure, %(period)s AS period, %(first)s::date AS starts_on, %(until)s::date AS ends_on,
           quantity, round((%(until)s::date - %(first)s::date) / 30.4)::int AS months
      FROM unnest(%(institutions)s::bigint[], %(columns)s::text[], %(quantities)s::bigint[])
           AS each (institution_id, measure, quantity)
), {
    _figures(
        THESE,
        'AND (institution_id, "column", period) NOT IN (SELECT institution_id, measure, period FROM proposed)',
        "UNION ALL SELECT * FROM proposed",
    )
},{_FAR}"""
"""As `OUTLIER`, with what a sheet would state for one quarter or year: three lists of one length."""

SILENCE = f"""
WITH {_figures()},
told AS MATERIALIZED (
    SELECT institution_id, month FROM indicators_fresh_institutionmonth
     WHERE {OWN} AND month BETWEEN %(first)s AND %(last)s GROUP BY 1, 2 HAVING sum(lines) > 0
    UNION
    SELECT institution_id, date_trunc('month', occurred_on)::date FROM ledger_posting AS posting
     WHERE {OWN} AND kind = 'stated' AND occurred_on BETWEEN %(first)s AND %(last)s
       AND NOT EXISTS (SELECT FROM ledger_posting AS back
                        WHERE back.institution_id = posting.institution_id AND back.reverses_id = posting.id)
),
period AS MATERIALIZED (SELECT DISTINCT institution_id, starts_on, ends_on, months FROM longer),
missing AS (
    SELECT institution_id, months, ends_on AS starts_on, (ends_on + make_interval(months => months))::date AS ends_on
      FROM period WHERE ends_on >= %(first)s
)
SELECT institution_id, NULL::bigint AS unit_id, '' AS measure,
       to_char(starts_on, CASE WHEN months < 12 THEN 'YYYY-"Q"Q' ELSE 'YYYY' END) AS period, starts_on, ends_on,
       jsonb_build_object('periods', greatest({SILENT_AFTER} / months, 1)) AS numbers
  FROM missing
 WHERE ends_on + {DUE_DAYS} <= %(day)s
   AND (SELECT count(*) FROM period AS before
         WHERE before.institution_id = missing.institution_id AND before.months = missing.months
           AND before.ends_on <= missing.starts_on
           AND before.starts_on >= missing.starts_on - make_interval(months => greatest({SILENT_AFTER}, missing.months))
       ) >= greatest({SILENT_AFTER} / months, 1)
   AND NOT EXISTS (SELECT FROM figure WHERE figure.institution_id = missing.institution_id
                      AND figure.starts_on < missing.ends_on AND figure.ends_on > missing.starts_on)
   AND NOT EXISTS (SELECT FROM told WHERE told.institution_id = missing.institution_id
                      AND told.month >= missing.starts_on AND told.month < missing.ends_on)
   AND EXISTS (SELECT FROM places_institutionstatus AS status
                WHERE status.institution_id = missing.institution_id AND status.state = 'active'
                  AND coalesce(status.starts_on, '-infinity') < missing.ends_on
                  AND coalesce(status.ends_on, 'infinity') >= missing.ends_on)
   AND (EXISTS (SELECT FROM figure AS year_ago WHERE year_ago.institution_id = missing.institution_id
                   AND year_ago.starts_on <= (missing.starts_on - interval '1 year')::date
                   AND year_ago.ends_on > (missing.starts_on - interval '1 year')::date)
        OR NOT EXISTS (SELECT FROM figure AS before WHERE before.institution_id = missing.institution_id
                          AND before.starts_on < (missing.starts_on - interval '1 year')::date))
"""
"""Nothing at all came of the period, typed in or recorded, though the same institution's of this length came before."""
