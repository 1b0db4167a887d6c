"""What becomes of plans: replaced, retired, taken over; and of targets that nobody takes any more. As on the pages."""

import datetime as dt
from typing import Annotated, Any, Self

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.programme.plans import PlanEntry, RehomingShape, TargetShape, entry_of
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Day, Given, Listed, Readable, Shape, Whole, listed
from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.models import AdminUnit, LegalAct
from hocsuotdoi.places.operations.legal_act import name_act
from hocsuotdoi.programme.enums import BINDING, RehomingKind
from hocsuotdoi.programme.models import Plan, Rehoming, Target
from hocsuotdoi.programme.operations.life import inherit_plan, replace_plan, retire_plan
from hocsuotdoi.programme.operations.rehoming import rehome
from hocsuotdoi.programme.queries.rehoming import Alike, like_in, may_replace, not_taken, units_of
from hocsuotdoi.programme.queries.targets import effective_targets
from hocsuotdoi.programme.rules import responsible_unit

# Each act is one transaction: an act of state that was named for a step that is refused is not kept.

router = ApiRouter("programme", tag=_("Plans"))

MOST = 500
"""So many targets or units in one decision: more than any plan states for one class."""

_ACT: dict[str, Any] = {"act_number": "1662/NQ-UBTVQH15"}
NEW_ACT: dict[str, Any] = _ACT | {
    "act_title": "Nghị quyết về việc sắp xếp các đơn vị hành chính",
    "act_issuer": "Ủy ban Thường vụ Quốc hội",
    "act_issued_on": "2025-06-16",
}


def example(**fields: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [fields]})


class StepOfPlan(Given):
    """From when, and on which act. One that is known here by its number needs nothing else."""

    effective_on: Day = Field(description=_("From which day; never one that has not come"))
    reason: Annotated[str, Readable] = Field("", max_length=2000)
    act_number: Annotated[str, Readable] = Field("", max_length=60, description=_("As printed: 202/2025/QH15"))
    act_title: Annotated[str, Readable] = Field("", max_length=1000, description=_("Of an act that is new here"))
    act_issuer: Annotated[str, Readable] = Field("", max_length=200, description=_("Of an act that is new here"))
    act_issued_on: Day | None = Field(None, description=_("Of an act that is new here"))

    def act(self, at: dt.datetime) -> LegalAct:
        return name_act(
            number=self.act_number, title=self.act_title, issuer=self.act_issuer, issued_on=self.act_issued_on, at=at
        )

    def act_if_named(self, at: dt.datetime) -> LegalAct | None:
        return self.act(at) if self.act_number else None


class ReplaceGiven(StepOfPlan):
    """Which plan takes its place."""

    model_config = example(other="kh-12-2026-tinh-thai-nguyen", effective_on="2026-11-20", **_ACT)

    other: Annotated[str, Readable] = Field(max_length=80, description=_("Code of the plan that takes its place"))


class RetireGiven(StepOfPlan):
    """Why it binds no more."""

    model_config = example(effective_on="2026-11-20", reason="Đã hoàn thành các mục tiêu")

    reason: Annotated[str, Readable] = Field(min_length=1, max_length=2000, description=_("Everybody reads it"))


class InheritGiven(StepOfPlan):
    """Which unit answers for it from now on."""

    model_config = example(unit="19", effective_on="2025-07-01", **NEW_ACT)

    unit: Annotated[str, Readable] = Field(max_length=10, description=_("Code of the unit that has its land"))
    act_number: Annotated[str, Readable] = Field(min_length=1, max_length=60)


