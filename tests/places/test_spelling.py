import datetime as dt

import pytest

from hocsuotdoi.places.formats.spelling import other_spelling
from hocsuotdoi.places.queries.units import search_units

AFTER = dt.date(2025, 7, 1)


@pytest.mark.parametrize(
    ("written", "twin"),
    [
        ("Hòa Khánh", "hoà khánh"),
        ("Hoà Khánh", "hòa khánh"),
        ("Thủy Nguyên", "thuỷ nguyên"),
        ("Khỏe", "khoẻ"),
        ("Hoàn Kiếm", "hoàn kiếm"),
        ("Quý", "quý"),
        ("Bắc Kạn", "bắc kạn"),
    ],
)
def test_other_spelling_moves_the_tone_at_the_end_of_a_syllable_only(written: str, twin: str) -> None:
    assert other_spelling(written) == twin


def test_unit_is_found_however_its_tone_is_placed(reference: None) -> None:
    found = {text: {unit.pk for unit in search_units(text, AFTER)} for text in ("Hòa Hội", "Hoà Hội", "hoa hoi")}
    assert found["Hòa Hội"] == found["Hoà Hội"]
    assert found["Hòa Hội"] <= found["hoa hoi"]
    assert found["Hòa Hội"]
