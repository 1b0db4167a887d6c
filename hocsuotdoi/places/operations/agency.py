"""Acts on the register of bodies: entered, renamed, ended. None is ever removed: reports and tasks name it."""

import datetime as dt
import itertools

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import fold, normalise
from hocsuotdoi.places.enums import ARMED_FORCES, ONE_AT_A_TIME, AgencyKind, LineKind
from hocsuotdoi.places.models import AdminUnit, Agency, AgencyLine
from hocsuotdoi.places.queries.agencies import hanging_on, may_command
from hocsuotdoi.places.registry import tell_named, waiting_at

By = AbstractBaseUser | None
"""Who acts. The audit trail takes the person from the request; kept here so that every act names one."""
_LONGEST_CODE = 70


class AgencyRefused(Refused):
    pass


class StillWaits(Refused):
    """Something hangs on the body yet: `waiting` says what. Said, not forbidden: who has read it confirms."""

    def __init__(self, waiting: list[str]):
        super().__init__(_("Something still hangs on this body. Read it, then confirm."), field="confirmed")
        self.waiting = waiting


@transaction.atomic
def add_agency(
    *,
    name: str,
    kind: AgencyKind,
    unit: AdminUnit,
    starts_on: dt.date,
    superior: Agency | None = None,
    by: By,
    at: dt.datetime,
) -> Agency:
    """A body of `unit` from `starts_on` on, under the command of `superior` where its kind has a line of its own.

    Entered again with the same words, nothing happens. Refused: no name, a unit that does not stand on that day, a body
    of the same name and kind (or, where a unit has one only, of the same kind) at the same time, a superior that cannot
    command it.
    """
    name = _clean(name)
    unit = AdminUnit.objects.select_for_update().get(pk=unit.pk)
    if not unit.holds_on(starts_on):
        raise AgencyRefused(
            _("{unit} does not exist on {day}. Choose the unit of that day.").format(
                unit=unit.name, day=day_short(starts_on)
            ),
            field="unit",
        )
    if kind == AgencyKind.MINISTRY:
        raise AgencyRefused(
            _("Only the ministry that leads the programme is of this kind. Enter another one by its branch."),
            field="kind",
        )
    if same := _same(unit, kind, name, starts_on):
        if (same.name, same.starts_on, same.kept_by_hand) == (name, starts_on, True):
            return same
        raise _stands_already(same)
    if superior is not None:
        _refuse_superior(superior, kind, unit, starts_on)
    agency = Agency.objects.create(
        code=_code_for(name), name=name, kind=kind, unit=unit, starts_on=starts_on, kept_by_hand=True
    )
    if superior is not None:
        AgencyLine.objects.create(
            agency=agency, superior=superior, kind=LineKind.ADMINISTRATIVE, starts_on=starts_on, kept_by_hand=True
        )
    tell_named(agency)
    return agency


@transaction.atomic
def rename_agency(agency: Agency, *, name: str, by: By, at: dt.datetime) -> Agency:
    """The same body under another name; what was frozen before keeps the old one.

    Refused: no name, a body whose end is set, a name that another body of this kind has there.
    """
    name = _clean(name)
    agency = _locked(agency)
    if agency.name == name:
        return agency
    if agency.ends_on is not None:
        raise AgencyRefused(
            _("Its end is set to {day}: it keeps its name until then.").format(day=day_short(agency.ends_on)),
            field="name",
        )
    today = timezone.localdate(at)
    if agency.unit and (same := _of_that_name(agency.unit, agency.kind, name, today, but=agency)):
        raise _stands_already(same)
    _keep(agency)
    agency.name = name
    agency.save(update_fields=["name"])
    tell_named(agency)
    return agency


@transaction.atomic
def end_agency(
    agency: Agency, *, ends_on: dt.date, reason: str, confirmed: bool = False, by: By, at: dt.datetime
) -> Agency:
    """The body is no more from `ends_on` on; its lines of command end with it. Ended again in the same words, nothing
    happens; an end that is still to come can be set for another day.

    Refused: no reason, a day that is not after its first one, a body that has ended or was loaded with its end; not
    `confirmed` while something hangs on it (`StillWaits`).
    """
    reason = " ".join(normalise(reason).split())
    agency = _locked(agency)
    if (agency.ends_on, agency.ended_for) == (ends_on, reason):
        return agency
    if not reason:
        raise AgencyRefused(_("Say why it ends: for example by which decision."), field="reason")
    if agency.ends_on is not None and (agency.ends_on <= timezone.localdate(at) or not agency.kept_by_hand):
        raise AgencyRefused(_("Its end is set already: {day}.").format(day=day_short(agency.ends_on)), field="ends_on")
    if agency.starts_on is not None and ends_on <= agency.starts_on:
        raise AgencyRefused(
            _("It began on {day}. It can end on a later day only.").format(day=day_short(agency.starts_on)),
            field="ends_on",
        )
    if not confirmed and (waiting := [*hanging_on(agency, ends_on), *waiting_at(agency, ends_on)]):
        raise StillWaits(waiting)
    _end_lines(agency, ends_on)
    _keep(agency)
    agency.ends_on, agency.ended_for = ends_on, reason
    agency.save(update_fields=["ends_on", "ended_for"])
    return agency


