"""The sheet: what is written is read back, and everything else says in which cell it is wrong."""

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from hocsuotdoi.core.table_file import BadFile, read_table, whole_number
from hocsuotdoi.indicators.enums import StatedColumn, columns_of
from hocsuotdoi.indicators.formats.stated_sheet import (
    FIRST_ROW,
    HEADING_ROW,
    Template,
    TemplateCell,
    TemplateRow,
    heading,
    is_stated_sheet,
    mark_of,
    read_sheet,
    render_csv,
    render_xlsx,
)
from hocsuotdoi.places.enums import InstitutionClass

C = StatedColumn
MARK = mark_of("01843", 7, "2026-Q3")
RENDER = {"xlsx": render_xlsx, "csv": render_csv}
classes = st.sampled_from(
    [InstitutionClass.LIBRARY_COMMUNE, InstitutionClass.MUSEUM_PROVINCE, InstitutionClass.CHILDREN_HOUSE]
)
names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=30)


@st.composite
def templates(draw):
    rows = []
    for number in range(draw(st.integers(1, 5))):
        columns = columns_of(draw(classes))
        numbers = st.none() | st.integers(0, 1_000_000_000)
        cells = {column: TemplateCell(draw(numbers), draw(st.integers(0, 10_000))) for column in columns}
        rows.append(TemplateRow(f"co-so-{number}", draw(names), "Thư viện", draw(names), cells))
    return Template("Phường Bắc Kạn, quý III/2026", MARK, rows)


def a_row(code="thu-vien", **stated) -> TemplateRow:
    cells = {column: TemplateCell(stated.get(column.name)) for column in columns_of(InstitutionClass.LIBRARY_COMMUNE)}
    return TemplateRow(code, "Thư viện xã", "Thư viện", "Xã Thử", cells)


def a_template(*rows: TemplateRow) -> Template:
    return Template("Xã Thử, quý III/2026", MARK, list(rows) or [a_row()])


def as_csv(cells: dict[str, str] | None = None, *, template=None, encoding="utf-8-sig", delimiter=";") -> bytes:
    """The template with some cells written over."""
    lines = [line.split(";") for line in render_csv(template or a_template()).decode("utf-8-sig").split("\r\n")]
    for at, text in (cells or {}).items():
        column, row = ord(at[0]) - 65, int(at[1:]) - 1
        while len(lines) <= row:
            lines.append([])
        lines[row] += [""] * (column + 1 - len(lines[row]))
        lines[row][column] = text
    return "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)


def edited(change, template=None) -> bytes:
    book = load_workbook(io.BytesIO(render_xlsx(template or a_template())))
    change(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problems_in(content: bytes, name: str = "mau.xlsx") -> list[tuple[str, str]]:
    return [(each.at, each.reason) for each in read_sheet(read_table(content, name)).problems]


@pytest.mark.slow
@pytest.mark.parametrize("kind", RENDER)
@settings(max_examples=40, deadline=None)
@given(template=templates())
def test_sheet_is_read_back_as_it_was_written(kind, template):
    read = read_sheet(read_table(RENDER[kind](template), f"mau.{kind}"))

    assert read.problems == []
    assert read.mark == MARK
    assert list(read.rows) == [row.code for row in template.rows]
    assert {(each.institution, each.column): each.quantity for each in read.cells} == {
        (row.code, column): cell.stated
        for row in template.rows
        for column, cell in row.cells.items()
        if cell.stated is not None
    }


def test_zero_is_read_and_an_empty_cell_says_nothing():
    read = read_sheet(read_table(render_xlsx(a_template(a_row(LOAN=0, LIBRARY_VISIT=12))), "mau.xlsx"))

    assert {each.column: each.quantity for each in read.cells} == {C.LOAN: 0, C.LIBRARY_VISIT: 12}


def test_cells_to_fill_in_are_open_and_all_others_locked():
    museum = TemplateRow("bao-tang", "Bảo tàng", "Bảo tàng", "Xã Thử", {C.MUSEUM_STUDY: TemplateCell(None, 4)})
    sheet = load_workbook(io.BytesIO(render_xlsx(a_template(a_row(), museum)))).worksheets[0]
    columns = {sheet.cell(HEADING_ROW, number).value: number for number in range(1, sheet.max_column + 1)}
    loans, study = columns[heading(C.LOAN)], columns[heading(C.MUSEUM_STUDY)]

    assert sheet.protection.sheet
    assert not sheet.cell(FIRST_ROW, loans).protection.locked
    assert sheet.cell(FIRST_ROW, loans + 1).protection.locked
    assert sheet.cell(FIRST_ROW, study).protection.locked, "a library has no museum visits"
    assert not sheet.cell(FIRST_ROW + 1, study).protection.locked
    assert sheet.cell(FIRST_ROW + 1, study + 1).value == 4
    assert sheet.cell(FIRST_ROW, 1).protection.locked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nhiều", "“nhiều” không phải là số nguyên."),
        ("-3", "−3 nhỏ hơn 0."),
        ("1.200", "“1.200”: hãy gõ liền, không chấm phẩy: 1200."),
        ("1,200", "“1,200”: hãy gõ liền, không chấm phẩy: 1200."),
        ("1 200", "“1 200”: hãy gõ liền, không chấm phẩy: 1200."),
        ("12,5", "“12,5” không phải là số nguyên."),
        ("=1+1", "Đây là công thức: hãy gõ thẳng con số."),
        ("1/3/2026", "“1/3/2026” không phải là số nguyên."),
        ("9999999999", "9.999.999.999 quá lớn, chắc có nhầm lẫn."),
        ("1000000000000", "1.000.000.000.000 quá lớn, chắc có nhầm lẫn."),
        ("99999999999999999999", "9.999.999.999.999.999 quá lớn, chắc có nhầm lẫn."),
        ("1E+3", "“1E+3” đã bị bảng tính viết gọn: hãy để ô ở dạng số thường hoặc gõ đủ con số."),
        ("1,2e+06", "“1,2e+06” đã bị bảng tính viết gọn: hãy để ô ở dạng số thường hoặc gõ đủ con số."),
        ("1.234,5", "“1.234,5” không phải là số nguyên."),
        ("12 lượt", "“12 lượt” không phải là số nguyên."),
        ("１２", "“１２” không phải là số nguyên."),
        ("١٢", "“١٢” không phải là số nguyên."),
    ],
)
def test_csv_cell_that_is_no_whole_number_is_named(text, told):
    content = as_csv({"E5": f'"{text}"'})

    assert problems_in(content, "mau.csv") == [("E5", told)]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (12.5, "12,5 không phải là số nguyên."),
        (-1, "−1 nhỏ hơn 0."),
        (dt.datetime(2026, 3, 1), "1/3/2026 là ngày tháng. Hãy đổi ô về dạng thường rồi gõ con số."),
        (True, "“TRUE” không phải là số nguyên."),
        ("=SUM(E6:E7)", "Đây là công thức: hãy gõ thẳng con số."),
        ("#N/A", "“#N/A” là lỗi của bảng tính: hãy gõ thẳng con số."),
        ("1.200", "“1.200”: hãy gõ liền, không chấm phẩy: 1200."),
    ],
)
def test_excel_cell_that_is_no_whole_number_is_named(value, told):
    def change(sheet):
        sheet["E5"] = value

    assert problems_in(edited(change)) == [("E5", told)]


