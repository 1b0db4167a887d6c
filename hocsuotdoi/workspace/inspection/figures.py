"""How far inspection is in a place and a year."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered, units_held
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.inspection.enums import Severity
from hocsuotdoi.inspection.queries.figures import figures_by_part, inspection_figures
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.reporting.formats.table_book import render_table_book
from hocsuotdoi.workspace.inspection.figure_table import inspection_table
from hocsuotdoi.workspace.inspection.forms import FiguresForm
from hocsuotdoi.workspace.inspection.plans import to_visits
from hocsuotdoi.workspace.inspection.shown import offered
from hocsuotdoi.workspace.sheets import attachment


@require_GET
@requires(Permission.VIEW_INSPECTION)
def figure_list(request: HttpRequest) -> HttpResponse:
    """Of a unit whose inspections the person may see; begins with their own. Who holds no territory sees none."""
    day = timezone.localdate()
    covered = units_covered(request.user, Permission.VIEW_INSPECTION, day).exclude(tier=Tier.DISTRICT)
    own = units_held(request.user, Permission.VIEW_INSPECTION, day).first()
    units = offered(covered, own, request.GET.get("unit", ""))
    unit = own or next(iter(units), None)
    context: dict[str, object] = {"path": [to_visits()], "unit": None}
    if unit is not None:
        units = [unit, *(each for each in units if each != unit)]
        asked = {"unit": request.GET.get("unit") or unit.code, "year": request.GET.get("year") or day.year}
        form = FiguresForm(asked, units=units, day=day)
        if not form.is_valid():
            raise Http404
        unit, year = form.units[form.cleaned_data["unit"]], form.cleaned_data["year"]
        found = inspection_figures(unit, year, day)
        parts = figures_by_part(unit, year, day) if unit.tier != Tier.COMMUNE else []
        if parts and request.GET.get("form") == "xlsx":
            book = render_table_book(inspection_table(unit, parts, year, day))
            return attachment(book, "xlsx", f"kiem-tra-{unit.code}-{year}")
        context |= {
            "form": form,
            "unit": unit,
            "year": year,
            "figures": found,
            "findings": [(Severity(name).label, number) for name, number in found.findings.items()],
            "rows": [each for each in parts if each.figures.visits or each.figures.planned],
            "without": [each for each in parts if not (each.figures.visits or each.figures.planned)],
        }
    return render(request, "workspace/inspection/figure_list.html", context)
