"""The ledger as Parquet files, from which other engines make the roll-up anew (`operations.rebuilding`).

    manifest.json                                    which files count, and what is in each
    entries/year=2025/month=07/<checksum>.parquet    the entries of a month, as `rollup.exported` has them
    institutions-<…>.parquet, reach-<…>.parquet      their classes; the map

Only the manifest says which files count; it is replaced last, in one move, so whoever reads finds the old export or the
new one. A month whose checksum in the ledger is that of its file is left as it is. Files of the export before are kept
until the next, for those who are still reading them.
"""

import datetime as dt
import fcntl
import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet
from django.db import connection, transaction
from django.utils.translation import gettext as _
from ibis import Schema, Table

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators import rollup
from hocsuotdoi.indicators.models import RollupMap
from hocsuotdoi.indicators.operations.rolling import follow_map

FORMAT = 2
ROWS_AT_ONCE = 64_000
"""Rows of one month that are held before they are written: memory does not grow with the ledger."""

CHECKSUM = "('x' || substr(md5(id::text || ':' || quantity::text), 1, 15))::bit(60)::bigint"
"""Of an entry, for PostgreSQL; their sum is a month's. `rebuilding` says the same for DuckDB."""

_SUMS = f"""
SELECT date_trunc('month', occurred_on::timestamp)::date, count(*), sum(quantity)::bigint, sum({CHECKSUM})
  FROM ledger_entry GROUP BY 1 ORDER BY 1
"""


class NotAnExport(Refused):
    """A folder without a manifest of this program's."""


class ExportUnderWay(Refused):
    """A second export into the same folder at the same time."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What a month's entries add up to, in whatever order they come."""

    rows: int
    quantity: int
    checksum: int


@dataclass(frozen=True, slots=True)
class File:
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Month(File):
    sums: Sums


@dataclass(frozen=True, slots=True)
class Export:
    """What the manifest says. `map_day`, `first_reading`, `last_reading`: the map of `reach`, as in `RollupMap`."""

    folder: Path
    at: dt.datetime
    map_day: dt.date
    first_reading: int
    last_reading: int
    months: dict[dt.date, Month]
    institutions: File
    reach: File

    @property
    def rows(self) -> int:
        return sum(month.sums.rows for month in self.months.values())

    def paths(self) -> list[str]:
        """The files of the entries, by month."""
        return [str(self.folder / self.months[first].path) for first in sorted(self.months)]

    def files(self) -> list[File]:
        return [*self.months.values(), self.institutions, self.reach]


def read_export(folder: Path) -> Export:
    """What the export in `folder` holds. Refused: a folder that holds none."""
    try:
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        told = {}
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise NotAnExport(_("{folder} holds no export of the ledger. Export into it first.").format(folder=folder))
    return Export(
        folder=folder,
        at=dt.datetime.fromisoformat(told["at"]),
        map_day=dt.date.fromisoformat(told["map_day"]),
        first_reading=told["first_reading"],
        last_reading=told["last_reading"],
        months={
            dt.date.fromisoformat(first): Month(month["path"], month["sha256"], Sums(**month["sums"]))
            for first, month in told["months"].items()
        },
        institutions=File(**told["institutions"]),
        reach=File(**told["reach"]),
    )


def export(folder: Path, *, at: dt.datetime, day: dt.date) -> tuple[Export, set[dt.date]]:
    """Brings the export in `folder` to the ledger's present state, on the map of `day`; returns it and the months
    that were written.

    One snapshot for all of it; nobody waits for it. Refused: while another export writes there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone_in(folder):
        try:
            before = read_export(folder)
        except NotAnExport:
            before = None
        follow_map(day)
        with snapshot():
            sums = ledger_sums()
            known = before.months if before else {}
            months = {
                first: known[first]
                for first in sums
                if first in known and known[first].sums == sums[first] and (folder / known[first].path).exists()
            }
            changed = set(sums) - set(months)
            for year in sorted({first.year for first in changed}):
                months |= _write_year(folder, {first: sums[first] for first in changed if first.year == year})
            stands_on = RollupMap.objects.get()
            exported = Export(
                folder=folder,
                at=at,
                map_day=stands_on.day,
                first_reading=stands_on.first_reading,
                last_reading=stands_on.last_reading,
                months=months,
                institutions=_write_small(folder, "institutions", rollup.INSTITUTIONS.order_by("id")),
                reach=_write_small(folder, "reach", rollup.REACH.order_by(["place_id", "unit_id"])),
            )
        _write_manifest(exported)
        _remove_others(folder, [exported, before] if before else [exported])
    return exported, changed


@contextmanager
def snapshot() -> Iterator[None]:
    """All queries see the same; where a transaction is open already, what that one sees."""
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def ledger_sums() -> dict[dt.date, Sums]:
    """First day of each month of the ledger to what its entries add up to. Reads the whole ledger once."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        return {month: Sums(rows, quantity, int(checksum)) for month, rows, quantity, checksum in cursor.fetchall()}


