"""What was frozen: the whole content of a document, and each of its figures by its key."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_on_line
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.inspection.models.command import institutions_seen
from hocsuotdoi.reporting.enums import SnapshotKind
from hocsuotdoi.reporting.models.line import on_the_line
from hocsuotdoi.reporting.models.nomination import Nomination
from hocsuotdoi.reporting.models.report import Report

_OF_REPORTS = [SnapshotKind.REPORT, SnapshotKind.ADDENDUM, SnapshotKind.LETTER]
_OF_NOMINATIONS = [SnapshotKind.NOMINATION, SnapshotKind.AWARD]


class SnapshotQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Snapshots of what `person` may read: a report on its line of command, an inspection, a nomination."""
        return self.filter(
            on_the_line(person, Permission.VIEW_REPORT, day, path="report__")
            | Q(
                kind=SnapshotKind.MINUTES,
                institution__in=institutions_seen(person, day or timezone.localdate()).values("pk"),
            )
            | Q(
                kind__in=_OF_NOMINATIONS,
                nomination__agency__in=agencies_on_line(person, Permission.VIEW_REPORT, day),
            )
        )


class Snapshot(models.Model):
    """Everything a document said when it was frozen. Its number is printed in the document; it is never changed.

    `report` is empty for what is no report: minutes name the visit (without a link: it is operational) and its
    institution, a nomination is linked. An addendum names the snapshot that it amends and holds the figures that have
    changed, with both values in its content.
    """

    kind = models.CharField(max_length=10, choices=SnapshotKind, default=SnapshotKind.REPORT)
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="snapshots")
    amends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="addenda")
    visit_id = models.UUIDField(null=True)
    institution = models.ForeignKey("places.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    nomination = models.ForeignKey(Nomination, null=True, on_delete=models.PROTECT, related_name="snapshots")
    number = models.CharField(max_length=40, unique=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content in canonical JSON")
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-frozen_at", "-pk"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=_OF_REPORTS, report__isnull=False, visit_id__isnull=True, nomination__isnull=True)
                | Q(
                    kind=SnapshotKind.MINUTES,
                    report__isnull=True,
                    visit_id__isnull=False,
                    institution__isnull=False,
                    nomination__isnull=True,
                )
                | Q(
                    kind__in=_OF_NOMINATIONS,
                    report__isnull=True,
                    visit_id__isnull=True,
                    nomination__isnull=False,
                ),
                name="snapshot_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(kind=SnapshotKind.ADDENDUM, amends__isnull=False)
                | ~Q(kind=SnapshotKind.ADDENDUM) & Q(amends__isnull=True),
                name="snapshot_addendum_names_what_it_amends",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Figure(models.Model):
    """One figure of a snapshot, to be added up, compared and checked without reading whole contents.

    `key` names it within the snapshot and in each document (`indicator:library_services:library_commune:2026`,
    `measure:library_visit:2026`, `money:spent:donation:2026`). It says the same as the content, which the digest
    binds; a test and `doctor` compare them. `value_state` other than "value": both parts are NULL. `is_additive`:
    figures of reports below may be added up; distinct people may not.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="figures")
    key = models.CharField(max_length=160)
    value_state = models.CharField(max_length=16)
    numerator = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    denominator = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    reporting = models.PositiveIntegerField(null=True)
    expected = models.PositiveIntegerField(null=True)
    is_additive = models.BooleanField(default=True)

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "key"], name="figure_key_once"),
            models.CheckConstraint(
                condition=Q(value_state="value", numerator__isnull=False)
                | ~Q(value_state="value") & Q(numerator__isnull=True, denominator__isnull=True),
                name="figure_without_a_value_has_none",
            ),
            models.CheckConstraint(
                condition=Q(reporting__isnull=True) | Q(reporting__lte=models.F("expected")),
                name="figure_reporting_within_expected",
            ),
        ]
