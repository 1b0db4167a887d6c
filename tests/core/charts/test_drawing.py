"""Charts as Vega-Lite drawn to SVG: safe under the content security policy, readable without eyes, told apart without
colour."""

import datetime as dt
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from hocsuotdoi.core.charts import vega
from hocsuotdoi.core.charts.calendar import calendar
from hocsuotdoi.core.charts.chart import Chart, steps
from hocsuotdoi.core.charts.classes import classes_of, percent_classes, step_classes
from hocsuotdoi.core.charts.points import Spot, points
from hocsuotdoi.core.charts.pyramid import AgeRow, Amount, pyramid
from hocsuotdoi.core.charts.ranking import Bar, Group, bars, ranking
from hocsuotdoi.core.charts.trend import TrendPoint, multiples, trend
from hocsuotdoi.core.charts.vega import CHAM, GOLD, LEAF, RULE, SCALE

YEARS = [
    TrendPoint(2022, silence="not_reported", words="chưa có số liệu"),
    TrendPoint(2023, 0, coverage="5/9"),
    TrendPoint(2024, silence="not_applicable", words="không áp dụng"),
    TrendPoint(2025, 60.4, 55, 70, band=(49.5, 55), is_thin=True),
    TrendPoint(2026, 62, 60, band=(54, 60)),
    TrendPoint(2030, None, 90, 90, band=(81, 90)),
]
SPOTS = [Spot(21, 105, 10, "value"), Spot(22, 105.5, 90, "value"), Spot(10, 106, None, "not_reported"), Spot(9, 105)]


def amount(number: int | None) -> Amount:
    return Amount(number, "dưới 5" if number is None else str(number))


def row(label: str, *numbers: int | None) -> AgeRow:
    return AgeRow(label, *(amount(each) for each in numbers))


def mapped(spots: list[Spot]) -> Chart:
    return points("Bản đồ", spots, percent_classes(), columns=[], rows=[], data_columns=["x"], data=[[1]])


def mapped_counts(figures: list[int]) -> Chart:
    spots = [Spot(20 + at, 105, each, "value") for at, each in enumerate(figures)]
    return points("Bản đồ", spots, classes_of(figures, 5), columns=[], rows=[], data_columns=["x"], data=[[1]])


def pyramid_of(*rows: AgeRow) -> Chart:
    return pyramid("Tháp", rows, row("Cộng", 17, None, 0, 25), other="Khác")


KINDS = {
    "trend": lambda: trend("Xu hướng", YEARS),
    "small trend": lambda: trend("Xu hướng", YEARS, is_small=True),
    "one year": lambda: trend("Xu hướng", [TrendPoint(2026, 5)], unit=""),
    "nothing reported": lambda: trend("Xu hướng", YEARS[:1]),
    "below zero": lambda: trend("Tăng", [TrendPoint(2025, -12.5, 10, 10, 15), TrendPoint(2026, 3)], unit="%/năm"),
    "multiples": lambda: multiples("Từng tỉnh", [("Cao Bằng", "/a", YEARS), ("Huế", "", YEARS)], name="Tỉnh"),
    "bars": lambda: bars("Lượt", [Bar("Chợ Đồn", 2310), Bar("Bằng Thành", None, "–")], name="Nơi", measure="Lượt"),
    "ranking": lambda: ranking(
        "Hạng", [Group("Tỉnh", [Bar("A", -4, coverage="1/9", is_thin=True)])], name="Nơi", measure="x", unit="%"
    ),
    "pyramid": lambda: pyramid_of(row("6–10", 12, None, 0, 20), row("không rõ tuổi", 5, 0, 0, 5)),
    "calendar": lambda: calendar(
        "Lịch", 2026, {dt.date(2026, 3, 2): 3, dt.date(2026, 12, 31): 1}, last_day=dt.date(2026, 12, 31), measure="x"
    ),
    "map": lambda: mapped(SPOTS),
    "empty map": lambda: mapped([]),
    "map of one class": lambda: mapped_counts([3, 3, 3]),
    "calendar of one class": lambda: calendar("Lịch", 2026, {}, last_day=dt.date(2026, 12, 31), measure="x"),
}


