"""Additive totals from the roll-up: of any units, on any map, over any period, cut by what is known of each entry.

One query each. What is pending is always in them (`indicators.models.rollup`). Shares, growth and different people are
not totals: see `values` and `people`.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from django.db import connection

from hocsuotdoi.core.kept_queries import kept_rows
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

Grain = Literal["month", "year"]


@dataclass(frozen=True, slots=True)
class Slice:
    """Which entries are added up; an empty tuple is all of them, "" among the values what is not known.

    `stated`: True only what was typed in, False only what is traced to happenings, None both.
    """

    measures: tuple[str, ...]
    classes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    stated: bool | None = None


_COLUMN = {
    "measures": "measure",
    "classes": "institution_class",
    "purposes": "purpose",
    "channels": "channel",
    "sexes": "sex",
    "age_bands": "age_band",
    "stated": "stated",
}
"""A slice's field to the column of the roll-up."""

DIMENSIONS = ("unit_id", "starts_on", *_COLUMN.values())
"""What totals can be laid out by."""

_ALWAYS = {"unit_id", "starts_on", "measure"}
_AT_UNITS = (
    ("indicators_fresh_unittotal", _ALWAYS),
    ("indicators_fresh_unittotalbyclass", _ALWAYS | {"institution_class", "purpose", "stated"}),
    ("indicators_fresh_unittotalbyperson", _ALWAYS | {"channel", "sex", "age_band"}),
)
"""The tables on the map of the day, the smallest first, with the columns that each has; without months of communes."""


def totals(
    wanted: Slice,
    units: Collection[AdminUnit],
    *,
    by: Sequence[str],
    first: dt.date,
    last: dt.date,
    grain: Grain = "year",
    map_day: dt.date | None,
) -> list[tuple[Any, ...]]:
    """Rows of the values of `by` (of `DIMENSIONS`), then the quantity, then how many entries stand behind it.

    Counts whole months, or whole years, from the one of `first` to the one of `last`. `map_day`: on whose day's map
    the units are; None: as reported, each thing where its place lay on its day. Where nothing was posted
    there is no row; a row of zero entries was taken back whole. Two queries.
    """
    columns = {*by, *(_COLUMN[field.name] for field in fields(wanted) if getattr(wanted, field.name))}
    columns |= {"stated"} if wanted.stated is not None else set()
    parameters: dict[str, Any] = {
        "units": [unit.pk for unit in units],
        "tiers": sorted({str(unit.tier) for unit in units}),
        "grain": grain,
        "first": first.replace(month=1, day=1) if grain == "year" else first.replace(day=1),
        "last": last.replace(month=12, day=31) if grain == "year" else last,
        "day": map_day,
    }
    source, kept = _source(columns, map_day, grain, parameters["tiers"])
    conditions = ["starts_on BETWEEN %(first)s AND %(last)s"]
    for field, column in _COLUMN.items():
        value = getattr(wanted, field)
        if value is None or value == ():
            continue
        parameters[field] = list(value) if isinstance(value, tuple) else value
        conditions.append(f"{column} = ANY(%({field})s)" if isinstance(value, tuple) else f"{column} = %({field})s")
    keys = ", ".join(by)
    asked = f"SELECT {keys}{', ' if by else ''}sum(quantity)::bigint, sum(lines)::bigint FROM {source} " + (
        f"WHERE {' AND '.join(conditions)}" + (f" GROUP BY {keys}" if by else " HAVING count(*) > 0")
    )
    if kept:
        return kept_rows(asked, parameters)
    with connection.cursor() as cursor:
        cursor.execute(asked, parameters)
        return cursor.fetchall()


def _source(columns: set[str], map_day: dt.date | None, grain: Grain, tiers: list[str]) -> tuple[str, bool]:
    """Where the totals are read; and whether one plan serves every such question, so that it can be kept."""
    starts_on = "date_trunc('year', month)::date" if grain == "year" else "month"
    if map_day is None:
        return _AS_REPORTED.format(starts_on=starts_on), False
    place = _ON_THE_MAP
    if map_is(map_day):
        place = _ON_TODAYS_MAP
        for table, has in _AT_UNITS:
            if columns <= has and not (grain == "month" and Tier.COMMUNE in tiers):
                rows = f"SELECT * FROM {table} WHERE grain = %(grain)s AND tier = ANY(%(tiers)s)"
                return f"({rows} AND unit_id = ANY(%(units)s)) AS total", True
    return (
        f"(SELECT cell.*, place.unit_id, {starts_on} AS starts_on FROM indicators_fresh_cell AS cell {place} "
        "WHERE month BETWEEN %(first)s AND %(last)s) AS total"
    ), False


_ON_TODAYS_MAP = """
  JOIN (SELECT place_id, unit_id FROM indicators_reach WHERE unit_id = ANY(%(units)s)) AS place USING (place_id)
"""

