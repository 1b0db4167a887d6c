"""Charts drawn on the server: safe under the content security policy, readable without eyes, kept by content."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from hocsuotdoi.core import charts
from hocsuotdoi.core.charts import TrendPoint

pytestmark = pytest.mark.slow


def trend(title: str = "Share of libraries") -> charts.Chart:
    return charts.trend(
        title, [TrendPoint(2024, 40, 38), TrendPoint(2025, 60.4, 55, 70), TrendPoint(2030, None, 90, 90)]
    )


def test_trend_is_svg_without_style_or_script() -> None:
    svg = trend().svg
    assert "style=" not in svg
    assert "<style" not in svg
    assert "<script" not in svg


def test_trend_has_title_and_description_with_words_escaped() -> None:
    root = ElementTree.fromstring(trend("Books & <b>maps</b>").svg)
    title, description = list(root)[:2]
    assert title.text == "Books & <b>maps</b>"
    assert description.text
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("role") == "img"


def test_trend_tells_lines_apart_by_dash_and_shape() -> None:
    svg = trend().svg
    assert "stroke-dasharray" in svg
    shapes = dict(re.findall(r'd="([^"]*)" fill="(#[0-9a-f]{6})"', svg))
    drawn = {colour: "round" if "A" in path else "angular" for path, colour in shapes.items()}
    assert (drawn[charts.CHAM], drawn[charts.GOLD]) == ("round", "angular")


def test_trend_table_holds_the_figures_and_a_dash_for_none() -> None:
    assert trend().rows == [["2024", "40%", "38%", "–"], ["2025", "60,4%", "55%", "70%"], ["2030", "–", "90%", "90%"]]


def test_ranking_writes_each_figure_in_the_picture_and_the_table() -> None:
    chart = charts.ranking("Taking part", [("Chợ Đồn", 2310), ("Bằng Thành", None)], name="Place", measure="Times")
    assert "2.310" in chart.svg
    assert chart.rows == [["Chợ Đồn", "2.310"], ["Bằng Thành", "–"]]


def test_same_chart_is_drawn_once() -> None:
    trend()
    drawn = charts._drawn.cache_info().misses
    trend()
    assert charts._drawn.cache_info().misses == drawn


def test_import_leaves_the_converter_alone_until_a_chart_is_drawn() -> None:
    code = "import django; django.setup(); import sys, hocsuotdoi.core.charts; print('vl_convert' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
