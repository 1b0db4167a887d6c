"""What is gathered for whom, at a moment that the test chooses."""

import datetime as dt

import pytest

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.queries.scope import permissions_anywhere
from hocsuotdoi.activities.enums import ActivityStatus
from hocsuotdoi.places.models import UnitReading
from hocsuotdoi.workspace.home.todo import Group, todo
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.activities import ActivityFactory, SessionFactory, local
from tests.factories.indicators import AnswerFactory, CriteriaSetFactory
from tests.factories.places import UnitFactory
from tests.factories.programme import PlanFactory
from tests.factories.running import make_assignment, make_cycle, make_report, submit

MORNING = local(2026, 11, 23, 7)
NOON = local(2026, 11, 23, 12)


def _groups(person, now: dt.datetime = MORNING) -> dict[str, Group]:
    day = now.date()
    return {str(group.title): group for group in todo(person, permissions_anywhere(person, day), now=now, day=day)}


def _titles(person, group: str, now: dt.datetime = MORNING) -> list[str]:
    found = _groups(person, now).get(group)
    return [job.title for job in found.jobs] if found else []


def _details(person, group: str) -> list[str]:
    return [job.detail for job in _groups(person, MORNING)[group].jobs]


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def reading_day(library_of_bac_kan):
    return SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan))


def test_session_of_today_is_waiting_for_its_roll(reading_day, librarian_of_bac_kan, officer_of_bac_kan):
    for person in (librarian_of_bac_kan, officer_of_bac_kan):
        assert _titles(person, "Call the roll today") == ["Ngày hội đọc sách"]


def test_session_of_the_next_ward_is_nobody_elses_work(reading_day, librarian_of_duc_xuan, planner, auditor, reader):
    for person in (librarian_of_duc_xuan, planner, auditor, reader):
        assert _titles(person, "Call the roll today") == []


def test_province_calls_only_the_rolls_of_what_it_runs(
    reading_day, library_of_bac_kan, province_officer, department_of_thai_nguyen
):
    for group, now in (("Call the roll today", MORNING), ("Sessions to close", NOON)):
        assert _titles(province_officer, group, now) == []
    library_of_bac_kan.agencies.create(agency=department_of_thai_nguyen)
    for group, now in (("Call the roll today", MORNING), ("Sessions to close", NOON)):
        assert _titles(province_officer, group, now) == ["Ngày hội đọc sách"]


def test_what_is_late_stands_first_and_a_roll_of_today_before_all(
    library_of_bac_kan, office_of_bac_kan, officer_of_bac_kan
):
    ActivityFactory(institution=library_of_bac_kan, title="Thi vẽ", status=ActivityStatus.DRAFT, published_at=None)
    SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan), starts_at=local(2026, 11, 23, 15))
    task = {"agency": office_of_bac_kan, "year": 2026}
    make_assignment(title="việc sắp đến hạn", due_on=dt.date(2026, 11, 25), **task)
    make_assignment(title="việc quá hạn", due_on=dt.date(2026, 11, 20), **task)
    groups = _groups(officer_of_bac_kan, NOON)
    assert list(groups)[:2] == ["Call the roll today", "Tasks of the plans"]
    assert [job.title for job in groups["Tasks of the plans"].jobs] == ["Việc quá hạn", "Việc sắp đến hạn"]


def test_session_that_is_over_is_waiting_to_be_closed(reading_day, librarian_of_bac_kan):
    assert _titles(librarian_of_bac_kan, "Sessions to close") == []
    assert _titles(librarian_of_bac_kan, "Sessions to close", NOON) == ["Ngày hội đọc sách"]


def test_draft_is_waiting_for_who_may_publish_it_and_late_once_its_time_has_come(
    library_of_bac_kan, librarian_of_bac_kan, auditor
):
    draft = ActivityFactory(
        institution=library_of_bac_kan, title="Thi vẽ", status=ActivityStatus.DRAFT, published_at=None
    )
    SessionFactory(activity=draft)
    assert [job.is_late for job in _groups(librarian_of_bac_kan)["Drafts to publish"].jobs] == [False]
    assert [job.is_late for job in _groups(librarian_of_bac_kan, NOON)["Drafts to publish"].jobs] == [True]
    assert _titles(auditor, "Drafts to publish") == []


@pytest.fixture
def report(office_of_bac_kan, department_of_thai_nguyen):
    cycle = make_cycle()
    above = make_report(cycle, department_of_thai_nguyen, due_on=dt.date(2026, 12, 5))
    return make_report(cycle, office_of_bac_kan, goes_to=above, above=[department_of_thai_nguyen.pk])


