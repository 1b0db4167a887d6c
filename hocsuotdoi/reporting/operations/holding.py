"""Holding a report of a cycle while something is done with it, and the refusals that all acts on it share."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import CycleState, ReportState, ReportStepKind
from hocsuotdoi.reporting.models import Cycle, Report, ReportStep, Snapshot
from hocsuotdoi.reporting.rules import stands_in

DAYS_TO_WRITE = 5


class ReportChangedMeanwhile(Refused):
    """Somebody else was first. `current` is the report as it is now; nothing of either text is lost. `fields`: which
    words both have changed."""

    def __init__(self, message: str, current: Report, fields: Collection[str] = ()):
        super().__init__(message)
        self.current = current
        self.fields = tuple(fields)


class WrongState(Refused):
    """The report is not where this can be done with it."""


class CycleNotOpen(Refused):
    """Nothing is written, submitted or approved in a cycle that is closed."""


class OutsideCycle(Refused):
    """A report without a cycle is frozen, not submitted."""


class ReasonMissing(Refused):
    """Who sends back, excuses, moves or amends says why."""


def hold(
    report: Report,
    states: Collection[ReportState],
    *,
    version: int | None = None,
    and_above: bool = False,
    in_closed_cycle: bool = False,
) -> Report:
    """The report as it is now, locked until the transaction ends, its cycle held open as long.

    `and_above`: also the report that it goes to, and that one first, so that what is read below it while it is
    submitted does not change from one query to the next.

    Refused: a report outside any cycle, a closed cycle (but where `in_closed_cycle`), a version that is not the newest,
    a state that is not among `states`.
    """
    if report.cycle_id is None:
        raise OutsideCycle(_("This report belongs to no reporting cycle. Freeze it instead of submitting it."))
    cycle = _held(report.cycle_id)
    if and_above and report.goes_to_id is not None:
        locked(Report.objects.filter(pk=report.goes_to_id)).get()
    current = locked(Report.objects.filter(pk=report.pk)).get()
    if not in_closed_cycle:
        _refuse_closed(cycle)
    current.cycle = cycle
    if version is not None and version != current.version:
        raise ReportChangedMeanwhile(overtaken(current), current)
    if current.state not in states:
        raise WrongState(wrong_state(current))
    return current


def hold_open(cycle: int) -> None:
    """Holds a cycle until the transaction ends. Refused: one that is closed."""
    _refuse_closed(_held(cycle))


def _refuse_closed(cycle: Cycle) -> None:
    if cycle.state != CycleState.OPEN:
        raise CycleNotOpen(
            _(
                "The cycle “%(cycle)s” is closed. Ask %(owner)s to open it again; what changes afterwards becomes an "
                "addendum to an approved report."
            )
            % {"cycle": cycle.title, "owner": cycle.owner.name}
        )


def _held(cycle: int) -> Cycle:
    """Shared: many work in one cycle at once, but nobody closes it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM reporting_cycle WHERE id = %s FOR SHARE", [cycle])
    return Cycle.objects.select_related("owner").get(pk=cycle)


def locked(reports: QuerySet[Report]) -> QuerySet[Report]:
    # Locked first, then read: a query that had to wait for the lock tells the new row with what the old one was joined
    # to, and whoever comes second would not be told who was first.
    keys = list(reports.select_for_update().order_by("pk").values_list("pk", flat=True))
    found = Report.objects.filter(pk__in=keys).order_by("pk")
    return found.select_related("cycle", "agency", "unit", "changed_by", "submitted", "approved", "goes_to__agency")


def keep(report: Report, *, by: Person, at: dt.datetime, **fields: Any) -> Report:
    """Writes the fields into the held report, as its next version."""
    for name, value in fields.items():
        setattr(report, name, value)
    report.version += 1
    report.changed_by, report.changed_at = by, at
    report.save(update_fields=[*fields, "version", "changed_by", "changed_at"])
    return report


def step(
    report: Report,
    kind: ReportStepKind,
    *,
    snapshot: Snapshot | None = None,
    reason: str = "",
    gaps: list[dict[str, Any]] | None = None,
    instead: Agency | None = None,
    by: Person,
    at: dt.datetime,
) -> ReportStep:
    return ReportStep.objects.create(
        report=report, kind=kind, snapshot=snapshot, reason=reason, gaps=gaps or [], instead=instead, by=by.pk, at=at
    )


def in_whose_stead(report: Report, permission: Permission, *, by: Person, at: dt.datetime) -> Agency | None:
    """The body that the report goes to, where `by` acts from there because nobody sits at the one that owes it."""
    if report.goes_to is None or not stands_in(by, permission, report, timezone.localdate(at)):
        return None
    return report.goes_to.agency


def begun(report: Report, *, by: Person, at: dt.datetime) -> None:
    """A held report that nobody has begun is begun."""
    if report.state == ReportState.EXPECTED:
        report.state = ReportState.DRAFT
        report.save(update_fields=["state"])
        instead = in_whose_stead(report, Permission.WRITE_REPORT, by=by, at=at)
        step(report, ReportStepKind.OPENED, instead=instead, by=by, at=at)


def with_days_to_write(due_on: dt.date | None, at: dt.datetime) -> dt.date | None:
    """What comes back to those who write it is not late the next morning."""
    return due_on and max(due_on, timezone.localdate(at) + dt.timedelta(days=DAYS_TO_WRITE))


def reason_of(text: str) -> str:
    """Refused: none."""
    reason = normalise(text).strip()
    if not reason:
        raise ReasonMissing(_("Say why, in a few words: the people on the other side read it."), field="reason")
    return reason


def overtaken(current: Report) -> str:
    """Who was first, to somebody who wanted to act on the whole report: an author, or the body above."""
    who = {"person": current.changed_by or _("Somebody")}
    match current.state:
        case ReportState.SUBMITTED:
            return _("%(person)s submitted this report while you were at it. Look at it again.") % who
        case ReportState.APPROVED:
            return _("%(person)s approved this report while you were at it.") % who
        case ReportState.RETURNED:
            return _("%(person)s changed or returned this report while you were at it. Look at it again.") % who
    return _("%(person)s changed this report while you were at it. Look at it again.") % who


def meanwhile(current: Report) -> str:
    """Who was first, to somebody whose text stands beside theirs. Sent on, it is `overtaken`."""
    if current.state not in (ReportState.EXPECTED, ReportState.DRAFT):
        return overtaken(current)
    who = {"person": current.changed_by or _("Somebody")}
    return _("%(person)s changed this report while you were writing. Compare the two texts below, then save again.") % (
        who
    )


def wrong_state(report: Report) -> str:
    """Which state it is in, and what to do."""
    above = {"body": report.goes_to.agency if report.goes_to else report.agency}
    match report.state:
        case ReportState.EXPECTED:
            return _("This report has not been begun. Open it and look through it first.")
        case ReportState.DRAFT:
            return _("This report is still being written. Wait until it is submitted.")
        case ReportState.SUBMITTED:
            return _("This report is submitted and lies with %(body)s. Take it back before you change it.") % above
        case ReportState.RETURNED:
            return _("This report was returned. It has to be submitted again first.")
        case ReportState.APPROVED:
            return (
                _("This report is approved. Ask %(body)s to return it, or make an addendum of what has changed.")
                % above
            )
    return _("This report is not asked for any more.")
