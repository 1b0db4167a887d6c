"""Tasks as they are handed down: to whom, by when, how far they are, what shows it, who was told that they are late."""

import datetime as dt
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_on_line
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.attachments import KeptFile
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import (
    WAITING,
    AgencyPart,
    AssignmentState,
    AssignmentStepKind,
    DigestState,
    EvidenceVerdict,
    Rung,
)
from hocsuotdoi.programme.models.plan import Task


def shown_by(day: dt.date) -> Q:
    """What was held met the rule by `day`, and nobody has called it done yet."""
    return Q(state__in=WAITING, tally__met_on__lte=day)


def late_by(day: dt.date) -> Q:
    """Still to be done although its day has passed, and nothing shows that it was done."""
    return Q(state__in=WAITING, due_on__lt=day) & ~Q(tally__met_on__lte=day)


class AssignmentQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Assignments of the agencies whose tasks `person` may see; those of the armed forces on their own line."""
        return self.filter(agency__in=agencies_on_line(person, Permission.VIEW_TASKS, day))

    def waiting(self) -> Self:
        return self.filter(state__in=WAITING)

    def late(self, day: dt.date) -> Self:
        """Still to be done although their day has passed; not what the books show to be done."""
        return self.filter(late_by(day))

    def shown(self, day: dt.date) -> Self:
        """What was held shows that they were done, and nobody has said so yet."""
        return self.filter(shown_by(day))


@tracked
class Assignment(models.Model):
    """One task for one agency, for a year or (`year` NULL) once and for all.

    What a clause asks for has `task`; what is asked for elsewhere (a finding of an inspection, a task of one's own)
    has a `title` and says by `origin` where it comes from. `handed_down_from` is the assignment of the body above,
    which keeps its own date. `state` is what people last reported; that the rule's evidence is there is read beside
    it (`AssignmentTally`): then it is not late, and waits for a person to call it done. Who holds something by an
    agency's line of command holds it here too: the place is the agency.
    """

    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    title = models.TextField(_("task"), blank=True)
    origin = models.CharField(max_length=120, blank=True, help_text=_("Kind and key: inspection.finding:…"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="assignments")
    part = models.CharField(max_length=14, choices=AgencyPart, default=AgencyPart.LEAD)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    indicator = models.ForeignKey(
        "indicators.Indicator", null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    handed_down_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="handed_down"
    )
    remark = models.TextField(_("what is expected"), blank=True)
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.TO_DO)
    percent = models.PositiveSmallIntegerField(_("how far, in percent"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    handed_by = models.UUIDField(null=True, help_text=_("Person's id; empty: the program, from the task's tiers"))
    handed_at = models.DateTimeField()

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "year"], name="assignment_agency_year"),
            models.Index(fields=["due_on"], condition=Q(state__in=WAITING), name="assignment_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=False, title="") | Q(task__isnull=True) & ~Q(title=""),
                name="assignment_of_a_task_or_titled",
            ),
            models.UniqueConstraint(
                fields=["task", "agency", "year"],
                condition=Q(task__isnull=False),
                name="assignment_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["origin", "agency"], condition=~Q(origin=""), name="assignment_origin_once"
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.DONE, done_on__isnull=False)
                | ~Q(state=AssignmentState.DONE) & Q(done_on__isnull=True),
                name="assignment_done_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="assignment_due_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__lte=100), name="assignment_percent_up_to_100"
            ),
            models.CheckConstraint(condition=~Q(handed_down_from=F("pk")), name="assignment_not_from_itself"),
        ]
        triggers = [
            pgtrigger.Protect(name="assignment_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="assignment_of_the_same", fields=["task", "agency", "year", "origin"]),
        ]

    def __str__(self) -> str:
        return self.title or str(self.task)


class AssignmentStep(models.Model):
    """What happened to an assignment: handed down, dated anew, progress, a note. `state` and `due_on` as they then
    were."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=AssignmentStepKind)
    state = models.CharField(max_length=10, choices=AssignmentState)
    percent = models.PositiveSmallIntegerField(null=True)
    due_on = models.DateField(null=True)
    note = models.TextField(_("note"), blank=True)
    by = models.UUIDField(null=True, help_text=_("Person's id; empty: the program"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[AssignmentState.CANNOT, AssignmentState.DROPPED]) | ~Q(note=""),
                name="assignment_step_given_up_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[AssignmentStepKind.DATED, AssignmentStepKind.NOTE]) | ~Q(note=""),
                name="assignment_step_has_a_note",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__lte=100), name="assignment_step_percent_up_to_100"
            ),
        ]


