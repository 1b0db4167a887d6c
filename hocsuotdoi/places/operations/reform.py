"""Entering a reform of the territory: looked at first, then done as a whole; taken back until its day.

What somebody entered is kept and applied again, in the order of the days, whenever the territory is loaded
(`load_reference`): the packages know the reform of 2025 only.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Model, Q
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.audit import many_rows
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.table_file import Problem
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.formats.reform import ReformRow, after
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY
from hocsuotdoi.places.formats.territory import Territory
from hocsuotdoi.places.models import (
    AdminUnit,
    Agency,
    AgencyLine,
    LegalAct,
    Succession,
    TerritoryReform,
    UnitAncestry,
    UnitNote,
    UnitParent,
    UnitReading,
)
from hocsuotdoi.places.operations.institution import By
from hocsuotdoi.places.operations.load_units import read_territory
from hocsuotdoi.places.operations.reform_plan import ReformPlan, as_reform, planned_reform, territory_in_books
from hocsuotdoi.places.operations.territory import entered_territory, write_territory

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

    Refused: a reform that is entered, an institution or a unit that the plan does not offer.
    """
    reform = _locked(reform)
    _refuse_entered(reform)
    offered = {each.code: {unit.code for unit in each.new} for each in plan_of(reform).divided}
    if any(unit not in offered.get(institution, ()) for institution, unit in where.items()):
        raise ReformRefused(_("Something has changed since you looked. Look through it once more."))
    reform.places = {**reform.places, **where}
    reform.save(update_fields=["places"])


@transaction.atomic
def enter_reform(reform: TerritoryReform, *, seen: str, by: Any, at: dt.datetime) -> TerritoryReform:
    """Units, bodies and places follow from it, on its day; all or nothing. Entered again, nothing happens.

    Figures follow by themselves: totals are put on the new map when the day comes (`indicators.fold`), at once where it
    is past. Refused: another plan by now than `seen`; a reform of a later day that does not fit any more.
    """
    reform = _locked(reform)
    if reform.entered_at is not None:
        return reform
    plan = plan_of(reform)
    if plan.digest != seen:
        raise ReformRefused(_("Something has changed since you looked. Look through it once more, then confirm."))
    reform.entered_at, reform.entered_by = at, by.pk
    reform.places = {each.code: each.chosen for each in plan.divided}
    reform.save(update_fields=["entered_at", "entered_by", "places"])
    write_territory()
    return reform


@transaction.atomic
def take_reform_back(reform: TerritoryReform, *, reason: str, by: By, at: dt.datetime) -> TerritoryReform:
    """Everything is as if it had not been entered; the row stays, with the reason. Taken back again, nothing happens.

    Refused: no reason; from its day on; while anything hangs on a unit or a body that it makes.
    """
    reform = _locked(reform)
    reason = " ".join(normalise(reason).split())
    if reform.taken_back_at is not None:
        return reform
    if not reason:
        raise ReformRefused(_("Say why it is taken back."), field="reason")
    if reform.entered_at is None:
        raise ReformRefused(_("It was not entered yet."))
    if reform.day <= timezone.localdate(at):
        sentence = _("It holds since {day}, and things were recorded in its units. Enter what changes it instead.")
        raise ReformRefused(sentence.format(day=day_short(reform.day)))
    reform.taken_back_at, reform.taken_back_for = at, reason
    reform.save(update_fields=["taken_back_at", "taken_back_for"])
    kept = {unit.key for unit in entered_territory().units}
    gone = [
        unit
        for unit in AdminUnit.objects.filter(starts_on__gt=timezone.localdate(at))
        if (unit.code, unit.starts_on) not in kept
    ]
    _stay_where_they_were(gone)
    _remove(gone)
    write_territory()
    _reopen_bodies(reform)
    return reform


