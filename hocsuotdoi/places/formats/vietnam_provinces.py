"""Reads the data file of the package `vietnam_provinces` (2025.10): the 34 provinces and 3,321 communes since
1 July 2025 with the codes and names of the General Statistics Office. It has the last word on both."""

import json
from pathlib import Path

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.formats.territory import Source, read_name


def read_divisions(folder: Path) -> list[tuple[Source, list[Source]]]:
    """Each province with its communes, from the package's `data` folder."""
    provinces = json.loads((folder / "nested-divisions.json").read_text(encoding="utf-8"))
    return [
        (
            _source(f"{province['code']:02d}", province["name"], Tier.PROVINCE),
            [_source(f"{ward['code']:05d}", ward["name"], Tier.COMMUNE) for ward in province["wards"]],
        )
        for province in provinces
    ]


def _source(code: str, text: str, tier: Tier) -> Source:
    name, kind = read_name(text, tier)
    return Source(code, name, kind)
