"""What follows the armed forces' own line of command and not the map: their institutions, and who sees them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_held, holds_at_none_of, institutions_covered
from hocsuotdoi.accounts.rules import Someone, roles_held
from hocsuotdoi.places.enums import ARMED_FORCES, InstitutionClass, LineKind
from hocsuotdoi.places.models import Agency, AgencyLine, Institution, InstitutionAgency

_STEPS = 4
"""A commune's command, its province's, a military region's, the ministry: so far does a line go."""


def of_armed_forces(day: dt.date) -> QuerySet[Institution]:
    """By their class, or because a military or police body runs them."""
    run = InstitutionAgency.objects.on(day).filter(agency__kind__in=ARMED_FORCES)
    return Institution.objects.filter(
        Q(institution_class=InstitutionClass.LIBRARY_ARMED_FORCES) | Q(pk__in=run.values("institution"))
    )


def agencies_commanded(person: Someone, permission: Permission, day: dt.date) -> QuerySet[Agency]:
    """Those at which the person holds a role with this permission; of the armed forces' also those under them on their
    own line of command. Who guides or stands beside them commands nobody."""
    held = agencies_held(person, permission, day)
    if holds_at_none_of(ARMED_FORCES, person, permission, day):
        return held  # nearly everybody: the line need not be gone down
    return commanded_by(held.values("pk"), day)


def commanded_by(agencies: Any, day: dt.date) -> QuerySet[Agency]:
    """These (keys, or a query of them), and the armed forces' bodies under them on their own line of command."""
    level = agencies
    condition = Q(pk__in=level)
    for _step in range(_STEPS):
        level = _command(day).filter(superior__in=level).values("agency")
        condition |= Q(pk__in=level)
    return Agency.objects.filter(condition)


def commanding(agencies: Iterable[int], day: dt.date) -> set[int]:
    """These of the armed forces' bodies, and those above them on their line: the same seen from below."""
    found = set(agencies)
    level = set(found)
    for _step in range(_STEPS):
        level = set(_command(day).filter(agency__in=level).values_list("superior", flat=True)) - found
        if not level:
            break
        found |= level
    return found


def institutions_held(person: Someone, permission: Permission, day: dt.date) -> QuerySet[Institution]:
    """Those at which the person holds a role with this permission, and those that a body runs at which one is held, or
    above which one is held on the armed forces' own line."""
    held = roles_held(person, permission, day).filter(institution__isnull=False)
    run = InstitutionAgency.objects.on(day).filter(agency__in=agencies_commanded(person, permission, day))
    return Institution.objects.filter(Q(pk__in=held.values("institution")) | Q(pk__in=run.values("institution")))


def institutions_on_line(person: Someone, permission: Permission, day: dt.date | None = None) -> QuerySet[Institution]:
    """Those at which the person may do this: by the map; what is the armed forces' by the role held there, at the body
    that runs it or above that on its line; and by the right to read every line. `scope.agencies_on_line` is the same
    of bodies."""
    day = day or timezone.localdate()
    covered = institutions_covered(person, permission, day).values("pk")
    own = institutions_held(person, permission, day).values("pk")
    every = institutions_covered(person, Permission.VIEW_EVERY_LINE, day).values("pk")
    return Institution.objects.filter(
        Q(pk__in=covered) & ~Q(pk__in=of_armed_forces(day).values("pk")) | Q(pk__in=own) | Q(pk__in=every)
    )


def _command(day: dt.date) -> QuerySet[AgencyLine]:
    lines: QuerySet[AgencyLine] = AgencyLine.objects.on(day).filter(kind=LineKind.ADMINISTRATIVE)
    return lines.filter(agency__kind__in=ARMED_FORCES, superior__kind__in=ARMED_FORCES)
