import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.activities.operations.registration import cancel_registration
from tests.factories.activities import RegistrationFactory, SessionFactory


def _body(**fields):
    return {"name": "Lý Thị Mai", "phone": "0912 345 678", "group_size": 2, "form_key": str(uuid.uuid4()), **fields}


def test_registering_answers_with_the_code_and_takes_places(anybody, tomorrow):
    answer = anybody.post(f"/sessions/{tomorrow.pk}/registrations", _body())

    registration = Registration.objects.get()
    assert answer.status_code == 201
    assert answer.json()["code"] == registration.code_shown
    assert (registration.phone, registration.learner_key) == ("0912345678", None)
    assert answer.json()["session"]["places_left"] == 8
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 2


def test_registering_with_a_key_keeps_the_pseudonym(learner, reader, tomorrow):
    learner.post(f"/sessions/{tomorrow.pk}/registrations", _body())
    assert Registration.objects.get().learner_key == reader.learner_key


@pytest.mark.parametrize("in_header", [False, True])
def test_registering_twenty_times_with_one_key_registers_once(anybody, tomorrow, in_header):
    key = str(uuid.uuid4())
    body = _body(form_key=None if in_header else key)
    headers = {"Idempotency-Key": key} if in_header else {}
    answers = [anybody.post(f"/sessions/{tomorrow.pk}/registrations", body, **headers) for _time in range(20)]

    assert [answer.status_code for answer in answers] == [201, *[200] * 19]
    assert len({answer.content for answer in answers}) == 1
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 2


def test_registering_again_after_the_last_place_was_taken_by_the_same_key_is_no_refusal(anybody, tomorrow):
    body = _body(group_size=10)
    first = anybody.post(f"/sessions/{tomorrow.pk}/registrations", body)
    again = anybody.post(f"/sessions/{tomorrow.pk}/registrations", body)
    assert (first.status_code, again.status_code) == (201, 200)
    full = anybody.post(f"/sessions/{tomorrow.pk}/registrations", _body(group_size=1))
    assert (full.status_code, full.json()["error"]) == (409, "no_places_left")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": ""}, 422),
        ({"name": " "}, 422),
        ({"name": None}, 422),
        ({"name": ["Mai"]}, 422),
        ({"name": "x" * 121}, 422),
        ({"name": "<script>alert(1)</script>"}, 422),
        ({"name": "😀"}, 422),
        ({"name": "a\x00b"}, 422),
        ({"name": "a\udfffb"}, 422),
        ({"phone": "gọi tôi nhé"}, 422),
        ({"phone": "1" * 31}, 422),
        ({"phone": 912345678}, 422),
        ({"group_size": 0}, 422),
        ({"group_size": -1}, 422),
        ({"group_size": 51}, 422),
        ({"group_size": 10**40}, 422),
        ({"group_size": "2"}, 422),
        ({"group_size": 2.5}, 422),
        ({"group_size": True}, 422),
        ({"group_size": None}, 422),
        ({"group_size": 11}, 409),
        ({"form_key": None}, 422),
        ({"form_key": "x"}, 422),
        ({"form_key": 1}, 422),
        ({"status": "confirmed"}, 422),
        ({"session": "0193e3c0-0000-7000-8000-000000000000"}, 422),
    ],
)
def test_bad_registration_is_refused_with_a_sentence_and_changes_nothing(anybody, tomorrow, fields, status):
    answer = anybody.post(f"/sessions/{tomorrow.pk}/registrations", _body(**fields))

    assert answer.status_code == status
    assert answer.json()["message"].endswith(".")
    assert not Registration.objects.exists()
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 0


def test_name_in_decomposed_letters_is_kept_composed(anybody, tomorrow):
    anybody.post(f"/sessions/{tomorrow.pk}/registrations", _body(name="Ly\u0301 Thi\u0323  Mai"))
    assert Registration.objects.get().name == "Lý Thị Mai"


@pytest.mark.parametrize("key", ["x", "", "1" * 300])
def test_key_that_could_be_guessed_is_refused(anybody, tomorrow, key):
    body = _body(form_key=None)
    answer = anybody.post(f"/sessions/{tomorrow.pk}/registrations", body, **{"Idempotency-Key": key})
    assert answer.status_code == 422
    assert not Registration.objects.exists()


