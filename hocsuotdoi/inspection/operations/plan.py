"""Plans of visits: made by an office for a year or a campaign, filled by rule or by hand."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.inspection.enums import Chosen, VisitState
from hocsuotdoi.inspection.models import InspectionPlan, Visit
from hocsuotdoi.inspection.operations.telling import tell_cancelled, tell_changed, tell_planned
from hocsuotdoi.inspection.queries.choosing import Rule
from hocsuotdoi.inspection.queries.visits import checklists_for
from hocsuotdoi.places.models import Agency, Institution

MOST_IN_TEAM = 12
_MOST_NAMED = 5


class BadPlan(Refused):
    """The plan cannot be made that way."""


class BadVisit(Refused):
    """The visit cannot be planned that way."""


class NotChanged(Refused):
    """The visit is where nothing of the kind is changed any more."""


@dataclass(frozen=True)
class Planned:
    """One visit to be planned."""

    institution: Institution
    on: dt.date
    chosen: Chosen = Chosen.BY_HAND


@transaction.atomic
def make_plan(
    agency: Agency,
    *,
    year: int,
    title: str,
    decision: str,
    is_announced: bool = True,
    by: Person,
    at: dt.datetime,
) -> InspectionPlan:
    """Refused: no title, a year long gone or far ahead, the same title twice in a year."""
    title = " ".join(normalise(title).split())
    if not title:
        raise BadPlan(_("Give the plan a title."), field="title")
    this_year = timezone.localdate(at).year
    if not this_year - 1 <= year <= this_year + 2:
        raise BadPlan(_("Choose this year, the one before, or one of the next two."), field="year")
    try:
        with transaction.atomic():
            return InspectionPlan.objects.create(
                agency=agency,
                year=year,
                title=title[:200],
                decision=" ".join(normalise(decision).split())[:120],
                is_announced=is_announced,
                made_by=by.pk,
                made_at=at,
            )
    except IntegrityError:
        raise BadPlan(_("This body has a plan of this title for the year already."), field="title") from None


@transaction.atomic
def plan_visits(
    plan: InspectionPlan,
    planned: Sequence[Planned],
    *,
    team: Sequence[uuid.UUID],
    rule: Rule | None = None,
    by: Person,
    at: dt.datetime,
) -> list[Visit]:
    """Put visits into the plan; with the rule they were chosen by, which then stands in the plan.

    Refused: nothing chosen, nobody in the team, a day outside the plan's year or past, a class without a checklist, the
    same visit twice. The team is told, and the institutions where the plan is announced. Whether the person may inspect
    there is the surface's question.
    """
    if not planned:
        raise BadVisit(_("Choose at least one institution."))
    members = check_team(team)
    rows, checklists = [], checklists_for(plan.agency, at)
    for each in planned:
        check_day(each.on, plan, at)
        checklist = checklists.get(each.institution.institution_class)
        if checklist is None:
            raise BadVisit(
                _("There is no checklist for {place}: publish one for its class first.").format(
                    place=each.institution.name
                )
            )
        rows.append(
            Visit(
                institution=each.institution,
                plan=plan,
                checklist=checklist,
                planned_on=each.on,
                team=members,
                chosen=each.chosen,
            )
        )
    try:
        with transaction.atomic():
            made = Visit.objects.bulk_create(rows)
    except IntegrityError:
        raise BadVisit(_planned_already(_taken_of(rows) or rows)) from None
    tell_planned(made, by=by.pk, at=at)
    if rule is not None:
        kept = InspectionPlan.objects.select_for_update().get(pk=plan.pk)
        kept.rules = [*kept.rules, {**rule.as_data(), "visits": len(made), "on": timezone.localdate(at).isoformat()}]
        kept.save(update_fields=["rules"])
        plan.rules = kept.rules
    return made


@transaction.atomic
def change_visit(
    visit: Visit, *, planned_on: dt.date, team: Sequence[uuid.UUID], version: int, by: Person, at: dt.datetime
) -> None:
    """Another day or another team. Refused: finished visits, a day outside the plan's year; for one under way its day
    stays; and when somebody else changed it in the meantime."""
    row = locked(visit)
    if row.version != version:
        raise NotChanged(_("Somebody else has changed this visit in the meantime. Look at it, then change it again."))
    if row.state not in (VisitState.PLANNED, VisitState.UNDER_WAY):
        raise NotChanged(_("This visit is finished: its day and team stay as they are."))
    if planned_on != row.planned_on:
        if row.state != VisitState.PLANNED:
            raise NotChanged(_("The visit has begun, so its day stays."), field="planned_on")
        check_day(planned_on, row.plan, at)
    was_on, was_team = row.planned_on, list(row.team)
    row.planned_on, row.team = planned_on, check_team(team)
    try:
        with transaction.atomic():
            save(row, visit, "planned_on", "team")
    except IntegrityError:
        raise BadVisit(_planned_already([row]), field="planned_on") from None
    tell_changed(row, was_on=was_on, was_team=was_team, by=by.pk, at=at)


@transaction.atomic
def cancel_visit(visit: Visit, *, reason: str, by: Person, at: dt.datetime) -> None:
    """It does not take place, or was broken off; what was seen stays. Refused: without a reason, a finished visit."""
    row = locked(visit)
    reason = " ".join(normalise(reason).split())
    if not reason:
        raise NotChanged(_("Say why the visit is cancelled."), field="reason")
    if row.state not in (VisitState.PLANNED, VisitState.UNDER_WAY):
        raise NotChanged(_("This visit is finished: it cannot be cancelled any more."))
    row.state, row.cancel_reason = VisitState.CANCELLED, reason[:300]
    save(row, visit, "state", "cancel_reason")
    tell_cancelled(row, by=by.pk, at=at)


def _taken_of(rows: Sequence[Visit]) -> list[Visit]:
    """Those that stand in the plan already, or more than once among these."""
    standing = Visit.objects.filter(plan=rows[0].plan, institution__in={each.institution_id for each in rows})
    taken = set(standing.exclude(state=VisitState.CANCELLED).values_list("institution", "checklist", "planned_on"))
    found: list[Visit] = []
    for each in rows:
        key = (each.institution_id, each.checklist_id, each.planned_on)
        if key in taken:
            found.append(each)
        taken.add(key)
    return found


def _planned_already(visits: Sequence[Visit]) -> str:
    named = [f"{each.institution.name}, {day_short(each.planned_on)}" for each in visits[:_MOST_NAMED]]
    if left := len(visits) - len(named):
        named.append(_("and {number} more visits").format(number=left))
    return _("This plan has such a visit already: {visits}. Choose another day, or leave it out.").format(
        visits="; ".join(named)
    )


def check_team(team: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    members = list(dict.fromkeys(team))
    if not members:
        raise BadVisit(_("Choose at least one person for the team."), field="team")
    if len(members) > MOST_IN_TEAM:
        raise BadVisit(_("At most {number} people in a team.").format(number=MOST_IN_TEAM), field="team")
    return members


def check_day(on: dt.date, plan: InspectionPlan, at: dt.datetime) -> None:
    if on.year != plan.year:
        raise BadVisit(_("The plan is for {year}: choose a day in it.").format(year=plan.year), field="planned_on")
    if on < timezone.localdate(at):
        raise BadVisit(_("{day} is past: choose a day to come.").format(day=day_short(on)), field="planned_on")


def locked(visit: Visit) -> Visit:
    rows = Visit.objects.select_for_update(of=("self",)).select_related("plan", "checklist", "institution")
    return rows.get(pk=visit.pk, institution=visit.institution_id)


def save(row: Visit, shown: Visit, *fields: str) -> None:
    """The row, and what the caller holds of it."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])
    for name in (*fields, "version"):
        setattr(shown, name, getattr(row, name))
