"""What a phone and the server say to each other about visits."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.inspection.enums import Severity
from hocsuotdoi.inspection.models import VisitAnswer, VisitPhoto
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.finding import add_finding
from hocsuotdoi.inspection.operations.plan import Planned, plan_visits
from hocsuotdoi.inspection.operations.seeing import take_answer
from hocsuotdoi.inspection.queries.carrying import carried
from tests.api.conftest import ApiClient
from tests.factories.places import InstitutionFactory
from tests.inspection.conftest import answer_all, noted, opened
from tests.inspection.test_seeing import picture

SEEN_AT = "2026-11-26T08:00:00+07:00"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def phone(inspector):
    return ApiClient(inspector)


def row(visit, **given):
    item = visit.checklist.items.first()
    return {"id": str(uuid7()), "visit": str(visit.pk), "item": item.pk, "seen": "yes", "seen_at": SEEN_AT} | given


def test_it_takes_its_visits_along_with_all_that_it_needs(visit, phone):
    carried = phone.get("/inspection/carried").json()
    assert carried["person_name"] == "Dương Văn Nam"
    (one,) = carried["visits"]
    assert (one["institution_name"], one["place"]) == ("Thư viện phường Bắc Kạn", "Phường Bắc Kạn")
    assert one["team"] == ["Dương Văn Nam", "Lường Thị Nga"]
    assert all(item["question"] and item["source"] for item in one["items"])


def test_answers_are_told_one_by_one(visit, phone):
    one = row(visit, words="Có bảng giờ")
    sent = [one, row(visit, seen="no", seen_at="2026-11-25T08:00:00+07:00"), row(visit, item=999_999_999)]
    told = phone.post("/inspection/answers", {"answers": sent}).json()["answers"]
    assert [each["outcome"] for each in told] == ["taken", "later", "refused"]
    assert told[1]["holds"] == "đạt: Có bảng giờ"
    assert phone.post("/inspection/answers", {"answers": [one]}).json()["answers"][0]["outcome"] == "known"
    assert VisitAnswer.objects.count() == 1
    assert phone.get("/inspection/carried").json()["visits"][0]["items"][0]["answer"]["words"] == "Có bảng giờ"


def test_what_was_taken_and_is_sent_again_after_the_visit_was_closed_is_told_as_known(visit, phone, colleague, now):
    one = row(visit, seen_at="2099-01-01T08:00:00+07:00")  # a clock that runs ahead: noted when it came, both times
    assert phone.post("/inspection/answers", {"answers": [one]}).json()["answers"][0]["outcome"] == "taken"
    answered = visit.answers.get().item
    for item in visit.checklist.items.exclude(pk=answered.pk):
        given = {"seen": "not_applicable", "words": "Không có"}
        take_answer(visit, noted(visit, item, **given, seen_at=now), by=colleague, at=now)
    visit.refresh_from_db()
    close_visit(visit, conclusion="Tốt", met="Bà Lan", version=visit.version, by=colleague, at=timezone.now())
    sent = [one, row(visit, seen="no", seen_at="2099-01-01T08:00:00+07:00")]
    told = phone.post("/inspection/answers", {"answers": sent}).json()["answers"]
    assert [each["outcome"] for each in told] == ["known", "refused"]


@pytest.mark.parametrize(
    "given",
    [{"seen": "maybe"}, {"seen_at": "hôm qua"}, {"words": "a\x00b"}, {"number": "NaN"}, {"number": 1e20}, {"item": -1}],
)
def test_what_no_answer_is_like_is_refused_whole(visit, phone, given):
    assert phone.post("/inspection/answers", {"answers": [row(visit, **given)]}).status_code == 422


def test_more_than_two_hundred_at_once_are_refused(visit, phone):
    assert phone.post("/inspection/answers", {"answers": [row(visit)] * 201}).status_code == 422


def test_a_picture_comes_with_a_session_and_its_token_and_is_once_there(visit, inspector):
    client = Client(enforce_csrf_checks=True)
    client.force_login(inspector)
    where = f"/api/v1/inspection/visits/{visit.pk}/photos"
    key, content = str(uuid7()), picture((60, 40))

    def send(**headers):
        file = SimpleUploadedFile("a.jpg", content, "image/jpeg")
        item = visit.checklist.items.first().pk
        return client.post(where, {"file": file, "id": key, "taken_at": SEEN_AT, "item": item}, headers=headers)

    assert send().status_code == 403
    client.get("/api/v1/inspection/carried")  # brings the token
    token = client.cookies["csrftoken"].value
    told = send(**{"X-CSRFToken": token})
    assert told.status_code == 200, told.content
    assert send(**{"X-CSRFToken": token}).json() == told.json()
    photo = VisitPhoto.objects.get()
    assert (str(photo.pk), photo.item) == (key, visit.checklist.items.first())


def test_lists_and_one_visit(visit, phone, inspector, now):
    answer_all(visit, inspector, now)
    listed = phone.get("/inspection/visits?mine=true").json()
    assert (listed["count"], listed["items"][0]["state"]) == (1, "under_way")
    assert phone.get("/inspection/visits?state=closed").json()["count"] == 0
    assert phone.get("/inspection/visits?institution=khac").json()["count"] == 0
    entry = phone.get(f"/inspection/visits/{visit.pk}").json()
    assert {each["seen_by"] for each in entry["answers"]} == {"Dương Văn Nam"}
    assert phone.get(f"/inspection/visits/{uuid7()}").status_code == 404


def test_figures_only_where_one_may(visit, phone, today, librarian_of_bac_kan, manager_of_bac_kan):
    found = phone.get(f"/inspection/figures?unit=19&year={today.year}").json()
    assert (found["expected"], found["planned"]) == (1, 1)
    assert phone.get("/inspection/figures?unit=1-9&year=2026").status_code == 422
    assert ApiClient(manager_of_bac_kan).get(f"/inspection/figures?unit=19&year={today.year}").status_code == 422
    assert ApiClient(librarian_of_bac_kan).get(f"/inspection/figures?unit=19&year={today.year}").status_code == 403


def test_who_does_not_inspect_has_no_phone(visit, manager_of_bac_kan):
    other = ApiClient(manager_of_bac_kan)
    assert other.get("/inspection/carried").status_code == 403
    assert other.post("/inspection/answers", json.loads("{}")).status_code == 403


def finding_row(visit, **given):
    said = {"id": str(uuid7()), "visit": str(visit.pk), "severity": "shortcoming", "text": "Chưa mở buổi tối"}
    said |= {"demand": "Mở một buổi tối", "due_on": "2100-01-15", "noted_at": "2026-11-26T09:00:00+07:00"}
    return said | given


def test_findings_are_told_one_by_one_and_carried_with_who_wrote_them(visit, phone, colleague):
    one = finding_row(visit)
    told = phone.post("/inspection/findings", {"findings": [one, finding_row(visit, text="")]}).json()["findings"]
    assert [each["outcome"] for each in told] == ["taken", "refused"]
    (carried,) = phone.get("/inspection/carried").json()["visits"][0]["findings"]
    assert (carried["id"], carried["noted_by"]) == (one["id"], "Dương Văn Nam")
    mine = finding_row(visit, id=one["id"], text="Không mở", base=carried["noted_at"])
    other = ApiClient(colleague)
    theirs = {**mine, "text": "Mở không đều", "noted_at": "2026-11-26T09:30:00+07:00"}
    assert other.post("/inspection/findings", {"findings": [theirs]}).json()["findings"][0]["outcome"] == "taken"
    (told,) = phone.post("/inspection/findings", {"findings": [mine]}).json()["findings"]
    assert (told["outcome"], told["holds"]["text"]) == ("changed", "Mở không đều")
    assert "Lường Thị Nga" in told["reason"]


def closing_row(visit, **given):
    signed = [
        {"side": "team", "name": "Dương Văn Nam"},
        {"side": "institution", "name": "Lường Thị Lan", "post": "Phụ trách"},
    ]
    said = {"id": str(uuid7()), "visit": str(visit.pk), "conclusion": "Tốt", "signed": signed, "findings": []}
    return said | {"closed_at": "2026-11-26T11:00:00+07:00", "answers": []} | given


def test_a_closing_is_taken_once(visit, phone, inspector, now):
    answer_all(visit, inspector, now)
    one = closing_row(visit)
    outcomes = [
        phone.post("/inspection/closings", {"closings": [one]}).json()["closings"][0]["outcome"] for _each in range(2)
    ]
    assert outcomes == ["taken", "known"]
    assert phone.get(f"/inspection/visits/{visit.pk}").json()["state"] == "closed"
    assert phone.get("/inspection/carried").json()["visits"] == []


def test_what_a_colleague_noted_in_the_office_is_seen_once_it_was_carried(visit, phone, colleague, now):
    """Moments come back as they were told, to the microsecond: else nobody could close after a colleague's word."""
    at = now.replace(microsecond=123_457)
    answer_all(visit, colleague, at)
    visit.refresh_from_db()
    add_finding(visit, severity=Severity.ADVICE, text="Thêm bảng chỉ dẫn", by=colleague, at=at)
    (carried,) = phone.get("/inspection/carried").json()["visits"]
    (finding,) = carried["findings"]
    mine = finding_row(visit, id=finding["id"], severity="advice", text="Cần bảng chỉ dẫn", base=finding["noted_at"])
    (told,) = phone.post("/inspection/findings", {"findings": [mine]}).json()["findings"]
    assert told["outcome"] == "taken"
    seen = {
        "findings": [{"id": finding["id"], "noted_at": told["noted_at"]}],
        "answers": [{"item": item["id"], "seen_at": item["answer"]["seen_at"]} for item in carried["items"]],
    }
    (told,) = phone.post("/inspection/closings", {"closings": [closing_row(visit, **seen)]}).json()["closings"]
    assert (told["outcome"], told["changes"]) == ("taken", [])


