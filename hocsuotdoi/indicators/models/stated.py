"""Figures that are typed in or taken from a sheet: what was sent in, the act of stating, each figure."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_read_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.indicators.enums import ImportKind, StatedColumn, StatingWay


class PreviewedImport(models.Model):
    """What somebody has sent in and not confirmed yet: nothing of it counts. Confirming takes it away.

    `rows` is what the file said, cell by cell, as the import's own reader left it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=ImportKind)
    unit = models.ForeignKey("places.AdminUnit", on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=8, help_text="As core.periods writes it")
    way = models.CharField(max_length=8, choices=StatingWay)
    file_name = models.CharField(max_length=200, blank=True)
    file_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file")
    source = models.CharField(max_length=300)
    rows = models.JSONField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()


class StatementQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """For who may see the figures of its unit; staff of one institution may not."""
        return self.filter(unit__in=units_read_covered(person, Permission.VIEW_FIGURES, day))


class Statement(models.Model):
    """One act of stating figures of institutions: a file, a form, or the undoing of one of these.

    Its key is that of the preview it confirms, so that confirming twice states once.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    unit = models.ForeignKey("places.AdminUnit", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    way = models.CharField(max_length=8, choices=StatingWay)
    file_name = models.CharField(max_length=200, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=300)
    reason = models.CharField(max_length=300, blank=True, help_text="Why figures stated before are changed")
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    stated_by = models.UUIDField(help_text="Person's id; no link, so that an account can go")
    stated_at = models.DateTimeField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["unit", "stated_at"])]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(way=StatingWay.UNDO, undoes__isnull=False) & ~Q(reason="")
                | ~Q(way=StatingWay.UNDO) & Q(undoes__isnull=True),
                name="statement_undoing_names_what_and_why",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="statement_names_its_source"),
        ]


class StatedFigure(OperationalModel):
    """What was stated of one institution, column and period. A new figure is a new row; the newest `revision` holds.

    `quantity` 0 is reported and none; NULL takes back what was stated before, so that nothing is reported. Each figure
    has a posting, which is without entries where there was nothing. `slot` names institution, column and period to
    the ledger.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="figures")
    slot = models.UUIDField()
    revision = models.PositiveSmallIntegerField()
    column = models.CharField(max_length=60, choices=StatedColumn)
    period = models.CharField(max_length=8)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The first day after the period")
    quantity = models.PositiveBigIntegerField(null=True)
    recorded = models.PositiveBigIntegerField(
        default=0, help_text="What the system had recorded of the period by itself; the figure is in addition to it"
    )
    posting = operational_link("ledger.Posting", null=True, related_name="+")

    class Meta:
        triggers = append_only()
        indexes = [
            models.Index(fields=["institution", "starts_on"]),
            models.Index(fields=["starts_on"], condition=Q(quantity=0), name="stated_zero"),  # the roll-up has none
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "slot", "revision"], name="stated_figure_once"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True, posting__isnull=True)
                | Q(quantity__isnull=False, posting__isnull=False),
                name="stated_figure_is_posted",
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="stated_period_ends_after_it_starts"),
        ]
