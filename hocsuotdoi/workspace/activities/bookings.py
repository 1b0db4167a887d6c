"""Visits of classes: what schools ask for, answering, agreement, headcount, report; and what schools are told."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.enums import SessionStatus, Subject
from hocsuotdoi.activities.models import ClassBooking
from hocsuotdoi.activities.operations.school import (
    ask_for_change,
    confirm_booking,
    decline_booking,
    offer_to_schools,
)
from hocsuotdoi.activities.operations.school_papers import agreement_pdf, report_pdf
from hocsuotdoi.activities.operations.school_visit import record_agreement, send_report
from hocsuotdoi.activities.queries.roll import can_be_called
from hocsuotdoi.activities.queries.school import (
    TABS,
    agreement_with,
    booking_counts,
    bookings_seen_by,
    headcount_of,
    roll_of_visit,
    staff_bookings,
    told_of,
)
from hocsuotdoi.workspace.activities.bookings_forms import (
    AgreementForm,
    AskForm,
    ConfirmForm,
    DeclineForm,
    HeadcountForm,
    ProgrammeForm,
    ReportForm,
)
from hocsuotdoi.workspace.activities.session import activity_of, path_to
from hocsuotdoi.workspace.acts import did

PAGE_SIZE = 20
TAB_LABELS = {
    "to_answer": gettext_lazy("To answer"),
    "asked_back": gettext_lazy("Asked back"),
    "confirmed": gettext_lazy("Expected"),
    "to_report": gettext_lazy("To report"),
    "done": gettext_lazy("Reported"),
    "off": gettext_lazy("Not taking place"),
}


@requires(Permission.VIEW_ACTIVITY)
@require_GET
def booking_list(request: HttpRequest) -> HttpResponse:
    """By what is to be done."""
    now = timezone.now()
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else "to_answer"
    counts = booking_counts(request.user, at=now)
    paginator = Paginator(staff_bookings(request.user, tab, at=now), PAGE_SIZE)
    paginator.count = counts[tab]  # counted for the tab already
    return render(
        request,
        "workspace/activities/booking_list.html",
        {
            "tab": tab,
            "tabs": [
                {"label": TAB_LABELS[name], "url": f"?tab={name}", "is_current": name == tab, "count": counts[name]}
                for name in TABS
            ],
            "page": paginator.get_page(request.GET.get("page")),
        },
    )


@requires(Permission.VIEW_ACTIVITY)
@require_GET
def booking_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _page(request, _booking(request, pk))


class _Act(NamedTuple):
    """One act of the page: its form, what it does, what is said afterwards; `tells`: the teacher is told, with the
    address of the own page."""

    form: Callable[[QueryDict | None, ClassBooking], forms.Form]
    do: Callable[..., Any]
    said: str | Promise
    tells: bool = True


ACTS = {
    "confirm": _Act(
        lambda data, booking: ConfirmForm(data, booking=booking, minutes=told_of(booking.activity).minutes),
        confirm_booking,
        gettext_lazy(
            "Confirmed: the visit stands among your sessions. A teacher without e-mail is to be called: see "
            "«Telling people»."
        ),
    ),
    "ask": _Act(
        lambda data, _booking: AskForm(data),
        ask_for_change,
        gettext_lazy("It waits for the teacher. A teacher without e-mail is to be called: see «Telling people»."),
    ),
    "decline": _Act(
        lambda data, _booking: DeclineForm(data),
        decline_booking,
        gettext_lazy("Declined. A teacher without e-mail is to be called: see «Telling people»."),
    ),
    "agreement": _Act(
        lambda data, _booking: AgreementForm(data),
        record_agreement,
        gettext_lazy("The agreement is noted, and offered for the next visit of this school."),
        tells=False,
    ),
    "report": _Act(
        lambda data, booking: ReportForm(data, initial={"report": booking.report}),
        send_report,
        gettext_lazy("The school can read and print the report."),
    ),
}


@requires(Permission.EDIT_ACTIVITY)
@require_POST
def booking_act(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """One of `ACTS`: done and back to the page, or the page with what is wrong."""
    booking, act = _booking(request, pk), ACTS[name]
    require(request.user, Permission.EDIT_ACTIVITY, booking)
    form = act.form(request.POST, booking)
    if form.is_valid():
        more = {"url": _url(request, booking)} if act.tells else {}
        do = partial(act.do, booking, by=request.user, at=timezone.now(), **form.cleaned_data, **more)
        if did(request, do, act.said, form=form):
            return redirect("workspace:activities-booking-detail", pk=pk)
    return _page(request, _booking(request, pk), wrong=(name, form))


@requires(Permission.VIEW_ACTIVITY)
@require_GET
def agreement_sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    booking = _booking(request, pk)
    if not booking.is_confirmed:
        raise Http404
    sees_phone = request.person_may(Permission.VIEW_PARTICIPANTS, booking)
    return _pdf(agreement_pdf(booking, with_phone=sees_phone, at=timezone.now()), "thoa-thuan", booking)


@requires(Permission.VIEW_ACTIVITY)
@require_GET
def report_sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    booking = _booking(request, pk)
    if booking.reported_at is None:
        raise Http404
    return _pdf(report_pdf(booking, at=timezone.now()), "bao-cao", booking)


@requires(Permission.EDIT_ACTIVITY)
@require_http_methods(["GET", "POST"])
def programme_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What schools are told of an activity, and whether classes may ask for it."""
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    back = reverse("workspace:activities-activity-detail", args=[pk])
    form = ProgrammeForm(request.POST or None, initial=ProgrammeForm.values_of(activity, told_of(activity)))
    if request.method == "POST" and form.is_valid():
        act = partial(offer_to_schools, activity, by=request.user, at=timezone.now(), **form.cleaned_data)
        if did(request, act, _("Saved."), form=form):
            return redirect(back)
    return render(
        request,
        "workspace/activities/booking_programme.html",
        {
            "form": form,
            "activity": activity,
            "back": back,
            "path": path_to(activity),
        },
        status=422 if form.errors else 200,
    )