@pytest.mark.parametrize(
    ("now", "due", "is_late"),
    [
        (local(2026, 11, 22), "3 days left", False),
        (local(2026, 11, 24), "1 day left", False),
        (local(2026, 11, 25), "1 day late", True),  # «before» the day: on the day itself it is late
        (local(2026, 11, 27), "3 days late", True),
    ],
)
def test_report_is_asked_for_with_the_days_left(report, officer_of_bac_kan, now, due, is_late):
    (job,) = _groups(officer_of_bac_kan, now)["Report"].jobs
    assert job.title.startswith("Report 2026 of Phòng Văn hóa")
    assert (job.due, job.is_late) == (due, is_late)


def test_report_is_not_asked_for_in_spring_nor_of_who_does_not_write_it(
    report, officer_of_bac_kan, librarian_of_bac_kan
):
    assert _titles(officer_of_bac_kan, "Report", local(2026, 4, 1)) == []
    assert _titles(librarian_of_bac_kan, "Report") == []


def test_submitted_report_is_asked_for_no_more_and_waits_above(report, officer_of_bac_kan, province_officer):
    submit(report)
    assert _titles(officer_of_bac_kan, "Report") == []
    assert len(_titles(province_officer, "Reports to approve")) == 1
    assert _titles(officer_of_bac_kan, "Reports to approve") == []


def test_findings_are_asked_of_planners_of_the_plans_unit(planner, thai_nguyen, officer_of_bac_kan, country):
    # A plan without number and date: the plan check finds that.
    PlanFactory(unit=thai_nguyen, number="", issued_on=None, title="Kế hoạch không số")
    PlanFactory(unit=country, number="", issued_on=None, title="Kế hoạch khác")
    assert _details(planner, "Findings of the plan check to answer") == ["Kế hoạch không số"]
    assert _titles(officer_of_bac_kan, "Findings of the plan check to answer") == []


def test_findings_of_a_communes_plan_are_asked_in_the_province_and_not_of_the_ministry(planner, bac_kan, country):
    ministry = PersonFactory()
    RoleAssignmentFactory(person=ministry, role=RoleName.PLANNER, unit=country)
    PlanFactory(unit=bac_kan, number="", issued_on=None, title="Kế hoạch của phường")
    assert _details(planner, "Findings of the plan check to answer") == ["Kế hoạch của phường"]
    assert _titles(ministry, "Findings of the plan check to answer") == []


def test_findings_of_an_ended_units_plan_are_asked_of_the_planner_of_its_successor(planner, thai_nguyen):
    ended = UnitFactory(ends_on=dt.date(2025, 7, 1))
    UnitReading.objects.create(unit=ended, reads_as=thai_nguyen, starts_on=dt.date(2025, 7, 1))
    PlanFactory(unit=ended, number="", issued_on=None, title="Kế hoạch của đơn vị cũ")
    assert _details(planner, "Findings of the plan check to answer") == ["Kế hoạch của đơn vị cũ"]


def test_more_than_five_of_a_kind_are_counted(library_of_bac_kan, librarian_of_bac_kan):
    for _number in range(7):
        SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan))
    group = _groups(librarian_of_bac_kan, NOON)["Sessions to close"]
    assert (len(group.jobs), group.more) == (5, 2)


@pytest.mark.parametrize(("year", "place"), [(2026, ""), (2025, ", 2025"), (2024, ", 2024"), (2023, None)])
def test_statement_waits_for_who_decides_also_of_the_years_before(
    library_of_bac_kan, officer_of_bac_kan, manager_of_bac_kan, year, place
):
    """Where nothing was found, and nothing is known of the year yet."""
    indicator = CriteriaSetFactory(criteria=[("asked", "website_known", {})]).indicator_id
    AnswerFactory(institution=library_of_bac_kan, indicator_code=indicator, year=year, note="Có trang riêng")

    group = _groups(officer_of_bac_kan).get("Answers to decide about")

    shown = [job.detail for job in group.jobs] if group else []
    assert shown == ([] if place is None else [f"{library_of_bac_kan}{place}"])
    assert _titles(manager_of_bac_kan, "Answers to decide about") == []


@pytest.mark.parametrize("sessions", [1, 3])
def test_one_session_and_three_take_the_same_queries(
    officer_of_bac_kan, library_of_bac_kan, sessions, django_assert_num_queries
):
    for _number in range(sessions):
        SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan))
    permissions = permissions_anywhere(officer_of_bac_kan, NOON.date())
    with django_assert_num_queries(27):
        assert len(todo(officer_of_bac_kan, permissions, now=NOON, day=NOON.date())) >= 2
