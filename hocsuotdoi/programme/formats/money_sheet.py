"""The sheet of an agency's money: one row a line. White cells are filled in; grey ones are the finance office's.

An empty cell says nothing; 0 is nothing. The words are Vietnamese whatever language its reader has chosen, for a file
goes from hand to hand. Sums stand over the columns as formulas; in the cells below formulas are refused.
"""

import hashlib
import io
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from hocsuotdoi.core.table_file import Problem, Table, cell, whole_number
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.programme.enums import MoneySource

FONT = "Times New Roman"
SHEET, TASKS = "Kinh phí", "Nhiệm vụ"
HEADINGS = (
    "Mã dòng",
    "Nhiệm vụ số",
    "Nội dung chi",
    "Nguồn",
    "Bên cấp, tài trợ",
    "Dự toán (đồng)",
    "Thẩm định (đồng)",
    "Được giao (đồng)",
    "Đã chi (đồng)",
    "Ghi chú",
)
KEY, TASK, PURPOSE, SOURCE, GIVER, ESTIMATED, APPRAISED, ALLOCATED, SPENT, REMARK = range(1, 11)
_SUMMED = (ESTIMATED, APPRAISED, ALLOCATED, SPENT)
HOW_TO = (
    "Điền ô trắng, số nguyên, đơn vị đồng. Để trống: chưa có số; số 0: không có đồng nào. Dòng mới: để trống mã dòng. "
    "Nhiệm vụ: chọn trong danh sách, hoặc ghi số mục như trong kế hoạch."
)
MARK_ROW, SUM_ROW, HEADING_ROW, FIRST_ROW = 1, 4, 5, 6
EMPTY_ROWS = 60
LARGEST = 10**15
_MARK = re.compile(r"HSD-KP([12])-")
"""The first edition named a task by its place in the plan, a number that stands in no paper."""
_AFTER_NUMBER = re.compile(r"\s[–-]\s|\.?\s*$")
NAME_LENGTH = 60
MOST_LINES = 2000


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """`key` and `version` of a line that is there; `task`: as `task_label` writes it; sums are None where nothing was
    said."""

    key: int
    version: int
    task: str
    purpose: str
    source: MoneySource
    source_name: str
    estimated: int | None
    appraised: int | None
    allocated: int | None
    spent: int | None


