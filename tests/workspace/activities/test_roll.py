import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.roll import add_walk_in, close_session, mark_attendance, set_tally
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.ledger.models import Entry
from tests.factories.activities import AttendanceFactory, RatingFactory, RegistrationFactory, SessionFactory


def of(name: str, session: Session) -> str:
    return reverse(f"workspace:activities-session-{name}", args=[session.pk])


def sent(*registrations, here=(), was=None, **more) -> dict:
    """The form as a browser sends it: every line, what it said before, and what is ticked."""
    was = was or {}
    lines = {f"was-{r.pk}": was.get(r.pk, "") for r in registrations}
    return {"line": [str(r.pk) for r in registrations], "here": [str(r.pk) for r in here], **lines, **more}


def test_roll_shows_everybody_registered(librarian, running, mai, family):
    page = librarian.get(of("roll", running)).content.decode()

    assert "Lý Thị Mai" in page
    assert f'name="here-{family.pk}"' in page
    assert 'name="tally-female-6-10"' in page


def test_saving_the_whole_form_keeps_every_tick(librarian, running, mai, family, librarian_of_bac_kan):
    data = sent(mai, family, here=[mai], **{f"here-{family.pk}": "3", "tally-male-60+": "2", "was-tally-male-60+": ""})

    response = librarian.post(of("roll", running), data)

    roll = roll_of(running)
    assert response.url == of("roll", running)
    assert [(line.name, line.present) for line in roll.lines] == [("Lý Thị Mai", 1), ("Gia đình anh Páo", 3)]
    assert roll.tally == {("male", "60+"): 2}
    assert running.attendances.get(pk=mai.pk).marked_by == librarian_of_bac_kan.pk


def test_line_that_nobody_touched_stays_not_called(librarian, running, mai, family):
    librarian.post(of("roll", running), sent(mai, family, here=[mai], **{f"here-{family.pk}": "0"}))

    assert [line.present for line in roll_of(running).lines] == [1, None]


def test_all_present_then_untick_one(librarian, running, mai, family):
    url = of("roll", running)

    librarian.post(url, sent(mai, family, act="all_present", **{f"here-{family.pk}": "0"}))
    librarian.post(url, sent(mai, family, was={mai.pk: "1", family.pk: "4"}, act="save", **{f"here-{family.pk}": "4"}))

    assert [line.present for line in roll_of(running).lines] == [0, 4]


def test_two_phones_do_not_undo_each_other(librarian, running, mai, family):
    """The second form was made before the first tick: it says nothing about Mai, so Mai stays ticked."""
    url = of("roll", running)

    librarian.post(url, sent(mai, family, here=[mai], **{f"here-{family.pk}": "0"}))
    librarian.post(url, sent(mai, family, **{f"here-{family.pk}": "4"}))

    assert [line.present for line in roll_of(running).lines] == [1, 4]


def test_tick_by_htmx_is_saved_without_a_new_page(librarian, running, mai):
    response = librarian.post(of("roll", running), sent(mai, here=[mai]), headers={"HX-Request": "true"})

    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="roll-saved"' in page
    assert "<html" not in page
    assert f'name="was-{mai.pk}" value="1"' in page
    assert roll_of(running).people == 1


def test_tick_by_htmx_does_not_take_a_name_that_is_still_being_typed(librarian, running, mai):
    data = sent(mai, here=[mai], walk_in_name="Bàn Vă", walk_in_key=str(uuid.uuid4()))

    librarian.post(of("roll", running), data, headers={"HX-Request": "true"})

    assert [line.name for line in roll_of(running).lines] == ["Lý Thị Mai"]


