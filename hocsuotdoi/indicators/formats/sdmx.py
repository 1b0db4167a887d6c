"""SDMX: observations as SDMX-CSV 2.0, and what their columns mean as an SDMX-JSON 2.0 structure message.

https://github.com/sdmx-twg/sdmx-csv and https://github.com/sdmx-twg/sdmx-json, both of SDMX 3.0. Codes of sex,
frequency, status and confidentiality are those of the code lists that all agencies share (CL_SEX, CL_FREQ,
CL_OBS_STATUS, CL_CONF_STATUS); ages follow the pattern of CL_AGE.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

AGENCY = "HSD"
VERSION = "1.2.0"
CSV_TYPE = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"
JSON_TYPE = "application/vnd.sdmx.structure+json; version=2.0.0"
TOTAL = "_T"
UNKNOWN = "_U"

Row = Mapping[str, object]
"""A component's id to its value; what is left out is empty."""


@dataclass(frozen=True, slots=True)
class Names:
    vi: str
    en: str

    def as_json(self) -> dict[str, Any]:
        return {"name": self.en, "names": {"en": self.en, "vi": self.vi}}


@dataclass(frozen=True, slots=True)
class Component:
    """A column. `codelist`: the id of its code list; empty: a value of `data_type`."""

    id: str
    names: Names
    codelist: str = ""
    data_type: str = "String"
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """Figures of one shape. The time dimension and the measure are always TIME_PERIOD and OBS_VALUE."""

    id: str
    names: Names
    dimensions: tuple[Component, ...]
    attributes: tuple[Component, ...]

    @property
    def columns(self) -> list[str]:
        return [
            *(each.id for each in self.dimensions),
            "TIME_PERIOD",
            "OBS_VALUE",
            *(each.id for each in self.attributes),
        ]


@dataclass(frozen=True, slots=True)
class Codelist:
    id: str
    names: Names
    codes: Sequence[tuple[str, Names]]


_STATUS = Component("OBS_STATUS", Names("tình trạng của số", "observation status"), "CL_OBS_STATUS", is_needed=True)
_CONFIDENTIAL = Component("CONF_STATUS", Names("mức độ bảo mật", "confidentiality"), "CL_CONF_STATUS", is_needed=True)
_MAP = Component("MAP", Names("bản đồ hành chính", "map of administrative units"), "CL_MAP", is_needed=True)
_MAP_DAY = Component("MAP_DAY", Names("ngày của bản đồ", "day of the map"), data_type="GregorianDay")
_SAMPLE = Component("SAMPLE", Names("có dữ liệu mẫu", "holds sample data"), data_type="Boolean")
_REFRESHED = Component("REFRESHED_AT", Names("đúng đến lúc", "holds for the moment"), data_type="DateTime")
_COMMENT = Component("COMMENT_OBS", Names("điều cần biết bên cạnh số", "what to know beside the value"))
_FREQUENCY = Component("FREQ", Names("tần suất", "frequency"), "CL_FREQ")
_AREA = Component("REF_AREA", Names("đơn vị hành chính", "administrative unit"), "CL_AREA")

