"""Writes the public bodies: the central ones by name, those of every unit by rule (data/agencies.yaml says which)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY
from hocsuotdoi.places.formats.territory import Key, Territory, Unit
from hocsuotdoi.places.models import Agency, AgencyLine
from hocsuotdoi.places.operations.copying import copy_rows, upsert_rows
from hocsuotdoi.places.operations.load_units import DATA, in_sentence

_DAY = dt.timedelta(days=1)


@dataclass
class _Row:
    code: str
    name: str
    kind: str
    unit: Unit | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    superiors: list[tuple[str, str]] = field(default_factory=list)
    """Codes of superiors with the kind of line."""


@transaction.atomic
def load_agencies(territory: Territory, ids: dict[Key, int], progress: Callable[[str], Any] = print) -> None:
    """Adds what is missing and brings the rest up to date; the lines of these bodies are replaced whole. What people
    keep by hand stays as they left it."""
    by_hand = set(Agency.objects.filter(kept_by_hand=True).values_list("code", flat=True))
    rows = list(_rows(territory))
    upsert_rows(
        Agency,
        ["code", "name", "kind", "unit_id", "starts_on", "ends_on", "is_sample"],
        (
            (row.code, row.name, row.kind, ids[row.unit.key] if row.unit else None, row.starts_on, row.ends_on, False)
            for row in rows
            if row.code not in by_hand
        ),
        unique=["code"],
    )
    keys = dict(Agency.objects.values_list("code", "pk"))
    AgencyLine.objects.filter(agency__is_sample=False, kept_by_hand=False).delete()
    kept = set(AgencyLine.objects.filter(kept_by_hand=True).values_list("agency_id", "superior_id", "kind"))
    copy_rows(
        AgencyLine,
        ["agency_id", "superior_id", "kind", "starts_on", "ends_on"],
        (
            (keys[row.code], keys[superior], kind, row.starts_on, row.ends_on)
            for row in rows
            for superior, kind in row.superiors
            if (keys[row.code], keys[superior], kind) not in kept
        ),
    )
    progress(_("%(number)d agencies") % {"number": len(rows)})


def _rows(territory: Territory) -> Iterator[_Row]:
    data = read_yaml(DATA / "agencies.yaml")
    country = territory.units[0]
    for body in data["central"]:
        superiors = [tuple(line) for line in body.get("lines", [])]
        yield _Row(body["code"], body["name"], body["kind"], country, superiors=superiors)
    map_of = _Maps(territory)
    for rule in data["rules"]:
        for unit in map_of.now[Tier(rule["for"])]:
            yield _row(rule, unit, map_of.above_now.get(unit.key), ended=False)
        if rule["for"] == Tier.PROVINCE:
            for unit in map_of.before[Tier.PROVINCE]:
                if unit.code in data["provinces_before"]:
                    yield _row(rule, unit, None, ended=True)
    for rule in data["rules_before"]:
        scope, *codes = rule["for"]
        for unit in map_of.before_in(scope, codes):
            yield _row(rule, unit, map_of.above_before.get(unit.key), ended=True)


def _row(rule: dict, unit: Unit, above: Unit | None, *, ended: bool) -> _Row:
    name = rule.get("names", {}).get(unit.code, rule["name"]).format(unit=in_sentence(unit.name))
    row = _Row(_code(rule["prefix"], unit, ended), name, rule["kind"], unit, unit.starts_on, unit.ends_on)
    if ended:
        row.ends_on = REFORM_DAY
    elif unit.tier == Tier.COMMUNE:
        # Also in communes that go on: their offices came with the two tiers, and their superior changed.
        row.starts_on = REFORM_DAY
    for superior, kind in rule.get("lines", []):
        where, _, prefix = superior.partition(":")
        if where == "own":
            superior = _code(prefix, unit, ended)
        elif where == "up":
            assert above, f"{unit.name} lies nowhere"
            superior = _code(prefix, above, ended)
        row.superiors.append((superior, kind))
    return row


def _code(prefix: str, unit: Unit, ended: bool) -> str:
    return f"{prefix}-{unit.code}-den-{REFORM_DAY - _DAY}" if ended else f"{prefix}-{unit.code}"


class _Maps:
    """The units since and before the reform by tier, and what each lay in."""

    def __init__(self, territory: Territory) -> None:
        units = {unit.key: unit for unit in territory.units}
        self.now: dict[Tier, list[Unit]] = defaultdict(list)
        self.before: dict[Tier, list[Unit]] = defaultdict(list)
        for unit in territory.units:
            if unit.ends_on is None:
                self.now[unit.tier].append(unit)
            if unit.starts_on is None:
                self.before[unit.tier].append(unit)
        self.above_now = {p.unit: units[p.parent] for p in territory.parents if p.ends_on is None}
        self.above_before = {p.unit: units[p.parent] for p in territory.parents if p.starts_on is None}

    def before_in(self, scope: str, codes: list[str]) -> list[Unit]:
        """The units right under those of `codes` of the tier `scope`, or (`scope` "unit") the units of `codes`."""
        if scope == "unit":
            return [unit for unit in self.before[Tier.DISTRICT] if unit.code in codes]
        return [unit for unit in self.before[Tier(scope)] if self.above_before[unit.key].code in codes]
