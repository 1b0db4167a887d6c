"""What everybody reads on an activity's page of the sessions that were held."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Activity, Session
from tests.factories.activities import ActivityFactory, RatingFactory, SessionFactory


def page_of(client, activity: Activity) -> str:
    return client.get(reverse("portal:activities-activity-detail", args=[activity.pk])).text


def held(activity: Activity, *, came: int, faces: str = "", weeks: int = 1) -> Session:
    """Closed, so many weeks ago; a face for each digit."""
    starts = timezone.now() - dt.timedelta(weeks=weeks)
    closed = {"status": SessionStatus.CLOSED, "closed_at": starts, "attended": came, "revision": 1}
    session = SessionFactory(activity=activity, starts_at=starts, **closed)
    for face in faces:
        RatingFactory(session=session, face=int(face))
    return session


@pytest.fixture
def last_year(open_day) -> Activity:
    return ActivityFactory(
        institution=open_day.institution,
        title=open_day.title,
        status=ActivityStatus.HELD,
        created_at=open_day.created_at - dt.timedelta(days=365),
    )


def test_before_the_first_roll_is_closed_the_page_says_nothing_of_results(client, open_day, tomorrow):
    SessionFactory(activity=open_day, starts_at=timezone.now() - dt.timedelta(days=2))
    assert 'id="held"' not in page_of(client, open_day)


def test_everybody_reads_how_many_sessions_were_held_and_how_many_came(client, open_day, tomorrow):
    held(open_day, came=12)
    held(open_day, came=20, weeks=2)

    page = page_of(client, open_day)

    assert "Kết quả" in page
    assert "buổi đã tổ chức, trong số 3 buổi" in page
    assert '<p class="figure-number">32</p>' in page
    assert '<p class="figure-number">16</p>' in page
    assert "So với" not in page


@pytest.mark.parametrize(("faces", "are_shown"), [("3331", False), ("33331", True)])
def test_faces_are_shown_only_where_nobody_is_found_out_by_theirs(client, open_day, faces, are_shown):
    held(open_day, came=12, faces=faces)

    page = page_of(client, open_day)

    assert ("5 người đánh giá" in page, "faces-counted" in page) == (are_shown, are_shown)


def test_the_last_time_stands_beside_it_with_its_address(client, open_day, last_year):
    held(last_year, came=8, faces="33221", weeks=52)
    held(open_day, came=12, faces="33333")

    page = page_of(client, open_day)

    assert "lần trước 8" in page
    assert reverse("portal:activities-activity-detail", args=[last_year.pk]) in page
    assert "khi đó 2/5 người thấy vui" in page


@pytest.mark.parametrize(("now", "before"), [("3333", "33333"), ("33333", "3333")])
def test_faces_of_few_are_compared_with_nothing(client, open_day, last_year, now, before):
    held(last_year, came=8, faces=before, weeks=52)
    held(open_day, came=12, faces=now)

    assert "người thấy vui" not in page_of(client, open_day)


def test_what_was_written_stays_with_the_staff(client, open_day):
    session = held(open_day, came=12, faces="3333")
    RatingFactory(session=session, face=1, words="Ghế <b>cứng</b>")

    page = page_of(client, open_day)

    assert "faces-counted" in page
    assert "cứng" not in page


@pytest.mark.parametrize("sessions", [1, 3])
def test_results_take_the_same_queries_for_one_and_for_three_sessions(
    client, open_day, last_year, sessions, django_assert_num_queries
):
    held(last_year, came=8, faces="3", weeks=52)
    for each in range(sessions):
        held(open_day, came=12, faces="33", weeks=each + 1)
    page_of(client, open_day)
    with django_assert_num_queries(6):  # the activity, its sessions; the last time, both in figures, faces and views
        page_of(client, open_day)
