"""Sessions: adding, moving and cancelling one."""

import uuid
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.operations.activity import add_session, cancel_session, change_session
from hocsuotdoi.workspace.activities.forms import ReasonForm, SessionForm
from hocsuotdoi.workspace.acts import did


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def session_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    form = SessionForm(request.POST or None, institution=activity.institution, with_equipment=True)
    if request.method == "POST" and form.is_valid():
        new, equipment = form.new_session(), form.equipment_wanted()
        act = partial(add_session, activity, new=new, equipment=equipment, by=request.user, at=timezone.now())
        if did(request, act, _("The session is added."), form=form):
            return redirect("workspace:activities-activity-detail", pk=pk)
    return _form_page(request, form, activity, title=_("Add a session"), submit_label=_("Add"))


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def session_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    session = session_of(request, pk, Permission.EDIT_ACTIVITY)
    form = SessionForm(
        request.POST or None,
        initial=SessionForm.values_of(session),
        institution=session.institution,
        with_equipment=True,
    )
    if request.method == "POST" and form.is_valid():
        changes = form.values() | {"equipment": form.equipment_wanted()}
        act = partial(change_session, session, by=request.user, at=timezone.now(), **changes)
        if did(request, act, _("Saved."), form=form):
            return redirect("workspace:activities-activity-detail", pk=session.activity_id)
    return _form_page(request, form, session.activity, title=_("Change the session"), submit_label=_("Save"))


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def session_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    session = session_of(request, pk, Permission.EDIT_ACTIVITY)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = partial(cancel_session, session, by=request.user, at=timezone.now(), **form.cleaned_data)
        if did(request, act, _("The session is cancelled."), form=form):
            return redirect("workspace:activities-activity-detail", pk=session.activity_id)
    return render(
        request,
        "workspace/activities/session_cancel.html",
        {"form": form, "session": session, "activity": session.activity, "path": path_to(session.activity)},
        status=422 if form.errors else 200,
    )


def activity_of(request: HttpRequest, pk: uuid.UUID, permission: Permission) -> Activity:
    """The activity, if the person sees it (else 404) and holds the permission there (else 403)."""
    activity = get_object_or_404(Activity.objects.visible_to(request.user).select_related("institution"), pk=pk)
    require(request.user, permission, activity)
    return activity


def session_of(request: HttpRequest, pk: uuid.UUID, permission: Permission) -> Session:
    """The session, if the person sees it (else 404) and holds the permission there (else 403)."""
    session = get_object_or_404(
        Session.objects.visible_to(request.user).select_related("activity", "institution", "room"), pk=pk
    )
    require(request.user, permission, session)
    return session


def path_to(activity: Activity) -> list[tuple[str, str]]:
    return [
        (_("Activities"), reverse("workspace:activities-activity-list")),
        (activity.title, reverse("workspace:activities-activity-detail", args=[activity.pk])),
    ]


def _form_page(
    request: HttpRequest, form: SessionForm, activity: Activity, *, title: str, submit_label: str
) -> HttpResponse:
    return render(
        request,
        "workspace/activities/session_edit.html",
        {
            "form": form,
            "activity": activity,
            "title": title,
            "submit_label": submit_label,
            "back": reverse("workspace:activities-activity-detail", args=[activity.pk]),
            "path": path_to(activity),
        },
        status=422 if form.errors else 200,
    )
