"""The data dictionary: everything that is defined, from the definitions themselves."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from typing import Any

from django.utils import translation

from hocsuotdoi.core.two_languages import english_words
from hocsuotdoi.indicators.models import (
    ENGLISH,
    SUBSTANCE,
    Cohort,
    CriteriaSet,
    Criterion,
    Indicator,
    Measure,
)
from hocsuotdoi.indicators.queries.definitions import content_of, history
from hocsuotdoi.ledger.enums import AgeBand, Channel, Purpose, Sex
from hocsuotdoi.places.enums import EquipmentKind, InstitutionClass, Tier

DIMENSIONS: dict[str, Any] = {
    "age_band": AgeBand,
    "sex": Sex,
    "channel": Channel,
    "purpose": Purpose,
    "institution_class": InstitutionClass,
    "tier": Tier,
    "equipment": EquipmentKind,
}


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is defined. `kind`: measure, indicator, cohort, criterion or dimension; `of`: the indicator of a
    criterion, the dimension of a code, otherwise empty; days in ISO 8601, the last one exclusive, empty when open."""

    kind: str
    of: str
    code: str
    name_vi: str
    name_en: str
    definition_vi: str = ""
    definition_en: str = ""
    unit: str = ""
    source: str = ""
    legal_basis: str = ""
    version: str = ""
    valid_from: str = ""
    valid_until: str = ""
    never_added_to: str = ""
    """Codes of measures, with a space between."""
    rule: str = ""
    """How it is counted, for programs: the kind of figure, its measures, filters and denominators."""

    def row(self) -> tuple[str, ...]:
        return astuple(self)


COLUMNS = [field.name for field in fields(Term)]
"""The same names in every file."""


def terms() -> list[Term]:
    """Measures, indicators with every version, cohorts, criteria, and the codes of dimensions, in this order.

    The number of queries does not grow with how much is defined.
    """
    return [*_measures(), *_indicators(), *_cohorts(), *_criteria(), *_dimensions()]


def _measures() -> Iterable[Term]:
    for each in Measure.objects.order_by("kind", "code"):
        stored = each.__dict__
        yield Term(
            kind="measure",
            of=each.kind,
            code=each.code,
            name_vi=stored["name"],
            name_en=_english(stored["name"]),
            definition_vi=stored["definition"],
            definition_en=_english(stored["definition"]),
            unit=stored["unit"],
            source=stored["source"],
            never_added_to=" ".join(each.never_added_to),
        )


def _indicators() -> Iterable[Term]:
    for indicator in Indicator.objects.prefetch_related("versions"):
        for period in history(indicator)[::-1]:
            stored = period.version.__dict__
            content = content_of(period.version)
            yield Term(
                kind="indicator",
                of="",
                code=indicator.code,
                name_vi=stored["name"],
                name_en=_english(stored["name"]),
                definition_vi=stored["definition"],
                definition_en=_english(stored["definition"]),
                unit=stored["unit"],
                source=stored["source"],
                legal_basis=stored["legal_basis"],
                version=str(period.version.number),
                valid_from=_day(period.version.starts_on),
                valid_until=_day(period.ends_on),
                rule=_rule({name: content[name] for name in SUBSTANCE}),
            )


def _cohorts() -> Iterable[Term]:
    for each in Cohort.objects.order_by("kind", "code"):
        stored = each.__dict__["name"]
        rule = {"classes": each.classes, "tier": each.tier, "urban": each.urban}
        yield Term("cohort", each.kind, each.code, stored, _english(stored), rule=_rule(rule))


def _criteria() -> Iterable[Term]:
    rows = Criterion.objects.select_related("criteria_set").order_by(
        "criteria_set__indicator_id", "criteria_set_id", "ordinal"
    )
    for each in rows:
        checklist: CriteriaSet = each.criteria_set
        question = each.__dict__["question"]
        rule = {"classes": checklist.classes, "needed": checklist.needed, "answered_by": each.answered_by}
        yield Term(
            kind="criterion",
            of=checklist.indicator_id,
            code=each.code,
            name_vi=question,
            name_en=_english(question),
            source=checklist.__dict__["source"],
            version=str(checklist.version),
            valid_from=_day(checklist.starts_on),
            valid_until=_day(checklist.ends_on),
            rule=_rule({**rule, "rule": each.rule, "parameters": each.parameters}),
        )


def _dimensions() -> Iterable[Term]:
    for dimension, choices in DIMENSIONS.items():
        with translation.override("vi"):
            vietnamese = {value: str(label) for value, label in choices.choices}
        with translation.override("en"):
            for value, label in choices.choices:
                yield Term("dimension", dimension, value, vietnamese[value], str(label))


def _english(words: str) -> str:
    """Empty where the words have none: definitions made on a page are Vietnamese only."""
    return english_words(ENGLISH).get(words, "")


def _rule(parts: dict[str, Any]) -> str:
    said = {name: value for name, value in parts.items() if value not in (None, "", [], {})}
    return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else ""


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
