"""What's on by place, distance, people, language, free places, words (queries/offer.py, search.py, history.py)."""

import datetime as dt
import math

import pytest

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.operations.activity import change_session
from hocsuotdoi.activities.operations.search import refresh_search_texts
from hocsuotdoi.activities.queries.history import changes_of
from hocsuotdoi.activities.queries.offer import (
    Wish,
    counted_by_day,
    counted_by_institution,
    first_of_each_day,
    to_follow,
    whats_on,
)
from hocsuotdoi.activities.queries.search import searchable_text
from hocsuotdoi.activities.queries.whereabouts import counted_by_commune
from hocsuotdoi.core.vietnamese import search_text
from tests.factories.activities import ActivityFactory, SessionFactory


def titles(wish: Wish, at: dt.datetime) -> list[str]:
    return [session.activity.title for session in whats_on(wish, at=at)]


@pytest.fixture
def centres(bac_kan, duc_xuan):
    """Phường Bắc Kạn in 22,1476 N 105,8348 E; Đức Xuân some eight kilometres south-east of it."""
    for unit, north, east in ((bac_kan, 22.1476, 105.8348), (duc_xuan, 22.1, 105.9)):
        unit.latitude, unit.longitude = north, east
        unit.save(update_fields=["latitude", "longitude"])
    return bac_kan, duc_xuan


@pytest.fixture
def class_of_duc_xuan(library_of_duc_xuan) -> Session:
    activity = ActivityFactory(institution=library_of_duc_xuan, title="Lớp tin học", kind="class")
    return SessionFactory(activity=activity, number=1)


def test_distance_reaches_as_far_as_asked_and_no_farther(centres, morning, class_of_duc_xuan, now):
    bac_kan, _duc_xuan = centres

    assert titles(Wish(unit=bac_kan), now) == ["Ngày hội đọc sách"]
    assert titles(Wish(unit=bac_kan, within=5), now) == ["Ngày hội đọc sách"]
    assert set(titles(Wish(unit=bac_kan, within=10), now)) == {"Ngày hội đọc sách", "Lớp tin học"}


def test_distance_is_that_of_the_great_circle(centres, morning, class_of_duc_xuan, now):
    bac_kan, _duc_xuan = centres
    far = whats_on(Wish(unit=bac_kan, within=10, nearest=True), at=now).last()

    north, south = math.radians(22.1476), math.radians(22.1)
    angle = math.acos(
        math.sin(north) * math.sin(south) + math.cos(north) * math.cos(south) * math.cos(math.radians(105.9 - 105.8348))
    )
    assert far.distance_km == pytest.approx(6371 * angle, rel=0.005)


def test_nearest_comes_first_when_asked_though_later(centres, morning, class_of_duc_xuan, now):
    _bac_kan, duc_xuan = centres
    class_of_duc_xuan.starts_at += dt.timedelta(days=5)
    class_of_duc_xuan.ends_at += dt.timedelta(days=5)
    class_of_duc_xuan.save()

    assert titles(Wish(unit=duc_xuan, within=20), now) == ["Ngày hội đọc sách", "Lớp tin học"]
    assert titles(Wish(unit=duc_xuan, within=20, nearest=True), now) == ["Lớp tin học", "Ngày hội đọc sách"]


def test_own_coordinates_of_an_institution_count_before_its_communes(centres, morning, now, library_of_bac_kan):
    bac_kan, _duc_xuan = centres
    library_of_bac_kan.placements.update(latitude=22.4, longitude=105.8348)

    assert titles(Wish(unit=bac_kan, within=20), now) == []
    assert titles(Wish(unit=bac_kan, within=50), now) == ["Ngày hội đọc sách"]


def test_distance_from_a_unit_without_a_centre_looks_in_the_unit(morning, class_of_duc_xuan, now, bac_kan):
    bac_kan.latitude = bac_kan.longitude = None
    assert titles(Wish(unit=bac_kan, within=50, nearest=True), now) == ["Ngày hội đọc sách"]


@pytest.mark.parametrize(
    ("stated", "audience", "age", "found"),
    [
        (["6-10"], "everyone", "6-10", True),
        (["6-10"], "everyone", "60+", False),
        ([], "everyone", "60+", True),
        ([], "families", "0-5", True),
        ([], "children", "11-14", True),
        ([], "children", "35-59", False),
        ([], "pupils", "15-17", True),
        ([], "adults", "6-10", False),
        ([], "seniors", "60+", True),
        ([], "staff", "18-34", False),
    ],
)
def test_age_finds_what_is_meant_for_it(reading_day, morning, now, stated, audience, age, found):
    Activity.objects.filter(pk=reading_day.pk).update(age_bands=stated, audience=audience)
    assert bool(titles(Wish(age=age), now)) is found


@pytest.mark.parametrize(
    ("columns", "wish", "found"),
    [
        ({"groups": ["women", "poor"]}, Wish(group="poor"), True),
        ({"groups": []}, Wish(group="poor"), False),
        ({"languages": ["tyz"]}, Wish(language="tyz"), True),
        ({"languages": ["tyz"]}, Wish(language="vie"), False),
        ({"languages": []}, Wish(language="vie"), True),
        ({"languages": []}, Wish(language="eng"), False),
    ],
)
def test_group_and_language(reading_day, morning, now, columns, wish, found):
    Activity.objects.filter(pk=reading_day.pk).update(**columns)
    assert bool(titles(wish, now)) is found


