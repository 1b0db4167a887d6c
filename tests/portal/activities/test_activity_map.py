import pytest
from django.urls import reverse

from hocsuotdoi.portal.activities import map as point_map
from hocsuotdoi.portal.activities.map import Point
from tests.factories.activities import ActivityFactory, SessionFactory

URL = reverse("portal:activities-activity-map")


@pytest.fixture
def centre(bac_kan):
    bac_kan.latitude, bac_kan.longitude = 22.1476, 105.8348
    bac_kan.save(update_fields=["latitude", "longitude"])


def test_map_of_the_country_leads_to_the_province(client, tomorrow, centre):
    page = client.get(URL).content.decode()

    assert page.count('class="where-point"') == 1
    assert f"{URL}?province=19" in page
    assert "Tỉnh Thái Nguyên" in page


def test_map_of_a_province_leads_to_the_list_of_each_commune(client, tomorrow, centre):
    page = client.get(URL, {"province": "19", "q": "doc"}).content.decode()

    assert page.count('class="where-point"') == 1
    assert "/activities/?q=doc&amp;unit=01843" in page
    assert "Phường Bắc Kạn" in page


def test_map_with_a_place_asked_for_shows_its_province(client, tomorrow, centre):
    assert "/activities/?unit=01843" in client.get(URL, {"unit": "01843"}).content.decode()


def test_map_without_coordinates_still_has_its_table(client, tomorrow):
    page = client.get(URL, {"province": "19"}).content.decode()

    assert 'class="where-point"' not in page
    assert "Phường Bắc Kạn" in page


def test_map_where_nothing_is_found_says_what_to_do(client, tomorrow, centre):
    assert 'class="empty"' in client.get(URL, {"q": "bơi lội"}).content.decode()


@pytest.mark.parametrize("province", ["99", "\x00", "<b>", "x" * 5000, "01843", "😀"])
def test_map_of_a_province_that_is_none_shows_the_country(client, tomorrow, centre, province):
    response = client.get(URL, {"province": province})

    assert response.status_code == 200
    assert f"{URL}?province=19" in response.content.decode()


def test_map_without_any_territory_still_answers(client, db):
    assert client.get(URL).status_code == 200


@pytest.mark.parametrize(("query", "queries"), [({}, 4), ({"province": "19"}, 4)])
def test_map_needs_the_same_queries_for_one_and_for_two_communes(
    client, tomorrow, centre, library_of_duc_xuan, django_assert_num_queries, query, queries
):
    client.get(URL, query)
    for _more in range(2):
        with django_assert_num_queries(queries):  # provinces, counts, places, the kept country or one’s communes
            client.get(URL, query)
        activity = ActivityFactory(institution=library_of_duc_xuan)
        SessionFactory(activity=activity, starts_at=tomorrow.starts_at)


def test_names_on_the_map_run_neither_into_each_other_nor_into_a_point():
    points = [Point(50, 50, 3, "A", 9, "", "Bắc Kạn"), Point(50, 46, 2, "B", 5, "", "Đức Xuân")]
    labels = point_map._labels(points, 100, size=3.3)

    assert [label.name for label in labels] == ["Bắc Kạn", "Đức Xuân"]
    assert abs(labels[0].y - labels[1].y) > 3.3


def test_name_of_a_province_stands_once_beside_whichever_point_has_room():
    points = [Point(30, 30, 2, "A", 9, "", "Lâm Đồng"), Point(33, 30, 1, "A", 5, "", "Lâm Đồng")]

    (label,) = point_map._labels(points, 60, size=2.4)
    assert label.name == "Lâm Đồng"
