"""The reform of 1 July 2025, worked out from the two packages: what ended, began or went on, and what became what.

Rules (docs/decisions/0010-territory-through-time.md says why):

- A province that no other joined goes on as one unit; so does a commune made of exactly one undivided commune of the
  same name, kind and code. Everything else ends or begins on the day.
- Every ended unit has exactly one main successor, and every begun unit exactly one origin, so that a fact recorded at
  any unit of any time is read as exactly one unit of any map.
- New units are matched by name within the province, never by code: the packages disagree on some codes.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

from hocsuotdoi.places.enums import Disagreement, Doubt, SuccessionKind, Tier, UnitKind
from hocsuotdoi.places.formats.territory import (
    Key,
    Note,
    Parent,
    Source,
    Step,
    Territory,
    Unit,
    kilometres,
    match_key,
)
from hocsuotdoi.places.formats.vietnamadminunits import Conversion

REFORM_DAY = dt.date(2025, 7, 1)
PROVINCES_ACT = "202/2025/QH15"
TWO_TIERS_ACT = "72/2025/QH15"
COUNTRY = Unit("VN", Tier.COUNTRY, UnitKind.COUNTRY, "Việt Nam", latitude=16.0, longitude=107.5)
FAR_KM = 30
"""A candidate further away than this, and not the main one, is a slip of the source (two communes of one name)."""

Divisions = list[tuple[Source, list[Source]]]


@dataclass
class _Reform:
    old: Conversion
    acts: dict[str, str]
    """Official province code → number of the resolution on its communes."""
    result: Territory = field(default_factory=Territory)
    official: dict[tuple[str, str], tuple[Source, Source]] = field(default_factory=dict)
    """The package's key of a new commune → (official province, official commune)."""
    provinces: dict[str, Unit] = field(default_factory=dict)
    """Official code → the province since the day."""
    into: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """New commune → old ones that went into it whole or in part."""
    communes: dict[tuple[str, str], Unit] = field(default_factory=dict)
    old_units: dict[str, Unit] = field(default_factory=dict)
    districts: dict[str, Unit] = field(default_factory=dict)


def build_territory(divisions: Divisions, conversion: Conversion, acts: dict[str, str]) -> Territory:
    """All units before and since the day with their parents, steps and the sources' disagreements."""
    reform = _Reform(conversion, acts)
    reform.result.units.append(replace(COUNTRY))
    for old in conversion.whole:
        reform.into[conversion.whole[old]].append(old)
    for old, candidates in conversion.divided.items():
        for new, _main in candidates:
            reform.into[new].append(old)
    _match_official(reform, divisions)
    _build_provinces(reform, divisions)
    _build_old_units(reform)
    _build_communes(reform)
    _step_communes(reform)
    _step_districts(reform)
    return reform.result


def _match_official(reform: _Reform, divisions: Divisions) -> None:
    """Pairs the packages' communes by name within the province, and notes where they differ."""
    key_of_province = {source.code: key for key, source in reform.old.new_provinces.items()}
    for province, communes in divisions:
        province_key = key_of_province[province.code]
        by_name = {match_key(s.name): key for key, s in reform.old.new.items() if key[0] == province_key}
        for commune in communes:
            key = by_name.pop(match_key(commune.name))
            reform.official[key] = (province, commune)
        if by_name:
            raise ValueError(f"{province.name}: the sources name different communes: {sorted(by_name)}")


def _build_provinces(reform: _Reform, divisions: Divisions) -> None:
    sizes = Counter(reform.old.province_of_old.values())
    key_of_province = {source.code: key for key, source in reform.old.new_provinces.items()}
    for source, _communes in divisions:
        key = key_of_province[source.code]
        position = reform.old.new_provinces[key]
        unit = Unit(source.code, Tier.PROVINCE, source.kind, source.name)
        unit.latitude, unit.longitude = position.latitude, position.longitude
        if sizes[key] > 1:
            unit.starts_on, unit.began_by = REFORM_DAY, PROVINCES_ACT
        reform.provinces[source.code] = unit
        reform.result.units.append(unit)
        reform.result.parents.append(Parent(unit.key, COUNTRY.key, unit.starts_on, None, unit.began_by))
    for key, source in reform.old.old_provinces.items():
        new = reform.provinces[reform.old.new_provinces[reform.old.province_of_old[key]].code]
        if new.starts_on is None:
            continue
        old = _ended(source, Tier.PROVINCE, PROVINCES_ACT)
        reform.result.units.append(old)
        reform.result.parents.append(Parent(old.key, COUNTRY.key, None, REFORM_DAY, PROVINCES_ACT))
        kind = SuccessionKind.MERGE
        step = Step(old.key, new.key, kind, REFORM_DAY, True, old.code == new.code, None, PROVINCES_ACT)
        reform.result.steps.append(step)


