"""Population and villages of a unit's communes, and what a sheet of them would change."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.indicators.queries.stated import Wrong
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import day_on_map_of

URBAN_KINDS = frozenset({UnitKind.WARD, UnitKind.TOWNSHIP})
RURAL_KINDS = frozenset({UnitKind.COMMUNE})
FIELDS = ("urban", "rural", "villages")


class Told(Protocol):
    """What a row says of a unit, as `formats.population_sheet` reads it; None and empty where it says nothing."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def year(self) -> int | None: ...
    @property
    def urban(self) -> int | None: ...
    @property
    def rural(self) -> int | None: ...
    @property
    def total(self) -> int | None: ...
    @property
    def villages(self) -> int | None: ...
    @property
    def source(self) -> str: ...
    def cell_of(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class PopulationChange:
    """`before` is the row that stands; numbers that the sheet does not give stay as they are."""

    unit: AdminUnit
    year: int
    urban: int | None
    rural: int | None
    villages: int | None
    source: str
    before: Population | None

    @property
    def is_unchanged(self) -> bool:
        return self.before is not None and all(
            getattr(self, field) == getattr(self.before, field) for field in (*FIELDS, "source")
        )

    @property
    def total(self) -> int | None:
        return None if self.urban is None and self.rural is None else (self.urban or 0) + (self.rural or 0)


@dataclass(frozen=True, slots=True)
class PopulationPlan:
    changes: list[PopulationChange]
    problems: list[Wrong]

    @property
    def effective(self) -> list[PopulationChange]:
        return [each for each in self.changes if not each.is_unchanged]

    @property
    def new(self) -> int:
        return sum(each.before is None for each in self.changes)

    @property
    def changed(self) -> int:
        return len(self.effective) - self.new

    @property
    def digest(self) -> str:
        """Of what would happen: what a person confirms is what that person has seen."""
        lines = [
            f"{each.unit.pk} {each.year} {each.urban} {each.rural} {each.villages} {each.source} "
            + (f"{each.before.urban} {each.before.rural} {each.before.villages}" if each.before else "-")
            for each in self.effective
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]


def map_day_of(year: int, today: dt.date) -> dt.date:
    """The map on which a year's units are looked up: its last day's, or today's while it runs."""
    return min(dt.date(year, 12, 31), today)


def units_of(unit: AdminUnit, year: int, today: dt.date) -> QuerySet[AdminUnit]:
    """Whose population can be entered under `unit` for `year`: itself, and its provinces and communes, as the map of
    the year has them, the higher first. A unit that did not stand then is looked for on its nearest day."""
    day = day_on_map_of(unit, map_day_of(year, today))
    tiers = [unit.tier, Tier.PROVINCE, Tier.COMMUNE]
    ranks = Case(*(When(tier=tier, then=Value(rank)) for rank, tier in enumerate(Tier)), output_field=IntegerField())
    return AdminUnit.objects.under(unit, day).filter(tier__in=tiers).order_by(ranks, "sort_key", "pk")


def populations_of(units: QuerySet[AdminUnit] | Sequence[AdminUnit], year: int) -> dict[int, Population]:
    """Unit id to what was entered for the year. One query."""
    return {row.unit_id: row for row in Population.objects.filter(year=year, unit__in=units)}


def population_digest(entered: Population) -> str:
    """Of what stands: what a person takes away is what that person has seen."""
    told = f"{entered.pk} {entered.urban} {entered.rural} {entered.villages} {entered.source}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def planned_population(
    unit: AdminUnit, rows: Iterable[Told], *, year: int | None, source: str, today: dt.date
) -> PopulationPlan:
    """What `rows` would change under `unit`; `year` and `source` hold for rows that give none.

    Two queries for each year that occurs.
    """
    rows = list(rows)
    problems: list[Wrong] = []
    changes: list[PopulationChange] = []
    maps: dict[int, _Map] = {}
    seen: dict[tuple[int, int], str] = {}
    for row in rows:
        row_year = row.year or year
        if row_year is None or row_year > today.year:
            sentence = _("The year is missing.") if row_year is None else _("{year} has not begun.")
            problems.append(Wrong(row.cell_of("year"), row.name, sentence.format(year=row_year)))
            continue
        if row_year not in maps:
            maps[row_year] = _Map(unit, row_year, today)
        try:
            found = maps[row_year].find(row)
            change = _change(found, row, row_year, source, maps[row_year].known.get(found.pk))
        except _Mistake as mistake:
            problems.append(Wrong(row.cell_of(mistake.field), row.name, str(mistake)))
            continue
        if (key := (found.pk, row_year)) in seen:
            sentence = _("{unit} stands in the file twice for {year}, first in {cell}.")
            sentence = sentence.format(unit=found.name, year=row_year, cell=seen[key])
            problems.append(Wrong(row.cell_of("code"), row.name, sentence))
            continue
        seen[key] = row.cell_of("code")
        changes.append(change)
    return PopulationPlan(changes, problems)


