"""Single acts about a cycle: opening, closing, opening again, throwing away. Each asks once before it is done."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.reporting.enums import CycleState, ReportState
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.operations import cycle as acts
from hocsuotdoi.reporting.operations import opening
from hocsuotdoi.workspace.acts import did
from hocsuotdoi.workspace.cycles.found import address, find_own, to_cycle, to_cycles


@dataclass(frozen=True)
class Act:
    """`text` says what will happen; `done` what has."""

    does: Callable[..., Any]
    possible_in: CycleState
    title: str | Promise
    text: str | Promise
    label: str | Promise
    done: str | Promise
    kind: str = "primary"


def _ask_newcomers(cycle: Cycle, *, version: int, by: Person, at: dt.datetime) -> None:
    """Whatever version of the cycle was looked at: nothing that there is changes."""
    opening.ask_newcomers(cycle, by=by, at=at)


ACTS = {
    "open": Act(
        acts.order_opening,
        CycleState.PREPARING,
        _("Open this cycle?"),
        _("Each body gets its report. Who reports to whom and which institution is counted where stays as it is now."),
        _("Open the cycle"),
        _("The cycle is being opened. That takes a moment; load the page anew to see it."),
    ),
    "wait": Act(
        acts.take_back_opening,
        CycleState.PREPARING,
        _("Do not open it yet?"),
        _("Nothing has been asked of anybody. You can change the cycle again, and open it later."),
        _("Do not open it yet"),
        _("The cycle is being set up again."),
    ),
    "close": Act(
        acts.close_cycle,
        CycleState.OPEN,
        _("Close this cycle?"),
        _("Nobody is reminded or counted as late any more. What was not handed in stays named as missing."),
        _("Close the cycle"),
        _("The cycle is closed."),
    ),
    "reopen": Act(
        acts.reopen_cycle,
        CycleState.CLOSED,
        _("Open this cycle again?"),
        _("Reports that are still owed are asked for again, and reminders go out again."),
        _("Open it again"),
        _("The cycle is open again."),
    ),
    "newcomers": Act(
        _ask_newcomers,
        CycleState.OPEN,
        _("Take in what has come since?"),
        _(
            "Bodies that were set up since the cycle opened get a report by the same rules, and at least 14 days for "
            "it. Institutions that are in no report yet are counted by the same rules, where the report has not been "
            "submitted. Nothing else changes."
        ),
        _("Take them in"),
        _("What has come since is taken in now."),
    ),
    "discard": Act(
        acts.discard_cycle,
        CycleState.PREPARING,
        _("Throw this cycle away?"),
        _("It has never been opened: nobody has been asked for anything. The history keeps what it was."),
        _("Throw it away"),
        _("The cycle has been thrown away."),
        kind="danger",
    ),
}


@require_http_methods(["GET", "POST"])
@requires(Permission.SET_UP_CYCLE)
def cycle_act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    cycle = find_own(request, code)
    what = ACTS.get(act)
    if what is None or cycle.state != what.possible_in:
        raise Http404
    back = address("cycle-detail", cycle)
    if request.method == "POST":
        text = request.POST.get("version", "")
        version = int(text) if text.isdecimal() and len(text) < 10 else 0
        is_done = did(
            request, partial(what.does, cycle, version=version, by=request.user, at=timezone.now()), what.done
        )
        return redirect("workspace:cycles-cycle-list") if is_done and act == "discard" else redirect(back)
    lying = cycle.reports.filter(state=ReportState.SUBMITTED).count() if act == "close" else 0
    context = {"cycle": cycle, "act": what, "lying": lying, "back": back, "path": [to_cycles(), to_cycle(cycle)]}
    return render(request, "workspace/cycles/cycle_act.html", context)
