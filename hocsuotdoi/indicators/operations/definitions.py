"""Loads the definitions from the data files beside this area: measures, cohorts, indicators, criteria. Their English
(`data/english.yaml`) is not loaded but read where it is shown (`core.two_languages`).

Loading again changes nothing. Words may be mended in place; substance may not, because figures of past years rest on
it: what an indicator counts of whom, a checklist's criteria, who answers, its rules and numbers, how many are needed.
The file adds an indicator's next `version` with `starts_on` and `change_note`, or a set of criteria with the next
version and a first day.
"""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.two_languages import stored_words
from hocsuotdoi.indicators.enums import AnswerSource, CohortKind, StockCode
from hocsuotdoi.indicators.models import (
    SUBSTANCE,
    WORDS,
    Cohort,
    CriteriaSet,
    Criterion,
    Indicator,
    IndicatorVersion,
    Measure,
)
from hocsuotdoi.indicators.models.definitions import MADE, named_by
from hocsuotdoi.indicators.queries.answers import RULES
from hocsuotdoi.indicators.queries.definitions import content_of
from hocsuotdoi.ledger.enums import MeasureCode

DATA = Path(__file__).resolve().parent.parent / "data"

Row = dict[str, Any]


class BadDefinition(Refused):
    """A data file that contradicts itself or the program."""


class UsedDefinitionChanged(Refused):
    """An indicator or a checklist whose substance changed without a new version."""


@transaction.atomic
def load_definitions(folder: Path = DATA) -> None:
    """Load all four files; everything or nothing. Refused: `BadDefinition`, `UsedDefinitionChanged`."""
    with stored_words():
        _load_all(folder)


def _load_all(folder: Path) -> None:
    _load(Measure, _read(folder / "measures.yaml"))
    _load(Cohort, _read(folder / "cohorts.yaml"))
    _name_those_made()
    _load_indicators(_read(folder / "indicators.yaml"))
    if missing := {*MeasureCode.values, *StockCode.values} - set(Measure.objects.values_list("code", flat=True)):
        raise BadDefinition(_("Measures without a definition: {codes}.").format(codes=", ".join(sorted(missing))))
    for row in _read(folder / "criteria.yaml"):
        _load_criteria_set(row)


def _name_those_made() -> None:
    """Units that somebody chose on a page are named by rule: those of before are called as new ones are."""
    made = list(Cohort.objects.filter(kind=CohortKind.UNITS, code__regex=f"^[a-z]+-{MADE}"))
    for cohort in made:
        cohort.name = named_by(cohort.tier, cohort.classes)[:300]
    Cohort.objects.bulk_update(made, ["name"])


def _read(path: Path) -> list[Row]:
    rows = read_yaml(path)
    if not isinstance(rows, list):
        raise BadDefinition(_("{file} is not a list of definitions.").format(file=path.name))
    return rows


def _load(model: type[Measure] | type[Cohort] | type[Indicator], rows: list[Row]) -> None:
    known = {field.name for field in model._meta.concrete_fields}
    by_code = {field.attname for field in model._meta.concrete_fields}  # «cohort_id» names a cohort by its code
    for row in rows:
        if unknown := set(row) - known - by_code:
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


_OF_VERSION = ("starts_on", "change_note")


def _load_indicators(rows: list[Row]) -> None:
    """The newest version of each is what the indicator says; each version is kept beside it."""
    newest = {row["code"]: row for row in sorted(rows, key=lambda row: row.get("version", 1))}
    made_here = Indicator.objects.filter(code__in=newest, owner__isnull=False)
    if taken := ", ".join(made_here.values_list("code", flat=True)):
        raise BadDefinition(_("Made on a page already, so that the code is taken: {codes}.").format(codes=taken))
    heads = [{name: value for name, value in row.items() if name not in _OF_VERSION} for row in newest.values()]
    _load(Indicator, heads)
    known = {(each.indicator_id, each.number): each for each in IndicatorVersion.objects.filter(indicator__in=newest)}
    for row in sorted(rows, key=lambda row: (row["code"], row.get("version", 1))):
        _load_version(row, known.get((row["code"], row.get("version", 1))))


def _load_version(row: Row, known: IndicatorVersion | None) -> None:
    version = IndicatorVersion(
        indicator_id=row["code"],
        number=row.get("version", 1),
        **{name: value for name, value in row.items() if name in (*WORDS, *SUBSTANCE, *_OF_VERSION)},
    )
    if known is None:
        version.save(force_insert=True)
        return
    said, kept = content_of(version), content_of(known)
    if version.starts_on != known.starts_on or any(said[name] != kept[name] for name in SUBSTANCE):
        raise UsedDefinitionChanged(
            _("What {name} counts has changed. Give it the next version and a first day.").format(name=row["code"])
        )
    words = {name: said[name] for name in WORDS if said[name] != kept[name]}
    if words:
        IndicatorVersion.objects.filter(pk=known.pk).update(**words)


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