def _ended(source: Source, tier: Tier, act: str) -> Unit:
    return Unit(
        source.code,
        tier,
        source.kind,
        source.name,
        None,
        REFORM_DAY,
        source.latitude,
        source.longitude,
        source.area_km2,
        ended_by=act,
    )


def _goes_on(reform: _Reform, new: tuple[str, str]) -> str | None:
    """The old commune that goes on as `new`, if it was not reorganised."""
    olds = reform.into[new]
    if len(olds) != 1 or olds[0] in reform.old.divided:
        return None
    commune, official = reform.old.old[olds[0]].commune, reform.official[new][1]
    same = commune and commune.code == official.code and match_key(commune.name) == match_key(official.name)
    return olds[0] if same else None


def _build_old_units(reform: _Reform) -> None:
    """Districts, and the communes that ended; communes that go on are built with the new ones."""
    going_on = {_goes_on(reform, new) for new in reform.official}
    for key, row in reform.old.old.items():
        province = _province_before(reform, key)
        district = reform.districts.get(row.district.code)
        if district is None:
            district = reform.districts[row.district.code] = _ended(row.district, Tier.DISTRICT, TWO_TIERS_ACT)
            reform.result.units.append(district)
            reform.result.parents.append(Parent(district.key, province, None, REFORM_DAY, TWO_TIERS_ACT))
        if row.commune is None or key in going_on:
            continue
        act = reform.acts.get(_new_province(reform, key).code, "")
        unit = reform.old_units[key] = _ended(row.commune, Tier.COMMUNE, act)
        reform.result.units.append(unit)
        reform.result.parents.append(Parent(unit.key, district.key, None, REFORM_DAY, act))


def _new_province(reform: _Reform, old: str) -> Unit:
    key = reform.old.province_of_old[old.split("_")[0]]
    return reform.provinces[reform.old.new_provinces[key].code]


def _province_before(reform: _Reform, old: str) -> Key:
    return (reform.old.old[old].province.code, None)


def _build_communes(reform: _Reform) -> None:
    for key, (province_source, source) in reform.official.items():
        told = reform.old.new[key]
        province, act = reform.provinces[province_source.code], reform.acts.get(province_source.code, "")
        unit = Unit(source.code, Tier.COMMUNE, source.kind, source.name, REFORM_DAY, began_by=act)
        unit.latitude, unit.longitude, unit.area_km2 = told.latitude, told.longitude, told.area_km2
        old = _goes_on(reform, key)
        if old:
            unit.starts_on, unit.began_by = None, ""
            reform.old_units[old] = unit
            district = reform.districts[reform.old.old[old].district.code]
            reform.result.parents.append(Parent(unit.key, district.key, None, REFORM_DAY, TWO_TIERS_ACT))
        reform.communes[key] = unit
        reform.result.units.append(unit)
        reform.result.parents.append(Parent(unit.key, province.key, REFORM_DAY, None, act))
        _note_disagreements(reform, unit, told)


def _note_disagreements(reform: _Reform, unit: Unit, told: Source) -> None:
    if told.name != unit.name:
        unit.other_names.append(told.name)
        reform.result.notes.append(Note(unit.key, Disagreement.NAME, unit.name, told.name))
    if told.code != unit.code:
        reform.result.notes.append(Note(unit.key, Disagreement.CODE, unit.code, told.code))


