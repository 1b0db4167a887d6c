"""What a body owes in a cycle: the words that people write, its way up, and what became of it."""

import datetime as dt
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.reporting.enums import (
    CHANGES,
    OWED,
    CommandLine,
    Detail,
    ExceptionAnswerKind,
    ReportState,
    ReportStepKind,
)
from hocsuotdoi.reporting.models.cycle import Cycle, CycleReminder
from hocsuotdoi.reporting.models.line import on_the_line

FROZEN = (ReportState.SUBMITTED, ReportState.APPROVED)


class ReportQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Reports on whose line of command `person` reads reports (`rules.on_the_line`); drafts too."""
        return self.filter(on_the_line(person, Permission.VIEW_REPORT, day))

    def owed(self) -> Self:
        return self.filter(state__in=OWED)

    def late(self, day: dt.date) -> Self:
        """Units report «before» their day: on the day itself a report that is not there is late."""
        return self.owed().filter(due_on__lte=day)


@tracked
class Report(models.Model):
    """One body's report in one cycle, or (`cycle` NULL) a unit's report of a year outside any cycle.

    The words stand beside the figures; a field left empty says nothing of its own: the document then holds words made
    from the figures. `version` lets a second writer see that somebody else wrote meanwhile. `goes_to` is the one report
    that this one is added up into, so that nothing is counted twice; `above` are the bodies on its way up, the next
    first, as they were when the cycle was opened or when it was last moved: they, and nobody else of other lines,
    read along. `gaps` is what was missing below when it was approved, by name. What was submitted and approved are
    snapshots.
    """

    cycle = models.ForeignKey(Cycle, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    line = models.CharField(max_length=10, choices=CommandLine, default=CommandLine.TERRITORY)
    detail = models.CharField(max_length=8, choices=Detail, default=Detail.FULL)
    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField(_("year"))
    due_on = models.DateField(_("due before"), null=True, blank=True)
    goes_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="from_below")
    above = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text=_("Agencies, the next one first"))
    copies_to = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text=_("Agencies that read along"))
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.DRAFT)
    results = models.TextField(_("results"), blank=True)
    difficulties = models.TextField(_("difficulties"), blank=True)
    causes = models.TextField(_("causes"), blank=True)
    proposals = models.TextField(_("proposals"), blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    submitted = models.ForeignKey(
        "reporting.Snapshot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_by = models.UUIDField(null=True, editable=False)
    approved = models.ForeignKey(
        "reporting.Snapshot", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.UUIDField(null=True, editable=False)
    gaps = models.JSONField(default=list, blank=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["above"], name="report_above"),
            models.Index(fields=["cycle", "state"], name="report_cycle_state"),
            models.Index(fields=["due_on"], condition=Q(state__in=OWED, cycle__isnull=False), name="report_owed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year"], condition=Q(cycle__isnull=True), name="report_once_a_year"
            ),
            models.UniqueConstraint(fields=["cycle", "agency", "line"], name="report_once_in_a_cycle"),
            models.CheckConstraint(condition=Q(year__gte=2020, year__lte=2100), name="report_of_a_sensible_year"),
            models.CheckConstraint(
                condition=Q(cycle__isnull=True, agency__isnull=True, goes_to__isnull=True, state=ReportState.DRAFT)
                | Q(cycle__isnull=False, agency__isnull=False, due_on__isnull=False),
                name="report_in_a_cycle_is_owed_by_a_body",
            ),
            models.CheckConstraint(condition=~Q(goes_to=F("pk")), name="report_not_into_itself"),
            models.CheckConstraint(
                condition=~Q(line__in=[CommandLine.MILITARY, CommandLine.POLICE]) | Q(detail=Detail.TOTALS),
                name="report_armed_forces_in_totals",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=FROZEN,
                    submitted__isnull=False,
                    submitted_at__isnull=False,
                    submitted_by__isnull=False,
                )
                | ~Q(state__in=FROZEN),
                name="report_submitted_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ReportState.APPROVED,
                    approved__isnull=False,
                    approved=F("submitted"),
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                )
                | ~Q(state=ReportState.APPROVED)
                & Q(approved__isnull=True, approved_at__isnull=True, approved_by__isnull=True),
                name="report_approved_as_submitted",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
                name="report_approved_by_another",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="report_goes_on",
                field="state",
                transitions=[(before.value, after.value) for before, after in CHANGES],
            ),
            pgtrigger.ReadOnly(name="report_of_the_same", fields=["cycle", "agency", "line", "unit", "year"]),
            pgtrigger.Protect(
                name="report_kept", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__cycle__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        where = self.agency or (self.unit if self.unit_id else "")
        return f"{where} {self.year}"


class ReportStep(models.Model):
    """What happened to a report on its way, and why. `snapshot` is what was submitted, returned, approved or
    amended. `instead`: the body whose people did it, where nobody sat at the one that owes the report."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=ReportStepKind)
    snapshot = models.ForeignKey("reporting.Snapshot", null=True, on_delete=models.PROTECT, related_name="steps")
    reason = models.TextField(_("reason"), blank=True)
    gaps = models.JSONField(default=list)
    instead = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.UUIDField(null=True, help_text=_("Person's id; empty: the program"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=~Q(
                    kind__in=[
                        ReportStepKind.RETURNED,
                        ReportStepKind.REOPENED,
                        ReportStepKind.EXCUSED,
                        ReportStepKind.RESUMED,
                        ReportStepKind.MOVED,
                        ReportStepKind.AMENDED,
                    ]
                )
                | ~Q(reason=""),
                name="report_step_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(
                    kind__in=[
                        ReportStepKind.SUBMITTED,
                        ReportStepKind.RETURNED,
                        ReportStepKind.APPROVED,
                        ReportStepKind.AMENDED,
                    ]
                )
                | Q(snapshot__isnull=False),
                name="report_step_names_the_snapshot",
            ),
            models.CheckConstraint(
                condition=Q(gaps=[]) | Q(kind=ReportStepKind.APPROVED), name="report_step_gaps_only_when_approved"
            ),
            models.CheckConstraint(
                condition=Q(instead__isnull=True)
                | Q(
                    kind__in=[
                        ReportStepKind.OPENED,
                        ReportStepKind.SUBMITTED,
                        ReportStepKind.WITHDRAWN,
                        ReportStepKind.AMENDED,
                    ]
                ),
                name="report_step_instead_of_who_owes_it",
            ),
        ]


