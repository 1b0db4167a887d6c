"""By which rules figures call for a look, each as one statement over many institutions at once.

A rule only says "look here"; a person says what it is. Rules keep to what our measures really hold. Not here, because
the book cannot break them: urban and rural make the whole (there is no third column), women, men and ages lie within
what was counted (they are marks on the same entries), communes make the province (a fact stands at one place).

A series beside its own earlier months: `quality_series`; what is typed in for whole quarters or years:
`quality_periods`.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from hocsuotdoi.indicators.enums import QualityRule, StatedColumn
from hocsuotdoi.indicators.queries import quality_periods
from hocsuotdoi.indicators.queries.quality_limits import (
    DUE_DAYS,
    LARGEST_JUMP,
    LEAST_JUMP,
    LEAST_REPEATED,
    MANY_SESSIONS,
    MOST_A_DAY,
    MOST_AT_A_SESSION,
    MOST_PER_RESIDENT,
    MOST_SESSIONS_A_DAY,
    PARTS_TOLERANCE,
    PEOPLE_ALONE,
    RECENT_MONTHS,
    SAME_IN_A_ROW,
    SESSIONS_ALONE,
    SILENT_AFTER,
)
from hocsuotdoi.indicators.queries.quality_series import MONTHLY, OUTLIER, OWN, figures, read, series

MEASURES_OF_RESIDENTS = ("programme_attendance", "library_visit", "centre_visit")
"""Of museums and sites most visitors are from elsewhere."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`sql`: rows of institution, unit (one of them NULL), measure, period, first day, first day after, numbers.

    `said`: which of the numbers an answer rests on: if one of these differs by more than `tolerance` of what it was,
    the finding is opened again. `is_monthly`: found month by month, else for whole years.
    """

    code: QualityRule
    sql: str
    said: tuple[str, ...] = ()
    is_monthly: bool = True
    is_of_units: bool = False
    tolerance: float = 0

    def is_same(self, now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
        """Whether what was answered about `then` still speaks of `now`."""
        return all(
            abs((now.get(name) or 0) - (then.get(name) or 0)) <= self.tolerance * abs(then.get(name) or 0)
            for name in self.said
        )


@dataclass(frozen=True, slots=True)
class Found:
    """`institution_id` None: about the population of the unit."""

    rule: QualityRule
    institution_id: int | None
    unit_id: int
    measure: str
    period: str
    starts_on: dt.date
    ends_on: dt.date
    numbers: dict[str, Any]

    @property
    def key(self) -> tuple[str, int | None, int | None, str, str]:
        """By which it is the same finding again: a finding of an institution stays one when that moves."""
        unit = None if self.institution_id else self.unit_id
        return self.rule.value, self.institution_id, unit, self.measure, self.period


_TOLD = f"""
wanted AS (SELECT unnest(%(months)s::date[]) AS month),
{figures()},
longer AS (
    SELECT figure.institution_id, posting_id, date_trunc('month', occurred_on)::date AS month, figure.quantity
      FROM figure JOIN ledger_posting AS posting
        ON posting.institution_id = figure.institution_id AND posting.id = figure.posting_id
     WHERE figure.ends_on - figure.starts_on > 31
),
told AS MATERIALIZED (
    SELECT institution_id, month, bool_or(by_itself) AS by_itself FROM (
        SELECT institution_id, month, true AS by_itself FROM (
            SELECT institution_id, month, lines FROM indicators_fresh_institutionmonth
             WHERE {OWN} AND month BETWEEN %(first)s AND %(last)s
            UNION ALL SELECT institution_id, month, -1 FROM longer WHERE quantity > 0
        ) AS cell GROUP BY 1, 2 HAVING sum(lines) > 0
        UNION ALL
        SELECT institution_id, date_trunc('month', occurred_on)::date, true FROM ledger_posting AS posting
         WHERE {OWN} AND kind = 'stated' AND occurred_on >= %(first)s
           AND NOT EXISTS (SELECT FROM ledger_posting AS back
                            WHERE back.institution_id = posting.institution_id AND back.reverses_id = posting.id)
           AND NOT EXISTS (SELECT FROM longer
                            WHERE longer.institution_id = posting.institution_id AND longer.posting_id = posting.id)
        UNION ALL
        SELECT institution_id, generate_series(starts_on, least(ends_on - 1, %(day)s::date), '1 month')::date,
               ends_on - starts_on <= 31
          FROM figure
    ) AS either GROUP BY 1, 2
)"""
"""`by_itself`: the month was told, and not only by a figure of its quarter or year."""

_SILENCE = f"""
WITH {_TOLD}
""" + MONTHLY.format(
    rows=f"""
    SELECT told.institution_id, '' AS measure, wanted.month, jsonb_build_object('months', count(*)) AS numbers
      FROM wanted
      JOIN told ON told.month < wanted.month AND told.month >= wanted.month - make_interval(months => {SILENT_AFTER})
     WHERE (wanted.month + interval '1 month')::date + {DUE_DAYS} <= %(day)s
     GROUP BY told.institution_id, wanted.month
    HAVING count(*) = {SILENT_AFTER}
       AND count(*) FILTER (WHERE by_itself AND told.month >= wanted.month - make_interval(months => {RECENT_MONTHS}))
           = {RECENT_MONTHS}
       AND NOT EXISTS (SELECT FROM told AS there
                        WHERE there.institution_id = told.institution_id AND there.month = wanted.month)
       AND EXISTS (SELECT FROM places_institutionstatus AS status
                    WHERE status.institution_id = told.institution_id AND status.state = 'active'
                      AND coalesce(status.starts_on, '-infinity') < (wanted.month + interval '1 month')::date
                      AND coalesce(status.ends_on, 'infinity') >= (wanted.month + interval '1 month')::date)
       AND (EXISTS (SELECT FROM told AS year_ago WHERE year_ago.institution_id = told.institution_id
                       AND year_ago.month = (wanted.month - interval '1 year')::date)
            OR NOT EXISTS (SELECT FROM told AS before WHERE before.institution_id = told.institution_id
                              AND before.month < (wanted.month - interval '1 year')::date))"""
)

_REPEATED = f"""
WITH {series()},
island AS (
    SELECT institution_id, measure, typed, month,
           (extract(year FROM month) * 12 + extract(month FROM month))::int
           - row_number() OVER (PARTITION BY institution_id, measure, typed ORDER BY month) AS part
      FROM series WHERE typed = quantity AND typed >= {LEAST_REPEATED}
),
row_of_same AS (
    SELECT institution_id, measure, typed, (min(month) + interval '{SAME_IN_A_ROW - 1} months')::date AS month,
           count(*) AS months
      FROM island GROUP BY institution_id, measure, typed, part HAVING count(*) >= {SAME_IN_A_ROW}
)
""" + MONTHLY.format(
    rows="""
    SELECT institution_id, measure, month, jsonb_build_object('value', typed, 'months', months) AS numbers
      FROM row_of_same JOIN wanted USING (month)"""
)

_MEETINGS = f"""
WITH {series()},
meeting AS (
    SELECT institution_id, month, coalesce(sum(quantity) FILTER (WHERE measure = 'programme_session'), 0) AS sessions,
           coalesce(sum(quantity) FILTER (WHERE measure = 'programme_attendance'), 0) AS people
      FROM series JOIN wanted USING (month)
     WHERE measure IN ('programme_session', 'programme_attendance') GROUP BY 1, 2
)
"""


def _meetings(measure: str, condition: str) -> str:
    return _MEETINGS + MONTHLY.format(
        rows=f"""
    SELECT institution_id, '{measure}' AS measure, month,
           jsonb_build_object('sessions', sessions::bigint, 'people', people::bigint) AS numbers
      FROM meeting WHERE {condition}"""
    )


# Of months, and of quarters and years that were typed in: also of a house without any earlier figures.
_BEYOND = f"""
WITH {series()},
told AS (
    SELECT institution_id, measure, to_char(month, 'YYYY-MM') AS period, month AS starts_on,
           (month + interval '1 month')::date AS ends_on, quantity
      FROM series
    UNION ALL
    SELECT institution_id, "column", period, starts_on, ends_on, quantity
      FROM figure WHERE ends_on - starts_on > 31 AND starts_on >= %(first)s
)
SELECT institution_id, NULL::bigint AS unit_id, measure, period, starts_on, ends_on,
       jsonb_build_object('value', quantity::bigint, 'days', ends_on - starts_on) AS numbers
  FROM told
 WHERE quantity > (ends_on - starts_on)
       * CASE WHEN measure = 'programme_session' THEN {MOST_SESSIONS_A_DAY} ELSE {MOST_A_DAY} END