@contextmanager
def stream(select: str, schema: Schema) -> Iterator[pa.RecordBatchReader]:
    """The rows of a SELECT as Arrow batches, while they come. The connection is busy until then. Keys are text."""
    types = {name: pa.string() if kind.is_uuid() else kind.to_pyarrow() for name, kind in schema.items()}
    query = f"COPY (SELECT {', '.join(types)} FROM ({select}) AS chosen) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        rows = iter(copy)
        first = next(rows, None)
        if first is None:
            yield pa.RecordBatchReader.from_batches(pa.schema(types), [])
            return
        yield pa.csv.open_csv(
            _Rows(first, rows),
            read_options=pa.csv.ReadOptions(column_names=list(types), block_size=4 << 20),
            convert_options=pa.csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t"],
                false_values=["f"],
            ),
        )


class _Rows(io.RawIOBase):
    """What COPY sends, as a file to read."""

    def __init__(self, first: bytes | memoryview, rows: Iterator[bytes | memoryview]) -> None:
        self._rows = rows
        self._held = bytearray(first)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while (size < 0 or len(self._held) < size) and (row := next(self._rows, None)) is not None:
            self._held += row
        wanted = len(self._held) if size < 0 else size
        block = bytes(self._held[:wanted])
        del self._held[:wanted]
        return block


def _write_year(folder: Path, wanted: dict[dt.date, Sums]) -> dict[dt.date, Month]:
    """The files of some months of one year, in one pass over that year's part of the ledger."""
    entries = rollup.ENTRIES
    year = min(wanted).year
    chosen = entries.filter(
        entries.occurred_on >= dt.date(year, 1, 1),
        entries.occurred_on < dt.date(year + 1, 1, 1),
        entries.occurred_on.month().isin(sorted(first.month for first in wanted)),
    )
    select = rollup.exported(chosen)
    files: dict[int, _MonthFile] = {}
    try:
        with stream(rollup.sql(select), select.schema()) as batches:
            for batch in batches:
                months = pa.compute.month(batch["occurred_on"])
                for month in pa.compute.unique(months).to_pylist():
                    if month not in files:
                        files[month] = _MonthFile(folder / "entries" / f"year={year}" / f"month={month:02}")
                    files[month].add(batch.filter(pa.compute.equal(months, month)))
        return {
            first: Month(*files[first.month].close(f"{sums.checksum:016x}", folder), sums)
            for first, sums in wanted.items()
        }
    finally:
        for file in files.values():
            file.discard()


class _MonthFile:
    """A month's file while it is written, beside its place."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._aside = folder / "being-written"
        self._held: list[pa.RecordBatch] = []
        self._rows = 0
        self._writer: pa.parquet.ParquetWriter | None = None

    def add(self, batch: pa.RecordBatch) -> None:
        self._held.append(batch)
        self._rows += batch.num_rows
        if self._rows >= ROWS_AT_ONCE:
            self._write()

    def close(self, name: str, root: Path) -> tuple[str, str]:
        """Its path from `root`, and its SHA-256."""
        self._write()
        assert self._writer is not None
        self._writer.close()
        return _settle(self._aside, self._aside.with_name(f"{name}.parquet"), root)

    def discard(self) -> None:
        """After `close` there is nothing left to discard."""
        if self._aside.exists():
            if self._writer is not None:
                self._writer.close()
            self._aside.unlink()

    def _write(self) -> None:
        if not self._held:
            return
        table = pa.Table.from_batches(self._held)
        if self._writer is None:
            self._writer = pa.parquet.ParquetWriter(self._aside, table.schema, compression="zstd")
        self._writer.write_table(table, row_group_size=len(table))
        self._held, self._rows = [], 0


def _write_small(folder: Path, name: str, select: Table) -> File:
    """A reference table, whole; a file of the same content keeps its name."""
    with stream(rollup.sql(select), select.schema()) as batches:
        table = batches.read_all()
    aside = folder / f"{name}-being-written"
    pa.parquet.write_table(table, aside, compression="zstd")
    return File(*_settle(aside, folder / f"{name}-{_sha256(aside)[:16]}.parquet", folder))


def _settle(aside: Path, place: Path, root: Path) -> tuple[str, str]:
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    digest = _sha256(aside)
    aside.replace(place)
    return str(place.relative_to(root)), digest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_manifest(exported: Export) -> None:
    told = {
        "format": FORMAT,
        "at": exported.at.isoformat(),
        "map_day": exported.map_day.isoformat(),
        "first_reading": exported.first_reading,
        "last_reading": exported.last_reading,
        "months": {first.isoformat(): asdict(exported.months[first]) for first in sorted(exported.months)},
        "institutions": asdict(exported.institutions),
        "reach": asdict(exported.reach),
    }
    aside = exported.folder / "manifest-being-written"
    with aside.open("w", encoding="utf-8") as file:
        json.dump(told, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(exported.folder / "manifest.json")


def _remove_others(folder: Path, kept: list[Export]) -> None:
    names = {file.path for export in kept for file in export.files()}
    for path in [*folder.glob("*.parquet"), *folder.glob("entries/*/*/*.parquet")]:
        if str(path.relative_to(folder)) not in names:
            path.unlink()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportUnderWay(_("Another export is writing into {folder}.").format(folder=folder)) from None
        yield


def broken_files(exported: Export) -> list[str]:
    """The files that are missing or are not what was written."""
    return [
        file.path
        for file in exported.files()
        if not (exported.folder / file.path).exists() or _sha256(exported.folder / file.path) != file.sha256
    ]
