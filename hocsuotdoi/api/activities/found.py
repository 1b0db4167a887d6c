"""What an endpoint is about: the thing, if the person sees it (else 404) and may do that with it (else 403)."""

import datetime as dt
import uuid
from typing import Any, TypedDict, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require
from hocsuotdoi.activities.models import Activity, ClassBooking, Enrolment, Notice, Registration, Schedule, Session
from hocsuotdoi.activities.queries.notices import notices_seen_by
from hocsuotdoi.activities.queries.school import bookings_seen_by
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.places.models import Institution, Room

Thing = TypeVar("Thing", bound=Model)


class Acting(TypedDict):
    """Who does it and when, as every act takes it."""

    by: Person
    at: dt.datetime


def acting(request: HttpRequest) -> Acting:
    return {"by": request.user, "at": timezone.now()}


def activity_of(request: HttpRequest, pk: uuid.UUID, permission: Permission) -> Activity:
    return _found(request, _activities(request).select_related("institution"), pk, permission)


def session_of(request: HttpRequest, pk: uuid.UUID, permission: Permission) -> Session:
    seen = Session.objects.visible_to(request.user).select_related("activity", "institution", "room")
    return _found(request, seen, pk, permission)


def schedule_of(request: HttpRequest, pk: uuid.UUID) -> Schedule:
    seen = Schedule.objects.filter(activity__in=_activities(request)).select_related("activity__institution", "room")
    return _found(request, seen, pk, Permission.EDIT_ACTIVITY, about="activity")


def member_of(request: HttpRequest, pk: uuid.UUID) -> Enrolment:
    seen = Enrolment.objects.filter(activity__in=_activities(request)).select_related("activity__institution")
    return _found(request, seen, pk, Permission.EDIT_ACTIVITY, about="activity")


def registration_of(request: HttpRequest, pk: uuid.UUID) -> Registration:
    seen = Registration.objects.filter(session__in=Session.objects.visible_to(request.user).order_by())
    found = seen.select_related("session__activity", "session__institution")
    return _found(request, found, pk, Permission.EDIT_ACTIVITY, about="session")


def booking_of(request: HttpRequest, pk: uuid.UUID, permission: Permission) -> ClassBooking:
    return _found(request, bookings_seen_by(request.user, at=timezone.now()), pk, permission)


def notice_of(request: HttpRequest, pk: uuid.UUID) -> Notice:
    seen = notices_seen_by(request.user, at=timezone.now()).select_related("registration")
    return _found(request, seen, pk, Permission.CALL_ROLL)


def room_of(institution: Institution, room_id: int | None, field: str) -> Room | None:
    """Problem 422 for another institution's room."""
    if room_id is None:
        return None
    room = Room.objects.filter(institution=institution, pk=room_id).first()
    if room is None:
        raise BadField(field, gettext("The institution has no such room. Its rooms stand under /institutions."))
    return room


def _activities(request: HttpRequest) -> "QuerySet[Activity]":
    return Activity.objects.visible_to(request.user).order_by()


def _found(
    request: HttpRequest, seen: "QuerySet[Thing, Any]", pk: uuid.UUID, permission: Permission, *, about: str = ""
) -> Thing:
    """The thing; the permission is asked about it, or about what its field `about` leads to."""
    thing = get_object_or_404(seen, pk=pk)
    require(request.user, permission, getattr(thing, about) if about else thing)
    return thing
