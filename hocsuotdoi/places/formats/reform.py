"""A reform of the territory as a list of steps, and the territory after it. Plain values, no database.

Which unit goes on and which ends is the same rule as in 2025: a unit goes on only if all of its land stays with one
unit of the same code and name that takes nothing else; else it ends, and what bears its code afterwards is a new one.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import fmean

from django.utils.translation import gettext as _

from hocsuotdoi.core.table_file import Problem
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.enums import Doubt, SuccessionKind, Tier, UnitKind
from hocsuotdoi.places.formats.territory import (
    Key,
    Parent,
    Step,
    Territory,
    Unit,
    kilometres,
    match_key,
    read_name,
    short_name,
)

TIERS = {2: Tier.PROVINCE, 5: Tier.COMMUNE}
"""By the length of a code of the General Statistics Office; the tier between them ended in 2025."""
KINDS = {
    Tier.PROVINCE: {UnitKind.PROVINCE, UnitKind.CITY_CENTRAL},
    Tier.COMMUNE: {UnitKind.WARD, UnitKind.COMMUNE, UnitKind.SPECIAL_ZONE},
}
"""Townships ended with the districts, in 2025."""
LONGEST_NAME = 120
_SHOWN = 5


class Part(StrEnum):
    """How much of the old unit's land a row speaks of."""

    WHOLE = "whole"
    MAIN = "main"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class ReformRow:
    """What one row says; empty where it says nothing. `row`: where it stands; `at`: the cell of each field."""

    row: int
    old: str
    old_name: str
    new: str
    new_name: str
    parent: str
    part: Part = Part.WHOLE
    latitude: float | None = None
    longitude: float | None = None
    at: dict[str, str] = field(default_factory=dict)

    def cell_of(self, name: str) -> str:
        return self.at.get(name, str(self.row))