class CountedInstitution(models.Model):
    """In which report an institution is counted in a cycle: the dated list of those of whom figures are expected.

    Once in each cycle, whatever the lines of command: the database sees to it that nothing is counted twice.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="counted")
    institution = models.ForeignKey("places.Institution", on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="counted")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "institution"], name="institution_counted_once")]


@tracked
class TypedTotal(models.Model):
    """A total that a body types into its own report because its institutions are not told one by one (armed forces), or
    do not record here. Numerator and denominator, never a percentage; NULL is not reported."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="typed_totals")
    key = models.CharField(max_length=160, help_text=_("Of the figure, as in reporting.models.Figure"))
    numerator = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    denominator = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    typed_by = models.UUIDField()
    typed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "key"], name="typed_total_once"),
            models.CheckConstraint(
                condition=(Q(numerator__isnull=True) | Q(numerator__gte=0))
                & (Q(denominator__isnull=True) | Q(denominator__gte=0)),
                name="typed_total_not_negative",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="typed_total_names_its_source"),
        ]


class ExceptionAnswer(models.Model):
    """One tap about something odd in a report. It holds as long as the numbers are those that were shown (`numbers`);
    with other numbers the question is asked again. Never changed; the newest holds."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="exception_answers")
    key = models.CharField(max_length=200, help_text=_("rule|indicator|cohort|what"))
    numbers = models.JSONField()
    kind = models.CharField(max_length=10, choices=ExceptionAnswerKind)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["report", "key"], name="exception_of_report")]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ExceptionAnswerKind.EXPLAINED) & ~Q(reason="")
                | Q(kind=ExceptionAnswerKind.CONFIRMED, reason=""),
                name="exception_explained_says_why",
            )
        ]


class Reminder(models.Model):
    """That a body was reminded of a report by a rule of its cycle: once of each due day."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="reminders")
    rule = models.ForeignKey(CycleReminder, null=True, on_delete=models.PROTECT, related_name="+")
    days = models.SmallIntegerField()
    due_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = [models.UniqueConstraint(fields=["report", "days", "due_on"], name="reminder_once")]


class WorkSpell(models.Model):
    """A stretch in which one person worked on one report, by the program's own clock: from the first request to the
    last before a pause. Who it was is not kept, only that spells of two people are not run together (`whose`, which is
    other in each report). Told to planners as a sum for each report, never person by person."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="work_spells")
    whose = models.CharField(max_length=16)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    requests = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["report", "whose", "last_at"], name="spell_of_report")]
        constraints = [
            models.CheckConstraint(condition=Q(last_at__gte=F("began_at")), name="spell_ends_after_it_begins"),
            models.UniqueConstraint(fields=["report", "whose", "began_at"], name="spell_once"),
        ]
