"""Sheets of the annex on other years than the report's own: of one over several years each figure by year, its sum a
live formula; of a yearly one what is added to the year before."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from hocsuotdoi.reporting.models.content import Content

FIRST = 5
"""The first row below the headings, as the annex sets its sheets up."""
_YEAR_WIDTH = 16
MakeSheet = Callable[[str, str, Sequence[str], Sequence[float]], Worksheet]


def write_years(
    content: Content, make: MakeSheet, hide: Callable[[Worksheet, int, Sequence[str]], None], styles: dict[str, Format]
) -> None:
    """`make` gives a sheet by name, title, headings and widths, its rows beginning below `FIRST`."""
    period = content.get("period")
    if not period:
        return
    figures = {each["key"]: each for each in content.get("figures", [])}
    years = [str(each["year"]) for each in period["years"]]
    title = f"Phụ lục 8. Kết quả theo từng năm, giai đoạn {period['words']}"
    headings = ["TT", "Số liệu", *years, "Cả giai đoạn"]
    sheet = make("Theo năm", title, headings, [5, 50, *[_YEAR_WIDTH] * len(years), 18])
    for row, each in enumerate(period["rows"], start=FIRST):
        sheet.write_number(row, 0, row - FIRST + 1, styles["ordinal"])
        sheet.write_string(row, 1, each["label"], styles["text"])
        values = [_value(figures, cell["key"]) for cell in each["cells"]]
        for column, (value, cell) in enumerate(zip(values, each["cells"], strict=True), start=2):
            _write(sheet, row, column, value, cell["words"], styles)
        _write_sum(sheet, row, values, _value(figures, each["total"]["key"]), each["total"]["words"], styles)
    hide(sheet, len(headings), [_keys(each) for each in period["rows"]])
    _write_targets(content, make, hide, styles, figures, years)


def write_year_before(
    content: Content, make: MakeSheet, hide: Callable[[Worksheet, int, Sequence[str]], None], styles: dict[str, Format]
) -> None:
    """What is added to the year before, where a yearly report has any."""
    added = content.get("year_before")
    if not added:
        return
    figures = {each["key"]: each for each in content.get("figures", [])}
    after = f"{dt.date.fromisoformat(added['after']):%d/%m/%Y}"
    headings = ["TT", "Số liệu", f"Sau ngày {after}", f"Cả năm {added['year']}"]
    sheet = make("Bổ sung năm trước", f"Phụ lục 8. {added['title']}", headings, [5, 60, 22, 22])
    for row, each in enumerate(added["rows"], start=FIRST):
        sheet.write_number(row, 0, row - FIRST + 1, styles["ordinal"])
        sheet.write_string(row, 1, each["label"], styles["text"])
        _write(sheet, row, 2, _value(figures, each["key"]), each["words"], styles)
        _write(sheet, row, 3, _value(figures, each["whole_key"]), each["whole_words"], styles)
    hide(sheet, len(headings), [f"{each['key']} {each['whole_key']}" for each in added["rows"]])


def _write_sum(
    sheet: Worksheet,
    row: int,
    values: Sequence[float | None],
    total: float | None,
    words: str,
    styles: dict[str, Format],
) -> None:
    """A formula where the years add up to the whole; distinct people do not, and stand as they were frozen."""
    column = 2 + len(values)
    known = [value for value in values if value is not None]
    if total is not None and known and sum(known) == total:
        area = f"{xl_rowcol_to_cell(row, 2)}:{xl_rowcol_to_cell(row, column - 1)}"
        sheet.write_formula(row, column, f"=SUM({area})", styles["total"], total)
    else:
        _write(sheet, row, column, total, words, styles)


def _write_targets(
    content: Content,
    make: MakeSheet,
    hide: Callable[[Worksheet, int, Sequence[str]], None],
    styles: dict[str, Format],
    figures: Mapping[str, Any],
    years: Sequence[str],
) -> None:
    """A row for each target and year: parts, their live quotient, what was due."""
    period = content["period"]
    title = f"Phụ lục 9. Chỉ tiêu theo từng năm, giai đoạn {period['words']}"
    headings = ["TT", "Chỉ tiêu", "Đối tượng", "Năm", "Như trong báo cáo", "Tử số", "Mẫu số", "Tử số/mẫu số"]
    headings += ["Lộ trình", "Đánh giá"]
    sheet = make("Chỉ tiêu theo năm", title, headings, [5, 44, 30, 8, 18, 12, 12, 12, 16, 18])
    row, keys = FIRST, []
    for ordinal, target in enumerate(content["targets"], start=1):
        for each in target.get("years", []):
            figure = figures.get(each["key"], {})
            sheet.write_number(row, 0, ordinal, styles["ordinal"])
            for column, words in ((1, target["name"]), (2, target["of_whom"]), (4, each["value_words"])):
                sheet.write_string(row, column, words, styles["text"])
            sheet.write_number(row, 3, each["year"], styles["year"])
            top, bottom = (_number(figure.get(part)) for part in ("numerator", "denominator"))
            _write(sheet, row, 5, top, "", styles)
            _write(sheet, row, 6, bottom, "", styles)
            if top is None or not bottom:
                sheet.write_blank(row, 7, None, styles["percent"])
            else:
                formula = f"={xl_rowcol_to_cell(row, 5)}/{xl_rowcol_to_cell(row, 6)}"
                sheet.write_formula(row, 7, formula, styles["percent"], top / bottom)
            sheet.write_string(row, 8, each["due_words"], styles["text"])
            sheet.write_string(row, 9, each["state_words"], styles["text"])
            keys.append(each["key"])
            row += 1
    hide(sheet, len(headings), keys)


def _write(sheet: Worksheet, row: int, column: int, value: float | None, words: str, styles: dict[str, Format]) -> None:
    if value is None:
        sheet.write_string(row, column, words, styles["text"])
    else:
        sheet.write_number(row, column, value, styles["number"])


def _keys(row: Mapping[str, Any]) -> str:
    return " ".join(cell["key"] for cell in [*row["cells"], row["total"]] if cell["key"])


def _value(figures: Mapping[str, Any], key: str) -> int | float | None:
    return _number(figures.get(key, {}).get("numerator"))


def _number(text: str | None) -> int | float | None:
    if text is None:
        return None
    value = float(text)
    return int(value) if value.is_integer() else value