def _step_communes(reform: _Reform) -> None:
    """Each ended commune to what took it over; the origin of each begun one."""
    origins: dict[tuple[str, str], str] = {
        new: _origin(reform, new) for new, unit in reform.communes.items() if unit.starts_on
    }
    for new, unit in reform.communes.items():
        _note_position(reform, new, unit)
    for old, new in reform.old.whole.items():
        before, after = reform.old_units.get(old), reform.communes[new]
        if before is after or before is None:
            continue
        kind = SuccessionKind.RENAME if len(reform.into[new]) == 1 else SuccessionKind.MERGE
        _step(reform, before, after, kind, True, origins.get(new) == old, None)
    for old, candidates in reform.old.divided.items():
        before = reform.old_units[old]
        for new, is_main in candidates:
            doubt = Doubt.DIVIDED if is_main or not _is_far(reform, old, new) else Doubt.FAR
            after = reform.communes[new]
            _step(reform, before, after, SuccessionKind.SPLIT, is_main, origins.get(new) == old, doubt)


def _is_far(reform: _Reform, old: str, new: tuple[str, str]) -> bool:
    commune = reform.old.old[old].commune
    away = kilometres(commune, reform.communes[new]) if commune else None
    return away is not None and away > FAR_KM


def _step(
    reform: _Reform,
    before: Unit,
    after: Unit,
    kind: SuccessionKind,
    is_main: bool,
    is_origin: bool,
    doubt: Doubt | None,
) -> None:
    act = before.ended_by if before.tier == Tier.COMMUNE else TWO_TIERS_ACT
    reform.result.steps.append(Step(before.key, after.key, kind, REFORM_DAY, is_main, is_origin, doubt, act))


def _origin(reform: _Reform, new: tuple[str, str]) -> str:
    """As which old unit a new one is read on older maps: one that went there mainly, by code, name, nearness."""
    unit = reform.communes[new]

    def rank(old: str) -> tuple:
        row = reform.old.old[old]
        source = row.commune or row.district
        mainly = reform.old.whole.get(old) == new or (new, True) in reform.old.divided.get(old, [])
        away = kilometres(source, unit)
        return (
            not mainly,
            source.code != unit.code,
            match_key(source.name) != match_key(unit.name),
            away if away is not None else 9999,
            source.code,
        )

    return min(reform.into[new], key=rank)


def _note_position(reform: _Reform, new: tuple[str, str], unit: Unit) -> None:
    """Notes a new commune whose position lies far from all that it was made of."""
    rows = [reform.old.old[old] for old in reform.into[new]]
    sources = [row.commune or row.district for row in rows]
    nearest = min(sources, key=lambda source: kilometres(source, unit) or 0)
    away = kilometres(nearest, unit)
    if away is not None and away > FAR_KM:
        kept = f"{unit.latitude:.3f}, {unit.longitude:.3f}"
        other = f"{nearest.latitude:.3f}, {nearest.longitude:.3f} ({nearest.name})"
        reform.result.notes.append(Note(unit.key, Disagreement.POSITION, kept, other))


def _step_districts(reform: _Reform) -> None:
    """Each district to the communes that took its land; the main one got most of its communes (ties by code)."""
    took: dict[str, Counter] = defaultdict(Counter)
    for old, row in reform.old.old.items():
        if old in reform.old.whole:
            took[row.district.code][reform.old.whole[old]] += 1
        for new, is_main in reform.old.divided.get(old, []):
            if is_main or not _is_far(reform, old, new):
                took[row.district.code][new] += 1 if is_main else 0
    islands = {row.district.code: reform.old.whole[old] for old, row in reform.old.old.items() if row.commune is None}
    for code, counts in took.items():
        main = min(counts, key=lambda new: (-counts[new], reform.communes[new].code))
        for new in counts:
            is_origin = islands.get(code) == new and _origin_is_island(reform, new)
            _step(
                reform,
                reform.districts[code],
                reform.communes[new],
                SuccessionKind.ABOLISH,
                new == main,
                is_origin,
                None if counts[new] else Doubt.DIVIDED,
            )


def _origin_is_island(reform: _Reform, new: tuple[str, str]) -> bool:
    return all(reform.old.old[old].commune is None for old in reform.into[new])
