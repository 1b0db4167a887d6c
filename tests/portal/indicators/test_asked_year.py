"""A year that cannot be shown is not silently another: pages say so, files and the API refuse."""

import datetime as dt

import pytest
from django.urls import reverse

from hocsuotdoi.ledger.enums import MeasureCode
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory

WRONG = ["2021", "1999", "abc", "2099"]


def pages(unit):
    figure = "library_services.library_commune"
    return [
        (reverse("portal:indicators-unit-look", args=[unit.code]), {}),
        (reverse("portal:indicators-indicator-detail", args=["library_services"]), {"unit": unit.code}),
        (reverse("portal:indicators-comparison"), {"unit": unit.code, "figure": figure}),
    ]


def charts(unit):
    figure = "library_services.library_commune"
    return [
        (reverse("portal:indicators-unit-chart", args=[unit.code, "calendar", "csv"]), {}),
        (reverse("portal:indicators-indicator-chart", args=["library_services", "trend", "csv"]), {"unit": unit.code}),
        (reverse("portal:indicators-comparison-chart", args=[0, "csv"]), {"unit": unit.code, "figure": figure}),
    ]


@pytest.mark.parametrize("year", WRONG)
def test_page_says_which_year_it_shows_in_place_of_one_that_is_not_there(client, target, posting, bac_kan, day, year):
    for address, query in pages(bac_kan):
        text = client.get(address, {**query, "year": year}).content.decode()

        assert f"Không có số liệu của “{year}”" in text
        assert f"từ năm 2022 đến năm {day.year}" in text


def test_page_says_nothing_of_a_year_that_is_there(client, target, posting, bac_kan, day):
    for address, query in pages(bac_kan):
        for year in (day.year, "", 2022):
            assert "Không có số liệu của" not in client.get(address, {**query, "year": year}).content.decode()


def test_base_year_can_be_looked_up_where_something_was_counted(client, target, posting, country, bac_kan):
    make_posting(InstitutionFactory(unit=country), dt.date(2021, 5, 4), measure=MeasureCode.LIBRARY_VISIT)
    for address, query in pages(bac_kan):
        page = client.get(address, {**query, "year": 2021})
        text = page.content.decode()

        assert "Không có số liệu của" not in text
        assert "2021" in text
    for address, query in charts(bac_kan)[1:]:
        assert client.get(address, {**query, "year": 2021}).status_code == 200


@pytest.mark.parametrize("year", WRONG)
def test_files_refuse_a_year_that_is_not_there(client, target, posting, bac_kan, day, year):
    for address, query in charts(bac_kan):
        assert client.get(address, {**query, "year": day.year}).status_code == 200
        assert client.get(address, {**query, "year": year}).status_code == 404


@pytest.mark.parametrize("asked", [{"map": "day"}, {"map": "day", "day": "1950-01-01"}, {"map": "here"}], ids=str)
def test_files_refuse_a_map_that_is_not_there(client, target, posting, bac_kan, day, asked):
    """The page says that it shows another one; a file can say nothing."""
    for address, query in pages(bac_kan):
        assert "bản đồ hôm nay" in client.get(address, {**query, **asked}).content.decode()
    for address, query in charts(bac_kan):
        assert client.get(address, {**query, "year": day.year, **asked}).status_code == 404


def test_values_are_of_the_year_that_the_address_says(client, target, posting, bac_kan):
    address = reverse("portal:indicators-indicator-file", args=["library_services", "csv"])

    said = client.get(address, {"unit": bac_kan.code, "year": 2021}).content.decode("utf-8-sig")
    assert said.splitlines()[1].split(",")[4] == "2021"
    for year in ("1999", "abc"):
        assert client.get(address, {"unit": bac_kan.code, "year": year}).status_code == 404


def test_api_is_of_the_year_that_is_asked_for_or_refuses(client, target, posting, bac_kan):
    address = "/api/v1/indicators/library_services/values"

    (found,) = client.get(address, {"unit": bac_kan.code, "year": 2021}).json()["items"]
    assert [each["period"] for each in found["values"]] == ["2021"]
    for year in ("1999", "abc"):
        refused = client.get(address, {"unit": bac_kan.code, "year": year})
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {"year"})
