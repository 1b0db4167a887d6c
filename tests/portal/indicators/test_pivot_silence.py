"""A table tells apart that there was none, that nobody reported it, and that nobody is there who could."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.indicators.test_quality_rules import state
from tests.portal.indicators import test_pivot

PAGE, asked, cells = test_pivot.PAGE, test_pivot.asked, test_pivot.cells
NOBODY = "Không có cơ sở nào ở đó để báo cáo"


@pytest.fixture
def three(asked, thai_nguyen, duc_xuan, library_of_bac_kan, day):
    """Under Thái Nguyên: a ward whose library recorded a session (and no view of a recording), one whose library
    recorded nothing, one without any institution."""
    InstitutionFactory(unit=duc_xuan)
    UnitFactory(name="Xã Vắng", parent=thai_nguyen)
    return asked | {"measures": ["recording_view"], "unit": thai_nguyen.code, "tier": "commune"}


def file(form: str) -> str:
    return reverse("portal:indicators-pivot-file", args=[form])


def test_zero_not_reported_and_nobody_there_are_three(client, three):
    page = client.get(PAGE, three)
    assert cells(page) == {"Phường Bắc Kạn": ["0", "0"], "Phường Đức Xuân": ["–", "–"], "Xã Vắng": ["×", "×"]}
    assert any("“×”" in note for note in page.context["notes"])

    rows = list(csv.DictReader(io.StringIO(client.get(file("csv"), three).content.decode("utf-8-sig"))))
    said = [row[str(timezone.localdate().year)] for row in rows]
    assert said == ["0", "chưa báo cáo", "không có cơ sở nào để báo cáo"]
    sdmx = list(csv.DictReader(io.StringIO(client.get(file("sdmx"), three).content.decode())))
    assert [(row["OBS_VALUE"], row["OBS_STATUS"]) for row in sdmx] == [("0", "P"), ("", "O"), ("", "M")]

    api = {"measures": "recording_view", "unit": "19", "tier": "commune"}
    items = client.get("/api/v1/figures/totals", api).json()["items"]
    assert [row["cells"][0]["state"] for row in items] == ["value", "not_reported", "not_applicable"]
    assert items[0]["cells"][0]["value"] == 0


def test_place_has_none_where_somebody_of_it_reports_none(client, three, day):
    itself = three | {"tier": "", "rows": "measure", "columns": "", "measures": ["recording_view", "loan"]}
    assert list(cells(client.get(PAGE, itself)).values()) == [["0"], ["–"]]
    month = three | {"tier": "", "period": "month", "rows": "period", "columns": ""}
    column = [cell for (cell,) in cells(client.get(PAGE, month)).values()]
    assert column[day.month - 1] == "0"
    assert set(column[: day.month - 1] + column[day.month :]) <= {"–"}


def test_class_that_is_not_there_does_not_apply(client, three, library_of_bac_kan):
    museums = three | {"classes": ["museum_province"]}
    page = client.get(PAGE, museums)
    assert NOBODY in page.content.decode()
    assert cells(page) == {name: ["×", "×"] for name in ("Phường Bắc Kạn", "Phường Đức Xuân", "Xã Vắng")}
    libraries = client.get(PAGE, three | {"classes": [library_of_bac_kan.institution_class]})
    assert cells(libraries)["Phường Bắc Kạn"] == ["0", "0"]


def test_who_types_a_count_says_its_zeros_itself(client, three, duc_xuan, day):
    visits, house = three | {"measures": ["library_visit"]}, InstitutionFactory(unit=duc_xuan)
    make_posting(house, day, Line(MeasureCode.PROGRAMME_SESSION, 1))
    assert cells(client.get(PAGE, visits))[duc_xuan.name] == ["0", "0"]
    state(house, duc_xuan, Period(day.year - 1), StatedColumn.LIBRARY_VISIT, 5, at=timezone.now())
    assert cells(client.get(PAGE, visits))[duc_xuan.name] == ["–", "–"]


def test_libraries_have_no_visits_to_museums_to_report(client, three, duc_xuan):
    museums = three | {"measures": ["museum_visit"]}
    assert cells(client.get(PAGE, museums))["Phường Bắc Kạn"] == ["×", "×"]
    InstitutionFactory(unit=duc_xuan, institution_class="museum_province")
    assert cells(client.get(PAGE, museums))[duc_xuan.name] == ["–", "–"]


@pytest.mark.parametrize("cut", [{"columns": "channel"}, {"channels": ["online"]}, {"origin": "recorded"}])
def test_where_nobody_can_say_so_the_dash_stands_and_the_legend_says_why(client, three, posting, duc_xuan, day, cut):
    make_posting(InstitutionFactory(unit=duc_xuan), day, Line(MeasureCode.RECORDING_VIEW, 3, channel="online"))
    page = client.get(PAGE, three | cut)
    found = cells(page)
    assert found["Phường Bắc Kạn"][0] == "–"
    assert "0" not in found["Phường Bắc Kạn"] and "×" not in found["Xã Vắng"]
    assert any(note.startswith("“–”: không đếm được gì;") for note in page.context["notes"])


def test_cost_does_not_grow_with_the_silence(client, three, thai_nguyen, django_assert_num_queries):
    client.get(PAGE, three)
    for number in range(2):
        with django_assert_num_queries(16):
            assert client.get(PAGE, three).status_code == 200
        InstitutionFactory(unit=UnitFactory(name=f"Xã Thêm {number}", parent=thai_nguyen))
