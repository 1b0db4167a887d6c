"""The list filter and the yes/no rule must agree: each is written by itself, and both are asked the same here."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.accounts.enums import HeldAt, RoleName
from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import (
    agencies_covered,
    institutions_covered,
    permissions_anywhere,
    remember_roles,
    units_covered,
)
from hocsuotdoi.accounts.roles import ROLES
from hocsuotdoi.accounts.rules import may
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import AdminUnit, Agency, Institution, InstitutionAgency, UnitReading
from tests.factories.accounts import PersonFactory, PowerSwitchFactory, RoleAssignmentFactory, make_unit, place
from tests.support.depth import cases

REFORM = dt.date(2025, 7, 1)
DAYS = [dt.date(2025, 6, 30), REFORM, dt.date(2026, 11, 22)]


@pytest.fixture
def territory(country, thai_nguyen, bac_kan, duc_xuan, library_of_bac_kan, library_of_duc_xuan, office_of_bac_kan):
    """Two provinces of which one ended, a library that moved with the reform, agencies of several kinds, of ended units
    too."""
    ended = make_unit("06", "Tỉnh Bắc Kạn", parent=country, tier="province", kind="tinh", ends_on=REFORM)
    old_ward = make_unit("01840", "Phường cũ", parent=ended, ends_on=REFORM)
    library_of_bac_kan.placements.update(starts_on=REFORM)
    place(library_of_bac_kan, old_ward, ends_on=REFORM)
    UnitReading.objects.create(unit=ended, reads_as=thai_nguyen, starts_on=REFORM)
    UnitReading.objects.create(unit=old_ward, reads_as=bac_kan, starts_on=REFORM)
    Agency.objects.create(code="phong-cu", name="Phòng cũ", kind=AgencyKind.CULTURE_SOCIETY, unit=old_ward)
    school = Agency.objects.create(code="gd", name="Sở GDĐT", kind=AgencyKind.EDUCATION, unit=thai_nguyen)
    Agency.objects.create(code="hoi", name="Hội", kind=AgencyKind.STUDY_ENCOURAGEMENT, unit=None)
    Agency.objects.create(code="cu", name="Sở VHTTDL cũ", kind=AgencyKind.CULTURE, unit=ended, ends_on=REFORM)
    InstitutionAgency.objects.create(institution=library_of_duc_xuan, agency=school, starts_on=REFORM)
    InstitutionAgency.objects.create(institution=library_of_duc_xuan, agency=office_of_bac_kan, ends_on=REFORM)


def _draw_assignment(data) -> dict:
    role = data.draw(st.sampled_from([role for role in ROLES.values() if role.name != RoleName.LEARNER]))
    held_at = data.draw(st.sampled_from(sorted(role.held_at)))
    model = {HeldAt.UNIT: AdminUnit, HeldAt.AGENCY: Agency, HeldAt.INSTITUTION: Institution}[held_at]
    where = data.draw(st.sampled_from(list(model.objects.order_by("pk"))))
    starts_on, ends_on = data.draw(st.sampled_from([(None, None), (REFORM, None), (None, REFORM)]))
    return {"role": role.name, held_at.value: where, "starts_on": starts_on, "ends_on": ends_on}


def _with_roles_remembered(person: Person) -> Person:
    same = Person.objects.get(pk=person.pk)
    remember_roles(same)
    return same


@pytest.mark.slow
@settings(max_examples=cases(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_scope_for_any_assignments_agrees_with_the_rule(territory, data):
    with transaction.atomic():
        person = PersonFactory()
        for _ in range(data.draw(st.integers(0, 3))):
            RoleAssignmentFactory(person=person, **_draw_assignment(data))
        if data.draw(st.booleans()):
            PowerSwitchFactory(person=person)
        day = data.draw(st.sampled_from(DAYS))
        permission = data.draw(st.sampled_from(list(Permission)))
        for model, covered in [
            (Institution, institutions_covered),
            (AdminUnit, units_covered),
            (Agency, agencies_covered),
        ]:
            listed = set(covered(person, permission, day))
            assert listed == {thing for thing in model.objects.all() if may(person, permission, thing, day)}
            assert not listed or may(person, permission, None, day)
            assert set(covered(_with_roles_remembered(person), permission)) == set(covered(person, permission))
        anywhere = {permission for permission in Permission if may(person, permission, None, day)}
        assert permissions_anywhere(person, day) == anywhere
        transaction.set_rollback(True)


def test_office_of_an_ended_ward_is_covered_where_the_ward_is_read(territory, thai_nguyen, bac_kan, duc_xuan):
    office = Agency.objects.get(code="phong-cu")
    for unit, day, covers in (
        (bac_kan, REFORM, True),
        (thai_nguyen, REFORM, True),
        (duc_xuan, REFORM, False),
        (office.unit, REFORM, False),
        (office.unit, DAYS[0], True),
        (bac_kan, DAYS[0], False),
    ):
        person = PersonFactory()
        RoleAssignmentFactory(person=person, role=RoleName.AUDITOR, unit=unit)
        assert may(person, Permission.VIEW_MONEY, office, day) is covers, (unit, day)
        assert (office in agencies_covered(person, Permission.VIEW_MONEY, day)) is covers, (unit, day)


def test_scope_of_nobody_is_empty(library_of_bac_kan, bac_kan):
    assert not institutions_covered(None, Permission.VIEW_ACTIVITY).exists()
    assert not units_covered(None, Permission.VIEW_FIGURES).exists()
    assert permissions_anywhere(None) == frozenset()


@pytest.mark.parametrize("roles", [1, 3])
def test_scope_with_one_role_and_with_three_takes_one_query(
    roles, library_of_bac_kan, country, django_assert_num_queries
):
    person = PersonFactory()
    RoleAssignmentFactory.create_batch(roles, person=person, role=RoleName.AUDITOR, unit=country)
    with django_assert_num_queries(1):
        assert list(institutions_covered(person, Permission.VIEW_ACTIVITY)) == [library_of_bac_kan]
    assert RoleAssignment.objects.count() == roles
