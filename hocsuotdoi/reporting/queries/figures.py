"""Every figure of a report in a cycle: its own institutions' (live), what was typed in, and the sums of the approved
reports below it. Each stands once, under its key, with words to print."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, InstitutionPlacement
from hocsuotdoi.places.queries.units import day_on_map_of, units_reading_as
from hocsuotdoi.reporting.enums import CommandLine, Section
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.models.content import FigureContent, Origin
from hocsuotdoi.reporting.queries.activities import VISITS
from hocsuotdoi.reporting.queries.amounts import (
    Amount,
    added_up,
    adds_up,
    indicator_key,
    is_of_year,
    measure_key,
    value_of_amount,
    whole_of,
)
from hocsuotdoi.reporting.queries.consolidation import (
    Missing,
    consolidated,
    institutions_below,
    missing_below,
)
from hocsuotdoi.reporting.queries.own import (
    ATTENDANCE,
    SESSIONS,
    Looked,
    Own,
    asked_pairs,
    is_of_place,
    looked_at,
    own_figures,
    population_of,
    read,
    tells,
)
from hocsuotdoi.reporting.queries.typed import typed_amounts
from hocsuotdoi.reporting.queries.wording import (
    NOT_REPORTED,
    day_words,
    figure_words,
    indicator_label,
    measure_label,
    number_words,
    share_words,
)
from hocsuotdoi.reporting.queries.year_before import YearBefore, own_before, typed_before, year_before

_TIERS = list(Tier.values)
_OF_THIS_PLACE = (
    "Chỉ tính người tham gia trên địa bàn: không gồm hoạt động của cơ sở trước khi chuyển đến đây, vì mẫu số là dân số "
    "của chính địa bàn."
)


@dataclass
class Figures:
    """Of one year. `told` by key; `values` by indicator and cohort, for the report's unit. `sums`: of the year."""

    looked: Looked
    is_leaf: bool
    own: Own
    typed: dict[str, Amount] = field(default_factory=dict)
    sums: dict[str, Amount] = field(default_factory=dict)
    missing: Missing = field(default_factory=Missing)
    values: dict[Pair, IndicatorValue] = field(default_factory=dict)
    told: dict[str, FigureContent] = field(default_factory=dict)
    before: YearBefore | None = None
    """Of what of the year before the report tells besides."""

    @property
    def report(self) -> Report:
        return self.looked.report

    @property
    def year(self) -> int:
        return self.looked.year

    @property
    def as_of(self) -> dt.date:
        return self.looked.as_of

    @property
    def last_day(self) -> dt.date:
        return self.own.frame.last_day

    def tell(
        self,
        key: str,
        label: str,
        amount: Amount,
        words: str,
        *,
        note: str = "",
        is_additive: bool = True,
        origin: Origin | None = None,
    ) -> None:
        self.told[key] = {
            "key": key,
            "label": label + self._when(key),
            "value_state": amount.state,
            "numerator": plain(amount.numerator),
            "denominator": plain(amount.denominator),
            "words": words,
            "reporting": amount.reporting,
            "expected": amount.expected,
            "coverage_words": share_words(amount.reporting, amount.expected),
            "is_additive": is_additive,
            "origin": origin or self._origin(key, is_additive),
            "note": note,
        }

    def _when(self, key: str) -> str:
        """Where a report has figures of several years, each says of which."""
        cycle = self.report.cycle
        if cycle is None or not cycle.is_over_years:
            return f", cả năm {self.year}" if self.year < self.report.year and not whole_of(key) else ""
        if is_of_year(key, cycle.period):
            return f", giai đoạn {cycle.period}"
        return _of_year_words(self.year) if is_of_year(key, self.year) else ""

    @staticmethod
    def plain_label(label: str, year: int) -> str:
        """Without the year that it is told of."""
        return label.removesuffix(_of_year_words(year))

    def _origin(self, key: str, is_additive: bool) -> Origin:
        if key in self.sums or not (self.is_leaf or is_additive or key.startswith("task:")):
            return "consolidated"
        return "typed" if key in self.typed else "counted"

    def combined(self, key: str, more: int) -> Amount | None:
        """What the report itself has and what was approved below, out of `more` that were expected and are missing."""
        total = added_up([self.typed.get(key) or self.own.amounts.get(key), self.sums.get(key)])
        if total is None:
            return Amount(None, None, 0, more) if more else None
        return total.out_of(more)

    def partial(self, territory: AdminUnit, pairs: Collection[Pair]) -> dict[Pair, IndicatorValue]:
        """The figures of the part of the report that lay in a unit of old whose plan goes on for it."""
        report = self.report
        there = units_reading_as(territory, day_on_map_of(territory, self.as_of))
        placed = InstitutionPlacement.objects.filter(
            on(self.as_of), institution__in=self.looked.institutions(), unit__in=there
        )
        frame = self.looked.frame(placed.values_list("institution_id", flat=True), territory)
        defined = [self.own.defined[pair] for pair in pairs if pair in self.own.defined]
        defined = [each for each in defined if not is_of_place(*each) and adds_up(*each)]
        own = Own(frame, {(i.code, c.code): (i, c) for i, c in defined})
        if frame.within and defined:
            own.materials.append(Material(frame, [territory], defined=defined))
            own.read(own.materials[0])
            self.own.materials.extend(own.materials)
        sums = {} if self.is_leaf else consolidated(report, there)
        found: dict[Pair, IndicatorValue] = {}
        for indicator, cohort in defined:
            key = indicator_key(indicator.code, cohort.code, self.year)
            amount = added_up([own.amounts.get(key), sums.get(key)])
            if amount is None:
                continue
            value = value_of_amount(indicator, cohort, territory, self.year, amount, "")
            found[indicator.code, cohort.code] = value
            label = f"{indicator_label(indicator, cohort)}, địa bàn trước đây thuộc {territory.name}"
            self.tell(f"{key}:{territory.code}", label, amount, figure_words(indicator, value), is_additive=False)
        return found

    @cached_property
    def some_moved_here(self) -> bool:
        """Whether an institution of the report stood outside its unit earlier in the year. One query."""
        frame = self.own.frame
        here = units_reading_as(self.report.unit, frame.map_day)
        stood = InstitutionPlacement.objects.during(frame.starts_on, frame.last_day + dt.timedelta(days=1))
        return stood.filter(institution__in=frame.within or ()).exclude(unit__in=here).exists()

    def value(self, unit: AdminUnit, pair: Pair) -> IndicatorValue:
        """Of what nobody is asked here, that it does not apply."""
        known = self.values.get(pair)
        return known or IndicatorValue(*pair, unit, self.year, ValueState.NOT_APPLICABLE)


