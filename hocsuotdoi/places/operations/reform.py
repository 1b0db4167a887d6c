"""Entering a reform of the territory: looked at first, then entered as a whole, taken back until its day.

It is written into the books on that day and applied again, in the order of the days, whenever the territory is loaded:
the packages know the reform of 2025 only.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.table_file import Problem
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.formats.reform import ReformRow, after
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY
from hocsuotdoi.places.formats.territory import Territory
from hocsuotdoi.places.models import LegalAct, TerritoryReform
from hocsuotdoi.places.operations.institution import By
from hocsuotdoi.places.operations.reform_plan import ReformPlan, as_reform, planned_reform, territory_in_books
from hocsuotdoi.places.operations.territory import DoesNotFit, one_at_a_time, read_with, try_writing, write_due_reforms

_FARTHEST = 3
"""Years ahead: what is farther is a slip of the pen."""


class ReformRefused(Refused):
    pass


class RowsRefused(Refused):
    """Rows that cannot be entered; all of them, cell by cell, in `problems`."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__(problems[0].reason)
        self.problems = list(problems)


@transaction.atomic
def send_reform(
    *,
    day: dt.date,
    legal_act: LegalAct,
    rows: Sequence[ReformRow],
    file_name: str,
    digest: str,
    by: Any,
    at: dt.datetime,
) -> TerritoryReform:
    """Keeps what was sent until it is entered; nothing follows from it yet.

    Refused: a day not after the reform of 2025 or years ahead, an act that was entered for that day, rows that cannot
    be entered (`RowsRefused`), rows that change nothing.
    """
    if not REFORM_DAY < day <= timezone.localdate(at) + dt.timedelta(days=366 * _FARTHEST):
        raise ReformRefused(
            _("The day lies after {first} and at most three years ahead.").format(first=day_short(REFORM_DAY)),
            field="day",
        )
    if TerritoryReform.objects.in_force().filter(day=day, legal_act=legal_act).exists():
        raise ReformRefused(_("This act is entered for that day already."), field="act_number")
    TerritoryReform.objects.filter(entered_at=None, sent_by=by.pk).delete()
    reform = TerritoryReform.objects.create(
        day=day,
        legal_act=legal_act,
        file_name=normalise(file_name)[-200:],
        file_digest=digest,
        rows=[asdict(row) for row in rows],
        sent_by=by.pk,
        sent_at=at,
    )
    plan_of(reform)
    return reform


def plan_of(reform: TerritoryReform) -> ReformPlan:
    """What entering would do. Refused: rows that cannot be entered (`RowsRefused`), or that change nothing."""
    outcome = after(_territory_before(reform), as_reform(reform))
    if outcome.problems:
        raise RowsRefused(outcome.problems)
    plan = planned_reform(reform, outcome)
    if not plan.changes:
        raise ReformRefused(_("Nothing in it is new: every unit stays what it is and where it is."), field="file")
    return plan


@transaction.atomic
def place_on_divided_land(reform: TerritoryReform, where: Mapping[str, str], *, by: By, at: dt.datetime) -> None:
    """In which of the new units institutions of a divided one stand: institution's code → unit's code.

    Refused: a reform that is written or taken back, an institution or a unit that the plan does not offer.
    """
    reform = _fresh(reform)
    if reform.written_at is not None or reform.taken_back_at is not None:
        raise ReformRefused(_("It is written or taken back already. Move single institutions in the register."))
    offered = {each.code: {unit.code for unit in each.new} for each in plan_of(reform).divided}
    if any(unit not in offered.get(institution, ()) for institution, unit in where.items()):
        raise ReformRefused(_("Something has changed since you looked. Look through it once more."))
    reform.places = {**reform.places, **where}
    reform.save(update_fields=["places"])


@transaction.atomic
def enter_reform(reform: TerritoryReform, *, seen: str, by: Any, at: dt.datetime) -> TerritoryReform:
    """Units, bodies and places follow from it on its day, at once where that is past; all or nothing. Entered again,
    nothing happens.

    It is written on trial, so that its day brings no surprise. Refused: another plan by now than `seen`; a reform that
    was entered and would not fit any more.
    """
    one_at_a_time()
    reform = _fresh(reform)
    if reform.entered_at is not None:
        return reform
    plan = plan_of(reform)
    if plan.digest != seen:
        raise ReformRefused(_("Something has changed since you looked. Look through it once more, then confirm."))
    reform.entered_at, reform.entered_by = at, by.pk
    reform.places = {each.code: each.chosen for each in plan.divided}
    reform.save(update_fields=["entered_at", "entered_by", "places"])
    if reform.day > timezone.localdate(at):
        try_writing()
    elif write_due_reforms(timezone.localdate(at), at=at) and (misfit := _misfit()):
        raise misfit
    return _fresh(reform)


@transaction.atomic
def take_reform_back(reform: TerritoryReform, *, reason: str, by: By, at: dt.datetime) -> TerritoryReform:
    """Nothing will follow from it; the row stays, with the reason. Taken back again, nothing happens.

    Refused: no reason; once it is written; where a later reform stands on it.
    """
    reason = " ".join(normalise(reason).split())
    one_at_a_time()
    reform = _fresh(reform)
    if reform.taken_back_at is not None:
        return reform
    if not reason:
        raise ReformRefused(_("Say why it is taken back."), field="reason")
    if reform.entered_at is None:
        raise ReformRefused(_("It was not entered yet."))
    if reform.written_at is not None:
        sentence = _("It holds since {day}, and things were recorded in its units. Enter what changes it instead.")
        raise ReformRefused(sentence.format(day=day_short(reform.day)))
    fitted = _misfit() is None
    reform.taken_back_at, reform.taken_back_for = at, reason
    reform.save(update_fields=["taken_back_at", "taken_back_for"])
    if fitted and (misfit := _misfit()):
        raise misfit
    return reform


def _misfit() -> DoesNotFit | None:
    """What does not fit of all that was entered."""
    try:
        read_with(TerritoryReform.objects.in_force().select_related("legal_act"))
    except DoesNotFit as misfit:
        return misfit
    return None


def _territory_before(reform: TerritoryReform) -> Territory:
    """On which it is applied: the books, where they hold all that comes before it and nothing that comes after."""
    others = TerritoryReform.objects.in_force().exclude(pk=reform.pk).select_related("legal_act")
    place = (reform.day, reform.entered_at or timezone.now())
    earlier = [each for each in others if (each.day, each.entered_at) < place]
    if {each.pk for each in earlier} == {each.pk for each in others if each.written_at}:
        return territory_in_books()
    return read_with(earlier)


def _fresh(reform: TerritoryReform) -> TerritoryReform:
    return TerritoryReform.objects.select_for_update(of=("self",)).select_related("legal_act").get(pk=reform.pk)
