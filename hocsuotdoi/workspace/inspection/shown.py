"""A visit as lists and pages show it."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.inspection.enums import Chosen, VisitState
from hocsuotdoi.inspection.models import Visit

_KINDS = {
    VisitState.PLANNED: "neutral",
    VisitState.UNDER_WAY: "working",
    VisitState.CLOSED: "neutral",
    VisitState.CANCELLED: "neutral",
}


@dataclass(frozen=True)
class Row:
    """`is_late`: planned for a day that has passed."""

    title: str
    url: str
    detail: str
    state: str
    state_kind: str
    on: str
    chosen: str
    is_late: bool
    is_sample: bool


def row_of(visit: Visit, day: dt.date) -> Row:
    is_late = visit.state == VisitState.PLANNED and visit.planned_on < day
    return Row(
        title=visit.institution.name,
        url=reverse("workspace:inspection-visit-detail", args=[visit.pk]),
        detail=f"{visit.plan.title} · {visit.plan.agency.name}",
        state=str(VisitState(visit.state).label).capitalize(),
        state_kind="attention" if is_late else _KINDS[VisitState(visit.state)],
        on=day_short(visit.planned_on),
        chosen=str(Chosen(visit.chosen).label),
        is_late=is_late,
        is_sample=visit.institution.is_sample,
    )
