"""Charts as SVG: safe under the content security policy, readable without eyes, told apart without colour."""

import datetime as dt
import re
from xml.etree import ElementTree

import pytest

from hocsuotdoi.core.charts.calendar import calendar
from hocsuotdoi.core.charts.canvas import CHAM, GOLD, LEAF
from hocsuotdoi.core.charts.chart import Chart, steps
from hocsuotdoi.core.charts.classes import classes_of, percent_classes, step_classes
from hocsuotdoi.core.charts.points import Spot, points
from hocsuotdoi.core.charts.pyramid import AgeRow, Amount, pyramid
from hocsuotdoi.core.charts.ranking import Bar, Group, bars, ranking
from hocsuotdoi.core.charts.trend import TrendPoint, multiples, trend

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


def mapped() -> Chart:
    return points("Bản đồ", SPOTS, percent_classes(), columns=[], rows=[], data_columns=["x"], data=[[1]])


KINDS = {
    "trend": lambda: trend("Xu hướng", YEARS),
    "small trend": lambda: trend("Xu hướng", YEARS, is_small=True),
    "one year": lambda: trend("Xu hướng", [TrendPoint(2026, 5)], unit=""),
    "nothing reported": lambda: trend("Xu hướng", YEARS[:1]),
    "below zero": lambda: trend("Tăng", [TrendPoint(2025, -12.5, 10, 10, 15), TrendPoint(2026, 3)], unit="%/năm"),
    "multiples": lambda: multiples("Từng tỉnh", [("Cao Bằng", "/a", YEARS), ("Huế", "", YEARS)], name="Tỉnh"),
    "no multiples": lambda: multiples("Từng tỉnh", [], name="Tỉnh"),
    "bars": lambda: bars("Lượt", [Bar("Chợ Đồn", 2310), Bar("Bằng Thành", None, "–")], name="Nơi", measure="Lượt"),
    "ranking": lambda: ranking(
        "Hạng", [Group("Tỉnh", [Bar("A", -4, coverage="1/9", is_thin=True)])], name="Nơi", measure="x", unit="%"
    ),
    "pyramid": lambda: pyramid(
        "Tháp",
        [row("6–10", 12, None, 0, 20), row("không rõ tuổi", 5, 0, 0, 5)],
        row("Cộng", 17, None, 0, 25),
        other="Khác",
    ),
    "calendar": lambda: calendar(
        "Lịch", 2026, {dt.date(2026, 3, 2): 3, dt.date(2026, 12, 31): 1}, last_day=dt.date(2026, 12, 31), measure="Buổi"
    ),
    "map": mapped,
    "empty map": lambda: points("Trống", [], percent_classes(), columns=[], rows=[], data_columns=[], data=[]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_svg_without_style_or_script_and_with_words_for_those_who_do_not_see(kind):
    chart = KINDS[kind]()

    root = ElementTree.fromstring(chart.svg)

    assert not re.search(r"style|<script|NaN|Infinity|None", chart.svg)
    assert root.find("{*}title").text == chart.title
    assert root.get("aria-labelledby") == root.find("{*}title").get("id")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_the_same_each_time(kind):
    assert KINDS[kind]().svg == KINDS[kind]().svg


def test_words_that_look_like_markup_are_escaped():
    chart = bars("Sách & <b>", [Bar('"Nhà" <script>', 1)], name="Nơi", measure="x")

    assert "<script" not in chart.svg
    assert ElementTree.fromstring(chart.svg).find("{*}title").text == "Sách & <b>"


def test_trend_tells_values_targets_and_trajectory_apart_by_shape_and_dash():
    svg = trend("Xu hướng", YEARS).svg

    assert "stroke-dasharray" in svg
    assert re.search(rf'<circle[^>]*stroke="{CHAM}"', svg)
    assert re.search(rf'<path[^>]*l[^>]*fill="{GOLD}"', svg)


def test_trend_breaks_where_a_year_has_no_figure_and_zero_is_a_dot():
    """2023 is zero and stands alone: the line begins again in 2025."""
    svg = trend("Xu hướng", YEARS).svg

    lines = re.findall(rf'<path d="([^"]*)" fill="none" stroke="{CHAM}"', svg)
    assert [line.count("L") for line in lines] == [1]
    assert svg.count("<circle") == 3
    assert ">×<" in svg
    assert ">–<" in svg


def test_trend_draws_a_value_of_few_hollow():
    svg = trend("Xu hướng", YEARS).svg

    assert len(re.findall(rf'<circle[^>]*fill="{LEAF}"', svg)) == 1


def test_trend_table_says_zero_not_reported_and_not_applicable_apart():
    chart = trend("Xu hướng", YEARS)

    assert [each[1] for each in chart.rows] == ["chưa có số liệu", "0%", "không áp dụng", "60,4%", "62%", "–"]
    assert chart.rows[3][2:4] == ["55%", "70%"]
    assert chart.data[0][1] is None
    assert chart.data[1][1] == 0


def test_trend_writes_a_range_as_a_range():
    chart = trend("Tăng", [TrendPoint(2025, 8, 10, 10, 15)], unit="%/năm")

    assert chart.rows[0][3] == "10–15%/năm"
    assert "10–15%" in chart.svg


def test_key_names_only_marks_that_occur():
    assert "Hình thoi" not in trend("Xu hướng", [TrendPoint(2025, 8)]).legend
    assert "Hình thoi" in trend("Xu hướng", YEARS).legend


def test_multiples_share_one_scale():
    chart = multiples(
        "Từng nơi", [("A", "", [TrendPoint(2025, 4)]), ("B", "", [TrendPoint(2025, 400)])], name="x", unit=""
    )

    axes = [re.findall(r">(\d+)<", panel.svg) for panel in chart.panels]
    assert axes[0][:2] == axes[1][:2] == ["0", "500"]


def test_ranking_writes_figures_as_in_vietnamese_with_their_coverage():
    chart = bars("Lượt", [Bar("Chợ Đồn", 2310.5, coverage="41/92")], name="Nơi", measure="Lượt")

    assert chart.rows == [["Chợ Đồn", "2.310,5", "41/92"]]
    assert "2.310,5" in chart.svg


def test_pyramid_draws_what_is_kept_back_at_a_length_that_says_nothing():
    one = pyramid("Tháp", [row("6–10", 900, None, 0, 1), row("?", 0, 0, 0, 0)], row("Cộng", 1, 1, 1, 1), other="")
    assert "dưới 5" in one.svg
    assert one.data[0][2] == "dưới 5"


def test_calendar_tells_days_by_size_and_says_no_day_that_has_not_come():
    chart = calendar(
        "Lịch", 2026, {dt.date(2026, 1, 5): 2, dt.date(2026, 1, 6): 9}, last_day=dt.date(2026, 1, 31), measure="x"
    )

    sizes = re.findall(r'<rect[^>]*width="([\d.]+)"[^>]*><title>', chart.svg)
    assert len(set(sizes)) == 2
    assert len(chart.data) == 31
    assert chart.rows[0] == ["tháng 1", "11", "2"]
    assert chart.rows[1] == ["tháng 2", "–", "–"]


def test_calendar_of_a_leap_year_has_all_days():
    chart = calendar("Lịch", 2024, {}, last_day=dt.date(2024, 12, 31), measure="x")

    assert len(chart.data) == 366


def test_map_draws_a_dot_for_each_place_larger_with_more_and_a_ring_where_nothing_is_reported():
    svg = mapped().svg

    widths = [float(width) for width in re.findall(rf'stroke="{CHAM}" stroke-width="([\d.]+)"', svg)]
    assert widths == sorted(widths) or len(set(widths)) > 1
    assert svg.count(f'stroke="{LEAF}"') == 2, "the ring, and the one of the key"


def test_map_of_the_country_stays_light():
    many = [Spot(8 + at % 150 / 10, 102 + at // 150 / 4, at % 100, "value") for at in range(3321)]

    svg = points("Bản đồ", many, percent_classes(), columns=[], rows=[], data_columns=[], data=[]).svg

    assert len(svg) < 100_000


def test_far_islands_stand_at_the_edge_of_a_provinces_map():
    chart = points(
        "Khánh Hòa",
        [*(Spot(12 + at / 10, 109 + at / 50) for at in range(9)), Spot(8.6, 111.9, label="Trường Sa")],
        percent_classes(),
        columns=[],
        rows=[],
        data_columns=[],
        data=[],
    )

    spots = [tuple(map(float, each)) for each in re.findall(r"M([\d.]+) ([\d.]+)h0", chart.svg)]
    assert all(0 <= x <= chart.canvas.width and 0 <= y <= chart.canvas.height for x, y in spots)
    assert "Trường Sa" in chart.svg


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


@pytest.mark.parametrize("figures", [[], [7], [0, 0, 0]])
def test_classes_of_few_figures_are_few(figures):
    classes = classes_of(figures, 4)
    assert len(classes.labels) == min(len(figures), 1)


def test_classes_of_growth_reach_below_zero():
    classes = step_classes([-12, 4, 30])

    assert classes.level(-12) == 0
    assert classes.level(30) == len(classes.labels) - 1


def test_fifths_of_the_whole_begin_at_their_lower_bound():
    assert [percent_classes().level(each) for each in (0, 19.9, 20, 80, 100)] == [0, 0, 1, 4, 4]
