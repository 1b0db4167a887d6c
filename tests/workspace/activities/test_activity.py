import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Activity, Question, Session
from hocsuotdoi.core.vietnamese import search_text
from hocsuotdoi.places.models import Room
from hocsuotdoi.workspace.activities.forms import SessionForm
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory, local

LIST = reverse("workspace:activities-activity-list")
CREATE = reverse("workspace:activities-activity-create")


def of(name: str, thing) -> str:
    return reverse(f"workspace:activities-{name}", args=[thing.pk])


def soon(days: int = 7) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


@pytest.fixture
def filled():
    return {
        "title": "Ngày hội đọc sách chào mừng 23/11",
        "kind": "reading_day",
        "themes": ["reading", "heritage"],
        "audience": "pupils",
        "observance": "heritage_day",
        "description": "Đọc sách về di sản.",
        "sessions-TOTAL_FORMS": "1",
        "sessions-INITIAL_FORMS": "0",
        "sessions-0-day": soon(),
        "sessions-0-starts": "08:00",
        "sessions-0-ends": "10:00",
        "sessions-0-channel": "on_site",
        "sessions-0-room": "",
        "sessions-0-venue": "",
        "sessions-0-capacity": "40",
    }


def test_list_shows_each_tab_to_the_staff(librarian, running, draft):
    assert "Ngày hội đọc sách" in librarian.get(LIST).content.decode()
    assert "Lớp tin học" in librarian.get(LIST, {"tab": "drafts"}).content.decode()
    for tab in ("to_close", "held", "cancelled"):
        assert 'class="empty"' in librarian.get(LIST, {"tab": tab}).content.decode()


def test_list_shows_nothing_of_another_institution(stranger, running, draft):
    for tab in ("upcoming", "drafts"):
        page = stranger.get(LIST, {"tab": tab}).content.decode()
        assert "Ngày hội đọc sách" not in page
        assert "Lớp tin học" not in page


def test_list_shows_the_auditor_everything_without_a_way_to_create(inspector, running):
    page = inspector.get(LIST).content.decode()

    assert "Ngày hội đọc sách" in page
    assert CREATE not in page


def test_list_is_closed_to_a_reader_and_to_nobody(client, reader, running):
    assert client.get(LIST).status_code == 302
    client.force_login(reader)
    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize("query", [{"tab": "x"}, {"page": "999"}, {"page": "x"}])
def test_list_with_a_bad_address_still_answers(librarian, running, query):
    assert librarian.get(LIST, query).status_code == 200


def test_list_needs_the_same_queries_for_one_and_for_three_sessions(librarian, running, django_assert_num_queries):
    librarian.get(LIST)
    for _more in range(2):
        with django_assert_num_queries(6):  # session, person, permissions, two counts, the rows
            librarian.get(LIST)
        SessionFactory(activity=running.activity, starts_at=running.starts_at)
        SessionFactory(activity=running.activity, starts_at=running.starts_at)


def test_creating_makes_a_draft(librarian, library_of_bac_kan, librarian_of_bac_kan, filled):
    response = librarian.post(CREATE, filled)

    activity = Activity.objects.get()
    session = activity.sessions.get()
    assert response.url == of("activity-detail", activity)
    assert (activity.institution, activity.status) == (library_of_bac_kan, ActivityStatus.DRAFT)
    assert (activity.themes, activity.created_by) == (["heritage", "reading"], librarian_of_bac_kan.pk)
    assert (timezone.localtime(session.starts_at).isoformat()[:16], session.capacity) == (f"{soon()}T08:00", 40)


def test_row_that_was_emptied_again_is_no_session(librarian, filled):
    response = librarian.post(CREATE, filled | {"sessions-TOTAL_FORMS": "2", "sessions-1-channel": "on_site"})

    assert response.status_code == 302
    assert Session.objects.count() == 1


def test_one_more_session_after_the_last_day_there_is_has_no_day(librarian, filled):
    response = librarian.post(CREATE, filled | {"sessions-0-day": "9999-12-31", "more": "1"})

    assert response.status_code == 200
    assert 'value="9999-12-31"' in response.content.decode()


