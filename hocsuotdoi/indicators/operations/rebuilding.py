"""The roll-up made anew from an export by DuckDB, in one process: to prove PostgreSQL's, or to take its place.

Memory is held to a limit; what does not fit goes to a folder beside. Spark does the same on several machines
(`operations.cluster`): its tables are then read here, compared and loaded in the same way.
"""

import datetime as dt
import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pyarrow.csv
import pyarrow.parquet
from django.db import connection
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators import rollup
from hocsuotdoi.indicators.models import RollupMap
from hocsuotdoi.indicators.operations.exporting import (
    Export,
    Sums,
    broken_files,
    ledger_sums,
    snapshot,
    stream,
)
from hocsuotdoi.indicators.operations.rolling import alone, analyze, empty, fresh, note_pending
from hocsuotdoi.indicators.queries.totals import map_is
from hocsuotdoi.indicators.rollup import ROLLUPS, Rollup
from hocsuotdoi.places.models import Institution

MEMORY = "2GB"
ROWS_AT_ONCE = 100_000

_SUMS = """
SELECT count(*), sum(quantity)::BIGINT, sum(CAST('0x' || substr(md5(id || ':' || quantity), 1, 15) AS BIGINT)),
       min(date_trunc('month', occurred_on))::DATE, max(date_trunc('month', occurred_on))::DATE
  FROM read_parquet(?)
"""


class BrokenExport(Refused):
    """Files that are missing, or are not what the manifest says."""


class OutOfDate(Refused):
    """An export to be compared with totals that have moved on."""


class OfAnotherLedger(Refused):
    """An export with entries that the ledger does not hold."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell in which two engines disagree; None: it has no such cell."""

    table: str
    key: tuple[object, ...]
    here: tuple[int, int] | None
    there: tuple[int, int] | None


def verify(export: Export, *, memory: str = MEMORY) -> None:
    """Reads every file again. Refused: one that is missing, was changed, or does not add up to what the ledger said
    when it was written."""
    broken = broken_files(export)
    with _duckdb(memory) as engine:
        for first, month in export.months.items():
            if month.path in broken:
                continue
            rows, quantity, checksum, *bounds = engine.execute(_SUMS, [str(export.folder / month.path)]).fetchall()[0]
            if Sums(rows, quantity, checksum) != month.sums or set(bounds) != {first}:
                broken.append(month.path)
    if broken:
        raise BrokenExport(
            _("These files of the export are not what was written: {files}. Remove them and export again.").format(
                files=", ".join(sorted(broken))
            )
        )


