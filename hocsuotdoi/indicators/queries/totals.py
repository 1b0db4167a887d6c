"""Additive totals from the roll-up: of any units, on any map, over any period, cut by what is known of each entry.

One query each. What is pending is always in them (`indicators.models.rollup`). Shares, growth and different people are
not totals: see `values` and `people`.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from itertools import compress, repeat
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
_AT_UNITS = {
    "unittotal": _ALWAYS,
    "unittotalbyclass": _ALWAYS | {"institution_class", "purpose", "stated"},
    "unittotalbyperson": _ALWAYS | {"channel", "sex", "age_band"},
}
"""The tables on the map of the day, the smallest first, with the columns that each has; without months of communes."""

MOST_NAMED = 1000
"""Of more units a table at units is read through, and theirs picked out: naming each costs more than it spares."""


def totals(
    wanted: Slice,
    units: Collection[AdminUnit],
    *,
    by: Sequence[str],
    first: dt.date,
    last: dt.date,
    grain: Grain = "year",
    map_day: dt.date | None,
    lying_in: AdminUnit | None = None,
) -> list[tuple[Any, ...]]:
    """Rows of the values of `by` (of `DIMENSIONS`), then the quantity, then how many entries stand behind it.

    Counts whole months, or whole years, from the one of `first` to the one of `last`. `map_day`: on whose day's map
    the units are; None: as reported, each thing where its place lay on its day. `lying_in`: then of each unit only the
    months at whose end it lay in that one. Where nothing was posted there is no row; a row of zero entries was taken
    back whole. Two queries.
    """
    columns = {*by, *(_COLUMN[field.name] for field in fields(wanted) if getattr(wanted, field.name))}
    columns |= {"stated"} if wanted.stated is not None else set()
    tiers = sorted({str(unit.tier) for unit in units})
    named = {unit.id for unit in units}
    parameters: dict[str, Any] = {
        "tiers": tiers if len(tiers) != 1 else tiers[0],
        "grain": grain,
        "first": first.replace(month=1, day=1) if grain == "year" else first.replace(day=1),
        "last": last.replace(month=12, day=31) if grain == "year" else last,
        "day": map_day,
        "within": lying_in and lying_in.pk,
    }
    conditions = _conditions(wanted, parameters)
    is_todays = map_day is not None and map_is(map_day)
    is_picked, table = False, None
    if is_todays and not (grain == "month" and Tier.COMMUNE in tiers):
        table = next((table for table, has in _AT_UNITS.items() if columns <= has), None)
        is_picked = table is not None and "unit_id" in by and len(named) > MOST_NAMED
    if not is_picked:
        parameters["units"] = f"{{{','.join(map(str, named))}}}"  # as text: taking up thousands one by one takes long
    if table is None:
        with connection.cursor() as cursor:
            statement = (
                _of_cells_as_reported(by, conditions, units, grain, lying_in)
                if map_day is None
                else _of_cells(by, conditions, grain, is_todays=is_todays)
            )
            cursor.execute(statement, parameters)
            return cursor.fetchall()
    conditions += ["starts_on BETWEEN %(first)s AND %(last)s", "grain = %(grain)s"]
    # Of one tier what is found comes in the order of the key and is gathered as it comes.
    conditions.append("tier = %(tiers)s" if len(tiers) == 1 else "tier = ANY(%(tiers)s)")
    if not is_picked:
        conditions.append("unit_id = ANY(%(units)s::bigint[])")
    if _is_cell_by_cell(wanted, columns, by, parameters):
        return _as_they_lie(table, by, conditions, parameters, named if is_picked else None)
    rows = kept_rows(_added_up(f"indicators_fresh_{table} AS total", by, conditions), parameters)
    if is_picked:
        at = by.index("unit_id")
        rows = [row for row in rows if row[at] in named]
    return rows


def _conditions(wanted: Slice, parameters: dict[str, Any]) -> list[str]:
    """Of the slice; what they compare with is put among the parameters."""
    conditions = []
    for field, column in _COLUMN.items():
        value = getattr(wanted, field)
        if value is None or value == ():
            continue
        parameters[field] = list(value) if isinstance(value, tuple) else value
        conditions.append(f"{column} = ANY(%({field})s)" if isinstance(value, tuple) else f"{column} = %({field})s")
    return conditions


def _added_up(source: str, by: Sequence[str], conditions: list[str]) -> str:
    keys = ", ".join(by)
    sums = "sum(quantity)::bigint AS quantity, sum(lines)::bigint AS lines"
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    group = f" GROUP BY {keys}" if by else " HAVING count(*) > 0"
    return f"SELECT {keys}{', ' if by else ''}{sums} FROM {source}{where}{group}"


def _is_cell_by_cell(wanted: Slice, columns: set[str], by: Sequence[str], parameters: dict[str, Any]) -> bool:
    """Whether each row of the answer is one cell of the smallest table at units: nothing is to be added up."""
    one_period = parameters["first"].year == parameters["last"].year and (
        parameters["grain"] == "year" or parameters["first"].month == parameters["last"].month
    )
    return (
        columns <= _ALWAYS
        and "unit_id" in by
        and ("measure" in by or len(wanted.measures) == 1)
        and ("starts_on" in by or one_period)
    )


_Cells = tuple[list[int], list[int], list[int]]
"""Of some units, side by side: their keys, sums and lines."""


def _as_they_lie(
    table: str, by: Sequence[str], conditions: list[str], parameters: dict[str, Any], picked: set[int] | None
) -> list[tuple[Any, ...]]:
    """Cells of a table with what waits; of the `picked` units, where they are not all that are found. For each measure
    and period the units, their sums and their lines travel as three arrays: of a country's communes, to pack and unpack
    row by row takes longer than to find them."""
    keys = sorted(name for name in by if name != "unit_id")  # as the table's key has them
    columns = ", ".join([*keys, "array_agg(unit_id)", "array_agg(quantity)", "array_agg(lines)"])
    group = f"GROUP BY {', '.join(keys)}" if keys else "HAVING count(*) > 0"
    where = f"WHERE {' AND '.join(conditions)}"
    waiting = _added_up(f"indicators_waiting_{table}", by, conditions)
    parts = kept_rows(
        f"SELECT {columns} FROM indicators_{table} {where} {group} UNION ALL "
        f"SELECT {columns} FROM ({waiting}) AS waiting {group}",
        parameters,
        binary=True,
    )
    found: dict[tuple[Any, ...], _Cells] = {}
    for *key, units, quantities, lines in parts:
        cells = units, quantities, lines
        found[tuple(key)] = _together(found[tuple(key)], cells) if tuple(key) in found else cells
    rows: list[tuple[Any, ...]] = []
    all_picked: list[int] = []  # the units of one measure and period are mostly those of the next
    for of_all, cells in found.items():
        if picked is not None and cells[0] != all_picked:
            if picked.issuperset(cells[0]):
                all_picked = cells[0]
            else:
                cells = _only(picked, cells)
        units, quantities, lines = cells
        known = dict(zip(keys, of_all, strict=True))
        sides = (units if name == "unit_id" else repeat(known[name], len(units)) for name in by)
        rows += zip(*sides, quantities, lines, strict=True)
    return rows


def _only(picked: set[int], cells: _Cells) -> _Cells:
    there = [each in picked for each in cells[0]]
    units, quantities, lines = (list(compress(each, there)) for each in cells)
    return units, quantities, lines


def _together(stored: _Cells, waiting: _Cells) -> _Cells:
    sums = {unit: (quantity, lines) for unit, quantity, lines in zip(*stored, strict=True)}
    for unit, quantity, lines in zip(*waiting, strict=True):
        before = sums.get(unit, (0, 0))
        sums[unit] = before[0] + quantity, before[1] + lines
    return list(sums), [each[0] for each in sums.values()], [each[1] for each in sums.values()]


def _of_cells(by: Sequence[str], conditions: list[str], grain: Grain, *, is_todays: bool) -> str:
    """From the cells, on the map of any day."""
    reach = _REACH_TODAY if is_todays else _REACH_ON_DAY
    return _added_up(_ON_A_MAP.format(starts_on=_STARTS_ON[grain], reach=reach), by, conditions)


def _of_cells_as_reported(
    by: Sequence[str], conditions: list[str], units: Collection[AdminUnit], grain: Grain, lying_in: AdminUnit | None
) -> str:
    cut = "".join(f"{name}, " for name in by if name not in ("unit_id", "starts_on"))
    where = "".join(f" AND {condition}" for condition in conditions)
    cells = _PLACE_BY_PLACE.format(where=where) if _have_few_places(units) else _OF_ALL_PLACES
    stays = _STAYS if lying_in is not None else ""
    source = _AS_REPORTED.format(starts_on=_STARTS_ON[grain], cut=cut, where=where, cells=cells, stays=stays)
    return _added_up(source, by, [])


def _have_few_places(units: Collection[AdminUnit]) -> bool:
    """Whether the places of units are so few that it is quicker to look each up: those of one of them below the
    country, or of some communes and districts."""
    tiers = {unit.tier for unit in units}
    if Tier.COUNTRY in tiers:
        return False
    return len(units) == 1 or (Tier.PROVINCE not in tiers and len(units) <= MOST_NAMED)


# Of a moment without a zone: looking up the zone for each row would take a third of the time.
_STARTS_ON = {"year": "date_trunc('year', month::timestamp)::date", "month": "month"}

_ON_A_MAP = """
(SELECT cell.*, place.unit_id, {starts_on} AS starts_on FROM indicators_fresh_cell AS cell
   JOIN ({reach}) AS place USING (place_id)
  WHERE month BETWEEN %(first)s AND %(last)s) AS total
