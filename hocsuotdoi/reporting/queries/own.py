"""The figures of the institutions that are counted in one report: live, from the book, over these and no others.

The kept parts of indicators (decision 0085) are not used here: they know whole communes of today's map, not lists of
institutions on the day of a cycle (decision 0097).
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, OuterRef

from hocsuotdoi.activities.enums import Observance
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, columns_of
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.figure import value_of
from hocsuotdoi.indicators.queries.frame import ChosenMap, Frame, Map
from hocsuotdoi.indicators.queries.material import Defined, Material, defined_by
from hocsuotdoi.indicators.queries.parts import parts_from
from hocsuotdoi.indicators.queries.reported import own_year, reporting_by_year
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair
from hocsuotdoi.indicators.queries.sums import Counted, counted_for, entries_of_year
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import InstitutionState, LineKind
from hocsuotdoi.places.models import AdminUnit, Agency, AgencyLine, InstitutionStatus
from hocsuotdoi.programme.enums import BINDING
from hocsuotdoi.programme.models import Target
from hocsuotdoi.reporting.enums import CommandLine, Detail, ReportState
from hocsuotdoi.reporting.models import CountedInstitution, Report
from hocsuotdoi.reporting.queries.activities import VISITS, longer_by_month, observance_sums, sums_by_month
from hocsuotdoi.reporting.queries.amounts import LONGER, Amount, adds_up, indicator_key, measure_key

SESSIONS, ATTENDANCE = MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE


@dataclass(frozen=True)
class Own:
    """What institutions say that are looked at for one report. `amounts` by key; `values` as indicators tell them, with
    their notes."""

    frame: Frame
    defined: dict[Pair, Defined]
    has_any: bool = False
    materials: list[Material] = field(default_factory=list)
    amounts: dict[str, Amount] = field(default_factory=dict)
    values: dict[Pair, IndicatorValue] = field(default_factory=dict)

    def read(self, material: Material) -> None:
        for indicator, cohort in material.defined:
            value, amount = read(material, material.frame.unit, indicator, cohort)
            self.values[indicator.code, cohort.code] = value
            if amount is not None:
                self.amounts[indicator_key(indicator.code, cohort.code, self.frame.year)] = amount


def figures_until(report: Report, day: dt.date) -> dt.date:
    """The last day whose happenings the report counts, seen from `day`."""
    cycle = report.cycle
    assert cycle is not None
    return min(day, cycle.counted_until)


@dataclass(frozen=True, slots=True)
class Looked:
    """A year of a report, as it is looked at. `open_on`: of a report over several years only institutions that were
    open on the year's last day are looked at for it, so that each year says what a report of that year alone would."""

    report: Report
    year: int
    as_of: dt.date
    is_last: bool = True

    @property
    def is_one_of_several(self) -> bool:
        return self.report.cycle is not None and self.report.cycle.is_over_years

    @property
    def open_on(self) -> dt.date | None:
        return min(self.as_of, dt.date(self.year, 12, 31)) if self.is_one_of_several else None

    def frame(self, institutions: Collection[int], unit: AdminUnit | None = None) -> Frame:
        """On the map of the cycle, over these institutions."""
        cycle = self.report.cycle
        chosen = ChosenMap(Map.DAY, cycle.map_on if cycle else self.as_of)
        return Frame(unit or self.report.unit, self.year, self.as_of, chosen, within=frozenset(institutions))

    def institutions(self) -> dict[int, str]:
        """Those counted in the report itself, with their class. Of bodies that report totals only, none: their totals
        are typed in. One query."""
        if self.report.detail == Detail.TOTALS:
            return {}
        counted = CountedInstitution.objects.filter(report=self.report)
        if self.open_on is not None:
            is_open = InstitutionStatus.objects.on(self.open_on).filter(state=InstitutionState.ACTIVE)
            counted = counted.filter(Exists(is_open.filter(institution=OuterRef("institution"))))
        return dict(counted.values_list("institution_id", "institution__institution_class"))


