"""One cycle: while it is set up, what it will ask; afterwards, how far the whole country is at one look."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.charts.chart import Picture
from hocsuotdoi.core.charts.vega import in_both_themes, svg_of
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.reporting.enums import CommandLine, CycleState
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.operations.opening import NotReportedToItsOwner, refuse_astray
from hocsuotdoi.reporting.queries.cycles import ended_bodies, may_set_up, states_visible_to
from hocsuotdoi.reporting.queries.opening_check import opening_check
from hocsuotdoi.reporting.queries.state import country_state, days_late, next_step
from hocsuotdoi.reporting.queries.state_map import HEIGHT, WIDTH, state_map
from hocsuotdoi.reporting.queries.uncounted import left_uncounted
from hocsuotdoi.workspace.cycles.found import address, find, to_cycles
from hocsuotdoi.workspace.cycles.shown import bar_of, tally_rows


@require_GET
@requires(Permission.VIEW_REPORT)
def cycle_detail(request: HttpRequest, code: str) -> HttpResponse:
    cycle = find(request, code)
    day = timezone.localdate()
    may = may_set_up(request.user, cycle, day)
    if cycle.state == CycleState.PREPARING:
        return _being_set_up(request, cycle, day)
    if cycle.owner.unit.tier != Tier.COUNTRY:
        return redirect("workspace:cycles-cycle-unit", code=cycle.code, unit=cycle.owner.unit.code)
    reports = states_visible_to(request.user, cycle, day, may_set_up=may)
    state = country_state(cycle, reports, day)
    rows = [
        {
            "unit": row.unit,
            "url": address("cycle-unit", cycle, row.unit.code),
            "whole": row.whole,
            "bar": bar_of(row.whole),
            "hangs": row.hangs,
        }
        for row in state.rows
    ]
    picture = Picture(address("cycle-map", cycle), WIDTH, HEIGHT, f"{address('cycle-map', cycle)}?narrow=1")
    context = {
        "cycle": cycle,
        "last_day": cycle.ends_on - dt.timedelta(days=1),
        "rows": rows,
        "whole": state.whole,
        "lines": tally_rows(state.lines),
        "central": [(each, next_step(each, cycle), days_late(each, cycle, day)) for each in state.central],
        "ended": ended_bodies(reports, day).count(),
        "picture": picture,
        "reports_url": address("cycle-reports", cycle),
        "may_set_up": may,
        "left": left_uncounted(cycle, day) if may and cycle.state == CycleState.OPEN else None,
        "path": [to_cycles()],
    }
    return render(request, "workspace/cycles/cycle_country.html", context)


@require_GET
@requires(Permission.VIEW_REPORT)
def cycle_map(request: HttpRequest, code: str) -> HttpResponse:
    """Fetched by the page, so that the page does not wait for the drawing."""
    cycle = find(request, code)
    if cycle.state == CycleState.PREPARING:
        raise Http404
    day = timezone.localdate()
    reports = states_visible_to(request.user, cycle, day, may_set_up=False).filter(line=CommandLine.TERRITORY)
    chart = state_map(cycle, reports)
    spec = chart.narrow if "narrow" in request.GET and chart.narrow else chart.spec
    response = HttpResponse(in_both_themes(svg_of(spec, chart.title, chart.legend)), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=300"
    return response


def _being_set_up(request: HttpRequest, cycle: Cycle, day: dt.date) -> HttpResponse:
    check = opening_check(cycle, day)
    try:
        refuse_astray(cycle)
        problem = ""
    except NotReportedToItsOwner as refusal:
        problem = str(refusal)
    context = {
        "cycle": cycle,
        "last_day": cycle.ends_on - dt.timedelta(days=1),
        "sections": [str(label) for value, label in _section_choices() if value in cycle.sections],
        "check": check,
        "rules": check.rules,
        "reminders": list(cycle.reminders.all()),
        "problem": problem,
        "opens_later": cycle.opens_on > day,
        "path": [to_cycles()],
    }
    return render(request, "workspace/cycles/cycle_set_up.html", context)


def _section_choices() -> list[tuple[str, str]]:
    return Cycle._meta.get_field("sections").base_field.choices  # type: ignore[union-attr]  # an array of choices
