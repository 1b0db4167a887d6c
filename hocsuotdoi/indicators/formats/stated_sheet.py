"""The sheet for figures of institutions without the system: one row an institution, one column a measure.

An empty cell says nothing; 0 says that there was none. What stands on grey is only to look at. The sheet's words are
Vietnamese whatever language its reader has chosen, for a file goes from hand to hand.
"""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import xlsxwriter
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from hocsuotdoi.core.harmless import as_written
from hocsuotdoi.core.table_file import (
    LARGEST_NUMBER,
    Problem,
    Table,
    as_text,
    cell,
    csv_of,
    whole_number,
)
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.indicators.enums import StatedColumn

FONT = "Times New Roman"
SHEET = "Số liệu"
MARK, CODE, NAME, CLASS, PLACE = "Mã mẫu", "Mã cơ sở", "Tên cơ sở", "Loại cơ sở", "Nơi đặt"
RECORDED, CHECK = "Hệ thống đã ghi: ", "Kiểm tra (không sửa)"
HOW_TO = (
    "Chỉ điền vào ô trắng, số nguyên. Để trống: chưa có số. Số 0: có báo cáo, không có lượt nào. "
    "Xóa một số đã nhập trước đây thì số đó vẫn giữ, trừ khi bạn chọn rút lại ở trang xem trước. "
    "Ô xám chỉ để xem: số hệ thống đã tự ghi, không nhập lại."
)
MARK_ROW, HEADING_ROW, FIRST_ROW = 1, 4, 5


@dataclass(frozen=True, slots=True)
class TemplateCell:
    """`stated`: what was stated before; `recorded`: what the system has recorded by itself."""

    stated: int | None = None
    recorded: int = 0


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """`cells`: only the columns that make sense for the institution."""

    code: str
    name: str
    class_name: str
    place: str
    cells: dict[StatedColumn, TemplateCell]


@dataclass(frozen=True, slots=True)
class Template:
    title: str
    mark: str
    rows: Sequence[TemplateRow]

    @property
    def columns(self) -> list[StatedColumn]:
        """Those that at least one row has, in their order."""
        return [column for column in StatedColumn if any(column in row.cells for row in self.rows)]


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A number that somebody typed, and where."""

    institution: str
    column: StatedColumn
    quantity: int
    at: str


@dataclass(frozen=True, slots=True)
class GreyCell:
    """What stands in a cell that is only to look at, in a row in which such a cell was changed."""

    institution: str
    column: StatedColumn
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class EmptyCell:
    """A cell to fill in that says nothing."""

    institution: str
    column: StatedColumn
    at: str


@dataclass(slots=True)
class ReadSheet:
    """`rows`: institution's code to its row; `names`: to the name beside it. `greys`: of which it must be asked whether
    they were typed in. Nothing is to be taken from a sheet with problems."""

    mark: str
    rows: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    empty: list[EmptyCell] = field(default_factory=list)
    cells: list[SheetCell] = field(default_factory=list)
    greys: list[GreyCell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


_LAYOUTS = (
    tuple(StatedColumn.values),
    tuple(each for each in StatedColumn.values if each not in {"renewal", "reservation", "gate_count"}),
)
"""Which columns sheets have, the newest first. One of an earlier layout says nothing of what it has no column for."""


def mark_of(unit_code: str, unit_key: int, period: str) -> str:
    """By which a sheet is known again: unit, period, and a check of both with the sheet's layout."""
    return marks_of(unit_code, unit_key, period)[0]


def marks_of(unit_code: str, unit_key: int, period: str) -> list[str]:
    """Of sheets of each layout that can still be sent in, the newest first."""
    checks = (hashlib.sha256(f"{unit_key}|{period}|{','.join(each)}".encode()).hexdigest()[:8] for each in _LAYOUTS)
    return [f"HSD1-{unit_code}-{period}-{check}" for check in checks]


def heading(column: StatedColumn) -> str:
    with override("vi"):
        return capfirst(str(column.label))


def render_csv(template: Template) -> bytes:
    return csv_of(_rows(template))


