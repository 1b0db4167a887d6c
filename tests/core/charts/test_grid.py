"""Charts of a table of counts: which kinds fit, which is shown unasked, and that nothing kept back is drawn."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.core.charts.grid import MOST_ITEMS, MOST_PANELS, Grid, Kind, draw, kinds_of
from hocsuotdoi.core.charts.vega import svg_of


def grid(rows: int, columns: int, *, time: str = "", is_mixed: bool = False, has_sums: bool = True, kept=()) -> Grid:
    figures = [[None if (r, c) in kept else 1000 * r + c + 7 for c in range(columns)] for r in range(rows)]
    words = [["dưới 5" if each is None else str(each) for each in row] for row in figures]
    sums = [sum(each or 0 for each in row) for row in figures] if has_sums and not is_mixed else ()
    return Grid(
        [f"dòng {r}" for r in range(rows)],
        [f"cột {c}" for c in range(columns)],
        figures,
        words,
        sums,
        [str(each) for each in sums],
        adds_down=not is_mixed,
        is_mixed=is_mixed,
        time=time,
    )


@pytest.mark.parametrize(
    ("laid_out", "first"),
    [
        (grid(1, 1), Kind.BARS),
        (grid(34, 1, has_sums=False), Kind.BARS),
        (grid(6, 3), Kind.STACKED),
        (grid(34, 8), Kind.HEAT),
        (grid(3, 5, time="columns"), Kind.LINES),
        (grid(24, 2, time="rows"), Kind.LINES),
        (grid(9, 5, time="columns"), Kind.PANELS),
        (grid(34, 5, time="columns"), Kind.HEAT),
        (grid(7, 3, is_mixed=True), Kind.BESIDE),
        (grid(5, 3, time="rows", is_mixed=True), Kind.PANELS),
    ],
)
def test_kind_that_is_shown_unasked_fits_how_the_table_is_laid_out(laid_out, first):
    assert kinds_of(laid_out)[0] == first


def test_different_counts_never_share_a_scale():
    mixed = grid(7, 3, is_mixed=True)
    assert not {Kind.STACKED, Kind.GROUPED, Kind.HEAT, Kind.BARS} & set(kinds_of(mixed))

    panels = draw(mixed, Kind.BESIDE).spec["concat"]

    assert len({json.dumps(each["layer"][0]["encoding"]["x"]["scale"]["domain"]) for each in panels}) == 3


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    rows, columns = draw(st.integers(1, 60)), draw(st.integers(1, 14))
    kept = draw(st.sets(st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1)), max_size=9))
    is_mixed = columns > 1 and draw(st.booleans())
    return grid(rows, columns, time=draw(st.sampled_from(["", "rows", "columns"])), is_mixed=is_mixed, kept=kept)


@given(grids())
def test_every_table_has_a_picture_and_none_draws_what_is_kept_back(laid_out):
    known = {each for row in laid_out.figures for each in row if each is not None} | set(laid_out.sums)
    kinds = kinds_of(laid_out)

    assert kinds
    assert len(kinds) == len(set(kinds))
    for kind in kinds:
        drawn = draw(laid_out, kind)
        for spec in (drawn.spec, drawn.narrow or {}):
            assert {row["figure"] for row in _data(spec) if "figure" in row} <= known
            assert "null" not in json.dumps(list(_data(spec)))


def _data(spec: object) -> list[dict]:
    if isinstance(spec, dict):
        own = spec.get("data", {}).get("values", []) if isinstance(spec.get("data"), dict) else []
        return own + [row for name, each in spec.items() if name != "data" for row in _data(each)]
    return [row for each in spec for row in _data(each)] if isinstance(spec, list) else []


def test_of_many_rows_the_largest_are_drawn_and_the_others_told_together():
    laid_out = grid(3321, 1, has_sums=False)

    drawn = draw(laid_out, Kind.BARS)

    rows = drawn.spec["data"]["values"]
    assert len(rows) == MOST_ITEMS
    assert rows[0]["row"] == "dòng 3320"
    assert "figure" not in rows[-1]
    others = sum(1000 * each + 7 for each in range(3321 - MOST_ITEMS + 1))
    assert rows[-1]["row"] == "3.282 dòng còn lại"
    assert rows[-1]["words"].replace(".", "") == str(others)
    assert "39 dòng lớn nhất trong 3.321" in drawn.legend


def test_too_many_lines_are_no_small_pictures():
    assert Kind.PANELS not in kinds_of(grid(MOST_PANELS + 1, 5, time="columns"))


def test_line_is_broken_where_a_period_has_nothing():
    values = draw(grid(1, 5, time="columns", kept={(0, 2)}), Kind.LINES).spec["data"]["values"]

    assert len({row["run"] for row in values if "figure" in row}) == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_drawn(kind):
    laid_out = grid(4, 3, time="columns" if kind in (Kind.LINES, Kind.PANELS) else "", kept={(1, 1)})

    drawn = draw(laid_out, kind)

    for spec in filter(None, (drawn.spec, drawn.narrow)):
        svg = svg_of(spec, "Bảng", drawn.legend)
        assert "<title" in svg
        assert svg.count("<path") > 2


def test_period_of_which_nothing_is_known_keeps_its_place_on_a_line():
    laid_out = grid(4, 2, time="rows", kept=[(2, 0), (2, 1)])
    [line, _dots] = draw(laid_out, Kind.LINES).spec["layer"]
    assert line["encoding"]["x"]["scale"]["domain"] == list(laid_out.rows)


def test_long_names_stand_below_each_other_in_the_key_and_on_two_lines_above_a_picture():
    long = "Bảo tàng chuyên ngành thuộc bộ, ngành, đoàn thể trung ương"
    laid_out = replace(grid(4, 2, time="rows"), columns=[long, "Di tích"])
    drawn = draw(laid_out, Kind.LINES)
    key = drawn.spec["layer"][0]["encoding"]["color"]["legend"]
    assert key["columns"] == 1
    assert drawn.height > draw(grid(4, 2, time="rows"), Kind.LINES).height
    assert "Bảo tàng chuyên ngành" in svg_of(draw(laid_out, Kind.PANELS).spec, "", "")
    assert draw(grid(4, 2, time="rows"), Kind.LINES).spec["layer"][0]["encoding"]["color"]["legend"]["columns"] > 1


def test_long_names_of_columns_stand_upright_over_a_heat_map_and_periods_do_not():
    laid_out = replace(grid(4, 2), columns=["Thư viện công cộng cấp xã", "Di tích"])
    across = draw(laid_out, Kind.HEAT).spec["layer"][0]["encoding"]["x"]["axis"]
    assert across["labelAngle"] == -90
    in_time = draw(replace(laid_out, time="columns"), Kind.HEAT).spec["layer"][0]["encoding"]["x"]["axis"]
    assert in_time["labelAngle"] == 0
    assert draw(grid(4, 2), Kind.HEAT).spec["layer"][0]["encoding"]["x"]["axis"]["labelAngle"] == 0


def test_long_names_of_rows_take_two_lines():
    laid_out = replace(grid(2, 1), rows=["Bảo tàng chuyên ngành thuộc bộ, ngành", "Di tích"])
    axis = draw(laid_out, Kind.BARS).spec["layer"][0]["encoding"]["y"]["axis"]
    assert json.loads(axis["labelExpr"].removesuffix("[datum.label]")) == {
        "Bảo tàng chuyên ngành thuộc bộ, ngành": ["Bảo tàng chuyên ngành", "thuộc bộ, ngành"],
        "Di tích": ["Di tích"],
    }
    assert "labelExpr" not in draw(grid(2, 1), Kind.BARS).spec["layer"][0]["encoding"]["y"]["axis"]
