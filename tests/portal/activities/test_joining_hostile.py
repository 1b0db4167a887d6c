"""Whatever is put into a field of joining or changing: a sentence for the person, and nothing changed."""

import datetime as dt
import html
import unicodedata
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import Joining
from hocsuotdoi.activities.models import Activity, Enrolment, Participant, Question, Registration, Session
from hocsuotdoi.activities.operations.registration import register
from tests.factories.activities import ActivityFactory, SessionFactory

WORST = {
    "nothing": "",
    "blanks": " \t\u00a0\u200b",
    "too long": "x" * 30_001,
    "markup": "<script>alert(1)</script>",
    "emoji": "👨‍👩‍👧‍👦",
    "control": "Mai\x00\x1b[31m",
    "backwards": "\u202eiaM",
    "surrogate": "\\ud800",
    "template": "{{ 7|add:7 }}{% now 'Y' %}",
    "number": "-1",
    "large": "9" * 400,
    "date": "1899-12-31",
}
REFUSED = {  # what no field of the kind may take
    "name": set(WORST) - {"template", "number", "large", "date", "surrogate"} | {"large"},
    "phone": set(WORST) - {"nothing", "blanks", "date"},  # a date has eight digits
    "email": set(WORST) - {"nothing", "blanks"},
    "group_size": set(WORST),
    "session": set(WORST),
    "form_key": set(WORST),
    "people": {"too long", "markup", "emoji", "control", "backwards"},
    "answer": {"nothing", "blanks", "too long", "markup", "emoji", "control", "backwards", "large"},
}
CASES = [(field, sort) for field, sorts in REFUSED.items() for sort in sorted(sorts)]


@pytest.fixture
def question(open_day) -> Question:
    return Question.objects.create(
        institution=open_day.institution, activity=open_day, number=1, text="Em thích sách gì?", is_required=True
    )


def filled(session, question, /, **more) -> dict:
    return {
        "session": str(session.pk),
        "name": "Lý Thị Mai",
        "group_size": "1",
        "form_key": str(uuid.uuid4()),
        f"answer-{question.pk}": "Truyện tranh",
        **more,
    }


def create(activity) -> str:
    return reverse("portal:activities-registration-create", args=[activity.pk])


def at(name: str, registration) -> str:
    return reverse(f"portal:activities-{name}", args=[registration.session_id, registration.code])


def says_why(answer) -> bool:
    page = answer.content.decode()
    return answer.status_code == 422 and ('aria-invalid="true"' in page or 'role="alert"' in page)


@pytest.mark.parametrize(("field", "sort"), CASES)
def test_joining_with_the_worst_value_says_so_and_changes_nothing(client, open_day, tomorrow, question, field, sort):
    name = f"answer-{question.pk}" if field == "answer" else field

    answer = client.post(create(open_day), filled(tomorrow, question, **{name: WORST[sort]}))

    assert says_why(answer)
    assert "<script>alert(1)" not in answer.content.decode()
    assert not Registration.objects.exists()
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 0


@pytest.mark.parametrize(
    ("field", "sort"), [case for case in CASES if case[0] in ("name", "phone", "email", "group_size", "answer")]
)
def test_changing_to_the_worst_value_says_so_and_changes_nothing(client, open_day, tomorrow, question, field, sort):
    told = {"name": "Lý Thị Mai", "answers": {str(question.pk): "Truyện tranh"}}
    registration = register(tomorrow, **told, form_key=uuid.uuid4(), at=timezone.now())
    name = f"answer-{question.pk}" if field == "answer" else field

    answer = client.post(at("registration-change", registration), filled(tomorrow, question, **{name: WORST[sort]}))

    assert says_why(answer)
    kept = Registration.objects.get()
    assert (kept.name, kept.phone, kept.email, kept.group_size) == ("Lý Thị Mai", "", "", 1)
    assert (kept.answers, kept.changed_at) == (told["answers"], None)


@pytest.mark.parametrize("sort", ["template", "number", "date"])
def test_odd_words_are_kept_as_they_are_and_do_nothing(client, open_day, tomorrow, question, sort):
    answer = client.post(create(open_day), filled(tomorrow, question, name=WORST[sort]))

    assert WORST[sort] in html.unescape(client.get(answer.url).content.decode())
    assert Registration.objects.get().name == WORST[sort]


def test_decomposed_vietnamese_is_the_same_name_answer_and_choice(client, open_day, tomorrow, question):
    food = Question.objects.create(
        institution=open_day.institution,
        activity=open_day,
        number=2,
        text="Ăn gì?",
        kind="choice",
        options=["Chay", "Mặn"],
    )
    apart = {key: unicodedata.normalize("NFD", text) for key, text in (("name", "Nông Thị Đượm"), ("choice", "Mặn"))}
    wanted = filled(tomorrow, question, name=apart["name"], people=apart["name"] + ", nữ, 20")

    client.post(create(open_day), wanted | {f"answer-{food.pk}": "Mặn"})

    registration = Registration.objects.get()
    assert (registration.name, Participant.objects.get().name) == ("Nông Thị Đượm", "Nông Thị Đượm")
    told = {"name": "Lan", "answers": {str(question.pk): "Thơ", str(food.pk): apart["choice"]}}
    assert register(tomorrow, **told, form_key=uuid.uuid4(), at=timezone.now()).answers[str(food.pk)] == "Mặn"


