"""The rule of a series: shown before it is saved, changed for the sessions to come, extended."""

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.formats.facts import render_rule_facts
from hocsuotdoi.activities.models import Activity, Schedule
from hocsuotdoi.activities.operations.series import (
    Series,
    change_of,
    change_schedule,
    create_schedule,
    extend_schedule,
    plan_of,
    schedule_of,
)
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.workspace.activities.series_form import ExtendForm, ScheduleForm
from hocsuotdoi.workspace.activities.session import activity_of, path_to
from hocsuotdoi.workspace.acts import refusals_in


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def schedule_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """First what the rule comes to, then it is saved."""
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    now = timezone.now()
    form = ScheduleForm(request.POST or None, institution=activity.institution)
    plan = None
    if request.method == "POST" and form.is_valid():
        try:
            if "save" in request.POST:
                series = create_schedule(activity, new=form.new_schedule(), by=request.user, at=now)
                return _saved(request, activity, series)
            schedule = schedule_of(activity, new=form.new_schedule(), at=now)
            plan = {"rule": render_rule_facts(schedule), "plan": plan_of(schedule)}
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _page(request, activity, form, plan, title=_("Sessions by a rule"))


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def schedule_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    schedule = _schedule(request, pk)
    activity = schedule.activity
    form = ScheduleForm(
        request.POST or None, initial=ScheduleForm.values_of(schedule), institution=activity.institution
    )
    plan = None
    if request.method == "POST" and form.is_valid():
        new = form.new_schedule()
        try:
            if "save" in request.POST:
                return _saved(request, activity, change_schedule(schedule, new=new, by=request.user, at=now))
            wanted = schedule_of(activity, new=new, at=now, earlier=schedule.starts_on)
            change = change_of(schedule, wanted, at=now)
            plan = {"rule": render_rule_facts(wanted), "plan": change.plan, "change": change}
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _page(request, activity, form, plan, title=_("Change the rule"))


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def schedule_extend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    schedule = _schedule(request, pk)
    form = ExtendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            series = extend_schedule(schedule, by=request.user, at=timezone.now(), **form.cleaned_data)
            return _saved(request, schedule.activity, series)
    return render(
        request,
        "workspace/activities/schedule_extend.html",
        {
            "form": form,
            "activity": schedule.activity,
            "rule": render_rule_facts(schedule),
            "path": path_to(schedule.activity),
        },
        status=422 if form.errors else 200,
    )


def _schedule(request: HttpRequest, pk: uuid.UUID) -> Schedule:
    seen: QuerySet[Activity] = Activity.objects.visible_to(request.user)
    schedules = Schedule.objects.filter(activity__in=seen).select_related("activity__institution", "room")
    schedule = get_object_or_404(schedules, pk=pk)
    require(request.user, Permission.EDIT_ACTIVITY, schedule.activity)
    return schedule


def _saved(request: HttpRequest, activity: Activity, series: Series) -> HttpResponse:
    count = len(series.added)
    said = [ngettext("{count} session added.", "{count} sessions added.", count).format(count=count)]
    if series.left_out:
        days = ", ".join(day_short(one.day) for one in series.left_out)
        said.append(_("Left out: {days}.").format(days=days))
    if series.kept:
        said.append(
            ngettext(
                "{count} session stays as it is, because it was changed by hand or people have registered.",
                "{count} sessions stay as they are, because they were changed by hand or people have registered.",
                len(series.kept),
            ).format(count=len(series.kept))
        )
    messages.success(request, " ".join(said))
    return redirect("workspace:activities-activity-detail", pk=activity.pk)


def _page(
    request: HttpRequest, activity: Activity, form: ScheduleForm, plan: dict | None, *, title: str
) -> HttpResponse:
    return render(
        request,
        "workspace/activities/schedule_edit.html",
        {
            "form": form,
            "activity": activity,
            "shown": plan,
            "title": title,
            "back": reverse("workspace:activities-activity-detail", args=[activity.pk]),
            "path": path_to(activity),
        },
        status=422 if form.errors else 200,
    )
