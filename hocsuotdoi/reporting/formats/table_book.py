"""A table that an office hands in, as a workbook: numbers are numbers; shares, sums and counts are live formulas."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from hocsuotdoi.reporting.formats.printed import cleaned

FONT = "Times New Roman"
HEADING_ROW = 3
_TALLY = "Tổng hợp"

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """`share`: this column is the first of the two columns named, divided by the second. `is_summed`: stands in the row
    of sums."""

    heading: str
    width: float = 14
    style: Literal["text", "number", "percent"] = "text"
    share: tuple[int, int] | None = None
    is_summed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`tallied`: columns whose values are counted on a second sheet."""

    title: str
    under_title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    sheet: str = "Bảng"
    tallied: Sequence[int] = field(default_factory=tuple)


def render_table_book(table: Table) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": table.title})
    styles = _styles(book)
    sheet = _sheet(book, table.sheet, table, styles)
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(HEADING_ROW, at, column.heading, styles["heading"])
    rows = cleaned([list(row) for row in table.rows])
    for y, row in enumerate(rows, start=HEADING_ROW + 1):
        for x, column in enumerate(table.columns):
            _write(sheet, y, x, column, row, styles[column.style])
    last = HEADING_ROW + len(rows)
    if rows and any(column.is_summed for column in table.columns):
        _write_sums(sheet, table, rows, last, styles)
    if rows:
        sheet.autofilter(HEADING_ROW, 0, last, len(table.columns) - 1)
    sheet.freeze_panes(HEADING_ROW + 1, 0)
    sheet.repeat_rows(HEADING_ROW)
    if table.tallied:
        _write_tally(book, table, rows, last, styles)
    book.close()
    return buffer.getvalue()


def _styles(book: Workbook) -> dict[str, Format]:
    base = {"font_name": FONT, "font_size": 12, "valign": "top"}
    boxed = {**base, "border": 1}
    return {
        "title": book.add_format({**base, "bold": True, "font_size": 14}),
        "line": book.add_format({**base, "italic": True}),
        "heading": book.add_format(
            {**boxed, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#EFEBDD"}
        ),
        "text": book.add_format({**boxed, "text_wrap": True}),
        "number": book.add_format({**boxed, "num_format": "#,##0"}),
        "percent": book.add_format({**boxed, "num_format": "0.0%"}),
        "sum": book.add_format({**boxed, "bold": True, "num_format": "#,##0"}),
        "share": book.add_format({**boxed, "bold": True, "num_format": "0.0%"}),
    }


def _sheet(book: Workbook, name: str, table: Table, styles: dict[str, Format]) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.5, top=0.7, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f'&R&"{FONT}"&9Trang &P/&N')
    sheet.write_string(0, 0, cleaned(table.title), styles["title"])
    sheet.write_string(1, 0, cleaned(table.under_title), styles["line"])
    return sheet


def _write(sheet: Worksheet, y: int, x: int, column: Column, row: Sequence[Value], style: Format) -> None:
    """What is not known stays blank and is never 0."""
    value = row[x]
    if column.share is not None:
        top, bottom = (row[at] for at in column.share)
        if not isinstance(top, int | float) or not isinstance(bottom, int | float) or not bottom:
            sheet.write_blank(y, x, None, style)
        else:
            cells = [xl_rowcol_to_cell(y, at) for at in column.share]
            sheet.write_formula(y, x, f"={cells[0]}/{cells[1]}", style, top / bottom)
    elif value is None or value == "":
        sheet.write_blank(y, x, None, style)
    elif isinstance(value, str):
        sheet.write_string(y, x, value, style)
    else:
        sheet.write_number(y, x, value, style)


def _write_sums(
    sheet: Worksheet, table: Table, rows: Sequence[Sequence[Value]], last: int, styles: dict[str, Format]
) -> None:
    sums = {
        x: sum(value for row in rows if isinstance(value := row[x], int | float))
        for x, column in enumerate(table.columns)
        if column.is_summed
    }
    named = next(x for x, column in enumerate(table.columns) if column.style == "text")
    for x, column in enumerate(table.columns):
        if x in sums:
            area = f"{xl_rowcol_to_cell(HEADING_ROW + 1, x)}:{xl_rowcol_to_cell(last, x)}"
            sheet.write_formula(last + 1, x, f"=SUM({area})", styles["sum"], sums[x])
        elif column.share is not None and sums.get(column.share[1]):
            cells = [xl_rowcol_to_cell(last + 1, at) for at in column.share]
            value = sums[column.share[0]] / sums[column.share[1]]
            sheet.write_formula(last + 1, x, f"={cells[0]}/{cells[1]}", styles["share"], value)
        else:
            sheet.write_string(last + 1, x, "Cộng" if x == named else "", styles["sum"])


def _write_tally(
    book: Workbook, table: Table, rows: Sequence[Sequence[Value]], last: int, styles: dict[str, Format]
) -> None:
    """How often each value stands in a column, and its share: counted by the workbook itself."""
    sheet = _sheet(book, _TALLY, table, styles)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 2, 14)
    y = HEADING_ROW
    for x in table.tallied:
        for at, words in enumerate((table.columns[x].heading, "Số lượng", "Tỷ lệ")):
            sheet.write_string(y, at, words, styles["heading"])
        values = list(dict.fromkeys(str(row[x]) for row in rows if row[x] not in (None, "")))
        first, end = y + 1, y + len(values)
        column = xl_col_to_name(x, col_abs=True)
        area = f"'{table.sheet}'!{column}${HEADING_ROW + 2}:{column}${last + 1}"
        known = sum(row[x] not in (None, "") for row in rows)
        for at, value in enumerate(values, start=first):
            number = sum(str(row[x]) == value for row in rows)
            sheet.write_string(at, 0, value, styles["text"])
            cell = xl_rowcol_to_cell(at, 0)
            sheet.write_formula(at, 1, f"=SUMPRODUCT(--({area}={cell}))", styles["number"], number)
            whole = xl_rowcol_to_cell(end + 1, 1, row_abs=True)
            formula = f"={xl_rowcol_to_cell(at, 1)}/{whole}"
            sheet.write_formula(at, 2, formula, styles["percent"], number / known)
        sheet.write_string(end + 1, 0, "Cộng", styles["sum"])
        if values:
            area = f"{xl_rowcol_to_cell(first, 1)}:{xl_rowcol_to_cell(end, 1)}"
            sheet.write_formula(end + 1, 1, f"=SUM({area})", styles["sum"], known)
        else:
            sheet.write_number(end + 1, 1, 0, styles["sum"])
        y = end + 3
