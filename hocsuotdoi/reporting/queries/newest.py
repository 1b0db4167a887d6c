"""What approved reports say now: of each figure what was said of it last, in the report or in an addendum to it.

An addendum says less than a report. It goes with the approval that it amends: once that was taken back, neither counts.
"""

from collections.abc import Collection

from django.db.models import F, Q, QuerySet

from hocsuotdoi.reporting.models import Figure, Report, Snapshot
from hocsuotdoi.reporting.models.content import FigureContent


def newest_figures(reports: QuerySet[Report] | Collection[int]) -> QuerySet[Figure]:
    """One row for each key of each of them that is approved, with the snapshot that says it. May be filtered by
    `key`; what depends on the value (not reported any more) is looked at only in what comes back."""
    told = F("snapshot__report__approved")
    said = Figure.objects.filter(Q(snapshot=told) | Q(snapshot__amends=told), snapshot__report__in=reports)
    newest = said.order_by("snapshot__report_id", "key", "-snapshot__frozen_at", "-snapshot_id")
    return newest.distinct("snapshot__report_id", "key").select_related("snapshot").defer("snapshot__content")


def told_last(approved: Snapshot) -> dict[str, tuple[Snapshot, FigureContent]]:
    """The same in words, by key in the order of the document, with the snapshot that says it. One query, none where the
    addenda are fetched already."""
    found: dict[str, tuple[Snapshot, FigureContent]] = {}
    for snapshot in (approved, *reversed(approved.addenda.all())):
        found |= {each["key"]: (snapshot, each) for each in snapshot.content.get("figures", ())}
    return found
