"""Who may read, write and approve one report: by its line of command, not by the map alone. For lists `models.line`
says the same as a condition of the database; a test holds the two against each other.

Never ask `accounts.rules.may(person, permission, report)`: a report has a unit, and that would let whoever leads the
territory into the reports of other lines.
"""

import datetime as dt

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.accounts.rules import Someone, may, roles_held
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import CommandLine
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.models.line import READ_ALONG


def may_read(person: Someone, report: Report, day: dt.date) -> bool:
    if may(person, Permission.VIEW_EVERY_LINE, report.unit, day):
        return True
    held = _held_at(person, Permission.VIEW_REPORT, day)
    if report.state in READ_ALONG and held & set(report.copies_to):
        return True
    if report.line == CommandLine.TERRITORY:
        return may(person, Permission.VIEW_REPORT, report.unit, day)
    return bool(held & {report.agency_id, *report.above})


def may_write(person: Someone, permission: Permission, report: Report, day: dt.date) -> bool:
    """`permission` is to write or to submit it: at the body that owes it."""
    if report.line == CommandLine.TERRITORY:
        return may(person, permission, report.unit, day)
    return report.agency_id in _held_at(person, permission, day)


def may_approve(person: Someone, report: Report, day: dt.date) -> bool:
    """At the body that the report goes to; the last report of a cycle at the body itself. That it is somebody else than
    who submitted it is the operation's and the database's question."""
    receiver = report.goes_to or report
    return may_write(person, Permission.APPROVE_REPORT, receiver, day)


def _held_at(person: Someone, permission: Permission, day: dt.date) -> set[int | None]:
    """The agencies at which the person holds a role with this permission."""
    return set(roles_held(person, permission, day).filter(agency__isnull=False).values_list("agency_id", flat=True))


def may_act_for(person: Someone, permission: Permission, agency: Agency, day: dt.date) -> bool:
    """For what a body issues outside its reports: nominations, templates, signatures. Of bodies that lead no territory
    (education, the armed forces) only who holds the role at the very body, whoever leads the territory."""
    if agency.kind not in LEADING_KINDS:
        return agency.pk in _held_at(person, permission, day)
    return may(person, permission, agency, day)
