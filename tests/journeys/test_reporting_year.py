"""A reporting year from its first day to its last, on a simulated province of a hundred communes: opened, prefilled,
submitted, returned, approved with gaps, added up, frozen, written as documents; and every figure of every level held
against what the simulation drew, added up once more by other hands (`tests.support.year_truth`). The cycle is open for
the whole country; with DEEP set (`make test-country`) its 3,321 communes all report.

The tests of this file follow upon each other in one database of their own: the year is played once.
"""

import datetime as dt
import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context

import pytest
from django.db import connection, connections

from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentState, ReportState, SnapshotKind
from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.models import CountedInstitution, Figure, Report, Snapshot
from hocsuotdoi.reporting.operations.addendum import make_addendum
from hocsuotdoi.reporting.operations.approval import ApprovedByTheSame, return_report
from hocsuotdoi.reporting.operations.documents import begin_run, write_run
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile
from hocsuotdoi.reporting.operations.report import word_report
from hocsuotdoi.reporting.operations.submission import submit_report
from hocsuotdoi.simulation.operations import Plan, simulate
from tests.factories.ledger import make_posting
from tests.support import databases
from tests.support.depth import DEEP
from tests.support.growing import growth_from
from tests.support.reporting_year import CUTOFF, MAP_ON, SIMULATED_AT, YEAR, Year, day
from tests.support.year_truth import COHORTS, INDICATORS, VISITS, Book, Number, Sheet

pytestmark = pytest.mark.slow

PROVINCE = "66"
"""Đắk Lắk, a hundred and two communes"""
COMMUNES = 3_321
LEFT_OUT = 3
"""Communes of which nothing is approved: one is silent, one has begun, one was returned and not sent again"""
INSTITUTIONS = 6_000 if DEEP else 450
PLAN = Plan(
    institutions=INSTITUTIONS,
    first_year=YEAR - 1,
    until=dt.date(YEAR, 12, 31),
    seed=11,
    entries=INSTITUTIONS * 90,
    provinces=() if DEEP else (PROVINCE,),
)
EDUCATION = {"library_school", "library_university"}
ARMED_FORCES = {"library_armed_forces"}
OF_PROVINCES = {"library_province", "museum_province", "culture_centre_province"}
OF_THE_COUNTRY = {"library_national", "museum_national", "museum_ministry"}


@pytest.fixture(scope="module")
def _clone(django_db_setup: None, django_db_blocker: pytest.Item) -> Iterator[Year]:
    """The year, opened and nothing more, in a database that goes at the end."""
    server, name = databases.Databases(os.environ["DATABASE_URL"]), f"hsd_run_{os.getpid()}_year"
    with django_db_blocker.unblock():
        server.clone(databases.REFERENCE, name)
        databases.use_database(name)
        growth_from(PLAN.first_year)
        simulate(PLAN, at=SIMULATED_AT, writers=2)
        year = Year(PLAN, Book(PLAN, SIMULATED_AT, CUTOFF, MAP_ON), AdminUnit.objects.get(code=PROVINCE, ends_on=None))
        year.open()
        connections.close_all()
    yield year
    with django_db_blocker.unblock():
        connections.close_all()
        server.drop(name)


@pytest.fixture
def year(_clone: Year, django_db_blocker: pytest.Item) -> Iterator[Year]:
    with django_db_blocker.unblock():
        databases.use_database(f"hsd_run_{os.getpid()}_year")
        yield _clone
        connections.close_all()


# -- opened --


def test_each_institution_is_counted_once_and_where_it_belongs(year: Year):
    """By its class, its place on the cycle's map and the days it was open, as the simulation knows them."""
    rows = CountedInstitution.objects.filter(cycle=year.cycle, institution__is_sample=True)
    counted = {
        code: (kind, unit)
        for code, kind, unit in rows.values_list("institution__code", "report__agency__kind", "report__unit__code")
    }
    expected = {}
    for number in year.book.open_at_the_end():
        institution_class = year.book.country.class_of(number).institution_class.value
        expected[f"mo-phong-{number + 1:06}"] = _counted_at(year.book, number, institution_class)
    assert counted == expected
    assert {kind for kind, _unit in counted.values()} >= {"culture_society", "education", "military", "culture"}
    assert rows.count() == rows.values("institution").distinct().count()


