"""A visit as lists and pages show it, and the places among which they let choose."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, Value, When
from django.urls import reverse

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.inspection.enums import Chosen, VisitState
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

_MOST_UNITS = 400
"""A province has fewer communes than that; the country has not."""

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


def offered(units: QuerySet[AdminUnit], own: AdminUnit | None, asked: str) -> list[AdminUnit]:
    """Among which one chooses: the one `asked` for by its code, then the higher tiers first; under the country no other
    communes, of which there are thousands."""
    asked = asked.replace("\x00", "")
    if own is not None and own.tier == Tier.COUNTRY:
        units = units.filter(Q(tier__in=[Tier.COUNTRY, Tier.PROVINCE]) | Q(code=asked))
    is_asked = Case(When(code=asked, then=Value(0)), default=Value(1))
    tier = Case(*(When(tier=each, then=Value(rank)) for rank, each in enumerate(Tier.values)), default=Value(9))
    rows = units.annotate(is_asked=is_asked, tier_rank=tier).order_by("is_asked", "tier_rank", "sort_key", "pk")
    return list(rows[:_MOST_UNITS])
