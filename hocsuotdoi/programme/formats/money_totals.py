"""The sums of a unit's money as a workbook: totals are live formulas over the rows above them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import xlsxwriter

from hocsuotdoi.indicators.formats.table_file import cell

FONT = "Times New Roman"
HEADINGS = ("Dự toán", "Thẩm định", "Được giao", "Đã chi", "Còn lại", "Dòng có số / tổng số dòng")
FIRST_ROW = 4


class Said(Protocol):
    @property
    def amount(self) -> int | None: ...
    @property
    def lines(self) -> int: ...
    @property
    def of(self) -> int: ...


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """`said`: estimated, appraised, allocated, spent, in đồng."""

    name: str
    said: Sequence[Said]


@dataclass(frozen=True, slots=True)
class TotalsSheet:
    title: str
    by_source: Sequence[TotalsRow]
    by_unit: Sequence[TotalsRow]


def render_money_totals(totals: TotalsSheet) -> bytes:
    """Two sheets, by source and by unit. A sum that nobody has said is an empty cell, 0 is a 0."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": totals.title})
    plain = {"font_name": FONT, "font_size": 12, "border": 1, "border_color": "#999999"}
    bold = book.add_format({"font_name": FONT, "font_size": 13, "bold": True})
    head = book.add_format({**plain, "bold": True, "text_wrap": True, "bg_color": "#D9E4F2", "align": "center"})
    words, money = book.add_format({**plain, "text_wrap": True}), book.add_format({**plain, "num_format": "#,##0"})
    sums = book.add_format({**plain, "num_format": "#,##0", "bold": True})
    for name, first, rows in (("Theo nguồn", "Nguồn", totals.by_source), ("Theo đơn vị", "Đơn vị", totals.by_unit)):
        sheet = book.add_worksheet(name)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 5, 20)
        sheet.set_column(6, 6, 26)
        sheet.write_string(0, 0, totals.title, bold)
        sheet.write_string(1, 0, "Đơn vị tính: đồng")
        sheet.write_row(FIRST_ROW - 2, 0, [first, *HEADINGS], head)
        for at, row in enumerate(rows):
            y = FIRST_ROW - 1 + at
            sheet.write_string(y, 0, row.name, words)
            for column, said in enumerate(row.said, 1):
                sheet.write(y, column, "" if said.amount is None else said.amount, money)
            _left(sheet, y, row.said, money)
            counts = "; ".join(f"{said.lines}/{said.of}" for said in row.said)
            sheet.write_string(y, 6, counts, words)
        last = FIRST_ROW + len(rows) - 1
        if rows:
            sheet.write_string(last, 0, "Cộng", sums)
            for column in range(1, 6):
                area = f"{cell(FIRST_ROW, column + 1)}:{cell(last, column + 1)}"
                sheet.write_formula(last, column, f"=SUM({area})", sums, _total(rows, column))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


def _left(sheet: object, y: int, said: Sequence[Said], form: object) -> None:
    allocated, spent = said[2].amount, said[3].amount
    if allocated is None or spent is None:
        sheet.write_blank(y, 5, None, form)  # type: ignore[attr-defined]
        return
    formula = f"={cell(y + 1, 4)}-{cell(y + 1, 5)}"
    sheet.write_formula(y, 5, formula, form, allocated - spent)  # type: ignore[attr-defined]


def _total(rows: Sequence[TotalsRow], column: int) -> int:
    if column < 5:
        return sum(row.said[column - 1].amount or 0 for row in rows)
    both = [(row.said[2].amount, row.said[3].amount) for row in rows]
    return sum(given - spent for given, spent in both if given is not None and spent is not None)
