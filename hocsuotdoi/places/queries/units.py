"""Reads of the territory on a day. Every function takes the day; none reads the clock."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from hocsuotdoi.core.dated import on
from hocsuotdoi.core.vietnamese import search_terms
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, LegalAct, Succession, UnitParent

COUNTRY_CODE = "VN"
MAP_KNOWN_FROM = dt.date(2008, 8, 1)
"""The 63 provinces stood from this day (Hà Tây joined Hà Nội); of the maps before it we know nothing."""
OLDEST_COMMUNES = dt.date(2025, 6, 30)
"""Districts and communes are known as they stood on this day, the last before the reform: what was merged or divided
before it we do not know, and older maps show it as it was then."""


def country() -> AdminUnit:
    return AdminUnit.objects.get(code=COUNTRY_CODE)


def unit_by_code(code: str, day: dt.date) -> AdminUnit:
    """The unit that bears `code` on `day`. Raises `AdminUnit.DoesNotExist`: a code can be used again or not at all."""
    return AdminUnit.objects.on(day).get(code=code)


def path_of(unit: AdminUnit, day: dt.date) -> list[AdminUnit]:
    """What `unit` lies in on `day`, country first, itself last; only itself where it does not stand on that day."""
    return list(AdminUnit.objects.above(unit, day)) or [unit]


def children_of(unit: AdminUnit, day: dt.date) -> QuerySet[AdminUnit]:
    """The units right under `unit` on `day`, in Vietnamese order."""
    return AdminUnit.objects.filter(on(day, "ancestries__"), ancestries__ancestor=unit, ancestries__distance=1)


def units_reading_as(unit: AdminUnit, day: dt.date) -> QuerySet[AdminUnit]:
    """Every unit of any time whose facts are read at or under `unit` on the map of `day`.

    After its end a unit is read as its main successor, before its beginning as its origin, so each unit is read as
    exactly one unit of any map and an additive total is the same on all of them. Use as a subquery:
    `filter(unit__in=units_reading_as(unit, day))`.
    """
    return AdminUnit.objects.filter(
        on(day, "readings__"),
        on(day, "readings__reads_as__ancestries__"),
        readings__reads_as__ancestries__ancestor=unit,
    )


def lay_there(unit: AdminUnit, day: dt.date, own_day: dt.date) -> list[AdminUnit]:
    """The units of its tier that stand on `day` where `unit` lay on `own_day`: what a map has that does not have it.
    One query."""
    where = units_reading_as(unit, day_on_map_of(unit, own_day))
    there = AdminUnit.objects.filter(on(day, "read_from__"), read_from__unit__in=where, tier=unit.tier)
    return list(there.distinct()[:30])


def reading_of(unit: AdminUnit, day: dt.date) -> AdminUnit:
    """As which unit `unit` is read on the map of `day`."""
    return AdminUnit.objects.get(on(day, "read_from__"), read_from__unit=unit)


def units_on_map(day: dt.date, tier: Tier | None = None) -> QuerySet[AdminUnit]:
    """The units that stand on `day`, of one tier if named."""
    units = AdminUnit.objects.on(day)
    return units.filter(tier=tier) if tier else units


def search_units(text: str, day: dt.date) -> QuerySet[AdminUnit]:
    """Units of `day` whose name holds every word of `text`; typed without marks, a word matches any marking of it."""
    condition = Q()
    for term in search_terms(text):
        condition &= Q(search_text__contains=term)
    return AdminUnit.objects.on(day).filter(condition)


def became(unit: AdminUnit) -> QuerySet[Succession]:
    """The steps from `unit` to what took it over, the main one first."""
    return (
        Succession.objects.filter(predecessor=unit)
        .select_related("successor", "legal_act")
        .order_by("-is_main", "successor__sort_key")
    )


def was(unit: AdminUnit) -> QuerySet[Succession]:
    """The steps to `unit` from what it was made of, its origin first."""
    return (
        Succession.objects.filter(successor=unit)
        .select_related("predecessor", "legal_act")
        .order_by("-is_origin", "predecessor__tier", "predecessor__sort_key")
    )


def unit_rows(day: dt.date) -> list[dict[str, str | None]]:
    """The units of `day` as `{code, name, tier, parent}`, tier by tier; the parent is a code, None for the country."""
    links = UnitParent.objects.on(day).values_list("unit_id", "parent__code")
    parents: dict[int, str] = dict(links)
    order = {tier: rank for rank, tier in enumerate(Tier)}
    units = AdminUnit.objects.on(day).values_list("pk", "code", "name", "tier")
    return [
        {"code": code, "name": name, "tier": tier, "parent": parents.get(pk)}
        for pk, code, name, tier in sorted(units, key=lambda row: (order[Tier(row[3])], row[1]))
    ]


def day_on_map_of(unit: AdminUnit, day: dt.date) -> dt.date:
    """The day nearest to `day` on which `unit` stands: facts are read on a map that has it."""
    if unit.ends_on is not None and day >= unit.ends_on:
        return unit.ends_on - dt.timedelta(days=1)
    if unit.starts_on is not None and day < unit.starts_on:
        return unit.starts_on
    return day


def units_in_sheet(code: str, day: dt.date) -> list[tuple[str, str, str]]:
    """Code, name and what it lies in, of a province and its communes on `day`, or of all provinces and communes of the
    country; provinces first."""
    links = UnitParent.objects.on(day).filter(on(day, "unit__"), unit__tier__in=[Tier.PROVINCE, Tier.COMMUNE])
    if code != COUNTRY_CODE:
        links = links.filter(Q(unit__code=code) | Q(parent__code=code))
    rows = links.order_by("-unit__tier", "parent__code", "unit__code")
    return list(rows.values_list("unit__code", "unit__name", "parent__name"))


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which the map changed: how many units of a tier stood before and stand since, how many ended by it and
    began."""

    day: dt.date
    before: dict[str, int]
    since: dict[str, int]
    ended: int
    begun: int


