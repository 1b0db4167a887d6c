"""Who may do what where, answered for one person and one thing. For lists use `queries.scope`, which says the same
as a condition of the database; a test holds the two against each other.

A role covers, on the day asked about:
- held at a **unit**: that unit and every unit under it, the institutions that stand there and the agencies of those
  units. A unit that has ended covers nothing from its last day on: after a reform the role is given anew at the
  successor, by a person, since a merged ward has one office and not two. What the agencies of an ended unit have left
  (money, tasks, papers) lies where that unit is read then (`UnitReading`), or nobody could look at it any more. An
  agency without a unit lies in the country as a whole.
- held at an **agency that leads culture in its territory** (people's committees, the culture line from the Ministry
  down to the commune's office): the same as at the agency's unit, and the institutions the agency runs elsewhere.
- held at **any other agency** (education, armed forces, associations…): the agency and the institutions it runs,
  nothing else of the territory. Which kinds lead is said by the role (`Role.leads`): a finance officer's finance
  department does.
- held at an **institution**: that institution.
An administrator's role counts only while its powers are switched on (`operations.powers`).
"""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from hocsuotdoi.accounts.enums import HeldAt, RoleName
from hocsuotdoi.accounts.models import Person, PowerSwitch, RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import ROLES, Role
from hocsuotdoi.places.models import (
    AdminUnit,
    Agency,
    Institution,
    InstitutionAgency,
    InstitutionPlacement,
    UnitAncestry,
    UnitReading,
)
from hocsuotdoi.places.queries.units import COUNTRY_CODE

Someone = Person | AnonymousUser | None
"""Whoever asks: an account, or nobody signed in."""


@dataclass(frozen=True)
class Spot:
    """Where a thing is on a day: the units it lies in (lowest to country), the agencies that run it, itself."""

    units: frozenset[int] = frozenset()
    agencies: frozenset[int] = frozenset()
    institution: int | None = None


def may(
    person: Someone,
    permission: Permission,
    thing: object = None,
    day: dt.date | None = None,
    *,
    at: dt.datetime | None = None,
) -> bool:
    """May `person` do this at `thing` on `day` (today if None)? `thing` None asks "anywhere?".

    `thing` is an AdminUnit, an Agency, an Institution, or an object that carries one as `.institution`, `.unit` or
    `.agency`; anything else is a programming error (TypeError), not a "no". `at` is the moment at which an
    administrator's powers must be on (now if None). At most four queries: not for use on each row of a list.
    """
    moment = at or timezone.now()
    day = day or timezone.localdate(moment)
    held = list(roles_held(person, permission, day, at=moment).select_related("agency"))
    if thing is None:
        return bool(held)
    if not held:
        return False
    spot = spot_of(thing, day)
    return any(covers(assignment, spot) for assignment in held)


def permissions_at(person: Someone, thing: object, day: dt.date | None = None) -> frozenset[Permission]:
    """Everything `person` may do at `thing` on `day` (today if None)."""
    day = day or timezone.localdate()
    spot = spot_of(thing, day)
    held = [each for each in roles_held(person, None, day).select_related("agency") if covers(each, spot)]
    return frozenset(permission for each in held for permission in ROLES[RoleName(each.role)].permissions)


def may_give(person: Someone, role: RoleName, thing: object, day: dt.date | None = None) -> bool:
    """May `person` give this role at `thing`? With the right to give roles there, and only a role that can do nothing
    there which the giver cannot do: nobody hands on more than they hold, also not to themselves."""
    own = permissions_at(person, thing, day)
    return Permission.ASSIGN_ROLE in own and ROLES[role].permissions <= own


def roles_that_may_be_given(
    person: Someone, held_at: HeldAt, thing: object, day: dt.date | None = None
) -> list[RoleName]:
    """The roles that are held at places of this kind and that `person` may give at this one."""
    own = permissions_at(person, thing, day)
    if Permission.ASSIGN_ROLE not in own:
        return []
    return [role.name for role in ROLES.values() if held_at in role.held_at and role.permissions <= own]