@pytest.mark.parametrize(
    "given",
    [{"signed": [{"side": "cook", "name": "A"}]}, {"closed_at": "trưa"}, {"conclusion": "a\x00b"}, {"extra": 1}],
)
def test_what_no_closing_is_like_is_refused_whole(visit, phone, given):
    assert phone.post("/inspection/closings", {"closings": [closing_row(visit, **given)]}).status_code == 422


def test_who_does_not_inspect_ends_nothing(visit, manager_of_bac_kan):
    other = ApiClient(manager_of_bac_kan)
    assert other.post("/inspection/findings", {"findings": [finding_row(visit)]}).status_code == 403
    assert other.post("/inspection/closings", {"closings": [closing_row(visit)]}).status_code == 403


def test_what_is_carried_is_a_constant_number_of_queries(plan, bac_kan, inspector, today, now, office_of_bac_kan):
    counts = []
    for number in (1, 3):
        houses = [
            opened(InstitutionFactory(institution_class="library_commune", unit=bac_kan)) for _each in range(number)
        ]
        plan_visits(plan, [Planned(each, today) for each in houses], team=[inspector.pk], by=inspector, at=now)
        with CaptureQueriesContext(connection) as asked:
            found = carried(inspector, today)
        assert {each.mends for each in found} == {office_of_bac_kan.name}
        counts.append(len(asked))
    assert counts[0] == counts[1]