def changes_of_map() -> list[Change]:
    """Every day on which units began or ended, the newest first. One query."""
    periods = AdminUnit.objects.order_by().values_list("tier", "starts_on", "ends_on").annotate(number=Count("pk"))
    rows = list(periods)
    days = {day for _tier, first, last, _number in rows for day in (first, last) if day}

    def standing(on_day: dt.date) -> dict[str, int]:
        found: Counter[str] = Counter()
        for tier, first, last, number in rows:
            if (first or dt.date.min) <= on_day < (last or dt.date.max):
                found[tier] += number
        return dict(found)

    return [
        Change(
            day,
            before=standing(day - dt.timedelta(days=1)),
            since=standing(day),
            ended=sum(number for _tier, _first, last, number in rows if last == day),
            begun=sum(number for _tier, first, _last, number in rows if first == day),
        )
        for day in sorted(days, reverse=True)
    ]


def days_of_change() -> list[dt.date]:
    """The days on which units ended, the earliest first: one map followed another."""
    ends = AdminUnit.objects.order_by("ends_on").values_list("ends_on", flat=True).distinct()
    return [day for day in ends if day is not None]


def begun_by(act: LegalAct, day: dt.date) -> QuerySet[AdminUnit]:
    """The units that began by this act on that day, with what they were made of (`was`) at hand."""
    steps = Succession.objects.select_related("predecessor").order_by("-is_origin", "predecessor__sort_key")
    return AdminUnit.objects.filter(began_by=act, starts_on=day).prefetch_related(Prefetch("was", steps))


def moved_by(act: LegalAct, day: dt.date) -> QuerySet[UnitParent]:
    """Where units lie since that day that this act left as they were."""
    links = UnitParent.objects.filter(legal_act=act, starts_on=day).exclude(unit__starts_on=day)
    return links.select_related("unit", "parent").order_by("parent__sort_key", "unit__sort_key")
