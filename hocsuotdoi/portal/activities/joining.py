"""Joining a session or a series, and what the person who joined sees and may do, by the code alone."""

import datetime as dt
import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.forms import add_refusal
from hocsuotdoi.activities.models import Activity, Enrolment, Registration, Session
from hocsuotdoi.activities.operations.enrolment import enrol, leave
from hocsuotdoi.activities.operations.party import GuardianNeeded
from hocsuotdoi.activities.operations.rating import is_ratable
from hocsuotdoi.activities.operations.registration import (
    cancel_registration,
    joining_closes_at,
    move_registration,
    register,
)
from hocsuotdoi.activities.operations.waiting import accept_offer, lapse_offers_of
from hocsuotdoi.activities.queries.joining import (
    answered,
    enrolment_by_code,
    people_of,
    position_of,
    questions_of,
    sessions_to_come,
)
from hocsuotdoi.activities.queries.offer import activity_page, activity_to_join, completed
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.qr import qr_svg
from hocsuotdoi.portal.activities.blank import drawn_join_form
from hocsuotdoi.portal.activities.forms import SERIES, ClassForm, CodeForm, JoinForm, MoveForm
from hocsuotdoi.portal.activities.join import can_be_joined, form_needs, join_part
from hocsuotdoi.portal.activities.views import activity_response