def _of_year_words(year: int) -> str:
    return f", năm {year}"


def figures_by_year(report: Report, as_of: dt.date, *, is_leaf: bool) -> list[Figures]:
    """The report's figures up to `as_of`, year by year, the last year last. A number of queries for each year that does
    not depend on how many reports lie below, how many institutions are counted or how many figures are asked for."""
    sections = report.cycle.sections if report.cycle else []
    pairs = asked_pairs() if Section.TARGETS in sections else []
    typed, sums = typed_amounts(report), {} if is_leaf else consolidated(report)
    activities = Section.ACTIVITIES in sections
    years = [
        _of_year(looked, pairs, typed, sums, is_leaf=is_leaf, activities=activities)
        for looked in looked_at(report, as_of)
    ]
    if activities and (before := year_before(report, as_of)) is not None:
        _tell_year_before(years[-1], before, typed, sums)
    return years


def _tell_year_before(
    found: Figures, before: YearBefore, typed: Mapping[str, Amount], sums: Mapping[str, Amount]
) -> None:
    """Tells, beside the year's own figures, those of the year before that its report could not know yet."""
    looked = Looked(found.report, before.year, found.as_of)
    own = own_before(before, looked)
    said = typed_before(before, typed, own)
    own = {key: each for key, each in own.items() if key not in said}
    there = Figures(looked, found.is_leaf, Own(looked.frame(()), {}, amounts=own))
    there.typed = said
    there.sums = {key: each for key, each in sums.items() if is_of_year(key, before.year)}
    if not found.is_leaf:
        there.missing = missing_below(found.report, before.last_day)
    _tell_measures(there, activities=True)
    found.told |= there.told
    found.before = before


def _of_year(
    looked: Looked,
    pairs: Sequence[Pair],
    typed: Mapping[str, Amount],
    sums: Mapping[str, Amount],
    *,
    is_leaf: bool,
    activities: bool,
) -> Figures:
    own = own_figures(looked, pairs, is_leaf=is_leaf, activities=activities)
    found = Figures(looked, is_leaf, own)
    told = {
        key for key, each in own.amounts.items() if each.numerator is not None
    }  # nothing typed gives way to nothing
    found.typed = {key: each for key, each in typed.items() if is_of_year(key, looked.year) and key not in told}
    # What adds up over bodies but not over years (tasks that go on for years) is told for the whole period at its end.
    times = [str(looked.year)]
    if looked.is_last and looked.report.cycle:
        times.append(looked.report.cycle.period)
    found.sums = {key: each for key, each in sums.items() if any(is_of_year(key, time) for time in times)}
    if not is_leaf:
        found.missing = missing_below(looked.report, looked.open_on)
    _tell_measures(found, activities=activities)
    anew = _asked_anew(found)
    _tell_indicators(found, anew.figures)
    for material in (anew.material, *own.materials):
        _tell_populations(found, material)
    return found


def plain(number: Decimal | None) -> str | None:
    """Without idle zeros, so that one number is written in one way."""
    if number is None:
        return None
    return format(number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize(), "f")


