"""Inspection of a year, place by place, as a table to hand in."""

import datetime as dt
from collections.abc import Iterable

from hocsuotdoi.inspection.queries.figures import OfPart
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.reporting.formats.table_book import Column, Table

_COLUMNS = [
    Column("TT", 5, "number"),
    Column("Địa bàn", 36),
    Column("Số cơ sở", 12, "number", is_summed=True),
    Column("Cơ sở đã kiểm tra", 12, "number", is_summed=True),
    Column("Tỷ lệ đã kiểm tra", 12, "percent", share=(3, 2)),
    Column("Cuộc kiểm tra đã xong", 12, "number", is_summed=True),
    Column("Cuộc kiểm tra còn lại", 12, "number", is_summed=True),
    Column("Tồn tại phải khắc phục", 12, "number", is_summed=True),
    Column("Đã khắc phục", 12, "number", is_summed=True),
    Column("Tỷ lệ đã khắc phục", 12, "percent", share=(8, 7)),
    Column("Quá hạn chưa khắc phục", 12, "number", is_summed=True),
]


def inspection_table(unit: AdminUnit, parts: Iterable[OfPart], year: int, day: dt.date) -> Table:
    """A row for each unit below, with and without visits."""
    rows = []
    for ordinal, part in enumerate(parts, start=1):
        of = part.figures
        rows.append(
            [
                ordinal,
                part.name,
                *(of.expected, of.visited, None, of.visits, of.planned),
                *(of.to_mend, of.mended, None, of.late),
            ]
        )
    return Table(
        f"Kết quả kiểm tra năm {year}", f"{unit.name}, đến ngày {day:%d/%m/%Y}", _COLUMNS, rows, sheet="Kiểm tra"
    )