def test_creating_with_one_more_session_shows_a_row_a_week_later_and_saves_nothing(librarian, filled):
    page = librarian.post(CREATE, {**filled, "more": "1"}).content.decode()

    assert f'value="{soon(14)}"' in page
    assert 'name="sessions-1-day"' in page
    assert "23/11" in page
    assert 'role="alert"' not in page
    assert not Activity.objects.exists()


def test_creating_with_two_sessions_makes_both(librarian, filled):
    second = {key.replace("-0-", "-1-"): value for key, value in filled.items() if key.startswith("sessions-0-")}
    both = {**filled, **second, "sessions-1-day": soon(14), "sessions-TOTAL_FORMS": "2"}

    librarian.post(CREATE, both)

    assert list(Session.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_creating_in_a_room_without_places_takes_those_of_the_room(librarian, library_of_bac_kan, filled):
    room = Room.objects.create(institution=library_of_bac_kan, name="Phòng đọc", capacity=25)

    librarian.post(CREATE, {**filled, "sessions-0-room": str(room.pk), "sessions-0-capacity": ""})

    assert Session.objects.get().capacity == 25


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", "<img src=x onerror=alert(1)>"),
        ("title", "🎉"),
        ("kind", "picnic"),
        ("themes", ["magic"]),
        ("audience", ""),
        ("observance", "my_birthday"),
        ("description", "x" * 5001),
        ("sessions-0-day", ""),
        ("sessions-0-day", "mai"),
        ("sessions-0-day", "2020-01-01"),
        ("sessions-0-day", "2026-02-31"),
        ("sessions-0-starts", "sáng"),
        ("sessions-0-ends", "07:00"),
        ("sessions-0-ends", "25:00"),
        ("sessions-0-last_day", "2020-01-01"),
        ("sessions-0-channel", "telepathy"),
        ("sessions-0-room", "99999999"),
        ("sessions-0-room", "phòng"),
        ("sessions-0-venue", "<b>sân</b>"),
        ("sessions-0-venue", "x" * 201),
        ("sessions-0-capacity", "-1"),
        ("sessions-0-capacity", "nhiều"),
        ("sessions-0-capacity", "9" * 30),
        ("sessions-TOTAL_FORMS", "0"),
        ("sessions-TOTAL_FORMS", "1000"),
        ("sessions-TOTAL_FORMS", "x"),
    ],
)
def test_creating_with_a_bad_value_says_so_and_changes_nothing(librarian, filled, field, value):
    response = librarian.post(CREATE, {**filled, field: value})

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert "<img src=x" not in response.content.decode()
    assert not Activity.objects.exists()
    assert not Session.objects.exists()


def test_creating_in_a_room_of_another_institution_changes_nothing(librarian, library_of_duc_xuan, filled):
    room = Room.objects.create(institution=library_of_duc_xuan, name="Hội trường", capacity=100)

    assert librarian.post(CREATE, {**filled, "sessions-0-room": str(room.pk)}).status_code == 422
    assert not Activity.objects.exists()


def test_creating_at_another_institution_is_not_found(librarian, library_of_duc_xuan, filled):
    response = librarian.post(f"{CREATE}?institution={library_of_duc_xuan.code}", filled)

    assert response.status_code == 404
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("starts", "ends", "last_day", "lasts"),
    [
        ("19:00", "00:30", "", dt.timedelta(hours=5, minutes=30)),
        ("19:00", "00:30", "next", dt.timedelta(hours=5, minutes=30)),
        ("20:00", "12:00", "", dt.timedelta(hours=16)),
        ("20:00", "13:00", "next", dt.timedelta(hours=17)),
    ],
)
def test_an_end_before_the_start_is_the_next_days(librarian, filled, starts, ends, last_day, lasts):
    next_day = str(dt.date.fromisoformat(filled["sessions-0-day"]) + dt.timedelta(days=1))
    times = {"sessions-0-starts": starts, "sessions-0-ends": ends, "sessions-0-last_day": next_day if last_day else ""}
    page = librarian.get(CREATE).content.decode()
    assert "Sớm hơn giờ bắt đầu: kết thúc vào hôm sau" in page

    librarian.post(CREATE, {**filled, **times})

    session = Session.objects.get()
    assert session.ends_at - session.starts_at == lasts
    form = SessionForm(institution=session.institution, initial=SessionForm.values_of(session))
    again = SessionForm(
        {name: "" if form[name].value() is None else form[name].value() for name in form.fields},
        institution=session.institution,
    )
    assert again.is_valid(), again.errors
    assert again.values()["ends_at"] == session.ends_at


