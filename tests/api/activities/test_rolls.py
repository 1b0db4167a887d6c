import datetime as dt
import uuid

import pytest
from django.utils import timezone

from hocsuotdoi.activities.models import Attendance, Session
from hocsuotdoi.ledger.models import Entry, Posting
from tests.factories.activities import RegistrationFactory, SessionFactory


@pytest.fixture
def roll(running) -> str:
    return f"/sessions/{running.pk}/roll"


def _lines(answer) -> dict[str, int | None]:
    return {line["name"]: line["present"] for line in answer.json()["lines"]}


def test_roll_says_who_is_expected_and_nothing_before_it_is_called(librarian, roll, mai, family):
    answer = librarian.get(roll)
    assert _lines(answer) == {"Lý Thị Mai": None, "Gia đình anh Páo": None}
    assert {key: answer.json()[key] for key in ("expected", "people", "not_called", "revision", "status")} == {
        "expected": 5,
        "people": 0,
        "not_called": 2,
        "revision": 0,
        "status": "planned",
    }


def test_marks_say_how_many_came_and_repeat_without_harm(librarian, roll, mai, family):
    body = {"marks": [{"line": str(family.pk), "present": 3}]}
    first, again = librarian.post(f"{roll}/marks", body), librarian.post(f"{roll}/marks", body)
    assert first.json() == again.json()
    assert _lines(again) == {"Lý Thị Mai": None, "Gia đình anh Páo": 3}
    assert again.json()["people"] == 3


@pytest.mark.parametrize(
    "mark",
    [
        {"present": 5},
        {"present": -1},
        {"present": 10**30},
        {"present": "1"},
        {"present": None},
        {"line": str(uuid.uuid4()), "present": 1},
        {"line": "x", "present": 1},
        {"line": None, "present": 1},
    ],
)
def test_bad_mark_is_refused_and_none_of_the_others_taken(librarian, roll, mai, family, mark):
    marks = [{"line": str(mai.pk), "present": 1}, {"line": str(family.pk), **mark}]
    assert librarian.post(f"{roll}/marks", {"marks": marks}).status_code == 422
    assert not Attendance.objects.filter(present__isnull=False).exists()


def test_line_of_another_session_cannot_be_marked(librarian, roll, open_day, mai):
    other = RegistrationFactory(session=SessionFactory(activity=open_day, number=9))
    answer = librarian.post(f"{roll}/marks", {"marks": [{"line": str(other.pk), "present": 1}]})
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_mark")


def test_all_present_then_one_unticked(librarian, roll, mai, family):
    assert librarian.post(f"{roll}/all-present").json()["people"] == 5
    answer = librarian.post(f"{roll}/marks", {"marks": [{"line": str(mai.pk), "present": 0}]})
    assert _lines(answer) == {"Lý Thị Mai": 0, "Gia đình anh Páo": 4}


@pytest.mark.parametrize("in_header", [False, True])
def test_walk_in_is_added_once_for_one_key(librarian, roll, in_header):
    key = str(uuid.uuid4())
    body = {"name": "Bàn Văn Páo", "sex": "male", "age_band": "60+", "form_key": None if in_header else key}
    headers = {"Idempotency-Key": key} if in_header else {}
    answers = [librarian.post(f"{roll}/walk-ins", body, **headers) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert answers[-1].json()["people"] == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "😀"},
        {"name": "x" * 121},
        {"sex": "x"},
        {"age_band": "7"},
        {"form_key": None},
        {"size": 2},
    ],
)
def test_bad_walk_in_is_refused(librarian, roll, fields):
    body = {"name": "Bàn Văn Páo", "form_key": str(uuid.uuid4()), **fields}
    assert librarian.post(f"{roll}/walk-ins", body).status_code == 422
    assert not Attendance.objects.exists()


