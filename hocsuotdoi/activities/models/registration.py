"""Who wants to come: places at a session, a whole series, the people of a group, and what they are told."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.activities.enums import NoticeKind, NoticeState, RegistrationStatus
from hocsuotdoi.activities.models.activity import Activity
from hocsuotdoi.activities.models.session import Session
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.ledger.enums import AgeBand, Sex

HOLDING = (RegistrationStatus.CONFIRMED, RegistrationStatus.OFFERED)
"""Registrations in these states hold places."""


class Party(OperationalModel):
    """Someone who joins without an account, alone or with others; for a child, its guardian with consent. Empty names
    and phones were erased (retention)."""

    name = models.CharField(_("your name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    group_size = models.PositiveSmallIntegerField(_("how many people"), default=1)
    guardian_name = models.CharField(_("parent or guardian"), max_length=120, blank=True)
    consent_at = models.DateTimeField(null=True, help_text="When the guardian agreed that the child takes part")
    answers = models.JSONField(default=dict, blank=True, help_text="Question's id → answer")
    code = models.CharField(max_length=12, help_text="Shown to the person, to look up, change and cancel")
    form_key = models.UUIDField(help_text="Made with the form: sending it twice registers once")
    learner_key = models.UUIDField(null=True, help_text="Pseudonym of someone signed in, never the account's id")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, editable=False, help_text="When somebody last changed what it says")
    changed_fields = ArrayField(
        models.CharField(max_length=20), verbose_name=_("what was changed"), default=list, blank=True, editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_led(self) -> bool:
        """Whether who registered answers for the children as well: a teacher with a class, no parent of theirs."""
        return bool(self.guardian_name) and self.guardian_name == self.name

    @property
    def code_shown(self) -> str:
        """In two groups, to be read out."""
        return f"{self.code[:4]}-{self.code[4:]}"


# The trail says who changed what of a party and when, never the words themselves: it is kept for good, names are not.
_CHANGED = pghistory.AnyChange("changed_at")
_KEPT = ("id", "institution", "group_size", "changed_at", "changed_fields")


@pghistory.track(
    pghistory.UpdateEvent(condition=_CHANGED),
    fields=[*_KEPT, "activity"],
    model_name="EnrolmentEvent",
    obj_field=pghistory.ObjForeignKey(related_name="events"),
)
class Enrolment(Party):
    """Someone in a whole series, a member of a club: registered for each of its sessions to come, also for those that
    are added. Leaving keeps the past."""

    activity = operational_link(Activity, related_name="enrolments")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "form_key"], name="enrolment_form_once"),
            models.UniqueConstraint(fields=["institution", "code"], name="enrolment_code_once"),
            models.CheckConstraint(condition=Q(group_size__gte=1), name="enrolment_of_someone"),
        ]
        indexes = [models.Index(fields=["activity", "ended_at"])]

    @property
    def is_active(self) -> bool:
        return self.ended_at is None


@pghistory.track(
    pghistory.UpdateEvent(condition=_CHANGED),
    fields=[*_KEPT, "session", "enrolment"],
    model_name="RegistrationEvent",
    obj_field=pghistory.ObjForeignKey(related_name="events"),
)
class Registration(Party):
    """Places at a session, held or waited for. `waiting_since`: the order of the waiting list; it stays when a place is
    offered. A registration out of an enrolment is looked up by the enrolment's code as well as its own."""

    session = operational_link(Session, related_name="registrations")
    enrolment = operational_link(Enrolment, null=True, related_name="registrations")
    status = models.CharField(max_length=12, choices=RegistrationStatus, default=RegistrationStatus.CONFIRMED)
    waiting_since = models.DateTimeField(null=True)
    offer_ends_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "form_key"], name="registration_form_once"),
            models.UniqueConstraint(fields=["institution", "code"], name="registration_code_once"),
            models.UniqueConstraint(
                fields=["institution", "enrolment", "session"], name="registration_once_by_an_enrolment"
            ),
            models.CheckConstraint(condition=Q(group_size__gte=1), name="registration_of_someone"),
            models.CheckConstraint(
                condition=Q(status=RegistrationStatus.CANCELLED, cancelled_at__isnull=False)
                | ~Q(status=RegistrationStatus.CANCELLED) & Q(cancelled_at__isnull=True),
                name="registration_cancelled_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(status=RegistrationStatus.OFFERED, offer_ends_at__isnull=False)
                | ~Q(status=RegistrationStatus.OFFERED) & Q(offer_ends_at__isnull=True),
                name="registration_offered_until_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RegistrationStatus.WAITING, RegistrationStatus.OFFERED])
                | Q(waiting_since__isnull=False),
                name="registration_waiting_since_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "status"]),
            models.Index(
                fields=["offer_ends_at"], condition=Q(offer_ends_at__isnull=False), name="registration_offers_to_lapse"
            ),
        ]

    @property
    def is_confirmed(self) -> bool:
        return self.status == RegistrationStatus.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        return self.status == RegistrationStatus.WAITING

    @property
    def is_offered(self) -> bool:
        return self.status == RegistrationStatus.OFFERED

    @property
    def holds_places(self) -> bool:
        return self.status in HOLDING


class Participant(OperationalModel):
    """One person of a registration that names its people: a class by list, a family. There are as many as its
    `group_size`."""

    registration = operational_link(Registration, related_name="participants")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=120)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, null=True, blank=True)
    age_band = models.CharField(_("age"), max_length=8, choices=AgeBand, null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "registration", "number"], name="participant_number_once")
        ]


class PushSubscription(OperationalModel):
    """A browser that wants to be told about a registration (RFC 8030)."""

    registration = operational_link(Registration, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "registration", "endpoint"], name="push_subscription_endpoint_once"
            )
        ]


class Notice(OperationalModel):
    """One thing that one person is to be told, through one channel; `once` keeps it from being said twice. `channel`:
    a channel of core.channels, or empty for people to be told by phone or on paper. Text and address are erased
    with the names (retention)."""

    kind = models.CharField(max_length=12, choices=NoticeKind)
    registration = operational_link(Registration, null=True, related_name="notices")
    session = operational_link(Session, null=True, related_name="notices")
    booking = operational_link("activities.ClassBooking", null=True, related_name="notices")
    channel = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=1000, blank=True, help_text="E-mail, phone or push endpoint")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    url = models.CharField(max_length=300, blank=True)
    once = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True, help_text="Who told the person by phone")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "once"], name="notice_said_once")]
        indexes = [
            models.Index(fields=["institution", "state", "created_at"]),
            models.Index(fields=["session", "kind"]),
            # The few that have not reached anybody, among all that were ever told.
            models.Index(
                fields=["created_at"], condition=Q(state__in=["waiting", "to_tell"]), name="notice_still_open"
            ),
        ]

    @property
    def guardian_name(self) -> str:
        """Whom the phone reaches where `name` is a child's; empty where it reaches who is named."""
        of = self.registration
        return of.guardian_name if of is not None and of.guardian_name != self.name else ""

    @property
    def addressee(self) -> str:
        return self.guardian_name or self.name