"""

_TWICE = f"""
WITH {figures()},
cell AS MATERIALIZED (
    SELECT institution_id, measure, purpose, month, quantity, stated FROM indicators_fresh_institutionmonth
     WHERE {OWN} AND month BETWEEN %(first)s AND %(last)s
),
of_figure AS (
    SELECT figure.institution_id, figure."column" AS measure, figure.period, figure.starts_on, figure.ends_on,
           figure.quantity AS typed, figure.recorded, sum(cell.quantity) AS traced
      FROM figure JOIN cell ON cell.institution_id = figure.institution_id AND cell.measure = figure.measure
       AND cell.month >= figure.starts_on AND cell.month < figure.ends_on AND NOT cell.stated
       AND CASE WHEN split_part(figure."column", ':', 2) <> '' THEN cell.purpose = split_part(figure."column", ':', 2)
                ELSE NOT cell.measure || ':' || cell.purpose = ANY(%(columns)s) END
     WHERE figure.quantity > 0
     GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(cell.quantity) > figure.recorded
),
booked AS (
    SELECT figure.institution_id, figure.measure, date_trunc('month', occurred_on)::date AS month,
           sum(figure.quantity) AS quantity
      FROM figure JOIN ledger_posting AS posting
        ON posting.institution_id = figure.institution_id AND posting.id = figure.posting_id
     GROUP BY 1, 2, 3
),
of_month AS (
    SELECT cell.institution_id, cell.measure, cell.month,
           coalesce(sum(cell.quantity) FILTER (WHERE cell.stated), 0) - coalesce(booked.quantity, 0) AS typed,
           coalesce(sum(cell.quantity) FILTER (WHERE NOT cell.stated), 0) AS traced
      FROM cell LEFT JOIN booked USING (institution_id, measure, month) GROUP BY 1, 2, 3, booked.quantity
)
SELECT institution_id, NULL::bigint AS unit_id, measure, period, starts_on, ends_on,
       jsonb_build_object('typed', typed, 'traced', traced, 'known', recorded) AS numbers
  FROM of_figure
