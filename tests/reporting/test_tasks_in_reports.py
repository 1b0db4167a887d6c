"""Tasks in a report: as they stood on its day, what was shown apart, and what an addendum can tell of them later."""

import datetime as dt
from collections import Counter

import pytest
from django.utils import timezone

from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.models import Assignment, AssignmentStep
from hocsuotdoi.programme.operations.assignment import report_progress
from hocsuotdoi.programme.operations.confirming import confirm_done
from hocsuotdoi.programme.operations.tally import count_evidence
from hocsuotdoi.reporting.formats.context import task_groups
from hocsuotdoi.reporting.models import ChangedFigures, Snapshot
from hocsuotdoi.reporting.operations.addendum import NothingChanged, look_for_changes, make_addendum
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.operations.submission import ExceptionsUnanswered, submit_report
from hocsuotdoi.reporting.queries.changed import changed_figures
from hocsuotdoi.reporting.queries.consolidation import consolidated
from hocsuotdoi.reporting.queries.content import cycle_content
from tests.factories.programme import TaskFactory
from tests.factories.running import make_assignment
from tests.programme.conftest import held
from tests.reporting.cycle_tree import DAY, LATER, NOW, Tree, approved, confirm_all, count, figure, fresh, make_tree

SHOWN = "Đã có minh chứng thực hiện, chưa báo hoàn thành"
STATES = ("done", "shown", "doing", "to_do", "late", "cannot")


def november(day: int) -> dt.date:
    return dt.date(2026, 11, day)


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen)
    Agency.objects.filter(pk=tree.ward.agency_id).update(kind=AgencyKind.CULTURE_SOCIETY)
    count(tree.ward, library)
    return tree


@pytest.fixture
def asked(tree, plan):
    """A task of the ward that a session of that kind shows."""

    def make(kind: str, **fields) -> Assignment:
        task = TaskFactory(plan=plan, clause__plan=plan, activity_kinds=[kind], tiers=["commune"])
        return make_assignment(task=task, agency=tree.ward.agency, **fields)

    return make


def numbers(content) -> dict[str, int]:
    return {state: int(figure(content, f"tasks:{state}:2026")[0]) for state in ("asked", *STATES)}


def row_of(content, assignment: Assignment):
    (found,) = [row for row in content["tasks"] if row["assignment"] == assignment.pk]
    return found


def counted() -> None:
    count_evidence(at=NOW, everything=True)


def test_what_is_shown_is_a_group_of_its_own_and_the_states_add_up(tree, asked, library):
    in_time = asked("reading_day", due_on=november(21))
    too_late = asked("contest", due_on=november(18))
    late = asked("talk", due_on=november(20))
    held(library, november(20), kind="reading_day")
    held(library, november(20), kind="contest")
    done = make_assignment(title="Mở lớp", agency=tree.ward.agency, state="done", done_on=november(12),
                           due_on=november(10))  # fmt: skip
    for state in ("to_do", "doing", "cannot", "dropped"):
        make_assignment(title=state, agency=tree.ward.agency, state=state, due_on=november(30))
    counted()
    content = cycle_content(fresh(tree.ward), DAY)
    told = numbers(content)
    assert told == {"asked": 7, "done": 1, "shown": 2, "doing": 1, "to_do": 1, "late": 1, "cannot": 1}
    assert sum(told[state] for state in STATES) == told["asked"]
    assert (row_of(content, in_time)["state_words"], row_of(content, late)["state"]) == (SHOWN, "late")
    assert row_of(content, in_time)["evidence"][0] == "Đủ minh chứng từ ngày 20/11/2026"
    shown = row_of(content, too_late)["evidence"]
    assert shown[0] == "Đủ minh chứng từ ngày 20/11/2026, muộn 2 ngày so với thời hạn"
    assert row_of(content, done)["evidence"] == ["Hoàn thành ngày 12/11/2026, muộn 2 ngày so với thời hạn"]
    assert "2 đã có minh chứng thực hiện, chưa báo hoàn thành" in content["task_sentences"][0]
    assert "2 nhiệm vụ đã có minh chứng thực hiện" in " ".join(content["words"]["results"])
    assert "chậm so với thời hạn: mục" in " ".join(content["words"]["difficulties"])
    assert [group["title"] for group in task_groups(content["tasks"])] == [
        "Nhiệm vụ đã thực hiện (1)",
        "Nhiệm vụ đã có minh chứng thực hiện, chưa báo hoàn thành (2)",
        "Nhiệm vụ đang thực hiện (1)",
        "Nhiệm vụ chậm so với thời hạn (1)",
        "Nhiệm vụ chưa thực hiện (1)",
        "Nhiệm vụ không thực hiện được (1)",
    ]


