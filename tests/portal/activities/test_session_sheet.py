import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus
from hocsuotdoi.activities.operations.roll import add_walk_in, close_session, set_tally
from tests.factories.activities import ActivityFactory, SessionFactory


@pytest.fixture
def held(open_day):
    now = timezone.now()
    session = SessionFactory(activity=open_day, starts_at=now - dt.timedelta(hours=1))
    add_walk_in(session, name="Bàn Văn Páo", sex="male", age_band="60+", form_key=session.pk, by=None, at=now)
    set_tally(session, cells={("female", "6-10"): 12}, by=None, at=now)
    close_session(session, by=None, at=now)
    return session


def url(session) -> str:
    return reverse("portal:activities-session-sheet", args=[session.pk])


def test_sheet_shows_the_sum_and_no_names(client, held):
    page = client.get(url(held)).content.decode()

    assert ">13<" in page
    assert "Páo" not in page
    assert reverse("workspace:activities-session-sheet", args=[held.pk]) not in page


def test_sheet_leads_those_who_may_to_the_names(client, held, auditor, librarian_of_duc_xuan):
    names = reverse("workspace:activities-session-sheet", args=[held.pk])
    client.force_login(auditor)
    assert names in client.get(url(held)).content.decode()
    client.force_login(librarian_of_duc_xuan)
    assert names not in client.get(url(held)).content.decode()


def test_ages_and_sexes_are_told_to_those_who_see_who_came_only(client, held, auditor, librarian_of_duc_xuan):
    """One man above sixty in one evening is a person."""
    assert "table-keep" not in client.get(url(held)).content.decode()
    client.force_login(librarian_of_duc_xuan)
    assert "table-keep" not in client.get(url(held)).content.decode()
    client.force_login(auditor)
    assert "table-keep" in client.get(url(held)).content.decode()


def test_sheet_before_closing_says_that_nothing_is_counted(client, tomorrow):
    assert 'class="empty"' in client.get(url(tomorrow)).content.decode()


def test_sheet_of_a_draft_is_not_found(client, library_of_bac_kan):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)

    assert client.get(url(SessionFactory(activity=draft))).status_code == 404


def test_sheet_needs_the_same_queries_however_many_came(client, held, django_assert_num_queries):
    with django_assert_num_queries(5):
        client.get(url(held))
