"""Keeping a register entry: each edit by one who may, and refused to those who may not."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.places.models import Institution, Room
from hocsuotdoi.places.queries.institutions import place_of
from hocsuotdoi.places.queries.opening import timetable
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.places import RoomFactory

PAGES = [
    "places-institution-detail",
    "places-institution-edit",
    "places-hours-edit",
    "places-room-edit",
    "places-equipment-edit",
    "places-status-change",
    "places-placement-change",
]


def _url(page: str, institution: Institution) -> str:
    return reverse(f"workspace:{page}", args=[institution.code])


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_for_the_manager_and_for_the_officer_of_the_ward(
    client, manager_of_bac_kan, officer_of_bac_kan, library_of_bac_kan, page: str
) -> None:
    for person in (manager_of_bac_kan, officer_of_bac_kan):
        client.force_login(person)
        assert client.get(_url(page, library_of_bac_kan)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_auditor_reads_the_entry_and_changes_nothing(client, auditor, library_of_bac_kan, page: str) -> None:
    client.force_login(auditor)
    answer = client.get(_url(page, library_of_bac_kan))
    assert answer.status_code == (200 if page == "places-institution-detail" else 403)
    assert f"{library_of_bac_kan.code}/edit/" not in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_page_is_refused_to_those_of_another_ward_and_to_staff(
    client,
    library_of_bac_kan,
    librarian_of_bac_kan,
    librarian_of_duc_xuan,
    reader,
    manager_of_bac_kan,
    library_of_duc_xuan,
    page: str,
) -> None:
    for person in (librarian_of_bac_kan, librarian_of_duc_xuan, reader):
        client.force_login(person)
        assert client.get(_url(page, library_of_bac_kan)).status_code == 403
    client.force_login(manager_of_bac_kan)
    assert client.get(_url(page, library_of_duc_xuan)).status_code == 403
    assert client.post(_url(page, library_of_duc_xuan), {"name": "x"}).status_code == 403


def test_entry_is_saved_and_its_change_is_kept_with_who_made_it(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    client.force_login(manager_of_bac_kan)
    fields = {"name": "Thư viện Phố Mới", "institution_class": "library_commune", "phone": "0209 387 0000"}
    assert client.post(_url("places-institution-edit", library_of_bac_kan), fields).status_code == 302
    library_of_bac_kan.refresh_from_db()
    assert library_of_bac_kan.phone == "0209 387 0000"
    assert Institution.objects.named("pho moi").get() == library_of_bac_kan
    event = Institution.pgh_event_models["update"].objects.filter(pgh_label="update").latest("pgh_id")
    assert event.pgh_context.metadata["user"] == str(manager_of_bac_kan.pk)


def test_entry_without_a_name_is_not_saved_and_says_why(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    client.force_login(manager_of_bac_kan)
    page = client.post(_url("places-institution-edit", library_of_bac_kan), {"name": ""})
    assert page.status_code == 422
    assert page.context["form"].errors["name"]


def test_hours_are_saved_from_today(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    today = timezone.localdate()
    client.force_login(manager_of_bac_kan)
    fields = {"starts_on": today.isoformat(), "opens_1_0": "07:30", "closes_1_0": "11:30", "opens_5_2": "18:00"}
    url = _url("places-hours-edit", library_of_bac_kan)
    assert client.post(url, fields).status_code == 422
    assert client.post(url, {**fields, "closes_5_2": "20:30"}).status_code == 302
    week = timetable(library_of_bac_kan, today)
    assert week[1] == [(dt.time(7, 30), dt.time(11, 30))]
    assert week[5] == [(dt.time(18), dt.time(20, 30))]


def test_hours_that_overlap_come_back_with_the_refusal(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    client.force_login(manager_of_bac_kan)
    fields = {"starts_on": timezone.localdate().isoformat(), "opens_1_0": "07:30", "closes_1_0": "11:30"}
    fields |= {"opens_1_1": "11:00", "closes_1_1": "12:00"}
    page = client.post(_url("places-hours-edit", library_of_bac_kan), fields)
    assert page.status_code == 422
    assert page.context["form"].non_field_errors()


def test_rooms_are_added_changed_and_removed(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    keep, drop = RoomFactory(institution=library_of_bac_kan), RoomFactory(institution=library_of_bac_kan)
    client.force_login(manager_of_bac_kan)
    rows = {"rooms-TOTAL_FORMS": "3", "rooms-INITIAL_FORMS": "2"}
    rows |= {"rooms-0-id": keep.pk, "rooms-0-name": "Phòng đọc lớn", "rooms-0-capacity": "60"}
    rows |= {"rooms-1-id": drop.pk, "rooms-1-name": drop.name, "rooms-1-capacity": "40", "rooms-1-DELETE": "on"}
    rows |= {"rooms-2-name": "Phòng thiếu nhi", "rooms-2-capacity": "30"}
    assert client.post(_url("places-room-edit", library_of_bac_kan), rows).status_code == 302
    rooms = Room.objects.filter(institution=library_of_bac_kan).order_by("name").values_list("name", "capacity")
    assert sorted(rooms) == [("Phòng thiếu nhi", 30), ("Phòng đọc lớn", 60)]


def test_room_in_which_something_is_planned_stays(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    room = RoomFactory(institution=library_of_bac_kan)
    SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan), room=room)
    client.force_login(manager_of_bac_kan)
    sent = {"rooms-TOTAL_FORMS": "1", "rooms-INITIAL_FORMS": "1", "rooms-0-id": room.pk, "rooms-0-DELETE": "on"}
    page = client.post(
        _url("places-room-edit", library_of_bac_kan), sent | {"rooms-0-name": "a", "rooms-0-capacity": 1}
    )
    assert "Chưa lưu gì" in page.content.decode()
    assert Room.objects.get() == room


def test_same_new_room_sent_twice_is_one_room(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    client.force_login(manager_of_bac_kan)
    sent = {"rooms-TOTAL_FORMS": "1", "rooms-INITIAL_FORMS": "0", "rooms-0-name": "Phòng đọc", "rooms-0-capacity": "30"}
    for _time in range(2):
        response = client.post(_url("places-room-edit", library_of_bac_kan), sent)
    assert "Chưa lưu gì" in response.content.decode()
    assert Room.objects.count() == 1


def test_bad_rows_come_back_with_one_summary_that_leads_to_them(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    client.force_login(manager_of_bac_kan)
    rows = {"rooms-TOTAL_FORMS": "2", "rooms-INITIAL_FORMS": "0", "rooms-0-name": "Phòng đọc", "rooms-0-capacity": "30"}
    rows |= {"rooms-1-name": "Phòng họp", "rooms-1-capacity": "nhiều"}
    page = client.post(_url("places-room-edit", library_of_bac_kan), rows).content.decode()
    assert page.count("data-focus") == 1
    summary = page[page.index("data-focus") :].partition("</ul>")[0]
    assert 'href="#id_rooms-1-capacity"' in summary
    assert "Dòng 2" in summary


def test_equipment_with_more_usable_than_there_is_says_so(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    client.force_login(manager_of_bac_kan)
    rows = {"equipment-TOTAL_FORMS": "1", "equipment-INITIAL_FORMS": "0", "equipment-0-kind": "sound"}
    rows |= {"equipment-0-quantity": "1", "equipment-0-usable": "2", "equipment-0-checked_on": "2026-11-01"}
    url = _url("places-equipment-edit", library_of_bac_kan)
    assert client.post(url, rows).status_code == 422
    assert client.post(url, rows | {"equipment-0-usable": "1"}).status_code == 302
    assert library_of_bac_kan.equipment.get().kind == "sound"


def test_equipment_cannot_be_put_into_a_room_of_another_house(
    client, manager_of_bac_kan, library_of_bac_kan, library_of_duc_xuan
) -> None:
    elsewhere = RoomFactory(institution=library_of_duc_xuan)
    client.force_login(manager_of_bac_kan)
    rows = {"equipment-TOTAL_FORMS": "1", "equipment-INITIAL_FORMS": "0", "equipment-0-kind": "sound"}
    rows |= {"equipment-0-room": elsewhere.pk, "equipment-0-quantity": "1", "equipment-0-usable": "1"}
    rows |= {"equipment-0-checked_on": "2026-11-01"}
    assert client.post(_url("places-equipment-edit", library_of_bac_kan), rows).status_code == 422


def test_closing_needs_a_reason_and_shows_on_the_public_page(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    client.force_login(manager_of_bac_kan)
    url = _url("places-status-change", library_of_bac_kan)
    fields = {"state": "suspended", "starts_on": timezone.localdate().isoformat()}
    assert client.post(url, fields).status_code == 422
    assert client.post(url, {**fields, "reason": "Sửa mái"}).status_code == 302
    public = client.get(reverse("portal:places-institution-detail", args=[library_of_bac_kan.code]))
    assert "Sửa mái" in public.content.decode()


def test_new_place_is_entered_by_its_code(client, officer_of_bac_kan, library_of_bac_kan, duc_xuan) -> None:
    client.force_login(officer_of_bac_kan)
    today = timezone.localdate()
    url = _url("places-placement-change", library_of_bac_kan)
    assert client.post(url, {"unit": "99999", "starts_on": today.isoformat()}).status_code == 422
    done = client.post(url, {"unit": duc_xuan.code, "address": "Tổ 1", "starts_on": today.isoformat()})
    assert done.status_code == 302
    assert place_of(library_of_bac_kan, today) == duc_xuan


def test_code_is_looked_up_by_name_on_the_page_of_a_new_place(client, officer_of_bac_kan, library_of_bac_kan) -> None:
    client.force_login(officer_of_bac_kan)
    page = client.get(_url("places-placement-change", library_of_bac_kan) + "?q=khong co dau")
    assert page.context["units"] == []


def test_nothing_chosen_says_so_instead_of_dashes(client, manager_of_bac_kan, library_of_bac_kan) -> None:
    client.force_login(manager_of_bac_kan)
    for page in ("places-institution-edit", "places-equipment-edit"):
        answer = client.get(_url(page, library_of_bac_kan)).content.decode()
        assert "---------" not in answer
        assert "Chưa chọn" in answer


def test_who_runs_an_institution_is_said_by_who_keeps_the_bodies(
    client, administrator, manager_of_bac_kan, officer_of_bac_kan, auditor, library_of_bac_kan, office_of_bac_kan
) -> None:
    url, detail = (
        _url("places-runner-change", library_of_bac_kan),
        _url("places-institution-detail", library_of_bac_kan),
    )
    today = timezone.localdate()
    given = {"agency": office_of_bac_kan.code, "starts_on": today.isoformat()}
    for person in (manager_of_bac_kan, officer_of_bac_kan, auditor):
        client.force_login(person)
        assert client.get(url).status_code == client.post(url, given).status_code == 403
        assert url not in client.get(detail).content.decode()
    client.force_login(administrator)
    assert url in client.get(detail).content.decode()
    found = client.get(url, {"q": office_of_bac_kan.name}).context["bodies"]
    assert office_of_bac_kan in found
    assert client.get(url, {"body": office_of_bac_kan.code}).context["form"]["agency"].value() == office_of_bac_kan.code
    wrong = client.post(url, given | {"agency": "khong-co"})
    assert (wrong.status_code, "Không có cơ quan nào có mã này" in wrong.content.decode()) == (422, True)
    assert client.post(url, given).status_code == 302
    assert library_of_bac_kan.agencies.on(today).get().agency == office_of_bac_kan
    assert office_of_bac_kan.name in client.get(detail).content.decode()
    again = client.post(url, given)
    assert (again.status_code, "đang quản lý" in again.content.decode()) == (422, True)
