"""Reports are read along their line of command; the rule for one and the condition for lists say the same."""

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.rules import may_approve, may_read, may_write, somebody_sits
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory, UnitFactory
from tests.factories.running import make_cycle, make_report, submit
from tests.people import REFORM
from tests.support.reform import make_reform


def _officer(agency: Agency, name: str):
    person = PersonFactory(full_name=name)
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=agency)
    return person


@pytest.fixture
def army(thai_nguyen, country):
    command = Agency.objects.create(code="bchqs-thu", name="BCHQS", kind=AgencyKind.MILITARY, unit=thai_nguyen)
    ministry = Agency.objects.create(code="bqp-thu", name="Bộ Quốc phòng", kind=AgencyKind.MILITARY, unit=country)
    return command, ministry


@pytest.fixture
def reports(army, office_of_bac_kan, department_of_thai_nguyen):
    """The ward's, and the army's, of which the culture department gets a copy."""
    cycle, (command, ministry) = make_cycle(), army
    culture = make_report(cycle, department_of_thai_nguyen)
    ward = make_report(cycle, office_of_bac_kan, goes_to=culture, above=[department_of_thai_nguyen.pk])
    army_report = make_report(
        cycle, command, line="military", detail="totals", above=[ministry.pk], copies_to=[department_of_thai_nguyen.pk]
    )
    return ward, army_report


def _readers(report, people) -> set[str]:
    day = timezone.localdate()
    by_rule = {name for name, person in people.items() if may_read(person, report, day)}
    by_list = {name for name, person in people.items() if report in Report.objects.visible_to(person)}
    assert by_rule == by_list
    return by_rule


@pytest.fixture
def people(army, reports, officer_of_bac_kan, province_officer, planner, auditor, reader, librarian_of_bac_kan):
    return {
        "ward": officer_of_bac_kan,
        "province": province_officer,
        "planner": planner,
        "auditor": auditor,
        "reader": reader,
        "librarian": librarian_of_bac_kan,
        "command": _officer(army[0], "Đại tá"),
        "ministry of defence": _officer(army[1], "Thiếu tướng"),
    }


def test_a_draft_of_the_territory_is_read_by_the_territory(reports, people):
    assert _readers(reports[0], people) == {"ward", "province", "planner", "auditor"}


def test_a_draft_of_the_army_is_read_on_its_own_line_only(reports, people):
    assert _readers(reports[1], people) == {"command", "ministry of defence", "auditor"}


def test_a_copy_is_read_once_it_is_submitted(reports, people):
    submit(reports[1])
    assert _readers(reports[1], people) == {"command", "ministry of defence", "auditor", "province"}


def test_a_report_is_written_where_it_is_owed_and_approved_where_it_goes(reports, people):
    ward, army_report = reports
    day = timezone.localdate()
    assert may_write(people["ward"], Permission.FREEZE_REPORT, ward, day)
    assert not may_write(people["planner"], Permission.FREEZE_REPORT, ward, day)
    assert may_write(people["command"], Permission.WRITE_REPORT, army_report, day)
    assert not may_write(people["province"], Permission.WRITE_REPORT, army_report, day)
    assert may_approve(people["province"], ward, day)
    assert not may_approve(people["ward"], ward, day)
    assert not may_approve(people["auditor"], ward, day)


def test_a_report_of_an_ended_unit_is_read_where_the_unit_is_read(country):
    units = make_reform(country)
    office = AgencyFactory(unit=units["hill"], kind=AgencyKind.CULTURE_SOCIETY, ends_on=REFORM)
    report = make_report(make_cycle(), office)
    at = {name: _officer(AgencyFactory(unit=units[name], kind=AgencyKind.CULTURE), name) for name in ("valley", "new")}
    elsewhere = UnitFactory(parent=country)
    at |= {
        "left over": _officer(office, "Cán bộ cũ"),
        "another province": _officer(AgencyFactory(unit=elsewhere, kind=AgencyKind.CULTURE), "another"),
        "school": _officer(AgencyFactory(unit=units["valley"], kind=AgencyKind.EDUCATION), "school"),
    }
    assert _readers(report, at) == {"valley", "new"}
    # Nobody sits at an office that has ended, whoever has kept a role there.
    assert not Report.objects.filter(somebody_sits(Permission.WRITE_REPORT, timezone.localdate()), pk=report.pk)
