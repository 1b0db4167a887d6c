"""Visits as they stand: the list, one visit, its pictures."""

import datetime as dt
import uuid

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.attachments import FileLost, open_kept
from hocsuotdoi.inspection.enums import MENDED_BY_A_DAY, VisitState
from hocsuotdoi.inspection.models import Visit, VisitPhoto
from hocsuotdoi.inspection.queries.changed import Shown
from hocsuotdoi.inspection.queries.figures import to_be_checked
from hocsuotdoi.inspection.queries.known import hours_in_words
from hocsuotdoi.inspection.queries.visits import VisitReading, in_words, inspectors_for, reading_of_visit
from hocsuotdoi.inspection.rules import Rights, rights_on
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.reporting.models import Snapshot
from hocsuotdoi.workspace.inspection.forms import (
    AnswerForm,
    CancelForm,
    ChangeForm,
    CheckForm,
    CloseForm,
    FindingForm,
    OpinionForm,
    PhotoForm,
)
from hocsuotdoi.workspace.inspection.shown import row_of
from hocsuotdoi.workspace.tasks.feed import feed_address

_ON_A_PAGE = 25
TABS = {
    "open": gettext_lazy("Ahead and under way"),
    "mine": gettext_lazy("My visits"),
    "again": gettext_lazy("To be looked at again"),
    "closed": gettext_lazy("Finished"),
    "all": gettext_lazy("All"),
}


@require_GET
@requires(Permission.VIEW_INSPECTION)
def visit_list(request: HttpRequest) -> HttpResponse:
    """Inspectors begin with their own; everybody else with what is ahead."""
    day = timezone.localdate()
    inspects = Permission.INSPECT in request.permissions
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS and (tab != "mine" or inspects) else ("mine" if inspects else "open")
    rows = Visit.objects.visible_to(request.user, day)
    if tab == "mine":
        rows = rows.of(request.user).exclude(state=VisitState.CANCELLED)
    elif tab == "open":
        rows = rows.filter(state__in=[VisitState.PLANNED, VisitState.UNDER_WAY])
    elif tab == "again":
        rows = to_be_checked(rows, day)
    elif tab == "closed":
        rows = rows.filter(state=VisitState.CLOSED)
    page = Paginator(in_words(rows), _ON_A_PAGE).get_page(request.GET.get("page"))
    here = reverse("workspace:inspection-visit-list")
    return render(
        request,
        "workspace/inspection/visit_list.html",
        {
            "tabs": [
                {"label": label, "url": f"{here}?tab={name}", "is_current": name == tab}
                for name, label in TABS.items()
                if name != "mine" or inspects
            ],
            "tab": tab,
            "feed": feed_address(request) if inspects else "",
            "inspects": inspects,
            "page_obj": page,
            "rows": [row_of(each, day) for each in page],
        },
    )


@require_GET
@requires(Permission.VIEW_INSPECTION)
def visit_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return visit_page(request, find(request, pk))


