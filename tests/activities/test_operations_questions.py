import uuid

import pytest

from hocsuotdoi.activities.enums import QuestionKind
from hocsuotdoi.activities.models import Question
from hocsuotdoi.activities.operations.activity import ActivityRefused, cancel_activity
from hocsuotdoi.activities.operations.questions import MOST_QUESTIONS, BadQuestion, NewQuestion, put_questions
from hocsuotdoi.activities.operations.wording import Unreadable
from tests.factories.activities import ActivityFactory

CHOICE = NewQuestion("Em học lớp mấy?", QuestionKind.CHOICE, ["Lớp 6", "Lớp 7"])


def put(activity, now, *questions):
    return put_questions(activity, questions=questions, by=None, at=now)


def test_questions_stand_as_they_were_given_with_repaired_words(reading_day, now):
    put(reading_day, now, NewQuestion("Ai đưa  em đến?", is_required=True), CHOICE)

    first, second = reading_day.questions.all()
    assert (first.number, first.text, first.is_required) == (1, "Ai đưa em đến?", True)
    assert (second.number, second.kind, second.options) == (2, "choice", ["Lớp 6", "Lớp 7"])


def test_question_keeps_its_key_through_another_order_and_other_words(reading_day, now):
    first, second = put(reading_day, now, NewQuestion("Ai đưa em đến?"), CHOICE)

    put(reading_day, now, NewQuestion("Lớp mấy?", key=second.pk), NewQuestion("Ai đưa em đến?", key=first.pk))

    assert [(each.pk, each.text) for each in reading_day.questions.all()] == [
        (second.pk, "Lớp mấy?"),
        (first.pk, "Ai đưa em đến?"),
    ]


def test_answers_of_a_choice_go_when_it_is_none_any_more(reading_day, now):
    (question,) = put(reading_day, now, CHOICE)
    put(reading_day, now, NewQuestion("Em học lớp mấy?", options=["Lớp 6"], key=question.pk))
    assert Question.objects.get().options == []


@pytest.mark.parametrize(
    "questions",
    [
        [NewQuestion("Lớp?"), NewQuestion("lớp?")],
        [NewQuestion("Lớp?", "party")],
        [NewQuestion("Lớp?", QuestionKind.CHOICE, ["6"])],
        [NewQuestion("Lớp?", QuestionKind.CHOICE, ["6", "6"])],
        [NewQuestion("Lớp?", key=uuid.uuid4())],
        [NewQuestion(f"Câu {number}?") for number in range(MOST_QUESTIONS + 1)],
    ],
)
def test_bad_questions_are_refused_and_the_old_ones_stay(reading_day, now, questions):
    put(reading_day, now, CHOICE)
    with pytest.raises(BadQuestion):
        put(reading_day, now, *questions)
    assert [each.text for each in Question.objects.all()] == [CHOICE.text]


@pytest.mark.parametrize("text", ["", " ", "😀", "<b>", "x" * 201])
def test_question_that_nobody_can_read_is_refused_with_its_place(reading_day, now, text):
    with pytest.raises(Unreadable) as refused:
        put(reading_day, now, CHOICE, NewQuestion(text))
    assert refused.value.field == "questions.1.text"


def test_question_of_another_activity_is_refused(reading_day, now):
    (other,) = put(reading_day, now, CHOICE)
    with pytest.raises(BadQuestion):
        put(ActivityFactory(institution=reading_day.institution), now, NewQuestion("Lớp?", key=other.pk))


def test_cancelled_activity_asks_nothing_new(reading_day, now):
    cancel_activity(reading_day, reason="Bão", by=None, at=now)
    with pytest.raises(ActivityRefused):
        put(reading_day, now, CHOICE)
