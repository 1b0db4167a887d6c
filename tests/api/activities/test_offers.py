import datetime as dt
import uuid

import pytest
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus, WaitingRule
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.places.models import Room
from tests.factories.activities import ActivityFactory, SessionFactory

START = timezone.now().replace(microsecond=0) + dt.timedelta(days=7)


def _new(library, **fields):
    session = {
        "starts_at": START.isoformat(),
        "ends_at": (START + dt.timedelta(hours=2)).isoformat(),
        "venue": "Sân thư viện",
        "capacity": 40,
    }
    return {
        "institution": library.code,
        "title": "Đọc sách bên bếp lửa",
        "kind": "reading_day",
        "themes": ["reading", "arts"],
        "sessions": [session],
        **fields,
    }


def test_list_shows_what_is_on_with_places_left(anybody, tomorrow, draft):
    answer = anybody.get("/offers").json()

    assert (answer["count"], answer["next"]) == (1, None)
    item = answer["items"][0]
    assert item["id"] == str(tomorrow.pk)
    assert (item["capacity"], item["places_left"], item["places_open"]) == (10, 10, 10)
    assert item["activity"]["title"] == "Ngày hội đọc sách"
    assert item["activity"]["kind_name"] == "ngày hội đọc sách"
    assert item["place_name"] == "Phường Bắc Kạn"
    assert anybody.client.get(item["activity"]["page"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("unit=01843", True),
        ("unit=19", True),
        ("unit=01840", False),
        ("kind=reading_day", True),
        ("kind=talk", False),
        ("audience=everyone", True),
        ("audience=children", False),
        ("q=doc+sach", True),
        ("q=%C4%91%E1%BB%8Dc+s%C3%A1ch", True),
        ("q=d%C3%B3c", False),
        ("q=", True),
        ("first_day=2999-12-31", False),
        ("last_day=1900-01-01", False),
        ("first_day=2000-01-01&last_day=2999-12-31", True),
        ("page=2", False),
        ("page=10000&limit=100", False),
    ],
)
def test_list_is_narrowed_as_the_page_is(anybody, tomorrow, duc_xuan, query, found):
    answer = anybody.get(f"/offers?{query}")
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("unit=99999", "unit"),
        ("unit=123456", "unit"),
        ("unit=%00", "unit"),
        ("kind=party", "kind"),
        ("kind=", "kind"),
        ("audience=%F0%9F%98%80", "audience"),
        ("first_day=hom-nay", "first_day"),
        ("first_day=0001-01-01", "first_day"),
        ("last_day=9999-12-31", "last_day"),
        ("last_day=1e9", "last_day"),
        ("q=" + "x" * 101, "q"),
        ("q=a%00b", "q"),
        ("page=0", "page"),
        ("page=" + "9" * 50, "page"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=NaN", "limit"),
    ],
)
def test_bad_filter_is_named_with_a_sentence(anybody, tomorrow, query, field):
    answer = anybody.get(f"/offers?{query}")
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    assert answer.json()["fields"][field].endswith(".")


def test_a_place_kept_for_those_who_wait_is_left_but_not_open(anybody, librarian, open_day, tomorrow):
    open_day.waiting_rule = WaitingRule.BY_HAND
    open_day.save(update_fields=["waiting_rule"])
    register(tomorrow, name="Lớp 5A", group_size=9, form_key=uuid.uuid4(), at=timezone.now())
    register(tomorrow, name="Lý Thị Mai", group_size=2, form_key=uuid.uuid4(), at=timezone.now())

    told = [
        anybody.get("/offers").json()["items"][0],
        anybody.get(f"/offers/{open_day.pk}").json()["sessions"][0],
        anybody.get(f"/sessions/{tomorrow.pk}").json(),
        librarian.get("/staff/sessions").json()["items"][0],
    ]

    assert [(each["places_left"], each["places_open"]) for each in told] == [(1, 0)] * 4
    newcomer = anybody.post(
        f"/sessions/{tomorrow.pk}/registrations", {"name": "Bàn Văn Páo", "form_key": str(uuid.uuid4())}
    )
    assert newcomer.json()["status"] == "waiting"


def test_where_there_is_no_limit_there_is_no_number_of_open_places(anybody, open_day, tomorrow):
    Session.objects.filter(pk=tomorrow.pk).update(capacity=None)
    told = anybody.get(f"/sessions/{tomorrow.pk}").json()
    assert (told["places_left"], told["places_open"]) == (None, None)


