"""Tasks whose tier, unit or body is no more: nobody's until a decision gives them to somebody who stands."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import AdminUnit, Agency, LegalAct
from hocsuotdoi.programme.enums import AgencyPart, PlanStatus, RehomingKind
from hocsuotdoi.programme.enums import AssignmentState as State
from hocsuotdoi.programme.models import Assignment, Plan, Task, TaskRehoming
from hocsuotdoi.programme.operations import assignment as acts
from hocsuotdoi.programme.operations.making import make_assignments
from hocsuotdoi.programme.operations.rehoming import BadRehoming, NotRehomed
from hocsuotdoi.programme.operations.task_rehoming import rehome_tasks
from hocsuotdoi.programme.queries.receivers import receivers
from hocsuotdoi.programme.queries.untaken import tasks_not_taken
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.factories.programme import TaskFactory, change_plan

LATER = dt.timedelta(hours=1)


@pytest.fixture
def act(db) -> LegalAct:
    return LegalAct.objects.create(number="9/NQ", title="Thử", issuer="HĐND", issued_on=dt.date(2025, 8, 1))


@pytest.fixture
def office_of_duc_xuan(duc_xuan) -> Agency:
    return AgencyFactory(unit=duc_xuan, name="Phòng Văn hóa - Xã hội phường Đức Xuân")


@pytest.fixture
def of_districts(plan) -> Task:
    return TaskFactory(plan=plan, clause__plan=plan, text="Tổ chức giao lưu", tiers=["district"])


@pytest.fixture
def decide(planner, act, now, today):
    def decided(tasks, **more):
        given = {
            "kind": RehomingKind.TAKEN_OVER,
            "effective_on": today,
            "legal_act": act,
            "reason": "Cấp huyện đã kết thúc",
            "by": planner,
            "at": now,
            "today": today,
        }
        return rehome_tasks(tasks, **given | more)

    return decided


def open_tasks(today) -> list[Task]:
    return [row.task for group in tasks_not_taken(Plan.objects.all(), today) for row in group.rows]


def live() -> set[tuple[Agency, str]]:
    return {(each.agency, each.part) for each in Assignment.objects.exclude(state=State.DROPPED)}


def test_task_of_an_abolished_tier_is_listed_with_the_reason_and_asks_nobody(
    plan, of_districts, reading_task, office_of_bac_kan, now, today
):
    make_assignments(year=2026, day=today, at=now)
    assert {each.task for each in Assignment.objects.all()} == {reading_task}
    (group,) = tasks_not_taken([plan], today)
    assert (group.plan, [row.task for row in group.rows]) == (plan, [of_districts])
    assert "huyện" in group.rows[0].why
    assert tasks_not_taken([], today) == []


def test_task_without_a_body_of_the_kind_is_nobody_s_until_one_stands(plan, reading_task, bac_kan, today):
    assert open_tasks(today) == [reading_task]
    AgencyFactory(unit=bac_kan)
    assert open_tasks(today) == []


def test_task_whose_named_body_has_ended_says_which(plan, thai_nguyen, bac_kan, today):
    ended = AgencyFactory(unit=thai_nguyen, name="Ban Thử", ends_on=dt.date(2025, 7, 1))
    task = TaskFactory(plan=plan, clause__plan=plan, tiers=["district"])
    task.agencies.create(agency=ended, part="lead", written="Ban Thử")
    (group,) = tasks_not_taken([plan], today)
    assert "Ban Thử" in group.rows[0].why


@pytest.mark.parametrize(
    "fields", [{"recurrence": "once", "due_year": 2025}, {"plan__status": "retired"}, {"plan__status": "draft"}]
)
def test_what_is_asked_no_longer_is_not_listed(fields, plan, of_districts, today):
    change_plan(plan, status=fields.pop("plan__status", "in_force"))
    if "due_year" in fields:
        TaskFactory(plan=plan, clause__plan=plan, tiers=["district"], **fields)
        assert open_tasks(today) == [of_districts]
    else:
        assert open_tasks(today) == []


def test_task_handed_down_by_hand_is_taken_while_that_holds(of_districts, office_of_bac_kan, planner, now, today):
    given = {"year": 2026, "remark": "", "by": planner, "at": now}
    (row,) = acts.hand_down(of_districts, due={office_of_bac_kan: None}, **given)
    assert open_tasks(today) == []
    acts.drop(row, reason="Thôi", by=planner, at=now)
    assert open_tasks(today) == [of_districts]
    parts = {office_of_bac_kan: AgencyPart.COORDINATING}
    acts.hand_down(of_districts, due={office_of_bac_kan: None}, parts=parts, **given)
    assert open_tasks(today) == [of_districts]  # whoever only coordinates does not answer for it


def test_decision_gives_several_tasks_to_each_unit_s_body_at_once(
    plan, of_districts, office_of_bac_kan, office_of_duc_xuan, bac_kan, duc_xuan, planner, decide, now, today
):
    other = TaskFactory(plan=plan, clause__plan=plan, tiers=["district"], recurrence="once")
    rows = decide([of_districts, other], units=[bac_kan, duc_xuan], agency_kind="culture_society")
    assert {(row.task, row.unit, row.agency_kind, row.part) for row in rows} == {
        (task, unit, "culture_society", "lead") for task in (of_districts, other) for unit in (bac_kan, duc_xuan)
    }
    assert open_tasks(today) == []
    made = Assignment.objects.filter(task=of_districts).select_related("agency")
    assert {(each.agency, each.part, each.year, each.due_on, each.handed_by) for each in made} == {
        (office, "lead", 2026, dt.date(2026, 12, 31), planner.pk) for office in (office_of_bac_kan, office_of_duc_xuan)
    }
    (step,) = made[0].steps.all()
    assert "9/NQ" in step.note and "Cấp huyện đã kết thúc" in step.note
    assert Task.objects.get(pk=of_districts.pk).tiers == ["district"]  # it stays as issued
    # As the plan's own: next year they are asked again; what is done once is not.
    make_assignments(year=2026, day=today, at=now)
    assert Assignment.objects.count() == 4
    make_assignments(year=2027, day=dt.date(2027, 1, 1), at=now)
    assert Assignment.objects.filter(year=2027).count() == 2


def test_same_decision_again_changes_nothing(of_districts, office_of_bac_kan, bac_kan, decide, now):
    rows = decide([of_districts], units=[bac_kan], agency_kind="culture_society")
    again = decide([of_districts], units=[bac_kan], agency_kind="culture_society", at=now + LATER)
    assert again == rows
    assert TaskRehoming.objects.count() == Assignment.objects.count() == 1
    assert Assignment.objects.get().steps.count() == 1


def test_decision_names_bodies_with_their_part(
    of_districts, office_of_bac_kan, bac_kan, thai_nguyen, department_of_thai_nguyen, decide, today
):
    front = AgencyFactory(unit=bac_kan, kind="front")
    decide([of_districts], bodies=[front, office_of_bac_kan], part=AgencyPart.COORDINATING)
    assert live() == {(front, "coordinating"), (office_of_bac_kan, "coordinating")}
    assert open_tasks(today) == [of_districts]  # nobody leads
    decide([of_districts], bodies=[department_of_thai_nguyen])
    assert (department_of_thai_nguyen, "lead") in live()
    assert open_tasks(today) == []


def test_later_decision_takes_the_place_of_the_earlier(
    of_districts, office_of_bac_kan, office_of_duc_xuan, bac_kan, duc_xuan, planner, decide, now, today
):
    schools = AgencyFactory(unit=bac_kan, kind="education")
    by_hand = AgencyFactory(unit=bac_kan, kind="front")
    decide([of_districts], units=[bac_kan, duc_xuan], agency_kind="culture_society")
    acts.hand_down(of_districts, due={by_hand: None}, year=2026, remark="", by=planner, at=now + LATER)
    decide([of_districts], bodies=[schools], at=now + 2 * LATER)
    assert live() == {(schools, "lead"), (by_hand, "lead"), (office_of_duc_xuan, "lead")}
    gone = Assignment.objects.get(agency=office_of_bac_kan)
    assert gone.state == State.DROPPED and "9/NQ" in gone.steps.last().note
    # And back: what was dropped is asked again, with what it says in the trail.
    decide([of_districts], units=[bac_kan], agency_kind="culture_society", at=now + 3 * LATER)
    assert live() == {(office_of_bac_kan, "lead"), (by_hand, "lead"), (office_of_duc_xuan, "lead")}
    decide([of_districts], kind=RehomingKind.DROPPED, units=[bac_kan], at=now + 4 * LATER)
    assert live() == {(office_of_duc_xuan, "lead")}
    assert open_tasks(today) == []
    make_assignments(year=2027, day=dt.date(2027, 1, 1), at=now)
    assert {each.agency for each in Assignment.objects.filter(year=2027)} == {office_of_duc_xuan}


def test_task_is_settled_once_nothing_is_pursued_for_all(of_districts, plan, bac_kan, duc_xuan, decide, now, today):
    decide([of_districts], kind=RehomingKind.DROPPED, units=[bac_kan])
    assert open_tasks(today) == [of_districts]
    decide([of_districts], kind=RehomingKind.DROPPED, units=[duc_xuan])
    assert open_tasks(today) == []
    office = AgencyFactory(unit=bac_kan)
    decide([of_districts], units=[bac_kan], agency_kind="culture_society", at=now + LATER)
    assert live() == {(office, "lead")}


def test_body_that_has_the_task_in_another_part_leads_once_that_is_decided(
    plan, of_districts, office_of_bac_kan, bac_kan, duc_xuan, planner, decide, now, today
):
    due = dt.date(2026, 12, 20)
    parts = {office_of_bac_kan: AgencyPart.COORDINATING}
    given = {"remark": "", "by": planner, "at": now, "parts": parts}
    (row,) = acts.hand_down(of_districts, due={office_of_bac_kan: due}, year=2026, **given)
    decide([of_districts], units=[bac_kan], agency_kind="culture_society", at=now + LATER)
    row.refresh_from_db()
    assert (row.part, row.due_on, row.version) == ("lead", due, 2)
    assert "9/NQ" in row.steps.last().note and open_tasks(today) == []
    schools = AgencyFactory(unit=bac_kan, kind="education")
    decide([of_districts], bodies=[schools], at=now + 2 * LATER)
    assert live() == {(schools, "lead")}  # what was decided is decided anew


def test_task_of_next_year_does_not_stand_for_this_year_s(
    of_districts, office_of_bac_kan, bac_kan, decide, planner, now
):
    acts.hand_down(of_districts, due={office_of_bac_kan: None}, year=2027, remark="", by=planner, at=now)
    decide([of_districts], units=[bac_kan], agency_kind="culture_society", at=now + LATER)
    assert set(Assignment.objects.values_list("year", flat=True)) == {2026, 2027}


def test_giving_the_lead_leaves_the_plan_s_coordinators(reading_task, office_of_bac_kan, bac_kan, decide, now, today):
    front, schools = AgencyFactory(unit=bac_kan, kind="front"), AgencyFactory(unit=bac_kan, kind="education")
    reading_task.agencies.create(agency=front, part="coordinating", written="Mặt trận")
    make_assignments(year=2026, day=today, at=now)
    assert live() == {(office_of_bac_kan, "lead"), (front, "coordinating")}
    decide([reading_task], bodies=[schools])
    assert live() == {(schools, "lead"), (front, "coordinating")}
    # A part that is given takes the place of that part only; what is dropped, of all.
    decide([reading_task], bodies=[schools], part=AgencyPart.COORDINATING, at=now + LATER)
    assert live() == {(office_of_bac_kan, "lead"), (schools, "coordinating")}
    decide([reading_task], kind=RehomingKind.DROPPED, units=[bac_kan], at=now + 2 * LATER)
    assert live() == set()


def test_armed_forces_get_and_lose_tasks_on_their_own_line_only(
    of_districts, office_of_bac_kan, bac_kan, planner, decide, now
):
    soldiers = AgencyFactory(unit=bac_kan, kind="military", name="Ban Chỉ huy quân sự phường Bắc Kạn")
    for more in ({"bodies": [soldiers]}, {"units": [bac_kan], "agency_kind": "military"}):
        with pytest.raises(BadRehoming) as refused:
            decide([of_districts], **more)
        assert soldiers.name in str(refused.value)
    assert not TaskRehoming.objects.exists()
    commander = PersonFactory()
    RoleAssignmentFactory(person=commander, role=RoleName.PLANNER, agency=soldiers)
    acts.hand_down(of_districts, due={soldiers: None}, year=2026, remark="", by=commander, at=now)
    decide([of_districts], kind=RehomingKind.DROPPED, units=[bac_kan], at=now + LATER)
    assert live() == {(soldiers, "lead")}  # their command asks it
    decide([of_districts], bodies=[soldiers], by=commander, at=now + 2 * LATER)
    assert live() == {(soldiers, "lead")}


def test_decision_of_an_earlier_day_than_one_that_holds_is_refused(
    of_districts, office_of_bac_kan, bac_kan, duc_xuan, thai_nguyen, decide, now, today
):
    front, before = AgencyFactory(unit=bac_kan, kind="front"), today - dt.timedelta(days=3)
    decide([of_districts], units=[bac_kan], agency_kind="culture_society", effective_on=before)
    decide([of_districts], bodies=[front], at=now + LATER)
    for _number in range(2):
        with pytest.raises(BadRehoming) as refused:
            decide(
                [of_districts], units=[bac_kan], agency_kind="culture_society", effective_on=before, at=now + 2 * LATER
            )
        assert refused.value.field == "effective_on" and "9/NQ" in str(refused.value)
    assert live() == {(front, "lead")} and TaskRehoming.objects.count() == 2
    # Nor below a unit for which it was dropped on a later day.
    decide([of_districts], kind=RehomingKind.DROPPED, units=[thai_nguyen], at=now + 3 * LATER)
    office = AgencyFactory(unit=duc_xuan)
    with pytest.raises(BadRehoming):
        decide([of_districts], bodies=[office], effective_on=before, at=now + 4 * LATER)
    decide([of_districts], bodies=[office], at=now + 4 * LATER)
    assert live() == {(office, "lead")}


def test_province_s_later_decision_ends_the_ward_s(
    of_districts, office_of_bac_kan, bac_kan, thai_nguyen, decide, now, today
):
    decide([of_districts], units=[bac_kan], agency_kind="culture_society")
    decide([of_districts], kind=RehomingKind.DROPPED, units=[thai_nguyen], at=now + LATER)
    assert live() == set() and open_tasks(today) == []


def test_living_task_goes_on_being_asked_of_whoever_does_not_lie_there(
    reading_task, office_of_bac_kan, office_of_duc_xuan, bac_kan, decide, now, today
):
    make_assignments(year=2026, day=today, at=now)
    schools = AgencyFactory(unit=bac_kan, kind="education")
    decide([reading_task], bodies=[schools])
    assert live() == {(schools, "lead"), (office_of_duc_xuan, "lead")}
    make_assignments(year=2027, day=dt.date(2027, 1, 1), at=now)
    assert {each.agency for each in Assignment.objects.filter(year=2027)} == {schools, office_of_duc_xuan}


def test_task_is_listed_again_once_the_body_of_the_decision_has_ended(
    of_districts, office_of_bac_kan, bac_kan, decide, today
):
    front = AgencyFactory(unit=bac_kan, kind="front")
    decide([of_districts], bodies=[front])
    Agency.objects.filter(pk=front.pk).update(ends_on=today)
    assert open_tasks(today) == [of_districts]


def test_task_dropped_and_taken_over_again_is_listed_once_its_new_body_has_ended(
    of_districts, bac_kan, thai_nguyen, decide, now, today
):
    front = AgencyFactory(unit=bac_kan, kind="front")
    decide([of_districts], kind=RehomingKind.DROPPED, units=[thai_nguyen])
    decide([of_districts], bodies=[front], at=now + LATER)
    assert open_tasks(today) == []
    Agency.objects.filter(pk=front.pk).update(ends_on=today)
    assert open_tasks(today) == [of_districts]
    decide([of_districts], kind=RehomingKind.DROPPED, units=[thai_nguyen], reason="Thôi hẳn", at=now + 2 * LATER)
    assert open_tasks(today) == []


def test_wrong_decisions_are_refused(
    plan, of_districts, office_of_bac_kan, bac_kan, duc_xuan, thai_nguyen, decide, today
):
    ended = AgencyFactory(unit=bac_kan, ends_on=today)
    gone = AdminUnit.objects.create(code="x", tier="commune", kind="commune", name="X", short_name="X", ends_on=today)
    there = {"units": [bac_kan], "agency_kind": "culture_society"}
    for tasks, more, error, words in (
        ([], there, NotRehomed, "nhiệm vụ"),
        ([of_districts], there | {"reason": " "}, BadRehoming, "lý do"),
        ([of_districts], there | {"effective_on": today + dt.timedelta(days=1)}, BadRehoming, "ngày"),
        ([of_districts], {}, BadRehoming, ""),
        ([of_districts], {"units": [bac_kan]}, BadRehoming, ""),
        ([of_districts], {"agency_kind": "culture_society"}, BadRehoming, ""),
        ([of_districts], there | {"units": [bac_kan, duc_xuan]}, BadRehoming, "Phường Đức Xuân"),
        ([of_districts], there | {"units": [gone]}, BadRehoming, "X"),
        ([of_districts], {"bodies": [ended]}, BadRehoming, ended.name),
        ([of_districts], {"kind": RehomingKind.DROPPED}, BadRehoming, ""),
        ([of_districts], there | {"kind": RehomingKind.REPLACED}, BadRehoming, ""),
    ):
        with pytest.raises(error) as refused:
            decide(tasks, **more)
        assert words in str(refused.value)
    change_plan(plan, status=PlanStatus.RETIRED)
    with pytest.raises(NotRehomed):
        decide([of_districts], **there)
    assert not TaskRehoming.objects.exists() and not Assignment.objects.exists()


def test_refused_half_way_nothing_is_kept(of_districts, office_of_bac_kan, bac_kan, decide):
    with pytest.raises(Refused), transaction.atomic():
        decide([of_districts], units=[bac_kan], agency_kind="culture_society")
        raise Refused("anything after it")
    assert not TaskRehoming.objects.exists() and not Assignment.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"agency_kind": ""},
        {"part": ""},
        {"kind": "replaced"},
        {"kind": "dropped"},
        {"kind": "dropped", "agency_kind": "", "part": "lead"},
        {"reason": ""},
    ],
)
def test_database_takes_no_decision_that_says_nothing(fields, of_districts, bac_kan, planner, act, now, today):
    given = {
        "task": of_districts,
        "kind": "taken_over",
        "unit": bac_kan,
        "agency_kind": "culture_society",
        "part": "lead",
        "effective_on": today,
        "legal_act": act,
        "reason": "Thử",
        "by": planner.pk,
        "at": now,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskRehoming.objects.create(**given | fields)
    TaskRehoming.objects.create(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskRehoming.objects.create(**given)  # once in an act
    for change in (lambda: TaskRehoming.objects.update(reason="Khác"), lambda: TaskRehoming.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_hand_down_offers_the_heirs_bodies_where_the_tier_has_ended(
    of_districts, reading_task, plan, thai_nguyen, bac_kan, office_of_bac_kan, office_of_duc_xuan, planner, today
):
    ended = AgencyFactory(unit=thai_nguyen, kind="education", ends_on=dt.date(2025, 7, 1))
    schools = AgencyFactory(unit=bac_kan, kind="education")
    found = set(receivers(of_districts, thai_nguyen, planner, today))
    assert found == {office_of_bac_kan, office_of_duc_xuan}
    of_districts.agencies.create(agency=ended, part="lead", written="Phòng Giáo dục")
    assert set(receivers(of_districts, thai_nguyen, planner, today)) == found | {schools}
    assert set(receivers(of_districts, bac_kan, planner, today)) == {office_of_bac_kan, schools}
    assert set(receivers(reading_task, thai_nguyen, planner, today)) == found  # nothing of it has ended


def test_list_takes_the_same_queries_however_many(
    plan, of_districts, bac_kan, duc_xuan, office_of_bac_kan, decide, today, django_assert_num_queries
):
    decide([of_districts], kind=RehomingKind.DROPPED, units=[bac_kan])
    with django_assert_num_queries(10):
        assert len(open_tasks(today)) == 1
    for _number in range(3):
        TaskFactory(plan=plan, clause__plan=plan, tiers=["district"])
    with django_assert_num_queries(10):
        assert len(open_tasks(today)) == 4


def test_real_plan_of_the_city_is_given_to_its_wards(reference, planner, act, now, today):
    """24 of its 40 tasks ask the city's own offices, which ended; one of them was for 2025 only."""
    plan = Plan.objects.get(code="kh-2023-tp-bac-kan")
    make_assignments(year=2026, day=today, at=now)
    (group,) = tasks_not_taken([plan], today)
    tasks = [row.task for row in group.rows]
    assert len(tasks) == 23
    assert not Assignment.objects.filter(task__in=tasks).exists()
    wards = AdminUnit.objects.on(today).filter(name__in=["Phường Bắc Kạn", "Phường Đức Xuân"])
    rehome_tasks(
        tasks,
        kind=RehomingKind.TAKEN_OVER,
        units=list(wards),
        agency_kind="culture_society",
        effective_on=today,
        legal_act=act,
        reason="Hai phường tiếp nhận",
        by=planner,
        at=now,
        today=today,
    )
    assert tasks_not_taken([plan], today) == []
    assert Assignment.objects.filter(task__in=tasks).count() == 46
