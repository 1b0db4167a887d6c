import pytest
from icalendar import Calendar

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.formats.ical import Meeting, render_calendar
from tests.factories.activities import local

STAMP = local(2026, 11, 20)


def event(meeting):
    (found,) = Calendar.from_ical(render_calendar([meeting], name="Lịch", stamped_at=STAMP)).walk("VEVENT")
    return found


def test_a_meeting_says_what_when_and_where(morning, room):
    morning.room = room

    found = event(Meeting(morning, url="https://hoc.vn/x/", address="Tổ 5, phường Bắc Kạn"))

    assert found["summary"] == "Ngày hội đọc sách"
    assert found.decoded("dtstart") == morning.starts_at
    assert found.decoded("dtend") == morning.ends_at
    assert found["location"] == "Phòng đọc, Thư viện phường Bắc Kạn, Tổ 5, phường Bắc Kạn"
    assert (found["url"], found["status"], found["sequence"]) == ("https://hoc.vn/x/", "CONFIRMED", 0)


def test_moving_keeps_the_uid_and_raises_the_sequence(morning):
    before = event(Meeting(morning, url="u"))
    morning.starts_at = local(2026, 11, 23, 9)

    after = event(Meeting(morning, url="u", sequence=1))

    assert before["uid"] == after["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)


@pytest.mark.parametrize("is_off", [True, False])
def test_what_is_cancelled_says_so(morning, is_off):
    if not is_off:
        morning.status = SessionStatus.CANCELLED

    found = event(Meeting(morning, url="u", sequence=1, is_off=is_off))

    assert found["status"] == "CANCELLED"
    assert found["sequence"] == 1 + is_off


def test_words_that_mean_something_to_a_calendar_stay_words(morning):
    morning.activity.title = "Đọc; viết, và\nBEGIN:VALARM"

    text = render_calendar([Meeting(morning, url="u")], name="x", stamped_at=STAMP).decode()

    assert "\nBEGIN:VALARM" not in text
    assert event(Meeting(morning, url="u"))["summary"] == "Đọc; viết, và\nBEGIN:VALARM"
