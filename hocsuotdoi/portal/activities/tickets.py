"""What the person who joined takes along: the ticket on a card, the meeting for the calendar, the list to fill in."""

import uuid

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.formats.class_list import render_template
from hocsuotdoi.activities.formats.ical import CONTENT_TYPE, Meeting, render_calendar
from hocsuotdoi.activities.formats.ticket import render_ticket
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.activities.queries.joining import with_sequence
from hocsuotdoi.places.models import InstitutionPlacement
from hocsuotdoi.portal.activities.joining import enrolment_at, registration_at, typed_code

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public
@require_GET
def ticket(request: HttpRequest, pk: uuid.UUID, code: str, form: str) -> HttpResponse:
    """The ticket as PDF or PNG; only of who has a place."""
    registration = registration_at(pk, code)
    if not registration.is_confirmed:
        raise Http404
    content = render_ticket(registration, url=_url(request, registration), address=_address(pk), to=form)
    kind = "application/pdf" if form == "pdf" else "image/png"
    return _file(content, kind, f"ve-{registration.code}.{form}", inline=True)


@public
@require_GET
def registration_calendar(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """The one meeting; asked for again after it was moved or cancelled, it says so."""
    registration = get_object_or_404(Registration, session=pk, code=typed_code(code))
    session = get_object_or_404(with_sequence(Session.objects.select_related("activity", "institution", "room")), pk=pk)
    registration.session = session
    content = render_calendar(
        [_meeting(request, registration, _address(pk))], name=session.activity.title, stamped_at=timezone.now()
    )
    return _file(content, CONTENT_TYPE, f"{registration.code}.ics")


@public
@require_GET
def enrolment_calendar(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """All meetings of the series at which the person has a place."""
    enrolment = enrolment_at(pk, code)
    registrations = [each for each in enrolment.registrations.all() if not (each.is_waiting or each.is_offered)]
    sessions = with_sequence(
        Session.objects.select_related("activity", "institution", "room").filter(
            institution_id=enrolment.institution_id, activity=enrolment.activity
        )
    ).in_bulk()
    for each in registrations:
        each.session = sessions[each.session_id]
    address = _address(registrations[0].session_id) if registrations else ""
    content = render_calendar(
        [_meeting(request, each, address) for each in registrations],
        name=enrolment.activity.title,
        stamped_at=timezone.now(),
    )
    return _file(content, CONTENT_TYPE, f"{enrolment.code}.ics")


@public
@require_GET
def class_list_template(request: HttpRequest) -> HttpResponse:
    return _file(render_template(), XLSX, "danh-sach-lop.xlsx")


def _meeting(request: HttpRequest, registration: Registration, address: str) -> Meeting:
    return Meeting(
        session=registration.session,
        url=_url(request, registration),
        sequence=registration.session.sequence,
        is_off=not registration.holds_places,
        note=_("Your code: {code}").format(code=registration.code_shown),
        address=address,
    )


def _url(request: HttpRequest, registration: Registration) -> str:
    return request.build_absolute_uri(
        reverse("portal:activities-registration-detail", args=[registration.session_id, registration.code])
    )


def _address(session: uuid.UUID) -> str:
    """Of the session's house, in words: street and unit."""
    placement = InstitutionPlacement.objects.on(timezone.localdate()).filter(institution=OuterRef("institution"))
    found = (
        Session.objects.filter(pk=session)
        .annotate(street=Subquery(placement.values("address")[:1]), unit=Subquery(placement.values("unit__name")[:1]))
        .values_list("street", "unit")
        .first()
    )
    return ", ".join(filter(None, found or ()))


def _file(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
