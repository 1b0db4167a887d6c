"""Who may do what with a plan, with money, and with a task that was handed down."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from django.db.models import Q

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import offices_held
from hocsuotdoi.accounts.roles import LEADING_KINDS, ROLES
from hocsuotdoi.accounts.rules import Someone, covers, roles_held, spot_of
from hocsuotdoi.places.enums import ARMED_FORCES
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.places.queries.units import reading_of
from hocsuotdoi.programme.enums import WAITING, AssignmentState, PlanStepKind
from hocsuotdoi.programme.models import Assignment, Plan
from hocsuotdoi.programme.models.money import agencies_with_money


def responsible_unit(plan: Plan, day: dt.date) -> AdminUnit:
    """Where a person must hold a permission to act on `plan`: its unit; of one that has ended the unit that took the
    plan over on an act, else its main successor."""
    if plan.unit.holds_on(day):
        return plan.unit
    taken = plan.steps.filter(kind=PlanStepKind.INHERITED).select_related("unit").order_by("-at", "-pk").first()
    return reading_of(taken.unit if taken is not None and taken.unit is not None else plan.unit, day)


class Entry(Enum):
    """How a person may enter an office's money: not at all, as its own, or in its place."""

    NO = "no"
    OWN = "own"
    IN_PLACE = "in_place"


def money_entry(person: Someone, agency: Agency, day: dt.date) -> Entry:
    """An office enters its own money. Whoever is responsible above reads it and sums it, and enters in its place only
    where nobody there could. Three queries at most."""
    permission = Permission.ESTIMATE_MONEY
    if offices_held(person, permission, day).filter(pk=agency.pk).exists():
        return Entry.OWN
    if not agencies_with_money(person, permission, day).filter(pk=agency.pk).exists():
        return Entry.NO
    return Entry.NO if _has_somebody(agency, permission, day) else Entry.IN_PLACE


def _has_somebody(agency: Agency, permission: Permission, day: dt.date) -> bool:
    names = [role.name for role in ROLES.values() if permission in role.permissions and not role.must_be_switched_on]
    there = Q(agency=agency)
    if agency.kind in LEADING_KINDS and agency.unit_id is not None:
        there |= Q(unit=agency.unit_id)
    return RoleAssignment.objects.usable(day).filter(there, role__in=names, person__is_active=True).exists()


@dataclass(frozen=True)
class Rights:
    """What a person may do with one assignment.

    `see`; `report`: say how far it is; `direct`: give it another day, or drop it; `own`: reports for the very agency
    that is to do it, not from above.
    """

    see: bool = False
    report: bool = False
    direct: bool = False
    own: bool = False

    def may_report(self, state: str) -> bool:
        """Notes, files and progress; what is done or cannot be done is taken up again that way."""
        return self.report and state != AssignmentState.DROPPED

    def may_weigh(self, state: str) -> bool:
        """Add and reject evidence: who is above, only until it is called done."""
        return self.may_report(state) and (self.own or state in WAITING)

    def may_direct(self, state: str) -> bool:
        return self.direct and state in WAITING


def rights_on(person: Someone, assignment: Assignment, day: dt.date) -> Rights:
    """Two queries and two for each role's place: for one assignment, not for lists.

    Whoever reports for an agency does not move its days: they are set from above, or by a planner, who reports
    nothing.
    """
    agency = assignment.agency
    spot = spot_of(agency, day)
    held = [each for each in roles_held(person, None, day).select_related("agency") if covers(each, spot)]
    see = report = direct = own = False
    for each in held:
        permissions = ROLES[RoleName(each.role)].permissions
        is_here = each.agency_id == agency.pk or (
            agency.unit_id is not None and agency.unit_id == (each.agency.unit_id if each.agency else each.unit_id)
        )
        if agency.kind in ARMED_FORCES and each.agency_id != agency.pk:
            # Their own line of command: others only where they read every line, and then only read.
            see |= {Permission.VIEW_TASKS, Permission.VIEW_EVERY_LINE} <= permissions
            continue
        see |= Permission.VIEW_TASKS in permissions
        report |= Permission.RECORD_PROGRESS in permissions
        own |= Permission.RECORD_PROGRESS in permissions and is_here
        direct |= Permission.ASSIGN_TASK in permissions and not (is_here and Permission.RECORD_PROGRESS in permissions)
    return Rights(see, report, direct, own)