@public
@require_http_methods(["GET", "POST"])
def registration_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One session, or the whole series, whichever the form says. Opened again by its address, it leads to the form."""
    if request.method == "GET":
        return redirect(f"{reverse('portal:activities-activity-detail', args=[pk])}#join")
    now = timezone.now()
    activity = get_object_or_404(activity_to_join(request.user), pk=pk)
    asked = questions_of(activity) if activity.has_questions else []
    needs = form_needs(join_part(activity, at=now, with_form=False), asked)
    form = JoinForm(request.POST, asks_guardian="guardian_name" in request.POST, **needs)
    if form.is_valid():
        chosen = form.cleaned_data["session"]
        common = {"form_key": form.cleaned_data["form_key"], "at": now, "learner_key": _learner(request)}
        try:
            if chosen == SERIES:
                enrolment = enrol(activity, **common, **form.who())
                return redirect("portal:activities-enrolment-detail", pk=pk, code=enrolment.code)
            registration = register(chosen, **common, **form.who())
            return redirect("portal:activities-registration-detail", pk=registration.session_id, code=registration.code)
        except GuardianNeeded as refusal:
            form = JoinForm(request.POST, asks_guardian=True, **needs)
            add_refusal(form, refusal)
        except Refused as refusal:
            add_refusal(form, refusal)
    activity = completed(get_object_or_404(activity_page(request.user, at=now), pk=pk))
    part = join_part(activity, at=now, with_form=False)
    form.offer(part.offered)
    part.form = drawn_join_form(form)
    return activity_response(request, activity, now, part=part)


@public
@require_http_methods(["GET", "POST"])
def class_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A class by its list, for one session."""
    now = timezone.now()
    activity = get_object_or_404(activity_page(request.user, at=now), pk=pk)
    part = join_part(activity, at=now, with_form=False)
    if not part.takes_lists and request.method == "GET":
        return redirect("portal:activities-activity-detail", pk=pk)
    needs = {"sessions": part.sessions, "offered": part.offered, "questions": questions_of(activity)}
    form = ClassForm(request.POST or None, request.FILES or None, **needs)
    if request.method == "POST" and form.is_valid():
        good = form.cleaned_data
        try:
            registration = register(
                good["session"], form_key=good["form_key"], at=now, learner_key=_learner(request), **form.who()
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("portal:activities-registration-detail", pk=registration.session_id, code=registration.code)
    return render(
        request,
        "portal/activities/registration_class.html",
        {"form": form, "activity": activity, "back": reverse("portal:activities-activity-detail", args=[pk])},
        status=422 if form.errors else 200,
    )


@public
@require_GET
def registration_find(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """From the code to the registration or the enrolment, whichever session of the activity it is for."""
    now = timezone.now()
    activity = get_object_or_404(activity_page(request.user, at=now), pk=pk)
    form = CodeForm(request.GET)
    if form.is_valid():
        code = form.cleaned_data["code"]
        found = _by_code(activity, code)
        if found:
            return redirect("portal:activities-registration-detail", pk=found.session_id, code=found.code)
        if enrolment_by_code(activity, code):
            return redirect("portal:activities-enrolment-detail", pk=pk, code=code)
        form.add_error("code", _("There is no registration with this code here. Check it letter by letter."))
    part = join_part(completed(activity), at=now)
    part.code_form = form
    return activity_response(request, activity, now, part=part)


@public
@require_GET
def registration_detail(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """The confirmation, the place in line or the offer: who holds its address (session and code) may see it."""
    now = timezone.now()
    registration = registration_at(pk, code)
    if (registration.session_id, registration.code) != (pk, typed_code(code)):
        return redirect("portal:activities-registration-detail", pk=registration.session_id, code=registration.code)
    if registration.offer_ends_at and registration.offer_ends_at <= now:
        lapse_offers_of(registration.session, at=now)
        registration = registration_at(pk, code)
    session = registration.session
    activity = session.activity
    is_to_come = session.status == SessionStatus.PLANNED and session.ends_at > now
    address = request.build_absolute_uri(reverse("portal:activities-registration-detail", args=[pk, registration.code]))
    return render(
        request,
        "portal/activities/registration_detail.html",
        {
            "registration": registration,
            "session": session,
            "activity": activity,
            "participants": registration.participants.all(),
            "answers": answered(registration.answers, questions_of(activity)) if registration.answers else [],
            "position": position_of(registration) if registration.is_waiting else None,
            "is_alive": is_to_come and (registration.holds_places or registration.is_waiting),
            "is_past": not is_to_come and (registration.holds_places or registration.is_waiting),
            "can_change": joining_closes_at(activity, session) > now,
            "can_move": is_to_come and registration.enrolment_id is None and bool(_others(registration, now)),
            "qr": qr_svg(address) if registration.is_confirmed and is_to_come else "",
            "rate_url": _rate_url(registration) if registration.is_confirmed and is_ratable(session, at=now) else "",
        },
    )


def _rate_url(registration: Registration) -> str:
    page = reverse("portal:activities-rating-create", args=[registration.session_id])
    return f"{page}?code={registration.code}"


@public
@require_http_methods(["GET", "POST"])
def registration_move(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """To another session of the activity, places and all, or not at all."""
    registration = registration_at(pk, code)
    now = timezone.now()
    form = MoveForm(request.POST or None, offered=_others(registration, now))

    def move(good: dict) -> Registration:
        return move_registration(registration, to=good["session"], at=now)

    return _act(request, registration, form, move, "registration_move", _("You have a place at the other session now."))


@public
@require_http_methods(["GET", "POST"])
def registration_accept(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    registration = registration_at(pk, code)
    if request.method == "GET":
        return redirect("portal:activities-registration-detail", pk=pk, code=code)
    try:
        accept_offer(registration, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The place is yours."))
    return redirect("portal:activities-registration-detail", pk=pk, code=code)


@public
@require_http_methods(["GET", "POST"])
def registration_cancel(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    registration = registration_at(pk, code)
    back = reverse("portal:activities-registration-detail", args=[pk, code])
    if request.method == "POST":
        try:
            cancel_registration(registration, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your registration is cancelled. Others can have your places now."))
        return redirect(back)
    session = registration.session
    is_alive = registration.holds_places or registration.is_waiting
    if not is_alive or session.status != SessionStatus.PLANNED or session.ends_at <= timezone.now():
        return redirect(back)
    return render(request, "portal/activities/registration_cancel.html", {"registration": registration, "back": back})


@public
@require_GET
def enrolment_detail(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """The whole series as one person has joined it."""
    now = timezone.now()
    enrolment = enrolment_at(pk, code)
    registrations = list(enrolment.registrations.all())
    mine = {registration.session_id for registration in registrations}
    to_come = list(sessions_to_come(enrolment.activity, at=now)) if enrolment.is_active else []
    return render(
        request,
        "portal/activities/enrolment_detail.html",
        {
            "enrolment": enrolment,
            "activity": enrolment.activity,
            "registrations": registrations,
            "full": [session for session in to_come if session.pk not in mine],
            "can_leave": bool(to_come),
            "participants": people_of(enrolment),
            "answers": answered(enrolment.answers, questions_of(enrolment.activity)) if enrolment.answers else [],
            "now": now,
        },
    )


@public
@require_http_methods(["GET", "POST"])
def enrolment_leave(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    enrolment = enrolment_at(pk, code)
    back = reverse("portal:activities-enrolment-detail", args=[pk, code])
    if request.method == "POST":
        leave(enrolment, at=timezone.now())
        messages.success(request, _("You have left. Others can have your places now."))
        return redirect(back)
    if not enrolment.is_active:
        return redirect(back)
    return render(request, "portal/activities/enrolment_leave.html", {"enrolment": enrolment, "back": back})


def registration_at(pk: uuid.UUID, code: str) -> Registration:
    """The registration that session and code name together, with all that its pages show. A page that was open in
    another tab while the registration moved still names its old session: it is found where it is now."""
    found = _shown().filter(session=pk, code=typed_code(code)).first()
    return found or get_object_or_404(_shown(), pk=_moved(pk, code).pk)


def _shown() -> QuerySet[Registration]:
    return Registration.objects.select_related(
        "session__activity", "session__institution", "session__room", "enrolment"
    )


def enrolment_at(pk: uuid.UUID, code: str) -> Enrolment:
    registrations = Registration.objects.select_related("session__room", "session__institution", "session__activity")
    return get_object_or_404(
        Enrolment.objects.select_related("activity__institution").prefetch_related(
            Prefetch("registrations", registrations.order_by("session__starts_at", "session_id"))
        ),
        activity=pk,
        code=typed_code(code),
    )


def typed_code(code: str) -> str:
    return code.replace("-", "").upper()


def _moved(pk: uuid.UUID, code: str) -> Registration:
    """An old address after the registration was moved: it is at another session of the activity now. Or the code of a
    whole series: the registration that it made for this session."""
    session = get_object_or_404(Session.objects.select_related("activity"), pk=pk)
    code = typed_code(code)
    of_series = Registration.objects.filter(
        institution_id=session.institution_id, session=session, enrolment__code=code
    ).first()
    found = of_series or _by_code(session.activity, code)
    if found is None or (found.code == code and found.session_id == pk):
        raise Http404
    return found


def _by_code(activity: Activity, code: str) -> Registration | None:
    return Registration.objects.filter(
        institution_id=activity.institution_id, session__activity=activity, code=code
    ).first()


def _others(registration: Registration, now: dt.datetime) -> list[Session]:
    """Sessions to move to: with a place for everybody of the group."""
    activity = registration.session.activity
    return [
        session
        for session in sessions_to_come(activity, at=now)
        if session.pk != registration.session_id
        and activity.takes_registrations
        and can_be_joined(activity, session, at=now)
        and (session.places_left is None or session.places_left >= registration.group_size)
    ]


def _act(
    request: HttpRequest,
    registration: Registration,
    form: forms.Form,
    act: Callable[[dict], Registration],
    template: str,
    done: str,
) -> HttpResponse:
    """A form page of a registration: shown, refused, or done."""
    if request.method == "POST" and form.is_valid():
        try:
            changed = act(form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, done)
            return redirect("portal:activities-registration-detail", pk=changed.session_id, code=changed.code)
    back = reverse("portal:activities-registration-detail", args=[registration.session_id, registration.code])
    return render(
        request,
        f"portal/activities/{template}.html",
        {"form": form, "registration": registration, "activity": registration.session.activity, "back": back},
        status=422 if form.errors else 200,
    )


def _learner(request: HttpRequest) -> uuid.UUID | None:
    return request.user.learner_key if request.user.is_authenticated else None
