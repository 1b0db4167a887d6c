"""What the body does that a report goes to: return it, approve it, take the approval back."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.enums import Detail, ReportState, ReportStepKind
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.models.report import FROZEN
from hocsuotdoi.reporting.operations.holding import hold, keep, reason_of, step, with_days_to_write
from hocsuotdoi.reporting.queries.consolidation import SILENT

INSTITUTIONS_NAMED = 20


class ApprovedByTheSame(Refused):
    """Who submitted a report does not approve it."""


class AddedUpAbove(Refused):
    """The report above has taken it in."""


@transaction.atomic
def return_report(report: Report, *, version: int, reason: str, by: Person, at: dt.datetime) -> Report:
    """Sends a submitted report back, with what is to be put right. The snapshot stays as history; what came in time has
    some days more."""
    reason = reason_of(reason)
    report = hold(report, [ReportState.SUBMITTED], version=version)
    keep(report, state=ReportState.RETURNED, due_on=_due_again(report, at), by=by, at=at)
    step(report, ReportStepKind.RETURNED, snapshot=report.submitted, reason=reason, by=by, at=at)
    return report


@transaction.atomic
def approve_report(report: Report, *, version: int, by: Person, at: dt.datetime) -> Report:
    """Approves that very snapshot which was submitted, with what it lacks by name.

    Refused: a version that is not the newest (it was taken back or submitted anew), and who submitted it themselves:
    four eyes, at the last body of a cycle too.
    """
    report = hold(report, [ReportState.SUBMITTED], version=version, and_above=True)
    if report.submitted_by == by.pk:
        raise ApprovedByTheSame(
            _(
                "You submitted this report yourself; somebody else approves it. At %(body)s whoever else holds a role "
                "that approves reports may; an administrator gives such a role."
            )
            % {"body": (report.goes_to or report).agency}
        )
    gaps = gaps_of(report.submitted) if report.submitted else []
    keep(
        report,
        state=ReportState.APPROVED,
        approved=report.submitted,
        approved_at=at,
        approved_by=by.pk,
        gaps=gaps,
        by=by,
        at=at,
    )
    step(report, ReportStepKind.APPROVED, snapshot=report.submitted, gaps=gaps, by=by, at=at)
    return report


@transaction.atomic
def reopen_report(report: Report, *, version: int, reason: str, by: Person, at: dt.datetime) -> Report:
    """Takes an approval back: the report is returned. Only while the report it goes to has not been submitted with its
    figures; later an addendum tells what has changed. Refused: a version that is not the newest, for it may have been
    approved anew since."""
    reason = reason_of(reason)
    report = hold(report, [ReportState.APPROVED], version=version, and_above=True)
    if report.goes_to is not None and _is_added_up(report):
        raise AddedUpAbove(
            _(
                "%(body)s has submitted a report that holds these figures. Have that one taken back or returned "
                "first, or make an addendum."
            )
            % {"body": report.goes_to.agency}
        )
    approved = report.approved
    keep(
        report,
        state=ReportState.RETURNED,
        due_on=_due_again(report, at),
        approved=None,
        approved_at=None,
        approved_by=None,
        gaps=[],
        by=by,
        at=at,
    )
    step(report, ReportStepKind.REOPENED, snapshot=approved, reason=reason, by=by, at=at)
    return report


def _due_again(report: Report, at: dt.datetime) -> dt.date | None:
    if report.due_on is None or report.submitted_at is None:
        return report.due_on
    in_time = timezone.localdate(report.submitted_at) < report.due_on
    return with_days_to_write(report.due_on, at) if in_time else report.due_on


def _is_added_up(report: Report) -> bool:
    """What was approved only after the report above had been submitted is not in that one, unless an addendum to it
    has told it since."""
    above, approved = report.goes_to, report.approved
    if above is None or approved is None or above.state not in FROZEN or above.submitted is None:
        return False
    told = {
        each["number"] for each in above.submitted.content.get("below", []) if each["state"] == ReportState.APPROVED
    }
    return approved.number in told or above.submitted.addenda.filter(frozen_at__gte=report.approved_at).exists()


def gaps_of(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What is missing from a snapshot: all figures, where not one is told; reports below that were not approved when
    it was frozen, or that tell none, by name; institutions without figures, by number and the first of them by name.
    Of bodies that report totals no institution is named."""
    content = snapshot.content
    gaps: list[dict[str, Any]] = [
        {"what": "report", "agency": each["agency"], "name": each["name"], "state": each["state"]}
        for each in content.get("below", ())
        if each["state"] not in (ReportState.APPROVED, ReportState.EXCUSED)
    ]
    if silent := content.get("silent"):
        gaps.insert(0, {"what": SILENT, "why": silent})
    gaps += [
        {"what": "silent_report", "agency": each["agency"], "name": each["name"]}
        for each in content.get("below", ())
        if each.get("is_silent")
    ]
    missing = content.get("missing", ())
    if missing and content["report"]["detail"] != Detail.TOTALS:
        names = [each["name"] for each in missing]
        gaps.append({"what": "institutions", "count": len(names), "names": names[:INSTITUTIONS_NAMED]})
    return gaps
