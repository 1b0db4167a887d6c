"""How far reports are, as a table to take away."""

import csv
import io
from collections.abc import Sequence

from hocsuotdoi.core.harmless import harmless
from hocsuotdoi.reporting.formats.table_book import Column, Table, render_table_book

_WIDTHS = (44, 26, 8, 26, 18, 14, 12, 24, 26, 44, 12)
_LINE, _STATE, _DAYS_LATE = 3, 4, 6


def render_state(title: str, rows: Sequence[Sequence[str | int]], form: str) -> bytes:
    """`rows`: the heading first. As CSV (UTF-8 with the mark by which spreadsheets know it) or XLSX, which counts
    states and lines by itself."""
    return _csv(rows) if form == "csv" else _xlsx(title, rows)


def _csv(rows: Sequence[Sequence[str | int]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([[harmless(each) for each in row] for row in rows])
    return ("\ufeff" + out.getvalue()).encode()


def _xlsx(title: str, rows: Sequence[Sequence[str | int]]) -> bytes:
    heading, *told = rows
    columns = [
        Column(str(words), width, "number" if at == _DAYS_LATE else "text")
        for at, (words, width) in enumerate(zip(heading, _WIDTHS, strict=True))
    ]
    return render_table_book(Table(title, "", columns, told, sheet="Tình hình", tallied=(_STATE, _LINE)))