def _tell_measures(found: Figures, *, activities: bool) -> None:
    year = found.year
    keys = {key for part in (found.own.amounts, found.typed, found.sums) for key in part if key.startswith("measure:")}
    if activities:  # told by nobody yet, they may still be expected of reports that are missing
        keys |= {measure_key(each, year) for each in (SESSIONS, ATTENDANCE, *VISITS)}
    for key in sorted(keys):  # a measure stands before its parts
        missing = sum(count for of_class, count in found.missing.by_class.items() if tells(key, of_class))
        amount = found.combined(key, missing)
        if amount is None:
            continue
        if (whole := found.told.get(whole_of(key))) is not None:
            # Who told the whole and nothing of this part told that there was none of it.
            amount = replace(amount, reporting=whole["reporting"], expected=whole["expected"])
        found.tell(key, measure_label(key), amount, number_or_not(amount))


def _tell_indicators(found: Figures, anew: dict[Pair, tuple[IndicatorValue, Amount]]) -> None:
    report = found.report
    ordered = sorted(found.own.defined.items(), key=lambda each: (each[1][0].ordinal, each[0]))
    for pair, (indicator, cohort) in ordered:
        key = indicator_key(*pair, found.year)
        if pair in anew:
            value, amount = anew[pair]
            note = (
                f"Tính lại ngày {day_words(found.as_of)} trên toàn bộ cơ sở thuộc các báo cáo cấp dưới, vì số người "
                "khác nhau không cộng dồn được."
            )
            found.values[pair] = value
            found.tell(
                key,
                indicator_label(indicator, cohort),
                amount,
                figure_words(indicator, value),
                note=note,
                is_additive=False,
            )
            continue
        total = found.combined(key, _expected_more(found.missing, indicator, cohort))
        if total is None:
            if pair in found.own.values:
                found.values[pair] = found.own.values[pair]
            continue
        known = found.own.values.get(pair) if found.is_leaf and key not in found.typed else None
        value = known or value_of_amount(indicator, cohort, report.unit, found.year, total, "")
        if indicator.kind == IndicatorKind.SHARE_OF_POPULATION and found.is_leaf and found.some_moved_here:
            value = replace(value, note=" ".join(filter(None, [value.note, _OF_THIS_PLACE])))
        found.values[pair] = value
        found.tell(
            key,
            indicator_label(indicator, cohort),
            total,
            _words(indicator, value, total),
            note=value.note,
            is_additive=adds_up(indicator, cohort),
        )


def _words(indicator: Indicator, value: IndicatorValue, amount: Amount) -> str:
    """Of what has parts but makes no share, the parts."""
    if value.has_value or amount.numerator is None or amount.denominator is None:
        return figure_words(indicator, value)
    parts = number_words(amount.numerator), number_words(amount.denominator)
    if indicator.kind == IndicatorKind.GROWTH:
        return f"{parts[0]} lượt so với {parts[1]} lượt năm {value.base_year}"
    return "/".join(parts)


def _expected_more(missing: Missing, indicator: Indicator, cohort: Cohort) -> int:
    if not adds_up(indicator, cohort):
        return 0
    if cohort.kind == CohortKind.UNITS:
        return missing.by_tier.get(cohort.tier, 0)
    return missing.of_classes(cohort.classes)


@dataclass(frozen=True, slots=True)
class _Anew:
    figures: dict[Pair, tuple[IndicatorValue, Amount]] = field(default_factory=dict)
    material: Material | None = None


def _tell_populations(found: Figures, material: Material | None) -> None:
    """Of which year the residents are that shares are divided by."""
    for indicator, cohort in material.defined if material else []:
        told = found.told.get(indicator_key(indicator.code, cohort.code, found.year))
        year = population_of(material, indicator) if material else None
        if told is not None and year is not None and "population_of" not in told:
            told["population_of"] = year


def _asked_anew(found: Figures) -> _Anew:
    """What does not add up, over the institutions of all reports below: not where nothing lies below."""
    report = found.report
    defined = [each for each in found.own.defined.values() if not adds_up(*each) and _is_for(report, *each)]
    institutions = institutions_below(report, found.looked.open_on) if defined and not found.is_leaf else []
    if not institutions:
        return _Anew()
    material = Material(found.looked.frame(institutions), [report.unit], defined=defined)
    read_anew = {(i.code, c.code): read(material, report.unit, i, c) for i, c in defined}
    told = {pair: (value, amount) for pair, (value, amount) in read_anew.items() if amount is not None}
    return _Anew(told, material)


def _is_for(report: Report, indicator: Indicator, cohort: Cohort) -> bool:
    if not is_of_place(indicator, cohort):
        return True
    if report.line != CommandLine.TERRITORY:
        return False
    return cohort.kind != CohortKind.UNITS or _TIERS.index(cohort.tier) >= _TIERS.index(report.unit.tier)


def number_or_not(amount: Amount) -> str:
    return NOT_REPORTED if amount.numerator is None else number_words(amount.numerator)