def _territory_before(reform: TerritoryReform) -> Territory:
    """On which it is applied: the books, unless something that comes after it is in them already."""
    others = TerritoryReform.objects.in_force().exclude(pk=reform.pk)
    if reform.entered_at is None and not others.filter(day__gt=reform.day).exists():
        return territory_in_books()
    territory = read_territory()
    earlier = Q(day__lt=reform.day) | Q(day=reform.day, entered_at__lt=reform.entered_at or timezone.now())
    for each in others.filter(earlier).select_related("legal_act"):
        territory = after(territory, as_reform(each)).territory
    return territory


def _locked(reform: TerritoryReform) -> TerritoryReform:
    """One reform at a time: each is written on top of all others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('places_territory'))")
    return TerritoryReform.objects.select_for_update(of=("self",)).select_related("legal_act").get(pk=reform.pk)


def _refuse_entered(reform: TerritoryReform) -> None:
    if reform.entered_at is not None:
        raise ReformRefused(_("It is entered already."))


_STAY = """
    WITH next AS (
        SELECT next.* FROM places_{table} next {join} WHERE unit.id = ANY(%(gone)s) AND next.starts_on = unit.starts_on
    ), previous AS (
        UPDATE places_{table} place SET ends_on = next.ends_on
          FROM next, places_{holder} holder
         WHERE place.institution_id = next.institution_id AND place.ends_on = next.starts_on
           AND holder.id = place.{column} AND holder.ends_on = next.starts_on
        RETURNING next.id
    )
    DELETE FROM places_{table} place USING previous WHERE place.id = previous.id
"""


def _stay_where_they_were(gone: Sequence[AdminUnit]) -> None:
    """What would have gone on in these units, and in the care of their bodies, goes on as before."""
    of_places = {"table": "institutionplacement", "holder": "adminunit", "column": "unit_id"}
    of_bodies = {"table": "institutionagency", "holder": "agency", "column": "agency_id"}
    joins = (
        (of_places, "JOIN places_adminunit unit ON unit.id = next.unit_id"),
        (
            of_bodies,
            "JOIN places_agency body ON body.id = next.agency_id JOIN places_adminunit unit ON unit.id = body.unit_id",
        ),
    )
    with many_rows(), connection.cursor() as cursor:
        for names, join in joins:
            cursor.execute(_STAY.format(join=join, **names), {"gone": [unit.pk for unit in gone]})


def _remove(gone: Sequence[AdminUnit]) -> None:
    """These units and the bodies that they have by rule. Refused: anything else hangs on one of them."""
    UnitParent.objects.filter(Q(unit__in=gone) | Q(parent__in=gone)).delete()  # written anew with the territory
    for rows in (list(Agency.objects.filter(unit__in=gone, kept_by_hand=False)), gone):
        hanging = Collector(using=DEFAULT_DB_ALIAS)
        try:
            hanging.collect(rows)
        except (ProtectedError, RestrictedError) as error:
            held = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
            raise _hangs(type(next(iter(held)))) from error
        models = {*hanging.data, *(query.model for query in hanging.fast_deletes if query.exists())}
        for model in models - _WITH_UNITS:
            raise _hangs(model)
        hanging.delete()


_WITH_UNITS = {AdminUnit, Agency, AgencyLine, Succession, UnitAncestry, UnitNote, UnitReading}


def _hangs(model: type[Model]) -> ReformRefused:
    sentence = _("Something hangs on a unit or a body that this act makes: {what}. Take that away first.")
    return ReformRefused(sentence.format(what=model._meta.verbose_name_plural))


def _reopen_bodies(reform: TerritoryReform) -> None:
    """Those that people keep, which this act ended with their units, and the lines of theirs."""
    ended = Agency.objects.filter(ends_on=reform.day, ended_for=reform.legal_act.number, unit__ends_on=None)
    ended.update(ends_on=None, ended_for="")
    lines = AgencyLine.objects.filter(kept_by_hand=True, ends_on=reform.day)
    lines.exclude(agency__ends_on=reform.day).exclude(superior__ends_on=reform.day).update(ends_on=None)
