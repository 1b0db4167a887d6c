"""The list filters that say the same as `rules.may`: what a person's roles cover, as conditions of the database.

The convention for every queryset of things that not everybody may see:

    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        public = Q(status=ActivityStatus.PUBLISHED)
        return self.filter(public | Q(institution__in=institutions_covered(person, Permission.VIEW_ACTIVITY, day)))

Nobody signed in sees only what is public; without a public part the answer is an empty list. The functions here run
no query themselves: what they return goes into the caller's query, whose number of queries does not grow. Within a
request the gate has read the person's roles already (`remember_roles`), and the conditions name their places outright,
which is quicker to build and to plan.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import LEADING_KINDS, ROLES
from hocsuotdoi.accounts.rules import Someone, leads_its_territory, roles_held
from hocsuotdoi.places.enums import ARMED_FORCES, Tier
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

_REMEMBERED = "_roles_of_this_request"


@dataclass(frozen=True)
class _Tops:
    """Keys of the places where the roles in question are held: lists, or subqueries; `units` counts the units of
    leading agencies in."""

    units: tuple[Any, ...]
    agencies: Any
    institutions: Any

    def at_unit(self, path: str) -> Q:
        condition = Q()
        for keys in self.units:
            condition |= Q(**{f"{path}__in": keys})
        return condition


@dataclass(frozen=True)
class RememberedRoles:
    """What a person holds on a day, read once for a request."""

    day: dt.date
    held: tuple[RoleAssignment, ...]

    def permissions(self) -> frozenset[Permission]:
        return frozenset(p for each in self.held for p in ROLES[RoleName(each.role)].permissions)

    def tops(self, permission: Permission) -> _Tops:
        held = [each for each in self.held if permission in ROLES[RoleName(each.role)].permissions]
        led = [each.agency.unit_id for each in held if each.agency and leads_its_territory(each)]
        units = [each.unit_id for each in held if each.unit_id] + [unit_id for unit_id in led if unit_id]
        return _Tops(
            (units,),
            [each.agency_id for each in held if each.agency_id],
            [each.institution_id for each in held if each.institution_id],
        )


def remember_roles(person: Someone) -> RememberedRoles:
    """Read the roles that `person` may use now, and keep them with this very object: for the time of a request."""
    day = timezone.localdate()
    remembered = RememberedRoles(day, tuple(roles_held(person, None, day).select_related("agency")))
    if person is not None and person.is_authenticated:
        setattr(person, _REMEMBERED, remembered)
    return remembered


def institutions_covered(
    person: Someone, permission: Permission, day: dt.date | None = None, *, at: dt.datetime | None = None
) -> QuerySet[Institution]:
    """Institutions at which `person` may do this on `day` (today if None)."""
    day = day or timezone.localdate(at)
    tops = _tops(person, permission, day, at)
    standing = InstitutionPlacement.objects.on(day).filter(unit__in=_units_under(tops, day))
    run = InstitutionAgency.objects.on(day).filter(agency__in=tops.agencies)
    return Institution.objects.filter(
        Q(pk__in=tops.institutions) | Q(pk__in=standing.values("institution")) | Q(pk__in=run.values("institution"))
    )


def units_covered(
    person: Someone, permission: Permission, day: dt.date | None = None, *, at: dt.datetime | None = None
) -> QuerySet[AdminUnit]:
    """Units at which `person` may do this on `day` (today if None)."""
    day = day or timezone.localdate(at)
    return AdminUnit.objects.filter(pk__in=_units_under(_tops(person, permission, day, at), day))


def units_read_covered(person: Someone, permission: Permission, day: dt.date | None = None) -> QuerySet[AdminUnit]:
    """Units of any time that are read at or under those at which `person` may do this on `day`: to look at what was
    said of a unit that has ended since."""
    day = day or timezone.localdate()
    return AdminUnit.objects.filter(pk__in=_units_read_under(_tops(person, permission, day), day))


def agencies_covered(
    person: Someone, permission: Permission, day: dt.date | None = None, *, at: dt.datetime | None = None
) -> QuerySet[Agency]:
    """Agencies at which `person` may do this on `day` (today if None). Those of a unit that has ended lie where it is
    read on that day, and one without a unit at the country."""
    day = day or timezone.localdate(at)
    tops = _tops(person, permission, day, at)
    return Agency.objects.filter(Q(pk__in=tops.agencies) | _lying_under(tops, day))


def agencies_held(
    person: Someone, permission: Permission, day: dt.date | None = None, *, at: dt.datetime | None = None
) -> QuerySet[Agency]:
    """The agencies themselves at which `person` holds a role with this permission: neither others of the same territory
    nor what lies under them. For what follows a line of command and not the map."""
    day = day or timezone.localdate(at)
    return Agency.objects.filter(pk__in=_tops(person, permission, day, at).agencies)


def holds_at_none_of(kinds: Collection[str], person: Someone, permission: Permission, day: dt.date) -> bool:
    """Whether the roles remembered for this request say that none with this permission is held at a body of these
    kinds. False where nothing is remembered: then only the database knows."""
    remembered = getattr(person, _REMEMBERED, None)
    if remembered is None or remembered.day != day:
        return False
    allowing = [each for each in remembered.held if permission in ROLES[RoleName(each.role)].permissions]
    return not any(each.agency and each.agency.kind in kinds for each in allowing)


def agencies_on_line(person: Someone, permission: Permission, day: dt.date | None = None) -> QuerySet[Agency]:
    """The agencies at which `person` may do this. The armed forces keep their own line of command: theirs only where
    the role is held at the very agency, or reads every line."""
    day = day or timezone.localdate()
    own = agencies_held(person, permission, day).values("pk")
    every_line = _lying_under(_tops(person, Permission.VIEW_EVERY_LINE, day), day)
    of_others = ~Q(kind__in=ARMED_FORCES) | Q(pk__in=own) | every_line
    return agencies_covered(person, permission, day).filter(of_others)


def offices_held(person: Someone, permission: Permission, day: dt.date | None = None) -> QuerySet[Agency]:
    """The agencies in whose name `person` acts: those at which a role with this permission is held, and of a unit at
    which one is held itself, the agencies that lead there."""
    day = day or timezone.localdate()
    at_units = roles_held(person, permission, day).filter(unit__isnull=False).values("unit")
    return Agency.objects.on(day).filter(
        Q(pk__in=agencies_held(person, permission, day).values("pk")) | Q(unit__in=at_units, kind__in=LEADING_KINDS)
    )


def permissions_anywhere(
    person: Someone, day: dt.date | None = None, *, at: dt.datetime | None = None
) -> frozenset[Permission]:
    """Everything `person` may do somewhere on `day`: for menus. One query."""
    day = day or timezone.localdate(at)
    names = roles_held(person, None, day, at=at).values_list("role", flat=True)
    return frozenset(permission for name in set(names) for permission in ROLES[RoleName(name)].permissions)


def units_held(person: Someone, permission: Permission, day: dt.date | None = None) -> QuerySet[AdminUnit]:
    """The units themselves (not what lies under them) at which `person` holds a role with this permission, or at
    whose leading agency: "my ward", the higher tiers first."""
    day = day or timezone.localdate()
    tiers = [When(tier=tier, then=Value(rank)) for rank, tier in enumerate(Tier.values)]
    return (
        AdminUnit.objects.filter(_tops(person, permission, day).at_unit("pk"))
        .annotate(rank=Case(*tiers, output_field=IntegerField()))
        .order_by("rank", "sort_key", "pk")
    )


def _tops(person: Someone, permission: Permission, day: dt.date, at: dt.datetime | None = None) -> _Tops:
    remembered = getattr(person, _REMEMBERED, None)
    if remembered is not None and remembered.day == day and at is None:
        return remembered.tops(permission)
    held = roles_held(person, permission, day, at=at)
    leading = held.filter(_leading(), agency__unit__isnull=False)
    return _Tops(
        (_places(held, "unit"), leading.values("agency__unit")),
        _places(held, "agency"),
        _places(held, "institution"),
    )


def _leading() -> Q:
    """As `rules.leads_its_territory`: roles by the kinds of agencies at which they cover a territory."""
    by_kinds: dict[frozenset[str], list[str]] = {}
    for role in ROLES.values():
        by_kinds.setdefault(frozenset(role.leads), []).append(role.name)
    condition = Q()
    for kinds, names in by_kinds.items():
        condition |= Q(role__in=names, agency__kind__in=kinds)
    return condition


def _units_under(tops: _Tops, day: dt.date) -> QuerySet:
    return UnitAncestry.objects.on(day).filter(tops.at_unit("ancestor")).values("unit")


def _units_read_under(tops: _Tops, day: dt.date) -> QuerySet:
    """Units of any time that are read at or under these places on the map of `day`."""
    return UnitReading.objects.on(day).filter(reads_as__in=_units_under(tops, day)).values("unit")


def _lying_under(tops: _Tops, day: dt.date) -> Q:
    """Agencies of units that are read there, and those of the whole country where it is among them."""
    country = UnitAncestry.objects.on(day).filter(tops.at_unit("ancestor"), unit__code=COUNTRY_CODE)
    return Q(unit__in=_units_read_under(tops, day)) | Q(Exists(country), unit=None)


def _places(held: QuerySet[RoleAssignment], kind: str) -> QuerySet:
    return held.filter(**{f"{kind}__isnull": False}).values(kind)