UNION ALL
SELECT institution_id, NULL, measure, to_char(month, 'YYYY-MM'), month, (month + interval '1 month')::date,
       jsonb_build_object('typed', typed, 'traced', traced, 'known', 0)
  FROM of_month WHERE typed > 0 AND traced > 0
"""

_YEARLY = """
SELECT NULL::bigint AS institution_id, unit_id, measure, year::text AS period, make_date(year, 1, 1) AS starts_on,
       make_date(year + 1, 1, 1) AS ends_on, numbers
  FROM ({rows}) AS found
"""

_RESIDENTS = """
wanted AS (SELECT DISTINCT extract(year FROM month)::int AS year FROM unnest(%(months)s::date[]) AS month),
people AS MATERIALIZED (
    SELECT unit_id, year, coalesce(urban, 0) + coalesce(rural, 0) AS residents, urban, rural, villages
      FROM indicators_population WHERE urban IS NOT NULL OR rural IS NOT NULL OR villages IS NOT NULL
)"""

# On the map of the year's last day, with residents of the same territory: in a past year today's unit may have been
# smaller, and one that has ended since had its own.
_ABOVE = f"""
WITH {_RESIDENTS},
held AS (SELECT year, least(make_date(year, 12, 31), %(day)s::date) AS day FROM wanted),
happened AS MATERIALIZED (
    SELECT place_id, measure, extract(year FROM month)::int AS year, sum(quantity) AS quantity
      FROM indicators_fresh_cell
     WHERE month BETWEEN %(first)s AND %(last)s AND measure = ANY(%(of_residents)s) GROUP BY 1, 2, 3
),
total AS (
    SELECT ancestry.ancestor_id AS unit_id, happened.measure, held.year, held.day, sum(happened.quantity) AS quantity
      FROM held
      JOIN happened USING (year)
      JOIN places_unitreading AS reading ON reading.unit_id = happened.place_id
       AND coalesce(reading.starts_on, '-infinity') <= held.day AND coalesce(reading.ends_on, 'infinity') > held.day
      JOIN places_unitancestry AS ancestry ON ancestry.unit_id = reading.reads_as_id
       AND coalesce(ancestry.starts_on, '-infinity') <= held.day AND coalesce(ancestry.ends_on, 'infinity') > held.day
      JOIN places_adminunit AS unit ON unit.id = ancestry.ancestor_id AND unit.tier IN ('commune', 'province')
     GROUP BY 1, 2, 3, 4
)
""" + _YEARLY.format(
    rows=f"""
    SELECT total.unit_id, total.measure, total.year,
           jsonb_build_object('value', total.quantity, 'residents', newest.residents) AS numbers
      FROM total
      JOIN LATERAL (SELECT year, residents FROM people
                     WHERE people.unit_id = total.unit_id AND people.year <= total.year
                       AND people.year > total.year - 5 AND (urban IS NOT NULL OR rural IS NOT NULL)
                     ORDER BY people.year DESC LIMIT 1) AS newest ON true
     WHERE total.quantity > {MOST_PER_RESIDENT} * greatest(newest.residents, 1)
       AND NOT EXISTS (SELECT FROM places_succession AS grown WHERE grown.successor_id = total.unit_id
                          AND grown.effective_on > make_date(newest.year, 12, 31)
                          AND grown.effective_on <= total.day)"""
)

# Residents of whom only the urban or the rural are entered are a part: no whole, and no more than the least of one.
_PARTS = f"""
WITH {_RESIDENTS},
counted AS (
    SELECT people.unit_id, people.year, each.*, urban IS NOT NULL AND rural IS NOT NULL AS is_whole, residents AS of_all
      FROM people
     CROSS JOIN LATERAL (VALUES ('residents', residents), ('urban', urban), ('rural', rural)) AS each (measure, number)
     WHERE urban IS NOT NULL OR rural IS NOT NULL
    UNION ALL SELECT unit_id, year, 'villages', villages, true, villages FROM people WHERE villages IS NOT NULL
),
family AS (
    SELECT DISTINCT wanted.year, ancestry.ancestor_id AS unit_id, ancestry.unit_id AS part_id, unit.tier
      FROM wanted
      JOIN places_unitancestry AS ancestry
        ON coalesce(ancestry.starts_on, '-infinity') <= least(make_date(wanted.year, 12, 31), %(day)s::date)
       AND coalesce(ancestry.ends_on, 'infinity') > least(make_date(wanted.year, 12, 31), %(day)s::date)
      JOIN places_adminunit AS unit ON unit.id = ancestry.unit_id AND unit.tier IN ('commune', 'province')
     WHERE ancestry.unit_id <> ancestry.ancestor_id
),
entered AS (
    SELECT family.unit_id, whole.measure, family.year, family.tier, whole.number AS whole, whole.of_all,
           sum(part.number) AS parts, count(*) FILTER (WHERE part.is_whole) AS entered, count(*) AS units
      FROM family
      JOIN counted AS whole ON whole.unit_id = family.unit_id AND whole.year = family.year AND whole.is_whole
      LEFT JOIN counted AS part ON part.unit_id = family.part_id AND part.year = family.year
       AND part.measure = whole.measure
     GROUP BY 1, 2, 3, 4, 5, 6
),
odd AS MATERIALIZED (
    SELECT * FROM entered
     WHERE (entered = units AND abs(parts - whole) > {PARTS_TOLERANCE} * of_all)
        OR parts > whole + {PARTS_TOLERANCE} * of_all
)
""" + _YEARLY.format(
    # Of one whole the parts right below it are told; where residents do not fit, not towns and countryside as well.
    rows="""
    SELECT DISTINCT ON (unit_id, measure, year) unit_id, measure, year,
           jsonb_build_object('whole', whole, 'parts', parts, 'entered', entered, 'of', units)
           || CASE WHEN tier = 'province' THEN jsonb_build_object('below', tier) ELSE '{}' END AS numbers
      FROM odd
     WHERE measure NOT IN ('urban', 'rural')
        OR NOT EXISTS (SELECT FROM odd AS of_all WHERE of_all.unit_id = odd.unit_id AND of_all.year = odd.year
                          AND of_all.tier = odd.tier AND of_all.measure = 'residents')
     ORDER BY unit_id, measure, year, tier = 'province' DESC"""
)

# Land that came into a unit, or left it, since the end of the year before: what a part of it took over, or became, lay
# elsewhere before, or does since. Communes that are merged within a province change nothing of its land. A figure of a
# year in which a unit had not begun may be of what bore its name then.
_LAND_CHANGED = """
SELECT FROM places_unitancestry AS part
 CROSS JOIN (SELECT make_date(before.year, 12, 31) AS since,
                    least(make_date(now.year, 12, 31), %(day)s::date) AS until) AS time
  LEFT JOIN places_succession AS step
       ON step.{this} = part.unit_id AND step.effective_on > since AND step.effective_on <= until
      AND coalesce(part.starts_on, '-infinity') <= step.effective_on - {this_side}
      AND coalesce(part.ends_on, 'infinity') > step.effective_on - {this_side}
 WHERE part.ancestor_id = now.unit_id
   AND (step.id IS NOT NULL OR (part.{border} > since AND part.{border} <= until))
   AND NOT EXISTS (SELECT FROM places_unitancestry AS there
                    WHERE there.ancestor_id = now.unit_id AND there.unit_id = coalesce(step.{other}, part.unit_id)
                      AND coalesce(there.starts_on, '-infinity')
                          <= coalesce(step.effective_on, part.{border}) - {that_side}
                      AND coalesce(there.ends_on, 'infinity')
                          > coalesce(step.effective_on, part.{border}) - {that_side})"""
_CAME = _LAND_CHANGED.format(this="successor_id", other="predecessor_id", border="starts_on", this_side=0, that_side=1)
_LEFT = _LAND_CHANGED.format(this="predecessor_id", other="successor_id", border="ends_on", this_side=1, that_side=0)

_JUMP = f"""
WITH {_RESIDENTS}
""" + _YEARLY.format(
    rows=f"""
    SELECT now.unit_id, 'residents' AS measure, now.year,
           jsonb_build_object('now', now.residents, 'before', before.residents, 'year', before.year) AS numbers
      FROM wanted JOIN people AS now USING (year)
      JOIN LATERAL (SELECT * FROM people WHERE people.unit_id = now.unit_id AND people.year < now.year
                       AND people.year >= now.year - 5 AND (urban IS NOT NULL OR rural IS NOT NULL)
                     ORDER BY people.year DESC LIMIT 1) AS before ON true
     WHERE (now.urban IS NOT NULL OR now.rural IS NOT NULL)
       AND abs(now.residents - before.residents) > greatest({LEAST_JUMP}, {LARGEST_JUMP} * before.residents)
       AND NOT EXISTS ({_CAME})
       AND NOT EXISTS ({_LEFT})"""
)

_HOUSES = f"""
WITH {_RESIDENTS},
house AS (
    SELECT placement.unit_id, wanted.year, count(DISTINCT placement.institution_id) AS houses
      FROM wanted
      JOIN places_institutionplacement AS placement
        ON coalesce(placement.starts_on, '-infinity') <= least(make_date(wanted.year, 12, 31), %(day)s::date)
       AND coalesce(placement.ends_on, 'infinity') > least(make_date(wanted.year, 12, 31), %(day)s::date)
      JOIN places_institution AS institution ON institution.id = placement.institution_id
       AND institution.institution_class = 'village_culture_house'
      JOIN places_institutionstatus AS status ON status.institution_id = institution.id AND status.state = 'active'
       AND coalesce(status.starts_on, '-infinity') <= least(make_date(wanted.year, 12, 31), %(day)s::date)
       AND coalesce(status.ends_on, 'infinity') > least(make_date(wanted.year, 12, 31), %(day)s::date)
     GROUP BY 1, 2
)
""" + _YEARLY.format(
    rows="""
    SELECT house.unit_id, 'villages' AS measure, house.year,
           jsonb_build_object('houses', house.houses, 'villages', newest.villages) AS numbers
      FROM house
      JOIN LATERAL (SELECT villages FROM people WHERE people.unit_id = house.unit_id AND people.year <= house.year
                       AND people.year > house.year - 5 AND villages IS NOT NULL
                     ORDER BY people.year DESC LIMIT 1) AS newest ON true
     WHERE house.houses > newest.villages"""
)

_R = QualityRule
RULES: dict[QualityRule, Rule] = {
    rule.code: rule
    for rule in [
        # The modified z-score of Iglewicz and Hoaglin (1993), 0.6745 (x − median) / MAD, above 3.5, written as
        # (x − median) / (1.4826 MAD): both halves rest on medians, which a few wrong months do not move. The spread is
        # at least the median's root, for what is counted by chance spreads so, and half of it where x is too high. With
        # the same month of two other years at hand, the month must also lie beyond twice (below half) of all of those.
        Rule(_R.SERIES_OUTLIER, OUTLIER, ("value",)),
        Rule(_R.SERIES_SILENCE, _SILENCE),
        Rule(_R.PERIOD_OUTLIER, quality_periods.OUTLIER, ("value",), is_monthly=False),
        Rule(_R.PERIOD_SILENCE, quality_periods.SILENCE, is_monthly=False),
        Rule(_R.REPEATED_FIGURE, _REPEATED, ("value",)),
        Rule(
            _R.SESSIONS_WITHOUT_PEOPLE,
            _meetings("programme_session", f"sessions >= {SESSIONS_ALONE} AND people <= 0"),
            ("sessions",),
        ),
        Rule(
            _R.PEOPLE_WITHOUT_SESSIONS,
            _meetings("programme_attendance", f"people >= {PEOPLE_ALONE} AND sessions <= 0"),
            ("people",),
        ),
        Rule(
            _R.CROWDED_SESSIONS,
            _meetings("programme_attendance", f"sessions > 0 AND people > {MOST_AT_A_SESSION} * sessions"),
            ("people", "sessions"),
        ),
        Rule(
            _R.SESSIONS_OVER_PEOPLE,
            _meetings("programme_session", f"sessions >= {MANY_SESSIONS} AND people > 0 AND people < sessions"),
            ("sessions", "people"),
        ),
        Rule(_R.BEYOND_ITS_DAYS, _BEYOND, ("value",), is_monthly=False),
        Rule(_R.TYPED_AND_TRACED, _TWICE, ("typed", "traced"), is_monthly=False, tolerance=0.25),
        Rule(_R.ABOVE_POPULATION, _ABOVE, ("value", "residents"), is_monthly=False, is_of_units=True, tolerance=0.25),
        Rule(_R.POPULATION_PARTS, _PARTS, ("whole", "parts"), is_monthly=False, is_of_units=True),
        Rule(_R.POPULATION_JUMP, _JUMP, ("now", "before"), is_monthly=False, is_of_units=True),
        Rule(_R.HOUSES_OVER_VILLAGES, _HOUSES, ("houses", "villages"), is_monthly=False, is_of_units=True),
    ]
}

_PLACED = """
SELECT found.*, coalesce(found.unit_id, (
           SELECT placement.unit_id FROM places_institutionplacement AS placement
            WHERE placement.institution_id = found.institution_id
              AND coalesce(placement.starts_on, '-infinity') < found.ends_on
            ORDER BY placement.starts_on DESC NULLS LAST LIMIT 1)) AS stood_in
  FROM ({rule}) AS found
