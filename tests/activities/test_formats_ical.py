import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.formats.ical import Meeting, meeting_with, render_calendar
from hocsuotdoi.ledger.enums import Channel
from tests.factories.activities import RegistrationFactory, local

CHANGED = local(2026, 11, 20)
LONG = "Hội thi đọc sách “Nghìn lẻ một cuốn sách hay” của thiếu nhi các dân tộc Tày, Nùng, Dao ở phường Bắc Kạn 😀"


def text_of(*meetings, **options) -> bytes:
    return render_calendar(meetings, name="Lịch", **options)


def event(meeting):
    (found,) = Calendar.from_ical(text_of(meeting)).walk("VEVENT")
    return found


def meeting(session, **fields):
    return Meeting(session, url="https://hoc.vn/x/", changed_at=CHANGED, **fields)


def test_a_meeting_says_what_when_and_where(morning, room):
    morning.room, morning.street, morning.place_name = room, "Tổ 5", "Phường Bắc Kạn"

    found = event(meeting(morning))

    assert found["summary"] == "Ngày hội đọc sách"
    assert found.decoded("dtstart") == morning.starts_at
    assert found.decoded("dtend") == morning.ends_at
    assert found["location"] == "Phòng đọc, Thư viện phường Bắc Kạn, Tổ 5, Phường Bắc Kạn"
    assert (found["url"], found["status"], found["sequence"]) == ("https://hoc.vn/x/", "CONFIRMED", 0)
    assert found.decoded("dtstamp") == found.decoded("last-modified") == CHANGED


def test_times_are_those_of_viet_nam_with_its_zone(morning):
    text = text_of(meeting(morning)).decode()

    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20261123T080000" in text
    (zone,) = Calendar.from_ical(text).walk("VTIMEZONE")
    (standard,) = zone.walk("STANDARD")
    assert zone["tzid"] == "Asia/Ho_Chi_Minh"
    assert standard.decoded("tzoffsetto") == dt.timedelta(hours=7)
    assert "TZOFFSETTO:+0700" in text


def test_moving_keeps_the_uid_and_raises_the_sequence(morning):
    before = event(meeting(morning))
    morning.starts_at = local(2026, 11, 23, 9)

    after = event(meeting(morning, changes=1))

    assert before["uid"] == after["uid"] == f"{morning.pk}@hocsuotdoi"
    assert (before["sequence"], after["sequence"]) == (0, 1)


@pytest.mark.parametrize("what", ["session", "activity", "mine"])
def test_what_is_cancelled_says_so(morning, what):
    morning.cancel_reason = "Mưa lũ"
    if what == "session":
        morning.status = SessionStatus.CANCELLED
    elif what == "activity":
        morning.activity.status = ActivityStatus.CANCELLED

    found = event(meeting(morning, is_off=what == "mine"))

    assert (found["status"], found["transp"]) == ("CANCELLED", "TRANSPARENT")
    assert found["summary"] == "Đã hủy: Ngày hội đọc sách"


def test_ticket_and_feed_tell_of_one_event(morning):
    registration = RegistrationFactory(session=morning, created_at=local(2026, 11, 1))

    mine = event(meeting_with(registration, url="https://hoc.vn/x/", changes=2, changed_at=CHANGED))
    everybodys = event(meeting(morning, changes=2))

    same = ("uid", "sequence", "status", "dtstamp", "dtstart", "dtend", "summary", "location", "categories")
    assert [mine[name] for name in same] == [everybodys[name] for name in same]
    assert (mine["transp"], everybodys["transp"]) == ("OPAQUE", "TRANSPARENT")
    assert registration.code_shown in mine["description"]
    assert registration.code_shown not in everybodys["description"]


def test_who_cancels_and_registers_again_is_told_last_that_they_come(morning):
    first = RegistrationFactory(session=morning, status="cancelled", cancelled_at=local(2026, 11, 21))
    again = RegistrationFactory(session=morning, created_at=local(2026, 11, 22))

    off, on = (event(meeting_with(each, url="u", changes=0, changed_at=CHANGED)) for each in (first, again))

    assert (off["uid"], off["sequence"]) == (on["uid"], on["sequence"])
    assert (off["status"], on["status"]) == ("CANCELLED", "CONFIRMED")
    assert off.decoded("dtstamp") < on.decoded("dtstamp")


def test_online_meeting_is_online(morning):
    morning.channel = Channel.ONLINE
    assert event(meeting(morning))["location"] == "Trực tuyến"


def test_words_that_mean_something_to_a_calendar_stay_words(morning):
    morning.activity.title = "Đọc; viết, và\nBEGIN:VALARM"

    assert "\nBEGIN:VALARM" not in text_of(meeting(morning)).decode()
    assert event(meeting(morning))["summary"] == "Đọc; viết, và\nBEGIN:VALARM"


def test_lines_end_and_are_folded_as_the_standard_says(morning):
    morning.activity.title, morning.activity.description = LONG, f"{LONG}\n" * 20

    text = text_of(meeting(morning), url="https://hoc.vn/", is_followed=True)

    assert text.endswith(b"\r\n")
    lines = text.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:  # no letter of several bytes is torn apart
        line.decode()
    assert event(meeting(morning))["summary"] == LONG


def test_followed_calendar_says_when_to_ask_again(morning):
    book = Calendar.from_ical(text_of(meeting(morning), url="https://hoc.vn/", is_followed=True))

    assert book.decoded("refresh-interval") == dt.timedelta(hours=6)
    assert (book["version"], book["method"], book["calscale"]) == ("2.0", "PUBLISH", "GREGORIAN")


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_any_title_comes_back_as_it_was(morning, title):
    morning.activity.title = title
    assert event(meeting(morning))["summary"] == title