def holds_switched_role(person: Someone, day: dt.date) -> bool:
    """Does `person` hold a role that only counts while its powers are switched on (whether or not they are)?"""
    if person is None or not person.is_authenticated or not person.is_active:
        return False
    names = [role.name for role in ROLES.values() if role.must_be_switched_on]
    return RoleAssignment.objects.on(day).filter(person=person, role__in=names).exists()


def covers(assignment: RoleAssignment, spot: Spot) -> bool:
    """Does a role held there (by a person who may use it) cover what is at `spot`?"""
    if assignment.institution_id is not None:
        return assignment.institution_id == spot.institution
    if assignment.unit_id is not None:
        return assignment.unit_id in spot.units
    agency = assignment.agency
    if agency is None:
        return False
    return agency.pk in spot.agencies or (leads_its_territory(assignment) and agency.unit_id in spot.units)


def leads_its_territory(assignment: RoleAssignment) -> bool:
    """Is the role held at an agency whose holders of this role act in the whole territory of its unit?"""
    agency = assignment.agency
    return agency is not None and agency.kind in ROLES[RoleName(assignment.role)].leads


def roles_held(
    person: Someone, permission: Permission | None, day: dt.date, *, at: dt.datetime | None = None
) -> QuerySet[RoleAssignment]:
    """The assignments that give `person` this permission (any, if None) somewhere on `day`; nobody signed in: none."""
    if person is None or not person.is_authenticated or not person.is_active:
        return RoleAssignment.objects.none()
    roles = [role for role in ROLES.values() if permission is None or permission in role.permissions]
    switched_on = PowerSwitch.objects.on_at(at or timezone.now()).filter(person=OuterRef("person"))
    return (
        RoleAssignment.objects.usable(day)
        .filter(person=person)
        .filter(
            Q(role__in=_names(roles, switched=False)) | Q(Exists(switched_on), role__in=_names(roles, switched=True))
        )
    )


def spot_of(thing: object, day: dt.date) -> Spot:
    """Where `thing` is on `day`."""
    if isinstance(thing, Institution):
        return _spot_of_institution(thing.pk, day)
    if isinstance(thing, AdminUnit):
        return Spot(units=_units_above([thing.pk], day))
    if isinstance(thing, Agency):
        read = UnitReading.objects.on(day).filter(unit=thing.unit_id).values("reads_as")
        country = AdminUnit.objects.filter(code=COUNTRY_CODE).values("pk")
        units = _units_above(read if thing.unit_id else country, day)
        return Spot(units=units, agencies=frozenset({thing.pk}))
    if (institution_id := getattr(thing, "institution_id", None)) is not None:
        return _spot_of_institution(institution_id, day)
    if (unit_id := getattr(thing, "unit_id", None)) is not None:
        return Spot(units=_units_above([unit_id], day))
    if isinstance(agency := getattr(thing, "agency", None), Agency):
        return spot_of(agency, day)
    if isinstance(thing, RoleAssignment):  # a learner's, held nowhere
        return Spot()
    raise TypeError(f"{type(thing).__name__} is at no unit, agency or institution")


def _spot_of_institution(institution_id: int, day: dt.date) -> Spot:
    placements = InstitutionPlacement.objects.on(day).filter(institution=institution_id)
    agencies = InstitutionAgency.objects.on(day).filter(institution=institution_id)
    return Spot(
        units=_units_above(placements.values("unit"), day),
        agencies=frozenset(agencies.values_list("agency_id", flat=True)),
        institution=institution_id,
    )


def _units_above(units: "list[int] | QuerySet", day: dt.date) -> frozenset[int]:
    ancestries = UnitAncestry.objects.on(day).filter(unit__in=units)
    return frozenset(ancestries.values_list("ancestor_id", flat=True))


def _names(roles: list[Role], *, switched: bool) -> list[str]:
    return [role.name for role in roles if role.must_be_switched_on is switched]
