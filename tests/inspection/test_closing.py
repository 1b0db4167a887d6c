"""A visit ended on a phone without a network: sent twice it is closed once, signed by name; what others noted meanwhile
is told before anything is closed over their heads."""

import datetime as dt
from dataclasses import replace

import pytest

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.inspection.enums import Outcome, Severity, Side, VisitState
from hocsuotdoi.inspection.models import Visit, VisitFinding
from hocsuotdoi.inspection.operations import closing as acts
from hocsuotdoi.inspection.operations.finding import (
    NotedFinding,
    remove_finding,
    state_opinion,
    take_finding,
    take_findings,
)
from hocsuotdoi.inspection.operations.plan import cancel_visit
from hocsuotdoi.inspection.operations.seeing import take_answer
from hocsuotdoi.programme.models import Assignment
from tests.inspection.conftest import answer_all, noted

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def going_on(visit, inspector, now, office_of_bac_kan):
    answer_all(visit, inspector, now - 5 * HOUR)
    visit.refresh_from_db()
    return visit


def found(visit, at, **given) -> NotedFinding:
    said = {"severity": Severity.SHORTCOMING, "text": "Chưa mở buổi tối", "demand": "Mở một buổi tối", "item": None}
    said |= {"id": uuid7(), "visit": visit.pk, "due_on": at.date() + dt.timedelta(days=30), "noted_at": at}
    return NotedFinding(**{**said, **given})


def ended(visit, at, **given) -> acts.Closing:
    rows = VisitFinding.objects.filter(visit=visit)
    said = {
        "id": uuid7(),
        "visit": visit.pk,
        "conclusion": "Cơ bản tốt",
        "opinion": "Nhất trí",
        "signed": [
            acts.Signed(Side.TEAM, "Dương Văn Nam"),
            acts.Signed(Side.INSTITUTION, "Lường Thị Lan", "Phụ trách thư viện"),
        ],
        "unsigned_reason": "",
        "closed_at": at,
        "findings": dict(rows.values_list("pk", "noted_at")),
        "answers": dict(visit.answers.values_list("item", "seen_at")),
    }
    return acts.Closing(**{**said, **given})


def test_a_finding_sent_twice_is_once_there_and_a_change_keeps_its_key(going_on, inspector, now):
    one = found(going_on, now - 4 * HOUR)
    assert take_finding(going_on, one, by=inspector, at=now).outcome == Outcome.TAKEN
    assert take_finding(going_on, one, by=inspector, at=now).outcome == Outcome.KNOWN
    later = replace(one, text="Chưa mở cuối tuần", noted_at=now - 3 * HOUR, base=one.noted_at)
    told = take_finding(going_on, later, by=inspector, at=now)
    assert (told.outcome, told.noted_at) == (Outcome.TAKEN, later.noted_at)
    row = VisitFinding.objects.get()
    assert (row.pk, row.text, row.noted_by) == (one.id, "Chưa mở cuối tuần", inspector.pk)


def test_a_change_of_words_that_somebody_else_changed_is_told_and_not_taken(going_on, inspector, colleague, now):
    one = found(going_on, now - 4 * HOUR)
    take_finding(going_on, one, by=inspector, at=now)
    theirs = replace(one, text="Mở không đều", noted_at=now - 3 * HOUR, base=one.noted_at)
    take_finding(going_on, theirs, by=colleague, at=now)
    mine = replace(one, text="Không mở", noted_at=now - 2 * HOUR, base=one.noted_at)
    told = take_finding(going_on, mine, by=inspector, at=now)
    assert (told.outcome, told.holds.text, told.by) == (Outcome.CHANGED, "Mở không đều", colleague.pk)
    assert VisitFinding.objects.get().text == "Mở không đều"
    seen = replace(mine, base=theirs.noted_at)  # looked at, and decided
    assert take_finding(going_on, seen, by=inspector, at=now).outcome == Outcome.TAKEN
    assert VisitFinding.objects.get().text == "Không mở"


def test_taken_out_twice_is_out_once_and_a_change_of_it_is_told(going_on, inspector, colleague, now):
    one = found(going_on, now - 4 * HOUR)
    take_finding(going_on, one, by=inspector, at=now)
    out = replace(one, is_removed=True, noted_at=now - 3 * HOUR, base=one.noted_at)
    assert take_finding(going_on, out, by=colleague, at=now).outcome == Outcome.TAKEN
    assert take_finding(going_on, out, by=colleague, at=now).outcome == Outcome.KNOWN
    change = replace(one, text="Không mở", noted_at=now - 2 * HOUR, base=one.noted_at)
    told = take_finding(going_on, change, by=inspector, at=now)
    assert (told.outcome, told.holds) == (Outcome.CHANGED, None)
    assert not VisitFinding.objects.exists()


