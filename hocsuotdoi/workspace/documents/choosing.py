"""For which bodies a person acts: what the choices of the forms offer."""

import datetime as dt

from django.db.models import Q, QuerySet

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_held, units_held
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import ARMED_FORCES
from hocsuotdoi.places.models import Agency


def bodies_acted_for(person: Someone, permission: Permission, day: dt.date) -> QuerySet[Agency]:
    """The bodies at which the role is held, and those of the units where it is; of the armed forces only the former.
    Not all that lie under: a list of thousands is none."""
    held = agencies_held(person, permission, day).values("pk")
    units = units_held(person, permission, day).values("pk")
    of_units = Q(unit__in=units) & ~Q(kind__in=ARMED_FORCES)
    return Agency.objects.filter(on(day), Q(pk__in=held) | of_units).select_related("unit").order_by("name", "pk")
