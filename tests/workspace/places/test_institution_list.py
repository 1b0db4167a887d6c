from django.urls import reverse

from tests.factories.places import InstitutionFactory


def _url() -> str:
    return reverse("workspace:places-institution-list")


def test_officer_sees_the_institutions_of_the_ward_and_no_others(
    client, officer_of_bac_kan, library_of_bac_kan, library_of_duc_xuan
) -> None:
    client.force_login(officer_of_bac_kan)
    assert list(client.get(_url()).context["page"]) == [library_of_bac_kan]


def test_librarian_who_may_not_edit_is_refused(client, librarian_of_bac_kan) -> None:
    client.force_login(librarian_of_bac_kan)
    assert client.get(_url()).status_code == 403


def test_auditor_reads_all(client, auditor, library_of_bac_kan, library_of_duc_xuan) -> None:
    client.force_login(auditor)
    assert set(client.get(_url()).context["page"]) == {library_of_bac_kan, library_of_duc_xuan}


def test_nobody_signed_in_is_sent_to_sign_in(client, db) -> None:
    assert client.get(_url()).status_code == 302


def test_list_takes_the_same_queries_with_one_and_three(
    client, officer_of_bac_kan, library_of_bac_kan, bac_kan, django_assert_num_queries
) -> None:
    client.force_login(officer_of_bac_kan)
    client.get(_url())
    for _more in range(2):
        with django_assert_num_queries(5):
            assert client.get(_url()).status_code == 200
        InstitutionFactory(unit=bac_kan)
        InstitutionFactory(unit=bac_kan)
