"""Publishing at a time, held and not, copies, people who help, pictures, being told: what one act changes elsewhere."""

import datetime as dt
import uuid

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus, NoticeKind, SessionStatus
from hocsuotdoi.activities.formats.picture import parse_picture
from hocsuotdoi.activities.models import Activity, Contributor, Notice, Question, Registration
from hocsuotdoi.activities.operations.activity import (
    NewSession,
    add_session,
    cancel_activity,
    cancel_session,
    change_activity,
    change_session,
    create_activity,
    plan_publication,
    publish_activity,
    publish_due,
    settle_status,
)
from hocsuotdoi.activities.operations.activity_checks import ActivityRefused
from hocsuotdoi.activities.operations.contributors import NewContributor
from hocsuotdoi.activities.operations.copy import copy_activity
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.activities.tasks import publish_due as publish_due_job
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.one_by_one import SomeFailed
from hocsuotdoi.ledger.models import Entry
from tests.activities.test_formats_picture import drawn
from tests.factories.activities import ActivityFactory, SessionFactory, local
from tests.support.breaking import breaks

NEW = NewSession(starts_at=local(2026, 11, 30, 8), ends_at=local(2026, 11, 30, 10))


@pytest.fixture
def draft(library_of_bac_kan, now) -> Activity:
    return create_activity(library_of_bac_kan, title="Lớp tin học", kind="class", sessions=[NEW], by=None, at=now)


@pytest.fixture
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


# --- Publishing ---


def test_draft_is_published_by_itself_when_its_moment_comes(draft, now):
    at = now + dt.timedelta(hours=2)
    plan_publication(draft, publish_at=at, by=None, at=now)

    assert publish_due(at=at - dt.timedelta(seconds=1)) == (0, 0)
    assert publish_due(at=at) == (1, 0)
    draft.refresh_from_db()
    assert (draft.status, draft.published_at, draft.publish_at) == (ActivityStatus.PUBLISHED, at, None)
    assert publish_due(at=at) == (0, 0)


def test_draft_without_a_session_stays_one_until_it_has_one(draft, now):
    at = now + dt.timedelta(hours=2)
    plan_publication(draft, publish_at=at, by=None, at=now)
    cancel_session(draft.sessions.get(), reason="Bão", by=None, at=now)

    assert publish_due(at=at) == (0, 1)
    draft.refresh_from_db()
    assert (draft.status, draft.publish_at) == (ActivityStatus.DRAFT, at)

    add_session(draft, new=NEW, by=None, at=now)
    assert publish_due(at=at) == (1, 0)


def test_draft_on_which_the_program_fails_keeps_no_other_from_it(draft, library_of_bac_kan, now):
    other = create_activity(library_of_bac_kan, title="Đọc thơ", kind="class", sessions=[NEW], by=None, at=now)
    at = now + dt.timedelta(hours=2)
    plan_publication(draft, publish_at=at, by=None, at=now)
    plan_publication(other, publish_at=at + dt.timedelta(minutes=1), by=None, at=now)
    breaks(Activity, on="UPDATE", when=f"NEW.id = '{draft.pk}'")
    with pytest.raises(SomeFailed, match=str(draft.pk)):
        publish_due(at=at + dt.timedelta(hours=1))
    assert set(Activity.objects.values_list("pk", "status")) == {
        (draft.pk, ActivityStatus.DRAFT),
        (other.pk, ActivityStatus.PUBLISHED),
    }


@pytest.mark.parametrize("hours", [-1, 0, 24 * 367])
def test_plan_publication_refuses_a_moment_that_is_past_or_far(draft, now, hours):
    with pytest.raises(ActivityRefused):
        plan_publication(draft, publish_at=now + dt.timedelta(hours=hours), by=None, at=now)


def test_plan_publication_of_what_is_published_is_refused_also_by_the_database(draft, now):
    publish_activity(draft, by=None, at=now)
    with pytest.raises(ActivityRefused):
        plan_publication(draft, publish_at=now + dt.timedelta(hours=1), by=None, at=now)
    with pytest.raises(IntegrityError, match="only_a_draft_waits"), transaction.atomic():
        Activity.objects.filter(pk=draft.pk).update(publish_at=now)


