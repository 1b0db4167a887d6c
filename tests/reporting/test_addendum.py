"""What changes after approval never touches what was approved; a person tells it, with both values."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hocsuotdoi.core.one_by_one import SomeFailed
from hocsuotdoi.indicators.models import CriteriaSet
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import Line, post, reverse
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Institution
from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.models import ChangedFigures, Figure, ReportStep, Snapshot
from hocsuotdoi.reporting.operations.addendum import NothingChanged, look_for_changes, make_addendum
from hocsuotdoi.reporting.operations.approval import reopen_report
from hocsuotdoi.reporting.operations.exceptions import Answer, answer_exceptions
from hocsuotdoi.reporting.operations.holding import ReasonMissing, WrongState
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.operations.submission import submit_report
from hocsuotdoi.reporting.queries.approving import waiting
from hocsuotdoi.reporting.queries.changed import changed_figures, perhaps_changed
from hocsuotdoi.reporting.queries.consolidation import consolidated
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.exceptions import exceptions_of
from hocsuotdoi.reporting.queries.merits import merits_of_agency
from hocsuotdoi.reporting.queries.trail import parts_of
from tests.factories.indicators import AnswerFactory, ReviewFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.factories.programme import ClauseFactory, IndicatorFactory, PlanFactory, TargetFactory
from tests.factories.running import make_assignment, make_cycle, make_line, make_report
from tests.reporting.cycle_tree import (
    DAY,
    EVERYTHING,
    LATER,
    NOW,
    Tree,
    approved,
    count,
    figure,
    fresh,
    make_tree,
    submitted,
)
from tests.support.breaking import breaks
from tests.support.reform import make_reform

SESSIONS = "measure:programme_session:2026"


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen)
    count(tree.ward, library)
    return tree


def late_session(library, on=dt.date(2026, 11, 4)) -> None:
    """Posted after the report was approved, of a day that it counts."""
    post(
        library,
        source_kind="test.happening",
        source_id=uuid.uuid4(),
        occurred_on=on,
        lines=[Line(MeasureCode.PROGRAMME_SESSION, 2)],
        by=None,
        at=max(NOW + dt.timedelta(minutes=5), noon(on)),
    )


def test_later_changes_leave_the_snapshot_alone_and_an_addendum_has_both_values(tree, library):
    report = approved(tree.ward, tree)
    before = Snapshot.objects.get(pk=report.approved_id)
    late_session(library)
    snapshot = make_addendum(report, reason="Bổ sung sổ tháng 11.", by=tree.writer, at=LATER)
    same = Snapshot.objects.get(pk=report.approved_id)
    assert (same.content, same.digest) == (before.content, before.digest) and digest_of(same.content) == same.digest
    change = {each["key"]: each for each in snapshot.content["changes"]}[SESSIONS]
    assert (change["before"]["numerator"], change["after"]["numerator"]) == ("1", "3")
    assert (change["before_words"], change["after_words"]) == ("1", "3")
    assert snapshot.content["amends"]["number"] == before.number and snapshot.amends == before
    assert snapshot.number.startswith("BS-01843-2026-")
    assert set(snapshot.figures.values_list("key", flat=True)) == {each["key"] for each in snapshot.content["changes"]}
    assert Figure.objects.get(snapshot=before, key=SESSIONS).numerator == 1
    assert ReportStep.objects.get(report=report, kind="amended").reason == "Bổ sung sổ tháng 11."
    assert fresh(report).approved == before


def test_what_an_addendum_has_told_is_not_told_again(tree, library):
    report = approved(tree.ward, tree)
    late_session(library)
    make_addendum(report, reason="Bổ sung.", by=tree.writer, at=LATER)
    assert changed_figures(fresh(report)) == []
    with pytest.raises(NothingChanged):
        make_addendum(report, reason="Bổ sung.", by=tree.writer, at=LATER)


def test_addendum_says_why_and_only_of_what_was_approved(tree, library):
    report = submitted(tree.ward, tree.writer)
    late_session(library)
    with pytest.raises(WrongState):
        make_addendum(report, reason="Bổ sung.", by=tree.writer, at=LATER)
    with pytest.raises(ReasonMissing):
        make_addendum(report, reason=" ", by=tree.writer, at=LATER)


def test_addendum_in_a_closed_cycle_is_made(tree, library):
    report = approved(tree.ward, tree)
    tree.cycle.state, tree.cycle.closed_at = "closed", NOW
    tree.cycle.save()
    late_session(library)
    assert make_addendum(report, reason="Bổ sung.", by=tree.writer, at=LATER).content["changes"]


def test_addendum_goes_up_one_report_after_the_other(tree, library):
    ward = approved(tree.ward, tree)
    province = approved(tree.province, tree)
    late_session(library)
    assert changed_figures(province) == [], "the ward has not said so yet"
    make_addendum(ward, reason="Bổ sung.", by=tree.writer, at=LATER)
    changes = {each["key"]: each["after"]["numerator"] for each in changed_figures(fresh(province))}
    assert changes[SESSIONS] == "3"
    assert figure(make_addendum(province, reason="Theo phường.", by=tree.writer, at=LATER).content, SESSIONS)[0] == "3"


def test_what_came_after_the_counted_days_is_no_change_and_tasks_are_none(tree, library):
    task = make_assignment(agency=tree.ward.agency)
    report = approved(tree.ward, tree)
    late_session(library, on=DAY + dt.timedelta(days=1))
    type(task).objects.filter(pk=task.pk).update(state="done", done_on=DAY)
    assert changed_figures(report) == []
    assert perhaps_changed(DAY) == [], "not even looked at"
    late_session(library, on=DAY)
    assert perhaps_changed(DAY) == [report.pk]


def test_money_said_later_is_a_change(tree):
    report = approved(tree.ward, tree)
    make_line(agency=tree.ward.agency, estimated=5_000_000)
    keys = {each["key"]: each for each in changed_figures(report)}
    assert keys["money:estimated:commune_budget:2026"]["before_words"] == "Chưa nêu"


def test_what_staff_stated_before_and_was_accepted_later_is_a_change(tree, library):
    stated = {"indicator_code": CriteriaSet.objects.get().indicator_id, "criterion_code": "held"}
    answer = AnswerFactory(institution=library, **stated, value="no", note="Buổi của trường")
    report = approved(tree.ward, tree)
    assert perhaps_changed(DAY) == [] and changed_figures(report) == []

    ReviewFactory(answer=answer, found="yes", reviewed_at=LATER)

    assert perhaps_changed(DAY) == [report.pk]
    assert changed_figures(report)


def test_look_for_changes_notes_them_for_lists_and_forgets_them(tree, library, officer_of_bac_kan, reader):
    ward = approved(tree.ward, tree)
    approved(tree.wards[1], tree)
    assert look_for_changes(day=DAY, at=LATER) == 0
    late_session(library)
    assert perhaps_changed(DAY) == [ward.pk]
    assert look_for_changes(day=DAY, at=LATER) == 1
    (noted,) = ChangedFigures.objects.visible_to(officer_of_bac_kan)
    assert noted.report == ward and SESSIONS in {each["key"] for each in noted.changes}
    assert not ChangedFigures.objects.visible_to(reader).exists()
    make_addendum(ward, reason="Bổ sung.", by=tree.writer, at=LATER)
    assert not ChangedFigures.objects.exists()
    assert look_for_changes(day=DAY, at=LATER) == 0


def test_report_that_cannot_be_looked_at_keeps_no_other_from_it(tree, library):
    elsewhere = InstitutionFactory(unit=tree.wards[1].unit)
    count(tree.wards[1], elsewhere)
    reports = approved(tree.ward, tree), approved(tree.wards[1], tree)
    late_session(library)
    late_session(elsewhere)
    assert set(perhaps_changed(DAY)) == {each.pk for each in reports}
    first = min(reports, key=lambda each: each.pk)
    breaks(ChangedFigures, on="INSERT", when=f"NEW.report_id = {first.pk}")
    with pytest.raises(SomeFailed, match=f"Report {first.pk}$"):
        look_for_changes(day=DAY, at=LATER)
    assert ChangedFigures.objects.count() == 1


def test_perhaps_changed_asks_once_and_looks_no_further_back_than_two_years(tree, library):
    approved(tree.ward, tree)
    late_session(library)
    with CaptureQueriesContext(connection) as captured:
        assert perhaps_changed(DAY)
    assert len(captured) == 1
    assert perhaps_changed(dt.date(2029, 3, 1)) == []


def test_parts_that_were_amended_after_the_figure_above_was_frozen_say_so(tree, library, client, auditor):
    ward = approved(tree.ward, tree)
    province = approved(tree.province, tree)
    client.force_login(auditor)
    page = f"/workspace/reports/{province.pk}/figure/?key={SESSIONS}"
    assert not any(each.addendum for each in parts_of(province, SESSIONS))
    assert "đã được bổ sung sau khi" not in client.get(page).content.decode()
    late_session(library)
    addendum = make_addendum(ward, reason="Bổ sung.", by=tree.writer, at=LATER)
    assert [each.addendum for each in parts_of(province, SESSIONS)] == [addendum.number, "", ""]
    shown = client.get(page).content.decode()
    assert addendum.number in shown
    assert "đã được bổ sung sau khi" in shown
    make_addendum(fresh(province), reason="Theo phường.", by=tree.writer, at=LATER + dt.timedelta(minutes=1))
    assert not any(each.addendum for each in parts_of(fresh(province), SESSIONS))


def test_who_reads_an_approved_figure_again_reads_what_an_addendum_says(tree, library):
    """Beside the figure above, against the year after, for those who approve that, for a commendation."""
    ward = approved(tree.ward, tree)
    late_session(library)
    addendum = make_addendum(ward, reason="Bổ sung.", by=tree.writer, at=LATER)
    assert [(part.name, part.numerator) for part in parts_of(tree.province, SESSIONS)] == [
        (str(tree.ward.agency), 3),
        (str(tree.wards[1].agency), None),
        (str(tree.army.agency), None),
    ]
    year_after = make_cycle(
        owner=tree.cycle.owner,
        sections=EVERYTHING,
        starts_on=dt.date(2027, 1, 1),
        ends_on=dt.date(2028, 1, 1),
        counted_until=dt.date(2027, 11, 20),
        opens_on=dt.date(2027, 11, 1),
        map_on=dt.date(2027, 11, 1),
        due_on=dt.date(2027, 11, 25),
    )
    above = make_report(year_after, tree.province.agency, year=2027)
    later = make_report(year_after, ward.agency, year=2027, goes_to=above)
    count(later, library)
    day = dt.date(2027, 11, 20)
    make_posting(library, dt.date(2027, 2, 1), measure=MeasureCode.PROGRAMME_SESSION, quantity=4)
    odd = {each.figure for each in exceptions_of(fresh(later), cycle_content(fresh(later), day), day)}
    assert "measure:programme_session:2027" not in odd, "4 against 3, and not against 1"
    submitted_at = dt.datetime(2027, 11, 20, 9, tzinfo=dt.UTC)
    begun = begin_report(later, by=tree.writer, at=submitted_at)
    found = exceptions_of(begun, cycle_content(begun, day), day)
    given = [Answer(each.key, each.numbers) for each in found]
    answer_exceptions(begun, answers=given, by=tree.writer, at=submitted_at)
    submit_report(begun, version=begun.version, by=tree.writer, at=submitted_at)
    (waits,) = waiting([fresh(later)], tree.approver)
    assert waits.has_last_year and "Số buổi hoạt động" not in [each.label for each in waits.differences]
    merits = {each.key: each for each in merits_of_agency(ward.agency, tree.province.agency_id, 2026)}
    assert (merits[SESSIONS].words, merits[SESSIONS].numerator) == ("3", "3")
    assert merits[SESSIONS].source == f"Báo cáo {ward.approved.number}, bổ sung {addendum.number}"


def test_an_addendum_goes_with_the_approval_that_it_amends(tree, library):
    ward = approved(tree.ward, tree)
    late_session(library)
    make_addendum(ward, reason="Bổ sung.", by=tree.writer, at=LATER)
    (late,) = Posting.objects.filter(source_kind="test.happening", posted_at__gt=NOW)
    reopen_report(fresh(ward), version=fresh(ward).version, reason="Sai.", by=tree.approver, at=LATER)
    assert parts_of(tree.province, SESSIONS)[0].numerator is None
    assert consolidated(tree.province) == {}
    reverse(late, reason="Ghi nhầm.", by=None, at=LATER)
    ward = approved(fresh(ward), tree, LATER + dt.timedelta(hours=1))
    assert parts_of(tree.province, SESSIONS)[0].numerator == 1
    assert consolidated(tree.province)[SESSIONS].numerator == 1
    merits = {each.key: each for each in merits_of_agency(ward.agency, tree.province.agency_id, 2026)}
    assert (merits[SESSIONS].words, merits[SESSIONS].source) == ("1", f"Báo cáo {ward.approved.number}")


def test_what_an_addendum_says_is_not_reported_any_more_is_compared_with_nothing(tree, library):
    ward = approved(tree.ward, tree)
    for posting in Posting.objects.filter(institution=library, kind=PostingKind.HAPPENING):
        reverse(posting, reason="Ghi nhầm.", by=None, at=LATER)
    make_addendum(ward, reason="Ghi nhầm.", by=tree.writer, at=LATER)
    assert parts_of(tree.province, SESSIONS)[0].numerator is None
    assert consolidated(tree.province)[SESSIONS].numerator is None
    assert SESSIONS not in {each.key for each in merits_of_agency(ward.agency, tree.province.agency_id, 2026)}


def test_content_of_an_addendum_reads_as_a_document(tree, library):
    report = approved(tree.ward, tree)
    late_session(library)
    content = make_addendum(report, reason="Bổ sung.", by=tree.writer, at=LATER).content
    assert content["header"]["title"] == f"Bổ sung, điều chỉnh số liệu Báo cáo {report.approved.number}"
    assert report.approved.number in content["opening"]
    assert cycle_content(fresh(report), DAY)["shape"] == content["shape"] == 2


def test_changed_figures_without_a_change_are_refused_by_the_database(tree, library):
    report = approved(tree.ward, tree)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangedFigures.objects.create(report=report, snapshot=report.approved, changes=[], found_at=LATER)


@pytest.fixture
def merged(country, reader, planner) -> tuple[Tree, Institution]:
    """A province made of two, of which one left a plan with a target that binds its part; a library in that part."""
    units = make_reform(country)
    cycle = make_cycle(sections=["activities", "targets"], counted_until=DAY, starts_on=dt.date(2025, 1, 1))
    top = make_report(cycle, AgencyFactory(unit=units["new"], kind=AgencyKind.CULTURE))
    ward = make_report(cycle, AgencyFactory(unit=units["valley"]), goes_to=top, above=[top.agency_id])
    plan = PlanFactory(unit=units["north"], issued_on=dt.date(2024, 1, 5))
    visits = IndicatorFactory(code="luot", kind="count", measures=["library_visit"])
    clause = ClauseFactory(plan=plan, path="I.1")
    TargetFactory(clause=clause, indicator=visits, cohort__code="library_commune", year=2026, figure=9, unit="count")
    library = InstitutionFactory(unit=units["valley"])
    count(ward, library)
    for year in (2025, 2026):
        make_posting(library, dt.date(year, 8, 1), Line(MeasureCode.LIBRARY_VISIT, 5))
    return Tree(cycle, top, [ward], ward, reader, planner), library


def test_figure_of_a_part_of_the_territory_is_no_change_until_it_changes(merged):
    tree, library = merged
    ward = approved(tree.ward, tree)
    province = approved(tree.province, tree)
    parts = {key for key in province.approved.figures.values_list("key", flat=True) if key.endswith(":north")}
    assert {key.split(":")[3] for key in parts} == {"2025", "2026"}
    assert changed_figures(ward) == [] and changed_figures(province) == []
    day, lines = dt.date(2025, 9, 1), [Line(MeasureCode.LIBRARY_VISIT, 2)]
    post(library, source_kind="test.late", source_id=uuid.uuid4(), occurred_on=day, lines=lines, by=None, at=LATER)
    make_addendum(ward, reason="Bổ sung.", by=tree.writer, at=LATER)
    changes = {each["key"]: each["after"]["numerator"] for each in changed_figures(fresh(province))}
    assert {changes[key] for key in parts & changes.keys()} == {"7"}


def test_addendum_that_takes_in_what_was_approved_later_names_it_as_missing_no_more(tree):
    top = approved(tree.province, tree)
    assert tree.ward.agency.name in {each["name"] for each in top.gaps if each["what"] == "report"}
    approved(tree.ward, tree, LATER)
    snapshot = make_addendum(fresh(top), reason="Phường gửi sau.", by=tree.writer, at=LATER + dt.timedelta(minutes=5))
    told = {each["name"]: each["state"] for each in snapshot.content["below"]}
    assert told[tree.ward.agency.name] == "approved"
    assert tree.ward.agency.name not in {each["name"] for each in fresh(top).gaps if each["what"] == "report"}
