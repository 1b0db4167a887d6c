"""What those who join an activity are asked."""

import uuid
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import QuestionKind
from hocsuotdoi.activities.operations.questions import MOST_OPTIONS, MOST_QUESTIONS, NewQuestion, put_questions
from hocsuotdoi.api.activities.offers import after
from hocsuotdoi.api.activities.schemas import Offer
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Given, Readable, YesNo

router = ApiRouter("activities", tag=_("Pictures and questions"))


class QuestionGiven(Given):
    """One question."""

    id: uuid.UUID | None = Field(None, description=_("Of the question that this one takes the place of; null: new"))
    text: Annotated[str, Readable] = Field(max_length=200)
    kind: QuestionKind = QuestionKind.TEXT
    options: list[Annotated[str, Readable, Field(max_length=100)]] = Field(
        [], max_length=MOST_OPTIONS, description=_("The answers of a choice")
    )
    is_required: YesNo = False

    def new(self) -> NewQuestion:
        return NewQuestion(
            text=self.text, kind=self.kind, options=self.options, is_required=self.is_required, key=self.id
        )


class QuestionsGiven(Given):
    """All of them, in their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "questions": [
                        {"text": "Em cần chỗ ngồi cho xe lăn không?", "kind": "yes_no"},
                        {"text": "Em học lớp mấy?", "kind": "choice", "options": ["Lớp 6", "Lớp 7"]},
                    ]
                }
            ]
        }
    )

    questions: list[QuestionGiven] = Field(max_length=MOST_QUESTIONS)


@router.put(
    "/offers/{uuid:pk}/questions",
    response=Offer,
    summary=_("Say what those who join are asked"),
    description=_("Exactly these, in this order. Answers that were given stay with those who gave them."),
)
@requires(Permission.EDIT_ACTIVITY)
def questions_put(request: HttpRequest, pk: uuid.UUID, given: QuestionsGiven) -> Offer:
    return after(put_questions, request, pk, questions=[each.new() for each in given.questions])
