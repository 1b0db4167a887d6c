import datetime as dt

import pghistory
import pytest
from django.db import connection
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import PowerSwitch
from hocsuotdoi.accounts.queries.audit import tracked_kinds, trail
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import Institution, InstitutionStatus
from tests.factories.accounts import PowerSwitchFactory, RoleAssignmentFactory

TODAY = dt.date(2026, 11, 22)


def _said(page) -> list[tuple]:
    """(kind, act, who, {field: (from, to)}) of each entry."""
    return [
        (
            entry.kind._meta.label_lower,
            entry.act,
            str(entry.person) if entry.person else None,
            {change.field.name: (change.before, change.after) for change in entry.changes},
        )
        for entry in page.entries
    ]


def test_plans_targets_roles_and_institutions_are_tracked():
    assert {"programme.plan", "programme.target", "accounts.roleassignment", "places.institution"} <= set(
        tracked_kinds()
    )


def test_change_made_through_the_program_names_the_person(library_of_bac_kan, officer_of_bac_kan):
    with pghistory.context(user=str(officer_of_bac_kan.pk)):
        library_of_bac_kan.phone = "0209 3870 000"
        library_of_bac_kan.save()
    page = trail(officer_of_bac_kan, day=TODAY, kinds=["places.institution"])
    assert _said(page)[0] == (
        "places.institution",
        "update",
        "Triệu Văn Minh",
        {"phone": ("", "0209 3870 000")},
    )


def test_change_made_in_sql_is_recorded_without_a_person(library_of_bac_kan, officer_of_bac_kan):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE places_institution SET name = 'Thư viện khác' WHERE id = %s", [library_of_bac_kan.pk])
    newest = trail(officer_of_bac_kan, day=TODAY, kinds=["places.institution"]).entries[0]
    assert (newest.act, newest.person) == ("update", None)
    assert newest.changes[0].before == "Thư viện phường Bắc Kạn"
    assert newest.changes[0].after == "Thư viện khác"


def test_choices_and_links_are_read_in_words(library_of_bac_kan, duc_xuan, officer_of_bac_kan, bac_kan):
    status = InstitutionStatus.objects.create(institution=library_of_bac_kan, state=InstitutionState.ACTIVE)
    InstitutionStatus.objects.filter(pk=status.pk).update(state=InstitutionState.SUSPENDED)
    library_of_bac_kan.placements.update(unit=duc_xuan)
    library_of_bac_kan.placements.update(unit=bac_kan)
    entries = trail(officer_of_bac_kan, day=TODAY).entries
    moved = next(entry for entry in entries if entry.kind.__name__ == "InstitutionPlacement")
    closed = next(entry for entry in entries if entry.kind.__name__ == "InstitutionStatus" and entry.changes)
    assert (moved.changes[0].before, moved.changes[0].after) == (duc_xuan, bac_kan)
    assert str(closed.changes[0].after) == str(InstitutionState.SUSPENDED.label)
    assert closed.links["institution"] == library_of_bac_kan


def test_removal_is_shown_with_what_was_removed(library_of_bac_kan, officer_of_bac_kan):
    library_of_bac_kan.rooms.create(name="Phòng đọc", capacity=30)
    library_of_bac_kan.rooms.all().delete()
    newest = trail(officer_of_bac_kan, day=TODAY, kinds=["places.room"]).entries[0]
    assert (newest.act, str(newest.thing)) == ("delete", "Phòng đọc")


def test_trail_of_the_next_commune_and_of_a_reader_is_empty_but_for_own_roles(
    library_of_duc_xuan, officer_of_bac_kan, reader, librarian_of_duc_xuan
):
    kinds = {entry.kind.__name__ for entry in trail(officer_of_bac_kan, day=TODAY).entries}
    assert library_of_duc_xuan.name not in str([entry.thing for entry in trail(officer_of_bac_kan, day=TODAY).entries])
    assert kinds == {"RoleAssignment"}
    assert trail(reader, day=TODAY).entries == []
    assert trail(None, day=TODAY).entries == []
    assert [entry.kind.__name__ for entry in trail(librarian_of_duc_xuan, day=TODAY).entries] == ["RoleAssignment"]


