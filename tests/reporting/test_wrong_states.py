"""Each act in each state in which it cannot be done: refused with the very sentence that says where the report is and
what to do, and nothing changes. Sent twice because the answer was lost: done once."""

from decimal import Decimal

import pytest

from hocsuotdoi.reporting.enums import OWED, ReportState
from hocsuotdoi.reporting.models import Report, ReportStep
from hocsuotdoi.reporting.operations.addendum import make_addendum
from hocsuotdoi.reporting.operations.approval import approve_report, reopen_report, return_report
from hocsuotdoi.reporting.operations.exceptions import Answer, answer_exceptions
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile, WrongState
from hocsuotdoi.reporting.operations.report import excuse_report, move_institutions, resume_report, word_report
from hocsuotdoi.reporting.operations.submission import submit_report, withdraw_report
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.typed import typed_rows
from tests.reporting.cycle_tree import LATER, NOW, Tree, approved, fresh, make_tree, submitted

State = ReportState
SENTENCES = {
    State.EXPECTED: "Báo cáo này chưa được bắt đầu. Hãy mở và xem qua trước.",
    State.DRAFT: "Báo cáo này còn đang soạn. Hãy chờ đến khi được gửi.",
    State.SUBMITTED: "Báo cáo này đã gửi và đang ở Sở Văn hóa và Thể thao. Hãy rút về trước khi sửa.",
    State.RETURNED: "Báo cáo này đã bị trả lại. Phải gửi lại trước đã.",
    State.APPROVED: "Báo cáo này đã được duyệt. Hãy đề nghị Sở Văn hóa và Thể thao trả lại, hoặc lập báo cáo bổ sung "
    "phần đã thay đổi.",
    State.EXCUSED: "Báo cáo này không còn phải nộp nữa.",
}
WRITING = {State.DRAFT, State.RETURNED}
GOES = {
    "submit": WRITING,
    "withdraw": {State.SUBMITTED},
    "return": {State.SUBMITTED},
    "approve": {State.SUBMITTED},
    "reopen": {State.APPROVED},
    "amend": {State.APPROVED},
    "excuse": set(OWED),
    "resume": {State.EXCUSED},
    "move": set(OWED),
    "total": set(OWED),
    "answer": set(OWED),
}
"""By act: the states in which it can be done."""


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    return make_tree([bac_kan, duc_xuan], thai_nguyen)


def act(name: str, report: Report, tree: Tree) -> None:
    given = {"by": tree.writer, "at": LATER}
    match name:
        case "submit":
            submit_report(report, version=report.version, **given)
        case "withdraw":
            withdraw_report(report, version=report.version, **given)
        case "return":
            return_report(report, version=report.version, reason="Vì vậy", by=tree.approver, at=LATER)
        case "approve":
            approve_report(report, version=report.version, by=tree.approver, at=LATER)
        case "reopen":
            reopen_report(report, version=report.version, reason="Vì vậy", by=tree.approver, at=LATER)
        case "amend":
            make_addendum(report, reason="Vì vậy", **given)
        case "excuse":
            excuse_report(report, version=report.version, reason="Vì vậy", **given)
        case "resume":
            resume_report(report, version=report.version, reason="Vì vậy", by=tree.approver, at=LATER)
        case "move":
            move_institutions(report, tree.wards[1], institutions=[1], reason="Vì vậy", **given)
        case "total":
            type_totals(report, version=report.version, rows=[], **given)
        case "answer":
            answer_exceptions(report, answers=[Answer("zero|x", {})], **given)


def brought(tree: Tree, state: ReportState) -> Report:
    match state:
        case State.DRAFT:
            report = submitted(tree.ward, tree.writer)
            withdraw_report(report, version=report.version, by=tree.writer, at=NOW)
        case State.SUBMITTED:
            submitted(tree.ward, tree.writer)
        case State.RETURNED:
            report = submitted(tree.ward, tree.writer)
            return_report(report, version=report.version, reason="Thiếu", by=tree.approver, at=NOW)
        case State.APPROVED:
            approved(tree.ward, tree)
        case State.EXCUSED:
            excuse_report(tree.ward, version=tree.ward.version, reason="Đã giải thể", by=tree.approver, at=NOW)
    report = fresh(tree.ward)
    assert report.state == state
    return report


@pytest.mark.slow
@pytest.mark.parametrize("state", list(State))
def test_act_in_a_state_in_which_it_cannot_be_done_says_so_and_changes_nothing(tree, state):
    report = brought(tree, state)
    before = Report.objects.filter(pk=report.pk).values().get()
    steps = ReportStep.objects.count()
    for name, states in GOES.items():
        if state in states:
            continue
        with pytest.raises(WrongState) as refusal:
            act(name, report, tree)
        assert str(refusal.value) == SENTENCES[state], (name, state)
        assert Report.objects.filter(pk=report.pk).values().get() == before, name
    assert ReportStep.objects.count() == steps


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED, State.EXCUSED])
def test_words_for_a_report_that_has_gone_on_are_shown_again(tree, state):
    report = brought(tree, state)
    words = {"results": "Muộn.", "difficulties": "", "causes": "", "proposals": ""}
    with pytest.raises(ReportChangedMeanwhile) as refusal:
        word_report(report, version=report.version, **words, by=tree.writer, at=LATER)
    assert str(refusal.value) == SENTENCES[state]


def test_totals_sent_again_because_the_answer_was_lost_are_typed_once(tree):
    row = next(each for each in typed_rows(fresh(tree.army)) if not each.has_parts)
    rows = [Total(row.key, Decimal(3), None, "Sổ thư viện")]
    version = tree.army.version
    report = type_totals(tree.army, version=version, rows=rows, by=tree.writer, at=NOW)
    assert type_totals(tree.army, version=version, rows=rows, by=tree.writer, at=LATER).version == report.version
    other = [Total(row.key, Decimal(4), None, "Sổ thư viện")]
    with pytest.raises(ReportChangedMeanwhile):
        type_totals(tree.army, version=version, rows=other, by=tree.writer, at=LATER)
