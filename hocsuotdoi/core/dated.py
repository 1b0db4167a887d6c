"""Facts that hold for a time: `starts_on` is the first day, `ends_on` the first day after; open ends are NULL."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q


def on(day: dt.date, prefix: str = "") -> Q:
    """The condition that a dated row holds on `day`; `prefix` ("placements__") reaches through a relation."""
    return (Q(**{f"{prefix}starts_on__isnull": True}) | Q(**{f"{prefix}starts_on__lte": day})) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gt": day})
    )


class DatedQuerySet(models.QuerySet):
    def on(self, day: dt.date) -> Self:
        """Rows that hold on `day`."""
        return self.filter(on(day))

    def during(self, starts_on: dt.date, ends_on: dt.date) -> Self:
        """Rows that hold on at least one day of the period (end exclusive)."""
        return self.filter(Q(starts_on__isnull=True) | Q(starts_on__lt=ends_on)).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on)
        )


class Dated(models.Model):
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="%(app_label)s_%(class)s_ends_after_it_starts",
            )
        ]

    def holds_on(self, day: dt.date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or self.ends_on > day)
