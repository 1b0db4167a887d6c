import datetime as dt
import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus, RegistrationStatus, SessionStatus, WaitingRule
from hocsuotdoi.activities.models import Activity, Contributor, Question, Schedule, Session
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory


def url(activity: Activity) -> str:
    return reverse("portal:activities-activity-detail", args=[activity.pk])


def test_activity_page_shows_sessions_and_the_join_form(client, tomorrow):
    page = client.get(url(tomorrow.activity)).content.decode()

    assert "Đọc sách bên bếp lửa" in page
    assert 'name="form_key"' in page
    assert 'name="name"' in page


def test_activity_page_shows_markup_as_text(client, tomorrow):
    page = client.get(url(tomorrow.activity)).content.decode()

    assert "Đọc &lt;b&gt;sách&lt;/b&gt;" in page
    assert "<b>sách</b>" not in page


def test_activity_page_tells_search_engines_about_the_event(client, tomorrow):
    page = client.get(url(tomorrow.activity)).content.decode()

    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    (event,) = json.loads(found[1])
    assert event["@type"] == "Event"
    assert event["name"] == "Đọc sách bên bếp lửa"
    assert event["description"] == "Đọc <b>sách</b> cùng nhau."
    assert event["location"]["address"]["streetAddress"] == "Phường Bắc Kạn"
    assert event["remainingAttendeeCapacity"] == 10
    assert dt.datetime.fromisoformat(event["startDate"]) == tomorrow.starts_at


def test_activity_page_with_two_sessions_lets_one_choose(client, tomorrow):
    SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at + dt.timedelta(days=7))

    assert client.get(url(tomorrow.activity)).content.decode().count('type="radio"') == 2


def test_activity_page_when_full_offers_no_form(client, tomorrow):
    RegistrationFactory(session=tomorrow, group_size=10)

    assert 'name="form_key"' not in client.get(url(tomorrow.activity)).content.decode()


def test_activity_page_when_over_or_cancelled_offers_no_form(client, tomorrow):
    Session.objects.update(status=SessionStatus.CANCELLED, cancel_reason="Bão")
    page = client.get(url(tomorrow.activity)).content.decode()

    assert 'name="form_key"' not in page
    assert "Bão" in page


def test_draft_is_not_found_by_the_public_nor_by_staff_elsewhere(client, library_of_bac_kan, librarian_of_duc_xuan):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)

    assert client.get(url(draft)).status_code == 404
    client.force_login(librarian_of_duc_xuan)
    assert client.get(url(draft)).status_code == 404


def test_draft_is_shown_to_the_staff_without_a_form(client, library_of_bac_kan, librarian_of_bac_kan):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    SessionFactory(activity=draft, starts_at=timezone.now() + dt.timedelta(days=1))
    client.force_login(librarian_of_bac_kan)

    response = client.get(url(draft))

    assert response.status_code == 200
    assert 'name="form_key"' not in response.content.decode()


def test_activity_page_needs_the_same_queries_for_one_and_for_three_sessions(
    client, tomorrow, django_assert_num_queries
):
    client.get(url(tomorrow.activity))
    for _more in range(2):
        with django_assert_num_queries(2):  # the activity, its sessions
            client.get(url(tomorrow.activity))
        SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at)
        SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at)


def test_activity_page_asks_a_query_more_for_each_kind_of_thing_that_there_is(
    client, tomorrow, django_assert_num_queries
):
    client.get(url(tomorrow.activity))
    whose = {"institution": tomorrow.institution, "activity": tomorrow.activity}
    more = [
        lambda: Contributor.objects.create(**whose, role="leader", name="Cô Thu"),
        lambda: Question.objects.create(**whose, text="Bạn đi bằng gì?"),
        lambda: Schedule.objects.create(
            **whose, rule="FREQ=WEEKLY;BYDAY=SA", starts_on=dt.date(2026, 11, 28), starts=dt.time(8), minutes=90,
            created_at=timezone.now(),
        ),
        lambda: Session.objects.filter(pk=tomorrow.pk).update(starts_at=tomorrow.starts_at - dt.timedelta(hours=1)),
    ]  # fmt: skip
    for number, add in enumerate(more, start=3):
        add()
        with django_assert_num_queries(number):
            page = client.get(url(tomorrow.activity)).content.decode()
    assert "Cô Thu" in page
    assert "Bạn đi bằng gì?" in page
    assert "EventRescheduled" in page


