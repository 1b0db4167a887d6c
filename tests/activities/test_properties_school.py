"""What holds for classes' visits after any sequence of acts, also of two people at once."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.activities.models import ClassBooking, Notice, Session
from hocsuotdoi.activities.operations.activity import cancel_session
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.activities.operations.school import (
    ask_for_change,
    change_booking,
    confirm_booking,
    decline_booking,
    withdraw_booking,
)
from hocsuotdoi.activities.operations.school_visit import send_report, take_headcount
from hocsuotdoi.core.errors import Refused
from tests.activities.school import asked, book, make_programme
from tests.factories.activities import local
from tests.factories.places import InstitutionFactory
from tests.support.depth import cases

DAYS = [local(2026, 12, 8), local(2026, 12, 9)]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "change",
                "ask",
                "confirm",
                "decline",
                "withdraw",
                "cancel session",
                "headcount",
                "close",
                "report",
                "wait",
            ]
        ),
        st.integers(0, 1),
    ),
    max_size=14,
)


@pytest.mark.slow
@settings(max_examples=cases(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_a_booking_has_at_most_one_session_that_takes_place(library_of_bac_kan, acts):
    at = local(2026, 11, 22)
    booking = book(make_programme(library_of_bac_kan), at=at)
    for act, number in acts:
        booking = ClassBooking.objects.select_related("session").get(pk=booking.pk)
        try:
            match act:
                case "change":
                    change_booking(booking, at=at, **asked(girls=10 + number))
                case "ask":
                    ask_for_change(booking, answer="Đổi ngày", by=None, at=at)
                case "confirm":
                    confirm_booking(booking, starts_at=DAYS[number], by=None, at=at)
                case "decline":
                    decline_booking(booking, answer="Kín lịch", by=None, at=at)
                case "withdraw":
                    withdraw_booking(booking, at=at)
                case "cancel session" if booking.session:
                    cancel_session(booking.session, reason="Bão", by=None, at=at)
                case "headcount":
                    take_headcount(booking, girls=5 + number, boys=4, adults=1, by=None, at=at)
                case "close" if booking.session:
                    close_session(booking.session, by=None, at=at)
                case "report":
                    send_report(booking, report="Vui.", by=None, at=at)
                case "wait":
                    at = max(at, DAYS[number]) + dt.timedelta(minutes=30)
        except Refused:
            pass
        now = ClassBooking.objects.select_related("session").get(pk=booking.pk)
        held = Session.objects.filter(activity=booking.activity).exclude(status="cancelled")
        assert held.count() <= 1
        assert not held.exists() or (now.is_confirmed and now.session == held.get())
        for session in held:
            groups = session.registrations.filter(status="confirmed").aggregate(n=Sum("group_size"))["n"]
            assert session.capacity == session.places_taken == groups == now.people
        assert (now.reported_at is not None) <= (now.session is not None and now.session.status == "closed")


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_four_who_confirm_at_once_make_one_session_and_tell_once():
    at = local(2026, 11, 22)
    booking = book(make_programme(InstitutionFactory()), at=at)
    gate = threading.Barrier(4)

    def answer(number: int) -> str:
        try:
            connections["default"].ensure_connection()
            gate.wait(timeout=20)
            confirm_booking(booking, starts_at=DAYS[number % 2], by=None, at=at)
            return "confirmed"
        except Refused:
            return "refused"
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(answer, range(4)))

    assert outcomes == ["confirmed", "confirmed", "refused", "refused"]
    assert Session.objects.count() == Notice.objects.count() == 1
