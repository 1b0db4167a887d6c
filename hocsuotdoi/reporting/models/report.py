"""A unit's yearly report: words that people write, and frozen snapshots of the figures."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.places.models import AdminUnit


class ReportQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Reports of the units whose reports `person` may read."""
        return self.filter(unit__in=units_covered(person, Permission.VIEW_REPORT, day))


@tracked
class Report(models.Model):
    """The words beside the figures; `version` lets a second writer see that somebody else wrote meanwhile.

    A field left empty says nothing of its own: the document then holds words made from the figures.
    """

    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField(_("year"))
    results = models.TextField(_("results"), blank=True)
    difficulties = models.TextField(_("difficulties and their causes"), blank=True)
    proposals = models.TextField(_("proposals"), blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="report_once_a_year"),
            models.CheckConstraint(condition=Q(year__gte=2020, year__lte=2100), name="report_of_a_sensible_year"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}"


class SnapshotQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Snapshots of the units whose reports `person` may read."""
        return self.filter(report__unit__in=units_covered(person, Permission.VIEW_REPORT, day))


class Snapshot(models.Model):
    """Everything a report said when it was frozen. Its number is printed in the document; it is never changed."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="snapshots")
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

    def __str__(self) -> str:
        return self.number
