import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.places.models import AdminUnit
from tests.factories.places import InstitutionFactory, UnitFactory


def _url(code: str, day: str = "") -> str:
    url = reverse("portal:places-unit-detail", args=[code])
    return f"{url}?on={day}" if day else url


def test_ward_tells_what_it_was_made_of_and_by_which_act(client, reference) -> None:
    page = client.get(_url("01843")).content.decode()
    assert "Phường Bắc Kạn" in page
    assert "Phường Phùng Chí Kiên" in page
    assert "Thành phố Bắc Kạn" in page
    assert "1683/NQ-UBTVQH15" in page
    assert "Phòng Văn hóa - Xã hội phường Bắc Kạn" in page


def test_code_used_again_is_the_unit_of_the_day_asked_for(client, reference) -> None:
    page = client.get(_url("01843", "2025-06-30"))
    assert page.context["unit"].name == "Phường Phùng Chí Kiên"
    assert [name for name, _link in page.context["path"]] == ["Việt Nam", "Tỉnh Bắc Kạn", "Thành phố Bắc Kạn"]
    assert "1/7/2025" in page.content.decode()
    assert "Phường Bắc Kạn" in page.content.decode()


def test_unit_that_ended_is_found_without_a_day_and_leads_to_its_successor(client, reference) -> None:
    page = client.get(_url("67"))
    assert page.context["unit"].name == "Tỉnh Đắk Nông"
    assert page.context["page"].main_successor.name == "Tỉnh Lâm Đồng"
    assert "Thư viện tỉnh Đắk Nông" in page.content.decode()


def test_divided_commune_says_that_it_is_uncertain(client, reference) -> None:
    divided = AdminUnit.objects.filter(became__kind="split").order_by("code").first()
    page = client.get(_url(divided.code, "2025-06-30"))
    assert page.context["page"].is_uncertain


def test_country_shows_its_provinces(client, reference) -> None:
    page = client.get(_url("VN"))
    assert len(page.context["page"].children) == 34


@pytest.mark.parametrize("code", ["00000", "khong-co"])
def test_code_that_nobody_ever_bore_is_not_found(client, db, code: str) -> None:
    assert client.get(_url(code)).status_code == 404


def test_day_that_is_none_means_today(client, db) -> None:
    unit = UnitFactory()
    assert client.get(_url(unit.code, "hom-nay")).status_code == 200


def test_day_before_a_unit_began_shows_it_on_its_first_day(client, db) -> None:
    unit = UnitFactory(starts_on=dt.date(2025, 7, 1))
    page = client.get(_url(unit.code, "2025-06-30"))
    assert page.context["page"].day == dt.date(2025, 7, 1)


def test_unit_takes_the_same_queries_with_one_and_three_institutions(
    client, country, django_assert_num_queries
) -> None:
    province = UnitFactory(tier="province", kind="tinh", parent=country)
    InstitutionFactory(unit=UnitFactory(parent=province))
    client.get(_url(province.code))
    for _more in range(2):
        with django_assert_num_queries(20):
            assert client.get(_url(province.code)).status_code == 200
        InstitutionFactory(unit=UnitFactory(parent=province))
        InstitutionFactory(unit=UnitFactory(parent=province))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("9999-12-31", "chưa biết được"),
        ("1800-01-01", "1/8/2008"),
        ("abc", "abc"),
        ("31/02/2025", "31/02/2025"),
    ],
)
def test_day_without_a_known_map_is_told_and_today_is_shown(client, bac_kan, today_here, asked: str, told: str) -> None:
    for page in (client.get(_url("01843", asked)), client.get("/units/", {"on": asked})):
        assert told in page.context["doubt"]
        assert page.context["doubt"] in page.content.decode()
        assert page.context.get("day", today_here) == today_here
        assert "9999: " not in page.content.decode()


@pytest.fixture
def today_here() -> dt.date:
    return timezone.localdate()
