"""Deciding what becomes of targets whose tier or place is no more: on an act, with a reason, many alike at once."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.models import AdminUnit, LegalAct
from hocsuotdoi.programme.enums import BINDING, PlanStatus, RehomingKind
from hocsuotdoi.programme.models import Plan, Rehoming, Target
from hocsuotdoi.programme.queries.plan_facts import cohort_facts
from hocsuotdoi.programme.queries.rehoming import can_be_asked


class NotRehomed(Refused):
    """As things are, nothing can be decided about these targets."""


class BadRehoming(Refused):
    """The decision names something that it cannot."""


@transaction.atomic
def rehome(
    targets: Sequence[Target],
    *,
    kind: RehomingKind,
    units: Sequence[AdminUnit],
    effective_on: dt.date,
    legal_act: LegalAct,
    reason: str,
    by: Person,
    at: dt.datetime,
    today: dt.date,
    cohort: Cohort | None = None,
    replacements: Mapping[int, Target] | None = None,
) -> list[Rehoming]:
    """One decision about each of `targets` for each of `units`, and return them.

    Taken over: each unit answers for them, asked of `cohort`. Replaced: `replacements` names for each target (by its
    key) the one of a later plan. Dropped: they are not asked there any more. The targets stay as issued, and are asked
    as before of whoever does not lie in one of the units (decision 0111); a later decision for the same target and unit
    takes the place of this one. That a person may decide for the plan and for each unit is the surface's question.
    Refused: nothing chosen, no reason, a plan that is no longer in force, a day that has not come, units that do not
    stand or have no say in the class, a target that is replaced by none or by itself. The same decision sent again
    changes nothing.
    """
    if not targets:
        raise NotRehomed(_("Choose at least one target."))
    if not units:
        raise BadRehoming(_("Choose at least one unit for which this is decided."), field="units")
    reason = reason_of_decision(reason, effective_on, today)
    _lock(targets)
    if kind == RehomingKind.TAKEN_OVER:
        _check_takers(cohort, units, today)
    found = replacements or {}
    if kind == RehomingKind.REPLACED:
        _check_replacements(targets, found)
    rows = [
        Rehoming(
            target=target,
            kind=kind,
            unit=unit,
            cohort=cohort if kind == RehomingKind.TAKEN_OVER else None,
            replacement=found[target.pk] if kind == RehomingKind.REPLACED else None,
            effective_on=effective_on,
            legal_act=legal_act,
            reason=reason,
            by=by.pk,
            at=at,
        )
        for target in targets
        for unit in units
    ]
    return _said_already(rows) or Rehoming.objects.bulk_create(rows)


def reason_of_decision(reason: str, effective_on: dt.date, today: dt.date) -> str:
    """Its words. Refused: none, or a day that has not come."""
    reason = normalise(reason).strip()
    if not reason:
        raise BadRehoming(_("Write the reason in a sentence: everybody can read it."), field="reason")
    if effective_on > today:
        raise BadRehoming(_("Record the decision once it holds: this day has not come yet."), field="effective_on")
    return reason


def _said_already(rows: Sequence[Rehoming]) -> list[Rehoming]:
    """The decisions that hold, where they are these very ones; empty where anything is new."""
    asked = {(row.target_id, row.unit_id) for row in rows}
    found = Rehoming.objects.filter(
        target__in={target for target, _unit in asked}, unit__in={unit for _target, unit in asked}
    )
    newest = {(row.target_id, row.unit_id): row for row in found.order_by("effective_on", "at", "pk")}
    known = [newest.get((row.target_id, row.unit_id)) for row in rows]
    return [old for old in known if old is not None] if list(map(_said, known)) == list(map(_said, rows)) else []


def _said(row: Rehoming | None) -> tuple[object, ...]:
    if row is None:
        return ()
    return row.kind, row.cohort_id, row.replacement_id, row.effective_on, row.legal_act_id, row.reason


def _lock(targets: Sequence[Target]) -> None:
    plans = Plan.objects.filter(pk__in={target.plan_id for target in targets}).order_by("pk")
    for plan in plans.select_for_update():
        if plan.status not in BINDING:
            raise NotRehomed(
                _("The plan %(plan)s is not in force, so nothing is decided about its targets.") % {"plan": plan.name}
            )


def _check_takers(cohort: Cohort | None, units: Sequence[AdminUnit], today: dt.date) -> None:
    if cohort is None:
        raise BadRehoming(_("Choose of whom the figure is asked from now on."), field="cohort")
    for unit in units:
        if not unit.holds_on(today):
            raise BadRehoming(_("%(unit)s has ended and takes nothing over.") % {"unit": unit.name}, field="units")
        if not can_be_asked(cohort_facts(cohort), unit.tier, today):
            raise BadRehoming(
                _("%(unit)s has no say in «%(cohort)s»: choose another class or another unit.")
                % {"unit": unit.name, "cohort": cohort.name},
                field="cohort",
            )


def _check_replacements(targets: Sequence[Target], found: Mapping[int, Target]) -> None:
    for target in targets:
        other = found.get(target.pk)
        if other is None or other.pk == target.pk or other.plan_id == target.plan_id:
            raise BadRehoming(
                _("For «%(target)s» no target of a later plan was found that takes its place.")
                % {"target": target.written},
                field="replacement",
            )
        if other.plan.status == PlanStatus.DRAFT:
            raise BadRehoming(_("A draft takes the place of nothing: issue it first."), field="replacement")
