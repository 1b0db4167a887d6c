"""A small territory of two wards, and people with names who hold the roles of it.

`librarian_of_bac_kan` and `officer_of_bac_kan` are the ones who may; `librarian_of_duc_xuan` and `reader` are
the ones who may not. Units are the real ones where the reference is loaded, else made.
"""

import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.vietnamese import sort_key
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Agency, Institution
from tests.factories.accounts import PersonFactory, PowerSwitchFactory, RoleAssignmentFactory, make_unit, place

REFORM = dt.date(2025, 7, 1)


@pytest.fixture
def country(db) -> AdminUnit:
    return _unit("VN", "Việt Nam", Tier.COUNTRY, UnitKind.COUNTRY, None, None)


@pytest.fixture
def thai_nguyen(country) -> AdminUnit:
    return _unit("19", "Tỉnh Thái Nguyên", Tier.PROVINCE, UnitKind.PROVINCE, country, REFORM)


@pytest.fixture
def bac_kan(thai_nguyen) -> AdminUnit:
    return _unit("01843", "Phường Bắc Kạn", Tier.COMMUNE, UnitKind.WARD, thai_nguyen, REFORM)


@pytest.fixture
def duc_xuan(thai_nguyen) -> AdminUnit:
    return _unit("01840", "Phường Đức Xuân", Tier.COMMUNE, UnitKind.WARD, thai_nguyen, REFORM)


@pytest.fixture
def library_of_bac_kan(bac_kan) -> Institution:
    return _library("thu-vien-bac-kan-thu", "Thư viện phường Bắc Kạn", bac_kan)


@pytest.fixture
def library_of_duc_xuan(duc_xuan) -> Institution:
    return _library("thu-vien-duc-xuan-thu", "Thư viện phường Đức Xuân", duc_xuan)


@pytest.fixture
def office_of_bac_kan(bac_kan) -> Agency:
    return Agency.objects.create(
        code="vhxh-bac-kan-thu",
        name="Phòng Văn hóa - Xã hội phường Bắc Kạn",
        kind=AgencyKind.CULTURE_SOCIETY,
        unit=bac_kan,
    )


@pytest.fixture
def department_of_thai_nguyen(thai_nguyen) -> Agency:
    return Agency.objects.create(
        code="sovhttdl-thai-nguyen-thu",
        name="Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên",
        kind=AgencyKind.CULTURE,
        unit=thai_nguyen,
    )


@pytest.fixture
def reader(db) -> Person:
    """Signed in, without any role."""
    return PersonFactory(full_name="Lý Thị Mai")


@pytest.fixture
def librarian_of_bac_kan(library_of_bac_kan) -> Person:
    return _holder("Hoàng Thị Lan", RoleName.INSTITUTION_STAFF, institution=library_of_bac_kan)


@pytest.fixture
def manager_of_bac_kan(library_of_bac_kan) -> Person:
    return _holder("Nông Văn Dũng", RoleName.INSTITUTION_MANAGER, institution=library_of_bac_kan)


@pytest.fixture
def librarian_of_duc_xuan(library_of_duc_xuan) -> Person:
    return _holder("Bế Thị Hạnh", RoleName.INSTITUTION_STAFF, institution=library_of_duc_xuan)


@pytest.fixture
def officer_of_bac_kan(office_of_bac_kan) -> Person:
    return _holder("Triệu Văn Minh", RoleName.AGENCY_OFFICER, agency=office_of_bac_kan)


@pytest.fixture
def province_officer(department_of_thai_nguyen) -> Person:
    return _holder("Phạm Thu Hà", RoleName.AGENCY_OFFICER, agency=department_of_thai_nguyen)


@pytest.fixture
def planner(thai_nguyen) -> Person:
    return _holder("Đỗ Quang Huy", RoleName.PLANNER, unit=thai_nguyen)


@pytest.fixture
def auditor(country) -> Person:
    return _holder("Vũ Thị Thanh", RoleName.AUDITOR, unit=country)


@pytest.fixture
def administrator_at_rest(country) -> Person:
    """Holds the role; powers are off."""
    return _holder("Ngô Đức Anh", RoleName.ADMINISTRATOR, unit=country)


@pytest.fixture
def administrator(administrator_at_rest) -> Person:
    """Powers are on for the hour."""
    now = timezone.now()
    PowerSwitchFactory(person=administrator_at_rest, starts_at=now, ends_at=now + dt.timedelta(minutes=60))
    return administrator_at_rest


def _unit(code: str, name: str, tier: str, kind: str, parent: AdminUnit | None, starts_on: dt.date | None) -> AdminUnit:
    known = AdminUnit.objects.filter(code=code, ends_on=None).first()
    return known or make_unit(code, name, tier=tier, kind=kind, parent=parent, starts_on=starts_on)


def _library(code: str, name: str, unit: AdminUnit) -> Institution:
    institution = Institution.objects.create(
        code=code, name=name, sort_key=sort_key(name), institution_class=InstitutionClass.LIBRARY_COMMUNE
    )
    place(institution, unit)
    return institution


def _holder(full_name: str, role: RoleName, **where: object) -> Person:
    person = PersonFactory(full_name=full_name)
    RoleAssignmentFactory(person=person, role=role, **where)
    return person
