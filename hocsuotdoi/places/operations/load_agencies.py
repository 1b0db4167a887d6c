"""Writes the public bodies: the central ones by name, those of every unit by rule (data/agencies.yaml says which)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY
from hocsuotdoi.places.formats.territory import Key, Parent, Territory, Unit
from hocsuotdoi.places.models import Agency, AgencyLine
from hocsuotdoi.places.operations.copying import replace_rows, upsert_rows
from hocsuotdoi.places.operations.load_units import DATA, in_sentence

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class _Line:
    superior: str
    """Its code."""
    kind: str
    starts_on: dt.date | None
    ends_on: dt.date | None


@dataclass
class _Row:
    code: str
    name: str
    kind: str
    unit: Unit | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    lines: list[_Line] = field(default_factory=list)


@transaction.atomic
def load_agencies(territory: Territory, ids: dict[Key, int], progress: Callable[[str], Any] = print) -> None:
    """Adds what is missing and brings the rest up to date; these bodies have no other lines afterwards. What people
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
    kept = set(AgencyLine.objects.filter(kept_by_hand=True).values_list("agency_id", "superior_id", "kind"))
    replace_rows(
        AgencyLine,
        ["agency_id", "superior_id", "kind", "starts_on", "ends_on"],
        (
            (keys[row.code], keys[line.superior], line.kind, line.starts_on, line.ends_on)
            for row in rows
            for line in row.lines
            if (keys[row.code], keys[line.superior], line.kind) not in kept
        ),
        among="NOT kept_by_hand AND agency_id IN (SELECT id FROM places_agency WHERE NOT is_sample)",
    )
    end_with_their_units()
    progress(_("%(number)d agencies") % {"number": len(rows)})


def end_with_their_units() -> None:
    """What people keep by hand ends with its unit, too, by the act that ended that; so do lines with either end. What
    would only begin later begins in the unit that took over mainly."""
    with connection.cursor() as cursor:
        for statement in _ENDS:
            cursor.execute(statement, {"reform": REFORM_DAY})


# Of reforms since 2025 only: what is known of bodies before then was written down as it was.
_ENDS = (
    """
    UPDATE places_agency agency SET unit_id = step.successor_id
      FROM places_adminunit unit JOIN places_succession step ON step.predecessor_id = unit.id AND step.is_main
     WHERE unit.id = agency.unit_id AND unit.ends_on > %(reform)s AND agency.starts_on >= unit.ends_on
    """,
    """
    UPDATE places_agency agency
       SET ends_on = unit.ends_on, ended_for = coalesce(act.number, unit.name)
      FROM places_adminunit unit LEFT JOIN places_legalact act ON act.id = unit.ended_by_id
     WHERE unit.id = agency.unit_id AND unit.ends_on > %(reform)s
       AND unit.ends_on < coalesce(agency.ends_on, 'infinity')
       AND unit.ends_on > coalesce(agency.starts_on, '-infinity')
    """,
    """
    DELETE FROM places_agencyline line USING places_agency body
     WHERE body.id IN (line.agency_id, line.superior_id) AND body.ends_on > %(reform)s
       AND line.starts_on >= body.ends_on
    """,
    """
    UPDATE places_agencyline line SET ends_on = body.ends_on
      FROM (SELECT line.id, min(body.ends_on) AS ends_on
              FROM places_agencyline line JOIN places_agency body ON body.id IN (line.agency_id, line.superior_id)
             WHERE body.ends_on > %(reform)s GROUP BY line.id) AS body
     WHERE body.id = line.id AND body.ends_on < coalesce(line.ends_on, 'infinity')
    """,
)


def kinds_by_rule() -> set[tuple[str, str]]:
    """(tier, kind) of the bodies that every unit of a tier has."""
    return {(rule["for"], rule["kind"]) for rule in read_yaml(DATA / "agencies.yaml")["rules"]}


