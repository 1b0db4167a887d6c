"""What happens to a plan once it is written: issued, replaced, retired, taken over. Each act leaves a step."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.models import AdminUnit, LegalAct
from hocsuotdoi.programme.enums import BINDING, PlanKind, PlanStatus, PlanStepKind
from hocsuotdoi.programme.models import Plan, PlanStep
from hocsuotdoi.programme.operations.assignment import drop_of_ended
from hocsuotdoi.programme.operations.drafting import DraftChanged, NotADraft, code_for
from hocsuotdoi.programme.operations.steps import entered_as_issued, note_step
from hocsuotdoi.programme.queries.land import heirs_of


class NotIssued(Refused):
    """The draft lacks something, or cannot be issued as things are."""


class NotEnded(Refused):
    """The plan is not one that can be replaced, retired or taken over now."""


class BadIssue(Refused):
    """A number or day under which nothing is issued."""


class BadStep(Refused):
    """A day, unit or plan that the step cannot name."""


@transaction.atomic
def issue_plan(
    plan: Plan,
    *,
    version: str,
    number: str,
    issued_on: dt.date,
    by: Person,
    at: dt.datetime,
    today: dt.date,
    legal_act: LegalAct | None = None,
) -> Plan:
    """From a draft to a document that binds: from now on the database holds its words.

    `version`: the draft's `digest` as the person read it. Its tasks are handed down soon; an addendum is noted at the
    plan that it amends. Refused: issued by now; changed by somebody else since; without a number; of a day that has
    not come; nothing in it; an addendum to a plan that binds no more.
    """
    draft = Plan.objects.select_for_update(of=("self",)).select_related("unit", "amends").get(pk=plan.pk)
    if draft.status != PlanStatus.DRAFT:
        raise NotADraft(_("The plan %(plan)s has been issued already.") % {"plan": draft.name})
    if draft.digest != version:
        raise DraftChanged(_("Somebody else has changed the draft since you opened it. Read it again before issuing."))
    number = " ".join(normalise(number).split())
    if not any(character.isdigit() for character in number):
        raise BadIssue(_("Give the number under which the document was issued, as printed."), field="number")
    if issued_on > today:
        raise BadIssue(
            _("The day of issue has not come yet. Record the issue on that day or later."), field="issued_on"
        )
    if not draft.clauses.exists():
        raise NotIssued(_("Nothing stands in this draft yet: write at least one clause."))
    if draft.amends is not None and _locked(draft.amends).status not in BINDING:
        raise NotIssued(_("The plan that this addendum amends is no longer in force."))
    draft.code = draft.code if "khong-so" not in draft.code else code_for(number, issued_on, draft.unit)
    draft.number, draft.issued_on, draft.issued_text = number, issued_on, ""
    draft.status = PlanStatus.IN_FORCE
    draft.save()
    entered_as_issued(draft, by=by, at=at, legal_act=legal_act)
    return draft


@transaction.atomic
def replace_plan(
    plan: Plan,
    other: Plan,
    *,
    effective_on: dt.date,
    by: Person,
    at: dt.datetime,
    today: dt.date,
    legal_act: LegalAct | None = None,
    reason: str = "",
) -> PlanStep:
    """`other` takes the place of `plan` from that day; before it, the old one goes on being what bound.

    Refused: one that is not in force; by itself, by a plan that is not in force itself, that was issued later, or of
    another place. The same act sent again changes nothing.
    """
    row = _locked(plan)
    reason = normalise(reason).strip()
    said = {"other_id": other.pk, "effective_on": effective_on, "legal_act": legal_act, "reason": reason}
    if known := _said_already(row, PlanStepKind.REPLACED, said):
        return known
    _check_binding(row)
    by_plan = Plan.objects.select_related("unit").get(pk=other.pk)
    is_no_plan = by_plan.kind in (PlanKind.ADDENDUM, PlanKind.ANNOUNCEMENT)
    if by_plan.pk == row.pk or by_plan.status not in BINDING or is_no_plan:
        raise BadStep(_("Choose a plan in force that takes its place; an addendum only changes it."), field="other")
    if by_plan.unit_id not in places_of(row, today):
        raise BadStep(
            _("%(unit)s is neither the place of this plan nor what became of it.") % {"unit": by_plan.unit.name},
            field="other",
        )
    _check_day(row, effective_on, today)
    if by_plan.issued_on is not None and effective_on < by_plan.issued_on:
        raise BadStep(
            _(
                "The new plan was issued on {day}; until then nothing else bound. Choose that day or a later one."
            ).format(day=day_short(by_plan.issued_on)),
            field="effective_on",
        )
    return _end(
        row,
        PlanStatus.REPLACED,
        PlanStepKind.REPLACED,
        effective_on=effective_on,
        other=by_plan,
        legal_act=legal_act,
        reason=reason,
        by=by,
        at=at,
    )


@transaction.atomic
def retire_plan(
    plan: Plan,
    *,
    effective_on: dt.date,
    reason: str,
    by: Person,
    at: dt.datetime,
    today: dt.date,
    legal_act: LegalAct | None = None,
) -> PlanStep:
    """It binds no more from that day, and nothing takes its place. Refused: not in force; without a reason. The same
    act sent again changes nothing."""
    row = _locked(plan)
    reason = normalise(reason).strip()
    said = {"effective_on": effective_on, "legal_act": legal_act, "reason": reason}
    if known := _said_already(row, PlanStepKind.RETIRED, said):
        return known
    _check_binding(row)
    if not reason:
        raise BadStep(_("Say why it is retired: everybody can read it beside the plan."), field="reason")
    _check_day(row, effective_on, today)
    return _end(
        row,
        PlanStatus.RETIRED,
        PlanStepKind.RETIRED,
        effective_on=effective_on,
        legal_act=legal_act,
        reason=reason,
        by=by,
        at=at,
    )


@transaction.atomic
def inherit_plan(
    plan: Plan,
    unit: AdminUnit,
    *,
    effective_on: dt.date,
    legal_act: LegalAct,
    by: Person,
    at: dt.datetime,
    today: dt.date,
    reason: str = "",
) -> PlanStep:
    """`unit` answers for it from now on, on that act; it goes on binding the land for which it was issued.

    Refused: not in force; a unit that stands still; one that did not get its land; taken over by it already. The same
    act sent again changes nothing.
    """
    row = _locked(plan)
    reason = normalise(reason).strip()
    said = {"unit": unit, "effective_on": effective_on, "legal_act": legal_act, "reason": reason}
    if known := _said_already(row, PlanStepKind.INHERITED, said):
        return known
    _check_binding(row)
    if row.unit.holds_on(today):
        raise NotEnded(_("%(unit)s still stands, so it keeps its plan itself.") % {"unit": row.unit.name})
    if unit.pk not in {each.pk for each in heirs_of(row.unit, today)}:
        raise BadStep(
            _("%(unit)s got no land of %(old)s, so it cannot take this plan over.")
            % {"unit": unit.name, "old": row.unit.name},
            field="unit",
        )
    newest = row.steps.filter(kind=PlanStepKind.INHERITED).order_by("-at", "-pk").first()
    if newest is not None and newest.unit_id == unit.pk:
        raise BadStep(_("%(unit)s has taken this plan over already.") % {"unit": unit.name}, field="unit")
    _check_day(row, effective_on, today)
    row.status = PlanStatus.INHERITED
    row.save(update_fields=["status"])
    return note_step(
        row,
        PlanStepKind.INHERITED,
        effective_on=effective_on,
        unit=unit,
        legal_act=legal_act,
        reason=reason,
        by=by,
        at=at,
    )


def places_of(plan: Plan, day: dt.date) -> set[int]:
    """Keys of the units whose plans can take the place of this one: its own, and what became of one that has ended."""
    heirs = [] if plan.unit.holds_on(day) else heirs_of(plan.unit, day)
    return {plan.unit_id, *(unit.pk for unit in heirs)}


def _locked(plan: Plan) -> Plan:
    return Plan.objects.select_for_update(of=("self",)).select_related("unit").get(pk=plan.pk)


def _said_already(row: Plan, kind: PlanStepKind, said: Mapping[str, object]) -> PlanStep | None:
    """The newest step, where it is this very one: a form or a program that sends it twice means it once."""
    newest = row.steps.order_by("-at", "-pk").first()
    if newest is None or newest.kind != kind:
        return None
    return newest if all(getattr(newest, name) == value for name, value in said.items()) else None


def _check_binding(row: Plan) -> None:
    if row.status == PlanStatus.DRAFT:
        raise NotEnded(_("This plan is still being prepared: issue it, or discard the draft."))
    if row.status not in BINDING:
        raise NotEnded(_("The plan %(plan)s is no longer in force.") % {"plan": row.name})


def _check_day(plan: Plan, effective_on: dt.date, today: dt.date) -> None:
    if effective_on > today:
        raise BadStep(
            _("Record it on the day from which it holds, or later: this day has not come yet."), field="effective_on"
        )
    if plan.issued_on is not None and effective_on < plan.issued_on:
        raise BadStep(_("That is before the plan was issued."), field="effective_on")


def _end(
    row: Plan,
    status: PlanStatus,
    kind: PlanStepKind,
    *,
    effective_on: dt.date,
    by: Person,
    at: dt.datetime,
    other: Plan | None = None,
    legal_act: LegalAct | None = None,
    reason: str = "",
) -> PlanStep:
    """Its addenda end with it, and what they ask from that day on is asked no longer; what was late before stays so."""
    ended = list(Plan.objects.filter(Q(pk=row.pk) | Q(amends=row, status__in=BINDING)).values_list("pk", flat=True))
    Plan.objects.filter(pk__in=ended).update(status=status)
    drop_of_ended(ended, effective_on=effective_on, by=by, at=at)
    return note_step(
        row,
        kind,
        effective_on=effective_on,
        other=other,
        legal_act=legal_act,
        reason=reason,
        by=by,
        at=at,
    )
