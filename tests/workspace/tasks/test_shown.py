"""What was held shows that a task was done: it is not late, and one tap calls it done on the day of the evidence."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.activities.models import Session
from hocsuotdoi.programme.models import Assignment, AssignmentStep, Digest, Escalation
from hocsuotdoi.programme.operations import digest
from hocsuotdoi.programme.operations.assignment import decide_evidence, drop
from hocsuotdoi.programme.operations.tally import count_evidence
from tests.api.conftest import ApiClient
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.factories.programme import TaskFactory
from tests.factories.running import make_assignment
from tests.programme.conftest import held

TASKS = "/workspace/tasks/"
CONFIRM = "/workspace/tasks/confirm/"
NAME = "đã có minh chứng, chưa báo xong"


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def day() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def officer(officer_of_bac_kan):
    return signed_in(officer_of_bac_kan)


def due(assignment: Assignment, day: dt.date) -> Assignment:
    Assignment.objects.filter(pk=assignment.pk).update(due_on=day, year=day.year, handed_at=timezone.now() - YEAR)
    assignment.refresh_from_db()
    return assignment


YEAR = dt.timedelta(days=300)


@pytest.fixture
def shown(assignment, library_of_bac_kan, day) -> Assignment:
    """Due three days ago, held the day before."""
    held(library_of_bac_kan, day - dt.timedelta(days=4))
    due(assignment, day - dt.timedelta(days=3))
    count_evidence(at=timezone.now())
    return assignment


@pytest.fixture
def shown_late(assignment, library_of_bac_kan, day) -> Assignment:
    """Due five days ago, held two days later."""
    held(library_of_bac_kan, day - dt.timedelta(days=3))
    due(assignment, day - dt.timedelta(days=5))
    count_evidence(at=timezone.now())
    return assignment


def token(*assignments: Assignment) -> dict[str, object]:
    return {"task": [f"{each.pk}.{each.version}" for each in assignments]}


@pytest.mark.parametrize("look", ["today", "list", "board", "calendar", "timeline"])
def test_no_look_calls_it_late(look, shown, officer):
    page = officer.get(f"{TASKS}?view={look}&state=all&month={shown.due_on:%Y-%m}").content.decode()
    assert "Tổ chức ngày hội đọc sách" in page
    assert "Quá hạn 3" not in page and "task-bar-late" not in page
    assert NAME in page.lower()


def test_it_is_counted_and_listed_apart_from_what_is_late_or_to_do(shown, officer, day):
    counts = officer.get(TASKS).context["counts"]
    assert (counts["late"], counts["to_do"], counts["shown"]) == (0, 0, 1)
    columns = officer.get(f"{TASKS}?view=board").context["columns"]
    assert [each["count"] for each in columns] == [0, 0, 1, 0, 0]
    for state, number in (("late", 0), ("to_do", 0), ("shown", 1), ("waiting", 1), ("all", 1)):
        assert len(officer.get(f"{TASKS}?view=list&state={state}").context["rows"]) == number


def test_start_page_and_programs_say_the_same(shown, officer, officer_of_bac_kan):
    page = officer.get("/workspace/").content.decode()
    assert "Có minh chứng từ" in page or "có minh chứng từ" in page
    assert "Quá hạn 3 ngày" not in page
    program = ApiClient(officer_of_bac_kan)
    (row,) = program.get("/tasks?shown=true").json()["items"]
    assert (row["is_late"], row["is_shown"], row["state"]) == (False, True, "to_do")
    assert program.get("/tasks?late=true").json()["count"] == 0


def test_country_and_grid_say_the_same(shown, auditor, province_officer, thai_nguyen, country):
    (row,) = signed_in(auditor).get(f"{TASKS}of/VN/{shown.year}/").context["rows"]
    part = row["part"]
    assert (part.asked, part.shown, part.doing, part.late) == (1, 1, 0, 0)
    page = signed_in(province_officer).get(f"{TASKS}of/{thai_nguyen.code}/{shown.year}/").content.decode()
    assert '<span class="only-print">◐</span>' in page and "Quá hạn" not in page


def test_page_says_how_long_after_its_day_it_was_shown(shown_late, officer):
    page = officer.get(f"{TASKS}{shown_late.pk}/").content.decode()
    assert "Muộn 2 ngày so với thời hạn" in page
    assert "Quá hạn" not in page
    officer.post(CONFIRM, token(shown_late))
    assert "muộn 2 ngày" in officer.get(f"{TASKS}{shown_late.pk}/").content.decode()


def test_page_reads_the_books_before_they_are_counted(assignment, library_of_bac_kan, officer, day):
    due(assignment, day - dt.timedelta(days=3))
    held(library_of_bac_kan, day - dt.timedelta(days=4))
    page = officer.get(f"{TASKS}{assignment.pk}/").content.decode()
    assert "Báo cáo đã xong" in page and "Quá hạn" not in page


def test_ladder_is_silent_from_the_day_it_is_shown_and_speaks_when_the_evidence_goes(shown, officer_of_bac_kan, day):
    assert digest.climb(day=day, at=timezone.now()) == 0
    assert digest.write_digests(day=day, at=timezone.now()) == 0
    decide_evidence(
        shown,
        source_kind="activities.session",
        source_id=Session.objects.get().pk,
        verdict="rejected",
        reason="Không phải của phường",
        by=officer_of_bac_kan,
        at=timezone.now(),
    )
    assert digest.climb(day=day, at=timezone.now()) == 1


def test_letter_that_waits_leaves_out_what_was_shown_meanwhile(assignment, library_of_bac_kan, officer_of_bac_kan, day):
    due(assignment, day - dt.timedelta(days=1))
    assert digest.climb(day=day, at=timezone.now()) == 1
    assert digest.write_digests(day=day, at=timezone.now()) == 1
    held(library_of_bac_kan, day)
    count_evidence(at=timezone.now())
    digest.send_digests(at=timezone.now())
    assert Digest.objects.get().state == "dropped" and mail.outbox == []
    Digest.objects.all().delete()
    assert digest.write_digests(day=day, at=timezone.now()) == 0  # nor is it written, though it was noted before
    assert Escalation.objects.count() == 1


def test_one_tap_calls_it_done_on_the_day_of_the_evidence_and_twice_is_once(shown, officer, day):
    for _again in range(2):
        response = officer.post(CONFIRM, {**token(shown), "next": TASKS})
        assert response["Location"] == TASKS
    now = Assignment.objects.get(pk=shown.pk)
    assert (now.state, now.done_on, now.percent) == ("done", day - dt.timedelta(days=4), 100)
    assert AssignmentStep.objects.filter(assignment=shown, kind="progress").count() == 1


def test_one_tap_for_all_that_the_page_shows(shown, officer, plan, library_of_bac_kan, day):
    task = TaskFactory(plan=plan, clause__plan=plan, activity_kinds=["reading_day"], tiers=["commune"])
    other = make_assignment(task=task, agency=shown.agency, year=day.year)
    count_evidence(at=timezone.now(), everything=True)
    page = officer.get(TASKS).content.decode()
    assert "Báo xong cả 2 nhiệm vụ" in page
    officer.post(CONFIRM, token(shown, other))
    assert {each.state for each in Assignment.objects.all()} == {"done"}


def test_what_changed_or_is_shown_no_more_is_left_and_named(shown, officer, officer_of_bac_kan, planner, plan, day):
    task = TaskFactory(plan=plan, clause__plan=plan, activity_kinds=["contest"], tiers=["commune"])
    never = make_assignment(task=task, agency=shown.agency, year=day.year)
    dropped = make_assignment(title="Sửa mái", agency=shown.agency, year=day.year)
    drop(dropped, reason="Thôi", by=planner, at=timezone.now())
    dropped.version -= 1
    page = officer.post(CONFIRM, token(shown, never, dropped), follow=True).content.decode()
    assert "Đã báo hoàn thành 1 nhiệm vụ" in page and "Giữ nguyên: " in page and "Sửa mái" in page
    states = dict(Assignment.objects.values_list("pk", "state"))
    assert states == {shown.pk: "done", never.pk: "to_do", dropped.pk: "dropped"}
    page = officer.post(CONFIRM, token(never), follow=True).content.decode()
    assert "không còn cho thấy nhiệm vụ này đã xong" in page
    Assignment.objects.filter(pk=shown.pk).update(state="doing", done_on=None, version=9)
    page = officer.post(CONFIRM, token(shown), follow=True).content.decode()
    assert "đã có người khác báo cáo" in page
    assert Assignment.objects.get(pk=shown.pk).state == "doing"


def test_who_may_not_report_confirms_nothing(shown, planner, auditor, reader, thai_nguyen, day):
    stranger = PersonFactory()
    RoleAssignmentFactory(person=stranger, role=RoleName.AGENCY_OFFICER, agency=AgencyFactory(kind="culture_society"))
    assert signed_in(stranger).post(CONFIRM, token(shown)).status_code == 404
    for person in (planner, auditor, reader):
        assert signed_in(person).post(CONFIRM, token(shown)).status_code == 403
    assert Assignment.objects.get(pk=shown.pk).state == "to_do"
    given = {"tasks": [{"id": shown.pk, "version": shown.version}]}
    assert ApiClient(stranger).post("/tasks/confirm", given).status_code == 404
    assert ApiClient(planner).post("/tasks/confirm", given).status_code == 403


def test_programs_confirm_in_one_act(shown, officer_of_bac_kan, day):
    program = ApiClient(officer_of_bac_kan)
    given = {"tasks": [{"id": shown.pk, "version": shown.version}]}
    for _again in range(2):
        assert program.post("/tasks/confirm", given).json() == {"done": [shown.pk], "changed": [], "unshown": []}
    assert Assignment.objects.get(pk=shown.pk).done_on == day - dt.timedelta(days=4)


@pytest.mark.parametrize("given", [{}, {"task": "x.1"}, {"task": "1"}, {"task": "9" * 12 + ".1"}])
def test_what_names_no_task_is_not_there(given, shown, officer):
    assert officer.post(CONFIRM, given).status_code == 404
