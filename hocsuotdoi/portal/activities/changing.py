"""Changing afterwards, by the code alone, what was said when joining: of one session, or once for a whole series."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.forms import ChangeForm, add_refusal
from hocsuotdoi.activities.models import Activity, Enrolment
from hocsuotdoi.activities.operations.enrolment import Changed, change_enrolment
from hocsuotdoi.activities.operations.party import GuardianNeeded
from hocsuotdoi.activities.operations.registration import change_registration
from hocsuotdoi.activities.queries.joining import people_of, questions_of, sessions_to_come
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.portal.activities.joining import enrolment_at, registration_at


@public
@require_http_methods(["GET", "POST"])
def registration_change(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    registration = registration_at(pk, code)
    session = registration.session
    needs = {
        "party": registration,
        "activity": session.activity,
        "listed": list(registration.participants.all()),
        "questions": questions_of(session.activity),
        "on": session.held_on,
    }
    form = ChangeForm(request.POST or None, asks_guardian="guardian_name" in request.POST, **needs)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_registration(registration, at=timezone.now(), **form.wanted())
        except Refused as refusal:
            form = _with(refusal, form, request, needs)
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:activities-registration-detail", pk=changed.session_id, code=changed.code)
    series = registration.enrolment
    return _page(
        request,
        form,
        session.activity,
        back=reverse("portal:activities-registration-detail", args=[session.pk, registration.code]),
        series_url=reverse("portal:activities-enrolment-change", args=[series.activity_id, series.code])
        if series
        else "",
    )


@public
@require_http_methods(["GET", "POST"])
def enrolment_change(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """Once, for all sessions of the series to come."""
    enrolment = enrolment_at(pk, code)
    back = reverse("portal:activities-enrolment-detail", args=[pk, enrolment.code])
    if not enrolment.is_active:
        return redirect(back)
    now = timezone.now()
    needs = series_needs(enrolment, at=now)
    form = ChangeForm(request.POST or None, asks_guardian="guardian_name" in request.POST, **needs)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_enrolment(enrolment, at=now, **form.wanted())
        except Refused as refusal:
            form = _with(refusal, form, request, needs)
        else:
            messages.success(request, what_was_reached(changed))
            return redirect(back)
    return _page(request, form, enrolment.activity, back=back, is_series=True)


def series_needs(enrolment: Enrolment, *, at: dt.datetime) -> dict[str, Any]:
    """What a `ChangeForm` of a whole series is made of; three queries."""
    first = sessions_to_come(enrolment.activity, at=at).first()
    return {
        "party": enrolment,
        "activity": enrolment.activity,
        "listed": people_of(enrolment),
        "questions": questions_of(enrolment.activity),
        "on": first.held_on if first else timezone.localdate(at),
    }


def what_was_reached(changed: Changed) -> str:
    words = _("Saved for all your sessions to come.") if changed.reached else _("Saved.")
    if not changed.kept:
        return words
    days = ", ".join(day_short(each.session.starts_at) for each in changed.kept)
    return f"{words} " + _("Left as it was, because changes for it are closed: {days}.").format(days=days)


def _with(refusal: Refused, form: ChangeForm, request: HttpRequest, needs: dict[str, Any]) -> ChangeForm:
    """The form with the refusal where it can be mended; asking for the grown-up when one is needed."""
    if isinstance(refusal, GuardianNeeded) and "consent" not in form.fields:
        form = ChangeForm(request.POST, asks_guardian=True, **needs)
    add_refusal(form, refusal)
    return form


def _page(
    request: HttpRequest,
    form: ChangeForm,
    activity: Activity,
    *,
    back: str,
    series_url: str = "",
    is_series: bool = False,
) -> HttpResponse:
    return render(
        request,
        "portal/activities/registration_change.html",
        {"form": form, "activity": activity, "back": back, "series_url": series_url, "is_series": is_series},
        status=422 if form.errors else 200,
    )