def looked_at(report: Report, as_of: dt.date) -> list[Looked]:
    """The years of the report that have begun by `as_of`, the last one last."""
    cycle = report.cycle
    if cycle is None or not cycle.is_over_years:
        return [Looked(report, report.year, as_of)]
    begun = [year for year in cycle.years if year <= as_of.year] or [cycle.years[0]]
    return [Looked(report, year, as_of, is_last=year == begun[-1]) for year in begun]


def tells(key: str, institution_class: str) -> bool:
    """Whether institutions of the class are expected to tell a measure: visits are those of libraries, museums or
    centres, the rest is asked of all."""
    measure = key.split(":")[1]
    return measure not in VISITS or measure in {column.measure for column in columns_of(institution_class)}


def asked_pairs() -> list[Pair]:
    """Each (indicator, cohort) for which a plan in force sets a figure, wherever: so that a report has what any report
    above it needs to add up. One query."""
    return sorted(set(Target.objects.filter(plan__status__in=BINDING).values_list("indicator_id", "cohort_id")))


def is_of_place(indicator: Indicator, cohort: Cohort) -> bool:
    """Whether it counts units or residents."""
    return cohort.kind == CohortKind.UNITS or indicator.kind == IndicatorKind.SHARE_OF_POPULATION


def is_asked(report: Report, indicator: Indicator, cohort: Cohort, *, is_leaf: bool) -> bool:
    """Whether this report looks at its own institutions for the figure. What counts units or residents is of the
    territory: told once, by the body of that very unit. What does not add up is asked anew where reports come
    together."""
    if not is_leaf and not adds_up(indicator, cohort):
        return False
    if not is_of_place(indicator, cohort):
        return True
    if report.line != CommandLine.TERRITORY:
        return False
    if cohort.kind == CohortKind.UNITS:
        return cohort.tier == report.unit.tier if cohort.tier else is_leaf
    return True


def own_figures(looked: Looked, pairs: Sequence[Pair], *, is_leaf: bool, activities: bool) -> Own:
    """A number of queries that depends on the kinds of figures alone. Where the report counts nobody itself, only what
    is of the territory: a commune without any institution is still a commune."""
    report, institutions = looked.report, looked.institutions()
    frame = looked.frame(institutions)
    defined = {(i.code, c.code): (i, c) for i, c in defined_by(frame, pairs)} if pairs else {}
    own = Own(frame, defined, has_any=bool(institutions))
    asked = [
        each
        for each in defined.values()
        if is_asked(report, *each, is_leaf=is_leaf) and (institutions or is_of_place(*each))
    ]
    if asked:
        own.materials.append(Material(frame, [report.unit], defined=asked))
        own.read(own.materials[0])
    if activities and institutions:
        own.amounts.update(measures_of(frame, institutions, by_month=not looked.is_one_of_several))
    return own


def read(
    material: Material, unit: AdminUnit, indicator: Indicator, cohort: Cohort
) -> tuple[IndicatorValue, Amount | None]:
    """The figure, and what of it adds up; None where nobody is asked. No query.

    Growth from nothing has no rate but has parts, and they count above: so they are told whatever the figure's state.
    """
    parts = parts_from(material, unit, indicator, cohort).settled()
    value = value_of(material, unit, indicator, cohort, parts)
    if value.kept_back:
        return value, Amount(None, None, value.reporting, value.expected, is_kept_back=True)
    if indicator.kind == IndicatorKind.GROWTH and parts.expected:
        if counted_for(indicator, cohort).base_before(material.frame.year) is not None and parts.reporting:
            return value, Amount(Decimal(parts.total), Decimal(parts.base), parts.reporting, parts.expected)
        return value, Amount(None, None, 0, parts.expected)
    if value.has_value and value.numerator is not None:
        below = 1 if indicator.kind == IndicatorKind.YES_NO else value.denominator
        return value, Amount(Decimal(value.numerator), _decimal(below), value.reporting, value.expected)
    if value.expected and value.denominator == 0:  # a share of nothing, yet with its parts
        return value, Amount(_decimal(value.numerator), Decimal(0), value.reporting, value.expected)
    return value, Amount(None, None, value.reporting, value.expected) if value.expected else None


