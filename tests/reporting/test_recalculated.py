"""Workbooks that are handed in, worked out anew by LibreOffice: each formula comes to what was frozen."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from hocsuotdoi.core.office import recalculated
from hocsuotdoi.programme.formats.money_totals import TotalsRow, TotalsSheet, render_money_totals
from hocsuotdoi.programme.queries.money import Said
from hocsuotdoi.reporting.formats.state_sheet import render_state
from hocsuotdoi.reporting.formats.table_book import Column, Table, render_table_book
from hocsuotdoi.reporting.formats.xlsx import render_annex
from tests.factories.documents import consolidated_content, final_content
from tests.factories.reporting import DIGEST

INSPECTED = Table(
    "Kết quả kiểm tra năm 2026",
    "Tỉnh Thái Nguyên",
    [
        Column("Nơi", 30),
        Column("Cơ sở", 10, "number", is_summed=True),
        Column("Đã kiểm tra", 10, "number", is_summed=True),
        Column("Tỷ lệ", 10, "percent", share=(2, 1)),
        Column("Tình trạng", 20),
    ],
    [["Phường A", 12, 3, None, "Xong"], ["=Xã B", 0, 0, None, "Xong"], ["Xã C", 8, None, None, "Đang*làm"]],
    tallied=(4,),
)
STATES = [
    ["Cơ quan", "Đơn vị", "Mã", "Tuyến", "Tình trạng", "Hạn", "Chậm", "Số", "Bước", "Ai", "Trống"],
    ["Phòng A", "Xã A", "1", "Văn hóa", "Đã duyệt", "", 0, "", "", "", ""],
    ["Phòng B", "Xã B", "2", "Văn hóa", "Chưa lập", "", 3, "", "", "", ""],
    ["Phòng C", "Xã C", "3", "Công an", "Đã duyệt", "", 0, "", "", "", ""],
]


def formulas(book: Workbook) -> dict[tuple[str, str], str]:
    cells = ((sheet.title, cell) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return {
        (name, cell.coordinate): cell.value
        for name, cell in cells
        if isinstance(cell.value, str) and cell.value.startswith("=") and cell.data_type == "f"
    }


def without_values(book: bytes) -> bytes:
    """The same workbook whose formulas have nothing beside them: what LibreOffice then says it has worked out."""
    out = io.BytesIO()
    load_workbook(io.BytesIO(book)).save(out)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.usefixtures("office")
def test_every_formula_of_what_is_handed_in_comes_to_what_was_frozen():
    row = TotalsRow("Ngân sách", [Said(12, 2, 2), Said(8, 1, 2), Said(7, 1, 2), Said(4, 1, 2)], asked=9, granted=7)
    totals = TotalsSheet("Kinh phí", [row], [], [row, TotalsRow("Không ghi nhiệm vụ", [Said(None, 0, 1)] * 4)])
    books = {
        "annex.xlsx": render_annex(consolidated_content(), DIGEST),
        "final.xlsx": render_annex(final_content(), DIGEST),
        "inspected.xlsx": render_table_book(INSPECTED),
        "state.xlsx": render_state("Tình hình", STATES, "xlsx"),
        "money.xlsx": render_money_totals(totals),
    }
    anew = recalculated({name: without_values(book) for name, book in books.items()})
    assert set(anew) == set(books)
    for name, book in books.items():
        wanted = load_workbook(io.BytesIO(book), data_only=True)
        found = load_workbook(io.BytesIO(anew[name]), data_only=True)
        live = formulas(load_workbook(io.BytesIO(book)))
        assert live, name
        for sheet, place in live:
            value, again = wanted[sheet][place].value, found[sheet][place].value
            assert isinstance(again, int | float), (name, sheet, place, again)
            assert again == pytest.approx(value), (name, sheet, place)


def test_words_that_begin_as_a_formula_stay_words_and_what_is_unknown_stays_blank():
    sheet = load_workbook(io.BytesIO(render_table_book(INSPECTED)))["Bảng"]
    assert (sheet["A6"].value, sheet["A6"].data_type) == ("=Xã B", "s")
    assert sheet["D5"].value == "=C5/B5"
    assert sheet["D6"].value is None  # none expected: no share
    assert sheet["C7"].value is None  # not known is not 0
    assert sheet["B8"].value == "=SUM(B5:B7)"
    assert sheet["D8"].value == "=C8/B8"


def test_years_of_a_review_stand_beside_each_other_with_their_keys():
    book = load_workbook(io.BytesIO(render_annex(final_content(), DIGEST)))
    sheet = book["Theo năm"]
    assert [cell.value for cell in sheet[5]][2:11] == [*map(str, range(2023, 2031)), "Cả giai đoạn"]
    assert sheet["K6"].value == "=SUM(C6:J6)"
    assert sheet["L6"].value.split()[-1] == "activities:sessions:2023-2030"
    assert book["Chỉ tiêu theo năm"]["H6"].value == "=F6/G6"


def test_table_is_no_other_file_for_the_same_rows():
    first, second = (zipfile.ZipFile(io.BytesIO(render_table_book(INSPECTED))) for _each in range(2))
    assert [first.read(name) for name in first.namelist() if "sheet" in name] == [
        second.read(name) for name in second.namelist() if "sheet" in name
    ]