@pytest.fixture(autouse=True)
def drawn_anew(settings, tmp_path):
    """Nothing that an earlier run has drawn."""
    settings.CACHES = {**settings.CACHES, "charts": {**settings.CACHES["charts"], "LOCATION": tmp_path}}
    vega._drawn.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_svg_without_style_or_script_and_with_words_for_those_who_do_not_see(kind):
    chart = KINDS[kind]()

    root = ElementTree.fromstring(chart.svg)

    assert not re.search(r"style=|<style|<script|NaN|Infinity|undefined", chart.svg)
    assert root.find("{*}title").text == chart.title
    assert root.get("aria-labelledby") == root.find("{*}title").get("id")
    assert root.get("role") == "img"


@pytest.mark.slow
def test_words_that_look_like_markup_are_escaped():
    chart = bars("Sách & <b>", [Bar('"Nhà" <script>', 1)], name="Nơi", measure="x")

    assert "<script" not in chart.svg
    assert ElementTree.fromstring(chart.svg).find("{*}title").text == "Sách & <b>"


@pytest.mark.slow
def test_same_chart_is_drawn_once_in_a_process_and_found_in_files_by_the_next():
    first = trend("Xu hướng", YEARS).svg
    drawn = vega._drawn.cache_info().misses
    assert trend("Xu hướng", YEARS).svg == first
    assert vega._drawn.cache_info().misses == drawn

    vega._drawn.cache_clear()
    vega._converter.cache_clear()
    assert trend("Xu hướng", YEARS).svg == first
    assert vega._converter.cache_info().misses == 0, "nobody asked for the converter"


def test_picture_that_a_page_spoke_of_can_be_fetched_in_both_themes():
    spec = {"data": {"values": [{"a": 1}]}, "mark": "point"}
    vega.caches["charts"].set(f"svg:{vega.hashlib.sha256(vega._content(spec).encode()).hexdigest()}", "<svg></svg>")

    svg = vega.kept_picture(vega.keep(spec, "Tên", "Lời"))

    assert "prefers-color-scheme:dark" in svg
    assert ">Tên</title>" in svg
    assert vega.kept_picture("0" * 32) is None


def test_importing_charts_does_not_import_the_converter():
    code = "import sys, hocsuotdoi.core.charts.vega; sys.exit('vl_convert' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.slow
def test_trend_tells_values_targets_and_trajectory_apart_by_shape_and_dash():
    svg = trend("Xu hướng", YEARS).svg

    assert "stroke-dasharray" in svg
    shapes = re.findall(r'd="([^"]*)" fill="(#[0-9a-f]{6})" stroke="#[0-9a-f]{6}"', svg)
    drawn = {colour: "round" if "A" in path else "angular" for path, colour in shapes}
    assert (drawn[CHAM], drawn[GOLD]) == ("round", "angular")


@pytest.mark.slow
def test_trend_breaks_where_a_year_has_no_figure_and_zero_is_a_dot():
    """2023 is zero and stands alone: the line begins again in 2025."""
    svg = trend("Xu hướng", YEARS).svg

    lines = re.findall(rf'd="(M[^"]*)"[^>]*stroke="{CHAM}" stroke-width="2.5"', svg)
    assert sorted(line.count("L") for line in lines) == [0, 1]
    assert ">×<" in svg
    assert ">–<" in svg


@pytest.mark.slow
def test_trend_draws_a_value_of_few_hollow():
    svg = trend("Xu hướng", YEARS).svg

    assert len(re.findall(rf'fill="{LEAF}" stroke="{CHAM}"', svg)) == 1


def test_trend_table_says_zero_not_reported_and_not_applicable_apart():
    chart = trend("Xu hướng", YEARS)

    assert [each[1] for each in chart.rows] == ["chưa có số liệu", "0%", "không áp dụng", "60,4%", "62%", "–"]
    assert chart.rows[3][2:4] == ["55%", "70%"]
    assert chart.data[0][1] is None
    assert chart.data[1][1] == 0


