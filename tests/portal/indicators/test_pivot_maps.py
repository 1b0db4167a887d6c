"""The table that anybody lays out, on three maps: where each unit lay, and what no unit below has."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hocsuotdoi.indicators.operations.rolling import fold, follow_map
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.models import UnitAncestry
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.portal.indicators import test_pivot

PAGE, asked, cells = test_pivot.PAGE, test_pivot.asked, test_pivot.cells


@pytest.mark.parametrize("folded", [False, True])
def test_what_a_province_counts_itself_stands_beside_its_communes(client, asked, posting, day, thai_nguyen, folded):
    own = InstitutionFactory(unit=thai_nguyen, institution_class="library_province")
    make_posting(own, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 30))
    follow_map(day)
    if folded:
        fold()
    given = asked | {"unit": thai_nguyen.code, "tier": "commune"}
    found = cells(client.get(PAGE, given))
    assert found[f"{thai_nguyen.name}, không thuộc đơn vị nào ở đây"][-1] == "30"
    assert client.get(PAGE, given).context["answer"].total == 42
    assert (
        "không thuộc đơn vị nào ở đây"
        in client.get(reverse("portal:indicators-pivot-file", args=["csv"]), given).content.decode()
    )
    by_class = cells(client.get(PAGE, given | {"rows": "institution_class", "columns": ""}))
    assert sum(int(number) for (number,) in by_class.values()) == 42
    by_year = cells(client.get(PAGE, given | {"rows": "period", "columns": ""}))
    assert by_year == {str(day.year): ["42"]}


def test_units_that_make_the_whole_have_nothing_beside_them(client, asked, posting, thai_nguyen):
    found = cells(client.get(PAGE, asked | {"unit": thai_nguyen.code, "tier": "commune"}))
    assert not any("không thuộc" in label for label in found)


def test_table_of_a_unit_that_has_ended_says_which_map_it_is_on(client, asked, country):
    gone = UnitFactory(name="Tỉnh Đắk Nông", tier="province", parent=country, ends_on=dt.date(2025, 7, 1))
    given = asked | {"unit": gone.code, "tier": "province", "first": "2024-01", "last": "2025-12"}
    page = client.get(PAGE, given).content.decode()
    assert "Theo bản đồ ngày 30/6/2025, ngày cuối cùng của tỉnh Đắk Nông" in page
    assert "Theo bản đồ hôm nay" not in page


def test_map_older_than_what_is_known_of_communes_says_so(client, asked):
    words = "Bản đồ cấp huyện, cấp xã cũ nhất có ở đây là của ngày 30/6/2025"
    assert words in client.get(PAGE, asked | {"map": "day", "day": "30/6/2019"}).content.decode()
    assert words not in client.get(PAGE, asked | {"map": "day", "day": "30/6/2025"}).content.decode()


def test_as_reported_a_unit_that_did_not_stand_is_not_one_that_reported_nothing(client, asked, country):
    new = UnitFactory(name="Tỉnh Mới", tier="province", parent=country, starts_on=dt.date(2025, 7, 1))
    InstitutionFactory(unit=new)
    given = asked | {"map": "reported", "first": "2024-01", "last": "2025-12", "period": "quarter"}
    row = cells(client.get(PAGE, given))[new.name]
    assert row[:6] == ["×"] * 6
    assert row[6:8] == ["–", "–"]
    itself = given | {"unit": new.code, "tier": "province", "rows": "period", "columns": ""}
    assert [each for (each,) in cells(client.get(PAGE, itself)).values()] == ["×"] * 6 + ["–", "–"]
    told = client.get(reverse("portal:indicators-pivot-file", args=["sdmx"]), itself).content.decode()
    assert told.count(",M,") == 6
    assert "×" not in cells(client.get(PAGE, given | {"map": "today"}))[new.name]


def test_as_reported_a_commune_counts_where_it_lay_then(client, asked, country):
    """The communes of a province make what it reports itself, before a reform and after it."""
    reform = dt.date(2025, 7, 1)
    old = UnitFactory(name="Tỉnh Cũ", tier="province", parent=country, ends_on=reform)
    new = UnitFactory(name="Tỉnh Mới", tier="province", parent=country, starts_on=reform)
    moved = UnitFactory(name="Xã Dời", parent=old)
    UnitAncestry.objects.filter(unit=moved, ancestor=old).update(ends_on=reform)
    UnitAncestry.objects.create(unit=moved, ancestor=new, distance=1, starts_on=reform)
    house = InstitutionFactory(unit=moved)
    own = InstitutionFactory(unit=old, institution_class="library_province")
    make_posting(house, dt.date(2025, 6, 30), Line(MeasureCode.PROGRAMME_ATTENDANCE, 5))
    make_posting(house, reform, Line(MeasureCode.PROGRAMME_ATTENDANCE, 7))
    make_posting(own, dt.date(2025, 3, 1), Line(MeasureCode.PROGRAMME_ATTENDANCE, 100))
    given = asked | {"map": "reported", "first": "2025-01", "last": "2025-12", "columns": "", "on": "2025-06-30"}
    for unit, communes in (
        (old, {"Xã Dời": ["5"], "Tỉnh Cũ, không thuộc đơn vị nào ở đây": ["100"]}),
        (new, {"Xã Dời": ["7"]}),
    ):
        by_commune = given | {"unit": unit.code, "tier": "commune"}
        for period in ("year", "quarter", "month"):
            assert cells(client.get(PAGE, by_commune | {"period": period})) == communes, period
        itself = given | {"unit": unit.code, "tier": "province", "rows": "period"}
        whole = str(sum(int(each) for (each,) in communes.values()))
        assert cells(client.get(PAGE, itself)) == {"2025": [whole]}
        assert cells(client.get(PAGE, by_commune | {"rows": "period"})) == {"2025": [whole]}
    before = given | {"unit": new.code, "tier": "commune", "first": "2024-01", "last": "2024-12"}
    assert cells(client.get(PAGE, before)) == {}


def test_as_reported_cells_are_read_once_for_a_country(client, asked, day, django_assert_num_queries):
    """What the country has as reported it has on today's map too: that is added up already."""
    follow_map(day)
    given = asked | {"map": "reported"}
    client.get(PAGE, given)
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE, given)
    assert sum("indicators_fresh_cell" in query["sql"] for query in captured) == 1
    for number in range(2):
        with django_assert_num_queries(len(captured)):
            client.get(PAGE, given)
        house = InstitutionFactory(unit=UnitFactory(name=f"Xã {number}"))
        make_posting(house, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 2))


