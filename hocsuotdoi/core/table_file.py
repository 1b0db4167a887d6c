"""XLSX and CSV files as a table of cells that each know where they stood, and what a cell says as a whole number.

A file is hostile until read: its size, what it unpacks to, its rows and columns are bounded, macros and formulas are
refused, and nothing in it is computed.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.harmless import harmless
from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.core.vietnamese import fold, normalise

LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 60_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60
FIRST_ROWS = 12
"""By which a sheet is known."""
LARGEST_NUMBER = 1_000_000_000

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z0-9:]+)"')
_DOTTED = re.compile(r"\d{1,3}([., ]\d{3})+", re.ASCII)
_SHORTENED = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+", re.ASCII)
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell («C7»; a row «7»; empty: the whole file), in a sentence."""

    at: str
    reason: str
    about: str = ""


class BadFile(Refused):
    """A file that cannot be taken in, with everything that is wrong in it."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__(problems[0].reason if problems else "")
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Formula:
    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell in which the spreadsheet itself shows an error, such as #N/A."""

    text: str


Value = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | Formula | Broken | None


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` from row 1 on, `merged` ranges as the file names them («B2:C2»). `way`: xlsx or csv."""

    rows: list[list[Value]]
    way: str
    merged: list[str] = field(default_factory=list)

    def text(self, row: int, column: int) -> str:
        """What stands there as text, numbered from 1; empty where nothing does."""
        return as_text(self.value(row, column))

    def value(self, row: int, column: int) -> Value:
        cells = self.rows[row - 1] if 0 < row <= len(self.rows) else []
        return cells[column - 1] if column <= len(cells) else None

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def filled_rows(self, first: int) -> Iterator[int]:
        """The numbers of the rows from `first` on in which anything stands."""
        for row in range(first, len(self.rows) + 1):
            if any(as_text(value) for value in self.rows[row - 1]):
                yield row

    def merged_from(self, first: int) -> Iterator[str]:
        """Merged ranges that reach into row `first` or below."""
        for each in self.merged:
            if (range_boundaries(each)[3] or 0) >= first:
                yield each


def cell(row: int, column: int) -> str:
    """«C7»."""
    return f"{get_column_letter(column)}{row}"


def as_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Formula | Broken):
        return value.text
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(normalise(str(value)).split())


def find_headings(
    table: Table, headings: Mapping[str, str], also: Mapping[str, Sequence[str]], is_head: Callable[[set[str]], bool]
) -> tuple[int, dict[str, int]]:
    """The first of the top rows with headings enough for `is_head`, and the column of each; row 0 where none has.

    `headings`: field → as our template writes it; `also`: field → other words for it, folded (`vietnamese.fold`).
    """
    for row, cells in enumerate(table.rows[:10], start=1):
        columns: dict[str, int] = {}
        for column, value in enumerate(cells, start=1):
            words = fold(as_text(value)).strip(" .:*")
            for name, text in headings.items():
                if words == fold(text) or words in also.get(name, ()):
                    columns.setdefault(name, column)
        if is_head(set(columns)):
            return row, columns
    return 0, {}


def csv_of(rows: Iterable[Sequence[str | int | float | None]]) -> bytes:
    """As spreadsheets here open it: semicolons, a mark for UTF-8, nothing that would be computed."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows(["" if value is None else harmless(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def whole_number(value: Value, largest: int = LARGEST_NUMBER) -> int | None:
    """The number of a cell; None where it is empty. Raises ValueError with the sentence that says what is wrong."""
    if isinstance(value, str):
        return _number_in(as_text(value), largest)
    if value is None:
        return None
    if isinstance(value, Formula):
        raise ValueError(_("A formula: type the number itself."))
    if isinstance(value, Broken):
        raise ValueError(_("“{text}” is an error of the spreadsheet: type the number itself.").format(text=value.text))
    if isinstance(value, dt.datetime | dt.date):
        raise ValueError(
            _("{day} is a date. Make it an ordinary cell and type the number.").format(day=day_short(value))
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(_("“{text}” is not a whole number.").format(text=str(value).upper()))
    if value != value or value in (float("inf"), float("-inf")) or value != int(value):
        raise ValueError(_("{number} is not a whole number.").format(number=str(value).replace(".", ",")))
    return _in_bounds(int(value), largest)


def _number_in(text: str, largest: int) -> int | None:
    if not text:
        return None
    if text.startswith("="):
        raise ValueError(_("A formula: type the number itself."))
    if text.isascii() and text.isdigit():
        return _in_bounds(int(text[:16]), largest)
    if text[:1] in "-−" and text[1:].isascii() and text[1:].isdigit():
        return _in_bounds(-int(text[1:][:15]), largest)
    if _DOTTED.fullmatch(text):
        plain = re.sub(r"[., ]", "", text)
        raise ValueError(_("“{text}”: type it without points and commas, {plain}.").format(text=text, plain=plain[:15]))
    if _SHORTENED.fullmatch(text):
        raise ValueError(
            _(
                "“{text}” was shortened by the spreadsheet: show the cell as an ordinary number, or type it in full."
            ).format(text=text[:40])
        )
    raise ValueError(_("“{text}” is not a whole number.").format(text=text[:40]))


def _in_bounds(found: int, largest: int) -> int:
    if found < 0:
        raise ValueError(_("{number} is less than nothing.").format(number=number(found)))
    if found > largest:
        raise ValueError(_("{number} is too large to be right.").format(number=number(found)))
    return found


def read_table(content: bytes, file_name: str, is_ours: Callable[[Table], bool] | None = None) -> Table:
    """The table of a file; of a workbook the sheet of which `is_ours` says yes to its first rows, else the first.

    Raises `BadFile`: another kind of file, too large, damaged, with macros, letters that cannot be read, several sheets
    that are ours.
    """
    if len(content) > LARGEST_FILE:
        raise _bad(_("The file is too large: at most 5 MB."))
    if not content.strip():
        raise _bad(_("The file is empty."))
    name = file_name.lower()
    if content.startswith(_OLE):
        raise _bad(_("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password."))
    if name.endswith((".xlsx", ".xlsm")) or content.startswith(b"PK"):
        return _sheet(content, is_ours)
    if name.endswith((".csv", ".txt")):
        return _csv(content)
    raise _bad(_("This kind of file cannot be read. Send the template as .xlsx or .csv."))


def _bad(sentence: str) -> BadFile:
    return BadFile([Problem("", sentence)])


def _sheet(content: bytes, is_ours: Callable[[Table], bool] | None) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise _bad(_("The file is too large when unpacked. Send only the template."))
            if any("vbaproject" in part.lower() for part in packed.namelist()):
                raise _bad(_("The file holds macros. Save it as an ordinary workbook (.xlsx)."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        ours = [each for each in book.worksheets if is_ours and is_ours(Table(_cells(each, FIRST_ROWS), "xlsx"))]
        if len(ours) > 1:
            names = ", ".join(f"“{each.title}”" for each in ours)
            raise _bad(_("Several sheets hold figures: {names}. Send each in a file of its own.").format(names=names))
        sheet = ours[0] if ours else book.worksheets[0]
        rows = _cells(sheet, MOST_ROWS + 1)
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            merged = [match.decode() for match in _MERGED.findall(packed.read(sheet._worksheet_path))]
    except BadFile:
        raise
    except Exception as error:  # a damaged or hostile file makes the reader stumble in any way
        raise _bad(_("This Excel file cannot be read. Save it again as .xlsx, or use the template.")) from error
    return _bounded(Table(rows, "xlsx", merged))


def _cells(sheet: Any, most: int) -> list[list[Value]]:
    sheet.reset_dimensions()  # as written, not as the file says: some programs state the size wrongly
    rows = sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS + 1)
    return [[_value(each) for each in cells] for cells in rows]


def _value(each: object) -> Value:
    value = getattr(each, "value", None)
    kind = getattr(each, "data_type", "n")
    if kind == "f":
        return Formula(str(value)[:60])
    if kind == "e":
        return Broken(str(value)[:60])
    return value


def _csv(content: bytes) -> Table:
    unreadable = _("The letters of this file cannot be read. Save it as “CSV UTF-8” or as .xlsx.")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        raise _bad(unreadable) from error
    if "\x00" in text or "\N{REPLACEMENT CHARACTER}" in text:
        raise _bad(unreadable)
    lines = text.splitlines(keepends=True)
    if not text.strip():
        raise _bad(_("The file is empty."))
    if lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        delimiter, text = (
            lines[0].strip()[4],
            "\n" + "".join(lines[1:]),
        )  # a line for Excel alone; rows keep their number
    else:
        first = next((line for line in lines if line.strip()), "")
        delimiter = max(";,\t", key=first.count)
    rows: list[list[Value]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([each or None for each in cells])
            if len(rows) > MOST_ROWS:
                break
    except csv.Error as error:
        raise _bad(_("This file cannot be read as a table. Use the template.")) from error
    return _bounded(Table(rows, "csv"))


def _bounded(table: Table) -> Table:
    if len(table.rows) > MOST_ROWS:
        raise _bad(_("The file has more than {most} rows. Send only the template.").format(most=number(MOST_ROWS)))
    if any(as_text(value) for row in table.rows for value in row[MOST_COLUMNS:]):
        raise _bad(_("The file has more than {most} columns. Send only the template.").format(most=MOST_COLUMNS))
    return table
