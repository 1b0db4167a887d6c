"""What looks odd in a report, and how long a word about it holds."""

import datetime as dt

import pytest

from hocsuotdoi.indicators.enums import IndicatorKind, QualityRule
from hocsuotdoi.indicators.models import Population, QualityFinding
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.reporting.models import Figure, Report
from hocsuotdoi.reporting.operations.exceptions import Answer, AnsweredMeanwhile, answer_exceptions
from hocsuotdoi.reporting.queries.approving import waiting
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.exceptions import exceptions_of
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.factories.programme import ClauseFactory, TargetFactory
from tests.factories.running import make_assignment, make_cycle, make_report, make_snapshot
from tests.reporting.cycle_tree import DAY, NOW, Tree, count, fresh, make_tree, submitted

SESSIONS, ATTENDANCE = "measure:programme_session:{}", "measure:programme_attendance:{}"


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen)
    count(tree.ward, library)
    return tree


def found(report: Report) -> dict:
    report = fresh(report)
    return {each.key: each for each in exceptions_of(report, cycle_content(report, DAY), DAY)}


def last_year(report: Report, owner=None, counted_until=dt.date(2025, 11, 20), **figures: int) -> None:
    """The body's approved report of the year before said so."""
    cycle = make_cycle(
        owner=owner or report.cycle.owner,
        starts_on=dt.date(2025, 1, 1),
        ends_on=dt.date(2026, 1, 1),
        counted_until=counted_until,
    )
    before = make_report(cycle, report.agency, year=2025)
    snapshot = make_snapshot(before)
    for key, number in figures.items():
        Figure.objects.create(snapshot=snapshot, key=key.replace("__", ":"), value_state="value", numerator=number)
    rows = Report.objects.filter(pk=before.pk)
    rows.update(state="draft")
    rows.update(state="submitted", submitted=snapshot, submitted_at=NOW, submitted_by="0" * 31 + "1")
    rows.update(state="approved", approved=snapshot, approved_at=NOW, approved_by="0" * 31 + "2")


def test_half_as_much_apart_from_last_year_is_asked_about(tree):
    last_year(tree.ward, measure__programme_session__2025=1, measure__programme_attendance__2025=30)
    keys = found(tree.ward)
    odd = keys[f"change|{ATTENDANCE.format(2026)}"]
    assert odd.numbers == {"now": "12", "before": "30"} and odd.figure == ATTENDANCE.format(2026)
    assert f"change|{SESSIONS.format(2026)}" not in keys, "as many as then"


def test_last_year_is_that_of_the_same_owner_and_of_several_the_one_that_looked_furthest(tree):
    """Here, and for who approves."""
    last_year(tree.ward, counted_until=dt.date(2025, 12, 31), measure__programme_attendance__2025=30)
    last_year(tree.ward, measure__programme_attendance__2025=300)
    last_year(tree.ward, owner=AgencyFactory(), measure__programme_attendance__2025=12)
    assert found(tree.ward)[f"change|{ATTENDANCE.format(2026)}"].numbers["before"] == "30"
    report = submitted(tree.ward, tree.writer)
    (row,) = waiting([report], tree.approver)
    assert ("30", "12") in [(each.before, each.now) for each in row.differences]


def test_nothing_after_something_is_asked_about(tree, bac_kan):
    report = tree.wards[1]
    quiet = InstitutionFactory(unit=report.unit)
    make_posting(quiet, DAY, Line(MeasureCode.LIBRARY_VISIT, 3))
    count(report, quiet)
    last_year(report, measure__programme_session__2025=4)
    assert f"zero|{SESSIONS.format(2026)}" in found(report)


def test_silence_after_something_is_no_zero(tree):
    report = tree.wards[1]
    count(report, InstitutionFactory(unit=report.unit))
    last_year(report, measure__programme_session__2025=4)
    assert list(found(report)) == ["silent"]


