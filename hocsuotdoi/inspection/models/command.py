"""Whose institutions are inspected along a line of command and not by the map."""

import datetime as dt

from django.db.models import Q, QuerySet

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_held, institutions_covered
from hocsuotdoi.accounts.rules import Someone, roles_held
from hocsuotdoi.places.enums import ARMED_FORCES, InstitutionClass
from hocsuotdoi.places.models import Institution, InstitutionAgency


def of_armed_forces(day: dt.date) -> QuerySet[Institution]:
    """By their class, or because a military or police body runs them."""
    run = InstitutionAgency.objects.on(day).filter(agency__kind__in=ARMED_FORCES)
    return Institution.objects.filter(
        Q(institution_class=InstitutionClass.LIBRARY_ARMED_FORCES) | Q(pk__in=run.values("institution"))
    )


def institutions_held(person: Someone, permission: Permission, day: dt.date) -> QuerySet[Institution]:
    """Those at which the person holds a role with this permission, and those that a body runs at which one is held."""
    held = roles_held(person, permission, day).filter(institution__isnull=False)
    run = InstitutionAgency.objects.on(day).filter(agency__in=agencies_held(person, permission, day))
    return Institution.objects.filter(Q(pk__in=held.values("institution")) | Q(pk__in=run.values("institution")))


def institutions_seen(person: Someone, day: dt.date) -> QuerySet[Institution]:
    """Those whose inspections the person may see: by the map; what is the armed forces' by the role held there or at
    the body that runs it; and by the right to read every line. `rules.rights_on` says the same of one visit; a test
    holds the two against each other."""
    covered = institutions_covered(person, Permission.VIEW_INSPECTION, day).values("pk")
    own = institutions_held(person, Permission.VIEW_INSPECTION, day).values("pk")
    every = institutions_covered(person, Permission.VIEW_EVERY_LINE, day).values("pk")
    return Institution.objects.filter(
        Q(pk__in=covered) & ~Q(pk__in=of_armed_forces(day).values("pk")) | Q(pk__in=own) | Q(pk__in=every)
    )
