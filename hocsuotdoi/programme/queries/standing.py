"""How a task stands on a day: what people said of it beside what the books show and what its day was. Pure."""

import datetime as dt

from hocsuotdoi.programme.enums import WAITING, AssignmentState

SHOWN = "shown"
"""What was held meets its rule, and nobody has called it done."""
LATE = "late"


def standing_on(
    day: dt.date, *, said: str, due_on: dt.date | None, done_on: dt.date | None, met_on: dt.date | None
) -> str:
    """A state, or `SHOWN` or `LATE`; `models.assignment.late_by` and `shown_by` say the same in SQL.

    `said`: what people last said; where it was done later than on `day`, what they said before. What the books show is
    not late, although nobody has said it; until the day on which its rule was met it was.
    """
    if done_on is not None and done_on <= day:
        return AssignmentState.DONE.value
    if said not in WAITING:
        return said
    if met_on is not None and met_on <= day:
        return SHOWN
    return LATE if due_on is not None and due_on < day else said


def days_over(due_on: dt.date | None, on: dt.date | None) -> int:
    """How many days after its day it was done or shown; 0: in time, or not at all."""
    return 0 if due_on is None or on is None else max((on - due_on).days, 0)