def test_free_places_only_leaves_out_what_is_full(reading_day, morning, now):
    Session.objects.filter(pk=morning.pk).update(places_taken=10)
    SessionFactory(activity=reading_day, number=2, capacity=None)

    assert [session.number for session in whats_on(Wish(free=True), at=now)] == [2]


def test_online_finds_what_can_also_be_followed(reading_day, morning, now):
    SessionFactory(activity=reading_day, number=2, channel="online")
    SessionFactory(activity=reading_day, number=3, also_online=True)

    assert {session.number for session in whats_on(Wish(online=True), at=now)} == {2, 3}


def test_words_as_typed_come_before_other_markings(library_of_bac_kan, now):
    for day, title in enumerate(["Đường làng", "Đại dương", "Quan duong pho"]):
        SessionFactory(
            activity=ActivityFactory(institution=library_of_bac_kan, title=title),
            starts_at=now + dt.timedelta(days=day + 1),
        )

    assert titles(Wish(words="duong"), now) == ["Quan duong pho", "Đường làng", "Đại dương"]
    assert titles(Wish(words="đường"), now) == ["Đường làng"]
    assert titles(Wish(words="dương"), now) == ["Đại dương"]
    assert titles(Wish(words="dươ"), now) == ["Đại dương"]


def test_words_of_institution_and_place_find_it(reading_day, morning, now):
    Activity.objects.filter(pk=reading_day.pk).update(search_text=searchable_text(reading_day))

    for words in ("đọc sách bắc kạn", "doc sach thai nguyen", "thư viện", "phường bắc"):
        assert titles(Wish(words=words), now) == ["Ngày hội đọc sách"]
    assert titles(Wish(words="đọc sách đức xuân"), now) == []


def test_refresh_follows_a_renamed_institution_and_touches_nothing_else(reading_day, morning, now, library_of_bac_kan):
    library_of_bac_kan.name = "Thư viện Hồ Ba Bể"
    library_of_bac_kan.save()

    assert refresh_search_texts(at=now) == 1
    assert titles(Wish(words="ho ba be"), now) == ["Ngày hội đọc sách"]
    assert refresh_search_texts(at=now) == 0


def test_refresh_leaves_what_is_over(reading_day, morning, now):
    assert refresh_search_texts(at=now + dt.timedelta(days=30)) == 0
    assert Activity.objects.get().search_text == search_text("Ngày hội đọc sách")


@pytest.mark.parametrize("number", [1, 3])
def test_whats_on_needs_one_query_with_every_filter(centres, reading_day, now, django_assert_num_queries, number):
    for each in range(number):
        SessionFactory(activity=reading_day, number=each + 1)
    everything = Wish(
        unit=centres[0], within=20, institution=reading_day.institution, first_day=now.date(), kind="reading_day",
        age="6-10", language="vie", words="doc", free=True, nearest=True,
    )  # fmt: skip
    with django_assert_num_queries(1):
        found = list(whats_on(everything, at=now))
        assert [(session.activity.title, session.institution.name) for session in found]
    assert len(found) == number


def test_counts_by_day_institution_and_commune(reading_day, morning, class_of_duc_xuan, now, centres):
    SessionFactory(activity=reading_day, number=2, starts_at=morning.starts_at + dt.timedelta(hours=6))
    sessions = whats_on(Wish(), at=now)
    day = dt.date(2026, 11, 23)

    assert counted_by_day(sessions) == {day: 3}
    assert [session.number for session in first_of_each_day(sessions, most=1)[day]] == [1]
    assert sorted(counted_by_institution(sessions).values()) == [1, 2]
    assert [(each.name, each.number, each.province) for each in counted_by_commune(sessions, day)] == [
        ("Phường Bắc Kạn", 2, "19"),
        ("Phường Đức Xuân", 1, "19"),
    ]


def test_a_session_late_in_the_evening_counts_for_its_local_day(reading_day, now):
    late = dt.datetime(2026, 11, 24, 16, 30, tzinfo=dt.UTC)  # half past eleven in the night in Viet Nam
    SessionFactory(activity=reading_day, starts_at=late)

    assert list(counted_by_day(whats_on(Wish(), at=now))) == [dt.date(2026, 11, 24)]


def test_to_follow_keeps_what_was_cancelled_for_a_while(morning, now):
    Session.objects.filter(pk=morning.pk).update(status=SessionStatus.CANCELLED, cancel_reason="Mưa lũ")

    assert list(whats_on(Wish(), at=now)) == []
    assert list(to_follow(Wish(), at=now)) == [morning]
    assert list(to_follow(Wish(), at=now + dt.timedelta(days=16))) == []


def test_changes_of_a_moved_session_say_from_when(morning, now, django_assert_num_queries):
    before = morning.starts_at
    moved = change_session(
        morning,
        by=None,
        at=now,
        starts_at=before + dt.timedelta(days=1),
        ends_at=morning.ends_at + dt.timedelta(days=1),
    )
    Session.objects.filter(pk=morning.pk).update(places_taken=1)

    with django_assert_num_queries(1):
        changes = changes_of([moved])[morning.pk]
    assert (changes.number, changes.moved_from) == (1, before)


def test_changes_of_a_session_that_never_moved(morning, now):
    assert changes_of([morning])[morning.pk].moved_from is None
    assert changes_of([]) == {}
