"""Taking places at a session and giving them back, without an account; the staff's list."""

import uuid
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Header, Query, Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, requires
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.activities.operations.registration import cancel_registration, register
from hocsuotdoi.api.activities.schemas import RegistrationOfStaff, RegistrationShape
from hocsuotdoi.api.activities.sessions import session_of
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.routing import ApiRouter, personal
from hocsuotdoi.api.shapes import Asked, Given, Listed, Readable, Whole, listed

router = ApiRouter("activities", tag=_("Registrations"))

FORM_KEY = _("A fresh UUID for each registration (or header Idempotency-Key): sent twice, it counts once")

IdempotencyKey = Annotated[
    uuid.UUID | None,
    Header(None, alias="Idempotency-Key", description=_("In place of form_key in the body: a fresh UUID")),
]


class NewRegistration(Given):
    """Who comes, and how many."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Lý Thị Mai",
                    "phone": "0912 345 678",
                    "group_size": 2,
                    "form_key": "0193e3c0-0000-7000-8000-000000000001",
                }
            ]
        }
    )

    name: Annotated[str, Readable] = Field(max_length=120)
    phone: Annotated[str, Readable] = Field("", max_length=30, description=_("Only to tell them if something changes"))
    group_size: Whole = Field(1, description=_("How many people, from 1 to 50"))
    form_key: uuid.UUID | None = Field(None, description=FORM_KEY)


@router.post(
    "/sessions/{uuid:pk}/registrations",
    response={201: RegistrationShape, 200: RegistrationShape},
    summary=_("Register"),
    description=_(
        "Takes places at a session. No account is needed. The same key again answers with the first registration (200) "
        "and takes nothing twice, so after a lost answer simply send it again. Keep the code: with it one looks up and "
        "cancels."
    ),
)
@public
@personal
def registration_create(
    request: HttpRequest, pk: uuid.UUID, given: NewRegistration, idempotency_key: IdempotencyKey
) -> Status:
    now = timezone.now()
    session = get_object_or_404(Session.objects.visible_to(request.user), pk=pk)
    fields = given.model_dump()
    fields["form_key"] = key_of(given.form_key, idempotency_key)
    learner = request.user.learner_key if request.user.is_authenticated else None
    registration = register(session, at=now, learner_key=learner, **fields)
    is_fresh = registration.created_at == now
    shown = _registration(registration.session_id, registration.code)
    return Status(201 if is_fresh else 200, RegistrationShape.loaded(shown, at=now))


@router.get(
    "/sessions/{uuid:pk}/registrations/{slug:code}",
    response=RegistrationShape,
    summary=_("Look up a registration"),
    description=_("Who holds session and code may see it."),
)
@public
@personal
def registration_detail(request: HttpRequest, pk: uuid.UUID, code: str) -> RegistrationShape:
    return RegistrationShape.loaded(_registration(pk, code), at=timezone.now())


@router.post(
    "/sessions/{uuid:pk}/registrations/{slug:code}/cancel",
    response=RegistrationShape,
    summary=_("Cancel a registration"),
    description=_("Gives the places back, so that others can have them. Cancelling again changes nothing."),
)
@public
@personal
def registration_cancel(request: HttpRequest, pk: uuid.UUID, code: str) -> RegistrationShape:
    now = timezone.now()
    cancel_registration(_registration(pk, code), at=now)
    return RegistrationShape.loaded(_registration(pk, code), at=now)


@router.get(
    "/sessions/{uuid:pk}/registrations",
    response=Listed[RegistrationOfStaff],
    summary=_("Who registered"),
    description=_("The registrations of a session with names and phones, cancelled ones too, in order of coming in."),
)
@requires(Permission.VIEW_PARTICIPANTS)
def registration_list(request: HttpRequest, pk: uuid.UUID, asked: Query[Asked]) -> Listed:
    session = session_of(request, pk, Permission.VIEW_PARTICIPANTS)
    registrations = Registration.objects.filter(institution_id=session.institution_id, session=session)
    return listed(registrations.order_by("created_at", "id"), asked, RegistrationOfStaff.of)


def key_of(in_body: uuid.UUID | None, in_header: uuid.UUID | None) -> uuid.UUID:
    """The key of this very registration. A UUID, not any word: whoever guesses a key is answered with what it made."""
    key = in_body or in_header
    if key is None:
        raise BadField("form_key", gettext("Send a fresh UUID, in form_key or in the header Idempotency-Key."))
    return key


def _registration(pk: uuid.UUID, code: str) -> Registration:
    return get_object_or_404(
        Registration.objects.select_related("session__activity", "session__institution", "session__room"),
        session=pk,
        code=code.replace("-", "").upper(),
    )
