"""What people thought of a session: three faces, without an account; counted for the staff."""

import uuid
from typing import Annotated, Any, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, requires
from hocsuotdoi.activities.models import Activity, Registration, Session
from hocsuotdoi.activities.operations.rating import LONGEST_WORDS, rate_session
from hocsuotdoi.activities.queries.outcome import Outcome, Ratings, compared_with_last_time, ratings_of, words_about
from hocsuotdoi.api.activities.found import session_of
from hocsuotdoi.api.activities.parties import FORM_KEY, IdempotencyKey, key_of, plain_code
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

    @classmethod
    def fields_of(cls, given: Ratings) -> dict[str, Any]:
        return {"happy": given.happy, "so_so": given.so_so, "sad": given.sad, "is_telling": given.is_telling}

    @classmethod
    def of(cls, given: Ratings) -> Self:
        return cls(**cls.fields_of(given))


class RatingsOfSession(RatingsShape):
    """With what was written, the latest first; no names."""

    said: list[RatingShape]


class OutcomeShape(Shape):
    """Of an activity's sessions that were held."""

    offer: uuid.UUID = Field(description=_("Id of the activity"))
    planned: int
    held: int
    expected: int = Field(description=_("How many people had registered for them"))
    came: int
    each: int | None = Field(description=_("People at a session, rounded; null before the first"))
    recording_views: int = Field(description=_("How often the recordings were viewed within 30 days"))
    ratings: RatingsShape | None = Field(
        description=_("null: fewer than five people answered, and only the staff see what they said")
    )

    @classmethod
    def of(cls, outcome: Outcome, *, for_staff: bool) -> Self:
        names = ("planned", "held", "expected", "came", "each", "recording_views")
        plain = {name: getattr(outcome, name) for name in names}
        told = for_staff or outcome.ratings.is_telling
        return cls(offer=outcome.activity.pk, ratings=RatingsShape.of(outcome.ratings) if told else None, **plain)


class ComparedShape(Shape):
    """How it went beside the last time."""

    now: OutcomeShape
    last: OutcomeShape | None = Field(description=_("null: there was none"))


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
    response=RatingsOfSession,
    summary=_("Ratings of a session"),
    description=_("How often each face was given, and what was written; no names."),
)
@requires(Permission.VIEW_ACTIVITY)
def rating_counts(request: HttpRequest, pk: uuid.UUID) -> RatingsOfSession:
    session = session_of(request, pk, Permission.VIEW_ACTIVITY)
    said = [RatingShape(face=each.face, words=each.words) for each in words_about(session)]
    return RatingsOfSession(**RatingsShape.fields_of(ratings_of(session)), said=said)


@router.get(
    "/offers/{uuid:pk}/outcome",
    response=ComparedShape,
    summary=_("How an activity went"),
    description=_("Planned, came, ratings; beside the same of the last time."),
)
@public
def offer_outcome(request: HttpRequest, pk: uuid.UUID) -> ComparedShape:
    activity = get_object_or_404(Activity.objects.visible_to(request.user).select_related("institution"), pk=pk)
    for_staff = request.user.is_authenticated and request.person_may(Permission.VIEW_ACTIVITY, activity)
    compared = compared_with_last_time(activity)
    last = OutcomeShape.of(compared.last, for_staff=for_staff) if compared.last else None
    return ComparedShape(now=OutcomeShape.of(compared.now, for_staff=for_staff), last=last)


def _registration(session: Session, code: str) -> Registration:
    here = Registration.objects.filter(institution_id=session.institution_id, session=session)
    if (registration := here.filter(code=plain_code(code)).first()) is None:
        raise BadField("code", gettext("There is no registration with this code here. Check it letter by letter."))
    return registration