def test_powers_are_read_by_the_person_and_by_who_reads_the_country(auditor, officer_of_bac_kan):
    switch = PowerSwitchFactory()
    assert [entry.kind for entry in trail(auditor, day=TODAY, kinds=["accounts.powerswitch"]).entries] == [PowerSwitch]
    assert [entry.kind for entry in trail(switch.person, day=TODAY).entries] == [PowerSwitch]
    assert trail(officer_of_bac_kan, day=TODAY, kinds=["accounts.powerswitch"]).entries == []


def test_trail_of_one_thing_holds_what_hangs_on_it_and_nothing_else(auditor, library_of_bac_kan, library_of_duc_xuan):
    library_of_bac_kan.rooms.create(name="Phòng đọc", capacity=30)
    library_of_duc_xuan.rooms.create(name="Phòng khác", capacity=30)
    page = trail(auditor, day=TODAY, thing=("places.institution", str(library_of_bac_kan.pk)))
    assert {entry.kind.__name__ for entry in page.entries} == {"Institution", "InstitutionPlacement", "Room"}
    assert all(entry.links.get("institution", entry.thing).pk == library_of_bac_kan.pk for entry in page.entries)


def test_trail_by_person_and_period_keeps_only_those(auditor, library_of_bac_kan, reader, officer_of_bac_kan):
    with pghistory.context(user=str(officer_of_bac_kan.pk)):
        Institution.objects.update(phone="1")
    assert len(trail(auditor, day=TODAY, by=officer_of_bac_kan).entries) == 1
    assert trail(auditor, day=TODAY, by=reader).entries == []
    tomorrow = timezone.now() + dt.timedelta(days=1)
    assert trail(auditor, day=TODAY, starts_at=tomorrow).entries == []


def test_trail_longer_than_a_page_goes_on_with_older_changes(auditor, library_of_bac_kan):
    for number in range(5):
        Institution.objects.update(phone=str(number))
        _pretend_newest_event_was_made(minutes_from_now=number)
    first = trail(auditor, day=TODAY, kinds=["places.institution"], limit=3)
    second = trail(auditor, day=TODAY, kinds=["places.institution"], limit=3, ends_at=first.older_than)
    assert [entry.thing.phone for entry in first.entries] == ["4", "3", "2"]
    assert [entry.thing.phone for entry in second.entries] == ["1", "0", ""]
    assert second.older_than is None


def _pretend_newest_event_was_made(*, minutes_from_now: int) -> None:
    # All happens in one transaction here, so that the database's clock stands still, and the trail refuses changes.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE places_institutionevent DISABLE TRIGGER append_only")
    event = tracked_kinds()["places.institution"].objects.latest("pgh_id")
    type(event).objects.filter(pk=event.pk).update(
        pgh_created_at=timezone.now() + dt.timedelta(minutes=minutes_from_now + 1)
    )


@pytest.mark.parametrize("changes", [1, 3])
def test_trail_of_one_change_and_of_three_takes_the_same_queries(
    changes, auditor, library_of_bac_kan, django_assert_num_queries
):
    for number in range(changes):
        Institution.objects.update(phone=str(number))
    with django_assert_num_queries(7):
        trail(auditor, day=TODAY, kinds=["places.institution", "accounts.roleassignment"])


def test_role_given_names_role_and_place(auditor, library_of_bac_kan):
    given = RoleAssignmentFactory(role=RoleName.INSTITUTION_STAFF, institution=library_of_bac_kan)
    entry = trail(auditor, day=TODAY, thing=("accounts.roleassignment", str(given.pk))).entries[0]
    assert (entry.act, entry.thing.role) == ("insert", RoleName.INSTITUTION_STAFF)
    assert entry.links == {"institution": library_of_bac_kan, "person": given.person}
