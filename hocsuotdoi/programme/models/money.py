"""Money by task and year: what was estimated, appraised by the finance office, allocated, spent; from which source."""

import datetime as dt
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_on_line
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import MoneySource, MoneyStage
from hocsuotdoi.programme.models.plan import Plan, Task

DEAREST = 10**15
"""No line is above a million billion đồng: a figure above has too many noughts."""


agencies_with_money = agencies_on_line
"""The agencies at whose money a person may do something."""


class MoneyLineQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Lines of the agencies whose money `person` may see."""
        return self.filter(agency__in=agencies_with_money(person, Permission.VIEW_MONEY, day))


@tracked
class MoneyLine(models.Model):
    """One sum of one year, in đồng, at the agency that spends it, so that nothing is counted twice on its way down:
    money that a province gives to a commune stands at the commune, with the province's budget as its source.

    An amount is NULL until somebody has said it; 0 is nothing. `remark` is the finance office's, and must be there
    where it appraises otherwise than estimated. Who estimates does not appraise.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="money_lines")
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="money_lines")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="money_lines")
    year = models.PositiveSmallIntegerField(_("year"))
    source = models.CharField(_("source"), max_length=16, choices=MoneySource)
    source_name = models.CharField(_("who gives"), max_length=200, blank=True)
    purpose = models.CharField(_("for what"), max_length=300)
    estimated = models.BigIntegerField(_("estimated"), null=True, blank=True)
    estimated_by = models.UUIDField(null=True, editable=False)
    estimated_at = models.DateTimeField(null=True, editable=False)
    appraised = models.BigIntegerField(_("appraised"), null=True, blank=True)
    remark = models.TextField(_("remark of the finance office"), blank=True)
    appraised_by = models.UUIDField(null=True, editable=False)
    appraised_at = models.DateTimeField(null=True, editable=False)
    allocated = models.BigIntegerField(_("allocated"), null=True, blank=True)
    allocation_act = models.CharField(_("decision of allocation"), max_length=120, blank=True)
    spent = models.BigIntegerField(_("spent"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MoneyLineQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["year", "agency"], name="money_year_agency")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "task", "agency", "year", "source", "source_name", "purpose"],
                name="money_line_once",
                nulls_distinct=False,
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{stage}__isnull": True}) | Q(**{f"{stage}__gte": 0, f"{stage}__lte": DEAREST}),
                    name=f"money_{stage}_is_a_sum",
                )
                for stage in MoneyStage.values
            ),
            models.CheckConstraint(
                condition=Q(estimated__isnull=True, estimated_by__isnull=True, estimated_at__isnull=True)
                | Q(estimated__isnull=False, estimated_by__isnull=False, estimated_at__isnull=False),
                name="money_estimated_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(appraised__isnull=True, appraised_by__isnull=True, appraised_at__isnull=True)
                | Q(
                    estimated__isnull=False,
                    appraised__isnull=False,
                    appraised_by__isnull=False,
                    appraised_at__isnull=False,
                ),
                name="money_appraised_after_estimated",
            ),
            models.CheckConstraint(
                condition=Q(appraised__isnull=True) | Q(appraised=F("estimated")) | ~Q(remark=""),
                name="money_appraised_otherwise_says_why",
            ),
            models.CheckConstraint(
                condition=Q(appraised_by__isnull=True) | ~Q(appraised_by=F("estimated_by")),
                name="money_appraised_by_another",
            ),
            models.CheckConstraint(
                condition=Q(allocated__isnull=True) | ~Q(allocation_act=""), name="money_allocated_by_a_decision"
            ),
            models.CheckConstraint(condition=Q(year__gte=2020, year__lte=2100), name="money_of_a_sensible_year"),
            models.CheckConstraint(condition=~Q(purpose=""), name="money_is_for_something"),
        ]
        triggers = [
            pgtrigger.Protect(name="money_line_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="money_line_of_the_same", fields=["plan", "task", "agency", "year", "source"]),
        ]


class MoneyStep(models.Model):
    """That somebody said, or took back (`amount` NULL), a sum of a line."""

    line = models.ForeignKey(MoneyLine, on_delete=models.PROTECT, related_name="steps")
    stage = models.CharField(max_length=10, choices=MoneyStage)
    amount = models.BigIntegerField(null=True)
    remark = models.TextField(blank=True)
    by = models.UUIDField()
    at = models.DateTimeField()
    imported = models.UUIDField(null=True, help_text=_("The import it came with"))

    class Meta:
        ordering = ["at", "pk"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=Q(amount__isnull=False) | ~Q(remark=""), name="money_taken_back_says_why")
        ]


class MoneyPreview(models.Model):
    """A sheet that somebody has sent in and not confirmed yet: nothing of it counts. Confirming takes it away; its key
    stays with the steps it became, so that confirming twice writes once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    rows = models.JSONField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