def test_a_night_that_would_be_most_of_a_day_is_asked_about(librarian, filled):
    response = librarian.post(CREATE, {**filled, "sessions-0-starts": "08:00", "sessions-0-ends": "07:00"})

    assert response.status_code == 422
    assert "nếu kéo sang hôm sau thì dài 23 giờ" in response.content.decode()
    assert not Session.objects.exists()


def test_creating_with_several_institutions_asks_which(
    client, province_officer, library_of_bac_kan, library_of_duc_xuan, filled
):
    for library in (library_of_bac_kan, library_of_duc_xuan):
        library.search_text = search_text(library.name)
        library.save()
    client.force_login(province_officer)

    page = client.get(CREATE).content.decode()
    assert "Thư viện phường Bắc Kạn" in page
    assert "Thư viện phường Đức Xuân" in page
    assert "Thư viện phường Bắc Kạn" not in client.get(CREATE, {"q": "duc xuân"}).content.decode()
    client.post(f"{CREATE}?institution={library_of_duc_xuan.code}", filled)

    assert Activity.objects.get().institution == library_of_duc_xuan


def test_creating_is_closed_to_the_auditor(inspector, filled):
    assert inspector.get(CREATE).status_code == 403
    assert inspector.post(CREATE, filled).status_code == 403
    assert not Activity.objects.exists()


def test_publishing_shows_it_to_everybody(librarian, draft):
    librarian.post(of("activity-publish", draft))

    draft.refresh_from_db()
    assert draft.status == ActivityStatus.PUBLISHED
    public = reverse("portal:activities-activity-detail", args=[draft.pk])
    assert Client().get(public).status_code == 200


def test_publishing_twice_says_why_not(librarian, open_day, running):
    page = librarian.post(of("activity-publish", open_day), follow=True).content.decode()

    assert 'role="alert"' in page


def test_editing_changes_the_activity(librarian, open_day):
    url = of("activity-edit", open_day)
    assert "Ngày hội đọc sách" in librarian.get(url).content.decode()

    librarian.post(url, {"title": "Ngày sách", "kind": "talk", "audience": "adults", "themes": ["law"]})

    open_day.refresh_from_db()
    assert (open_day.title, open_day.kind, open_day.themes) == ("Ngày sách", "talk", ["law"])


def test_editing_with_a_bad_title_changes_nothing(librarian, open_day):
    response = librarian.post(of("activity-edit", open_day), {"title": "<>", "kind": "talk", "audience": "adults"})

    open_day.refresh_from_db()
    assert response.status_code == 422
    assert open_day.title == "Ngày hội đọc sách"


def test_cancelling_asks_for_the_reason_and_warns_of_those_registered(librarian, open_day, running):
    RegistrationFactory(session=running, group_size=4)
    url = of("activity-cancel", open_day)

    assert "Đã có 4 người đăng ký và sẽ được báo" in librarian.get(url).text
    assert librarian.post(url, {"reason": ""}).status_code == 422
    librarian.post(url, {"reason": "Bão số 10"})

    open_day.refresh_from_db()
    running.refresh_from_db()
    assert (open_day.status, running.status) == (ActivityStatus.CANCELLED, SessionStatus.CANCELLED)


def test_adding_a_session_gives_it_the_next_number(librarian, open_day, running):
    data = {"day": soon(), "starts": "14:00", "ends": "16:00", "channel": "online"}

    librarian.post(of("session-create", open_day), data)

    assert open_day.sessions.get(number=2).channel == "online"


