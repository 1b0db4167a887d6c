"""Visits of classes, as the institution answers them."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import ROLES
from hocsuotdoi.activities.models import Activity, ClassBooking, SchoolProgramme, Session
from hocsuotdoi.activities.operations.school import book_visit, confirm_booking, withdraw_booking
from tests.activities.school import asked, make_programme
from tests.factories.activities import SessionFactory
from tests.factories.places import RoomFactory

LIST = reverse("workspace:activities-booking-list")
PHONE = "0912345678"


@pytest.fixture
def programme(library_of_bac_kan) -> Activity:
    return make_programme(library_of_bac_kan)


@pytest.fixture
def in_a_week() -> dt.datetime:
    return timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0) + dt.timedelta(days=7)


@pytest.fixture
def booking(programme, in_a_week) -> ClassBooking:
    return _book(programme, in_a_week)


@pytest.fixture
def begun(booking) -> ClassBooking:
    """Confirmed for an hour ago."""
    now = timezone.now()
    return confirm_booking(booking, starts_at=now - dt.timedelta(hours=1), by=None, at=now - dt.timedelta(hours=2))


def _book(programme: Activity, moment: dt.datetime, **changes) -> ClassBooking:
    return book_visit(programme, form_key=uuid.uuid4(), at=timezone.now(), **asked(proposed=[moment], **changes))


def to(name: str, booking: ClassBooking) -> str:
    return reverse(f"workspace:activities-booking-{name}", args=[booking.pk])


CONFIRM = {"moment": "0", "minutes": "90", "room": "", "venue": "", "answer": "Vào cổng sau."}
AGREE = {"number": "05/TT", "agreed_on": "2026-01-05", "by_school": "Nguyễn Thị Lịch", "by_institution": "Trần Bảo"}
ACTS = {
    "confirm": CONFIRM,
    "ask": {"answer": "Đổi ngày"},
    "decline": {"answer": "Kín lịch"},
    "agree": AGREE,
    "report": {"report": "Vui."},
}


def test_list_shows_each_request_under_what_is_to_be_done(librarian, programme, booking, begun, in_a_week):
    waiting = _book(programme, in_a_week, class_name="8B")
    withdraw_booking(_book(programme, in_a_week, class_name="9C"), at=timezone.now())

    counts = {item["url"]: item["count"] for item in librarian.get(LIST).context["tabs"]}
    assert counts == {
        "?tab=to_answer": 1,
        "?tab=asked_back": 0,
        "?tab=confirmed": 1,
        "?tab=to_report": 0,
        "?tab=done": 0,
        "?tab=off": 1,
    }
    assert list(librarian.get(LIST).context["page"]) == [waiting]
    assert "9C" in librarian.get(LIST, {"tab": "off"}).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(
    librarian, programme, in_a_week, count, django_assert_num_queries
):
    for _number in range(count):
        _book(programme, in_a_week)
    with django_assert_num_queries(5):
        librarian.get(LIST)


def test_list_of_nothing_says_what_to_do(librarian):
    for tab in ("to_answer", "asked_back", "confirmed", "to_report", "done", "off", "x"):
        assert librarian.get(LIST, {"tab": tab}).status_code == 200


def test_home_shows_what_waits_for_an_answer(librarian, stranger, booking):
    assert to("detail", booking) in librarian.get(reverse("workspace:home")).content.decode()
    assert to("detail", booking) not in stranger.get(reverse("workspace:home")).content.decode()


@pytest.mark.parametrize("act", ACTS)
def test_stranger_of_another_house_sees_no_visit_and_does_nothing(stranger, booking, act):
    assert stranger.get(to("detail", booking)).status_code == 404
    assert stranger.post(to(act, booking), ACTS[act]).status_code == 404
    assert ClassBooking.objects.get().is_proposed


@pytest.mark.parametrize("act", ACTS)
def test_auditor_reads_and_answers_nothing(inspector, booking, act):
    page = inspector.get(to("detail", booking))
    assert page.status_code == 200
    assert "<form" not in page.content.decode().partition("<main")[2].partition("staff-language")[0]
    assert inspector.post(to(act, booking), ACTS[act]).status_code == 403
    assert ClassBooking.objects.get().is_proposed


@pytest.mark.parametrize("act", ACTS)
def test_reader_without_a_role_and_nobody_are_kept_out(client, reader, booking, act):
    assert client.post(to(act, booking), ACTS[act]).status_code == 302
    client.force_login(reader)
    assert client.post(to(act, booking), ACTS[act]).status_code == 403
    assert client.get(to("detail", booking)).status_code == 403


@pytest.mark.slow
def test_phone_of_the_teacher_only_for_those_who_read_names(client, librarian_of_bac_kan, begun, monkeypatch):
    client.force_login(librarian_of_bac_kan)
    assert PHONE in client.get(to("detail", begun)).content.decode()
    sheet = client.get(to("agreement-sheet", begun)).content

    role = ROLES[RoleName.INSTITUTION_STAFF]
    object.__setattr__(role, "permissions", role.permissions - {Permission.VIEW_PARTICIPANTS})
    try:
        assert PHONE not in client.get(to("detail", begun)).content.decode()
        assert client.get(to("agreement-sheet", begun)).content != sheet
    finally:
        object.__setattr__(role, "permissions", role.permissions | {Permission.VIEW_PARTICIPANTS})


def test_confirm_one_of_the_days_proposed(librarian, booking, in_a_week):
    response = librarian.post(to("confirm", booking), CONFIRM)

    assert response.url == to("detail", booking)
    booking.refresh_from_db()
    assert (booking.status, booking.answer) == ("confirmed", "Vào cổng sau.")
    assert booking.session.starts_at == in_a_week
    assert booking.answered_by is not None
    assert booking.notices.get().url.endswith(f"/schools/visits/{booking.pk}/{booking.code}/")


def test_confirm_another_day_agreed_by_phone_in_a_room(librarian, booking, library_of_bac_kan, in_a_week):
    room = RoomFactory(institution=library_of_bac_kan, name="Phòng đọc")
    other = in_a_week + dt.timedelta(days=3)
    librarian.post(
        to("confirm", booking),
        CONFIRM | {"moment": "other", "day": f"{other:%Y-%m-%d}", "time": "14:30", "room": room.pk, "minutes": "60"},
    )

    session = Session.objects.get()
    assert (timezone.localtime(session.starts_at).strftime("%H:%M"), session.room) == ("14:30", room)
    assert session.ends_at - session.starts_at == dt.timedelta(hours=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"moment": ""},
        {"moment": "7"},
        {"moment": "other"},
        {"moment": "other", "day": "2026-13-40", "time": "08:00"},
        {"moment": "other", "day": "0001-01-01", "time": "08:00"},
        {"minutes": "5"},
        {"minutes": "x"},
        {"room": "999999"},
        {"venue": "<b>"},
        {"answer": "x" * 501},
    ],
)
def test_confirm_with_a_mistake_says_so_and_confirms_nothing(librarian, booking, wrong):
    response = librarian.post(to("confirm", booking), CONFIRM | wrong)

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not Session.objects.exists()


def test_confirm_in_a_room_in_use_says_so(librarian, booking, programme, library_of_bac_kan, in_a_week):
    room = RoomFactory(institution=library_of_bac_kan, name="Phòng đọc")
    SessionFactory(activity=programme, room=room, starts_at=in_a_week)

    response = librarian.post(to("confirm", booking), CONFIRM | {"room": room.pk})

    assert response.status_code == 422
    assert "Phòng đọc" in response.content.decode()
    assert ClassBooking.objects.get().is_proposed


def test_ask_and_decline_need_words(librarian, booking):
    for act in ("ask", "decline"):
        assert librarian.post(to(act, booking), {"answer": " "}).status_code == 422
    librarian.post(to("ask", booking), {"answer": "Thứ Ba nghỉ."})
    assert ClassBooking.objects.get().waits_for_the_school
    librarian.post(to("decline", booking), {"answer": "Kín lịch."})
    assert ClassBooking.objects.get().status == "declined"


def test_agreement_is_offered_for_the_next_visit_of_the_school(librarian, programme, begun, in_a_week):
    assert librarian.post(to("agree", begun), AGREE | {"number": ""}).status_code == 422
    librarian.post(to("agree", begun), AGREE)
    again = confirm_booking(_book(programme, in_a_week), starts_at=in_a_week, by=None, at=timezone.now())

    page = librarian.get(to("detail", again))
    assert page.context["is_remembered"]
    assert page.context["form"]["agreement"].initial["number"] == "05/TT"


@pytest.mark.slow
def test_headcount_closing_and_report(librarian, begun):
    counting = reverse("workspace:activities-session-headcount", args=[begun.session_id])
    librarian.post(counting, {"girls": "19", "boys": "17", "adults": "3"})
    assert librarian.post(to("report", begun), {"report": "Vui."}).status_code == 422
    librarian.post(reverse("workspace:activities-session-close", args=[begun.session_id]))
    assert librarian.get(reverse("workspace:activities-booking-report-sheet", args=[begun.pk])).status_code == 404

    librarian.post(to("report", begun), {"report": "Các em đã đánh trống."})

    begun.refresh_from_db()
    assert begun.session.attended == 39
    assert begun.reported_at is not None
    assert librarian.get(to("report-sheet", begun)).content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["confirm", "ask", "decline"])
def test_nobody_is_said_to_know_who_must_still_be_called(librarian, booking, name):
    """A teacher who left a phone only waits on the list of those to call."""
    answer = librarian.post(to(name, booking), ACTS[name], follow=True).text

    assert "mục “Báo tin”" in answer
    assert "báo cho giáo viên;" not in answer


def test_programme_for_schools_is_told_and_refused_in_words(librarian, inspector, stranger, programme):
    address = reverse("workspace:activities-programme-edit", args=[programme.pk])
    data = {"is_bookable": "on", "grades": ["0", "1"], "subjects": ["arts"], "minutes": "45", "most_people": "30"}

    assert librarian.post(address, data | {"minutes": "5"}).status_code == 422
    assert librarian.post(address, data | {"grades": ["13"]}).status_code == 422
    assert librarian.post(address, data).status_code == 302

    programme.refresh_from_db()
    assert (programme.grades, SchoolProgramme.objects.get().minutes) == ([0, 1], 45)
    assert inspector.post(address, data).status_code == 403
    assert stranger.post(address, data).status_code == 403
    assert Client().get(address).status_code == 302
