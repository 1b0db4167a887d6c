"""What a DHIS2 has to know before it takes our figures in: its metadata as JSON, for Import/Export → Metadata import.

Everything has a code (by which ADX names it) and an id that is made from the code: importing again changes what is
there and makes nothing twice. https://docs.dhis2.org, Web API, Metadata and Data values.
"""

import datetime as dt
import hashlib
import json
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

_LETTERS = string.ascii_letters
_SIGNS = string.ascii_letters + string.digits
DEFAULT_COMBO = "bjDvmb4bfuf"
"""The id that every DHIS2 gives its category combination «default»."""
LONGEST_CODE, LONGEST_SHORT_NAME, LONGEST_NAME = 50, 50, 230
PERIOD_TYPES = {"month": "Monthly", "quarter": "Quarterly", "year": "Yearly"}


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """`parent`: the code of the one above, empty for the root."""

    code: str
    name: str
    short_name: str
    parent: str
    opened_on: dt.date


@dataclass(frozen=True, slots=True)
class DataElement:
    """`combo`: the code of a category combination; empty: not cut."""

    code: str
    name: str
    description: str
    combo: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    name: str
    options: Sequence[tuple[str, str]]
    """Code and name."""


@dataclass(frozen=True, slots=True)
class DataSet:
    code: str
    name: str
    period: str
    elements: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A DHIS2 indicator: per cent of one data element in another."""

    code: str
    name: str
    description: str
    numerator: str
    denominator: str


def uid(kind: str, code: str) -> str:
    """Eleven letters and digits, the first a letter: always the same for the same thing."""
    number = int.from_bytes(hashlib.sha256(f"hocsuotdoi:{kind}:{code}".encode()).digest(), "big")
    number, at = divmod(number, len(_LETTERS))
    signs = [_LETTERS[at]]
    for _sign in range(10):
        number, at = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[at])
    return "".join(signs)


def short_code(code: str) -> str:
    """At most fifty signs, of which a long code's last tell it from its like."""
    if len(code) <= LONGEST_CODE:
        return code
    return f"{code[:39]}_{hashlib.sha256(code.encode()).hexdigest()[:10]}"


def render_metadata(
    *,
    units: Sequence[OrgUnit],
    elements: Sequence[DataElement],
    categories: Sequence[Category],
    combos: Mapping[str, Sequence[str]],
    sets: Sequence[DataSet],
    ratios: Sequence[Ratio] = (),
) -> bytes:
    """`combos`: a category combination's code to the codes of its categories."""
    by_code = {each.code: each for each in categories}
    body: dict[str, Any] = {
        "organisationUnits": [_unit(each) for each in units],
        "categoryOptions": [
            _thing("categoryOption", _option_code(each, code), f"{each.name}: {name}", code=code_of_option(each, code))
            for each in categories
            for code, name in each.options
        ],
        "categories": [
            _thing("category", each.code, each.name)
            | {
                "dataDimensionType": "DISAGGREGATION",
                "categoryOptions": [
                    {"id": uid("categoryOption", _option_code(each, code))} for code, _name in each.options
                ],
            }
            for each in categories
        ],
        "categoryCombos": [
            _thing("categoryCombo", code, " × ".join(by_code[each].name for each in parts))
            | {
                "dataDimensionType": "DISAGGREGATION",
                "skipTotal": False,
                "categories": [{"id": uid("category", each)} for each in parts],
            }
            for code, parts in combos.items()
        ],
        "categoryOptionCombos": [
            each for code, parts in combos.items() for each in _option_combos(code, [by_code[part] for part in parts])
        ],
        "dataElements": [_element(each) for each in elements],
        "dataSets": [_set(each, elements, units) for each in sets],
        "indicatorTypes": [{"id": uid("indicatorType", "PERCENT"), "name": "HSD %", "factor": 100, "number": False}]
        if ratios
        else [],
        "indicators": [_ratio(each) for each in ratios],
    }
    return json.dumps({name: rows for name, rows in body.items() if rows}, ensure_ascii=False, indent=1).encode()


def code_of_option(category: Category, code: str) -> str:
    """An option's code as ADX writes it: codes of options are unique in a DHIS2, also over categories."""
    return f"{category.code}_{code}"


def _option_code(category: Category, code: str) -> str:
    return f"{category.code}:{code}"


def _thing(kind: str, key: str, name: str, *, code: str = "") -> dict[str, Any]:
    return {
        "id": uid(kind, key),
        "code": code or short_code(key),
        "name": name[:LONGEST_NAME],
        "shortName": name[:LONGEST_SHORT_NAME],
    }


def _unit(each: OrgUnit) -> dict[str, Any]:
    above = {"parent": {"id": uid("unit", each.parent)}} if each.parent else {}
    names = {"name": each.name, "shortName": each.short_name[:LONGEST_SHORT_NAME]}
    return {
        "id": uid("unit", each.code),
        "code": each.code,
        **names,
        "openingDate": each.opened_on.isoformat(),
        **above,
    }


def _option_combos(combo: str, categories: Sequence[Category]) -> Iterable[dict[str, Any]]:
    for options in product(*(each.options for each in categories)):
        pairs = list(zip(categories, options, strict=True))
        key = ":".join([combo, *(code for _category, (code, _name) in pairs)])
        yield {
            "id": uid("categoryOptionCombo", key),
            "code": short_code(key),
            "name": ", ".join(f"{category.name}: {name}" for category, (_code, name) in pairs)[:LONGEST_NAME],
            "categoryCombo": {"id": uid("categoryCombo", combo)},
            "categoryOptions": [
                {"id": uid("categoryOption", _option_code(category, code))} for category, (code, _name) in pairs
            ],
        }


def _element(each: DataElement) -> dict[str, Any]:
    """`shortName` is unique in a DHIS2; names of ours can begin alike."""
    return {
        "id": uid("dataElement", each.code),
        "code": short_code(each.code),
        "name": each.name[:LONGEST_NAME],
        "shortName": short_code(each.code),
        "description": each.description,
        "domainType": "AGGREGATE",
        "valueType": "INTEGER_ZERO_OR_POSITIVE",
        "aggregationType": "NONE",
        "zeroIsSignificant": True,
        "categoryCombo": {"id": uid("categoryCombo", each.combo) if each.combo else DEFAULT_COMBO},
    }


def _set(each: DataSet, elements: Sequence[DataElement], units: Sequence[OrgUnit]) -> dict[str, Any]:
    of = {"dataSet": {"id": uid("dataSet", each.code)}}
    return {
        "id": uid("dataSet", each.code),
        "code": each.code,
        "name": each.name[:LONGEST_NAME],
        "shortName": each.code,
        "periodType": PERIOD_TYPES[each.period],
        "categoryCombo": {"id": DEFAULT_COMBO},
        "openFuturePeriods": 1,
        "dataSetElements": [
            of | {"dataElement": {"id": uid("dataElement", element.code)}}
            for element in elements
            if element.code in each.elements
        ],
        "organisationUnits": [{"id": uid("unit", unit.code)} for unit in units],
    }


def _ratio(each: Ratio) -> dict[str, Any]:
    return {
        "id": uid("indicator", each.code),
        "code": short_code(each.code),
        "name": each.name[:LONGEST_NAME],
        "shortName": short_code(each.code),
        "description": each.description,
        "indicatorType": {"id": uid("indicatorType", "PERCENT")},
        "annualized": False,
        "numerator": f"#{{{uid('dataElement', each.numerator)}}}",
        "numeratorDescription": each.numerator,
        "denominator": f"#{{{uid('dataElement', each.denominator)}}}",
        "denominatorDescription": each.denominator,
    }
