"""Reads the data files of the package `vietnamadminunits` (1.0.4): the 63 provinces, districts and communes until
30 June 2025, the 34 provinces and 3,321 communes since, with coordinates, and which became which.

Only its data files are opened: importing its code pulls in libraries that nothing here needs.
"""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.formats.territory import Source, read_name

_OLD = """SELECT provinceKey, districtKey, wardKey, province, provinceCode, provinceLat, provinceLon,
                 district, districtCode, districtLat, districtLon, ward, wardCode, wardLat, wardLon
            FROM admin_units_legacy"""
_NEW = """SELECT provinceKey, wardKey, province, provinceCode, provinceLat, provinceLon,
                 ward, wardCode, wardLat, wardLon, wardAreaKm2 FROM admin_units"""


@dataclass
class OldCommune:
    """A commune until the reform. `commune` is None for the five island districts that had none."""

    province: Source
    district: Source
    commune: Source | None


@dataclass
class Conversion:
    """The package's own keys throughout: old units «province_district_commune», new ones («province», «commune»)."""

    old: dict[str, OldCommune] = field(default_factory=dict)
    new: dict[tuple[str, str], Source] = field(default_factory=dict)
    new_provinces: dict[str, Source] = field(default_factory=dict)
    old_provinces: dict[str, Source] = field(default_factory=dict)
    province_of_old: dict[str, str] = field(default_factory=dict)
    """Old province key → new province key."""
    whole: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Old unit that went undivided → new unit."""
    divided: dict[str, list[tuple[tuple[str, str], bool]]] = field(default_factory=dict)
    """Old unit that was divided → (new unit, is the main one)."""


def read_conversion(folder: Path) -> Conversion:
    """Everything from the package's `data` folder."""
    result = Conversion()
    with closing(sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True)) as database:
        for row in database.execute(_OLD):
            _add_old(result, row)
        for row in database.execute(_NEW):
            _add_new(result, row)
    tables = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    for new, olds in tables["DICT_PROVINCE"].items():
        result.province_of_old.update(dict.fromkeys(olds, new))
    for province, communes in tables["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            result.whole.update(dict.fromkeys(olds, (province, commune)))
    for province, olds in tables["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, candidates in olds.items():
            result.divided[old] = [((province, c["newWardKey"]), c["isDefaultNewWard"]) for c in candidates]
    return result


def _source(
    tier: Tier, name: str, code: str, lat: float | None, lon: float | None, area: float | None = None
) -> Source:
    name, kind = read_name(name, tier)
    return Source(code, name, kind, lat, lon, area)


def _add_old(result: Conversion, row: tuple) -> None:
    province_key, district_key, commune_key, *rest = row
    province = _source(Tier.PROVINCE, *rest[0:4])
    district = _source(Tier.DISTRICT, *rest[4:8])
    commune = _source(Tier.COMMUNE, *rest[8:12]) if rest[9] else None
    result.old_provinces.setdefault(province_key, province)
    result.old[f"{province_key}_{district_key}_{commune_key or ''}"] = OldCommune(province, district, commune)


def _add_new(result: Conversion, row: tuple) -> None:
    province_key, commune_key, *rest = row
    result.new_provinces.setdefault(province_key, _source(Tier.PROVINCE, *rest[0:4]))
    result.new[(province_key, commune_key)] = _source(Tier.COMMUNE, *rest[4:9])
