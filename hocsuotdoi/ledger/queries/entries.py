"""Reads of the account book: what is in a posting, what is behind a total."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.registry import SourceDescription, describe_sources
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.places.queries.units import units_reading_as


def entries_read_at(unit: AdminUnit, map_day: dt.date) -> QuerySet[Entry]:
    """Entries of any time whose place is read, on the map of `map_day`, at or under `unit`."""
    if unit.tier == Tier.COUNTRY:  # every place is
        return Entry.objects.all()
    return Entry.objects.filter(place__in=units_reading_as(unit, map_day))


def standing_postings() -> QuerySet[Posting]:
    """Postings of what happened that nothing has taken back."""
    reversals = Posting.objects.filter(institution=OuterRef("institution_id"), reverses=OuterRef("pk"))
    return Posting.objects.filter(~Exists(reversals)).exclude(kind=PostingKind.REVERSAL)


def months_touched(*, since: dt.datetime) -> set[dt.date]:
    """First days of the months of which something was posted since a moment, corrections too. One query.

    Found by the keys, which begin with the moment they were made (UUIDv7) and have an index; the moment has none.
    """
    least = uuid.UUID(int=int(since.timestamp() * 1000) << 80)
    return set(Posting.objects.filter(pk__gte=least).values_list(TruncMonth("occurred_on"), flat=True).distinct())


def totals_by_measure(entries: QuerySet[Entry]) -> dict[MeasureCode, int]:
    """Every measure with its sum, 0 where there is no entry. One query."""
    sums = dict(entries.values_list("measure").annotate(Sum("quantity")).order_by())
    return {measure: sums.get(measure.value, 0) for measure in MeasureCode}


def posting_lines(
    institution: Institution, first: dt.date, last: dt.date, measures: Collection[str], purposes: Collection[str] = ()
) -> QuerySet[Entry, dict[str, Any]]:
    """The postings behind a total of one institution, the newest first, each with its `quantity` of what was asked.

    Rows have posting_id, occurred_on, posting__kind, posting__source_kind, posting__source_id, posting__reason,
    quantity and is_reversed. Reversals stand among them with their negative quantity, so that the rows add up.
    """
    condition = Q(purpose__in=purposes) if purposes else Q()
    reversals = Posting.objects.filter(institution=OuterRef("institution_id"), reverses=OuterRef("posting_id"))
    lines: QuerySet[Entry, Any] = (
        Entry.objects.filter(condition, institution=institution, occurred_on__range=(first, last), measure__in=measures)
        .values(
            "posting_id",
            "occurred_on",
            "posting__kind",
            "posting__source_kind",
            "posting__source_id",
            "posting__reason",
        )
        .annotate(quantity=Sum("quantity"), is_reversed=Exists(reversals))
        .order_by("-occurred_on", "-posting_id")
    )
    return lines


@dataclass(frozen=True, slots=True)
class PostingStory:
    """A posting with everything that belongs to it. `others`: the other postings of the same source, oldest first."""

    posting: Posting
    entries: list[Entry]
    others: list[Posting]
    source: SourceDescription | None

    @property
    def reversal(self) -> Posting | None:
        """What took this posting back, if anything did."""
        return next((other for other in self.others if other.reverses_id == self.posting.pk), None)


def posting_story(posting: Posting) -> PostingStory:
    """Two queries and the source's own."""
    entries = (
        Entry.objects.filter(
            institution_id=posting.institution_id, posting_id=posting.pk, occurred_on=posting.occurred_on
        )
        .select_related("place", "residence")
        .order_by("measure", "channel", "sex", "age_band", "id")
    )
    others = (
        Posting.objects.filter(
            institution_id=posting.institution_id, source_kind=posting.source_kind, source_id=posting.source_id
        )
        .exclude(pk=posting.pk)
        .order_by("posted_at", "id")
    )
    key = (posting.source_kind, posting.source_id)
    return PostingStory(posting, list(entries), list(others), describe_sources([key]).get(key))
