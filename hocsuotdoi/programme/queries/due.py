"""When a task of a plan is due, and whom it asks."""

import calendar
import datetime as dt
import re
from collections.abc import Iterable

from hocsuotdoi.activities.enums import Observance
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.programme.enums import AgencyPart, Recurrence
from hocsuotdoi.programme.models import Task

# The last day of each observance (month, day): after it, nothing held means late.
OBSERVED_BY = {
    Observance.BOOK_DAY: (4, 21),
    Observance.WORLD_BOOK_DAY: (4, 23),
    Observance.MUSEUM_DAY: (5, 18),
    Observance.DIGITAL_DAY: (10, 10),
    Observance.HERITAGE_DAY: (11, 23),
    Observance.LIFELONG_LEARNING_WEEK: (10, 7),
}

RESPONSIBLE = {
    Tier.COUNTRY: AgencyKind.MINISTRY,
    Tier.PROVINCE: AgencyKind.CULTURE,
    Tier.DISTRICT: AgencyKind.CULTURE,
    Tier.COMMUNE: AgencyKind.CULTURE_SOCIETY,
}
"""Which of a unit's bodies answers for the programme."""

# A clause that names a branch and no body («ngành Giáo dục và Đào tạo») asks the unit's body of that branch.
_BRANCHES = [
    (re.compile(r"\bgiao duc\b"), AgencyKind.EDUCATION),
    (re.compile(r"\bquan su\b|\bquoc phong\b"), AgencyKind.MILITARY),
    (re.compile(r"\bcong an\b"), AgencyKind.POLICE),
    (re.compile(r"\btai chinh\b"), AgencyKind.FINANCE),
]


def due_on(task: Task, year: int) -> dt.date | None:
    """The day in `year` by which the task is due: its own, the year's end for yearly work, none for ongoing work."""
    if task.due_month and task.due_day:
        due_year = task.due_year or year
        last = calendar.monthrange(due_year, task.due_month)[1]  # «29/2» every year: the 28th in most
        return dt.date(due_year, task.due_month, min(task.due_day, last))
    if task.due_year or task.recurrence == Recurrence.YEARLY:
        return dt.date(task.due_year or year, 12, 31)
    return None


def handed_down_due_on(task: Task, year: int) -> dt.date | None:
    """As `due_on`; where the task names observance days and no day of its own, the last of them."""
    days = [dt.date(year, *OBSERVED_BY[Observance(each)]) for each in task.observances if each in OBSERVED_BY]
    if days and not (task.due_month or task.due_year):
        return max(days)
    return due_on(task, year)


def year_of(task: Task, year: int) -> int | None:
    """What is asked once and for all has no year."""
    return None if task.recurrence == Recurrence.ONCE else year


def is_asked_in(task: Task, year: int) -> bool:
    """What is due once stays asked until its year has passed; what is asked in one year only, in that year."""
    if task.due_year is None:
        return True
    return task.due_year >= year if task.recurrence == Recurrence.ONCE else task.due_year == year


def kinds_asked(task: Task, tier: str) -> list[str]:
    """Kinds of bodies of a unit of this tier, the one that answers for the task first. The task comes with its
    agencies."""
    leads = [part.written for part in task.agencies.all() if part.part == AgencyPart.LEAD and not part.agency_id]
    return [*branches_named(leads), RESPONSIBLE[Tier(tier)]]


def branches_named(words: Iterable[str]) -> list[AgencyKind]:
    """Branches that words which name no known body speak of."""
    folded = [fold(each) for each in words]
    return [kind for pattern, kind in _BRANCHES if any(pattern.search(each) for each in folded)]