def render_xlsx(template: Template) -> bytes:
    """Cells to fill in are white and open, all others locked (without a password: who must, may)."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": template.title})
    sheet = book.add_worksheet(SHEET)
    _write(book, sheet, template)
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.freeze_panes(HEADING_ROW, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW - 1)
    book.close()
    return buffer.getvalue()


def _headings(columns: Iterable[StatedColumn]) -> list[str]:
    pairs = [(heading(column), RECORDED + heading(column).lower()) for column in columns]
    return [CODE, NAME, CLASS, PLACE, *(text for pair in pairs for text in pair), CHECK]


def _check_of(code: str, greys: Iterable[tuple[StatedColumn, str]]) -> str:
    """By which a row knows whether what is only to look at still stands as it was written."""
    told = "|".join(f"{column.value}={text}" for column, text in greys if text)
    return f"k{hashlib.sha256(f'{code}|{told}'.encode()).hexdigest()[:10]}"


def _rows(template: Template) -> Iterable[list[str | int]]:
    columns = template.columns
    yield [MARK, template.mark]
    yield [template.title]
    yield [HOW_TO]
    yield list(_headings(columns))
    for row in template.rows:
        line: list[str | int] = [row.code, row.name, row.class_name, row.place]
        for column in columns:
            found = row.cells.get(column)
            stated = found.stated if found else None
            line += ["" if stated is None else stated, found.recorded if found and found.recorded else ""]
        greys = [(column, str(shown)) for column, shown in zip(columns, line[5::2], strict=True)]
        yield [*line, _check_of(row.code, greys)]


def _write(book: Workbook, sheet: Worksheet, template: Template) -> None:
    columns = template.columns
    base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
    boxed = {**base, "border": 1, "border_color": "#B9B29E"}
    grey = {**boxed, "bg_color": "#EEEBE2", "font_color": "#5B5546"}
    title = book.add_format({**base, "bold": True, "font_size": 13})
    line = book.add_format({**base, "italic": True, "font_color": "#5B5546"})
    head = book.add_format({**boxed, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E4DFCF"})
    text = book.add_format({**grey, "text_wrap": True})
    shown = book.add_format({**grey, "num_format": "#,##0"})
    open_cell = book.add_format({**boxed, "num_format": "#,##0", "locked": False})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, 2, 34)
    sheet.set_column(3, 3, 22)
    sheet.set_column(4, 3 + 2 * len(columns), 14)
    sheet.set_column(4 + 2 * len(columns), 4 + 2 * len(columns), 13)
    sheet.set_row(HEADING_ROW - 1, 66)
    for number, row in enumerate(_rows(template)):
        for place, value in enumerate(row):
            if number < HEADING_ROW - 1:
                sheet.write(number, place, value, title if number == 1 else line)
            elif number == HEADING_ROW - 1:
                sheet.write_string(number, place, str(value), head)
            elif place < 4 or place == 4 + 2 * len(columns):
                sheet.write_string(number, place, str(value), text)
            else:
                column = columns[(place - 4) // 2]
                is_open = place % 2 == 0 and column in template.rows[number - HEADING_ROW].cells
                sheet.write(number, place, value, open_cell if is_open else shown)
    last = HEADING_ROW + len(template.rows) - 1
    for place in range(len(columns)):
        sheet.data_validation(HEADING_ROW, 4 + 2 * place, max(last, HEADING_ROW), 4 + 2 * place, _whole_number_rule())


def _whole_number_rule() -> dict[str, object]:
    return {
        "validate": "integer",
        "criteria": "between",
        "minimum": 0,
        "maximum": LARGEST_NUMBER,
        "error_title": "Chưa đúng",
        "error_message": "Hãy gõ một số nguyên, từ 0 trở lên. Không gõ dấu chấm, dấu phẩy.",
    }


def is_stated_sheet(table: Table) -> bool:
    """Whether the first rows are those of our template."""
    return fold(table.text(MARK_ROW, 1)) == fold(MARK)


def read_sheet(table: Table) -> ReadSheet:
    """Everything that is typed in, and everything that cannot be read. Not asked here: whether institutions exist."""
    read = ReadSheet(mark=table.text(MARK_ROW, 2))
    if not is_stated_sheet(table) or not read.mark.startswith("HSD1-"):
        read.problems.append(
            Problem(
                cell(1, 1), _("This is not our template: its mark is missing. Download the template and fill it in.")
            )
        )
        return read
    columns = _columns(table, read)
    if read.problems:
        return read
    for merged in table.merged_from(FIRST_ROW):
        read.problems.append(Problem(merged, _("These cells are merged. Take the merging away: one number a cell.")))
    greys = _grey_columns(table)
    for row in table.filled_rows(FIRST_ROW):
        _read_row(table, row, columns, greys, read)
    return read


def _grey_columns(table: Table) -> dict[int, StatedColumn | None]:
    """The number of each column that says what the system has recorded; None at that of the check."""
    meanings = {fold(RECORDED + heading(column).lower()): column for column in StatedColumn}
    headings = {number: fold(table.text(HEADING_ROW, number)) for number in range(1, table.width + 1)}
    checks: dict[int, StatedColumn | None] = {n: None for n, words in headings.items() if words == fold(CHECK)}
    return {number: meanings[words] for number, words in headings.items() if words in meanings} | checks


def _columns(table: Table, read: ReadSheet) -> dict[int, StatedColumn]:
    """Column's number to what is typed in there; columns only to look at are left out."""
    meanings = {fold(heading(column)): column for column in StatedColumn}
    to_look_at = {fold(NAME), fold(CLASS), fold(PLACE), fold(CHECK), *(fold(RECORDED) + each for each in meanings)}
    found: dict[int, StatedColumn] = {}
    for number in range(2, table.width + 1):
        text = table.text(HEADING_ROW, number)
        words, at = fold(text), cell(HEADING_ROW, number)
        if words in meanings and meanings[words] in found.values():
            read.problems.append(Problem(at, _("The column “{heading}” stands here twice.").format(heading=text)))
        elif words in meanings:
            found[number] = meanings[words]
        elif text and words not in to_look_at:
            read.problems.append(
                Problem(
                    at,
                    _("“{heading}” is no column of the template. Leave the headings as they are.").format(
                        heading=text[:60]
                    ),
                )
            )
        elif not text and any(as_text(table.value(row, number)) for row in table.filled_rows(FIRST_ROW)):
            read.problems.append(Problem(at, _("Numbers stand below, but the column has no heading.")))
    if fold(table.text(HEADING_ROW, 1)) != fold(CODE) or not found:
        at = cell(HEADING_ROW, 1)
        read.problems.append(Problem(at, _("The headings are missing. Download the template and fill it in.")))
    return found


