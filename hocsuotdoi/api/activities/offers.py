"""What is on, and the staff's activities: make, change, publish, cancel."""

import uuid
from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query, Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, require, requires
from hocsuotdoi.activities.enums import (
    ActivityKind,
    Audience,
    AudienceGroup,
    ContributorRole,
    Joining,
    Observance,
    OtherProgramme,
    SpokenLanguage,
    Theme,
    WaitingRule,
)
from hocsuotdoi.activities.operations.activity import (
    cancel_activity,
    change_activity,
    create_activity,
    plan_publication,
    publish_activity,
)
from hocsuotdoi.activities.operations.contributors import NewContributor
from hocsuotdoi.activities.operations.copy import copy_activity
from hocsuotdoi.activities.queries.offer import activity_page, completed, whats_on
from hocsuotdoi.activities.queries.staff import staff_drafts
from hocsuotdoi.activities.queries.vitality import club_life
from hocsuotdoi.api.activities.filters import OfferFilter
from hocsuotdoi.api.activities.found import acting, activity_of
from hocsuotdoi.api.activities.schemas import CopiedOffer, Offer, OfferedSession, OfferShape, SessionLeftOut
from hocsuotdoi.api.activities.sessions import GivenSession, Reason
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Given, Listed, Moment, Readable, Whole, listed
from hocsuotdoi.ledger.enums import AgeBand
from hocsuotdoi.places.models import Institution

router = ApiRouter("activities", tag=_("Offers"))

Title = Annotated[str, Readable, Field(max_length=200, description=_("As people would say it"))]
Description = Annotated[str, Readable, Field(max_length=5000)]
Themes = Annotated[list[Theme], Field(max_length=len(Theme))]


class ContributorGiven(Given):
    """Who leads, speaks, helps or organises along."""

    role: ContributorRole
    name: Annotated[str, Readable] = Field(max_length=200)
    phone: Annotated[str, Readable] = Field("", max_length=30, description=_("For colleagues only"))
    note: Annotated[str, Readable] = Field("", max_length=200, description=_("For colleagues only"))

    def new(self) -> NewContributor:
        return NewContributor(role=self.role, name=self.name, phone=self.phone, note=self.note)


class Particulars(Given):
    """For whom it is and how people join: what is left out of a new activity is as on the page's empty form, what is
    left out of a change stays as it is."""

    age_bands: list[AgeBand] = Field(default_factory=list, max_length=len(AgeBand))
    groups: list[AudienceGroup] = Field(default_factory=list, max_length=len(AudienceGroup))
    languages: list[SpokenLanguage] = Field(default_factory=list, max_length=len(SpokenLanguage))
    programmes: list[OtherProgramme] = Field(
        default_factory=list, max_length=len(OtherProgramme), description=_("What it also counts for")
    )
    joining: Joining = Field(default_factory=lambda: Joining.REGISTER)
    joining_opens_at: Moment | None = Field(
        default_factory=lambda: None, description=_("From when people join by themselves; null: at once")
    )
    joining_closes_hours: Whole | None = Field(
        default_factory=lambda: None,
        description=_("So many hours before a session nobody joins by themselves any more; null: until it ends"),
    )
    places_each: Whole = Field(
        default_factory=lambda: 50, description=_("The most places that one person holds at a session")
    )
    waiting_rule: WaitingRule = Field(default_factory=lambda: WaitingRule.NONE)
    offer_hours: Whole = Field(default_factory=lambda: 24, description=_("Hours for which an offered place is kept"))
    contributors: list[ContributorGiven] = Field(
        default_factory=list, max_length=30, description=_("Exactly these, in this order")
    )

    def fields(self, *others: str) -> dict[str, Any]:
        """What was sent, as the acts take it; without `others`."""
        fields = {name: getattr(self, name) for name in self.model_fields_set if name not in others}
        if "observance" in fields:
            fields["observance"] = fields["observance"] or ""
        if "contributors" in fields:
            fields["contributors"] = [each.new() for each in self.contributors]
        return fields


