"""To whom a task can be handed down."""

import datetime as dt

from django.db.models import Q, QuerySet

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_on_line, units_held
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Agency, UnitAncestry
from hocsuotdoi.programme.models import Plan, Task
from hocsuotdoi.programme.queries.assignments import own_agencies
from hocsuotdoi.programme.queries.due import RESPONSIBLE
from hocsuotdoi.programme.queries.untaken import came_after

MOST = 300


def units_to_hand_down_in(person: Someone, day: dt.date) -> list[AdminUnit]:
    """Where `person` hands tasks down: the units at which the role is held and those right under them that have units
    of their own below."""
    held = list(units_held(person, Permission.ASSIGN_TASK, day))
    if any(each.tier == Tier.COUNTRY for each in held):
        held += list(AdminUnit.objects.on(day).filter(tier=Tier.PROVINCE).order_by("sort_key"))
    return list(dict.fromkeys(held))


def tasks_to_hand_down(day: dt.date) -> QuerySet[Task]:
    """Tasks of the plans in force, in the order of the documents."""
    return (
        Task.objects.filter(plan__in=Plan.objects.asking(day)).exclude(tiers=[]).select_related("plan__unit", "clause")
    )


def receivers(task: Task, unit: AdminUnit, person: Someone, day: dt.date) -> QuerySet[Agency]:
    """The bodies in `unit` that the task asks and at which `person` may hand it down; not those for which they report
    themselves, whose days are set from above. Where its tier or a body that it names has ended, those that came after
    them. The task comes with its plan's unit and its agencies."""
    kinds = {RESPONSIBLE[Tier(tier)] for tier in task.tiers}
    units = UnitAncestry.objects.on(day).filter(ancestor=unit, unit__tier__in=task.tiers).values("unit")
    named = task.agencies.filter(agency__isnull=False).values("agency")
    has_it = task.assignments.values("agency")
    near = UnitAncestry.objects.on(day).filter(ancestor=unit).values("unit")
    places, of_kinds = came_after(task, task.plan.unit, day)
    return (
        Agency.objects.on(day)
        .filter(
            Q(unit__in=units, kind__in=kinds, is_sample=False)
            | Q(unit__in=near, pk__in=named)
            | Q(unit__in=near, pk__in=has_it)
            | Q(unit__in=near, kind__in=of_kinds, is_sample=False) & Q(unit__in=places)
        )
        .filter(pk__in=agencies_on_line(person, Permission.ASSIGN_TASK, day).values("pk"))
        .exclude(pk__in=own_agencies(person, day).values("pk"))
        .select_related("unit")
        .order_by("unit__tier", "unit__sort_key", "name", "pk")
    )


def receivers_of_own(unit: AdminUnit, person: Someone, day: dt.date) -> QuerySet[Agency]:
    """Whom `person` can ask for something that no clause asks: the bodies of `unit` and of the units right under it,
    where they may hand down and do not report themselves."""
    near = UnitAncestry.objects.on(day).filter(ancestor=unit, distance__lte=1).values("unit")
    return (
        Agency.objects.on(day)
        .filter(unit__in=near, is_sample=False)
        .filter(pk__in=agencies_on_line(person, Permission.ASSIGN_TASK, day).values("pk"))
        .exclude(pk__in=own_agencies(person, day).values("pk"))
        .select_related("unit")
        .order_by("unit__tier", "unit__sort_key", "name", "pk")
    )
