import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.permissions import READING, Permission
from hocsuotdoi.accounts.roles import ROLES
from hocsuotdoi.accounts.rules import may
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency, InstitutionAgency
from tests.factories.accounts import PersonFactory, PowerSwitchFactory, RoleAssignmentFactory, make_unit, place

LAST_DAY_BEFORE = dt.date(2025, 6, 30)
REFORM = dt.date(2025, 7, 1)


def test_staff_at_own_institution_may_call_the_roll(librarian_of_bac_kan, library_of_bac_kan):
    assert may(librarian_of_bac_kan, Permission.CALL_ROLL, library_of_bac_kan)


def test_staff_of_another_institution_may_not_call_the_roll(librarian_of_duc_xuan, library_of_bac_kan):
    assert not may(librarian_of_duc_xuan, Permission.CALL_ROLL, library_of_bac_kan)


def test_staff_at_own_institution_may_not_do_what_the_role_lacks(librarian_of_bac_kan, library_of_bac_kan):
    assert not may(librarian_of_bac_kan, Permission.EDIT_INSTITUTION, library_of_bac_kan)


def test_staff_of_an_institution_hold_nothing_at_its_unit(librarian_of_bac_kan, bac_kan):
    assert not may(librarian_of_bac_kan, Permission.CALL_ROLL, bac_kan)


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_nobody_signed_in_may_do_nothing(nobody, bac_kan):
    assert not any(may(nobody, permission) or may(nobody, permission, bac_kan) for permission in Permission)


def test_reader_without_a_role_may_do_nothing(reader, library_of_bac_kan):
    assert not any(may(reader, permission, library_of_bac_kan) for permission in Permission)


def test_person_whose_account_is_closed_may_do_nothing(librarian_of_bac_kan, library_of_bac_kan):
    librarian_of_bac_kan.is_active = False
    assert not may(librarian_of_bac_kan, Permission.CALL_ROLL, library_of_bac_kan)


def test_officer_of_a_commune_covers_its_institutions_and_unit(officer_of_bac_kan, library_of_bac_kan, bac_kan):
    assert may(officer_of_bac_kan, Permission.EDIT_ACTIVITY, library_of_bac_kan)
    assert may(officer_of_bac_kan, Permission.FREEZE_REPORT, bac_kan)


def test_officer_of_a_commune_covers_neither_the_next_commune_nor_the_province(
    officer_of_bac_kan, library_of_duc_xuan, duc_xuan, thai_nguyen
):
    assert not may(officer_of_bac_kan, Permission.EDIT_ACTIVITY, library_of_duc_xuan)
    assert not may(officer_of_bac_kan, Permission.FREEZE_REPORT, duc_xuan)
    assert not may(officer_of_bac_kan, Permission.FREEZE_REPORT, thai_nguyen)


def test_officer_of_a_province_covers_every_commune_and_agency_under_it(
    province_officer, library_of_bac_kan, library_of_duc_xuan, office_of_bac_kan, country
):
    assert may(province_officer, Permission.EDIT_ACTIVITY, library_of_bac_kan)
    assert may(province_officer, Permission.EDIT_ACTIVITY, library_of_duc_xuan)
    assert may(province_officer, Permission.ASSIGN_ROLE, office_of_bac_kan)
    assert not may(province_officer, Permission.EDIT_ACTIVITY, country)


def test_officer_of_an_education_agency_covers_only_what_the_agency_runs(
    thai_nguyen, library_of_bac_kan, library_of_duc_xuan
):
    education = Agency.objects.create(code="sgddt-thu", name="Sở GDĐT", kind=AgencyKind.EDUCATION, unit=thai_nguyen)
    InstitutionAgency.objects.create(institution=library_of_bac_kan, agency=education)
    officer = RoleAssignmentFactory(role=RoleName.AGENCY_OFFICER, agency=education).person
    assert may(officer, Permission.EDIT_ACTIVITY, library_of_bac_kan)
    assert not may(officer, Permission.EDIT_ACTIVITY, library_of_duc_xuan)
    assert not may(officer, Permission.FREEZE_REPORT, thai_nguyen)