def test_pages_of_the_list_are_whole_and_in_a_stable_order(anybody, open_day):
    at = timezone.now() + dt.timedelta(days=1)
    sessions = [SessionFactory(activity=open_day, number=n, starts_at=at) for n in range(1, 6)]  # all at one time

    seen, page = [], 1
    while page:
        answer = anybody.get(f"/offers?limit=2&page={page}").json()
        seen += [item["id"] for item in answer["items"]]
        page = answer["next"]

    assert sorted(seen) == sorted(str(session.pk) for session in sessions)


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_for_any_number(anybody, library_of_bac_kan, django_assert_num_queries, number):
    for _each in range(number):
        SessionFactory(
            activity=ActivityFactory(institution=library_of_bac_kan), starts_at=timezone.now() + dt.timedelta(days=1)
        )
    with django_assert_num_queries(2):
        assert anybody.get("/offers").json()["count"] == number


@pytest.mark.slow
def test_a_page_far_from_the_start_goes_on_where_the_one_before_ended(anybody, open_day, django_assert_num_queries):
    sessions = [
        SessionFactory.build(activity=open_day, number=each, starts_at=START + dt.timedelta(minutes=each // 3))
        for each in range(1, 1031)
    ]
    Session.objects.bulk_create(sessions)
    url = "/offers?limit=100&q=đọc&page="
    before = anybody.get(f"{url}10").json()
    with django_assert_num_queries(3):
        last = anybody.get(f"{url}11").json()
    assert (before["next"], last["next"], last["count"]) == (11, None, 1030)
    in_order = sorted(sessions, key=lambda each: (each.starts_at, each.pk))
    assert [each["id"] for each in (*before["items"], *last["items"])] == [str(each.pk) for each in in_order[900:]]


def test_counting_the_list_asks_for_the_number_alone(anybody, tomorrow, django_assert_num_queries):
    """A country's sessions are counted without sorting them and without looking up where each is."""
    with django_assert_num_queries(2) as asked:
        anybody.get("/offers?q=đọc")
    count, rows = (query["sql"] for query in asked.captured_queries)
    for word in ("ORDER BY", "placement"):
        assert (word in count, word in rows) == (False, True)


@pytest.mark.parametrize("number", [1, 3])
def test_detail_takes_the_same_queries_for_any_number_of_sessions(anybody, open_day, django_assert_num_queries, number):
    for each in range(number):
        SessionFactory(activity=open_day, number=each + 1)
    with django_assert_num_queries(2):
        assert len(anybody.get(f"/offers/{open_day.pk}").json()["sessions"]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_drafts_take_the_same_queries_for_any_number(librarian, library_of_bac_kan, django_assert_num_queries, number):
    for _each in range(number):
        ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    librarian.get("/staff/drafts")  # notes the key's use
    with django_assert_num_queries(4):
        assert librarian.get("/staff/drafts").json()["count"] == number


def test_draft_is_seen_by_staff_of_its_institution_only(anybody, librarian, stranger, draft):
    assert librarian.get(f"/offers/{draft.pk}").json()["status"] == "draft"
    assert anybody.get(f"/offers/{draft.pk}").status_code == 404
    assert stranger.get(f"/offers/{draft.pk}").status_code == 404


def test_activity_is_made_changed_published_and_cancelled(anybody, librarian, library_of_bac_kan):
    made = librarian.post("/offers", _new(library_of_bac_kan))
    assert made.status_code == 201
    offer = made.json()
    assert (offer["status"], offer["themes"], len(offer["sessions"])) == ("draft", ["arts", "reading"], 1)
    url = f"/offers/{offer['id']}"

    changed = librarian.patch(url, {"title": "Đọc sách\u0323 mùa đông", "observance": "book_day"}).json()
    assert changed["observance"] == "book_day"
    assert changed["description"] == ""
    assert librarian.patch(url, {"observance": None}).json()["observance"] is None
    assert librarian.patch(url, {}).json()["title"] == changed["title"]

    assert librarian.post(f"{url}/publish").json()["status"] == "published"
    assert anybody.get(url).status_code == 200
    again = librarian.post(f"{url}/publish")
    assert (again.status_code, again.json()["error"]) == (409, "activity_refused")
    assert again.json()["message"] == "Hoạt động này đã được công bố."

    cancelled = librarian.post(f"{url}/cancel", {"reason": "Mưa to"}).json()
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("cancelled", "Mưa to")
    assert cancelled["sessions"][0]["status"] == "cancelled"
    assert librarian.patch(url, {"title": "Nữa"}).status_code == 409


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"title": ""}, 422),
        ({"title": "😀"}, 422),
        ({"title": "<b>Đọc</b>"}, 422),
        ({"title": "x" * 201}, 422),
        ({"title": None}, 422),
        ({"title": 1}, 422),
        ({"title": "a\x00b"}, 422),
        ({"title": "a\ud800b"}, 422),
        ({"kind": "party"}, 422),
        ({"kind": None}, 422),
        ({"themes": ["party"]}, 422),
        ({"themes": "reading"}, 422),
        ({"description": "x" * 5001}, 422),
        ({"institution": "khong-co"}, 422),
        ({"institution": "\x00"}, 422),
        ({"published_at": "2026-11-23T08:00:00+07:00"}, 422),
        ({"sessions": []}, 422),
        ({"sessions": None}, 422),
        ({"sessions": [{}]}, 422),
        ({"sessions": [{"starts_at": "2026-11-23", "ends_at": "2026-11-24"}]}, 422),
    ],
)
def test_bad_activity_is_refused_with_a_sentence_and_not_made(librarian, library_of_bac_kan, fields, status):
    answer = librarian.post("/offers", _new(library_of_bac_kan, **fields))
    assert answer.status_code == status
    assert answer.json()["message"].endswith(".")
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"starts_at": 1800000000}, 422),
        ({"starts_at": "0"}, 422),
        ({"starts_at": "2026-11-30T08:00:00"}, 422),
        ({"starts_at": "9999-12-31T23:59:59-12:00"}, 422),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, 422),
        ({"starts_at": "2999-01-01T00:00:00Z", "ends_at": "2999-01-01T01:00:00Z"}, 422),
        ({"ends_at": START.isoformat()}, 422),
        ({"capacity": 0}, 422),
        ({"capacity": -1}, 422),
        ({"capacity": 10**30}, 422),
        ({"capacity": "40"}, 422),
        ({"capacity": True}, 422),
        ({"channel": "by_post"}, 422),
        ({"venue": "x" * 201}, 422),
        ({"venue": "😀"}, 422),
        ({"room": 10**30}, 422),
        ({"room": -1}, 422),
        ({"room": "1"}, 422),
    ],
)
def test_bad_session_is_refused_with_a_sentence_and_not_added(librarian, open_day, fields, status):
    good = {"starts_at": START.isoformat(), "ends_at": (START + dt.timedelta(hours=2)).isoformat()}
    answer = librarian.post(f"/offers/{open_day.pk}/sessions", {**good, **fields})
    assert answer.status_code == status
    assert answer.json()["message"].endswith(".")
    assert not Session.objects.exists()


