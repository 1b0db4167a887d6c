"""What the roll-up is, said once for every engine (Ibis): entries of the ledger, added up along a few sets of keys.

PostgreSQL adds what is new (`operations.rolling`), DuckDB and Spark compute the whole from exported files
(`operations.exporting`, `rebuilding`); all read this page. Nothing here runs a query.

A cell holds `quantity`, the sum, and `lines`, how many entries stand behind it: an entry counts one, its reversal takes
one away. A cell of quantity 0 and lines 0 is something that was taken back; no cell is nothing reported.

Never added up here: different people. `LEARNERS` keeps who was there, so that they can be counted once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis
from ibis import Table, Value

Dialect = Literal["postgres", "duckdb", "pyspark"]

ENTRIES = ibis.table(
    {
        "id": "uuid",
        "institution_id": "int64",
        "posting_id": "uuid",
        "occurred_on": "date",
        "place_id": "int64",
        "measure": "string",
        "quantity": "int64",
        "sex": "string",
        "age_band": "string",
        "channel": "string",
        "purpose": "string",
        "learner_key": "uuid",
    },
    name="ledger_entry",
)
POSTINGS = ibis.table(
    {"id": "uuid", "institution_id": "int64", "kind": "string", "reverses_id": "uuid"}, name="ledger_posting"
)
INSTITUTIONS = ibis.table({"id": "int64", "institution_class": "string"}, name="places_institution")
REACH = ibis.table({"place_id": "int64", "unit_id": "int64", "tier": "string"}, name="indicators_reach")
"""Each place of any time with the units at which its facts are read on the map of the day, up to the country."""

RECLASSED = ibis.table({"institution_id": "int64", "was": "string", "became": "string"}, name="indicators_reclassed")
"""Institutions whose class was changed since the last fold."""


def moved(reclassed: Table, *not_added: Table) -> Table:
    """For an institution that changed its class: all its entries that were added, taken off the old class and put to
    the new one. Rows like those of `facts`."""
    entries = ENTRIES
    for waiting in not_added:
        entries = entries.anti_join(waiting, ["id", "institution_id", "occurred_on"])
    added = facts(traced(entries))
    there = added.join(reclassed, "institution_id")
    off = there.mutate(institution_class=there.was, quantity=-there.quantity, lines=-there.lines)
    on = there.mutate(institution_class=there.became)
    return off.select(*added.columns).union(on.select(*added.columns))


def traced(entries: Table = ENTRIES, postings: Table = POSTINGS) -> Table:
    """Entries with the `kind` of their posting: "happening" or "stated"; a reversal is of the kind of what it reverses.

    What is exported: files of it stand alone, without postings.
    """
    own = postings.select("institution_id", "kind", "reverses_id", posting_id=postings.id)
    reversed_ = postings.select("institution_id", reverses_id=postings.id, reversed_kind=postings.kind)
    rows = entries.join(own, ["institution_id", "posting_id"]).left_join(reversed_, ["institution_id", "reverses_id"])
    kept = [name for name in entries.columns if name != "posting_id"]
    return rows.select(*kept, kind=rows.reversed_kind.fill_null(rows.kind))


def exported(entries: Table = ENTRIES) -> Table:
    """`traced` as files hold it: what is not known is empty, but for who it was."""
    rows = traced(entries)
    return rows.mutate(**_empty_where_unknown(rows, rows)).select(*rows.columns)


_MAY_BE_UNKNOWN = ("purpose", "channel", "sex", "age_band")


def _empty_where_unknown(rows: Table, source: Table) -> dict[str, Value]:
    """The columns of `source` that may be unknown. One that is never null stays as it is: only so an engine that reads
    words as codes can group by these."""
    return {name: rows[name].fill_null("") if source[name].type().nullable else rows[name] for name in _MAY_BE_UNKNOWN}


EXPORTED = ibis.table(
    {name: kind(nullable=name not in _MAY_BE_UNKNOWN) for name, kind in traced().schema().items()},
    name="exported_entry",
)
"""The entries as files hold them."""

PENDING = ibis.table(traced().schema(), name="indicators_pending")
"""Entries that PostgreSQL has not added yet, copied."""


def facts(entries: Table, institutions: Table = INSTITUTIONS) -> Table:
    """One row for each entry of `traced`, with everything that any roll-up asks of it; what is not known is empty.

    `stated`: typed in, and not traced to a happening.
    """
    rows = entries.join(institutions.rename(institution_id="id"), "institution_id")
    return rows.select(
        "institution_id",
        "place_id",
        "measure",
        "institution_class",
        "learner_key",
        "quantity",
        month=ibis.date(rows.occurred_on.year(), rows.occurred_on.month(), 1),
        **_empty_where_unknown(rows, entries),
        stated=rows.kind == "stated",
        lines=ibis.ifelse(rows.quantity > 0, 1, -1).cast("int64"),
    )


def _as_they_are(rows: Table, _reach: Table) -> Table:
    return rows


def _at_units(rows: Table, reach: Table) -> Table:
    """Each row at its commune, its province and the country for its year, above the commune also for its month: what
    a commune has in a month are its `CELLS`."""
    there = rows.join(reach, "place_id")
    above = there.filter(there.tier != "commune")
    return _in_months(above).union(_in_years(there))


def _in_months(rows: Table) -> Table:
    return rows.mutate(grain=ibis.literal("month"), starts_on=rows.month)


def _in_years(rows: Table) -> Table:
    return rows.mutate(grain=ibis.literal("year"), starts_on=ibis.date(rows.month.year(), 1, 1))


def _known_learners(rows: Table, _reach: Table) -> Table:
    known = rows.filter(rows.learner_key.notnull())
    return known.mutate(year=known.month.year().cast("int64"))


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of cells: its `keys`, and the rows that fall into them, made from `facts` and `REACH`."""

    table: str
    keys: tuple[str, ...]
    rows: Callable[[Table, Table], Table] = _as_they_are

    def spread(self, source: Table, reach: Table = REACH) -> Table:
        """The rows, one by one, as they fall into cells: keys, quantity, lines."""
        return self.rows(source, reach).select(*self.keys, "quantity", "lines")

    def cells(self, source: Table, reach: Table = REACH) -> Table:
        """The rows added up: keys, quantity, lines."""
        return added_up(self.spread(source, reach), *self.keys)


