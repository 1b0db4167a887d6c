"""The pages of an offer beyond the short form: sections, rules, equipment, people who help, pictures, copies, clubs."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.formats.recurrence import Repeat
from hocsuotdoi.activities.models import Activity, Contributor, Schedule, Session
from hocsuotdoi.activities.operations.series import NewSchedule, create_schedule
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.models import Equipment, Room
from tests.activities.test_formats_picture import drawn
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.workspace.activities.test_activity import CREATE, filled, of, soon

__all__ = ["filled"]  # the fixture of the short form

CLUBS = reverse("workspace:activities-club-list")


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def club(library_of_bac_kan) -> Activity:
    return ActivityFactory(institution=library_of_bac_kan, title="Câu lạc bộ bạn đọc", kind="club")


@pytest.fixture
def rule(club) -> dict:
    """Four Saturdays to come."""
    first = timezone.localdate() + dt.timedelta(days=7)
    return {
        "every": "weekly",
        "starts_on": first.isoformat(),
        "starts": "08:00",
        "ends": "09:30",
        "until": (first + dt.timedelta(weeks=3)).isoformat(),
        "channel": "on_site",
    }


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("anh.jpg", drawn(), "image/jpeg")


# --- The form ---


def test_create_takes_everything_at_once(librarian, filled):
    more = {
        "age_bands": ["6-10", "11-14"],
        "groups": ["ethnic_minority"],
        "languages": ["vie", "tyz"],
        "programmes": ["reading_culture"],
        "joining": "either",
        "is_bookable": "on",
        "grades": ["4", "5"],
        "subjects": ["literature"],
        "picture": picture(),
        "picture_alt": "Các em đọc sách",
        "people-TOTAL_FORMS": "2",
        "people-INITIAL_FORMS": "1",
        "people-0-role": "leader",
        "people-0-name": "Cô Nông Thị Thu",
        "people-0-phone": "0912 345 678",
        "people-1-role": "speaker",
        "people-1-name": "",
    }
    response = librarian.post(CREATE, {**filled, **more})

    assert response.status_code == 302, response.content.decode()
    activity = Activity.objects.get()
    assert (activity.age_bands, activity.groups, activity.grades) == (["11-14", "6-10"], ["ethnic_minority"], [4, 5])
    assert (activity.joining, activity.places_each, activity.is_bookable) == ("either", 50, True)
    assert activity.picture
    assert [(one.name, one.phone) for one in activity.contributors.all()] == [("Cô Nông Thị Thu", "0912345678")]
    page = librarian.get(response["Location"]).content.decode()
    assert "Cô Nông Thị Thu" in page
    assert "Phát triển văn hóa đọc" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"age_bands": ["7"]},
        {"grades": ["13"]},
        {"grades": ["x"]},
        {"languages": ["'; DROP TABLE"]},
        {"joining": "x"},
        {"places_each": "0"},
        {"joining_opens_at": "hôm qua"},
        {"picture": SimpleUploadedFile("a.jpg", b"GIF89a")},
        {"picture": SimpleUploadedFile("a.jpg", b"")},
        {"people-TOTAL_FORMS": "1", "people-INITIAL_FORMS": "0", "people-0-role": "x", "people-0-name": "Thu"},
        {
            "people-TOTAL_FORMS": "1",
            "people-INITIAL_FORMS": "0",
            "people-0-role": "leader",
            "people-0-name": "",
            "people-0-phone": "0912345678",
        },
        {"people-TOTAL_FORMS": "1", "people-INITIAL_FORMS": "0", "people-0-role": "leader", "people-0-name": "<b>"},
        {"people-TOTAL_FORMS": "x", "people-INITIAL_FORMS": "0"},
    ],
)
def test_create_with_something_wrong_says_so_and_makes_nothing(librarian, filled, wrong):
    response = librarian.post(CREATE, {**filled, **wrong})

    assert response.status_code == 422
    assert not Activity.objects.exists()


def test_picture_without_words_is_told_in_a_sentence(librarian, filled):
    response = librarian.post(CREATE, {**filled, "picture": picture()})

    assert response.status_code == 422
    assert "cho người không nhìn được ảnh" in response.content.decode()


def test_one_more_person_keeps_what_was_typed(librarian, filled):
    sent = {"people-TOTAL_FORMS": "1", "people-INITIAL_FORMS": "0", "people-0-role": "leader", "people-0-name": "Thu"}
    page = librarian.post(CREATE, {**filled, **sent, "more": "people"}).content.decode()

    assert 'name="people-1-name"' in page
    assert 'value="Thu"' in page
    assert 'name="sessions-1-day"' not in page


def test_edit_replaces_people_and_takes_the_picture_away(librarian, open_day):
    sent = {"title": open_day.title, "kind": "talk", "audience": "everyone"}
    people = {"people-TOTAL_FORMS": "1", "people-INITIAL_FORMS": "0", "people-0-role": "leader"}
    edit = of("activity-edit", open_day)

    librarian.post(edit, {**sent, **people, "people-0-name": "Thu", "picture": picture(), "picture_alt": "Sách"})
    open_day.refresh_from_db()
    assert open_day.picture
    assert Contributor.objects.get().name == "Thu"
    assert "srcset" in librarian.get(edit).content.decode()

    librarian.post(edit, {**sent, **people, "people-0-name": "", "remove_picture": "on"})
    open_day.refresh_from_db()
    assert (open_day.picture, open_day.picture_alt) == ("", "")
    assert not Contributor.objects.exists()


# --- A rule ---


def test_rule_is_shown_before_it_is_saved(librarian, club, rule):
    create = of("schedule-create", club)
    shown = librarian.post(create, {**rule, "preview": "1"}).content.decode()

    assert "4 buổi:" in shown
    assert not Session.objects.exists()

    response = librarian.post(create, {**rule, "save": "1"})
    assert response.status_code == 302
    assert Session.objects.count() == 4
    assert "hằng tuần" in librarian.get(of("activity-detail", club)).content.decode()


def test_rule_leaves_out_what_the_person_says_and_names_it(librarian, club, rule):
    off = timezone.localdate() + dt.timedelta(days=14)
    sent = {**rule, "except_on": f"{off.day}/{off.month}/{off.year}"}

    shown = librarian.post(of("schedule-create", club), {**sent, "preview": "1"}).content.decode()
    assert f"{off.day}/{off.month}/{off.year} – theo yêu cầu của bạn" in shown
    page = librarian.post(of("schedule-create", club), {**sent, "save": "1"}, follow=True).content.decode()
    assert f"Bỏ qua: {off.day}/{off.month}/{off.year}." in page
    assert Session.objects.count() == 3


def test_rule_without_year_and_holidays_are_meant_every_year(librarian, club, rule):
    year = timezone.localdate().year
    days_asked = {"starts_on": f"{year}-12-30", "until": f"{year + 1}-01-05"}
    sent = {**rule, "every": "rule", "rule": "FREQ=DAILY", **days_asked}
    librarian.post(of("schedule-create", club), {**sent, "skip_holidays": "on", "except_on": "31/12; 3.1", "save": "1"})

    days = {session.planned_on.isoformat() for session in Session.objects.all()}
    assert days == {f"{year}-12-30", f"{year + 1}-01-02", f"{year + 1}-01-04", f"{year + 1}-01-05"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": ""},
        {"every": "daily"},
        {"weekdays": ["7"]},
        {"every": "month_weekday", "week": ""},
        {"every": "rule", "rule": "FREQ=HOURLY"},
        {"every": "rule", "rule": ""},
        {"starts_on": "31/13"},
        {"starts_on": "0001-01-01"},
        {"starts": "25:00"},
        {"ends": "08:00"},
        {"until": ""},
        {"until": "9999-12-31"},
        {"times": "4"},
        {"times": "-1", "until": ""},
        {"except_on": "31/2"},
        {"except_on": "<script>"},
        {"room": "99999"},
        {"capacity": "0"},
        {"venue": "🎉"},
    ],
)
@pytest.mark.parametrize("button", ["preview", "save"])
def test_rule_with_something_wrong_says_so_and_makes_nothing(librarian, club, rule, wrong, button):
    response = librarian.post(of("schedule-create", club), {**rule, **wrong, button: "1"})

    assert response.status_code == 422
    assert not Schedule.objects.exists()
    assert not Session.objects.exists()


def test_rule_is_changed_and_extended(librarian, club, rule):
    librarian.post(of("schedule-create", club), {**rule, "save": "1"})
    schedule = Schedule.objects.get()

    shown = librarian.post(of("schedule-edit", schedule), {**rule, "ends": "10:00", "preview": "1"}).content.decode()
    assert "4 buổi theo quy tắc mới" in shown
    librarian.post(of("schedule-edit", schedule), {**rule, "ends": "10:00", "save": "1"})
    assert {s.ends_at - s.starts_at for s in Session.objects.all()} == {dt.timedelta(hours=2)}

    until = timezone.localdate() + dt.timedelta(days=42)
    page = librarian.post(of("schedule-extend", schedule), {"until": until.isoformat()}, follow=True).content.decode()
    assert "Đã thêm 2 buổi." in page
    assert librarian.post(of("schedule-extend", schedule), {"until": "", "times": ""}).status_code == 422
    assert librarian.get(of("schedule-extend", schedule)).status_code == 200


def test_rule_is_closed_to_those_who_may_not(stranger, inspector, client, librarian_of_bac_kan, club, rule):
    librarian = Client()
    librarian.force_login(librarian_of_bac_kan)
    librarian.post(of("schedule-create", club), {**rule, "save": "1"})
    schedule = Schedule.objects.get()

    for who in (stranger, inspector):
        assert who.get(of("schedule-create", club)).status_code == 403
        assert who.post(of("schedule-edit", schedule), {**rule, "save": "1"}).status_code == 403
        assert who.post(of("schedule-extend", schedule), {"times": "9"}).status_code == 403
        assert who.post(of("activity-copy", club), {}).status_code == 403
        assert who.post(of("activity-plan", club), {}).status_code == 403
    assert Client().get(of("schedule-create", club)).status_code == 302
    club.published_at, club.status = None, ActivityStatus.DRAFT
    club.save()
    assert stranger.get(of("schedule-edit", schedule)).status_code == 404
    assert stranger.get(of("activity-copy", club)).status_code == 404


# --- Equipment and rooms ---


def test_session_takes_equipment_and_gives_it_back(librarian, open_day, library_of_bac_kan):
    computers = Equipment.objects.create(
        institution=library_of_bac_kan, kind="computer", quantity=3, usable=2, checked_on=dt.date(2026, 1, 1)
    )
    sent = {"day": soon(), "starts": "08:00", "ends": "10:00", "channel": "on_site", "also_online": "on"}
    create = of("session-create", open_day)

    assert librarian.post(create, {**sent, f"equipment_{computers.pk}": "2"}).status_code == 302
    session = Session.objects.get()
    assert (session.also_online, session.equipment_uses.count()) == (True, 2)
    refused = librarian.post(create, {**sent, f"equipment_{computers.pk}": "1"})
    assert refused.status_code == 422
    assert "0 trong 2" in refused.content.decode()
    assert librarian.post(create, {**sent, f"equipment_{computers.pk}": "-1"}).status_code == 422
    assert Session.objects.count() == 1

    edit = of("session-edit", session)
    assert 'value="2"' in librarian.get(edit).content.decode()
    assert "Máy tính" in librarian.get(of("activity-detail", open_day)).content.decode()
    librarian.post(edit, {**sent, f"equipment_{computers.pk}": ""})
    assert session.equipment_uses.count() == 0


def test_room_that_is_taken_is_told_with_what_has_it(librarian, open_day, library_of_bac_kan):
    room = Room.objects.create(institution=library_of_bac_kan, name="Phòng đọc", capacity=40)
    sent = {"day": soon(), "starts": "08:00", "ends": "10:00", "channel": "on_site", "room": room.pk}

    librarian.post(of("session-create", open_day), sent)
    refused = librarian.post(of("session-create", open_day), {**sent, "starts": "09:00"}).content.decode()

    assert "Phòng đọc đã có “Ngày hội đọc sách” từ 8:00 đến 10:00" in refused
    assert Session.objects.count() == 1


# --- Publishing later, copies ---


def test_draft_is_set_to_be_published_by_itself(librarian, draft):
    at = timezone.localtime() + dt.timedelta(days=1)
    page = librarian.post(of("activity-plan", draft), {"publish_at": f"{at:%Y-%m-%dT%H:%M}"}, follow=True)

    assert "Sẽ tự công bố lúc" in page.content.decode()
    assert (
        "Tự công bố lúc"
        in librarian.get(reverse("workspace:activities-activity-list"), {"tab": "drafts"}).content.decode()
    )
    librarian.post(of("activity-plan", draft), {"publish_at": ""})
    draft.refresh_from_db()
    assert draft.publish_at is None


@pytest.mark.parametrize("moment", ["hôm qua", "2020-01-01T08:00", "9999-12-31T23:59", "0001-01-01T00:00"])
def test_bad_moment_of_publishing_changes_nothing(librarian, draft, moment):
    page = librarian.post(of("activity-plan", draft), {"publish_at": moment}, follow=True)

    draft.refresh_from_db()
    assert draft.publish_at is None
    assert "alert-attention" in page.content.decode()


def test_draft_that_could_not_be_published_is_shown_as_such(librarian, draft):
    Activity.objects.filter(pk=draft.pk).update(publish_at=timezone.now() - dt.timedelta(hours=1))

    assert "Chưa công bố được" in librarian.get(of("activity-detail", draft)).content.decode()
    listed = librarian.get(reverse("workspace:activities-activity-list"), {"tab": "drafts"}).content.decode()
    assert "Chưa công bố được" in listed


def test_copy_makes_a_draft_of_next_year(librarian, open_day, running):
    this_year = timezone.localdate(running.starts_at).year  # just after New Year it began in the old one
    form = librarian.get(of("activity-copy", open_day)).text
    assert f'value="{this_year + 1}"' in form
    assert f'value="{this_year}"' not in form  # the same days again would stand on themselves

    response = librarian.post(of("activity-copy", open_day), {"to_year": str(this_year + 1)}, follow=True)

    copy = Activity.objects.get(status=ActivityStatus.DRAFT)
    assert copy.copied_from == open_day
    assert copy.sessions.get().starts_at - running.starts_at == dt.timedelta(weeks=52)
    assert "Chép từ" in response.content.decode()
    assert librarian.post(of("activity-copy", open_day), {"to_year": "1999"}).status_code == 422
    librarian.post(of("activity-copy", open_day), {"to_year": ""})
    assert Activity.objects.filter(sessions=None).count() == 1


@pytest.mark.parametrize("age", [4, 12])
def test_copy_of_an_old_activity_offers_the_years_to_come(librarian, open_day, age):
    this_year = timezone.localdate().year
    old = timezone.localtime().replace(year=this_year - age, month=6, day=15, hour=8)
    SessionFactory(activity=open_day, number=7, starts_at=old)
    form = librarian.get(of("activity-copy", open_day)).context["form"]
    assert [value for value, _words in form.fields["to_year"].choices] == [*range(this_year, this_year + 4), ""]

    for year in (this_year, this_year + 1):
        assert librarian.post(of("activity-copy", open_day), {"to_year": str(year)}).status_code == 302
    copies = Activity.objects.filter(copied_from=open_day)
    assert [copy.sessions.get().held_on.year for copy in copies if copy.sessions.exists()][-1] == this_year + 1


def test_copy_of_a_series_says_which_sessions_were_left_out_and_why(librarian, club, library_of_bac_kan):
    room = Room.objects.create(institution=library_of_bac_kan, name="Phòng đọc", capacity=40)
    first = timezone.localdate() + dt.timedelta(days=7)
    new = NewSchedule(
        repeat=Repeat(every="weekly", weekdays=(first.weekday(),)),
        starts_on=first,
        until=first + dt.timedelta(weeks=3),
        starts=dt.time(8),
        minutes=90,
        room=room,
    )
    create_schedule(club, new=new, by=None, at=timezone.now())
    SessionFactory(
        activity=ActivityFactory(institution=library_of_bac_kan, title="Lớp <i>tin</i> học"),
        room=room,
        starts_at=timezone.make_aware(dt.datetime.combine(first + dt.timedelta(weeks=53), dt.time(9))),
    )

    response = librarian.post(of("activity-copy", club), {"to_year": str(first.year + 1)}, follow=True)

    page = response.content.decode()
    assert "1 buổi chưa lập được." in page
    assert "Lớp &lt;i&gt;tin&lt;/i&gt; học" in page
    assert day_short(first + dt.timedelta(weeks=53)) in page
    assert Activity.objects.get(status=ActivityStatus.DRAFT).sessions.count() == 3


# --- Clubs ---


def test_clubs_are_listed_with_their_life(librarian, stranger, club):
    for weeks in range(1, 5):
        starts = timezone.now() - dt.timedelta(weeks=weeks)
        SessionFactory(
            activity=club, starts_at=starts, status=SessionStatus.CLOSED, closed_at=starts, attended=12, revision=1
        )
    Contributor.objects.create(
        institution=club.institution, activity=club, role="leader", name="Cô Thu", phone="0912345678"
    )

    page = librarian.get(CLUBS).content.decode()
    assert "Sôi nổi" in page
    assert "họp 4/4 lần gần nhất theo lịch; thường có 12 người" in page
    assert "Cô Thu" in page
    assert "Câu lạc bộ bạn đọc" not in stranger.get(CLUBS).content.decode()
    public = Client().get(reverse("portal:activities-activity-detail", args=[club.pk])).content.decode()
    assert "họp 4/4 lần gần nhất" in public
    assert "0912345678" not in public


def test_clubs_need_the_same_queries_for_one_and_for_three(librarian, club, django_assert_num_queries):
    librarian.get(CLUBS)
    for _more in range(2):
        with django_assert_num_queries(9):
            librarian.get(CLUBS)
        for _n in range(2):
            more = ActivityFactory(institution=club.institution, kind="club")
            Schedule.objects.create(
                institution=club.institution,
                activity=more,
                rule="FREQ=WEEKLY;BYDAY=SA",
                starts_on=dt.date(2026, 1, 3),
                until=dt.date(2026, 12, 26),
                starts=dt.time(8),
                minutes=60,
                created_at=timezone.now(),
            )


def test_clubs_are_closed_to_a_reader(client, reader):
    client.force_login(reader)
    assert client.get(CLUBS).status_code == 403


def test_detail_shows_equipment_and_rules_with_the_same_queries(librarian, club, rule, django_assert_num_queries):
    librarian.post(of("schedule-create", club), {**rule, "save": "1"})
    librarian.get(of("activity-detail", club))
    with django_assert_num_queries(27):  # as for others, and two for the club's life
        librarian.get(of("activity-detail", club))
    SessionFactory(activity=club, number=50, starts_at=timezone.now() + dt.timedelta(days=60))
    with django_assert_num_queries(27):
        librarian.get(of("activity-detail", club))


def test_unknown_rules_and_activities_are_not_found(librarian):
    for name in ("schedule-create", "schedule-edit", "schedule-extend", "activity-copy"):
        assert librarian.get(reverse(f"workspace:activities-{name}", args=[uuid.uuid4()])).status_code == 404