def test_number_kept_as_text_is_read():
    def change(sheet):
        sheet["E5"] = "12"
        sheet["E5"].number_format = "@"

    assert [each.quantity for each in read_sheet(read_table(edited(change), "a.xlsx")).cells] == [12]


def test_merged_cells_are_named():
    assert [
        at for at, _ in problems_in(edited(lambda sheet: sheet.merge_cells("E5:E6"), a_template(a_row(), a_row("b"))))
    ] == ["E5:E6"]


def test_sheet_is_found_behind_another():
    def change(sheet):
        cover = sheet.parent.create_sheet("Công văn", 0)
        cover["A1"] = "Kính gửi Phòng Văn hóa"
        sheet["E5"] = 12

    out = io.BytesIO()
    book = load_workbook(io.BytesIO(render_xlsx(a_template())))
    change(book.worksheets[0])
    book.save(out)
    read = read_sheet(read_table(out.getvalue(), "mau.xlsx", is_stated_sheet))

    assert (read.problems, [(each.at, each.quantity) for each in read.cells]) == ([], [("E5", 12)])


def test_two_sheets_of_figures_are_refused_and_named():
    book = load_workbook(io.BytesIO(render_xlsx(a_template())))
    book.copy_worksheet(book.worksheets[0]).title = "Quý IV"
    out = io.BytesIO()
    book.save(out)

    with pytest.raises(BadFile) as refused:
        read_table(out.getvalue(), "mau.xlsx", is_stated_sheet)

    assert [each.reason for each in refused.value.problems] == [
        "Có nhiều trang cùng chứa số liệu: “Số liệu”, “Quý IV”. Hãy gửi mỗi trang một tệp."
    ]


def test_every_wrong_cell_is_told_at_once():
    content = as_csv({"E5": "x", "G5": "y"})

    assert [at for at, _ in problems_in(content, "mau.csv")] == ["E5", "G5"]


def test_row_twice_without_code_and_strange_headings_are_named():
    twice = a_template(a_row("a"), a_row("a"), a_row(""))
    assert [at for at, _ in problems_in(render_csv(twice), "mau.csv")] == ["A6", "A7"]
    assert [at for at, _ in problems_in(as_csv({"G4": "Lượt mượn gì đó"}), "mau.csv")] == ["G4"]
    assert [at for at, _ in problems_in(as_csv({"G4": heading(C.LIBRARY_VISIT)}), "mau.csv")] == ["G4"]
    assert [at for at, _ in problems_in(as_csv({"Z5": "7"}), "mau.csv")] == ["Z4"]
    assert [at for at, _ in problems_in(as_csv({"A4": "Tên"}), "mau.csv")] == ["A4"]


