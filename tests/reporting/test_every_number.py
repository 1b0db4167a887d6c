"""Every number that a report prints and that the program computed is found by the check of the document: whole files
are read, paragraph by paragraph and cell by cell, as they were written from real reports."""

import datetime as dt

import pytest

from hocsuotdoi.core.attachments import open_kept
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.models import AdminUnit, InstitutionPlacement, UnitReading
from hocsuotdoi.programme.models import AssignmentTally
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentKind
from hocsuotdoi.reporting.models import Document, Report, Snapshot
from hocsuotdoi.reporting.operations.addendum import make_addendum
from hocsuotdoi.reporting.operations.checking import key_of
from hocsuotdoi.reporting.operations.documents import ask_document, write_one
from hocsuotdoi.reporting.queries import content as content_module
from hocsuotdoi.reporting.queries.verification import checked_document, told_document
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import AgencyFactory, InstitutionFactory, UnitFactory
from tests.factories.programme import ClauseFactory, PlanFactory, TargetFactory, TaskFactory
from tests.factories.running import NOW, make_assignment, make_line, make_report
from tests.people import REFORM
from tests.reporting.cycle_tree import LATER, Tree, approved, count, fresh, make_tree
from tests.support.printed import numbers_of_book, numbers_of_word, said_in

ATTENDANCE, SESSIONS, VISITS = (
    MeasureCode.PROGRAMME_ATTENDANCE,
    MeasureCode.PROGRAMME_SESSION,
    MeasureCode.LIBRARY_VISIT,
)
PEOPLES_WORDS = "Đã mở 17 lớp học và tặng 23 suất quà."
FAMILIES = ("measure:", "indicator:", "money:", "task:", "due:", "count:targets", "count:tasks", "count:missing",
            "count:below", "count:money")  # fmt: skip
PERIODS = {
    "yearly": {},
    "mid_term": {"kind": "mid_term", "starts_on": dt.date(2024, 1, 1)},
    "final": {"kind": "final", "starts_on": dt.date(2024, 1, 1)},
}


@pytest.fixture
def wards(bac_kan, duc_xuan, library) -> list[AdminUnit]:
    """The library stood where the ward of old did before the reform."""
    old = UnitFactory(starts_on=dt.date(2019, 1, 1), ends_on=REFORM)
    UnitReading.objects.create(unit=old, reads_as=old, starts_on=old.starts_on, ends_on=REFORM)
    UnitReading.objects.create(unit=old, reads_as=bac_kan, starts_on=REFORM)
    InstitutionPlacement.objects.filter(institution=library).update(starts_on=REFORM)
    InstitutionPlacement.objects.create(institution=library, unit=old, ends_on=REFORM)
    return [bac_kan, duc_xuan]