def test_cancelling_a_draft_takes_its_moment_away(draft, now):
    plan_publication(draft, publish_at=now + dt.timedelta(hours=2), by=None, at=now)
    assert cancel_activity(draft, reason="Bão", by=None, at=now).publish_at is None


def test_job_publishes_what_is_due(draft, now):
    Activity.objects.filter(pk=draft.pk).update(publish_at=local(2020, 1, 1))
    publish_due_job()
    draft.refresh_from_db()
    assert draft.status == ActivityStatus.PUBLISHED


# --- Held ---


def test_activity_is_held_when_nothing_is_planned_and_something_was_closed(reading_day, morning, now, afterwards):
    evening = SessionFactory(activity=reading_day, number=2, starts_at=local(2026, 11, 23, 19))
    close_session(morning, by=None, at=afterwards, nobody_came=True)
    settle_status(reading_day)
    reading_day.refresh_from_db()
    assert reading_day.status == ActivityStatus.PUBLISHED

    cancel_session(evening, reason="Mất điện", by=None, at=afterwards)
    reading_day.refresh_from_db()
    assert reading_day.status == ActivityStatus.HELD

    add_session(reading_day, new=NEW, by=None, at=afterwards)
    reading_day.refresh_from_db()
    assert reading_day.status == ActivityStatus.PUBLISHED


def test_activity_whose_sessions_were_all_cancelled_is_not_held(reading_day, morning, now):
    cancel_session(morning, reason="Bão", by=None, at=now)
    reading_day.refresh_from_db()
    assert reading_day.status == ActivityStatus.PUBLISHED


# --- Being told ---


def notices(session) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(session=session).order_by("created_at").values_list("kind", "name"))


def test_people_are_told_of_another_time_or_place_and_of_nothing_else(morning, now, room):
    register(morning, name="Lý Thị Mai", form_key=uuid.uuid4(), at=now)

    change_session(morning, capacity=20, note="Mang loa", by=None, at=now)
    assert notices(morning) == []
    change_session(morning, starts_at=local(2026, 11, 23, 9), by=None, at=now)
    change_session(morning, starts_at=local(2026, 11, 23, 9), by=None, at=now)
    assert notices(morning) == [(NoticeKind.MOVED, "Lý Thị Mai")]
    change_session(morning, starts_at=local(2026, 11, 23, 8), by=None, at=now + dt.timedelta(minutes=1))
    change_session(morning, room=room, by=None, at=now + dt.timedelta(minutes=2))
    assert notices(morning) == [(NoticeKind.MOVED, "Lý Thị Mai")] * 3


@pytest.mark.parametrize("whole", [True, False])
def test_people_are_told_that_it_is_cancelled(reading_day, morning, now, whole):
    register(morning, name="Lý Thị Mai", form_key=uuid.uuid4(), at=now)

    if whole:
        cancel_activity(reading_day, reason="Bão", by=None, at=now)
    else:
        cancel_session(morning, reason="Bão", by=None, at=now)
    assert notices(morning) == [(NoticeKind.CANCELLED, "Lý Thị Mai")]


def test_nobody_is_told_of_a_move_that_is_refused(morning, now):
    register(morning, name="Lý Thị Mai", form_key=uuid.uuid4(), at=now)
    with pytest.raises(Refused):
        change_session(morning, starts_at=local(2026, 11, 23, 12), by=None, at=now)
    assert notices(morning) == []


# --- For whom, for what ---


