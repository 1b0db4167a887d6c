"""From draft to plan in force, and what ends it; and what bound on which day."""

import datetime as dt
import threading
import time

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.places.models import LegalAct, Succession
from hocsuotdoi.places.operations.legal_act import BadAct, name_act
from hocsuotdoi.programme.enums import PlanKind, PlanStatus, PlanStepKind
from hocsuotdoi.programme.models import Assignment, Plan, PlanStep, Task
from hocsuotdoi.programme.operations import drafting, life
from hocsuotdoi.programme.operations.digest import climb
from hocsuotdoi.programme.operations.making import make_assignments
from hocsuotdoi.programme.queries.binding import binding_plans
from hocsuotdoi.programme.queries.land import heirs_of
from hocsuotdoi.programme.queries.plan_check import check_plan, path_order
from hocsuotdoi.programme.queries.receivers import tasks_to_hand_down
from hocsuotdoi.programme.rules import responsible_unit
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, make_unit
from tests.factories.programme import ClauseFactory, PlanFactory, TargetFactory, TaskFactory
from tests.factories.running import make_assignment
from tests.support.crowd import all_at_once
from tests.support.reform import make_reform

REFORM = dt.date(2025, 7, 1)


@pytest.fixture
def draft(thai_nguyen) -> Plan:
    plan = PlanFactory(unit=thai_nguyen, code="kh-khong-so-2026-tinh", number="", status=PlanStatus.DRAFT, digest="d1")
    TargetFactory(clause__plan=plan)
    return plan


@pytest.fixture
def act(db) -> LegalAct:
    return LegalAct.objects.create(
        number="9/NQ-HĐND", title="Nghị quyết thử", issuer="HĐND tỉnh", issued_on=dt.date(2026, 1, 2)
    )


@pytest.fixture
def old_province(country, thai_nguyen, act):
    """A province that ended on 1 July 2025; its land lies in Thái Nguyên."""
    from hocsuotdoi.places.models import UnitReading

    unit = make_unit("06", "Tỉnh Bắc Kạn", tier="province", kind="province", parent=country, ends_on=REFORM)
    Succession.objects.create(predecessor=unit, successor=thai_nguyen, kind="merged", effective_on=REFORM)
    UnitReading.objects.create(unit=unit, reads_as=thai_nguyen, starts_on=REFORM)
    return unit


def issue(plan: Plan, by, at, **more) -> Plan:
    given = {"version": plan.digest, "number": "12/KH-UBND", "issued_on": dt.date(2026, 11, 20), **more}
    return life.issue_plan(plan, by=by, at=at, today=dt.date(2026, 11, 23), **given)


def test_issued_draft_binds_is_held_and_hands_its_tasks_down(
    draft, planner, thai_nguyen, bac_kan, office_of_bac_kan, act, now, today
):
    task = TaskFactory(clause__plan=draft, plan=draft, tiers=["commune"])
    assert draft not in [each.plan for each in binding_plans(thai_nguyen, today)]
    plan = issue(draft, planner, now, legal_act=act)
    assert (plan.status, plan.code, plan.number) == (PlanStatus.IN_FORCE, "kh-12-2026-tinh-thai-nguyen", "12/KH-UBND")
    step = plan.steps.get()
    assert (step.kind, step.effective_on, step.legal_act) == (PlanStepKind.ISSUED, dt.date(2026, 11, 20), act)
    assert plan in [each.plan for each in binding_plans(bac_kan, today)]
    assert plan not in [each.plan for each in binding_plans(bac_kan, dt.date(2026, 11, 19))]
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(text="Việc khác")
    assert make_assignments(year=2026, day=today, at=now) == 1
    assert Assignment.objects.get().task == task


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"version": "khac"}, drafting.DraftChanged),
        ({"number": "/KH-UBND"}, life.BadIssue),
        ({"issued_on": dt.date(2026, 11, 24)}, life.BadIssue),
    ],
)
def test_draft_is_not_issued_like_this(draft, planner, now, more, refusal):
    with pytest.raises(refusal):
        issue(draft, planner, now, **more)
    assert Plan.objects.get(pk=draft.pk).status == PlanStatus.DRAFT
    assert not PlanStep.objects.exists()


