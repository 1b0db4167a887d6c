"""What the pages of figures show, made ready: values in words, addresses that open them. Templates ask nothing."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import day
from hocsuotdoi.indicators.enums import Outcome, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.criteria import InstitutionReading
from hocsuotdoi.indicators.queries.definitions import counts_happenings, has_condition
from hocsuotdoi.indicators.queries.lineage import Lineage, MeasureTotal, Row
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.suppression import counts_people
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.registry import describe_sources
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import Institution
from hocsuotdoi.portal.indicators.map_choice import map_query, named
from hocsuotdoi.portal.indicators.words import coverage_words, is_kept_back, unit_address, value_words

SHEETS = {
    "activities.session": "portal:activities-session-sheet",
    "activities.recording": "portal:activities-session-sheet",
}
"""Where the acts behind postings are shown, by source kind; each page decides who sees names on it."""


@dataclass(frozen=True, slots=True)
class ShownValue:
    name: str
    words: str
    coverage: str
    note: str
    url: str
    numerator: int | None
    denominator: int | None
    base_year: int | None


def shown_value(
    value: IndicatorValue, indicator: Indicator, cohort: Cohort, query: dict[str, str] | None = None
) -> ShownValue:
    """`query`: what the address that opens it keeps."""
    return ShownValue(
        name=value.unit.name,
        words=value_words(value, indicator),
        coverage=coverage_words(value, indicator, cohort),
        note=value.note,
        url=unit_address(
            "portal:indicators-value-lineage", value.unit, value.year, indicator.code, cohort.code, **(query or {})
        ),
        numerator=None if is_kept_back(value, indicator) else value.numerator,
        denominator=value.denominator,
        base_year=value.base_year,
    )


def children_of_figure(found: Lineage) -> tuple[list[ShownValue], int]:
    """The units below, and how many are left out because the figure does not apply to them."""
    apply = [each for each in found.children if each.state != ValueState.NOT_APPLICABLE]
    kept = map_query(found.frame.map)
    shown = [shown_value(each, found.indicator, found.cohort, kept) for each in apply]
    if kept and found.frame.unit.ends_on is None:  # below a unit that stands one that has ended may bear another's name
        shown = [replace(each, name=named(value.unit)) for each, value in zip(shown, apply, strict=True)]
    return shown, len(found.children) - len(apply)


@dataclass(frozen=True, slots=True)
class Behind:
    """An institution behind a figure."""

    institution: Institution
    url: str
    outcome: str
    is_met: bool
    is_known: bool
    quantity: int | None
    base_quantity: int | None
    is_compared: bool
    is_told: bool = True


def behind(found: Lineage, rows: Sequence[Row]) -> list[Behind]:
    """The rows with names; where a checklist decides each opens into it, where something is counted into postings."""
    institutions = Institution.objects.in_bulk([row.institution_id for row in rows])
    return [_behind(found, row, institutions[row.institution_id]) for row in rows]


def _behind(found: Lineage, row: Row, institution: Institution) -> Behind:
    year = found.frame.year
    if row.outcome is not None and not has_condition(found.indicator):
        url = reverse("portal:indicators-institution-lineage", args=[institution.code, year, found.indicator.code])
    elif counts_happenings(found.indicator):
        url = reverse("portal:indicators-posting-list", args=[institution.code, year, found.indicator.measures[0]])
    else:
        url = reverse("portal:places-institution-detail", args=[institution.code])
    # Of a single house the numbers of one sex or age are small.
    is_told = not ((found.indicator.sexes or found.indicator.age_bands) and counts_people(found.indicator.measures))
    return Behind(
        institution=institution,
        url=url,
        outcome=_outcome_words(row.outcome, is_told=is_told),
        is_met=is_told and row.outcome == Outcome.MET,
        is_known=is_told and row.outcome in (Outcome.MET, Outcome.NOT_MET),
        quantity=row.quantity if is_told else None,
        base_quantity=row.base_quantity if is_told else None,
        is_compared=row.is_compared,
        is_told=is_told,
    )


def _outcome_words(outcome: Outcome | None, *, is_told: bool) -> str:
    if outcome is None:
        return ""
    return str(outcome.label) if is_told else _("not told")


def counted_children(found: MeasureTotal, year: int) -> list[dict[str, Any]]:
    """The units below in which something was counted."""
    kept = map_query(found.frame.map)
    return [
        {
            "name": named(unit) if kept else unit.name,
            "quantity": quantity,
            "url": unit_address("portal:indicators-measure-lineage", unit, year, found.measure.value, **kept),
        }
        for unit, quantity in found.children
        if quantity
    ]


def counted_institutions(
    rows: Iterable[tuple[Institution, int]], year: int, measure: MeasureCode
) -> list[dict[str, Any]]:
    return [
        {
            "name": institution.name,
            "class": InstitutionClass(institution.institution_class).label,
            "is_sample": institution.is_sample,
            "quantity": quantity,
            "url": reverse("portal:indicators-posting-list", args=[institution.code, year, measure.value]),
        }
        for institution, quantity in rows
    ]


def measures_of_criteria(institution: Institution, year: int, reading: InstitutionReading) -> list[dict[str, str]]:
    """The counts that a checklist looks at, each opening into the institution's postings."""
    codes: list[str] = []
    for answer in reading.answers:
        parameters = answer.criterion.parameters
        codes += [parameters["measure"]] if "measure" in parameters else parameters.get("measures", [])
    return [
        {
            "label": str(MeasureCode(code).label),
            "url": reverse("portal:indicators-posting-list", args=[institution.code, year, code]),
        }
        for code in dict.fromkeys(codes)
    ]


def shown_postings(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of `posting_lines` with their acts in words."""
    sources = [(line["posting__source_kind"], line["posting__source_id"]) for line in lines]
    described = describe_sources(sources)
    return [
        {
            "detail": " · ".join(filter(None, [day(line["occurred_on"]), line["posting__reason"]])),
            "quantity": line["quantity"],
            "source": described.get(source),
            "is_reversal": line["posting__kind"] == PostingKind.REVERSAL,
            "is_reversed": line["is_reversed"],
            "url": reverse("portal:indicators-posting-detail", args=[line["posting_id"]]),
        }
        for line, source in zip(lines, sources, strict=True)
    ]


def sheet_address(source_kind: str, source_id: uuid.UUID) -> str:
    """The page of the act behind a posting; empty where it has none."""
    try:
        return reverse(SHEETS[source_kind], args=[source_id])
    except (KeyError, NoReverseMatch):
        return ""
