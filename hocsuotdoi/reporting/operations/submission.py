"""Submitting a report, which freezes it, and taking it back."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.enums import ReportState, ReportStepKind, SnapshotKind
from hocsuotdoi.reporting.models import Content, Report, Snapshot
from hocsuotdoi.reporting.operations.freezing import freeze
from hocsuotdoi.reporting.operations.holding import hold, in_whose_stead, keep, step
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.exceptions import FoundException, exceptions_of, unanswered
from hocsuotdoi.reporting.queries.typed import totals_missing

WRITABLE = (ReportState.DRAFT, ReportState.RETURNED)


class ExceptionsUnanswered(Refused):
    """`found`: those that wait for an answer."""

    def __init__(self, message: str, found: list[FoundException]):
        super().__init__(message)
        self.found = found


class TotalsMissing(Refused):
    """A body that reports totals only tells none."""


@transaction.atomic
def submit_report(report: Report, *, version: int, by: Person, at: dt.datetime) -> Snapshot:
    """Freezes what the report says at this moment and sends it up.

    The row is locked before the figures are read, so nobody writes in between. Refused: a closed cycle, a report that
    is not being written, another version than the newest, no totals (typed or from below) where only they are
    reported, and anything odd that nobody has answered.
    """
    report = hold(report, WRITABLE, version=version)
    instead = in_whose_stead(report, Permission.FREEZE_REPORT, by=by, at=at)
    content = cycle_content(report, timezone.localdate(at), instead=instead)
    refuse_unready(report, content, timezone.localdate(at))
    snapshot = freeze(SnapshotKind.REPORT, content, report=report, by=by, at=at)
    keep(
        report,
        state=ReportState.SUBMITTED,
        submitted=snapshot,
        submitted_at=at,
        submitted_by=by.pk,
        by=by,
        at=at,
    )
    step(report, ReportStepKind.SUBMITTED, snapshot=snapshot, instead=instead, by=by, at=at)
    return snapshot


@transaction.atomic
def withdraw_report(report: Report, *, version: int, by: Person, at: dt.datetime) -> Report:
    """Takes a submitted report back before it is approved: it can be written again. The snapshot stays as history."""
    report = hold(report, [ReportState.SUBMITTED], version=version)
    snapshot = report.submitted
    keep(report, state=ReportState.DRAFT, submitted=None, submitted_at=None, submitted_by=None, by=by, at=at)
    instead = in_whose_stead(report, Permission.FREEZE_REPORT, by=by, at=at)
    step(report, ReportStepKind.WITHDRAWN, snapshot=snapshot, instead=instead, by=by, at=at)
    return report


def refuse_unready(report: Report, content: Content, day: dt.date) -> None:
    """Raises `TotalsMissing` or `ExceptionsUnanswered`."""
    if totals_missing(report, content):
        raise TotalsMissing(
            _("This body reports totals only, and none has been entered. Enter them with their source, then submit.")
        )
    waiting = unanswered(exceptions_of(report, content, day))
    if waiting:
        raise ExceptionsUnanswered(
            ngettext(
                "%(count)s thing in this report looks odd and waits for your answer. Confirm or explain it, then "
                "submit.",
                "%(count)s things in this report look odd and wait for your answer. Confirm or explain them, then "
                "submit.",
                len(waiting),
            )
            % {"count": len(waiting)},
            waiting,
        )