def _read_row(
    table: Table,
    row: int,
    columns: dict[int, StatedColumn],
    greys: dict[int, StatedColumn | None],
    read: ReadSheet,
) -> None:
    code, name = table.text(row, 1), table.text(row, 2)
    if not code:
        if name or any(as_text(table.value(row, number)) for number in columns):
            read.problems.append(Problem(cell(row, 1), _("The institution's code is missing."), name))
        return
    if code in read.rows:
        read.problems.append(
            Problem(
                cell(row, 1), _("“{code}” stands in row {row} already.").format(code=code, row=read.rows[code]), name
            )
        )
        return
    read.rows[code], read.names[code] = row, as_written(name)
    for number, column in columns.items():
        try:
            quantity = whole_number(table.value(row, number))
        except ValueError as error:
            read.problems.append(Problem(cell(row, number), str(error), name))
        else:
            if quantity is not None:
                read.cells.append(SheetCell(code, column, quantity, cell(row, number)))
            else:
                read.empty.append(EmptyCell(code, column, cell(row, number)))
    shown = [(number, column, table.text(row, number)) for number, column in greys.items() if column is not None]
    checks = [table.text(row, number) for number, column in greys.items() if column is None]
    if checks != [_check_of(code, [(column, text) for _number, column, text in shown])]:
        read.greys += [GreyCell(code, column, text, cell(row, number)) for number, column, text in shown if text]