def test_files_of_different_maps_have_different_names(client, asked, thai_nguyen):
    given = ({}, {"map": "reported"}, {"map": "day", "day": "31/12/2025"}, {"unit": thai_nguyen.code, "tier": ""})
    address = reverse("portal:indicators-pivot-file", args=["csv"])
    names = {client.get(address, asked | more)["Content-Disposition"] for more in given}
    assert len(names) == 4
    assert any("-day-2025-12-31.csv" in name for name in names)


def test_as_reported_a_unit_that_lay_elsewhere_is_not_one_that_reported_nothing(client, asked, country):
    reform = dt.date(2025, 7, 1)
    old = UnitFactory(name="Tỉnh Cũ", tier="province", parent=country, ends_on=reform)
    new = UnitFactory(name="Tỉnh Mới", tier="province", parent=country, starts_on=reform)
    moved = UnitFactory(name="Xã Dời", parent=old)
    UnitAncestry.objects.filter(unit=moved, ancestor=old).update(ends_on=reform)
    UnitAncestry.objects.create(unit=moved, ancestor=new, distance=1, starts_on=reform)
    make_posting(InstitutionFactory(unit=moved), reform, Line(MeasureCode.PROGRAMME_ATTENDANCE, 7))
    given = asked | {"map": "reported", "first": "2025-01", "last": "2025-12", "period": "quarter", "tier": "commune"}
    here = client.get(PAGE, given | {"unit": new.code})
    assert cells(here)[moved.name] == ["×", "×", "7", "–", "7"]
    assert here.context["sums"] in ([], ["×", "×", "7", "–", "7"])
    assert (
        "“×”: khi đó chưa có hoặc không còn đơn vị này, hoặc đơn vị thuộc nơi khác, hoặc ở đó không có cơ sở nào."
        in here.context["notes"]
    )
    there = cells(client.get(PAGE, given | {"unit": old.code, "on": "2025-06-30"}))
    assert there[moved.name] == ["–", "–", "×", "×", "–"]
    question = f"?measures=programme_attendance&unit={new.code}&tier=commune&columns=period&period=quarter"
    told = client.get(f"{reverse('api:indicators-figure-totals')}{question}&first=2025&last=2025&map=reported").json()
    assert [cell["state"] for cell in told["items"][0]["cells"]] == [*["not_applicable"] * 2, "value", "not_reported"]
    assert [cell["state"] for cell in told["column_totals"]][:2] == ["not_applicable"] * 2
