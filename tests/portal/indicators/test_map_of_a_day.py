"""A table on the map of a day has the units of that map and no others."""

import datetime as dt

import pytest
from django.urls import reverse

from hocsuotdoi.core.vietnamese import sort_key
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import SuccessionKind, UnitKind
from hocsuotdoi.places.models import InstitutionPlacement, Succession, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.people import REFORM

PAGE = reverse("portal:indicators-pivot")
SDMX = reverse("portal:indicators-pivot-file", args=["sdmx"])
TOTALS = "/api/v1/figures/totals"
EVE = "2025-06-30"


@pytest.fixture
def before(country, thai_nguyen, bac_kan):
    """Thái Nguyên of before with 5 visits and Bắc Kạn with 7; both lie in today's Thái Nguyên, which has the code of
    the first."""
    found = []
    for code, name, visits in (("19", "Tỉnh Thái Nguyên", 5), ("06", "Tỉnh Bắc Kạn", 7)):
        kind = {"tier": "province", "kind": UnitKind.PROVINCE, "parent": country}
        old = UnitFactory(name=name, code=code, sort_key=sort_key(name), ends_on=REFORM, **kind)
        commune = UnitFactory(name=f"Xã {code}", ends_on=REFORM)
        UnitParent.objects.create(unit=commune, parent=old, ends_on=REFORM)
        for gone, taker in ((old, thai_nguyen), (commune, bac_kan)):
            Succession.objects.create(
                predecessor=gone,
                successor=taker,
                kind=SuccessionKind.MERGE,
                effective_on=REFORM,
                is_origin=code == "19",
            )
        house = InstitutionFactory(unit=bac_kan)
        house.placements.update(starts_on=REFORM)
        InstitutionPlacement.objects.create(institution=house, unit=commune, ends_on=REFORM)
        make_posting(house, dt.date(2024, 5, 2), Line(MeasureCode.LIBRARY_VISIT, visits))
        found.append(old)
    rebuild()
    return found


@pytest.fixture
def asked(before):
    return {
        "measures": ["library_visit"],
        "unit": "19",
        "rows": "unit",
        "columns": "period",
        "first": "2024-01",
        "last": "2024-12",
        "period": "year",
        "map": "day",
        "day": EVE,
    }


def cells(response) -> dict[str, list[str]]:
    return {row.label: row.cells for row in response.context["rows"]}


def totals(client, **asked) -> dict:
    return client.get(TOTALS, {"measures": "library_visit", "first": "2024", **asked}).json()


def test_unit_that_is_not_on_the_map_has_no_figure_and_the_page_says_which_lay_there(client, asked):
    page = client.get(PAGE, asked)
    said = page.content.decode()
    assert "12" not in cells(page)["Tỉnh Thái Nguyên"]
    assert "Bản đồ ngày 30/6/2025 không có đơn vị này." in said
    assert "Trên bản đồ này, nơi đây là: Tỉnh Bắc Kạn (đến 30/6/2025), Tỉnh Thái Nguyên (đến 30/6/2025)." in said
    ways = {way["label"]: way["url"] for way in page.context["ways_out"]}
    assert list(ways) == ["Tỉnh Bắc Kạn (đến 30/6/2025)", "Tỉnh Thái Nguyên (đến 30/6/2025)"]
    assert cells(client.get(PAGE + ways["Tỉnh Bắc Kạn (đến 30/6/2025)"]))["Tỉnh Bắc Kạn"] == ["7", "7"]
    assert cells(client.get(PAGE + ways["Tỉnh Thái Nguyên (đến 30/6/2025)"]))["Tỉnh Thái Nguyên"] == ["5", "5"]


def test_none_of_its_units_are_listed_as_those_of_the_day(client, asked):
    assert cells(client.get(PAGE, asked | {"tier": "commune"})) == {}
    assert totals(client, unit="19", tier="commune", map=EVE)["items"] == []
    of_the_day = totals(client, unit="19", on=EVE, tier="commune", map=EVE)["items"]
    assert [row["label"] for row in of_the_day] == ["Xã 19"]


def test_file_says_that_there_is_no_such_unit(client, asked):
    header, row = client.get(SDMX, asked).content.decode("utf-8-sig").splitlines()
    told = dict(zip(header.split(","), row.split(","), strict=True))
    assert (told["OBS_VALUE"], told["OBS_STATUS"], told["MAP_DAY"]) == ("", "M", EVE)
    assert client.get(reverse("portal:indicators-pivot-file", args=["csv"]), asked).status_code == 404


def test_programs_are_told_so_and_what_lay_there(client, before):
    told = totals(client, unit="19", map=EVE)
    assert [cell for row in told["items"] for cell in row["cells"]] == [{"state": "not_applicable", "value": None}]
    assert told["notes"][:2] == [
        "Bản đồ ngày 30/6/2025 không có đơn vị này.",
        "Trên bản đồ này, nơi đây là: Tỉnh Bắc Kạn (đến 30/6/2025), Tỉnh Thái Nguyên (đến 30/6/2025).",
    ]


def test_the_unit_that_bore_the_code_on_the_day_is_another(client, before):
    (row,) = totals(client, unit="19", on=EVE, map=EVE)["items"]
    assert (row["key"], row["cells"][0]["value"]) == ("19_20250630", 5)
    (row,) = totals(client, unit="19")["items"]
    assert (row["key"], row["cells"][0]["value"]) == ("19", 12)


def test_unit_that_has_ended_is_not_on_a_later_map(client, asked):
    told = totals(client, unit="06", map="2026-01-01")
    assert told["items"][0]["cells"] == [{"state": "not_applicable", "value": None}]
    assert "Tỉnh Thái Nguyên" in told["notes"][1]
    assert totals(client, unit="06")["items"][0]["cells"][0]["value"] == 7
    page = client.get(PAGE, asked | {"unit": "06", "day": "2026-01-01"})
    assert cells(page) == {"Tỉnh Bắc Kạn": ["×", "×"]}


@pytest.mark.parametrize(
    ("day", "why"),
    [("1950-01-01", "Ở đây chỉ có bản đồ từ ngày 1/8/2008."), ("2999-01-01", "Bản đồ ngày 1/1/2999 chưa biết được.")],
)
def test_day_of_which_no_map_is_known_is_refused(client, asked, target, day, why):
    for address in (TOTALS + "?measures=library_visit&", "/api/v1/indicators/library_services/values?"):
        refused = client.get(f"{address}map={day}")
        assert refused.status_code == 422
        assert why in refused.content.decode()
    page = client.get(PAGE, asked | {"day": day})
    assert page.context["form"].errors["day"] == [why]
    assert "rows" not in page.context
    assert client.get(SDMX, asked | {"day": day}).status_code == 404


def test_programs_are_told_how_old_a_map_of_communes_is(client, before):
    words = "Bản đồ cấp huyện, cấp xã cũ nhất có ở đây là của ngày 30/6/2025"
    assert any(words in note for note in totals(client, map="2019-06-30")["notes"])
    assert not any(words in note for note in totals(client, map=EVE)["notes"])
