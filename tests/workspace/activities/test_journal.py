"""The file of a phone that gets through no more: who may read it in, what becomes of each mark, what is refused."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.models import Device
from hocsuotdoi.accounts.operations.devices import revoke_device
from hocsuotdoi.activities.formats.journal import parse_mark
from hocsuotdoi.activities.models import DeviceMark, Registration, Session
from hocsuotdoi.activities.operations.journal import LARGEST_JOURNAL
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.activities.operations.sync import take_marks
from hocsuotdoi.activities.queries.marks import gaps_of
from hocsuotdoi.activities.queries.roll import roll_of
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory
from tests.support.phone import Phone, enrolled

READ = reverse("workspace:activities-journal-read")


@pytest.fixture
def moment() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def manager(client: Client, manager_of_bac_kan) -> Client:
    client.force_login(manager_of_bac_kan)
    return client


@pytest.fixture
def device(library_of_bac_kan, manager_of_bac_kan, moment) -> Device:
    """Enrolled yesterday."""
    return enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=moment - dt.timedelta(days=1))[0]


@pytest.fixture
def mai(running) -> Registration:
    return RegistrationFactory(session=running, name="Lý Thị Mai", code="AAAAAAAA")


@pytest.fixture
def phone(moment) -> Phone:
    return Phone(moment - dt.timedelta(minutes=30))


def saved(device: Device, /, *marks: dict[str, Any], **changed: Any) -> bytes:
    """The file as workspace/static/roll/status.js writes it."""
    head = {
        "id": str(device.pk),
        "name": device.name,
        "institution": device.institution.name,
        "institution_id": device.institution_id,
    }
    own = {"institution": device.institution_id, "device": str(device.pk), "outcome": None, "reason": None}
    return json.dumps({"device": head, "marks": [own | mark for mark in marks], **changed}, indent=1).encode()


def read_in(client: Client, content: bytes):
    return client.post(READ, {"file": SimpleUploadedFile("diem-danh.json", content, "application/json")})


def here(mark: dict[str, Any], device: Device) -> dict[str, Any]:
    """As noted under that enrolment."""
    return mark | {"institution": device.institution_id, "device": str(device.pk)}


def people(session: Session) -> dict[str, int | None]:
    return {line.name: line.present for line in roll_of(session).lines}


def outcomes(response) -> dict[str, int]:
    return {group.outcome: len(group.all) for group in response.context["groups"]}


def test_devices_lead_to_the_page_and_the_page_says_where_the_file_comes_from(manager, device):
    assert READ in manager.get(reverse("workspace:accounts-device-list")).text
    page = manager.get(READ).text
    assert "Lưu thành tệp" in page
    assert 'enctype="multipart/form-data"' in page


def test_every_mark_is_answered_as_in_a_sync(manager, device, phone, running, mai):
    marks = [
        phone.raw(running, "line", {"present": {"AAAAAAAA": 1}}),
        phone.raw(running, "walk_in", {"name": "Bàn Văn Páo"}),
        phone.raw(running, "line", {"present": {"ZZZZZZZZ": 1}}),
    ]

    response = read_in(manager, saved(device, *marks))

    assert outcomes(response) == {"waiting": 1, "applied": 2}
    assert people(running) == {"Lý Thị Mai": 1, "Bàn Văn Páo": 1}
    assert "Đã đọc 3 mục" in response.text
    assert "Lý Thị Mai: có mặt" in response.text
    assert reverse("workspace:activities-mark-list") in response.text
    assert DeviceMark.objects.count() == 3


def test_the_same_file_again_or_a_late_sync_counts_nothing_twice(manager, device, phone, running, mai, moment):
    marks = [phone.raw(running, "walk_in", {"name": "Bàn Văn Páo"}), phone.raw(running, "tally", {"count": 3})]
    take_marks(device, [parse_mark(marks[0])], at=moment)

    first, second = read_in(manager, saved(device, *marks)), read_in(manager, saved(device, *marks))

    assert outcomes(first) == {"applied": 1, "duplicate": 1}
    assert outcomes(second) == {"duplicate": 2}
    answers = take_marks(device, [parse_mark(mark) for mark in marks], at=timezone.now())
    assert [answer.outcome for answer in answers] == ["duplicate"] * 2
    assert roll_of(running).people == 4


def test_a_closed_roll_waits_for_a_person(manager, device, phone, running, mai, moment):
    close_session(running, nobody_came=True, by=None, at=moment)

    response = read_in(manager, saved(device, phone.raw(running, "line", {"present": {"AAAAAAAA": 1}})))

    assert outcomes(response) == {"waiting": 1}
    running.refresh_from_db()
    assert running.attended == 0


def test_a_device_that_has_run_out_is_no_hindrance(manager, device, phone, running, mai, moment):
    Device.objects.filter(pk=device.pk).update(expires_at=moment - dt.timedelta(hours=1))

    response = read_in(manager, saved(device, phone.raw(running, "line", {"present": {"AAAAAAAA": 1}})))

    assert outcomes(response) == {"applied": 1}


def test_of_a_revoked_device_only_what_it_noted_before_is_taken(
    manager, device, phone, running, mai, manager_of_bac_kan, moment
):
    before = phone.raw(running, "walk_in", {"name": "Bàn Văn Páo"})
    revoke_device(device, by=manager_of_bac_kan, at=moment - dt.timedelta(minutes=20))
    phone.clock = moment - dt.timedelta(minutes=10)
    after = phone.raw(running, "line", {"present": {"AAAAAAAA": 1}})

    response = read_in(manager, saved(device, before, after))

    assert outcomes(response) == {"refused": 1, "applied": 1}
    assert "sau khi máy đã bị thu hồi" in response.text
    assert people(running) == {"Lý Thị Mai": None, "Bàn Văn Páo": 1}
    assert DeviceMark.objects.count() == 1


def test_a_phone_of_two_institutions_gives_each_its_own(
    manager, device, phone, running, library_of_duc_xuan, librarian_of_duc_xuan, moment
):
    other, _token = enrolled(library_of_duc_xuan, by=librarian_of_duc_xuan, at=moment)
    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_duc_xuan), starts_at=running.starts_at)
    marks = [
        here(phone.raw(running, "walk_in", {"name": "Bàn Văn Páo"}), device),
        here(phone.raw(elsewhere, "walk_in", {"name": "Vi Văn Ky"}), other),
    ]

    response = read_in(manager, saved(other, *marks))

    assert outcomes(response) == {"applied": 1}
    assert "1 mục được ghi cho cơ sở khác" in response.text
    assert (people(running), people(elsewhere)) == ({"Bàn Văn Páo": 1}, {})


def test_a_phone_of_two_institutions_has_a_chain_for_each(
    manager, device, phone, running, library_of_duc_xuan, librarian_of_duc_xuan, moment
):
    """Noted here, elsewhere, here again: nothing is missing in either."""
    other, _token = enrolled(library_of_duc_xuan, by=librarian_of_duc_xuan, at=moment)
    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_duc_xuan), starts_at=running.starts_at)
    there = Phone(phone.clock)
    marks = [
        here(phone.raw(running, "walk_in", {"name": "Bàn Văn Páo"}), device),
        here(there.raw(elsewhere, "walk_in", {"name": "Vi Văn Ky"}), other),
        here(phone.raw(running, "walk_in", {"name": "Hà Thị Lụa"}), device),
    ]

    response = read_in(manager, saved(device, *marks))

    assert outcomes(response) == {"applied": 2}
    assert "1 mục được ghi cho cơ sở khác" in response.text
    assert not DeviceMark.objects.exclude(reason="").exists()
    assert gaps_of([device]) == {}


def test_what_a_phone_dropped_long_ago_leaves_no_broken_chain(manager, device, phone, running, moment):
    marks = [phone.raw(running, "walk_in", {"name": f"Khách {number}"}) for number in range(4)]
    take_marks(device, [parse_mark(mark) for mark in marks[:2]], at=moment)

    assert outcomes(read_in(manager, saved(device, *marks[2:]))) == {"applied": 2}


# What is refused


def changed_words(marks: list[dict[str, Any]]) -> None:
    marks[1]["said"] = {"name": "Người khác"}


def changed_order(marks: list[dict[str, Any]]) -> None:
    marks.reverse()


def changed_chain(marks: list[dict[str, Any]]) -> None:
    marks[1] |= {"hash": marks[2]["hash"]}


def changed_by_doubling(marks: list[dict[str, Any]]) -> None:
    marks.insert(1, marks[0])


@pytest.mark.parametrize("change", [changed_words, changed_order, changed_chain, changed_by_doubling])
def test_a_file_that_was_changed_is_refused_as_a_whole(manager, device, phone, running, change):
    marks = [phone.raw(running, "walk_in", {"name": f"Khách {number}"}) for number in range(3)]
    change(marks)

    response = read_in(manager, saved(device, *marks))

    assert response.status_code == 422
    assert "Tệp đã bị sửa sau khi máy lưu" in response.text
    assert not DeviceMark.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff", b"{", b"[]", b"null", b"[" * 5000, b'{"device": 5, "marks": []}',
        b'{"device": {"id": "x"}, "marks": []}', b'{"device": {"id": 5}, "marks": [{}]}',
    ],
)  # fmt: skip
def test_another_file_is_refused_with_what_to_do(manager, device, content):
    response = read_in(manager, content)

    assert response.status_code == 422
    assert "Đây không phải tệp do máy điểm danh lưu" in response.text


@pytest.mark.parametrize(
    "changed",
    [{"marks": 5}, {"marks": [5]}, {"marks": [{"id": "x"}]}, {"marks": {"a": 1}}, {"device": []}, {"device": None}],
)
def test_a_file_with_something_else_in_it_is_refused(manager, device, phone, running, changed):
    content = saved(device, phone.raw(running, "walk_in", {"name": "Páo"}), **changed)

    assert "Đây không phải tệp do máy điểm danh lưu" in read_in(manager, content).text
    assert not DeviceMark.objects.exists()


@pytest.mark.parametrize("odd", [[1], {"a": 1}, "x", -1, 1.5, None])
def test_an_odd_institution_in_the_file_opens_no_door(manager, device, phone, running, odd):
    mark = phone.raw(running, "walk_in", {"name": "Páo"}) | {"institution": odd, "device": str(uuid.uuid4())}

    assert read_in(manager, saved(device, mark)).status_code == 422
    assert not DeviceMark.objects.exists()


def test_an_empty_journal_and_one_too_large_are_refused(manager, device):
    assert "không có mục ghi nào" in read_in(manager, saved(device)).text
    assert "nhiều nhất 5 MB" in read_in(manager, b" " * (LARGEST_JOURNAL + 1)).text
    assert manager.post(READ, {}).status_code == 422


def test_a_device_of_another_institution_or_of_none_is_refused(
    manager, device, phone, running, library_of_duc_xuan, librarian_of_duc_xuan, moment
):
    other, _token = enrolled(library_of_duc_xuan, by=librarian_of_duc_xuan, at=moment)
    mark = phone.raw(running, "walk_in", {"name": "Páo"})
    unknown = Device(pk=uuid.uuid4(), institution=device.institution, name="Máy lạ")

    for stranger in (other, unknown):
        response = read_in(manager, saved(stranger, mark))
        assert response.status_code == 422
        assert "không do máy nào của cơ sở bạn phụ trách lưu" in response.text
    assert not DeviceMark.objects.exists()


def test_the_way_into_another_institutions_roll_is_closed(manager, device, phone, library_of_duc_xuan, running):
    """A session of the neighbours, noted by a device of ours: it waits, as in a sync, and changes nothing there."""
    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_duc_xuan), starts_at=running.starts_at)

    response = read_in(manager, saved(device, phone.raw(elsewhere, "walk_in", {"name": "Páo"})))

    assert outcomes(response) == {"waiting": 1}
    assert people(elsewhere) == {}


def test_staff_readers_and_strangers_do_not_get_in(
    client, device, phone, running, librarian_of_bac_kan, reader, auditor
):
    content = saved(device, phone.raw(running, "walk_in", {"name": "Páo"}))
    assert client.get(READ).status_code == 302
    for person in (librarian_of_bac_kan, reader, auditor):
        client.force_login(person)
        assert client.get(READ).status_code == 403
        assert read_in(client, content).status_code == 403
    assert not DeviceMark.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_however_many_marks(
    manager, device, phone, running, count, django_assert_num_queries
):
    for each in range(count):
        RegistrationFactory(session=running, code=f"Q{each:07d}")
    marks = [phone.raw(running, "line", {"present": {f"Q{each:07d}": 1}}) for each in range(count)]
    manager.get(READ)
    with django_assert_num_queries(31):
        assert outcomes(read_in(manager, saved(device, *marks))) == {"applied": count}
