"""Roles, powers, accounts, samples, forgetting: the success, each refusal, the audit row."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, PowerSwitch, RoleAssignment
from hocsuotdoi.accounts.operations.people import AccountRefused, open_account, open_administrator
from hocsuotdoi.accounts.operations.powers import PowersRefused, switch_powers_off, switch_powers_on
from hocsuotdoi.accounts.operations.retention import forget
from hocsuotdoi.accounts.operations.roles import RoleRefused, assign_role, end_role
from hocsuotdoi.accounts.operations.sample import SampleRefused, load_sample
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.rules import may, may_give
from hocsuotdoi.core.one_by_one import SomeFailed
from hocsuotdoi.core.retention import forget_all
from hocsuotdoi.programme.enums import AnswerKind, CheckRule
from hocsuotdoi.programme.models import FindingAnswer
from tests.factories.accounts import PersonFactory, PowerSwitchFactory, RoleAssignmentFactory, make_unit
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory, local
from tests.factories.programme import PlanFactory
from tests.factories.reporting import ReportFactory
from tests.factories.running import make_snapshot
from tests.support.breaking import breaks
from tests.support.phone import enrolled

NOON = dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)
REASON = "Gộp hai tài khoản trùng nhau"


@pytest.fixture
def confirmed(reader) -> Person:
    EmailAddress.objects.create(user=reader, email=reader.email, primary=True, verified=True)
    return reader


def _give(person, where, role=RoleName.INSTITUTION_STAFF, **options):
    return assign_role(person, role=role, where=where, at=NOON, by=None, **options)


def test_role_given_covers_from_today_and_is_audited(confirmed, library_of_bac_kan, manager_of_bac_kan):
    given = assign_role(
        confirmed, role=RoleName.INSTITUTION_STAFF, where=library_of_bac_kan, at=NOON, by=manager_of_bac_kan
    )
    assert may(confirmed, Permission.CALL_ROLL, library_of_bac_kan, TODAY)
    assert not may(confirmed, Permission.CALL_ROLL, library_of_bac_kan, TODAY - dt.timedelta(days=1))
    assert (given.given_by, given.starts_on) == (manager_of_bac_kan, TODAY)
    assert [event.pgh_label for event in given.events.all()] == ["insert"]


@pytest.mark.parametrize("role", [RoleName.AGENCY_OFFICER, RoleName.LEARNER])
def test_role_at_a_place_of_the_wrong_kind_is_refused(confirmed, library_of_bac_kan, role):
    with pytest.raises(RoleRefused):
        _give(confirmed, library_of_bac_kan, role)


def test_role_held_already_is_refused_and_changes_nothing(confirmed, library_of_bac_kan):
    _give(confirmed, library_of_bac_kan)
    with pytest.raises(RoleRefused):
        _give(confirmed, library_of_bac_kan)
    assert confirmed.roles.count() == 1


def test_role_that_ends_before_it_starts_is_refused(confirmed, library_of_bac_kan):
    with pytest.raises(RoleRefused):
        _give(confirmed, library_of_bac_kan, ends_on=TODAY)


def test_role_at_a_unit_that_has_ended_is_refused(confirmed, country):
    gone = make_unit("06", "Tỉnh Bắc Kạn", parent=country, ends_on=dt.date(2025, 7, 1))
    with pytest.raises(RoleRefused):
        _give(confirmed, gone, RoleName.AUDITOR)


def test_role_for_an_unconfirmed_address_is_refused(reader, library_of_bac_kan):
    EmailAddress.objects.create(user=reader, email=reader.email, primary=True, verified=False)
    with pytest.raises(RoleRefused):
        _give(reader, library_of_bac_kan)


def test_role_for_a_closed_account_is_refused(confirmed, library_of_bac_kan):
    Person.objects.update(is_active=False)
    confirmed.refresh_from_db()
    with pytest.raises(RoleRefused):
        _give(confirmed, library_of_bac_kan)


def test_role_ended_covers_nothing_from_the_same_day(librarian_of_bac_kan, library_of_bac_kan):
    end_role(librarian_of_bac_kan.roles.get(), at=NOON, by=None)
    assert not may(librarian_of_bac_kan, Permission.CALL_ROLL, library_of_bac_kan, TODAY)
    assert may(librarian_of_bac_kan, Permission.CALL_ROLL, library_of_bac_kan, TODAY - dt.timedelta(days=1))


def test_role_given_today_and_ended_today_is_taken_back_whole(confirmed, library_of_bac_kan):
    end_role(_give(confirmed, library_of_bac_kan), at=NOON, by=None)
    assert not confirmed.roles.exists()


def test_role_ended_twice_is_refused(librarian_of_bac_kan):
    role = librarian_of_bac_kan.roles.get()
    end_role(role, at=NOON, by=None)
    with pytest.raises(RoleRefused):
        end_role(role, at=NOON, by=None)


def test_last_administrator_cannot_be_ended_but_one_of_two_can(administrator, country):
    role = administrator.roles.get()
    with pytest.raises(RoleRefused):
        end_role(role, at=NOON, by=None)
    RoleAssignmentFactory(role=RoleName.ADMINISTRATOR, unit=country)
    end_role(role, at=NOON, by=None)


def test_nobody_gives_more_than_they_hold(
    manager_of_bac_kan, officer_of_bac_kan, librarian_of_bac_kan, administrator, library_of_bac_kan, duc_xuan, bac_kan
):
    assert may_give(manager_of_bac_kan, RoleName.INSTITUTION_STAFF, library_of_bac_kan)
    assert may_give(officer_of_bac_kan, RoleName.INSTITUTION_MANAGER, library_of_bac_kan)
    assert may_give(administrator, RoleName.ADMINISTRATOR, bac_kan)
    assert not may_give(manager_of_bac_kan, RoleName.AGENCY_OFFICER, bac_kan)
    assert not may_give(officer_of_bac_kan, RoleName.PLANNER, bac_kan)
    assert not may_give(officer_of_bac_kan, RoleName.ADMINISTRATOR, bac_kan)
    assert not may_give(officer_of_bac_kan, RoleName.AGENCY_OFFICER, duc_xuan)
    assert not may_give(librarian_of_bac_kan, RoleName.INSTITUTION_STAFF, library_of_bac_kan)


def test_assignment_at_two_places_breaks_the_constraint(reader, library_of_bac_kan, bac_kan):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignmentFactory(
            person=reader, role=RoleName.INSTITUTION_STAFF, institution=library_of_bac_kan, unit=bac_kan
        )


def test_assignment_nowhere_breaks_the_constraint_except_a_learners(reader):
    RoleAssignmentFactory(person=reader, role=RoleName.LEARNER)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignmentFactory(person=reader, role=RoleName.AUDITOR)


def test_powers_are_on_for_the_minutes_asked_and_logged(administrator_at_rest):
    switch_powers_on(administrator_at_rest, reason=REASON, minutes=20, at=NOON)
    later = NOON + dt.timedelta(minutes=20)
    assert may(administrator_at_rest, Permission.ASSIGN_ROLE, at=NOON)
    assert not may(administrator_at_rest, Permission.ASSIGN_ROLE, at=later)
    assert PowerSwitch.objects.get().reason == REASON
    assert PowerSwitch.objects.get().events.count() == 1


@pytest.mark.parametrize(("reason", "minutes"), [("  ", 20), ("vì cần", 20), (REASON, 0), (REASON, 61)])
def test_powers_without_a_reason_or_for_too_long_are_refused(administrator_at_rest, reason, minutes):
    with pytest.raises(PowersRefused):
        switch_powers_on(administrator_at_rest, reason=reason, minutes=minutes, at=NOON)
    assert not PowerSwitch.objects.exists()


def test_powers_of_someone_else_than_an_administrator_are_refused(auditor):
    with pytest.raises(PowersRefused):
        switch_powers_on(auditor, reason=REASON, minutes=20, at=NOON)


def test_powers_that_are_on_are_not_switched_on_again(administrator_at_rest):
    switch_powers_on(administrator_at_rest, reason=REASON, minutes=20, at=NOON)
    with pytest.raises(PowersRefused):
        switch_powers_on(administrator_at_rest, reason=REASON, minutes=20, at=NOON)


def test_powers_switched_off_stop_at_once_and_stay_in_the_log(administrator_at_rest):
    switch_powers_on(administrator_at_rest, reason=REASON, minutes=20, at=NOON)
    switch_powers_off(administrator_at_rest, at=NOON + dt.timedelta(minutes=5))
    assert not may(administrator_at_rest, Permission.ASSIGN_ROLE, at=NOON + dt.timedelta(minutes=6))
    assert PowerSwitch.objects.count() == 1


def test_switch_without_a_reason_or_length_breaks_the_constraints(reader):
    for wrong in [{"reason": ""}, {"ends_at": NOON}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            PowerSwitchFactory(person=reader, starts_at=NOON, **wrong)


def test_account_opened_signs_in_by_password_and_sorts_by_given_name(db):
    person = open_account(" An.Nguyen@Thu.example ", full_name="Nguyễn Văn An", password="mat-khau-thu", by=None)
    open_account("b@thu.example", full_name="Trần Thị Ánh", by=None)
    assert authenticate(email="an.nguyen@thu.example", password="mat-khau-thu") == person
    assert [str(each) for each in Person.objects.all()] == ["Nguyễn Văn An", "Trần Thị Ánh"]


@pytest.mark.parametrize(
    ("email", "name"), [("khong-phai-thu", "An"), ("", "An"), ("an@thu.example", " "), ("CO@thu.example", "An")]
)
def test_account_with_a_wrong_or_taken_address_or_no_name_is_refused(db, email, name):
    PersonFactory(email="co@thu.example")
    with pytest.raises(AccountRefused):
        open_account(email, full_name=name, by=None)


def test_first_administrator_is_made_once(country):
    first = open_administrator("quan-tri@tinh.example", full_name="Ngô Đức Anh", at=NOON)
    assert (first.role, first.unit) == (RoleName.ADMINISTRATOR, country)
    with pytest.raises(AccountRefused):
        open_administrator("khac@tinh.example", full_name="Người khác", at=NOON)


def test_first_administrator_without_the_territory_is_refused(db):
    with pytest.raises(AccountRefused):
        open_administrator("quan-tri@tinh.example", full_name="Ngô Đức Anh", at=NOON)


def test_sample_people_sign_in_hold_every_role_and_are_made_once(office_of_bac_kan, library_of_bac_kan):
    sign_ins = load_sample(at=NOON, day=TODAY, progress=lambda line: None)
    again = load_sample(at=NOON, day=TODAY, progress=lambda line: None)
    assert sign_ins == again
    assert all(person.is_sample and "mẫu" in str(person) for person in Person.objects.all())
    assert {RoleName(role) for role in RoleAssignment.objects.values_list("role", flat=True)} == set(RoleName) - {
        RoleName.LEARNER
    }
    officer = authenticate(email=sign_ins[0].email, password=sign_ins[0].password)
    assert may(officer, Permission.EDIT_ACTIVITY, library_of_bac_kan, TODAY)
    assert all(sign_in.email.endswith(".example") for sign_in in sign_ins)


def test_sample_sign_ins_are_refused_where_real_people_are_unless_forced(reader, country):
    with pytest.raises(SampleRefused):
        load_sample(at=NOON, day=TODAY, progress=lambda line: None)
    assert load_sample(at=NOON, day=TODAY, force=True, progress=lambda line: None)


def test_forgetting_counts_first_and_spares_staff_and_active_people(librarian_of_bac_kan, confirmed):
    now = timezone.now()
    long_ago = now - dt.timedelta(days=6 * 365)
    never_confirmed, unused = PersonFactory(), PersonFactory()
    EmailAddress.objects.create(user=unused, email=unused.email, verified=True)
    Person.objects.exclude(pk=confirmed.pk).update(created_at=long_ago)
    counts = {"sessions": 0, "accounts_never_confirmed": 1, "accounts_unused": 1}
    assert forget(at=now) == counts
    assert Person.objects.count() == 4
    assert forget(at=now, dry_run=False) == counts
    assert set(Person.objects.all()) == {librarian_of_bac_kan, confirmed}
    assert not Person.objects.filter(pk=never_confirmed.pk).exists()


def _froze_a_report(person, where):
    make_snapshot(ReportFactory(unit=make_unit("x", "X")), frozen_by=person)


def _answered_a_finding(person, where):
    said = {"finding_key": "k", "rule": CheckRule.values[0], "kind": AnswerKind.ACCEPTED, "reason": REASON}
    FindingAnswer.objects.create(plan=PlanFactory(), answered_by=person, answered_at=NOON, **said)


def _enrolled_a_device(person, where):
    enrolled(where, by=person, at=NOON)


def _switched_powers_on(person, where):
    PowerSwitchFactory(person=person)


@pytest.mark.parametrize("acted", [_froze_a_report, _answered_a_finding, _enrolled_a_device, _switched_powers_on])
def test_who_acted_is_kept_though_the_role_was_taken_back_on_its_first_day(acted, confirmed, library_of_bac_kan):
    end_role(_give(confirmed, library_of_bac_kan), at=NOON, by=None)
    assert not RoleAssignment.objects.filter(person=confirmed).exists()
    acted(confirmed, library_of_bac_kan)
    other = PersonFactory()
    EmailAddress.objects.create(user=other, email=other.email, verified=True)
    Person.objects.filter(pk__in=[confirmed.pk, other.pk]).update(created_at=NOON - dt.timedelta(days=6 * 365))
    assert forget_all(at=NOON, dry_run=False)["accounts"]["accounts_unused"] == 1
    assert Person.objects.filter(pk=confirmed.pk).exists()
    assert not Person.objects.filter(pk=other.pk).exists()


def test_area_that_cannot_forget_keeps_no_other_from_it_and_is_noticed(confirmed, library_of_bac_kan, caplog):
    session = SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan), starts_at=local(2024, 10, 23))
    registration = RegistrationFactory(session=session)
    Person.objects.update(created_at=NOON - dt.timedelta(days=6 * 365))
    breaks(Person, on="DELETE")
    with pytest.raises(SomeFailed, match="accounts"):
        forget_all(at=NOON, dry_run=False)
    assert [each.exc_info is not None for each in caplog.records if each.levelname == "ERROR"] == [True]
    registration.refresh_from_db()
    assert registration.name == ""
    assert Person.objects.filter(pk=confirmed.pk).exists()


def test_command_opens_the_first_administrator_and_refuses_a_second(country, capsys):
    call_command("open_administrator", "quan-tri@tinh.example", name="Ngô Đức Anh")
    assert "quan-tri@tinh.example" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("open_administrator", "khac@tinh.example", name="Người khác")


def test_samples_are_shown_again_after_somebody_signed_up_to_try(country):
    first = load_sample(at=NOON, day=TODAY, progress=lambda line: None)
    PersonFactory()
    assert load_sample(at=NOON, day=TODAY, progress=lambda line: None) == first
