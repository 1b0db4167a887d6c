"""The sheet for population and villages: one row a unit. Reads our template and any table with these headings.

Needed are a code or a name, and urban and rural residents, or all of them where the unit's kind says which they are, or
villages. Year and source stand in their columns or are those of the whole sheet.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import xlsxwriter
from django.utils.translation import gettext as _

from hocsuotdoi.core.harmless import as_written
from hocsuotdoi.core.table_file import (
    Problem,
    Table,
    Value,
    as_text,
    cell,
    csv_of,
    find_headings,
    whole_number,
)

SHEET = "Dân số"
HEADINGS = {
    "code": "Mã đơn vị",
    "name": "Tên đơn vị",
    "year": "Năm",
    "urban": "Dân số thành thị",
    "rural": "Dân số nông thôn",
    "total": "Tổng dân số",
    "villages": "Số thôn, tổ dân phố",
    "source": "Nguồn",
}
_ALSO = {
    "code": ("ma", "ma so", "ma dvhc", "code"),
    "name": ("ten", "don vi", "xa, phuong", "don vi hanh chinh", "name"),
    "year": ("year",),
    "urban": ("thanh thi", "urban"),
    "rural": ("nong thon", "rural"),
    "total": ("tong", "tong so", "dan so", "tong cong", "total"),
    "villages": ("so thon", "so thon, ban, to dan pho", "thon", "villages"),
    "source": ("source",),
}
_NUMBERS = ("urban", "rural", "total", "villages")
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """What a row says; None and empty where it says nothing. `row`: where it stands; `at`: the cell of each field."""

    row: int
    code: str
    name: str
    year: int | None
    urban: int | None
    rural: int | None
    total: int | None
    villages: int | None
    source: str
    at: dict[str, str] = field(default_factory=dict)

    def cell_of(self, name: str) -> str:
        return self.at.get(name, str(self.row))


def parse_population(table: Table) -> tuple[list[PopulationRow], list[Problem]]:
    """The rows in which numbers stand, and everything that cannot be read."""
    heading_row, columns = _find_headings(table)
    if not columns:
        sentence = _("The headings are missing: code or name, and population. Use the template.")
        return [], [Problem(cell(1, 1), sentence)]
    problems = [
        Problem(each, _("These cells are merged. Take the merging away: one number a cell."))
        for each in table.merged_from(heading_row + 1)
    ]
    rows = []
    for number in table.filled_rows(heading_row + 1):
        values = {name: table.value(number, column) for name, column in columns.items()}
        if any(as_text(values.get(name)) for name in _NUMBERS):
            rows.append(_row(number, values, columns, problems))
    return rows, problems


def is_population_sheet(table: Table) -> bool:
    """Whether the first rows have headings of ours, with something below them."""
    heading_row, _columns = _find_headings(table)
    return bool(heading_row) and any(True for _row in table.filled_rows(heading_row + 1))


def _find_headings(table: Table) -> tuple[int, dict[str, int]]:
    """The first of the top rows that names a unit's column and a number's."""
    return find_headings(table, HEADINGS, _ALSO, lambda found: bool({"code", "name"} & found and set(_NUMBERS) & found))


def _row(number: int, values: dict[str, Value], columns: dict[str, int], problems: list[Problem]) -> PopulationRow:
    name = as_text(values.get("name"))
    read: dict[str, int | None] = {}
    for each in _NUMBERS:
        try:
            read[each] = whole_number(values.get(each))
        except ValueError as error:
            read[each] = None
            problems.append(Problem(cell(number, columns[each]), str(error), name))
    year = as_text(values.get("year"))
    if year and not _YEAR.fullmatch(year):
        sentence = _("“{text}” is not a year.").format(text=year[:40])
        problems.append(Problem(cell(number, columns["year"]), sentence, name))
    return PopulationRow(
        row=number,
        code=_code(values.get("code")),
        name=name,
        year=int(year) if _YEAR.fullmatch(year) else None,
        source=as_written(as_text(values.get("source"))),
        at={each: cell(number, column) for each, column in columns.items()},
        **read,
    )


def _code(value: Value) -> str:
    """As written; a number lost the zeros before it and gets them back where it is looked up."""
    return "" if isinstance(value, dt.date) else as_text(value)


def render_csv(rows: Iterable[Sequence[str | int | None]]) -> bytes:
    return csv_of([[*HEADINGS.values()], *rows])


def render_xlsx(rows: Iterable[Sequence[str | int | None]], title: str) -> bytes:
    """`rows` have the columns of `HEADINGS`. Codes are text, so that their zeros stay."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title})
    sheet = book.add_worksheet(SHEET)
    base = {"font_name": "Times New Roman", "font_size": 11, "border": 1, "border_color": "#B9B29E"}
    head = book.add_format({**base, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E4DFCF"})
    shown = book.add_format({**base, "bg_color": "#EEEBE2", "font_color": "#5B5546", "num_format": "@"})
    number = book.add_format({**base, "num_format": "#,##0", "locked": False})
    year = book.add_format({**base, "num_format": "0", "locked": False})
    text = book.add_format({**base, "locked": False})
    styles = (shown, shown, year, number, number, number, number, text)
    for column, width in enumerate((14, 34, 8, 16, 16, 16, 16, 40)):
        sheet.set_column(column, column, width)
    for column, heading in enumerate(HEADINGS.values()):
        sheet.write_string(0, column, heading, head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if column < 2:
                sheet.write_string(last, column, str(value or ""), styles[column])
            else:
                sheet.write(last, column, value, styles[column])
    sheet.data_validation(1, 3, max(last, 1), 6, {"validate": "integer", "criteria": ">=", "value": 0})
    sheet.protect("", {"format_columns": True, "insert_rows": True, "delete_rows": True})
    sheet.freeze_panes(1, 2)
    book.close()
    return buffer.getvalue()
