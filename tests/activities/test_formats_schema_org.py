"""What search engines read, held to what schema.org knows and what Google asks for and recommends."""

import datetime as dt
import json

import pytest

from hocsuotdoi.activities.enums import ContributorRole, SessionStatus
from hocsuotdoi.activities.formats.schema_org import render_events
from hocsuotdoi.activities.models import Contributor, Schedule
from hocsuotdoi.ledger.enums import Channel
from tests.factories.activities import local

URL = "https://hoc.vn/activities/x/"
REQUIRED = {"name", "startDate", "location"}
RECOMMENDED = {"description", "endDate", "eventStatus", "image", "offers", "organizer", "eventAttendanceMode"}
KNOWN = REQUIRED | RECOMMENDED | {
    "@context", "@type", "@id", "url", "inLanguage", "isAccessibleForFree", "performer", "audience", "typicalAgeRange",
    "previousStartDate", "maximumAttendeeCapacity", "remainingAttendeeCapacity", "superEvent", "eventSchedule",
}  # fmt: skip


def events(session, **options) -> list[dict]:
    session.activity.description = "Đọc sách cùng nhau."
    options = {"address": "Tổ 5, Phường Bắc Kạn", "images": ["https://hoc.vn/x.png"], **options}
    return json.loads(
        render_events(session.activity, [session], url=URL, organiser_url="https://hoc.vn/tv/", **options)
    )


def test_event_has_what_is_asked_for_and_nothing_unknown(morning):
    (event,) = events(morning)

    assert (event["@context"], event["@type"]) == ("https://schema.org", "Event")
    assert REQUIRED | RECOMMENDED <= event.keys() <= KNOWN
    for name in ("startDate", "endDate"):
        assert dt.datetime.fromisoformat(event[name]).utcoffset() == dt.timedelta(hours=7)
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["organizer"] == {
        "@type": "Organization",
        "name": "Thư viện phường Bắc Kạn",
        "url": "https://hoc.vn/tv/",
    }
    assert event["isAccessibleForFree"] is True
    assert {"price", "priceCurrency", "availability", "url", "validFrom"} <= event["offers"].keys()
    assert event["location"]["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "Tổ 5, Phường Bắc Kạn",
        "addressCountry": "VN",
    }
    assert all(address.startswith("https://") for address in [*event["image"], event["url"]])


def test_moved_event_says_from_when(morning):
    (event,) = events(morning, moved_from={morning.pk: local(2026, 11, 22)})

    assert event["eventStatus"] == "https://schema.org/EventRescheduled"
    assert event["previousStartDate"] == local(2026, 11, 22).isoformat()


def test_cancelled_event_keeps_its_day_and_is_only_cancelled(morning):
    morning.status = SessionStatus.CANCELLED
    (event,) = events(morning, moved_from={morning.pk: local(2026, 11, 22)})

    assert event["eventStatus"] == "https://schema.org/EventCancelled"
    assert "previousStartDate" not in event
    assert dt.datetime.fromisoformat(event["startDate"]) == morning.starts_at


@pytest.mark.parametrize(
    ("fields", "mode", "kinds"),
    [
        ({}, "Offline", ["Place"]),
        ({"channel": Channel.ONLINE}, "Online", ["VirtualLocation"]),
        ({"also_online": True}, "Mixed", ["Place", "VirtualLocation"]),
    ],
)
def test_event_is_where_one_can_take_part(morning, fields, mode, kinds):
    for name, value in fields.items():
        setattr(morning, name, value)
    (event,) = events(morning)

    assert event["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    places = event["location"] if isinstance(event["location"], list) else [event["location"]]
    assert [place["@type"] for place in places] == kinds
    assert all("url" in place or place["address"]["streetAddress"] for place in places)


def test_event_in_a_room_or_elsewhere_names_that_place(morning, room):
    morning.room = room
    assert events(morning)[0]["location"]["name"] == "Phòng đọc, Thư viện phường Bắc Kạn"
    morning.room, morning.venue, morning.channel = None, "Chợ Đức Xuân", Channel.OFF_SITE
    place = events(morning)[0]["location"]
    assert (place["name"], place["address"]["streetAddress"]) == ("Chợ Đức Xuân", "Chợ Đức Xuân")


def test_series_is_an_event_from_its_first_session_to_its_last(morning):
    rule = Schedule(rule="FREQ=WEEKLY;BYDAY=SA", starts_on=dt.date(2026, 11, 23), starts=dt.time(8), minutes=90)
    series, event = events(morning, schedules=[rule])

    assert series["@type"] == "EventSeries"
    assert REQUIRED <= series.keys() <= KNOWN
    assert (series["startDate"], series["endDate"]) == (event["startDate"], event["endDate"])
    assert event["superEvent"] == {"@id": series["@id"]}


def test_ages_and_people_are_told(morning):
    morning.activity.age_bands = ["6-10", "11-14"]
    people = [Contributor(role=ContributorRole.SPEAKER, name="Bàn Thị Mùi")]
    (event,) = events(morning, contributors=people)

    assert (event["typicalAgeRange"], event["audience"]["suggestedMaxAge"]) == ("6-14", 14)
    assert event["performer"] == [{"@type": "Person", "name": "Bàn Thị Mùi"}]


def test_nothing_ends_the_script_that_it_stands_in(morning):
    morning.activity.title = "</script><script>alert(1)</script>&amp;"

    assert "<" not in render_events(morning.activity, [morning], url=URL)
    assert events(morning)[0]["name"] == morning.activity.title