def test_changing_a_session_below_what_is_taken_says_so(librarian, running):
    RegistrationFactory(session=running, group_size=4)
    url = of("session-edit", running)
    starts = timezone.localtime(running.starts_at)
    data = {
        "day": starts.date().isoformat(),
        "starts": starts.strftime("%H:%M"),
        "ends": "23:59",
        "channel": "on_site",
        "capacity": "3",
    }
    assert librarian.get(url).status_code == 200

    response = librarian.post(url, data)

    running.refresh_from_db()
    assert response.status_code == 422
    assert running.capacity == 20


def test_cancelling_a_session_leaves_the_activity(librarian, open_day, running):
    url = of("session-cancel", running)
    assert librarian.get(url).status_code == 200

    librarian.post(url, {"reason": "Mất điện"})

    running.refresh_from_db()
    open_day.refresh_from_db()
    assert (running.status, open_day.status) == (SessionStatus.CANCELLED, ActivityStatus.PUBLISHED)


def test_detail_shows_what_can_be_done(librarian, open_day, running):
    page = librarian.get(of("activity-detail", open_day)).content.decode()

    assert of("session-roll", running) in page
    assert of("session-edit", running) in page


def test_detail_shows_the_auditor_no_way_to_change(inspector, open_day, running):
    page = inspector.get(of("activity-detail", open_day)).content.decode()

    assert of("session-sheet", running) in page
    assert of("session-roll", running) not in page
    assert of("session-edit", running) not in page
    assert of("activity-edit", open_day) not in page


def test_detail_says_how_people_join_and_what_they_are_asked(librarian, open_day, running):
    page = librarian.get(of("activity-detail", open_day)).text
    assert "Ngay khi đăng" in page
    assert "Khi buổi kết thúc" in page
    assert "Tối đa 50 chỗ" in page
    assert "Không hỏi gì" in page

    Activity.objects.update(
        joining_opens_at=local(2026, 11, 20, 8), joining_closes_hours=24, places_each=4, waiting_rule="in_order"
    )
    Question.objects.create(
        activity=open_day, institution_id=open_day.institution_id, text="Có mang màu vẽ không?", is_required=True
    )
    page = librarian.get(of("activity-detail", open_day)).text
    assert "24 giờ trước khi bắt đầu" in page
    assert "Tối đa 4 chỗ" in page
    assert "Chỗ mời được giữ nhiều nhất 24 giờ" in page
    assert "Có mang màu vẽ không?" in page
    assert "bắt buộc trả lời" in page

    Activity.objects.update(joining_closes_hours=72, offer_hours=336)
    page = librarian.get(of("activity-detail", open_day)).text
    assert "3 ngày trước khi bắt đầu" in page
    assert "Chỗ mời được giữ nhiều nhất 14 ngày" in page

    Activity.objects.update(joining="just_come")
    page = librarian.get(of("activity-detail", open_day)).text
    assert "24 giờ trước khi bắt đầu" not in page


def test_detail_of_a_long_series_folds_what_was_and_what_is_far(librarian, open_day, running):
    now = timezone.now()
    closed = SessionFactory(
        activity=open_day,
        starts_at=now - dt.timedelta(days=9),
        status=SessionStatus.CLOSED,
        closed_at=now,
        attended=3,
        revision=1,
    )
    forgotten = SessionFactory(activity=open_day, starts_at=now - dt.timedelta(days=2))
    for week in range(1, 9):
        SessionFactory(activity=open_day, starts_at=now + dt.timedelta(weeks=week))

    rows = librarian.get(of("activity-detail", open_day)).context["rows"]

    assert [row.session for row in rows.past] == [closed]
    assert [row.session for row in rows.first[:2]] == [forgotten, running]
    assert (len(rows.first), len(rows.later)) == (7, 3)
    assert [row.waits_to_be_closed for row in rows.first[:2]] == [True, False]
    assert [row.main[1] for row in rows.first[:2]] == [of("session-roll", one) for one in (forgotten, running)]
    assert {row.main[1] for row in rows.later} == {of("registration-list", row.session) for row in rows.later}
    assert all(of("session-roll", row.session) == row.others[0][1] for row in rows.later)


