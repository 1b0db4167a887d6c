"""Agreement, headcount and report of a class's visit."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.activities.models import Activity, ClassBooking, Notice, Session
from hocsuotdoi.activities.operations.roll import BadCell, RollRefused, close_session
from hocsuotdoi.activities.operations.school import (
    BookingRefused,
    confirm_booking,
    decline_booking,
    withdraw_booking,
)
from hocsuotdoi.activities.operations.school_papers import agreement_pdf, report_pdf
from hocsuotdoi.activities.operations.school_visit import NoVisit, record_agreement, send_report, take_headcount
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.activities.queries.school import agreement_with
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.ledger.models import Entry
from tests.activities.school import book, make_museum, make_programme
from tests.factories.activities import local

pytestmark = pytest.mark.usefixtures("english")
TUESDAY = local(2026, 12, 8)
THERE = TUESDAY + dt.timedelta(minutes=20)
AFTER = TUESDAY + dt.timedelta(hours=2)
SIGNED = {
    "number": "05/TT-BT",
    "agreed_on": dt.date(2026, 12, 1),
    "by_school": "Nguyễn Thị Lịch",
    "by_institution": "Trần Văn Bảo",
}


@pytest.fixture
def programme(library_of_bac_kan) -> Activity:
    return make_programme(make_museum(library_of_bac_kan))


@pytest.fixture
def booking(programme, now) -> ClassBooking:
    return book(programme, at=now)


@pytest.fixture
def confirmed(booking, now) -> ClassBooking:
    return confirm_booking(booking, starts_at=TUESDAY, by=None, at=now)


@pytest.fixture
def closed(confirmed) -> ClassBooking:
    take_headcount(confirmed, girls=19, boys=17, adults=3, by=None, at=THERE)
    close_session(confirmed.session, by=None, at=AFTER)
    return ClassBooking.objects.select_related("activity", "institution", "session").get()


def test_record_agreement_is_remembered_for_the_next_visit_of_the_school(confirmed, programme, now):
    record_agreement(confirmed, **SIGNED, by=None, at=THERE)

    same = book(programme, at=now, school="trường thcs ĐỨC XUÂN", class_name="8A")
    other = book(programme, at=now, school="Trường THCS Bắc Kạn")
    assert agreement_with(same).number == "05/TT-BT"
    assert agreement_with(other) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "x" * 61},
        {"agreed_on": None},
        {"agreed_on": dt.date(2027, 1, 1)},
        {"by_school": ""},
        {"by_institution": " "},
    ],
)
def test_record_agreement_refuses_what_is_missing(confirmed, wrong):
    with pytest.raises(Refused):
        record_agreement(confirmed, **(SIGNED | wrong), by=None, at=THERE)
    assert ClassBooking.objects.get().agreement_number == ""


def test_record_agreement_refuses_a_visit_that_is_not_confirmed(booking, now):
    with pytest.raises(NoVisit):
        record_agreement(booking, **SIGNED, by=None, at=THERE)


def test_agreement_with_a_number_and_no_day_is_refused_by_the_database(booking):
    with pytest.raises(IntegrityError, match="booking_agreement"), transaction.atomic():
        ClassBooking.objects.update(agreement_number="05")


def test_take_headcount_counts_each_person_once(confirmed):
    take_headcount(confirmed, girls=20, boys=18, adults=2, by=None, at=THERE)
    take_headcount(confirmed, girls=19, boys=17, adults=3, by=None, at=THERE)

    roll = roll_of(confirmed.session)
    assert [(line.size, line.present) for line in roll.lines] == [(40, 0)]
    assert roll.tally == {("female", "11-14"): 19, ("male", "11-14"): 17, (None, None): 3}
    assert roll.people == 39


@pytest.mark.parametrize(
    ("grade", "band"),
    [(0, "0-5"), (1, "6-10"), (5, "6-10"), (6, "11-14"), (9, "11-14"), (10, "15-17"), (12, "15-17")],
)
def test_take_headcount_gives_pupils_the_age_of_their_grade(library_of_bac_kan, now, grade, band):
    programme = make_programme(library_of_bac_kan, grades=[])
    booking = confirm_booking(book(programme, at=now, grade=grade), starts_at=TUESDAY, by=None, at=now)

    take_headcount(booking, girls=3, boys=0, adults=0, by=None, at=THERE)

    assert roll_of(booking.session).tally == {("female", band): 3}


def test_take_headcount_refuses_too_early_closed_negative_and_without_a_visit(confirmed, programme, now):
    with pytest.raises(RollRefused):
        take_headcount(confirmed, girls=1, boys=1, adults=0, by=None, at=TUESDAY - dt.timedelta(hours=3))
    with pytest.raises(BadCell):
        take_headcount(confirmed, girls=-1, boys=1, adults=0, by=None, at=THERE)
    with pytest.raises(NoVisit):
        take_headcount(book(programme, at=now), girls=1, boys=1, adults=0, by=None, at=THERE)
    take_headcount(confirmed, girls=1, boys=1, adults=0, by=None, at=THERE)
    close_session(confirmed.session, by=None, at=AFTER)
    with pytest.raises(RollRefused):
        take_headcount(confirmed, girls=2, boys=1, adults=0, by=None, at=AFTER)


def test_closing_posts_the_class_by_sex_as_visits_for_study(closed):
    posted = Entry.objects.filter(measure="museum_visit")

    assert {entry.purpose for entry in posted} == {"study_research"}
    assert {(entry.sex, entry.age_band): entry.quantity for entry in posted} == {
        ("female", "11-14"): 19,
        ("male", "11-14"): 17,
        (None, None): 3,
    }
    assert closed.session.attended == 39


def test_a_class_studies_in_a_museum_whatever_it_comes_to(library_of_bac_kan, now):
    programme = make_programme(make_museum(library_of_bac_kan))
    Activity.objects.update(kind="exhibition")
    booking = confirm_booking(book(programme, at=now), starts_at=TUESDAY, by=None, at=now)
    take_headcount(booking, girls=1, boys=0, adults=0, by=None, at=THERE)

    close_session(booking.session, by=None, at=AFTER)

    assert Entry.objects.get(measure="museum_visit").purpose == "study_research"


def test_send_report_tells_once_and_keeps_the_first_moment(closed):
    send_report(closed, report="Các em đã đánh trống.", by=None, at=AFTER)
    sent = send_report(closed, report="Các em đã tự tay đánh trống.", by=None, at=AFTER + dt.timedelta(days=1))

    assert (sent.report, sent.reported_at) == ("Các em đã tự tay đánh trống.", AFTER)
    assert Notice.objects.filter(booking=closed, once__endswith=":report").count() == 1


def test_send_report_refuses_no_words_and_a_session_that_is_not_closed(confirmed, closed, programme, now):
    with pytest.raises(BookingRefused):
        send_report(closed, report="  ", by=None, at=AFTER)
    with pytest.raises(NoVisit):
        send_report(book(programme, at=now), report="Hay.", by=None, at=AFTER)


def test_a_visit_that_is_over_cannot_be_called_off(closed):
    with pytest.raises(Refused):
        withdraw_booking(closed, at=AFTER)
    with pytest.raises(Refused):
        decline_booking(closed, answer="Kín lịch", by=None, at=AFTER)
    assert Session.objects.get().status == "closed"


@pytest.mark.slow
def test_papers_are_pdf_with_anything_that_people_typed(programme, now):
    tricky = '#let x = 1 *đậm* $ \\ "ngoặc" @ai [x] \n- dòng hai'
    booking = book(programme, at=now, wishes=tricky, risks=tricky, transport=tricky)
    booking = confirm_booking(booking, starts_at=TUESDAY, by=None, at=now)
    assert agreement_pdf(booking, with_phone=True, at=now).startswith(b"%PDF")
    take_headcount(booking, girls=19, boys=17, adults=3, by=None, at=THERE)
    close_session(booking.session, by=None, at=AFTER)
    booking = send_report(booking, report=tricky, by=None, at=AFTER)
    assert report_pdf(booking, at=AFTER).startswith(b"%PDF")