def rich(tree: Tree, plan, library) -> Tree:
    """Numbers of every kind: people by sex and age, observances, months, targets on a way, tasks with evidence, tasks
    left to others, money far below the estimate, many institutions that are silent, a ward that is not approved."""
    ward, province = tree.ward, tree.province
    count(ward, library, *(InstitutionFactory(unit=ward.unit) for _each in range(63)))
    for year in tree.cycle.years:
        make_posting(
            library,
            dt.date(year, 4, 21),
            Line(SESSIONS, 31 + year, tags=("book_day",)),
            Line(ATTENDANCE, 1433 + year, sex=Sex.FEMALE, age_band=AgeBand.SENIOR, tags=("book_day",)),
            Line(ATTENDANCE, 1021 + year, sex=Sex.MALE, age_band=AgeBand.YOUTH),
            Line(VISITS, 7040 + year),
        )
    growing = IndicatorFactory(code="tang", kind="growth", measures=[VISITS.value])
    cohort = plan.targets.get().cohort
    for place, (indicator, unit, figure, year) in enumerate(
        [(growing, "percent_per_year", 12, 2030), (plan.targets.get().indicator, "percent", 87, 2029)]
    ):
        clause = ClauseFactory(plan=plan, path=f"I.muc.{place}")
        TargetFactory(clause=clause, indicator=indicator, cohort=cohort, unit=unit, figure=figure, year=year)
    TargetFactory(clause=ClauseFactory(plan=PlanFactory(unit=province.unit)), cohort=cohort, year=2026, figure=41)
    for _each in range(44):
        make_report(tree.cycle, AgencyFactory(), goes_to=province, above=[province.agency_id])
    for ordinal in range(9):
        clause = ClauseFactory(plan=plan, path=f"I.khac.{ordinal}")
        TargetFactory(clause=clause, cohort=CohortFactory(code=f"khac-{ordinal}", classes=["museum_public"]), year=2026)
    for agency in (ward.agency, province.agency):
        for _each in range(17):
            make_assignment(agency=agency, state="cannot")
        for state, happenings in (("done", 19), ("doing", 0), ("to_do", 0), ("to_do", 28)):
            given = {"due_on": dt.date(2026, 4, 5), "done_on": dt.date(2026, 5, 2)} if state == "done" else {}
            task = make_assignment(agency=agency, state=state, **given)
            if happenings:
                AssignmentTally.objects.create(
                    assignment=task, happenings=happenings, last_on=dt.date(2026, 11, 2), counted_at=NOW
                )
            make_assignment(agency=AgencyFactory(), task=task.task, handed_down_from=task)
        make_assignment(agency=agency, due_on=dt.date(2026, 3, 1), task=TaskFactory())
        shown = make_assignment(agency=agency, due_on=dt.date(2026, 9, 18))
        met_on = dt.date(2026, 10, 31)
        AssignmentTally.objects.create(assignment=shown, happenings=34, last_on=met_on, met_on=met_on, counted_at=NOW)
        make_line(agency=agency, estimated=13_370_000, allocated=4_560_000, allocation_act="12/QĐ-STC", spent=1_234_000)
    Report.objects.filter(pk=ward.pk).update(difficulties=PEOPLES_WORDS)
    return tree


def written(snapshot: Snapshot, format: DocumentFormat, person) -> Document:
    document = ask_document(snapshot, format, by=person, at=LATER)
    write_one(document, at=LATER)
    document.refresh_from_db()
    assert document.problem == ""
    found = told_document(document.code)
    assert found is not None
    return found


def unproven(document: Document, *, has_paper: bool = True) -> set[tuple[str, str]]:
    """Printed numbers that the check does not find, with their text."""
    content = document.snapshot.content
    named = Indicator.objects.values_list("short_name", flat=True)
    said = said_in(content, PEOPLES_WORDS, content["unit"]["name"], *named)
    with open_kept(document.digest) as file:
        bytes_ = file.read()
    reader = numbers_of_book if document.format == DocumentFormat.XLSX else numbers_of_word
    printed = set(reader(bytes_, said))
    assert len(printed) > 10 or document.kind == DocumentKind.ADDENDUM
    assert printed
    found = {
        number: bool(checked_document(document, number, has_paper=has_paper).matches)
        for number in {number for number, _text in printed}
    }
    return {(number, text) for number, text in printed if not found[number]}


@pytest.mark.slow
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("whose", ["ward", "province"])
def test_every_number_of_a_report_and_its_annex_is_found(period, whose, wards, thai_nguyen, plan, library):
    tree = rich(make_tree(wards, thai_nguyen, **PERIODS[period]), plan, library)
    report = approved(tree.ward, tree)
    if whose == "province":
        report = approved(tree.province, tree)
    kinds = {
        "ward": DocumentKind.UNIT_REPORT,
        "yearly": DocumentKind.CONSOLIDATED_REPORT,
        "mid_term": DocumentKind.MID_TERM_REVIEW,
        "final": DocumentKind.FINAL_REVIEW,
    }
    for format in (DocumentFormat.DOCX, DocumentFormat.XLSX):
        document = written(report.approved, format, tree.writer)
        if format == DocumentFormat.DOCX:
            assert document.kind == kinds[period if whose == "province" else "ward"]
        assert unproven(document) == set()
        assert checked_document(document, "987654", has_paper=True).is_whole


