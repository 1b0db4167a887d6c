import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.operations.activity import (
    ActivityRefused,
    CapacityBelowTaken,
    NewSession,
    add_session,
    cancel_activity,
    cancel_session,
    change_activity,
    change_session,
    create_activity,
    publish_activity,
)
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.activities.operations.session_checks import SessionRefused
from hocsuotdoi.activities.operations.wording import Unreadable
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory, local

MORNING = NewSession(starts_at=local(2026, 11, 23, 8), ends_at=local(2026, 11, 23, 10))


@pytest.fixture
def good(now, librarian_of_bac_kan):
    """Everything `create_activity` needs."""
    return {
        "title": "Ngày hội đọc sách chào mừng 23/11",
        "kind": "reading_day",
        "sessions": [MORNING],
        "by": librarian_of_bac_kan,
        "at": now,
    }


def test_create_activity_makes_a_draft_with_numbered_sessions(library_of_bac_kan, room, good):
    afternoon = NewSession(starts_at=local(2026, 11, 23, 14), ends_at=local(2026, 11, 23, 16), room=room, capacity=40)

    activity = create_activity(
        library_of_bac_kan,
        **{**good, "sessions": [afternoon, MORNING]},
        themes=["reading", "heritage"],
        audience="pupils",
        observance="heritage_day",
        description="Đọc sách về di sản.",
    )

    activity.refresh_from_db()
    assert activity.status == ActivityStatus.DRAFT
    assert activity.published_at is None
    assert activity.themes == ["heritage", "reading"]
    assert activity.created_by == good["by"].pk
    assert " di sản" in activity.search_text
    assert [(s.number, s.starts_at, s.capacity, s.room) for s in activity.sessions.all()] == [
        (1, MORNING.starts_at, None, None),
        (2, afternoon.starts_at, 40, room),
    ]


def test_create_activity_repairs_decomposed_vietnamese(library_of_bac_kan, good):
    activity = create_activity(library_of_bac_kan, **{**good, "title": "  Nga\u0300y  ho\u0323\u0302i\nđọc "})

    assert activity.title == "Ngày hội đọc"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "x" * 201),
        ("title", "<script>alert(1)</script>"),
        ("title", "🎉🎉"),
        ("title", "..."),
        ("kind", "picnic"),
        ("kind", ""),
        ("themes", ["reading", "magic"]),
        ("audience", "martians"),
        ("observance", "my_birthday"),
        ("description", "x" * 5001),
        ("sessions", []),
        ("sessions", [MORNING] * 101),
    ],
)
def test_create_activity_with_a_bad_value_is_refused_and_changes_nothing(library_of_bac_kan, good, field, value):
    with pytest.raises(Refused) as refusal:
        create_activity(library_of_bac_kan, **{**good, field: value})

    assert str(refusal.value).endswith(".")
    assert not Activity.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_at": MORNING.starts_at}, "must end after"),
        ({"ends_at": MORNING.starts_at - dt.timedelta(hours=1)}, "must end after"),
        ({"ends_at": MORNING.starts_at + dt.timedelta(days=40)}, "at most a month"),
        ({"starts_at": local(2026, 8, 1)}, "at most a month"),
        ({"starts_at": local(2020, 1, 1), "ends_at": local(2020, 1, 1, 10)}, "too far away"),
        ({"starts_at": local(2062, 1, 1), "ends_at": local(2062, 1, 1, 10)}, "too far away"),
        ({"capacity": 0}, "places from 1"),
        ({"capacity": 2_000_000_000}, "places from 1"),
        ({"channel": "telepathy"}, "on site, off site or online"),
        ({"venue": "<b>sân</b>"}, "cannot be used"),
    ],
)
def test_session_that_cannot_be_held_is_refused_and_changes_nothing(
    library_of_bac_kan, good, english, changes, sentence
):
    bad = dataclasses.replace(MORNING, **changes)

    with pytest.raises(Refused, match=sentence):
        create_activity(library_of_bac_kan, **{**good, "sessions": [MORNING, bad]})

    assert not Activity.objects.exists()


def test_session_in_a_room_of_another_institution_is_refused(library_of_bac_kan, good, room_elsewhere, english):
    with pytest.raises(SessionRefused, match="same institution"):
        create_activity(library_of_bac_kan, **{**good, "sessions": [dataclasses.replace(MORNING, room=room_elsewhere)]})


def test_session_in_a_room_of_another_institution_is_refused_by_the_database(morning, room_elsewhere):
    with pytest.raises(IntegrityError, match="room_same_institution"), transaction.atomic():
        Session.objects.filter(pk=morning.pk).update(room=room_elsewhere)


