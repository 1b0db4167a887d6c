"""One task as it was handed down: what is asked, how far it is, what shows it, what happened, and the acts."""

import datetime as dt
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.attachments import FileLost, open_kept
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.queries.words import value_words
from hocsuotdoi.programme.enums import AssignmentState, EvidenceVerdict, Trend
from hocsuotdoi.programme.models import Assignment, AssignmentFile
from hocsuotdoi.programme.operations.assignment import add_note, decide_evidence, drop, redate, report_progress
from hocsuotdoi.programme.queries.assignments import below, trail_of
from hocsuotdoi.programme.queries.evidence import candidates, evidence_of, period_of
from hocsuotdoi.programme.queries.judged import handed_in_for
from hocsuotdoi.programme.queries.money import sums_for_task
from hocsuotdoi.programme.queries.served import Served, served_by
from hocsuotdoi.programme.queries.standing import days_over
from hocsuotdoi.programme.queries.untaken import decided_here
from hocsuotdoi.programme.rules import Rights, rights_on
from hocsuotdoi.workspace.tasks.forms import DateForm, DropForm, EvidenceForm, NoteForm, StepForm, handed_in
from hocsuotdoi.workspace.tasks.shown import shown, source_of

_SHOWN_INLINE = ("application/pdf", "image/")


@require_GET
@requires(Permission.VIEW_TASKS)
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, find(request, pk))


