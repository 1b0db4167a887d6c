"""Indicators as they were defined on a day, and of whom they speak."""

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from hocsuotdoi.core.two_languages import stored_words
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, StockCode
from hocsuotdoi.indicators.models import SUBSTANCE, WORDS, Cohort, Definition, Indicator, IndicatorVersion
from hocsuotdoi.indicators.models.definitions import MADE, named_by
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import InstitutionClass

CONDITIONED = {
    IndicatorKind.SHARE_OF_INSTITUTIONS,
    IndicatorKind.SHARE_OF_UNITS,
    IndicatorKind.UNITS_OF_UNITS,
    IndicatorKind.YES_NO,
}
"""Kinds in which each institution counts or not: by a checklist, or by the condition that the definition names."""


def content_of(definition: Definition) -> dict[str, object]:
    """What is defined, by column: words as they are stored, and substance."""
    return {name: definition.__dict__[name] for name in (*WORDS, *SUBSTANCE)}


def definitions_on(codes: Collection[str], day: dt.date) -> dict[str, Indicator]:
    """Code → the indicator as the version that held on `day` defines it. One query.

    What comes back are indicators that are not for saving. A code without a version is left out.
    """
    versions = (
        IndicatorVersion.objects.filter(Q(starts_on=None) | Q(starts_on__lte=day), indicator__in=codes)
        .select_related("indicator__cohort", "cohort")
        .order_by("indicator_id", F("number").desc())
        .distinct("indicator_id")
    )
    return {each.indicator_id: as_indicator(each) for each in versions}


def definitions_by_day(codes: Collection[str], days: Collection[dt.date]) -> dict[dt.date, dict[str, Indicator]]:
    """What `definitions_on` says of each of the days. One query."""
    known = IndicatorVersion.objects.filter(indicator__in=codes).select_related("indicator__cohort", "cohort")
    versions = list(known.order_by("number"))
    return {
        day: {
            each.indicator_id: as_indicator(each)
            for each in versions
            if each.starts_on is None or each.starts_on <= day
        }
        for day in days
    }


def as_indicator(version: IndicatorVersion) -> Indicator:
    """The indicator as this version defines it; not for saving. One that does not say of whom it speaks speaks of those
    of the newest."""
    head = version.indicator
    made = Indicator(
        code=head.code,
        version=version.number,
        ordinal=head.ordinal,
        owner_id=head.owner_id,
        ends_on=head.ends_on,
        **content_of(version),
    )
    made.cohort = version.cohort or head.cohort
    return made


def held_on(head: Indicator, day: dt.date) -> Indicator:
    """The indicator as the version that held on `day` defines it. No query where there is only one version."""
    return head if head.version == 1 else definitions_on([head.code], day).get(head.code, head)


def as_defined_on(heads: Mapping[str, Indicator], day: dt.date) -> dict[str, Indicator]:
    """The same for several, by code. No query where all have one version only."""
    changed = [code for code, head in heads.items() if head.version > 1]
    return {**heads, **(definitions_on(changed, day) if changed else {})}


@dataclass(frozen=True, slots=True)
class OwnWords:
    """An indicator as it was defined on a day, and everyone of whom it spoke by itself in its time."""

    indicator: Indicator
    cohorts: frozenset[str]


def speaking_of_themselves(day: dt.date, versions: QuerySet[IndicatorVersion]) -> list[OwnWords]:
    """Those of the `versions` whose indicator says of whom it speaks, in the order of the programme. One query."""
    held: dict[str, Indicator] = {}
    spoken: dict[str, set[str]] = {}
    known = versions.exclude(indicator__cohort=None).select_related("indicator__cohort", "cohort").order_by("number")
    for each in known:
        spoken.setdefault(each.indicator_id, set()).update(filter(None, [each.cohort_id]))
        if each.starts_on is None or each.starts_on <= day:
            held[each.indicator_id] = as_indicator(each)
    found = sorted(held.values(), key=lambda each: (each.ordinal, each.__dict__["short_name"], each.code))
    return [OwnWords(each, frozenset({*spoken[each.code], each.cohort_id or ""})) for each in found]


def has_condition(indicator: Definition) -> bool:
    """Whether the definition itself says when an institution counts."""
    return indicator.kind in CONDITIONED and bool(indicator.criterion or indicator.measures)


def counts_happenings(indicator: Definition) -> bool:
    return bool(indicator.measures) and indicator.measures[0] in MeasureCode.values


def counts_stock(indicator: Definition) -> bool:
    return bool(indicator.measures) and indicator.measures[0] in StockCode.values


@dataclass(frozen=True, slots=True)
class Period:
    """A version with the first day after it; None: it holds on."""

    version: IndicatorVersion
    ends_on: dt.date | None


def history(indicator: Indicator) -> list[Period]:
    """Every version, the newest first, each with its end. One query, none where they are prefetched."""
    versions = sorted(indicator.versions.all(), key=lambda each: each.number)
    ends = [each.starts_on for each in versions[1:]] + [indicator.ends_on]
    return [Period(version, end) for version, end in zip(versions, ends, strict=True)][::-1]


@dataclass(frozen=True, slots=True)
class Change:
    """A field that two definitions have differently, by its column's name."""

    field: str
    before: object
    after: object


def changes(before: Definition, after: Definition) -> list[Change]:
    old, new = content_of(before), content_of(after)
    return [Change(name, old[name], new[name]) for name in old if old[name] != new[name]]


def cohort_of_classes(classes: Sequence[str]) -> Cohort:
    """The cohort of exactly these classes of institutions: the one that is there, else a new one, not saved.

    One query at most.
    """
    wanted = [each for each in InstitutionClass.values if each in set(classes)]
    known = Cohort.objects.filter(kind=CohortKind.INSTITUTIONS, classes__contains=wanted, classes__contained_by=wanted)
    if (found := known.order_by("code").first()) is not None:
        return found
    with stored_words():
        name = named_by("", wanted)[:300]
    return Cohort(code=_code_of(wanted), name=name, kind=CohortKind.INSTITUTIONS, classes=wanted)


def cohort_of_units(tier: str, classes: Sequence[str]) -> Cohort:
    """The units of a tier, looked at through these classes: the one that is there, else a new one, not saved."""
    wanted = [each for each in InstitutionClass.values if each in set(classes)]
    known = Cohort.objects.filter(
        kind=CohortKind.UNITS, tier=tier, classes__contains=wanted, classes__contained_by=wanted
    )
    if (found := known.order_by("code").first()) is not None:
        return found
    with stored_words():
        name = named_by(tier, wanted)[:300]
    return Cohort(code=f"{tier}-{_code_of(wanted)}", name=name, kind=CohortKind.UNITS, tier=tier, classes=wanted)


def _code_of(classes: Sequence[str]) -> str:
    """The same for the same classes, short enough for a code."""
    return MADE + hashlib.sha256(",".join(classes).encode()).hexdigest()[:16]
