"""Reads of tasks that were handed down: whose they are, how far, what is late. Every list takes the day."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_held, agencies_on_line, units_held
from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.dated import on
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.enums import ARMED_FORCES, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, UnitAncestry, UnitReading
from hocsuotdoi.programme.enums import WAITING, AssignmentState
from hocsuotdoi.programme.models import Assignment, AssignmentFile, AssignmentStep, Plan, Task
from hocsuotdoi.programme.models.assignment import AssignmentQuerySet, late_by, shown_by
from hocsuotdoi.programme.queries.standing import LATE, SHOWN

SOON = dt.timedelta(days=14)
NEW = dt.timedelta(days=7)


def own_agencies(person: Someone, day: dt.date) -> QuerySet[Agency]:
    """The bodies for which `person` reports: where a role is held, or at a unit the body that answers for it."""
    at_units = Agency.objects.on(day).filter(
        kind__in=LEADING_KINDS, unit__in=units_held(person, Permission.RECORD_PROGRESS, day).order_by().values("pk")
    )
    held = agencies_held(person, Permission.RECORD_PROGRESS, day)
    return Agency.objects.filter(Q(pk__in=held.values("pk")) | Q(pk__in=at_units.values("pk")))


def own_assignments(person: Someone, day: dt.date) -> AssignmentQuerySet:
    """«Mine»: of the bodies for which one reports."""
    rows: AssignmentQuerySet = Assignment.objects.all()
    return rows.filter(agency__in=own_agencies(person, day).values("pk"))


def in_words(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """With all that a list tells of each: one query."""
    return rows.select_related("task__plan", "task__clause", "agency__unit", "tally")


def by_due_day(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return rows.order_by(F("due_on").asc(nulls_last=True), "agency__unit__sort_key", "task__ordinal", "pk")


def of_year(rows: QuerySet[Assignment], year: int) -> QuerySet[Assignment]:
    """What is asked in that year, once and for all included."""
    return rows.filter(Q(year=year) | Q(year=None))


def matching(rows: QuerySet[Assignment], words: str) -> QuerySet[Assignment]:
    """Those whose words, body or plan hold every word of `words`."""
    for word in normalise(words).split():
        rows = rows.filter(
            Q(task__text__icontains=word)
            | Q(title__icontains=word)
            | Q(agency__name__icontains=word)
            | Q(task__plan__number__icontains=word)
        )
    return rows


def counts_of(rows: QuerySet[Assignment], day: dt.date) -> dict[str, int]:
    """How many in each state; apart from them those that are shown to be done and not called so, which are in no other
    state; and how many of those that wait are late. One query."""
    given = {state.value: Count("pk", filter=_in_state(state, day)) for state in AssignmentState}
    given |= {LATE: Count("pk", filter=late_by(day)), SHOWN: Count("pk", filter=shown_by(day))}
    return rows.order_by().aggregate(all=Count("pk"), **given)


def in_state(rows: QuerySet[Assignment], state: str, day: dt.date) -> QuerySet[Assignment]:
    """Those that `counts_of` counts under that word."""
    return rows.filter(shown_by(day) if state == SHOWN else _in_state(state, day))


def _in_state(state: str, day: dt.date) -> Q:
    return Q(state=state) & ~shown_by(day) if state in WAITING else Q(state=state)


def late_of(person: Someone, day: dt.date) -> QuerySet[Assignment]:
    return by_due_day(in_words(own_assignments(person, day).late(day)))


def shown_of(person: Someone, day: dt.date) -> QuerySet[Assignment]:
    return by_due_day(in_words(own_assignments(person, day).shown(day)))


def soon_of(person: Someone, day: dt.date) -> QuerySet[Assignment]:
    rows = own_assignments(person, day).waiting().exclude(shown_by(day))
    return by_due_day(in_words(rows.filter(due_on__gte=day, due_on__lte=day + SOON)))


def new_of(person: Someone, day: dt.date, at: dt.datetime) -> QuerySet[Assignment]:
    """What somebody handed down in the last days and that waits, and is neither shown, late nor due soon."""
    rows = own_assignments(person, day).waiting().filter(handed_at__gt=at - NEW, handed_by__isnull=False)
    return by_due_day(in_words(rows.exclude(shown_by(day)).exclude(due_on__lte=day + SOON)))


def to_report_for(person: Someone, day: dt.date) -> AssignmentQuerySet:
    """Those on which `person` may report, as `rules.rights_on` says of one."""
    own = agencies_held(person, Permission.RECORD_PROGRESS, day).values("pk")
    rows: AssignmentQuerySet = Assignment.objects.filter(
        ~Q(agency__kind__in=ARMED_FORCES) | Q(agency__in=own),
        agency__in=agencies_on_line(person, Permission.RECORD_PROGRESS, day),
    )
    return rows


@dataclass
class Trail:
    """A step with who took it and what was handed in with it."""

    step: AssignmentStep
    by: str
    files: list[AssignmentFile] = field(default_factory=list)


def trail_of(assignment: Assignment) -> list[Trail]:
    """The newest first. Three queries."""
    steps = list(assignment.steps.prefetch_related("files").order_by("-at", "-pk"))
    names = names_of({step.by for step in steps if step.by})
    return [Trail(step, names.get(step.by, "") if step.by else "", list(step.files.all())) for step in steps]


def names_of(people: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=list(people))}


@dataclass
class Below:
    """What became of a task at the bodies to which it was handed on."""

    asked: int
    done: int
    late: int


def below(assignment: Assignment, day: dt.date) -> Below:
    """Of those that name this one as theirs to answer for. One query."""
    counts = counts_of(assignment.handed_down.all(), day)
    return Below(counts["all"] - counts[AssignmentState.DROPPED], counts[AssignmentState.DONE], counts["late"])


def done_by_task(plan: Plan, year: int) -> dict[int, tuple[int, int]]:
    """For each task of `plan` how many bodies have done it, of how many that are asked in `year`. One query."""
    rows = (
        of_year(Assignment.objects.filter(task__plan=plan), year)
        .exclude(state=AssignmentState.DROPPED)
        .order_by()
        .values("task")
        .annotate(done=Count("pk", filter=Q(state=AssignmentState.DONE)), asked=Count("pk"))
        .values_list("task", "done", "asked")
    )
    return {task: (done, asked) for task, done, asked in rows}


@dataclass
class GridRow:
    """A body with its assignments in the order of the columns; None where it is not asked."""

    agency: Agency
    cells: list[Assignment | None]


@dataclass
class Grid:
    tasks: list[Task]
    rows: list[GridRow]


def grid_of(visible: QuerySet[Assignment], unit: AdminUnit, year: int, day: dt.date) -> Grid:
    """The bodies right under `unit`, and its own, by task; those of a unit that has ended where it is read. Two
    queries."""
    there = UnitAncestry.objects.on(day).filter(ancestor=unit, distance__lte=1).values("unit")
    near = UnitReading.objects.on(day).filter(reads_as__in=there).values("unit")
    rows = list(
        of_year(visible, year)
        .filter(agency__unit__in=near, task__isnull=False)
        .select_related("agency__unit", "tally")
        .order_by("agency__unit__tier", "agency__unit__sort_key", "agency__name", "agency")
    )
    tasks = list(
        Task.objects.filter(pk__in={row.task_id for row in rows})
        .select_related("plan", "clause")
        .order_by("plan__issued_on", "plan", "ordinal")
    )
    by_key = {task.pk: task for task in tasks}
    by_agency: dict[Agency, dict[int, Assignment]] = {}
    for row in rows:
        row.task = by_key[row.task_id or 0]
        by_agency.setdefault(row.agency, {})[row.task_id or 0] = row
    own = [agency for agency in by_agency if agency.unit_id == unit.pk]
    agencies = [*own, *(agency for agency in by_agency if agency.unit_id != unit.pk)]
    return Grid(tasks, [GridRow(each, [by_agency[each].get(task.pk) for task in tasks]) for each in agencies])


@dataclass
class PartOfCountry:
    unit: AdminUnit
    asked: int
    done: int
    shown: int
    doing: int
    cannot: int
    late: int


_OF_A_PROVINCE = ("asked", "done", "shown", "doing", "cannot", "late")


def by_province(visible: QuerySet[Assignment], year: int, day: dt.date) -> list[PartOfCountry]:
    """How far each province is, with all that lies or is read in it. Two queries, however many there are."""
    provinces = AdminUnit.objects.on(day).filter(tier=Tier.PROVINCE)
    lies = UnitAncestry.objects.on(day).filter(ancestor__in=provinces)
    rows = (
        of_year(visible, year)
        .exclude(state=AssignmentState.DROPPED)
        .filter(on(day, "agency__unit__readings__"), agency__unit__readings__reads_as__ancestries__in=lies)
        .order_by()
        .values("agency__unit__readings__reads_as__ancestries__ancestor")
        .annotate(
            asked=Count("pk"),
            done=Count("pk", filter=Q(state=AssignmentState.DONE)),
            shown=Count("pk", filter=shown_by(day)),
            doing=Count("pk", filter=_in_state(AssignmentState.DOING, day)),
            cannot=Count("pk", filter=Q(state=AssignmentState.CANNOT)),
            late=Count("pk", filter=late_by(day)),
        )
        .values_list("agency__unit__readings__reads_as__ancestries__ancestor", *_OF_A_PROVINCE)
    )
    counts = {unit: numbers for unit, *numbers in rows}
    return [PartOfCountry(each, *counts[each.pk]) for each in provinces.order_by("sort_key") if each.pk in counts]


def changed_at(rows: QuerySet[Assignment]) -> dict[int, dt.datetime]:
    """When each was last said something of. One query."""
    steps = AssignmentStep.objects.filter(assignment__in=rows.order_by().values("pk")).order_by()
    return dict(steps.values_list("assignment").annotate(Max("at")))


def tasks_that_wait(agency: Agency, day: dt.date) -> list[str]:
    """For whoever is about to end the body: how many tasks it was handed and has not done. One query."""
    if not (number := Assignment.objects.waiting().filter(agency=agency).count()):
        return []
    said = ngettext("{number} task waits for this body.", "{number} tasks wait for this body.", number)
    return [said.format(number=number)]