def test_detail_where_all_is_over_shows_what_was_unfolded(librarian, open_day, running):
    Session.objects.update(status=SessionStatus.CANCELLED, cancel_reason="Mưa", starts_at=local(2026, 1, 5, 8))
    Session.objects.update(ends_at=local(2026, 1, 5, 10))

    page = librarian.get(of("activity-detail", open_day))

    assert page.context["rows"].first == []
    assert re.search(r"<details open>\s*<summary>1 buổi đã qua", page.text)


def test_detail_needs_the_same_queries_for_one_and_for_three_sessions(
    librarian, open_day, running, django_assert_num_queries
):
    librarian.get(of("activity-detail", open_day))
    for _more in range(2):
        # page with questions and person, three for each of four permissions, four for how it went
        with django_assert_num_queries(25):
            librarian.get(of("activity-detail", open_day))
        SessionFactory(activity=open_day, starts_at=running.starts_at)
        SessionFactory(activity=open_day, starts_at=running.starts_at)


@pytest.mark.parametrize("name", ["activity-edit", "activity-cancel", "session-create"])
def test_published_activity_of_another_institution_is_forbidden(stranger, inspector, open_day, running, name):
    for client in (stranger, inspector):
        assert client.get(of(name, open_day)).status_code == 403
        assert client.post(of(name, open_day), {"reason": "x", "title": "x"}).status_code == 403
    open_day.refresh_from_db()
    assert (open_day.title, open_day.status) == ("Ngày hội đọc sách", ActivityStatus.PUBLISHED)


@pytest.mark.parametrize("name", ["session-edit", "session-cancel"])
def test_session_of_another_institution_is_forbidden(stranger, inspector, running, name):
    for client in (stranger, inspector):
        assert client.get(of(name, running)).status_code == 403
        assert client.post(of(name, running), {"reason": "x"}).status_code == 403
    running.refresh_from_db()
    assert running.status == SessionStatus.PLANNED


@pytest.mark.parametrize("name", ["activity-detail", "activity-edit", "activity-cancel", "session-create"])
def test_draft_of_another_institution_is_not_found(stranger, draft, name):
    assert stranger.get(of(name, draft)).status_code == 404


def test_draft_of_another_institution_cannot_be_published(stranger, inspector, draft):
    assert stranger.post(of("activity-publish", draft)).status_code == 404
    assert inspector.post(of("activity-publish", draft)).status_code == 403
    draft.refresh_from_db()
    assert draft.status == ActivityStatus.DRAFT


def test_detail_of_a_published_activity_elsewhere_is_forbidden(stranger, open_day):
    assert stranger.get(of("activity-detail", open_day)).status_code == 403


def test_sample_activity_is_marked_wherever_it_is_shown(librarian, library_of_bac_kan):
    sample = ActivityFactory(institution=library_of_bac_kan, title="Ngày sách (mẫu)", is_sample=True)
    SessionFactory(activity=sample, starts_at=timezone.now() + dt.timedelta(days=1))

    for url in (LIST, of("activity-detail", sample), of("activity-edit", sample)):
        assert "sample" in librarian.get(url).content.decode()


def test_form_marks_what_must_be_filled_in_and_folds_the_rest(librarian, library_of_bac_kan):
    Room.objects.create(institution=library_of_bac_kan, name="Phòng đọc", capacity=30)
    page = librarian.get(CREATE).content.decode()

    assert "Chỉ cần điền các ô có dấu *." in page
    assert "(không bắt buộc)" not in page
    assert '<details class="more">' in page


def test_form_unfolds_what_was_filled_in(librarian, library_of_bac_kan, filled):
    Room.objects.create(institution=library_of_bac_kan, name="Phòng đọc", capacity=30)
    page = librarian.post(CREATE, {**filled, "title": "", "sessions-0-channel": "online"}).content.decode()

    assert '<details class="more" open>' in page
