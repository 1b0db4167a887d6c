"""Who may read, write and approve one report: by its line of command, not by the map alone. For lists `models.line`
says the same as a condition of the database; a test holds the two against each other.

Never ask `accounts.rules.may(person, permission, report)`: a report has a unit, and that would let whoever leads the
territory into the reports of other lines.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import LEADING_KINDS, ROLES
from hocsuotdoi.accounts.rules import Someone, leads_its_territory, may, roles_held
from hocsuotdoi.places.models import Agency
from hocsuotdoi.places.queries.units import reading_of
from hocsuotdoi.reporting.enums import OWED, CommandLine, CycleState, ReportState, SnapshotKind
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.models.line import READ_ALONG


def may_read(person: Someone, report: Report, day: dt.date) -> bool:
    # What was reported of a unit that has ended is read by who covers that as which it is read.
    unit = report.unit if report.unit.holds_on(day) else reading_of(report.unit, day)
    if may(person, Permission.VIEW_EVERY_LINE, unit, day):
        return True
    held = _held_at(person, Permission.VIEW_REPORT, day)
    if report.state in READ_ALONG and held & set(report.copies_to):
        return True
    if report.line == CommandLine.TERRITORY:
        return may(person, Permission.VIEW_REPORT, unit, day)
    return bool(held & {report.agency_id, *report.above})


@dataclass(frozen=True, slots=True)
class Seats:
    """Where a person sits with a permission: at bodies, and at units (a role held there, or at a body that leads it).

    Who sits further up covers the units below, but does not sit there: a province's office reads a commune's draft and
    approves what was submitted; it does not write it.
    """

    agencies: frozenset[int]
    units: frozenset[int]

    def are_at(self, report: Report) -> bool:
        if report.agency_id in self.agencies:
            return True
        return report.line == CommandLine.TERRITORY and report.unit_id in self.units


def seats_of(person: Someone, permission: Permission, day: dt.date) -> Seats:
    """One query."""
    held = list(roles_held(person, permission, day).select_related("agency"))
    leading = {each.agency.unit_id for each in held if each.agency and leads_its_territory(each)}
    return Seats(
        frozenset(each.agency_id for each in held if each.agency_id),
        frozenset(unit for unit in {*leading, *(each.unit_id for each in held)} if unit is not None),
    )


def may_write(person: Someone, permission: Permission, report: Report, day: dt.date) -> bool:
    """`permission` is to write or to submit it: at the body that owes it, or in its stead. What stands outside of any
    cycle is owed by no body; there the map decides."""
    if report.cycle_id is None:
        return may(person, permission, report.unit, day)
    seats = seats_of(person, permission, day)
    return seats.are_at(report) or _stand_in(seats, permission, report, day)


def stands_in(person: Someone, permission: Permission, report: Report, day: dt.date) -> bool:
    """Whether `person` may write or submit only because nobody sits at the body that owes the report: who sits at the
    one that it goes to does it in its stead, on the same line of command only. Two or three queries."""
    if report.cycle_id is None:
        return False
    seats = seats_of(person, permission, day)
    return not seats.are_at(report) and _stand_in(seats, permission, report, day)


def _stand_in(seats: Seats, permission: Permission, report: Report, day: dt.date) -> bool:
    above = report.goes_to
    if above is None or above.line != report.line or not seats.are_at(above):
        return False
    return not Report.objects.filter(somebody_sits(permission, day), pk=report.pk).exists()


def somebody_sits(permission: Permission, day: dt.date) -> Q:
    """The condition that somebody at the body that owes a report may act on it: by a role there, or on the line of
    local authorities and culture, at its unit or at another body that leads there."""
    names = [role.name for role in ROLES.values() if permission in role.permissions and not role.must_be_switched_on]
    held = RoleAssignment.objects.usable(day).filter(role__in=names, person__is_active=True)
    at_body = Exists(held.filter(agency=OuterRef("agency")))
    at_unit = Exists(held.filter(unit=OuterRef("unit")))
    leading = Exists(held.filter(agency__unit=OuterRef("unit"), agency__kind__in=LEADING_KINDS))
    return Q(at_body) | Q(line=CommandLine.TERRITORY) & (Q(at_unit) | Q(leading))


def may_approve(person: Someone, report: Report, day: dt.date) -> bool:
    """At the body that the report goes to; the last report of a cycle at the body itself. That it is somebody else than
    who submitted it is the operation's and the database's question."""
    deciding = report.goes_to or report
    if deciding.cycle_id is None:
        return may(person, Permission.APPROVE_REPORT, deciding.unit, day)
    return seats_of(person, Permission.APPROVE_REPORT, day).are_at(deciding)


_ISSUES = {SnapshotKind.MINUTES: Permission.INSPECT, SnapshotKind.NOMINATION: Permission.NOMINATE}


def may_issue(person: Someone, snapshot: Snapshot, issuer: Agency | None, day: dt.date) -> bool:
    """May note under which number and day the document of `snapshot` went out: whoever submits the report, at the body
    that owes it; a letter, who decides at the body that reminds; minutes and proposals, whoever makes them at the
    issuing body. A certificate bears the number of its decision."""
    kind, report = SnapshotKind(snapshot.kind), snapshot.report
    if kind == SnapshotKind.AWARD:
        return False
    if kind == SnapshotKind.LETTER and report is not None:
        return may_approve(person, report, day)
    if report is not None:
        return may_write(person, Permission.FREEZE_REPORT, report, day)
    return issuer is not None and may_act_for(person, _ISSUES[kind], issuer, day)


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do to one report of a cycle, whatever state it is in; `can` asks about the state, too."""

    write: bool
    submit: bool
    approve: bool
    instead: bool = False
    """Writing and submitting in the stead of a body at which nobody sits"""
    is_closed: bool = False
    """The cycle is: nothing goes but an addendum"""

    def can(self, act: str, state: str) -> bool:
        if self.is_closed and act != "amend":
            return False
        return {"write": self.write, "submit": self.submit, "approve": self.approve}[_WHO[act]] and state in _WHEN[act]