def test_empty_draft_and_issued_plan_are_not_issued(draft, planner, thai_nguyen, now):
    with pytest.raises(life.NotIssued):
        issue(PlanFactory(unit=thai_nguyen, status=PlanStatus.DRAFT, digest="x"), planner, now)
    plan = issue(draft, planner, now)
    with pytest.raises(drafting.NotADraft):
        issue(plan, planner, now)


def test_addendum_is_noted_at_what_it_amends_once_it_is_issued(draft, planner, now, thai_nguyen):
    plan = issue(draft, planner, now)
    ProcrastinateJob.objects.all().delete()
    addendum = PlanFactory(
        unit=thai_nguyen, kind=PlanKind.ADDENDUM, amends=plan, status=PlanStatus.DRAFT, digest="a", number=""
    )
    ClauseFactory(plan=addendum)
    issue(addendum, planner, now, number="13/KH-UBND")
    assert ProcrastinateJob.objects.filter(task_name="programme.make_assignments").exists()
    step = plan.steps.get(kind=PlanStepKind.AMENDED)
    assert step.other == addendum
    life.retire_plan(
        plan, effective_on=dt.date(2026, 11, 22), reason="Hết", by=planner, at=now, today=dt.date(2026, 11, 23)
    )
    assert Plan.objects.get(pk=addendum.pk).status == PlanStatus.RETIRED
    late = PlanFactory(unit=thai_nguyen, kind=PlanKind.ADDENDUM, amends=plan, status=PlanStatus.DRAFT, digest="b")
    ClauseFactory(plan=late)
    with pytest.raises(life.NotIssued):
        issue(late, planner, now)


@pytest.mark.django_db(transaction=True)
def test_addendum_issued_while_its_plan_ends_is_refused(planner, thai_nguyen, now, today):
    plan = PlanFactory(unit=thai_nguyen)
    addendum = PlanFactory(unit=thai_nguyen, kind=PlanKind.ADDENDUM, amends=plan, status=PlanStatus.DRAFT, digest="a")
    ClauseFactory(plan=addendum)
    has_ended = threading.Event()

    def end() -> None:
        with transaction.atomic():
            life.retire_plan(plan, effective_on=today, reason="Hết", by=planner, at=now, today=today)
            has_ended.set()
            time.sleep(0.3)
        connection.close()

    def add() -> None:
        has_ended.wait(10)
        try:
            with pytest.raises(life.NotIssued):
                issue(addendum, planner, now)
        finally:
            connection.close()

    all_at_once([end, add])
    addendum.refresh_from_db()
    assert addendum.status == PlanStatus.DRAFT


def test_replaced_plan_bound_until_the_day_and_the_other_one_after(planner, thai_nguyen, now, today):
    old = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2023, 1, 1))
    new = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2026, 2, 1))
    step = life.replace_plan(old, new, effective_on=dt.date(2026, 3, 1), by=planner, at=now, today=today)
    assert (step.other, Plan.objects.get(pk=old.pk).status) == (new, PlanStatus.REPLACED)

    def bound(day: dt.date) -> list[str]:
        return [each.plan.code for each in binding_plans(thai_nguyen, day)]

    assert bound(dt.date(2026, 2, 28)) == [new.code, old.code]
    assert bound(dt.date(2026, 3, 1)) == [new.code]
    assert bound(dt.date(2025, 1, 1)) == [old.code]
    again = life.replace_plan(old, new, effective_on=dt.date(2026, 3, 1), by=planner, at=now, today=today)
    assert (again, PlanStep.objects.count()) == (step, 1)  # sent twice, it is one act
    with pytest.raises(life.NotEnded):
        life.replace_plan(old, new, effective_on=dt.date(2026, 3, 2), by=planner, at=now, today=today)


def test_plan_is_not_replaced_from_before_the_new_one_was_issued(planner, thai_nguyen, now, today):
    old = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2023, 1, 1))
    new = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2026, 11, 1))
    given = {"by": planner, "at": now, "today": today}
    with pytest.raises(life.BadStep, match="1/11/2026") as refusal:
        life.replace_plan(old, new, effective_on=dt.date(2026, 1, 1), **given)
    assert refusal.value.field == "effective_on"
    life.replace_plan(old, new, effective_on=dt.date(2026, 11, 1), **given)


