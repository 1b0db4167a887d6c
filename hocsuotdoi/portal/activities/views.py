"""What is on, an activity, joining it, and what the person who joined sees."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Activity, Registration, Session
from hocsuotdoi.activities.operations.registration import cancel_registration, register
from hocsuotdoi.activities.queries.offer import activity_page
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.portal.activities.forms import CodeForm, JoinForm
from hocsuotdoi.portal.activities.structured import events_of


@public
@require_GET
def activity_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    activity = get_object_or_404(activity_page(request.user, at=now), pk=pk)
    return _activity(request, activity, now)


@public
@require_POST
def registration_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    activity = get_object_or_404(activity_page(request.user, at=now), pk=pk)
    form = JoinForm(request.POST, sessions=list(activity.sessions.all()), offered=_free(activity, now))
    if form.is_valid():
        fields = form.cleaned_data
        learner = request.user.learner_key if request.user.is_authenticated else None
        try:
            registration = register(at=now, learner_key=learner, **fields)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("portal:activities-registration-detail", pk=registration.session_id, code=registration.code)
    return _activity(request, activity, now, form=form)


@public
@require_GET
def registration_find(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """From the code to the registration, whichever session of the activity it is for."""
    now = timezone.now()
    activity = get_object_or_404(activity_page(request.user, at=now), pk=pk)
    form = CodeForm(request.GET)
    if form.is_valid():
        found = Registration.objects.filter(
            institution_id=activity.institution_id, session__activity=activity, code=form.cleaned_data["code"]
        ).first()
        if found:
            return redirect("portal:activities-registration-detail", pk=found.session_id, code=found.code)
        form.add_error("code", _("There is no registration with this code here. Check it letter by letter."))
    return _activity(request, activity, now, code_form=form)


@public
@require_GET
def registration_detail(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """The confirmation: who holds its address (session and code) may see and cancel it."""
    registration = _registration(pk, code)
    return render(
        request,
        "portal/activities/registration_detail.html",
        {
            "registration": registration,
            "session": registration.session,
            "activity": registration.session.activity,
            "can_cancel": _can_cancel(registration),
        },
    )


@public
@require_http_methods(["GET", "POST"])
def registration_cancel(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    registration = _registration(pk, code)
    back = reverse("portal:activities-registration-detail", args=[pk, code])
    if request.method == "POST":
        try:
            cancel_registration(registration, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your registration is cancelled. Others can have your places now."))
        return redirect(back)
    if not _can_cancel(registration):
        return redirect(back)
    return render(request, "portal/activities/registration_cancel.html", {"registration": registration, "back": back})


@public
@require_GET
def session_sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What a closed session counted, without any name: where every figure's lineage ends for the public."""
    session = get_object_or_404(
        Session.objects.visible_to(request.user).select_related("activity", "institution", "room"), pk=pk
    )
    roll = roll_of(session) if session.status == SessionStatus.CLOSED else None
    sees_names = request.user.is_authenticated and request.person_may(Permission.VIEW_PARTICIPANTS, session)
    return render(
        request,
        "portal/activities/session_sheet.html",
        {"session": session, "activity": session.activity, "roll": roll, "sees_names": sees_names},
    )


def _activity(
    request: HttpRequest,
    activity: Activity,
    now: dt.datetime,
    *,
    form: JoinForm | None = None,
    code_form: CodeForm | None = None,
) -> HttpResponse:
    sessions = list(activity.sessions.all())
    to_come = [s for s in sessions if s.status == SessionStatus.PLANNED and s.ends_at > now]
    is_published = activity.status == ActivityStatus.PUBLISHED
    free = _free(activity, now)
    address = ", ".join(filter(None, [activity.address, activity.place_name]))
    return render(
        request,
        "portal/activities/activity_detail.html",
        {
            "activity": activity,
            "address": address,
            "sessions": sessions,
            "to_come": to_come,
            "is_full": bool(to_come) and is_published and not free,
            "form": form or (JoinForm(sessions=sessions, offered=free) if free else None),
            "code_form": code_form or (CodeForm() if to_come and is_published else None),
            "find_is_open": code_form is not None,
            "events": events_of(request, activity, address=address, at=now),
        },
        status=200 if form is None or not form.errors else 422,
    )


def _free(activity: Activity, now: dt.datetime) -> list[Session]:
    """Sessions that one can join now."""
    if activity.status != ActivityStatus.PUBLISHED:
        return []
    return [
        s for s in activity.sessions.all() if s.status == SessionStatus.PLANNED and s.ends_at > now and not s.is_full
    ]


def _registration(pk: uuid.UUID, code: str) -> Registration:
    return get_object_or_404(
        Registration.objects.select_related("session__activity", "session__institution", "session__room"),
        session=pk,
        code=code.replace("-", "").upper(),
    )


def _can_cancel(registration: Registration) -> bool:
    session = registration.session
    return registration.is_confirmed and session.status == SessionStatus.PLANNED and session.ends_at > timezone.now()