def test_registering_for_a_draft_or_for_nothing_is_not_found(anybody, draft):
    for pk in (draft.sessions.get().pk, uuid.uuid4()):
        assert anybody.post(f"/sessions/{pk}/registrations", _body()).status_code == 404


def test_registration_is_found_with_its_code_however_written(anybody, mai, running):
    for code in (mai.code, mai.code_shown, mai.code.lower()):
        assert anybody.get(f"/sessions/{running.pk}/registrations/{code}").json()["name"] == "Lý Thị Mai"


def test_registration_needs_the_right_code_and_session(anybody, mai, tomorrow, running):
    for pk, code in ((running.pk, "AAAAAAAA"), (tomorrow.pk, mai.code), (uuid.uuid4(), mai.code)):
        assert anybody.get(f"/sessions/{pk}/registrations/{code}").status_code == 404
        assert anybody.post(f"/sessions/{pk}/registrations/{code}/cancel").status_code == 404


def test_cancelling_gives_the_places_back_once(anybody, tomorrow):
    registration = RegistrationFactory(session=tomorrow, group_size=3, code="K7MR3QXD")
    url = f"/sessions/{tomorrow.pk}/registrations/K7MR-3QXD/cancel"

    answers = [anybody.post(url) for _time in range(2)]

    assert [answer.json()["status"] for answer in answers] == ["cancelled"] * 2
    assert answers[0].json()["session"]["places_left"] == 10
    registration.refresh_from_db()
    assert registration.cancelled_at is not None


def test_cancelling_after_being_marked_present_is_refused(anybody, librarian, mai, running):
    librarian.post(f"/sessions/{running.pk}/roll/all-present")
    answer = anybody.post(f"/sessions/{running.pk}/registrations/{mai.code}/cancel")
    assert (answer.status_code, answer.json()["error"]) == (409, "not_cancellable")


def test_staff_see_who_registered_cancelled_ones_too(librarian, mai, family, running):
    cancel_registration(family, at=timezone.now())
    items = librarian.get(f"/sessions/{running.pk}/registrations").json()["items"]
    assert [(each["name"], each["status"]) for each in items] == [
        ("Lý Thị Mai", "confirmed"),
        ("Gia đình anh Páo", "cancelled"),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_staff_list_takes_the_same_queries_for_any_number(librarian, running, django_assert_num_queries, number):
    for _each in range(number):
        RegistrationFactory(session=running)
    librarian.get("/staff/drafts")
    with django_assert_num_queries(10):
        assert librarian.get(f"/sessions/{running.pk}/registrations").json()["count"] == number


names = st.one_of(
    st.sampled_from(["Lý Thị Mai", "Ly\u0301 Thi\u0323 Mai", " Páo ", "", "😀", "<b>", "a\x00b", "x" * 121, "\u200b"]),
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=130),
)
phones = st.one_of(
    st.sampled_from(["", "0912 345 678", "+84912345678", "gọi", "1" * 31, "0912345678\x00"]),
    st.text(alphabet="0123456789+-. ()a", max_size=32),
)


@pytest.mark.slow
@settings(max_examples=60, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names, phone=phones, group_size=st.integers(-1, 60))
def test_page_and_program_get_the_same_for_the_same_registration(anybody, client, open_day, name, phone, group_size):
    """The law: what one door takes in, the other takes in too, and both write the same."""
    at = timezone.now() + dt.timedelta(days=1)
    number = Session.objects.count() + 1
    by_page = SessionFactory(activity=open_day, capacity=40, number=number, starts_at=at)
    by_program = SessionFactory(activity=open_day, capacity=40, number=number + 1, starts_at=at)
    fields = {"name": name, "phone": phone, "group_size": group_size, "form_key": str(uuid.uuid4())}

    page = client.post(
        reverse("portal:activities-registration-create", args=[open_day.pk]), {**fields, "session": by_page.pk}
    )
    answer = anybody.post(f"/sessions/{by_program.pk}/registrations", {**fields, "form_key": str(uuid.uuid4())})

    assert (page.status_code, answer.status_code) in {(302, 201), (422, 422), (422, 409)}
    written = [
        list(Registration.objects.filter(session=session).values("name", "phone", "group_size", "status"))
        for session in (by_page, by_program)
    ]
    assert written[0] == written[1]
    by_page.refresh_from_db()
    by_program.refresh_from_db()
    assert by_page.places_taken == by_program.places_taken
