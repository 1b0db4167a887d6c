"""What stands on a unit's page. A fixed number of queries, whatever the unit."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count
from django.urls import NoReverseMatch, reverse

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.queries.offer import Wish, whats_on
from hocsuotdoi.indicators.queries.values import counts_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Certainty, InstitutionClass
from hocsuotdoi.places.models import AdminUnit, Agency, Institution, Succession, UnitNote
from hocsuotdoi.places.queries.institutions import institutions_in
from hocsuotdoi.places.queries.units import became, children_of, day_on_map_of, path_of, was

_SHOWN_SESSIONS = 5
_SHOWN_INSTITUTIONS = 8
_SHOWN_MEASURES = [
    MeasureCode.PROGRAMME_SESSION,
    MeasureCode.PROGRAMME_ATTENDANCE,
    MeasureCode.LIBRARY_VISIT,
    MeasureCode.MUSEUM_VISIT,
    MeasureCode.CENTRE_VISIT,
]


@dataclass(frozen=True)
class CountShown:
    label: str
    number: int
    url: str


@dataclass
class UnitPage:
    unit: AdminUnit
    day: dt.date
    """The day of the map the page is read on: as asked, or the nearest on which the unit stands."""
    year: int
    path: list[AdminUnit]
    children: list[AdminUnit]
    became: list[Succession]
    was: list[Succession]
    notes: list[UnitNote]
    agencies: list[Agency]
    classes: list[tuple[str, int]]
    institutions: list[Institution]
    sessions: list[Session]
    counts: list[CountShown]
    targets: list = field(default_factory=list)

    @property
    def parent(self) -> AdminUnit | None:
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def main_successor(self) -> AdminUnit | None:
        return self.became[0].successor if self.became else None

    @property
    def institution_count(self) -> int:
        return sum(number for _label, number in self.classes)

    @property
    def is_uncertain(self) -> bool:
        return any(step.certainty == Certainty.UNCERTAIN for step in [*self.became, *self.was])


def unit_page(unit: AdminUnit, *, day: dt.date, at: dt.datetime) -> UnitPage:
    """`day` is the day asked for, `at` the moment of asking (for what is still to come)."""
    day = day_on_map_of(unit, day)
    institutions = institutions_in(unit, day)
    stands = unit.ends_on is None
    return UnitPage(
        unit=unit,
        day=day,
        year=day.year,
        path=path_of(unit, day),
        children=list(children_of(unit, day)),
        became=list(became(unit)),
        was=list(was(unit)),
        notes=list(unit.notes.all()),
        agencies=list(Agency.objects.on(day).filter(unit=unit).order_by("pk")),
        classes=_by_class(institutions),
        institutions=list(institutions[:_SHOWN_INSTITUTIONS]),
        sessions=list(whats_on(Wish(unit=unit), at=at)[:_SHOWN_SESSIONS]) if stands else [],
        counts=_counts(unit, day),
    )


def _by_class(institutions) -> list[tuple[str, int]]:
    numbers = dict(institutions.order_by().values_list("institution_class").annotate(n=Count("pk")))
    return [(label, numbers[value]) for value, label in InstitutionClass.choices if value in numbers]


def _counts(unit: AdminUnit, day: dt.date) -> list[CountShown]:
    counted = counts_for(unit, day.year, as_of=day)
    return [
        CountShown(measure.label, counted[measure], _lineage_url(unit, day.year, measure))
        for measure in _SHOWN_MEASURES
    ]


def _lineage_url(unit: AdminUnit, year: int, measure: MeasureCode) -> str:
    try:
        return reverse("portal:indicators-measure-lineage", args=[unit.code, year, measure])
    except NoReverseMatch:
        return ""
