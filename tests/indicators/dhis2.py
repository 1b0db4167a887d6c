"""What a DHIS2 asks of metadata and of ADX, as far as it is written down: no server stands behind these tests.

Columns (needed, unique, how long) are those of the mappings in dhis2-core (`dhis-service-core/…/hibernate/*.hbm.xml`),
the import of groups is that of `dxf2/adx`, kinds of values and periods are those of the Web API's pages; read in
November 2026. What cannot be tested so: sharing, what else a server holds, and its version.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

ADX = "{urn:ihe:qrph:adx:2015}"
LONGEST = {"code": 50, "name": 230, "shortName": 50}
DEFAULT_COMBO = "bjDvmb4bfuf"


@dataclass(frozen=True)
class Rule:
    needed: tuple[str, ...]
    unique: tuple[str, ...] = ()


RULES = {
    "organisationUnits": Rule(("name", "shortName", "openingDate")),
    "categoryOptions": Rule(("name", "shortName"), ("name", "shortName")),
    "categories": Rule(("name", "shortName", "dataDimensionType", "categoryOptions"), ("name", "shortName")),
    "categoryCombos": Rule(("name", "dataDimensionType", "categories"), ("name",)),
    "categoryOptionCombos": Rule(("name", "categoryCombo", "categoryOptions")),
    "dataElements": Rule(
        ("name", "shortName", "domainType", "valueType", "aggregationType", "categoryCombo"), ("name", "shortName")
    ),
    "dataSets": Rule(("name", "shortName", "periodType", "categoryCombo", "dataSetElements", "organisationUnits")),
    "indicatorTypes": Rule(("name", "factor"), ("name",)),
    "indicators": Rule(("name", "shortName", "annualized", "indicatorType", "numerator", "denominator")),
}
"""A code and an id are unique within each kind, an id within all."""
PERIODS = {"Monthly": ("P1M", range(1, 13)), "Quarterly": ("P3M", (1, 4, 7, 10)), "Yearly": ("P1Y", (1,))}
ENUMS = {
    "domainType": {"AGGREGATE"},
    "valueType": {"INTEGER_ZERO_OR_POSITIVE"},
    "aggregationType": {"NONE"},
    "dataDimensionType": {"DISAGGREGATION"},
    "periodType": set(PERIODS),
}
"""Of the values that it knows those that we use."""


def problems_of_metadata(told: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    yield from (f"no such kind: {kind}" for kind in told.keys() - RULES.keys())
    for kind, rows in told.items():
        rule = RULES[kind]
        for name in ("code", *rule.unique):
            counted = Counter(row[name] for row in rows if name in row)
            yield from (f"{kind}: {name} twice: {value}" for value, times in counted.items() if times > 1)
        for row in rows:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{10}", row.get("id", "")):
                yield f"{kind}: not an id: {row.get('id')}"
            yield from (f"{kind} {row['id']}: no {name}" for name in rule.needed if row.get(name) in (None, "", []))
            for name, longest in LONGEST.items():
                if len(row.get(name, "")) > longest:
                    yield f"{kind} {row['id']}: {name} longer than {longest}: {row[name]}"
            for name, values in ENUMS.items():
                if name in row and row[name] not in values:
                    yield f"{kind} {row['id']}: {name}: {row[name]}"
    yield from _broken_links(told)


def _broken_links(told: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    ids = {kind: {row["id"] for row in rows} for kind, rows in told.items()}
    counted = Counter(each for many in ids.values() for each in many)
    yield from (f"id twice: {each}" for each, times in counted.items() if times > 1)
    links = {"categoryOptions": "categoryOptions", "categories": "categories", "organisationUnits": "organisationUnits"}
    for rows in told.values():
        for row in rows:
            for name, kind in links.items():
                yield from (f"{row['id']}: {name}" for each in row.get(name, []) if each["id"] not in ids[kind])
            combo = row.get("categoryCombo")
            if combo and combo["id"] not in ids.get("categoryCombos", set()) | {DEFAULT_COMBO}:
                yield f"{row['id']}: categoryCombo"
            if "parent" in row and row["parent"]["id"] not in ids["organisationUnits"]:
                yield f"{row['id']}: parent"
            for each in row.get("dataSetElements", []):
                if each["dataElement"]["id"] not in ids["dataElements"] or each["dataSet"]["id"] != row["id"]:
                    yield f"{row['id']}: dataSetElements"
            for name in ("numerator", "denominator"):
                for element in re.findall(r"#\{(\w+)\}", row.get(name, "")):
                    if element not in ids["dataElements"]:
                        yield f"{row['id']}: {name}"
    roots = [row for row in told.get("organisationUnits", []) if "parent" not in row]
    if len(roots) != 1:
        yield f"{len(roots)} roots"


def problems_of_adx(body: bytes, told: dict[str, list[dict[str, Any]]], today: dt.date) -> Iterator[str]:
    """What a DHIS2 with this metadata would list as a conflict, all schemes being CODE."""
    by_id = {row["id"]: row for rows in told.values() for row in rows}
    units, sets, elements, categories = (
        {row["code"]: row for row in told[kind]}
        for kind in ("organisationUnits", "dataSets", "dataElements", "categories")
    )
    seen: Counter[tuple[str, ...]] = Counter()
    for group in etree.fromstring(body).iter(f"{ADX}group"):
        unit, data_set = units.get(group.get("orgUnit")), sets.get(group.get("dataSet"))
        if unit is None or data_set is None:
            yield f"unit or data set: {dict(group.attrib)}"
            continue
        if unit["id"] not in {each["id"] for each in data_set["organisationUnits"]}:
            yield f"{unit['code']} is not assigned to {data_set['code']}"
        day, duration = group.get("period").split("/")
        starts_on = dt.date.fromisoformat(day)
        wanted, months = PERIODS[data_set["periodType"]]
        if duration != wanted or starts_on.day != 1 or starts_on.month not in months:
            yield f"{data_set['code']} has no period {group.get('period')}"
        if starts_on < dt.date.fromisoformat(unit["openingDate"]) or starts_on > today:
            yield f"{unit['code']} is not open, or the period has not begun: {day}"
        members = {each["dataElement"]["id"] for each in data_set["dataSetElements"]}
        for value in group:
            element = elements.get(value.get("dataElement"))
            if element is None or element["id"] not in members:
                yield f"{data_set['code']} has no {value.get('dataElement')}"
                continue
            combo = by_id.get(element["categoryCombo"]["id"])
            asked = {by_id[each["id"]]["code"] for each in combo["categories"]} if combo else set()
            if set(value.attrib) - {"dataElement", "value"} != asked:
                yield f"{element['code']} is cut by {sorted(asked)}, not {dict(value.attrib)}"
                continue
            for name in asked:
                options = {by_id[each["id"]]["code"] for each in categories[name]["categoryOptions"]}
                if value.get(name) not in options:
                    yield f"{name} has no {value.get(name)}"
            if not re.fullmatch(r"0|[1-9]\d*", value.get("value")):
                yield f"not a whole number: {value.get('value')}"
            cut = tuple(f"{name}={value.get(name)}" for name in sorted(asked))
            seen[unit["code"], group.get("period"), element["code"], *cut] += 1
    yield from (f"twice: {key}" for key, times in seen.items() if times > 1)
