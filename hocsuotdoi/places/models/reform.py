"""Reforms of the territory after that of 2025, as somebody entered them."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.places.models.unit import LegalAct


class ReformQuerySet(models.QuerySet):
    def in_force(self) -> "ReformQuerySet":
        """Entered and not taken back, in the order in which they are applied."""
        return self.filter(entered_at__isnull=False, taken_back_at=None).order_by("day", "entered_at", "pk")

    def due(self, day: dt.date) -> "ReformQuerySet":
        """Whose day has come, and that the books do not hold yet."""
        return self.in_force().filter(written_at=None, day__lte=day)


@tracked
class TerritoryReform(models.Model):
    """One act that changes the territory on a day; `rows` is what its sheet said (`formats.reform`).

    Until `entered_at` it is only looked at. It is written into the books on its day (`written_at`), so that they never
    hold what is still to come; from then on units, bodies and places follow from it and from those before it whenever
    the territory is loaded.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField(_("first day on which it holds"))
    legal_act = models.ForeignKey(LegalAct, on_delete=models.PROTECT, related_name="reforms")
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    rows = models.JSONField()
    places = models.JSONField(
        default=dict, help_text="Institution's code → code of the new unit, where the land was divided"
    )
    sent_by = models.UUIDField(help_text="Person's id; no link, so that an account can go")
    sent_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)
    entered_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_for = models.TextField(_("why it was taken back"), blank=True, default="", db_default="")

    objects = ReformQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(entered_at=None, entered_by=None) | Q(entered_at__isnull=False, entered_by__isnull=False),
                name="reform_entered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_for="")
                | (Q(taken_back_at__gte=F("entered_at")) & ~Q(taken_back_for="")),
                name="reform_taken_back_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(written_at=None) | Q(entered_at__isnull=False, taken_back_at=None),
                name="reform_written_once_entered",
            ),
        ]