def _counted_at(book: Book, number: int, institution_class: str) -> tuple[str, str]:
    if institution_class in OF_THE_COUNTRY:
        return "ministry", "VN"
    of_province = {**dict.fromkeys(EDUCATION, "education"), **dict.fromkeys(ARMED_FORCES, "military")}
    of_province |= dict.fromkeys(OF_PROVINCES, "culture")
    if institution_class in of_province:
        return of_province[institution_class], book.stands_in(number, Tier.PROVINCE) or ""
    return "culture_society", book.stands_in(number, Tier.COMMUNE) or ""


# -- communes --


def test_all_communes_but_three_submit_and_one_is_returned(year: Year):
    reports = year.of_communes()
    assert len(reports) >= 100
    for number, report in enumerate(reports[LEFT_OUT - 1 :]):
        year.submit(report, day(11, 21 + number % 4, 8 + number % 9))
    begun = reports[1]
    word_report(
        begun, version=begun.version, results="Đang tổng hợp.", difficulties="", causes="", proposals="",
        by=year.people.writer, at=day(11, 22),
    )  # fmt: skip
    _one_is_returned_and_corrected(year, reports[10])
    returned = reports[2]
    returned.refresh_from_db()
    return_report(
        returned, version=returned.version, reason="Thiếu số liệu nhà văn hóa.", by=year.people.approver, at=day(11, 25)
    )
    for report in reports[LEFT_OUT:]:
        year.approve(report, day(11, 26))
    states = Counter(Report.objects.filter(pk__in=[each.pk for each in reports]).values_list("state", flat=True))
    assert states == {
        ReportState.APPROVED: len(reports) - LEFT_OUT,
        ReportState.EXPECTED: 1,
        ReportState.DRAFT: 1,
        ReportState.RETURNED: 1,
    }


def _one_is_returned_and_corrected(year: Year, report: Report) -> None:
    """What was returned stays as history; the words are put right, and it is sent again under a new number."""
    report.refresh_from_db()
    first = report.submitted
    reason = "Kết quả chưa nêu ngày sách."
    return_report(report, version=report.version, reason=reason, by=year.people.approver, at=day(11, 25))
    report.refresh_from_db()
    report = word_report(
        report, version=report.version, results="Đã tổ chức ngày sách ở các thôn.", difficulties="", causes="",
        proposals="", by=year.people.writer, at=day(11, 25, 10),
    )  # fmt: skip
    second = year.submit(report, day(11, 25, 11))
    assert first is not None
    assert second.number != first.number
    assert second.content["words"]["results"] == ["Đã tổ chức ngày sách ở các thôn."]
    assert "Đã tổ chức" not in str(Snapshot.objects.get(pk=first.pk).content["words"])
    kinds = list(report.steps.values_list("kind", "reason"))
    assert ("returned", reason) in kinds


def test_a_unit_counts_what_its_own_institutions_did(year: Year):
    for report in year.of_communes()[LEFT_OUT:]:
        _compare(year, report)


# -- the province and the country --


def test_education_and_the_armed_forces_report_on_their_own_lines(year: Year):
    for kind, at in (
        (AgencyKind.EDUCATION, day(11, 24)),
        (AgencyKind.MILITARY, day(11, 24)),
        (AgencyKind.POLICE, day(11, 24)),
    ):
        report = year.report(year.body(kind))
        year.submit(report, at)
        year.approve(report, day(11, 26))
        _compare(year, report)
    army = year.report(year.body(AgencyKind.MILITARY))
    assert army.approved is not None
    inside = Institution.objects.filter(pk__in=CountedInstitution.objects.filter(report=army).values("institution"))
    assert inside.exists()
    assert not [name for name in inside.values_list("name", flat=True) if name in str(army.approved.content)]


def test_the_province_adds_up_what_was_approved_and_names_what_is_missing(year: Year):
    report = year.report(year.body(AgencyKind.CULTURE))
    snapshot = year.submit(report, day(12, 3))
    missing = {each["unit"] for each in snapshot.content["below"] if each["state"] != ReportState.APPROVED}
    assert missing == {each.unit.name for each in year.of_communes()[:LEFT_OUT]}
    with pytest.raises(ApprovedByTheSame):
        year.approve(report, day(12, 5), by=year.people.writer)
    report = year.approve(report, day(12, 5), by=year.people.ministry)
    gaps = {each["name"] for each in report.gaps if each["what"] == "report"}
    assert gaps == {each.agency.name for each in year.of_communes()[:LEFT_OUT]}
    _compare(year, report)


