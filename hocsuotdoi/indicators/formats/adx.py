"""ADX: figures as the XML that DHIS2 and others take in (IHE QRPH Aggregate Data Exchange, urn:ihe:qrph:adx:2015)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

NAMESPACE = "urn:ihe:qrph:adx:2015"
CONTENT_TYPE = "application/adx+xml"
DURATIONS = {"month": "P1M", "quarter": "P3M", "year": "P1Y"}


@dataclass(frozen=True, slots=True)
class Value:
    """`cut`: a category's code to the option's, for instance `{"sex": "female"}`."""

    data_element: str
    value: int
    cut: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one unit and one period. `period`: month, quarter or year, beginning on `starts_on`."""

    org_unit: str
    starts_on: dt.date
    period: str
    data_set: str
    values: tuple[Value, ...]
    comment: str = ""


def render_adx(groups: Iterable[Group], exported: dt.datetime) -> bytes:
    """Groups without a value are left out, as the standard wants it; so a file can be without any."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<adx{_attributes(xmlns=NAMESPACE, exported=exported.isoformat(timespec='seconds'))}>",
    ]
    for group in groups:
        if not group.values:
            continue
        period = f"{group.starts_on.isoformat()}/{DURATIONS[group.period]}"
        more = {"comment": group.comment} if group.comment else {}
        named = {"orgUnit": group.org_unit, "period": period, "dataSet": group.data_set, **more}
        lines.append(f"  <group{_attributes(**named)}>")
        lines += [
            f"    <dataValue{_attributes(dataElement=each.data_element, **each.cut, value=str(each.value))}/>"
            for each in group.values
        ]
        lines.append("  </group>")
    lines.append("</adx>\n")
    return "\n".join(lines).encode()


def _attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())
