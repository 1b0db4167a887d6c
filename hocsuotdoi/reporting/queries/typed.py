"""Which totals a body may type into its report, and which it has."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.reporting.enums import Detail, Section
from hocsuotdoi.reporting.models import Content, CountedInstitution, Report, TypedTotal
from hocsuotdoi.reporting.queries.amounts import Amount, adds_up, indicator_key, is_of_year, measure_key
from hocsuotdoi.reporting.queries.own import asked_pairs
from hocsuotdoi.reporting.queries.wording import MEASURE_LABELS, indicator_label, measure_label
from hocsuotdoi.reporting.queries.year_before import year_before

TYPED_MEASURES = (MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE, MeasureCode.LIBRARY_VISIT)
_TOTALS = ("measure:", "indicator:")
_KINDS = (IndicatorKind.COUNT, IndicatorKind.STOCK, IndicatorKind.GROWTH, IndicatorKind.SHARE_OF_INSTITUTIONS)


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A figure that can be typed. `has_parts`: numerator and denominator; `is_share`: of which the first is a part of
    the second (growth holds two years against each other). `total`: what was typed so far."""

    key: str
    label: str
    has_parts: bool
    is_share: bool
    total: TypedTotal | None = None

    @property
    def seen(self) -> str:
        return seen_of(self.total)


class Typed(Protocol):
    """A total, kept or only just typed."""

    @property
    def numerator(self) -> Decimal | None: ...
    @property
    def denominator(self) -> Decimal | None: ...
    @property
    def source(self) -> str: ...


def seen_of(total: Typed | None) -> str:
    """A few signs that change with what a row says, and are the same for all that says nothing: who writes into it says
    by them which row they had before them."""
    said: list[str] = []
    if total is not None and (total.numerator, total.denominator) != (None, None):
        said = [*(str(_plain(part)) for part in (total.numerator, total.denominator)), plain_source(total.source)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def plain_source(text: str) -> str:
    """As it is kept."""
    return " ".join(normalise(text).split())[:300]


def _plain(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.normalize()


def typed_rows(report: Report) -> list[TypedRow]:
    """What the body can type, in the order of the document: where it reports totals only, whatever is asked of armed
    forces' libraries; else figures of which nobody is counted in its report. Six queries at most."""
    totals = {total.key: total for total in TypedTotal.objects.filter(report=report)}
    sections = report.cycle.sections if report.cycle else []
    classes = _classes(report)
    rows = []
    years = _years(report)
    if Section.ACTIVITIES in sections and (report.detail == Detail.TOTALS or not classes):
        for measure in TYPED_MEASURES:
            for year, when in years.items():
                key = measure_key(measure, year)
                rows.append(TypedRow(key, MEASURE_LABELS[measure] + when, False, False, totals.get(key)))
        if report.cycle and (before := year_before(report, report.cycle.counted_until)) is not None:
            for measure in TYPED_MEASURES:
                key = before.rest_key(measure)
                rows.append(TypedRow(key, measure_label(key), False, False, totals.get(key)))
    if Section.TARGETS in sections:
        for indicator, cohort in _defined(asked_pairs()):
            if not _can_be_typed(report, indicator, cohort, classes):
                continue
            has_parts = indicator.kind not in (IndicatorKind.COUNT, IndicatorKind.STOCK) or bool(indicator.over)
            is_share = has_parts and indicator.kind != IndicatorKind.GROWTH
            for year, when in years.items():
                key = indicator_key(indicator.code, cohort.code, year)
                label = indicator_label(indicator, cohort) + when
                rows.append(TypedRow(key, label, has_parts, is_share, totals.get(key)))
    return rows


def _years(report: Report) -> dict[int, str]:
    """Each year that is asked for, with the words that tell it from the others."""
    cycle = report.cycle
    if cycle is None or not cycle.is_over_years:
        return {report.year: ""}
    return {year: f", năm {year}" for year in cycle.years if year <= cycle.counted_until.year}


def typed_amounts(report: Report) -> dict[str, Amount]:
    """By key. One query."""
    rows = TypedTotal.objects.filter(report=report)
    return {row.key: Amount(row.numerator, row.denominator) for row in rows if row.numerator is not None}


def totals_missing(report: Report, content: Content) -> bool:
    """Whether a body that reports totals only tells none: neither typed here nor added up from approved reports below.
    Money and tasks are no totals of that kind, nor is what was asked anew of institutions whose report is missing."""
    told = (each for each in content.get("figures", ()) if each["is_additive"] and each["numerator"] is not None)
    if "period" not in content:  # what is added to the year before makes no report of this one
        told = (each for each in told if is_of_year(each["key"], content["year"]))
    is_told = any(each["origin"] != "counted" and each["key"].startswith(_TOTALS) for each in told)
    return report.detail == Detail.TOTALS and not is_told


def _classes(report: Report) -> set[str]:
    counted = CountedInstitution.objects.filter(report=report)
    return set(counted.values_list("institution__institution_class", flat=True).distinct())


def _defined(pairs: Sequence[tuple[str, str]]) -> list[tuple[Indicator, Cohort]]:
    indicators = Indicator.objects.in_bulk({indicator for indicator, _cohort in pairs})
    cohorts = Cohort.objects.in_bulk({cohort for _indicator, cohort in pairs})
    found = [(indicators[indicator], cohorts[cohort]) for indicator, cohort in pairs]
    return sorted(found, key=lambda each: (each[0].ordinal, each[1].name))


def _can_be_typed(report: Report, indicator: Indicator, cohort: Cohort, classes: set[str]) -> bool:
    if cohort.kind != CohortKind.INSTITUTIONS or indicator.kind not in _KINDS or not adds_up(indicator, cohort):
        return False
    if report.detail == Detail.TOTALS:
        return InstitutionClass.LIBRARY_ARMED_FORCES in cohort.classes
    return not classes & set(cohort.classes)
