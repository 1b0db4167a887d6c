"""Joining by way of the staff: guests on their behalf, what they say changed, places given by hand."""

import uuid

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.models import Registration
from hocsuotdoi.activities.operations.registration import cancel_registration, change_registration, register
from hocsuotdoi.activities.operations.waiting import give_place
from hocsuotdoi.api.activities.found import acting, registration_of, session_of
from hocsuotdoi.api.activities.parties import IdempotencyKey, NewParty, PartyChange, key_of
from hocsuotdoi.api.activities.schemas_joining import RegistrationOfStaff
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Given, YesNo

router = ApiRouter("activities", tag=_("Registrations, for staff"))


class Place(Given):
    """How a place is given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"confirmed": True}]})

    confirmed: YesNo = Field(False, description=_("True: at once, since they said yes; false: offered for a time"))


@router.post(
    "/sessions/{uuid:pk}/guests",
    response={201: RegistrationOfStaff, 200: RegistrationOfStaff},
    summary=_("Register a guest"),
    description=_(
        "On behalf of somebody who called or came by, or of a class by its list; also outside the time for joining. "
        "The same key again answers with the first registration (200)."
    ),
)
@requires(Permission.EDIT_ACTIVITY)
def guest_create(request: HttpRequest, pk: uuid.UUID, given: NewParty, idempotency_key: IdempotencyKey) -> Status:
    session = session_of(request, pk, Permission.EDIT_ACTIVITY)
    now = timezone.now()
    key = key_of(given.form_key, idempotency_key)
    registration = register(session, form_key=key, by=request.user, at=now, **given.who(session.activity))
    return Status(201 if registration.created_at == now else 200, _shown(registration))


@router.patch(
    "/registrations/{uuid:pk}",
    response=RegistrationOfStaff,
    summary=_("Change for somebody"),
    description=_(
        "What the person could change with the code, on their behalf, also once joining is closed. With people or "
        "answers, send all of them."
    ),
)
@requires(Permission.EDIT_ACTIVITY)
def registration_edit_for(request: HttpRequest, pk: uuid.UUID, given: PartyChange) -> RegistrationOfStaff:
    registration = registration_of(request, pk)
    session = registration.session
    require(request.user, Permission.VIEW_PARTICIPANTS, session)
    return _shown(change_registration(registration, **given.wanted(session.activity), **acting(request)))


@router.post(
    "/registrations/{uuid:pk}/place",
    response=RegistrationOfStaff,
    summary=_("Give a place by hand"),
    description=_("Offers a place to somebody who waits, whatever the order, or gives it at once."),
)
@requires(Permission.EDIT_ACTIVITY)
def registration_place(request: HttpRequest, pk: uuid.UUID, given: Place) -> RegistrationOfStaff:
    return _shown(give_place(registration_of(request, pk), confirmed=given.confirmed, **acting(request)))


@router.post(
    "/registrations/{uuid:pk}/cancel",
    response=RegistrationOfStaff,
    summary=_("Cancel for somebody"),
    description=_("On behalf of the person, who is told. Cancelling again changes nothing."),
)
@requires(Permission.EDIT_ACTIVITY)
def registration_cancel_for(request: HttpRequest, pk: uuid.UUID) -> RegistrationOfStaff:
    return _shown(cancel_registration(registration_of(request, pk), **acting(request)))


def _shown(registration: Registration) -> RegistrationOfStaff:
    """As it is now."""
    here = Registration.objects.filter(institution_id=registration.institution_id)
    return RegistrationOfStaff.of(here.prefetch_related("participants").get(pk=registration.pk))
