"""The institutions behind each figure of a report: who counts, who does not, of whom nothing is known yet."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, Outcome
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.frame import Expected, frame_of
from hocsuotdoi.indicators.queries.lineage import Row, rows_for
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair
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
    """By unit id, indicator and cohort. `has_sample`: made-up institutions stand behind some figure."""

    rows: dict[tuple[int, str, str], list[BehindContent]]
    has_sample: bool

    def of(self, value: IndicatorValue) -> list[BehindContent]:
        return self.rows.get((value.unit.pk, value.indicator_code, value.cohort_code), [])


def behind_figures(values: Iterable[IndicatorValue], year: int, as_of: dt.date) -> BehindFigures:
    """For all `values` at once: one load of the material for each unit they were made for (the unit itself, and former
    units whose plans go on for a part of it), whatever the number of figures."""
    pairs: dict[int, list[Pair]] = {}
    units: dict[int, AdminUnit] = {}
    for value in values:
        units[value.unit.pk] = value.unit
        pairs.setdefault(value.unit.pk, []).append((value.indicator_code, value.cohort_code))
    loaded = [
        Material(frame_of(units[pk], year, as_of), [units[pk]], list(dict.fromkeys(p))) for pk, p in pairs.items()
    ]
    return behind_materials(loaded)


def behind_materials(loaded: Sequence[Material]) -> BehindFigures:
    """The same for what has been loaded already. Two queries."""
    named = _Names(loaded)
    rows: dict[tuple[int, str, str], list[BehindContent]] = {}
    for material in loaded:
        unit = material.frame.unit
        for indicator, cohort in material.defined:
            by_units = cohort.kind == CohortKind.UNITS and bool(cohort.tier)
            listed = _units(material, named, indicator, cohort) if by_units else []
            rows[unit.pk, indicator.code, cohort.code] = listed or [
                named.institution(row, *_counted(row, indicator)) for row in rows_for(material, unit, indicator, cohort)
            ]
    return BehindFigures(rows, any(institution.is_sample for institution in named.institutions.values()))


class _Names:
    """Names of the institutions and units of all materials. Two queries."""

    def __init__(self, loaded: Sequence[Material]) -> None:
        institutions: set[int] = set()
        places: set[int] = set()
        for material in loaded:
            unit = material.frame.unit
            for indicator, cohort in material.defined:
                for row in rows_for(material, unit, indicator, cohort):
                    institutions.add(row.institution_id)
                    places.add(row.unit_id)
                if cohort.kind == CohortKind.UNITS and cohort.tier:
                    places.update(material.units_of.get((unit.pk, cohort.tier), []))
        self.institutions = Institution.objects.in_bulk(institutions)
        self.units = AdminUnit.objects.in_bulk(places)

    def institution(self, row: Row, counted: str, counted_words: str) -> BehindContent:
        institution = self.institutions[row.institution_id]
        place = self.units.get(row.unit_id)
        return {
            "code": institution.code,
            "name": institution.name,
            "place": place.name if place else "",
            "counted": counted,
            "counted_words": counted_words,
            "quantity": row.quantity,
        }


def _units(material: Material, named: _Names, indicator: Indicator, cohort: Cohort) -> list[BehindContent]:
    """The units of a figure that counts units, each with the institutions through which it has the thing."""
    frame = material.frame
    inside: dict[int, list[Expected]] = {}
    for each in material.cohort(frame.unit, cohort):
        unit_id = material.unit_at.get((each.unit_id, cohort.tier))
        if unit_id is not None:
            inside.setdefault(unit_id, []).append(each)
    rows: list[BehindContent] = []
    units = [named.units[pk] for pk in material.units_of.get((frame.unit.pk, cohort.tier), [])]
    for unit in sorted(units, key=lambda each: each.sort_key):
        answers = {each.institution_id: material.counts(indicator, cohort, each) for each in inside.get(unit.pk, [])}
        having = [named.institutions[pk].name for pk, counts in answers.items() if counts]
        if having:
            counted, words = "yes", f"Có: {', '.join(having)}"
        elif not answers or None in answers.values():
            counted, words = UNKNOWN, "Chưa có đủ số liệu"
        else:
            counted, words = "no", "Chưa có"
        rows.append(
            {
                "code": unit.code,
                "name": unit.name,
                "place": frame.unit.name,
                "counted": counted,
                "counted_words": words,
                "quantity": None,
            }
        )
    return rows


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
            if target["short_name"] not in entry["indicators"]:
                entry["indicators"].append(target["short_name"])
    return sorted(missing.values(), key=lambda each: each["place"])


def _counted(row: Row, indicator: Indicator) -> tuple[str, str]:
    """How an institution counts for a figure: code and words."""
    if indicator.kind in (IndicatorKind.COUNT, IndicatorKind.STOCK):
        return (UNKNOWN, "Chưa có số liệu") if row.quantity is None else ("yes", "Đã có số liệu")
    if indicator.kind == IndicatorKind.GROWTH:
        if row.quantity is None:
            return UNKNOWN, "Chưa có số liệu"
        return ("yes", "So sánh được với năm gốc") if row.is_compared else ("no", "Không so sánh được với năm gốc")
    return ("yes", "Đang hoạt động") if row.outcome is None else _OUTCOMES[row.outcome]
