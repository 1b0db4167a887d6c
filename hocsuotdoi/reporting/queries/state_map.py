"""How far units are with their reports, as a map of points."""

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hocsuotdoi.core.charts.chart import Cell, Chart
from hocsuotdoi.core.charts.classes import Classes
from hocsuotdoi.core.charts.points import WIDTH as MAP_WIDTH
from hocsuotdoi.core.charts.points import Spot, points
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Cycle, Report

WIDTH, HEIGHT = MAP_WIDTH + 10, 726
"""Of the picture of the country, kept free until it comes."""
_FURTHER = (ReportState.DRAFT, ReportState.RETURNED, ReportState.SUBMITTED, ReportState.APPROVED)


def state_map(cycle: Cycle, reports: QuerySet[Report]) -> Chart:
    """Communes, and where none is asked, whatever unit is: rings where nothing has begun, then the larger and darker,
    the further. One query."""
    found = reports.filter(~Q(state=ReportState.EXCUSED), unit__latitude__isnull=False, unit__tier=Tier.COMMUNE)
    labels = [str(ReportState(state).label).capitalize() for state in _FURTHER]
    spots = []
    for state, latitude, longitude in found.order_by("pk").values_list("state", "unit__latitude", F("unit__longitude")):
        is_begun = state in _FURTHER
        figure = _FURTHER.index(ReportState(state)) if is_begun else None
        spots.append(Spot(latitude, longitude, figure, "value" if is_begun else "not_reported"))
    columns: list[dict[str, object]] = [
        {"label": pgettext("of a report", "State")},
        {"label": _("Reports"), "numeric": True},
    ]
    rows: list[list[Cell]] = []
    title = _("How far the communes are: {cycle}").format(cycle=cycle.title)
    return points(title, spots, Classes((1, 2, 3), labels), columns=columns, rows=rows, data_columns=[], data=[])