def test_a_person_whose_name_is_typed_decomposed_keeps_the_age_on_the_list(client, open_day, tomorrow, question):
    listed = filled(tomorrow, question, people="Nông Thị Đượm, nữ, 20")
    client.post(create(open_day), listed)
    registration = Registration.objects.get()

    again = listed | {"people": unicodedata.normalize("NFD", "Nông Thị Đượm, nữ") + "\nLò Văn Ón"}
    client.post(at("registration-change", registration), again)

    ages = dict(registration.participants.values_list("name", "age_band"))
    assert ages == {"Nông Thị Đượm": "18-34", "Lò Văn Ón": None}


def test_things_of_another_institution_are_not_taken(client, open_day, tomorrow, question, library_of_duc_xuan):
    foreign = ActivityFactory(institution=library_of_duc_xuan)
    theirs = SessionFactory(activity=foreign, starts_at=tomorrow.starts_at)
    asked = Question.objects.create(institution=library_of_duc_xuan, activity=foreign, number=1, text="Gì?")

    refused = client.post(create(open_day), filled(theirs, question))
    taken = client.post(create(open_day), filled(tomorrow, question, **{f"answer-{asked.pk}": "Lạ"}))

    assert says_why(refused)
    assert taken.status_code == 302
    registration = Registration.objects.get()
    assert registration.answers == {str(question.pk): "Truyện tranh"}
    for name in ("registration-change", "registration-cancel", "registration-move", "registration-detail"):
        url = reverse(f"portal:activities-{name}", args=[theirs.pk, registration.code])
        assert client.post(url, filled(tomorrow, question)).status_code in (404, 405)
        assert client.get(url).status_code == 404


def test_a_session_of_the_past_says_so(client, open_day, question):
    past = SessionFactory(activity=open_day, number=9, starts_at=timezone.now() - dt.timedelta(days=400))

    assert says_why(client.post(create(open_day), filled(past, question)))
    assert not Registration.objects.exists()


# Two tabs, two clicks


def test_a_change_sent_twice_is_made_once(client, open_day, tomorrow, question):
    client.post(create(open_day), filled(tomorrow, question))
    registration = Registration.objects.get()
    wanted = filled(tomorrow, question, name="Lan", group_size="3")

    for _click in range(2):
        assert client.post(at("registration-change", registration), wanted).status_code == 302

    assert Session.objects.get(pk=tomorrow.pk).places_taken == 3
    assert registration.events.count() == 1


def test_a_change_in_a_tab_behind_the_one_that_cancelled_says_so(client, open_day, tomorrow, question):
    client.post(create(open_day), filled(tomorrow, question))
    registration = Registration.objects.get()
    client.post(at("registration-cancel", registration))

    answer = client.post(at("registration-change", registration), filled(tomorrow, question, name="Lan"))

    assert says_why(answer)
    assert Registration.objects.get().name == "Lý Thị Mai"


def test_a_change_in_a_tab_behind_the_one_that_moved_reaches_the_registration(client, open_day, tomorrow, question):
    other = SessionFactory(
        activity=open_day, number=2, capacity=10, starts_at=tomorrow.starts_at + dt.timedelta(days=1)
    )
    client.post(create(open_day), filled(tomorrow, question))
    registration = Registration.objects.get()
    client.post(at("registration-move", registration), {"session": str(other.pk)})

    answer = client.post(at("registration-change", registration), filled(tomorrow, question, name="Lan"))
    registration.refresh_from_db()
    assert (registration.session, registration.name) == (other, "Lan")
    assert answer.url == at("registration-detail", registration)

    gone = client.post(reverse("portal:activities-registration-cancel", args=[tomorrow.pk, registration.code]))
    assert client.get(gone.url).url == at("registration-detail", registration)
    assert Registration.objects.get().status == "cancelled"


def test_leaving_a_series_in_one_tab_and_changing_it_in_another_changes_nothing(client, open_day, tomorrow, question):
    Activity.objects.filter(pk=open_day.pk).update(joining=Joining.SERIES)
    wanted = filled(tomorrow, question, session="series")
    client.post(create(open_day), wanted)
    enrolment = Enrolment.objects.get()
    of = [open_day.pk, enrolment.code]
    for _click in range(2):
        client.post(reverse("portal:activities-enrolment-leave", args=of))

    answer = client.post(reverse("portal:activities-enrolment-change", args=of), {**wanted, "name": "Lan"})

    assert answer.status_code == 302
    assert Enrolment.objects.get().name == "Lý Thị Mai"
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 0


@pytest.mark.parametrize("code", ["%00", "K7MR%003QXD", "%F0%9F%98%80" * 2, "x" * 5000, "<b>K7MR3QXD", "'; --", ""])
def test_a_code_that_is_none_is_answered_with_words(client, open_day, tomorrow, code):
    answer = client.get(reverse("portal:activities-registration-find", args=[open_day.pk]) + f"?code={code}")

    assert answer.status_code in (200, 422)
    assert "<b>K7MR" not in answer.content.decode()
