from tests.factories.places import UnitFactory

URL = "/units/"


def test_list_shows_the_provinces_of_today_with_their_communes(client, reference) -> None:
    page = client.get(URL)
    assert len(page.context["provinces"]) == 34
    assert sum(unit.communes for unit in page.context["provinces"]) == 3_321
    assert [unit.short_name for unit in page.context["provinces"]][:3] == ["An Giang", "Bắc Ninh", "Cà Mau"]


def test_list_of_before_the_reform_shows_63_provinces(client, reference) -> None:
    page = client.get(f"{URL}?on=2025-06-30")
    assert len(page.context["provinces"]) == 63
    assert sum(unit.communes for unit in page.context["provinces"]) == 10_035


def test_search_without_marks_finds_the_ward_with_its_province(client, reference) -> None:
    page = client.get(f"{URL}?q=duc xuan")
    assert [(unit.name, unit.province) for unit in page.context["page"]] == [("Phường Đức Xuân", "Tỉnh Thái Nguyên")]


def test_search_for_a_name_of_before_offers_the_other_map(client, reference) -> None:
    page = client.get(f"{URL}?q=Bắc Kạn tỉnh")
    assert page.context["found_elsewhere"] == 1
    assert "on=2025-06-30" in page.content.decode()


def test_search_that_finds_nothing_says_what_to_do(client, db) -> None:
    page = client.get(f"{URL}?q=xyz", headers={"accept-language": "en"}).content.decode()
    assert 'class="empty"' in page


def test_list_takes_the_same_queries_with_one_and_three_provinces(client, country, django_assert_num_queries) -> None:
    UnitFactory(tier="province", kind="tinh", parent=country)
    for _more in range(2):
        with django_assert_num_queries(2):
            assert client.get(URL).status_code == 200
        UnitFactory(tier="province", kind="tinh", parent=country)
        UnitFactory(tier="province", kind="tinh", parent=country)
