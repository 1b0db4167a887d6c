"""Reads of visits: lists, one visit with all that belongs to it, the people in it."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.command import commanding
from hocsuotdoi.accounts.roles import LEADING_KINDS, ROLES
from hocsuotdoi.core.dated import on
from hocsuotdoi.inspection.enums import VisitState
from hocsuotdoi.inspection.models import (
    Checklist,
    ChecklistItem,
    FindingCheck,
    InspectionPlan,
    Visit,
    VisitAnswer,
    VisitFinding,
    VisitPhoto,
)
from hocsuotdoi.inspection.queries.known import Known, known_of
from hocsuotdoi.places.enums import ARMED_FORCES
from hocsuotdoi.places.models import Agency, Institution, UnitAncestry
from hocsuotdoi.programme.models import Assignment

ORIGIN = "inspection.finding:"
"""How a task that follows a finding is found again."""
CARRIED_AHEAD = dt.timedelta(days=7)
CARRIED_BACK = dt.timedelta(days=14)
_INSPECTING = [role.name for role in ROLES.values() if Permission.INSPECT in role.permissions]


@dataclass(frozen=True)
class Asked:
    """One question of a visit, with what was seen and what was known before."""

    item: ChecklistItem
    answer: VisitAnswer | None
    answered_by: str
    known: Known
    photos: list[VisitPhoto] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """The questions under one heading."""

    heading: str
    asked: list[Asked]


@dataclass(frozen=True)
class Found:
    """A finding, the task that followed, and what was said when somebody looked again."""

    finding: VisitFinding
    task: Assignment | None
    checks: list[tuple[FindingCheck, str]]

    @property
    def is_mended(self) -> bool:
        return bool(self.checks) and self.checks[-1][0].is_mended


@dataclass(frozen=True)
class VisitReading:
    """Everything that stands about one visit. `photos` are those that belong to no question."""

    visit: Visit
    team: list[str]
    parts: list[Part]
    found: list[Found]
    photos: list[VisitPhoto]

    @property
    def asked(self) -> int:
        return sum(len(part.asked) for part in self.parts)

    @property
    def answered(self) -> int:
        return sum(each.answer is not None for part in self.parts for each in part.asked)


def in_words(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """With all that a list tells of each; what is going on first, then what comes next, then the latest."""
    going_on = Case(
        When(state=VisitState.UNDER_WAY, then=Value(0)),
        When(state=VisitState.PLANNED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return (
        visits.select_related("institution", "checklist", "plan__agency")
        .annotate(going_on=going_on)
        .order_by("going_on", "planned_on", "institution__sort_key", "pk")
    )


def visits_by_state(plans: Iterable[InspectionPlan], person: Person, day: dt.date) -> dict[int, dict[str, int]]:
    """By plan, how many of its visits that the person may see are in which state, and `all` that were not cancelled.
    One query."""
    counted = {each.pk: dict.fromkeys([*VisitState.values, "all"], 0) for each in plans}
    seen = Visit.objects.visible_to(person, day).filter(plan__in=counted)
    rows = seen.order_by().values_list("plan", "state").annotate(number=Count("pk"))
    for plan, state, number in rows:
        counted[plan][state] = number
        counted[plan]["all"] += number if state != VisitState.CANCELLED else 0
    return counted


def visits_at(institution: Institution, person: Person, day: dt.date, most: int = 5) -> list[Visit]:
    """The latest at one institution that the person may see; one query."""
    rows = Visit.objects.visible_to(person, day).filter(institution=institution).exclude(state=VisitState.CANCELLED)
    return list(rows.select_related("plan", "checklist").order_by("-planned_on", "-pk")[:most])


def carried_by(person: Person, day: dt.date) -> QuerySet[Visit]:
    """What a phone takes along: own visits that are going on, and those of the next days or lately missed."""
    near = Visit.objects.of(person).filter(planned_on__lte=day + CARRIED_AHEAD)
    open_ones = near.filter(state=VisitState.UNDER_WAY) | near.filter(
        state=VisitState.PLANNED, planned_on__gte=day - CARRIED_BACK
    )
    return open_ones.select_related("institution", "checklist", "plan__agency").order_by("planned_on", "pk")


def people_named(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """One query."""
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=set(keys))}


def inspectors_for(plan: InspectionPlan, day: dt.date) -> list[Person]:
    """Who may be put into a team: those who hold the right to inspect at the plan's body, or in or above its place;
    administrators are no inspectors. The armed forces keep to their own line, and nobody else has people of theirs: who
    is in a team sees the visit."""
    held = RoleAssignment.objects.usable(day).filter(role__in=set(_INSPECTING) - {RoleName.ADMINISTRATOR})
    if plan.agency.kind in ARMED_FORCES:
        here = held.filter(agency__in=commanding([plan.agency_id], day))
    else:
        unit = plan.agency.unit_id
        lines = UnitAncestry.objects.on(day)
        near = lines.filter(ancestor=unit).values("unit").union(lines.filter(unit=unit).values("ancestor"))
        units = list(near.values_list("unit", flat=True))
        civil = held.exclude(agency__kind__in=ARMED_FORCES)
        here = held.filter(agency=plan.agency_id) | civil.filter(unit__in=units) | civil.filter(agency__unit__in=units)
    return list(Person.objects.filter(is_active=True, pk__in=here.values("person")).order_by("full_name", "pk"))


def reading_of_visit(visit: Visit, day: dt.date) -> VisitReading:
    """One visit; a constant number of queries."""
    answers = {each.item_id: each for each in visit.answers.all()}
    photos = list(visit.photos.order_by("taken_at", "pk"))
    findings = list(visit.findings.select_related("item").order_by("pk"))
    checks = list(
        FindingCheck.objects.filter(finding__in=findings, institution=visit.institution_id).order_by("checked_at", "pk")
    )
    tasks = {each.origin: each for each in tasks_of(findings)}
    keys = [*visit.team, *(each.seen_by for each in answers.values()), *(each.checked_by for each in checks)]
    names = people_named(keys)
    items = list(visit.checklist.items.all())
    known = known_of([visit], items, day)
    parts: list[Part] = []
    for item in items:
        answer = answers.get(item.pk)
        asked = Asked(
            item,
            answer,
            names.get(answer.seen_by, "") if answer else "",
            known[visit.pk, item.pk],
            [photo for photo in photos if photo.item_id == item.pk],
        )
        if not parts or parts[-1].heading != item.heading:
            parts.append(Part(item.heading, []))
        parts[-1].asked.append(asked)
    found = [
        Found(
            each,
            tasks.get(f"{ORIGIN}{each.pk}"),
            [(check, names.get(check.checked_by, "")) for check in checks if check.finding_id == each.pk],
        )
        for each in findings
    ]
    team = [names[key] for key in visit.team if key in names]
    return VisitReading(visit, team, parts, found, [photo for photo in photos if photo.item_id is None])


def tasks_of(findings: Iterable[VisitFinding]) -> list[Assignment]:
    """The tasks that follow them; one query."""
    origins = [f"{ORIGIN}{each.pk}" for each in findings]
    return list(Assignment.objects.filter(origin__in=origins).select_related("agency"))


def checklists_for(agency: Agency, at: dt.datetime) -> dict[str, Checklist]:
    """By class, the list that serves a plan of this body: its own, else that of the nearest body above it that leads
    its territory or is of the same kind, else the proposal. Two queries."""
    day = timezone.localdate(at)
    lines = UnitAncestry.objects.on(day).filter(unit=agency.unit_id)
    above = dict(lines.values_list("ancestor", "distance"))
    standing = Q(owner=None) | on(day, "owner__")
    rows = Checklist.objects.filter(standing, published_at__lte=at, retired_at=None).select_related("owner")

    def distance(each: Checklist) -> int | None:
        if each.owner is None:
            return 99
        if each.owner_id == agency.pk:
            return -1
        # Who merely has its seat there, as the army has, says nothing to others.
        heeded = each.owner.kind == agency.kind or each.owner.kind in LEADING_KINDS
        return above.get(each.owner.unit_id or 0) if heeded else None

    near = [(away, each) for each in rows if (away := distance(each)) is not None]
    found: dict[str, Checklist] = {}
    for _away, checklist in sorted(near, key=lambda pair: (pair[0], -pair[1].version, pair[1].code)):
        for institution_class in checklist.classes:
            found.setdefault(institution_class, checklist)
    return found