def population_of(material: Material, indicator: Indicator) -> int | None:
    """Of which year the residents are that the figure is divided by; None where it is not."""
    if indicator.kind != IndicatorKind.SHARE_OF_POPULATION:
        return None
    residents = material.residents.get(material.frame.unit.pk)
    return residents.year if residents else None


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def measures_of(frame: Frame, institutions: Mapping[int, str], *, by_month: bool = True) -> dict[str, Amount]:
    """What was held, who came and who visited, whole and cut by sex, age, month and observance; of several years not by
    month. A whole is told wherever somebody is asked for it, so that who was silent stays expected in every sum above:
    0 where somebody reports that count, else not reported. Six queries."""
    year = frame.year
    reporting = who_told(frame, institutions)
    entries = entries_of_year(frame)
    totals: Counter[str] = Counter({measure_key(whole, year): 0 for whole in (SESSIONS, ATTENDANCE, *VISITS)})
    for measure, sex, age_band, month, quantity in sums_by_month(entries):
        totals[measure_key(measure, year)] += quantity
        if measure == ATTENDANCE:
            totals[measure_key(measure, year, "sex", sex)] += quantity
            totals[measure_key(measure, year, "age", age_band)] += quantity
        if by_month:
            totals[_month_key(measure, year, month)] += quantity
    if by_month:
        for measure, month, quantity in longer_by_month(frame):
            totals[_month_key(measure, year, month)] -= quantity
            totals[_month_key(measure, year, LONGER)] += quantity
    for tag, measure, quantity in observance_sums(entries):
        if tag in Observance.values:
            totals[measure_key(measure, year, "observance", tag)] += quantity
    return amounts_of(totals, institutions, reporting, always={key for key in totals if key.count(":") == 2})


def _month_key(measure: str, year: int, month: int | str) -> str:
    return measure_key("visit" if measure in VISITS else measure, year, "month", month)


def who_told(frame: Frame, institutions: Mapping[int, str]) -> dict[str, set[int]]:
    """Measure to those of them that report it in the frame's year; «visit» is any of the visits. Three queries."""
    asked = {measure: Counted((measure,), (), ()) for measure in (SESSIONS, ATTENDANCE, *VISITS)}
    found = reporting_by_year(frame, asked.values(), own_year, list(institutions))
    # Of many institutions the query is not told which, so others may be among the rows.
    told = {str(measure): found[each, frame.year] & institutions.keys() for measure, each in asked.items()}
    return {**told, "visit": set().union(*(told[each] for each in VISITS))}


def amounts_of(
    totals: Mapping[str, int],
    institutions: Mapping[int, str],
    told_by: Mapping[str, Set[int]],
    *,
    always: Collection[str],
) -> dict[str, Amount]:
    """By key, with of how many it is told (`told_by`: see `who_told`). `always`: keys that are told wherever anybody is
    asked for them; another that sums to nothing, also after a reversal, is left out."""
    told: dict[str, Amount] = {}
    for key, quantity in totals.items():
        asked = {each for each, of_class in institutions.items() if tells(key, of_class)}
        reporting = told_by[key.split(":")[1]]
        if quantity or (key in always and asked):
            number = Decimal(quantity) if quantity or reporting & asked else None
            told[key] = Amount(number, None, len(reporting & asked), len(asked))
    return told


def has_sample(report: Report) -> bool:
    """Made-up institutions are counted here, or in an approved report that goes into this one. Two queries."""
    counted = CountedInstitution.objects.filter(report=report, institution__is_sample=True)
    below = report.from_below.filter(state=ReportState.APPROVED, approved__content__has_sample=True)
    return counted.exists() or below.exists()


def superior_of(agency: Agency, day: dt.date) -> Agency | None:
    """Who commands it. One query."""
    line = AgencyLine.objects.on(day).filter(agency=agency, kind=LineKind.ADMINISTRATIVE)
    found = line.select_related("superior").first()
    return found.superior if found else None