@pytest.fixture
def saved(tomorrow):
    """One place of ten is free, and two people wait for the staff to choose."""
    Activity.objects.update(waiting_rule=WaitingRule.BY_HAND)
    RegistrationFactory(session=tomorrow, group_size=9)
    RegistrationFactory(session=tomorrow, group_size=2, status=RegistrationStatus.WAITING, waiting_since=timezone.now())
    return tomorrow


def test_a_place_kept_for_those_who_wait_is_not_called_free(client, saved, django_assert_num_queries):
    client.get(url(saved.activity))
    with django_assert_num_queries(2):
        page = client.get(url(saved.activity)).content.decode()

    assert page.count("Chỗ trống dành cho người đang chờ") == 2  # when and where, above the form
    assert "còn 1 chỗ" not in page.lower()
    assert "Vào danh sách chờ" in page
    (event,) = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert event["remainingAttendeeCapacity"] == 0
    assert event["offers"]["availability"] == "https://schema.org/SoldOut"


def test_a_mistake_in_the_form_leaves_the_words_about_kept_places(client, saved):
    SessionFactory(activity=saved.activity, starts_at=saved.starts_at + dt.timedelta(days=7), capacity=5)
    create = reverse("portal:activities-registration-create", args=[saved.activity_id])

    for page in (client.get(url(saved.activity)).text, client.post(create, {"session": str(saved.pk)}).text):
        assert "(chỗ trống dành cho người đang chờ, vào danh sách chờ)" in page
        assert "(còn 5 chỗ)" in page
        assert "(còn 1 chỗ)" not in page


def test_lists_say_for_whom_a_free_place_is(client, saved):
    for address in (
        reverse("portal:activities-activity-list"),
        reverse("portal:places-institution-detail", args=[saved.institution.code]),
    ):
        page = client.get(address).text
        assert "Chỗ trống dành cho người đang chờ" in page
        assert "còn 1 chỗ" not in page.lower()
    free = client.get(reverse("portal:activities-activity-list"), {"free": "on"})
    assert saved not in free.context["sessions"]


def test_activity_page_shows_what_comes_before_what_was(client, tomorrow):
    before = SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at - dt.timedelta(days=30))
    page = client.get(url(tomorrow.activity))
    assert page.context["coming"] == [tomorrow]
    assert page.context["past"] == [before]
    assert "1 buổi đã qua" in page.content.decode()


def test_activity_page_says_when_and_where_first_and_where_one_is(client, tomorrow):
    page = client.get(url(tomorrow.activity))

    assert page.context["next"] == tomorrow
    assert [words for words, _address in page.context["path"]] == ["Lịch hoạt động", "Ngày hội đọc sách"]


def test_next_session_is_none_that_was_cancelled(client, tomorrow):
    later = SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at + dt.timedelta(days=7))
    Session.objects.filter(pk=tomorrow.pk).update(status=SessionStatus.CANCELLED, cancel_reason="Bão")

    context = client.get(url(tomorrow.activity)).context
    assert (context["next"], context["more"]) == (later, 0)


def test_many_sessions_fold_and_are_chosen_from_one_field(client, tomorrow):
    for week in range(1, 9):
        SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at + dt.timedelta(days=7 * week))
    page = client.get(url(tomorrow.activity)).content.decode()

    assert "và 8 buổi nữa" in page
    assert "Xem 3 buổi nữa" in page
    assert '<select name="session"' in page
    assert 'type="radio"' not in page


def test_poster_is_offered_while_there_is_something_to_come(client, tomorrow):
    offered = f'href="{reverse("portal:activities-poster-pdf", args=[tomorrow.activity.pk])}"'
    assert offered in client.get(url(tomorrow.activity)).text

    over = timezone.now() - dt.timedelta(hours=2)
    Session.objects.update(starts_at=over - dt.timedelta(hours=2), ends_at=over)

    page = client.get(url(tomorrow.activity))
    assert page.status_code == 200
    assert offered not in page.text


