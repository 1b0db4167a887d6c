"""The acts on one visit. What is refused stands in the form that was sent, on the same page."""

import uuid
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.inspection.enums import Outcome, Severity
from hocsuotdoi.inspection.models import ChecklistItem, Visit, VisitFinding
from hocsuotdoi.inspection.operations import closing
from hocsuotdoi.inspection.operations import finding as findings
from hocsuotdoi.inspection.operations import plan as planning
from hocsuotdoi.inspection.operations.seeing import (
    LARGEST_PHOTO,
    Noted,
    begin_visit,
    take_answers,
    take_photo,
)
from hocsuotdoi.inspection.rules import Rights, rights_on
from hocsuotdoi.reporting.operations.minutes import freeze_minutes
from hocsuotdoi.workspace.acts import did
from hocsuotdoi.workspace.inspection.forms import (
    AnswerForm,
    CancelForm,
    CheckForm,
    CloseForm,
    FindingForm,
    OpinionForm,
    PhotoForm,
)
from hocsuotdoi.workspace.inspection.visits import change_form, find, visit_page


@require_POST
@requires(Permission.INSPECT)
def visit_begin(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.write)
    did(request, partial(begin_visit, visit, by=request.user, at=timezone.now()), _("The visit has begun."))
    return _back(visit)


@require_POST
@requires(Permission.INSPECT)
def answer_write(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """All questions at once; those left empty stay open. Only what differs from what the page showed is sent; where
    somebody has answered since, both stand there, and the person chooses."""
    visit = _for(request, pk, lambda rights: rights.write)
    now = timezone.now()
    items: list[ChecklistItem] = list(visit.checklist.items.all())
    forms = {item.pk: AnswerForm(request.POST, item=item) for item in items}
    wrong = [
        form for form in forms.values() if not form.is_valid()
    ]  # each is looked at, so that each says what is wrong
    if wrong:
        return visit_page(request, visit, answer_forms=forms)
    noted = [
        Noted(uuid7(), visit.pk, key, *form.given, seen_at=now, over=form.cleaned_data["was"])
        for key, form in forms.items()
        if form.is_to_be_kept
    ]
    left: dict[int, AnswerForm] = {}
    told = take_answers(noted, by=request.user, at=now, day=timezone.localdate(now))
    for one, each in zip(noted, told, strict=True):
        if each.outcome == Outcome.REFUSED:
            left[one.item] = forms[one.item]
            left[one.item].add_error("words", each.reason)
        elif each.holds is not None:
            left[one.item] = forms[one.item].asked_which_holds(each.holds)
    if left:
        messages.warning(request, _("Not all answers are kept yet: look at the questions marked below."))
        return visit_page(request, find(request, pk), answer_forms=left)
    messages.success(request, _("The answers are kept."))
    return _back(visit, "answers")


@require_POST
@requires(Permission.INSPECT)
def photo_add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.write)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return visit_page(request, visit, photo_form=form)
    now, file = timezone.now(), form.cleaned_data["file"]
    act = partial(
        take_photo,
        visit,
        file.read(LARGEST_PHOTO + 1),
        media_type=file.content_type or "",
        photo=uuid7(),
        item=None,
        shows=form.cleaned_data["shows"],
        taken_at=now,
        by=request.user,
        at=now,
    )
    return _done(request, visit, act, _("The picture is kept."), form, "photo_form", "photos")


@require_POST
@requires(Permission.INSPECT)
def finding_add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.write)
    form = FindingForm(request.POST, checklist=visit.checklist_id)
    if not form.is_valid():
        return visit_page(request, visit, finding_form=form)
    given = {**form.cleaned_data, "severity": Severity(form.cleaned_data["severity"])}
    act = partial(findings.add_finding, visit, **given, by=request.user, at=timezone.now())
    return _done(request, visit, act, _("The finding stands."), form, "finding_form", "findings")


