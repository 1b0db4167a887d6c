"""What becomes of the names with which a plan's tasks name bodies: found here or not, and who gets the task then."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import UnitAncestry
from hocsuotdoi.programme.enums import AgencyPart
from hocsuotdoi.programme.models import Plan, Task, TaskAgency
from hocsuotdoi.programme.queries.due import RESPONSIBLE, branches_named
from hocsuotdoi.programme.queries.land import heirs_of_all


@dataclass
class NamedBody:
    """A name in one part, with the clauses in which it stands. `said`: what happens with it, in a sentence; `gets`:
    whether a body of that name gets the tasks."""

    written: str
    part: AgencyPart
    gets: bool
    said: str
    clauses: list[str] = field(default_factory=list)


def named_bodies(plan: Plan, day: dt.date) -> list[NamedBody]:
    """Of the tasks that are asked yet; those by whose name nobody gets anything first. A fixed number of queries."""
    asked = plan.tasks.exclude(tiers=[])
    tasks = list(asked.select_related("clause").prefetch_related("agencies__agency").order_by("ordinal"))
    land = _land(plan, day)
    found: dict[tuple[str, str, str], NamedBody] = {}
    for task in tasks:
        for named in task.agencies.all():
            gets, said = _said(named, task, list(task.agencies.all()), land, day)
            key = named.written, named.part, said
            body = found.setdefault(key, NamedBody(named.written, AgencyPart(named.part), gets, said))
            if task.clause.path not in body.clauses:
                body.clauses.append(task.clause.path)
    order = list(AgencyPart)
    return sorted(found.values(), key=lambda each: (each.gets, order.index(each.part)))


def _land(plan: Plan, day: dt.date) -> set[int]:
    """Ids of the units in which the plan asks bodies that it names, as far as bodies are named in it."""
    units = TaskAgency.objects.filter(task__plan=plan, agency__isnull=False).values("agency__unit")
    if plan.unit.holds_on(day):
        lies = UnitAncestry.objects.on(day).filter(ancestor=plan.unit, unit__in=units)
        return set(lies.values_list("unit", flat=True))
    return {heir.pk for heir in heirs_of_all([plan.unit], day)[plan.unit_id]}


def _said(
    named: TaskAgency, task: Task, all_named: Sequence[TaskAgency], land: set[int], day: dt.date
) -> tuple[bool, str]:
    body = named.agency
    if body is not None:
        if not body.holds_on(day):
            ended = _("%(body)s has ended.") % {"body": body.name}
            return False, f"{ended} {_instead(named, task, all_named, land, day)}"
        if body.unit_id not in land:
            return False, _("%(body)s lies outside the territory of this plan and gets no task by it.") % {
                "body": body.name
            }
        return True, body.name
    if named.part == AgencyPart.LEAD and (branches := branches_named([named.written])):
        kinds = ", ".join(str(AgencyKind(kind).label) for kind in branches)
        return True, _(
            "Read as a branch («%(kinds)s»): the body of that branch in each unit, else the one that answers for the "
            "programme."
        ) % {"kinds": kinds}
    unknown = _("No body of this name is known here.")
    return False, f"{unknown} {_instead(named, task, all_named, land, day)}"


def _instead(named: TaskAgency, task: Task, all_named: Sequence[TaskAgency], land: set[int], day: dt.date) -> str:
    """Who gets the task in the place of somebody who is not found: of a lead whoever answers for the programme."""
    if named.part != AgencyPart.LEAD:
        return _("Nobody is given this part.")
    others = [each.agency for each in all_named if each.part == AgencyPart.LEAD and each.agency is not None]
    if any(body.holds_on(day) and body.unit_id in land for body in others):
        return _("The other bodies that lead get the task.")
    kinds = dict.fromkeys(str(RESPONSIBLE[Tier(tier)].label) for tier in task.tiers)
    return _("The task goes to the body that answers for the programme («%(kinds)s»).") % {"kinds": ", ".join(kinds)}
