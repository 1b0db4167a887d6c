"""Sessions: one of them, the staff's lists, adding, changing and cancelling one."""

import uuid
from enum import StrEnum
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query, Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, requires
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.activity import NewSession, add_session, cancel_session, change_session
from hocsuotdoi.activities.queries.joining import saved_for_waiting
from hocsuotdoi.activities.queries.offer import with_place
from hocsuotdoi.activities.queries.recording import views_of
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.activities.queries.staff import staff_sessions
from hocsuotdoi.api.activities.found import acting, activity_of, room_of, session_of
from hocsuotdoi.api.activities.schemas import ALSO_ONLINE, NO_LIMIT, OfferedSession, SessionSheet
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Given, Listed, Moment, Readable, Whole, YesNo, listed
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.models import Institution

router = ApiRouter("activities", tag=_("Sessions"))

ROOM = _("Id of a room of the same institution, see /institutions/{code}; null: none of its own")
Venue = Annotated[str, Readable, Field(max_length=200, description=_("Place, if not in a room of the institution"))]


class GivenSession(Given):
    """A session to be made. Without `capacity`: as many as the room holds; without a room, no limit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"starts_at": "2026-11-30T08:00:00+07:00", "ends_at": "2026-11-30T10:00:00+07:00", "capacity": 40}
            ]
        }
    )

    starts_at: Moment
    ends_at: Moment
    room: Whole | None = Field(None, description=ROOM)
    venue: Venue = ""
    channel: Channel = Channel.ON_SITE
    also_online: YesNo = Field(False, description=ALSO_ONLINE)
    capacity: Whole | None = Field(None, description=NO_LIMIT)

    def new_session(self, institution: Institution, prefix: str = "") -> NewSession:
        room = room_of(institution, self.room, ".".join(filter(None, [prefix, "room"])))
        return NewSession(
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            room=room,
            venue=self.venue,
            channel=self.channel,
            also_online=self.also_online,
            capacity=self.capacity if self.capacity is not None or room is None else room.capacity,
        )


class SessionChange(Given):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"capacity": 60}]})

    starts_at: Moment = Field(default_factory=timezone.now)
    ends_at: Moment = Field(default_factory=timezone.now)
    room: Whole | None = Field(default_factory=lambda: None, description=ROOM)
    venue: Venue = Field(default_factory=str)
    channel: Channel = Field(default_factory=lambda: Channel.ON_SITE)
    also_online: YesNo = Field(default_factory=lambda: False, description=ALSO_ONLINE)
    capacity: Whole | None = Field(default_factory=lambda: None, description=NO_LIMIT)
    note: Annotated[str, Readable] = Field(default_factory=str, max_length=2000, description=_("For the staff"))

    def fields(self, institution: Institution) -> dict[str, Any]:
        fields = self.model_dump(exclude_unset=True)
        if "room" in fields:
            fields["room"] = room_of(institution, self.room, "room")
        return fields


class Reason(Given):
    """Why: it is shown to those who wanted to come."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Bão số 9, thư viện đóng cửa"}]})

    reason: Annotated[str, Readable] = Field(max_length=300)


class Which(StrEnum):
    UPCOMING = "upcoming"
    TO_CLOSE = "to_close"
    HELD = "held"
    CANCELLED = "cancelled"


class StaffFilter(Asked):
    which: Which = Field(
        Which.UPCOMING,
        description=_("To come; over and still to be closed; held and closed; cancelled"),
    )


@router.get(
    "/sessions/{uuid:pk}",
    response=SessionSheet,
    summary=_("One session"),
    description=_(
        "With its activity and places left; once the roll is closed, also how many came and how often the recording "
        "was viewed, and by sex and age, without names, for those who see who took part."
    ),
)
@public
def session_detail(request: HttpRequest, pk: uuid.UUID) -> SessionSheet:
    return _loaded(request, pk)


@router.get(
    "/staff/sessions",
    response=Listed[OfferedSession],
    summary=_("My institutions' sessions"),
    description=_("Sessions at the institutions whose activities you see as staff, by what is to be done with them."),
)
@requires(Permission.VIEW_ACTIVITY)
def session_list(request: HttpRequest, asked: Query[StaffFilter]) -> Listed:
    now = timezone.now()
    sessions = staff_sessions(request.user, asked.which, at=now).annotate(is_saved_for_waiting=saved_for_waiting(now))
    return listed(sessions, asked, OfferedSession.loaded)


@router.post(
    "/offers/{uuid:pk}/sessions",
    response={201: SessionSheet},
    summary=_("Add a session"),
    description=_("One more session of an activity, with the next number."),
)
@requires(Permission.EDIT_ACTIVITY)
def session_create(request: HttpRequest, pk: uuid.UUID, given: GivenSession) -> Status:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    session = add_session(activity, new=given.new_session(activity.institution), **acting(request))
    return Status(201, _loaded(request, session.pk))


@router.patch(
    "/sessions/{uuid:pk}",
    response=SessionSheet,
    summary=_("Change a session"),
    description=_("Moves it, or changes room, places or note. Closed and cancelled sessions stay as they are."),
)
@requires(Permission.EDIT_ACTIVITY)
def session_edit(request: HttpRequest, pk: uuid.UUID, given: SessionChange) -> SessionSheet:
    session = session_of(request, pk, Permission.EDIT_ACTIVITY)
    change_session(session, **given.fields(session.institution), **acting(request))
    return _loaded(request, pk)


@router.post(
    "/sessions/{uuid:pk}/cancel",
    response=SessionSheet,
    summary=_("Cancel a session"),
    description=_("Cancels one session, with the reason that is shown to those who wanted to come."),
)
@requires(Permission.EDIT_ACTIVITY)
def session_cancel(request: HttpRequest, pk: uuid.UUID, given: Reason) -> SessionSheet:
    session = session_of(request, pk, Permission.EDIT_ACTIVITY)
    cancel_session(session, reason=given.reason, **acting(request))
    return _loaded(request, pk)


def _loaded(request: HttpRequest, pk: uuid.UUID) -> SessionSheet:
    now = timezone.now()
    visible = Session.objects.visible_to(request.user).annotate(is_saved_for_waiting=saved_for_waiting(now))
    session = get_object_or_404(with_place(visible, timezone.localdate(now)), pk=pk)
    sees = request.user.is_authenticated and request.person_may(Permission.VIEW_PARTICIPANTS, session)
    if session.status != SessionStatus.CLOSED:
        return SessionSheet.with_roll(session, None, 0, sees_people=sees)
    return SessionSheet.with_roll(session, roll_of(session), views_of(session), sees_people=sees)
