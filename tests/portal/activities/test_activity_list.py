import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus
from tests.factories.activities import ActivityFactory, SessionFactory

URL = reverse("portal:activities-activity-list")


def test_whats_on_shows_the_session_with_place_and_places_left(client, tomorrow):
    page = client.get(URL).content.decode()

    assert "Đọc sách bên bếp lửa" in page
    assert "Thư viện phường Bắc Kạn" in page
    assert "Phường Bắc Kạn" not in page  # the institution is named for it
    assert reverse("portal:activities-activity-detail", args=[tomorrow.activity_id]) in page


def test_whats_on_shows_no_draft_to_anybody(client, library_of_bac_kan, librarian_of_bac_kan):
    draft = ActivityFactory(
        institution=library_of_bac_kan, title="Bản nháp", status=ActivityStatus.DRAFT, published_at=None
    )
    SessionFactory(activity=draft, starts_at=timezone.now() + dt.timedelta(days=1))
    client.force_login(librarian_of_bac_kan)

    assert "Bản nháp" not in client.get(URL).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"q": "doc sach"},
        {"where": "Bắc Kạn"},
        {"where": "thai nguyen"},
        {"unit": "19"},
        {"kind": "reading_day", "audience": "everyone"},
    ],
)
def test_whats_on_narrowed_to_it_finds_it(client, tomorrow, query):
    assert "Đọc sách bên bếp lửa" in client.get(URL, query).content.decode()


@pytest.mark.parametrize(
    "query", [{"q": "bơi lội"}, {"where": "Đức Xuân"}, {"kind": "sports"}, {"last_day": "2020-01-01"}]
)
def test_whats_on_narrowed_past_it_says_what_to_do(client, tomorrow, duc_xuan, query):
    response = client.get(URL, query)

    page = response.content.decode()
    assert "Đọc sách bên bếp lửa" not in page
    assert 'class="empty"' in page
    assert f'href="{URL}"' in page


@pytest.mark.parametrize(
    "query",
    [
        {"first_day": "hôm nay"},
        {"first_day": "31/02/2026"},
        {"kind": "<script>alert(1)</script>"},
        {"audience": "x" * 5000},
        {"unit": "ZZZZZZZZ"},
        {"unit": "99999"},
        {"where": "Atlantis"},
        {"q": "%_\\'\"<b>"},
        {"q": "\x00"},
        {"q": "😀"},
        {"q": "x" * 5000},
        {"page": "minus one"},
        {"page": "99999"},
        {"first_day": "0001-01-01", "last_day": "9999-12-31"},
        {"where": "a\x00b", "unit": "a\x00b", "q": "a\x00b", "kind": "\x00"},
    ],
)
def test_whats_on_with_a_bad_filter_still_answers(client, tomorrow, query):
    response = client.get(URL, query)

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_whats_on_with_a_place_of_that_name_elsewhere_offers_it(client, tomorrow, thai_nguyen):
    page = client.get(URL, {"where": "phuong"}).content.decode()

    assert "unit=" in page or "Đọc sách bên bếp lửa" in page


def test_whats_on_needs_the_same_queries_for_one_and_for_three_sessions(client, tomorrow, django_assert_num_queries):
    client.get(URL)
    for _more in range(2):
        with django_assert_num_queries(3):  # how many, which, what is said of them
            client.get(URL)
        SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at)
        SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at)


def test_whats_on_sets_no_cookie(client, tomorrow):
    assert not client.get(URL).cookies


def test_filters_that_are_set_stand_in_words_and_each_can_be_taken_away(client, tomorrow):
    page = client.get(URL, {"kind": "reading_day", "age": "60+", "free": "on", "within": "20"})

    assert [each["words"] for each in page.context["chosen"]] == ["Ngày hội đọc sách", "Từ 60 tuổi", "Chỉ buổi còn chỗ"]
    assert page.context["chosen"][0]["url"] == "?within=20&age=60%2B&free=on"


def test_filter_of_a_place_is_taken_away_with_its_distance(client, tomorrow):
    chosen = client.get(URL, {"unit": "01843", "within": "20", "q": "doc"}).context["chosen"]

    assert chosen[0] == {"words": "Phường Bắc Kạn", "url": "?q=doc"}
    assert chosen[1] == {"words": "Trong vòng 20 km", "url": "?q=doc&unit=01843"}


def test_whats_on_calls_tomorrow_by_its_name(client, tomorrow):
    assert "<h2>Ngày mai</h2>" in client.get(URL).content.decode()


def test_filter_shows_what_each_person_put_into_it(client, tomorrow):
    for where, kind in (("Bắc Kạn", "class"), ("Thái Nguyên", "talk"), ("Bắc Kạn", "class")):
        page = client.get(URL, {"where": where, "kind": kind}).content.decode()
        assert re.search(rf'<input type="text" name="where" value="[^"]*{where}"', page)
        assert f'<option value="{kind}" selected>' in page
        assert page.count(" selected>") == 1 + page.count('<option value="" selected>')
    page = client.get(URL, {"where": '"><script>', "first_day": "32/13"}).content.decode()
    assert '"><script>' not in page
    assert "field-wrong" in page
    assert "field-wrong" not in client.get(URL).content.decode()


def test_filter_speaks_the_language_of_who_asks_in_turns(client, tomorrow):
    english = type(client)()
    english.cookies["django_language"] = "en"
    for _turn in range(2):
        assert "Loại hình" in client.get(URL).content.decode()
        page = english.get(URL).content.decode()
        assert ("Kind of activity" in page, "Loại hình" in page) == (True, False)


def test_whats_on_says_at_once_what_was_changed(client, tomorrow, library_of_bac_kan):
    client.get(URL)
    tomorrow.activity.title = "Kể chuyện đêm hội"
    tomorrow.activity.save()
    library_of_bac_kan.name = "Thư viện mới"
    library_of_bac_kan.save()

    page = client.get(URL).content.decode()

    assert ("Kể chuyện đêm hội" in page, "Thư viện mới" in page) == (True, True)
