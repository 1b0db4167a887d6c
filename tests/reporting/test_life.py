"""From expected to approved and back: what each act does, and what each refuses."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import InstitutionAgency
from hocsuotdoi.reporting.enums import ReportState, ReportStepKind
from hocsuotdoi.reporting.models import CountedInstitution, Figure, Report, ReportStep, TypedTotal
from hocsuotdoi.reporting.operations.addendum import make_addendum
from hocsuotdoi.reporting.operations.approval import (
    AddedUpAbove,
    ApprovedByTheSame,
    approve_report,
    reopen_report,
    return_report,
)
from hocsuotdoi.reporting.operations.exceptions import Answer, BadAnswer, answer_exceptions
from hocsuotdoi.reporting.operations.holding import (
    CycleNotOpen,
    OutsideCycle,
    ReasonMissing,
    ReportChangedMeanwhile,
    WrongState,
)
from hocsuotdoi.reporting.operations.report import (
    BadMove,
    NobodyAbove,
    StillCounted,
    begin_report,
    excuse_report,
    move_institutions,
    open_report,
    resume_report,
    word_report,
)
from hocsuotdoi.reporting.operations.submission import (
    ExceptionsUnanswered,
    TotalsMissing,
    submit_report,
    withdraw_report,
)
from hocsuotdoi.reporting.operations.totals import BadTotal, Total, type_totals
from hocsuotdoi.reporting.queries.state import is_late
from tests.factories.places import AgencyFactory
from tests.factories.running import make_assignment, make_line, make_report
from tests.reporting.cycle_tree import (
    DAY,
    NOW,
    Tree,
    approved,
    count,
    figure,
    fresh,
    make_tree,
    submitted,
)

WORDS = {"results": "", "difficulties": "", "causes": "", "proposals": ""}
SESSIONS = "measure:programme_session:2026"


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    """The library has met the one target of the ward."""
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen)
    count(tree.ward, library)
    return tree


def kinds(report: Report) -> list[str]:
    return list(ReportStep.objects.filter(report=report).order_by("pk").values_list("kind", flat=True))


# -- words --


def test_begin_report_twice_says_so_once(tree):
    begin_report(tree.ward, by=tree.writer, at=NOW)
    begin_report(tree.ward, by=tree.writer, at=NOW)
    assert fresh(tree.ward).state == ReportState.DRAFT
    assert kinds(tree.ward) == [ReportStepKind.OPENED]


def test_word_report_begins_it_and_same_words_again_change_nothing(tree):
    words = {**WORDS, "results": "Tốt."}
    report = word_report(tree.ward, version=1, **words, by=tree.writer, at=NOW)
    assert (report.state, report.version) == (ReportState.DRAFT, 2)
    assert word_report(report, version=1, **words, by=tree.writer, at=NOW).version == 2


def test_two_people_in_different_fields_lose_nothing(tree):
    word_report(tree.ward, version=1, **{**WORDS, "results": "Của Lan."}, by=tree.writer, at=NOW)
    report = word_report(tree.ward, version=1, **{**WORDS, "causes": "Của Minh."}, by=tree.approver, at=NOW)
    assert (report.results, report.causes, report.version) == ("Của Lan.", "Của Minh.", 3)


def test_two_people_in_one_field_are_told_of_each_other(tree):
    word_report(tree.ward, version=1, **{**WORDS, "results": "Của Lan."}, by=tree.writer, at=NOW)
    with pytest.raises(ReportChangedMeanwhile) as refusal:
        word_report(tree.ward, version=1, **{**WORDS, "results": "Của Minh."}, by=tree.approver, at=NOW)
    assert refusal.value.fields == ("results",)
    assert refusal.value.current.results == "Của Lan."
    assert tree.writer.full_name in str(refusal.value)


def test_words_for_a_submitted_report_are_refused_and_shown_again(tree):
    report = submitted(tree.ward, tree.writer)
    with pytest.raises(ReportChangedMeanwhile):
        word_report(report, version=report.version, **{**WORDS, "results": "Muộn."}, by=tree.writer, at=NOW)
    assert fresh(report).results == ""


# -- submitting --


def test_submit_report_freezes_content_and_every_figure(tree):
    report = submitted(tree.ward, tree.writer)
    snapshot = report.submitted
    assert (report.state, report.submitted_by) == (ReportState.SUBMITTED, tree.writer.pk)
    assert snapshot.number.startswith("BC-01843-2026-")
    assert figure(snapshot.content, SESSIONS) == ("1", None)
    rows = {row.key: row for row in Figure.objects.filter(snapshot=snapshot)}
    assert rows.keys() == {each["key"] for each in snapshot.content["figures"]}
    for each in snapshot.content["figures"]:
        row = rows[each["key"]]
        assert (row.value_state, row.is_additive) == (each["value_state"], each["is_additive"])
        assert row.numerator == (None if each["numerator"] is None else Decimal(each["numerator"]))
    target = snapshot.content["targets"][0]
    assert figure(snapshot.content, target["key"]) == ("1", "1")
    assert kinds(report) == [ReportStepKind.OPENED, ReportStepKind.SUBMITTED]


def test_submit_report_of_an_older_version_is_refused(tree):
    report = begin_report(tree.ward, by=tree.writer, at=NOW)
    word_report(report, version=report.version, **{**WORDS, "results": "Mới."}, by=tree.approver, at=NOW)
    with pytest.raises(ReportChangedMeanwhile):
        submit_report(report, version=report.version, by=tree.writer, at=NOW)


def test_submit_report_that_nobody_began_is_refused(tree):
    with pytest.raises(WrongState):
        submit_report(tree.ward, version=1, by=tree.writer, at=NOW)


def test_submit_report_twice_is_refused(tree):
    report = submitted(tree.ward, tree.writer)
    with pytest.raises(WrongState):
        submit_report(report, version=report.version, by=tree.writer, at=NOW)


def test_nothing_is_done_in_a_closed_cycle(tree):
    report = submitted(tree.ward, tree.writer)
    tree.cycle.state, tree.cycle.closed_at = "closed", NOW
    tree.cycle.save()
    for act in (
        lambda: withdraw_report(report, version=report.version, by=tree.writer, at=NOW),
        lambda: approve_report(report, version=report.version, by=tree.approver, at=NOW),
        lambda: begin_report(tree.wards[1], by=tree.writer, at=NOW),
        lambda: excuse_report(
            tree.wards[1], version=tree.wards[1].version, reason="Không còn.", by=tree.approver, at=NOW
        ),
    ):
        with pytest.raises(CycleNotOpen, match=str(tree.cycle.owner)):
            act()


def test_report_outside_any_cycle_is_not_submitted(bac_kan, tree):
    report = open_report(bac_kan, year=2026, by=None, at=NOW)
    with pytest.raises(OutsideCycle):
        submit_report(report, version=1, by=tree.writer, at=NOW)


def test_submit_report_with_something_odd_is_refused_until_it_is_answered(tree):
    task = make_assignment(agency=tree.ward.agency, due_on=dt.date(2026, 10, 1))
    report = begin_report(tree.ward, by=tree.writer, at=NOW)
    with pytest.raises(ExceptionsUnanswered) as refusal:
        submit_report(report, version=report.version, by=tree.writer, at=NOW)
    (found,) = [each for each in refusal.value.found if each.rule == "task_late"]
    answers = [Answer(each.key, each.numbers, "Chờ kinh phí.") for each in refusal.value.found]
    answer_exceptions(report, answers=answers, by=tree.writer, at=NOW)
    type(task).objects.filter(pk=task.pk).update(due_on=dt.date(2026, 10, 2))
    with pytest.raises(ExceptionsUnanswered) as refusal:
        submit_report(report, version=report.version, by=tree.writer, at=NOW)
    assert [each.key for each in refusal.value.found] == [found.key], "other numbers: asked again"


def test_answer_of_more_than_a_page_is_refused(tree):
    begin_report(tree.ward, by=tree.writer, at=NOW)
    with pytest.raises(BadAnswer):
        answer_exceptions(tree.ward, answers=[Answer("x", {}, "a" * 501)], by=tree.writer, at=NOW)


def test_withdrawn_report_can_be_written_again_and_its_snapshot_stays(tree):
    report = submitted(tree.ward, tree.writer)
    snapshot = report.submitted
    withdraw_report(report, version=report.version, by=tree.writer, at=NOW)
    report = fresh(report)
    assert (report.state, report.submitted) == (ReportState.DRAFT, None)
    assert ReportStep.objects.get(kind=ReportStepKind.WITHDRAWN).snapshot == snapshot
    submitted(report, tree.writer)
    assert fresh(report).submitted.number != snapshot.number


# -- returning, approving --


def test_approve_report_names_the_very_snapshot(tree):
    report = approved(tree.ward, tree)
    assert (report.state, report.approved, report.approved_by) == (
        ReportState.APPROVED,
        report.submitted,
        tree.approver.pk,
    )


@pytest.mark.parametrize("which", ["ward", "province"])
def test_who_submitted_does_not_approve_at_the_last_body_neither(tree, which):
    report = submitted(getattr(tree, which), tree.writer)
    with pytest.raises(ApprovedByTheSame, match="Sở Văn hóa và Thể thao"):
        approve_report(report, version=report.version, by=tree.writer, at=NOW)


def test_approve_report_that_was_taken_back_and_sent_again_is_refused(tree):
    seen = submitted(tree.ward, tree.writer)
    withdraw_report(seen, version=seen.version, by=tree.writer, at=NOW)
    submitted(fresh(seen), tree.writer)
    with pytest.raises(ReportChangedMeanwhile):
        approve_report(seen, version=seen.version, by=tree.approver, at=NOW)


def test_approve_report_keeps_what_is_missing_by_name(tree, silent_library):
    count(tree.ward, silent_library)
    approved(tree.ward, tree)
    report = approved(tree.province, tree)
    names = {gap["name"] for gap in report.gaps if gap["what"] == "report"}
    assert names == {tree.wards[1].agency.name, tree.army.agency.name}
    ward = fresh(tree.ward)
    assert {"what": "institutions", "count": 1, "names": [silent_library.name]} in ward.gaps
    assert ReportStep.objects.get(report=report, kind=ReportStepKind.APPROVED).gaps == report.gaps


def test_returned_report_is_corrected_and_sent_again(tree):
    report = submitted(tree.ward, tree.writer)
    with pytest.raises(ReasonMissing):
        return_report(report, version=report.version, reason="  ", by=tree.approver, at=NOW)
    return_report(report, version=report.version, reason="Thiếu số liệu tháng 10.", by=tree.approver, at=NOW)
    report = fresh(report)
    assert report.state == ReportState.RETURNED
    report = word_report(report, version=report.version, **{**WORDS, "results": "Đã bổ sung."}, by=tree.writer, at=NOW)
    submit_report(report, version=report.version, by=tree.writer, at=NOW)
    assert fresh(report).submitted.content["words"]["results"] == ["Đã bổ sung."]


@pytest.mark.parametrize(("came_on", "more"), [(dt.date(2026, 11, 20), True), (dt.date(2026, 11, 30), False)])
def test_what_came_in_time_and_goes_back_has_days_to_be_corrected(tree, came_on, more):
    """Sent back weeks after its day it is not late the next morning; what came late stays late."""
    due_on = dt.date(2026, 11, 25)
    Report.objects.filter(pk=tree.ward.pk).update(due_on=due_on)
    report = submitted(fresh(tree.ward), tree.writer)
    came_at = dt.datetime.combine(came_on, dt.time(3), tzinfo=dt.UTC)
    Report.objects.filter(pk=report.pk).update(submitted_at=came_at)
    back_at = dt.datetime(2026, 12, 15, 3, tzinfo=dt.UTC)
    return_report(fresh(report), version=report.version, reason="Thiếu tháng 10.", by=tree.approver, at=back_at)
    report = fresh(report)
    assert report.due_on == (dt.date(2026, 12, 20) if more else due_on)
    assert is_late(report, tree.cycle, dt.date(2026, 12, 16)) is not more


def test_reopen_report_only_while_the_one_above_has_not_taken_it_in(tree):
    report = approved(tree.ward, tree)
    province = submitted(tree.province, tree.writer)
    with pytest.raises(AddedUpAbove, match=province.agency.name):
        reopen_report(report, version=report.version, reason="Sai số.", by=tree.approver, at=NOW)
    withdraw_report(province, version=province.version, by=tree.writer, at=NOW)
    with pytest.raises(ReasonMissing):
        reopen_report(report, version=report.version, reason="", by=tree.approver, at=NOW)
    reopen_report(report, version=report.version, reason="Sai số.", by=tree.approver, at=NOW)
    report = fresh(report)
    assert (report.state, report.approved, report.gaps) == (ReportState.RETURNED, None, [])


def test_approval_that_came_after_the_report_above_was_submitted_can_be_taken_back(tree, library):
    """Until an addendum to that one has told its figures."""
    later = [NOW + dt.timedelta(hours=hours) for hours in range(1, 4)]
    submitted(tree.ward, tree.writer)
    province = approved(tree.province, tree)
    assert "submitted" in [each["state"] for each in province.approved.content["below"]]
    report = fresh(tree.ward)
    approve_report(report, version=report.version, by=tree.approver, at=later[0])
    reopen_report(fresh(report), version=fresh(report).version, reason="Duyệt nhầm.", by=tree.approver, at=later[0])
    assert fresh(report).state == ReportState.RETURNED
    approved(fresh(report), tree, later[1])
    make_addendum(fresh(province), reason="Theo phường.", by=tree.writer, at=later[2])
    with pytest.raises(AddedUpAbove):
        reopen_report(fresh(report), version=fresh(report).version, reason="Sai số.", by=tree.approver, at=later[2])


def test_reopen_report_that_is_not_approved_is_refused(tree):
    with pytest.raises(WrongState):
        report = submitted(tree.ward, tree.writer)
        reopen_report(report, version=report.version, reason="Sai số.", by=tree.approver, at=NOW)


def test_reopen_report_that_was_approved_anew_meanwhile_is_refused(tree):
    before = approved(tree.ward, tree)
    reopen_report(before, version=before.version, reason="Sai số.", by=tree.approver, at=NOW)
    again = approved(fresh(before), tree)
    with pytest.raises(ReportChangedMeanwhile):
        reopen_report(again, version=before.version, reason="Sai số.", by=tree.approver, at=NOW)
    assert fresh(again).state == ReportState.APPROVED


# -- excusing, moving --


def test_excuse_report_only_once_its_institutions_are_counted_elsewhere(tree, library):
    with pytest.raises(StillCounted):
        excuse_report(tree.ward, version=tree.ward.version, reason="Phường đã nhập.", by=tree.approver, at=NOW)
    with pytest.raises(StillCounted):
        excuse_report(tree.province, version=tree.province.version, reason="Không còn.", by=tree.approver, at=NOW)
    with pytest.raises(ReasonMissing):
        excuse_report(tree.ward, version=tree.ward.version, reason="", by=tree.approver, at=NOW)
    other = tree.wards[1]
    move_institutions(tree.ward, other, institutions=[library.pk], reason="Nhập phường.", by=tree.approver, at=NOW)
    assert CountedInstitution.objects.get(institution=library).report == other
    with pytest.raises(ReportChangedMeanwhile):
        excuse_report(tree.ward, version=tree.ward.version, reason="Phường đã nhập.", by=tree.approver, at=NOW)
    ward = fresh(tree.ward)
    excuse_report(ward, version=ward.version, reason="Phường đã nhập.", by=tree.approver, at=NOW)
    assert fresh(tree.ward).state == ReportState.EXCUSED
    assert kinds(other) == [ReportStepKind.MOVED]


def test_resume_report_goes_on_where_it_stood_and_is_not_late_at_once(tree):
    report = word_report(tree.wards[1], version=1, **{**WORDS, "results": "Đã viết."}, by=tree.writer, at=NOW)
    report = excuse_report(report, version=report.version, reason="Tưởng đã nhập.", by=tree.approver, at=NOW)
    for reason, version, refusal in (("", report.version, ReasonMissing), ("Nhầm", 1, ReportChangedMeanwhile)):
        with pytest.raises(refusal):
            resume_report(report, version=version, reason=reason, by=tree.approver, at=NOW)
    after_its_day = timezone.make_aware(dt.datetime.combine(report.due_on + dt.timedelta(days=30), dt.time(8)))
    report = resume_report(report, version=report.version, reason="Phường còn.", by=tree.approver, at=after_its_day)
    assert (report.state, report.results) == (ReportState.DRAFT, "Đã viết.")
    assert report.due_on == after_its_day.date() + dt.timedelta(days=5)
    assert kinds(report)[-2:] == [ReportStepKind.EXCUSED, ReportStepKind.RESUMED]
    assert submitted(report, tree.writer).state == ReportState.SUBMITTED


def test_resume_report_of_one_that_was_returned_shows_it_returned(tree):
    report = submitted(tree.wards[1], tree.writer)
    report = return_report(report, version=report.version, reason="Thiếu.", by=tree.approver, at=NOW)
    report = excuse_report(report, version=report.version, reason="Nhập.", by=tree.approver, at=NOW)
    report = resume_report(report, version=report.version, reason="Phường còn.", by=tree.approver, at=NOW)
    assert report.state == ReportState.RETURNED


def test_resume_report_below_one_that_is_not_asked_for_is_refused(bac_kan, thai_nguyen):
    tree = make_tree([bac_kan], thai_nguyen)
    for each in (tree.ward, *Report.objects.filter(goes_to=tree.province).exclude(pk=tree.ward.pk), tree.province):
        each = fresh(each)
        excuse_report(each, version=each.version, reason="Giải thể.", by=tree.approver, at=NOW)
    ward = fresh(tree.ward)
    with pytest.raises(NobodyAbove):
        resume_report(ward, version=ward.version, reason="Nhầm.", by=tree.approver, at=NOW)
    province = fresh(tree.province)
    resume_report(province, version=province.version, reason="Nhầm.", by=tree.approver, at=NOW)
    report = resume_report(ward, version=ward.version, reason="Nhầm.", by=tree.approver, at=NOW)
    assert report.state == ReportState.EXPECTED


def test_move_institutions_to_where_they_cannot_go_is_refused(tree, library, silent_library):
    other = tree.wards[1]
    asked = {"reason": "Nhập phường.", "by": tree.approver, "at": NOW}
    for to, institutions in (
        (tree.ward, [library.pk]),
        (make_tree([], tree.province.unit).province, [library.pk]),
        (other, [silent_library.pk]),
        (other, []),
    ):
        with pytest.raises(BadMove):
            move_institutions(tree.ward, to, institutions=institutions, **asked)
    submitted(other, tree.writer)
    with pytest.raises(WrongState):
        move_institutions(tree.ward, other, institutions=[library.pk], **asked)
    assert CountedInstitution.objects.get(institution=library).report == tree.ward


def test_what_the_armed_forces_run_moves_into_no_report_of_the_territory(tree, library):
    InstitutionAgency.objects.create(institution=library, agency=tree.army.agency)
    with pytest.raises(BadMove, match="lực lượng vũ trang"):
        move_institutions(
            tree.ward, tree.wards[1], institutions=[library.pk], reason="Nhập phường.", by=tree.approver, at=NOW
        )


def test_institutions_take_the_place_of_no_typed_totals_unseen(tree, library):
    """What the body typed in would no longer be told: it is asked to take it out first."""
    other = tree.wards[1]
    rows = [Total("measure:library_visit:2026", Decimal(1200), None, "Sổ của phường")]
    type_totals(other, version=other.version, rows=rows, by=tree.writer, at=NOW)
    asked = {"institutions": [library.pk], "reason": "Nhập phường.", "by": tree.approver, "at": NOW}
    with pytest.raises(BadMove, match="lượt"):
        move_institutions(tree.ward, fresh(other), **asked)
    assert CountedInstitution.objects.get(institution=library).report == tree.ward
    gone = [Total("measure:library_visit:2026", None, None, "")]
    type_totals(fresh(other), version=fresh(other).version, rows=gone, by=tree.writer, at=NOW)
    move_institutions(tree.ward, fresh(other), **asked)
    assert CountedInstitution.objects.get(institution=library).report == other


# -- typed totals --


def test_armed_forces_submit_only_with_totals_and_their_source(tree):
    report = begin_report(tree.army, by=tree.writer, at=NOW)
    with pytest.raises(TotalsMissing):
        submit_report(report, version=report.version, by=tree.writer, at=NOW)
    with pytest.raises(BadTotal):
        type_totals(report, version=report.version, rows=[Total(SESSIONS, Decimal(3))], by=tree.writer, at=NOW)
    rows = [Total(SESSIONS, Decimal(3), None, "Sổ công tác")]
    report = type_totals(report, version=report.version, rows=rows, by=tree.writer, at=NOW)
    submit_report(report, version=report.version, by=tree.writer, at=NOW)
    content = fresh(report).submitted.content
    assert figure(content, SESSIONS) == ("3", None)
    assert content["missing"] == [] and all(target["behind"] == [] for target in content["targets"])


def test_command_submits_what_its_regiments_told_and_never_nothing(tree):
    """Its own totals are those of the reports below: whoever has approved some types nothing again."""
    regiment = make_report(
        tree.cycle,
        AgencyFactory(unit=tree.province.unit, kind=AgencyKind.MILITARY, name="Trung đoàn bộ binh"),
        line="military",
        detail="totals",
        goes_to=tree.army,
        above=[tree.army.agency_id, tree.province.agency_id],
    )
    make_assignment(agency=tree.army.agency, state="done", done_on=DAY)
    make_line(agency=tree.army.agency, estimated=5_000_000)
    command = begin_report(tree.army, by=tree.writer, at=NOW)
    with pytest.raises(TotalsMissing):  # tasks and money are no totals of its libraries
        submit_report(command, version=command.version, by=tree.writer, at=NOW)
    report = begin_report(regiment, by=tree.writer, at=NOW)
    rows = [Total(SESSIONS, Decimal(3), None, "Sổ công tác")]
    type_totals(report, version=report.version, rows=rows, by=tree.writer, at=NOW)
    submitted(fresh(regiment), tree.writer)
    with pytest.raises(TotalsMissing):  # not approved yet
        submit_report(command, version=command.version, by=tree.writer, at=NOW)
    regiment = fresh(regiment)
    approve_report(regiment, version=regiment.version, by=tree.approver, at=NOW)
    command = submitted(fresh(command), tree.writer)
    assert figure(command.submitted.content, SESSIONS) == ("3", None)


@pytest.mark.parametrize(
    "total",
    [
        Total("measure:nothing:2026", Decimal(1), None, "Sổ"),
        Total(SESSIONS, Decimal(-1), None, "Sổ"),
        Total(SESSIONS, Decimal("1.5"), None, "Sổ"),
        Total(SESSIONS, Decimal("NaN"), None, "Sổ"),
        Total(SESSIONS, Decimal(1), Decimal(2), "Sổ"),
        Total(SESSIONS, None, Decimal(2), "Sổ"),
        Total(SESSIONS, Decimal(1), None, " "),
    ],
)
def test_total_that_cannot_be_is_refused(tree, total):
    with pytest.raises(BadTotal):
        type_totals(tree.army, version=1, rows=[total], by=tree.writer, at=NOW)
    assert not TypedTotal.objects.exists()
    assert fresh(tree.army).version == 1


def test_total_of_what_is_counted_from_the_book_is_refused(tree):
    with pytest.raises(BadTotal):
        type_totals(tree.ward, version=1, rows=[Total(SESSIONS, Decimal(9), None, "Sổ")], by=tree.writer, at=NOW)


def test_total_of_a_body_where_nobody_is_counted_is_taken(tree):
    report = tree.wards[1]
    type_totals(report, version=1, rows=[Total(SESSIONS, Decimal(9), None, "Sổ")], by=tree.writer, at=NOW)
    report = submitted(fresh(report), tree.writer)
    (told,) = [each for each in report.submitted.content["figures"] if each["key"] == SESSIONS]
    assert (told["numerator"], told["origin"]) == ("9", "typed")


def test_total_without_a_number_is_taken_out_and_zero_is_one(tree):
    report = type_totals(tree.army, version=1, rows=[Total(SESSIONS, Decimal(0), None, "Sổ")], by=tree.writer, at=NOW)
    assert TypedTotal.objects.get().numerator == 0
    type_totals(report, version=report.version, rows=[Total(SESSIONS, None)], by=tree.writer, at=NOW)
    assert not TypedTotal.objects.exists()
