import datetime as dt
import gzip
import json
import random

import pytest
from django.test import Client
from django.utils import timezone

from hocsuotdoi.accounts.operations.devices import invite_device, revoke_device
from hocsuotdoi.activities.enums import RegistrationStatus
from hocsuotdoi.activities.models import DeviceMark
from hocsuotdoi.activities.queries.roll import roll_of
from tests.factories.activities import ActivityFactory, ParticipantFactory, RegistrationFactory, SessionFactory
from tests.support.phone import Phone, enrolled

NAMES = [
    words.split()
    for words in (
        "Hoàng Nông Lý Triệu Bàn Đặng Ma Vi Dương Hà Lường Nguyễn Trần Phạm Bế Lục Sầm Phùng Chu Đàm",
        "Thị Văn Đức Hữu Thu Minh Ngọc Quang Thanh Xuân Seo Mùi Tài Công Bích Hồng",
        "Mai Lan Páo Dào Thái Ngân Phừ Mỷ Cao Hồng Sơn Lụa Xoan Ky Kim Hạnh Dũng Huy Hà Anh Tuấn Yến Nga Bảo",
    )
]
ENDPOINTS = [("get", "/roll/ping"), ("get", "/roll/carry"), ("post", "/roll/sync")]


@pytest.fixture
def right_now():
    return timezone.now()


@pytest.fixture
def enrolment(library_of_bac_kan, manager_of_bac_kan, right_now):
    return enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=right_now)


@pytest.fixture
def device(enrolment):
    return enrolment[0]


@pytest.fixture
def carrier(enrolment) -> Client:
    """The device's own connection; form tokens are asked for as from any browser."""
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {enrolment[1]}"})


@pytest.fixture
def running(library_of_bac_kan, right_now):
    activity = ActivityFactory(institution=library_of_bac_kan)
    starts_at = right_now - dt.timedelta(minutes=30)
    return SessionFactory(activity=activity, starts_at=starts_at, ends_at=right_now + dt.timedelta(hours=1))


def send(client: Client, *marks: object, **more) -> dict:
    response = client.post("/roll/sync", {"marks": list(marks)}, content_type="application/json", **more)
    assert response.status_code == 200, response.content
    return response.json()


def test_code_is_exchanged_for_a_token_once(library_of_bac_kan, manager_of_bac_kan, right_now):
    _invitation, code = invite_device(library_of_bac_kan, name="Máy", days=1, by=manager_of_bac_kan, at=right_now)
    client = Client(enforce_csrf_checks=True)

    first = client.post("/roll/device", {"code": code}, content_type="application/json")
    second = client.post("/roll/device", {"code": code}, content_type="application/json")

    token = first.json()["token"]
    assert client.get("/roll/ping", headers={"Authorization": f"Bearer {token}"}).json() == {"waiting": 0}
    assert (second.status_code, "token" in second.json(), bool(second.json()["sentence"])) == (422, False, True)


@pytest.mark.parametrize("body", ["", "[]", "{", '{"code": 5}', '{"code": "' + "A" * 100 + '"}', "[" * 5000])
def test_bad_exchange_is_answered_with_a_sentence(client, db, body):
    response = client.post("/roll/device", body, content_type="application/json")

    assert (response.status_code, bool(response.json()["sentence"])) == (400, True)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
