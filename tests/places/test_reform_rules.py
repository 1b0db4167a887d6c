"""What rows of a reform make of a territory: plain values, the laws of every map, and each row that cannot be."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.places.enums import Doubt, SuccessionKind, Tier, UnitKind
from hocsuotdoi.places.formats.reform import Outcome, Part, Reform, ReformRow, after
from hocsuotdoi.places.formats.territory import Parent, Territory, Unit, faults

DAY = dt.date(2027, 7, 1)
COUNTRY = Unit("VN", Tier.COUNTRY, UnitKind.COUNTRY, "Việt Nam")
_ROWS = itertools.count(2)


def row(old: str, new: str, name: str = "", *, parent: str = "", part: Part = Part.WHOLE, was: str = "", **more):
    return ReformRow(next(_ROWS), old, was, new, name, parent, part, **more)


def territory(provinces: int = 2, communes: int = 3) -> Territory:
    """Provinces 01, 02 … and in each the communes 01001, 01002 …"""
    found = Territory([COUNTRY])
    for number in range(1, provinces + 1):
        province = Unit(
            f"{number:02}", Tier.PROVINCE, UnitKind.PROVINCE, f"Tỉnh {number}", None, None, 20.0 + number, 105
        )
        found.units.append(province)
        found.parents.append(Parent(province.key, COUNTRY.key))
        for each in range(1, communes + 1):
            code = f"{number:02}{each:03}"
            unit = Unit(code, Tier.COMMUNE, UnitKind.COMMUNE, f"Xã {code}", None, None, 20.0 + number, 105 + each / 10)
            unit.area_km2 = 10
            found.units.append(unit)
            found.parents.append(Parent(unit.key, province.key))
    return found


def done(*rows: ReformRow, day: dt.date = DAY, start: Territory | None = None) -> Outcome:
    outcome = after(start or territory(), Reform(day, "9/NQ-UBTVQH16", rows))
    if not outcome.problems:
        assert faults(outcome.territory) == []
    return outcome


def refused(*rows: ReformRow, **more) -> str:
    outcome = done(*rows, **more)
    assert not outcome.made or outcome.problems
    (problem,) = outcome.problems
    return problem.reason


def standing(outcome: Outcome, day: dt.date) -> dict[str, Unit]:
    units = outcome.territory.units
    return {u.code: u for u in units if (u.starts_on or dt.date.min) <= day < (u.ends_on or dt.date.max)}


def lies_in(outcome: Outcome, code: str, day: dt.date) -> str:
    unit = standing(outcome, day)[code]
    (found,) = [
        each.parent[0]
        for each in outcome.territory.parents
        if each.unit == unit.key and (each.starts_on or dt.date.min) <= day < (each.ends_on or dt.date.max)
    ]
    return found


def test_merged_communes_end_and_the_one_of_the_code_is_a_new_unit():
    outcome = done(row("01001", "01001", "Xã 01001"), row("01002", "01001"))

    (made,) = outcome.made
    assert (made.unit.code, made.unit.starts_on, made.parent.code, made.unit.area_km2) == ("01001", DAY, "01", 20)
    assert (made.unit.latitude, made.unit.longitude) == (21.0, 105.15)
    assert [unit.code for unit in outcome.ended] == ["01001", "01002"]
    steps = {(s.predecessor[0], s.kind, s.is_main, s.is_origin, s.doubt) for s in outcome.territory.steps}
    assert steps == {
        ("01001", SuccessionKind.MERGE, True, True, None),
        ("01002", SuccessionKind.MERGE, True, False, None),
    }
    assert standing(outcome, DAY - dt.timedelta(days=1))["01001"].starts_on is None


def test_divided_commune_has_a_main_part_and_what_goes_where_is_uncertain():
    outcome = done(
        row("01001", "01004", "Phường Mới", part=Part.REST),
        row("01001", "01002", "Xã 01002", part=Part.MAIN),
        row("01002", "01002"),
    )

    steps = {(s.predecessor[0], s.successor[0]): (s.kind, s.is_main, s.doubt) for s in outcome.territory.steps}
    assert steps == {
        ("01001", "01004"): (SuccessionKind.SPLIT, False, Doubt.DIVIDED),
        ("01001", "01002"): (SuccessionKind.SPLIT, True, Doubt.DIVIDED),
        ("01002", "01002"): (SuccessionKind.MERGE, True, None),
    }
    new = {made.unit.code: made.unit for made in outcome.made}
    assert new["01004"].kind == UnitKind.WARD
    assert new["01004"].area_km2 is None


def test_unit_that_keeps_its_code_keeps_its_name_unless_told():
    outcome = done(
        row("01001", "01001", part=Part.MAIN),
        row("01001", "01004", "Xã Bốn", part=Part.REST),
        row("01002", "01003"),
        row("01003", "01003"),
    )
    assert [made.unit.name for made in outcome.made] == ["Xã 01001", "Xã Bốn", "Xã 01003"]


def test_commune_that_only_has_another_name_is_a_new_unit_of_the_same_land():
    outcome = done(row("01001", "01001", "Phường Một"))
    (step,) = outcome.territory.steps
    assert (step.kind, step.is_origin, step.is_main) == (SuccessionKind.RENAME, True, True)


def test_commune_that_only_comes_to_lie_elsewhere_goes_on():
    outcome = done(row("01001", "01001", parent="02"))
    assert (outcome.made, outcome.ended, outcome.territory.steps) == ([], [], [])
    assert lies_in(outcome, "01001", DAY - dt.timedelta(days=1)) == "01"
    assert lies_in(outcome, "01001", DAY) == "02"


def test_row_that_says_what_is_so_already_does_nothing():
    outcome = done(row("01001", "01001", "Xã 01001", parent="01"))
    assert (outcome.made, outcome.moved, outcome.problems) == ([], [], [])


def test_name_without_its_kind_is_the_same_name():
    first = done(row("01", "01", "Tỉnh Chung"), row("02", "01")).territory
    later = DAY + dt.timedelta(days=1)
    outcome = done(row("01", "01", "Chung"), row("01001", "01001", "xã  01001"), start=first, day=later)
    assert (outcome.made, outcome.ended, outcome.moved) == ([], [], [])


def test_communes_of_provinces_that_merge_lie_in_the_new_one():
    outcome = done(row("01", "01", "Tỉnh Chung"), row("02", "01"), row("02001", "02001", "Phường Hai"))
    assert {lies_in(outcome, f"0{p}00{n}", DAY) for p in (1, 2) for n in (1, 2, 3)} == {"01"}
    assert standing(outcome, DAY)["01"].name == "Tỉnh Chung"
    assert standing(outcome, DAY)["02001"].name == "Phường Hai"


def test_communes_of_a_divided_province_have_to_be_told():
    split = (row("01", "01", "Tỉnh 1", part=Part.MAIN), row("01", "03", "Tỉnh Ba", part=Part.REST))
    assert "3 đơn vị" in refused(*split)
    assert "tỉnh nào" in refused(*split, row("01001", "01001", "Phường Một"))
    told = [row(f"0100{n}", f"0100{n}", parent="03" if n == 1 else "01") for n in (1, 2, 3)]
    outcome = done(*split, *told)
    assert [lies_in(outcome, f"0100{n}", DAY) for n in (1, 2, 3)] == ["03", "01", "01"]


def test_two_acts_of_one_day_come_one_after_the_other():
    first = done(row("01", "01", "Tỉnh Chung"), row("02", "01"))
    outcome = done(row("02001", "02001", "Phường Hai"), row("02002", "02001"), start=first.territory)
    assert lies_in(outcome, "02001", DAY) == "01"
    assert lies_in(outcome, "02003", DAY) == "01"
    assert "chỉ bắt đầu" in refused(row("02001", "02003", "Xã Ba"), start=outcome.territory)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([row("09999", "09999", "Xã Lạ")], "09999"),
        ([row("VN", "VN", "Việt Nam")], "VN"),
        ([row("01001", "01001", "Xã Mới", was="Xã Khác")], "Xã 01001"),
        ([row("01001", "12", "Tỉnh Mới")], "12"),
        ([row("01001", "0100a", "Xã Mới")], "0100a"),
        ([row("01001", "01004", "Huyện Mới")], "Huyện Mới"),
        ([row("01001", "01004", "Mới")], "Mới"),
        ([row("01001", "01004")], "tên đầy đủ"),
        ([row("01001", "01002", "Xã Mới")], "Xã 01002"),
        ([row("01001", "01004", "Xã Mới", part=Part.MAIN)], "một phần"),
        ([row("01001", "01004", "Xã Mới"), row("01001", "01005", "Xã Nữa")], "phần chính"),
        (
            [row("01001", "01004", "Xã Mới", part=Part.MAIN), row("01001", "01005", "Xã Nữa", part=Part.MAIN)],
            "phần chính",
        ),
        ([row("01001", "01004", "Xã Mới"), row("01001", "01004", "Xã Mới")], "hai dòng"),
        ([row("01001", "01004", "Xã Mới"), row("01002", "01004", "Xã Nữa")], "hai tên"),
        ([row("01001", "01004", "Xã Mới", parent="09")], "09"),
        ([row("01001", "01004", "Xã Mới", parent="01002")], "01002"),
        ([row("01001", "01004", "Xã Mới", parent="01"), row("01002", "01004", parent="02")], "hai tỉnh"),
        ([row("01001", "01004", "Xã Mới"), row("02001", "01004")], "tỉnh nào"),
        ([row("01", "03", "Xã Ba")], "Xã Ba"),
        ([row("01", "01", parent="02")], "nhập vào tỉnh khác"),
        ([row("01001", "01004", "Thị trấn Mới")], "Thị trấn Mới"),
        ([row("01001", "00000", "Xã Mới")], "00000"),
        ([row("01001", "01004", f"Xã Mới (trên cơ sở {'nhập toàn bộ ' * 12})")], "Chỉ ghi tên"),
    ],
)
def test_rows_that_cannot_be_are_refused_with_what_to_do(rows, reason):
    start = territory()
    before = (list(start.units), list(start.parents), list(start.steps))
    assert reason in refused(*rows, start=start)
    assert (start.units, start.parents, start.steps) == before


@given(st.data())
def test_any_chain_of_reforms_keeps_the_laws_of_the_map(data):
    """Communes of random land go to random units, provinces merge; whatever is not refused is a sound territory."""
    known, day = territory(3, 4), DAY
    for _step in range(data.draw(st.integers(1, 4))):
        outcome = done(*_drawn_rows(data, known), day=day, start=known)
        if not outcome.problems:
            known = outcome.territory
            for tier in (Tier.PROVINCE, Tier.COMMUNE):
                assert any(unit.tier == tier and unit.ends_on is None for unit in known.units)
        day += dt.timedelta(days=data.draw(st.integers(0, 40)))


def _drawn_rows(data: st.DataObject, known: Territory) -> list[ReformRow]:
    rows = []
    for tier, codes in ((Tier.PROVINCE, ["01", "02", "03", "04"]), (Tier.COMMUNE, [f"0100{n}" for n in range(1, 8)])):
        here = [unit.code for unit in known.units if unit.tier == tier and unit.ends_on is None]
        for old in data.draw(st.lists(st.sampled_from(here), unique=True, max_size=4)):
            new = data.draw(st.lists(st.sampled_from([*codes, old]), unique=True, min_size=1, max_size=3))
            for number, code in enumerate(new):
                part = Part.WHOLE if len(new) == 1 else Part.MAIN if number == 0 else Part.REST
                name = f"{'Tỉnh' if tier == Tier.PROVINCE else 'Xã'} {code}"
                parent = data.draw(st.sampled_from(["", "", "01", "02", "04"])) if tier == Tier.COMMUNE else ""
                rows.append(row(old, code, name, parent=parent, part=part))
    return rows