class RehomeGiven(StepOfPlan):
    """What is decided, about which targets, for which units."""

    model_config = example(
        targets=[12],
        kind="taken_over",
        units=["19"],
        cohort="library_commune",
        effective_on="2025-07-01",
        reason="Thư viện cấp huyện đã kết thúc, thư viện cấp xã đảm nhận",
        **NEW_ACT,
    )

    targets: list[Whole] = Field(min_length=1, max_length=MOST, description=_("Ids of targets of this plan"))
    kind: RehomingKind
    units: list[Annotated[str, Readable]] = Field(
        min_length=1,
        max_length=MOST,
        description=_(
            "Codes: who takes them over, or for whom they are replaced or dropped; for all others they stay as issued"
        ),
    )
    cohort: Annotated[str, Readable] = Field(
        "", max_length=60, description=_("When taken over: code of the class of which the figure is asked from now on")
    )
    replacement: Annotated[str, Readable] = Field(
        "",
        max_length=80,
        description=_("When replaced: code of the plan whose targets of the same figure replace them"),
    )
    reason: Annotated[str, Readable] = Field(min_length=1, max_length=2000, description=_("Everybody reads it"))
    act_number: Annotated[str, Readable] = Field(min_length=1, max_length=60)


class NotTakenShape(Shape):
    """Targets of one plan for one class that nobody takes any more, with who could."""

    plan: str = Field(description=_("Code of the plan"))
    cohort: str = Field(description=_("Code of the class"))
    targets: list[TargetShape]
    units: list[str] = Field(description=_("Codes of units that could take them"))
    cohorts: list[str] = Field(description=_("Codes of classes that could be asked, the likeliest first"))

    @classmethod
    def of(cls, each: Alike) -> Self:
        return cls(
            plan=each.plan.code,
            cohort=each.cohort.code,
            targets=[TargetShape.of(target) for target in each.targets],
            units=[unit.code for unit in each.units],
            cohorts=[cohort.code for cohort in each.cohorts],
        )


class Decided(Shape):
    decisions: list[RehomingShape]


@router.get(
    "/plans-not-taken",
    response=Listed[NotTakenShape],
    summary=_("Targets that nobody takes"),
    description=_(
        "Of the plans for which the key’s owner answers: their class or place is no more, nothing is decided."
    ),
)
@requires(Permission.EDIT_PLAN)
def plan_not_taken_list(request: HttpRequest, asked: Query[Asked]) -> Listed:
    today = timezone.localdate()
    plans = Plan.objects.kept_by(request.user, Permission.EDIT_PLAN, today).select_related("unit")
    return listed(Counted(not_taken(plans, today)), asked, NotTakenShape.of)


@router.post(
    "/plans/{slug:code}/replace",
    response=PlanEntry,
    summary=_("Record that a plan is replaced"),
    description=_("From that day the other plan binds; before it this one goes on being what bound."),
)
@requires(Permission.EDIT_PLAN)
@transaction.atomic
def plan_replace(request: HttpRequest, code: str, given: ReplaceGiven) -> PlanEntry:
    now = timezone.now()
    today = timezone.localdate(now)
    plan = plan_of(request, code, today)
    other = Plan.objects.issued().filter(code=given.other).first()
    if other is None:
        raise BadField("other", gettext("There is no plan with the code %(code)s.") % {"code": given.other})
    replace_plan(
        plan,
        other,
        effective_on=given.effective_on,
        legal_act=given.act_if_named(now),
        reason=given.reason,
        by=request.user,
        at=now,
        today=today,
    )
    return entry_of(code)


@router.post(
    "/plans/{slug:code}/retire",
    response=PlanEntry,
    summary=_("Retire a plan"),
    description=_("It binds nobody from that day, and nothing takes its place. The document stays to be read."),
)
@requires(Permission.EDIT_PLAN)
@transaction.atomic
def plan_retire(request: HttpRequest, code: str, given: RetireGiven) -> PlanEntry:
    now = timezone.now()
    today = timezone.localdate(now)
    retire_plan(
        plan_of(request, code, today),
        effective_on=given.effective_on,
        legal_act=given.act_if_named(now),
        reason=given.reason,
        by=request.user,
        at=now,
        today=today,
    )
    return entry_of(code)