def test_what_is_shown_is_added_up_to_the_province(tree, asked, library):
    asked("reading_day", due_on=november(21))
    make_assignment(agency=tree.province.agency, title="Tổng kết", due_on=november(30))
    held(library, november(20), kind="reading_day")
    counted()
    approved(tree.ward, tree)
    content = cycle_content(fresh(tree.province), DAY)
    told = numbers(content)
    assert (told["asked"], told["shown"], told["to_do"]) == (2, 1, 1)
    assert sum(told[state] for state in STATES) == told["asked"]


def test_tasks_are_as_they_stood_on_the_day_by_which_the_report_is_headed(tree, asked, library):
    tree.cycle.counted_until = november(20)
    tree.cycle.save()
    cut = asked("reading_day", due_on=november(30))
    later = asked("contest", due_on=november(19))
    soon = asked("talk", due_on=november(21))
    for day in (18, 19, 22):
        held(library, november(day), kind="reading_day")
    held(library, november(22), kind="contest")
    done = make_assignment(title="Mở lớp", agency=tree.ward.agency, state="done", done_on=november(22),
                           due_on=november(25))  # fmt: skip
    AssignmentStep.objects.create(assignment=done, kind="progress", state="doing", at=NOW - dt.timedelta(days=9))
    AssignmentStep.objects.create(assignment=done, kind="progress", state="done", at=NOW)
    counted()
    content = cycle_content(fresh(tree.ward), DAY)
    assert content["as_of"] == "2026-11-20"
    assert {row["assignment"]: row["state"] for row in content["tasks"]} == {
        cut.pk: "shown",
        later.pk: "late",  # two days after the report's day something was held
        soon.pk: "to_do",  # its day comes after it, though it has passed when the report is read
        done.pk: "doing",
    }
    assert row_of(content, cut)["evidence"][1] == "2 hoạt động đã ghi nhận, gần nhất ngày 19/11/2026"
    assert row_of(content, later)["evidence"] == []
    assert row_of(content, done)["evidence"] == ["Hoàn thành ngày 22/11/2026, sau ngày tính số liệu của báo cáo"]
    told = numbers(content)
    assert sum(told[state] for state in STATES) == told["asked"] == 4


@pytest.mark.parametrize("number", [1, 3])
def test_cutting_takes_as_many_queries_for_one_as_for_three(number, tree, plan, library, django_assert_num_queries):
    tree.cycle.counted_until, tree.cycle.sections = november(20), ["tasks"]
    tree.cycle.save()
    held(library, november(22), kind="reading_day")
    for _each in range(number):
        task = TaskFactory(plan=plan, clause__plan=plan, activity_kinds=["reading_day"])
        make_assignment(task=task, agency=tree.ward.agency, state="done", done_on=november(22))
    counted()
    report = fresh(tree.ward)
    cycle_content(report, DAY)
    with django_assert_num_queries(QUERIES):
        cycle_content(report, DAY)


QUERIES = 12


def test_report_asks_about_what_is_shown_until_somebody_says(tree, asked, library):
    shown = asked("reading_day", due_on=november(21))
    held(library, november(20), kind="reading_day")
    counted()
    report = begin_report(tree.ward, by=tree.writer, at=NOW)
    with pytest.raises(ExceptionsUnanswered) as refusal:
        submit_report(report, version=report.version, by=tree.writer, at=NOW)
    (odd,) = [each for each in refusal.value.found if each.rule == "task_shown"]
    assert (odd.key, odd.numbers) == (f"task_shown|{shown.pk}", {"met_on": "2026-11-20"})
    confirm_done({shown.pk: shown.version}, by=tree.writer, at=NOW)
    content = submit_report(report, version=report.version, by=tree.writer, at=NOW).content
    assert (row_of(content, shown)["state"], numbers(content)["done"]) == ("done", 1)


def test_what_stays_unsaid_is_explained_and_told_as_such(tree, asked, library):
    asked("reading_day", due_on=november(21))
    held(library, november(20), kind="reading_day")
    counted()
    report = begin_report(tree.ward, by=tree.writer, at=NOW)
    confirm_all(report, tree.writer)
    assert numbers(submit_report(report, version=report.version, by=tree.writer, at=NOW).content)["shown"] == 1


# -- later --


