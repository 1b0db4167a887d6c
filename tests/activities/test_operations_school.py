"""Asking for a class's visit, answering, taking it back."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.activities.enums import (
    ActivityStatus,
    BookingStatus,
    Joining,
    NoticeState,
    RegistrationStatus,
    SessionStatus,
    WaitingRule,
)
from hocsuotdoi.activities.models import (
    Activity,
    ClassBooking,
    Enrolment,
    Notice,
    Registration,
    SchoolProgramme,
    Session,
)
from hocsuotdoi.activities.operations.activity import cancel_session
from hocsuotdoi.activities.operations.registration import NoPlacesLeft, register
from hocsuotdoi.activities.operations.school import (
    AlreadyAnswered,
    BookingRefused,
    NotBookable,
    ask_for_change,
    book_visit,
    change_booking,
    confirm_booking,
    decline_booking,
    offer_to_schools,
    withdraw_booking,
)
from hocsuotdoi.activities.operations.session_checks import RoomTaken, SessionRefused
from hocsuotdoi.activities.queries.offer import activity_to_join
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus
from tests.activities.school import asked, book, make_museum, make_programme
from tests.factories.activities import SessionFactory, local

pytestmark = pytest.mark.usefixtures("english")
TUESDAY = local(2026, 12, 8)


@pytest.fixture
def programme(library_of_bac_kan) -> Activity:
    return make_programme(make_museum(library_of_bac_kan))


@pytest.fixture
def booking(programme, now) -> ClassBooking:
    return book(programme, at=now)


@pytest.fixture
def confirmed(booking, now) -> ClassBooking:
    return confirm_booking(booking, starts_at=TUESDAY, by=None, at=now)


def test_offer_to_schools_says_it_once_and_changes_it(programme, now):
    offer_to_schools(
        programme, is_bookable=False, grades=[0], subjects=["arts"], minutes=45, most_people=30, by=None, at=now
    )

    told = SchoolProgramme.objects.get(activity=programme)
    programme.refresh_from_db()
    assert (told.minutes, told.most_people, told.knowledge) == (45, 30, "")
    assert (programme.is_bookable, programme.grades, programme.subjects) == (False, [0], ["arts"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"grades": [13]},
        {"grades": [-1]},
        {"subjects": ["magic"]},
        {"minutes": 10},
        {"minutes": 601},
        {"most_people": 0},
        {"most_people": 1001},
        {"knowledge": "x" * 2001},
        {"bring": "x" * 501},
    ],
)
def test_offer_to_schools_refuses_what_no_visit_can_be(programme, now, wrong):
    fields = {"is_bookable": True, "grades": [6], "subjects": [], "minutes": 60, "most_people": 30} | wrong
    with pytest.raises(BookingRefused):
        offer_to_schools(programme, **fields, by=None, at=now)


def test_offer_to_schools_refuses_a_cancelled_activity(programme, now):
    Activity.objects.filter(pk=programme.pk).update(status=ActivityStatus.CANCELLED, cancel_reason="Bão")
    with pytest.raises(NotBookable):
        offer_to_schools(programme, is_bookable=True, grades=[], subjects=[], by=None, at=now)


def test_book_visit_keeps_what_was_asked(booking):
    booking.refresh_from_db()
    assert (booking.status, booking.school, booking.people) == ("proposed", "Trường THCS Đức Xuân", 40)
    assert booking.phone == "0912345678"
    assert booking.proposed[0] == TUESDAY
    assert len(booking.code) == 8


def test_book_visit_with_the_same_form_books_once(programme, now):
    key = uuid.uuid4()
    first = book_visit(programme, form_key=key, at=now, **asked())
    again = book_visit(programme, form_key=key, at=now, **asked(school="Trường khác"))

    assert again.pk == first.pk
    assert ClassBooking.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"school": ""},
        {"school": "x" * 201},
        {"school": "<b>"},
        {"class_name": "😀"},
        {"teacher": " "},
        {"phone": ""},
        {"phone": "gọi tôi"},
        {"email": "thơm@"},
        {"grade": 5},
        {"grade": 13},
        {"subject": "magic"},
        {"girls": 0, "boys": 0},
        {"girls": -1},
        {"girls": 40},
        {"proposed": []},
        {"proposed": [local(2026, 12, day) for day in (1, 2, 3, 4)]},
        {"proposed": [local(2026, 11, 22, 18)]},
        {"proposed": [local(2027, 11, 25)]},
        {"wishes": "x" * 2001},
        {"transport": "x" * 301},
        {"risks": "x" * 2001},
    ],
)
def test_book_visit_refuses_with_a_sentence_and_books_nothing(programme, now, wrong):
    with pytest.raises(Refused) as refusal:
        book(programme, at=now, **wrong)
    assert str(refusal.value).strip()
    assert not ClassBooking.objects.exists()


def test_book_visit_refuses_a_day_on_which_the_house_is_closed(programme, now):
    InstitutionStatus.objects.create(
        institution=programme.institution,
        state=InstitutionState.SUSPENDED,
        starts_on=dt.date(2026, 12, 9),
        ends_on=dt.date(2026, 12, 10),
        reason="Sửa mái",
    )
    with pytest.raises(BookingRefused, match="closed on 9/12/2026"):
        book(programme, at=now)
    assert book(programme, at=now, proposed=[TUESDAY]).is_proposed


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_book_visit_refuses_a_programme_that_is_not_public(programme, now, status):
    Activity.objects.filter(pk=programme.pk).update(status=status, cancel_reason="Bão")
    with pytest.raises(NotBookable):
        book(programme, at=now)


def test_book_visit_refuses_an_activity_that_takes_no_classes(reading_day, now):
    with pytest.raises(NotBookable):
        book(reading_day, at=now)


def test_change_booking_puts_the_new_wish_and_answers_the_question(booking, now):
    ask_for_change(booking, answer="Xin chọn ngày khác.", by=None, at=now)

    change_booking(booking, at=now, **asked(girls=10, proposed=[local(2026, 12, 15)]))

    booking.refresh_from_db()
    assert (booking.girls, booking.answer, booking.answered_at) == (10, "", None)
    assert booking.proposed == [local(2026, 12, 15)]


def test_change_booking_refuses_after_the_answer(confirmed, now):
    with pytest.raises(AlreadyAnswered):
        change_booking(confirmed, at=now, **asked())


def test_ask_for_change_tells_the_teacher_and_keeps_the_request_open(booking, now):
    asked_back = ask_for_change(booking, answer="Thứ Ba bảo tàng nghỉ.", by=None, at=now)

    assert asked_back.is_proposed
    assert asked_back.waits_for_the_school
    notice = Notice.objects.get(booking=booking)
    assert (notice.state, notice.channel, notice.address) == (NoticeState.TO_TELL, "", "0912345678")
    assert "Thứ Ba bảo tàng nghỉ." in notice.text


def test_ask_for_change_refuses_no_words_and_an_answered_request(booking, now):
    with pytest.raises(BookingRefused):
        ask_for_change(booking, answer=" ", by=None, at=now)
    decline_booking(booking, answer="Kín lịch", by=None, at=now)
    with pytest.raises(AlreadyAnswered):
        ask_for_change(booking, answer="Đổi ngày", by=None, at=now)


def test_confirm_booking_makes_a_session_that_only_the_class_has(confirmed, now):
    session = Session.objects.get()
    registration = Registration.objects.get()

    assert (confirmed.status, confirmed.session) == (BookingStatus.CONFIRMED, session)
    assert (session.capacity, session.places_taken, session.is_full) == (40, 40, True)
    assert session.ends_at - session.starts_at == dt.timedelta(minutes=90)
    assert (registration.group_size, registration.status) == (40, RegistrationStatus.CONFIRMED)
    with pytest.raises(NoPlacesLeft):
        register(session, name="Mai", form_key=uuid.uuid4(), at=now)


def test_confirm_booking_writes_an_email_where_there_is_an_address(programme, now):
    booking = book(programme, at=now, email="thom@truong.example")

    confirm_booking(booking, starts_at=TUESDAY, by=None, at=now, url="https://hoc.example/x")

    notice = Notice.objects.get()
    assert (notice.kind, notice.channel, notice.state) == ("booking", "email", NoticeState.WAITING)
    assert (notice.address, notice.url) == ("thom@truong.example", "https://hoc.example/x")
    assert booking.code_shown in notice.text


def test_confirm_booking_twice_makes_one_session_and_tells_once(booking, now):
    for _time in range(2):
        confirm_booking(booking, starts_at=TUESDAY, by=None, at=now)

    assert Session.objects.count() == Notice.objects.count() == 1


def test_confirm_booking_refuses_another_day_after_a_colleague(confirmed, now):
    with pytest.raises(AlreadyAnswered, match=" 8:00, 8/12/2026"):
        confirm_booking(confirmed, starts_at=local(2026, 12, 9), by=None, at=now)
    assert Session.objects.count() == 1


def test_confirm_booking_refuses_a_room_in_use_with_a_sentence(programme, booking, room, now):
    other = SessionFactory(activity=programme, number=1, room=room, starts_at=TUESDAY)

    with pytest.raises(RoomTaken, match="Phòng đọc"):
        confirm_booking(booking, starts_at=TUESDAY, room=room, by=None, at=now)

    assert list(Session.objects.all()) == [other]
    assert ClassBooking.objects.get().is_proposed


def test_confirm_booking_refuses_a_room_too_small_or_of_another_house(booking, room, room_elsewhere, now):
    room.capacity = 20
    room.save()
    for wrong in (room, room_elsewhere):
        with pytest.raises(SessionRefused):
            confirm_booking(booking, starts_at=TUESDAY, room=wrong, by=None, at=now)
    assert not Session.objects.exists()


def test_confirm_booking_puts_a_held_programme_on_again(programme, booking, now):
    Activity.objects.filter(pk=programme.pk).update(status=ActivityStatus.HELD)

    confirm_booking(booking, starts_at=TUESDAY, by=None, at=now)

    assert Activity.objects.get(pk=programme.pk).status == ActivityStatus.PUBLISHED


def test_confirm_booking_anew_after_its_session_was_cancelled(confirmed, now):
    cancel_session(confirmed.session, reason="Bão", by=None, at=now)

    again = confirm_booking(confirmed, starts_at=local(2026, 12, 9), by=None, at=now)

    assert again.session.starts_at == local(2026, 12, 9)
    assert sorted(Session.objects.values_list("status", flat=True)) == ["cancelled", "planned"]


@pytest.mark.parametrize("answer", [decline_booking, None])
def test_confirm_booking_refuses_what_was_declined_or_withdrawn(booking, now, answer):
    if answer:
        answer(booking, answer="Kín lịch", by=None, at=now)
    else:
        withdraw_booking(booking, at=now)
    with pytest.raises(AlreadyAnswered):
        confirm_booking(booking, starts_at=TUESDAY, by=None, at=now)


def test_decline_booking_says_why_and_cancels_the_session(confirmed, now):
    declined = decline_booking(confirmed, answer="Bảo tàng sửa điện.", by=None, at=now)

    session = Session.objects.get()
    assert (declined.status, declined.answer) == (BookingStatus.DECLINED, "Bảo tàng sửa điện.")
    assert (session.status, session.cancel_reason, session.places_taken) == ("cancelled", "Bảo tàng sửa điện.", 0)
    assert Registration.objects.get().status == RegistrationStatus.CANCELLED
    assert Notice.objects.filter(booking=confirmed).count() == 2


def test_decline_booking_refuses_no_reason_and_a_withdrawn_request(booking, now):
    with pytest.raises(BookingRefused):
        decline_booking(booking, answer="", by=None, at=now)
    withdraw_booking(booking, at=now)
    with pytest.raises(AlreadyAnswered):
        decline_booking(booking, answer="Kín lịch", by=None, at=now)


def test_withdraw_booking_cancels_the_session_and_again_changes_nothing(confirmed, now):
    for _time in range(2):
        assert withdraw_booking(confirmed, at=now).status == BookingStatus.WITHDRAWN
    assert Session.objects.get().status == SessionStatus.CANCELLED


def test_withdraw_booking_refuses_what_has_begun_or_was_declined(confirmed, programme, now):
    with pytest.raises(AlreadyAnswered):
        withdraw_booking(confirmed, at=TUESDAY + dt.timedelta(minutes=5))
    declined = decline_booking(book(programme, at=now), answer="Kín lịch", by=None, at=now)
    with pytest.raises(AlreadyAnswered):
        withdraw_booking(declined, at=now)


def test_booking_of_nobody_is_refused_by_the_database(booking):
    with pytest.raises(IntegrityError, match="booking_of_pupils"), transaction.atomic():
        ClassBooking.objects.update(girls=0, boys=0)


def test_booking_confirmed_without_a_session_is_refused_by_the_database(booking):
    with pytest.raises(IntegrityError, match="booking_confirmed_has_a_session"), transaction.atomic():
        ClassBooking.objects.update(status=BookingStatus.CONFIRMED)


def test_two_bookings_of_one_session_are_refused_by_the_database(programme, confirmed, now):
    other = book(programme, at=now)
    with pytest.raises(IntegrityError, match="booking_one_for_a_session"), transaction.atomic():
        ClassBooking.objects.filter(pk=other.pk).update(session=confirmed.session)


def test_booking_without_or_with_four_days_is_refused_by_the_database(booking):
    for days in ([], [TUESDAY] * 4):
        with pytest.raises(IntegrityError, match="booking_proposes"), transaction.atomic():
            ClassBooking.objects.update(proposed=days)


def test_school_programme_of_no_length_or_twice_is_refused_by_the_database(programme):
    with pytest.raises(IntegrityError, match="school_programme_lasts"), transaction.atomic():
        SchoolProgramme.objects.update(minutes=5)
    with pytest.raises(IntegrityError, match="school_programme_takes_people"), transaction.atomic():
        SchoolProgramme.objects.update(most_people=0)
    with pytest.raises(IntegrityError, match="school_programme_once"), transaction.atomic():
        SchoolProgramme.objects.create(institution=programme.institution, activity=programme)


def test_a_classs_session_is_nobody_elses(programme, booking, now):
    """Not of the members of a series, not of those who would wait for a place."""
    Activity.objects.update(joining=Joining.EITHER, waiting_rule=WaitingRule.IN_ORDER)
    Enrolment.objects.create(
        institution=programme.institution,
        activity=programme,
        name="Mai",
        code="M",
        form_key=uuid.uuid4(),
        created_at=now,
    )

    session = confirm_booking(booking, starts_at=TUESDAY, by=None, at=now).session

    assert list(session.registrations.values_list("group_size", flat=True)) == [booking.people]
    with pytest.raises(Refused):
        register(session, name="Lan", form_key=uuid.uuid4(), at=now)
    assert list(activity_to_join(None).get(pk=programme.pk).sessions.all()) == []