def _booking(request: HttpRequest, pk: uuid.UUID) -> ClassBooking:
    return get_object_or_404(bookings_seen_by(request.user, at=timezone.now()), pk=pk)


def _url(request: HttpRequest, booking: ClassBooking) -> str:
    """The teacher's page, for the notice."""
    return request.build_absolute_uri(reverse("portal:activities-booking-detail", args=[booking.pk, booking.code]))


def _page(request: HttpRequest, booking: ClassBooking, *, wrong: tuple[str, forms.Form] | None = None) -> HttpResponse:
    now = timezone.now()
    session = booking.session
    is_off = session is not None and session.status == SessionStatus.CANCELLED
    is_planned = booking.is_confirmed and session is not None and session.status == SessionStatus.PLANNED
    is_closed = booking.is_confirmed and session is not None and session.status == SessionStatus.CLOSED
    headcount = headcount_of(booking, roll_of_visit(booking) if is_planned or is_closed else None)
    agreement = agreement_with(booking)
    shown = {name: act.form(None, booking) for name, act in ACTS.items()}
    shown["agreement"] = AgreementForm(initial=AgreementForm.values_of(agreement))
    shown["headcount"] = HeadcountForm(initial=HeadcountForm.values_of(headcount))
    for name, form in shown.items():
        form.auto_id = f"{name}_%s"  # several forms on one page
    if wrong is not None:
        wrong[1].auto_id = f"{wrong[0]}_%s"
        shown[wrong[0]] = wrong[1]
    return render(
        request,
        "workspace/activities/booking_detail.html",
        {
            "booking": booking,
            "activity": booking.activity,
            "session": session,
            "subject": Subject(booking.subject).label if booking.subject else "",
            "form": shown,
            "wrong": wrong[0] if wrong else "",
            "agreement": agreement,
            "is_remembered": agreement is not None and not booking.agreement_number,
            "headcount": headcount,
            "is_open": booking.is_proposed or (booking.is_confirmed and is_off),
            "is_off": is_off,
            "is_planned": is_planned,
            "is_closed": is_closed,
            "can_count": is_planned and session is not None and can_be_called(session, now),
            "can_decline": booking.is_proposed
            or (booking.is_confirmed and (is_off or (is_planned and session is not None and session.starts_at > now))),
            "may_edit": request.person_may(Permission.EDIT_ACTIVITY, booking),
            "may_call": request.person_may(Permission.CALL_ROLL, booking),
            "sees_names": request.person_may(Permission.VIEW_PARTICIPANTS, booking),
            "path": [(_("Visits of classes"), reverse("workspace:activities-booking-list"))],
        },
        status=422 if wrong else 200,
    )


def _pdf(content: bytes, name: str, booking: ClassBooking) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}-{slugify(booking.class_name)}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