def _end_lines(agency: Agency, ends_on: dt.date) -> None:
    """Those that hold beyond that day; one that would only begin then never does, and none lasts longer than the body
    at its other end."""
    lines = AgencyLine.objects.filter(Q(agency=agency) | Q(superior=agency))
    lines = lines.filter(Q(ends_on=None) | Q(ends_on__gt=ends_on) | Q(ends_on=agency.ends_on))
    lines.filter(starts_on__gte=ends_on).delete()
    begun = list(lines.values_list("pk", flat=True))
    AgencyLine.objects.filter(pk__in=begun, kept_by_hand=False).update(kept_by_hand=True)
    for mine, other in (("agency", "superior"), ("superior", "agency")):
        end_of_other = Agency.objects.filter(pk=OuterRef(other)).values("ends_on")
        of_mine = AgencyLine.objects.filter(**{mine: agency}, pk__in=begun)
        of_mine.update(ends_on=Least(Value(ends_on), Subquery(end_of_other)))


def _keep(agency: Agency) -> None:
    """From here on its changes leave a trail: with a row of its own for how it was loaded, so that the trail can tell
    what it was before."""
    if not agency.kept_by_hand:
        Agency.objects.filter(pk=agency.pk).update(kept_by_hand=True)
        agency.kept_by_hand = True


def _locked(agency: Agency) -> Agency:
    """The unit's row first, as when a body is added: two bodies of one unit never get one name at once."""
    if agency.unit_id:
        AdminUnit.objects.select_for_update().get(pk=agency.unit_id)
    return Agency.objects.select_for_update(of=("self",)).select_related("unit").get(pk=agency.pk)


def _clean(name: str) -> str:
    name = " ".join(normalise(name).split())
    if not name:
        raise AgencyRefused(_("A body has a name."), field="name")
    return name


def _same(unit: AdminUnit, kind: AgencyKind, name: str, starts_on: dt.date) -> Agency | None:
    if kind in ONE_AT_A_TIME:
        return _standing_from(unit, kind, starts_on).first()
    return _of_that_name(unit, kind, name, starts_on)


def _of_that_name(
    unit: AdminUnit, kind: str, name: str, starts_on: dt.date, *, but: Agency | None = None
) -> Agency | None:
    others = _standing_from(unit, kind, starts_on).exclude(pk=but.pk if but else None)
    return next((each for each in others if fold(each.name) == fold(name)), None)


def _standing_from(unit: AdminUnit, kind: str, day: dt.date) -> QuerySet[Agency]:
    """That stand on `day` or later."""
    return Agency.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), unit=unit, kind=kind, is_sample=False).order_by(
        "pk"
    )


def _stands_already(same: Agency) -> AgencyRefused:
    if same.ends_on is None:
        sentence = _("There is “{name}” already. Rename it, or end it first if this one comes in its place.")
    else:
        sentence = _("There is “{name}” until {day}. Let this one begin on that day.")
    day = day_short(same.ends_on) if same.ends_on else ""
    return AgencyRefused(sentence.format(name=same.name, day=day), field="name")


def _refuse_superior(superior: Agency, kind: AgencyKind, unit: AdminUnit, day: dt.date) -> None:
    if superior.kind != kind and (kind in ARMED_FORCES or superior.kind in ARMED_FORCES):
        raise AgencyRefused(_("The armed forces are commanded by their own line only."), field="superior")
    if not may_command(unit, kind, day).filter(pk=superior.pk).exists():
        raise AgencyRefused(
            _(
                "{name} does not command bodies of this kind there. Choose one of the same branch at or above the unit."
            ).format(name=superior.name),
            field="superior",
        )


def _code_for(name: str) -> str:
    code = slugify(fold(name))[:_LONGEST_CODE].strip("-") or "co-quan"
    taken = set(Agency.objects.filter(code__startswith=code).values_list("code", flat=True))
    tries = itertools.chain([code], (f"{code}-{number}" for number in itertools.count(2)))
    return next(each for each in tries if each not in taken)
