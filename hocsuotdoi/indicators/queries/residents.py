"""Residents and villages of units: which of the numbers that were entered, and which of them live in town.

Who lives in town is told by the one rule of `frame.is_urban`, as who took part is: by the kind that a commune has on
the frame's map, whatever was written into which column (decision 132).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import F, QuerySet

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.indicators.queries.frame import Frame, is_urban
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, UnitAncestry, UnitReading

NEWEST = 5
"""Years: an older population is none."""


class Unsplit(StrEnum):
    """Why residents cannot be told by town and countryside."""

    ZONE = "zone"
    """The unit is a special zone: it has both, and of who took part there it is not known in which."""
    CHANGED = "changed"
    """They were entered for a whole in which communes were of another kind than on this map."""


@dataclass(frozen=True, slots=True)
class Residents:
    """Of the newest year not after the one asked for; None: not entered, or not to be told by itself (`unsplit`)."""

    year: int
    urban: int | None
    rural: int | None
    everybody: int | None
    unsplit: Unsplit | None = None
    parts: tuple[str, ...] = ()
    """The units before it over which it was added up, where it was."""
    holds_zones: bool = False
    """Whether residents of special zones, who belong to neither, could not be taken out of both."""
    sources: tuple[str, ...] = ()
    entered: int = 1
    """Over how many units it was added up."""

    def of(self, urban: bool | None) -> int | None:
        if urban is None:
            return self.everybody
        return self.urban if urban else self.rural


@dataclass(frozen=True, slots=True)
class _Entered:
    """A row, and the kind of the unit as which its own is read on the frame's map."""

    row: Population
    kind: str

    @property
    def of_all(self) -> int:
        return (self.row.urban or 0) + (self.row.rural or 0)


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that make up a group. `tier`: of the units they are of; `parts`: the units before it that stand for it."""

    entered: list[_Entered]
    tier: str
    parts: tuple[str, ...] = ()

    @property
    def year(self) -> int:
        return min(each.row.year for each in self.entered)


def residents(frame: Frame, groups: list[AdminUnit]) -> dict[int, Residents]:
    """Group id to its residents of the newest year: as entered for the group, else added up when every province or
    every commune in it has them, else added up over the units that it was made of, when all of them have.

    At most four queries for all frames of one map. A group that has none of these is left out.
    """
    found = _newest(frame, groups, lambda row: row.urban is not None or row.rural is not None)
    return {group.pk: _residents(frame, group, groups, found[group.pk]) for group in groups if group.pk in found}


def villages(frame: Frame, groups: list[AdminUnit]) -> dict[int, int]:
    """Group id to how many villages and residential groups it has, of the newest year, found as residents are.

    A group of which it is not known is left out.
    """
    found = _newest(frame, groups, lambda row: row.villages is not None)
    return {group_id: sum(each.row.villages or 0 for each in known.entered) for group_id, known in found.items()}


# -- which of what was entered --


def _newest(frame: Frame, groups: list[AdminUnit], is_entered: Callable[[Population], bool]) -> dict[int, _Found]:
    """Group id to its own newest row that has what `is_entered` looks for, or to those of all that makes it up; where
    both are there, to those of the newer year, of one year to its own."""
    newest = _newest_rows(frame, is_entered)
    below = _units_in(frame, groups)
    found: dict[int, _Found] = {}
    missing: list[AdminUnit] = []
    for group in groups:
        known = []
        if group.pk in newest:
            known.append(_Found([_Entered(newest[group.pk], group.kind)], group.tier))
        for tier in (Tier.PROVINCE, Tier.COMMUNE):
            units = below.get((group.pk, tier), {})
            if units and newest.keys() >= units.keys():
                known.append(_Found([_Entered(newest[unit_id], kind) for unit_id, kind in units.items()], tier))
        if known:
            found[group.pk] = max(known, key=lambda each: each.year)
        else:
            missing.append(group)
    if missing and newest:
        for group in missing:
            if (made := _of_predecessors(frame, group, groups, newest)) is not None:
                found[group.pk] = made
    return found


def _newest_rows(frame: Frame, is_entered: Callable[[Population], bool]) -> dict[int, Population]:
    rows = _populations(frame)
    return {row.unit_id: row for row in rows if frame.year - NEWEST < row.year <= frame.year and is_entered(row)}


def _populations(frame: Frame) -> list[Population]:
    """Of all years that any of the frames looks at, the oldest first. One query."""
    years = [each.year for each in frame.together.frames] or [frame.year]
    first, last = min(years) - NEWEST, max(years)

    def entered() -> list[Population]:
        return list(Population.objects.filter(year__gt=first, year__lte=last).select_related("unit").order_by("year"))

    found: list[Population] = frame.together.once(("populations", first, last), entered)
    return found


def _units_in(frame: Frame, groups: list[AdminUnit]) -> dict[tuple[int, str], dict[int, str]]:
    """(group id, tier) to the provinces or communes in it on the frame's map, with their kinds. One query for all
    frames of one map."""
    keys = tuple(group.pk for group in groups)

    def lower(each: Frame) -> QuerySet[Any, Any]:
        day, tiers = each.map_day, (Tier.PROVINCE, Tier.COMMUNE)
        found = UnitAncestry.objects.filter(on(day), on(day, "unit__"), ancestor__in=keys, unit__tier__in=tiers)
        return found.values_list("ancestor_id", "unit__tier", "unit_id", "unit__kind")

    units: dict[tuple[int, str], dict[int, str]] = {}
    for group_id, tier, unit_id, kind in frame.rows_of_map(("provinces and communes", keys), lower):
        units.setdefault((group_id, tier), {})[unit_id] = kind
    return units


def _of_predecessors(
    frame: Frame, group: AdminUnit, groups: list[AdminUnit], newest: dict[int, Population]
) -> _Found | None:
    """What the group was made of, as it stood at the end of one of the last years, the newest first: all communes, or
    all units of its tier, that are read in the group. Land that was divided is counted where its main part went."""
    read_here = _read_as(frame, groups).get(group.pk, [])
    for year in range(frame.year, frame.year - NEWEST, -1):
        day = dt.date(year, 12, 31)
        for tier in dict.fromkeys((Tier.COMMUNE, group.tier)):
            stood = [(u, kind) for u, kind in read_here if u.tier == tier and u.holds_on(day) and u != group]
            rows = [_Entered(newest[unit.pk], kind) for unit, kind in stood if unit.pk in newest]
            if stood and len(rows) == len(stood) and all(each.row.year <= year for each in rows):
                return _Found(rows, tier, parts=tuple(unit.name for unit, _kind in stood))
    return None


def _read_as(frame: Frame, groups: list[AdminUnit]) -> dict[int, list[tuple[AdminUnit, str]]]:
    """Group id to the units of every time that are read in it on the frame's map, with the kind of what each is read
    as. One query for all frames of one."""
    day, keys = frame.map_day, [group.pk for group in groups]

    def read() -> dict[int, list[tuple[AdminUnit, str]]]:
        found: dict[int, list[tuple[AdminUnit, str]]] = {}
        units = AdminUnit.objects.filter(
            on(day, "readings__"),
            on(day, "readings__reads_as__ancestries__"),
            readings__reads_as__ancestries__ancestor__in=keys,
        ).annotate(group_id=F("readings__reads_as__ancestries__ancestor_id"), read_kind=F("readings__reads_as__kind"))
        for unit in units.order_by("sort_key").only("name", "tier", "starts_on", "ends_on", "sort_key"):
            found.setdefault(unit.group_id, []).append((unit, unit.read_kind))
        return found

    made: dict[int, list[tuple[AdminUnit, str]]] = frame.together.once(("read as", day, *keys), read)
    return made


# -- who of them lives in town --


def _residents(frame: Frame, group: AdminUnit, groups: list[AdminUnit], found: _Found) -> Residents:
    rows = found.entered
    urban: int | None = _of_communes(rows, urban=True)
    rural: int | None = _of_communes(rows, urban=False)
    unsplit, holds_zones = None, False
    if group.kind == UnitKind.SPECIAL_ZONE:
        urban, rural, unsplit = None, None, Unsplit.ZONE
    elif found.tier != Tier.COMMUNE and is_urban(group.kind) is None:
        urban, rural = _sum(each.row.urban for each in rows), _sum(each.row.rural for each in rows)
        if _has_changed(frame, group, groups, rows):
            urban, rural, unsplit = None, None, Unsplit.CHANGED
        else:
            urban, rural, holds_zones = _without_zones(frame, group, groups, (urban, rural))
    return Residents(
        found.year,
        urban,
        rural,
        sum(each.of_all for each in rows),
        unsplit,
        found.parts,
        holds_zones,
        tuple(dict.fromkeys(each.row.source for each in rows)),
        len(rows),
    )


def _of_communes(rows: Iterable[_Entered], *, urban: bool) -> int:
    """Of each commune all are of its kind; of a special zone nobody is."""
    return sum(each.of_all for each in rows if is_urban(each.kind) is urban)


def _sum(parts: Iterable[int | None]) -> int | None:
    """None where nobody entered one."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _has_changed(frame: Frame, group: AdminUnit, groups: list[AdminUnit], rows: list[_Entered]) -> bool:
    """Whether a commune that stood when the residents were counted was of another kind than what it is read as."""
    days = {min(dt.date(each.row.year, 12, 31), frame.as_of, each.row.unit.last_day or dt.date.max) for each in rows}
    if days == {frame.map_day}:
        return False
    other = _of_another_kind(frame, groups).get(group.pk, [])
    return any((b or dt.date.min) <= day < (s or dt.date.max) for b, s in other for day in days)


