import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.activities import ActivityFactory, SessionFactory

URL = reverse("portal:activities-activity-calendar")


def test_calendar_shows_the_month_of_the_first_session_with_a_link_for_its_day(client, tomorrow):
    page = client.get(URL).content.decode()

    day = timezone.localdate(tomorrow.starts_at)
    assert "Đọc sách bên bếp lửa" in page
    assert f"/activities/?first_day={day}&amp;last_day={day}" in page


def test_calendar_of_another_month_is_empty_and_says_what_to_do(client, tomorrow):
    later = timezone.localdate(tomorrow.starts_at) + dt.timedelta(days=70)
    page = client.get(URL, {"month": f"{later:%Y-%m}"}).content.decode()

    assert "Đọc sách bên bếp lửa" not in page
    assert 'class="empty"' in page


def test_calendar_keeps_the_filters_in_every_link(client, tomorrow):
    page = client.get(URL, {"kind": "reading_day", "q": "doc"}).content.decode()

    assert "q=doc&amp;kind=reading_day&amp;first_day=" in page
    assert "/activities/map/?q=doc&amp;kind=reading_day" in page


@pytest.mark.parametrize(
    "month", ["", "2026", "2026-13", "0000-00", "9999-12", "1000-01", "٢٠٢٦-١١", "\x00", "<b>", "x" * 5000]
)
def test_calendar_of_a_month_that_makes_no_sense_still_answers(client, tomorrow, month):
    response = client.get(URL, {"month": month})

    assert response.status_code == 200
    assert "Đọc sách bên bếp lửa" in response.content.decode()


def test_calendar_needs_the_same_queries_for_one_and_for_three_sessions(client, tomorrow, django_assert_num_queries):
    for _more in range(2):
        with django_assert_num_queries(3):  # the first session, how many on each day, the first of each day
            client.get(URL)
        SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at)
        SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at + dt.timedelta(days=1))


def test_calendar_leaves_out_the_weeks_that_are_past(client, tomorrow):
    weeks = client.get(URL, {"month": f"{timezone.localdate():%Y-%m}"}).context["weeks"]

    assert weeks[0][0].day <= timezone.localdate() <= weeks[0][-1].day


def test_same_thing_at_one_hour_in_two_places_is_written_once(client, tomorrow, library_of_duc_xuan):
    there = ActivityFactory(institution=library_of_duc_xuan, title=tomorrow.activity.title)
    SessionFactory(activity=there, starts_at=tomorrow.starts_at)
    day = next(each for week in client.get(URL).context["weeks"] for each in week if each.number)

    (entry,) = day.entries
    assert (entry.title, entry.in_several_places, entry.url) == ("Đọc sách bên bếp lửa", True, day.url)
    assert day.number == 2