class AssignmentFile(KeptFile):
    """A file handed in with a step; it stays with the step."""

    step = models.ForeignKey(AssignmentStep, on_delete=models.PROTECT, related_name="files")

    class Meta(KeptFile.Meta):
        triggers = append_only()


class EvidenceDecision(models.Model):
    """What a person says of one happening as evidence of one assignment; the newest holds.

    What the rule finds is read from the book and never stored, so that it cannot go stale. The happening is named as
    the ledger names it, without a link, since a reference table points at no operational one (decision 0003).
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="evidence_decisions")
    institution = models.ForeignKey("places.Institution", on_delete=models.PROTECT, related_name="+")
    source_kind = models.CharField(max_length=60, help_text=_("As in ledger.Posting"))
    source_id = models.UUIDField()
    verdict = models.CharField(max_length=10, choices=EvidenceVerdict)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["assignment", "source_kind", "source_id"], name="evidence_of_assignment")]
        triggers = append_only()
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="evidence_decision_has_a_reason")]


class AssignmentTally(models.Model):
    """How much evidence an assignment had when it was counted last. Computed, never typed: can be thrown away."""

    assignment = models.OneToOneField(Assignment, primary_key=True, on_delete=models.CASCADE, related_name="tally")
    happenings = models.PositiveIntegerField()
    last_on = models.DateField(null=True)
    met_on = models.DateField(null=True, help_text=_("The day on which the rule was first met"))
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(happenings=0, last_on__isnull=True, met_on__isnull=True)
                | Q(happenings__gt=0, last_on__isnull=False),
                name="tally_of_nothing_has_no_day",
            )
        ]


class CountedUntil(models.Model):
    """Since when what was posted has still to be looked at by the next count of evidence. At most one row: what a
    person decides about one assignment is counted at once and does not move it."""

    at = models.DateTimeField()


class Escalation(models.Model):
    """That a late assignment has reached a rung of the ladder: each rung is told once of each due day."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="escalations")
    rung = models.PositiveSmallIntegerField(choices=Rung)
    due_on = models.DateField(help_text=_("The day that had passed"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text=_("Who was told"))
    on = models.DateField()

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["assignment", "rung", "due_on"], name="escalation_once"),
            models.CheckConstraint(condition=Q(on__gt=F("due_on")), name="escalation_only_when_late"),
        ]


class Digest(models.Model):
    """All that one person is to be reminded of on one day, in one letter. Nothing to say, or nothing new: no row.

    `sources` names whose lines it holds (programme.registry: tasks, reports…).
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    on = models.DateField()
    lines = models.JSONField()
    sources = ArrayField(models.CharField(max_length=30), default=list)
    state = models.CharField(max_length=10, choices=DigestState, default=DigestState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["made_at"], condition=Q(state=DigestState.WAITING), name="digest_to_send"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "on"], name="digest_once_a_day"),
            models.CheckConstraint(condition=~Q(lines=[]), name="digest_says_something"),
            models.CheckConstraint(
                condition=Q(state=DigestState.SENT, sent_at__isnull=False)
                | ~Q(state=DigestState.SENT) & Q(sent_at__isnull=True),
                name="digest_sent_has_a_moment",
            ),
        ]
