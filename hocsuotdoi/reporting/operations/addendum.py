"""An addendum: what has changed of an approved report since, beside what it said. The report itself stays."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.enums import ReportState, ReportStepKind, SnapshotKind
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.operations.freezing import freeze
from hocsuotdoi.reporting.operations.holding import hold, keep, reason_of, step
from hocsuotdoi.reporting.queries.changed import addendum_content


class NothingChanged(Refused):
    """The figures are still those that were approved."""


@transaction.atomic
def make_addendum(report: Report, *, reason: str, by: Person, at: dt.datetime) -> Snapshot:
    """Freezes the figures that differ from those approved and told since, each with both values. Always made by a
    person; whom the report goes to sees it and decides about an addendum of its own. A closed cycle does not hinder it.

    Refused: a report that is not approved, no reason, no figure that has changed.
    """
    reason = reason_of(reason)
    report = hold(report, [ReportState.APPROVED], in_closed_cycle=True)
    content = addendum_content(report, timezone.localdate(at), reason)
    if content is None or report.approved is None:
        raise NothingChanged(_("No figure of this report has changed since it was approved: there is nothing to add."))
    snapshot = freeze(SnapshotKind.ADDENDUM, content, report=report, amends=report.approved, by=by, at=at)
    keep(report, by=by, at=at)
    step(report, ReportStepKind.AMENDED, snapshot=snapshot, reason=reason, by=by, at=at)
    return snapshot
