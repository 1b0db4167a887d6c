import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from hocsuotdoi.activities.formats.class_list import BadList, parse_file, parse_names, render_template

DAY = dt.date(2026, 11, 23)


def sheet(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD = sheet(["Họ và tên", "Giới tính", "Tuổi"], ["Nông Thị Lan", "nữ", 9])


def said(people) -> list[tuple]:
    return [(person.name, person.sex, person.age_band, person.is_child) for person in people]


def test_names_with_sex_and_age_are_read_in_any_order():
    text = "1. Nông Thị Lan, nữ, 9\n\n2) Lý Văn Sơn ; 15 tuổi; Nam\nBàn Thị Mỷ\nHoàng Văn Thái, 1960\n"
    text += "Ma Thị Hồng, 23/11/2010"

    assert said(parse_names(text, on=DAY)) == [
        ("Nông Thị Lan", "female", "6-10", True),
        ("Lý Văn Sơn", "male", "15-17", True),
        ("Bàn Thị Mỷ", None, None, False),
        ("Hoàng Văn Thái", None, "60+", False),
        ("Ma Thị Hồng", None, "15-17", False),
    ]


def test_an_age_is_told_for_the_day_of_the_session():
    assert parse_names("Lan, 24/11/2010", on=DAY)[0].is_child
    assert not parse_names("Lan, 24/11/2010", on=DAY + dt.timedelta(days=1))[0].is_child


def test_decomposed_names_are_repaired():
    assert parse_names("Nguyễn Đình", on=DAY)[0].name == "Nguyễn Đình"


@pytest.mark.parametrize(
    "line",
    [
        "nữ, 9, 9, 9",
        "Lan, mèo",
        "Lan, nữ, nam",
        "Lan, 131",
        "Lan, 31/2/2015",
        ", nữ",
        "123",
        "x" * 121,
        "=A1",
        "Lan, 2030",
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nobody_taken(line):
    with pytest.raises(BadList) as refusal:
        parse_names(f"Nông Thị Lan\n\n{line}\nLý Văn Sơn", on=DAY)

    assert [number for number, _sentence in refusal.value.lines] == [3]


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_a_list_without_names_is_refused(text):
    with pytest.raises(BadList):
        parse_names(text, on=DAY)


def test_a_spreadsheet_with_title_and_headings_in_another_order_is_read():
    content = sheet(
        ["DANH SÁCH LỚP 4A"],
        ["TT", "Ngày sinh", "Họ và tên", "Giới tính"],
        [1, dt.date(2017, 5, 2), "Nông Thị Lan", "Nữ"],
        [],
        [2, 2016.0, "Lý Văn Sơn", "Nam"],
    )

    assert said(parse_file(content, file_name="Lớp 4A.XLSX", on=DAY)) == [
        ("Nông Thị Lan", "female", "6-10", True),
        ("Lý Văn Sơn", "male", "6-10", True),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_is_read_with_any_delimiter(mark, encoding):
    content = mark.join(("Họ và tên", "Giới tính", "Tuổi")) + "\n" + mark.join(("Nông Thị Lan", "nữ", "9"))

    assert said(parse_file(content.encode(encoding), file_name="lop.csv", on=DAY)) == [
        ("Nông Thị Lan", "female", "6-10", True)
    ]


def test_errors_of_a_file_name_the_lines_of_the_file():
    content = sheet(
        ["Họ và tên", "Giới tính", "Tuổi"], ["Nông Thị Lan", "nữ", 9], ["Sơn", "nam", "chín"], ["", "nữ", 8]
    )

    with pytest.raises(BadList) as refusal:
        parse_file(content, file_name="lop.xlsx", on=DAY)

    assert [number for number, _sentence in refusal.value.lines] == [3, 4]


def zip_bomb() -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lop.xlsx", sheet(["Họ và tên"], ["=HYPERLINK(1)"])),
        ("lop.xlsx", b"PK\x03\x04 not a workbook"),
        ("lop.xlsx", b""),
        ("lop.xlsx", zip_bomb()),
        ("lop.pdf", b"%PDF-1.4"),
        ("lop.doc", b"\xd0\xcf\x11\xe0"),
        ("lop.csv", "Nông Thị Lan".encode("utf-16")),
        ("lop.csv", b"\x00\x01\x02"),
        ("lop.csv", b""),
        ("lop.csv", b"x" * 1_000_001),
        ("lop.csv", b"Lan\n" * 501),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(name, content):
    with pytest.raises(BadList) as refusal:
        parse_file(content, file_name=name, on=DAY)

    assert str(refusal.value)


def test_the_template_can_be_filled_in_and_sent_back():
    book = load_workbook(io.BytesIO(render_template()))
    book.active.append(["Nông Thị Lan", "nữ", 9])
    out = io.BytesIO()
    book.save(out)

    assert said(parse_file(out.getvalue(), file_name="mau.xlsx", on=DAY)) == [("Nông Thị Lan", "female", "6-10", True)]


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_or_refused(text):
    try:
        people = parse_names(text, on=DAY)
    except BadList as refusal:
        assert str(refusal)
    else:
        assert 1 <= len(people) <= len(text.splitlines())


@given(st.binary(max_size=400), st.sampled_from(["a.xlsx", "a.csv", "a"]))
def test_whatever_is_sent_is_read_or_refused(content, name):
    try:
        parse_file(content, file_name=name, on=DAY)
    except BadList as refusal:
        assert str(refusal)


@given(place=st.integers(0, 4000), byte=st.integers(0, 255))
def test_a_damaged_spreadsheet_is_read_or_refused(place, byte):
    content = bytearray(GOOD)
    content[place % len(content)] = byte
    try:
        parse_file(bytes(content), file_name="lop.xlsx", on=DAY)
    except BadList as refusal:
        assert str(refusal)
