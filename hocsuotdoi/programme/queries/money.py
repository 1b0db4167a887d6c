"""Money as it stands: the lines of an agency, what waits for the finance office, sums up the tree."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.dated import on
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.places.queries.units import children_of, day_on_map_of, units_reading_as
from hocsuotdoi.programme.enums import BUDGETS, MoneySource, MoneyStage
from hocsuotdoi.programme.models import MoneyLine, Plan, Task
from hocsuotdoi.programme.models.money import MoneyLineQuerySet, agencies_with_money

STAGES = tuple(MoneyStage)


def _added(one: int | None, other: int | None) -> int | None:
    known = [each for each in (one, other) if each is not None]
    return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Said:
    """A sum in đồng over the lines that say one; `lines` of `of` do. None: no line says any, which is not 0."""

    amount: int | None
    lines: int
    of: int

    def __add__(self, other: "Said") -> "Said":
        return Said(_added(self.amount, other.amount), self.lines + other.lines, self.of + other.of)


NOTHING = Said(None, 0, 0)


@dataclass(frozen=True, slots=True)
class Sums:
    """What was said at each stage. `asked`, `granted`: what was estimated and allocated of the lines that have been
    appraised, so that each difference is one of the same lines."""

    by_stage: dict[MoneyStage, Said] = field(default_factory=dict)
    asked: int | None = None
    granted: int | None = None

    def of(self, stage: MoneyStage) -> Said:
        return self.by_stage.get(stage, NOTHING)

    def __add__(self, other: "Sums") -> "Sums":
        stages = {stage: self.of(stage) + other.of(stage) for stage in STAGES}
        return Sums(stages, _added(self.asked, other.asked), _added(self.granted, other.granted))

    @property
    def lines(self) -> int:
        """How many there are, whatever they say."""
        return self.of(MoneyStage.ESTIMATED).of

    @property
    def columns(self) -> list[Said]:
        """In the order of the stages."""
        return [self.of(stage) for stage in STAGES]

    @property
    def left(self) -> int | None:
        """Allocated and not spent; None where one of the two has not been said. Less than 0: more was spent."""
        allocated, spent = self.of(MoneyStage.ALLOCATED).amount, self.of(MoneyStage.SPENT).amount
        return None if allocated is None or spent is None else allocated - spent

    @property
    def cut(self) -> int | None:
        """How much less was appraised than had been estimated; None where nothing has been appraised."""
        appraised = self.of(MoneyStage.APPRAISED).amount
        return None if appraised is None or self.asked is None else self.asked - appraised

    @property
    def unallocated(self) -> int | None:
        """Appraised and not allocated; None where nothing has been appraised. Less than 0: more was allocated."""
        appraised = self.of(MoneyStage.APPRAISED).amount
        return None if appraised is None else appraised - (self.granted or 0)


@dataclass(frozen=True, slots=True)
class TaskSums:
    """`task` None: of lines that name no task."""

    task: Task | None
    sums: Sums


@dataclass(frozen=True, slots=True)
class UnitSums:
    unit: AdminUnit
    sums: Sums


def lines_of(agency: Agency, year: int) -> QuerySet[MoneyLine]:
    """The agency's lines of the year, by plan and task, in the order of the documents."""
    lines = MoneyLine.objects.filter(agency=agency, year=year).select_related("plan", "task", "agency")
    return lines.order_by("plan__issued_on", "plan_id", F("task__ordinal").asc(nulls_last=True), "purpose", "pk")


def to_appraise(person: Someone, day: dt.date, year: int | None = None) -> QuerySet[MoneyLine]:
    """Estimates of the state budget that wait, where `person` may appraise and has not estimated: the oldest first."""
    lines = MoneyLine.objects.filter(
        agency__in=agencies_with_money(person, Permission.APPRAISE_MONEY, day),
        source__in=BUDGETS,
        estimated__isnull=False,
        appraised__isnull=True,
        allocated__isnull=True,
    )
    if person is not None and person.is_authenticated:
        lines = lines.exclude(estimated_by=person.pk)
    if year is not None:
        lines = lines.filter(year=year)
    return lines.select_related("agency", "plan", "task").order_by("estimated_at", "pk")


def sums_of(lines: QuerySet[MoneyLine]) -> Sums:
    """One query."""
    return _sums(lines.order_by().aggregate(**_columns()))


def sums_by_source(lines: QuerySet[MoneyLine]) -> dict[MoneySource, Sums]:
    """Sources in their order, only those that occur. One query."""
    rows = {row["source"]: row for row in lines.order_by().values("source").annotate(**_columns())}
    return {source: _sums(rows[source.value]) for source in MoneySource if source.value in rows}


def by_task(lines: QuerySet[MoneyLine]) -> QuerySet[MoneyLine, Any]:
    """A row for each task, in the order of the documents, last for lines that name none. For `task_sums`, whole or a
    page of it."""
    rows: QuerySet[MoneyLine, Any] = lines.order_by().values("task").annotate(**_columns())
    order = ("task__plan__issued_on", "task__plan", "task__ordinal", "task")
    return rows.order_by(*(F(name).asc(nulls_last=True) for name in order))


def task_sums(rows: Iterable[dict[str, Any]]) -> list[TaskSums]:
    """Of rows of `by_task`. Two queries."""
    rows = list(rows)
    tasks = Task.objects.select_related("plan", "clause").in_bulk([row["task"] for row in rows if row["task"]])
    return [TaskSums(tasks.get(row["task"]), _sums(row)) for row in rows]


