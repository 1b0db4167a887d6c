"""The sums of a unit's money as a workbook: totals are live formulas over the rows above them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from hocsuotdoi.core.table_file import cell

FONT = "Times New Roman"
HEADINGS = (
    "Dự toán",
    "Dự toán của khoản đã thẩm định",
    "Thẩm định",
    "Giảm khi thẩm định",
    "Được giao",
    "Được giao của khoản đã thẩm định",
    "Chưa phân bổ",
    "Đã chi",
    "Còn lại",
    "Dòng có số / tổng số dòng",
)
ESTIMATED, ASKED, APPRAISED, CUT, ALLOCATED, GRANTED, UNALLOCATED, SPENT, LEFT, COUNTS = range(1, 11)
DIFFERENCES = {CUT: (ASKED, APPRAISED), UNALLOCATED: (APPRAISED, GRANTED), LEFT: (ALLOCATED, SPENT)}
"""A column, and the two that it is the difference of."""
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
    """`said`: estimated, appraised, allocated, spent, in đồng. `asked`, `granted`: what was estimated and allocated of
    the lines that have been appraised."""

    name: str
    said: Sequence[Said]
    asked: int | None = None
    granted: int | None = None

    @property
    def amounts(self) -> dict[int, int | None]:
        """By column, with the differences; None where one of the two has not been said."""
        estimated, appraised, allocated, spent = (each.amount for each in self.said)
        granted = self.granted if appraised is None else self.granted or 0  # nothing has been allocated of it yet
        amounts = {ESTIMATED: estimated, ASKED: self.asked, APPRAISED: appraised, ALLOCATED: allocated}
        amounts |= {GRANTED: granted, SPENT: spent}
        for column, (more, less) in DIFFERENCES.items():
            one, other = amounts[more], amounts[less]
            amounts[column] = None if one is None or other is None else one - other
        return amounts


@dataclass(frozen=True, slots=True)
class TotalsSheet:
    title: str
    by_source: Sequence[TotalsRow]
    by_unit: Sequence[TotalsRow]
    by_task: Sequence[TotalsRow] = ()


def render_money_totals(totals: TotalsSheet) -> bytes:
    """Three sheets, by source, by unit and by task. A sum that nobody has said is an empty cell, 0 is a 0."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": totals.title})
    plain = {"font_name": FONT, "font_size": 12, "border": 1, "border_color": "#999999"}
    bold = book.add_format({"font_name": FONT, "font_size": 13, "bold": True})
    head = book.add_format({**plain, "bold": True, "text_wrap": True, "bg_color": "#D9E4F2", "align": "center"})
    words, money = book.add_format({**plain, "text_wrap": True}), book.add_format({**plain, "num_format": "#,##0"})
    sums = book.add_format({**plain, "num_format": "#,##0", "bold": True})
    parts = (
        ("Theo nguồn", "Nguồn", totals.by_source),
        ("Theo đơn vị", "Đơn vị", totals.by_unit),
        ("Theo nhiệm vụ", "Nhiệm vụ", totals.by_task),
    )
    for name, first, rows in parts:
        sheet = book.add_worksheet(name)
        sheet.set_column(0, 0, 44)
        sheet.set_column(ESTIMATED, LEFT, 18)
        sheet.set_column(COUNTS, COUNTS, 26)
        sheet.write_string(0, 0, totals.title, bold)
        sheet.write_string(1, 0, "Đơn vị tính: đồng")
        sheet.write_row(FIRST_ROW - 2, 0, [first, *HEADINGS], head)
        for at, row in enumerate(rows):
            y = FIRST_ROW - 1 + at
            sheet.write_string(y, 0, row.name, words)
            for column, amount in row.amounts.items():
                _write(sheet, y, column, amount, money)
            sheet.write_string(y, COUNTS, "; ".join(f"{said.lines}/{said.of}" for said in row.said), words)
        last = FIRST_ROW + len(rows) - 1
        if rows:
            sheet.write_string(last, 0, "Cộng", sums)
            for column in range(ESTIMATED, LEFT + 1):
                area = f"{cell(FIRST_ROW, column + 1)}:{cell(last, column + 1)}"
                total = sum(row.amounts[column] or 0 for row in rows)
                sheet.write_formula(last, column, f"=SUM({area})", sums, total)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


def _write(sheet: Worksheet, y: int, column: int, amount: int | None, form: Format) -> None:
    if amount is None:
        sheet.write_blank(y, column, None, form)
    elif column in DIFFERENCES:
        more, less = (cell(y + 1, each + 1) for each in DIFFERENCES[column])
        sheet.write_formula(y, column, f"={more}-{less}", form, amount)
    else:
        sheet.write_number(y, column, amount, form)
