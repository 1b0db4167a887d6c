"""At whose bodies a person may do something, where the armed forces keep their own line of command."""

import datetime as dt

from django.db.models import Q, QuerySet

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_covered, agencies_held, units_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.places.enums import ARMED_FORCES
from hocsuotdoi.places.models import Agency


def agencies_on_line(person: Someone, permission: Permission, day: dt.date | None = None) -> QuerySet[Agency, Agency]:
    """The agencies at which `person` may do this. Those of the armed forces only where the role is held at the very
    agency, or reads every line of command."""
    own = agencies_held(person, permission, day).values("pk")
    every_line = units_covered(person, Permission.VIEW_EVERY_LINE, day).values("pk")
    of_others = ~Q(kind__in=ARMED_FORCES) | Q(pk__in=own) | Q(unit__in=every_line)
    return agencies_covered(person, permission, day).filter(of_others)