@pytest.mark.skipif(not DEEP, reason="3,321 communes: make test-country")
def test_the_other_provinces_report_likewise(year: Year):
    """Two provinces at once, as many do in the same weeks."""
    others = AdminUnit.objects.filter(tier=Tier.PROVINCE, ends_on=None).exclude(pk=year.province.pk)
    largest_first = [
        province.code for province in sorted(others, key=lambda each: len(year.of_communes(each)), reverse=True)
    ]
    assert sum(len(year.of_communes(province)) for province in (*others, year.province)) == COMMUNES
    connections.close_all()  # a process that is forked must not speak on its parent's line
    _played.append(year)
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        assert sorted(pool.map(_report_of_province, largest_first)) == sorted(largest_first)


_played: list[Year] = []
"""For the processes that play provinces: they are forked when it stands here."""


def _report_of_province(code: str) -> str:
    (year,) = _played
    province = AdminUnit.objects.get(code=code, ends_on=None)
    for number, report in enumerate(year.of_communes(province)):
        year.submit(report, day(11, 22))
        year.approve(report, day(11, 26))
        if number % 20 == 0:
            _compare(year, report)
    report = year.report(year.body(AgencyKind.CULTURE, province))
    year.submit(report, day(12, 3))
    year.approve(report, day(12, 5), by=year.people.ministry)
    _compare(year, report)
    return code


def test_what_was_held_after_the_report_of_the_year_before_is_told_at_every_level(year: Year):
    """Besides the comparison of every figure: that there is something to compare."""
    after = CUTOFF.replace(year=YEAR - 1)
    for report in (*year.of_communes()[LEFT_OUT:], year.report(year.body(AgencyKind.CULTURE))):
        added = (report.approved.content if report.approved else {}).get("year_before")
        rests = [n.top for key, n in year.sheet(report).year_before(after).items() if ":after:" in key]
        assert bool(added) == any(rests), report
    assert added["after"] == after.isoformat()
    assert len(added["rows"]) >= 4


def test_the_country_adds_up_the_provinces(year: Year):
    report = year.report(year.ministry)
    year.submit(report, day(12, 18))
    report = year.approve(report, day(12, 19), by=year.people.ministry)
    _compare(year, report)
    waiting = Report.objects.filter(goes_to=report).exclude(state=ReportState.APPROVED)
    assert len([each for each in report.gaps if each["what"] == "report"]) == waiting.count()
    assert waiting.count() == (1 if DEEP else 34)  # beside other provinces, education's own ministry


def test_frozen_is_frozen(year: Year):
    """Content, digest and figures say one thing; each figure stands once."""
    for snapshot in Snapshot.objects.prefetch_related("figures"):
        assert digest_of(snapshot.content) == snapshot.digest
        rows = {each.key: each for each in snapshot.figures.all()}
        told = {each["key"]: each for each in snapshot.content["figures"]}
        assert rows.keys() == told.keys()
        for key, row in rows.items():
            said = told[key]
            parts = [None if said[each] is None else Decimal(said[each]) for each in ("numerator", "denominator")]
            assert [row.numerator, row.denominator] == parts, key
            assert (row.value_state, row.is_additive) == (said["value_state"], said["is_additive"]), key


# -- two people, documents, later --


def test_two_people_submit_at_once_and_one_is_told(year: Year):
    report = year.of_communes()[2]
    by = year.people.writer, year.people.province
    ready, told = threading.Barrier(2), []

    def act(number: int) -> None:
        try:
            ready.wait(20)
            submit_report(report, version=report.version, by=by[number], at=day(12, 20))
            told.append("submitted")
        except ReportChangedMeanwhile as meanwhile:
            told.append(str(meanwhile))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[number]) for number in (0, 1)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    report.refresh_from_db()
    assert sorted(each == "submitted" for each in told) == [False, True]
    [message] = [each for each in told if each != "submitted"]
    assert str(report.changed_by) in message
    assert report.steps.filter(kind="submitted", at=day(12, 20)).count() == 1


def test_documents_of_the_province_are_written_and_one_is_checked_by_its_code(year: Year, client):
    run = begin_run(
        year.cycle,
        year.body(AgencyKind.CULTURE),
        formats=[DocumentFormat.DOCX],
        by=year.people.province,
        at=day(12, 21),
    )
    while write_run(run, at=day(12, 21, 10)):
        pass
    documents = run.documents.select_related("snapshot__report")
    assert {each.state for each in documents} == {DocumentState.MADE}
    territory = Report.objects.filter(cycle=year.cycle, above__contains=[run.agency_id], submitted__isnull=False)
    # The armed forces' and the schools' reports lead here too, but not all of the province's office reads every line.
    assert len(documents) >= territory.filter(line="territory").count()
    document = documents.get(snapshot__report=year.of_communes()[20])
    body = client.get(f"/documents/{document.code}/").content.decode()
    assert document.snapshot.number in body
    figure = next(f for f in document.snapshot.content["figures"] if f["key"] == f"measure:programme_session:{YEAR}")
    assert figure["words"] in body