def test_tally_says_how_many_there_are_and_not_how_many_more(librarian, roll):
    girls = {"cells": [{"sex": "female", "age_band": "6-10", "count": 12}]}
    librarian.post(f"{roll}/tally", girls)
    answer = librarian.post(f"{roll}/tally", {**girls, "cells": [*girls["cells"], {"count": 3}]})
    assert answer.json()["people"] == 15
    assert {(cell["sex"], cell["age_band"], cell["count"]) for cell in answer.json()["tally"]} == {
        ("female", "6-10", 12),
        (None, None, 3),
    }
    assert librarian.post(f"{roll}/tally", {"cells": [{"count": 0}]}).json()["people"] == 12


@pytest.mark.parametrize(
    "cell", [{"count": -1}, {"count": 10_001}, {"count": 10**30}, {"count": "1"}, {"sex": "x", "count": 1}, {}]
)
def test_bad_tally_is_refused(librarian, roll, cell):
    assert librarian.post(f"{roll}/tally", {"cells": [cell]}).status_code == 422
    assert librarian.get(roll).json()["people"] == 0


def test_closing_counts_once_and_is_repeated_without_harm_by_whoever_closed(
    anybody, librarian, roll, running, mai, family
):
    librarian.post(f"{roll}/all-present")
    url = f"/sessions/{running.pk}/close"

    first, again = librarian.post(url, {}), librarian.post(url, {})

    assert first.json() == again.json()
    assert (again.status_code, again.json()["status"], again.json()["revision"]) == (200, "closed", 1)
    assert Posting.objects.count() == 1
    sheet = anybody.get(f"/sessions/{running.pk}").json()
    assert (sheet["attended"], sheet["came"]) == (5, None)
    assert "Mai" not in str(sheet)
    own = librarian.get(f"/sessions/{running.pk}").json()
    assert (own["attended"], own["came"]) == (5, [{"sex": None, "age_band": None, "people": 5}])


def test_who_came_to_one_session_by_sex_and_age_is_for_those_who_see_who_took_part(
    anybody, librarian, stranger, roll, running
):
    """As on its page: a girl between six and ten among two people has a name."""
    cells = [{"sex": "female", "age_band": "6-10", "count": 1}, {"count": 1}]
    librarian.post(f"{roll}/tally", {"cells": cells})
    assert librarian.post(f"/sessions/{running.pk}/close", {}).status_code == 200

    assert len(librarian.get(f"/sessions/{running.pk}").json()["came"]) == 2
    for other in (anybody, stranger):
        sheet = other.get(f"/sessions/{running.pk}").json()
        assert (sheet["attended"], sheet["came"]) == (2, None)


def test_closing_what_a_colleague_closed_is_refused(librarian, running, officer_of_bac_kan):
    from tests.api.conftest import ApiClient

    url = f"/sessions/{running.pk}/close"
    assert librarian.post(url, {"nobody_came": True}).status_code == 200
    answer = ApiClient(officer_of_bac_kan).post(url, {"nobody_came": True})
    assert (answer.status_code, answer.json()["error"]) == (409, "not_closable")


def test_untouched_roll_is_closed_only_with_a_word(librarian, running):
    url = f"/sessions/{running.pk}/close"
    assert librarian.post(url, {}).json()["error"] == "nobody_marked"
    assert librarian.post(url, {"nobody_came": "true"}).status_code == 422
    assert librarian.post(url, {"nobody_came": True}).json()["people"] == 0


def test_closed_roll_is_put_right_with_a_reason_by_a_reversal(librarian, roll, running, mai, family):
    librarian.post(f"{roll}/all-present")
    librarian.post(f"/sessions/{running.pk}/close", {})
    assert librarian.post(f"{roll}/all-present").json()["error"] == "roll_refused"
    body = {
        "reason": "Đếm sót một nhóm",
        "marks": [{"line": str(mai.pk), "present": 0}],
        "cells": [{"sex": "male", "count": 3}],
        "walk_ins": [{"name": "Bàn Văn Páo", "form_key": str(uuid.uuid4())}],
    }
    url = f"/sessions/{running.pk}/correct"
    assert librarian.post(url, {**body, "reason": " "}).status_code == 422
    assert librarian.post(url, {**body, "walk_ins": [{"name": "Bàn Văn Páo"}]}).status_code == 422

    answer = librarian.post(url, body)

    assert (answer.json()["people"], answer.json()["revision"]) == (8, 2)
    assert Posting.objects.count() == 3
    assert sum(Entry.objects.filter(measure="programme_attendance").values_list("quantity", flat=True)) == 8
    again = librarian.post(url, body)
    assert (again.status_code, again.json()["error"]) == (409, "not_correctable")
    assert Posting.objects.count() == 3


