"""How far reports are, as a table to take away."""

import csv
import io
from collections.abc import Sequence

import xlsxwriter

FONT = "Times New Roman"
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render_state(title: str, rows: Sequence[Sequence[str | int]], form: str) -> bytes:
    """`rows`: the heading first. As CSV (UTF-8 with the mark by which spreadsheets know it) or XLSX."""
    return _csv(rows) if form == "csv" else _xlsx(title, rows)


def _csv(rows: Sequence[Sequence[str | int]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([[_harmless(each) for each in row] for row in rows])
    return ("\ufeff" + out.getvalue()).encode()


def _harmless(value: str | int) -> str | int:
    """Words that a spreadsheet would take for a formula are led by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA) else value


def _xlsx(title: str, rows: Sequence[Sequence[str | int]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title})
    plain = {"font_name": FONT, "font_size": 12, "border": 1, "border_color": "#999999", "text_wrap": True}
    bold = book.add_format({"font_name": FONT, "font_size": 13, "bold": True})
    head, words = book.add_format({**plain, "bold": True, "bg_color": "#D9E4F2"}), book.add_format(plain)
    sheet = book.add_worksheet("Tình hình")
    sheet.write_string(0, 0, title, bold)
    for column, wide in enumerate((44, 26, 8, 26, 18, 14, 12, 24, 26, 44, 12)):
        sheet.set_column(column, column, wide)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(at + 2, column, value, words if at else head)
    sheet.freeze_panes(3, 1)
    if rows:
        sheet.autofilter(2, 0, len(rows) + 1, len(rows[0]) - 1)
    book.close()
    return buffer.getvalue()
