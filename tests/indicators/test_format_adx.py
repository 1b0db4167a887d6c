"""ADX: held to a schema written from the profile's rules, as its stylesheet makes one from a data structure."""

import datetime as dt

import pytest
from lxml import etree

from hocsuotdoi.indicators.formats.adx import Group, Value, render_adx

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:ihe:qrph:adx:2015"
    targetNamespace="urn:ihe:qrph:adx:2015" elementFormDefault="qualified">
  <xs:simpleType name="periodType"><xs:restriction base="xs:string">
    <xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}/P(1M|3M|1Y)"/></xs:restriction></xs:simpleType>
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
    <xs:sequence minOccurs="0" maxOccurs="unbounded"><xs:element name="group" type="groupType"/></xs:sequence>
    <xs:attribute name="exported" use="required" type="xs:dateTime"/>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:element name="adx" type="adxType"/>
</xs:schema>"""
VALID = etree.XMLSchema(etree.fromstring(SCHEMA))
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
    assert len(read(render_adx([Group("01", JANUARY, "year", "S", ())], MOMENT))) == 0


def test_signs_of_xml_in_a_text_stay_a_text():
    root = read(render_adx([Group("01", JANUARY, "year", "S", (Value("a", 1),), '"<&>\n')], MOMENT))
    assert root[0].get("comment") == '"<&>\n'