def test_to_take_out_what_somebody_else_changed_is_told(going_on, inspector, colleague, now):
    one = found(going_on, now - 4 * HOUR)
    take_finding(going_on, one, by=inspector, at=now)
    take_finding(
        going_on, replace(one, text="Mở không đều", noted_at=now - 3 * HOUR, base=one.noted_at), by=colleague, at=now
    )
    told = take_finding(
        going_on, replace(one, is_removed=True, noted_at=now - 2 * HOUR, base=one.noted_at), by=inspector, at=now
    )
    assert (told.outcome, told.holds.text) == (Outcome.CHANGED, "Mở không đều")


def test_a_day_to_mend_by_is_judged_by_the_moment_of_noting(going_on, inspector, now):
    """Sent five days later, the day may have passed: it was right when it was written."""
    then = now - dt.timedelta(days=5)
    one = found(going_on, then, due_on=then.date() + dt.timedelta(days=2))
    assert take_finding(going_on, one, by=inspector, at=now).outcome == Outcome.TAKEN
    with pytest.raises(Refused, match="ngày"):
        take_finding(going_on, found(going_on, now, due_on=then.date()), by=inspector, at=now)


def test_findings_of_strangers_are_refused_and_the_rest_is_taken(going_on, inspector, outsider, now, today):
    one, other = found(going_on, now), replace(found(going_on, now), visit=uuid7())
    told = take_findings([other, one], by=inspector, at=now, day=today)
    assert [each.outcome for each in told] == [Outcome.REFUSED, Outcome.TAKEN]
    assert take_findings([found(going_on, now)], by=outsider, at=now, day=today)[0].outcome == Outcome.REFUSED


def test_a_finding_of_another_question_or_visit_is_refused(going_on, inspector, now):
    with pytest.raises(Refused):
        take_finding(going_on, found(going_on, now, item=999_999), by=inspector, at=now)
    assert not VisitFinding.objects.exists()


def test_a_first_finding_begins_the_visit(visit, inspector, now):
    take_finding(visit, found(visit, now - HOUR), by=inspector, at=now)
    visit.refresh_from_db()
    assert (visit.state, visit.began_at) == (VisitState.UNDER_WAY, now - HOUR)


def test_closed_on_the_spot_it_stands_as_it_was_there(going_on, inspector, now):
    take_finding(going_on, found(going_on, now - 4 * HOUR), by=inspector, at=now)
    one = ended(going_on, now - 3 * HOUR)
    assert acts.take_closing(going_on, one, by=inspector, at=now).outcome == Outcome.TAKEN
    row = Visit.objects.get()
    assert (row.state, row.closed_at, row.closed_by) == (VisitState.CLOSED, now - 3 * HOUR, inspector.pk)
    assert (row.met, row.opinion, row.conclusion) == (
        "Lường Thị Lan, Phụ trách thư viện",
        "Nhất trí",
        "Cơ bản tốt",
    )
    assert [each["name"] for each in row.signed] == ["Dương Văn Nam", "Lường Thị Lan"]
    assert Assignment.objects.get().handed_at == now
    assert acts.take_closing(going_on, one, by=inspector, at=now).outcome == Outcome.KNOWN
    assert Assignment.objects.count() == 1


def test_a_clock_that_runs_ahead_closes_nothing_in_the_future(going_on, inspector, now):
    acts.take_closing(going_on, ended(going_on, now + 9 * HOUR), by=inspector, at=now)
    assert Visit.objects.get().closed_at == now


def test_a_clock_that_runs_behind_closes_nothing_before_it_was_seen(going_on, inspector, now):
    acts.take_closing(going_on, ended(going_on, now - dt.timedelta(days=9)), by=inspector, at=now)
    assert Visit.objects.get().closed_at == now - 5 * HOUR


def test_what_a_colleague_noted_meanwhile_is_told_by_name_before_it_is_closed(going_on, inspector, colleague, now):
    one = ended(going_on, now - 3 * HOUR)
    take_finding(going_on, found(going_on, now - 2 * HOUR, text="Thiếu ánh sáng"), by=colleague, at=now)
    item = going_on.checklist.items.first()
    take_answer(going_on, noted(going_on, item, seen="no", seen_at=now - 2 * HOUR), by=colleague, at=now)
    told = acts.take_closing(going_on, one, by=inspector, at=now)
    assert told.outcome == Outcome.CHANGED
    assert any("Lường Thị Nga đã thêm ghi nhận" in each and "Thiếu ánh sáng" in each for each in told.changes)
    assert any("Lường Thị Nga đã trả lời" in each for each in told.changes)
    assert Visit.objects.get().state == VisitState.UNDER_WAY
    again = replace(ended(going_on, now - HOUR), id=one.id)
    assert acts.take_closing(going_on, again, by=inspector, at=now).outcome == Outcome.TAKEN


