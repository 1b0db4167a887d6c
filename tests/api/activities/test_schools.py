"""A school's way by program: finding a programme, and what the institution does with a visit until it is reported."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from hocsuotdoi.activities.enums import BookingStatus
from hocsuotdoi.activities.models import ClassBooking, Session
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.activities.operations.school import book_visit, confirm_booking
from tests.factories.activities import ActivityFactory

VISIT = {
    "school": "Trường THCS Đức Xuân",
    "class_name": "7A1",
    "grade": 7,
    "subject": "",
    "teacher": "Hà Thị Thơm",
    "phone": "0912345678",
    "email": "",
    "girls": 20,
    "boys": 18,
    "adults": 2,
    "wishes": "",
    "transport": "Đi bộ",
    "risks": "",
}
TOLD = {
    "is_bookable": True,
    "grades": [7, 6],
    "subjects": ["history"],
    "knowledge": "Nghề làm giấy bản",
    "bring": "Bút chì",
    "minutes": 60,
    "most_people": 45,
}


@pytest.fixture
def programme(library_of_bac_kan):
    return ActivityFactory(institution=library_of_bac_kan, title="Kể chuyện trống đồng", is_bookable=True, grades=[7])


@pytest.fixture
def visit(programme):
    now = timezone.now()
    asked = {**VISIT, "proposed": [now + dt.timedelta(days=3)]}
    booking = book_visit(programme, form_key=uuid.uuid4(), at=now, **asked)
    return confirm_booking(booking, starts_at=asked["proposed"][0], by=None, at=now)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1),
        ("grade=7", 1),
        ("grade=8", 0),
        ("subject=history", 0),
        ("q=trong+dong", 1),
        ("unit=01843", 1),
        ("unit=01840", 0),
        ("institution=thu-vien-bac-kan-thu", 1),
    ],
)
def test_programmes_are_found_as_on_the_page(anybody, programme, duc_xuan, query, found):
    assert anybody.get(f"/school-programmes?{query}").json()["count"] == found


@pytest.mark.parametrize("query", ["grade=13", "grade=x", "subject=party", "unit=99999", "institution=khong-co"])
def test_bad_filter_of_programmes_is_named(anybody, programme, query):
    answer = anybody.get(f"/school-programmes?{query}")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [query.split("=")[0]])


@pytest.mark.parametrize("number", [1, 3])
def test_programmes_take_the_same_queries_for_any_number(
    anybody, library_of_bac_kan, django_assert_num_queries, number
):
    for _each in range(number):
        ActivityFactory(institution=library_of_bac_kan, is_bookable=True)
    with django_assert_num_queries(3):
        assert anybody.get("/school-programmes").json()["count"] == number


def test_what_schools_are_told_is_put_and_read(anybody, librarian, stranger, open_day):
    url = f"/offers/{open_day.pk}/school-programme"
    assert librarian.put(url, TOLD).json()["is_bookable"] is True
    told = anybody.get(f"/school-programmes/{open_day.pk}").json()
    assert {name: told[name] for name in TOLD} == {**TOLD, "grades": [6, 7]}
    assert (told["can_be_booked"], told["page"]) == (True, f"/schools/{open_day.pk}/")
    assert stranger.put(url, TOLD).status_code == 403
    assert librarian.put(url, {**TOLD, "minutes": 5}).json()["fields"].keys() == {"minutes"}
    assert librarian.put(url, {"is_bookable": False}).json()["grades"] == []
    assert anybody.get(f"/school-programmes/{open_day.pk}").json()["can_be_booked"] is False


def test_a_visit_goes_from_agreement_to_report(anybody, librarian, stranger, inspector, visit):
    url = f"/bookings/{visit.pk}"
    seen = librarian.get(url).json()
    assert (seen["agreement"], seen["headcount"]["is_taken"]) == (None, False)
    assert seen["phone"] == "0912345678"
    assert inspector.get(url).status_code == 200
    assert stranger.get(url).status_code == 404

    agreement = {"number": "12/TT", "agreed_on": str(timezone.localdate()), "by_school": "Hòa", "by_institution": "Lan"}
    assert librarian.post(f"{url}/agreement", agreement).json()["agreement"] == agreement
    late = {**agreement, "agreed_on": str(timezone.localdate() + dt.timedelta(days=1))}
    assert librarian.post(f"{url}/agreement", late).json()["fields"].keys() == {"agreed_on"}

    early = librarian.post(f"{url}/headcount", {"girls": 19, "boys": 18, "adults": 2})
    assert (early.status_code, early.json()["error"]) == (409, "roll_refused")
    assert librarian.post(f"{url}/report", {"report": "Vui."}).json()["error"] == "no_visit"

    now = timezone.now()
    Session.objects.filter(pk=visit.session_id).update(
        starts_at=now - dt.timedelta(hours=2), ends_at=now - dt.timedelta(hours=1)
    )
    counted = librarian.post(f"{url}/headcount", {"girls": 19, "boys": 18, "adults": 2}).json()
    assert counted["headcount"] == {"girls": 19, "boys": 18, "adults": 2, "is_taken": True}
    close_session(visit.session, by=None, at=now)
    assert librarian.post(f"{url}/report", {"report": ""}).json()["fields"].keys() == {"report"}
    reported = librarian.post(f"{url}/report", {"report": "Các em hỏi rất nhiều."}).json()
    assert (reported["report"], reported["session"]["attended"]) == ("Các em hỏi rất nhiều.", 39)

    own = anybody.get(f"/offers/{visit.activity_id}/bookings/{visit.code}").json()
    assert own["report"] == "Các em hỏi rất nhiều."
    assert anybody.client.get(own["report_paper"])["Content-Type"] == "application/pdf"


def test_bad_visit_is_refused_with_the_field_and_not_kept(anybody, programme):
    body = {**VISIT, "subject": None, "proposed": [f"{timezone.now() + dt.timedelta(days=3):%Y-%m-%dT%H:%M}:00+07:00"]}
    for field, value in [
        ("phone", ""),
        ("phone", "12"),
        ("email", "a@"),
        ("grade", 12),
        ("school", "<b>"),
        ("proposed", ["2026-01-01T08:00:00+07:00"]),
        ("proposed", []),
        ("girls", 999),
    ]:
        answer = anybody.post(f"/offers/{programme.pk}/bookings", {**body, field: value, "form_key": str(uuid.uuid4())})
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), (field, value)
    assert not ClassBooking.objects.exists()


def test_answering_what_was_answered_is_a_conflict(librarian, visit):
    answer = librarian.post(f"/bookings/{visit.pk}/ask", {"answer": "Xin chọn ngày khác."})
    assert (answer.status_code, answer.json()["error"]) == (409, "already_answered")
    assert ClassBooking.objects.get().status == BookingStatus.CONFIRMED
