"""What those who join an activity are asked: one page with all of its questions."""

import re
import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import QuestionKind
from hocsuotdoi.activities.forms import choices_of
from hocsuotdoi.activities.models import Question
from hocsuotdoi.activities.operations.questions import MOST_QUESTIONS, NewQuestion, put_questions
from hocsuotdoi.activities.queries.joining import questions_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.workspace.activities.forms import typed_rows
from hocsuotdoi.workspace.activities.session import activity_of, path_to

_OF_A_ROW = re.compile(r"questions\.(\d+)\.(text|kind|options)")


class QuestionForm(forms.Form):
    """`key`: of the question that stands there already, so that its answers stay its own."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput())
    text = forms.CharField(label=gettext_lazy("Question"), required=False, max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("How it is answered"), choices=choices_of(QuestionKind))
    options = forms.CharField(
        label=gettext_lazy("Answers to choose from, one a line"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("Only for «one of several answers»"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)

    def new(self) -> NewQuestion:
        """The question, from a row that is valid."""
        good = self.cleaned_data
        options = [line.strip() for line in good["options"].splitlines() if line.strip()]
        return NewQuestion(good["text"], good["kind"], options, good["is_required"], good["key"])

    @staticmethod
    def values_of(question: Question) -> dict[str, object]:
        return {
            "key": question.pk,
            "text": question.text,
            "kind": question.kind,
            "options": "\n".join(question.options),
            "is_required": question.is_required,
        }


QuestionFormSet = forms.formset_factory(
    QuestionForm, extra=0, max_num=MOST_QUESTIONS, absolute_max=MOST_QUESTIONS, validate_max=True
)


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def question_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    back = reverse("workspace:activities-activity-detail", args=[pk])
    rows = _rows(request, questions_of(activity))
    if rows.is_bound and rows.is_valid():
        asked = [row for row in rows if row.cleaned_data.get("text")]
        try:
            put_questions(activity, questions=[row.new() for row in asked], by=request.user, at=timezone.now())
        except Refused as refusal:
            _say(refusal, rows, asked)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return render(
        request,
        "workspace/activities/question_edit.html",
        {"rows": rows, "activity": activity, "back": back, "path": path_to(activity)},
        status=422 if rows.is_bound else 200,
    )


def _rows(request: HttpRequest, questions: list[Question]) -> QuestionFormSet:
    """As they were sent; else what is asked now, or was typed, with an empty row."""
    if request.method == "GET":
        return QuestionFormSet(initial=[*map(QuestionForm.values_of, questions), {}][:MOST_QUESTIONS])
    sent = QuestionFormSet(request.POST)
    if "more" not in request.POST:
        return sent
    return QuestionFormSet(initial=[*typed_rows(sent), {}][:MOST_QUESTIONS])


def _say(refusal: Refused, rows: QuestionFormSet, asked: list[QuestionForm]) -> None:
    """The refusal at the field that it is about, else at the top."""
    if found := _OF_A_ROW.fullmatch(refusal.field):
        asked[int(found[1])].add_error(found[2], str(refusal))
    else:
        rows.non_form_errors().append(str(refusal))