def test_target_behind_its_plan_and_late_task_are_asked_about(tree, bac_kan, plan, silent_library):
    make_posting(silent_library, DAY, measure=MeasureCode.LIBRARY_VISIT)
    other = InstitutionFactory(unit=bac_kan)
    make_posting(other, DAY, measure=MeasureCode.LIBRARY_VISIT)
    count(tree.ward, silent_library, other)
    task = make_assignment(agency=tree.ward.agency, due_on=DAY - dt.timedelta(days=1), title="Mở điểm đọc")
    keys = found(tree.ward)
    (target,) = [each for each in keys.values() if each.rule == "off_track"]
    assert target.numbers["value"] == "1/3 = 33,3%"
    assert keys[f"task_late|{task.pk}"].numbers == {"due_on": "2026-11-22"}


def test_open_findings_about_figures_are_asked_about_together(tree, library, bac_kan):
    for month in (1, 2):
        QualityFinding.objects.create(
            rule=QualityRule.CROWDED_SESSIONS,
            institution=library,
            unit=bac_kan,
            period=f"2026-{month:02d}",
            starts_on=dt.date(2026, month, 1),
            ends_on=dt.date(2026, month + 1, 1),
            numbers={},
            found_at=NOW,
            changed_at=NOW,
        )
    odd = found(tree.ward)[f"quality|{QualityRule.CROWDED_SESSIONS}"]
    assert odd.numbers == {"count": 2}


def test_share_of_an_older_population_is_asked_about(tree, bac_kan, plan, library):
    people = CohortFactory(kind="population", classes=[])
    share = IndicatorFactory(kind=IndicatorKind.SHARE_OF_POPULATION, measures=[MeasureCode.PROGRAMME_ATTENDANCE])
    TargetFactory(clause=ClauseFactory(plan=plan, path="I.9"), indicator=share, cohort=people, year=2026)
    Population.objects.create(unit=bac_kan, year=2024, urban=1000, source="Sổ")
    key = f"indicator:{share.code}:{people.code}:2026"
    make_posting(library, DAY, Line(MeasureCode.PROGRAMME_ATTENDANCE, 1, learner_key="0" * 31 + "7"))
    assert found(tree.ward)[f"population|{key}"].numbers == {"population_of": 2024, "population": "1000"}
    Population.objects.create(unit=bac_kan, year=2026, urban=1000, source="Sổ")
    assert f"population|{key}" not in found(tree.ward)


def test_answer_holds_while_the_numbers_are_the_same(tree, library):
    last_year(tree.ward, measure__programme_attendance__2025=30)
    (odd,) = found(tree.ward).values()
    answer_exceptions(tree.ward, answers=[Answer(odd.key, odd.numbers, "Mưa lũ.")], by=tree.writer, at=NOW)
    assert found(tree.ward)[odd.key].answer.reason == "Mưa lũ."
    make_posting(library, DAY, Line(MeasureCode.PROGRAMME_ATTENDANCE, 1))
    assert found(tree.ward)[odd.key].answer is None


def test_answer_over_one_that_was_not_seen_is_refused_with_all_others(tree, library):
    last_year(tree.ward, measure__programme_attendance__2025=30)
    (odd,) = found(tree.ward).values()

    def answered(reason: str, over: int | None = None, *others: Answer) -> None:
        given = [*others, Answer(odd.key, odd.numbers, reason, over)]
        answer_exceptions(tree.ward, answers=given, by=tree.writer, at=NOW)

    answered("Mưa lũ.")
    answered(" Mưa lũ. ")  # the same, sent again
    first = tree.ward.exception_answers.get()
    with pytest.raises(AnsweredMeanwhile):
        answered("", None, Answer("zero|x", {}))
    assert tree.ward.exception_answers.get() == first
    answered("Bão.", first.pk)
    assert found(tree.ward)[odd.key].answer.reason == "Bão."
    assert found(tree.ward)[odd.key].seen != odd.seen
