"""Loads the definitions from the data files beside this area: measures, cohorts, indicators, criteria. Their English
(`data/english.yaml`) is not loaded but read where it is shown (`core.two_languages`).

Loading again changes nothing. Words may be mended in place; a checklist's substance (its criteria, who answers, the
rules and numbers, how many are needed, whom it is for) may not, because figures of past years rest on it: the file adds
a set with the next version and a first day instead.
"""

from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.two_languages import stored_words
from hocsuotdoi.indicators.enums import AnswerSource
from hocsuotdoi.indicators.models import Cohort, CriteriaSet, Criterion, Indicator, Measure
from hocsuotdoi.indicators.queries.answers import RULES
from hocsuotdoi.ledger.enums import MeasureCode

DATA = Path(__file__).resolve().parent.parent / "data"

Row = dict[str, Any]


class BadDefinition(Refused):
    """A data file that contradicts itself or the program."""


class UsedDefinitionChanged(Refused):
    """A checklist whose substance changed without a new version."""


@transaction.atomic
def load_definitions(folder: Path = DATA) -> None:
    """Load all four files; everything or nothing. Refused: `BadDefinition`, `UsedDefinitionChanged`."""
    with stored_words():
        _load_all(folder)


def _load_all(folder: Path) -> None:
    _load(Measure, _read(folder / "measures.yaml"))
    _load(Cohort, _read(folder / "cohorts.yaml"))
    _load(Indicator, _read(folder / "indicators.yaml"))
    if missing := set(MeasureCode.values) - set(Measure.objects.values_list("code", flat=True)):
        raise BadDefinition(_("Measures without a definition: {codes}.").format(codes=", ".join(sorted(missing))))
    for row in _read(folder / "criteria.yaml"):
        _load_criteria_set(row)


def _read(path: Path) -> list[Row]:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list):
        raise BadDefinition(_("{file} is not a list of definitions.").format(file=path.name))
    return rows


def _load(model: type[Measure] | type[Cohort] | type[Indicator], rows: list[Row]) -> None:
    known = {field.name for field in model._meta.concrete_fields}
    for row in rows:
        if unknown := set(row) - known:
            raise BadDefinition(
                _("{code} has fields that do not exist: {fields}.").format(
                    code=row.get("code", "?"), fields=", ".join(sorted(unknown))
                )
            )
        model(**row).full_clean(validate_unique=False)
    model.objects.bulk_create(
        [model(**row) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=sorted(known - {"code"}),
    )


def _load_criteria_set(row: Row) -> None:
    name = f"{row['indicator']} {row['version']}"
    _check_rules(name, row["criteria"])
    words = {"rule": row["rule"], "source": row["source"]}
    dates = {"starts_on": row.get("starts_on"), "ends_on": row.get("ends_on")}
    found, fresh = CriteriaSet.objects.get_or_create(
        indicator_id=row["indicator"],
        classes=row["classes"],
        version=row["version"],
        defaults={**words, **dates, "needed": row["needed"]},
    )
    if not fresh:
        if found.needed != row["needed"] or _substance(found) != _substance_of(row["criteria"]):
            raise UsedDefinitionChanged(
                _("The criteria of {name} have changed. Give them the next version and a first day.").format(name=name)
            )
        CriteriaSet.objects.filter(pk=found.pk).update(**words, **dates)
    Criterion.objects.bulk_create(
        [_criterion(found, ordinal, criterion) for ordinal, criterion in enumerate(row["criteria"], start=1)],
        update_conflicts=True,
        unique_fields=["criteria_set", "code"],
        update_fields=["question", "ordinal"],
    )


def _criterion(criteria_set: CriteriaSet, ordinal: int, row: Row) -> Criterion:
    return Criterion(
        criteria_set=criteria_set,
        code=row["code"],
        question=row["question"],
        answered_by=row["answered_by"],
        rule=row.get("rule", ""),
        parameters=row.get("parameters", {}),
        ordinal=ordinal,
    )


def _substance(criteria_set: CriteriaSet) -> dict[str, tuple]:
    return {
        criterion.code: (criterion.answered_by, criterion.rule, criterion.parameters)
        for criterion in criteria_set.criteria.all()
    }


def _substance_of(rows: list[Row]) -> dict[str, tuple]:
    return {row["code"]: (row["answered_by"], row.get("rule", ""), row.get("parameters", {})) for row in rows}


def _check_rules(name: str, rows: list[Row]) -> None:
    for row in rows:
        rule = row.get("rule", "")
        if row["answered_by"] == AnswerSource.STAFF:
            wrong = bool(rule)
        else:
            wrong = rule not in RULES or not RULES[rule].accepts(row.get("parameters", {}))
        if wrong:
            raise BadDefinition(
                _("{name}: criterion {code} has no such rule or wrong parameters: {rule}.").format(
                    name=name, code=row["code"], rule=rule or "-"
                )
            )
