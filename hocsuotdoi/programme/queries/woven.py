"""What a unit's year was for other programmes (library digitisation, new rural areas …): each activity counts for every
programme that it names, and once in the sum (FEATURES P13)."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, Func, Q, Sum

from hocsuotdoi.activities.enums import OtherProgramme
from hocsuotdoi.indicators.queries.frame import frame_of
from hocsuotdoi.indicators.queries.sums import entries_of_year
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import AssignmentState
from hocsuotdoi.programme.models.assignment import AssignmentQuerySet

SESSIONS, ATTENDANCE = MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE


@dataclass(frozen=True, slots=True)
class Part:
    """`sessions` and `attendance` from the ledger; `asked` tasks of which `done` are done."""

    sessions: int
    attendance: int
    asked: int
    done: int


@dataclass(frozen=True, slots=True)
class Woven:
    """`parts` do not add up to `once`: what counts for several programmes stands in each of them."""

    parts: dict[OtherProgramme, Part]
    once: Part


def woven(unit: AdminUnit, year: int, day: dt.date, tasks: AssignmentQuerySet) -> Woven:
    """By programme, all of them, and everything that counts for any, once. `tasks`: those that the reader may see, of
    the year and the unit. Four queries."""
    entries = entries_of_year(frame_of(unit, year, day)).filter(
        measure__in=[SESSIONS, ATTENDANCE], tags__overlap=OtherProgramme.values
    )
    held: Counter[tuple[str, str]] = Counter()
    by_tag = entries.annotate(tag=Func(F("tags"), function="unnest")).values_list("tag", "measure").order_by()
    for tag, measure, quantity in by_tag.annotate(Sum("quantity")):
        held[tag, measure] += quantity
    once = dict(entries.order_by().values_list("measure").annotate(Sum("quantity")))
    tagged = tasks.filter(task__programmes__overlap=OtherProgramme.values).exclude(state=AssignmentState.DROPPED)
    numbers = {"asked": Count("pk"), "done": Count("pk", Q(state=AssignmentState.DONE))}
    by_programme = tagged.order_by().annotate(tag=Func(F("task__programmes"), function="unnest")).values("tag")
    said = {row["tag"]: row for row in by_programme.annotate(**numbers)}
    together = tagged.aggregate(**numbers)
    return Woven(
        {
            each: Part(
                held[each, SESSIONS],
                held[each, ATTENDANCE],
                said.get(each, {}).get("asked", 0),
                said.get(each, {}).get("done", 0),
            )
            for each in OtherProgramme
        },
        Part(once.get(SESSIONS, 0), once.get(ATTENDANCE, 0), together["asked"], together["done"]),
    )
