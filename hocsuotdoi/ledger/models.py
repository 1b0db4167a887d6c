"""The account book: a posting for each thing that happened, its entries by measure and dimension."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.ledger.enums import (
    AgeBand,
    Channel,
    MeasureCode,
    PostingKind,
    Purpose,
    Sex,
)


class PostingQuerySet(models.QuerySet):
    def visible_to(self, person: object) -> Self:
        """The book is public, signed in or not: it holds no name. Whose act it was stands on the act's own sheet."""
        return self


class Posting(OperationalModel):
    """One thing that happened, named by its source: posting the same source twice does nothing.

    `source_kind` and `source_id` lead to the act ("activities.session", its id); `revision` counts corrected
    postings of one source after a reversal.
    """

    kind = models.CharField(max_length=12, choices=PostingKind, default=PostingKind.HAPPENING)
    source_kind = models.CharField(max_length=60)
    source_id = models.UUIDField()
    revision = models.PositiveSmallIntegerField(default=1)
    occurred_on = models.DateField(help_text="Local date on which it happened")
    posted_at = models.DateTimeField()
    posted_by = models.UUIDField(null=True, help_text="Person's id; no link, so that an account can go")
    reverses = operational_link("self", null=True, related_name="reversed_by")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was reversed")

    objects = PostingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "source_kind", "source_id", "revision", "kind"],
                name="posting_source_once",
            ),
            models.UniqueConstraint(fields=["institution", "reverses"], name="posting_reversed_once"),
            models.CheckConstraint(
                condition=Q(kind=PostingKind.REVERSAL, reverses__isnull=False) & ~Q(reason="")
                | ~Q(kind=PostingKind.REVERSAL) & Q(reverses__isnull=True),
                name="posting_reversal_names_what_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "occurred_on"]),
            models.Index(fields=["occurred_on"], condition=Q(kind=PostingKind.STATED), name="posting_stated"),
        ]
        triggers = append_only()


class Entry(models.Model):
    """So many of a measure, with what is known about them. Lives in yearly partitions by `occurred_on`.

    The table is made in SQL (migration 0002): Django has no partitions. Its key is (id, institution, occurred_on).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey("places.Institution", on_delete=models.PROTECT, related_name="+")
    posting = operational_link(Posting, related_name="entries")
    occurred_on = models.DateField()
    place = models.ForeignKey(
        "places.AdminUnit",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The lowest unit it happened in, as that unit was on the day",
    )
    measure = models.CharField(max_length=32, choices=MeasureCode)
    quantity = models.BigIntegerField(help_text="Negative only in a reversal")
    sex = models.CharField(max_length=8, choices=Sex, null=True)
    age_band = models.CharField(max_length=8, choices=AgeBand, null=True)
    residence = models.ForeignKey("places.AdminUnit", null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel, null=True)
    purpose = models.CharField(max_length=16, choices=Purpose, null=True)
    learner_key = models.UUIDField(null=True, help_text="Pseudonym, never the account's id")
    tags = ArrayField(
        models.CharField(max_length=60),
        default=list,
        help_text="Observances and programmes",
    )

    class Meta:
        managed = False
        db_table = "ledger_entry"
