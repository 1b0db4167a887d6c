"""The blocks around a letter of one body."""

import datetime as dt

import pytest

from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.reporting.queries.paper_header import initials_of, paper_header, signature_of_body

DAY = dt.date(2026, 11, 27)


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Sở Văn hóa, Thể thao và Du lịch", "SVHTTDL"),
        ("Phòng Văn hóa - Xã hội", "PVHXH"),
        ("Ủy ban nhân dân", "UBND"),
        ("Sở Giáo dục và Đào tạo", "SGDĐT"),
        ("Bộ Chỉ huy quân sự", "BCHQS"),
    ],
)
def test_bodies_are_abbreviated_as_offices_do(name, initials):
    assert initials_of(name) == initials


def test_office_of_a_ward_writes_under_its_committee(office_of_bac_kan):
    header = paper_header(office_of_bac_kan, title="V/v thử", addressee="Ai", day=DAY)
    assert header["superior"] == "ỦY BAN NHÂN DÂN PHƯỜNG BẮC KẠN"
    assert header["issuer_lines"] == ["PHÒNG VĂN HÓA - XÃ HỘI"]
    assert (header["symbol"], header["place"], header["day"]) == ("PVHXH", "Bắc Kạn", "ngày 27 tháng 11 năm 2026")
    assert signature_of_body(office_of_bac_kan) == {"lines": ["TRƯỞNG PHÒNG"]}


def test_department_and_committee_sign_as_they_do(department_of_thai_nguyen):
    assert paper_header(department_of_thai_nguyen, title="", addressee="", symbol="TTr", day=DAY)["symbol"] == (
        "TTr-SVHTTDL"
    )
    assert signature_of_body(department_of_thai_nguyen) == {"lines": ["GIÁM ĐỐC"]}
    department_of_thai_nguyen.kind = AgencyKind.PEOPLES_COMMITTEE
    assert signature_of_body(department_of_thai_nguyen)["lines"][0] == "TM. ỦY BAN NHÂN DÂN"
    assert paper_header(department_of_thai_nguyen, title="", addressee="", day=DAY)["superior"] == ""