_WHO = {
    "begin": "write",
    "word": "write",
    "total": "write",
    "answer": "write",
    "submit": "submit",
    "withdraw": "submit",
    "amend": "submit",
    "approve": "approve",
    "return": "approve",
    "reopen": "approve",
    "excuse": "approve",
    "resume": "approve",
    "move": "approve",
}
_WRITING = (ReportState.DRAFT, ReportState.RETURNED)
_WHEN: dict[str, tuple[ReportState, ...]] = {
    "begin": (ReportState.EXPECTED,),
    "word": _WRITING,
    "total": _WRITING,
    "answer": _WRITING,
    "submit": _WRITING,
    "withdraw": (ReportState.SUBMITTED,),
    "amend": (ReportState.APPROVED,),
    "approve": (ReportState.SUBMITTED,),
    "return": (ReportState.SUBMITTED,),
    "reopen": (ReportState.APPROVED,),
    "excuse": OWED,
    "resume": (ReportState.EXCUSED,),
    "move": OWED,
}


def rights_on(person: Someone, report: Report, day: dt.date) -> Rights:
    """Three queries; of who sits at the body that the report goes to, two more."""
    write = may_write(person, Permission.WRITE_REPORT, report, day)
    return Rights(
        write=write,
        submit=may_write(person, Permission.FREEZE_REPORT, report, day),
        approve=may_approve(person, report, day),
        instead=write and stands_in(person, Permission.WRITE_REPORT, report, day),
        is_closed=report.cycle is not None and report.cycle.state == CycleState.CLOSED,
    )


def _held_at(person: Someone, permission: Permission, day: dt.date) -> set[int | None]:
    """The agencies at which the person holds a role with this permission."""
    return set(roles_held(person, permission, day).filter(agency__isnull=False).values_list("agency_id", flat=True))


def may_act_for(person: Someone, permission: Permission, agency: Agency, day: dt.date) -> bool:
    """For what a body issues outside its reports: nominations, templates, signatures. Of bodies that lead no territory
    (education, the armed forces) only who holds the role at the very body, whoever leads the territory."""
    if agency.kind not in LEADING_KINDS:
        return agency.pk in _held_at(person, permission, day)
    return may(person, permission, agency, day)