"""


def found_by(
    rule: Rule, months: Sequence[dt.date], day: dt.date, institutions: tuple[int, int] = (0, 2**62)
) -> list[Found]:
    """What a rule finds in `months` (first days), as things stand on `day`; of yearly rules, in their years.

    `institutions`: the least and the greatest key looked at, where the rule is about institutions. One query.
    """
    if not months:
        return []
    first, last = min(months), max(months)
    parameters: dict[str, Any] = {
        "months": list(months),
        # Rules of whole years look at all of them; a series is compared with the three years before.
        "first": dt.date(first.year - 3, first.month, 1) if rule.is_monthly else dt.date(first.year, 1, 1),
        "last": last if rule.is_monthly else dt.date(last.year, 12, 31),
        "day": day,
        "from": institutions[0],
        "to": institutions[1],
        "columns": list(StatedColumn.values),
        "of_residents": list(MEASURES_OF_RESIDENTS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLACED.format(rule=rule.sql), parameters)
        rows = cursor.fetchall()
    years = {month.year for month in months}
    return [
        Found(rule.code, institution, unit, measure, period, starts_on, ends_on, read(numbers))
        for institution, _own, measure, period, starts_on, ends_on, numbers, unit in rows
        if unit is not None and starts_on.year in years
    ]


def rules_of(codes: Collection[QualityRule] = ()) -> list[Rule]:
    return [rule for code, rule in RULES.items() if not codes or code in codes]
