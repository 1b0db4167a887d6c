"""Beside an activity: its picture, its questions; a session's equipment; how it went; who is told; marks that wait."""

import datetime as dt
import io
import uuid

import pytest
from django.utils import timezone
from PIL import Image

from hocsuotdoi.activities.enums import MarkOutcome, NoticeKind, NoticeState
from hocsuotdoi.activities.models import DeviceMark, Notice, Question, Registration, Session
from hocsuotdoi.activities.operations.roll import close_session, set_tally
from hocsuotdoi.places.models import Equipment
from tests.factories.activities import RatingFactory, RegistrationFactory, SessionFactory


@pytest.fixture(autouse=True)
def _pictures_go_elsewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def projectors(library_of_bac_kan) -> Equipment:
    return Equipment.objects.create(
        institution=library_of_bac_kan, kind="projector", quantity=2, usable=2, checked_on=dt.date(2026, 1, 1)
    )


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 600)) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(out, kind)
    return io.BytesIO(out.getvalue())


def test_picture_is_put_up_described_and_taken_away(anybody, librarian, stranger, open_day):
    url = f"/offers/{open_day.pk}/picture"
    shown = librarian.upload(url, picture=picture(), picture_alt="Các em đọc sách").json()["picture"]
    assert (shown["alt"], shown["width"], shown["height"]) == ("Các em đọc sách", 900, 600)
    for address, width in ((shown["address"], 900), (shown["small"], 640)):
        served = b"".join(anybody.client.get(address).streaming_content)
        assert Image.open(io.BytesIO(served)).width == width
    again = librarian.patch(f"/offers/{open_day.pk}", {"picture_alt": "Bốn em đọc sách"}).json()["picture"]
    assert again == {**shown, "alt": "Bốn em đọc sách"}
    assert stranger.upload(url, picture=picture(), picture_alt="x").status_code == 403
    assert stranger.ask("DELETE", url).status_code == 403
    for _time in range(2):
        assert librarian.ask("DELETE", url).json()["picture"] is None


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"picture": picture(), "picture_alt": ""}, "picture_alt"),
        ({"picture": picture(), "picture_alt": "<b>x</b>"}, "picture_alt"),
        ({"picture": picture(), "picture_alt": "x" * 201}, "picture_alt"),
        ({"picture": picture()}, "picture_alt"),
        ({"picture": io.BytesIO(b"GIF89a"), "picture_alt": "Em nhỏ"}, "picture"),
        ({"picture": io.BytesIO(b""), "picture_alt": "Em nhỏ"}, "picture"),
        ({"picture": "words", "picture_alt": "Em nhỏ"}, "picture"),
        ({"picture_alt": "Em nhỏ"}, "picture"),
    ],
)
def test_bad_picture_is_refused_with_the_field_and_not_shown(librarian, open_day, parts, field):
    answer = librarian.upload(f"/offers/{open_day.pk}/picture", **parts)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert librarian.get(f"/offers/{open_day.pk}").json()["picture"] is None


def test_picture_is_not_taken_as_json_nor_json_as_a_form(librarian, open_day):
    assert librarian.post(f"/offers/{open_day.pk}/picture", {"picture": "x"}).json()["error"] == "not_multipart"
    assert librarian.upload(f"/offers/{open_day.pk}/publish", title="x").json()["error"] == "not_json"


def test_questions_are_put_kept_by_their_id_and_reordered(anybody, librarian, stranger, open_day):
    url = f"/offers/{open_day.pk}/questions"
    asked = [
        {"text": "Em cần chỗ cho xe lăn không?", "kind": "yes_no", "is_required": True},
        {"text": "Em học lớp mấy?", "kind": "choice", "options": ["Lớp 6", "Lớp 7"]},
    ]
    first = librarian.put(url, {"questions": asked}).json()["questions"]
    assert [each["text"] for each in first] == [each["text"] for each in asked]
    turned = librarian.put(url, {"questions": [{**first[1], "text": "Lớp mấy?"}, first[0]]}).json()["questions"]
    assert [each["id"] for each in turned] == [first[1]["id"], first[0]["id"]]
    assert turned[0]["text"] == "Lớp mấy?"
    assert anybody.get(f"/offers/{open_day.pk}").json()["questions"] == turned
    assert stranger.put(url, {"questions": []}).status_code == 403
    assert librarian.put(url, {"questions": []}).json()["questions"] == []


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"text": ""}, "questions.0.text"),
        ({"text": "😀"}, "questions.0.text"),
        ({"text": "x" * 201}, "questions.0.text"),
        ({"text": "Lớp?", "kind": "choice"}, "questions.0.options"),
        ({"text": "Lớp?", "kind": "choice", "options": ["6", "6"]}, "questions.0.options"),
        ({"text": "Lớp?", "kind": "choice", "options": ["6", " "]}, "questions.0.options"),
        ({"text": "Lớp?", "kind": "party"}, "questions.0.kind"),
        ({"text": "Lớp?", "id": str(uuid.uuid4())}, "questions.0.id"),
    ],
)
def test_bad_question_is_refused_and_the_old_ones_stay(librarian, open_day, question, field):
    url = f"/offers/{open_day.pk}/questions"
    librarian.put(url, {"questions": [{"text": "Ai đưa em đến?"}]})
    answer = librarian.put(url, {"questions": [question]})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    twice = librarian.put(url, {"questions": [{"text": "Lớp?"}, {"text": "lớp?"}]})
    assert twice.json()["error"] == "bad_question"
    assert [each.text for each in Question.objects.all()] == ["Ai đưa em đến?"]


