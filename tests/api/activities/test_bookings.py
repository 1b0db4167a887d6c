"""A class's visit by program: the teacher's side by code, the institution's by key."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from hocsuotdoi.activities.models import ClassBooking
from tests.activities.school import make_programme


@pytest.fixture
def programme(library_of_bac_kan):
    return make_programme(library_of_bac_kan)


def _body(**fields):
    return {
        "school": "Trường THCS Đức Xuân",
        "class_name": "7A1",
        "grade": 7,
        "teacher": "Hà Thị Thơm",
        "phone": "0912 345 678",
        "girls": 20,
        "boys": 18,
        "proposed": [(timezone.now() + dt.timedelta(days=5)).isoformat()],
        "form_key": str(uuid.uuid4()),
    } | fields


def test_a_visit_is_asked_for_once_changed_confirmed_and_withdrawn(anybody, librarian, programme):
    body, url = _body(), f"/offers/{programme.pk}/bookings"
    first, again = anybody.post(url, body), anybody.post(url, body)
    assert (first.status_code, again.status_code, ClassBooking.objects.count()) == (201, 200, 1)
    mine = f"{url}/{first.json()['code']}"
    assert anybody.ask("PUT", mine, _body(girls=10)).json()["girls"] == 10

    listed = librarian.get("/staff/bookings").json()["items"]
    assert [each["class_name"] for each in listed] == ["7A1"]
    staff = f"/bookings/{listed[0]['id']}"
    assert librarian.post(f"{staff}/ask", {"answer": ""}).json()["fields"].keys() == {"answer"}
    confirmed = librarian.post(f"{staff}/confirm", {"starts_at": body["proposed"][0]})
    assert (confirmed.json()["status"], confirmed.json()["session"]["capacity"]) == ("confirmed", 28)
    assert anybody.ask("PUT", mine, _body()).json()["error"] == "already_answered"

    assert anybody.post(f"{mine}/withdraw").json()["status"] == "withdrawn"
    assert librarian.post(f"{staff}/decline", {"answer": "Đóng cửa"}).json()["error"] == "already_answered"


def test_a_visit_is_declined_with_a_reason(anybody, librarian, stranger, programme):
    code = anybody.post(f"/offers/{programme.pk}/bookings", _body()).json()["code"]
    staff = f"/bookings/{ClassBooking.objects.get().pk}"
    assert stranger.post(f"{staff}/decline", {"answer": "x"}).status_code == 404
    librarian.post(f"{staff}/decline", {"answer": "Bảo tàng đóng cửa."})
    seen = anybody.get(f"/offers/{programme.pk}/bookings/{code}").json()
    assert (seen["status"], seen["answer"]) == ("declined", "Bảo tàng đóng cửa.")
    assert anybody.get(f"/offers/{programme.pk}/bookings/AAAAAAAA").status_code == 404


@pytest.mark.parametrize("fields", [{"grade": 3}, {"girls": 0, "boys": 0}, {"phone": ""}, {"proposed": []}])
def test_a_request_that_cannot_be_is_refused_and_kept_nowhere(anybody, programme, fields):
    answer = anybody.post(f"/offers/{programme.pk}/bookings", _body(**fields))
    assert answer.status_code in (409, 422)
    assert not ClassBooking.objects.exists()


def test_what_is_not_for_classes_takes_no_request(anybody, open_day):
    assert anybody.post(f"/offers/{open_day.pk}/bookings", _body()).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_visits_take_the_same_queries_for_any_number(librarian, anybody, programme, django_assert_num_queries, number):
    for _each in range(number):
        anybody.post(f"/offers/{programme.pk}/bookings", _body())
    with django_assert_num_queries(5):
        assert librarian.get("/staff/bookings").json()["count"] == number
