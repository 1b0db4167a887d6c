"""What people are still to be told about visits: lines of letters."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.apps import apps
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import ROLES
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.inspection.enums import NoticeOf, VisitState
from hocsuotdoi.inspection.models import Visit, VisitNotice
from hocsuotdoi.inspection.queries.visits import people_named
from hocsuotdoi.programme.registry import Line

NAME = "inspection"
VISITS_URL = "/workspace/inspection/"
VISIT_URL = "/workspace/inspection/visits/{pk}/"
"""The pages (workspace); a test holds them against the addresses that the workspace gives."""

_NAMED = 3
"""So many new visits of one plan are told one by one; of more, how many, and from when to when."""


def people_told_at(institutions: Collection[int], day: dt.date) -> dict[int, list[uuid.UUID]]:
    """By institution, those who work there and may see its inspections. One query."""
    names = [role.name for role in ROLES.values() if Permission.VIEW_INSPECTION in role.permissions]
    held = RoleAssignment.objects.on(day).filter(institution__in=institutions, role__in=names, person__is_active=True)
    found: dict[int, list[uuid.UUID]] = defaultdict(list)
    for institution, person in held.order_by("pk").values_list("institution", "person"):
        found[institution].append(person)
    return found


def notices_to_tell() -> QuerySet[VisitNotice]:
    return VisitNotice.objects.filter(told_at=None)


def visit_lines(day: dt.date, people: Collection[uuid.UUID] | None = None) -> Mapping[uuid.UUID, list[Line]]:
    """By person, what is new and still true on `day`; a constant number of queries."""
    rows = notices_to_tell() if people is None else notices_to_tell().filter(person__in=people)
    found: dict[uuid.UUID, list[VisitNotice]] = defaultdict(list)
    for each in rows.select_related("visit__institution", "visit__plan__agency").order_by("visit__planned_on", "pk"):
        if _is_still_true(each, day):
            found[each.person].append(each)
    leaders = people_named({each.visit.team[0] for rows in found.values() for each in rows})
    return {person: _lines(person, rows, leaders) for person, rows in found.items()}


def _is_still_true(notice: VisitNotice, day: dt.date) -> bool:
    visit = notice.visit
    if notice.kind in (NoticeOf.PLANNED, NoticeOf.MOVED):
        return visit.state == VisitState.PLANNED and visit.planned_on >= day
    last = max(filter(None, (notice.was_on, visit.planned_on)))
    return last >= day


def _lines(person: uuid.UUID, rows: Sequence[VisitNotice], leaders: Mapping[uuid.UUID, str]) -> list[Line]:
    """Visits in the order of their days; many new ones of one plan in one line."""
    new: dict[int, list[VisitNotice]] = defaultdict(list)
    for each in rows:
        if each.kind == NoticeOf.PLANNED and person in each.visit.team:
            new[each.visit.plan_id].append(each)
    many = {plan: found for plan, found in new.items() if len(found) > _NAMED}
    lines = [_line_of_many(found) for found in many.values()]
    told = {each.pk for found in many.values() for each in found}
    return lines + [_line(person, each, leaders) for each in rows if each.pk not in told]


def _line_of_many(rows: Sequence[VisitNotice]) -> Line:
    plan = rows[0].visit.plan
    title = ngettext("{plan}: {count} new visit of yours", "{plan}: {count} new visits of yours", len(rows))
    first, last = rows[0].visit.planned_on, rows[-1].visit.planned_on
    detail = _("from {first} to {last}; {agency}").format(
        first=day_short(first), last=day_short(last), agency=plan.agency.name
    )
    return Line(title.format(plan=plan.title, count=len(rows)), detail, VISITS_URL)


def _line(person: uuid.UUID, notice: VisitNotice, leaders: Mapping[uuid.UUID, str]) -> Line:
    visit = notice.visit
    place, on = visit.institution.name, day_short(visit.planned_on)
    detail = ", ".join(filter(None, [visit.plan.title, visit.plan.decision, visit.plan.agency.name]))
    leader = leaders.get(visit.team[0])
    if leader and person not in visit.team and notice.kind != NoticeOf.LEFT:
        detail = _("{what}; leader of the team: {name}").format(what=detail, name=leader)
    url = VISIT_URL.format(pk=visit.pk)
    if notice.kind == NoticeOf.MOVED and notice.was_on is not None:
        title = _("The inspection of {place} is moved from {was} to {day}").format(
            place=place, was=day_short(notice.was_on), day=on
        )
    elif notice.kind == NoticeOf.CANCELLED:
        title = _("{place} is not inspected on {day}").format(place=place, day=on)
        detail = _("Cancelled: {reason}").format(reason=visit.cancel_reason)
    elif notice.kind == NoticeOf.LEFT:
        title = _("You do not belong to the team for {place}, {day}, any more").format(place=place, day=on)
        url = VISITS_URL
    else:
        title = _("Inspection of {place} on {day}").format(place=place, day=on)
    return Line(title, detail, url)


def visits_in_calendar(person: Person, day: dt.date) -> QuerySet[Visit]:
    """Those that are ahead or going on, of whose team the person is, or at whose institution they work and are told of
    them."""
    works_at = RoleAssignment.objects.on(day).filter(person=person, institution__isnull=False).values("institution")
    rows = Visit.objects.visible_to(person, day).filter(state__in=[VisitState.PLANNED, VisitState.UNDER_WAY])
    own = Q(team__contains=[person.pk]) | Q(institution__in=works_at)
    return rows.filter(own).select_related("institution", "plan__agency").order_by("planned_on", "pk")


def visits_changed_at(visits: Iterable[Visit]) -> dict[uuid.UUID, dt.datetime]:
    """When each was last changed. One query."""
    found = {each.pk: each.institution_id for each in visits}
    trail = (
        apps.get_model("inspection", "VisitEvent")
        ._default_manager.filter(id__in=found, institution__in=set(found.values()))
        .order_by()
    )
    return dict(trail.values_list("id").annotate(Max("pgh_created_at")))
