"""What the person who joined takes along: the ticket on a card, the meeting for the calendar, the list to fill in."""

import datetime as dt
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.formats.class_list import render_template
from hocsuotdoi.activities.formats.ical import CONTENT_TYPE, address_of, meeting_with, render_calendar
from hocsuotdoi.activities.formats.ticket import render_ticket
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.activities.queries.history import changes_of, for_calendars
from hocsuotdoi.portal.activities.joining import enrolment_at, registration_at, typed_code
from hocsuotdoi.portal.limits import sets_type, typesetter_for

KEPT_SECONDS = 3600
"""A name stands on a ticket: it is kept no longer than it takes to show and to print it."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public
@require_GET
@sets_type
def ticket(request: HttpRequest, pk: uuid.UUID, code: str, form: str) -> HttpResponse:
    """The ticket as PDF or PNG; only of who has a place."""
    registration = registration_at(pk, code)
    if not registration.is_confirmed:
        raise Http404
    session = for_calendars(Session.objects.filter(institution_id=registration.institution_id), _today()).get(pk=pk)
    content = render_ticket(
        registration,
        url=_url(request, registration),
        address=address_of(session),
        to=form,
        by=typesetter_for(request, seconds=KEPT_SECONDS),
    )
    kind = "application/pdf" if form == "pdf" else "image/png"
    return _file(content, kind, f"ve-{registration.code}.{form}", inline=True)


@public
@require_GET
def registration_calendar(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """The one meeting; asked for again after it was moved or cancelled, it says so."""
    registration = get_object_or_404(Registration, session=pk, code=typed_code(code))
    return _calendar(request, [registration], code=registration.code)


@public
@require_GET
def enrolment_calendar(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """All meetings of the series at which the person has a place."""
    enrolment = enrolment_at(pk, code)
    registrations = [each for each in enrolment.registrations.all() if not (each.is_waiting or each.is_offered)]
    return _calendar(request, registrations, code=enrolment.code, name=enrolment.activity.title)


@public
@require_GET
def class_list_template(request: HttpRequest) -> HttpResponse:
    return _file(render_template(), XLSX, "danh-sach-lop.xlsx")


def _calendar(request: HttpRequest, registrations: list[Registration], *, code: str, name: str = "") -> HttpResponse:
    """The sessions of registrations; two queries, however many."""
    here = Session.objects.filter(institution_id__in={each.institution_id for each in registrations})
    sessions = for_calendars(here, _today()).in_bulk([each.session_id for each in registrations])
    changes = changes_of(sessions.values())
    meetings = []
    for registration in registrations:
        registration.session = session = sessions[registration.session_id]
        changed = changes[session.pk]
        url = _url(request, registration)
        meetings.append(meeting_with(registration, url=url, changes=changed.number, changed_at=changed.at(session)))
    content = render_calendar(meetings, name=name or registrations[0].session.activity.title)
    return _file(content, CONTENT_TYPE, f"{code}.ics")


def _today() -> dt.date:
    return timezone.localdate()


def _url(request: HttpRequest, registration: Registration) -> str:
    return request.build_absolute_uri(
        reverse("portal:activities-registration-detail", args=[registration.session_id, registration.code])
    )


def _file(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
