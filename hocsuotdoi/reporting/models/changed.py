"""Reports whose figures the book no longer gives as they were approved."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.reporting.models.line import on_the_line
from hocsuotdoi.reporting.models.report import Report
from hocsuotdoi.reporting.models.snapshot import Snapshot


class ChangedFiguresQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Of the reports that `person` may read."""
        return self.filter(on_the_line(person, Permission.VIEW_REPORT, day, path="report__"))


class ChangedFigures(models.Model):
    """What had changed of an approved report when it was looked at last, as `ChangeContent` has it: for lists, and for
    the person who decides about an addendum. Computed, never typed: can be thrown away."""

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.CASCADE, related_name="changed_figures")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="+")
    changes = models.JSONField()
    found_at = models.DateTimeField()

    objects = ChangedFiguresQuerySet.as_manager()

    class Meta:
        ordering = ["report"]
        constraints = [models.CheckConstraint(condition=~Q(changes=[]), name="changed_figures_name_a_change")]
