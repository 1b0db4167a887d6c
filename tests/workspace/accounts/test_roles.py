"""The page of roles: who sees what, who gives and ends which role."""

import pytest
from allauth.account.models import EmailAddress

from hocsuotdoi.accounts.models import Person, RoleAssignment
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory

LIST = "/workspace/roles/"


@pytest.fixture
def confirmed(reader) -> Person:
    EmailAddress.objects.create(user=reader, email=reader.email, primary=True, verified=True)
    return reader


def _at(institution) -> str:
    return f"/workspace/roles/give/institution/{institution.pk}/"


def _end(person) -> str:
    return f"/workspace/roles/{person.roles.get().pk}/end/"


def test_list_shows_roles_of_the_territory_only(
    client, officer_of_bac_kan, librarian_of_bac_kan, librarian_of_duc_xuan
):
    client.force_login(officer_of_bac_kan)
    page = client.get(LIST).content.decode()
    assert str(librarian_of_bac_kan) in page
    assert str(librarian_of_duc_xuan) not in page


@pytest.mark.parametrize("who", ["reader", "librarian_of_bac_kan", "planner"])
def test_list_is_forbidden_to_who_may_not_see_roles(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == 403


def test_list_asks_strangers_to_sign_in(client, db):
    assert client.get(LIST).url == f"/accounts/login/?next={LIST}"


def test_auditor_sees_roles_but_is_offered_no_act(client, auditor, librarian_of_bac_kan, library_of_bac_kan):
    client.force_login(auditor)
    page = client.get(LIST).content.decode()
    assert str(librarian_of_bac_kan) in page
    assert "/end/" not in page
    assert client.get(_at(library_of_bac_kan)).status_code == 403
    assert client.post(_end(librarian_of_bac_kan)).status_code == 403


def test_list_narrows_by_name_and_role_and_hides_ended_roles(client, auditor, librarian_of_bac_kan, manager_of_bac_kan):
    client.force_login(auditor)
    librarian_of_bac_kan.roles.update(ends_on="2026-01-01")
    assert str(librarian_of_bac_kan) not in client.get(LIST).content.decode()
    past = client.get(LIST, {"past": "on", "role": "institution_staff"}).content.decode()
    assert str(librarian_of_bac_kan) in past
    assert str(manager_of_bac_kan) not in past
    assert str(manager_of_bac_kan) in client.get(LIST, {"q": "nông"}).content.decode()


@pytest.mark.parametrize("others", [0, 2])
def test_list_of_one_role_and_of_three_takes_the_same_queries(
    client, auditor, library_of_bac_kan, others, django_assert_num_queries
):
    for number in range(others):
        person = PersonFactory(full_name=f"Người {number}")
        RoleAssignmentFactory(person=person, role="institution_staff", institution=library_of_bac_kan, given_by=person)
    client.force_login(auditor)
    with django_assert_num_queries(5):
        client.get(LIST)


def test_manager_gives_a_role_to_somebody_without_an_account(client, manager_of_bac_kan, library_of_bac_kan):
    client.force_login(manager_of_bac_kan)
    words = {"role": "institution_staff", "email": "moi@thu.example", "full_name": "Bàn Thị Mới"}
    assert client.post(_at(library_of_bac_kan), words).url == LIST
    given = RoleAssignment.objects.get(person__email="moi@thu.example")
    assert (given.role, given.institution, given.given_by) == (
        "institution_staff",
        library_of_bac_kan,
        manager_of_bac_kan,
    )


def test_manager_gives_a_role_to_somebody_with_an_account(client, manager_of_bac_kan, library_of_bac_kan, confirmed):
    client.force_login(manager_of_bac_kan)
    client.post(_at(library_of_bac_kan), {"role": "institution_staff", "email": confirmed.email.upper()})
    assert confirmed.roles.get().institution == library_of_bac_kan


def test_role_for_a_new_address_without_a_name_is_refused(client, manager_of_bac_kan, library_of_bac_kan):
    client.force_login(manager_of_bac_kan)
    answer = client.post(_at(library_of_bac_kan), {"role": "institution_staff", "email": "moi@thu.example"})
    assert answer.status_code == 200
    assert not Person.objects.filter(email="moi@thu.example").exists()


def test_refusal_of_the_operation_is_shown_and_nothing_is_kept(client, manager_of_bac_kan, library_of_bac_kan, reader):
    client.force_login(manager_of_bac_kan)
    answer = client.post(_at(library_of_bac_kan), {"role": "institution_staff", "email": reader.email})
    assert reader.email in answer.content.decode()
    assert not reader.roles.exists()


def test_role_with_more_rights_than_the_givers_is_not_offered_nor_taken(
    client, manager_of_bac_kan, officer_of_bac_kan, library_of_bac_kan, bac_kan, confirmed
):
    client.force_login(officer_of_bac_kan)
    url = f"/workspace/roles/give/unit/{bac_kan.pk}/"
    assert 'value="agency_officer"' in client.get(url).content.decode()
    assert 'value="planner"' not in client.get(url).content.decode()
    assert client.post(url, {"role": "planner", "email": confirmed.email}).status_code == 200
    assert not confirmed.roles.exists()


def test_place_outside_the_territory_is_not_found(client, manager_of_bac_kan, library_of_duc_xuan, bac_kan):
    client.force_login(manager_of_bac_kan)
    assert client.get(_at(library_of_duc_xuan)).status_code == 404
    assert client.get(f"/workspace/roles/give/unit/{bac_kan.pk}/").status_code == 404
    assert client.get(f"/workspace/roles/give/planet/{bac_kan.pk}/").status_code == 404


def test_places_are_found_by_name_within_the_territory(
    client, officer_of_bac_kan, library_of_bac_kan, library_of_duc_xuan
):
    client.force_login(officer_of_bac_kan)
    page = client.get("/workspace/roles/give/", {"q": "thư viện"}).content.decode()
    assert _at(library_of_bac_kan) in page
    assert _at(library_of_duc_xuan) not in page


def test_role_is_ended_after_a_question(client, manager_of_bac_kan, librarian_of_bac_kan):
    client.force_login(manager_of_bac_kan)
    assert str(librarian_of_bac_kan) in client.get(_end(librarian_of_bac_kan)).content.decode()
    assert librarian_of_bac_kan.roles.get().ends_on is None
    assert client.post(_end(librarian_of_bac_kan)).url == LIST
    assert librarian_of_bac_kan.roles.get().ends_on is not None


def test_role_of_the_next_commune_cannot_be_ended(client, manager_of_bac_kan, librarian_of_duc_xuan):
    client.force_login(manager_of_bac_kan)
    assert client.post(_end(librarian_of_duc_xuan)).status_code == 404


def test_role_with_more_rights_cannot_be_ended(client, manager_of_bac_kan, officer_of_bac_kan, planner, bac_kan):
    role = RoleAssignmentFactory(role="planner", unit=bac_kan)
    client.force_login(officer_of_bac_kan)
    assert client.post(f"/workspace/roles/{role.pk}/end/").status_code == 403