@pytest.mark.slow
def test_every_number_of_the_report_to_the_prime_minister_is_found(wards, thai_nguyen, country, plan, library):
    tree = rich(make_tree(wards, thai_nguyen), plan, library)
    ministry = make_report(tree.cycle, AgencyFactory(unit=country, name="Bộ Văn hóa, Thể thao và Du lịch"))
    Report.objects.filter(pk=tree.province.pk).update(goes_to=ministry, above=[ministry.agency_id])
    approved(tree.ward, tree)
    approved(fresh(tree.province), tree)
    report = approved(ministry, tree)
    document = written(report.approved, DocumentFormat.DOCX, tree.writer)
    assert document.kind == DocumentKind.PRIME_MINISTER_REPORT
    assert unproven(document) == set()


@pytest.mark.slow
def test_every_number_of_an_addendum_is_found_the_old_and_the_new(wards, thai_nguyen, plan, library):
    tree = rich(make_tree(wards, thai_nguyen), plan, library)
    report = approved(tree.ward, tree)
    lines = [Line(SESSIONS, 3), Line(ATTENDANCE, 77, sex=Sex.FEMALE), Line(VISITS, 210)]
    make_posting(library, dt.date(2026, 11, 4), *lines)
    document = written(
        make_addendum(report, reason="Bổ sung sổ.", by=tree.writer, at=LATER + dt.timedelta(days=3)),
        DocumentFormat.DOCX,
        tree.writer,
    )
    assert document.kind == DocumentKind.ADDENDUM
    assert unproven(document) == set()


def test_without_the_paper_only_people_by_sex_and_age_and_single_institutions_are_not_found(
    wards, thai_nguyen, plan, library
):
    tree = rich(make_tree(wards, thai_nguyen), plan, library)
    report = approved(tree.ward, tree)
    document = written(report.approved, DocumentFormat.DOCX, tree.writer)
    lacking = unproven(document, has_paper=False)
    assert lacking and {text.partition(":")[0] for _number, text in lacking} == {"Theo giới tính", "Theo độ tuổi"}
    assert key_of(document) != key_of(written(report.approved, DocumentFormat.XLSX, tree.writer))


@pytest.mark.slow
def test_each_family_of_numbers_is_printed_somewhere_and_found_by_its_own_figures(wards, thai_nguyen, plan, library):
    """Were a family told without keys, this would be noticed: no other figure happens to have all its numbers."""
    tree = rich(make_tree(wards, thai_nguyen, **PERIODS["mid_term"]), plan, library)
    reports = [approved(tree.ward, tree), approved(tree.province, tree)]
    noticed = set()
    for document in [written(each.approved, DocumentFormat.DOCX, tree.writer) for each in reports]:
        figures = document.snapshot.content["figures"]
        for family in FAMILIES:
            document.snapshot.content["figures"] = [each for each in figures if not each["key"].startswith(family)]
            if unproven(document):
                noticed.add(family)
    assert noticed == set(FAMILIES)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("task_sentences", "Có 8.765 nhiệm vụ, 43,2% đã xong."),
        ("gaps", "Trong đó 8.765 cơ sở (43,2%) ở vùng cao."),
    ],
)
def test_number_that_somebody_prints_without_a_figure_is_noticed(
    part, sentence, wards, thai_nguyen, plan, library, monkeypatch
):
    tree = rich(make_tree(wards, thai_nguyen), plan, library)
    made = content_module.gap_sentences if part == "gaps" else content_module.task_sentences
    monkeypatch.setattr(content_module, made.__name__, lambda *given: [*made(*given), sentence])
    approved(tree.ward, tree)
    report = approved(tree.province, tree)
    document = written(report.approved, DocumentFormat.DOCX, tree.writer)
    assert unproven(document) == {("8.765", sentence), ("43,2", sentence)}
