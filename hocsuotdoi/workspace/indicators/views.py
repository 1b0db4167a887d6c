"""The criteria of the institutions that a person answers for, or may read."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.enums import OverrideState
from hocsuotdoi.indicators.models import CriteriaSet, CriterionAnswer
from hocsuotdoi.indicators.operations.answers import state_answers
from hocsuotdoi.indicators.queries.criteria import readings_of
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.queries.institutions import active_on
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.indicators.forms import AnswersForm

ON_A_PAGE = 25
YEARS_BACK = 2
"""Answers about the two years before can still be given, for reports that are late."""


@require_GET
@requires(Permission.VIEW_REGISTER)
def criteria_list(request: HttpRequest) -> HttpResponse:
    """The institutions one answers for, each with how far its checklists are."""
    today = timezone.localdate()
    year, text = _year(request, today), normalise(request.GET.get("q", "")).strip()
    page = Paginator(_answerable(request, today).named(text), ON_A_PAGE).get_page(request.GET.get("page"))
    readings = readings_of(list(page), year, today)
    return render(
        request,
        "workspace/indicators/criteria_list.html",
        {
            "page_obj": page,
            "institutions": [(each, readings[each.pk], sum(r.open for r in readings[each.pk])) for each in page],
            "year": year,
            "text": text,
            "tabs": _tabs(year, today),
        },
    )


@require_GET
@requires(Permission.VIEW_REGISTER)
def criteria_compare(request: HttpRequest) -> HttpResponse:
    """Where what staff state and what the program found are not the same, and what has been decided about it."""
    today = timezone.localdate()
    year = _year(request, today)
    page = Paginator(_stating(request, today, year), ON_A_PAGE).get_page(request.GET.get("page"))
    readings = readings_of(list(page), year, today)
    differences = [
        (institution, reading, answer)
        for institution in page
        for reading in readings[institution.pk]
        for answer in reading.answers
        if answer.differ
    ]
    differences.sort(key=lambda each: each[2].override != OverrideState.AWAITING)
    reviewable = set(
        institutions_covered(request.user, Permission.REVIEW_CRITERIA, today)
        .filter(pk__in=[each.pk for each in page])
        .values_list("pk", flat=True)
    )
    return render(
        request,
        "workspace/indicators/criteria_compare.html",
        {
            "differences": differences,
            "reviewable": reviewable,
            "page_obj": page,
            "year": year,
            "tabs": _tabs(year, today),
            "path": _path(year),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_REGISTER)
def criteria_answer(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Who may only read sees the form as it stands and cannot send it."""
    now = timezone.now()
    today = timezone.localdate(now)
    institution = get_object_or_404(Institution.objects.visible_to(request.user), code=code)
    may_answer = request.person_may(Permission.ANSWER_CRITERIA, institution)
    require(
        request.user, Permission.ANSWER_CRITERIA if request.method == "POST" else Permission.VIEW_REGISTER, institution
    )
    if year not in _years(today):
        raise Http404
    form = AnswersForm(request.POST or None, readings=readings_of([institution], year, today)[institution.pk])
    if not may_answer:
        for field in form.fields.values():
            field.disabled = True
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            stated = state_answers(institution, year=year, answers=form.answers(), by=request.user, at=now)
            messages.success(request, _("Saved.") if stated else _("Nothing has changed."))
            return redirect("workspace:indicators-criteria-answer", code=code, year=year)
    return render(
        request,
        "workspace/indicators/criteria_answer.html",
        {
            "institution": institution,
            "form": form,
            "checklists": form.checklists(),
            "may_answer": may_answer,
            "year": year,
            "tabs": [
                {**tab, "url": reverse("workspace:indicators-criteria-answer", args=[code, tab["label"]])}
                for tab in _tabs(year, today)
            ],
            "path": _path(year),
        },
        status=422 if form.errors else 200,
    )


def _answerable(request: HttpRequest, today: dt.date) -> QuerySet[Institution]:
    """Open institutions that have a checklist and that the person answers for, or may read."""
    classes = {each for row in CriteriaSet.objects.on(today).values_list("classes", flat=True) for each in row}
    covered = institutions_covered(request.user, Permission.VIEW_REGISTER, today)
    return active_on(covered, today).filter(institution_class__in=classes)


def _stating(request: HttpRequest, today: dt.date, year: int) -> QuerySet[Institution]:
    """Those of them that have stated something about the year: only there can anything differ."""
    stated = CriterionAnswer.objects.filter(year=year, institution=OuterRef("pk"))
    return _answerable(request, today).filter(Exists(stated))


def _years(today: dt.date) -> range:
    return range(today.year, today.year - YEARS_BACK - 1, -1)


def _year(request: HttpRequest, today: dt.date) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and int(asked) in _years(today) else today.year


def _tabs(year: int, today: dt.date) -> list[dict[str, Any]]:
    return [
        {"label": str(each), "url": f"?year={each}", "is_current": each == year, "count": ""} for each in _years(today)
    ]


def _path(year: int) -> list[tuple[str, str]]:
    return [(_("Criteria"), f"{reverse('workspace:indicators-criteria-list')}?year={year}")]
