"""Noting the steps of a plan's life."""

import datetime as dt

from django.utils import timezone

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.jobs import enqueue
from hocsuotdoi.places.models import AdminUnit, LegalAct
from hocsuotdoi.programme.enums import PlanKind, PlanStepKind
from hocsuotdoi.programme.models import Plan, PlanStep


def note_step(
    plan: Plan,
    kind: PlanStepKind,
    *,
    effective_on: dt.date,
    by: Person,
    at: dt.datetime,
    other: Plan | None = None,
    unit: AdminUnit | None = None,
    legal_act: LegalAct | None = None,
    reason: str = "",
) -> PlanStep:
    return PlanStep.objects.create(
        plan=plan,
        kind=kind,
        effective_on=effective_on,
        other=other,
        unit=unit,
        legal_act=legal_act,
        reason=reason,
        by=by.pk,
        at=at,
    )


def entered_as_issued(plan: Plan, *, by: Person, at: dt.datetime, legal_act: LegalAct | None = None) -> None:
    """From now on it binds: its issuing is noted, an addendum's at the plan that it amends too, and its tasks are
    handed down soon."""
    day = plan.issued_on or timezone.localdate(at)
    note_step(plan, PlanStepKind.ISSUED, effective_on=day, by=by, at=at, legal_act=legal_act)
    if plan.kind == PlanKind.ADDENDUM and plan.amends is not None:
        note_step(plan.amends, PlanStepKind.AMENDED, effective_on=day, by=by, at=at, other=plan, legal_act=legal_act)
    enqueue("programme.make_assignments")
