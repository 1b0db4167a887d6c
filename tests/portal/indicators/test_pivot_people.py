"""The table that anybody lays out, by sex and age: nobody is found in it."""

import pytest
from django.urls import reverse

from hocsuotdoi.indicators.operations.rolling import follow_map
from hocsuotdoi.ledger.enums import MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.portal.indicators import test_pivot

PAGE, asked, cells, QUERIES = test_pivot.PAGE, test_pivot.asked, test_pivot.cells, test_pivot.QUERIES


@pytest.mark.closed_book
def test_small_numbers_of_people_are_kept_back(client, asked, library_of_bac_kan, day):
    make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE))
    about_people = asked | {"rows": "sex", "columns": "", "tier": ""}
    shown = cells(client.get(PAGE, about_people))
    assert "3" not in str(shown)
    assert shown["Nam"] == ["dưới 5"]
    data = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), about_people).content.decode()
    assert ",3" not in data


@pytest.mark.closed_book
def test_a_table_of_which_nothing_may_be_told_says_so(client, asked, library_of_duc_xuan, duc_xuan, day):
    make_posting(library_of_duc_xuan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE))
    alone = asked | {"rows": "sex", "columns": "", "tier": "", "unit": duc_xuan.code}
    response = client.get(PAGE, alone)
    assert response.context["is_kept_back"]
    assert client.get(reverse("portal:indicators-pivot-file", args=["csv"]), alone).status_code == 404


@pytest.mark.parametrize(
    ("cut", "field"),
    [
        ({"period": "month"}, "period"),
        ({"period": "quarter"}, "period"),
        ({"map": "reported"}, "map"),
        ({"map": "day", "day": "2024-01-01"}, "map"),
        ({"classes": ["library_commune"]}, "columns"),
        ({"purposes": ["learning"]}, "columns"),
        ({"channels": ["on_site"]}, "columns"),
        ({"origin": "stated"}, "columns"),
        ({"columns": "institution_class"}, "columns"),
        ({"rows": "channel", "columns": "sex"}, "rows"),
    ],
)
@pytest.mark.closed_book
def test_sex_and_age_are_not_cut_so_that_two_tables_would_tell_a_third(client, asked, cut, field):
    about_people = asked | {"rows": "sex", "columns": "", "tier": ""}
    response = client.get(PAGE, about_people | cut)
    assert field in response.context["form"].errors
    assert client.get(reverse("portal:indicators-pivot-file", args=["csv"]), about_people | cut).status_code == 404


@pytest.mark.parametrize("measure", ["programme_session", "gate_count", "recording_view"])
def test_counts_behind_which_nobody_stands_are_told_whatever_their_number(
    client, asked, library_of_bac_kan, day, measure
):
    make_posting(library_of_bac_kan, day, Line(MeasureCode(measure), 2, sex=Sex.MALE))
    monthly = asked | {"measures": [measure], "rows": "sex", "columns": "", "tier": "", "period": "month"}
    assert cells(client.get(PAGE, monthly))["Nam"] == ["2"]


@pytest.mark.closed_book
def test_the_same_number_is_kept_back_whatever_table_it_stands_in(client, asked, library_of_bac_kan, bac_kan, day):
    """Of the whole ward 12 women and 3 men: nobody says so by women only, by both, by place, or as a file."""
    make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE))
    tables = [
        {"rows": "sex", "columns": "", "tier": ""},
        {"rows": "sex", "columns": "period", "tier": ""},
        {"rows": "unit", "columns": "sex"},
        {"rows": "unit", "columns": "", "sexes": ["female"]},
        {"rows": "unit", "columns": "", "sexes": ["male", "unknown"]},
        {"rows": "age_band", "columns": "sex", "tier": "", "unit": bac_kan.code},
        {"rows": "period", "columns": "", "tier": "", "sexes": ["female"]},
    ]
    for table in tables:
        response = client.get(PAGE, asked | table)
        assert not response.context["form"].errors
        told = [] if response.context["is_kept_back"] else [cell for row in cells(response).values() for cell in row]
        assert not {"3", "12"} & set(told), (table, told)


@pytest.mark.closed_book
@pytest.mark.parametrize("once_more", [["female"], ["male"], ["female", "female"], []])
def test_a_sex_named_twice_counts_once(client, asked, library_of_bac_kan, day, once_more):
    """All of them and one of them again would tell that one, beside the total that everybody may see."""
    make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE))
    table = asked | {"rows": "unit", "columns": "", "sexes": ["female", "male", "other", "unknown", *once_more]}
    response = client.get(PAGE, table)
    assert {cell for row in cells(response).values() for cell in row} - {"–"} == {"15"}
    api = {"measures": "programme_attendance", "rows": "unit", "tier": "province", "first": day.year}
    told = client.get(reverse("api:indicators-figure-totals"), api | {"sexes": ["female", "female"]})
    assert [row["cells"][0]["value"] for row in told.json()["items"] if row["cells"]] in ([], [None])


@pytest.mark.closed_book
def test_cost_of_a_table_about_people_does_not_grow(client, asked, library_of_bac_kan, day, django_assert_num_queries):
    follow_map(day)
    about_people = asked | {"rows": "unit", "columns": "sex", "tier": "commune"}
    client.get(PAGE, about_people)
    for number in range(3):
        with django_assert_num_queries(QUERIES + 2):
            client.get(PAGE, about_people)
        house = InstitutionFactory(unit=library_of_bac_kan.placements.get().unit, name=f"Nhà {number}")
        make_posting(house, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 20 * number + 9, sex=Sex.MALE))


@pytest.mark.closed_book
def test_more_places_than_can_be_decided_about_says_what_to_ask_for(client, asked, monkeypatch):
    monkeypatch.setattr("hocsuotdoi.indicators.queries.profiles.MOST_PROFILES", 1)
    response = client.get(PAGE, asked | {"rows": "unit", "columns": "sex"})
    assert "hãy chọn một tỉnh" in response.content.decode()
    file = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), asked | {"columns": "sex"})
    assert (file.status_code, "hãy chọn một tỉnh" in file.content.decode()) == (422, True)


@pytest.mark.closed_book
def test_the_order_of_rows_does_not_tell_what_is_kept_back(client, asked, library_of_bac_kan, day):
    for sex, quantity in ((Sex.MALE, 3), (Sex.OTHER, 4)):
        make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, quantity, sex=sex))
    by_sex = asked | {"rows": "sex", "columns": "", "tier": ""}
    unordered = [row.label for row in client.get(PAGE, by_sex).context["rows"]]
    ordered = [row.label for row in client.get(PAGE, by_sex | {"sort": "1"}).context["rows"]]
    assert ordered == unordered
