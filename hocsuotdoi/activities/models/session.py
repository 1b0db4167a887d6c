"""When it takes place: sessions, the rule they are made by, what they use."""

import datetime as dt
from typing import Self

import pghistory
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models.activity import Activity
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.ledger.enums import Channel


class _Period(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def _same(column: str) -> Func:
    """A whole number as a range of one, so that a range index can tell «the same» without any extension."""
    return Func(F(column), F(column), Value("[]"), function="INT8RANGE")


class Schedule(OperationalModel):
    """The rule by which sessions of an activity are made. `rule`: RFC 5545 without DTSTART («FREQ=WEEKLY;BYDAY=SA»),
    from the local day `starts_on`, at the local time `starts`; `except_on`: days on which nothing is planned."""

    activity = operational_link(Activity, related_name="schedules")
    rule = models.CharField(_("rule"), max_length=200)
    starts_on = models.DateField(_("first day"))
    until = models.DateField(_("until"), null=True, blank=True)
    starts = models.TimeField(_("starts at"))
    minutes = models.PositiveIntegerField(_("minutes"))
    except_on = ArrayField(models.DateField(), default=list, blank=True)
    room = models.ForeignKey("places.Room", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    venue = models.CharField(_("place, if not in a room of ours"), max_length=200, blank=True)
    channel = models.CharField(_("how"), max_length=12, choices=Channel, default=Channel.ON_SITE)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1), name="schedule_lasts"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("starts_on")), name="schedule_ends_after_it_starts"
            ),
        ]


class SessionQuerySet(models.QuerySet):
    def planned(self) -> Self:
        return self.filter(status=SessionStatus.PLANNED)

    def for_everybody(self) -> Self:
        """Not those that were made for the visit of one class."""
        # Not `bookings=None`: the planner takes an outer join's NULL for one row in two hundred, and then looks up
        # hundreds of thousands of activities one by one.
        visits = apps.get_model("activities", "ClassBooking").objects.filter(session=OuterRef("pk"))
        return self.filter(~Exists(visits))

    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Sessions of the activities that `person` may see."""
        return self.filter(activity__in=Activity.objects.visible_to(person, day))

    def with_names_visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Sessions whose people `person` may see by name."""
        covered = institutions_covered(person, Permission.VIEW_PARTICIPANTS, day)
        return self.filter(institution__in=covered)


# A registration changes only `places_taken`; the register of registrations itself tells that story.
@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=["places_taken", "reminded_at"])),
    pghistory.DeleteEvent(),
)
class Session(OperationalModel):
    """One planned meeting. `places_taken` is kept by the registration acts; the database never lets it pass
    `capacity` (NULL: no limit), never lets a room be another institution's, and never gives one room to two sessions
    at one time.

    `planned_on`: the day that `schedule`'s rule named, also after the session was moved. `also_online`: people come and
    others follow on line; it is one session, its attendance is split. `revision` counts postings to the ledger (0: none
    yet); `attended` is the number of people in the latest.
    """

    activity = operational_link(Activity, related_name="sessions")
    number = models.PositiveSmallIntegerField(_("session number"), default=1)
    schedule = operational_link(Schedule, null=True, related_name="sessions")
    planned_on = models.DateField(null=True, editable=False)
    room = models.ForeignKey("places.Room", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    venue = models.CharField(_("place, if not in a room of ours"), max_length=200, blank=True)
    channel = models.CharField(_("how"), max_length=12, choices=Channel, default=Channel.ON_SITE)
    also_online = models.BooleanField(_("can also be followed on line"), default=False)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    places_taken = models.PositiveIntegerField(default=0, editable=False)
    status = models.CharField(max_length=12, choices=SessionStatus, default=SessionStatus.PLANNED)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)
    reminded_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    revision = models.PositiveSmallIntegerField(default=0, editable=False)
    attended = models.PositiveIntegerField(null=True, editable=False)
    note = models.TextField(_("note"), blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(places_taken__lte=F("capacity")),
                name="session_never_overfull",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=SessionStatus.CLOSED, closed_at__isnull=False, attended__isnull=False, revision__gte=1
                )
                | ~Q(status=SessionStatus.CLOSED) & Q(closed_at__isnull=True, attended__isnull=True, revision=0),
                name="session_closed_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status=SessionStatus.CANCELLED) | ~Q(cancel_reason=""),
                name="session_cancelled_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(schedule__isnull=True, planned_on__isnull=True)
                | Q(schedule__isnull=False, planned_on__isnull=False),
                name="session_by_a_rule_names_its_day",
            ),
            models.UniqueConstraint(fields=["institution", "activity", "number"], name="session_number_once"),
            models.UniqueConstraint(fields=["institution", "schedule", "planned_on"], name="session_once_by_its_rule"),
            ExclusionConstraint(
                name="session_room_for_one_at_a_time",
                expressions=[
                    (_same("institution_id"), RangeOperators.EQUAL),
                    (_same("room_id"), RangeOperators.EQUAL),
                    (_Period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(room__isnull=False, status__in=[SessionStatus.PLANNED, SessionStatus.CLOSED]),
                violation_error_code="room_taken",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "starts_at"]),
            models.Index(fields=["institution", "starts_at"]),
        ]
        ordering = ["starts_at", "number"]

    @property
    def places_left(self) -> int | None:
        """None when there is no limit."""
        return None if self.capacity is None else self.capacity - self.places_taken

    @property
    def places_saved(self) -> bool:
        """What is free is for those who wait (`saved_for_waiting`); only queries for pages find it out."""
        return bool(getattr(self, "is_saved_for_waiting", False))

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.places_taken >= self.capacity

    @property
    def held_on(self) -> dt.date:
        """The local day on which it begins: the day it counts for."""
        return timezone.localdate(self.starts_at)


class EquipmentUse(OperationalModel):
    """One piece (`item`: 1 to the usable quantity) of an institution's equipment, taken for a session. The period is
    the session's own: the database carries it along when the session moves, and never gives one piece to two sessions
    at one time. A cancelled session gives its pieces back (the rows go)."""

    session = operational_link(Session, related_name="equipment_uses")
    equipment = models.ForeignKey("places.Equipment", on_delete=models.PROTECT, related_name="+")
    item = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(item__gte=1), name="equipment_item_is_counted_from_one"),
            models.UniqueConstraint(
                fields=["institution", "session", "equipment", "item"], name="equipment_item_once_at_a_session"
            ),
            ExclusionConstraint(
                name="equipment_item_for_one_at_a_time",
                expressions=[
                    (_same("institution_id"), RangeOperators.EQUAL),
                    (_same("equipment_id"), RangeOperators.EQUAL),
                    (_same("item"), RangeOperators.EQUAL),
                    (_Period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
