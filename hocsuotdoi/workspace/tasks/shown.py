"""A task handed down as lists and pages show it."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.programme.enums import WAITING, AssignmentState
from hocsuotdoi.programme.models import Assignment

_KINDS = {
    AssignmentState.TO_DO: "neutral",
    AssignmentState.DOING: "working",
    AssignmentState.DONE: "neutral",
    AssignmentState.CANNOT: "gold",
    AssignmentState.DROPPED: "neutral",
}
_SIGNS = {
    AssignmentState.TO_DO: "○",
    AssignmentState.DOING: "…",
    AssignmentState.DONE: "✓",
    AssignmentState.CANNOT: "×",
    AssignmentState.DROPPED: "/",
}
"""On paper, where a word for each of thirty tasks is too wide."""


@dataclass(frozen=True)
class Shown:
    """`proposes`: what was held meets the rule, so it may be called done in one tap. `is_cut`: the title leaves words
    out. `sign`: state and lateness as one letter."""

    pk: int
    version: int
    title: str
    is_cut: bool
    url: str
    body: str
    source: str
    state: str
    state_name: str | Promise
    state_kind: str
    sign: str
    due: str
    is_late: bool
    is_waiting: bool
    happenings: int | None
    proposes: bool


def shown(assignment: Assignment, day: dt.date) -> Shown:
    """The assignment comes with its task, clause, plan, agency and tally (`queries.assignments.in_words`)."""
    state = AssignmentState(assignment.state)
    tally = getattr(assignment, "tally", None)
    waits = state in WAITING
    late = waits and assignment.due_on is not None and assignment.due_on < day
    whole = capfirst(str(assignment))
    title = Truncator(whole).chars(160)
    return Shown(
        pk=assignment.pk,
        version=assignment.version,
        title=title,
        is_cut=title != whole,
        url=reverse("workspace:programme-task-detail", args=[assignment.pk]),
        body=assignment.agency.name,
        source=source_of(assignment),
        state=state.value,
        state_name=state.label,
        state_kind=_KINDS[state],
        sign="!" if late else _SIGNS[state],
        due=due_words(assignment, day),
        is_late=late,
        is_waiting=waits,
        happenings=tally.happenings if tally else None,
        proposes=waits and tally is not None and tally.met_on is not None,
    )


def source_of(assignment: Assignment) -> str:
    """From where it comes, in a few words."""
    if assignment.task is None:
        if assignment.origin.startswith("inspection."):
            return str(_("from a finding of an inspection"))
        return str(_("asked outside the plans"))
    return f"{assignment.task.plan.name}, {assignment.task.clause.path}"


def due_words(assignment: Assignment, day: dt.date) -> str:
    """By when, and how late or how near it is while it waits."""
    if assignment.state == AssignmentState.DONE:
        return _("done on {day}").format(day=day_short(assignment.done_on))
    if assignment.due_on is None:
        return _("no day set")
    days = (assignment.due_on - day).days
    if assignment.state not in WAITING or days > 14:
        return _("by {day}").format(day=day_short(assignment.due_on))
    if days < 0:
        return ngettext("{count} day late", "{count} days late", -days).format(count=-days)
    if days == 0:
        return _("today")
    return ngettext("{count} day left", "{count} days left", days).format(count=days)