def test_equipment_is_listed_taken_and_refused_where_another_has_it(
    anybody, librarian, stranger, inspector, tomorrow, projectors
):
    house = anybody.get(f"/institutions/{tomorrow.institution.code}").json()
    assert [(each["id"], each["usable"]) for each in house["equipment"]] == [(projectors.pk, 2)]
    url = f"/sessions/{tomorrow.pk}/equipment"
    taken = librarian.put(url, {"equipment": [{"id": projectors.pk, "count": 2}]}).json()["equipment"]
    assert [(each["id"], each["kind"], each["count"]) for each in taken] == [(projectors.pk, "projector", 2)]
    assert inspector.get(url).json()["equipment"] == taken
    other = SessionFactory(activity=tomorrow.activity, number=9, starts_at=tomorrow.starts_at)
    wanted = {"equipment": [{"id": projectors.pk, "count": 1}]}
    refused = librarian.put(f"/sessions/{other.pk}/equipment", wanted)
    assert (refused.status_code, refused.json()["error"]) == (409, "equipment_taken")
    assert stranger.put(url, wanted).status_code == 403
    assert librarian.put(url, {"equipment": []}).json() == {"equipment": []}


def test_equipment_of_another_house_is_no_equipment(librarian, tomorrow, library_of_duc_xuan):
    other = Equipment.objects.create(
        institution=library_of_duc_xuan, kind="sound", quantity=1, usable=1, checked_on=dt.date(2026, 1, 1)
    )
    answer = librarian.put(f"/sessions/{tomorrow.pk}/equipment", {"equipment": [{"id": other.pk, "count": 1}]})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["equipment"])


def test_session_can_be_followed_on_line_too(librarian, tomorrow):
    assert librarian.patch(f"/sessions/{tomorrow.pk}", {"also_online": True}).json()["also_online"] is True
    assert librarian.get(f"/offers/{tomorrow.activity_id}").json()["sessions"][0]["also_online"] is True


def test_outcome_tells_what_came(librarian, anybody, running, mai):
    set_tally(running, cells={(None, None): 3}, by=None, at=timezone.now())
    close_session(running, by=None, at=timezone.now())
    url = f"/offers/{running.activity_id}/outcome"
    now = librarian.get(url).json()["now"]
    assert (now["planned"], now["held"], now["came"], now["each"]) == (1, 1, 3, 3)
    assert librarian.get(url).json()["last"] is None
    assert anybody.get(url).json()["now"]["came"] == 3


def test_outcome_tells_faces_of_few_to_the_staff_alone(
    librarian, inspector, stranger, learner, anybody, running, draft
):
    url = f"/offers/{running.activity_id}/outcome"
    for given in range(1, 6):
        RatingFactory(session=running)
        told = [client.get(url).json()["now"]["ratings"] for client in (anybody, learner, stranger)]
        assert [ratings and ratings["happy"] for ratings in told] == [5 if given == 5 else None] * 3
        assert [client.get(url).json()["now"]["ratings"]["happy"] for client in (librarian, inspector)] == [given] * 2
    assert anybody.get(f"/offers/{draft.pk}/outcome").status_code == 404


def test_copy_names_the_sessions_that_were_left_out(librarian, draft, library_of_bac_kan):
    """Copied into the same year, a session meets itself in its room."""
    session = draft.sessions.get()
    session.room = library_of_bac_kan.rooms.create(name="Phòng đọc", capacity=40)
    session.save(update_fields=["room"])
    copied = librarian.post(f"/offers/{draft.pk}/copy", {"to_year": session.held_on.year}).json()
    assert copied["sessions"] == []
    (left_out,) = copied["left_out"]
    assert left_out["day"] == str(session.held_on)
    assert "Phòng đọc" in left_out["why"]


