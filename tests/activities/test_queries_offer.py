import datetime as dt

import pytest

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.queries.offer import Wish, activity_page, by_day, upcoming_at, whats_on
from hocsuotdoi.core.vietnamese import search_text
from tests.factories.activities import ActivityFactory, SessionFactory, local


def titles(wish: Wish, at: dt.datetime) -> list[str]:
    return [session.activity.title for session in whats_on(wish, at=at)]


@pytest.fixture
def story_hour(library_of_duc_xuan):
    """In the other ward, a week later, for children."""
    activity = ActivityFactory(
        institution=library_of_duc_xuan, title="Kể chuyện bên đường làng", kind="story_telling", audience="children"
    )
    SessionFactory(activity=activity, starts_at=local(2026, 11, 30, 19))
    return activity


def test_whats_on_lists_sessions_to_come_soonest_first(morning, story_hour, now):
    assert titles(Wish(), now) == ["Ngày hội đọc sách", "Kể chuyện bên đường làng"]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": SessionStatus.CANCELLED, "cancel_reason": "Mưa"},
        {"status": SessionStatus.CLOSED, "closed_at": local(2026, 11, 20), "attended": 1, "revision": 1},
        {"starts_at": local(2026, 11, 21), "ends_at": local(2026, 11, 21, 10)},
    ],
)
def test_whats_on_leaves_out_what_nobody_can_go_to(morning, now, changes):
    Session.objects.filter(pk=morning.pk).update(**changes)

    assert titles(Wish(), now) == []


def test_whats_on_leaves_out_drafts(reading_day, morning, now):
    Activity.objects.filter(pk=reading_day.pk).update(status=ActivityStatus.DRAFT, published_at=None)

    assert titles(Wish(), now) == []


def test_whats_on_keeps_a_session_that_is_going_on(morning, during):
    assert titles(Wish(first_day=during.date()), during) == ["Ngày hội đọc sách"]


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (Wish(kind="story_telling"), ["Kể chuyện bên đường làng"]),
        (Wish(audience="children"), ["Kể chuyện bên đường làng"]),
        (Wish(first_day=dt.date(2026, 11, 24)), ["Kể chuyện bên đường làng"]),
        (Wish(last_day=dt.date(2026, 11, 23)), ["Ngày hội đọc sách"]),
        (Wish(first_day=dt.date(2026, 11, 23), last_day=dt.date(2026, 11, 23)), ["Ngày hội đọc sách"]),
        (Wish(words="doc sach"), ["Ngày hội đọc sách"]),
        (Wish(words="ĐỌC"), ["Ngày hội đọc sách"]),
        (Wish(words="duong"), ["Kể chuyện bên đường làng"]),
        (Wish(words="đường"), ["Kể chuyện bên đường làng"]),
        (Wish(words="dương"), []),
        (Wish(words="sach kể"), []),
        (Wish(words="100% _"), []),
    ],
)
def test_whats_on_finds_what_is_wished_for(morning, story_hour, now, wish, found):
    assert titles(wish, now) == found


def test_whats_on_in_a_ward_and_in_its_province(morning, story_hour, now, bac_kan, thai_nguyen, country):
    assert titles(Wish(unit=bac_kan), now) == ["Ngày hội đọc sách"]
    assert len(titles(Wish(unit=thai_nguyen), now)) == len(titles(Wish(unit=country), now)) == 2


def test_whats_on_says_where_and_needs_one_query(morning, now, django_assert_num_queries):
    for sessions in (1, 3):
        while Session.objects.count() < sessions:
            SessionFactory(activity=morning.activity)
        with django_assert_num_queries(1):
            found = [(s.place_name, s.institution.name, s.activity.title, s.room) for s in whats_on(Wish(), at=now)]
        assert found[0] == ("Phường Bắc Kạn", "Thư viện phường Bắc Kạn", "Ngày hội đọc sách", None)
        assert len(found) == sessions


def test_by_day_groups_by_the_local_day(reading_day, now):
    late = SessionFactory(activity=reading_day, starts_at=local(2026, 11, 23, 22))
    early = SessionFactory(activity=reading_day, starts_at=local(2026, 11, 24, 6))

    assert by_day(list(whats_on(Wish(), at=now))) == [
        (dt.date(2026, 11, 23), [late]),
        (dt.date(2026, 11, 24), [early]),
    ]


def test_upcoming_at_is_of_one_institution(morning, story_hour, library_of_bac_kan, now):
    assert list(upcoming_at(library_of_bac_kan, at=now)) == [morning]


def test_activity_page_brings_its_sessions(reading_day, morning, now, django_assert_num_queries):
    for sessions in (1, 3):
        while Session.objects.count() < sessions:
            SessionFactory(activity=reading_day)
        with django_assert_num_queries(2):
            activity = activity_page(None, at=now).get(pk=reading_day.pk)
            assert len(activity.sessions.all()) == sessions
        assert activity.place_name == "Phường Bắc Kạn"


@pytest.fixture
def draft(library_of_bac_kan):
    return ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)


def test_draft_is_visible_to_those_who_see_activities_there(
    draft, librarian_of_bac_kan, officer_of_bac_kan, province_officer, auditor
):
    for person in (librarian_of_bac_kan, officer_of_bac_kan, province_officer, auditor):
        assert list(Activity.objects.visible_to(person)) == [draft]


def test_draft_is_not_visible_to_others(draft, librarian_of_duc_xuan, reader):
    for person in (librarian_of_duc_xuan, reader, None):
        assert list(Activity.objects.visible_to(person)) == []


def test_published_activity_is_visible_to_everybody(reading_day, morning, librarian_of_duc_xuan):
    for person in (librarian_of_duc_xuan, None):
        assert list(Activity.objects.visible_to(person)) == [reading_day]
        assert list(Session.objects.visible_to(person)) == [morning]


def test_names_are_visible_to_staff_officers_and_the_auditor_only(
    morning, librarian_of_bac_kan, officer_of_bac_kan, auditor, librarian_of_duc_xuan, planner, reader
):
    for person in (librarian_of_bac_kan, officer_of_bac_kan, auditor):
        assert list(Session.objects.with_names_visible_to(person)) == [morning]
    for person in (librarian_of_duc_xuan, planner, reader, None):
        assert list(Session.objects.with_names_visible_to(person)) == []


def test_search_text_holds_what_search_terms_ask_for(reading_day):
    assert reading_day.search_text == search_text("Ngày hội đọc sách")
