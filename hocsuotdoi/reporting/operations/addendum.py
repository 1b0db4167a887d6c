"""An addendum: what has changed of an approved report since, beside what it said. The report itself stays."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.one_by_one import one_by_one
from hocsuotdoi.reporting.enums import ReportState, ReportStepKind, SnapshotKind
from hocsuotdoi.reporting.models import ChangedFigures, Report, Snapshot
from hocsuotdoi.reporting.operations.approval import gaps_of
from hocsuotdoi.reporting.operations.freezing import freeze
from hocsuotdoi.reporting.operations.holding import hold, in_whose_stead, keep, reason_of, step
from hocsuotdoi.reporting.queries.changed import addendum_content, changed_figures, perhaps_changed


class NothingChanged(Refused):
    """The figures are still those that were approved."""


@transaction.atomic
def make_addendum(report: Report, *, reason: str, by: Person, at: dt.datetime) -> Snapshot:
    """Freezes the figures that differ from those approved and told since, each with both values. Always made by a
    person; whom the report goes to sees it and decides about an addendum of its own. A closed cycle does not hinder it.

    Refused: a report that is not approved, no reason, no figure that has changed.
    """
    reason = reason_of(reason)
    report = hold(report, [ReportState.APPROVED], and_above=True, in_closed_cycle=True)
    content = addendum_content(report, timezone.localdate(at), reason)
    if content is None or report.approved is None:
        raise NothingChanged(_("No figure of this report has changed since it was approved: there is nothing to add."))
    snapshot = freeze(SnapshotKind.ADDENDUM, content, report=report, amends=report.approved, by=by, at=at)
    keep(report, gaps=gaps_of(snapshot), by=by, at=at)
    instead = in_whose_stead(report, Permission.FREEZE_REPORT, by=by, at=at)
    step(report, ReportStepKind.AMENDED, snapshot=snapshot, reason=reason, instead=instead, by=by, at=at)
    ChangedFigures.objects.filter(report=report).delete()
    return snapshot


def look_for_changes(*, day: dt.date, at: dt.datetime) -> int:
    """Notes which approved reports say other than the book says now, and forgets those that do not. An addendum is
    always made by a person. Returns how many there are; raises `SomeFailed` once all others are looked at."""
    perhaps = perhaps_changed(day)
    ChangedFigures.objects.exclude(report__in=perhaps).delete()
    reports = Report.objects.filter(pk__in=perhaps).select_related("cycle", "agency", "unit", "approved")
    return sum(one_by_one(reports, lambda report: note_changes(report, at=at)))


@transaction.atomic
def note_changes(report: Report, *, at: dt.datetime) -> bool:
    """Of one report; whether anything has changed."""
    changes = changed_figures(report)
    if not changes or report.approved is None:
        ChangedFigures.objects.filter(report=report).delete()
        return False
    given = {"snapshot": report.approved, "changes": changes, "found_at": at}
    ChangedFigures.objects.update_or_create(report=report, defaults=given)
    return True
