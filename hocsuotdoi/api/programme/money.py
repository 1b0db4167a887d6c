"""Money: the lines that a key may see, and sums of a unit."""

import datetime as dt
from typing import Annotated, Self

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, Readable, Shape, listed
from hocsuotdoi.programme.enums import MoneySource, MoneyStage
from hocsuotdoi.programme.models import MoneyLine
from hocsuotdoi.programme.queries.money import Sums, lines_in, sums_by_child, sums_by_source, sums_of

router = ApiRouter("programme", tag=_("The programme"))


class MoneyLineShape(Shape):
    """One sum of one year, in đồng. null: nobody has said it; 0: nothing."""

    id: int
    year: int
    agency: str = Field(description=_("Code of the office that spends it"))
    plan: str = Field(description=_("Code of the plan"))
    task: int | None = Field(description=_("Number of the task in the plan"))
    purpose: str
    source: MoneySource
    source_name: str
    estimated: int | None
    appraised: int | None
    allocated: int | None
    spent: int | None
    remark: str = Field(description=_("The finance office’s"))
    allocation_act: str
    version: int

    @classmethod
    def of(cls, each: MoneyLine) -> Self:
        return cls(
            id=each.pk,
            year=each.year,
            agency=each.agency.code,
            plan=each.plan.code,
            task=each.task.ordinal if each.task else None,
            purpose=each.purpose,
            source=MoneySource(each.source),
            source_name=each.source_name,
            estimated=each.estimated,
            appraised=each.appraised,
            allocated=each.allocated,
            spent=each.spent,
            remark=each.remark,
            allocation_act=each.allocation_act,
            version=each.version,
        )


class StageSum(Shape):
    amount: int | None = Field(description=_("In đồng; null: no line says any"))
    lines: int = Field(description=_("How many lines say one"))
    of: int = Field(description=_("How many lines there are"))


class SumsShape(Shape):
    estimated: StageSum
    appraised: StageSum
    allocated: StageSum
    spent: StageSum
    cut: int | None = Field(description=_("Estimated less appraised, of the lines that have been appraised"))
    unallocated: int | None = Field(description=_("Appraised less allocated, of the lines that have been appraised"))
    left: int | None = Field(description=_("Allocated less spent; less than 0: more was spent"))

    @classmethod
    def of_sums(cls, sums: Sums) -> Self:
        stages = {stage.value: sums.of(stage) for stage in MoneyStage}
        said = {k: StageSum(amount=v.amount, lines=v.lines, of=v.of) for k, v in stages.items()}
        return cls(**said, cut=sums.cut, unallocated=sums.unallocated, left=sums.left)


class SourceSums(SumsShape):
    source: MoneySource


class UnitSumsShape(SumsShape):
    unit: str = Field(description=_("Code of the unit; the asked one itself: its own offices"))
    unit_name: str


class MoneyTotals(Shape):
    unit: str
    year: int
    total: SumsShape
    by_source: list[SourceSums]
    by_unit: list[UnitSumsShape]


class MoneyLineFilter(Asked):
    year: int | None = Field(None, ge=2020, le=2100, description=_("Only of this year"))
    agency: Annotated[str, Readable] = Field("", max_length=80, description=_("Only of the office with this code"))


class MoneyTotalsFilter(Shape):
    unit: Annotated[str, Readable] = Field(max_length=10, description=_("Code of the unit"), examples=["19"])
    year: int = Field(ge=2020, le=2100, examples=[2026])


@router.get(
    "/money/lines",
    response=Listed[MoneyLineShape],
    summary=_("Lines of money"),
    description=_("Of the offices whose money the key’s owner may see: the newest year first."),
)
@requires(Permission.VIEW_MONEY)
def money_line_list(request: HttpRequest, asked: Query[MoneyLineFilter]) -> Listed:
    lines = MoneyLine.objects.visible_to(request.user).select_related("agency", "plan", "task")
    if asked.year is not None:
        lines = lines.filter(year=asked.year)
    if asked.agency:
        lines = lines.filter(agency__code=asked.agency)
    return listed(lines.order_by("-year", "agency__code", "pk"), asked, MoneyLineShape.of)


@router.get(
    "/money/totals",
    response=MoneyTotals,
    summary=_("Sums of money"),
    description=_("Of all offices in a unit, by source and by the units right under it."),
)
@requires(Permission.VIEW_MONEY)
def money_totals(request: HttpRequest, asked: Query[MoneyTotalsFilter]) -> MoneyTotals:
    today: dt.date = timezone.localdate()
    covered = units_covered(request.user, Permission.VIEW_MONEY, today)
    unit = covered.on(today).filter(code=asked.unit).first()
    if unit is None:
        raise BadField("unit", gettext("There is no unit with this code of which your key may see the money."))
    lines = lines_in(unit, asked.year, today).visible_to(request.user, today)
    by_source = sums_by_source(lines)
    return MoneyTotals(
        unit=unit.code,
        year=asked.year,
        total=SumsShape.of_sums(sums_of(lines)),
        by_source=[
            SourceSums(source=source, **SumsShape.of_sums(sums).model_dump()) for source, sums in by_source.items()
        ],
        by_unit=[
            UnitSumsShape(unit=each.unit.code, unit_name=each.unit.name, **SumsShape.of_sums(each.sums).model_dump())
            for each in sums_by_child(lines, unit, today)
        ],
    )
