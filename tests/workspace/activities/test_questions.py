"""What those who join are asked, as staff say it on a page."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus, QuestionKind
from hocsuotdoi.activities.models import Activity, Question
from tests.factories.activities import ActivityFactory, SessionFactory


@pytest.fixture
def drawing(library_of_bac_kan) -> Activity:
    activity = ActivityFactory(institution=library_of_bac_kan, title="Lớp vẽ tranh kể chuyện")
    SessionFactory(activity=activity, starts_at=timezone.now() + dt.timedelta(days=3))
    return activity


def page_of(activity: Activity) -> str:
    return reverse("workspace:activities-question-edit", args=[activity.pk])


def rows(*questions: dict) -> dict[str, str]:
    """The form as a browser sends it."""
    sent = {"form-TOTAL_FORMS": str(len(questions)), "form-INITIAL_FORMS": str(len(questions))}
    for number, question in enumerate(questions):
        row = {"key": "", "text": "", "kind": "text", "options": ""} | question
        sent |= {f"form-{number}-{name}": str(value) for name, value in row.items()}
    return sent


COLOURS = {"text": "Bé có mang màu vẽ không?", "kind": "yes_no", "is_required": "on"}
GRADE = {"text": "Bé học lớp mấy?", "kind": "choice", "options": "Lớp 1\r\n\r\n Lớp 2 \r\n"}


def test_questions_are_asked_in_the_order_of_the_page(librarian_of_bac_kan, drawing):
    staff = Client()
    staff.force_login(librarian_of_bac_kan)

    assert staff.post(page_of(drawing), rows(COLOURS, GRADE, {})).status_code == 302

    first, second = drawing.questions.all()
    assert (first.text, first.kind, first.is_required) == (COLOURS["text"], QuestionKind.YES_NO, True)
    assert (second.text, second.options, second.is_required) == (GRADE["text"], ["Lớp 1", "Lớp 2"], False)
    assert COLOURS["text"] in Client().get(reverse("portal:activities-activity-detail", args=[drawing.pk])).text
    assert page_of(drawing) in staff.get(reverse("workspace:activities-activity-detail", args=[drawing.pk])).text


def test_question_that_is_reworded_stays_itself_and_an_emptied_one_goes(librarian_of_bac_kan, drawing):
    staff = Client()
    staff.force_login(librarian_of_bac_kan)
    staff.post(page_of(drawing), rows(COLOURS, GRADE))
    first, second = drawing.questions.all()
    assert str(first.pk) in staff.get(page_of(drawing)).text

    reworded = COLOURS | {"key": first.pk, "text": "Bé có hộp màu riêng không?"}
    staff.post(page_of(drawing), rows(reworded, GRADE | {"key": second.pk, "text": ""}))

    assert [(one.pk, one.text) for one in drawing.questions.all()] == [(first.pk, reworded["text"])]


def test_one_more_row_keeps_what_was_typed_and_saves_nothing(librarian_of_bac_kan, drawing):
    staff = Client()
    staff.force_login(librarian_of_bac_kan)

    answer = staff.post(page_of(drawing), rows(COLOURS) | {"more": "question"})

    assert COLOURS["text"] in answer.text
    assert 'name="form-1-text"' in answer.text
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (rows(COLOURS, {}, COLOURS), "hai lần"),
        (rows({}, GRADE | {"options": "Lớp 1"}), "2 đến 20"),
        (rows(GRADE | {"kind": "song"}), "song"),
        (rows(COLOURS | {"text": "x" * 201}), "200"),
        (rows(COLOURS | {"key": "01a21871-98a8-71ba-834f-0f8689189a34"}), "không có câu hỏi này"),
        (rows(*[{}] * 21), "20"),
        ({}, "Chưa lưu gì cả"),
    ],
)
def test_question_that_cannot_be_asked_is_refused_in_words(librarian_of_bac_kan, drawing, sent, said):
    staff = Client()
    staff.force_login(librarian_of_bac_kan)

    answer = staff.post(page_of(drawing), sent)

    assert answer.status_code == 422
    assert said in answer.text
    assert not Question.objects.exists()


def test_refusal_names_the_question_as_the_page_numbers_it(librarian_of_bac_kan, drawing):
    staff = Client()
    staff.force_login(librarian_of_bac_kan)

    answer = staff.post(page_of(drawing), rows(COLOURS, {}, GRADE | {"options": "Lớp 1"}, {"text": "x" * 201}))
    last = staff.post(page_of(drawing), rows(COLOURS, {}, GRADE | {"options": "Lớp 1"})).text

    assert '<a href="#id_form-3-text">Câu hỏi 4</a>: ' in answer.text
    assert '<a href="#id_form-2-options">Câu hỏi 3, các câu trả lời để chọn, mỗi dòng một câu</a>: ' in last
    assert '<legend class="label">Câu hỏi 3</legend>' in last


def test_cancelled_activity_asks_nothing_new(librarian_of_bac_kan, library_of_bac_kan):
    staff = Client()
    staff.force_login(librarian_of_bac_kan)
    gone = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.CANCELLED, cancel_reason="Bão")

    assert staff.post(page_of(gone), rows(COLOURS)).status_code == 422
    assert not Question.objects.exists()


def test_only_who_edits_the_activity_says_what_is_asked(librarian_of_duc_xuan, reader, drawing):
    for person in (librarian_of_duc_xuan, reader):
        other = Client()
        other.force_login(person)
        assert other.get(page_of(drawing)).status_code == 403
        assert other.post(page_of(drawing), rows(COLOURS)).status_code == 403
    assert Client().get(page_of(drawing)).status_code == 302
    assert not Question.objects.exists()
