"""Who came: lines of the roll, people counted without names, what they thought of it, what devices noted offline."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.activities.enums import Face, MarkOutcome
from hocsuotdoi.activities.models.registration import Participant, Registration
from hocsuotdoi.activities.models.session import Session
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.ledger.enums import AgeBand, Channel, Sex


class Attendance(OperationalModel):
    """One line of the roll: a registration, a named participant of one, or a walk-in, and how many of its `size` people
    came (NULL: not called yet). The line of a registration or participant carries its id, so that a form can name it
    before it exists."""

    session = operational_link(Session, related_name="attendances")
    registration = operational_link(Registration, null=True, related_name="attendances")
    participant = operational_link(Participant, null=True, related_name="attendances")
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
            models.UniqueConstraint(
                fields=["institution", "registration", "participant"],
                name="attendance_once_for_a_registration",
                condition=Q(registration__isnull=False),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=["institution", "form_key"], name="attendance_form_once"),
            models.CheckConstraint(
                condition=Q(present__isnull=True) | Q(present__lte=F("size")), name="attendance_never_above_its_size"
            ),
            models.CheckConstraint(
                condition=Q(participant__isnull=True) | Q(registration__isnull=False, size=1),
                name="attendance_of_a_participant_is_one",
            ),
        ]
        indexes = [models.Index(fields=["session"])]

    @property
    def is_walk_in(self) -> bool:
        return self.registration_id is None


class Tally(OperationalModel):
    """People counted without names, beside those of the roll's lines, by sex and age band (either may be unknown) and,
    where it differs from the session's, by how they took part."""

    session = operational_link(Session, related_name="tallies")
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, null=True, blank=True)
    age_band = models.CharField(_("age"), max_length=8, choices=AgeBand, null=True, blank=True)
    channel = models.CharField(_("how"), max_length=12, choices=Channel, null=True, blank=True)
    count = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "session", "sex", "age_band", "channel"],
                name="tally_cell_once",
                nulls_distinct=False,
            )
        ]


class Rating(OperationalModel):
    """What someone thought of a session: a face, and words if they like. No name: a registration at most says that it
    was rated once."""

    session = operational_link(Session, related_name="ratings")
    registration = operational_link(Registration, null=True, related_name="ratings")
    face = models.PositiveSmallIntegerField(choices=Face)
    words = models.CharField(_("in your words"), max_length=1000, blank=True)
    form_key = models.UUIDField(help_text="Made with the form: sending it twice counts once")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "form_key"], name="rating_form_once"),
            models.UniqueConstraint(fields=["institution", "registration"], name="rating_once_for_a_registration"),
            models.CheckConstraint(condition=Q(face__in=Face.values), name="rating_has_a_face"),
        ]
        indexes = [models.Index(fields=["session", "face"])]


class DeviceMark(OperationalModel):
    """One thing that an enrolled device noted about a roll, perhaps days ago and without a connection, as it came in.

    The id is made on the device: sent twice, it is taken once. `number` and `previous_hash` chain a device's marks, so
    that a gap or a change on the way is seen. What could not be taken into the roll waits, with the reason, for a
    person; nothing that a device noted is ever lost.
    """

    device = models.UUIDField(help_text="accounts.Device; no link, since that is reference data of another life span")
    number = models.PositiveBigIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    session = models.UUIDField(help_text="As the device named it; it may not exist")
    act = models.CharField(max_length=16)
    said = models.JSONField(help_text="What the device noted, as it came")
    noted_at = models.DateTimeField(help_text="By the device's clock")
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=MarkOutcome)
    reason = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[MarkOutcome.SETTLED, MarkOutcome.DISMISSED], settled_at__isnull=False)
                | ~Q(outcome__in=[MarkOutcome.SETTLED, MarkOutcome.DISMISSED]) & Q(settled_at__isnull=True),
                name="device_mark_settled_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=MarkOutcome.WAITING) | ~Q(reason=""), name="device_mark_waits_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["device", "number"]),
            models.Index(fields=["institution", "outcome"]),
            models.Index(fields=["session", "act"]),
        ]
