"""Keeping the roll-up: adding what was posted, making it anew, following the map.

Every reading adds what is still pending by itself (`make_views`), so a figure is right at any moment, whether the fold
has run or not; folding only keeps the pending few. One fold runs at a time.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal

import ibis
from django.db import connection, transaction
from ibis import Table

from hocsuotdoi.indicators import rollup
from hocsuotdoi.indicators.models import Pending, RollupMap
from hocsuotdoi.indicators.queries.totals import map_is
from hocsuotdoi.indicators.rollup import AT_PLACES, AT_UNITS, ROLLUPS, Rollup, sql

AT_ONCE = 100_000
"""Entries that one fold takes at most: what is in hand stays small, however many wait."""

_ENTRY = ", ".join(rollup.PENDING.columns)

_TAKE = f"""
WITH gone AS (
    DELETE FROM indicators_pending
     WHERE seq <= coalesce((SELECT seq FROM indicators_pending ORDER BY seq OFFSET %s LIMIT 1), 9223372036854775807)
    RETURNING {_ENTRY}
)
INSERT INTO indicators_taken ({_ENTRY}) SELECT * FROM gone
"""

# As long as they were pending, that said itself that parts of figures rest on them (`queries.kept_parts`).
_MARK_PARTS = """
INSERT INTO indicators_partsmark (place_id, institution_id, year)
SELECT DISTINCT place_id, institution_id, extract(year FROM occurred_on)::smallint FROM indicators_taken
"""

_REACH = """
SELECT DISTINCT reading.unit_id AS place_id, ancestry.ancestor_id AS unit_id, unit.tier
  FROM places_unitreading AS reading
  JOIN places_unitancestry AS ancestry ON ancestry.unit_id = reading.reads_as_id
  JOIN places_adminunit AS unit ON unit.id = ancestry.ancestor_id
 WHERE coalesce(reading.starts_on, '-infinity') <= %(day)s AND coalesce(reading.ends_on, 'infinity') > %(day)s
   AND coalesce(ancestry.starts_on, '-infinity') <= %(day)s AND coalesce(ancestry.ends_on, 'infinity') > %(day)s
"""


def fold() -> int:
    """Adds pending entries to the cells; returns how many. 0 also when another fold is at work.

    All or nothing: an entry is pending or it is in every cell it belongs to.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('indicators_fold'))")
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(_scratch())
        cursor.execute(_TAKE, [AT_ONCE])
        taken = cursor.rowcount
        cursor.execute(_MARK_PARTS)
        cursor.execute("DELETE FROM indicators_reclassed RETURNING institution_id, was, became")
        reclassed = cursor.fetchall()
        if not taken and not reclassed:
            return 0
        cursor.executemany("INSERT INTO indicators_reclassed_now VALUES (%s, %s, %s)", reclassed)
        cursor.execute(f"INSERT INTO indicators_facts {_taken_facts()}")
        if reclassed:
            cursor.execute(f"INSERT INTO indicators_facts {_moved_facts()}")
        for table in ROLLUPS:
            cursor.execute(_add(table, "indicators_facts"))
        return taken


def rebuild(day: dt.date) -> int:
    """Makes every cell anew from the ledger, on the map of `day`; returns how many entries there are.

    Readers see the old cells until the new ones are whole. What is posted meanwhile stays pending.
    """
    nested = connection.in_atomic_block
    with alone(), transaction.atomic(), connection.cursor() as cursor:
        if not nested:  # one snapshot for all: what it does not see stays pending
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        empty(["indicators_pending", "indicators_reclassed", *(table.table for table in AT_PLACES)])
        for table in AT_PLACES:
            cursor.execute(_insert_all(table))
        _spread_over_units(day)
        cursor.execute("SELECT count(*) FROM ledger_entry")
        entries: int = cursor.fetchone()[0]
    analyze()
    return entries


def follow_map(day: dt.date) -> bool:
    """Puts the totals at units on the map of `day` where that differs from the one they stand on; returns whether."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('indicators_fold'))")
        if map_is(day):
            return False
        _spread_over_units(day)
    analyze()
    return True


def make_views() -> None:
    """For each table the views `indicators_waiting_…`, the rows that are pending one by one, and `indicators_fresh_…`,
    its cells and those.

    All are of the table's own types: only then does the planner look into both halves and use the table's key.
    Run by a migration whenever the definition changes.
    """
    waiting = rollup.facts(rollup.PENDING)
    with connection.cursor() as cursor:
        for table in ROLLUPS:
            cursor.execute(
                "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass",
                [table.table],
            )
            kinds = dict(cursor.fetchall())
            columns = (*table.keys, "quantity", "lines")
            named = ", ".join(columns)
            cursor.execute(f"DROP VIEW IF EXISTS {fresh(table)}, {fresh(table, 'waiting')}")
            cursor.execute(
                f"CREATE VIEW {fresh(table, 'waiting')} AS "
                f"SELECT {', '.join(f'{column}::{kinds[column]} AS {column}' for column in columns)} "
                f"FROM ({sql(table.spread(waiting))}) AS pending"
            )
            cursor.execute(
                f"CREATE VIEW {fresh(table)} AS SELECT {named} FROM {table.table} "
                f"UNION ALL SELECT {named} FROM {fresh(table, 'waiting')}"
            )


def fresh(table: Rollup, view: Literal["fresh", "waiting"] = "fresh") -> str:
    """The view that shows a roll-up's table with what is pending, or that alone."""
    return table.table.replace("indicators_", f"indicators_{view}_")