@contextmanager
def made_by_duckdb(
    export: Export, *, memory: str = MEMORY, spill: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that holds all tables of the roll-up, made from the export; they are gone afterwards."""
    with _duckdb(memory, spill) as engine:
        show_export(engine, export)
        for table in ROLLUPS:
            sums = "quantity::BIGINT AS quantity, lines::BIGINT AS lines"  # and not of twice their width
            engine.execute(f"CREATE TABLE {table.table} AS SELECT * REPLACE ({sums}) FROM ({made(table, 'duckdb')})")
        yield engine


@contextmanager
def made_elsewhere(tables: Mapping[str, Path], *, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same with tables that another engine has written as Parquet, each into its folder."""
    with _duckdb(memory) as engine:
        for name, folder in tables.items():
            engine.read_parquet(str(folder / "*.parquet")).create_view(name)
        yield engine


@cache
def made(table: Rollup, dialect: rollup.Dialect) -> str:
    """The SELECT of a table's cells from exported files; those at units from the table of cells."""
    return rollup.sql(rollup.whole(table, rollup.EXPORTED), dialect)


def show_export(engine: duckdb.DuckDBPyConnection, export: Export) -> None:
    """The files as the tables that the definition names; their words as numbers, which take a tenth of the room and
    half of the time where millions are grouped by eight of them."""
    sources = {
        rollup.INSTITUTIONS.get_name(): ([str(export.folder / export.institutions.path)], ["institution_class"]),
        rollup.REACH.get_name(): ([str(export.folder / export.reach.path)], ["tier"]),
    }
    if export.months:
        sources[rollup.EXPORTED.get_name()] = (export.paths(), _CODED)
    else:
        engine.register(rollup.EXPORTED.get_name(), rollup.EXPORTED.schema().to_pyarrow().empty_table())
    words = {"", "month", "year", "commune", "stated"}
    for paths, columns in sources.values():
        asked = ", ".join(f"list(DISTINCT {column})" for column in columns)
        found = engine.execute(f"SELECT {asked} FROM read_parquet(?)", [paths]).fetchall()[0]
        words.update(word for each in found for word in each or ())
    engine.execute(f"CREATE TYPE word AS ENUM ({', '.join(_literal(word) for word in sorted(words))})")
    for name, (paths, columns) in sources.items():
        coded = ", ".join(f"{column}::word AS {column}" for column in columns)
        files = ", ".join(map(_literal, paths))
        engine.execute(
            f"CREATE VIEW {name} AS SELECT * REPLACE ({coded}) FROM read_parquet([{files}], hive_partitioning = false)"
        )


_CODED = ["measure", "sex", "age_band", "channel", "purpose", "kind"]
"""Columns of entries that hold one of a few words."""

_TEXTS = {*_CODED, "institution_class", "tier", "grain"}


def differences(engine: duckdb.DuckDBPyConnection, *, limit: int = 10) -> list[Difference]:
    """Where the tables in `engine` differ from PostgreSQL's with what is pending, `limit` of each table at most.

    A cell that was emptied says no more than one that is not there. Meaningful while nothing has changed since the
    export (`why_out_of_date`) and no change of a class waits to be folded.
    """
    found = []
    for table in ROLLUPS:
        keys = ", ".join(table.keys)
        select = f"SELECT {keys}, quantity, lines FROM {fresh(table)}"
        schema = rollup.whole(table, rollup.EXPORTED).schema()
        with stream(select, schema) as there:
            engine.register("there", there)
            rows = engine.execute(
                f"""
                SELECT {keys}, sum(here_quantity), sum(here_lines), sum(there_quantity), sum(there_lines) FROM (
                    SELECT {keys}, quantity AS here_quantity, lines AS here_lines,
                           0 AS there_quantity, 0 AS there_lines FROM {table.table}
                    UNION ALL
                    SELECT {keys}, 0, 0, quantity, lines FROM there
                ) AS both_of_them
                GROUP BY ALL
                HAVING (sum(here_quantity), sum(here_lines)) <> (sum(there_quantity), sum(there_lines))
                ORDER BY ALL LIMIT {limit}
                """
            ).fetchall()
            engine.unregister("there")
        width = len(table.keys)
        found += [
            Difference(table.table, row[:width], _cell(row[width : width + 2]), _cell(row[width + 2 :])) for row in rows
        ]
    return found


def moved_on(export: Export) -> list[dt.date]:
    """The months in which the ledger is no longer as it was exported. Reads the whole ledger once."""
    now = ledger_sums()
    exported = {first: month.sums for first, month in export.months.items()}
    return sorted(first for first in now.keys() | exported.keys() if now.get(first) != exported.get(first))


def why_out_of_date(export: Export) -> str:
    """What has changed since the export, so that its totals cannot be PostgreSQL's; empty when nothing has."""
    if months := moved_on(export):
        return _("Since the export, the ledger has changed in these months: {months}. Export again.").format(
            months=", ".join(f"{first.month}/{first.year}" for first in months)
        )
    there = RollupMap.objects.first()
    bounds = (export.first_reading, export.last_reading)
    if there is None or (there.first_reading, there.last_reading) != bounds or not map_is(export.map_day):
        return _("Since the export, the map has changed. Export again.")
    classes = pyarrow.parquet.read_table(export.folder / export.institutions.path).to_pydict()
    now = dict(Institution.objects.values_list("pk", "institution_class"))
    if any(now.get(key) != was for key, was in zip(classes["id"], classes["institution_class"], strict=True)):
        return _("Since the export, institutions have changed their class. Export again.")
    return ""


def compare(engine: duckdb.DuckDBPyConnection, export: Export) -> list[Difference]:
    """`differences`. Refused: an export since which something has changed, at the same moment."""
    with snapshot():
        if reason := why_out_of_date(export):
            raise OutOfDate(reason)
        return differences(engine)


def load(engine: duckdb.DuckDBPyConnection, export: Export) -> int:
    """Puts the tables in `engine`, made from `export`, in the place of PostgreSQL's; returns how many entries of the
    ledger are pending then, since they were posted after the export.

    Readers see the old cells until the new ones are whole. Changes of class since the export move with the next fold,
    and so does the map. Refused: an export that holds entries which the ledger does not.
    """
    with alone(), snapshot():
        later = moved_on(export)
        empty(["indicators_pending", "indicators_reclassed", "indicators_reach", "indicators_rollupmap"])
        empty(table.table for table in ROLLUPS)
        waiting = _note_pending(engine, export, later)
        for table in ROLLUPS:
            columns = (*table.keys, "quantity", "lines")
            texts = ", ".join(f"{name}::VARCHAR" if name in _TEXTS else name for name in columns)
            # In the order of the key, as `rolling.rebuild` does: what is read together lies together.
            in_order = (
                f"SELECT {texts} FROM {table.table} ORDER BY {', '.join(map(str, range(1, len(table.keys) + 1)))}"
            )
            _copy_in(engine, in_order, f"{table.table} ({', '.join(columns)})")
        _copy_small(engine, export)
        RollupMap.objects.create(
            day=export.map_day, first_reading=export.first_reading, last_reading=export.last_reading
        )
    analyze()
    return waiting


def _note_pending(engine: duckdb.DuckDBPyConnection, export: Export, months: list[dt.date]) -> int:
    """Notes the entries of `months` that the export does not hold."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS indicators_exported (id uuid)")
        cursor.execute("TRUNCATE indicators_exported")
        held = 0
        for first in months:
            if first in export.months:
                held += export.months[first].sums.rows
                path = str(export.folder / export.months[first].path)
                _copy_in(engine, f"SELECT id FROM read_parquet({_literal(path)})", "indicators_exported (id)")
        cursor.execute("ANALYZE indicators_exported")
        waiting = note_pending(
            "date_trunc('month', occurred_on::timestamp)::date = ANY(%s) "
            "AND NOT EXISTS (SELECT FROM indicators_exported WHERE indicators_exported.id = entry.id)",
            [months],
        )
        cursor.execute(
            "SELECT count(*) = %s FROM ledger_entry WHERE date_trunc('month', occurred_on::timestamp)::date = ANY(%s)",
            [held + waiting, months],
        )
        if cursor.fetchone() != (True,):
            raise OfAnotherLedger(
                _("The export holds entries that this ledger does not. Export this ledger, then try again.")
            )
    return waiting


def _copy_small(engine: duckdb.DuckDBPyConnection, export: Export) -> None:
    """The map, and the classes that have changed since: their entries stand in the cells of the old class."""
    reach = _literal(str(export.folder / export.reach.path))
    classes = _literal(str(export.folder / export.institutions.path))
    columns = "place_id, unit_id, tier"
    _copy_in(engine, f"SELECT {columns} FROM read_parquet({reach})", f"indicators_reach ({columns})")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS indicators_classes (id bigint, was text)")
        cursor.execute("TRUNCATE indicators_classes")
        _copy_in(engine, f"SELECT id, institution_class FROM read_parquet({classes})", "indicators_classes (id, was)")
        cursor.execute(
            """
            INSERT INTO indicators_reclassed (institution_id, was, became)
            SELECT id, was, institution_class FROM indicators_classes JOIN places_institution USING (id)
             WHERE was <> institution_class
            """
        )


def _copy_in(engine: duckdb.DuckDBPyConnection, select: str, into: str) -> None:
    """Rows of DuckDB into a table of PostgreSQL, some at a time."""
    options = pyarrow.csv.WriteOptions(include_header=False)
    rows = engine.sql(select).to_arrow_reader(ROWS_AT_ONCE)
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN (FORMAT csv)") as copy:
        for batch in rows:
            text = io.BytesIO()
            pyarrow.csv.write_csv(batch, text, options)
            copy.write(text.getvalue())


@contextmanager
def _duckdb(memory: str, spill: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own with a temporary folder (in `spill`), which grows where memory ends."""
    with tempfile.TemporaryDirectory(prefix="rollup-", dir=spill) as folder:
        engine = duckdb.connect()
        try:
            engine.execute("SET memory_limit = ?", [memory])
            engine.execute("SET temp_directory = ?", [folder])
            engine.execute("SET preserve_insertion_order = false")
            yield engine
        finally:
            engine.close()


def _cell(sums: tuple[int, ...]) -> tuple[int, int] | None:
    quantity, lines = sums
    return None if quantity == lines == 0 else (quantity, lines)


def _literal(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
