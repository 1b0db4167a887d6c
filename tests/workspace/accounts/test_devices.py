"""Devices: the list, the square that enrols one, how long it works, taking it back."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.models import Device, DeviceInvitation
from hocsuotdoi.accounts.operations.devices import revoke_device
from hocsuotdoi.activities.models import DeviceMark
from hocsuotdoi.activities.queries.roll import roll_of
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory
from tests.support.phone import Phone, enrolled

LIST = reverse("workspace:accounts-device-list")
PLACE = reverse("workspace:accounts-device-place")
GOOD = {"name": "Điện thoại chị Lan", "days": "30"}


@pytest.fixture
def moment():
    return timezone.now()


@pytest.fixture
def manager(client: Client, manager_of_bac_kan) -> Client:
    client.force_login(manager_of_bac_kan)
    return client


@pytest.fixture
def enrolment(library_of_bac_kan, manager_of_bac_kan, moment):
    return enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=moment)


@pytest.fixture
def device(enrolment) -> Device:
    return enrolment[0]


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def invite(institution) -> str:
    return reverse("workspace:accounts-device-invite", args=[institution.code])


def revoke(device: Device) -> str:
    return reverse("workspace:accounts-device-revoke", args=[device.pk])


def test_list_names_devices_with_who_enrolled_them_and_until_when(manager, device, manager_of_bac_kan):
    page = manager.get(LIST).content.decode()

    assert device.name in page and str(manager_of_bac_kan) in page
    assert revoke(device) in page


def test_list_tells_a_device_that_has_run_out_from_one_that_was_revoked(
    manager, library_of_bac_kan, manager_of_bac_kan, moment
):
    ended, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=moment - dt.timedelta(days=3), days=1)
    revoked, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=moment)
    revoke_device(revoked, by=manager_of_bac_kan, at=moment)

    page = manager.get(LIST).content.decode().casefold()

    assert "hết hạn" in page and "đã thu hồi" in page
    assert revoke(ended) not in page and revoke(revoked) not in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(
    manager, library_of_bac_kan, manager_of_bac_kan, moment, count, django_assert_num_queries
):
    for _number in range(count):
        enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=moment)
    with django_assert_num_queries(7):
        assert len(manager.get(LIST).context["rows"]) == count


def test_list_of_nothing_says_what_to_do(manager):
    assert PLACE in manager.get(LIST).content.decode()


def test_who_has_one_institution_does_not_choose(manager, library_of_bac_kan):
    assert manager.get(PLACE).url == invite(library_of_bac_kan)


def test_square_is_shown_once_and_enrols_one_phone(manager, library_of_bac_kan):
    shown = manager.post(invite(library_of_bac_kan), GOOD)
    code = shown.context["code"]
    phone = Client(enforce_csrf_checks=True)

    first = phone.post("/roll/device", {"code": code}, content_type="application/json")
    second = phone.post("/roll/device", {"code": code}, content_type="application/json")

    assert shown["Cache-Control"] == "no-store"
    assert (first.status_code, second.status_code) == (200, 422)
    assert code not in manager.get(LIST).content.decode()
    device = Device.objects.get()
    assert (device.name, device.institution) == ("Điện thoại chị Lan", library_of_bac_kan)
    assert first.json()["ends_at"] == int(device.expires_at.timestamp())


def test_code_that_has_run_out_enrols_nothing(manager, library_of_bac_kan):
    code = manager.post(invite(library_of_bac_kan), GOOD).context["code"]
    DeviceInvitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    answer = Client().post("/roll/device", {"code": code}, content_type="application/json")

    assert (answer.status_code, bool(answer.json()["sentence"]), Device.objects.count()) == (422, True, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 81},
        {"name": "\x00"},
        {"days": ""},
        {"days": "0"},
        {"days": "-3"},
        {"days": "181"},
        {"days": "1000000000"},
        {"days": "nhiều"},
    ],
)
def test_bad_invitation_is_refused_in_place_and_invites_nobody(manager, library_of_bac_kan, wrong):
    page = manager.post(invite(library_of_bac_kan), GOOD | wrong)

    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert DeviceInvitation.objects.count() == 0


def test_markup_in_a_name_is_shown_as_text(manager, library_of_bac_kan, manager_of_bac_kan, moment):
    manager.post(invite(library_of_bac_kan), GOOD | {"name": "<b>Lan</b> 😀"})

    assert not re.search("<b>Lan", manager.get(LIST).content.decode())


def test_only_those_who_answer_for_the_house_enrol_there(
    library_of_bac_kan, library_of_duc_xuan, manager, librarian_of_bac_kan, librarian_of_duc_xuan, auditor, reader
):
    assert manager.get(invite(library_of_duc_xuan)).status_code == 404
    assert manager.post(invite(library_of_duc_xuan), GOOD).status_code == 404
    for person in (librarian_of_bac_kan, librarian_of_duc_xuan, auditor, reader):
        client = signed_in(person)
        assert client.get(LIST).status_code == client.get(PLACE).status_code == 403
        assert client.post(invite(library_of_bac_kan), GOOD).status_code == 403
    assert Client().get(LIST).status_code == Client().post(invite(library_of_bac_kan), GOOD).status_code == 302
    assert DeviceInvitation.objects.count() == 0


def test_officer_of_the_ward_enrols_too(officer_of_bac_kan, library_of_bac_kan, library_of_duc_xuan):
    client = signed_in(officer_of_bac_kan)

    assert client.post(invite(library_of_bac_kan), GOOD).status_code == 200
    assert client.post(invite(library_of_duc_xuan), GOOD).status_code == 404


def test_only_those_who_answer_for_the_house_revoke(
    device, librarian_of_bac_kan, librarian_of_duc_xuan, auditor, reader, library_of_duc_xuan, manager_of_bac_kan
):
    for person in (librarian_of_bac_kan, librarian_of_duc_xuan, auditor, reader):
        assert signed_in(person).post(revoke(device)).status_code == 403
    assert Client().post(revoke(device)).status_code == 302
    theirs, _token = enrolled(library_of_duc_xuan, by=manager_of_bac_kan, at=timezone.now())
    assert signed_in(manager_of_bac_kan).post(revoke(theirs)).status_code == 404
    assert signed_in(manager_of_bac_kan).post(revoke(Device(pk=uuid.uuid4()))).status_code == 404
    assert Device.objects.filter(revoked_at=None).count() == 2


def test_asking_to_revoke_revokes_nothing_yet(manager, device):
    assert device.name in manager.get(revoke(device)).content.decode()
    assert Device.objects.get().revoked_at is None


def test_revoked_device_neither_reads_nor_writes(manager, enrolment, library_of_bac_kan, moment, manager_of_bac_kan):
    device, token = enrolment
    session = SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan), starts_at=moment)
    RegistrationFactory(session=session, code="AAAAAAAA", name="Lý Thị Mai")
    phone = Client(headers={"Authorization": f"Bearer {token}"})
    mark = Phone(moment).raw(session, "line", {"present": {"AAAAAAAA": 1}})
    assert b"AAAAAAAA" in phone.get("/roll/carry").content

    assert manager.post(revoke(device)).url == LIST

    assert (Device.objects.get().revoked_by, phone.get("/roll/ping").status_code) == (manager_of_bac_kan, 401)
    read = phone.get("/roll/carry")
    written = phone.post("/roll/sync", {"marks": [mark]}, content_type="application/json")
    assert (read.status_code, written.status_code) == (401, 401)
    assert b"AAAAAAAA" not in read.content and "thu hồi" in written.json()["sentence"]
    assert (DeviceMark.objects.count(), roll_of(session).is_untouched) == (0, True)


def test_device_that_has_run_out_neither_reads_nor_writes(enrolment, library_of_bac_kan, moment):
    _device, token = enrolment
    session = SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan), starts_at=moment)
    Device.objects.update(created_at=moment - dt.timedelta(days=2), expires_at=moment - dt.timedelta(seconds=1))
    phone = Client(headers={"Authorization": f"Bearer {token}"})
    mark = Phone(moment).raw(session, "walk_in", {"name": "Mai"})

    written = phone.post("/roll/sync", {"marks": [mark]}, content_type="application/json")

    assert (phone.get("/roll/carry").status_code, written.status_code) == (401, 401)
    assert (DeviceMark.objects.count(), roll_of(session).lines) == (0, [])


def test_revoking_twice_says_so_and_keeps_who_did_it_first(manager, device, officer_of_bac_kan, moment):
    revoke_device(device, by=officer_of_bac_kan, at=moment)

    page = manager.post(revoke(device), follow=True).content.decode()

    assert 'role="alert"' in page
    assert Device.objects.get().revoked_by == officer_of_bac_kan


def test_home_names_devices_that_end_within_the_week(
    manager, library_of_bac_kan, manager_of_bac_kan, librarian_of_bac_kan, moment
):
    soon, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=moment, days=3)
    enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=moment, days=30)
    gone, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=moment, days=2)
    revoke_device(gone, by=manager_of_bac_kan, at=moment)

    home = reverse("workspace:home")
    ending = [group for group in manager.get(home).context["groups"] if group.icon == "phone"]
    assert [job.title for group in ending for job in group.jobs] == [soon.name]
    assert invite(library_of_bac_kan) not in signed_in(librarian_of_bac_kan).get(home).content.decode()
