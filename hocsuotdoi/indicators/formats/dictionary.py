"""The data dictionary as CSV, XLSX and JSON. Columns have the same names in all three."""

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from hocsuotdoi.core.harmless import harmless

Cell = str | int | Decimal | None
Row = Sequence[Cell]


def render_csv(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """UTF-8 with a mark at its beginning, so that spreadsheets read the Vietnamese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def render_xlsx(columns: Sequence[str], rows: Sequence[Row], rights: str = "") -> bytes:
    """`rights`: under which licence it may be used; it stands among the properties of the file."""
    book = Workbook()
    book.properties.description = rights
    sheet = book.active
    assert sheet is not None
    sheet.title = "data dictionary"
    sheet.append(list(columns))
    for row in rows:
        sheet.append([harmless(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    widths = {"name_vi": 40, "name_en": 40, "definition_vi": 70, "definition_en": 70, "source": 40, "rule": 40}
    for number, column in enumerate(columns, start=1):
        letter = sheet.cell(1, number).column_letter
        sheet.column_dimensions[letter].width = widths.get(column, 18)
        for cell in sheet[letter][1:]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def render_json(columns: Sequence[str], rows: Sequence[Row], generated_on: str, rights: str = "") -> bytes:
    body = {
        "generated_on": generated_on,
        "rights": rights,
        "terms": [dict(zip(columns, row, strict=True)) for row in rows],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()
