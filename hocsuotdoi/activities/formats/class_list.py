"""Lists of people: typed, one a line, or as a spreadsheet. Either everybody on the list can be read, or nobody is taken
and each line that cannot be read says why."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import fold, normalise
from hocsuotdoi.ledger.enums import AgeBand, Sex

CHILD_UNTIL = 16
"""Luật Trẻ em 2016, article 1."""

LONGEST_NAME = 120
LARGEST_FILE = 1_000_000
LARGEST_UNPACKED = 20_000_000
"""Of a spreadsheet: a small file that swells to a large one is no class list."""

MOST_ROWS = 500
_SEXES = {
    "nu": Sex.FEMALE,
    "gai": Sex.FEMALE,
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "nam": Sex.MALE,
    "trai": Sex.MALE,
    "m": Sex.MALE,
    "male": Sex.MALE,
    "khac": Sex.OTHER,
    "other": Sex.OTHER,
}
_BOUNDS = (
    (6, AgeBand.UNDER_6),
    (11, AgeBand.CHILD),
    (15, AgeBand.TEEN),
    (18, AgeBand.YOUTH),
    (35, AgeBand.YOUNG_ADULT),
    (60, AgeBand.ADULT),
    (131, AgeBand.SENIOR),
)
_BORN = re.compile(r"(?:(\d{1,2})[/.-](\d{1,2})[/.-])?(\d{4})")
_NUMBERING = re.compile(r"^\d{1,3}\s*[.)]\s*")
_HEADINGS = {
    "name": ("ho va ten", "ho ten", "ten", "name", "hoc sinh"),
    "sex": ("gioi tinh", "gioi", "nam/nu", "sex"),
    "age": ("tuoi", "ngay sinh", "nam sinh", "ngay, thang, nam sinh", "age"),
}


class BadList(Refused):
    """Lines that cannot be read, as (number, sentence); or, without lines, a whole file that cannot."""

    def __init__(self, message: str, lines: Sequence[tuple[int, str]] = ()):
        super().__init__(message)
        self.lines = list(lines)


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person of a list. `line`: where it stood (0: nowhere)."""

    name: str
    sex: str | None = None
    age_band: str | None = None
    is_child: bool = False
    line: int = 0


def parse_names(text: str, *, on: dt.date) -> list[ListedPerson]:
    """One person a line: a name and, after commas, sex and age (or day or year of birth), in any order. `on`: the day
    for which ages are told. Empty lines and numbering are left out. Refused: more than `MOST_ROWS` at a time."""
    rows = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(rows) > MOST_ROWS:
        raise BadList(_("The list has more than {most} lines. Send it in parts.").format(most=MOST_ROWS))
    return _people([(number, _fields(line)) for number, line in rows], on=on)


def parse_file(content: bytes, *, file_name: str, on: dt.date) -> list[ListedPerson]:
    """The people of an XLSX or CSV file with a heading line (as the template has) or without one.

    Refused: other files, files that are too large, formulas, no people.
    """
    if len(content) > LARGEST_FILE:
        raise BadList(_("The file is too large for a list of names: at most 1 MB. Send only the list."))
    if file_name.lower().endswith((".xlsx", ".xlsm")) or content.startswith(b"PK"):
        rows = _sheet_rows(content)
    elif file_name.lower().endswith((".csv", ".txt")):
        rows = _csv_rows(content)
    else:
        raise BadList(_("This kind of file cannot be read. Send an Excel file (.xlsx) or a CSV file."))
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if len(rows) > MOST_ROWS:
        raise BadList(_("The file has more than {most} lines. Send only the list.").format(most=MOST_ROWS))
    return _people(_arranged(rows), on=on)


