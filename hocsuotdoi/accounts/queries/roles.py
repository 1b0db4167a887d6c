"""Who holds which role where, for the page on which roles are given and ended."""

import datetime as dt

from django.db.models import Q, QuerySet

from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_covered, institutions_covered, units_covered
from hocsuotdoi.accounts.rules import Someone


def assignments_visible_to(person: Someone, day: dt.date) -> QuerySet[RoleAssignment]:
    """Roles held where `person` may see them, and the person's own; past ones too. Nobody signed in: none."""
    if person is None or not person.is_authenticated:
        return RoleAssignment.objects.none()
    return RoleAssignment.objects.filter(
        Q(person=person)
        | Q(unit__in=units_covered(person, Permission.VIEW_ROLES, day))
        | Q(agency__in=agencies_covered(person, Permission.VIEW_ROLES, day))
        | Q(institution__in=institutions_covered(person, Permission.VIEW_ROLES, day))
    ).select_related("person", "unit", "agency", "institution", "given_by")


def own_roles(person: Someone, day: dt.date) -> QuerySet[RoleAssignment]:
    """The roles `person` holds on `day`, with their places; powers switched off do not hide them."""
    if person is None or not person.is_authenticated:
        return RoleAssignment.objects.none()
    held = RoleAssignment.objects.on(day).filter(person=person)
    return held.select_related("unit", "agency", "institution").order_by("role", "pk")