def test_activity_keeps_all_that_is_said_of_it_and_the_ledger_its_tags(library_of_bac_kan, now):
    activity = create_activity(
        library_of_bac_kan,
        title="Hát Then",
        kind="club",
        sessions=[NEW],
        by=None,
        at=now,
        age_bands=["60+", "35-59"],
        groups=["women", "ethnic_minority"],
        languages=["tyz", "vie"],
        programmes=["cultured_life"],
        grades=[5, 4],
        subjects=["history"],
        is_bookable=True,
    )
    activity.refresh_from_db()
    assert (activity.age_bands, activity.grades, activity.languages) == (["35-59", "60+"], [4, 5], ["tyz", "vie"])

    publish_activity(activity, by=None, at=now)
    close_session(activity.sessions.get(), by=None, at=local(2026, 11, 30, 11), nobody_came=True)
    assert Entry.objects.get(measure="programme_session").tags == [
        "club",
        "cultured_life",
        "ethnic_minority",
        "women",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"age_bands": ["7-8"]},
        {"groups": ["x"]},
        {"languages": ["xx"]},
        {"programmes": ["169"]},
        {"subjects": ["magic"]},
        {"grades": [13]},
        {"grades": [-1]},
        {"joining": "phone"},
        {"waiting_rule": "x"},
        {"places_each": 0},
        {"offer_hours": 337},
        {"joining_closes_hours": -1},
        {"joining_opens_at": "tomorrow"},
    ],
)
def test_values_that_are_not_on_their_lists_are_refused(draft, now, fields):
    with pytest.raises(ActivityRefused):
        change_activity(draft, by=None, at=now, **fields)


# --- People who help ---


def test_people_who_help_are_put_in_order_and_replaced(draft, now):
    people = [NewContributor("leader", " Cô  Thu ", "0912 345 678", "thứ bảy"), NewContributor("speaker", "Cô Thu")]
    change_activity(draft, contributors=people, by=None, at=now)
    assert list(draft.contributors.values_list("role", "name", "phone", "note")) == [
        ("leader", "Cô Thu", "0912345678", "thứ bảy"),
        ("speaker", "Cô Thu", "", ""),
    ]

    change_activity(draft, title="Lớp tin học cơ bản", by=None, at=now)
    assert draft.contributors.count() == 2
    change_activity(draft, contributors=[], by=None, at=now)
    assert not Contributor.objects.exists()


@pytest.mark.parametrize(
    "people",
    [
        [NewContributor("boss", "Cô Thu")],
        [NewContributor("leader", "")],
        [NewContributor("leader", "<b>Thu</b>")],
        [NewContributor("leader", "Cô Thu", phone="abc")],
        [NewContributor("leader", "Cô Thu"), NewContributor("leader", "Cô  Thu")],
        [NewContributor("volunteer", f"Bạn {n}") for n in range(31)],
    ],
)
def test_people_who_cannot_be_listed_are_refused_and_nothing_changes(draft, now, people):
    change_activity(draft, contributors=[NewContributor("leader", "Thầy Sinh")], by=None, at=now)
    with pytest.raises(Refused):
        change_activity(draft, title="Khác", contributors=people, by=None, at=now)
    draft.refresh_from_db()
    assert draft.title == "Lớp tin học"
    assert [one.name for one in draft.contributors.all()] == ["Thầy Sinh"]


# --- The picture ---


def files(store) -> set[str]:
    return {path.name for path in store.rglob("*.webp")}