@require_GET
@requires(Permission.VIEW_INSPECTION)
def photo_open(request: HttpRequest, pk: uuid.UUID, digest: str) -> HttpResponseBase:
    """Only for those who may see the visit; never with a public address."""
    visit = find(request, pk)
    photo = get_object_or_404(VisitPhoto, visit=visit, institution=visit.institution_id, digest=digest)
    try:
        content = open_kept(photo.digest)
    except FileLost:
        raise Http404 from None
    response = FileResponse(content, content_type="image/jpeg", filename=f"{photo.digest[:12]}.jpg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def find(request: HttpRequest, pk: uuid.UUID) -> Visit:
    """What one may not see is not there."""
    rows = Visit.objects.visible_to(request.user, timezone.localdate())
    return get_object_or_404(rows.select_related("institution", "checklist", "plan__agency__unit"), pk=pk)


def visit_page(request: HttpRequest, visit: Visit, **given: object) -> HttpResponse:
    """The visit with the forms of the acts that are open to the person now; `given` forms are shown as they were
    written."""
    day = timezone.localdate()
    rights = rights_on(request.user, visit, day)
    reading = reading_of_visit(visit, day)
    writes = rights.may_write(visit.state)
    context = {
        "visit": visit,
        "row": row_of(visit, day),
        "rights": rights,
        "reading": reading,
        "hours": hours_in_words([visit.institution_id], day)[visit.institution_id],
        "writes": writes,
        "is_open": visit.state in (VisitState.PLANNED, VisitState.UNDER_WAY),
        "parts": _parts(reading, writes, given.pop("answer_forms", {})),
        "found": _found(request, reading, rights, visit, day),
        "minutes": Snapshot.objects.filter(visit_id=visit.pk, institution=visit.institution_id).first(),
        "may_freeze": (rights.direct or rights.write) and visit.state == VisitState.CLOSED,
        "path": [(_("Inspection"), reverse("workspace:inspection-visit-list"))],
        **_forms(visit, rights, day),
        **given,
    }
    close_form = context.get("close_form")
    if isinstance(close_form, CloseForm):
        close_form.show(_shown_of(reading))
    wrong = any(getattr(each, "errors", None) for each in given.values()) or context["parts"]["wrong"]
    return render(request, "workspace/inspection/visit_detail.html", context, status=422 if wrong else 200)


def _shown_of(reading: VisitReading) -> Shown:
    asked = [each for part in reading.parts for each in part.asked]
    return Shown(
        {each.finding.pk: each.finding.noted_at for each in reading.found},
        {each.item.pk: each.answer.seen_at for each in asked if each.answer},
    )


def _parts(reading: VisitReading, writes: bool, bound: object) -> dict[str, object]:
    """Questions with their forms; bound where one of them was wrong."""
    forms = bound if isinstance(bound, dict) else {}
    rows = []
    for part in reading.parts:
        asked = []
        for each in part.asked:
            form = None
            if writes:
                answer = each.answer
                initial: dict[str, object] = {}
                if answer:
                    said = {"seen": answer.seen, "number": answer.number, "words": answer.words}
                    initial = {**said, "was": answer.stamp}
                form = forms.get(each.item.pk) or AnswerForm(item=each.item, initial=initial)
            asked.append({"reading": each, "form": form})
        rows.append({"heading": part.heading, "asked": asked})
    return {"rows": rows, "wrong": any(form.errors for form in forms.values())}


def _found(
    request: HttpRequest, reading: VisitReading, rights: Rights, visit: Visit, day: dt.date
) -> list[dict[str, object]]:
    tasks = [each.task.pk for each in reading.found if each.task]
    readable = set(Assignment.objects.visible_to(request.user, day).filter(pk__in=tasks).values_list("pk", flat=True))
    rows: list[dict[str, object]] = []
    for each in reading.found:
        asks = each.finding.severity in MENDED_BY_A_DAY
        may_check = asks and rights.may_check(visit.state) and not each.is_mended
        rows.append(
            {
                "reading": each,
                "asks": asks,
                "is_late": asks and not each.is_mended and each.finding.due_on < day,
                "task_url": reverse("workspace:programme-task-detail", args=[each.task.pk])
                if each.task and each.task.pk in readable
                else "",
                "check_form": CheckForm(auto_id=f"check-{each.finding.pk}-%s") if may_check else None,
            }
        )
    return rows


def _forms(visit: Visit, rights: Rights, day: dt.date) -> dict[str, object]:
    forms: dict[str, object] = {}
    going_on = visit.state == VisitState.UNDER_WAY
    if rights.may_write(visit.state) and going_on:
        forms["finding_form"] = FindingForm(checklist=visit.checklist_id)
        forms["close_form"] = CloseForm(initial={"version": visit.version, "met": visit.met}, prefix=None)
        forms["photo_form"] = PhotoForm()
    if rights.may_say(visit.state):
        initial = {"version": visit.version, "met": visit.met, "opinion": visit.opinion}
        forms["opinion_form"] = OpinionForm(initial=initial, auto_id="opinion_%s")
    if rights.may_direct(visit.state):
        forms["change_form"] = change_form(visit, day)
        forms["cancel_form"] = CancelForm()
    return forms


def change_form(visit: Visit, day: dt.date, data: object = None) -> ChangeForm:
    people = inspectors_for(visit.plan, day)
    initial = {
        "planned_on": visit.planned_on,
        "team": [str(key) for key in visit.team],
        "leader": str(visit.team[0]),
        "version": visit.version,
    }
    return ChangeForm(data, people=people, initial=initial, auto_id="change_%s")
