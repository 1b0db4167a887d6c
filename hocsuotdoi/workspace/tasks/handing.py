"""Handing a task down to the bodies below, each with its own day, in one act; seen before it is done."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.programme.enums import AgencyPart
from hocsuotdoi.programme.models import Assignment, Task
from hocsuotdoi.programme.operations.assignment import hand_down
from hocsuotdoi.programme.queries.assignments import own_agencies
from hocsuotdoi.programme.queries.due import handed_down_due_on, year_of
from hocsuotdoi.programme.queries.receivers import MOST, receivers, tasks_to_hand_down, units_to_hand_down_in
from hocsuotdoi.workspace.tasks.forms import HandDownForm, PlaceForm

ON_A_PAGE = 25


@dataclass
class Receiver:
    """A body that may get the task; `due` and `part` as they are sent, or as they stand. Who has it already is not
    chosen unless one says so: else a day that was moved with a reason would be moved back."""

    agency: Agency
    has_it: bool
    is_chosen: bool
    due: str
    part: AgencyPart = AgencyPart.LEAD


@require_GET
@requires(Permission.ASSIGN_TASK)
def task_choose(request: HttpRequest) -> HttpResponse:
    """Which of the plans' tasks."""
    words = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    tasks = tasks_to_hand_down(timezone.localdate())
    for word in words.split():
        tasks = tasks.filter(
            Q(text__icontains=word) | Q(plan__number__icontains=word) | Q(plan__issuer__icontains=word)
        )
    page = Paginator(tasks.order_by("-plan__issued_on", "plan", "ordinal"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "words": words, "path": [(_("Tasks"), reverse("workspace:programme-task-list"))]}
    return render(request, "workspace/tasks/task_choose.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.ASSIGN_TASK)
def task_hand_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose bodies and days; look at it; do it. What is sent in between is checked each time."""
    now = timezone.now()
    day = timezone.localdate(now)
    task = get_object_or_404(tasks_to_hand_down(day).prefetch_related("agencies__agency"), pk=pk)
    units = units_to_hand_down_in(request.user, day)
    if not units:
        raise Http404
    data = request.POST if request.method == "POST" else request.GET
    place = PlaceForm(
        {"unit": data.get("unit") or units[0].code, "year": data.get("year") or day.year}, units=units, day=day
    )
    if not place.is_valid():
        raise Http404
    unit = next(each for each in units if each.code == place.cleaned_data["unit"])
    year = place.cleaned_data["year"]
    found = list(receivers(task, unit, request.user, day)[: MOST + 1])
    indicators = (
        Indicator.objects.filter(Q(targets__plan=task.plan_id) | Q(pk=task.indicator_id))
        .distinct()
        .order_by("ordinal", "code")
    )
    initial = {"due_on": handed_down_due_on(task, year), "indicator": task.indicator_id}
    form = HandDownForm(request.POST or None, indicators=indicators, initial=initial)
    rows = _rows(request, task, found[:MOST], year)
    is_preview = False
    if request.method == "POST" and form.is_valid():
        chosen = [each for each in rows if each.is_chosen]
        try:
            due = days_of(chosen, form.cleaned_data["due_on"])
            if "confirm" in request.POST:
                parts = {each.agency: each.part for each in chosen}
                return _hand_down(request, task, due, parts, form, unit, year, now, day)
            is_preview = bool(chosen)
            if not chosen:
                form.add_error(None, _("Choose at least one body that is to do this."))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = {
        "task": task,
        "place": place,
        "unit": unit,
        "year": year,
        "is_once": year_of(task, year) is None,
        "form": form,
        "rows": rows,
        "parts": AgencyPart,
        "chosen": [each for each in rows if each.is_chosen],
        "is_too_many": len(found) > MOST,
        "is_preview": is_preview,
        "path": [
            (_("Tasks"), reverse("workspace:programme-task-list")),
            (_("Hand down"), reverse("workspace:programme-task-choose")),
        ],
    }
    return render(request, "workspace/tasks/task_hand_down.html", context, status=422 if form.errors else 200)


class BadDay(Refused):
    """What stands beside a body is no day."""


def _rows(request: HttpRequest, task: Task, found: list[Agency], year: int) -> list[Receiver]:
    here = task.assignments.filter(agency__in=[each.pk for each in found], year=year_of(task, year))
    known = {row.agency_id: row for row in here}
    parts = {each.agency_id: each.part for each in task.agencies.all()} | {pk: row.part for pk, row in known.items()}
    sent = set(request.POST.getlist("agency")) if request.method == "POST" else None
    return [
        Receiver(
            agency=each,
            has_it=each.pk in known,
            is_chosen=each.pk not in known if sent is None else str(each.pk) in sent,
            due=request.POST.get(f"due-{each.pk}", "") if sent is not None else _iso(known.get(each.pk)),
            part=_part(request.POST.get(f"part-{each.pk}", ""), parts.get(each.pk, "")),
        )
        for each in found
    ]


def _part(sent: str, known: str) -> AgencyPart:
    """As sent, else as the body has it or the plan names it, else the lead."""
    return next((AgencyPart(each) for each in (sent, known) if each in AgencyPart.values), AgencyPart.LEAD)


def _iso(row: Assignment | None) -> str:
    return row.due_on.isoformat() if row and row.due_on else ""


def days_of(chosen: list[Receiver], common: dt.date | None) -> dict[Agency, dt.date | None]:
    """Each body's own day, or the common one."""
    due: dict[Agency, dt.date | None] = {}
    for each in chosen:
        try:
            own = parse_date(each.due) if each.due else common
        except ValueError:
            own = None
        if each.due and own is None:
            raise BadDay(_("“{text}” beside {body} is no day.").format(text=each.due[:20], body=each.agency.name))
        due[each.agency] = own
    return due


def _hand_down(
    request: HttpRequest,
    task: Task,
    due: Mapping[Agency, dt.date | None],
    parts: Mapping[Agency, AgencyPart],
    form: HandDownForm,
    unit: AdminUnit,
    year: int,
    now: dt.datetime,
    day: dt.date,
) -> HttpResponse:
    own = Assignment.objects.filter(task=task, year=year_of(task, year), agency__in=own_agencies(request.user, day))
    made = hand_down(
        task,
        due=due,
        parts=parts,
        year=year,
        starts_on=form.cleaned_data["starts_on"],
        remark=form.cleaned_data["remark"],
        indicator=form.cleaned_data["indicator"],
        handed_down_from=own.first(),
        by=request.user,
        at=now,
    )
    words = ngettext("Handed down to {number} body.", "Handed down to {number} bodies.", len(made))
    messages.success(request, words.format(number=len(made)))
    return redirect("workspace:programme-task-grid", code=unit.code, year=year)
