"""What the database itself refuses of tasks handed down, of money and of the life of plans; each rule broken once."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from hocsuotdoi.programme.enums import PlanStatus
from hocsuotdoi.programme.models import (
    Assignment,
    AssignmentFile,
    AssignmentStep,
    AssignmentTally,
    Clause,
    Digest,
    Escalation,
    EvidenceDecision,
    MoneyLine,
    MoneyStep,
    PlanStep,
    Rehoming,
    Target,
    Task,
)
from tests.factories.places import AgencyFactory, InstitutionFactory, UnitFactory
from tests.factories.programme import ClauseFactory, CohortFactory, PlanFactory, TargetFactory, TaskFactory
from tests.factories.running import NOW, SOMEBODY, SOMEBODY_ELSE, make_assignment, make_line

DAY = dt.date(2026, 11, 20)
FILE = {"file_name": "bien-ban.pdf", "media_type": "application/pdf", "size": 10, "digest": "a" * 64}


def _twice(make: Callable[[], object]) -> None:
    make()
    make()


def _one_more_task(task: Task) -> None:
    Task.objects.create(plan=task.plan, clause=task.clause, text="Thêm", recurrence="once", tiers=[], ordinal=99)


def _changed(row, **fields) -> None:
    type(row).objects.filter(pk=row.pk).update(**fields)


def _step(**fields):
    given = {"kind": "progress", "state": "doing", "at": NOW}
    return AssignmentStep.objects.create(assignment=make_assignment(), **{**given, **fields})


def _decision(**fields):
    given = {"source_kind": "activities.session", "source_id": SOMEBODY, "verdict": "added", "by": SOMEBODY, "at": NOW}
    row = {**given, "reason": "Đúng ngày hội", **fields}
    return EvidenceDecision.objects.create(assignment=make_assignment(), institution=InstitutionFactory(), **row)


def _escalation(assignment=None, **fields):
    given = {"rung": 1, "due_on": DAY, "on": DAY + dt.timedelta(days=1)}
    assignment = assignment or make_assignment()
    return Escalation.objects.create(assignment=assignment, agency=assignment.agency, **{**given, **fields})


def _digest(reader, **fields):
    return Digest.objects.create(person=reader, **{"on": DAY, "lines": ["một việc"], "made_at": NOW, **fields})


def _money_step(**fields):
    return MoneyStep.objects.create(
        line=make_line(), **{"stage": "estimated", "amount": 5, "by": SOMEBODY, "at": NOW, **fields}
    )


def _plan_step(**fields):
    plan = fields.pop("plan", None) or PlanFactory()
    given = {"kind": "issued", "effective_on": DAY, "by": SOMEBODY, "at": NOW}
    return PlanStep.objects.create(plan=plan, **{**given, **fields})


def _rehoming(**fields):
    from hocsuotdoi.places.models import LegalAct

    act, _made = LegalAct.objects.get_or_create(number="1/NQ", defaults={"title": "thử", "issuer": "thử"})
    given = {"kind": "dropped", "effective_on": DAY, "reason": "Cấp huyện kết thúc", "by": SOMEBODY, "at": NOW}
    row = {"target": TargetFactory(), **given, **fields}
    return Rehoming.objects.create(unit=UnitFactory(), legal_act=act, **row)


def _rehomed_to_itself():
    target = TargetFactory()
    _rehoming(target=target, kind="replaced", replacement=target)


def _appraised(**fields):
    row = {"estimated": 100, "appraised": 100, "appraised_by": SOMEBODY_ELSE, "appraised_at": NOW, **fields}
    return make_line(**row)


BROKEN: dict[str, Callable] = {
    "assignment_of_a_task_or_titled": lambda r: make_assignment(title="Việc riêng", task=TaskFactory()),
    "assignment_once": lambda r: [
        make_assignment(task=task, agency=agency, year=None)
        for task, agency in [(TaskFactory(), AgencyFactory())]
        for _each in range(2)
    ],
    "assignment_origin_once": lambda r: [
        make_assignment(title="Sửa điện", origin="inspection.finding:1", agency=agency)
        for agency in [AgencyFactory()]
        for _each in range(2)
    ],
    "assignment_done_has_a_day": lambda r: make_assignment(state="done"),
    "assignment_due_after_it_starts": lambda r: make_assignment(starts_on=DAY, due_on=DAY - dt.timedelta(days=1)),
    "assignment_percent_up_to_100": lambda r: make_assignment(percent=101),
    "assignment_not_from_itself": lambda r: [_changed(row, handed_down_from=row) for row in [make_assignment()]],
    "assignment_kept|programme_assignment": lambda r: Assignment.objects.filter(pk=make_assignment().pk).delete(),
    "assignment_of_the_same|programme_assignment": lambda r: _changed(make_assignment(), year=2027),
    "assignment_step_given_up_says_why": lambda r: _step(state="cannot"),
    "assignment_step_has_a_note": lambda r: _step(kind="note"),
    "assignment_step_percent_up_to_100": lambda r: _step(percent=200),
    "append_only|programme_assignmentstep": lambda r: _changed(_step(), note="khác"),
    "programme_assignmentfile_file_has_a_name": lambda r: AssignmentFile.objects.create(
        step=_step(), **{**FILE, "file_name": ""}
    ),
    "programme_assignmentfile_digest_is_sha256": lambda r: AssignmentFile.objects.create(
        step=_step(), **{**FILE, "digest": "x"}
    ),
    "evidence_decision_has_a_reason": lambda r: _decision(reason=""),
    "append_only|programme_evidencedecision": lambda r: _changed(_decision(), verdict="rejected"),
    "tally_of_nothing_has_no_day": lambda r: AssignmentTally.objects.create(
        assignment=make_assignment(), happenings=0, last_on=DAY, counted_at=NOW
    ),
    "escalation_once": lambda r: [_escalation(row) for row in [make_assignment()] for _each in range(2)],
    "escalation_only_when_late": lambda r: _escalation(on=DAY),
    "digest_once_a_day": lambda r: _twice(lambda: _digest(r)),
    "digest_says_something": lambda r: _digest(r, lines=[]),
    "digest_sent_has_a_moment": lambda r: _digest(r, state="sent"),
    "money_line_once": lambda r: [
        make_line(plan=plan, agency=agency) for plan, agency in [(PlanFactory(), AgencyFactory())] for _each in range(2)
    ],
    "money_estimated_is_a_sum": lambda r: make_line(estimated=-1),
    "money_appraised_is_a_sum": lambda r: _appraised(appraised=-1, remark="thử"),
    "money_allocated_is_a_sum": lambda r: make_line(allocated=-1, allocation_act="1/QĐ"),
    "money_spent_is_a_sum": lambda r: make_line(spent=10**16),
    "money_estimated_by_somebody": lambda r: make_line(estimated_by=SOMEBODY),
    "money_appraised_after_estimated": lambda r: _appraised(estimated=None, remark="thử"),
    "money_appraised_otherwise_says_why": lambda r: _appraised(appraised=90),
    "money_appraised_by_another": lambda r: _appraised(appraised_by=SOMEBODY),
    "money_allocated_by_a_decision": lambda r: make_line(allocated=5),
    "money_of_a_sensible_year": lambda r: make_line(year=1999),
    "money_is_for_something": lambda r: make_line(purpose=""),
    "money_line_kept|programme_moneyline": lambda r: MoneyLine.objects.filter(pk=make_line().pk).delete(),
    "money_line_of_the_same|programme_moneyline": lambda r: _changed(make_line(), source="donation"),
    "money_taken_back_says_why": lambda r: _money_step(amount=None),
    "append_only|programme_moneystep": lambda r: _changed(_money_step(), amount=6),
    "plan_step_names_the_other_plan": lambda r: _plan_step(kind="replaced"),
    "plan_step_taken_over_by_a_unit_on_an_act": lambda r: _plan_step(kind="inherited"),
    "plan_step_retired_says_why": lambda r: _plan_step(kind="retired"),
    "plan_step_issued_once": lambda r: [_plan_step(plan=plan) for plan in [PlanFactory()] for _each in range(2)],
    "append_only|programme_planstep": lambda r: _changed(_plan_step(), reason="khác"),
    "rehoming_says_where_to": lambda r: _rehoming(kind="taken_over"),
    "rehoming_has_a_reason": lambda r: _rehoming(reason=""),
    "rehoming_not_to_itself": lambda r: _rehomed_to_itself(),
    "append_only|programme_rehoming": lambda r: _changed(_rehoming(), reason="khác"),
    "task_shown_by_something": lambda r: TaskFactory(at_least=0),
    "has been issued|kept_as_issued of a task": lambda r: _changed(TaskFactory(), text="Việc khác"),
    "has been issued|kept_as_issued of a target": lambda r: _changed(TargetFactory(), low=1, high=1),
    "has been issued|kept_as_issued of a clause": lambda r: _changed(TaskFactory().clause, text="Lời khác"),
    "has been issued|made a draft again": lambda r: _changed(PlanFactory(), status=PlanStatus.DRAFT),
    "has been issued|under another number": lambda r: _changed(PlanFactory(), number="9/KH"),
    "has been issued|another title": lambda r: _changed(PlanFactory(), title="Khác"),
    "nothing is added|a clause": lambda r: Clause.objects.create(plan=PlanFactory(), path="IX", kind="task", ordinal=9),
    "nothing is added|a clause taken": lambda r: ClauseFactory().delete(),
    "nothing is added|a target taken": lambda r: TargetFactory().delete(),
    "nothing is added|a task taken": lambda r: TaskFactory().delete(),
    "nothing is added|a task more": lambda r: _one_more_task(TaskFactory()),
}
# A guard of pgtrigger names the table, not itself.


@pytest.mark.parametrize("rule", BROKEN)
def test_the_database_refuses_what_breaks(rule, reader):
    name, _bar, table = rule.partition("|")
    words = name if not table or " " in table else table
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        BROKEN[rule](reader)


def test_every_constraint_of_the_running_programme_is_broken_once():
    models = [Assignment, AssignmentFile, AssignmentStep, AssignmentTally, Digest, Escalation, EvidenceDecision]
    models += [MoneyLine, MoneyStep, PlanStep, Rehoming]
    declared = {constraint.name for model in models for constraint in model._meta.constraints}
    assert declared - set(BROKEN) == set()


@pytest.mark.parametrize("model", [Clause, Target, Task])
def test_a_plan_being_prepared_can_still_be_edited(db, model):
    plan = PlanFactory(status=PlanStatus.DRAFT)
    row = {"clause__plan": plan}
    made = {Clause: lambda: TaskFactory(**row).clause, Target: lambda: TargetFactory(**row)}.get(
        model, lambda: TaskFactory(**row)
    )()
    column = {Clause: "text", Target: "written", Task: "text"}[model]
    assert model.objects.filter(pk=made.pk).update(**{column: "lời khác"}) == 1


def test_draft_plans_are_seen_by_those_who_may_enter_them(planner, reader, thai_nguyen):
    from hocsuotdoi.programme.models import Plan

    draft = PlanFactory(unit=thai_nguyen, status=PlanStatus.DRAFT)
    day = timezone.localdate()
    assert draft in Plan.objects.visible_to(planner, day)
    assert draft not in Plan.objects.visible_to(reader, day)
    assert draft not in Plan.objects.visible_to(None)


def test_cohorts_of_rehomed_targets_are_named(db):
    assert _rehoming(kind="taken_over", cohort=CohortFactory()).pk
