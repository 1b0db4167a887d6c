"""What the year was for other programmes: one activity counts for each that it names, and once in the sum."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.places.queries.units import units_reading_as
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.queries.assignments import of_year
from hocsuotdoi.programme.queries.woven import woven


@require_GET
@requires(Permission.VIEW_TASKS)
def task_woven(request: HttpRequest, code: str, year: int) -> HttpResponse:
    day = timezone.localdate()
    if not (code.isalnum() and 2000 <= year <= day.year + 1):
        raise Http404
    unit = get_object_or_404(units_covered(request.user, Permission.VIEW_TASKS, day).on(day), code=code[:10])
    below = Assignment.objects.visible_to(request.user, day).filter(agency__unit__in=units_reading_as(unit, day))
    found = woven(unit, year, day, of_year(below, year))
    context = {
        "unit": unit,
        "year": year,
        "rows": [(programme.label, part) for programme, part in found.parts.items()],
        "once": found.once,
        "years": [
            (each, reverse("workspace:programme-task-woven", args=[code, each]))
            for each in (day.year, day.year - 1, day.year - 2)
            if each != year
        ],
        "path": [(_("Tasks"), reverse("workspace:programme-task-list"))],
    }
    return render(request, "workspace/tasks/task_woven.html", context)
