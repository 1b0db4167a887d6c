"""What was said when joining, changed by program: by the code, by staff, of one session or once for a whole series."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from hocsuotdoi.activities.enums import Joining
from hocsuotdoi.activities.models import Enrolment, Question, Registration
from hocsuotdoi.activities.operations.enrolment import enrol
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.activities.operations.roll import mark_all_present
from hocsuotdoi.core.templatetags.house import day_short
from tests.factories.activities import RegistrationFactory, SessionFactory


@pytest.fixture
def later(open_day):
    """Four places, the day after tomorrow."""
    return SessionFactory(activity=open_day, number=3, capacity=4, starts_at=timezone.now() + dt.timedelta(days=2))


@pytest.fixture
def series(open_day, tomorrow, later):
    open_day.joining = Joining.EITHER
    open_day.save(update_fields=["joining"])
    return open_day


@pytest.fixture
def food(open_day) -> Question:
    return Question.objects.create(
        institution=open_day.institution, activity=open_day, text="Bạn ăn gì?", kind="choice", options=["Chay", "Mặn"]
    )


@pytest.fixture
def member(series) -> Enrolment:
    return enrol(series, name="Lý Thị Mai", group_size=2, form_key=uuid.uuid4(), at=timezone.now())


@pytest.fixture
def single(tomorrow) -> Registration:
    return register(tomorrow, name="Lý Thị Mai", form_key=uuid.uuid4(), at=timezone.now())


def by_code(thing: Registration | Enrolment) -> str:
    if isinstance(thing, Enrolment):
        return f"/offers/{thing.activity_id}/enrolments/{thing.code}"
    return f"/sessions/{thing.session_id}/registrations/{thing.code}"


def by_staff(thing: Registration | Enrolment) -> str:
    return f"/{'members' if isinstance(thing, Enrolment) else 'registrations'}/{thing.pk}"


@pytest.fixture(params=["single", "member"])
def joined(request) -> Registration | Enrolment:
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["code", "staff"])
def change(request, anybody, librarian):
    """Changes by the one door or the other."""

    def change(thing, **fields):
        if request.param == "code":
            return anybody.patch(by_code(thing), fields)
        return librarian.patch(by_staff(thing), fields)

    return change


def test_answers_and_guardian_are_changed_by_code_and_by_staff(change, joined, food):
    people = [{"name": "Hà", "age_band": "6-10"}]
    guarded = {"people": people, "guardian_name": "Lý Thị Mai", "phone": "0912 345 678", "consent": True}

    changed = change(joined, answers={str(food.pk): "Chay"}, **guarded)

    assert changed.status_code == 200
    assert changed.json()["answers"] == {str(food.pk): "Chay"}
    assert (changed.json()["guardian_name"], changed.json()["group_size"]) == ("Lý Thị Mai", 1)
    assert [person["name"] for person in changed.json()["people"]] == ["Hà"]
    joined.refresh_from_db()
    assert (joined.phone, joined.answers, joined.consent_at is not None) == ("0912345678", {str(food.pk): "Chay"}, True)
    again = change(joined, people=people)
    assert again.json() == changed.json()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"phone": "gọi tôi nhé"}, "phone"),
        ({"email": "mai@"}, "email"),
        ({"group_size": 0}, "group_size"),
        ({"group_size": 51}, "group_size"),
        ({"people": [{"name": "😀"}]}, "people.0.name"),
        ({"people": [{"name": "Hà", "age_band": "6-10"}]}, "guardian_name"),
        ({"people": [{"name": "Hà", "is_child": True}], "guardian_name": "Mai"}, "phone"),
        ({"people": [{"name": "Hà", "is_child": True}], "guardian_name": "Mai", "phone": "0912345678"}, "consent"),
        ({"answers": {"0193e3c0-0000-7000-8000-000000000009": "Chay"}}, "answers.0193e3c0-0000-7000-8000-000000000009"),
        ({"status": "confirmed"}, "status"),
    ],
)
def test_what_can_never_be_used_is_named_and_changes_nothing(change, joined, fields, named):
    answer = change(joined, **fields)

    assert (answer.status_code, list(answer.json()["fields"])) == (422, [named])
    assert answer.json()["message"].endswith((".", ":"))
    joined.refresh_from_db()
    assert (joined.name, joined.phone, joined.answers, joined.changed_at) == ("Lý Thị Mai", "", {}, None)


@pytest.mark.parametrize("answer", ["Cá", "", "x" * 301])
def test_an_answer_that_is_none_is_named(change, joined, food, answer):
    food.is_required = True
    if answer.startswith("x"):
        food.kind, food.options = "text", []
    food.save()
    refused = change(joined, answers={str(food.pk): answer})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, [f"answers.{food.pk}"])


@pytest.mark.parametrize(("field", "value"), [("guardian_name", ""), ("phone", "")])
def test_a_childs_guardian_stays_reachable(change, joined, field, value):
    Enrolment.objects.update(guardian_name="Mai", phone="0912345678", consent_at=timezone.now())
    Registration.objects.update(guardian_name="Mai", phone="0912345678", consent_at=timezone.now())
    refused = change(joined, **{field: value})
    assert (refused.status_code, refused.json()["error"]) == (422, "guardian_needed")
    assert list(refused.json()["fields"]) == [field]


def test_only_who_holds_the_code_or_is_staff_of_the_house_changes(
    anybody, stranger, inspector, learner, joined, library_of_duc_xuan
):
    wrong = by_code(joined).replace(joined.code, "AAAAAAAA")
    assert anybody.patch(wrong, {"name": "Lan"}).status_code == 404
    assert anybody.patch(by_staff(joined), {"name": "Lan"}).status_code == 401
    for who in (stranger, inspector, learner):
        assert who.patch(by_staff(joined), {"name": "Lan"}).status_code == 403
    joined.refresh_from_db()
    assert joined.name == "Lý Thị Mai"


def test_staff_change_a_registration_also_once_joining_is_closed(anybody, librarian, single, tomorrow):
    tomorrow.activity.joining_closes_hours = 48
    tomorrow.activity.save(update_fields=["joining_closes_hours"])

    refused = anybody.patch(by_code(single), {"group_size": 3})
    changed = librarian.patch(by_staff(single), {"group_size": 3})

    assert (refused.status_code, refused.json()["error"]) == (409, "not_changeable")
    assert (changed.status_code, changed.json()["group_size"]) == (200, 3)
    tomorrow.refresh_from_db()
    assert tomorrow.places_taken == 3


def test_a_series_is_changed_once_for_all_sessions_to_come(change, member):
    changed = change(member, name="Lý Mai", group_size=3)

    assert (changed.json()["name"], changed.json()["group_size"], changed.json()["kept"]) == ("Lý Mai", 3, [])
    assert list(Registration.objects.values_list("name", "group_size")) == [("Lý Mai", 3)] * 2


def test_a_series_that_one_session_cannot_take_is_not_changed_and_the_day_is_named(change, member, later):
    later.refresh_from_db()
    RegistrationFactory(session=later, group_size=2)

    refused = change(member, group_size=3, name="Lan")

    assert (refused.status_code, refused.json()["error"]) == (409, "not_changeable")
    assert day_short(later.held_on) in refused.json()["message"]
    assert set(Registration.objects.filter(enrolment=member).values_list("name", "group_size")) == {("Lý Thị Mai", 2)}


def test_sessions_that_a_change_does_not_reach_are_named(anybody, librarian, running, member, tomorrow, later):
    """Joining is closed at the one; at another the member is already there."""
    member.activity.joining_closes_hours = 30
    member.activity.save(update_fields=["joining_closes_hours"])
    mark_all_present(running, by=None, at=timezone.now())

    by_member = anybody.patch(by_code(member), {"name": "Lan"}).json()
    by_library = librarian.patch(by_staff(member), {"name": "Hà"}).json()

    assert {each["session"]["id"] for each in by_member["kept"]} == {str(running.pk), str(tomorrow.pk)}
    assert [each["session"]["id"] for each in by_library["kept"]] == [str(running.pk)]
    assert by_library["name"] == "Hà"
    names = dict(member.registrations.values_list("session", "name"))
    assert names == {running.pk: "Lý Thị Mai", tomorrow.pk: "Hà", later.pk: "Hà"}


def test_who_left_a_series_changes_nothing_in_it(anybody, change, member):
    anybody.post(f"{by_code(member)}/leave")
    refused = change(member, name="Lan")
    assert (refused.status_code, refused.json()["error"]) == (409, "not_changeable")


def test_a_series_by_name_is_looked_up_with_its_people(anybody, series):
    body = {"name": "Lý Thị Mai", "people": [{"name": "Páo"}, {"name": "Hoa"}], "form_key": str(uuid.uuid4())}
    made = anybody.post(f"/offers/{series.pk}/enrolments", body).json()
    url = f"/offers/{series.pk}/enrolments/{made['code']}"
    assert [person["name"] for person in anybody.get(url).json()["people"]] == ["Páo", "Hoa"]
    refused = anybody.patch(url, {"group_size": 3})
    assert (refused.status_code, list(refused.json()["fields"])) == (409, ["group_size"])

    anybody.patch(url, {"people": [{"name": "Hoa"}]})

    assert [person["name"] for person in anybody.get(url).json()["people"]] == ["Hoa"]


@pytest.mark.parametrize("number", [1, 3])
def test_looking_up_a_series_takes_the_same_queries_for_any_number(
    anybody, series, member, django_assert_num_queries, number
):
    for at in range(number - 1):
        RegistrationFactory(session=SessionFactory(activity=series, number=10 + at), enrolment=member)
    with django_assert_num_queries(3):
        assert len(anybody.get(by_code(member)).json()["registrations"]) == number + 1