@pytest.fixture
def notice(tomorrow) -> Notice:
    return Notice.objects.create(
        institution_id=tomorrow.institution_id,
        session=tomorrow,
        registration=RegistrationFactory(session=tomorrow),
        kind=NoticeKind.MOVED,
        state=NoticeState.TO_TELL,
        name="Lý Thị Mai",
        address="0912345678",
        subject="Đọc sách",
        text="Buổi đọc sách chuyển sang 9 giờ.",
        once="x",
        created_at=timezone.now(),
    )


def test_people_are_told_and_ticked_off(librarian, stranger, inspector, learner, notice):
    (shown,) = librarian.get(f"/staff/notices?session={notice.session_id}").json()["items"]
    assert (shown["name"], shown["address"], shown["state"]) == ("Lý Thị Mai", "0912345678", "to_tell")
    assert stranger.get("/staff/notices").json()["items"] == []
    assert learner.get("/staff/notices").status_code == 403
    url = f"/notices/{notice.pk}"
    for _time in range(2):
        assert librarian.post(f"{url}/told").json()["state"] == "told"
    assert librarian.get("/staff/notices").json()["items"] == []
    assert librarian.get("/staff/notices?pile=sent").json()["count"] == 1
    assert librarian.post(f"{url}/not-told").json()["state"] == "to_tell"
    assert stranger.post(f"{url}/told").status_code == 404
    assert inspector.post(f"{url}/told").status_code == 403


def test_notice_about_a_child_names_the_guardian_who_is_to_be_told(librarian, notice):
    grown_up = librarian.get("/staff/notices").json()["items"][0]
    assert (grown_up["name"], grown_up["addressee"]) == ("Lý Thị Mai", "Lý Thị Mai")

    Registration.objects.filter(pk=notice.registration_id).update(guardian_name="Hoàng Thị Lan")

    child = librarian.get("/staff/notices").json()["items"][0]
    assert (child["name"], child["addressee"]) == ("Lý Thị Mai", "Hoàng Thị Lan")
    assert librarian.post(f"/notices/{notice.pk}/told").json()["addressee"] == "Hoàng Thị Lan"


def test_a_browsers_address_is_told_to_nobody(librarian, notice):
    Notice.objects.update(channel="push", address="https://push.example/secret")
    assert librarian.get("/staff/notices").json()["items"][0]["address"] == ""


@pytest.mark.parametrize("number", [1, 3])
def test_notices_take_the_same_queries_for_any_number(librarian, notice, django_assert_num_queries, number):
    for each in range(number - 1):
        notice.pk, notice.once = uuid.uuid4(), f"x{each}"
        notice.save(force_insert=True)
    librarian.get("/staff/notices")  # notes the key's use
    with django_assert_num_queries(4):
        assert librarian.get("/staff/notices").json()["count"] == number


def mark_of(session: Session, registration: Registration | None = None, **fields) -> DeviceMark:
    return DeviceMark.objects.create(
        institution_id=session.institution_id,
        device=uuid.uuid4(),
        number=1,
        previous_hash="0" * 64,
        hash="1" * 64,
        session=session.pk,
        act="walk_in",
        said={"name": "Bàn Văn Páo"},
        noted_at=timezone.now(),
        received_at=timezone.now(),
        outcome=MarkOutcome.WAITING,
        reason="Đã chốt",
        **fields,
    )


def test_marks_that_wait_are_read_settled_and_dismissed(librarian, stranger, learner, running):
    first, second = mark_of(running), mark_of(running)
    (group,) = librarian.get("/staff/marks").json()["items"]
    assert (group["session"], group["can_be_settled"], len(group["marks"])) == (str(running.pk), True, 2)
    assert "Bàn Văn Páo" in group["marks"][0]["words"]
    assert stranger.get("/staff/marks").json()["items"] == []
    assert learner.get("/staff/marks").status_code == 403

    decide = {"marks": [str(first.pk)], "reason": "Bác ấy có đến"}
    assert stranger.post("/staff/marks/settle", decide).json()["fields"].keys() == {"marks"}
    assert librarian.post("/staff/marks/settle", {**decide, "reason": ""}).json()["fields"].keys() == {"reason"}
    assert librarian.post("/staff/marks/settle", {**decide, "marks": []}).json()["error"] == "bad_settling"
    assert librarian.post("/staff/marks/settle", decide).json() == {"count": 1}
    assert [line["name"] for line in librarian.get(f"/sessions/{running.pk}/roll").json()["lines"]] == ["Bàn Văn Páo"]
    assert librarian.post("/staff/marks/settle", decide).status_code == 422
    assert librarian.post("/staff/marks/dismiss", {**decide, "marks": [str(second.pk)]}).json() == {"count": 1}
    assert librarian.get("/staff/marks").json()["items"] == []