def test_a_late_entry_changes_no_snapshot_and_becomes_an_addendum_with_both_values(year: Year):
    report = next(each for each in year.of_communes()[LEFT_OUT:] if each.counted.exists())
    library = Institution.objects.filter(pk__in=report.counted.values("institution")).earliest("pk")
    key = f"measure:programme_session:{YEAR}"
    approved = Snapshot.objects.get(pk=report.approved_id)
    before = Figure.objects.get(snapshot=approved, key=key)
    make_posting(library, dt.date(YEAR, 11, 19), Line(MeasureCode.PROGRAMME_SESSION, 7))
    again = Snapshot.objects.get(pk=approved.pk)
    assert (again.content, again.digest) == (approved.content, approved.digest)
    addendum = make_addendum(
        report, reason="Bổ sung buổi ngày 19/11 vào sổ muộn.", by=year.people.writer, at=day(12, 22)
    )
    assert (addendum.kind, addendum.amends_id) == (SnapshotKind.ADDENDUM, approved.pk)
    change = next(each for each in addendum.content["changes"] if each["key"] == key)
    then = before.numerator or Decimal(0)
    assert Decimal(change["before"]["numerator"] or 0) == then
    assert Decimal(change["after"]["numerator"]) == then + 7
    assert Figure.objects.get(snapshot=addendum, key=key).numerator == then + 7
    assert Figure.objects.get(snapshot=approved, key=key).numerator == before.numerator


# -- what every figure is held against --


def _compare(year: Year, report: Report) -> None:
    """Each figure of the newest snapshot of the report, and nothing that is missing from it."""
    report.refresh_from_db()
    snapshot = report.approved or report.submitted
    assert snapshot is not None
    sheet = year.sheet(report)
    figures = {each.key: each for each in snapshot.figures.all()}
    expected = _expected(year, report, sheet, day=snapshot.frozen_at.date())
    where = f"{report} ({snapshot.number})"
    for key, number in expected.items():
        assert key in figures, f"{where}: {key} is missing; it should say {number}"
        row = figures[key]
        assert (row.numerator, row.denominator) == (number.top, number.below), f"{where}: {key}"
        if number.expected is not None:
            assert (row.reporting, row.expected) == (number.reporting, number.expected), f"{where}: {key}"
    assert not set(figures) - set(expected) - {key for key in figures if _is_detail(key)}, where


def _is_detail(key: str) -> bool:
    """Of one task, what a report counts in itself or a trajectory asks for, or of the part of a unit that an old plan
    goes on for: told beside the rest, never added up."""
    return key.startswith(("task:", "count:", "due:")) or (key.startswith("indicator:") and key.count(":") > 3)


def _expected(year: Year, report: Report, sheet: Sheet, *, day: dt.date) -> dict[str, Number]:
    numbers = {key: Number(total) for key, total in sheet.measures().items()}
    for measure in ("programme_session", "programme_attendance"):
        spoke = sheet.telling(measure) or sheet.typed
        key = f"measure:{measure}:{YEAR}"
        top = numbers[key].top if key in numbers else Decimal(0)
        if sheet.facts or sheet.typed or sheet.missing:
            numbers[key] = Number(top if spoke else None)
    for measure in VISITS:
        if (number := sheet.visits(measure)) is not None:
            numbers[f"measure:{measure}:{YEAR}"] = number
    for indicator, cohort in _asked():
        if (number := sheet.indicator(indicator, cohort)) is not None:
            numbers[sheet.key(indicator, cohort)] = number
    numbers |= sheet.year_before(CUTOFF.replace(year=YEAR - 1))
    numbers |= year.tasks_of(sheet.reports, day)
    numbers |= year.money_of(sheet.reports)
    return numbers


def _asked() -> set[tuple[str, str]]:
    """Of what the documents in force set figures."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT indicator_id, cohort_id FROM programme_target JOIN programme_plan p ON p.id = plan_id"
            " WHERE p.status IN ('in_force', 'inherited')"
        )
        found = set(cursor.fetchall())
    assert {INDICATORS[indicator]["kind"] for indicator, _cohort in found} >= {"growth", "share_of_population"}
    assert {cohort for _indicator, cohort in found} <= COHORTS.keys()
    return found