def test_walk_in_is_added_once_with_the_ticks(librarian, running, mai):
    data = sent(
        mai,
        here=[mai],
        act="walk_in",
        walk_in_name="Bàn Văn Páo",
        walk_in_sex="male",
        walk_in_age="60+",
        walk_in_key=str(uuid.uuid4()),
    )

    librarian.post(of("roll", running), data)
    librarian.post(of("roll", running), data)

    assert [(line.name, line.present, line.sex) for line in roll_of(running).lines] == [
        ("Lý Thị Mai", 1, None),
        ("Bàn Văn Páo", 1, "male"),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        {"tally-female-6-10": "-1"},
        {"tally-female-6-10": "nhiều"},
        {"tally-female-6-10": "1.5"},
        {"tally-female-6-10": "99999"},
        {"tally-female-6-10": "9" * 50},
        {"tally-female-6-10": "٣"},
        {"tally-female-6-10": "<b>"},
        {"act": "walk_in", "walk_in_name": ""},
        {"act": "walk_in", "walk_in_name": "x" * 121},
        {"act": "walk_in", "walk_in_name": "<script>alert(1)</script>"},
        {"act": "walk_in", "walk_in_name": "😀"},
        {"act": "walk_in", "walk_in_name": "Páo", "walk_in_sex": "robot"},
        {"act": "walk_in", "walk_in_name": "Páo", "walk_in_age": "200"},
    ],
)
def test_roll_with_a_bad_value_says_so_and_changes_nothing(librarian, running, mai, bad):
    response = librarian.post(of("roll", running), sent(mai, here=[mai], **bad))

    page = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in page
    assert "<script>alert" not in page
    assert "checked" in page  # the tick is still there, to be sent again
    assert roll_of(running).is_untouched


@pytest.mark.parametrize("people", ["5", "-1", "x"])
def test_group_with_a_bad_number_says_so_and_changes_nothing(librarian, running, family, people):
    response = librarian.post(of("roll", running), sent(family, **{f"here-{family.pk}": people}))

    assert response.status_code == 422
    assert roll_of(running).is_untouched


def test_line_of_another_session_is_ignored(librarian, running, mai):
    elsewhere = AttendanceFactory(session=SessionFactory(activity=running.activity), present=None)

    librarian.post(of("roll", running), sent(mai, elsewhere, here=[mai, elsewhere]))

    elsewhere.refresh_from_db()
    assert elsewhere.present is None
    assert roll_of(running).people == 1


def test_roll_before_its_time_says_when_it_opens_and_takes_nothing(librarian, running, mai):
    Session.objects.filter(pk=running.pk).update(
        starts_at=timezone.now() + dt.timedelta(days=2), ends_at=timezone.now() + dt.timedelta(days=2, hours=1)
    )

    assert librarian.get(of("roll", running)).status_code == 200
    assert librarian.post(of("roll", running), sent(mai, here=[mai])).status_code == 422
    assert roll_of(running).is_untouched


def test_closing_shows_what_will_be_counted_first(librarian, running, mai, family):
    response = librarian.post(
        of("roll", running), sent(mai, family, here=[mai], act="close", **{f"here-{family.pk}": "3"})
    )
    assert response.url == of("close", running)

    page = librarian.get(response.url).content.decode()

    assert ">4<" in page
    running.refresh_from_db()
    assert running.status == SessionStatus.PLANNED


def test_closing_counts_and_leads_to_the_sheet(librarian, running, mai):
    librarian.post(of("roll", running), sent(mai, here=[mai]))

    response = librarian.post(of("close", running))

    running.refresh_from_db()
    assert response.url == of("sheet", running)
    assert (running.status, running.attended) == (SessionStatus.CLOSED, 1)
    assert Entry.objects.filter(measure="programme_attendance").count() == 1


def test_closing_an_untouched_roll_needs_a_word_for_it(librarian, running, mai):
    librarian.post(of("close", running))
    running.refresh_from_db()
    assert running.status == SessionStatus.PLANNED

    librarian.post(of("close", running), {"nobody_came": "1"})

    running.refresh_from_db()
    assert (running.status, running.attended) == (SessionStatus.CLOSED, 0)


def test_closing_before_it_started_says_why_not(librarian, running):
    Session.objects.filter(pk=running.pk).update(
        starts_at=timezone.now() + dt.timedelta(minutes=30), ends_at=timezone.now() + dt.timedelta(hours=1)
    )

    assert librarian.get(of("close", running)).status_code == 200
    page = librarian.post(of("close", running), {"nobody_came": "1"}, follow=True).content.decode()

    assert 'role="alert"' in page
    running.refresh_from_db()
    assert running.status == SessionStatus.PLANNED


