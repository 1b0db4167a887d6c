"""A chart to take away: picture, drawing, data; nothing in it becomes a formula."""

import csv
import datetime as dt
import io
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from PIL import Image

from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.files import FORMS, chart_file
from hocsuotdoi.core.charts.trend import TrendPoint, trend


def chart() -> Chart:
    return trend("Thư viện phục vụ học tập suốt đời", [TrendPoint(2024), TrendPoint(2025, Decimal("62.5"), 40, 70)])


def words(data: list) -> Chart:
    return Chart("Bảng", {}, 10, 10, [], [], "", ["Nơi", "Ngày"], data)


@pytest.mark.slow
def test_svg_stands_alone_with_title_story_key_and_source():
    root = ElementTree.fromstring(chart_file(chart(), "svg", story="Năm 2025, tăng.", source="Sổ cái"))

    told = " ".join("".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text"))
    for each in ("Thư viện phục vụ", "Năm 2025, tăng.", "Sổ cái", "Nét liền"):
        assert each in told


@pytest.mark.slow
def test_png_is_the_same_drawing_large_enough_to_print():
    image = Image.open(io.BytesIO(chart_file(chart(), "png")))

    assert image.width >= 800


def test_csv_is_known_as_unicode_and_leaves_empty_what_is_not_known():
    content = chart_file(chart(), "csv")

    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["Năm", "Đạt"]
    assert [row[1] for row in rows[1:]] == ["", "62.5"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_words_that_look_like_a_formula_stay_words(form):
    content = chart_file(words([["=1+1", dt.date(2026, 3, 2)]]), form)

    if form == "csv":
        assert "'=1+1" in content.decode("utf-8-sig")
    else:
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
        assert sheet["B2"].value == dt.datetime(2026, 3, 2)


def test_xlsx_holds_numbers_as_numbers_and_says_what_they_are():
    book = load_workbook(io.BytesIO(chart_file(chart(), "xlsx", story="Năm 2025, tăng.", source="Sổ cái")))

    assert book.sheetnames == ["Số liệu", "Về số liệu này"]
    assert book.worksheets[0]["B3"].value == 62.5
    assert book.worksheets[0]["B2"].value is None
    assert [cell.value for cell in book.worksheets[1]["A"]][1::2] == ["Năm 2025, tăng.", "Sổ cái"]


def test_without_data_of_its_own_the_table_is_taken():
    plain = Chart("Bảng", {}, 10, 10, [{"label": "Nơi"}], [[{"text": "Huế", "url": "/x"}]])

    assert chart_file(plain, "csv").decode("utf-8-sig").split() == ["Nơi", "Huế"]


def test_every_form_has_its_kind_of_content():
    assert list(FORMS) == ["svg", "png", "csv", "xlsx"]