class NewOffer(Particulars):
    """A draft with its sessions; nobody outside sees it until it is published."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "institution": "thu-vien-phuong-bac-kan",
                    "title": "Ngày hội đọc sách",
                    "kind": "reading_day",
                    "sessions": [
                        {
                            "starts_at": "2026-11-23T08:00:00+07:00",
                            "ends_at": "2026-11-23T11:00:00+07:00",
                            "venue": "Sân thư viện",
                            "capacity": 40,
                        }
                    ],
                }
            ]
        }
    )

    institution: Annotated[str, Readable] = Field(
        max_length=80, description=_("The institution's code, see /institutions")
    )
    title: Title
    kind: ActivityKind
    themes: Themes = []
    audience: Audience = Audience.EVERYONE
    observance: Observance | None = None
    description: Description = ""
    sessions: list[GivenSession] = Field(max_length=100, description=_("At least one"))


class OfferChange(Particulars):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Ngày hội đọc sách mùa đông"}]})

    title: Title = Field(default_factory=str)
    kind: ActivityKind = Field(default_factory=lambda: ActivityKind.CLASS)
    themes: Themes = Field(default_factory=list)
    audience: Audience = Field(default_factory=lambda: Audience.EVERYONE)
    observance: Observance | None = Field(default_factory=lambda: None)
    description: Description = Field(default_factory=str)
    picture_alt: Annotated[str, Readable] = Field(
        default_factory=str, max_length=200, description=_("What the picture shows; the picture itself: …/picture")
    )


@router.get(
    "/offers",
    response=Listed[OfferedSession],
    summary=_("What is on"),
    description=_("Sessions to come of published activities, soonest first, narrowed by place, day, kind and words."),
)
@public
def offer_list(request: HttpRequest, asked: Query[OfferFilter]) -> Listed:
    now = timezone.now()
    return listed(whats_on(asked.wish(now), at=now), asked, OfferedSession.loaded)


@router.get(
    "/offers/{uuid:pk}",
    response=Offer,
    summary=_("One activity"),
    description=_(
        "An activity with all its sessions and the places left. Drafts are seen by staff of the institution."
    ),
)
@public
def offer_detail(request: HttpRequest, pk: uuid.UUID) -> Offer:
    return loaded(request, pk)


@router.get(
    "/staff/drafts",
    response=Listed[OfferShape],
    summary=_("Drafts"),
    description=_("Activities of your institutions that are not published yet, the newest first."),
)
@requires(Permission.VIEW_ACTIVITY)
def draft_list(request: HttpRequest, asked: Query[Asked]) -> Listed:
    drafts = staff_drafts(request.user, at=timezone.now())
    return listed(drafts, asked, lambda activity: OfferShape.of(activity, activity.institution))


@router.post(
    "/offers",
    response={201: Offer},
    summary=_("Make an activity"),
    description=_("Makes a draft with its sessions. Look it over, then publish it."),
)
@requires(Permission.EDIT_ACTIVITY)
def offer_create(request: HttpRequest, given: NewOffer) -> Status:
    institution = Institution.objects.filter(code=given.institution).first()
    if institution is None:
        raise BadField(
            "institution", gettext("There is no institution with this code. Look it up under /institutions.")
        )
    require(request.user, Permission.EDIT_ACTIVITY, institution)
    activity = create_activity(
        institution,
        **given.fields("institution", "sessions"),
        sessions=[session.new_session(institution, f"sessions.{at}") for at, session in enumerate(given.sessions)],
        **acting(request),
    )
    return Status(201, loaded(request, activity.pk))


@router.patch(
    "/offers/{uuid:pk}",
    response=Offer,
    summary=_("Change an activity"),
    description=_("Puts new values into the fields that you send. What was counted for closed sessions stays."),
)
@requires(Permission.EDIT_ACTIVITY)
def offer_edit(request: HttpRequest, pk: uuid.UUID, given: OfferChange) -> Offer:
    return after(change_activity, request, pk, **given.fields())


@router.post(
    "/offers/{uuid:pk}/publish",
    response=Offer,
    summary=_("Publish an activity"),
    description=_("From now on everybody finds it and can join."),
)
@requires(Permission.EDIT_ACTIVITY)
def offer_publish(request: HttpRequest, pk: uuid.UUID) -> Offer:
    return after(publish_activity, request, pk)


@router.post(
    "/offers/{uuid:pk}/cancel",
    response=Offer,
    summary=_("Cancel an activity"),
    description=_("Cancels it and its sessions to come, with the reason that is shown. What was held stays counted."),
)
@requires(Permission.EDIT_ACTIVITY)
def offer_cancel(request: HttpRequest, pk: uuid.UUID, given: Reason) -> Offer:
    return after(cancel_activity, request, pk, reason=given.reason)


class PublishAt(Given):
    """When."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"publish_at": "2026-12-01T07:00:00+07:00"}]})

    publish_at: Moment | None = Field(description=_("null: only by hand"))


class Copying(Given):
    """Which year."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to_year": 2027}]})

    to_year: Whole | None = Field(
        description=_("Its sessions on the same weekdays of this year, at most three years from now; null: no sessions")
    )


@router.post(
    "/offers/{uuid:pk}/publish-at",
    response=Offer,
    summary=_("Publish at a time"),
    description=_("The draft is published by itself at that moment."),
)
@requires(Permission.EDIT_ACTIVITY)
def offer_publish_at(request: HttpRequest, pk: uuid.UUID, given: PublishAt) -> Offer:
    return after(plan_publication, request, pk, publish_at=given.publish_at)


@router.post(
    "/offers/{uuid:pk}/copy",
    response={201: CopiedOffer},
    summary=_("Copy an activity"),
    description=_(
        "A draft with everything but people. Sessions that cannot be held in the new year are left out and named, each "
        "with the reason."
    ),
)
@requires(Permission.EDIT_ACTIVITY)
def offer_copy(request: HttpRequest, pk: uuid.UUID, given: Copying) -> Status:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    has_sessions = given.to_year is not None
    copied = copy_activity(activity, to_year=given.to_year, with_sessions=has_sessions, **acting(request))
    made = loaded(request, copied.activity.pk)
    left_out = [SessionLeftOut(day=one.day, why=one.why) for one in copied.left_out]
    return Status(201, CopiedOffer(**dict(made), left_out=left_out))


def after(act: Callable[..., Any], request: HttpRequest, pk: uuid.UUID, **given: Any) -> Offer:
    """The activity as it is once `act` was done with it."""
    act(activity_of(request, pk, Permission.EDIT_ACTIVITY), **given, **acting(request))
    return loaded(request, pk)


def loaded(request: HttpRequest, pk: uuid.UUID) -> Offer:
    """As the person sees it now."""
    now = timezone.now()
    activity = completed(get_object_or_404(activity_page(request.user, at=now), pk=pk))
    is_club = activity.kind == ActivityKind.CLUB
    return Offer.loaded(activity, club_life([activity], at=now)[activity.pk] if is_club else None)
