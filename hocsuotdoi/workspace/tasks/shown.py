"""A task handed down as lists and pages show it."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hocsuotdoi.core.templatetags.house import day_short, shorten
from hocsuotdoi.programme.enums import WAITING, AssignmentState
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.queries.evidence import EvidenceReading
from hocsuotdoi.programme.queries.standing import LATE, SHOWN, days_over, standing_on

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
SHOWN_NAME = gettext_lazy("shown, not yet called done")


@dataclass(frozen=True)
class Shown:
    """`proposes`: what was held meets the rule, so it may be called done in one tap; `state` is what people said
    nevertheless, `state_name` how it stands. `is_cut`: the title leaves words out. `sign`: state and lateness as one
    letter."""

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


def shown(assignment: Assignment, day: dt.date, evidence: EvidenceReading | None = None) -> Shown:
    """The assignment comes with its task, clause, plan, agency and tally (`queries.assignments.in_words`). `evidence`:
    as it was just read, else as it was counted last."""
    state = AssignmentState(assignment.state)
    tally = getattr(assignment, "tally", None)
    met_on = evidence.met_on if evidence else tally.met_on if tally else None
    standing = standing_on(day, said=state, due_on=assignment.due_on, done_on=assignment.done_on, met_on=met_on)
    whole = capfirst(str(assignment))
    title = shorten(whole, 160)
    return Shown(
        pk=assignment.pk,
        version=assignment.version,
        title=title,
        is_cut=title != whole,
        url=reverse("workspace:programme-task-detail", args=[assignment.pk]),
        body=assignment.agency.name,
        source=source_of(assignment),
        state=state.value,
        state_name=SHOWN_NAME if standing == SHOWN else state.label,
        state_kind="gold" if standing == SHOWN else _KINDS[state],
        sign={LATE: "!", SHOWN: "◐"}.get(standing, _SIGNS[state]),
        due=due_words(assignment, day, met_on if standing == SHOWN else None),
        is_late=standing == LATE,
        is_waiting=state in WAITING,
        happenings=tally.happenings if tally else None,
        proposes=standing == SHOWN,
    )


def source_of(assignment: Assignment) -> str:
    """From where it comes, in a few words."""
    if assignment.task is None:
        if assignment.origin.startswith("inspection."):
            return str(_("from a finding of an inspection"))
        return str(_("asked outside the plans"))
    return f"{assignment.task.plan.name}, {assignment.task.clause.path}"


def due_words(assignment: Assignment, day: dt.date, shown_on: dt.date | None = None) -> str:
    """By when, and how late or how near it is while it waits; when it was done, or what is held showed it to be
    (`shown_on`), and how long after its day."""
    if assignment.state == AssignmentState.DONE or shown_on is not None:
        on = shown_on or assignment.done_on
        words = _("shown since {day}") if shown_on else _("done on {day}")
        over = days_over(assignment.due_on, on)
        after = ngettext("{count} day after its day", "{count} days after its day", over).format(count=over)
        return words.format(day=day_short(on)) + (f", {after}" if over else "")
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
