"""What calls for a look in the figures, what people said about it, and who has reported for which month."""

import datetime as dt
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered, units_read_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.indicators.enums import ANSWERS, WAITING, FindingState, FindingStepKind, QualityRule


class QualityFindingQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """For who may see the figures of the institution; those of a unit's population for who may see the unit's."""
        return self.filter(
            Q(institution__in=institutions_covered(person, Permission.VIEW_FIGURES, day))
            | Q(institution=None, unit__in=units_read_covered(person, Permission.VIEW_FIGURES, day))
        )

    def waiting(self) -> Self:
        return self.filter(state__in=WAITING)


class QualityFinding(models.Model):
    """One rule found something about one institution (or, of population, one unit) in one period.

    Found again, it is the same row. `numbers` is what the program saw last, `answered` what the person had seen who
    answered last. `unit` is where the institution stood on the period's last day. Never deleted; the steps tell all.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.CharField(max_length=32, choices=QualityRule)
    institution = models.ForeignKey("places.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("places.AdminUnit", on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=60, blank=True, help_text="A measure, or a part of it as StatedColumn has it")
    period = models.CharField(max_length=8, help_text="As core.periods writes it")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The first day after the period")
    numbers = models.JSONField()
    answered = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=FindingState, default=FindingState.OPEN)
    found_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text="When its state or its numbers changed last")

    objects = QualityFindingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["starts_on", "rule"], name="finding_period"),
            models.Index(fields=["unit", "starts_on"], condition=Q(state__in=WAITING), name="finding_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "institution", "measure", "period"],
                condition=Q(institution__isnull=False),
                name="finding_of_institution_once",
            ),
            models.UniqueConstraint(
                fields=["rule", "unit", "measure", "period"],
                condition=Q(institution__isnull=True),
                name="finding_of_unit_once",
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="finding_period_ends_after_it_starts"),
        ]
        triggers = [
            pgtrigger.Protect(name="finding_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="finding_about_the_same",
                fields=["rule", "institution", "measure", "period", "starts_on", "ends_on", "found_at"],
            ),
        ]


class FindingStep(models.Model):
    """What happened to a finding, with the numbers as they stood: found, answered by a person, opened again, closed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    finding = models.ForeignKey(QualityFinding, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=FindingStepKind)
    numbers = models.JSONField()
    reason = models.CharField(max_length=500, blank=True)
    correction = models.UUIDField(null=True, help_text="The posting that took the wrong one back")
    by = models.UUIDField(null=True, help_text="Person's id; empty: the program")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["finding", "at"], name="finding_steps")]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ANSWERS, by__isnull=False) | ~Q(kind__in=ANSWERS) & Q(by__isnull=True),
                name="finding_answered_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[FindingStepKind.RIGHT, FindingStepKind.CORRECTED]) | ~Q(reason=""),
                name="finding_step_has_a_reason",
            ),
        ]


class Reporting(models.Model):
    """Of how many institutions at a place figures were expected for a month, came, and came in time.

    `measure` empty: anything at all. Computed (`operations.quality_reporting`), never typed: can be thrown away.
    """

    pk = models.CompositePrimaryKey("month", "measure", "place_id")
    month = models.DateField()
    measure = models.CharField(max_length=32, blank=True)
    place_id = models.BigIntegerField(help_text="The unit in which they stood on the month's last day")
    expected = models.IntegerField()
    reported = models.IntegerField()
    on_time = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(on_time__gte=0, on_time__lte=F("reported"), reported__lte=F("expected")),
                name="reporting_parts_within_whole",
            )
        ]


class ReportingMonth(models.Model):
    """When a month was counted last."""

    month = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()
