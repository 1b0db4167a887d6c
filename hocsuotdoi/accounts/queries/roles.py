"""Who holds which role where, for the page on which roles are given and ended."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_covered, institutions_covered, units_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.places.models import Agency


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


def people_who_sit(agency: Agency, day: dt.date) -> list[str]:
    """For whoever is about to end the body: how many hold a role at it from `day` on. One query."""
    roles = RoleAssignment.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), agency=agency, person__is_active=True)
    number = roles.values("person").distinct().count()
    if not number:
        return []
    said = ngettext(
        "{number} person holds a role here, which covers nothing from that day on.",
        "{number} people hold a role here, which covers nothing from that day on.",
        number,
    )
    return [said.format(number=number)]
