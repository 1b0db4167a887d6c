"""Activities, sessions, registrations and the roll."""

import datetime as dt
from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import (
    ActivityKind,
    ActivityStatus,
    Audience,
    Observance,
    RegistrationStatus,
    SessionStatus,
    Theme,
)
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.ledger.enums import AgeBand, Channel, Sex


class ActivityQuerySet(models.QuerySet):
    def published(self) -> Self:
        return self.filter(status=ActivityStatus.PUBLISHED)

    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """What was ever published, for all; drafts too for those who may see activities of the institution."""
        public = Q(published_at__isnull=False)
        if person is None or not person.is_authenticated:
            return self.filter(public)
        covered = institutions_covered(person, Permission.VIEW_ACTIVITY, day)
        return self.filter(public | Q(institution__in=covered))


@tracked
class Activity(OperationalModel):
    """Something an institution offers: one title, one or more sessions."""

    title = models.CharField(_("title"), max_length=200)
    search_text = models.TextField(editable=False, help_text="Title and description, normalised (core.vietnamese)")
    kind = models.CharField(_("kind"), max_length=20, choices=ActivityKind)
    themes = ArrayField(
        models.CharField(max_length=20, choices=Theme), verbose_name=_("themes"), default=list, blank=True
    )
    audience = models.CharField(_("audience"), max_length=12, choices=Audience, default=Audience.EVERYONE)
    observance = models.CharField(_("observance day"), max_length=24, choices=Observance, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=5000)
    status = models.CharField(max_length=12, choices=ActivityStatus, default=ActivityStatus.DRAFT)
    published_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)
    created_by = models.UUIDField(null=True, help_text="Person's id; no link, so that an account can go")
    created_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=ActivityStatus.PUBLISHED) | Q(published_at__isnull=False),
                name="activity_published_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status=ActivityStatus.CANCELLED) | ~Q(cancel_reason=""),
                name="activity_cancelled_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["institution", "status"])]

    def __str__(self) -> str:
        return self.title


class SessionQuerySet(models.QuerySet):
    def planned(self) -> Self:
        return self.filter(status=SessionStatus.PLANNED)

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
    pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=["places_taken"])),
    pghistory.DeleteEvent(),
)
class Session(OperationalModel):
    """One planned meeting. `places_taken` is kept by the registration acts; the database never lets it pass
    `capacity` (NULL: no limit) and never lets a room be another institution's.

    `revision` counts postings to the ledger (0: none yet); `attended` is the number of people in the latest.
    """

    activity = operational_link(Activity, related_name="sessions")
    number = models.PositiveSmallIntegerField(_("session number"), default=1)
    room = models.ForeignKey("places.Room", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    venue = models.CharField(_("place, if not in a room of ours"), max_length=200, blank=True)
    channel = models.CharField(_("how"), max_length=12, choices=Channel, default=Channel.ON_SITE)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    places_taken = models.PositiveIntegerField(default=0, editable=False)
    status = models.CharField(max_length=12, choices=SessionStatus, default=SessionStatus.PLANNED)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)
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
            models.UniqueConstraint(fields=["institution", "activity", "number"], name="session_number_once"),
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
    def is_full(self) -> bool:
        return self.capacity is not None and self.places_taken >= self.capacity

    @property
    def held_on(self) -> dt.date:
        """The local day on which it begins: the day it counts for."""
        return timezone.localdate(self.starts_at)


class Registration(OperationalModel):
    """Places taken at a session by a person or a group, without an account. An empty name was erased (retention)."""

    session = operational_link(Session, related_name="registrations")
    name = models.CharField(_("your name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    group_size = models.PositiveSmallIntegerField(_("how many people"), default=1)
    status = models.CharField(max_length=12, choices=RegistrationStatus, default=RegistrationStatus.CONFIRMED)
    code = models.CharField(max_length=12, help_text="Shown to the person, to look up and cancel")
    form_key = models.UUIDField(help_text="Made with the form: sending it twice registers once")
    learner_key = models.UUIDField(null=True, help_text="Pseudonym of someone signed in, never the account's id")
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "form_key"], name="registration_form_once"),
            models.UniqueConstraint(fields=["institution", "code"], name="registration_code_once"),
            models.CheckConstraint(condition=Q(group_size__gte=1), name="registration_of_someone"),
            models.CheckConstraint(
                condition=Q(status=RegistrationStatus.CANCELLED, cancelled_at__isnull=False)
                | ~Q(status=RegistrationStatus.CANCELLED) & Q(cancelled_at__isnull=True),
                name="registration_cancelled_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["session", "status"])]

    @property
    def code_shown(self) -> str:
        """In two groups, to be read out."""
        return f"{self.code[:4]}-{self.code[4:]}"

    @property
    def is_confirmed(self) -> bool:
        return self.status == RegistrationStatus.CONFIRMED


class Attendance(OperationalModel):
    """One line of the roll: a registration or a walk-in, and how many of its `size` people came (NULL: not called
    yet). The line of a registration carries the registration's id, so that a form can name it before it exists."""

    session = operational_link(Session, related_name="attendances")
    registration = operational_link(Registration, null=True, related_name="attendances")
    name = models.CharField(_("name"), max_length=120)
    size = models.PositiveSmallIntegerField(default=1)
    present = models.PositiveSmallIntegerField(null=True)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, null=True, blank=True)
    age_band = models.CharField(_("age"), max_length=8, choices=AgeBand, null=True, blank=True)
    form_key = models.UUIDField(help_text="Made with the line: sending it twice adds it once")
    marked_by = models.UUIDField(null=True)
    marked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "registration"], name="attendance_once_for_a_registration"),
            models.UniqueConstraint(fields=["institution", "form_key"], name="attendance_form_once"),
            models.CheckConstraint(
                condition=Q(present__isnull=True) | Q(present__lte=F("size")), name="attendance_never_above_its_size"
            ),
        ]
        indexes = [models.Index(fields=["session"])]

    @property
    def is_walk_in(self) -> bool:
        return self.registration_id is None


class Tally(OperationalModel):
    """People counted without names, beside those of the roll's lines, by sex and age band (either may be unknown)."""

    session = operational_link(Session, related_name="tallies")
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, null=True, blank=True)
    age_band = models.CharField(_("age"), max_length=8, choices=AgeBand, null=True, blank=True)
    count = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "session", "sex", "age_band"],
                name="tally_cell_once",
                nulls_distinct=False,
            )
        ]