def render_template() -> bytes:
    """An empty spreadsheet to fill in, with its headings and one example."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Danh sách"
    sheet.append(["Họ và tên", "Giới tính", "Tuổi hoặc năm sinh"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in (("A", 34), ("B", 14), ("C", 22)):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def band_of(age: int) -> AgeBand:
    return next(band for below, band in _BOUNDS if age < below)


def _fields(line: str) -> list[str]:
    return [part.strip() for part in _NUMBERING.sub("", line.strip()).replace("\t", ",").replace(";", ",").split(",")]


def _people(rows: Iterable[tuple[int, list[str]]], *, on: dt.date) -> list[ListedPerson]:
    people: list[ListedPerson] = []
    wrong: list[tuple[int, str]] = []
    for number, (name, *rest) in rows:
        try:
            people.append(_person(name, rest, on=on, line=number))
        except ValueError as error:
            wrong.append((number, str(error)))
    if wrong:
        raise BadList(_("The list cannot be read in full, so nobody was taken from it. Mend these lines:"), wrong)
    if not people:
        raise BadList(_("There is no name on the list. Write one name a line."))
    return people


def _person(name: str, rest: list[str], *, on: dt.date, line: int) -> ListedPerson:
    """Raises ValueError with the sentence."""
    name = " ".join(normalise(name).split())
    if not any(char.isalpha() for char in name):
        raise ValueError(_("The name is missing."))
    if len(name) > LONGEST_NAME:
        raise ValueError(_("The name is too long: at most {most} letters.").format(most=LONGEST_NAME))
    if name.startswith(("=", "+", "@")):
        raise ValueError(_("There is a formula instead of a name. Type the name itself."))
    sex, age = None, None
    for text in (each for each in rest if each):
        known = _SEXES.get(fold(text).strip(". "))
        if known and sex is None:
            sex = known
        elif age is None and known is None:
            age = _age(text, on=on)
        else:
            raise ValueError(_("“{text}” is one too many: write name, sex, age.").format(text=text[:30]))
    return ListedPerson(
        name=name,
        sex=sex,
        age_band=None if age is None else band_of(age),
        is_child=age is not None and age < CHILD_UNTIL,
        line=line,
    )


def _age(text: str, *, on: dt.date) -> int:
    """From an age, a year or a day of birth."""
    words = fold(text).replace("tuoi", "").strip(". ")
    age = None
    if words.isascii() and words.isdigit() and len(words) <= 3:
        age = int(words)
    elif match := _BORN.fullmatch(words):
        day, month, year = match.groups()
        age = on.year - int(year)
        if day:
            _check_day(text, int(year), int(month), int(day))
            age -= (on.month, on.day) < (int(month), int(day))
    if age is None:
        raise ValueError(
            _("“{text}” is neither a sex (nữ, nam) nor an age. Leave it out if it is not known.").format(text=text[:30])
        )
    if not 0 <= age <= 130:
        raise ValueError(_("“{text}” cannot be an age. Write the age in years.").format(text=text[:30]))
    return age


def _check_day(text: str, year: int, month: int, day: int) -> None:
    try:
        dt.date(year, month, day)
    except ValueError as error:
        raise ValueError(_("“{text}” is not a day. Write it as 15/9/2015.").format(text=text[:30])) from error


def _arranged(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Rows as name, sex, age: by the heading line, where the first rows have one; else as they stand."""
    for place, (_number, cells) in enumerate(rows[:10]):
        heads = {meaning: _column(cells, words) for meaning, words in _HEADINGS.items()}
        if heads["name"] is not None:
            columns = [column for column in heads.values() if column is not None]
            return [
                (number, [cells[column] if column < len(cells) else "" for column in columns])
                for number, cells in rows[place + 1 :]
            ]
    return rows


def _column(cells: list[str], words: tuple[str, ...]) -> int | None:
    for column, cell in enumerate(cells):
        if any(fold(cell).strip(" .:*").startswith(word) for word in words):
            return column
    return None


def _csv_rows(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadList(_("The letters of this file cannot be read. Save it as “CSV UTF-8” or as .xlsx.")) from error
    if "\x00" in text:
        raise BadList(_("This kind of file cannot be read. Send an Excel file (.xlsx) or a CSV file."))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return [
            (number, [cell.strip() for cell in cells])
            for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1)
        ]
    except csv.Error as error:
        raise BadList(_("This file cannot be read as a table. Use the template.")) from error


def _sheet_rows(content: bytes) -> list[tuple[int, list[str]]]:
    unreadable = _("This Excel file cannot be read. Save it again as .xlsx, or use the template.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise BadList(_("The file is too large for a list of names: at most 1 MB. Send only the list."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        # As written, not as the file says it is: some programs state the size wrongly.
        sheet.reset_dimensions()
        rows = []
        for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 20, max_col=20), start=1):
            if any(cell.data_type == "f" for cell in cells):
                raise BadList(
                    _("Line {number} holds a formula. Copy the cells and paste them as values.").format(number=number)
                )
            rows.append((number, [_cell(cell.value) for cell in cells]))
        return rows
    except BadList:
        raise
    except Exception as error:  # a damaged or hostile file makes the reader stumble in any way
        raise BadList(unreadable) from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