def test_activity_page_says_at_once_what_was_changed(client, tomorrow, library_of_bac_kan, django_assert_num_queries):
    """What is kept of the page is no fact: those are asked for each time, by two queries, and a third for what a
    session that was changed was before."""
    with django_assert_num_queries(2):
        client.get(url(tomorrow.activity))
    Activity.objects.update(title="Kể chuyện đêm hội", description="Bên suối.", places_each=3)
    Session.objects.update(capacity=5, venue="Nhà văn hóa tổ 5")
    library_of_bac_kan.name = "Thư viện mới"
    library_of_bac_kan.save()
    library_of_bac_kan.placements.update(address="Tổ 7")

    with django_assert_num_queries(3):
        page = client.get(url(tomorrow.activity)).content.decode()

    for words in ("Kể chuyện đêm hội", "Bên suối.", "Nhà văn hóa tổ 5", "Thư viện mới", "Tổ 7", 'max="3"'):
        assert words in page
    assert "Đọc sách bên bếp lửa" not in page
    SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at + dt.timedelta(days=7))
    assert client.get(url(tomorrow.activity)).content.decode().count('type="radio"') == 2
    Activity.objects.update(published_at=None, status=ActivityStatus.DRAFT)
    assert client.get(url(tomorrow.activity)).status_code == 404


def test_forms_for_children_and_for_all_in_turns_each_ask_what_they_must(client, tomorrow, library_of_bac_kan):
    children = ActivityFactory(institution=library_of_bac_kan, title="Vẽ tranh", audience="children", places_each=4)
    SessionFactory(activity=children, starts_at=tomorrow.starts_at)
    Question.objects.create(institution=library_of_bac_kan, activity=children, text="Bé thích màu gì?")

    for _turn in range(2):
        page = client.get(url(children)).content.decode()
        assert [word in page for word in ('name="guardian_name"', "Bé thích màu gì?", 'max="4"')] == [True] * 3
        page = client.get(url(tomorrow.activity)).content.decode()
        assert [word in page for word in ('name="guardian_name"', "Bé thích màu gì?", 'max="4"')] == [False] * 3


@pytest.mark.parametrize("joining", ["register", "series", "either"])
@pytest.mark.parametrize("audience", ["everyone", "children"])
@pytest.mark.parametrize("sessions", [1, 2, 8])
def test_blank_form_has_the_inputs_of_the_form_that_takes_it(
    client, open_day, library_of_bac_kan, joining, audience, sessions
):
    Activity.objects.update(joining=joining, audience=audience)
    for number in range(sessions):
        SessionFactory(activity=open_day, starts_at=timezone.now() + dt.timedelta(days=1 + number))
    Question.objects.create(institution=library_of_bac_kan, activity=open_day, text="Ăn chay?")

    blank, filled = (
        re.findall(r'<(?:input|select|textarea)[^>]*? name="([^"]+)"', form_of(answer))
        for answer in (
            client.get(url(open_day)),
            client.post(reverse("portal:activities-registration-create", args=[open_day.pk])),
        )
    )

    assert blank == filled
    assert {"session", "name", "phone", "group_size", "form_key"} <= set(blank)


def form_of(answer) -> str:
    page = answer.content.decode()
    return page[page.index('<form class="form" method="post"') : page.index("</section>", page.index('id="join"'))]


def test_activity_page_in_turns_for_staff_and_strangers_shows_each_what_is_theirs(
    client, tomorrow, librarian_of_bac_kan, library_of_bac_kan
):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    staff = type(client)()
    staff.force_login(librarian_of_bac_kan)
    for _turn in range(2):
        assert (staff.get(url(draft)).status_code, client.get(url(draft)).status_code) == (200, 404)
        theirs, ours = (each.get(url(tomorrow.activity)).content.decode() for each in (staff, client))
        assert ("Việc của tôi" in theirs, "Đăng nhập" in theirs) == (True, False)
        assert ("Việc của tôi" in ours, "Đăng nhập" in ours) == (False, True)
        assert librarian_of_bac_kan.full_name not in ours


def test_activity_page_in_turns_in_two_languages(client, tomorrow):
    english = type(client)()
    english.cookies["django_language"] = "en"
    for _turn in range(2):
        assert "Tên của bạn" in client.get(url(tomorrow.activity)).content.decode()
        page = english.get(url(tomorrow.activity)).content.decode()
        assert ("Your name" in page, "Tên của bạn" in page) == (True, False)