def test_picture_is_stored_replaced_shared_by_a_copy_and_removed(draft, now, store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = change_activity(draft, picture=drawn(), picture_alt="Các em đọc sách", by=None, at=now)
    assert len(files(store)) == 2
    copy = copy_activity(first, to_year=2027, by=None, at=now).activity
    assert (copy.picture, copy.picture_alt) == (first.picture, "Các em đọc sách")

    with django_capture_on_commit_callbacks(execute=True):
        second = change_activity(first, picture=drawn(size=(800, 600)), by=None, at=now)
    assert second.picture != first.picture
    assert len(files(store)) == 4  # the copy still shows the first

    with django_capture_on_commit_callbacks(execute=True):
        change_activity(second, remove_picture=True, by=None, at=now)
        change_activity(copy, remove_picture=True, by=None, at=now)
    assert files(store) == set()


def test_picture_without_words_is_refused(draft, now, store):
    with pytest.raises(Refused):
        change_activity(draft, picture=drawn(), by=None, at=now)
    draft.refresh_from_db()
    assert draft.picture == ""


def test_picture_that_is_none_is_refused_with_a_sentence(draft, now, store, english):
    with pytest.raises(Refused, match="JPEG, PNG or WebP"):
        change_activity(draft, picture=b"GIF89a", picture_alt="x", by=None, at=now)


def test_picture_put_again_stays(draft, now, store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        change_activity(draft, picture=drawn(), picture_alt="Sách", by=None, at=now)
        again = change_activity(draft, picture=drawn(), by=None, at=now)
    picture = parse_picture(again.picture)
    assert all(default_storage.exists(picture.file(width)) for width in picture.widths)


# --- Copying ---


def test_copy_is_a_draft_with_everything_but_people(reading_day, morning, room, now):
    change_session(morning, room=room, capacity=30, also_online=True, by=None, at=now)
    register(morning, name="Lý Thị Mai", form_key=uuid.uuid4(), at=now)
    Question.objects.create(institution=reading_day.institution, activity=reading_day, text="Bạn đi xe gì?")
    change_activity(
        reading_day,
        contributors=[NewContributor("leader", "Cô Thu"), NewContributor("co_organiser", "Đoàn phường", "0912345678")],
        age_bands=["6-10"],
        joining="either",
        by=None,
        at=now,
    )

    copied = copy_activity(reading_day, to_year=2027, by=None, at=now)

    copy = copied.activity
    assert (copy.status, copy.copied_from, copied.left_out) == (ActivityStatus.DRAFT, reading_day, [])
    assert (copy.title, copy.age_bands, copy.joining) == (reading_day.title, ["6-10"], "either")
    session = copy.sessions.get()
    assert session.starts_at == local(2027, 11, 22, 8)  # a Monday, as before
    assert (session.room, session.capacity, session.also_online) == (room, 30, True)
    assert (session.status, session.places_taken) == (SessionStatus.PLANNED, 0)
    assert [(one.name, one.phone) for one in copy.contributors.all()] == [("Đoàn phường", "")]
    assert copy.questions.get().text == "Bạn đi xe gì?"
    assert Registration.objects.filter(session__activity=copy).count() == 0


def test_copy_leaves_out_and_names_what_cannot_be_held(reading_day, morning, room, now):
    change_session(morning, room=room, by=None, at=now)
    other = ActivityFactory(institution=reading_day.institution, title="Lớp tin học")
    SessionFactory(activity=other, room=room, starts_at=local(2027, 11, 22, 9))
    SessionFactory(activity=reading_day, number=2, starts_at=local(2026, 11, 24, 8))

    copied = copy_activity(reading_day, to_year=2027, by=None, at=now)

    assert [(one.was, one.day) for one in copied.left_out] == [(morning, dt.date(2027, 11, 22))]
    assert "Lớp tin học" in copied.left_out[0].why
    assert [(s.number, s.starts_at) for s in copied.activity.sessions.all()] == [(1, local(2027, 11, 23, 8))]


def test_copy_without_sessions_has_none(reading_day, morning, now):
    copy = copy_activity(reading_day, to_year=None, with_sessions=False, by=None, at=now).activity
    assert not copy.sessions.exists()
    with pytest.raises(ActivityRefused):
        publish_activity(copy, by=None, at=now)


@pytest.mark.parametrize("first", [2010, 2022, 2026])
@pytest.mark.parametrize("year", [2027, 2028, 2029])
def test_copy_of_something_old_is_held_in_the_years_to_come(reading_day, now, first, year):
    SessionFactory(activity=reading_day, starts_at=local(first, 6, 15, 8))

    session = copy_activity(reading_day, to_year=year, by=None, at=now).activity.sessions.get()

    starts_at = timezone.localtime(session.starts_at)
    assert starts_at.weekday() == local(first, 6, 15).weekday()
    assert abs(starts_at - local(year, 6, 15, 8)) < dt.timedelta(days=5)


@pytest.mark.parametrize("year", [2025, 2030, -1, 99999])
def test_copy_to_a_year_before_or_far_is_refused(reading_day, morning, now, year):
    with pytest.raises(ActivityRefused):
        copy_activity(reading_day, to_year=year, by=None, at=now)