@pytest.fixture
def closed(running, mai, family):
    now = timezone.now()
    mark_attendance(running, present={mai.pk: 1, family.pk: 4}, by=None, at=now)
    set_tally(running, cells={("female", "6-10"): 12}, by=None, at=now)
    close_session(running, by=None, at=now)
    return running


def test_correcting_counts_again(librarian, closed, mai, family):
    assert librarian.get(of("correct", closed)).status_code == 200
    data = sent(
        mai,
        family,
        here=[mai],
        was={mai.pk: "1", family.pk: "4"},
        reason="Một người về sớm",
        walk_in_name="Bàn Văn Páo",
        walk_in_key=str(uuid.uuid4()),
        **{f"here-{family.pk}": "3", "tally-female-6-10": "10", "was-tally-female-6-10": "12"},
    )

    response = librarian.post(of("correct", closed), data)

    closed.refresh_from_db()
    assert response.url == of("sheet", closed)
    assert (closed.attended, closed.revision) == (15, 2)
    assert "Một người về sớm" in librarian.get(of("sheet", closed)).content.decode()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301, "<b>"])
def test_correcting_without_a_good_reason_changes_nothing(librarian, closed, mai, family, reason):
    data = sent(mai, family, was={mai.pk: "1", family.pk: "4"}, reason=reason, **{f"here-{family.pk}": "4"})

    response = librarian.post(of("correct", closed), data)

    closed.refresh_from_db()
    assert response.status_code == 422
    assert (closed.attended, closed.revision) == (17, 1)


def test_correcting_what_is_not_closed_leads_to_the_roll(librarian, running):
    assert librarian.get(of("correct", running)).url == of("roll", running)


def test_sheet_shows_names_to_staff_and_auditor(librarian, inspector, closed):
    for client in (librarian, inspector):
        page = client.get(of("sheet", closed)).content.decode()
        assert "Lý Thị Mai" in page
        assert ">17<" in page


def test_auditor_reads_the_sheet_but_changes_nothing(inspector, running, mai):
    assert inspector.get(of("sheet", running)).status_code == 200
    for name in ("roll", "close", "correct"):
        assert inspector.get(of(name, running)).status_code == 403
        data = sent(mai, here=[mai], nobody_came="1", reason="x")
        assert inspector.post(of(name, running), data).status_code == 403
    running.refresh_from_db()
    assert running.status == SessionStatus.PLANNED
    assert roll_of(running).is_untouched


def test_staff_of_another_institution_see_no_names_and_change_nothing(stranger, closed, mai):
    for name in ("sheet", "roll", "close", "correct"):
        assert stranger.get(of(name, closed)).status_code == 403
    for name in ("roll", "close", "correct"):
        assert stranger.post(of(name, closed), sent(mai, reason="x")).status_code == 403
    closed.refresh_from_db()
    assert closed.revision == 1


def test_planner_sees_no_names(client, planner, closed):
    client.force_login(planner)

    assert client.get(of("sheet", closed)).status_code == 403


def test_nobody_signed_in_is_led_to_sign_in(client, closed):
    for name in ("sheet", "roll", "close", "correct"):
        assert client.get(of(name, closed)).status_code == 302


@pytest.mark.parametrize(("name", "queries"), [("roll", 12), ("sheet", 18)])
def test_roll_pages_need_the_same_queries_for_one_and_for_three_lines(
    librarian, running, mai, django_assert_num_queries, name, queries
):
    librarian.get(of(name, running))
    for _more in range(2):
        with django_assert_num_queries(queries):
            librarian.get(of(name, running))
        for _line in range(2):
            add_walk_in(running, name="Páo", form_key=uuid.uuid4(), by=None, at=timezone.now())