def test_what_an_ended_plan_asked_is_asked_no_longer_and_what_was_late_stays(planner, thai_nguyen, now, today):
    plan = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2023, 1, 1))
    addendum = PlanFactory(unit=thai_nguyen, kind=PlanKind.ADDENDUM, amends=plan)
    ends = today - dt.timedelta(days=10)

    def asked(of: Plan, due_on: dt.date | None, **more) -> Assignment:
        return make_assignment(task=TaskFactory(plan=of, clause__plan=of), year=2026, due_on=due_on, **more)

    late = asked(plan, ends - dt.timedelta(days=1))
    done = asked(plan, today, state="done", done_on=ends)
    dropped = [asked(plan, ends), asked(plan, None), asked(addendum, today)]
    other = asked(PlanFactory(unit=thai_nguyen), today)
    life.retire_plan(plan, effective_on=ends, reason="Hết thời hạn", by=planner, at=now, today=today)
    states = dict(Assignment.objects.values_list("pk", "state"))
    assert {states[each.pk] for each in dropped} == {"dropped"}
    assert (states[late.pk], states[done.pk], states[other.pk]) == ("to_do", "done", "to_do")
    assert climb(day=today + dt.timedelta(days=60), at=now) == 1  # of the other plan's; nobody is asked for `late`
    (step,) = dropped[0].steps.all()
    assert (step.state, step.note) == ("dropped", "Kế hoạch giao nhiệm vụ này không còn hiệu lực.")


def test_tasks_of_an_addendum_are_handed_down_while_what_it_amends_binds(
    planner, thai_nguyen, bac_kan, office_of_bac_kan, now, today
):
    plan = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2023, 1, 1))
    addendum = PlanFactory(unit=thai_nguyen, kind=PlanKind.ADDENDUM, amends=plan, issued_on=dt.date(2024, 1, 1))
    task = TaskFactory(plan=addendum, clause__plan=addendum, tiers=["commune"])
    assert task in tasks_to_hand_down(today)
    assert make_assignments(year=2026, day=today, at=now) == 1
    assert Assignment.objects.get().task == task
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.RETIRED)  # by itself: as before it was said of both
    assert task not in tasks_to_hand_down(today)
    assert make_assignments(year=2027, day=today, at=now) == 0


def test_draft_of_a_unit_that_has_ended_is_seen_where_the_unit_is_read(planner, country, bac_kan):
    units = make_reform(country)
    draft = PlanFactory(unit=units["hill"], status=PlanStatus.DRAFT)
    heir, stranger = PersonFactory(), PersonFactory()
    RoleAssignmentFactory(person=heir, role=RoleName.PLANNER, unit=units["new"])
    RoleAssignmentFactory(person=stranger, role=RoleName.PLANNER, unit=bac_kan)
    assert draft in Plan.objects.visible_to(heir)
    assert draft not in Plan.objects.visible_to(stranger)


def test_clause_with_a_raised_number_is_sorted_and_not_an_error(thai_nguyen):
    plan = PlanFactory(unit=thai_nguyen)
    for path in ("I.²", "I.2", "I.10"):
        TargetFactory(clause=ClauseFactory(plan=plan, path=path))
    assert check_plan(plan) is not None
    assert sorted(["I.10", "I.2"], key=path_order) == ["I.2", "I.10"]


@pytest.mark.parametrize("other", ["itself", "elsewhere", "addendum", "draft", "retired"])
def test_plan_is_not_replaced_by(other, planner, thai_nguyen, bac_kan, now, today):
    plan = PlanFactory(unit=thai_nguyen)
    others = {
        "itself": plan,
        "elsewhere": PlanFactory(unit=bac_kan),
        "addendum": PlanFactory(unit=thai_nguyen, kind=PlanKind.ADDENDUM, amends=plan),
        "draft": PlanFactory(unit=thai_nguyen, status=PlanStatus.DRAFT),
        "retired": PlanFactory(unit=thai_nguyen, status=PlanStatus.RETIRED),
    }
    with pytest.raises(life.BadStep):
        life.replace_plan(plan, others[other], effective_on=today, by=planner, at=now, today=today)


