"""What is to be done, gathered from the areas for one person. Each group is left out when nothing is in it."""

import datetime as dt
from collections.abc import Set
from dataclasses import dataclass, field

from django.utils.functional import Promise

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission


@dataclass(frozen=True)
class Job:
    """One thing to do. `due` in words; `is_late` shows it in the colour of attention."""

    title: str
    url: str
    detail: str = ""
    due: str = ""
    is_late: bool = False
    is_sample: bool = False


@dataclass(frozen=True)
class Group:
    title: str | Promise
    icon: str
    jobs: list[Job] = field(default_factory=list)
    more: int = 0  # how many are not shown
    more_url: str = ""


def todo(person: Person, permissions: Set[Permission], *, now: dt.datetime, day: dt.date) -> list[Group]:
    """The groups in the order in which a day goes: roll, closing, drafts, criteria, report, findings, targets."""
    return []
