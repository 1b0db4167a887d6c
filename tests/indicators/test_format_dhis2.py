"""What a DHIS2 takes in: ids and codes as it wants them, and nothing that refers to what is not there."""

import datetime as dt
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.indicators.formats import dhis2
from hocsuotdoi.indicators.formats.adx import Group, Value, render_adx
from tests.indicators.dhis2 import problems_of_adx, problems_of_metadata

NOON = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)

UNITS = [
    dhis2.OrgUnit("VN", "Việt Nam", "Việt Nam", "", dt.date(2000, 1, 1)),
    dhis2.OrgUnit("19", "Tỉnh Thái Nguyên", "Thái Nguyên", "VN", dt.date(2000, 1, 1)),
]


def made() -> dict:
    return json.loads(
        dhis2.render_metadata(
            units=UNITS,
            elements=[dhis2.DataElement("A", "a", ""), dhis2.DataElement("B", "b", "", "SEX_AGE")],
            categories=[
                dhis2.Category("SEX", "Giới", [("F", "nữ"), ("M", "nam")]),
                dhis2.Category("AGE", "Tuổi", [("Y", "trẻ"), ("O", "già"), ("U", "không rõ")]),
            ],
            combos={"SEX_AGE": ["SEX", "AGE"]},
            sets=[dhis2.DataSet("S", "s", "year", ["A", "B"])],
            ratios=[dhis2.Ratio("R", "r", "", "A", "B")],
        )
    )


@given(st.text(min_size=1), st.text(min_size=1))
def test_id_has_eleven_signs_and_is_always_the_same(one, other):
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{10}", dhis2.uid("unit", one))
    assert dhis2.uid("unit", one) == dhis2.uid("unit", one)
    assert (dhis2.uid("unit", one) == dhis2.uid("unit", other)) == (one == other)
    assert dhis2.uid("unit", one) != dhis2.uid("dataElement", one)


@given(st.text(alphabet="abc", min_size=1, max_size=120))
def test_code_is_never_longer_than_fifty_signs(code):
    assert len(dhis2.short_code(code)) <= 50
    assert dhis2.short_code(code + "x" * 60) != dhis2.short_code(code + "x" * 59 + "y")


def test_everything_referred_to_is_there():
    told = made()
    known = {each["id"] for rows in told.values() for each in rows} | {dhis2.DEFAULT_COMBO}

    def references(node):
        if isinstance(node, dict):
            for name, value in node.items():
                if name == "id":
                    yield value
                else:
                    yield from references(value)
        elif isinstance(node, list):
            for each in node:
                yield from references(each)

    assert set(references(told)) <= known
    for ratio in told["indicators"]:
        assert ratio["numerator"][2:-1] in known and ratio["denominator"][2:-1] in known


def test_ids_and_codes_are_used_once():
    told = made()
    ids = [each["id"] for rows in told.values() for each in rows]
    assert len(ids) == len(set(ids))
    for rows in told.values():
        codes = [each["code"] for each in rows if "code" in each]
        assert len(codes) == len(set(codes))


def test_metadata_has_what_a_dhis2_asks_of_it():
    assert list(problems_of_metadata(made())) == []


def test_rules_find_what_is_wrong():
    told = made()
    told["dataElements"][1]["shortName"] = told["dataElements"][0]["shortName"]
    told["dataSets"][0]["periodType"] = "Weekly"
    told["organisationUnits"][1]["parent"] = {"id": "nowhere"}
    told["indicators"][0]["numerator"] = "#{aaaaaaaaaaa}"
    assert len(list(problems_of_metadata(told))) == 4

    today = dt.date(2026, 11, 1)
    cut = {"SEX": "SEX_F", "AGE": "AGE_Y"}
    right = [Group("19", dt.date(2026, 1, 1), "year", "S", (Value("A", 1), Value("B", 2, cut)))]
    assert list(problems_of_adx(render_adx(right, NOON), made(), today)) == []
    for wrong in (
        Group("20", dt.date(2026, 1, 1), "year", "S", (Value("A", 1),)),
        Group("19", dt.date(2026, 1, 1), "month", "S", (Value("A", 1),)),
        Group("19", dt.date(2027, 1, 1), "year", "S", (Value("A", 1),)),
        Group("19", dt.date(2026, 1, 1), "year", "S", (Value("B", 1),)),
        Group("19", dt.date(2026, 1, 1), "year", "S", (Value("B", 1, {**cut, "AGE": "AGE_X"}),)),
        Group("19", dt.date(2026, 1, 1), "year", "S", (Value("A", -1),)),
        Group("19", dt.date(2026, 1, 1), "year", "S", (Value("A", 1), Value("A", 2))),
    ):
        assert len(list(problems_of_adx(render_adx([wrong], NOON), made(), today))) == 1, wrong


def test_every_pair_of_options_is_a_combination():
    told = made()
    assert len(told["categoryOptionCombos"]) == 6
    assert {len(each["categoryOptions"]) for each in told["categoryOptionCombos"]} == {2}


def test_units_hang_together_and_are_opened_early():
    root, below = made()["organisationUnits"]
    assert "parent" not in root
    assert below["parent"] == {"id": root["id"]}
    assert below["openingDate"] == "2000-01-01"
