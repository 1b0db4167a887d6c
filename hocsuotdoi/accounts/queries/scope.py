"""The list filters that say the same as `rules.may`: what a person's roles cover, as conditions of the database.

The convention for every queryset of things that not everybody may see:

    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        public = Q(status=ActivityStatus.PUBLISHED)
        return self.filter(public | Q(institution__in=institutions_covered(person, Permission.VIEW_ACTIVITY, day)))

Nobody signed in sees only what is public; without a public part the answer is an empty list. The functions here run
no query themselves: what they return goes into the caller's query, whose number of queries does not grow.
"""

import datetime as dt

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import ROLES
from hocsuotdoi.accounts.rules import LEADING_KINDS, Someone, roles_held
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import (
    AdminUnit,
    Agency,
    Institution,
    InstitutionAgency,
    InstitutionPlacement,
    UnitAncestry,
)


def institutions_covered(
    person: Someone, permission: Permission, day: dt.date | None = None, *, at: dt.datetime | None = None
) -> QuerySet[Institution]:
    """Institutions at which `person` may do this on `day` (today if None)."""
    day = day or timezone.localdate(at)
    held = roles_held(person, permission, day, at=at)
    standing = InstitutionPlacement.objects.on(day).filter(unit__in=_units_under(held, day))
    run = InstitutionAgency.objects.on(day).filter(agency__in=_places(held, "agency"))
    return Institution.objects.filter(
        Q(pk__in=_places(held, "institution"))
        | Q(pk__in=standing.values("institution"))
        | Q(pk__in=run.values("institution"))
    )


def units_covered(
    person: Someone, permission: Permission, day: dt.date | None = None, *, at: dt.datetime | None = None
) -> QuerySet[AdminUnit]:
    """Units at which `person` may do this on `day` (today if None)."""
    day = day or timezone.localdate(at)
    held = roles_held(person, permission, day, at=at)
    return AdminUnit.objects.filter(pk__in=_units_under(held, day))


def agencies_covered(
    person: Someone, permission: Permission, day: dt.date | None = None, *, at: dt.datetime | None = None
) -> QuerySet[Agency]:
    """Agencies at which `person` may do this on `day` (today if None)."""
    day = day or timezone.localdate(at)
    held = roles_held(person, permission, day, at=at)
    return Agency.objects.filter(Q(pk__in=_places(held, "agency")) | Q(unit__in=_units_under(held, day)))


def permissions_anywhere(
    person: Someone, day: dt.date | None = None, *, at: dt.datetime | None = None
) -> frozenset[Permission]:
    """Everything `person` may do somewhere on `day`: for menus. One query."""
    day = day or timezone.localdate(at)
    names = roles_held(person, None, day, at=at).values_list("role", flat=True)
    return frozenset(permission for name in set(names) for permission in ROLES[name].permissions)


def units_held(person: Someone, permission: Permission, day: dt.date | None = None) -> QuerySet[AdminUnit]:
    """The units themselves (not what lies under them) at which `person` holds a role with this permission, or at
    whose leading agency: "my ward", the higher tiers first."""
    day = day or timezone.localdate()
    held = roles_held(person, permission, day)
    tiers = [When(tier=tier, then=Value(rank)) for rank, tier in enumerate(Tier.values)]
    return (
        AdminUnit.objects.filter(_at_top(held, "pk"))
        .annotate(rank=Case(*tiers, output_field=IntegerField()))
        .order_by("rank", "sort_key", "pk")
    )


def _units_under(held: QuerySet[RoleAssignment], day: dt.date) -> QuerySet:
    return UnitAncestry.objects.on(day).filter(_at_top(held, "ancestor")).values("unit")


def _at_top(held: QuerySet[RoleAssignment], field: str) -> Q:
    """That `field` is a unit where a role is held, or whose leading agency it is held at."""
    leading = held.filter(agency__kind__in=LEADING_KINDS, agency__unit__isnull=False)
    return Q(**{f"{field}__in": _places(held, "unit")}) | Q(**{f"{field}__in": leading.values("agency__unit")})


def _places(held: QuerySet[RoleAssignment], kind: str) -> QuerySet:
    return held.filter(**{f"{kind}__isnull": False}).values(kind)
