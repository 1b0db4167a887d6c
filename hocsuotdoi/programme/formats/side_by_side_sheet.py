"""Plans side by side as a workbook: a row for each indicator, class and year, a column for each plan."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from django.utils.translation import gettext as _

_WIDTHS = (34, 40, 8)


@dataclass(frozen=True)
class SheetRow:
    indicator: str
    name: str
    year: int | None
    figures: tuple[str, ...]
    differs: bool
    chosen: str


def write_sheet(title: str, columns: Sequence[str], rows: Sequence[SheetRow], *, has_new: bool) -> bytes:
    """What starts like a formula is written as text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    font = {"font_name": "Times New Roman", "font_size": 12, "text_wrap": True, "valign": "top"}
    head = book.add_format({**font, "bold": True, "bottom": 1})
    plain, marked = book.add_format(font), book.add_format({**font, "bg_color": "#FBE9C6"})
    big = book.add_format({**font, "bold": True, "font_size": 14, "text_wrap": False})
    sheet = book.add_worksheet(_("Side by side")[:31])
    sheet.write_string(0, 0, title, big)
    heads = [_("Indicator"), _("Of whom"), _("Year"), *columns, _("Old plans")] + ([_("New plan")] if has_new else [])
    for number, name in enumerate(heads):
        sheet.write_string(2, number, name, head)
        sheet.set_column(number, number, _WIDTHS[number] if number < len(_WIDTHS) else 24)
    for number, row in enumerate(rows, 3):
        style = marked if row.differs else plain
        sheet.write_string(number, 0, row.indicator, plain)
        sheet.write_string(number, 1, row.name, plain)
        if row.year is not None:
            sheet.write_number(number, 2, row.year, plain)
        for place, figure in enumerate(row.figures, 3):
            sheet.write_string(number, place, figure, style)
        place = 3 + len(row.figures)
        sheet.write_string(number, place, _("different") if row.differs else _("the same"), style)
        if has_new:
            sheet.write_string(number, place + 1, row.chosen, plain)
    sheet.freeze_panes(3, 3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    book.close()
    return out.getvalue()
