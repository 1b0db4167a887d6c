"""What those who join an activity are asked."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import QuestionKind
from hocsuotdoi.activities.models import Activity, Question
from hocsuotdoi.activities.operations.activity import check_not_cancelled, locked_activity
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.core.errors import Refused

MOST_QUESTIONS = 20
MOST_OPTIONS = 20


class BadQuestion(Refused):
    """A question that nobody can be asked so."""


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """`key`: of the question that this one takes the place of, so that the answers given to it stay its own."""

    text: str
    kind: str = QuestionKind.TEXT
    options: Sequence[str] = ()
    is_required: bool = False
    key: uuid.UUID | None = None


@transaction.atomic
def put_questions(
    activity: Activity, *, questions: Sequence[NewQuestion], by: Person | None, at: dt.datetime
) -> list[Question]:
    """Those who join are asked exactly these, in this order. Answers that were given stay with those who gave them.

    Refused: a cancelled activity; too many; a text that cannot be read, the same text twice; a choice of fewer than two
    different answers, or too many; the key of another activity's question.
    """
    activity = locked_activity(activity)
    check_not_cancelled(activity)
    if len(questions) > MOST_QUESTIONS:
        raise BadQuestion(
            _("At most {most} questions: the fewer, the more people join.").format(most=MOST_QUESTIONS),
            field="questions",
        )
    old = Question.objects.filter(institution_id=activity.institution_id, activity=activity)
    known = set(old.values_list("pk", flat=True))
    rows = [_row(activity, number, question, known) for number, question in enumerate(questions, start=1)]
    if len({row.text.casefold() for row in rows}) < len(rows) or len({row.pk for row in rows}) < len(rows):
        raise BadQuestion(_("One question is there twice. Take one of the two out."), field="questions")
    old.delete()
    return Question.objects.bulk_create(rows)


def _row(activity: Activity, number: int, question: NewQuestion, known: set[uuid.UUID]) -> Question:
    field = f"questions.{number - 1}"
    if question.kind not in QuestionKind.values:
        raise BadQuestion(_("Choose from the list how a question is answered."), field=f"{field}.kind")
    if question.key is not None and question.key not in known:
        raise BadQuestion(_("The activity asks no such question."), field=f"{field}.id")
    is_choice = question.kind == QuestionKind.CHOICE
    row = Question(
        institution_id=activity.institution_id,
        activity=activity,
        number=number,
        text=one_line(question.text, longest=200, missing=_("Write the question."), field=f"{field}.text"),
        kind=question.kind,
        options=_options(question.options, field=f"{field}.options") if is_choice else [],
        is_required=question.is_required,
    )
    if question.key is not None:
        row.pk = question.key
    return row


def _options(texts: Sequence[str], *, field: str) -> list[str]:
    options = [one_line(text, longest=100, missing=_("Write each answer."), field=field) for text in texts]
    if not 2 <= len(options) <= MOST_OPTIONS or len(set(options)) < len(options):
        raise BadQuestion(
            _("Give from 2 to {most} different answers to choose from.").format(most=MOST_OPTIONS), field=field
        )
    return options
