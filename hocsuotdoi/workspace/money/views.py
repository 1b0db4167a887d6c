"""Money of a unit up the tree, and the lines of one office."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered, units_held
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.dated import on
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.places.queries.units import path_of
from hocsuotdoi.programme.models import MoneyLine, Plan, Task
from hocsuotdoi.programme.models.money import agencies_with_money
from hocsuotdoi.programme.operations.money import FIRST_YEAR
from hocsuotdoi.programme.queries.binding import addenda_of, binding_plans
from hocsuotdoi.programme.queries.money import (
    by_task,
    lines_in,
    lines_of,
    offices_with_money,
    sums_by_child,
    sums_by_source,
    sums_of,
    task_sums,
    to_appraise,
)
from hocsuotdoi.programme.rules import Entry, money_entry

_ON_A_PAGE = 50
YEARS_AHEAD = 2


@requires(Permission.VIEW_MONEY)
@require_GET
def money_overview(request: HttpRequest) -> HttpResponse:
    """A unit's money of a year: by source, by the units under it, by task, and the offices of the unit itself."""
    today = timezone.localdate()
    year = year_asked(request, today)
    unit = unit_asked(request, today)
    if unit is None:
        return _own_agencies(request, year, today)
    lines = lines_in(unit, year, today).visible_to(request.user, today)
    tasks = Paginator(by_task(lines), _ON_A_PAGE).get_page(request.GET.get("page"))
    covered = set(units_covered(request.user, Permission.VIEW_MONEY, today).values_list("pk", flat=True))
    return render(
        request,
        "workspace/money/overview.html",
        {
            "unit": unit,
            "year": year,
            "years": years_shown(year, today),
            "total": sums_of(lines),
            "sources": sums_by_source(lines),
            "children": [
                {"unit": each.unit, "sums": each.sums, "opens": each.unit != unit and each.unit.pk in covered}
                for each in sums_by_child(lines, unit, today)
            ],
            "tasks": task_sums(tasks.object_list),
            "tasks_page": tasks,
            "agencies": list(offices_with_money(request.user, unit, year, today)),
            "waiting": _waiting(request, today),
            "path": [
                (each.name, f"{reverse('workspace:money-line-list')}?unit={each.code}&year={year}")
                for each in path_of(unit, today)[:-1]
                if each.pk in covered
            ],
        },
    )


def _own_agencies(request: HttpRequest, year: int, today: dt.date) -> HttpResponse:
    """Of whoever holds a role at an office that leads no territory: the office alone."""
    agencies = agencies_with_money(request.user, Permission.VIEW_MONEY, today).filter(on(today))
    return render(
        request,
        "workspace/money/overview.html",
        {
            "unit": None,
            "year": year,
            "years": years_shown(year, today),
            "agencies": list(agencies.order_by("name", "pk")[:_ON_A_PAGE]),
            "waiting": _waiting(request, today),
        },
    )


@requires(Permission.VIEW_MONEY)
@require_GET
def agency_lines(request: HttpRequest, code: str, year: int) -> HttpResponse:
    agency = agency_seen(request, code)
    today = timezone.localdate()
    lines = lines_of(agency, year).select_related("plan", "task__clause", "agency")
    return render(
        request,
        "workspace/money/agency_lines.html",
        {
            "agency": agency,
            "year": year,
            "years": years_shown(year, today),
            "page": Paginator(lines, _ON_A_PAGE).get_page(request.GET.get("page")),
            "total": sums_of(lines),
            "sources": sums_by_source(lines),
            "tasks": task_sums(by_task(lines)),
            "may_estimate": (entry := money_entry(request.user, agency, today)) != Entry.NO,
            "in_place": entry == Entry.IN_PLACE,
            "enters_itself": entry == Entry.NO and request.person_may(Permission.ESTIMATE_MONEY, agency),
            "path": [to_overview()],
        },
    )


def entry_at(request: HttpRequest, agency: Agency) -> Entry:
    """How the person enters this office's money; 403 where not at all."""
    entry = money_entry(request.user, agency, timezone.localdate())
    if entry == Entry.NO:
        raise PermissionDenied
    return entry


def to_overview() -> tuple[str, str]:
    return _("Money"), reverse("workspace:money-line-list")


def agency_seen(request: HttpRequest, code: str) -> Agency:
    """404 where the person may not see the office's money."""
    agencies = agencies_with_money(request.user, Permission.VIEW_MONEY).select_related("unit")
    return get_object_or_404(agencies, code=code)


def lines_seen(request: HttpRequest) -> QuerySet[MoneyLine]:
    return MoneyLine.objects.visible_to(request.user).select_related("agency__unit", "plan", "task")


def plans_for(agency: Agency, day: dt.date) -> list[Plan]:
    """The plans under which the office spends: those that bind its unit, the nearest first; after each the addenda that
    ask something themselves."""
    if agency.unit is None:
        return []
    plans = [each.plan for each in binding_plans(agency.unit, day)]
    asking = addenda_of(plans, day).filter(Exists(Task.objects.filter(plan=OuterRef("pk"))))
    added: dict[int | None, list[Plan]] = {}
    for each in asking.order_by("issued_on", "code"):
        added.setdefault(each.amends_id, []).append(each)
    return [each for plan in plans for each in (plan, *added.get(plan.pk, []))]


def year_asked(request: HttpRequest, today: dt.date) -> int:
    asked = request.GET.get("year", "")
    if not asked:
        return today.year
    if not asked.isdecimal() or len(asked) != 4 or not FIRST_YEAR <= int(asked) <= today.year + YEARS_AHEAD:
        raise Http404
    return int(asked)


def years_shown(year: int, today: dt.date) -> list[int]:
    return [each for each in range(year - 2, year + 3) if FIRST_YEAR <= each <= today.year + YEARS_AHEAD]


def find_year(year: int, today: dt.date) -> None:
    """For another year nothing can be entered, neither on the page nor by a sheet."""
    if not FIRST_YEAR <= year <= today.year + YEARS_AHEAD:
        raise Http404


def unit_asked(request: HttpRequest, today: dt.date) -> AdminUnit | None:
    """The unit of the address, else the person's own; None for whoever covers no unit."""
    if code := request.GET.get("unit", ""):
        if not code.isalnum():
            raise Http404
        return get_object_or_404(units_covered(request.user, Permission.VIEW_MONEY, today).on(today), code=code[:10])
    return units_held(request.user, Permission.VIEW_MONEY, today).first()


def _waiting(request: HttpRequest, today: dt.date) -> int:
    if Permission.APPRAISE_MONEY not in request.permissions:
        return 0
    return to_appraise(request.user, today).count()
