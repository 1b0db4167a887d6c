"""Who may do what with a visit. For lists `models.VisitQuerySet.visible_to` says who sees it; a test holds the two
against each other."""

import datetime as dt
from dataclasses import dataclass

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.command import commanding, of_armed_forces
from hocsuotdoi.accounts.roles import ROLES
from hocsuotdoi.accounts.rules import Someone, covers, roles_held, spot_of
from hocsuotdoi.inspection.enums import VisitState
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.places.models import Institution

OPEN = (VisitState.PLANNED, VisitState.UNDER_WAY)


@dataclass(frozen=True)
class Rights:
    """What a person may do with one visit.

    `see`; `direct`: another day or team, cancel it, look again at what was found; `write`: carry it out, as one of its
    team; `say`: speak for the institution.
    """

    see: bool = False
    direct: bool = False
    write: bool = False
    say: bool = False

    def may_write(self, state: str) -> bool:
        return self.write and state in OPEN

    def may_direct(self, state: str) -> bool:
        return self.direct and state in OPEN

    def may_say(self, state: str) -> bool:
        """The institution's opinion: while the team is there, and until the visit is closed."""
        return self.say and state == VisitState.UNDER_WAY

    def may_check(self, state: str) -> bool:
        """Whether what was found has been mended: whoever inspects there, in the team or not."""
        return (self.direct or self.write) and state == VisitState.CLOSED


def rights_on(person: Someone, visit: Visit, day: dt.date) -> Rights:
    """For one visit, not for lists. One of the team writes as long as it holds the right to inspect anywhere: a team
    may have members from elsewhere."""
    everywhere = list(roles_held(person, None, day).select_related("agency"))
    held = _roles_at(everywhere, visit.institution, day)
    given = {permission for each in held for permission in _permissions(each)}
    in_team = person is not None and person.is_authenticated and person.is_active and person.pk in visit.team
    inspects = any(Permission.INSPECT in _permissions(each) for each in everywhere)
    if not in_team and _is_surprise(visit) and any(each.institution_id == visit.institution_id for each in everywhere):
        return Rights()
    return Rights(
        see=Permission.VIEW_INSPECTION in given or Permission.VIEW_EVERY_LINE in given or in_team,
        direct=Permission.INSPECT in given,
        write=in_team and inspects,
        say=any(
            each.institution_id == visit.institution_id and Permission.VIEW_INSPECTION in _permissions(each)
            for each in held
        ),
    )


def may_inspect(person: Someone, institution: Institution, day: dt.date) -> bool:
    """Whether a person may plan a visit there."""
    held = _roles_at(list(roles_held(person, Permission.INSPECT, day).select_related("agency")), institution, day)
    return bool(held)


def _roles_at(held: list[RoleAssignment], institution: Institution, day: dt.date) -> list[RoleAssignment]:
    """The roles that count at the institution: by the map; at the armed forces' only those held there, at the body that
    runs it or above that on its line of command, and those that read every line."""
    spot = spot_of(institution, day)
    here = [each for each in held if covers(each, spot)]
    if not of_armed_forces(day).filter(pk=institution.pk).exists():
        return here
    line = commanding(spot.agencies, day)
    every = [each for each in here if Permission.VIEW_EVERY_LINE in _permissions(each)]
    own = [each for each in held if each.institution_id == institution.pk or each.agency_id in line]
    return [*own, *(each for each in every if each not in own)]


def _is_surprise(visit: Visit) -> bool:
    return visit.state == VisitState.PLANNED and not visit.plan.is_announced


def _permissions(assignment: RoleAssignment) -> frozenset[Permission]:
    return ROLES[RoleName(assignment.role)].permissions
