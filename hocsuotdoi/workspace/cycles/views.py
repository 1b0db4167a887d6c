"""The list of cycles, and what reports of one cost those who write them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.queries.burden import FEWEST, burden_of
from hocsuotdoi.reporting.queries.cycles import cycles_with_counts
from hocsuotdoi.workspace.cycles.found import find_own, to_cycle, to_cycles

_ON_A_PAGE = 25


@require_GET
@requires(Permission.VIEW_REPORT)
def cycle_list(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    day = timezone.localdate()
    cycles = cycles_with_counts(Cycle.objects.visible_to(request.user, day), request.user, day)
    page = Paginator(cycles.order_by("-due_on", "code"), _ON_A_PAGE).get_page(request.GET.get("page"))
    may_create = Permission.SET_UP_CYCLE in request.permissions
    return render(request, "workspace/cycles/cycle_list.html", {"page_obj": page, "may_create": may_create})


@require_GET
@requires(Permission.SET_UP_CYCLE)
def cycle_burden(request: HttpRequest, code: str) -> HttpResponse:
    """For who set the cycle up: by tier and line, never by body or person."""
    cycle = find_own(request, code)
    burden = burden_of(cycle)
    context = {
        "cycle": cycle,
        "burden": burden,
        "chart": burden.chart,
        "fewest": FEWEST,
        "path": [to_cycles(), to_cycle(cycle)],
    }
    return render(request, "workspace/cycles/cycle_burden.html", context)
