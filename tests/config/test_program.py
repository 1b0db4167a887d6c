"""The program as it is started by a person."""

import urllib.request

import pytest

from hocsuotdoi.accounts.models import Person

pytestmark = pytest.mark.slow


def test_program_started_serves_the_front_page(live_program):
    with urllib.request.urlopen(live_program.url + "/accounts/login/") as answer:
        assert answer.status == 200


def test_program_on_its_own_database_shows_what_the_test_committed(live_program, reference):
    from hocsuotdoi.config.models import LoadedStep

    assert LoadedStep.objects.exists()


def test_page_of_the_program_opens_in_a_browser(page):
    page.goto("/accounts/login/")
    assert page.locator("form").count() >= 1


@pytest.mark.django_db(transaction=True)
def test_database_after_a_commit_is_as_new_1():
    Person.objects.create(email="a@example.vn")


@pytest.mark.django_db(transaction=True)
def test_database_after_a_commit_is_as_new_2():
    assert not Person.objects.filter(email="a@example.vn").exists()