@router.post(
    "/plans/{slug:code}/inherit",
    response=PlanEntry,
    summary=_("Record who takes a plan over"),
    description=_("The unit answers for the plan from then on; the plan goes on binding the land it was issued for."),
)
@requires(Permission.EDIT_PLAN)
@transaction.atomic
def plan_inherit(request: HttpRequest, code: str, given: InheritGiven) -> PlanEntry:
    now = timezone.now()
    today = timezone.localdate(now)
    plan = plan_of(request, code, today)
    unit = AdminUnit.objects.on(today).filter(code=given.unit).first()
    if unit is None:
        raise _no_unit("unit", given.unit)
    inherit_plan(
        plan,
        unit,
        effective_on=given.effective_on,
        legal_act=given.act(now),
        reason=given.reason,
        by=request.user,
        at=now,
        today=today,
    )
    return entry_of(code)


@router.post(
    "/plans/{slug:code}/rehoming",
    response=Decided,
    summary=_("Decide about targets that nobody takes"),
    description=_("Taken over, replaced or dropped, on an act. The targets stay as issued; a later decision holds."),
)
@requires(Permission.EDIT_PLAN)
@transaction.atomic
def plan_rehome(request: HttpRequest, code: str, given: RehomeGiven) -> Decided:
    now = timezone.now()
    today = timezone.localdate(now)
    plan = plan_of(request, code, today)
    targets = _targets(plan, given.targets)
    units = _units(request, plan, given.units, today)
    made = rehome(
        targets,
        kind=given.kind,
        units=units,
        cohort=_cohort(given.cohort),
        replacements=like_in(_replacement(plan, given.replacement, today), targets),
        effective_on=given.effective_on,
        legal_act=given.act(now),
        reason=given.reason,
        by=request.user,
        at=now,
        today=today,
    )
    rows = Rehoming.objects.filter(pk__in=[each.pk for each in made])
    rows = rows.select_related("unit", "legal_act", "replacement__plan").order_by("target", "unit__code")
    return Decided(decisions=[RehomingShape.of(each) for each in rows])


class Counted(list[Any]):
    """A list that is cut into pages as rows of the database are."""

    def count(self) -> int:  # type: ignore[override]
        return len(self)


def plan_of(request: HttpRequest, code: str, today: dt.date) -> Plan:
    """An issued plan for which the key’s owner answers; the acts themselves refuse one that binds no more."""
    plan = get_object_or_404(Plan.objects.issued().select_related("unit"), code=code)
    require(request.user, Permission.EDIT_PLAN, responsible_unit(plan, today))
    return plan


def _targets(plan: Plan, asked: list[int]) -> list[Target]:
    known = {target.pk: target for target in effective_targets([plan])[plan.pk]} if plan.status in BINDING else {}
    if missing := sorted(set(asked) - known.keys()):
        raise BadField(
            "targets", gettext("This plan has no target {id} in force: read its entry again.").format(id=missing[0])
        )
    return [known[pk] for pk in dict.fromkeys(asked)]


def _units(request: HttpRequest, plan: Plan, asked: list[str], today: dt.date) -> list[AdminUnit]:
    """Where a unit that has ended and the one that has its land bear one code, the one that stands is meant."""
    able = sorted(units_of(plan, today), key=lambda unit: unit.holds_on(today))
    known = {unit.code: unit for unit in able}
    if missing := sorted(set(asked) - known.keys()):
        raise _no_unit("units", missing[0])
    units = [known[code] for code in dict.fromkeys(asked)]
    for unit in units:
        if unit.holds_on(today):
            require(request.user, Permission.EDIT_PLAN, unit)
    return units


def _no_unit(field: str, code: str) -> BadField:
    said = gettext("There is no unit with the code %(code)s among those that have the land of this plan.")
    return BadField(field, said % {"code": code})


def _cohort(code: str) -> Cohort | None:
    cohort = Cohort.objects.filter(code=code).first() if code else None
    if code and cohort is None:
        raise BadField("cohort", gettext("There is no class with the code %(code)s.") % {"code": code})
    return cohort


def _replacement(plan: Plan, code: str, today: dt.date) -> Plan | None:
    found = may_replace(plan, units_of(plan, today)).filter(code=code).first() if code else None
    if code and found is None:
        raise BadField("replacement", gettext("No plan in force with this code can take its place."))
    return found
