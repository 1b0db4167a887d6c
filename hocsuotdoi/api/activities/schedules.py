"""Sessions by a rule: what it comes to, making, changing and extending it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import Repeating
from hocsuotdoi.activities.formats.recurrence import Repeat
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.series import (
    MOST_EXCEPTED,
    NewSchedule,
    Series,
    change_of,
    change_schedule,
    create_schedule,
    extend_schedule,
    plan_of,
)
from hocsuotdoi.activities.operations.series import schedule_of as rule_of
from hocsuotdoi.activities.queries.series import LeftOut, PlannedDay
from hocsuotdoi.api.activities.found import acting, activity_of, room_of, schedule_of
from hocsuotdoi.api.activities.schemas import NO_LIMIT, ScheduleShape, SessionShape
from hocsuotdoi.api.activities.sessions import ROOM, Venue
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Day, Given, Readable, Shape, Whole
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.models import Institution

router = ApiRouter("activities", tag=_("Sessions by a rule"))


class GivenSchedule(Given):
    """A rule: in an RFC 5545 form without days, the first and the last day and the clock beside it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rule": "FREQ=WEEKLY;BYDAY=SA",
                    "starts_on": "2026-12-05",
                    "until": "2027-01-30",
                    "starts": "08:30",
                    "minutes": 90,
                    "except_on": ["2027-01-02"],
                }
            ]
        }
    )

    rule: Annotated[str, Readable] = Field(
        max_length=200, description=_("RFC 5545 without DTSTART and UNTIL; COUNT or “until” says when it ends")
    )
    starts_on: Day
    until: Day | None = None
    starts: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        description=_("Vietnamese time, as “08:30”")
    )
    minutes: Whole = Field(description=_("How long each session takes"))
    except_on: list[Day] = Field([], max_length=MOST_EXCEPTED, description=_("Days on which nothing is planned"))
    room: Whole | None = Field(None, description=ROOM)
    venue: Venue = ""
    channel: Channel = Channel.ON_SITE
    capacity: Whole | None = Field(None, description=NO_LIMIT)

    def new(self, institution: Institution) -> NewSchedule:
        room = room_of(institution, self.room, "room")
        return NewSchedule(
            repeat=Repeat(every=Repeating.RULE, rule=self.rule),
            starts_on=self.starts_on,
            until=self.until,
            starts=dt.time.fromisoformat(self.starts),
            minutes=self.minutes,
            except_on=tuple(self.except_on),
            room=room,
            venue=self.venue,
            channel=self.channel,
            capacity=self.capacity if self.capacity is not None or room is None else room.capacity,
        )


class Extension(Given):
    """Until a later day, or so many times in all; one of the two."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2027-05-29"}]})

    until: Day | None = None
    times: Whole | None = None


class DayLeftOut(Shape):
    """`why`: excepted, closed (the house) or taken (the room)."""

    day: dt.date
    why: str

    @classmethod
    def all_of(cls, days: list[LeftOut]) -> list["DayLeftOut"]:
        return [cls(day=each.day, why=each.why) for each in days]


class Preview(Shape):
    """What a rule comes to. `kept`, `removed`: of the sessions that are there."""

    days: list[dt.date]
    left_out: list[DayLeftOut]
    kept: list[uuid.UUID]
    removed: list[uuid.UUID]


class SeriesShape(Shape):
    """What was done. `kept`: sessions left as they were: changed by hand, or somebody has registered."""

    schedule: ScheduleShape
    added: list[SessionShape]
    left_out: list[DayLeftOut]
    kept: list[uuid.UUID]

    @classmethod
    def of(cls, series: Series) -> "SeriesShape":
        return cls(
            schedule=ScheduleShape.of(series.schedule),
            added=[SessionShape.of(session) for session in series.added],
            left_out=DayLeftOut.all_of(series.left_out),
            kept=[session.pk for session in series.kept],
        )


@router.post(
    "/offers/{uuid:pk}/schedules",
    response={201: SeriesShape},
    summary=_("Plan sessions by a rule"),
    description=_("Days on which the house is closed or the room is taken are left out and named."),
)
@requires(Permission.EDIT_ACTIVITY)
def schedule_create(request: HttpRequest, pk: uuid.UUID, given: GivenSchedule) -> Status:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    made = create_schedule(activity, new=given.new(activity.institution), **acting(request))
    return Status(201, SeriesShape.of(made))


@router.post(
    "/offers/{uuid:pk}/schedules/preview",
    response=Preview,
    summary=_("See what a rule comes to"),
    description=_("Nothing is saved."),
)
@requires(Permission.EDIT_ACTIVITY)
def schedule_preview(request: HttpRequest, pk: uuid.UUID, given: GivenSchedule) -> Preview:
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    plan = plan_of(rule_of(activity, new=given.new(activity.institution), at=timezone.now()))
    return _preview(plan.days, plan.left_out)


@router.put(
    "/schedules/{uuid:pk}",
    response=SeriesShape,
    summary=_("Change a rule"),
    description=_("For the sessions to come. Those that somebody changed or registered for stay as they are."),
)
@requires(Permission.EDIT_ACTIVITY)
def schedule_edit(request: HttpRequest, pk: uuid.UUID, given: GivenSchedule) -> SeriesShape:
    schedule = schedule_of(request, pk)
    new = given.new(schedule.activity.institution)
    return SeriesShape.of(change_schedule(schedule, new=new, **acting(request)))


@router.post(
    "/schedules/{uuid:pk}/preview",
    response=Preview,
    summary=_("See what changing a rule does"),
    description=_("Nothing is saved."),
)
@requires(Permission.EDIT_ACTIVITY)
def schedule_edit_preview(request: HttpRequest, pk: uuid.UUID, given: GivenSchedule) -> Preview:
    schedule, now = schedule_of(request, pk), timezone.now()
    new = given.new(schedule.activity.institution)
    wanted = rule_of(schedule.activity, new=new, at=now, earlier=schedule.starts_on)
    change = change_of(schedule, wanted, at=now)
    return _preview(change.plan.days, change.plan.left_out, kept=change.kept, removed=change.removed)


@router.post(
    "/schedules/{uuid:pk}/extend",
    response=SeriesShape,
    summary=_("Extend a rule"),
    description=_("The same rule, longer. Nothing that is there is touched."),
)
@requires(Permission.EDIT_ACTIVITY)
def schedule_extend(request: HttpRequest, pk: uuid.UUID, given: Extension) -> SeriesShape:
    schedule = schedule_of(request, pk)
    return SeriesShape.of(extend_schedule(schedule, until=given.until, times=given.times, **acting(request)))


def _preview(
    days: list[PlannedDay],
    left_out: list[LeftOut],
    *,
    kept: Sequence[Session] = (),
    removed: Sequence[Session] = (),
) -> Preview:
    return Preview(
        days=[each.day for each in days],
        left_out=DayLeftOut.all_of(left_out),
        kept=[session.pk for session in kept],
        removed=[session.pk for session in removed],
    )