@require_POST
@requires(Permission.RECORD_PROGRESS)
def task_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Also the one-tap buttons of lists, which send a state and nothing else."""
    assignment = find(request, pk)
    _admit(rights(request, assignment).may_report(assignment.state) or assignment.state == AssignmentState.DROPPED)
    form = StepForm(request.POST, request.FILES, state=assignment.state, version=assignment.version)
    if not form.is_valid():
        return _page(request, assignment, step_form=form)
    given = form.cleaned_data

    def act() -> None:
        report_progress(
            assignment,
            state=AssignmentState(given["state"]),
            version=given["version"],
            percent=given.get("percent"),
            note=given["note"],
            files=handed_in(given["files"]),
            by=request.user,
            at=timezone.now(),
        )

    said = _("Reported: {state}.").format(state=AssignmentState(given["state"]).label)
    return _done(request, assignment, act, said, form, "step_form")


@require_POST
@requires(Permission.RECORD_PROGRESS)
def task_note(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = find(request, pk)
    _admit(rights(request, assignment).report)
    form = NoteForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, assignment, note_form=form)

    def act() -> None:
        files = handed_in(form.cleaned_data["files"])
        add_note(assignment, note=form.cleaned_data["note"], files=files, by=request.user, at=timezone.now())

    return _done(request, assignment, act, _("The note stands in the history."), form, "note_form")


@require_POST
@requires(Permission.RECORD_PROGRESS)
def task_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = find(request, pk)
    allowed = rights(request, assignment)
    _admit(allowed.may_weigh(assignment.state) or (allowed.own and assignment.state == AssignmentState.DROPPED))
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays beside it."))
        return redirect(f"{_address(assignment)}#evidence")
    given = form.cleaned_data

    def act() -> None:
        decide_evidence(
            assignment,
            source_kind=given["source_kind"],
            source_id=given["source_id"],
            verdict=EvidenceVerdict(given["verdict"]),
            reason=given["reason"],
            by=request.user,
            at=timezone.now(),
        )

    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your decision stands beside the evidence, with your name and the reason."))
    return redirect(f"{_address(assignment)}#evidence")


@require_POST
@requires(Permission.ASSIGN_TASK)
def task_date(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = find(request, pk)
    _admit(rights(request, assignment).direct)
    form = DateForm(request.POST)
    if not form.is_valid():
        return _page(request, assignment, date_form=form)

    def act() -> None:
        redate(
            assignment,
            due_on=form.cleaned_data["due_on"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )

    return _done(request, assignment, act, _("The new day has been set; they read why."), form, "date_form")


@require_POST
@requires(Permission.ASSIGN_TASK)
def task_drop(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = find(request, pk)
    _admit(rights(request, assignment).direct)
    form = DropForm(request.POST)
    if not form.is_valid():
        return _page(request, assignment, drop_form=form)

    def act() -> None:
        drop(assignment, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())

    return _done(request, assignment, act, _("This is asked no longer; they read why."), form, "drop_form")


@require_GET
@requires(Permission.VIEW_TASKS)
def task_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """Never served as a page of ours: pictures and PDF are shown, everything else is saved."""
    assignment = find(request, pk)
    found = get_object_or_404(AssignmentFile, pk=file, step__assignment=assignment)
    try:
        content = open_kept(found.digest)
    except FileLost:
        raise Http404 from None
    inline = found.media_type.startswith(_SHOWN_INLINE)
    response = FileResponse(content, content_type=found.media_type, filename=found.file_name, as_attachment=not inline)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def find(request: HttpRequest, pk: int) -> Assignment:
    """What one may not see is not there."""
    rows = Assignment.objects.visible_to(request.user, timezone.localdate())
    return get_object_or_404(
        rows.select_related(
            "task__plan",
            "task__clause",
            "task__indicator",
            "agency__unit",
            "tally",
            "indicator",
            "handed_down_from__agency",
        ),
        pk=pk,
    )


def rights(request: HttpRequest, assignment: Assignment) -> Rights:
    return rights_on(request.user, assignment, timezone.localdate())


def _admit(may: bool) -> None:
    if not may:
        raise PermissionDenied


def _address(assignment: Assignment) -> str:
    return reverse("workspace:programme-task-detail", args=[assignment.pk])


def _done(
    request: HttpRequest, assignment: Assignment, act: Callable[[], None], said: str, form: forms.Form, name: str
) -> HttpResponse:
    """Where the act was refused, the page again with what was written."""
    try:
        act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _page(request, find(request, assignment.pk), **{name: form})
    messages.success(request, said)
    return redirect(back_to(request, _address(assignment)))


def back_to(request: HttpRequest, otherwise: str) -> str:
    """The page of ours from which it was asked."""
    back = request.POST.get("next", "")
    return back if back.startswith("/workspace/") and "\\" not in back else otherwise


def _served(assignment: Assignment, day: dt.date) -> dict[str, object] | None:
    found = served_by(assignment, day)
    if found is None:
        return None
    unit = assignment.agency.unit
    return {
        "name": found.indicator.short_name,
        "cohort": found.cohort.name,
        "url": reverse("portal:indicators-value-lineage", args=[unit.code, found.values[-1].year, *_pair(found)]),
        "years": [(value.year, value_words(value, found.indicator)) for value in found.values],
        "trend": found.trend.label if found.trend else "",
        "is_worse": found.trend == Trend.WORSE,
    }


def _money(request: HttpRequest, assignment: Assignment, day: dt.date) -> dict[str, object] | None:
    """What the task costs the body, and all offices in its unit; None for whoever may see none of that."""
    if assignment.task is None or Permission.VIEW_MONEY not in request.permissions:
        return None
    year = assignment.year or day.year
    own, together = sums_for_task(assignment.task, assignment.agency, year, day, request.user)
    if not together.lines:
        return None
    return {"year": year, "own": own, "together": together if together.lines > own.lines else None}


def _pair(found: Served) -> tuple[str, str]:
    return found.indicator.code, found.cohort.code


def _page(request: HttpRequest, assignment: Assignment, **forms_given: forms.Form) -> HttpResponse:
    now = timezone.now()
    day = timezone.localdate(now)
    state = AssignmentState(assignment.state)
    allowed = rights(request, assignment)
    evidence = evidence_of(assignment, day)
    may_weigh = allowed.may_weigh(state) and evidence.has_rule
    words = request.GET.get("q", "").strip()
    asks_more = may_weigh and bool({"q", "more"} & request.GET.keys())
    first, until = period_of(assignment)
    context = {
        "assignment": assignment,
        "row": shown(assignment, day, evidence),
        "source": source_of(assignment),
        "evidence": evidence,
        "first": first,
        "last": until - dt.timedelta(days=1) if until else None,
        "candidates": candidates(assignment, day, but=evidence.known, words=words) if asks_more else [],
        "asks_more": asks_more,
        "words": words,
        "may_weigh": may_weigh,
        "may_direct": allowed.may_direct(state),
        "over": days_over(assignment.due_on, evidence.met_on),
        "may_confirm": allowed.may_report(state),
        "below": below(assignment, day),
        "served": _served(assignment, day),
        "decided": decided_here(assignment),
        "money": _money(request, assignment, day),
        "to_hand_in": handed_in_for(assignment.task) if assignment.task else "",
        "trail": trail_of(assignment),
        "step_form": None,
        "note_form": None,
        "date_form": DateForm(initial={"due_on": assignment.due_on}) if allowed.may_direct(state) else None,
        "drop_form": DropForm(prefix=None) if allowed.may_direct(state) else None,
        "path": [(_("Tasks"), reverse("workspace:programme-task-list"))],
    }
    if allowed.may_report(state):
        context["step_form"] = StepForm(state=state, version=assignment.version)
        context["note_form"] = NoteForm()
    context |= forms_given
    wrong = any(form.errors for form in forms_given.values())
    return render(request, "workspace/tasks/task_detail.html", context, status=422 if wrong else 200)