@require_POST
@requires(Permission.INSPECT)
def finding_remove(request: HttpRequest, pk: uuid.UUID, finding: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.write)
    seen = request.POST.get("base", "")
    act = partial(findings.remove_finding, _finding(visit, finding), by=request.user, at=timezone.now(), base=seen)
    did(request, act, _("The finding was taken out."))
    return _back(visit, "findings")


@require_POST
@requires(Permission.INSPECT)
def finding_check(request: HttpRequest, pk: uuid.UUID, finding: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.direct or rights.write)
    row = _finding(visit, finding)
    form = CheckForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what you saw when you looked again."))
        return _back(visit, "findings")
    is_mended = form.cleaned_data["is_mended"] == "yes"
    words = form.cleaned_data["words"]
    act = partial(findings.check_finding, row, is_mended=is_mended, words=words, by=request.user, at=timezone.now())
    did(request, act, _("What you saw stands beside the finding."))
    return _back(visit, "findings")


@require_POST
@requires(Permission.VIEW_INSPECTION)
def opinion_state(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.say)
    form = OpinionForm(request.POST, auto_id="opinion_%s")
    if not form.is_valid():
        return visit_page(request, visit, opinion_form=form)
    act = partial(findings.state_opinion, visit, **form.cleaned_data, by=request.user, at=timezone.now())
    return _done(request, visit, act, _("Your opinion stands in the visit."), form, "opinion_form", "opinion")


@require_POST
@requires(Permission.INSPECT)
def visit_close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.write)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return visit_page(request, visit, close_form=form)
    act = partial(closing.close_visit, visit, **form.cleaned_data, by=request.user, at=timezone.now())
    said = _("The visit is closed. What is to be mended has been handed on as tasks.")
    return _done(request, visit, act, said, form, "close_form")


@require_POST
@requires(Permission.INSPECT)
def minutes_freeze(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.direct or rights.write)
    now = timezone.now()

    def act() -> None:
        snapshot = freeze_minutes(visit, by=request.user, at=now)
        if visit.minutes_number != snapshot.number:
            findings.number_minutes(visit, snapshot.number, by=request.user, at=now)

    did(request, act, _("The minutes are written and stay as they are."))
    return _back(visit, "minutes")


@require_POST
@requires(Permission.INSPECT)
def visit_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.direct)
    now = timezone.now()
    form = change_form(visit, timezone.localdate(now), request.POST)
    if not form.is_valid():
        return visit_page(request, visit, change_form=form)
    act = partial(
        planning.change_visit,
        visit,
        planned_on=form.cleaned_data["planned_on"],
        team=form.members(),
        version=form.cleaned_data["version"],
        by=request.user,
        at=now,
    )
    return _done(request, visit, act, _("Day and team were set."), form, "change_form")


@require_POST
@requires(Permission.INSPECT)
def visit_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    visit = _for(request, pk, lambda rights: rights.direct)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return visit_page(request, visit, cancel_form=form)
    act = partial(planning.cancel_visit, visit, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    return _done(request, visit, act, _("The visit was cancelled; the reason stands beside it."), form, "cancel_form")


def _for(request: HttpRequest, pk: uuid.UUID, may: Callable[[Rights], bool]) -> Visit:
    visit = find(request, pk)
    if not may(rights_on(request.user, visit, timezone.localdate())):
        raise PermissionDenied
    return visit


def _finding(visit: Visit, key: uuid.UUID) -> VisitFinding:
    rows = VisitFinding.objects.select_related("visit")
    return get_object_or_404(rows, pk=key, visit=visit, institution=visit.institution_id)


def _done(
    request: HttpRequest,
    visit: Visit,
    act: Callable[[], object],
    said: str,
    form: Form,
    name: str,
    part: str = "",
) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return visit_page(request, find(request, visit.pk), **{name: form})
    messages.success(request, said)
    return _back(visit, part)


def _back(visit: Visit, part: str = "") -> HttpResponse:
    response = redirect("workspace:inspection-visit-detail", pk=visit.pk)
    if part:
        response["Location"] += f"#{part}"
    return response