@pytest.mark.parametrize("authorization", [None, "Bearer ", "Bearer nonsense", "Basic abc"])
def test_nobody_without_a_token_gets_anything(client, db, method, path, authorization):
    headers = {"Authorization": authorization} if authorization else {}
    response = getattr(client, method)(path, headers=headers)

    assert (response.status_code, set(response.json())) == (401, {"sentence"})


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_person_signed_in_is_no_device(client, manager_of_bac_kan, method, path):
    client.force_login(manager_of_bac_kan)

    assert getattr(client, method)(path).status_code == 401


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_revoked_device_neither_reads_nor_writes(carrier, device, manager_of_bac_kan, right_now, method, path):
    revoke_device(device, by=manager_of_bac_kan, at=right_now)

    response = getattr(carrier, method)(path)

    assert (response.status_code, "thu hồi" in response.json()["sentence"]) == (401, True)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_device_that_has_run_out_neither_reads_nor_writes(
    library_of_bac_kan, manager_of_bac_kan, right_now, method, path
):
    two_days_ago = right_now - dt.timedelta(days=2)
    _device, token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=two_days_ago, days=1)

    response = getattr(Client(), method)(path, headers={"Authorization": f"Bearer {token}"})

    assert (response.status_code, "hết hạn" in response.json()["sentence"]) == (401, True)


def test_carry_holds_names_and_codes_but_no_phones(carrier, running):
    RegistrationFactory(session=running, name="Lý Thị Mai", phone="0912345678", email="mai@example.vn", code="AAAAAAAA")

    response = carrier.get("/roll/carry")

    assert response.json()["sessions"][0]["lines"] == [["AAAAAAAA", "Lý Thị Mai"]]
    assert b"0912345678" not in response.content and b"mai@" not in response.content
    assert response["Cache-Control"] == "private, no-store"


def test_carry_leaves_out_drafts_closed_far_and_others(carrier, running, library_of_duc_xuan, right_now):
    far = right_now + dt.timedelta(days=16)
    SessionFactory(activity=running.activity, starts_at=far, ends_at=far + dt.timedelta(hours=1))
    draft = ActivityFactory(institution=running.institution, status="draft", published_at=None)
    elsewhere = ActivityFactory(institution=library_of_duc_xuan)
    for activity in (draft, elsewhere):
        SessionFactory(activity=activity, starts_at=right_now, ends_at=right_now + dt.timedelta(hours=1))

    assert [session["id"] for session in carrier.get("/roll/carry").json()["sessions"]] == [str(running.pk)]


def test_carry_is_not_sent_again_while_nothing_changed(carrier, running):
    first = carrier.get("/roll/carry", headers={"Accept-Encoding": "gzip"})
    same = carrier.get("/roll/carry", headers={"If-None-Match": first["ETag"]})
    RegistrationFactory(session=running, code="BBBBBBBB")
    changed = carrier.get("/roll/carry", headers={"If-None-Match": first["ETag"]})

    assert (same.status_code, same.content, changed.status_code) == (304, b"", 200)


def test_carry_takes_a_constant_number_of_queries(carrier, running, django_assert_num_queries):
    for number in range(3):
        group = RegistrationFactory(session=running, code=f"G{number:07d}", group_size=1)
        ParticipantFactory(registration=group, number=1)
        with django_assert_num_queries(6):
            assert carrier.get("/roll/carry").status_code == 200


@pytest.mark.slow
def test_carry_of_a_big_institution_is_below_fifty_kilobytes(carrier, library_of_bac_kan, right_now):
    """Sixty sessions in a fortnight, 1,500 registrations under names as people have them."""
    chance = random.Random(14)
    family, middle, given = NAMES
    letters = "ACDEFGHKMNPQRTUVWXY34679"
    titles = ["Ngày hội đọc sách", "Câu lạc bộ thơ", "Lớp tin học cho người cao tuổi", "Kể chuyện theo sách"]
    activities = [ActivityFactory(institution=library_of_bac_kan, title=title) for title in titles]
    for number in range(60):
        starts_at = right_now + dt.timedelta(hours=5 * number)
        session = SessionFactory(
            activity=activities[number % 4],
            number=number + 1,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(hours=2),
        )
        for _place in range(25):
            RegistrationFactory(
                session=session,
                name=" ".join(map(chance.choice, (family, middle, given))),
                code="".join(chance.choices(letters, k=8)),
            )

    response = carrier.get("/roll/carry", headers={"Accept-Encoding": "gzip"})

    carried = json.loads(gzip.decompress(response.content))
    assert sum(len(session["lines"]) for session in carried["sessions"]) == 1500
    assert len(response.content) < 50_000


