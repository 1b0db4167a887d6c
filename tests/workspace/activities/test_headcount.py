"""The class's headcount on the roll of its visit: counted and closed on one page."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.models import ClassBooking, DeviceMark, Session
from hocsuotdoi.activities.operations.roll import close_session, mark_attendance
from hocsuotdoi.activities.operations.school import book_visit, confirm_booking
from hocsuotdoi.activities.operations.settling import settle_marks
from hocsuotdoi.activities.operations.sync import take_marks
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.core.errors import Refused
from tests.activities.school import asked, make_programme
from tests.support.phone import Phone, enrolled

COUNT = {"girls": "19", "boys": "17", "adults": "3"}


@pytest.fixture
def visit(library_of_bac_kan) -> ClassBooking:
    """7A1 came an hour ago."""
    now = timezone.now()
    programme = make_programme(library_of_bac_kan)
    moment = now + dt.timedelta(days=1)
    booking = book_visit(programme, form_key=uuid.uuid4(), at=now, **asked(proposed=[moment]))
    return confirm_booking(booking, starts_at=now - dt.timedelta(hours=1), by=None, at=now - dt.timedelta(hours=2))


def of(name: str, session: Session) -> str:
    return reverse(f"workspace:activities-session-{name}", args=[session.pk])


def test_roll_of_a_visit_offers_the_headcount_as_announced_in_place_of_the_class(librarian, visit):
    page = librarian.get(of("roll", visit.session))

    assert page.context["headcount_form"].initial == {"girls": 20, "boys": 18, "adults": 2}
    assert page.context["form"].rows == []
    assert 'value="all_present"' not in page.content.decode()


def test_roll_of_no_visit_offers_none(librarian, running, mai):
    page = librarian.get(of("roll", running)).content.decode()

    assert "headcount" not in page and 'value="all_present"' in page
    assert librarian.post(of("headcount", running), COUNT).status_code == 404


def test_class_is_counted_and_the_session_closed_from_the_roll(librarian, visit):
    session = visit.session
    assert librarian.post(of("headcount", session), COUNT).url == of("roll", session)

    page = librarian.get(of("roll", session))
    assert (page.context["headcount"].is_taken, page.context["headcount"].girls) == (True, 19)
    assert roll_of(session).tally == {("female", "11-14"): 19, ("male", "11-14"): 17, (None, None): 3}
    assert librarian.post(of("roll", session), {"act": "close"}).url == of("close", session)
    librarian.post(of("close", session))
    session.refresh_from_db()
    assert session.attended == 39


def test_ticking_everybody_present_does_not_count_the_class_twice(librarian, visit):
    librarian.post(of("headcount", visit.session), COUNT)

    librarian.post(of("roll", visit.session), {"act": "all_present"})

    assert roll_of(visit.session).people == 39


def test_phone_that_ticks_the_class_after_the_headcount_does_not_count_it_twice(librarian, visit, manager_of_bac_kan):
    now = timezone.now()
    librarian.post(of("headcount", visit.session), COUNT)
    device, _token = enrolled(visit.institution, by=manager_of_bac_kan, at=now)
    code = visit.session.registrations.get().code
    later = Phone(now + dt.timedelta(minutes=1)).line(visit.session, code, 38)

    (answer,) = take_marks(device, [later], at=now + dt.timedelta(minutes=2))

    assert (answer.outcome, roll_of(visit.session).people) == ("waiting", 39)
    with pytest.raises(Refused):
        settle_marks(DeviceMark.objects.all(), reason="Đúng", by=manager_of_bac_kan, at=now)
    assert roll_of(visit.session).people == 39


def test_class_that_was_ticked_all_the_same_stays_to_be_put_right(librarian, visit):
    (line,) = roll_of(visit.session).lines
    mark_attendance(visit.session, present={line.id: 38}, by=None, at=timezone.now())

    assert [row.line.id for row in librarian.get(of("roll", visit.session)).context["form"].rows] == [line.id]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"girls": "", "boys": "", "adults": ""},
        {"girls": "-1"},
        {"boys": "1000000000"},
        {"girls": "x"},
        {"adults": "2.5"},
        {"girls": "<b>9</b>"},
        {"boys": "😀"},
        {"girls": "٣x"},
        {"girls": "9" * 400},
    ],
)
def test_bad_headcount_is_refused_in_place_and_counts_nobody(librarian, visit, wrong):
    page = librarian.post(of("headcount", visit.session), COUNT | wrong if wrong else {})

    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode() and "roll-form" in page.content.decode()
    assert roll_of(visit.session).is_untouched


def test_headcount_of_a_closed_roll_is_refused_in_words(librarian, visit):
    close_session(visit.session, nobody_came=True, by=None, at=timezone.now())

    page = librarian.post(of("headcount", visit.session), COUNT)

    assert page.status_code == 422
    assert "đính chính" in page.content.decode().partition('role="alert"')[2]
    assert f'action="{of("correct", visit.session)}" id="roll-form"' in page.content.decode()
    assert roll_of(visit.session).people == 0


def test_nobody_else_counts(stranger, inspector, client, reader, visit):
    address = of("headcount", visit.session)
    assert stranger.post(address, COUNT).status_code in (403, 404)
    assert inspector.post(address, COUNT).status_code == 403
    client.force_login(reader)
    assert client.post(address, COUNT).status_code == 403
    assert Client().post(address, COUNT).status_code == 302
    assert roll_of(visit.session).is_untouched


def test_booking_page_counts_by_the_same_form(librarian, visit):
    page = librarian.get(reverse("workspace:activities-booking-detail", args=[visit.pk])).content.decode()

    assert of("headcount", visit.session) in page


def test_page_of_a_visit_has_one_main_act_first_counting_then_closing(librarian, visit):
    def main_acts() -> list[str]:
        page = librarian.get(of("roll", visit.session)).text
        main = page[page.index("<main") : page.index("</main>")]
        return re.findall(r'<button class="button button-primary[^>]*>.*?<span>(.*?)</span>', main, re.DOTALL)

    assert main_acts()[0] == "Ghi vào bảng điểm danh"
    assert "Chốt buổi …" not in main_acts()
    librarian.post(of("headcount", visit.session), COUNT)
    assert "Ghi vào bảng điểm danh" not in main_acts()
    assert "Chốt buổi …" in main_acts()