def added_up(rows: Table, *keys: str) -> Table:
    return rows.group_by(list(keys)).agg(
        quantity=rows.quantity.sum().cast("int64"), lines=rows.lines.sum().cast("int64")
    )


_AT_UNIT = ("measure", "grain", "tier", "starts_on", "unit_id")

CELLS = Rollup(
    "indicators_cell",
    ("measure", "month", "place_id", "institution_class", "purpose", "channel", "sex", "age_band", "stated"),
)
INSTITUTION_MONTHS = Rollup(
    "indicators_institutionmonth", ("measure", "month", "institution_id", "place_id", "purpose", "stated")
)
LEARNERS = Rollup("indicators_learneryear", ("measure", "year", "place_id", "learner_key"), _known_learners)
UNIT_TOTALS = Rollup("indicators_unittotal", _AT_UNIT, _at_units)
UNIT_TOTALS_BY_CLASS = Rollup(
    "indicators_unittotalbyclass", (*_AT_UNIT, "institution_class", "purpose", "stated"), _at_units
)
UNIT_TOTALS_BY_PERSON = Rollup("indicators_unittotalbyperson", (*_AT_UNIT, "channel", "sex", "age_band"), _at_units)

AT_PLACES = (CELLS, INSTITUTION_MONTHS, LEARNERS)
"""As the book has it; no map changes them."""
AT_UNITS = (UNIT_TOTALS_BY_CLASS, UNIT_TOTALS_BY_PERSON, UNIT_TOTALS)
"""On the map of the day; made anew when the map changes, the first two from `CELLS`, the last from the second."""
ROLLUPS = (*AT_PLACES, *AT_UNITS)


def whole(table: Rollup, entries: Table) -> Table:
    """All cells of a table, from all entries, each like a row of `traced`; those at units from tables made before."""
    if table not in AT_UNITS:
        return table.cells(facts(entries))
    if table is UNIT_TOTALS:
        return added_up(as_rows(UNIT_TOTALS_BY_PERSON), *table.keys)
    # Years above communes from their months, and only communes from all cells: far fewer rows than each by itself.
    there = as_rows(CELLS).join(REACH, "place_id")
    months = added_up(_in_months(there.filter(there.tier != "commune")), *table.keys)
    above = added_up(_in_years(months.mutate(month=months.starts_on)), *table.keys)
    below = added_up(_in_years(there.filter(there.tier == "commune")), *table.keys)
    return months.union(above, below)


def as_rows(table: Rollup) -> Table:
    """A table's cells as a source like `facts`: there are far fewer than entries."""
    columns = dict.fromkeys(table.keys, "string") | {
        key: kind for key, kind in _KINDS.items() if key in (*table.keys, "quantity", "lines")
    }
    return ibis.table(columns, name=table.table)


_KINDS = {
    "month": "date", "starts_on": "date", "place_id": "int64", "unit_id": "int64", "stated": "boolean",
    "quantity": "int64", "lines": "int64",
}  # fmt: skip
"""Types of cells' columns that are not text."""


def sql(expression: Table, dialect: Dialect = "postgres") -> str:
    """The expression as a SELECT. Column order is the expression's."""
    return str(ibis.to_sql(expression, dialect=dialect))