def note_pending(condition: str, parameters: list[Any]) -> int:
    """Notes those entries of the ledger as pending for which `condition` holds; no cell may hold them. How many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO indicators_pending ({_ENTRY}) "
            f"SELECT {_ENTRY} FROM ({sql(rollup.traced())}) AS entry WHERE {condition}",
            parameters,
        )
        return cursor.rowcount


def pending() -> int:
    """How many entries wait to be added."""
    return Pending.objects.count()


def _spread_over_units(day: dt.date) -> None:
    empty(["indicators_reach", "indicators_rollupmap", *(table.table for table in AT_UNITS)])
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO indicators_reach (place_id, unit_id, tier) {_REACH}", {"day": day})
        for table in AT_UNITS:
            cursor.execute(_insert_all(table))
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM places_unitreading")
        first, last = cursor.fetchone()
    RollupMap.objects.create(day=day, first_reading=first, last_reading=last)


@contextmanager
def alone() -> Iterator[None]:
    """No fold and no other rebuild meanwhile. Taken before the snapshot, which must not be older than the last fold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('indicators_fold'))")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('indicators_fold'))")


def empty(tables: Iterable[str]) -> None:
    """Where what is pending goes, parts of figures are all stale.

    DELETE and not TRUNCATE: whoever reads meanwhile goes on seeing what was there."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
            if table == "indicators_pending":
                cursor.execute("INSERT INTO indicators_partsmark DEFAULT VALUES")


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE indicators_reach, {', '.join(table.table for table in ROLLUPS)}")


def _insert(table: Rollup, select: str) -> str:
    """In the order of the key: rows that are read together lie together, and the key's index grows at its end."""
    columns = ", ".join((*table.keys, "quantity", "lines"))
    keys = ", ".join(table.keys)
    return f"INSERT INTO {table.table} ({columns}) SELECT {columns} FROM ({select}) AS made ORDER BY {keys}"


@cache
def _insert_all(table: Rollup) -> str:
    return _insert(table, sql(rollup.whole(table, rollup.traced())))


@cache
def _add(table: Rollup, source: str) -> str:
    facts = rollup.facts(rollup.traced())
    select = sql(table.cells(ibis.table(facts.schema(), name=source)))
    columns = ", ".join((*table.keys, "quantity", "lines"))
    return (
        f"INSERT INTO {table.table} ({columns}) {select} ON CONFLICT ({', '.join(table.keys)}) DO UPDATE "
        f"SET quantity = {table.table}.quantity + EXCLUDED.quantity, lines = {table.table}.lines + EXCLUDED.lines"
    )


@cache
def _scratch() -> str:
    """Temporary tables of this connection, empty: a connection may have been used for a fold before."""
    return f"""
        CREATE TEMPORARY TABLE IF NOT EXISTS indicators_taken ({_columns(rollup.PENDING)});
        CREATE TEMPORARY TABLE IF NOT EXISTS indicators_reclassed_now (institution_id bigint, was text, became text);
        CREATE TEMPORARY TABLE IF NOT EXISTS indicators_facts ({_columns(rollup.facts(rollup.traced()))});
        TRUNCATE indicators_taken, indicators_reclassed_now, indicators_facts
    """


def _columns(table: Table) -> str:
    kinds = {"int64": "bigint", "string": "text", "date": "date", "boolean": "boolean", "uuid": "uuid"}
    return ", ".join(f"{name} {kinds[str(kind).removeprefix('!')]}" for name, kind in table.schema().items())


@cache
def _taken_facts() -> str:
    return sql(rollup.facts(_named(rollup.PENDING, "indicators_taken")))


@cache
def _moved_facts() -> str:
    """What waits has not been added under the old class, nor has what this fold has just taken."""
    taken = _named(rollup.PENDING, "indicators_taken")
    return sql(rollup.moved(_named(rollup.RECLASSED, "indicators_reclassed_now"), rollup.PENDING, taken))


def _named(table: Table, name: str) -> Table:
    return ibis.table(table.schema(), name=name)