def test_session_is_added_moved_and_cancelled(librarian, open_day, library_of_bac_kan):
    hall = Room.objects.create(institution=library_of_bac_kan, name="Phòng đọc", capacity=30)
    body = {"starts_at": START.isoformat(), "ends_at": (START + dt.timedelta(hours=2)).isoformat(), "room": hall.pk}
    added = librarian.post(f"/offers/{open_day.pk}/sessions", body)
    assert added.status_code == 201
    assert (added.json()["room"], added.json()["capacity"], added.json()["number"]) == ("Phòng đọc", 30, 1)
    url = f"/sessions/{added.json()['id']}"

    moved = librarian.patch(url, {"ends_at": (START + dt.timedelta(hours=3)).isoformat(), "room": None, "note": "Ghế"})
    assert (moved.json()["room"], moved.json()["capacity"]) == ("", 30)
    assert dt.datetime.fromisoformat(moved.json()["ends_at"]) == START + dt.timedelta(hours=3)
    assert dt.datetime.fromisoformat(moved.json()["starts_at"]) == START

    assert librarian.post(f"{url}/cancel", {"reason": " "}).json()["error"] == "unreadable"
    assert librarian.post(f"{url}/cancel", {"reason": "Bão số 9"}).json()["status"] == "cancelled"
    refused = librarian.patch(url, {"capacity": 5})
    assert (refused.status_code, refused.json()["error"]) == (409, "session_refused")


def test_room_of_another_institution_cannot_be_used(librarian, open_day, library_of_duc_xuan):
    hall = Room.objects.create(institution=library_of_duc_xuan, name="Phòng đọc", capacity=30)
    body = {"starts_at": START.isoformat(), "ends_at": (START + dt.timedelta(hours=2)).isoformat(), "room": hall.pk}
    answer = librarian.post(f"/offers/{open_day.pk}/sessions", body)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["room"])


def test_session_never_gets_fewer_places_than_are_taken(librarian, running, family):
    answer = librarian.patch(f"/sessions/{running.pk}", {"capacity": 3})
    assert (answer.status_code, answer.json()["error"]) == (409, "capacity_below_taken")
    assert Session.objects.get(pk=running.pk).capacity == 20


@pytest.mark.parametrize(("which", "found"), [("upcoming", 2), ("to_close", 0), ("held", 0), ("cancelled", 0)])
def test_staff_list_tells_what_is_to_be_done(librarian, stranger, running, tomorrow, which, found):
    assert librarian.get(f"/staff/sessions?which={which}").json()["count"] == found
    assert stranger.get(f"/staff/sessions?which={which}").json()["count"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {}),
        ("POST", "/publish", None),
        ("POST", "/cancel", {"reason": "Mưa to"}),
        ("POST", "/sessions", {"starts_at": START.isoformat(), "ends_at": START.isoformat()}),
    ],
)
def test_activity_of_nobody_is_not_found(librarian, method, path, body):
    assert librarian.ask(method, f"/offers/{uuid.uuid4()}{path}", body).status_code == 404