class _Mistake(Exception):
    def __init__(self, field: str, sentence: str):
        super().__init__(sentence)
        self.field = field


class _Map:
    """The units of a year, by code and by name."""

    def __init__(self, unit: AdminUnit, year: int, today: dt.date) -> None:
        self.unit, self.day = unit, map_day_of(year, today)
        self.by_code: dict[str, AdminUnit] = {}
        self.by_name: dict[str, list[AdminUnit]] = {}
        units = list(units_of(unit, year, today))
        for each in units:
            self.by_code[each.code] = each
            self.by_name.setdefault(fold(each.name), []).append(each)
        self.known = populations_of(units, year)

    def find(self, row: Told) -> AdminUnit:
        if row.code:
            found = (
                self.by_code.get(row.code) or self.by_code.get(row.code.zfill(5)) or self.by_code.get(row.code.zfill(2))
            )
            if found is None:
                sentence = _("On the map of {day} there is no unit with the code “{code}” in {unit}.")
                raise _Mistake("code", sentence.format(day=day_short(self.day), code=row.code, unit=self.unit.name))
            if row.name and fold(row.name) not in {fold(found.name), fold(found.short_name)}:
                sentence = _("The code “{code}” is {unit}'s, but the row says “{name}”.")
                raise _Mistake("name", sentence.format(code=row.code, unit=found.name, name=row.name[:60]))
            return found
        named = self.by_name.get(fold(row.name), [])
        if not row.name or not named:
            sentence = _("On the map of {day} there is no unit called “{name}” in {unit}. Write its code.")
            raise _Mistake("name", sentence.format(day=day_short(self.day), name=row.name[:60], unit=self.unit.name))
        if len(named) > 1:
            raise _Mistake("name", _("Several units are called “{name}”: write the code.").format(name=row.name))
        return named[0]


def _change(unit: AdminUnit, row: Told, year: int, source: str, before: Population | None) -> PopulationChange:
    """Raises `_Mistake`."""
    urban, rural = _parts(unit, row, year)
    source = (row.source or source).strip()
    if not source:
        raise _Mistake("source", _("The source is missing."))
    if row.villages is not None and unit.tier == Tier.COMMUNE and row.villages == 0:
        raise _Mistake("villages", _("A commune has at least one village or residential group. Leave the cell empty."))
    if urban is None and rural is None and before is not None:
        urban, rural = before.urban, before.rural
    villages = row.villages if row.villages is not None else before.villages if before else None
    return PopulationChange(unit, year, urban, rural, villages, source[:300], before)


def _parts(unit: AdminUnit, row: Told, year: int) -> tuple[int | None, int | None]:
    """Urban and rural residents; of a ward all are urban, of a rural commune all are rural."""
    urban, rural, total = row.urban, row.rural, row.total
    is_urban, is_rural = unit.kind in URBAN_KINDS, unit.kind in RURAL_KINDS
    if is_urban and rural:
        raise _Mistake("rural", _("{unit} is urban by its kind: it has no rural residents.").format(unit=unit.name))
    if is_rural and urban:
        raise _Mistake("urban", _("{unit} is rural by its kind: it has no urban residents.").format(unit=unit.name))
    if urban is None and rural is None and total is None:
        return None, None
    if is_urban:
        urban, rural = (total if urban is None else urban), 0
    elif is_rural:
        urban, rural = 0, (total if rural is None else rural)
    elif total is not None and (urban is None) != (rural is None):
        urban, rural = (
            (total - (rural or 0) if urban is None else urban),
            (total - (urban or 0) if rural is None else rural),
        )
    if urban is None or rural is None or urban < 0 or rural < 0:
        raise _Mistake(
            "urban", _("Urban and rural residents of {unit} are needed, each by itself.").format(unit=unit.name)
        )
    if urban + rural == 0:
        sentence = _("{unit} stands in {year}: 0 residents cannot be right. Leave the cells empty if it is not known.")
        at = next(each for each in ("urban", "rural", "total") if getattr(row, each) == 0)
        raise _Mistake(at, sentence.format(unit=unit.name, year=year))
    if total is not None and urban + rural != total:
        sentence = _("Urban {urban} and rural {rural} make {sum}, not {total}.")
        raise _Mistake(
            "total",
            sentence.format(urban=number(urban), rural=number(rural), sum=number(urban + rural), total=number(total)),
        )
    return urban, rural