@dataclass(frozen=True, slots=True)
class Reform:
    """`legal_act`: its number; `rows` say what becomes of the units that they name, all others stay as they are."""

    day: dt.date
    legal_act: str
    rows: tuple[ReformRow, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A unit that begins, out of what, and where it lies."""

    unit: Unit
    parent: Unit
    was: tuple[tuple[Unit, Part], ...]


@dataclass
class Outcome:
    """The territory after a reform and what it does; with `problems`, none of it holds."""

    territory: Territory
    made: list[Made] = field(default_factory=list)
    ended: list[Unit] = field(default_factory=list)
    moved: list[tuple[Unit, Unit]] = field(default_factory=list)
    """Units that go on, and the unit in which they lie from the day on."""
    problems: list[Problem] = field(default_factory=list)


def after(territory: Territory, reform: Reform) -> Outcome:
    """`territory` with all that `reform` does; `territory` itself stays as it is.

    Reforms are applied in the order of their days; several acts of one day one after the other, the provinces' first.
    """
    return _Applying(territory, reform).outcome()


class _Applying:
    def __init__(self, territory: Territory, reform: Reform) -> None:
        self.reform = reform
        self.day = reform.day
        self.units = {unit.key: unit for unit in territory.units}
        self.parents: dict[Key, list[Parent]] = defaultdict(list)
        for each in territory.parents:
            self.parents[each.unit].append(each)
        self.steps: list[Step] = []
        self.heirs: dict[Key, list[Unit]] = defaultdict(list)
        self.standing = {unit.code: unit for unit in territory.units if unit.ends_on is None}
        self.above = {each.unit: each.parent for each in territory.parents if each.ends_on is None}
        self.before = territory
        self.result = Outcome(territory)

    def outcome(self) -> Outcome:
        rows = [row for row in self.reform.rows if self._is_told(row)]
        self._refuse_parts(rows)
        of_tier = {tier: [row for row in rows if TIERS[len(row.old)] == tier] for tier in TIERS.values()}
        for tier in TIERS.values():
            if not self.result.problems:
                self._reform_tier(of_tier[tier], tier)
        if not self.result.problems:
            self._move_those_left_behind()
        if not self.result.problems:
            parents = [each for several in self.parents.values() for each in several]
            steps = [*self.before.steps, *self.steps]
            self.result.territory = Territory(list(self.units.values()), parents, steps, self.before.notes)
        return self.result

    def _problem(self, row: ReformRow, name: str, sentence: str) -> None:
        self.result.problems.append(Problem(row.cell_of(name), sentence, row.old_name or row.new_name))

    def _is_told(self, row: ReformRow) -> bool:
        """Whether the old unit of a row is one that this day can change; and the code of the new one is a code."""
        unit = self.standing.get(row.old)
        before = len(self.result.problems)
        if unit is None or unit.tier not in TIERS.values():
            self._problem(row, "old", _("No unit with the code “{code}” stands before this day.").format(code=row.old))
        elif unit.starts_on is not None and unit.starts_on >= self.day:
            self._problem(
                row,
                "old",
                _("{name} only begins on {day}: a reform changes what stood the day before.").format(
                    name=unit.name, day=day_short(unit.starts_on)
                ),
            )
        elif row.old_name and not _names(row.old_name, unit):
            self._problem(row, "old_name", _("The code {code} is that of {name}.").format(code=row.old, name=unit.name))
        elif TIERS.get(len(row.new)) != unit.tier or not (row.new.isascii() and row.new.isdigit() and int(row.new)):
            self._problem(
                row,
                "new",
                _("“{code}” is not a code of this tier: provinces have two digits, wards and communes five.").format(
                    code=row.new
                ),
            )
        return len(self.result.problems) == before

    def _refuse_parts(self, rows: list[ReformRow]) -> None:
        """The land of a unit goes whole to one, or in parts to several, of which one takes what cannot be divided."""
        for same in _by(rows, lambda row: row.old).values():
            if len({row.new for row in same}) < len(same):
                self._problem(same[-1], "new", _("This unit stands in two rows with the same new unit."))
            elif len(same) == 1 and same[0].part != Part.WHOLE:
                sentence = _(
                    "Only a part of this unit is told: say where the rest of its land goes, or that it is whole."
                )
                self._problem(same[0], "part", sentence)
            elif len(same) > 1 and sorted(row.part for row in same) != [Part.MAIN] + [Part.REST] * (len(same) - 1):
                sentence = _("This unit is divided: one of its rows is the main part, all others are the rest.")
                self._problem(same[-1], "part", sentence)

    def _reform_tier(self, rows: list[ReformRow], tier: Tier) -> None:
        by_new = _by(rows, lambda row: row.new)
        going_on = {code for code, same in by_new.items() if self._goes_on(code, same)}
        ending = dict.fromkeys(row.old for row in rows if row.new not in going_on)
        new = {code: self._unit(code, same, tier, ending) for code, same in by_new.items() if code not in going_on}
        where = {code: self._parent(code, by_new[code], tier) for code in by_new}
        if self.result.problems:
            return
        old = {code: self.standing[code] for code in ending}
        for code in ending:
            self._end(old[code])
        for code, same in by_new.items():
            parent = where[code]
            assert parent
            if code in going_on:
                self._lie_in(self.standing[code], parent)
                continue
            unit = new[code]
            assert unit
            self._begin(unit, parent, [(old[row.old], row.part) for row in same])

    def _goes_on(self, code: str, rows: list[ReformRow]) -> bool:
        row = rows[0]
        same_name = not row.new_name or _names(row.new_name, self.standing[row.old])
        return len(rows) == 1 and row.part == Part.WHOLE and row.old == code and same_name

    def _unit(self, code: str, rows: list[ReformRow], tier: Tier, ending: Collection[str]) -> Unit | None:
        """The unit that begins, as its rows tell it. One that takes over code and land keeps the name, unless told."""
        told = next((row for row in rows if row.new_name), None) or next((row for row in rows if row.old == code), None)
        if told is None:
            self._problem(rows[0], "new_name", _("Say the full name of the new unit: “Phường …”, “Xã …”, “Tỉnh …”."))
            return None
        try:
            name, kind = read_name(told.new_name or self.standing[code].name, tier)
        except ValueError:
            kind = None
        if kind not in KINDS[tier]:
            sentence = _("“{name}” does not begin with a kind of unit of this tier: “Phường”, “Xã”, “Tỉnh”…")
            self._problem(told, "new_name", sentence.format(name=told.new_name[:60]))
            return None
        if len(name) > LONGEST_NAME:
            sentence = _("The name alone, in at most {most} letters; what the act says besides does not belong to it.")
            self._problem(told, "new_name", sentence.format(most=LONGEST_NAME))
            return None
        for row in rows:
            if row.new_name and match_key(row.new_name) != match_key(told.new_name):
                sentence = _("The code {code} has two names in this file: “{one}” and “{other}”.")
                named = sentence.format(code=code, one=told.new_name, other=row.new_name)
                self._problem(row, "new_name", named)
        bearer = self.standing.get(code)
        if bearer is not None and code not in ending:
            sentence = _("{name} has the code {code}, and no row says what becomes of it. Write a row for it, too.")
            self._problem(rows[0], "new", sentence.format(name=bearer.name, code=code))
        unit = Unit(code, tier, kind, name, self.day, began_by=self.reform.legal_act)
        unit.latitude, unit.longitude = self._position(rows)
        if all(row.part == Part.WHOLE for row in rows):
            areas = [self.standing[row.old].area_km2 for row in rows]
            unit.area_km2 = sum(area for area in areas if area) if all(areas) else None
        return unit

    def _position(self, rows: list[ReformRow]) -> tuple[float | None, float | None]:
        """As told, else the middle of what it is made of, so that it has its point on maps."""
        for row in rows:
            if row.latitude is not None and row.longitude is not None:
                return row.latitude, row.longitude
        old = [self.standing[row.old] for row in rows if row.part != Part.REST] or [self.standing[rows[0].old]]
        known = [(unit.latitude, unit.longitude) for unit in old if unit.latitude and unit.longitude]
        if not known:
            return None, None
        return tuple(round(fmean(each), 5) for each in zip(*known, strict=True))  # type: ignore[return-value]

    def _parent(self, code: str, rows: list[ReformRow], tier: Tier) -> Unit | None:
        """In which unit it lies from the day on: as its rows say, else where all that it was made of lay."""
        if tier == Tier.PROVINCE:
            if told := next((row for row in rows if row.parent), None):
                sentence = _(
                    "A province lies in no other. Where it is merged into one, write that one's code and name as the "
                    "new unit."
                )
                self._problem(told, "parent", sentence)
            return next(unit for unit in self.units.values() if unit.tier == Tier.COUNTRY)
        named = {row.parent for row in rows if row.parent}
        told = next((row for row in rows if row.parent), rows[0])
        if len(named) > 1:
            self._problem(told, "parent", _("This unit lies in two provinces in this file."))
            return None
        if named:
            parent = self.standing.get(told.parent)
            if parent is None or parent.tier != Tier.PROVINCE:
                sentence = _(
                    "No province with the code “{code}” stands from this day on. If another act makes it, enter that "
                    "act first."
                )
                self._problem(told, "parent", sentence.format(code=told.parent))
            return parent
        homes = [self._home(self.standing[row.old]) for row in rows]
        if any(home is None for home in homes) or len({home.code for home in homes if home}) > 1:
            self._problem(told, "parent", _("Say in which province this unit lies: by the province's code."))
            return None
        return homes[0]

    def _home(self, unit: Unit) -> Unit | None:
        """The province in which a unit lies, or the one that took over all of it; None where it was divided."""
        parent = self.units[self.above[unit.key]]
        if parent.ends_on is None:
            return parent
        heirs = self.heirs[parent.key]
        return heirs[0] if len(heirs) == 1 else None

    def _end(self, unit: Unit) -> None:
        self.units[unit.key] = replace(unit, ends_on=self.day, ended_by=self.reform.legal_act)
        del self.standing[unit.code]
        self._leave(unit.key)
        self.result.ended.append(self.units[unit.key])

    def _leave(self, key: Key) -> None:
        """It lies there until the day. Where another act of this day put it there, it never lay there."""
        self.parents[key] = [
            replace(each, ends_on=self.day) if each.ends_on is None else each
            for each in self.parents[key]
            if each.starts_on != self.day
        ]

    def _lie_in(self, unit: Unit, parent: Unit) -> None:
        if self.above[unit.key] == parent.key:
            return
        self._leave(unit.key)
        self.parents[unit.key].append(Parent(unit.key, parent.key, self.day, None, self.reform.legal_act))
        self.above[unit.key] = parent.key
        self.result.moved.append((unit, parent))

    def _begin(self, unit: Unit, parent: Unit, was: list[tuple[Unit, Part]]) -> None:
        self.units[unit.key] = self.standing[unit.code] = unit
        self.parents[unit.key].append(Parent(unit.key, parent.key, self.day, None, self.reform.legal_act))
        self.above[unit.key] = parent.key
        origin = min(was, key=lambda each: _as_origin(unit, *each))[0]
        for old, part in was:
            self.heirs[old.key].append(unit)
            kind = SuccessionKind.RENAME if len(was) == 1 else SuccessionKind.MERGE
            doubt = None if part == Part.WHOLE else Doubt.DIVIDED
            self.steps.append(
                Step(
                    predecessor=old.key,
                    successor=unit.key,
                    kind=kind if part == Part.WHOLE else SuccessionKind.SPLIT,
                    effective_on=self.day,
                    is_main=part != Part.REST,
                    is_origin=old is origin,
                    doubt=doubt,
                    legal_act=self.reform.legal_act,
                )
            )
        self.result.made.append(Made(unit, parent, tuple(was)))

    def _move_those_left_behind(self) -> None:
        """What lay in a province that ended lies in the one that took it over; of a divided one each has to be told."""
        ended = {unit.key for unit in self.result.ended if unit.tier == Tier.PROVINCE}
        left = [unit for unit in self.standing.values() if self.above.get(unit.key) in ended]
        homeless = [unit for unit in left if self._home(unit) is None]
        if homeless:
            names = ", ".join(f"{unit.name} ({unit.code})" for unit in homeless[:_SHOWN])
            sentence = _(
                "{count} units lie in a province that is divided, and no row says where they go: {names}… Write a row "
                "for each, with the province's code."
            )
            self.result.problems.append(Problem("", sentence.format(count=len(homeless), names=names)))
            return
        for unit in left:
            home = self._home(unit)
            assert home
            self._lie_in(unit, home)


def _names(text: str, unit: Unit) -> bool:
    """Whether `text` is the unit's name, in full or without its kind."""
    return match_key(text) in {match_key(unit.name), match_key(short_name(unit.name))}


def _as_origin(unit: Unit, old: Unit, part: Part) -> tuple:
    """As which old unit a new one is read on older maps, as in 2025: one that went there mainly, by code, name,
    nearness."""
    away = kilometres(old, unit)
    return (
        part == Part.REST,
        old.code != unit.code,
        match_key(old.name) != match_key(unit.name),
        away if away is not None else 9999,
        old.code,
    )


def _by(rows: Iterable[ReformRow], key: Callable[[ReformRow], str]) -> dict[str, list[ReformRow]]:
    found: dict[str, list[ReformRow]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
