"""What stands on a unit's page. A fixed number of queries, whatever the unit."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Case, Count, Q, QuerySet, When
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.queries.offer import Wish, whats_on
from hocsuotdoi.indicators.queries.divided import gathered_words, rule_words, said_of
from hocsuotdoi.indicators.queries.values import counts_for
from hocsuotdoi.indicators.queries.words import as_defined
from hocsuotdoi.ledger.enums import VISITS, MeasureCode
from hocsuotdoi.places.enums import Certainty, InstitutionClass
from hocsuotdoi.places.models import AdminUnit, Agency, Institution, Succession, UnitNote
from hocsuotdoi.places.queries.history import division_of, is_gathered_in, rules_by_unit
from hocsuotdoi.places.queries.institutions import institutions_in
from hocsuotdoi.places.queries.units import became, children_of, day_on_map_of, path_of, reading_of, was
from hocsuotdoi.portal.indicators.words import coverage_words, is_kept_back, unit_address, value_words
from hocsuotdoi.programme.enums import TargetUnit
from hocsuotdoi.programme.queries.targets import TargetReading, unit_targets

_SHOWN_SESSIONS = 5
_SHOWN_INSTITUTIONS = 8
_CLASS_ORDER = Case(*(When(institution_class=value, then=order) for order, value in enumerate(InstitutionClass.values)))
_SHOWN_MEASURES = [
    MeasureCode.PROGRAMME_SESSION,
    MeasureCode.PROGRAMME_ATTENDANCE,
    *VISITS,
]


@dataclass(frozen=True)
class CountShown:
    label: str
    number: int
    url: str


@dataclass(frozen=True)
class ClassShown:
    """How many institutions of a class stand here."""

    value: str
    label: str
    number: int
    samples: int


@dataclass(frozen=True)
class TargetShown:
    """A target that binds the unit, in words and as a bar."""

    reading: TargetReading
    value_words: str
    value_url: str
    coverage: str
    bar: dict[str, Decimal | str | None] | None
    """What the bar is drawn from; None for figures that are no percentages."""


@dataclass
class UnitPage:
    unit: AdminUnit
    day: dt.date
    """The day of the map the page is read on: as asked, or the nearest on which the unit stands."""
    year: int
    path: list[AdminUnit]
    children: list[AdminUnit]
    main_successor: AdminUnit | None
    """As which unit one that has ended is read on today's map."""
    is_gathered: bool
    """Its land went to several units, and what it counted counts for none of them."""
    became: list[Succession]
    was: list[Succession]
    notes: list[UnitNote]
    rules: list[str]
    """What was divided and is counted whole, here or elsewhere."""
    agencies: list[Agency]
    classes: list[ClassShown]
    has_sample: bool
    """Whether sample institutions stand here, so that the figures hold sample data too."""
    institutions: list[Institution]
    sessions: list[Session]
    counts: list[CountShown]
    targets: list[tuple[str, list[TargetShown]]]
    """By indicator, in the order of the programme."""

    @property
    def figures_url(self) -> str:
        return unit_address("portal:indicators-unit-look", self.unit, year=self.year)

    @property
    def parent(self) -> AdminUnit | None:
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def institution_count(self) -> int:
        return sum(each.number for each in self.classes)

    @property
    def is_uncertain(self) -> bool:
        return any(step.certainty == Certainty.UNCERTAIN for step in [*self.became, *self.was])


def unit_page(unit: AdminUnit, *, day: dt.date, at: dt.datetime) -> UnitPage:
    """`day` is the day asked for, `at` the moment of asking (for what is still to come)."""
    day = day_on_map_of(unit, day)
    institutions = institutions_in(unit, day)
    classes = _by_class(institutions)
    stands = unit.ends_on is None
    after = list(became(unit))
    heir = None if stands else reading_of(unit, timezone.localdate(at))
    divided, is_gathered = division_of(unit, after), heir is not None and is_gathered_in(unit, heir, after)
    found = rules_by_unit([unit], day).get(unit.pk)
    rules = [
        *([said_of(divided)] if divided else []),
        *([gathered_words(unit, heir)] if heir and is_gathered else []),
        *(rule_words(found, unit) if found else []),
    ]
    return UnitPage(
        unit=unit,
        day=day,
        year=day.year,
        path=path_of(unit, day),
        children=list(children_of(unit, day)),
        main_successor=heir,
        is_gathered=is_gathered,
        became=after,
        was=list(was(unit)),
        notes=list(unit.notes.all()),
        rules=list(dict.fromkeys(rules)),
        agencies=list(Agency.objects.on(day).filter(unit=unit).order_by("pk")),
        classes=classes,
        has_sample=any(each.samples for each in classes),
        institutions=list(institutions.order_by(_CLASS_ORDER, "sort_key")[:_SHOWN_INSTITUTIONS]),
        sessions=list(whats_on(Wish(unit=unit), at=at)[:_SHOWN_SESSIONS]) if stands else [],
        counts=_counts(unit, day),
        targets=_targets(unit, day),
    )


def _by_class(institutions: QuerySet[Institution]) -> list[ClassShown]:
    counted = institutions.order_by().values("institution_class")
    rows = counted.annotate(number=Count("pk"), samples=Count("pk", filter=Q(is_sample=True)))
    numbers = {row["institution_class"]: (row["number"], row["samples"]) for row in rows}
    return [ClassShown(v, str(label), *numbers[v]) for v, label in InstitutionClass.choices if v in numbers]


def _counts(unit: AdminUnit, day: dt.date) -> list[CountShown]:
    counted = counts_for(unit, day.year, as_of=day)
    return [
        CountShown(
            capfirst(measure.label),
            counted[measure],
            unit_address("portal:indicators-measure-lineage", unit, day.year, measure),
        )
        for measure in _SHOWN_MEASURES
    ]


def _targets(unit: AdminUnit, day: dt.date) -> list[tuple[str, list[TargetShown]]]:
    readings = unit_targets(unit, day.year, as_of=day)
    return [
        (name, [_target(reading) for reading in group])
        for name, group in groupby(readings, key=lambda each: as_defined(each.value, each.target.indicator).name)
    ]


def _target(reading: TargetReading) -> TargetShown:
    target, value = reading.target, reading.value
    indicator, cohort = target.indicator, target.cohort
    units = {TargetUnit.PERCENT: "%", TargetUnit.PERCENT_PER_YEAR: _("% a year")}
    bar: dict[str, Decimal | str | None] | None = None
    if target.unit in units:
        high = target.high if target.high != target.low else None
        shown = value.percent if value.has_value and not is_kept_back(value, indicator) else None
        bar = {"value": shown, "low": target.low, "high": high, "unit": units[TargetUnit(target.unit)]}
    return TargetShown(
        reading=reading,
        value_words=value_words(value, indicator),
        value_url=unit_address("portal:indicators-value-lineage", value.unit, value.year, indicator.code, cohort.code),
        coverage=coverage_words(value, indicator, cohort),
        bar=bar,
    )
