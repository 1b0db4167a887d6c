import pytest

from hocsuotdoi.places.models import AgencyLine, Room
from tests.factories.accounts import place
from tests.factories.places import AgencyFactory


@pytest.fixture(autouse=True)
def _open(library_of_bac_kan, library_of_duc_xuan):
    for library in (library_of_bac_kan, library_of_duc_xuan):
        library.statuses.create(state="active")
        library.search_text = " thư viện phường | thu vien phuong"
        library.save(update_fields=["search_text"])


def test_unit_is_found_by_name_and_tier(anybody, bac_kan):
    items = anybody.get("/units?tier=commune&q=bac+kan").json()["items"]
    assert [(each["code"], each["name"]) for each in items] in ([("01843", "Phường Bắc Kạn")], [])
    assert anybody.get("/units?tier=province").json()["items"][0]["code"] == "19"


def test_unit_tells_what_it_lies_in_on_a_day(anybody, bac_kan):
    answer = anybody.get("/units/01843").json()
    assert [each["code"] for each in answer["path"]] == ["VN", "19"]
    assert anybody.get("/units/vn").json()["path"] == []
    assert anybody.get("/units/01843?on=2025-06-30").status_code == 404
    assert anybody.get("/units/99999").status_code == 404
    assert anybody.get("/units/01843?on=hom-qua").json()["fields"].keys() == {"on"}


def test_institutions_are_narrowed_by_unit_name_and_class(anybody, library_of_bac_kan):
    found = anybody.get("/institutions?unit=01843&q=thu+vien&institution_class=library_commune").json()
    assert [(each["code"], each["place_name"]) for each in found["items"]] == [
        (library_of_bac_kan.code, "Phường Bắc Kạn")
    ]
    assert anybody.get("/institutions?unit=19").json()["count"] == 2
    assert anybody.get("/institutions?q=bao+tang").json()["count"] == 0
    assert anybody.get("/institutions?unit=99999").status_code == 422
    assert anybody.get("/institutions?institution_class=x").status_code == 422


def test_institution_shows_its_rooms(anybody, library_of_bac_kan):
    hall = Room.objects.create(institution=library_of_bac_kan, name="Phòng đọc", capacity=30)
    answer = anybody.get(f"/institutions/{library_of_bac_kan.code}").json()
    assert answer["rooms"] == [{"id": hall.pk, "name": "Phòng đọc", "capacity": 30}]
    assert anybody.get("/institutions/khong-co").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_the_same_queries_for_any_number(
    anybody, library_of_bac_kan, library_of_duc_xuan, bac_kan, django_assert_num_queries, number
):
    if number == 1:
        library_of_duc_xuan.statuses.all().delete()
    else:
        third = type(library_of_bac_kan).objects.create(
            code="ba", name="Ba", sort_key="b", institution_class="library_commune"
        )
        place(third, bac_kan)
        third.statuses.create(state="active")
    with django_assert_num_queries(2):
        assert anybody.get("/institutions").json()["count"] == number
    with django_assert_num_queries(2):
        anybody.get(f"/units?limit={number}")


def test_bodies_are_found_by_name_kind_and_unit_without_who_sits_there(
    anybody, officer_of_bac_kan, office_of_bac_kan, department_of_thai_nguyen, duc_xuan
):
    AgencyFactory(unit=duc_xuan, kind="front", name="Mặt trận phường cũ", ends_on="2025-07-01")
    AgencyLine.objects.create(agency=office_of_bac_kan, superior=department_of_thai_nguyen, kind="professional")

    def found(address: str) -> list[str]:
        return [each["code"] for each in anybody.get(f"/agencies{address}").json()["items"]]

    assert found("") == [department_of_thai_nguyen.code, office_of_bac_kan.code]
    assert found("?q=xã+hội") == found("?kind=culture_society") == found("?unit=01843") == [office_of_bac_kan.code]
    assert found("?kind=front") == []
    assert len(found("?kind=front&ended=true")) == 1
    assert anybody.get("/agencies?kind=x").status_code == 422
    answer = anybody.get(f"/agencies/{office_of_bac_kan.code}")
    entry = answer.json()
    assert (entry["unit_name"], entry["commanded_by"]) == ("Phường Bắc Kạn", [])
    assert [each["code"] for each in entry["guided_by"]] == [department_of_thai_nguyen.code]
    assert str(officer_of_bac_kan) not in answer.content.decode()
    assert anybody.get("/agencies/khong-co").status_code == 404