def test_session_for_more_people_than_the_room_holds_is_refused(library_of_bac_kan, good, room, english):
    with pytest.raises(SessionRefused, match="holds 40 people"):
        create_activity(
            library_of_bac_kan, **{**good, "sessions": [dataclasses.replace(MORNING, room=room, capacity=41)]}
        )


def test_session_on_a_day_when_the_house_is_closed_is_refused(library_of_bac_kan, good, english):
    library_of_bac_kan.statuses.all().delete()
    library_of_bac_kan.statuses.create(state=InstitutionState.SUSPENDED, starts_on=dt.date(2026, 11, 1))
    with pytest.raises(SessionRefused, match="is closed on 23/11/2026"):
        create_activity(library_of_bac_kan, **good)
    assert not Activity.objects.exists()


def test_change_activity_keeps_search_in_step_and_is_audited(reading_day, librarian_of_bac_kan, now):
    change_activity(reading_day, title="Kể chuyện sách", audience="children", by=librarian_of_bac_kan, at=now)

    reading_day.refresh_from_db()
    assert (reading_day.title, reading_day.audience) == ("Kể chuyện sách", "children")
    assert "ke chuyen sach" in reading_day.search_text
    assert [event.title for event in reading_day.events.order_by("pgh_id")] == ["Ngày hội đọc sách", "Kể chuyện sách"]


def test_change_activity_of_a_field_that_is_not_changeable_is_a_slip(reading_day, now):
    with pytest.raises(TypeError):
        change_activity(reading_day, status="published", by=None, at=now)


def test_change_activity_with_a_bad_value_changes_nothing(reading_day, now):
    with pytest.raises(Unreadable):
        change_activity(reading_day, audience="adults", title="", by=None, at=now)

    reading_day.refresh_from_db()
    assert reading_day.audience == "everyone"


def test_publish_activity_shows_it_from_now(library_of_bac_kan, good, now):
    activity = create_activity(library_of_bac_kan, **good)

    publish_activity(activity, by=good["by"], at=now)

    activity.refresh_from_db()
    assert (activity.status, activity.published_at) == (ActivityStatus.PUBLISHED, now)


@pytest.mark.parametrize("status", [ActivityStatus.PUBLISHED, ActivityStatus.CANCELLED])
def test_publish_activity_that_is_no_draft_is_refused(library_of_bac_kan, now, status):
    activity = ActivityFactory(institution=library_of_bac_kan, status=status, cancel_reason="Mưa lũ")
    SessionFactory(activity=activity)

    with pytest.raises(ActivityRefused):
        publish_activity(activity, by=None, at=now)


def test_publish_activity_without_a_planned_session_is_refused(library_of_bac_kan, now, english):
    activity = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    SessionFactory(activity=activity, status=SessionStatus.CANCELLED, cancel_reason="Mưa lũ")

    with pytest.raises(ActivityRefused, match="Add a session"):
        publish_activity(activity, by=None, at=now)

    activity.refresh_from_db()
    assert activity.status == ActivityStatus.DRAFT


def test_cancel_activity_cancels_planned_sessions_and_keeps_held_ones(reading_day, morning, now):
    held = SessionFactory(activity=reading_day, status=SessionStatus.CLOSED, closed_at=now, attended=5, revision=1)

    cancel_activity(reading_day, reason="Mưa lũ", by=None, at=now)

    for row in (reading_day, morning, held):
        row.refresh_from_db()
    assert (reading_day.status, reading_day.cancel_reason) == (ActivityStatus.CANCELLED, "Mưa lũ")
    assert (morning.status, morning.cancel_reason) == (SessionStatus.CANCELLED, "Mưa lũ")
    assert held.status == SessionStatus.CLOSED


def test_cancel_activity_without_a_reason_is_refused(reading_day, morning, now):
    with pytest.raises(Unreadable):
        cancel_activity(reading_day, reason=" ", by=None, at=now)

    morning.refresh_from_db()
    assert morning.status == SessionStatus.PLANNED


def test_cancel_activity_twice_is_refused(reading_day, now):
    cancel_activity(reading_day, reason="Mưa lũ", by=None, at=now)

    with pytest.raises(ActivityRefused):
        cancel_activity(reading_day, reason="Mưa lũ", by=None, at=now)


