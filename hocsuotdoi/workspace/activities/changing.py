"""What somebody said when joining, changed on their behalf: of one session, or once for a whole series."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.forms import ChangeForm, add_refusal
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.activities.operations.enrolment import change_enrolment
from hocsuotdoi.activities.operations.party import GuardianNeeded
from hocsuotdoi.activities.operations.registration import change_registration
from hocsuotdoi.activities.queries.joining import people_of, questions_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.workspace.activities.registrations import enrolment_of, registration_of
from hocsuotdoi.workspace.activities.session import path_to


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def registration_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    registration = registration_of(request, pk)
    session = registration.session
    require(request.user, Permission.VIEW_PARTICIPANTS, session)

    def change(at: dt.datetime, wanted: dict[str, Any]) -> str:
        change_registration(registration, by=request.user, at=at, **wanted)
        return _("Saved.")

    return _page(
        request,
        session.activity,
        change,
        needs={
            "party": registration,
            "activity": session.activity,
            "listed": list(registration.participants.all()),
            "questions": questions_of(session.activity),
            "on": session.held_on,
        },
        title=_("Change the registration"),
        back=reverse("workspace:activities-registration-list", args=[session.pk]),
        context={"session": session, "is_in_series": registration.enrolment_id is not None},
    )


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def enrolment_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Once, for all sessions of the series to come."""
    enrolment = enrolment_of(request, pk)
    require(request.user, Permission.VIEW_PARTICIPANTS, enrolment.activity)

    def change(at: dt.datetime, wanted: dict[str, Any]) -> str:
        changed = change_enrolment(enrolment, by=request.user, at=at, **wanted)
        if not changed.kept:
            return _("Saved.")
        days = ", ".join(day_short(each.session.starts_at) for each in changed.kept)
        return _("Saved. Left as it was, because the person is already marked present: {days}.").format(days=days)

    return _page(
        request,
        enrolment.activity,
        change,
        needs={
            "party": enrolment,
            "activity": enrolment.activity,
            "listed": people_of(enrolment),
            "questions": questions_of(enrolment.activity),
            "on": timezone.localdate(),
        },
        title=_("Change for the whole series"),
        back=reverse("workspace:activities-enrolment-list", args=[enrolment.activity_id]),
    )


def _page(
    request: HttpRequest,
    activity: Activity,
    change: Callable[[dt.datetime, dict[str, Any]], str],
    *,
    needs: dict[str, Any],
    title: str,
    back: str,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """The form: shown, refused where it can be mended, or done."""
    form = _form(request, needs, asks_guardian="guardian_name" in request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            done = change(timezone.now(), form.wanted())
        except Refused as refusal:
            if isinstance(refusal, GuardianNeeded) and "consent" not in form.fields:
                form = _form(request, needs, asks_guardian=True)
            add_refusal(form, refusal)
        else:
            messages.success(request, done)
            return redirect(back)
    return render(
        request,
        "workspace/activities/registration_edit.html",
        {
            "form": form,
            "activity": activity,
            "title": title,
            "back": back,
            "path": path_to(activity),
            **(context or {}),
        },
        status=422 if form.errors else 200,
    )


def _form(request: HttpRequest, needs: dict[str, Any], *, asks_guardian: bool) -> ChangeForm:
    """In the words of who does it for somebody else."""
    form = ChangeForm(request.POST or None, asks_guardian=asks_guardian, **needs)
    form.fields["name"].label = _("Name")
    form.fields["phone"].help_text = _("So that we can tell them if something changes")
    form.fields["email"].help_text = ""
    if "consent" in form.fields:
        form.fields["consent"].label = _(
            "The guest answers for the children who come, and their parents agree that they take part."
        )
    return form
