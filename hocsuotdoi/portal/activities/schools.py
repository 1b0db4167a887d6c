"""Programmes for schools: finding one by grade and subject, asking for a visit of a class, and what became of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.enums import ActivityStatus, Face, SessionStatus, Subject, Theme
from hocsuotdoi.activities.models import Activity, ClassBooking
from hocsuotdoi.activities.operations.school import ANSWER_DAYS, book_visit, change_booking, withdraw_booking
from hocsuotdoi.activities.operations.school_papers import agreement_pdf, report_pdf, topics_of
from hocsuotdoi.activities.queries.school import (
    SchoolWish,
    faces_of,
    grades_in_words,
    headcount_of,
    programme_page,
    programmes,
    roll_of_visit,
    told_of,
)
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import Institution
from hocsuotdoi.portal.activities.forms import CodeForm
from hocsuotdoi.portal.activities.schools_forms import BookingForm, ProgrammeFilterForm
from hocsuotdoi.portal.activities.wishes import near

PAGE_SIZE = 20


@public
@require_GET
def programme_list(request: HttpRequest) -> HttpResponse:
    """The catalogue; every filter in the address."""
    now = timezone.now()
    form = ProgrammeFilterForm(request.GET)
    form.is_valid()
    where_is_asked = "where" in request.GET
    place = near(form.wished("unit"), form.wished("where"), timezone.localdate(now), where_is_asked)
    code = form.wished("institution")
    wish = SchoolWish(
        grade=form.wished("grade"),
        subject=form.wished("subject") or "",
        unit=place.unit,
        institution=Institution.objects.filter(code=code).first() if code else None,
        words=form.wished("q") or "",
    )
    page = Paginator(programmes(wish, at=now), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "portal/activities/school_programme_list.html",
        {
            "form": form,
            "wish": wish,
            "place": place,
            "is_narrowed": wish != SchoolWish(),
            "page": page,
            "rows": [_in_words(activity) for activity in page],
        },
    )


@public
@require_GET
def programme_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _programme(request, get_object_or_404(programme_page(at=timezone.now()), pk=pk))


@public
@require_GET
def booking_find(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """From the code to the request."""
    activity = get_object_or_404(programme_page(at=timezone.now()), pk=pk)
    form = CodeForm(request.GET)
    if form.is_valid():
        found = ClassBooking.objects.filter(
            institution_id=activity.institution_id, activity=activity, code=form.cleaned_data["code"]
        ).first()
        if found:
            return redirect("portal:activities-booking-detail", pk=found.pk, code=found.code)
        form.add_error("code", _("There is no request with this code here. Check it letter by letter."))
    return _programme(request, activity, code_form=form)


@public
@require_http_methods(["GET", "POST"])
def booking_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    activity = get_object_or_404(programme_page(at=now), pk=pk)
    if not _can_be_booked(activity):
        return redirect("portal:activities-programme-detail", pk=pk)
    form = BookingForm(request.POST or None, activity=activity)
    if request.method == "POST" and form.is_valid():
        try:
            booking = book_visit(activity, form_key=form.cleaned_data["form_key"], at=now, **form.asked())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("portal:activities-booking-detail", pk=booking.pk, code=booking.code)
    return _form_page(request, form, activity, back=reverse("portal:activities-programme-detail", args=[pk]))


@public
@require_GET
def booking_detail(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """What became of the request: who holds its address (id and code) may see, change and withdraw it."""
    booking = _booking(pk, code)
    session = booking.session
    is_over = session is not None and session.status == SessionStatus.CLOSED
    has_report = is_over and booking.reported_at is not None
    return render(
        request,
        "portal/activities/school_booking_detail.html",
        {
            "booking": booking,
            "activity": booking.activity,
            "session": session,
            "state": _state(booking),
            "headcount": headcount_of(booking, roll_of_visit(booking)) if has_report else None,
            "faces": [(Face(face).label, count) for face, count in faces_of(session).items()]
            if has_report and session
            else [],
            "topics": topics_of(booking),
            "can_withdraw": _can_withdraw(booking),
            "answer_days": ANSWER_DAYS,
        },
    )


@public
@require_http_methods(["GET", "POST"])
def booking_edit(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    booking = _booking(pk, code)
    back = reverse("portal:activities-booking-detail", args=[pk, code])
    if request.method == "GET" and not booking.is_proposed:
        return redirect(back)
    values = {**BookingForm.values_of(booking), "form_key": booking.form_key}
    form = BookingForm(request.POST or None, initial=values, activity=booking.activity)
    if request.method == "POST" and form.is_valid():
        try:
            change_booking(booking, at=timezone.now(), **form.asked())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your request is changed. The institution sees the new one."))
            return redirect(back)
    return _form_page(request, form, booking.activity, back=back, booking=booking)


@public
@require_http_methods(["GET", "POST"])
def booking_withdraw(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    booking = _booking(pk, code)
    back = reverse("portal:activities-booking-detail", args=[pk, code])
    if request.method == "POST":
        try:
            withdraw_booking(booking, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The visit is withdrawn. Thank you for saying so."))
        return redirect(back)
    if not _can_withdraw(booking):
        return redirect(back)
    return render(request, "portal/activities/school_booking_withdraw.html", {"booking": booking, "back": back})


@public
@require_GET
def booking_agreement(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    booking = _booking(pk, code)
    if not booking.is_confirmed:
        raise Http404
    return _pdf(agreement_pdf(booking, with_phone=True, at=timezone.now()), f"thoa-thuan-{slugify(booking.class_name)}")


@public
@require_GET
def booking_report(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    booking = _booking(pk, code)
    if booking.reported_at is None:
        raise Http404
    return _pdf(report_pdf(booking, at=timezone.now()), f"bao-cao-{slugify(booking.class_name)}")


def _programme(request: HttpRequest, activity: Activity, *, code_form: CodeForm | None = None) -> HttpResponse:
    return render(
        request,
        "portal/activities/school_programme_detail.html",
        {
            **_in_words(activity),
            "place": ", ".join(filter(None, [activity.address, activity.place_name])),
            "can_be_booked": _can_be_booked(activity),
            "code_form": code_form or CodeForm(),
            "find_is_open": code_form is not None,
        },
        status=422 if code_form is not None and code_form.errors else 200,
    )


def _form_page(
    request: HttpRequest, form: BookingForm, activity: Activity, *, back: str, booking: ClassBooking | None = None
) -> HttpResponse:
    return render(
        request,
        "portal/activities/school_booking_form.html",
        {
            "form": form,
            "booking": booking,
            "back": back,
            "answer_days": ANSWER_DAYS,
            "today": timezone.localdate(),
            **_in_words(activity),
        },
        status=422 if form.errors else 200,
    )


def _in_words(activity: Activity) -> dict[str, Any]:
    return {
        "activity": activity,
        "told": told_of(activity),
        "grades": grades_in_words(activity.grades),
        "subjects": ", ".join(str(Subject(subject).label) for subject in activity.subjects),
        "themes": ", ".join(str(Theme(theme).label) for theme in activity.themes),
    }


def _can_be_booked(activity: Activity) -> bool:
    return activity.is_bookable and activity.status in (ActivityStatus.PUBLISHED, ActivityStatus.HELD)


def _booking(pk: uuid.UUID, code: str) -> ClassBooking:
    return get_object_or_404(
        ClassBooking.objects.select_related("activity__institution", "institution", "session__room"),
        pk=pk,
        code=code.replace("-", "").upper(),
    )


def _state(booking: ClassBooking) -> str:
    """One word for what the page says first."""
    if booking.waits_for_the_school:
        return "asked_back"
    if not booking.is_confirmed or booking.session is None:
        return booking.status
    if booking.session.status == SessionStatus.CANCELLED:
        return "called_off"
    if booking.session.status == SessionStatus.CLOSED:
        return "reported" if booking.reported_at else "over"
    return "confirmed"


def _can_withdraw(booking: ClassBooking) -> bool:
    if booking.is_proposed:
        return True
    session = booking.session
    return booking.is_confirmed and session is not None and (
        session.status == SessionStatus.CANCELLED
        or (session.status == SessionStatus.PLANNED and session.starts_at > timezone.now())
    )  # fmt: skip


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"},
    )
