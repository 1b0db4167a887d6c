"""For which bodies a person acts: what the choices of the forms offer."""

import datetime as dt

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_held, units_held
from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.dated import on
from hocsuotdoi.places.models import Agency


def bodies_acted_for(person: Someone, permission: Permission, day: dt.date) -> QuerySet[Agency]:
    """The bodies at which the role is held, first, and those that lead the units where it is. Not all that lie under: a
    list of thousands is none."""
    held = agencies_held(person, permission, day).values("pk")
    units = units_held(person, permission, day).values("pk")
    found = Agency.objects.filter(on(day), Q(pk__in=held) | Q(unit__in=units, kind__in=LEADING_KINDS))
    first = Case(When(pk__in=held, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.select_related("unit").order_by(first, "name", "pk")