def _of_another_kind(frame: Frame, groups: list[AdminUnit]) -> dict[int, list[tuple[dt.date | None, dt.date | None]]]:
    """Group id to when communes stood that were town and are read as countryside on the frame's map, or the like. One
    query for all frames of one map."""
    day, keys = frame.map_day, [group.pk for group in groups]

    def read() -> dict[int, list[tuple[dt.date | None, dt.date | None]]]:
        rows = (
            UnitReading.objects.filter(
                on(day),
                on(day, "reads_as__ancestries__"),
                unit__tier=Tier.COMMUNE,
                reads_as__ancestries__ancestor__in=keys,
            )
            .exclude(unit__kind=F("reads_as__kind"))
            .values_list(
                "reads_as__ancestries__ancestor_id", "unit__kind", "reads_as__kind", "unit__starts_on", "unit__ends_on"
            )
            .distinct()
        )
        found: dict[int, list[tuple[dt.date | None, dt.date | None]]] = {}
        for group_id, was, kind, begins, stops in rows:
            if is_urban(was) is not is_urban(kind):
                found.setdefault(group_id, []).append((begins, stops))
        return found

    made: dict[int, list[tuple[dt.date | None, dt.date | None]]] = frame.together.once(("kinds", day, *keys), read)
    return made


def _without_zones(
    frame: Frame, group: AdminUnit, groups: list[AdminUnit], both: tuple[int | None, int | None]
) -> tuple[int | None, int | None, bool]:
    """Urban and rural residents of a whole less those of its special zones, where these are known by themselves; and
    whether they are not."""
    communes = _units_in(frame, groups).get((group.pk, Tier.COMMUNE), {})
    zones = [unit_id for unit_id, kind in communes.items() if kind == UnitKind.SPECIAL_ZONE]
    if not zones:
        return *both, False
    newest = _newest_rows(frame, lambda row: row.urban is not None and row.rural is not None)
    known = [newest[unit_id] for unit_id in zones if unit_id in newest]
    urban, rural = both
    return (
        None if urban is None else max(urban - sum(row.urban or 0 for row in known), 0),
        None if rural is None else max(rural - sum(row.rural or 0 for row in known), 0),
        len(known) < len(zones),
    )