def test_roll_opens_two_hours_before(librarian, tomorrow):
    answer = librarian.post(f"/sessions/{tomorrow.pk}/roll/all-present")
    assert (answer.status_code, answer.json()["error"]) == (409, "roll_refused")
    Session.objects.update(starts_at=timezone.now() + dt.timedelta(hours=1))
    assert librarian.post(f"/sessions/{tomorrow.pk}/roll/all-present").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_roll_takes_the_same_queries_for_any_number_of_lines(librarian, running, django_assert_num_queries, number):
    for _each in range(number):
        RegistrationFactory(session=running)
    librarian.get("/staff/drafts")
    with django_assert_num_queries(10):
        assert len(librarian.get(f"/sessions/{running.pk}/roll").json()["lines"]) == number


def test_a_whole_sheet_is_taken_at_once_or_not_at_all(librarian, running, mai, family):
    sheet = {"all_present": True, "walk_ins": [{"name": n, "form_key": str(uuid.uuid4())} for n in ("Páo", "Hoa")]}
    url = f"/sessions/{running.pk}/roll/sheet"
    wrong = {**sheet, "cells": [{"count": -1}]}
    assert librarian.post(url, wrong).status_code == 422
    assert librarian.get(f"/sessions/{running.pk}/roll").json()["people"] == 0
    assert [librarian.post(url, sheet).json()["people"] for _time in range(2)] == [7, 7]


def test_viewers_count_where_it_can_be_followed_on_line(librarian, running):
    url = f"/sessions/{running.pk}/roll/sheet"
    assert librarian.post(url, {"viewers": 9}).status_code in (409, 422)
    running.also_online = True
    running.save(update_fields=["also_online"])
    roll = librarian.post(url, {"viewers": 9}).json()
    assert (roll["viewers"], roll["people"]) == (9, 9)


def test_people_of_a_named_group_are_lines_of_their_own(librarian, running):
    body = {"name": "Lớp 3A", "people": [{"name": "Hà"}, {"name": "Páo"}], "form_key": str(uuid.uuid4())}
    librarian.post(f"/sessions/{running.pk}/guests", body)
    lines = librarian.get(f"/sessions/{running.pk}/roll").json()["lines"]
    assert {(line["name"], line["party"]) for line in lines} == {("Hà", "Lớp 3A"), ("Páo", "Lớp 3A")}


def test_the_note_stays_after_closing_and_is_refused_to_others(librarian, stranger, running):
    librarian.post(f"/sessions/{running.pk}/close", {"nobody_came": True})
    url = f"/sessions/{running.pk}/roll/note"
    assert librarian.post(url, {"note": "Mưa to."}).json()["note"] == "Mưa to."
    assert stranger.post(url, {"note": "x"}).status_code == 403


def test_faces_are_given_by_anybody_and_counted_for_staff(anybody, librarian, running, tomorrow, mai):
    url = f"/sessions/{running.pk}/ratings"
    for face in (1, 3):  # the same registration changes what it said
        body = {"face": face, "code": mai.code_shown, "form_key": str(uuid.uuid4())}
        assert anybody.post(url, body).status_code == 201
    assert librarian.get(url).json() == {"happy": 1, "so_so": 0, "sad": 0, "is_telling": False, "said": []}
    assert anybody.get(url).status_code == 401
    key = str(uuid.uuid4())
    assert anybody.post(url, {"face": 4, "form_key": key}).json()["error"] == "bad_rating"
    assert anybody.post(url, {"face": 3, "code": "AAAAAAAA", "form_key": key}).status_code == 422
    assert anybody.post(f"/sessions/{tomorrow.pk}/ratings", {"face": 3, "form_key": key}).status_code == 409
