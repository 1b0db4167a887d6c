"""Who joins: a session's registrations and waiting list, a series' members; guests and classes on their behalf."""

import uuid
from functools import partial

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.forms import ListForm, add_refusal, form_key_field
from hocsuotdoi.activities.models import Activity, Enrolment, Registration, Session
from hocsuotdoi.activities.operations.enrolment import enrol, leave
from hocsuotdoi.activities.operations.party import LARGEST_GROUP
from hocsuotdoi.activities.operations.registration import cancel_registration, register
from hocsuotdoi.activities.operations.waiting import give_place, lapse_offers_of
from hocsuotdoi.activities.queries.joining import members_of, questions_of, registrations_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.workspace.activities.session import activity_of, path_to, session_of
from hocsuotdoi.workspace.acts import did

PAGE_SIZE = 50


class GuestForm(ListForm):
    """Somebody who called or came by, alone or with a group; or a class by its list."""

    group_size = forms.IntegerField(
        label=gettext_lazy("How many people are coming?"),
        min_value=1,
        max_value=LARGEST_GROUP,
        initial=1,
        help_text=gettext_lazy("With a list, as many as stand on it"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    form_key = form_key_field()

    field_order = ("name", "phone", "email", "group_size", "file", "people", "consent")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the guest, or who leads the group")
        self.fields["phone"].help_text = _("So that we can tell them if something changes")
        self.fields["email"].help_text = ""
        self.fields["consent"].label = _(
            "The guest answers for the children who come, and their parents agree that they take part."
        )

    def who(self) -> dict:
        return {**super().who(), "group_size": self.cleaned_data["group_size"]}


@requires(Permission.VIEW_PARTICIPANTS)
@require_GET
def registration_list(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who has a place, who is offered one, who waits, in order; overdue offers are taken back first."""
    session = session_of(request, pk, Permission.VIEW_PARTICIPANTS)
    now = timezone.now()
    registrations = registrations_of(session)
    if any(each.offer_ends_at <= now for each in registrations.offered):
        lapse_offers_of(session, at=now)
        session.refresh_from_db(fields=["places_taken"])
        registrations = registrations_of(session)
    is_to_come = session.status == SessionStatus.PLANNED and session.ends_at > now
    may_edit = request.person_may(Permission.EDIT_ACTIVITY, session)
    return render(
        request,
        "workspace/activities/registration_list.html",
        {
            "session": session,
            "activity": session.activity,
            "registrations": registrations,
            "may_act": may_edit and is_to_come,
            "may_give": may_edit and is_to_come and session.starts_at > now,
            "path": path_to(session.activity),
        },
    )


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def registration_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A guest, or a class by its list, on their behalf."""
    session = session_of(request, pk, Permission.EDIT_ACTIVITY)
    form = GuestForm(request.POST or None, request.FILES or None, questions=questions_of(session.activity))
    if request.method == "POST" and form.is_valid():
        try:
            registration = register(
                session, form_key=form.cleaned_data["form_key"], by=request.user, at=timezone.now(), **form.who()
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            words = _("On the waiting list.") if registration.is_waiting else _("Registered.")
            messages.success(request, f"{words} " + _("Their code: {code}").format(code=registration.code_shown))
            return _back(request, session)
    return render(
        request,
        "workspace/activities/registration_create.html",
        {
            "form": form,
            "activity": session.activity,
            "session": session,
            "title": _("Register a guest or a class"),
            "back": reverse("workspace:activities-activity-detail", args=[session.activity_id]),
            "path": path_to(session.activity),
        },
        status=422 if form.errors else 200,
    )


@requires(Permission.EDIT_ACTIVITY)
@require_POST
def registration_place(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Offer a place to someone who waits, or give it at once when they said yes on the phone."""
    registration = registration_of(request, pk)
    confirmed = request.POST.get("act") == "confirm"
    act = partial(give_place, registration, by=request.user, at=timezone.now(), confirmed=confirmed)
    did(request, act, _("The place is given.") if confirmed else _("The place is offered."))
    return redirect("workspace:activities-registration-list", pk=registration.session_id)


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def registration_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """On behalf of the person, who is told."""
    registration = registration_of(request, pk)
    back = reverse("workspace:activities-registration-list", args=[registration.session_id])
    if request.method == "POST":
        act = partial(cancel_registration, registration, by=request.user, at=timezone.now())
        did(request, act, _("Cancelled. The person is told."))
        return redirect(back)
    return render(
        request, "workspace/activities/registration_cancel.html", {"registration": registration, "back": back}
    )


@requires(Permission.VIEW_PARTICIPANTS)
@require_GET
def enrolment_list(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The members of a series or club."""
    activity = activity_of(request, pk, Permission.VIEW_PARTICIPANTS)
    return render(
        request,
        "workspace/activities/enrolment_list.html",
        {
            "activity": activity,
            "page": Paginator(members_of(activity), PAGE_SIZE).get_page(request.GET.get("page")),
            "may_edit": request.person_may(Permission.EDIT_ACTIVITY, activity),
            "path": path_to(activity),
        },
    )


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def enrolment_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    form = GuestForm(request.POST or None, request.FILES or None, questions=questions_of(activity))
    if request.method == "POST" and form.is_valid():
        try:
            enrolment = enrol(
                activity, form_key=form.cleaned_data["form_key"], by=request.user, at=timezone.now(), **form.who()
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            words = _("Added to the series.") + " " + _("Their code: {code}").format(code=enrolment.code_shown)
            messages.success(request, words)
            return redirect("workspace:activities-activity-detail", pk=pk)
    return render(
        request,
        "workspace/activities/registration_create.html",
        {
            "form": form,
            "activity": activity,
            "title": _("Add somebody to the whole series"),
            "back": reverse("workspace:activities-activity-detail", args=[pk]),
            "path": path_to(activity),
        },
        status=422 if form.errors else 200,
    )


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def enrolment_leave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """On behalf of the member."""
    enrolment = enrolment_of(request, pk)
    back = reverse("workspace:activities-enrolment-list", args=[enrolment.activity_id])
    if request.method == "POST":
        leave(enrolment, by=request.user, at=timezone.now())
        messages.success(request, _("Taken off the series. What was attended stays."))
        return redirect(back)
    return render(request, "workspace/activities/enrolment_leave.html", {"enrolment": enrolment, "back": back})


def registration_of(request: HttpRequest, pk: uuid.UUID) -> Registration:
    found = Registration.objects.filter(session__in=Session.objects.visible_to(request.user))
    registration = get_object_or_404(
        found.select_related("session__activity", "session__institution", "session__room"), pk=pk
    )
    require(request.user, Permission.EDIT_ACTIVITY, registration.session)
    return registration


def enrolment_of(request: HttpRequest, pk: uuid.UUID) -> Enrolment:
    found = Enrolment.objects.filter(activity__in=Activity.objects.visible_to(request.user))
    enrolment = get_object_or_404(found.select_related("activity__institution"), pk=pk)
    require(request.user, Permission.EDIT_ACTIVITY, enrolment.activity)
    return enrolment


def _back(request: HttpRequest, session: Session) -> HttpResponse:
    """To the list for those who may see names, else to the activity."""
    if request.person_may(Permission.VIEW_PARTICIPANTS, session):
        return redirect("workspace:activities-registration-list", pk=session.pk)
    return redirect("workspace:activities-activity-detail", pk=session.activity_id)
