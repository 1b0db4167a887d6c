"""What is defined: indicators with their versions, measures, the data dictionary."""

import datetime as dt
from typing import Annotated, Self

from django.db.models import Prefetch
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, Readable, Shape, listed, name_of
from hocsuotdoi.core.addresses import address
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.indicators.enums import Direction, IndicatorKind, MeasureKind
from hocsuotdoi.indicators.models import Cohort, Indicator, IndicatorVersion, Measure
from hocsuotdoi.indicators.queries.definitions import Period, history
from hocsuotdoi.indicators.queries.dictionary import Term, terms
from hocsuotdoi.indicators.queries.open_data import unit_measure
from hocsuotdoi.indicators.queries.suppression import counts_people
from hocsuotdoi.programme.queries.cohorts import cohorts_of

router = ApiRouter("indicators", tag=_("Figures"))


class IndicatorShape(Shape):
    """A figure of the programme, as its newest version defines it."""

    code: str
    short_name: str
    name: str
    kind: IndicatorKind
    kind_name: str
    unit: str = Field(description=_("The unit of measure in words"))
    value_is: str = Field(description=_("What values are: number, percent, percent_per_year, or yes_no (1 or 0)"))
    direction: Direction
    source: str
    version: int = Field(description=_("Number of the newest version of the definition"))
    retired_on: dt.date | None = Field(description=_("The first day on which it is not computed any more; null: it is"))
    page: str = Field(description=_("Address of its page for people"))

    @classmethod
    def of(cls, each: Indicator) -> Self:
        return cls(
            code=each.code,
            short_name=each.short_name,
            name=each.name,
            kind=IndicatorKind(each.kind),
            kind_name=name_of(IndicatorKind, each.kind),
            unit=each.unit,
            value_is=unit_measure(each).lower(),
            direction=Direction(each.direction),
            source=each.source,
            version=each.version,
            retired_on=each.ends_on,
            page=address("portal:indicators-indicator-detail", each.code),
        )


class CohortShape(Shape):
    """Of whom a figure speaks."""

    code: str
    name: str

    @classmethod
    def of(cls, each: Cohort) -> Self:
        return cls(code=each.code, name=each.name)


class VersionShape(Shape):
    """A definition as it was published; a value says by which it was computed."""

    number: int
    starts_on: dt.date | None = Field(description=_("null: it holds from the beginning"))
    ends_on: dt.date | None = Field(description=_("The first day on which it holds no more; null: it holds on"))
    change_note: str
    cohort: CohortShape | None = Field(description=_("Of whom it speaks by itself; null: only targets say so"))
    name: str
    definition: str
    numerator: str
    denominator: str

    @classmethod
    def of(cls, period: Period) -> Self:
        each = period.version
        return cls(
            number=each.number,
            starts_on=each.starts_on,
            ends_on=period.ends_on,
            change_note=each.change_note,
            cohort=CohortShape.of(each.cohort) if each.cohort else None,
            name=each.name,
            definition=each.definition,
            numerator=each.numerator,
            denominator=each.denominator,
        )


class IndicatorEntry(IndicatorShape):
    definition: str
    numerator: str
    denominator: str
    legal_basis: str
    retired_because: str
    measures: list[str] = Field(description=_("Codes of what is counted, see /measures"))
    over: list[str] = Field(description=_("Codes of what it is a share of; often empty"))
    cohorts: list[CohortShape] = Field(description=_("Of whom it speaks, the usual one first"))
    versions: list[VersionShape] = Field(description=_("The newest first"))


class MeasureShape(Shape):
    """Something that is counted."""

    code: str
    kind: MeasureKind
    name: str
    definition: str
    unit: str
    source: str
    never_added_to: list[str] = Field(description=_("Codes of counts that look alike and answer different questions"))
    is_of_people: bool = Field(description=_("Small numbers of it by sex or age are kept back"))

    @classmethod
    def of(cls, each: Measure) -> Self:
        return cls(
            code=each.code,
            kind=MeasureKind(each.kind),
            name=each.name,
            definition=each.definition,
            unit=each.unit,
            source=each.source,
            never_added_to=each.never_added_to,
            is_of_people=each.kind == MeasureKind.HAPPENING and counts_people([each.code]),
        )


class TermShape(Shape):
    """One thing that is defined, with the same columns as in the files of the dictionary."""

    kind: str = Field(description=_("measure, indicator, cohort, criterion or dimension"))
    of: str
    code: str
    name_vi: str
    name_en: str
    definition_vi: str
    definition_en: str
    unit: str
    source: str
    legal_basis: str
    version: str
    valid_from: str
    valid_until: str
    never_added_to: str
    rule: str

    @classmethod
    def of_term(cls, each: Term) -> Self:
        return cls(**{name: getattr(each, name) for name in cls.model_fields})


class TermFilter(Asked):
    kind: str = Field("", max_length=12, description=_("Only terms of this kind"), examples=["measure"])
    q: Annotated[str, Readable] = Field("", max_length=100, description=_("Words of the code or the name"))


@router.get(
    "/indicators",
    response=Listed[IndicatorShape],
    summary=_("Indicators"),
    description=_("Every figure of the programme, in its order. Values stand under each."),
)
@public
def indicator_list(request: HttpRequest, asked: Query[Asked]) -> Listed:
    return listed(Indicator.objects.order_by("ordinal", "short_name", "code"), asked, IndicatorShape.of)


@router.get(
    "/indicators/{slug:code}",
    response=IndicatorEntry,
    summary=_("One indicator"),
    description=_("The definition in full, of whom it speaks, and every version with the days on which it held."),
)
@public
def indicator_detail(request: HttpRequest, code: str) -> IndicatorEntry:
    indicator = get_object_or_404(
        Indicator.objects.select_related("cohort").prefetch_related(
            Prefetch("versions", IndicatorVersion.objects.select_related("cohort"))
        ),
        code=code,
    )
    return IndicatorEntry(
        **dict(IndicatorShape.of(indicator)),
        definition=indicator.definition,
        numerator=indicator.numerator,
        denominator=indicator.denominator,
        legal_basis=indicator.legal_basis,
        retired_because=indicator.end_note,
        measures=indicator.measures,
        over=indicator.over,
        cohorts=[CohortShape.of(each) for each in cohorts_of(indicator, timezone.localdate())],
        versions=[VersionShape.of(each) for each in history(indicator)],
    )


@router.get(
    "/measures",
    response=Listed[MeasureShape],
    summary=_("What is counted"),
    description=_("Each with its definition, and what it is never added to. The codes are what /figures/totals takes."),
)
@public
def measure_list(request: HttpRequest, asked: Query[Asked]) -> Listed:
    return listed(Measure.objects.order_by("kind", "code"), asked, MeasureShape.of)


@router.get(
    "/dictionary",
    response=Listed[TermShape],
    summary=_("The data dictionary"),
    description=_("Everything that is defined, from the definitions themselves: also every code of every dimension."),
)
@public
def dictionary_list(request: HttpRequest, asked: Query[TermFilter]) -> Listed:
    words = fold(asked.q).split()
    found = [
        term
        for term in terms()
        if (not asked.kind or term.kind == asked.kind)
        and all(word in fold(f"{term.code} {term.name_vi} {term.name_en}") for word in words)
    ]
    start = (asked.page - 1) * asked.limit
    return Listed(
        items=[TermShape.of_term(term) for term in found[start : start + asked.limit]],
        count=len(found),
        next=asked.page + 1 if start + asked.limit < len(found) else None,
    )
