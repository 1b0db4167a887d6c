import datetime as dt

import pytest
from django.urls import reverse

from hocsuotdoi.places.models import Equipment, OpeningHours
from hocsuotdoi.places.operations import load_sample
from tests.factories.places import InstitutionFactory, RoomFactory


def _url(code: str) -> str:
    return reverse("portal:places-institution-detail", args=[code])


def test_sample_library_is_marked_and_shows_hours_rooms_equipment_and_past_place(client, reference) -> None:
    load_sample(lambda _line: None)
    page = client.get(_url("mau-thu-vien-01843"))
    text = page.content.decode()
    assert "Thư viện phường Bắc Kạn (mẫu)" in text
    assert page.context["institution"].is_sample
    assert "Phòng đọc thiếu nhi" in text
    assert "Phường Phùng Chí Kiên" in text
    assert "18:30–20:30" in text
    assert page.context["entry"].hours.outside_hours == 13.5


def test_unverified_institution_says_so(client, reference) -> None:
    assert "Chưa kiểm chứng được" in client.get(_url("thu-vien-tinh-bac-kan")).content.decode()


def test_closed_institution_says_since_when_and_why(client, reference) -> None:
    text = client.get(_url("trung-tam-vhtt-truyen-thong-thanh-pho-bac-kan")).content.decode()
    assert "Cấp huyện kết thúc hoạt động" in text
    assert "1/7/2025" in text


def test_unknown_institution_is_not_found(client, db) -> None:
    assert client.get(_url("khong-co")).status_code == 404


def test_reader_is_not_offered_to_edit_and_manager_is(client, library_of_bac_kan, reader, manager_of_bac_kan) -> None:
    client.force_login(reader)
    assert client.get(_url(library_of_bac_kan.code)).context["may_edit"] is False
    client.force_login(manager_of_bac_kan)
    assert client.get(_url(library_of_bac_kan.code)).context["may_edit"] is True


@pytest.mark.parametrize("times", [1, 3])
def test_page_takes_the_same_queries_with_one_and_three_of_everything(
    client, db, django_assert_num_queries, times: int
) -> None:
    institution = InstitutionFactory()
    for number in range(times):
        room = RoomFactory(institution=institution)
        Equipment.objects.create(
            institution=institution, room=room, kind="sound", quantity=1, usable=1, checked_on=dt.date(2026, 1, 1)
        )
        OpeningHours.objects.create(institution=institution, weekday=number, opens_at=dt.time(8), closes_at=dt.time(17))
    client.get(_url(institution.code))
    with django_assert_num_queries(16):  # four of them for the holidays ahead
        assert client.get(_url(institution.code)).status_code == 200