def test_file_that_is_not_the_template_says_so():
    assert [at for at, _ in problems_in(b"a;b\n1;2", "mau.csv")] == ["A1"]
    assert [at for at, _ in problems_in(as_csv({"B1": ""}), "mau.csv")] == ["A1"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16"])
def test_csv_as_spreadsheets_write_it_is_read(delimiter, encoding):
    template = a_template(a_row(LOAN=3))
    rows = [line.split(";") for line in render_csv(template).decode("utf-8-sig").split("\r\n")]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)

    read = read_sheet(read_table(text.encode(encoding), "mau.csv"))

    assert (read.problems, [each.quantity for each in read.cells]) == ([], [3])


def test_line_that_tells_excel_the_separator_is_passed_over():
    content = b"sep=;\r\n" + render_csv(a_template(a_row(LOAN=3))).removeprefix(b"\xef\xbb\xbf")
    table = read_table(content, "mau.csv")

    assert table.text(2, 1) == "Mã mẫu"


def test_name_that_looks_like_a_formula_is_harmless():
    row = TemplateRow("a", "=HYPERLINK(1)", "+x", "@y", {C.LOAN: TemplateCell()})

    assert "\r\na;'=HYPERLINK(1);'+x;'@y;" in render_csv(a_template(row)).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(render_xlsx(a_template(row)))).worksheets[0]
    assert (sheet["B5"].value, sheet["B5"].data_type) == ("=HYPERLINK(1)", "s")


def hostile_zip(name: str, content: bytes) -> bytes:
    out = io.BytesIO(render_xlsx(a_template()))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


def many_rows() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(20_001):
        sheet.append([1])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "a.csv", "Tệp trống."),
        (b"\xef\xbb\xbf", "a.csv", "Tệp trống."),
        (b"x" * 5_000_001, "a.csv", "Tệp quá lớn: nhiều nhất 5 MB."),
        (b"%PDF-1.7", "a.pdf", "Không đọc được loại tệp này. Hãy gửi mẫu dạng .xlsx hoặc .csv."),
        (b"PK\x03\x04 broken", "a.xlsx", "Không đọc được tệp Excel này. Hãy lưu lại thành .xlsx, hoặc dùng tệp mẫu."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1",
            "a.xls",
            "Đây là tệp Excel đời cũ (.xls) hoặc có mật khẩu. Hãy lưu thành .xlsx không đặt mật khẩu.",
        ),
        (
            "Mã mẫu;x".encode("cp1258", "replace") + b"\xe0\xff",
            "a.csv",
            "Không đọc được chữ trong tệp này. Hãy lưu lại thành “CSV UTF-8” hoặc .xlsx.",
        ),
        (b"a;b\x00;c", "a.csv", "Không đọc được chữ trong tệp này. Hãy lưu lại thành “CSV UTF-8” hoặc .xlsx."),
        (hostile_zip("xl/vbaProject.bin", b"x"), "a.xlsm", "Tệp có macro. Hãy lưu thành sổ tính thường (.xlsx)."),
        (hostile_zip("bomb", b"\x00" * 61_000_000), "a.xlsx", "Tệp giải nén ra quá lớn. Chỉ gửi mẫu thôi."),
        (many_rows(), "a.xlsx", "Tệp có quá 20.000 dòng. Chỉ gửi mẫu thôi."),
        (b"a;b\n" * 20_001, "a.csv", "Tệp có quá 20.000 dòng. Chỉ gửi mẫu thôi."),
        (b";".join([b"x"] * 70), "a.csv", "Tệp có quá 60 cột. Chỉ gửi mẫu thôi."),
    ],
    ids=[
        "empty",
        "mark",
        "large",
        "kind",
        "damaged",
        "old",
        "letters",
        "nul",
        "macros",
        "bomb",
        "rows",
        "csv-rows",
        "columns",
    ],
)
def test_hostile_or_wrong_file_is_refused_with_one_sentence(content, name, told):
    with pytest.raises(BadFile) as refused:
        read_table(content, name)

    assert [(each.at, each.reason) for each in refused.value.problems] == [("", told)]


@settings(max_examples=200)
@given(st.text(max_size=20) | st.integers() | st.floats() | st.booleans() | st.none() | st.datetimes())
def test_any_cell_is_a_number_or_a_sentence(value):
    try:
        number = whole_number(value)
    except ValueError as error:
        assert str(error)
    else:
        assert number is None or 0 <= number <= 1_000_000_000


def test_twelve_thousand_with_a_point_is_never_taken_for_twelve():
    """Text is refused with what to type; a cell that Excel itself holds as the number 12 says 12, however it shows."""
    assert (whole_number(12.0), whole_number(12000.0), whole_number("12000")) == (12, 12000, 12000)
    for text in ("12.000", "12,000", "12 000"):
        with pytest.raises(ValueError, match="12000"):
            whole_number(text)
