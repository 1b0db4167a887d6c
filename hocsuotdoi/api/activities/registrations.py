"""Taking places at a session, changing, moving and giving them back, without an account; the staff's list."""

import datetime as dt
import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query, Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, requires
from hocsuotdoi.activities.enums import RegistrationStatus
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.activities.operations.registration import (
    cancel_registration,
    change_registration,
    move_registration,
    register,
)
from hocsuotdoi.activities.operations.waiting import accept_offer, lapse_offers_of
from hocsuotdoi.activities.queries.joining import position_of
from hocsuotdoi.api.activities.found import session_of
from hocsuotdoi.api.activities.parties import IdempotencyKey, NewParty, PartyChange, key_of, plain_code
from hocsuotdoi.api.activities.schemas_joining import RegistrationOfStaff, RegistrationShape
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.routing import ApiRouter, personal
from hocsuotdoi.api.shapes import Asked, Given, Listed, listed

router = ApiRouter("activities", tag=_("Registrations"))


class Move(Given):
    """Where to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "0193e3c0-0000-7000-8000-000000000004"}]})

    to: uuid.UUID = Field(description=_("Id of another session of the same activity"))


class RegistrationFilter(Asked):
    status: RegistrationStatus | None = Field(None, description=_("Only these; those who wait come in their order"))


@router.post(
    "/sessions/{uuid:pk}/registrations",
    response={201: RegistrationShape, 200: RegistrationShape},
    summary=_("Register"),
    description=_(
        "Takes places at a session, or a place in its waiting list. No account is needed. The same key again answers "
        "with the first registration (200) and takes nothing twice, so after a lost answer simply send it again. Keep "
        "the code: with it one looks up, changes and cancels."
    ),
)
@public
@personal
def registration_create(
    request: HttpRequest, pk: uuid.UUID, given: NewParty, idempotency_key: IdempotencyKey
) -> Status:
    now = timezone.now()
    session = get_object_or_404(Session.objects.visible_to(request.user).select_related("activity"), pk=pk)
    registration = register(
        session,
        form_key=key_of(given.form_key, idempotency_key),
        at=now,
        learner_key=request.user.learner_key if request.user.is_authenticated else None,
        **given.who(session.activity),
    )
    return Status(201 if registration.created_at == now else 200, shown(registration, at=now))


@router.get(
    "/sessions/{uuid:pk}/registrations/{slug:code}",
    response=RegistrationShape,
    summary=_("Look up a registration"),
    description=_("Who holds session and code may see it: its state, its place in line, until when an offer stands."),
)
@public
@personal
def registration_detail(request: HttpRequest, pk: uuid.UUID, code: str) -> RegistrationShape:
    now = timezone.now()
    registration = _registration(pk, code)
    if registration.offer_ends_at and registration.offer_ends_at <= now:
        lapse_offers_of(registration.session, at=now)
    return shown(registration, at=now)


@router.patch(
    "/sessions/{uuid:pk}/registrations/{slug:code}",
    response=RegistrationShape,
    summary=_("Change a registration"),
    description=_(
        "Puts new values into the fields that you send. A group grows within the places that are free. With people or "
        "answers, send all of them."
    ),
)
@public
@personal
def registration_edit(request: HttpRequest, pk: uuid.UUID, code: str, given: PartyChange) -> RegistrationShape:
    now = timezone.now()
    registration = _registration(pk, code)
    wanted = given.wanted(registration.session.activity)
    return shown(change_registration(registration, at=now, **wanted), at=now)


@router.post(
    "/sessions/{uuid:pk}/registrations/{slug:code}/move",
    response=RegistrationShape,
    summary=_("Move to another session"),
    description=_("Gives the places back here and takes as many at the other session, or changes nothing."),
)
@public
@personal
def registration_move(request: HttpRequest, pk: uuid.UUID, code: str, given: Move) -> RegistrationShape:
    now = timezone.now()
    registration = _registration(pk, code)
    to = Session.objects.visible_to(request.user).filter(pk=given.to, institution_id=registration.institution_id)
    if (session := to.first()) is None:
        raise BadField("to", gettext("Choose another session of the same activity."))
    return shown(move_registration(registration, to=session, at=now), at=now)


@router.post(
    "/sessions/{uuid:pk}/registrations/{slug:code}/accept",
    response=RegistrationShape,
    summary=_("Accept an offered place"),
    description=_("Takes up the offer while it stands. To decline it, cancel the registration."),
)
@public
@personal
def registration_accept(request: HttpRequest, pk: uuid.UUID, code: str) -> RegistrationShape:
    now = timezone.now()
    return shown(accept_offer(_registration(pk, code), at=now), at=now)


@router.post(
    "/sessions/{uuid:pk}/registrations/{slug:code}/cancel",
    response=RegistrationShape,
    summary=_("Cancel a registration"),
    description=_(
        "Gives the places, the offer or the place in line back, so that others can have them. Cancelling again changes "
        "nothing."
    ),
)
@public
@personal
def registration_cancel(request: HttpRequest, pk: uuid.UUID, code: str) -> RegistrationShape:
    now = timezone.now()
    return shown(cancel_registration(_registration(pk, code), at=now), at=now)


@router.get(
    "/sessions/{uuid:pk}/registrations",
    response=Listed[RegistrationOfStaff],
    summary=_("Who registered"),
    description=_("The registrations of a session with names and phones, cancelled ones too, in order of coming in."),
)
@requires(Permission.VIEW_PARTICIPANTS)
def registration_list(request: HttpRequest, pk: uuid.UUID, asked: Query[RegistrationFilter]) -> Listed:
    session = session_of(request, pk, Permission.VIEW_PARTICIPANTS)
    now = timezone.now()
    registrations = Registration.objects.filter(institution_id=session.institution_id, session=session)
    if registrations.filter(status=RegistrationStatus.OFFERED, offer_ends_at__lte=now).exists():
        lapse_offers_of(session, at=now)
    if asked.status:
        registrations = registrations.filter(status=asked.status)
    order = "waiting_since" if asked.status == RegistrationStatus.WAITING else "created_at"
    rows = registrations.order_by(order, "id").prefetch_related("participants")
    return listed(rows, asked, RegistrationOfStaff.of)


def shown(registration: Registration, *, at: dt.datetime) -> RegistrationShape:
    """As it is now, for whoever holds the code."""
    found = _registration(registration.session_id, registration.code)
    return RegistrationShape.loaded(found, at=at, position=position_of(found) if found.is_waiting else None)


def _registration(pk: uuid.UUID, code: str) -> Registration:
    return get_object_or_404(
        Registration.objects.select_related(
            "session__activity", "session__institution", "session__room"
        ).prefetch_related("participants"),
        session=pk,
        code=plain_code(code),
    )