def test_particulars_are_kept_changed_and_told(librarian, anybody, draft):
    sent = {
        "age_bands": ["6-10"],
        "groups": ["remote"],
        "languages": ["tyz"],
        "programmes": ["new_rural"],
        "joining": "either",
        "places_each": 4,
        "waiting_rule": "in_order",
    }
    people = [{"role": "leader", "name": "Hà Thị Thơm", "phone": "0912345678"}]
    told = librarian.patch(f"/offers/{draft.pk}", {**sent, "contributors": people}).json()
    assert {name: told[name] for name in sent} == sent
    assert told["contributors"] == [{"role": "leader", "name": "Hà Thị Thơm"}]
    assert librarian.patch(f"/offers/{draft.pk}", {"title": "Lớp mới"}).json()["contributors"] == told["contributors"]
    assert librarian.patch(f"/offers/{draft.pk}", {"places_each": 0}).json()["fields"].keys() == {"places_each"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("institution=", 1),
        ("age=6-10", 1),
        ("group=remote", 0),
        ("language=vie", 1),
        ("language=tyz", 0),
        ("free=true", 1),
        ("online=true", 0),
        ("unit=00001&within=5&order=near", None),
        ("institution=khong-co", None),
    ],
)
def test_list_is_narrowed_by_what_the_page_narrows(anybody, tomorrow, query, found):
    answer = anybody.get(f"/offers?{query}")
    assert (len(answer.json()["items"]) if answer.status_code == 200 else None) == found


def test_nearest_tells_the_distance(anybody, tomorrow, bac_kan):
    bac_kan.__class__.objects.filter(pk=bac_kan.pk).update(latitude=22.15, longitude=105.83)
    items = anybody.get(f"/offers?unit={bac_kan.code}&within=10&order=near").json()["items"]
    assert [item["distance_km"] for item in items] == [0]


def test_a_draft_is_published_at_a_time_and_copied(librarian, stranger, draft):
    moment = (timezone.now() + dt.timedelta(days=1)).isoformat()
    assert librarian.post(f"/offers/{draft.pk}/publish-at", {"publish_at": moment}).json()["publish_at"]
    past = {"publish_at": "2026-01-01T08:00:00+07:00"}
    assert librarian.post(f"/offers/{draft.pk}/publish-at", past).json()["fields"].keys() == {"publish_at"}
    copied = librarian.post(f"/offers/{draft.pk}/copy", {"to_year": None})
    assert (copied.status_code, copied.json()["status"], copied.json()["sessions"]) == (201, "draft", [])
    assert librarian.post(f"/offers/{draft.pk}/copy", {"to_year": 1999}).json()["fields"].keys() == {"to_year"}
    assert stranger.post(f"/offers/{draft.pk}/copy", {"to_year": None}).status_code == 404


def test_a_club_tells_how_alive_it_is(anybody, open_day):
    assert anybody.get(f"/offers/{open_day.pk}").json()["vitality"] is None
    open_day.kind = "club"
    open_day.save(update_fields=["kind"])
    assert anybody.get(f"/offers/{open_day.pk}").json()["vitality"]["vitality"] == "new"


def test_a_rule_is_seen_saved_changed_and_extended(librarian, stranger, open_day):
    first = timezone.localdate() + dt.timedelta(days=8)
    rule = {"rule": "FREQ=DAILY;COUNT=3", "starts_on": str(first), "starts": "08:30", "minutes": 90}
    url = f"/offers/{open_day.pk}/schedules"
    assert len(librarian.post(f"{url}/preview", rule).json()["days"]) == 3
    assert not open_day.sessions.exists()
    assert stranger.post(url, rule).status_code == 403
    assert librarian.post(url, {**rule, "rule": "FREQ=DAILY"}).json()["error"] == "bad_series"
    assert librarian.post(url, {**rule, "starts": "25:00"}).status_code == 422

    made = librarian.post(url, rule)
    assert (made.status_code, len(made.json()["added"])) == (201, 3)
    change = {**rule, "rule": "FREQ=DAILY;COUNT=2"}
    at = f"/schedules/{made.json()['schedule']['id']}"
    assert len(librarian.post(f"{at}/preview", change).json()["removed"]) == 1
    assert open_day.sessions.count() == 3
    assert librarian.ask("PUT", at, change).status_code == 200
    assert open_day.sessions.count() == 2
    assert stranger.ask("PUT", at, change).status_code == 403
    assert len(librarian.post(f"{at}/extend", {"times": 4}).json()["added"]) == 2
    assert librarian.post(f"{at}/extend", {}).json()["fields"].keys() == {"until"}
