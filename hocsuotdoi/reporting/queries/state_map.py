"""How far units are with their reports, as a map of points."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hocsuotdoi.core.charts.chart import Cell, Chart
from hocsuotdoi.core.charts.classes import Classes
from hocsuotdoi.core.charts.points import FEW, Spot, Standing, points
from hocsuotdoi.core.charts.points import WIDTH as MAP_WIDTH
from hocsuotdoi.core.charts.viet_nam import ISLANDS_FROM, island_label, sea_and_islets
from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import UnitAncestry
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Cycle, Report
from hocsuotdoi.reporting.queries.wording import in_sentence

WIDTH, HEIGHT = MAP_WIDTH + 10, 726
"""Of the picture of the country, kept free until it comes."""
_FURTHER = (ReportState.DRAFT, ReportState.RETURNED, ReportState.SUBMITTED, ReportState.APPROVED)


def state_map(cycle: Cycle, reports: QuerySet[Report]) -> Chart:
    """Communes, and where none is asked, whatever unit is: rings where nothing has begun, then the larger and darker,
    the further. Two queries."""
    found = reports.filter(~Q(state=ReportState.EXCUSED), unit__latitude__isnull=False, unit__tier=Tier.COMMUNE)
    labels = [str(ReportState(state).label).capitalize() for state in _FURTHER]
    spots: list[Spot] = []
    named = _archipelagos(cycle)
    rows_of = found.order_by("pk").values_list("state", "unit", "unit__latitude", "unit__longitude")
    for state, unit, latitude, longitude in rows_of:
        is_begun = state in _FURTHER
        figure = _FURTHER.index(ReportState(state)) if is_begun else None
        standing: Standing = "value" if is_begun else "not_reported"
        spots.append(Spot(latitude or 0, longitude or 0, figure, standing, label=named.get(unit, ())))
    if len(spots) >= FEW:  # the country's
        spots += sea_and_islets()
    columns: list[dict[str, object]] = [
        {"label": pgettext("of a report", "State")},
        {"label": _("Reports"), "numeric": True},
    ]
    rows: list[list[Cell]] = []
    title = _("How far the communes are: {cycle}").format(cycle=cycle.title)
    return points(title, spots, Classes((1, 2, 3), labels), columns=columns, rows=rows, data_columns=[], data=[])


def _archipelagos(cycle: Cycle) -> dict[int, tuple[str, str]]:
    """Special zones far out at sea, by unit, with the province that each belongs to."""
    far = UnitAncestry.objects.filter(
        on(cycle.map_on),
        unit__kind=UnitKind.SPECIAL_ZONE,
        unit__longitude__gt=ISLANDS_FROM,
        ancestor__tier=Tier.PROVINCE,
    )
    rows = far.values_list("unit", "unit__short_name", "ancestor__name")
    return {unit: island_label(name, in_sentence(province)) for unit, name, province in rows}
