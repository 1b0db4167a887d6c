"""All that people and staff do about joining, by program: names, answers, moving, waiting, whole series."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from hocsuotdoi.activities.enums import Joining, WaitingRule
from hocsuotdoi.activities.models import Enrolment, Question, Registration
from tests.factories.activities import RegistrationFactory, SessionFactory


def _body(**fields):
    return {"name": "Lý Thị Mai", "phone": "0912 345 678", "form_key": str(uuid.uuid4()), **fields}


def _join(client, session, **fields):
    return client.post(f"/sessions/{session.pk}/registrations", _body(**fields))


@pytest.fixture
def later(open_day):
    """Two places, the day after tomorrow."""
    return SessionFactory(activity=open_day, number=3, capacity=2, starts_at=timezone.now() + dt.timedelta(days=2))


@pytest.fixture
def waits(open_day):
    open_day.waiting_rule = WaitingRule.BY_HAND
    open_day.save(update_fields=["waiting_rule"])
    return open_day


@pytest.fixture
def series(open_day):
    open_day.joining = Joining.EITHER
    open_day.save(update_fields=["joining"])
    return open_day


PEOPLE = [{"name": "Hà", "sex": "female", "age_band": "6-10"}, {"name": "Páo"}]


def test_a_family_by_name_joins_through_a_guardian(anybody, tomorrow):
    refused = _join(anybody, tomorrow, people=PEOPLE)
    assert (refused.status_code, refused.json()["error"]) == (422, "guardian_needed")

    made = _join(anybody, tomorrow, people=PEOPLE, guardian_name="Lý Thị Mai", consent=True, email="mai@example.vn")

    assert made.status_code == 201
    assert made.json()["group_size"] == 2
    assert made.json()["people"][0] == {"name": "Hà", "sex": "female", "age_band": "6-10"}
    registration = Registration.objects.get()
    assert (registration.email, registration.consent_at is not None) == ("mai@example.vn", True)


def test_a_name_that_cannot_be_read_is_named(anybody, tomorrow):
    answer = _join(anybody, tomorrow, people=[{"name": "Hà"}, {"name": "😀"}])
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_list")
    assert list(answer.json()["fields"]) == ["people.1.name"]
    assert not Registration.objects.exists()


def test_questions_are_told_answered_and_refused(anybody, librarian, open_day, tomorrow):
    question = Question.objects.create(
        institution=open_day.institution, activity=open_day, text="Ăn chay?", kind="yes_no", is_required=True
    )
    missing = _join(anybody, tomorrow)
    assert (missing.status_code, list(missing.json()["fields"])) == (422, [f"answers.{question.pk}"])
    assert _join(anybody, tomorrow, answers={str(question.pk): "có lẽ"}).status_code == 422
    unknown = str(uuid.uuid4())
    assert list(_join(anybody, tomorrow, answers={unknown: "yes"}).json()["fields"]) == [f"answers.{unknown}"]

    assert _join(anybody, tomorrow, answers={str(question.pk): "yes"}).status_code == 201

    seen = librarian.get(f"/sessions/{tomorrow.pk}/registrations").json()["items"][0]
    assert seen["answers"] == {str(question.pk): "yes"}


def test_a_registration_is_changed_by_its_code(anybody, tomorrow):
    code = _join(anybody, tomorrow, people=PEOPLE[1:]).json()["code"]
    url = f"/sessions/{tomorrow.pk}/registrations/{code}"
    assert anybody.patch(url, {"group_size": 2}).json()["error"] == "not_changeable"
    changed = anybody.patch(url, {"people": [{"name": "Páo"}, {"name": "Hoa"}], "name": "Bàn Văn Páo"}).json()
    assert (changed["name"], changed["group_size"], changed["session"]["places_left"]) == ("Bàn Văn Páo", 2, 8)
    assert anybody.patch(f"/sessions/{tomorrow.pk}/registrations/AAAAAAAA", {"name": "X"}).status_code == 404


def test_a_registration_moves_with_its_code_or_stays(anybody, tomorrow, later):
    code = _join(anybody, tomorrow, group_size=2).json()["code"]
    url = f"/sessions/{tomorrow.pk}/registrations/{code}/move"
    assert list(anybody.post(url, {"to": str(uuid.uuid4())}).json()["fields"]) == ["to"]
    moved = anybody.post(url, {"to": str(later.pk)}).json()
    assert (moved["session"]["id"], moved["code"], moved["session"]["places_left"]) == (str(later.pk), code, 0)
    tomorrow.refresh_from_db()
    assert tomorrow.places_taken == 0

    other = _join(anybody, tomorrow).json()["code"]
    refused = anybody.post(f"/sessions/{tomorrow.pk}/registrations/{other}/move", {"to": str(later.pk)})
    assert (refused.status_code, refused.json()["error"]) == (409, "no_places_left")


def test_waiting_being_given_a_place_and_taking_it(anybody, librarian, stranger, waits, later):
    RegistrationFactory(session=later, group_size=2, code="FULLFULL")
    made = _join(anybody, later).json()
    assert (made["status"], made["position"]) == ("waiting", 1)
    url = f"/sessions/{later.pk}/registrations/{made['code']}"
    assert anybody.post(f"{url}/accept").json()["error"] == "not_offered"

    listed = librarian.get(f"/sessions/{later.pk}/registrations?status=waiting").json()
    assert [each["code"] for each in listed["items"]] == [made["code"]]
    give = f"/registrations/{listed['items'][0]['id']}/place"
    assert stranger.post(give, {}).status_code == 403
    assert librarian.post(give, {}).json()["error"] == "no_places_left"
    full = Registration.objects.get(code="FULLFULL")
    assert librarian.post(f"/registrations/{full.pk}/cancel").json()["status"] == "cancelled"

    offered = librarian.post(give, {}).json()
    assert (offered["status"], offered["offer_ends_at"] is not None) == ("offered", True)
    assert anybody.get(url).json()["status"] == "offered"
    assert anybody.post(f"{url}/accept").json()["status"] == "confirmed"
    assert librarian.post(give, {}).json()["error"] == "not_waiting"


def test_an_offer_is_declined_by_cancelling(anybody, librarian, waits, later):
    registration = RegistrationFactory(
        session=later, status="waiting", waiting_since=timezone.now() - dt.timedelta(hours=1), code="WAITWAIT"
    )
    librarian.post(f"/registrations/{registration.pk}/place", {})
    declined = anybody.post(f"/sessions/{later.pk}/registrations/WAITWAIT/cancel").json()
    assert (declined["status"], declined["session"]["places_left"]) == ("cancelled", 2)


def test_staff_register_a_guest_also_when_nobody_else_can(librarian, anybody, open_day, tomorrow):
    open_day.joining_opens_at = timezone.now() + dt.timedelta(hours=5)
    open_day.save(update_fields=["joining_opens_at"])
    assert _join(anybody, tomorrow).json()["error"] == "not_open"
    body = _body()
    answers = [librarian.post(f"/sessions/{tomorrow.pk}/guests", body) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["phone"] == "0912345678"


def test_a_whole_series_is_joined_once_looked_up_and_left(anybody, librarian, series, tomorrow, later):
    body = _body()
    url = f"/offers/{series.pk}/enrolments"
    first, again = anybody.post(url, body), anybody.post(url, body)
    assert (first.status_code, again.status_code, Enrolment.objects.count()) == (201, 200, 1)
    assert [each["status"] for each in first.json()["registrations"]] == ["confirmed", "confirmed"]

    code = first.json()["code"]
    assert anybody.get(f"{url}/{code.lower()}").json() == first.json()
    assert anybody.get(f"{url}/AAAAAAAA").status_code == 404
    assert librarian.get(f"/offers/{series.pk}/members").json()["items"][0]["phone"] == "0912345678"

    left = anybody.post(f"{url}/{code}/leave").json()
    assert [each["status"] for each in left["registrations"]] == ["cancelled", "cancelled"]
    assert anybody.post(f"{url}/{code}/leave").json()["ended_at"] == left["ended_at"]


def test_what_is_joined_session_by_session_is_no_series(anybody, open_day, tomorrow):
    answer = anybody.post(f"/offers/{open_day.pk}/enrolments", _body())
    assert (answer.status_code, answer.json()["error"]) == (409, "not_a_series")
    assert not Enrolment.objects.exists()


def test_staff_add_a_member_and_take_one_off(librarian, stranger, series, tomorrow):
    made = librarian.post(f"/offers/{series.pk}/members", _body())
    assert made.status_code == 201
    url = f"/members/{made.json()['id']}/leave"
    assert stranger.post(url).status_code == 403
    assert librarian.post(url).json()["ended_at"] is not None
    assert not Registration.objects.filter(status="confirmed").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_members_take_the_same_queries_for_any_number(librarian, series, tomorrow, django_assert_num_queries, number):
    for _each in range(number):
        librarian.post(f"/offers/{series.pk}/members", _body())
    with django_assert_num_queries(8):
        assert librarian.get(f"/offers/{series.pk}/members").json()["count"] == number