@pytest.mark.parametrize("act", [add_session, change_activity])
def test_cancelled_activity_can_no_longer_be_changed(reading_day, now, act):
    cancel_activity(reading_day, reason="Mưa lũ", by=None, at=now)
    what = {"new": MORNING} if act is add_session else {"title": "Khác"}

    with pytest.raises(ActivityRefused):
        act(reading_day, **what, by=None, at=now)


def test_add_session_takes_the_next_number(reading_day, morning, now):
    assert add_session(reading_day, new=MORNING, by=None, at=now).number == 2


def test_change_session_moves_it_and_is_audited(morning, room, now):
    change_session(morning, room=room, capacity=40, starts_at=local(2026, 11, 23, 9), by=None, at=now)

    morning.refresh_from_db()
    assert (morning.room, morning.capacity, morning.starts_at) == (room, 40, local(2026, 11, 23, 9))
    assert [event.capacity for event in morning.events.order_by("pgh_id")] == [10, 40]


def test_change_session_to_fewer_places_than_taken_is_refused(morning, now, english):
    RegistrationFactory(session=morning, group_size=4)

    with pytest.raises(CapacityBelowTaken, match="4 people have registered"):
        change_session(morning, capacity=3, by=None, at=now)

    morning.refresh_from_db()
    assert morning.capacity == 10


def test_fewer_places_than_taken_are_refused_by_the_database(morning):
    RegistrationFactory(session=morning, group_size=4)

    with pytest.raises(IntegrityError, match="session_never_overfull"), transaction.atomic():
        Session.objects.filter(pk=morning.pk).update(capacity=3)


def test_change_session_of_an_unknown_field_is_a_slip(morning, now):
    with pytest.raises(TypeError):
        change_session(morning, places_taken=0, by=None, at=now)


@pytest.mark.parametrize("status", [SessionStatus.CLOSED, SessionStatus.CANCELLED])
@pytest.mark.parametrize("act", [change_session, cancel_session])
def test_session_that_is_no_longer_planned_cannot_be_changed(reading_day, now, status, act):
    closed = {"closed_at": now, "attended": 0, "revision": 1} if status == SessionStatus.CLOSED else {}
    session = SessionFactory(activity=reading_day, status=status, cancel_reason="Mưa", **closed)
    what = {"capacity": 9} if act is change_session else {"reason": "Mưa"}

    with pytest.raises(SessionRefused):
        act(session, **what, by=None, at=now)


def test_cancel_session_keeps_the_registrations(morning, now):
    registration = register(morning, name="Mai", form_key=morning.pk, at=now)

    cancel_session(morning, reason="Mất điện", by=None, at=now)

    morning.refresh_from_db()
    registration.refresh_from_db()
    assert (morning.status, morning.places_taken, registration.is_confirmed) == (SessionStatus.CANCELLED, 1, True)
    assert list(morning.events.order_by("pgh_id").values_list("status", flat=True)) == ["planned", "cancelled"]


@pytest.mark.parametrize(
    ("model", "changes", "constraint"),
    [
        (Activity, {"status": "published", "published_at": None}, "activity_published_has_a_moment"),
        (Activity, {"status": "cancelled", "cancel_reason": ""}, "activity_cancelled_for_a_reason"),
        (Session, {"ends_at": local(2026, 11, 23, 8)}, "session_ends_after_it_starts"),
        (Session, {"places_taken": 11}, "session_never_overfull"),
        (Session, {"status": "closed"}, "session_closed_has_a_moment"),
        (Session, {"closed_at": local(2026, 11, 23)}, "session_closed_has_a_moment"),
        (Session, {"status": "cancelled"}, "session_cancelled_for_a_reason"),
        (Session, {"number": 2}, "session_number_once"),
    ],
)
def test_contradicting_rows_are_refused_by_the_database(reading_day, morning, model, changes, constraint):
    SessionFactory(activity=reading_day, number=2)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.filter(pk__in=[reading_day.pk, morning.pk]).update(**changes)


def test_session_of_an_activity_of_another_institution_is_refused_by_the_database(reading_day, library_of_duc_xuan):
    with pytest.raises(IntegrityError, match="same_institution"), transaction.atomic():
        SessionFactory(activity=reading_day, institution=library_of_duc_xuan)


def test_a_session_that_is_moved_is_reminded_of_again(morning, now):
    Session.objects.filter(pk=morning.pk).update(reminded_at=now)
    change_session(morning, note="Mang theo bút", by=None, at=now)
    morning.refresh_from_db()
    assert morning.reminded_at == now

    change_session(morning, starts_at=morning.starts_at + dt.timedelta(minutes=30), by=None, at=now)
    morning.refresh_from_db()
    assert morning.reminded_at is None