TOTALS = Flow(
    "TOTALS",
    Names("Số đếm được", "What was counted"),
    (
        _FREQUENCY,
        _AREA,
        Component("MEASURE", Names("điều được đếm", "what is counted"), "CL_MEASURE"),
        Component("INSTITUTION_CLASS", Names("loại cơ sở", "class of institution"), "CL_INSTITUTION_CLASS"),
        Component("PURPOSE", Names("mục đích", "purpose"), "CL_PURPOSE"),
        Component("CHANNEL", Names("hình thức", "way"), "CL_CHANNEL"),
        Component("SEX", Names("giới tính", "sex"), "CL_SEX"),
        Component("AGE", Names("độ tuổi", "age"), "CL_AGE"),
        Component("ORIGIN", Names("ghi nhận hay nhập tay", "recorded or typed in"), "CL_ORIGIN"),
    ),
    (_STATUS, _CONFIDENTIAL, _MAP, _MAP_DAY, _SAMPLE, _REFRESHED, _COMMENT),
)
INDICATORS = Flow(
    "INDICATORS",
    Names("Chỉ số", "Indicators"),
    (
        _FREQUENCY,
        _AREA,
        Component("INDICATOR", Names("chỉ số", "indicator"), "CL_INDICATOR"),
        Component("COHORT", Names("của ai", "of whom"), "CL_COHORT"),
    ),
    (
        _STATUS,
        _CONFIDENTIAL,
        Component("NUMERATOR", Names("tử số", "numerator"), data_type="Long"),
        Component("DENOMINATOR", Names("mẫu số", "denominator"), data_type="Long"),
        Component("REPORTING", Names("số đã có số liệu", "of how many there are figures"), data_type="Long"),
        Component("EXPECTED", Names("số cần có số liệu", "of how many they are expected"), data_type="Long"),
        Component(
            "DEFINITION_VERSION", Names("phiên bản định nghĩa", "version of the definition"), data_type="Integer"
        ),
        Component("UNIT_MEASURE", Names("đơn vị tính", "unit of measure"), "CL_UNIT_MEASURE"),
        _MAP,
        _MAP_DAY,
        _SAMPLE,
        _REFRESHED,
        _COMMENT,
    ),
)
FLOWS = (TOTALS, INDICATORS)

SHARED = (
    Codelist(
        "CL_FREQ",
        Names("Tần suất", "Frequency"),
        [("A", Names("năm", "annual")), ("Q", Names("quý", "quarterly")), ("M", Names("tháng", "monthly"))],
    ),
    Codelist(
        "CL_SEX",
        Names("Giới tính", "Sex"),
        [
            ("F", Names("nữ", "female")),
            ("M", Names("nam", "male")),
            ("_O", Names("khác", "other")),
            (UNKNOWN, Names("không rõ", "not known")),
            (TOTAL, Names("tất cả", "total")),
        ],
    ),
    Codelist(
        "CL_OBS_STATUS",
        Names("Tình trạng của số", "Observation status"),
        [
            ("A", Names("bình thường", "normal value")),
            ("P", Names("tạm tính, kỳ chưa kết thúc", "provisional value: the period is running")),
            ("L", Names("chưa báo cáo", "missing value; data exist but were not collected: not reported")),
            ("M", Names("không áp dụng", "missing value; data cannot exist: not applicable")),
            ("O", Names("không có gì được ghi nhận", "missing value: nothing was posted")),
            ("Q", Names("giữ lại, vì số nhỏ", "missing value; suppressed: kept back")),
        ],
    ),
    Codelist(
        "CL_CONF_STATUS",
        Names("Mức độ bảo mật", "Confidentiality status"),
        [
            ("F", Names("công khai", "free")),
            ("A", Names("số nhỏ", "primary confidentiality due to small counts")),
            ("D", Names("không nêu vì lý do khác", "secondary confidentiality set by the sender, not for publication")),
        ],
    ),
    Codelist(
        "CL_ORIGIN",
        Names("Nguồn của số", "Origin"),
        [
            ("RECORDED", Names("ghi nhận khi diễn ra", "recorded as it happened")),
            ("STATED", Names("nhập tay", "typed in")),
            (TOTAL, Names("tất cả", "total")),
        ],
    ),
    Codelist(
        "CL_MAP",
        Names("Bản đồ hành chính", "Map of administrative units"),
        [
            ("TODAY", Names("bản đồ hôm nay", "today's map")),
            ("REPORTED", Names("nơi khi báo cáo", "each place as it lay then")),
            ("DAY", Names("bản đồ của một ngày", "the map of a day")),
            ("OWN", Names("bản đồ của chính đơn vị", "the unit's own map: today's, or that of its last day")),
        ],
    ),
)
"""Code lists that do not hang on what is defined."""


