"""Deciding about a statement that differs from what the program found."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.indicators.enums import Verdict
from hocsuotdoi.indicators.models import CriterionAnswer
from hocsuotdoi.indicators.operations.reviews import review_answer
from hocsuotdoi.indicators.queries.criteria import reading_of, statements_of
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.indicators.definition_forms import ReviewForm


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_CRITERIA)
def criterion_review(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What was found and what was stated side by side, everything that was said before, and the decision."""
    now = timezone.now()
    answer = get_object_or_404(CriterionAnswer.objects.select_related("institution"), pk=pk)
    institution = answer.institution
    require(request.user, Permission.REVIEW_CRITERIA, institution)
    reading = reading_of(answer, timezone.localdate(now))
    if reading is None:
        raise Http404
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verdict, reason = Verdict(form.cleaned_data["verdict"]), form.cleaned_data["reason"]
        with refusals_in(form):
            review_answer(answer, verdict=verdict, reason=reason, by=request.user, at=now)
            messages.success(request, _("The decision was saved; it counts from now on."))
            return redirect(f"{reverse('workspace:indicators-criteria-compare')}?year={answer.year}")
    statements = statements_of(institution, answer.year, answer.indicator_code, answer.criterion_code)
    people = {each.answered_by for each in statements} | {each.review.reviewed_by for each in statements if each.review}
    names = {person.pk: str(person) for person in Person.objects.filter(pk__in=people)}
    return render(
        request,
        "workspace/indicators/criteria_review.html",
        {
            "institution": institution,
            "answer": answer,
            "reading": reading,
            "is_waiting": reading.override == "awaiting" and reading.stated.answer_id == answer.pk,
            "is_own": answer.answered_by == request.user.pk,
            "statements": [
                (each, names.get(each.answered_by, ""), names.get(each.review.reviewed_by, "") if each.review else "")
                for each in statements
            ],
            "form": form,
            "path": [
                (
                    _("Where statements and the book differ"),
                    f"{reverse('workspace:indicators-criteria-compare')}?year={answer.year}",
                )
            ],
        },
        status=422 if form.errors else 200,
    )
