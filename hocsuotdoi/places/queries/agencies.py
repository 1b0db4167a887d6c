"""Reads of the register of bodies: found by name, kind and unit; where one stands in its line of command."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import ngettext

from hocsuotdoi.core.dated import on
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.enums import ARMED_FORCES, AgencyKind, LineKind, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, AgencyLine, InstitutionAgency
from hocsuotdoi.places.queries.units import search_units

_FURTHEST = 8
"""Steps up; more is a circle."""


@dataclass(frozen=True, slots=True)
class Step:
    agency: Agency
    kind: LineKind


@dataclass(frozen=True, slots=True)
class Standing:
    """`up`: who commands it, the nearest first, as far up as it goes. `guides`: who guides its work besides. `below`:
    how many bodies it commands or guides itself."""

    up: list[Agency]
    guides: list[Agency]
    below: int


def agencies_found(
    day: dt.date, *, words: str = "", kind: str = "", unit: str = "", ended: bool = False
) -> QuerySet[Agency]:
    """By every word of the name, the kind, the unit's name or code; those that stand on `day` or
    later, or all with `ended`; of the country first."""
    found = Agency.objects.select_related("unit")
    if not ended:
        found = found.filter(Q(ends_on=None) | Q(ends_on__gt=day))
    for word in normalise(words).split():
        found = found.filter(name__icontains=word)
    if kind:
        found = found.filter(kind=kind)
    if unit := unit.strip():
        found = found.filter(Q(unit__code=unit) | Q(unit__in=search_units(unit, day).order_by().values("pk")))
    ranks = [When(unit__tier=tier, then=rank) for rank, tier in enumerate(Tier.values)]
    return found.order_by(Case(*ranks, default=len(ranks)), "unit__sort_key", "kind", "name", "pk")


def standing_of(agency: Agency, day: dt.date) -> Standing:
    """A query for each step up, and two."""
    up: list[Agency] = []
    at = agency
    while len(up) < _FURTHEST:
        line = _lines(day).filter(agency=at, kind=LineKind.ADMINISTRATIVE).order_by("pk").first()
        if line is None:
            break
        at = line.superior
        up.append(at)
    guides = _lines(day).filter(agency=agency, kind=LineKind.PROFESSIONAL).order_by("superior__name")
    below = AgencyLine.objects.on(day).filter(superior=agency).values("agency").distinct().count()
    return Standing(up, [each.superior for each in guides], below)


def may_command(unit: AdminUnit, kind: str, day: dt.date) -> QuerySet[Agency]:
    """Bodies that can stand above one of `kind` at `unit`: of the same kind at a unit above, and, but for the armed
    forces, the people's committee there."""
    standing = Agency.objects.on(day).filter(is_sample=False)
    above = Q(on(day, "unit__descents__"), unit__descents__unit=unit)
    same = Q(above, kind=kind) & ~Q(unit=unit)
    committee = Q(pk__in=[]) if kind in ARMED_FORCES else Q(unit=unit, kind=AgencyKind.PEOPLES_COMMITTEE)
    found = standing.filter(same | committee).values("pk")
    return Agency.objects.filter(pk__in=found).select_related("unit").order_by("-unit__tier", "name", "pk")


def hanging_on(agency: Agency, day: dt.date) -> list[str]:
    """What of the register itself hangs on a body that is about to end. Two queries."""
    below = AgencyLine.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), superior=agency)
    bodies = below.values("agency").distinct().count()
    run = InstitutionAgency.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), agency=agency)
    institutions = run.values("institution").distinct().count()
    said = (
        (bodies, ngettext("{number} body stands under it.", "{number} bodies stand under it.", bodies)),
        (
            institutions,
            ngettext("It runs {number} institution.", "It runs {number} institutions.", institutions),
        ),
    )
    return [words.format(number=number) for number, words in said if number]


def _lines(day: dt.date) -> QuerySet[AgencyLine]:
    return AgencyLine.objects.on(day).select_related("superior__unit")
