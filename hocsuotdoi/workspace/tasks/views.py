"""Mine today, list, board, calendar, timeline: five looks at the same tasks."""

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_held
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.templatetags.house import month as month_words
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.programme.enums import WAITING, AssignmentState
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.models.assignment import AssignmentQuerySet
from hocsuotdoi.programme.operations.confirming import MOST
from hocsuotdoi.programme.queries.assignments import (
    by_due_day,
    counts_of,
    in_state,
    in_words,
    late_of,
    matching,
    new_of,
    of_year,
    own_assignments,
    shown_of,
    soon_of,
)
from hocsuotdoi.programme.queries.standing import SHOWN
from hocsuotdoi.workspace.tasks.feed import feed_address
from hocsuotdoi.workspace.tasks.shown import SHOWN_NAME, Shown, shown

ON_A_PAGE = 25
IN_A_COLUMN = 15
IN_A_SECTION = 12
ON_A_LINE = 40
IN_A_DAY = 4
_LATE, _WAITING, _ALL = "late", "waiting", "all"
_COLUMNS = {
    AssignmentState.TO_DO.value: AssignmentState.TO_DO.label,
    AssignmentState.DOING.value: AssignmentState.DOING.label,
    SHOWN: SHOWN_NAME,
    AssignmentState.DONE.value: AssignmentState.DONE.label,
    AssignmentState.CANNOT.value: AssignmentState.CANNOT.label,
}
"""Of the board: each task that is asked stands in one."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for; what it cannot mean narrows nothing."""

    view: str
    scope: str
    state: str
    year: int
    words: str

    def address(self, **other: object) -> str:
        values = {"view": self.view, "scope": self.scope, "state": self.state, "year": self.year, "q": self.words}
        given = {name: value for name, value in {**values, **other}.items() if value not in ("", None)}
        return f"{reverse('workspace:programme-task-list')}?{urlencode(given)}"


@require_GET
@requires(Permission.VIEW_TASKS)
def task_list(request: HttpRequest) -> HttpResponse:
    """Whoever reports for no body sees those that they may see instead of their own."""
    now = timezone.now()
    day = timezone.localdate(now)
    reports = Permission.RECORD_PROGRESS in request.permissions
    asked = _asked(request, day, reports=reports)
    look = _LOOKS[asked.view]
    place = units_held(request.user, Permission.VIEW_TASKS, day).first()
    is_above = place is not None and place.tier != Tier.COMMUNE
    context = {
        "asked": asked,
        "day": day,
        "tabs": _tabs(asked, reports=reports),
        "scopes": _scopes(asked) if reports else [],
        "years": [day.year + 1, day.year, day.year - 1, day.year - 2],
        "states": _states(),
        "own": asked.scope == "own",
        # An office of a commune has nobody below; a planner hands down to it.
        "may_hand_down": Permission.ASSIGN_TASK in request.permissions and (is_above or not reports),
        "grid_url": reverse("workspace:programme-task-grid", args=[place.code, asked.year]) if place else "",
        "woven_url": reverse("workspace:programme-task-woven", args=[place.code, asked.year]) if place else "",
        "untaken_url": reverse("workspace:programme-task-rehoming-list")
        if Permission.EDIT_PLAN in request.permissions
        else "",
        "feed": feed_address(request) if reports else "",
        **look(request, asked, now, day),
    }
    return render(request, f"workspace/tasks/task_{asked.view}.html", context)


def _asked(request: HttpRequest, day: dt.date, *, reports: bool) -> Asked:
    given = request.GET
    view = given.get("view", "")
    if view not in _LOOKS or (view == "today" and not reports):
        view = "today" if reports else "list"
    year = given.get("year", "")
    states = {_LATE, _WAITING, _ALL, SHOWN, *AssignmentState.values}
    return Asked(
        view=view,
        scope="own" if reports and given.get("scope") != "all" else "all",
        state=given.get("state", "") if given.get("state") in states else _WAITING,
        year=int(year) if year.isdecimal() and 2000 <= int(year) <= 2100 else day.year,
        words=given.get("q", "").strip()[:100].replace("\x00", ""),
    )


def _rows(request: HttpRequest, asked: Asked, day: dt.date) -> AssignmentQuerySet:
    if asked.scope == "own":
        rows = own_assignments(request.user, day)
    else:
        rows = Assignment.objects.visible_to(request.user, day)
    if not (asked.view == "list" and asked.state in (_LATE, SHOWN)):  # what waits does, of whatever year it is
        rows = of_year(rows, asked.year)
    return matching(rows, asked.words)  # type: ignore[return-value]


def _today(request: HttpRequest, asked: Asked, now: dt.datetime, day: dt.date) -> dict[str, Any]:
    found = [
        (pgettext("task", "Late"), late_of(request.user, day), _LATE),
        (_("Shown by what was held: call it done"), shown_of(request.user, day), SHOWN),
        (_("Due in the next two weeks"), soon_of(request.user, day), _WAITING),
        (_("Newly handed down"), new_of(request.user, day, now), _WAITING),
    ]
    sections = []
    for title, rows, state in found:
        most = MOST if state == SHOWN else IN_A_SECTION  # one tap is for all of them, and each stands there to be seen
        shown_rows = [shown(each, day) for each in rows[: most + 1]]
        if shown_rows:
            url = asked.address(view="list", state=state) if len(shown_rows) > most else ""
            rows_here = shown_rows[:most]
            sections.append({"title": title, "rows": rows_here, "more_url": url, "is_shown": state == SHOWN})
    own = own_assignments(request.user, day)
    counts = counts_of(of_year(own, day.year), day)
    return {"sections": sections, "counts": counts | {"late": own.late(day).count()}}


