"""The sheet of a reform: one row for each unit that changes, or for each part of its land where it is divided.

Our template holds the units as they stand; rows in which nothing new stands say nothing. Any table with these headings
is read.
"""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.utils.translation import gettext as _

from hocsuotdoi.core.harmless import as_written
from hocsuotdoi.core.table_file import Broken, Formula, Problem, Table, Value, as_text, cell, csv_of, find_headings
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.places.formats.reform import Part, ReformRow

SHEET = "Sắp xếp"
HEADINGS = {
    "old": "Mã đơn vị cũ",
    "old_name": "Tên đơn vị cũ",
    "old_parent": "Thuộc (trước sắp xếp)",
    "new": "Mã đơn vị mới",
    "new_name": "Tên đơn vị mới",
    "parent": "Mã tỉnh sau sắp xếp",
    "part": "Phần đất",
    "latitude": "Vĩ độ",
    "longitude": "Kinh độ",
}
"""«Thuộc (trước sắp xếp)» is for the eye."""
_ALSO = {
    "old": ("ma cu", "ma truoc sap xep"),
    "old_name": ("ten cu", "ten truoc sap xep"),
    "new": ("ma moi", "ma sau sap xep"),
    "new_name": ("ten moi", "ten sau sap xep"),
    "parent": ("ma tinh", "ma tinh moi"),
    "part": ("phan",),
}
PARTS = {Part.WHOLE: "toàn bộ", Part.MAIN: "phần chính", Part.REST: "phần còn lại"}
_BOUNDS = {"latitude": (7.0, 24.0), "longitude": (101.0, 118.0)}
"""Degrees, with the islands."""


def is_reform_sheet(table: Table) -> bool:
    return bool(_find_headings(table)[0])


def parse_reform(table: Table) -> tuple[list[ReformRow], list[Problem]]:
    """The rows in which something new stands, and everything that cannot be read."""
    heading_row, columns = _find_headings(table)
    if not columns:
        return [], [Problem(cell(1, 1), _("The headings are missing: old code and new code. Use the template."))]
    problems = [
        Problem(each, _("These cells are merged. Take the merging away: one unit a row."))
        for each in table.merged_from(heading_row + 1)
    ]
    rows = []
    for number in table.filled_rows(heading_row + 1):
        values = {name: table.value(number, column) for name, column in columns.items()}
        if any(as_text(values.get(name)) for name in ("new", "new_name", "parent", "part")):
            rows.append(_row(number, values, columns, problems))
    if not rows and not problems:
        problems.append(Problem("", _("No row says what a unit becomes: the columns of what is new are all empty.")))
    return rows, problems


def _find_headings(table: Table) -> tuple[int, dict[str, int]]:
    return find_headings(table, HEADINGS, _ALSO, lambda found: {"old", "new"} <= found)


def _row(number: int, values: dict[str, Value], columns: dict[str, int], problems: list[Problem]) -> ReformRow:
    at = {name: cell(number, column) for name, column in columns.items()}
    told = {name: as_written(as_text(values.get(name))) for name in HEADINGS}
    old = _code(told["old"])
    about = told["old_name"] or told["new_name"]

    def problem(name: str, sentence: str) -> None:
        problems.append(Problem(at.get(name, str(number)), sentence, about))

    for name, value in values.items():
        if isinstance(value, Formula):
            problem(name, _("A formula: write what it shows."))
        elif isinstance(value, Broken):
            sentence = _("“{text}” is an error of the spreadsheet: write what belongs there.")
            problem(name, sentence.format(text=value.text))
    if not old:
        problem("old", _("Say the code of the unit that changes."))
    part = next((part for part, word in PARTS.items() if fold(told["part"]) == fold(word)), None)
    if part is None and told["part"]:
        problem("part", _("Write one of: {words}.").format(words=", ".join(f"“{word}”" for word in PARTS.values())))
    where = {}
    for name in _BOUNDS:
        try:
            where[name] = _degrees(values.get(name), *_BOUNDS[name])
        except ValueError as error:
            where[name] = None
            problem(name, str(error))
    if (where["latitude"] is None) != (where["longitude"] is None):
        problem("latitude", _("Latitude and longitude belong together: write both, or neither."))
    # A province alone is written where a unit goes on as it is and only comes to lie elsewhere.
    only_moved = bool(told["parent"]) and not told["new"] and not told["new_name"]
    if not told["new"] and not only_moved:
        problem("new", _("Say the code that the new unit has."))
    return ReformRow(
        row=number,
        old=old,
        old_name=told["old_name"],
        new=old if only_moved else _code(told["new"]),
        new_name=told["new_name"],
        parent=_code(told["parent"]),
        part=part or Part.WHOLE,
        at=at,
        **where,
    )


def _code(text: str) -> str:
    """A number lost the zeros before it: provinces have two digits, communes five."""
    return text.zfill(2 if len(text) < 3 else 5) if text.isascii() and text.isdigit() else text


def _degrees(value: Value, least: float, most: float) -> float | None:
    text = as_text(value).replace(",", ".")
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        raise ValueError(_("“{text}” is not a position in degrees, such as 22.147.").format(text=text[:40])) from None
    if not least <= found <= most:
        raise ValueError(_("{text} lies outside the country: degrees, such as 22.147 and 105.834.").format(text=text))
    return found


def render_csv(units: Iterable[Sequence[str]]) -> bytes:
    return csv_of([[*HEADINGS.values()], *units])


def render_xlsx(units: Iterable[Sequence[str]], title: str) -> bytes:
    """`units`: code, name, what it lies in. Codes are text, so that their zeros stay. Nothing is locked: a unit whose
    land is divided gets more rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title})
    sheet = book.add_worksheet(SHEET)
    base = {"font_name": "Times New Roman", "font_size": 11, "border": 1, "border_color": "#B9B29E"}
    head = book.add_format({**base, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E4DFCF"})
    shown = book.add_format({**base, "bg_color": "#EEEBE2", "font_color": "#5B5546", "num_format": "@"})
    told = book.add_format({**base, "num_format": "@"})
    degrees = book.add_format({**base, "num_format": "0.00000"})
    for column, width in enumerate((12, 30, 24, 12, 30, 14, 16, 11, 11)):
        sheet.set_column(column, column, width)
    for column, heading in enumerate(HEADINGS.values()):
        sheet.write_string(0, column, heading, head)
    last = 0
    for last, row in enumerate(units, start=1):
        for column, value in enumerate(row):
            sheet.write_string(last, column, value, shown)
        for column in range(len(row), len(HEADINGS)):
            sheet.write_blank(last, column, None, told if column < 7 else degrees)
    sheet.data_validation(1, 6, max(last, 1) + 200, 6, {"validate": "list", "source": [*PARTS.values()]})
    sheet.freeze_panes(1, 2)
    book.close()
    return buffer.getvalue()