def test_retiring_needs_a_reason_and_a_day_that_has_come(planner, thai_nguyen, now, today):
    plan = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2026, 1, 1))
    for more in ({"reason": " "}, {"effective_on": today + dt.timedelta(days=1)}, {"effective_on": REFORM}):
        given = {"effective_on": today, "reason": "Hết thời hạn", **more}
        with pytest.raises(life.BadStep):
            life.retire_plan(plan, by=planner, at=now, today=today, **given)
    life.retire_plan(plan, effective_on=today, reason="Hết thời hạn", by=planner, at=now, today=today)
    assert plan not in [each.plan for each in binding_plans(thai_nguyen, today)]
    assert plan in [each.plan for each in binding_plans(thai_nguyen, today - dt.timedelta(days=1))]
    for act in (
        lambda: life.retire_plan(plan, effective_on=today, reason="Lại", by=planner, at=now, today=today),
        lambda: life.retire_plan(
            PlanFactory(status=PlanStatus.DRAFT), effective_on=today, reason="Lại", by=planner, at=now, today=today
        ),
    ):
        with pytest.raises(life.NotEnded):
            act()


def test_plan_of_a_unit_that_ended_is_taken_over_on_an_act(
    planner, old_province, thai_nguyen, bac_kan, act, now, today
):
    plan = PlanFactory(unit=old_province, issued_on=dt.date(2023, 1, 1))
    assert thai_nguyen in heirs_of(old_province, today)
    step = life.inherit_plan(
        plan, thai_nguyen, effective_on=REFORM, legal_act=act, by=planner, at=now, today=today, reason="Tiếp tục"
    )
    plan.refresh_from_db()
    assert (plan.status, step.unit, step.legal_act) == (PlanStatus.INHERITED, thai_nguyen, act)
    assert responsible_unit(plan, today) == thai_nguyen
    assert plan in Plan.objects.kept_by(planner, Permission.EDIT_PLAN, today)
    (binding,) = [each for each in binding_plans(thai_nguyen, today) if each.plan == plan]
    assert binding.is_inherited
    for unit in (thai_nguyen, bac_kan):  # taken over already; a ward that got none of its land
        with pytest.raises(life.BadStep):
            life.inherit_plan(plan, unit, effective_on=REFORM, legal_act=act, by=planner, at=now, today=today)
    own = PlanFactory(unit=thai_nguyen)
    with pytest.raises(life.NotEnded):
        life.inherit_plan(own, thai_nguyen, effective_on=REFORM, legal_act=act, by=planner, at=now, today=today)


def test_act_is_named_by_its_number_and_not_written_over(act, now):
    known = name_act(number=" 9/nq-hđnd ", title="Khác", issuer="Khác", issued_on=None, at=now)
    assert (known, known.title) == (act, "Nghị quyết thử")
    new = {"number": "10/NQ", "title": "Mới", "issuer": "HĐND", "issued_on": dt.date(2026, 1, 5)}
    assert name_act(**new, at=now).number == "10/NQ"
    for wrong in (
        {"number": ""},
        {"title": ""},
        {"issuer": " "},
        {"issued_on": None},
        {"issued_on": dt.date(2027, 1, 1)},
    ):
        with pytest.raises(BadAct) as refused:
            name_act(**{**new, "number": "11/NQ", **wrong}, at=now)
        assert refused.value.field.startswith("act_")


def test_act_of_today_is_known_from_midnight_in_viet_nam(db, now, today):
    new = {"number": "12/NQ", "title": "Mới", "issuer": "HĐND"}
    night = now.replace(hour=0, minute=5)  # the day before, in UTC
    with pytest.raises(BadAct):
        name_act(**new, issued_on=today + dt.timedelta(days=1), at=night)
    assert name_act(**new, issued_on=today, at=night.astimezone(dt.UTC)).issued_on == today