def test_trend_writes_a_range_as_a_range():
    chart = trend("Tăng", [TrendPoint(2025, 8, 10, 10, 15)], unit="%/năm")

    assert chart.rows[0][3] == "10–15%/năm"
    assert chart.spec["data"]["values"][0]["goal"] == "10–15%"


def test_key_names_only_marks_that_occur():
    assert "Hình thoi" not in trend("Xu hướng", [TrendPoint(2025, 8)]).legend
    assert "Hình thoi" in trend("Xu hướng", YEARS).legend


def test_multiples_share_one_scale_and_are_laid_out_in_one_column_on_a_phone():
    chart = multiples(
        "Từng nơi", [("A", "", [TrendPoint(2025, 4)]), ("B", "", [TrendPoint(2025, 400)])], name="x", unit=""
    )

    assert chart.spec["facet"]["sort"] == ["A", "B"]
    # With room below the name for what is written over the highest dot.
    scale = chart.spec["spec"]["layer"][2]["encoding"]["y"]
    assert (scale["scale"]["domain"], scale["axis"]["values"]) == ([0, 520], [0, 200, 400])
    assert (chart.spec["columns"], chart.narrow["columns"]) == (2, 1)


def test_nothing_beside_nothing_is_an_empty_table():
    assert multiples("Từng nơi", [], name="x").rows == []


@pytest.mark.slow
def test_ranking_writes_figures_as_in_vietnamese_with_their_coverage():
    chart = bars("Lượt", [Bar("Chợ Đồn", 2310.5, coverage="41/92")], name="Nơi", measure="Lượt")

    assert chart.rows == [["Chợ Đồn", "2.310,5", "41/92"]]
    assert "2.310,5" in chart.svg
    assert "41/92" in chart.svg


def test_ranking_says_that_hollow_bars_are_not_ranked():
    assert "Thanh rỗng" in bars("Hạng", [Bar("A", 4, is_thin=True)], name="Nơi", measure="x").legend


def test_pyramid_draws_what_is_kept_back_at_a_length_that_says_nothing():
    chart = pyramid_of(row("6–10", 900, None, 0, 1), row("?", 0, 0, 0, 0))

    drawn = next(each for each in chart.spec["data"]["values"] if each.get("label") == "6–10")
    assert (drawn["male"], drawn["right"], drawn["right_kept"]) == (0, "dưới 5", True)
    assert chart.data[0][2] == "dưới 5"


def test_calendar_tells_days_by_size_and_says_no_day_that_has_not_come():
    counts = {dt.date(2026, 1, 5): 2, dt.date(2026, 1, 6): 9}
    chart = calendar("Lịch", 2026, counts, last_day=dt.date(2026, 1, 31), measure="x")

    told = [each["level"] for each in chart.spec["data"]["values"] if "level" in each]
    assert (len(told), len(set(told))) == (31, 3)
    sizes = chart.spec["spec"]["layer"][0]["encoding"]["size"]["scale"]["range"]
    assert sizes == sorted(set(sizes))
    assert len(chart.data) == 31
    assert chart.rows[0] == ["tháng 1", "11", "2"]
    assert chart.rows[1] == ["tháng 2", "–", "–"]


def test_calendar_of_a_leap_year_has_all_days():
    chart = calendar("Lịch", 2024, {}, last_day=dt.date(2024, 12, 31), measure="x")

    assert len(chart.data) == len([each for each in chart.spec["data"]["values"] if "level" in each]) == 366


def test_map_tells_more_by_size_and_by_colour_and_what_is_not_reported_apart_from_what_does_not_apply():
    chart = mapped(SPOTS)
    dots = chart.spec["layer"][2]["encoding"]

    assert dots["size"]["scale"]["range"] == sorted(set(dots["size"]["scale"]["range"]))
    assert len(set(dots["fill"]["scale"]["range"])) == 5
    assert [each["standing"] for each in chart.spec["data"]["values"]] == [
        "value",
        "value",
        "not_reported",
        "not_applicable",
    ]
    assert [each.get("level") for each in chart.spec["data"]["values"]] == ["0–20%", "80–100%", None, None]
    assert chart.spec["layer"][0]["mark"]["fill"] == RULE