def test_role_before_it_starts_and_after_it_ends_covers_nothing(library_of_bac_kan):
    person = RoleAssignmentFactory(
        role=RoleName.INSTITUTION_STAFF,
        institution=library_of_bac_kan,
        starts_on=dt.date(2026, 1, 1),
        ends_on=dt.date(2026, 7, 1),
    ).person

    def allowed(day):
        return may(person, Permission.CALL_ROLL, library_of_bac_kan, day)

    assert [allowed(dt.date(2025, 12, 31)), allowed(dt.date(2026, 1, 1))] == [False, True]
    assert [allowed(dt.date(2026, 6, 30)), allowed(dt.date(2026, 7, 1))] == [True, False]


def test_role_held_at_an_ended_unit_covers_nothing_until_given_anew(country, library_of_bac_kan, bac_kan):
    old_province = make_unit("06", "Tỉnh Bắc Kạn", parent=country, tier="province", kind="tinh", ends_on=REFORM)
    old_ward = make_unit("01840", "Phường Đức Xuân cũ", parent=old_province, ends_on=REFORM)
    library_of_bac_kan.placements.update(starts_on=REFORM)
    place(library_of_bac_kan, old_ward, ends_on=REFORM)
    officer = RoleAssignmentFactory(role=RoleName.AGENCY_OFFICER, unit=old_province).person
    assert may(officer, Permission.EDIT_ACTIVITY, library_of_bac_kan, LAST_DAY_BEFORE)
    assert not may(officer, Permission.EDIT_ACTIVITY, library_of_bac_kan, REFORM)
    assert not may(officer, Permission.EDIT_ACTIVITY, None, REFORM)
    RoleAssignmentFactory(person=officer, role=RoleName.AGENCY_OFFICER, unit=bac_kan, starts_on=REFORM)
    assert may(officer, Permission.EDIT_ACTIVITY, library_of_bac_kan, REFORM)


def test_administrator_at_rest_may_nothing_and_with_powers_on_everything(administrator_at_rest, bac_kan):
    now = timezone.now()
    assert not any(may(administrator_at_rest, permission, bac_kan) for permission in Permission)
    PowerSwitchFactory(person=administrator_at_rest, starts_at=now, ends_at=now + dt.timedelta(minutes=30))
    assert all(may(administrator_at_rest, permission, bac_kan) for permission in Permission)
    later = now + dt.timedelta(minutes=30)
    assert not any(may(administrator_at_rest, permission, bac_kan, at=later) for permission in Permission)


def test_powers_of_another_person_do_not_count(administrator_at_rest, bac_kan):
    PowerSwitchFactory(person=PersonFactory())
    assert not may(administrator_at_rest, Permission.ASSIGN_ROLE, bac_kan)


def test_auditor_reads_everything_and_changes_nothing(auditor, library_of_bac_kan):
    allowed = {permission for permission in Permission if may(auditor, permission, library_of_bac_kan)}
    assert allowed == READING == {p for p in Permission if p.name.startswith("VIEW_")}


def test_thing_without_a_place_is_a_mistake_of_the_caller(auditor):
    with pytest.raises(TypeError):
        may(auditor, Permission.VIEW_AUDIT, object())


def test_thing_with_an_institution_or_a_unit_is_where_that_is(
    librarian_of_bac_kan, library_of_bac_kan, planner, bac_kan
):
    place_of_library = library_of_bac_kan.placements.get()
    assert may(librarian_of_bac_kan, Permission.CALL_ROLL, place_of_library)
    assert may(planner, Permission.EDIT_PLAN, bac_kan.ancestries.first())


def test_answer_takes_the_same_few_queries_wherever(province_officer, library_of_bac_kan, django_assert_num_queries):
    RoleAssignmentFactory.create_batch(3, person=province_officer, role=RoleName.PLANNER, unit=make_unit("99", "Xã"))
    with django_assert_num_queries(3):
        assert may(province_officer, Permission.EDIT_ACTIVITY, library_of_bac_kan)


def test_every_role_is_described_and_held_somewhere():
    assert set(ROLES) == set(RoleName)
    assert all(role.description and role.held_at for role in ROLES.values())
