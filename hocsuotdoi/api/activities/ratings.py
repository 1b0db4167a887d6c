"""What people thought of a session: three faces, without an account; counted for the staff."""

import uuid
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, requires
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.activities.operations.rating import LONGEST_WORDS, rate_session
from hocsuotdoi.activities.queries.outcome import ratings_of
from hocsuotdoi.api.activities.parties import FORM_KEY, IdempotencyKey, key_of, plain_code
from hocsuotdoi.api.activities.sessions import session_of
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.routing import ApiRouter, personal
from hocsuotdoi.api.shapes import Given, Readable, Shape, Whole

router = ApiRouter("activities", tag=_("Ratings"))


class NewRating(Given):
    """A face, and words if they like."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"face": 3, "form_key": "0193e3c0-0000-7000-8000-000000000005"}]}
    )

    face: Whole = Field(description=_("1: not good, 2: all right, 3: good"))
    words: Annotated[str, Readable] = Field("", max_length=LONGEST_WORDS)
    code: Annotated[str, Readable] = Field(
        "", max_length=12, description=_("Code of a registration for this session: it counts once")
    )
    form_key: uuid.UUID | None = Field(None, description=FORM_KEY)


class RatingShape(Shape):
    face: int
    words: str


class RatingsShape(Shape):
    """How often each face was given."""

    happy: int
    so_so: int
    sad: int
    is_telling: bool = Field(description=_("Five or more: fewer say more about who answered than about the session"))


@router.post(
    "/sessions/{uuid:pk}/ratings",
    response={201: RatingShape},
    summary=_("Rate a session"),
    description=_("From its start until a month after its end. The same key, or code, again changes what was said."),
)
@public
@personal
def rating_create(request: HttpRequest, pk: uuid.UUID, given: NewRating, idempotency_key: IdempotencyKey) -> Status:
    session = get_object_or_404(Session.objects.visible_to(request.user).select_related("activity"), pk=pk)
    rating = rate_session(
        session,
        face=given.face,
        words=given.words,
        registration=_registration(session, given.code) if given.code else None,
        form_key=key_of(given.form_key, idempotency_key),
        at=timezone.now(),
    )
    return Status(201, RatingShape(face=rating.face, words=rating.words))


@router.get(
    "/sessions/{uuid:pk}/ratings",
    response=RatingsShape,
    summary=_("Ratings of a session"),
    description=_("How often each face was given; no names."),
)
@requires(Permission.VIEW_ACTIVITY)
def rating_counts(request: HttpRequest, pk: uuid.UUID) -> RatingsShape:
    given = ratings_of(session_of(request, pk, Permission.VIEW_ACTIVITY))
    return RatingsShape(happy=given.happy, so_so=given.so_so, sad=given.sad, is_telling=given.is_telling)


def _registration(session: Session, code: str) -> Registration:
    here = Registration.objects.filter(institution_id=session.institution_id, session=session)
    if (registration := here.filter(code=plain_code(code)).first()) is None:
        raise BadField("code", gettext("There is no registration with this code here. Check it letter by letter."))
    return registration