@dataclass(frozen=True, slots=True)
class MoneyTemplate:
    """`tasks`: label and words of each task of the plan."""

    title: str
    mark: str
    rows: Sequence[MoneyRow]
    tasks: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A row as somebody filled it in; `row` is its number in the sheet, `task` the number that it names."""

    row: int
    key: int | None
    version: int | None
    task: str
    purpose: str
    source: MoneySource | None
    source_name: str
    estimated: int | None
    appraised: int | None
    allocated: int | None
    spent: int | None
    remark: str

    def at(self, column: int) -> str:
        return cell(self.row, column)


@dataclass(slots=True)
class ReadMoney:
    """Nothing is to be taken from a sheet with problems."""

    mark: str
    lines: list[SheetLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def mark_of(agency_code: str, agency_key: int, plan_code: str, year: int, edition: int = 2) -> str:
    """By which a sheet is known again: whose, which plan and year, and a check of these with the layout."""
    check = hashlib.sha256(f"{agency_key}|{plan_code}|{year}|{HEADINGS}".encode()).hexdigest()[:8]
    return f"HSD-KP{edition}-{agency_code}-{year}-{check}"


def edition_of(mark: str) -> int:
    """0: no mark."""
    found = _MARK.match(mark)
    return int(found[1]) if found else 0


def task_label(number: str, text: str) -> str:
    """«I.2.a.1 – Tổ chức ngày hội đọc sách…»"""
    return f"{number} – {textwrap.shorten(text, NAME_LENGTH, placeholder='…')}"


def source_label(source: MoneySource) -> str:
    with override("vi"):
        return str(source.label)


def is_money_sheet(table: Table) -> bool:
    return table.text(MARK_ROW, 1) == "Mã mẫu" and edition_of(table.text(MARK_ROW, 2)) > 0


def render_money_sheet(template: MoneyTemplate) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": template.title})
    plain = {"font_name": FONT, "font_size": 12, "valign": "top"}
    money = {**plain, "num_format": "#,##0"}
    edge = {"border": 1, "border_color": "#999999"}
    grey = {"bg_color": "#E8E6E1"}
    words, bold = book.add_format(plain), book.add_format({**plain, "bold": True})
    head = book.add_format({**plain, **edge, "bold": True, "text_wrap": True, "bg_color": "#D9E4F2"})
    sums = book.add_format({**money, "bold": True})
    open_words = book.add_format({**plain, **edge, "text_wrap": True, "locked": False})
    # As text: else «1.2» would become the second of January.
    open_task = book.add_format({**plain, **edge, "text_wrap": True, "locked": False, "num_format": "@"})
    open_money = book.add_format({**money, **edge, "locked": False})
    shut_words = book.add_format({**plain, **edge, **grey, "text_wrap": True})
    shut_money = book.add_format({**money, **edge, **grey})
    sheet = book.add_worksheet(SHEET)
    for column, width in enumerate((11, 30, 46, 26, 26, 18, 18, 18, 18, 30)):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, ["Mã mẫu", template.mark], words)
    sheet.write_string(1, 0, template.title, bold)
    sheet.write_string(2, 0, HOW_TO, words)
    sheet.write_string(SUM_ROW - 1, PURPOSE - 1, "Cộng", bold)
    last = FIRST_ROW + len(template.rows) + EMPTY_ROWS - 1
    for column in _SUMMED:
        said = [_amounts(row)[column] for row in template.rows]
        total = sum(each for each in said if each is not None)
        area = f"{cell(FIRST_ROW, column)}:{cell(last, column)}"
        sheet.write_formula(SUM_ROW - 1, column - 1, f"=SUBTOTAL(109,{area})", sums, total)
    sheet.write_row(HEADING_ROW - 1, 0, HEADINGS, head)
    for at, row in enumerate(template.rows):
        y = FIRST_ROW - 1 + at
        sheet.write_string(y, KEY - 1, f"{row.key}.{row.version}", shut_words)
        for column, text in (
            (TASK, row.task),
            (PURPOSE, row.purpose),
            (SOURCE, source_label(row.source)),
            (GIVER, row.source_name),
        ):
            sheet.write_string(y, column - 1, text, shut_words)
        for column, amount in _amounts(row).items():
            form = open_money if column in (ESTIMATED, SPENT) else shut_money
            sheet.write(y, column - 1, "" if amount is None else amount, form)
        sheet.write_blank(y, REMARK - 1, None, open_words)
    for y in range(FIRST_ROW - 1 + len(template.rows), last):
        sheet.write_blank(y, KEY - 1, None, shut_words)
        for column in (TASK, PURPOSE, SOURCE, GIVER, REMARK):
            sheet.write_blank(y, column - 1, None, open_task if column == TASK else open_words)
        for column in _SUMMED:
            sheet.write_blank(y, column - 1, None, open_money if column in (ESTIMATED, SPENT) else shut_money)
    _offer_choices(sheet, last, len(template.tasks))
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.freeze_panes(HEADING_ROW, 3)
    _lay_on_paper(sheet)
    _write_tasks(book, template.tasks, head, words, open_words)
    book.close()
    return buffer.getvalue()


def _lay_on_paper(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW - 1)


def _offer_choices(sheet: Worksheet, last: int, tasks: int) -> None:
    choices = {"validate": "list", "source": [source_label(each) for each in MoneySource]}
    sheet.data_validation(FIRST_ROW - 1, SOURCE - 1, last - 1, SOURCE - 1, choices)
    if tasks:
        labels = f"='{TASKS}'!$A$2:$A${tasks + 1}"
        named = {"validate": "list", "source": labels, "show_error": False}  # its number alone will do
        sheet.data_validation(FIRST_ROW - 1, TASK - 1, last - 1, TASK - 1, named)


def _write_tasks(book: Workbook, tasks: Sequence[tuple[str, str]], head: Format, words: Format, text: Format) -> None:
    sheet = book.add_worksheet(TASKS)
    sheet.set_column(0, 0, 50)
    sheet.set_column(1, 1, 120)
    sheet.write_row(0, 0, ["Nhiệm vụ số", "Nội dung trong kế hoạch"], head)
    for at, (label, task) in enumerate(tasks, 1):
        sheet.write_string(at, 0, label, words)
        sheet.write_string(at, 1, task, text)


def _amounts(row: MoneyRow) -> dict[int, int | None]:
    return {ESTIMATED: row.estimated, APPRAISED: row.appraised, ALLOCATED: row.allocated, SPENT: row.spent}


def read_money_sheet(table: Table) -> ReadMoney:
    """Every row in which something was filled in, and what is wrong, cell by cell."""
    if not is_money_sheet(table):
        sentence = _("This is not the sheet for money. Take it away from this page and fill it in.")
        return ReadMoney("", problems=[Problem("", sentence)])
    read = ReadMoney(table.text(MARK_ROW, 2))
    for column, heading in enumerate(HEADINGS, 1):
        if table.text(HEADING_ROW, column) != heading:
            read.problems.append(
                Problem(
                    cell(HEADING_ROW, column),
                    _("Here should stand “{heading}”. Do not add, remove or move columns.").format(heading=heading),
                )
            )
    if read.problems:
        return read
    for area in table.merged_from(FIRST_ROW):
        read.problems.append(Problem(area, _("These cells are merged. Take the merging away: one number a cell.")))
    for row in table.filled_rows(FIRST_ROW):
        if len(read.lines) >= MOST_LINES:
            read.problems.append(
                Problem(str(row), _("More than {most} rows. Send several sheets.").format(most=MOST_LINES))
            )
            break
        read.lines.append(_line(table, row, read.problems))
    return read


@cache
def _sources() -> dict[str, MoneySource]:
    return {fold(source_label(each)): each for each in MoneySource}


def _line(table: Table, row: int, problems: list[Problem]) -> SheetLine:
    purpose = table.text(row, PURPOSE)

    def wrong(column: int, reason: str) -> None:
        problems.append(Problem(cell(row, column), reason, purpose[:60]))

    def amount(column: int) -> int | None:
        try:
            return whole_number(table.value(row, column), LARGEST)
        except ValueError as error:
            wrong(column, str(error))
            return None

    key, version = _key(table.text(row, KEY))
    if table.text(row, KEY) and key is None:
        wrong(KEY, _("Leave the code as it was, or empty for a new line."))
    named = table.text(row, SOURCE)
    source = _sources().get(fold(named))
    if named and source is None:
        wrong(SOURCE, _("“{text}” is none of the sources. Choose one from the list.").format(text=named[:60]))
    return SheetLine(
        row,
        key,
        version,
        _AFTER_NUMBER.split(table.text(row, TASK), maxsplit=1)[0].strip(),
        purpose,
        source,
        table.text(row, GIVER),
        amount(ESTIMATED),
        amount(APPRAISED),
        amount(ALLOCATED),
        amount(SPENT),
        table.text(row, REMARK),
    )


def _key(text: str) -> tuple[int | None, int | None]:
    key, dot, version = text.partition(".")
    if not dot or not (key.isascii() and key.isdigit() and version.isascii() and version.isdigit()) or len(text) > 24:
        return None, None
    return int(key), int(version)
