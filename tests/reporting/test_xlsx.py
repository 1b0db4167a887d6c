"""The annex, read back with openpyxl."""

import io

from openpyxl import Workbook, load_workbook

from hocsuotdoi.reporting.formats.xlsx import render_annex
from tests.factories.reporting import DIGEST, hand_made_content, target

SHEETS = ["Chỉ tiêu", "Cách đánh giá", "Cơ sở", "Theo tháng", "Nhiệm vụ", "Chưa có số liệu"]
FIRST = 6  # the first row under the headings


def written(data_only: bool = False, **changes) -> Workbook:
    return load_workbook(io.BytesIO(render_annex(hand_made_content(**changes), DIGEST)), data_only=data_only)


def test_annex_has_a_sheet_for_each_kind_of_figure():
    assert written().sheetnames == SHEETS


def test_annex_is_set_up_for_a4_landscape_with_the_number_on_every_page():
    for sheet in written().worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "BC-01843-2026-003" in sheet.oddFooter.left.text
        assert "BC-01843-2026-003" in sheet["A3"].value
        assert sheet.print_title_rows == "$5:$5"
        assert sheet.freeze_panes == "A6"


def test_share_is_a_live_formula_over_numbers_with_its_value_beside():
    sheet, values = written()["Chỉ tiêu"], written(data_only=True)["Chỉ tiêu"]
    assert [sheet.cell(FIRST, column).value for column in (8, 9)] == [1, 3]
    assert sheet.cell(FIRST, 10).value == "=H6/I6"
    assert values.cell(FIRST, 10).value == 1 / 3
    assert sheet.cell(FIRST, 10).number_format == "0.0%"
    assert sheet.cell(FIRST, 13).value == "=K6/L6"
    assert values.cell(FIRST, 13).value == 0.75


def test_growth_is_compound_from_the_base_year():
    growth = target(
        "Tăng", "", "KH", "I", unit="percent_per_year", numerator="1210", denominator="1000", base_year=2024
    )
    sheet, values = written(targets=[growth])["Chỉ tiêu"], written(data_only=True, targets=[growth])["Chỉ tiêu"]
    assert sheet.cell(FIRST, 10).value == "=(H6/I6)^(1/2)-1"
    assert round(values.cell(FIRST, 10).value, 10) == 0.1


def test_figure_that_is_not_known_stays_blank_and_is_never_zero():
    sheet = written()["Chỉ tiêu"]
    assert [sheet.cell(FIRST + 2, column).value for column in (8, 9, 10, 14)] == [None] * 4
    assert sheet.cell(FIRST + 2, 15).value == "Chưa đủ số liệu"


def test_institutions_behind_a_figure_are_listed_once_for_targets_that_share_it():
    sheet = written()["Cơ sở"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST)]
    assert [row[4] for row in rows] == ["Thư viện phường Bắc Kạn", "Tủ sách Sông Cầu", "Tủ sách pháp luật (mẫu)"]
    assert {row[0] for row in rows} == {"1, 2, 3"}
    assert [row[6] for row in rows] == ["Đạt", "Chưa đạt", "Chưa có số liệu"]


def test_months_add_up_to_the_year_by_formula_and_months_to_come_are_blank():
    sheet, values = written()["Theo tháng"], written(data_only=True)["Theo tháng"]
    assert sheet.cell(FIRST + 12, 2).value == "=SUM(B6:B17)"
    assert values.cell(FIRST + 12, 3).value == 1436
    assert [sheet.cell(FIRST + month - 1, 3).value for month in (1, 4, 11, 12)] == [0, 900, 536, None]


def test_words_that_look_like_a_formula_stay_words():
    content = hand_made_content()
    content["tasks"][0]["text"] = '=HYPERLINK("http://x")'
    sheet = load_workbook(io.BytesIO(render_annex(content, DIGEST)))["Nhiệm vụ"]
    assert (sheet.cell(FIRST, 4).value, sheet.cell(FIRST, 4).data_type) == ('=HYPERLINK("http://x")', "s")


def test_missing_institutions_are_named():
    sheet = written()["Chưa có số liệu"]
    assert sheet.cell(FIRST, 3).value == "Tủ sách pháp luật (mẫu)"
