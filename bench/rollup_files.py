"""The roll-up from exported files: how long DuckDB takes against a plain scan of them, and with how much memory."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from django.utils import timezone

from bench.report import Table
from bench.rollup_data import TODAY
from bench.rollup_peak import SMALL, peak
from bench.stage import Stage
from bench.timing import mb, seconds
from hocsuotdoi.indicators.operations.exporting import Export, export, read_export
from hocsuotdoi.indicators.operations.rebuilding import compare, load, made_by_duckdb, verify


def time_files(table: Table) -> None:
    with tempfile.TemporaryDirectory(prefix="hsd-bench-export-") as name:
        folder = Path(name)
        for part in (time_export, time_rebuild, time_compare, time_load, time_memory, time_memory_of_export):
            part(table, folder)


def exports_of(stage: Stage) -> Path:
    """Where the export of a kept database stays: only what is new is written again."""
    return stage.server.data_dir / "export"


def time_export(table: Table, folder: Path) -> None:
    first = seconds(lambda: export(folder, at=timezone.now(), day=TODAY))
    again = seconds(lambda: export(folder, at=timezone.now(), day=TODAY))
    size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
    table.add("export of the ledger to Parquet", f"{first:.1f} s, {mb(size)}", f"again, nothing new: {again:.1f} s")


def time_rebuild(table: Table, folder: Path) -> None:
    """The scan has as many threads as the rebuild: one for each processor."""
    exported = read_export(folder)
    scan = min(_processor(lambda: _plain_scan(exported)) for _time in range(3))
    checking = _processor(lambda: verify(exported))
    table.add(
        "checking all files against the ledger's sums",
        f"{checking:.1f} s of a processor",
        f"{checking / scan:.1f} plain scans",
    )
    started, before = time.perf_counter(), time.process_time()
    with made_by_duckdb(exported):
        made, taken = time.process_time() - before, time.perf_counter() - started
    table.add(
        "all six tables made by DuckDB",
        f"{taken:.1f} s, {made:.1f} s of a processor",
        f"{made / scan:.1f} plain scans of {scan:.2f} s",
    )


def time_compare(table: Table, folder: Path) -> None:
    exported = read_export(folder)
    with made_by_duckdb(exported) as engine:
        started = time.perf_counter()
        assert compare(engine, exported) == []
        table.add("… compared with PostgreSQL's, cell by cell", f"{time.perf_counter() - started:.1f} s", "the same")


def time_load(table: Table, folder: Path) -> None:
    exported = read_export(folder)
    with made_by_duckdb(exported) as engine:
        loading = seconds(lambda: load(engine, exported))
    table.add("… and loaded into PostgreSQL, indexes kept", f"{loading:.1f} s", "readers see the old until then")


def time_memory(table: Table, folder: Path) -> None:
    """With a limit that a quarter of the rows fills already."""
    quarter, whole = peak("rebuild", folder, quarter=True), peak("rebuild", folder)
    table.add(
        f"memory of making them, a quarter of the rows and all, limit {SMALL}",
        f"{mb(quarter)}, {mb(whole)}", f"{whole / quarter:.2f}",
    )  # fmt: skip


def time_memory_of_export(table: Table, folder: Path) -> None:
    """A quarter of the files is written anew, then the rest; nothing that must stay."""
    months = sorted(folder.glob("entries/*/*/*.parquet"))
    for path in months[: len(months) // 4]:
        path.unlink()
    quarter = peak("export", folder)
    for path in months[len(months) // 4 :]:
        path.unlink()
    whole = peak("export", folder)
    table.add(
        "memory of the export, a quarter of the rows and all", f"{mb(quarter)}, {mb(whole)}", f"{whole / quarter:.2f}"
    )


def _processor(act: Callable[[], object]) -> float:
    """Seconds of a processor, of all threads: what else the machine does matters less than for the wait."""
    before = time.process_time()
    act()
    return time.process_time() - before


def _plain_scan(exported: Export) -> None:
    """Every column that the definition reads, of every row, once: added up, or looked at."""
    engine = duckdb.connect()
    columns = ["institution_id", "occurred_on", "place_id", "measure", "sex", "age_band", "channel", "purpose", "kind",
               "learner_key"]  # fmt: skip
    looked = ", ".join(f"max({column})" for column in columns)
    engine.execute(f"SELECT sum(quantity), {looked} FROM read_parquet(?)", [exported.paths()]).fetchall()
