"""Reports of a cycle one by one: of a province, of the country by what hangs, as files, and who is to get a letter."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.reporting.enums import CommandLine, CycleState, ReportState
from hocsuotdoi.reporting.formats.state_sheet import render_state
from hocsuotdoi.reporting.models import Cycle, Report
from hocsuotdoi.reporting.queries.cycles import REPORT_URL, letters_wanted, may_set_up, states_visible_to
from hocsuotdoi.reporting.queries.state import ONLY, Asked, ReportRow, report_rows, tally_of
from hocsuotdoi.reporting.queries.uncounted import left_uncounted
from hocsuotdoi.workspace.cycles.found import address, find, find_own, to_cycle, to_cycles
from hocsuotdoi.workspace.cycles.shown import tally_rows
from hocsuotdoi.workspace.sheets import TYPES, attachment

_ON_A_PAGE = 40


@require_GET
@requires(Permission.VIEW_REPORT)
def cycle_unit(request: HttpRequest, code: str, unit: str) -> HttpResponse:
    """Everything that is asked in one province (or in the territory of a cycle that is a province's own)."""
    cycle = _opened(request, code)
    place = _unit(cycle, unit)
    day = timezone.localdate()
    may = may_set_up(request.user, cycle, day)
    reports = states_visible_to(request.user, cycle, day, may_set_up=may)
    everything = report_rows(cycle, reports, day, unit=place)
    asked = asked_in(request)
    if asked.state == ReportState.EXCUSED:
        rows = report_rows(cycle, reports, day, unit=place, asked=asked)
    else:
        rows = [each for each in everything if matches(each, asked)]
    is_whole = place.pk == cycle.owner.unit_id
    context = {
        **_listed(request, cycle, rows, asked, {"unit": place.code}),
        "unit": place,
        "is_whole": is_whole,
        "may_set_up": may,
        "left": left_uncounted(cycle, day) if may and is_whole and cycle.state == CycleState.OPEN else None,
        "lines": tally_rows(tally_of(everything)),
        "here": address("cycle-unit", cycle, place.code),
        "path": [to_cycles()] if is_whole else [to_cycles(), to_cycle(cycle)],
    }
    return render(request, "workspace/cycles/cycle_unit.html", context)


@require_GET
@requires(Permission.VIEW_REPORT)
def cycle_reports(request: HttpRequest, code: str) -> HttpResponse:
    """In the whole territory of the cycle, what one looks for: late, returned, without anybody…"""
    cycle = _opened(request, code)
    day = timezone.localdate()
    may = may_set_up(request.user, cycle, day)
    asked = asked_in(request)
    reports = states_visible_to(request.user, cycle, day, may_set_up=may)
    rows = report_rows(cycle, reports, day, asked=asked)
    context = {
        **_listed(request, cycle, rows, asked, {}),
        "may_set_up": may,
        "here": address("cycle-reports", cycle),
        "path": [to_cycles(), to_cycle(cycle)],
    }
    return render(request, "workspace/cycles/cycle_unit.html", context)


@require_GET
@requires(Permission.VIEW_REPORT)
def cycle_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The list as it is narrowed, as CSV or XLSX."""
    if form not in TYPES:
        raise Http404
    cycle = _opened(request, code)
    day = timezone.localdate()
    place = _unit(cycle, request.GET["unit"]) if "unit" in request.GET else None
    may = may_set_up(request.user, cycle, day)
    reports = states_visible_to(request.user, cycle, day, may_set_up=may)
    rows = report_rows(cycle, reports, day, unit=place, asked=asked_in(request))
    return attachment(render_state(cycle.title, _table(rows), form), form, f"{cycle.code}-tinh-hinh")


@require_GET
@requires(Permission.SET_UP_CYCLE)
def cycle_letters(request: HttpRequest, code: str) -> HttpResponse:
    """Late bodies for which a rule asks an official letter; people make and sign it."""
    cycle = find_own(request, code)
    page = Paginator(letters_wanted(cycle), _ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(each, REPORT_URL.format(pk=each.pk)) for each in page]
    context = {
        "cycle": cycle,
        "page_obj": page,
        "rows": rows,
        "may_write": Permission.APPROVE_REPORT in request.permissions,
        "path": [to_cycles(), to_cycle(cycle)],
    }
    return render(request, "workspace/cycles/cycle_letters.html", context)


def asked_in(request: HttpRequest) -> Asked:
    """What is none of the choices is nothing."""
    given = {name: request.GET.get(name, "") for name in ("only", "line", "state")}
    return Asked(
        only=given["only"] if given["only"] in ONLY else "",
        line=given["line"] if given["line"] in CommandLine.values else "",
        state=given["state"] if given["state"] in ReportState.values else "",
    )


def matches(row: ReportRow, asked: Asked) -> bool:
    """As `report_rows` narrows in the database, of rows at hand."""
    state = row.report.state
    of = {
        "": True,
        "late": row.days_late > 0,
        "returned": state == ReportState.RETURNED,
        "no_person": row.is_unmanned,
        "to_approve": state == ReportState.SUBMITTED,
        "ended": row.is_ended,
    }
    return of[asked.only] and asked.line in ("", row.report.line) and asked.state in ("", state)


def _opened(request: HttpRequest, code: str) -> Cycle:
    cycle = find(request, code)
    if cycle.state == CycleState.PREPARING:
        raise Http404
    return cycle


def _unit(cycle: Cycle, code: str) -> AdminUnit:
    if not code.isalnum():
        raise Http404
    return get_object_or_404(AdminUnit.objects.on(cycle.map_on).exclude(tier=Tier.DISTRICT), code=code)


def _listed(
    request: HttpRequest, cycle: Cycle, rows: list[ReportRow], asked: Asked, place: dict[str, str]
) -> dict[str, Any]:
    query = {name: value for name, value in vars_of(asked).items() if value}
    page = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))
    readable = Report.objects.visible_to(request.user, timezone.localdate())
    keys = [each.report.pk for each in page.object_list]
    return {
        "cycle": cycle,
        "page_obj": page,
        "readable": set(readable.filter(pk__in=keys).values_list("pk", flat=True)),
        "asked": asked,
        "only_choices": only_choices(),
        "line_choices": CommandLine.choices,
        "state_choices": ReportState.choices,
        "files": [
            (form.upper(), f"{address('cycle-file', cycle, form)}?{urlencode({**place, **query})}") for form in TYPES
        ],
    }


def vars_of(asked: Asked) -> dict[str, str]:
    return {"only": asked.only, "line": asked.line, "state": asked.state}


def only_choices() -> list[tuple[str, str]]:
    return [
        ("late", _("late")),
        ("returned", _("returned, to be corrected")),
        ("to_approve", _("submitted, to be approved")),
        ("no_person", _("nobody there to write it")),
        ("ended", _("body that has ended")),
    ]


def _table(rows: Iterable[ReportRow]) -> list[list[str | int]]:
    head: list[str | int] = [
        _("Body"),
        _("Unit"),
        _("Code"),
        _("Line of command"),
        pgettext("of a report", "State"),
        _("Due before"),
        _("Days late"),
        _("Number submitted"),
        _("Next step"),
        pgettext("takes the next step", "Who"),
        _("Nobody there"),
    ]
    return [head, *(_cells(row) for row in rows)]


def _cells(row: ReportRow) -> list[str | int]:
    report = row.report
    return [
        str(report.agency),
        report.unit.name,
        report.unit.code,
        str(CommandLine(report.line).label),
        str(ReportState(report.state).label),
        report.due_on.isoformat() if report.due_on else "",
        row.days_late,
        report.submitted.number if report.submitted else "",
        row.next_step,
        row.waits_on,
        _("yes") if row.is_unmanned else "",
    ]
