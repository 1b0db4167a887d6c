"""Marked sample institutions by rule (data/sample.yaml): the same in every installation, each named «… (mẫu)»."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState, Tier
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY
from hocsuotdoi.places.models import AdminUnit, Agency, Institution, Succession, UnitParent
from hocsuotdoi.places.operations.following import follow_units
from hocsuotdoi.places.operations.load_units import DATA, in_sentence
from hocsuotdoi.places.operations.register import Day, Entry, write_entries


@transaction.atomic
def load_sample(progress: Callable[[str], Any] = print) -> None:
    """Writes the sample institutions that are not there yet; loading again changes nothing."""
    data = read_yaml(DATA / "sample.yaml")
    entries = [*_entries(data), *_ended_entries(data)]
    added = write_entries(entries)
    follow_units()
    progress(_("%(all)d institutions, %(new)d of them new") % {"all": len(entries), "new": added})


def _entries(data: dict) -> Iterator[Entry]:
    communes = _communes(data)
    origins = dict(
        Succession.objects.filter(is_origin=True, successor__in=communes).values_list("successor_id", "predecessor_id")
    )
    provinces = dict(UnitParent.objects.on(REFORM_DAY).filter(unit__in=communes).values_list("unit_id", "parent__code"))
    agencies: dict[str, int] = dict(Agency.objects.on(REFORM_DAY).values_list("code", "pk"))
    for unit in communes:
        for kit in data["sets"][data["communes"].get(unit.code, data["elsewhere"])] + data["also"].get(unit.code, []):
            entry = _entry(data, unit, kit)
            entry.placements = _placements(unit, origins.get(unit.pk), data["since"])
            prefix = data["kits"][kit]["agency"]
            own = agencies.get(f"{prefix}-{unit.code}")
            # A school for the older pupils and the armed forces answer to the province.
            agency = own or agencies[f"{prefix}-{provinces[unit.pk]}"]
            entry.agencies = [(agency, REFORM_DAY, None)]
            yield entry


def _ended_entries(data: dict) -> Iterator[Entry]:
    """Libraries of districts: open until the reform, closed since."""
    rule = data["districts"]
    agencies: dict[str, int] = dict(Agency.objects.values_list("code", "pk"))
    prefix = data["kits"][rule["kit"]]["agency"]
    last_day = REFORM_DAY - dt.timedelta(days=1)
    for unit in AdminUnit.objects.on(last_day).filter(tier=Tier.DISTRICT, code__in=rule["codes"]).order_by("code"):
        entry = _entry(data, unit, rule["kit"])
        entry.placements = [(unit.pk, data["since"], REFORM_DAY, "")]
        entry.states = [
            (InstitutionState.ACTIVE, data["since"], REFORM_DAY, ""),
            (InstitutionState.CLOSED, REFORM_DAY, None, rule["closed_because"]),
        ]
        committee = agencies.get(f"{prefix}-{unit.code}-den-{last_day}")
        entry.agencies = [(committee, data["since"], REFORM_DAY)] if committee else []
        yield entry


def _communes(data: dict) -> list[AdminUnit]:
    """The communes named, and the first ones by code of every province that has none named."""
    standing = AdminUnit.objects.on(REFORM_DAY).filter(tier=Tier.COMMUNE)
    named = list(standing.filter(code__in=data["communes"]).order_by("code"))
    taken = set(UnitParent.objects.on(REFORM_DAY).filter(unit__in=named).values_list("parent_id", flat=True))
    others: dict[int, list[int]] = {}
    links = UnitParent.objects.on(REFORM_DAY).filter(unit__tier=Tier.COMMUNE).exclude(parent__in=taken)
    for parent, unit in links.order_by("unit__code").values_list("parent_id", "unit_id"):
        first = others.setdefault(parent, [])
        if len(first) < data["elsewhere_communes"]:
            first.append(unit)
    picked = [unit for first in others.values() for unit in first]
    return named + list(standing.filter(pk__in=picked).order_by("code"))


def _entry(data: dict, unit: AdminUnit, kit: str) -> Entry:
    rule = data["kits"][kit]
    number = kit.rpartition("-")[2]
    institution = Institution(
        code=f"mau-{kit}-{unit.code}",
        name=rule["name"].format(unit=in_sentence(unit.name), place=unit.short_name, number=number),
        institution_class=InstitutionClass(rule["class"]),
        is_sample=True,
        source="Dữ liệu mẫu",
    )
    hours = [
        (int(day), dt.time.fromisoformat(opens), dt.time.fromisoformat(closes))
        for days, spans in data["hours"][rule["hours"]].items()
        for day in days.split()
        for opens, closes in spans
    ]
    return Entry(
        institution,
        states=[(InstitutionState.ACTIVE, data["since"], None, "")],
        hours=hours,
        hours_from=data["since"],
        rooms=[(name, places) for name, places in rule.get("rooms", [])],
        equipment=[(kind, n, usable) for kind, n, usable in rule.get("equipment", [])],
        checked_on=data["checked_on"],
    )


def _placements(unit: AdminUnit, origin: int | None, since: dt.date) -> list[tuple[int, Day, Day, str]]:
    """In the unit it was before the reform, then in the new one; in one and the same where nothing changed."""
    if origin is None:
        return [(unit.pk, since, None, "")]
    return [(origin, since, REFORM_DAY, ""), (unit.pk, REFORM_DAY, None, "")]