def test_few_classes_are_told_from_rings():
    fills = [mapped_counts(list(range(1, n + 1))).spec["layer"][2]["encoding"]["fill"]["scale"] for n in (1, 2, 3, 5)]

    assert [each["range"][-1] for each in fills] == [CHAM] * 4
    assert [SCALE.index(each["range"][0]) for each in fills] == [4, 1, 1, 0]


def test_far_islands_stand_at_the_edge_of_a_provinces_map():
    chart = mapped([*(Spot(12 + at / 10, 109 + at / 50) for at in range(9)), Spot(8.6, 111.9, label=("Trường Sa",))])

    island = chart.spec["data"]["values"][-1]
    assert island["longitude"] < 110
    assert (island["latitude"], island["label"]) == (12.1, ["Trường Sa"])
    (frame,) = [each for each in chart.spec["layer"] if each["mark"]["type"] == "rule"]
    west, east = frame["data"]["values"][0]["x"], frame["data"]["values"][0]["x2"]
    assert west < island["longitude"] < east
    assert "Trong khung" in chart.legend


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [(0, 100, [0, 25, 50, 75, 100]), (0, 0, [0, 0.25, 0.5, 0.75, 1]), (-4, 7, [-5, 0, 5, 10])],
)
def test_axis_has_round_steps(low, high, found):
    assert steps(low, high) == found


def test_classes_have_whole_bounds_and_every_figure_has_one():
    figures = [1, 1, 2, 3, 5, 8, 13, 21]
    classes = classes_of(figures, 4)

    assert {classes.level(each) for each in figures} == set(range(len(classes.labels)))
    assert classes.labels[0] == "1"


def test_long_names_of_small_pictures_stand_in_lines_and_all_rows_are_equally_high():
    long = "Số buổi hoạt động của thư viện cấp xã"
    drawn = multiples("Từng chỉ số", [(long, "", YEARS), ("Huế", "", YEARS)], name="Chỉ số")

    names = drawn.spec["facet"]["sort"]
    assert names == ["Số buổi hoạt động của thư | viện cấp xã", " | Huế"]
    assert {each["name"] for each in drawn.spec["data"]["values"]} == set(names)
    assert [row[0] for row in drawn.rows] == [long, "Huế"]


def test_axis_of_a_count_that_nobody_knows_has_no_scale_but_its_years():
    drawn = trend("Lượt", [TrendPoint(year, silence="not_reported") for year in (2024, 2025, 2026)], unit="")

    axes = [each["encoding"].get("y", {}).get("axis") for each in drawn.spec["layer"]]
    assert next(each["values"] for each in axes if each) == [0]
    assert drawn.spec["layer"][0]["encoding"]["x"]["axis"]["values"] == [2024, 2026]


@pytest.mark.parametrize("figures", [[], [7], [0, 0, 0]])
def test_classes_of_few_figures_are_few(figures):
    assert len(classes_of(figures, 4).labels) == min(len(figures), 1)


@pytest.mark.parametrize(
    ("figures", "labels"),
    [
        ([3] * 64 + [25] * 7, ["3", "25"]),
        ([3] * 90 + [5, 6, 8, 9, 11, 14, 20, 30], ["3", "5–6", "8–9", "11–14", "20–30"]),
        ([1, 2, 3, 4, 5, 6, *[90] * 60], ["1", "2", "3–4", "5–6", "90"]),
    ],
)
def test_figures_that_most_are_leave_classes_to_the_others(figures, labels):
    assert classes_of(figures, 5).labels == labels


def test_classes_of_growth_reach_below_zero():
    classes = step_classes([-12, 4, 30])

    assert classes.level(-12) == 0
    assert classes.level(30) == len(classes.labels) - 1


def test_fifths_of_the_whole_begin_at_their_lower_bound():
    assert [percent_classes().level(each) for each in (0, 19.9, 20, 80, 100)] == [0, 0, 1, 4, 4]
