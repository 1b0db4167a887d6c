"""The institutions behind each figure of a report: who counts, who does not, of whom nothing is known yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, Outcome
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.frame import Expected, Frame
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.results import Pair
from hocsuotdoi.indicators.queries.sums import counted_for
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.reporting.models.content import BehindContent, MissingContent, TargetContent

UNKNOWN = "unknown"
_OUTCOMES = {
    Outcome.MET: ("yes", "Đạt"),
    Outcome.NOT_MET: ("no", "Chưa đạt"),
    Outcome.UNKNOWN: (UNKNOWN, "Chưa có đủ số liệu"),
    Outcome.NOT_APPLICABLE: ("not_applicable", "Không áp dụng"),
}


@dataclass(frozen=True)
class BehindFigures:
    """By (indicator, cohort). `has_sample`: made-up institutions stand behind some figure."""

    rows: dict[Pair, list[BehindContent]]
    has_sample: bool

    def of(self, pair: Pair) -> list[BehindContent]:
        return self.rows.get(pair, [])


def behind_figures(frame: Frame, pairs: Iterable[Pair]) -> BehindFigures:
    """For all `pairs` at once. The number of queries depends on the kinds of figures, as in `indicators`."""
    material = Material(frame, [frame.unit], list(dict.fromkeys(pairs)))
    expected = material.expected[frame.unit.pk]
    institutions = Institution.objects.in_bulk([each.institution_id for each in expected])
    places = AdminUnit.objects.in_bulk({each.unit_id for each in expected})
    rows: dict[Pair, list[BehindContent]] = {}
    for indicator, cohort in material.defined:
        rows[indicator.code, cohort.code] = [
            _row(institutions[each.institution_id], places[each.unit_id], *_counted(material, indicator, cohort, each))
            for each in material.cohort(frame.unit, cohort)
        ]
    return BehindFigures(rows, any(institution.is_sample for institution in institutions.values()))


def missing_institutions(targets: Iterable[TargetContent]) -> list[MissingContent]:
    """Each institution of which something is not known, once, with the names of the figures it is missing from."""
    missing: dict[str, MissingContent] = {}
    for target in targets:
        for behind in target["behind"]:
            if behind["counted"] != UNKNOWN:
                continue
            entry = missing.setdefault(
                behind["code"],
                {"code": behind["code"], "name": behind["name"], "place": behind["place"], "indicators": []},
            )
            if target["name"] not in entry["indicators"]:
                entry["indicators"].append(target["name"])
    return sorted(missing.values(), key=lambda each: each["place"])


def _counted(
    material: Material, indicator: Indicator, cohort: Cohort, institution: Expected
) -> tuple[str, str, int | None]:
    """How an institution counts for a figure: code, words, and how much it adds where that is a quantity."""
    if indicator.kind in {IndicatorKind.GROWTH, IndicatorKind.COUNT}:
        return _counted_by_quantity(material, indicator, cohort, institution)
    if cohort.kind == CohortKind.UNITS:
        known = material.counts(indicator, institution)
        words = {True: ("yes", "Có"), False: ("no", "Chưa có"), None: (UNKNOWN, "Chưa có đủ số liệu")}[known]
        return (*words, None)
    return (*_OUTCOMES[material.checklists.outcome(indicator.code, institution)], None)


def _counted_by_quantity(
    material: Material, indicator: Indicator, cohort: Cohort, institution: Expected
) -> tuple[str, str, int | None]:
    counted, year = counted_for(indicator, cohort), material.frame.year
    if institution.institution_id not in material.reporting[year]:
        return UNKNOWN, "Chưa có số liệu", None
    quantity = material.sum(material.frame.unit, counted, year, {institution.institution_id})
    if indicator.kind == IndicatorKind.COUNT:
        return "yes", "Đã có số liệu", quantity
    base_year = material.base_years.get(counted)
    if base_year is not None and base_year < year and institution.institution_id in material.reporting[base_year]:
        return "yes", f"So sánh với năm {base_year}", quantity
    return "no", "Chưa có năm gốc để so sánh", quantity


def _row(
    institution: Institution, place: AdminUnit, counted: str, counted_words: str, quantity: int | None
) -> BehindContent:
    return {
        "code": institution.code,
        "name": institution.name,
        "place": place.name,
        "counted": counted,
        "counted_words": counted_words,
        "quantity": quantity,
    }