"""

_REACH_TODAY = "SELECT place_id, unit_id FROM indicators_reach WHERE unit_id = ANY(%(units)s::bigint[])"

_REACH_ON_DAY = """
SELECT reading.unit_id AS place_id, ancestry.ancestor_id AS unit_id
  FROM places_unitreading AS reading
  JOIN places_unitancestry AS ancestry ON ancestry.unit_id = reading.reads_as_id
 WHERE ancestry.ancestor_id = ANY(%(units)s::bigint[])
   AND coalesce(reading.starts_on, '-infinity') <= %(day)s AND coalesce(reading.ends_on, 'infinity') > %(day)s
   AND coalesce(ancestry.starts_on, '-infinity') <= %(day)s AND coalesce(ancestry.ends_on, 'infinity') > %(day)s
"""

_AS_REPORTED = """
(WITH stood AS MATERIALIZED (
     SELECT ancestry.unit_id AS place_id, ancestry.ancestor_id AS unit_id,
            CASE WHEN ancestry.starts_on > coalesce(place.starts_on, '-infinity')
                 THEN ancestry.starts_on ELSE '-infinity' END AS begins_on,
            CASE WHEN ancestry.ends_on < coalesce(place.ends_on, 'infinity')
                 THEN ancestry.ends_on ELSE 'infinity' END AS stops_on
       FROM places_unitancestry AS ancestry
       JOIN places_adminunit AS place ON place.id = ancestry.unit_id
      WHERE ancestry.ancestor_id = ANY(%(units)s::bigint[])
 ), lay AS MATERIALIZED (
     SELECT *, CASE WHEN isfinite(begins_on)
                    THEN date_trunc('month', begins_on + interval '1 month' - interval '1 day')::date
                    ELSE begins_on END AS first_month,
            CASE WHEN isfinite(stops_on) THEN date_trunc('month', stops_on)::date ELSE stops_on END AS stop_month
       FROM stood
 ), moved AS MATERIALIZED (
     SELECT DISTINCT place_id, date_trunc('month', border)::date AS month
       FROM lay CROSS JOIN LATERAL (VALUES (begins_on), (stops_on)) AS border (border)
      WHERE isfinite(border) AND extract(day FROM border) > 1
        AND date_trunc('month', border) BETWEEN %(first)s AND %(last)s
 )
 SELECT {cut}unit_id, {starts_on} AS starts_on, quantity, lines
   FROM (SELECT {cut}unit_id, month, sum(quantity)::bigint AS quantity, sum(lines)::bigint AS lines
           FROM {cells} month >= first_month AND month < stop_month
          WHERE month BETWEEN %(first)s AND %(last)s{where}
          GROUP BY {cut}unit_id, month) AS found
  WHERE true{stays}
 UNION ALL
 SELECT {cut}unit_id, {starts_on}, quantity, lines
   FROM (SELECT entry.measure, institution_class, coalesce(purpose, '') AS purpose, coalesce(channel, '') AS channel,
                coalesce(sex, '') AS sex, coalesce(age_band, '') AS age_band,
                coalesce(taken_back.kind, posting.kind) = 'stated' AS stated, quantity, sign(quantity)::bigint AS lines,
                lay.unit_id, month
           FROM moved
          CROSS JOIN LATERAL (
                SELECT * FROM ledger_entry AS entry
                 WHERE entry.place_id = moved.place_id AND entry.occurred_on >= moved.month
                   AND entry.occurred_on < (moved.month + interval '1 month')::date OFFSET 0) AS entry
           JOIN lay
                ON lay.place_id = entry.place_id AND entry.occurred_on >= begins_on AND entry.occurred_on < stops_on
                AND NOT (month >= first_month AND month < stop_month)
           JOIN places_institution AS institution ON institution.id = entry.institution_id
          CROSS JOIN LATERAL (
                SELECT kind, reverses_id FROM ledger_posting
                 WHERE institution_id = entry.institution_id AND id = entry.posting_id OFFSET 0) AS posting
           LEFT JOIN LATERAL (
                SELECT kind FROM ledger_posting
                 WHERE institution_id = entry.institution_id AND id = posting.reverses_id OFFSET 0) AS taken_back
                ON true
        ) AS found
  WHERE true{where}{stays}
) AS total
"""
"""Cells where their place lay, but for the months within which it came to lie elsewhere while it stood: of these alone
the cells cannot say where, so they are read from the book, day by day. What happened at a place before it began or
after it had ended is read as it lay first or last. OFFSET 0: the planner takes these months for many and would read the
whole book."""

_OF_ALL_PLACES = "indicators_fresh_cell AS cell JOIN lay ON lay.place_id = cell.place_id AND"
_PLACE_BY_PLACE = """lay
          JOIN LATERAL (
                SELECT * FROM indicators_fresh_cell AS there
                 WHERE there.place_id = lay.place_id{where} OFFSET 0) AS cell
             ON"""
"""Said so that the index by place is taken: that of the key would be gone through for each month."""
_STAYS = """
    AND EXISTS (SELECT FROM places_unitancestry AS stay
                 WHERE stay.unit_id = found.unit_id AND stay.ancestor_id = %(within)s
                   AND month >= date_trunc('month', coalesce(stay.starts_on, '-infinity')::timestamp)::date
                   AND month < date_trunc('month', coalesce(stay.ends_on, 'infinity')::timestamp)::date)
"""


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