def changes(report) -> dict[str, tuple[str | None, str | None]]:
    return {
        each["key"].split(":")[1]: (each["before"]["numerator"], each["after"]["numerator"])
        for each in changed_figures(fresh(report))
        if each["key"].startswith("tasks:")
    }


@pytest.fixture
def told(tree, asked, library):
    """An approved report of the ward: one task shown, one late, one under way, one done."""
    shown = asked("reading_day", due_on=november(21))
    late = asked("contest", due_on=november(18))
    doing = make_assignment(title="Sửa mái", agency=tree.ward.agency, state="doing")
    done = make_assignment(title="Mở lớp", agency=tree.ward.agency, state="done", done_on=november(12))
    held(library, november(20), kind="reading_day")
    counted()
    approved(tree.ward, tree)
    return {"shown": shown, "late": late, "doing": doing, "done": done}


def test_nothing_is_changed_as_long_as_nothing_is(tree, told):
    assert changes(tree.ward) == {}
    with pytest.raises(NothingChanged):
        make_addendum(fresh(tree.ward), reason="Rà soát", by=tree.writer, at=LATER)


def test_addendum_tells_what_was_done_or_shown_by_the_reports_day(tree, told, library):
    report_progress(told["doing"], state="done", version=1, done_on=november(15), by=tree.writer, at=LATER)
    confirm_done({told["shown"].pk: 1}, by=tree.writer, at=LATER)
    held(library, november(17), kind="contest")  # noted only now
    counted()
    found = {"done": ("1", "3"), "doing": ("1", "0"), "late": ("1", "0")}
    assert changes(tree.ward) == found  # one shown task is done now, another is shown instead
    assert look_for_changes(day=DAY, at=LATER) == 1 and ChangedFigures.objects.get().report_id == tree.ward.pk
    addendum = make_addendum(fresh(tree.ward), reason="Báo muộn", by=tree.writer, at=LATER)
    labels = [each["label"] for each in addendum.content["changes"]]
    assert "Số nhiệm vụ đã thực hiện" in labels and "Số nhiệm vụ chậm so với thời hạn" in labels
    assert changes(tree.ward) == {}
    sums = consolidated(fresh(tree.province))
    assert (sums["tasks:done:2026"].numerator, sums["tasks:asked:2026"].numerator) == (3, 4)
    assert sum(sums[f"tasks:{state}:2026"].numerator for state in STATES) == 4


def test_what_came_later_or_has_no_day_is_no_correction(tree, told, library):
    later = LATER + dt.timedelta(days=2)
    report_progress(told["doing"], state="done", version=1, by=tree.writer, at=later)  # on 25 November
    held(library, november(25), kind="contest")
    make_assignment(title="Việc mới", agency=tree.ward.agency)
    Assignment.objects.filter(pk=told["late"].pk).update(due_on=november(30))
    count_evidence(at=later, everything=True)
    assert changes(tree.ward) == {}
    report_progress(told["late"], state="cannot", version=1, note="Mưa lũ", by=tree.writer, at=later)
    assert changes(tree.ward) == {}


def test_what_is_dated_on_the_day_of_freezing_is_no_correction(tree, told, library):
    """It may have come after it: so is the report itself, which shows the task to report."""
    report_progress(told["doing"], state="done", version=1, by=tree.writer, at=LATER)
    held(library, DAY, kind="contest")
    counted()
    assert timezone.localdate(Snapshot.objects.get(report=tree.ward).frozen_at) == DAY
    assert changes(tree.ward) == {}


def test_what_was_taken_up_again_or_lost_its_evidence_is_told(tree, told):
    report_progress(told["done"], state="doing", version=1, note="Chưa xong", by=tree.writer, at=LATER)
    told["shown"].tally.delete()
    assert changes(tree.ward) == {"done": ("1", "0"), "doing": ("1", "2"), "shown": ("1", "0"), "late": ("1", "2")}
    assert look_for_changes(day=DAY, at=LATER) == 1


def test_report_of_before_shown_tasks_were_counted_apart_is_not_compared(tree, told):
    snapshot = fresh(tree.ward).approved
    snapshot.content["figures"] = [e for e in snapshot.content["figures"] if not e["key"].startswith("tasks:shown")]
    report = fresh(tree.ward)
    report.approved = snapshot
    report_progress(told["doing"], state="done", version=1, done_on=november(15), by=tree.writer, at=LATER)
    assert not [each for each in changed_figures(report) if each["key"].startswith("tasks:")]
    assert Counter(each["state"] for each in snapshot.content["tasks"])["doing"] == 1