def render_csv(flow: Flow, rows: Iterable[Row]) -> bytes:
    """UTF-8 without a mark, lines ended as RFC 4180 has it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *flow.columns])
    structure = f"{AGENCY}:{flow.id}({VERSION})"
    for row in rows:
        writer.writerow(["dataflow", structure, "I", *(_text(row.get(column)) for column in flow.columns)])
    return out.getvalue().encode()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def render_structure(codelists: Sequence[Codelist], prepared: dt.datetime, rights: str = "") -> bytes:
    """`codelists`: of what is defined here; the shared ones are added. `rights`: the licence of the data in words."""
    concepts = {each.id: each.names for flow in FLOWS for each in (*flow.dimensions, *flow.attributes)}
    concepts |= {"TIME_PERIOD": Names("kỳ", "period"), "OBS_VALUE": Names("giá trị", "value")}
    annotations = {"annotations": [{"id": "RIGHTS", "type": "RIGHTS", "text": rights}]} if rights else {}
    message = {
        "meta": {
            "schema": "https://json.sdmx.org/2.0.0/sdmx-json-structure-schema.json",
            "id": f"HSD-{prepared:%Y%m%d%H%M%S}",
            "prepared": prepared.isoformat(timespec="seconds"),
            "test": False,
            "contentLanguages": ["en", "vi"],
            "sender": {"id": AGENCY},
        },
        "data": {
            "agencySchemes": [
                {
                    "id": "AGENCIES",
                    "agencyID": "SDMX",
                    "version": "1.0",
                    **Names("Cơ quan", "Agencies").as_json(),
                    "agencies": [{"id": AGENCY, **Names("Học Suốt Đời", "Học Suốt Đời").as_json()}],
                }
            ],
            "codelists": [
                _maintained(each.id, each.names) | {"codes": [{"id": code, **n.as_json()} for code, n in each.codes]}
                for each in (*SHARED, *codelists)
            ],
            "conceptSchemes": [
                _maintained("CS_HSD", Names("Khái niệm", "Concepts"))
                | {"concepts": [{"id": code, **names.as_json()} for code, names in concepts.items()]}
            ],
            "dataStructures": [_data_structure(flow) for flow in FLOWS],
            "dataflows": [
                _maintained(flow.id, flow.names)
                | {"structure": f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={_reference(flow.id)}"}
                | annotations
                for flow in FLOWS
            ],
        },
    }
    return json.dumps(message, ensure_ascii=False, indent=1).encode()


def _data_structure(flow: Flow) -> dict[str, Any]:
    dimensions = [{**_component(each), "position": at} for at, each in enumerate(flow.dimensions)]
    time = {
        "id": "TIME_PERIOD",
        "conceptIdentity": _concept("TIME_PERIOD"),
        "localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}},
    }
    value = {
        "id": "OBS_VALUE",
        "conceptIdentity": _concept("OBS_VALUE"),
        "usage": "optional",
        "localRepresentation": {"format": {"dataType": "Decimal"}},
    }
    attributes = [
        {
            **_component(each),
            "usage": "mandatory" if each.is_needed else "optional",
            "attributeRelationship": {"observation": {}},
        }
        for each in flow.attributes
    ]
    return _maintained(flow.id, flow.names) | {
        "dataStructureComponents": {
            "dimensionList": {"id": "DimensionDescriptor", "dimensions": dimensions, "timeDimension": time},
            "measureList": {"id": "MeasureDescriptor", "measures": [value]},
            "attributeList": {"id": "AttributeDescriptor", "attributes": attributes},
        }
    }


def _component(each: Component) -> dict[str, Any]:
    if each.codelist:
        urn = f"urn:sdmx:org.sdmx.infomodel.codelist.Codelist={_reference(each.codelist)}"
        representation: dict[str, Any] = {"enumeration": urn}
    else:
        representation = {"format": {"dataType": each.data_type}}
    return {"id": each.id, "conceptIdentity": _concept(each.id), "localRepresentation": representation}


def _concept(code: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={_reference('CS_HSD')}.{code}"


def _reference(code: str) -> str:
    return f"{AGENCY}:{code}({VERSION})"


def _maintained(code: str, names: Names) -> dict[str, Any]:
    return {"id": code, "agencyID": AGENCY, "version": VERSION, **names.as_json()}
