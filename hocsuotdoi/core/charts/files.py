"""A chart to take away: the picture with its title and source as SVG and PNG, the data as CSV and XLSX."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from textwrap import wrap
from typing import Any

from django.utils.translation import gettext
from xlsxwriter import Workbook

from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.vega import LEAF, Spec, png_of, svg_of
from hocsuotdoi.core.harmless import harmless

FORMS = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def chart_file(chart: Chart, form: str, *, story: str = "", source: str = "") -> bytes:
    """The chart in one of `FORMS`. `story` and `source` stand in the picture and in the workbook's notes."""
    if form == "csv":
        return _csv(chart)
    if form == "xlsx":
        return _xlsx(chart, [chart.title, story, chart.legend, source])
    whole = _with_words(chart, story, source)
    if form == "png":
        return png_of(whole)
    return svg_of(whole, chart.title, " ".join(filter(None, [story, chart.legend]))).encode()


def marked_as_sample(chart: Chart) -> Chart:
    """So that it is never taken for real figures, wherever the file goes: over the picture, and in every row."""
    mark = gettext("Sample data")
    columns, rows = _table(chart)
    return replace(
        chart,
        title=f"[{mark.upper()}] {chart.title}",
        data_columns=[*columns, mark],
        data=[[*row, mark] for row in rows],
    )


def noted(chart: Chart, notes: Sequence[str]) -> Chart:
    """With a column of notes: of each row, or one for all; without it where there is nothing to say."""
    columns, rows = _table(chart)
    by_row = [notes[0]] * len(rows) if len(notes) == 1 else list(notes)
    if not any(by_row):
        return chart
    data = [[*row, note] for row, note in zip(rows, by_row, strict=True)]
    return replace(chart, data_columns=[*columns, gettext("Note")], data=data)


def _with_words(chart: Chart, story: str, source: str) -> Spec:
    """On paper of its own, with the words that it needs where it stands alone."""
    most = max(chart.width, 400) // 6
    below = [line for words in (story, chart.legend, source) for line in wrap(words, most)]
    title = {"text": wrap(chart.title, most * 3 // 4), "subtitle": below, "offset": 16}
    return {**chart.spec, "title": title, "background": LEAF, "padding": 20}


def _table(chart: Chart) -> tuple[list[str], list[list[Any]]]:
    if chart.data_columns:
        return chart.data_columns, chart.data
    return [column["label"] for column in chart.columns], [
        [cell["text"] if isinstance(cell, dict) else cell for cell in row] for row in chart.rows
    ]


def _csv(chart: Chart) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it; figures with a point, nothing where nothing is known."""
    columns, rows = _table(chart)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    return ("\ufeff" + out.getvalue()).encode()


def _xlsx(chart: Chart, notes: list[str]) -> bytes:
    """The figures on the first sheet, what they are on the second. Words stay words, whatever they begin with."""
    columns, rows = _table(chart)
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "d/m/yyyy"})
    sheet = book.add_worksheet(gettext("Figures"))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, max(len(columns) - 1, 1), 16)
    sheet.write_row(0, 0, columns, bold)
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(at, column, dt.datetime.combine(value, dt.time()), day)
            elif value is not None:
                sheet.write(at, column, float(value) if isinstance(value, Decimal) else value)
    about = book.add_worksheet(gettext("About these figures"))
    about.set_column(0, 0, 100)
    about.write_column(0, 0, [note for note in notes if note])
    book.close()
    return out.getvalue()