def sums_for_task(task: Task, agency: Agency, year: int, day: dt.date, person: Someone) -> tuple[Sums, Sums]:
    """What `agency`, and what every office in its unit has said for `task`, as far as `person` may see. One query."""
    lines: MoneyLineQuerySet = MoneyLine.objects.filter(agency=agency, year=year)
    if agency.unit is not None:
        lines = lines_in(agency.unit, year, day)
    seen = lines.filter(task=task).visible_to(person, day).order_by()
    rows = {row["is_own"]: _sums(row) for row in seen.values(is_own=Q(agency=agency)).annotate(**_columns())}
    return rows.get(True, Sums()), total_of(rows.values())


def lines_in(unit: AdminUnit, year: int, day: dt.date) -> MoneyLineQuerySet:
    """Of all agencies whose unit is read at or under `unit` on the day's map (or the nearest on which it stands): money
    of a unit that has ended counts for its main successor, so that a reform takes nothing out of any sum. A body
    without a unit is the whole country's."""
    there = Q(agency__unit__in=units_reading_as(unit, day_on_map_of(unit, day)))
    found: MoneyLineQuerySet = MoneyLine.objects.filter(there | _of_the_country(unit, "agency__"), year=year)
    return found


def _of_the_country(unit: AdminUnit, path: str = "") -> Q:
    """Bodies without a unit, where `unit` is the country; else nothing."""
    return Q(**{f"{path}unit": None}) if unit.tier == Tier.COUNTRY else Q(pk__in=[])


def offices_with_money(person: Someone, unit: AdminUnit, year: int, day: dt.date) -> QuerySet[Agency]:
    """The offices of `unit` itself whose money `person` may see: those that stand, and those that have ended, or whose
    unit has, where they left lines of the year."""
    map_day = day_on_map_of(unit, day)
    left = Exists(MoneyLine.objects.filter(agency=OuterRef("pk"), year=year))
    return (
        agencies_with_money(person, Permission.VIEW_MONEY, day)
        .filter(on(map_day, "unit__readings__") & Q(unit__readings__reads_as=unit) | _of_the_country(unit))
        .filter(on(day) & (Q(unit=unit) | _of_the_country(unit)) | left)
        .select_related("unit")
        .order_by("name", "pk")
    )


def sums_by_child(lines: QuerySet[MoneyLine], unit: AdminUnit, day: dt.date) -> list[UnitSums]:
    """Of `lines` in `unit`, by the units right under it, and `unit` itself for agencies of its own, also those of units
    that it took over: Vietnamese order, itself first. Only where there are lines. Two queries, of the country three."""
    map_day = day_on_map_of(unit, day)
    read = "agency__unit__readings__"
    path = f"{read}reads_as__ancestries__"
    children = children_of(unit, map_day).in_bulk()
    below = lines.filter(
        on(map_day, read),
        on(map_day, path),
        Q(**{f"{path}ancestor__in": list(children)}) | Q(**{f"{path}ancestor": unit, f"{path}distance": 0}),
    )
    rows = below.order_by().values(place=F(f"{path}ancestor")).annotate(**_columns())
    sums = {row["place"]: _sums(row) for row in rows}
    if unit.tier == Tier.COUNTRY and (of_no_unit := sums_of(lines.filter(agency__unit=None))).lines:
        sums[unit.pk] = sums.get(unit.pk, Sums()) + of_no_unit
    found = [UnitSums(unit if place == unit.pk else children[place], each) for place, each in sums.items()]
    return sorted(found, key=lambda each: (each.unit != unit, each.unit.sort_key))


def total_of(parts: Iterable[Sums]) -> Sums:
    total = Sums()
    for each in parts:
        total += each
    return total


def _columns() -> dict[str, Sum | Count]:
    columns: dict[str, Sum | Count] = {"of": Count("pk", distinct=True)}
    for stage in STAGES:
        columns[f"sum_{stage}"] = Sum(stage.value)
        columns[f"lines_{stage}"] = Count(stage.value)
    is_appraised = Q(appraised__isnull=False)
    columns |= {"asked": Sum("estimated", filter=is_appraised), "granted": Sum("allocated", filter=is_appraised)}
    return columns


def _sums(row: Any) -> Sums:
    return Sums(
        {
            stage: Said(
                None if row[f"sum_{stage}"] is None else int(row[f"sum_{stage}"] or 0),
                row[f"lines_{stage}"] or 0,
                row["of"] or 0,
            )
            for stage in STAGES
        },
        *(None if row[name] is None else int(row[name]) for name in ("asked", "granted")),
    )


def numbered_tasks(plan: Plan) -> list[tuple[str, Task]]:
    """The tasks of a plan in its order, with their numbers as people read them there: that of the clause, «I.2.a (2)»
    for the second of several in it. One query."""
    tasks = list(plan.tasks.select_related("clause").order_by("ordinal", "pk"))
    together = Counter(task.clause.path for task in tasks)
    at: Counter[str] = Counter()
    found = []
    for task in tasks:
        path = task.clause.path
        at[path] += 1
        found.append((path if together[path] == 1 else f"{path} ({at[path]})", task))
    return found


def tasks_by_number(plan: Plan) -> dict[str, list[Task]]:
    """The folded number to its task; that of a clause to all of its tasks. One query."""
    found: dict[str, list[Task]] = {}
    for number, task in numbered_tasks(plan):
        for named in {number, task.clause.path}:
            found.setdefault(fold(named), []).append(task)
    return found