def test_names_beyond_the_limit_are_left_out_and_said(carrier, running, monkeypatch):
    monkeypatch.setattr("hocsuotdoi.activities.queries.carry.MOST_NAMES", 2)
    for number in range(3):
        RegistrationFactory(session=running, code=f"L{number:07d}")

    (session,) = carrier.get("/roll/carry").json()["sessions"]

    assert (session["left_out"], session["expected"], "lines" in session) == (True, 3, False)


def test_marks_are_answered_one_by_one_in_their_order(carrier, running, right_now):
    RegistrationFactory(session=running, code="AAAAAAAA")
    phone = Phone(right_now - dt.timedelta(minutes=10))
    good = phone.raw(running, "line", {"present": {"AAAAAAAA": 1}})
    lost = phone.raw(running, "line", {"present": {"ZZZZZZZZ": 1}})

    first = send(carrier, good, {"id": "x"}, lost)
    second = send(carrier, good, lost)

    assert [answer["outcome"] for answer in first["answers"]] == ["applied", "refused", "waiting"]
    assert [answer["outcome"] for answer in second["answers"]] == ["duplicate", "waiting"]
    assert all(answer["reason"] for answer in first["answers"][1:])
    assert (first["waiting"], roll_of(running).people) == (1, 1)


def test_who_of_several_waits_is_named_in_the_answer_and_only_there(carrier, running, right_now):
    RegistrationFactory(session=running, code="AAAAAAAA")
    gone = {"status": RegistrationStatus.CANCELLED, "cancelled_at": right_now}
    RegistrationFactory(session=running, code="BBBBBBBB", name="Vi Văn Ky", **gone)
    phone = Phone(right_now - dt.timedelta(minutes=10))
    mark = phone.raw(running, "all", {"present": {"AAAAAAAA": 1, "BBBBBBBB": 1}})

    (first,), (again,) = send(carrier, mark)["answers"], send(carrier, mark)["answers"]

    assert (first["outcome"], again["outcome"]) == ("applied", "duplicate")
    assert [(one["key"], one["name"]) for one in first["held"]] == [("BBBBBBBB", "Vi Văn Ky")]
    assert again["held"] == first["held"]
    assert "dropped" not in first
    (alone,) = send(carrier, phone.raw(running, "line", {"present": {"AAAAAAAA": 0}}))["answers"]
    assert set(alone) == {"id", "outcome", "reason"}
    assert carrier.get("/roll/ping").json() == {"waiting": 1}


@pytest.mark.parametrize("body", ["", "[]", '{"marks": {}}', json.dumps({"marks": [{}] * 201})])
def test_bad_batch_is_answered_with_a_sentence(carrier, body):
    response = carrier.post("/roll/sync", body, content_type="application/json")

    assert (response.status_code, bool(response.json()["sentence"]), DeviceMark.objects.count()) == (400, True, 0)


@pytest.mark.parametrize("strange", [None, 5, "x", [], {"id": 5}, {"said": {}}])
def test_unreadable_mark_is_refused_and_holds_nothing_back(carrier, running, right_now, strange):
    good = Phone(right_now).raw(running, "walk_in", {"name": "Vi Văn Ky"})

    told = send(carrier, strange, good)

    assert [answer["outcome"] for answer in told["answers"]] == ["refused", "applied"]


def test_manifest_and_worker_belong_to_the_roll_alone(client, db):
    manifest = client.get("/roll/roll.webmanifest").json()
    worker = client.get("/roll/worker.js")

    assert (manifest["scope"], manifest["start_url"], manifest["display"]) == ("/roll/", "/roll/", "standalone")
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"


def test_page_holds_no_token_and_no_name(client, manager_of_bac_kan):
    client.force_login(manager_of_bac_kan)

    page = client.get("/roll/").content.decode()

    assert "csrf" not in page and str(manager_of_bac_kan) not in page