def test_a_finding_taken_out_meanwhile_is_told(going_on, inspector, colleague, now):
    take_finding(going_on, found(going_on, now - 4 * HOUR), by=inspector, at=now)
    one = ended(going_on, now - 3 * HOUR)
    remove_finding(VisitFinding.objects.select_related("visit").get(), by=colleague, at=now)
    told = acts.take_closing(going_on, one, by=inspector, at=now)
    assert (told.outcome, len(told.changes)) == (Outcome.CHANGED, 1)


def test_the_institutions_own_words_are_not_written_over(going_on, inspector, now):
    Visit.objects.update(opinion="Chúng tôi chưa nhất trí")
    told = acts.take_closing(going_on, ended(going_on, now), by=inspector, at=now)
    assert (told.outcome, "chưa nhất trí" in told.changes[0]) == (Outcome.CHANGED, True)


def test_one_who_comes_second_is_told_who_closed(going_on, inspector, colleague, now):
    acts.take_closing(going_on, ended(going_on, now), by=inspector, at=now)
    with pytest.raises(Refused, match="Dương Văn Nam"):
        acts.take_closing(going_on, ended(going_on, now), by=colleague, at=now)


def test_nobody_of_the_institution_signs_only_with_a_reason(going_on, inspector, now):
    team = [acts.Signed(Side.TEAM, "Dương Văn Nam")]
    with pytest.raises(acts.NotClosed, match="lý do"):
        acts.take_closing(going_on, ended(going_on, now, signed=team), by=inspector, at=now)
    one = ended(going_on, now, signed=team, unsigned_reason="Đi vắng")
    acts.take_closing(going_on, one, by=inspector, at=now)
    assert (Visit.objects.get().unsigned_reason, Visit.objects.get().met) == ("Đi vắng", "")


@pytest.mark.parametrize(
    "given",
    [
        {"conclusion": " "},
        {"signed": [acts.Signed(Side.INSTITUTION, "Lường Thị Lan")]},
        {"signed": [acts.Signed(Side.TEAM, f"Người {number}") for number in range(21)], "unsigned_reason": "Vắng"},
    ],
)
def test_what_is_no_end_is_refused_and_changes_nothing(going_on, inspector, now, given):
    with pytest.raises(acts.NotClosed):
        acts.take_closing(going_on, ended(going_on, now, **given), by=inspector, at=now)
    assert Visit.objects.get().state == VisitState.UNDER_WAY


def test_open_questions_hold_it_up(visit, inspector, now):
    take_answer(visit, noted(visit, visit.checklist.items.first(), seen_at=now), by=inspector, at=now)
    with pytest.raises(acts.NotClosed, match="câu hỏi"):
        acts.take_closing(visit, ended(visit, now), by=inspector, at=now)


def test_a_cancelled_visit_is_not_closed(going_on, inspector, now):
    cancel_visit(going_on, reason="Bão", by=inspector, at=now)
    with pytest.raises(Refused, match="Bão"):
        acts.take_closing(going_on, ended(going_on, now), by=inspector, at=now)


def test_who_is_in_no_team_closes_nothing(going_on, outsider, now, today):
    (told,) = acts.take_closings([ended(going_on, now)], by=outsider, at=now, day=today)
    assert told.outcome == Outcome.REFUSED
    assert Visit.objects.get().state == VisitState.UNDER_WAY


def test_of_the_armed_forces_nobody_beside_their_line_gets_the_task(going_on, army_library, inspector, now):
    take_finding(going_on, found(going_on, now - 4 * HOUR), by=inspector, at=now)
    type(army_library).objects.filter(pk=going_on.institution_id).update(institution_class="library_armed_forces")
    with pytest.raises(acts.NotClosed, match="sổ đăng ký"):
        acts.take_closing(going_on, ended(going_on, now), by=inspector, at=now)
    assert not Assignment.objects.exists()


def test_who_spoke_for_the_institution_stands_where_nobody_of_it_signs(going_on, inspector, now):
    state_opinion(
        going_on, met="Lường Thị Lan", opinion="Nhất trí", version=going_on.version, by=inspector, at=now - HOUR
    )
    closing = ended(
        going_on, now, signed=[acts.Signed(Side.TEAM, "Dương Văn Nam")], unsigned_reason="Người phụ trách đã ra về"
    )
    assert acts.take_closing(going_on, closing, by=inspector, at=now).outcome == Outcome.TAKEN
    assert Visit.objects.get().met == "Lường Thị Lan"
