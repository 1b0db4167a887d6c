"""What an office did with a document after it was frozen: signed it, gave it a number and a day, sent it."""

import datetime as dt
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.reporting.models.snapshot import Snapshot

_KEPT = ["snapshot", "number", "issued_on", "signer", "file_name", "media_type", "size", "digest", "signatures"]
_KEPT += ["noted_at", "noted_by"]


class IssuedDocumentQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Of the snapshots that `person` may read."""
        return self.filter(snapshot__in=Snapshot.objects.visible_to(person, day))

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


class IssuedDocument(models.Model):
    """The number and day that the office gave what was written from a snapshot, who signed it, and the signed file
    where it was brought back: a PDF with electronic signatures, or a scan. Once for each snapshot; what was noted
    wrongly is withdrawn with a reason and noted anew.

    `signatures`: those found whole in the file, as `formats.signed_pdf.FoundSignature`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="issues")
    number = models.CharField(max_length=60)
    issued_on = models.DateField()
    signer = models.CharField(max_length=120)
    file_name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file")
    signatures = models.JSONField(default=list)
    noted_at = models.DateTimeField()
    noted_by = models.UUIDField(help_text=_("Person's id; no link, so that an account can go"))
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = IssuedDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot"], condition=Q(withdrawn_at=None), name="issued_once"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(signer=""), name="issued_says_number_and_signer"),
            models.CheckConstraint(
                condition=Q(file_name="", media_type="", size=None, digest="", signatures=[])
                | ~Q(file_name="") & ~Q(media_type="") & Q(size__gt=0, digest__regex="^[0-9a-f]{64}$"),
                name="issued_file_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(reason=""),
                name="issued_withdrawn_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="issued_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="issued_as_noted", fields=_KEPT),
            pgtrigger.Protect(
                name="issued_withdrawn_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number
