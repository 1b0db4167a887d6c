"""Writes a worked-out territory into the database."""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.core.vietnamese import sort_key
from hocsuotdoi.places.enums import Certainty
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY, build_territory
from hocsuotdoi.places.formats.spelling import search_text_of
from hocsuotdoi.places.formats.territory import Key, Step, Territory, Unit, short_name
from hocsuotdoi.places.formats.vietnam_provinces import read_divisions
from hocsuotdoi.places.formats.vietnamadminunits import read_conversion
from hocsuotdoi.places.models import AdminUnit, LegalAct, Succession, UnitNote, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from hocsuotdoi.places.operations.copying import replace_rows, upsert_rows

DATA = Path(__file__).resolve().parent.parent / "data"
_UNIT_COLUMNS = [
    *("code", "tier", "kind", "name", "short_name", "sort_key", "search_text"),
    *("latitude", "longitude", "area_km2", "starts_on", "ends_on", "began_by_id", "ended_by_id"),
]
_STEP_COLUMNS = [
    *("predecessor_id", "successor_id", "kind", "effective_on", "is_main", "is_origin"),
    *("certainty", "doubt", "note", "legal_act_id"),
]


@cache
def read_territory() -> Territory:
    """The territory of the installed packages, not yet in the database: seconds the first time, then the same values
    (packages do not change while a process runs; whoever reforms it makes another)."""
    numbers = read_yaml(DATA / "legal_acts.yaml")["commune_acts"]["numbers"]
    divisions = read_divisions(Path(str(files("vietnam_provinces"))) / "data")
    # find_spec, not import: importing the package pulls in libraries that are not needed.
    conversion = read_conversion(Path(str(files("vietnam_provinces"))).parent / "vietnamadminunits" / "data")
    return build_territory(divisions, conversion, numbers)


@transaction.atomic
def load_units(territory: Territory, progress: Callable[[str], Any] = print) -> dict[Key, int]:
    """Adds what is missing and brings the rest up to date; keeps the keys of units that are there. Returns their ids.

    Of parents, successions and notes nothing else stays; units that the source no longer names do.
    """
    acts = _load_acts(territory)
    ids = _load_units(territory.units, acts)
    progress(_("%(number)d units") % {"number": len(territory.units)})
    replace_rows(
        UnitParent,
        ["unit_id", "parent_id", "starts_on", "ends_on", "legal_act_id"],
        ((ids[p.unit], ids[p.parent], p.starts_on, p.ends_on, acts.get(p.legal_act)) for p in territory.parents),
    )
    replace_rows(Succession, _STEP_COLUMNS, (_step_row(step, ids, acts) for step in territory.steps))
    replace_rows(
        UnitNote,
        ["unit_id", "kind", "kept", "other"],
        ((ids[n.unit], n.kind, n.kept, n.other) for n in territory.notes),
    )
    progress(_("%(number)d successions") % {"number": len(territory.steps)})
    rebuild()
    return ids


def _step_row(step: Step, ids: dict[Key, int], acts: dict[str, int]) -> tuple:
    certainty = Certainty.UNCERTAIN if step.doubt else Certainty.CERTAIN
    ends = (ids[step.predecessor], ids[step.successor], step.kind, step.effective_on)
    return (*ends, step.is_main, step.is_origin, certainty, step.doubt or "", "", acts.get(step.legal_act))


def _load_units(units: Iterable[Unit], acts: dict[str, int]) -> dict[Key, int]:
    upsert_rows(AdminUnit, _UNIT_COLUMNS, (_unit_row(unit, acts) for unit in units), unique=["code", "starts_on"])
    return {(code, day): pk for pk, code, day in AdminUnit.objects.values_list("pk", "code", "starts_on")}


def _unit_row(unit: Unit, acts: dict[str, int]) -> tuple:
    where = (unit.latitude, unit.longitude, unit.area_km2)
    when = (unit.starts_on, unit.ends_on, acts.get(unit.began_by), acts.get(unit.ended_by))
    words = _words(unit.name, tuple(unit.other_names))
    return (unit.code, unit.tier, unit.kind, unit.name, *words, *where, *when)


@cache  # worked out for the whole country whenever it is written, and nearly all names stay
def _words(name: str, others: tuple[str, ...]) -> tuple[str, str, str]:
    """Its short name, its place in the order, what it is found by."""
    short = short_name(name)
    # Numbers sort as numbers: «Phường 2» before «Phường 10».
    order = sort_key(" ".join(word.zfill(3) if word.isdigit() else word for word in short.split()))
    return short, order, search_text_of(name, *others)


def _load_acts(territory: Territory) -> dict[str, int]:
    data = read_yaml(DATA / "legal_acts.yaml")
    communes = data["commune_acts"]
    names = {unit.code: unit.name for unit in territory.units if len(unit.code) == 2 and unit.stands_on(REFORM_DAY)}
    rows = [LegalAct(**act) for act in data["acts"]]
    rows += [
        LegalAct(
            number=number,
            title=communes["title"].format(province=in_sentence(names.get(code, code))),
            issuer=communes["issuer"],
            issued_on=dt.date.fromisoformat(str(communes["issued_on"])),
        )
        for code, number in communes["numbers"].items()
    ]
    LegalAct.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["number"], update_fields=["title", "issuer", "issued_on"]
    )
    return dict(LegalAct.objects.values_list("number", "pk"))


def in_sentence(name: str) -> str:
    """«Tỉnh Lâm Đồng» as it stands inside a sentence: «tỉnh Lâm Đồng»."""
    return name[0].lower() + name[1:]
