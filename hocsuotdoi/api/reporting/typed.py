"""Totals that a body types into its own report; where two write at once, nobody writes over what they have not seen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.errors import Error
from hocsuotdoi.api.reporting.reports import ReportEntry, VersionGiven, entry_of, report_for
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Given, Readable, Shape
from hocsuotdoi.programme.queries.assignments import names_of
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.figures import plain
from hocsuotdoi.reporting.queries.typed import TypedRow, typed_rows

router = ApiRouter("reporting", tag=_("Reports"))


class TypedShape(Shape):
    """A figure that is typed in, with what stands there. null: not reported, which is not 0."""

    key: str
    label: str
    has_parts: bool = Field(description=_("Numerator and denominator; otherwise a number alone"))
    numerator: Decimal | None
    denominator: Decimal | None
    source: str
    seen: str = Field(description=_("Changes with what stands there: send it along when you write"))
    typed_by: str = Field(description=_("Name of the person; empty: nobody has typed it"))
    typed_at: dt.datetime | None

    @classmethod
    def of(cls, row: TypedRow, people: Mapping[UUID, str]) -> Self:
        total = row.total
        return cls(
            key=row.key,
            label=row.label,
            has_parts=row.has_parts,
            numerator=_whole(total.numerator) if total else None,
            denominator=_whole(total.denominator) if total else None,
            source=total.source if total else "",
            seen=row.seen,
            typed_by=people.get(total.typed_by, "") if total else "",
            typed_at=timezone.localtime(total.typed_at) if total else None,
        )


class TotalSaid(Shape):
    numerator: Decimal | None
    denominator: Decimal | None
    source: str


class BothShape(Shape):
    """What you sent, and what somebody else wrote there meanwhile."""

    yours: TotalSaid
    theirs: TypedShape


class TotalsConflict(Error):
    """Nothing of what you sent was written. Send it again with the `seen` of theirs to write over it."""

    both: list[BothShape]


class TotalGiven(Given):
    key: Annotated[str, Readable] = Field(max_length=160, examples=["measure:library_visit:2026"])
    numerator: Annotated[Decimal, Field(ge=0, le=10**15, max_digits=18, decimal_places=2)] | None = None
    denominator: Annotated[Decimal, Field(ge=0, le=10**15, max_digits=18, decimal_places=2)] | None = None
    source: Annotated[str, Readable] = Field("", max_length=300)
    seen: Annotated[str, Readable] = Field(
        "", max_length=16, description=_("As you read it with the total. Empty: the version says what you read")
    )


class TotalsGiven(VersionGiven):
    """Those that are not named stay; one without a number is taken out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": 3,
                    "totals": [
                        {
                            "key": "measure:library_visit:2026",
                            "numerator": 1200,
                            "source": "Sổ theo dõi",
                            "seen": "4f53cda18c2baa0c",
                        }
                    ],
                }
            ]
        }
    )

    totals: list[TotalGiven] = Field(max_length=500)


@router.get(
    "/reports/{int:pk}/totals",
    response=list[TypedShape],
    summary=_("Totals that are typed into a report"),
    description=_("Every figure that the body may type in, with what stands there and who typed it."),
)
@requires(Permission.WRITE_REPORT)
def report_typed(request: HttpRequest, pk: int) -> list[TypedShape]:
    return list(_rows(report_for(request, pk, "write")).values())


@router.put(
    "/reports/{int:pk}/totals",
    response={200: ReportEntry, 409: TotalsConflict | Error},
    summary=_("Enter totals"),
    description=_(
        "Of a body that reports totals only, each with where it is from. Where somebody else wrote into other rows "
        "since you read, both stand; into the same, it is refused, with theirs beside yours."
    ),
)
@requires(Permission.WRITE_REPORT)
def report_total(request: HttpRequest, pk: int, given: TotalsGiven) -> ReportEntry | Status:
    report = report_for(request, pk, "write")
    rows = [Total(each.key, each.numerator, each.denominator, each.source, each.seen) for each in given.totals]
    try:
        type_totals(report, version=given.version, rows=rows, by=request.user, at=timezone.now())
    except ReportChangedMeanwhile as refusal:
        return Status(409, _both(refusal, given.totals))
    return entry_of(request, pk)


def _rows(report: Report) -> dict[str, TypedShape]:
    rows = typed_rows(report)
    people = names_of({row.total.typed_by for row in rows if row.total})
    return {row.key: TypedShape.of(row, people) for row in rows}


def _both(refusal: ReportChangedMeanwhile, given: Sequence[TotalGiven]) -> TotalsConflict:
    """A row that is not typed here any more has nothing beside it."""
    rows, both, fields = _rows(refusal.current), [], {}
    for index, each in enumerate(given):
        theirs = rows.get(each.key)
        if each.key not in refusal.fields or theirs is None:
            continue
        yours = TotalSaid(numerator=each.numerator, denominator=each.denominator, source=each.source)
        both.append(BothShape(yours=yours, theirs=theirs))
        fields[f"totals.{index}"] = _in_words(theirs)
    return TotalsConflict(error="report_changed_meanwhile", message=str(refusal), fields=fields, both=both)


def _in_words(theirs: TypedShape) -> str:
    parts = "/".join(f"{part:f}" for part in (theirs.numerator, theirs.denominator) if part is not None)
    if not parts:
        return gettext("Meanwhile the number that stood here was taken out.")
    return gettext("Meanwhile {person} wrote here: {number} ({source}).").format(
        person=theirs.typed_by or gettext("Somebody"), number=parts, source=theirs.source
    )


def _whole(number: Decimal | None) -> Decimal | None:
    """Without idle zeros, as figures are told."""
    text = plain(number)
    return None if text is None else Decimal(text)
