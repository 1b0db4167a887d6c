import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from hocsuotdoi.activities.enums import ActivityStatus
from hocsuotdoi.activities.operations.activity import cancel_session, change_activity, change_session
from tests.factories.activities import ActivityFactory, SessionFactory

ICS = reverse("portal:activities-feed-icalendar")
ATOM = reverse("portal:activities-feed-atom")
SPACE = {"a": "http://www.w3.org/2005/Atom"}


def events(client, **query) -> list:
    return Calendar.from_ical(client.get(ICS, query).content).walk("VEVENT")


def test_icalendar_has_the_session_with_place_and_page(client, tomorrow):
    (event,) = events(client)

    assert event["summary"] == "Đọc sách bên bếp lửa"
    assert event["uid"] == f"{tomorrow.pk}@hocsuotdoi"
    assert event.decoded("dtstart") == tomorrow.starts_at.replace(microsecond=0)
    assert "Thư viện phường Bắc Kạn, Phường Bắc Kạn" in event["location"]
    assert event["url"].endswith(reverse("portal:activities-activity-detail", args=[tomorrow.activity_id]))
    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")


def test_icalendar_counts_changes_and_keeps_the_uid(client, tomorrow):
    now = timezone.now()
    change_session(tomorrow, by=None, at=now, starts_at=tomorrow.starts_at + dt.timedelta(minutes=30))
    (event,) = events(client)

    assert (event["uid"], event["sequence"]) == (f"{tomorrow.pk}@hocsuotdoi", 1)


def test_icalendar_shows_a_cancelled_session_as_cancelled(client, tomorrow):
    cancel_session(tomorrow, reason="Mưa lũ", by=None, at=timezone.now())
    (event,) = events(client)

    assert (event["status"], event["summary"]) == ("CANCELLED", "Đã hủy: Đọc sách bên bếp lửa")
    assert "Mưa lũ" in event["description"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"unit": "01843"}, 1),
        ({"unit": "01840"}, 0),
        ({"institution": "thu-vien-bac-kan-thu"}, 1),
        ({"institution": "thu-vien-duc-xuan-thu"}, 0),
        ({"q": "doc sach", "kind": "reading_day"}, 1),
        ({"q": "đóc"}, 0),
    ],
)
def test_feeds_follow_the_search(client, tomorrow, library_of_duc_xuan, duc_xuan, query, found):
    assert len(events(client, **query)) == found
    feed = ET.fromstring(client.get(ATOM, query).content)
    assert len(feed.findall("a:entry", SPACE)) == found


def test_feeds_hold_no_draft(client, library_of_bac_kan):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    SessionFactory(activity=draft, starts_at=timezone.now() + dt.timedelta(days=1))

    assert events(client) == []


def test_atom_has_one_entry_for_an_activity_with_all_its_sessions(client, tomorrow):
    SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at + dt.timedelta(days=7))
    feed = ET.fromstring(client.get(ATOM).content)
    (entry,) = feed.findall("a:entry", SPACE)

    assert entry.findtext("a:id", namespaces=SPACE) == f"urn:uuid:{tomorrow.activity_id}"
    assert entry.findtext("a:title", namespaces=SPACE) == "Đọc sách bên bếp lửa"
    assert entry.findtext("a:summary", namespaces=SPACE).count("Thư viện phường Bắc Kạn") == 2


def test_atom_has_what_the_standard_asks_for(client, tomorrow):
    """RFC 4287, 4.1.1 and 4.1.2: id, title and updated of feed and entry, an author, a link to itself."""
    url = f"{ATOM}?unit=01843"
    feed = ET.fromstring(client.get(url).content)
    (entry,) = feed.findall("a:entry", SPACE)

    links = {link.get("rel"): link.get("href") for link in feed.findall("a:link", SPACE)}
    assert links == {
        "self": f"http://testserver{url}",
        "alternate": f"http://testserver{reverse('portal:activities-activity-list')}?unit=01843",
    }
    assert feed.findtext("a:id", namespaces=SPACE) == links["self"]
    for part in (feed, entry):
        assert part.findtext("a:title", namespaces=SPACE)
        assert dt.datetime.fromisoformat(part.findtext("a:updated", namespaces=SPACE)).tzinfo
    assert entry.findtext("a:author/a:name", namespaces=SPACE) == "Thư viện phường Bắc Kạn"
    assert feed.findtext("a:updated", namespaces=SPACE) == entry.findtext("a:updated", namespaces=SPACE)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "vi"


def test_atom_without_an_entry_does_not_follow_the_clock(client, duc_xuan):
    first, again = client.get(f"{ATOM}?unit=01840"), client.get(f"{ATOM}?unit=01840")

    assert first["ETag"] == again["ETag"]
    assert ET.fromstring(first.content).findtext("a:updated", namespaces=SPACE) == "2026-01-01T00:00:00+00:00"


@pytest.mark.slow
@pytest.mark.parametrize("what", ["cancel", "move", "words"])
def test_atom_says_when_an_entry_changed(transactional_db, client, tomorrow, what):
    """Each act in a transaction of its own: the moment of a change is that of its transaction."""

    def seen() -> tuple[str, dt.datetime, str]:
        (entry,) = ET.fromstring(client.get(ATOM).content).findall("a:entry", SPACE)
        identity, at, words = (entry.findtext(f"a:{name}", namespaces=SPACE) for name in ("id", "updated", "title"))
        return identity, dt.datetime.fromisoformat(at), words

    before, now = seen(), timezone.now()
    if what == "cancel":
        cancel_session(tomorrow, reason="Mưa lũ", by=None, at=now)
    elif what == "move":
        change_session(tomorrow, by=None, at=now, starts_at=tomorrow.starts_at + dt.timedelta(minutes=30))
    else:
        change_activity(tomorrow.activity, title="Đọc sách đêm trăng", by=None, at=now)
    after = seen()

    assert before[0] == after[0]
    assert after[1] > before[1]
    assert after[2].startswith("Đã hủy") == (what == "cancel")


@pytest.mark.parametrize("url", [ICS, ATOM])
def test_feed_that_did_not_change_is_not_sent_again(client, tomorrow, url):
    first = client.get(url)
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at)
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("url", [ICS, ATOM])
@pytest.mark.parametrize("query", [{"q": "\x00<b>😀"}, {"unit": "ZZ"}, {"institution": "%00"}, {"first_day": "x"}])
def test_feed_with_a_bad_filter_still_answers(client, tomorrow, url, query):
    assert client.get(url, query).status_code == 200


@pytest.mark.parametrize("url", [ICS, ATOM])
def test_feed_needs_the_same_queries_for_one_and_for_three_sessions(client, tomorrow, django_assert_num_queries, url):
    for _more in range(2):
        with django_assert_num_queries(3):
            client.get(url)
        SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at)
        SessionFactory(activity=tomorrow.activity, starts_at=tomorrow.starts_at)


@pytest.mark.parametrize(
    ("page", "query"),
    [
        (reverse("portal:activities-activity-list") + "?kind=reading_day", "kind=reading_day"),
        (
            reverse("portal:places-institution-detail", args=["thu-vien-bac-kan-thu"]),
            "institution=thu-vien-bac-kan-thu",
        ),
        (reverse("portal:places-unit-detail", args=["01843"]), "unit=01843"),
    ],
)
def test_pages_name_their_feeds(client, tomorrow, page, query):
    words = client.get(page).content.decode()

    assert f'type="application/atom+xml" title="Hoạt động" href="{ATOM}?{query}"' in words
    assert f'href="webcal://testserver{ICS}?{query}"' in words