_ON_THE_MAP = """
  JOIN (SELECT reading.unit_id AS place_id, ancestry.ancestor_id AS unit_id
          FROM places_unitreading AS reading
          JOIN places_unitancestry AS ancestry ON ancestry.unit_id = reading.reads_as_id
         WHERE ancestry.ancestor_id = ANY(%(units)s)
           AND coalesce(reading.starts_on, '-infinity') <= %(day)s AND coalesce(reading.ends_on, 'infinity') > %(day)s
           AND coalesce(ancestry.starts_on, '-infinity') <= %(day)s
           AND coalesce(ancestry.ends_on, 'infinity') > %(day)s) AS place USING (place_id)
"""

_LAY = """
  JOIN places_adminunit AS stood ON stood.id = {row}.place_id
  JOIN LATERAL (
      SELECT ancestry.ancestor_id AS unit_id
        FROM places_unitancestry AS ancestry
       CROSS JOIN (SELECT greatest(least({day}, stood.ends_on - 1), stood.starts_on) AS on_day) AS read
       WHERE ancestry.unit_id = {row}.place_id AND ancestry.ancestor_id = ANY(%(units)s)
         AND coalesce(ancestry.starts_on, '-infinity') <= on_day AND coalesce(ancestry.ends_on, 'infinity') > on_day
  ) AS place ON true
"""
"""Each row at the units above its place on `day`; a place that had ended or not begun then, as it lay last or first."""

_AS_REPORTED = f"""
(WITH moved AS MATERIALIZED (
     SELECT DISTINCT ancestry.unit_id AS place_id, date_trunc('month', border.on_day)::date AS month
       FROM places_unitancestry AS ancestry
       JOIN places_adminunit AS unit ON unit.id = ancestry.unit_id
      CROSS JOIN LATERAL (VALUES (ancestry.starts_on, unit.starts_on), (ancestry.ends_on, unit.ends_on))
                      AS border (on_day, own)
      WHERE border.on_day IS DISTINCT FROM border.own AND extract(day FROM border.on_day) > 1
        AND date_trunc('month', border.on_day) BETWEEN %(first)s AND %(last)s
 )
 SELECT measure, institution_class, purpose, channel, sex, age_band, stated, quantity, lines, place.unit_id,
        {{starts_on}} AS starts_on
   FROM indicators_fresh_cell AS cell
   {_LAY.format(row="cell", day="(month + interval '1 month')::date - 1")}
  WHERE month BETWEEN %(first)s AND %(last)s AND (place_id, month) NOT IN (SELECT place_id, month FROM moved)
 UNION ALL
 SELECT entry.measure, institution_class, coalesce(purpose, ''), coalesce(channel, ''), coalesce(sex, ''),
        coalesce(age_band, ''), coalesce(taken_back.kind, posting.kind) = 'stated', quantity, sign(quantity)::bigint,
        place.unit_id, {{starts_on}}
   FROM moved
   JOIN ledger_entry AS entry ON entry.place_id = moved.place_id
                             AND occurred_on >= month AND occurred_on < (month + interval '1 month')::date
   JOIN places_institution AS institution ON institution.id = entry.institution_id
   JOIN ledger_posting AS posting ON posting.institution_id = entry.institution_id AND posting.id = entry.posting_id
   LEFT JOIN ledger_posting AS taken_back ON taken_back.institution_id = posting.institution_id
                                         AND taken_back.id = posting.reverses_id
   {_LAY.format(row="entry", day="entry.occurred_on")}
  WHERE entry.occurred_on BETWEEN %(first)s AND (date_trunc('month', %(last)s::date) + interval '1 month')::date - 1
) AS total
"""
"""Cells, but for the months within which a place came to lie elsewhere while it stood: of these alone the cells cannot
say where, so they are read from the book, day by day."""


def by_unit_and_period(
    wanted: Slice,
    units: Collection[AdminUnit],
    *,
    first: dt.date,
    last: dt.date,
    grain: Grain = "year",
    map_day: dt.date | None,
) -> dict[tuple[int, dt.date], int]:
    """(unit id, first day of the period) to the total; only where something was posted and stands. Two queries."""
    rows = totals(wanted, units, by=("unit_id", "starts_on"), first=first, last=last, grain=grain, map_day=map_day)
    return {(unit, period): quantity for unit, period, quantity, lines in rows if lines}


def map_is(day: dt.date) -> bool:
    """Whether the totals at units stand on the map of `day`. One query."""
    return kept_rows(_MAP_IS, {"day": day}) == [(True,)]


# No unit is read otherwise, and none came to lie elsewhere while it stood.
_MAP_IS = """
SELECT (SELECT min(id) FROM places_unitreading) = first_reading
   AND (SELECT max(id) FROM places_unitreading) = last_reading
   AND NOT EXISTS (SELECT FROM places_unitreading
                    WHERE starts_on > least(day, %(day)s) AND starts_on <= greatest(day, %(day)s))
   AND NOT EXISTS (SELECT FROM places_unitparent
                    WHERE starts_on > least(day, %(day)s) AND starts_on <= greatest(day, %(day)s))
  FROM indicators_rollupmap
"""
