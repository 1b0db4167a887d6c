"""Writes a worked-out territory into the database."""

import datetime as dt
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from hocsuotdoi.core.vietnamese import search_text, sort_key
from hocsuotdoi.places.enums import Certainty
from hocsuotdoi.places.formats.reform_2025 import build_territory
from hocsuotdoi.places.formats.territory import Key, Territory, Unit, short_name
from hocsuotdoi.places.formats.vietnam_provinces import read_divisions
from hocsuotdoi.places.formats.vietnamadminunits import read_conversion
from hocsuotdoi.places.models import AdminUnit, LegalAct, Succession, UnitNote, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild

DATA = Path(__file__).resolve().parent.parent / "data"
_BATCH = 4000


def read_territory() -> Territory:
    """The territory of the installed packages, not yet in the database."""
    numbers = yaml.safe_load((DATA / "legal_acts.yaml").read_text(encoding="utf-8"))["commune_acts"]["numbers"]
    divisions = read_divisions(Path(str(files("vietnam_provinces"))) / "data")
    # find_spec, not import: importing the package pulls in libraries that are not needed.
    conversion = read_conversion(Path(str(files("vietnam_provinces"))).parent / "vietnamadminunits" / "data")
    return build_territory(divisions, conversion, numbers)


@transaction.atomic
def load_units(territory: Territory, progress: Callable[[str], Any] = print) -> dict[Key, int]:
    """Adds what is missing and brings the rest up to date; keeps the keys of units that are there. Returns their ids.

    Parents, successions and notes are replaced whole; units that the source no longer names stay.
    """
    acts = _load_acts(territory)
    ids = _load_units(territory.units, acts)
    progress(f"  {len(territory.units)} units")
    UnitParent.objects.all().delete()
    Succession.objects.all().delete()
    UnitNote.objects.all().delete()
    UnitParent.objects.bulk_create(
        (
            UnitParent(
                unit_id=ids[p.unit],
                parent_id=ids[p.parent],
                starts_on=p.starts_on,
                ends_on=p.ends_on,
                legal_act_id=acts.get(p.legal_act),
            )
            for p in territory.parents
        ),
        batch_size=_BATCH,
    )
    Succession.objects.bulk_create(
        (
            Succession(
                predecessor_id=ids[s.predecessor],
                successor_id=ids[s.successor],
                kind=s.kind,
                effective_on=s.effective_on,
                is_main=s.is_main,
                is_origin=s.is_origin,
                certainty=Certainty.UNCERTAIN if s.doubt else Certainty.CERTAIN,
                doubt=s.doubt or "",
                legal_act_id=acts.get(s.legal_act),
            )
            for s in territory.steps
        ),
        batch_size=_BATCH,
    )
    UnitNote.objects.bulk_create(
        UnitNote(unit_id=ids[n.unit], kind=n.kind, kept=n.kept, other=n.other) for n in territory.notes
    )
    progress(f"  {len(territory.steps)} successions")
    rebuild()
    return ids


def _load_units(units: Iterable[Unit], acts: dict[str, int]) -> dict[Key, int]:
    rows = [
        AdminUnit(
            code=u.code,
            tier=u.tier,
            kind=u.kind,
            name=u.name,
            short_name=short_name(u.name),
            # Numbers sort as numbers: «Phường 2» before «Phường 10».
            sort_key=sort_key(" ".join(w.zfill(3) if w.isdigit() else w for w in short_name(u.name).split())),
            search_text=search_text(u.name, *u.other_names),
            latitude=u.latitude,
            longitude=u.longitude,
            area_km2=u.area_km2,
            starts_on=u.starts_on,
            ends_on=u.ends_on,
            began_by_id=acts.get(u.began_by),
            ended_by_id=acts.get(u.ended_by),
        )
        for u in units
    ]
    kept = [f.name for f in AdminUnit._meta.fields if f.name not in {"id", "code", "starts_on"}]
    AdminUnit.objects.bulk_create(
        rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["code", "starts_on"], update_fields=kept
    )
    return {(code, day): pk for pk, code, day in AdminUnit.objects.values_list("pk", "code", "starts_on")}


def _load_acts(territory: Territory) -> dict[str, int]:
    data = yaml.safe_load((DATA / "legal_acts.yaml").read_text(encoding="utf-8"))
    communes = data["commune_acts"]
    names = {u.code: u.name for u in territory.units if len(u.code) == 2 and u.ends_on is None}
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