def _list(request: HttpRequest, asked: Asked, now: dt.datetime, day: dt.date) -> dict[str, Any]:
    rows = _rows(request, asked, day)
    if asked.state == _LATE:
        rows = rows.late(day)
    elif asked.state == _WAITING:
        rows = rows.waiting()
    elif asked.state != _ALL:
        rows = in_state(rows, asked.state, day)
    page = Paginator(by_due_day(in_words(rows)), ON_A_PAGE).get_page(request.GET.get("page"))
    return {"page_obj": page, "rows": [shown(each, day) for each in page]}


def _board(request: HttpRequest, asked: Asked, now: dt.datetime, day: dt.date) -> dict[str, Any]:
    rows = _rows(request, asked, day)
    counts = counts_of(rows, day)
    columns = []
    for state, title in _COLUMNS.items():
        here = by_due_day(in_words(in_state(rows, state, day)))[:IN_A_COLUMN] if counts[state] else []
        columns.append(
            {
                "title": title,
                "count": counts[state],
                "rows": [shown(each, day) for each in here],
                "more_url": asked.address(view="list", state=state) if counts[state] > IN_A_COLUMN else "",
            }
        )
    return {"columns": columns}


def _calendar(request: HttpRequest, asked: Asked, now: dt.datetime, day: dt.date) -> dict[str, Any]:
    first = _month(request.GET.get("month", ""), asked, day)
    after = (first + dt.timedelta(days=32)).replace(day=1)
    before = (first - dt.timedelta(days=1)).replace(day=1)
    rows = _rows(request, Asked(asked.view, asked.scope, asked.state, first.year, asked.words), day)
    due: dict[dt.date, list[Shown]] = {}
    found = in_words(rows.filter(due_on__gte=first, due_on__lt=after).exclude(state=AssignmentState.DROPPED))
    for each in by_due_day(found)[:500]:
        due.setdefault(each.due_on, []).append(shown(each, day))
    days = [
        _shown_day(each, first, day, due.get(each, []))
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
        for each in week
    ]
    return {
        "days": days,
        "month": month_words(first),
        "is_empty": not due,
        "before": asked.address(month=before.strftime("%Y-%m"), year=""),
        "after": asked.address(month=after.strftime("%Y-%m"), year=""),
    }


def _shown_day(each: dt.date, first: dt.date, today: dt.date, rows: list[Shown]) -> dict[str, Any]:
    is_here = each.month == first.month
    classes = [
        "task-day",
        "" if is_here else "task-day-away",
        "" if rows else "task-day-empty",
        "task-day-today" if each == today else "",
    ]
    return {
        "day": each,
        "classes": " ".join(filter(None, classes)),
        "rows": rows[:IN_A_DAY] if is_here else [],
        "more": max(len(rows) - IN_A_DAY, 0),
    }


def _month(text: str, asked: Asked, day: dt.date) -> dt.date:
    try:
        found = dt.datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return day.replace(day=1) if asked.year == day.year else dt.date(asked.year, 1, 1)
    return found if 2000 <= found.year <= 2100 else day.replace(day=1)


def _timeline(request: HttpRequest, asked: Asked, now: dt.datetime, day: dt.date) -> dict[str, Any]:
    """A bar from the beginning to the day due for each; drawn over the year in 365 steps."""
    rows = _rows(request, asked, day).exclude(state=AssignmentState.DROPPED).filter(due_on__isnull=False)
    page = Paginator(by_due_day(in_words(rows)), ON_A_LINE).get_page(request.GET.get("page"))
    new_year = dt.date(asked.year, 1, 1)

    def place(each: dt.date | None, default: int) -> int:
        return default if each is None else min(max((each - new_year).days, 0), 365)

    lines = []
    for each in page:
        start, end = place(each.starts_on, 0), place(each.due_on, 365)
        row, tally = shown(each, day), getattr(each, "tally", None)
        done_on = each.done_on or (tally.met_on if tally and row.proposes else None)
        done = place(done_on, 0) if done_on else None
        lines.append({"row": row, "start": start, "length": max(end - start, 3), "end": end, "done": done})
    months = [{"at": place(dt.date(asked.year, number, 1), 0), "name": str(number)} for number in range(1, 13)]
    is_now = asked.year == day.year
    return {"page_obj": page, "lines": lines, "months": months, "now_at": place(day, 0) if is_now else None}


_LOOKS = {"today": _today, "list": _list, "board": _board, "calendar": _calendar, "timeline": _timeline}


def _tabs(asked: Asked, *, reports: bool) -> list[dict[str, object]]:
    looks = [
        ("today", _("Mine today")),
        ("list", _("List")),
        ("board", _("Board")),
        ("calendar", _("Calendar")),
        ("timeline", _("Timeline")),
    ]
    return [
        {"label": label, "url": asked.address(view=view), "is_current": view == asked.view}
        for view, label in looks
        if reports or view != "today"
    ]


def _scopes(asked: Asked) -> list[dict[str, object]]:
    labels = [("own", _("Our own")), ("all", _("Of all bodies below, too"))]
    return [
        {"label": label, "url": asked.address(scope=scope), "is_current": scope == asked.scope}
        for scope, label in labels
    ]


def _states() -> list[tuple[str, str]]:
    waiting = [(_WAITING, _("still to be done")), (_LATE, _("late")), (SHOWN, str(SHOWN_NAME))]
    single = [(state.value, str(state.label)) for state in AssignmentState if state not in WAITING]
    return [*waiting, *single, (_ALL, _("all"))]