def _rows(territory: Territory) -> Iterator[_Row]:
    data = read_yaml(DATA / "agencies.yaml")
    country = territory.units[0]
    for body in data["central"]:
        lines = [_Line(superior, kind, None, None) for superior, kind in body.get("lines", [])]
        yield _Row(body["code"], body["name"], body["kind"], country, lines=lines)
    map_of = _Maps(territory)
    for rule in data["rules"]:
        for unit in map_of.since[Tier(rule["for"])]:
            yield _row(rule, unit, map_of.above_since[unit.key])
        if rule["for"] == Tier.PROVINCE:
            for unit in map_of.before[Tier.PROVINCE]:
                if unit.code in data["provinces_before"]:
                    yield _row_before(rule, unit, None)
    for rule in data["rules_before"]:
        scope, *codes = rule["for"]
        for unit in map_of.before_in(scope, codes):
            yield _row_before(rule, unit, map_of.above_before.get(unit.key))


def _row(rule: dict, unit: Unit, above: list[tuple[Unit, Parent]]) -> _Row:
    """A body of a unit since the reform of 2025; its line to the unit above changes when the unit comes to lie
    elsewhere."""
    row = _named(rule, unit, _code(rule["prefix"], unit))
    row.starts_on, row.ends_on = unit.starts_on, unit.ends_on
    if unit.tier == Tier.COMMUNE:
        # Also in communes that went on: their offices came with the two tiers, and their superior changed.
        row.starts_on = unit.starts_on or REFORM_DAY
    for superior, kind in rule.get("lines", []):
        where, _, prefix = superior.partition(":")
        if where == "up":
            assert above, f"{unit.name} lies nowhere"
            row.lines += [_Line(_code(prefix, up), kind, each.starts_on, each.ends_on) for up, each in above]
        else:
            code = _code(prefix, unit) if where == "own" else superior
            row.lines.append(_Line(code, kind, row.starts_on, row.ends_on))
    return row


def _row_before(rule: dict, unit: Unit, above: Unit | None) -> _Row:
    """A body of a unit until the reform of 2025."""
    row = _named(rule, unit, _code_before(rule["prefix"], unit))
    row.starts_on, row.ends_on = unit.starts_on, REFORM_DAY
    for superior, kind in rule.get("lines", []):
        where, _, prefix = superior.partition(":")
        if where == "own":
            superior = _code_before(prefix, unit)
        elif where == "up":
            assert above, f"{unit.name} lies nowhere"
            superior = _code_before(prefix, above)
        row.lines.append(_Line(superior, kind, row.starts_on, row.ends_on))
    return row


def _named(rule: dict, unit: Unit, code: str) -> _Row:
    name = rule.get("names", {}).get(unit.code, rule["name"]).format(unit=in_sentence(unit.name))
    return _Row(code, name, rule["kind"], unit)


def _code(prefix: str, unit: Unit) -> str:
    """Codes of units are used again: what began later says since when."""
    is_later = unit.starts_on is not None and unit.starts_on > REFORM_DAY
    return f"{prefix}-{unit.code}-tu-{unit.starts_on}" if is_later else f"{prefix}-{unit.code}"


def _code_before(prefix: str, unit: Unit) -> str:
    return f"{prefix}-{unit.code}-den-{REFORM_DAY - _DAY}"


class _Maps:
    """The units since and before the reform of 2025 by tier, and what each lay in."""

    def __init__(self, territory: Territory) -> None:
        units = {unit.key: unit for unit in territory.units}
        self.since: dict[Tier, list[Unit]] = defaultdict(list)
        self.before: dict[Tier, list[Unit]] = defaultdict(list)
        for unit in territory.units:
            if unit.ends_on is None or unit.ends_on > REFORM_DAY:
                self.since[unit.tier].append(unit)
            if unit.starts_on is None:
                self.before[unit.tier].append(unit)
        self.above_since: dict[Key, list[tuple[Unit, Parent]]] = defaultdict(list)
        for each in territory.parents:
            if each.ends_on is None or each.ends_on > REFORM_DAY:
                self.above_since[each.unit].append((units[each.parent], each))
        self.above_before = {p.unit: units[p.parent] for p in territory.parents if p.starts_on is None}

    def before_in(self, scope: str, codes: list[str]) -> list[Unit]:
        """The units right under those of `codes` of the tier `scope`, or (`scope` "unit") the units of `codes`."""
        if scope == "unit":
            return [unit for unit in self.before[Tier.DISTRICT] if unit.code in codes]
        return [unit for unit in self.before[Tier(scope)] if self.above_before[unit.key].code in codes]
