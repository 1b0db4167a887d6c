"""Figures that are a yes or a no: drawn, mapped, ranked and written as such, never as a share that is missing."""

import csv
import io
import json

import pytest
from django.urls import reverse

from hocsuotdoi.core.charts.files import FORMS
from hocsuotdoi.core.charts.trend import key_of
from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting


@pytest.fixture
def has_sessions(posting, library_of_duc_xuan, day):
    """A yes in Bắc Kạn, a no in Đức Xuân."""
    library_of_duc_xuan.statuses.get_or_create(state=InstitutionState.ACTIVE)
    make_posting(library_of_duc_xuan, day, measure=MeasureCode.LIBRARY_VISIT)
    return IndicatorFactory(
        code="co_buoi", kind=IndicatorKind.YES_NO, measures=[MeasureCode.PROGRAMME_SESSION], cohort=CohortFactory()
    )


def page(client, unit, **query):
    return client.get(reverse("portal:indicators-indicator-detail", args=["co_buoi"]), {"unit": unit.code, **query})


def rows(client, chart, unit, year):
    address = reverse("portal:indicators-indicator-chart", args=["co_buoi", chart, "csv"])
    said = client.get(address, {"unit": unit.code, "year": year}).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(said)))[1:]


def marks(chart):
    return [(each["year"], each.get("value"), each["silence"]) for each in chart.spec["data"]["values"]]


def test_trend_of_answers_is_a_row_of_marks_with_words(client, has_sessions, bac_kan, duc_xuan, day):
    for unit, value, words in ((bac_kan, 1.0, "Có"), (duc_xuan, 0.0, "Không")):
        drawn = page(client, unit, year=day.year).context["page"].trend

        assert marks(drawn)[-1] == (day.year, value, "")
        assert drawn.spec["data"]["values"][-1]["words"] == words
        assert "%" not in json.dumps(drawn.spec)
        assert rows(client, "trend", unit, day.year)[-1][:2] == [str(day.year), str(int(value))]
        assert words in rows(client, "trend", unit, day.year)[-1]
    assert "Ô vuông rỗng: không." in drawn.legend


@pytest.mark.parametrize("form", FORMS)
def test_trend_of_answers_can_be_taken_away(client, has_sessions, bac_kan, form):
    address = reverse("portal:indicators-indicator-chart", args=["co_buoi", "trend", form])
    answer = client.get(address, {"unit": bac_kan.code})

    assert answer.status_code == 200
    assert b"NaN" not in answer.content


def test_those_with_a_yes_stand_before_those_with_a_no(client, has_sessions, thai_nguyen, bac_kan, duc_xuan, day):
    ranked = page(client, thai_nguyen, year=day.year).context["page"]

    assert ranked.ranked.names == [bac_kan.name, duc_xuan.name]
    assert [row[1] for row in ranked.ranking.rows] == ["Có", "Không"]
    assert ranked.ranked.rule.startswith("Nơi có đứng trước")


def test_map_tells_yes_from_no(client, has_sessions, thai_nguyen, bac_kan, duc_xuan, day):
    for unit, latitude in ((bac_kan, 22.1), (duc_xuan, 22.2)):
        unit.latitude, unit.longitude = latitude, 105.8
        unit.save()

    drawn = page(client, thai_nguyen, year=day.year, view="map").context["page"].map

    assert {each.get("level") for each in drawn.spec["data"]["values"]} == {"Có", "Không"}
    assert "Chấm to, đậm: có" in drawn.legend
    written = {row[1]: (row[5], row[8]) for row in rows(client, "map", thai_nguyen, day.year)}
    assert written == {bac_kan.name: ("1", "Có"), duc_xuan.name: ("0", "Không")}


def test_answers_beside_each_other_are_no_shares(client, has_sessions, target, bac_kan, duc_xuan, day):
    query = {"unit": [bac_kan.code, duc_xuan.code], "year": day.year}
    query["figure"] = f"co_buoi.{has_sessions.cohort.code}"
    ((beside, _files),) = client.get(reverse("portal:indicators-comparison"), query).context["compared"]

    assert [row[-1] for row in beside.chart.data] == ["Có", "Không"]
    assert {each["words"] for each in beside.chart.spec["data"]["values"]} >= {"Có", "Không"}
    alone = {"unit": bac_kan.code, "figure": [query["figure"], "library_services.library_commune"], "year": day.year}
    assert len(client.get(reverse("portal:indicators-comparison"), alone).context["compared"]) == 2


def test_key_of_answers_and_of_shares_together_names_both(client, has_sessions, bac_kan, day):
    drawn = page(client, bac_kan, year=day.year).context["page"].trend

    assert "Đường liền" not in drawn.legend
    assert key_of([]) == ""


def test_figure_that_is_not_told_is_not_drawn_as_one_that_nobody_reported(client, posting, thai_nguyen, bac_kan, day):
    """Of the running year nothing is told by sex."""
    counted = {"measures": [MeasureCode.PROGRAMME_ATTENDANCE], "sexes": ["female"]}
    IndicatorFactory(code="co_buoi", kind=IndicatorKind.COUNT, cohort=CohortFactory(), **counted)

    shown = page(client, bac_kan, year=day.year)
    drawn = shown.context["page"].trend
    assert shown.content.decode().count("Trước đó, số liệu đổi từng ngày sẽ làm lộ ai đã đến.") == 1
    assert "Số liệu từ đâu ra" not in shown.content.decode()
    assert marks(drawn)[-1] == (day.year, None, "*")
    assert "*: không nêu số." in drawn.legend
    bac_kan.latitude, bac_kan.longitude = 22.1, 105.8
    bac_kan.save()
    mapped = page(client, thai_nguyen, year=day.year, view="map").context["page"].map
    assert "Vòng tròn: chưa có số liệu hoặc không nêu số." in mapped.legend
