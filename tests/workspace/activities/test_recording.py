import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.ledger.models import Entry
from tests.factories.activities import SessionFactory


@pytest.fixture
def closed(running) -> Session:
    return close_session(running, nobody_came=True, by=None, at=timezone.now())[0]


def page_of(session) -> str:
    return reverse("workspace:activities-session-recording", args=[session.pk])


def views() -> list[int]:
    return list(Entry.objects.filter(measure="recording_view").order_by("id").values_list("quantity", flat=True))


def test_views_are_counted_corrected_and_shown_apart(librarian, client, closed):
    assert librarian.get(page_of(closed)).status_code == 200

    librarian.post(page_of(closed), {"views": "340"})
    unexplained = librarian.post(page_of(closed), {"views": "410", "reason": ""})
    page = librarian.post(page_of(closed), {"views": "410", "reason": "Đếm lại"}, follow=True).content.decode()

    assert unexplained.status_code == 422
    assert sorted(views()) == [-340, 340, 410]
    assert "Đếm lại" in page and "410" in page
    detail = librarian.get(reverse("workspace:activities-activity-detail", args=[closed.activity_id])).content.decode()
    assert "lượt xem bản ghi trong 30 ngày" in detail
    client.logout()
    public = client.get(reverse("portal:activities-session-sheet", args=[closed.pk])).content.decode()
    assert "lượt xem bản ghi" in public and "410" in public


def test_sheet_leads_to_views_only_where_there_was_something_to_view(librarian, closed):
    sheet = reverse("workspace:activities-session-sheet", args=[closed.pk])
    assert page_of(closed) not in librarian.get(sheet).text

    Session.objects.filter(pk=closed.pk).update(also_online=True)
    assert page_of(closed) in librarian.get(sheet).text

    Session.objects.filter(pk=closed.pk).update(also_online=False)
    librarian.post(page_of(closed), {"views": "3"})
    assert page_of(closed) in librarian.get(sheet).text


@pytest.mark.parametrize("value", ["", "nhiều", "-1", "1.5", "9" * 40, "<b>1</b>", "😀"])
def test_a_bad_number_says_so_and_counts_nothing(librarian, closed, value):
    answer = librarian.post(page_of(closed), {"views": value})

    assert answer.status_code == 422
    assert views() == []


def test_after_thirty_days_the_page_says_that_it_is_too_late(librarian, open_day):
    old = SessionFactory(activity=open_day, number=2, starts_at=timezone.now() - dt.timedelta(days=40))
    close_session(old, nobody_came=True, by=None, at=timezone.now())

    assert 'name="views"' not in librarian.get(page_of(old)).content.decode()
    assert librarian.post(page_of(old), {"views": "3"}).status_code == 422
    assert views() == []


def test_views_are_counted_by_staff_of_the_house_alone(stranger, inspector, closed):
    for who in (stranger, inspector):
        assert who.get(page_of(closed)).status_code in (403, 404)
        assert who.post(page_of(closed), {"views": "3"}).status_code in (403, 404)
    assert views() == []


def test_a_session_that_is_not_closed_leads_back(librarian, running):
    assert librarian.post(page_of(running), {"views": "3"}).status_code == 302
    assert views() == []