@pytest.mark.slow
def test_roll_of_a_full_hall_is_saved(librarian, running):
    """Three fields for each line: more than a form of Django takes unless it is told."""
    lines = [AttendanceFactory(session=running) for _person in range(400)]

    response = librarian.post(of("roll", running), sent(*lines, here=lines))

    assert response.status_code == 302
    assert roll_of(running).people == 400


def test_a_list_of_walk_ins_is_added_once_however_often_it_is_sent(librarian, running):
    key = str(uuid.uuid4())
    data = {
        "act": "save",
        "walk_in_key": key,
        "walk_in_list": "1. Lý Thị Mai, nữ, 1961\n\nBàn Văn Páo, nam\nLý Thị Mai\n",
    }

    for _time in range(2):
        assert librarian.post(of("roll", running), data).status_code == 302

    lines = [(line.name, line.present, line.sex, line.age_band) for line in roll_of(running).lines]
    assert lines == [
        ("Lý Thị Mai", 1, "female", "60+"),
        ("Bàn Văn Páo", 1, "male", None),
        ("Lý Thị Mai", 1, None, None),
    ]


def test_a_list_that_cannot_be_read_is_kept_in_the_form_and_adds_nobody(librarian, running):
    typed = "Lý Thị Mai, nữ\nBàn Văn Páo, mèo"
    page = librarian.post(of("roll", running), {"act": "save", "walk_in_list": typed})

    assert (page.status_code, roll_of(running).lines) == (422, [])
    assert typed in page.content.decode()


def test_a_tick_does_not_send_a_list_that_is_still_being_typed(librarian, running, mai):
    data = sent(mai, here=[mai], walk_in_list="Bàn Văn")
    librarian.post(of("roll", running), data, headers={"HX-Request": "true"})
    assert [line.name for line in roll_of(running).lines] == ["Lý Thị Mai"]


def test_viewers_are_counted_where_one_can_follow_on_line(librarian, running):
    assert 'name="viewers"' not in librarian.get(of("roll", running)).content.decode()
    Session.objects.filter(pk=running.pk).update(also_online=True)
    assert 'name="viewers"' in librarian.get(of("roll", running)).content.decode()
    librarian.post(of("roll", running), {"act": "save", "viewers": "31", "was-viewers": ""})
    librarian.post(of("roll", running), {"act": "save", "viewers": "31", "was-viewers": "31"})
    assert roll_of(running).viewers == 31
    assert librarian.post(of("roll", running), {"act": "save", "viewers": "nhiều"}).status_code == 422


def test_note_is_kept_by_those_who_call_the_roll_and_by_nobody_else(librarian, inspector, running):
    url = reverse("workspace:activities-session-note", args=[running.pk])
    assert inspector.post(url, {"note": "Của người kiểm tra"}).status_code == 403
    librarian.post(url, {"note": "Thiếu ghế"})
    librarian.post(url, {"note": "a" * 5001})
    running.refresh_from_db()
    assert running.note == "Thiếu ghế"


def test_sheet_shows_faces_and_words_without_names(librarian, closed):
    RatingFactory(session=closed, words="Cô kể chuyện hay")
    page = librarian.get(of("sheet", closed)).content.decode()
    assert "Cô kể chuyện hay" in page
    assert "faces-counted" in page


def test_the_activitys_page_tells_how_it_went(librarian, closed):
    page = librarian.get(reverse("workspace:activities-activity-detail", args=[closed.activity_id]))
    assert "Kết quả" in page.content.decode()


def test_sheet_that_people_sign_shows_nobody_the_phone_of_another(librarian, running):
    """On the screen of the staff it stands; on paper that goes round it does not."""
    RegistrationFactory(session=running, name="Bàn Văn Páo", phone="0912345678")
    page = librarian.get(of("sheet", running)).text
    assert re.search(r'<td[^>]*class="only-screen"[^>]*>0912345678</td>', page)
    assert 'class="col-phone only-screen"' in page
    assert "table-to-sign" in page


def test_sheet_of_a_closed_session_is_no_paper_to_sign(librarian, closed):
    page = librarian.get(of("sheet", closed)).text
    assert "table-to-sign" not in page
    assert 'class="col-phone"' in page
