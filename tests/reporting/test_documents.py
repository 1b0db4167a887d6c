"""Documents asked for, written, kept; by whose template; what is refused."""

import datetime as dt
import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import IntegrityError, connection, transaction
from docx import Document as Word

from hocsuotdoi.core.attachments import open_kept
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentKind, DocumentState
from hocsuotdoi.reporting.formats.docx import own_template
from hocsuotdoi.reporting.models import Document, DocumentRun, Snapshot
from hocsuotdoi.reporting.operations import documents
from hocsuotdoi.reporting.operations.approval import reopen_report, return_report
from hocsuotdoi.reporting.operations.documents import (
    FormatNotOffered,
    NothingToWrite,
    ask_document,
    begin_run,
    go_on,
    left_lying,
    stop_run,
    write_one,
    write_run,
)
from hocsuotdoi.reporting.operations.templates import retire_template, use_template
from hocsuotdoi.reporting.queries.documents import progress_of
from tests.factories.documents import consolidated_content, cycle_content, frozen_report
from tests.factories.running import NOW, make_cycle

AT = NOW + dt.timedelta(hours=1)


@pytest.fixture
def snapshot(office_of_bac_kan, department_of_thai_nguyen) -> Snapshot:
    return frozen_report(office_of_bac_kan, above=[department_of_thai_nguyen.pk])


def words_of(document: Document) -> str:
    with open_kept(document.digest) as file:
        word = Word(file)
    texts = [p.text for p in word.paragraphs]
    texts += [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join(texts)


def test_document_is_written_once_and_holds_number_and_code(snapshot, officer_of_bac_kan):
    asked = ask_document(snapshot, DocumentFormat.DOCX, by=officer_of_bac_kan, at=AT)
    again = ask_document(snapshot, DocumentFormat.DOCX, by=officer_of_bac_kan, at=AT)
    assert (asked.pk, asked.state, asked.kind) == (again.pk, DocumentState.WAITING, DocumentKind.UNIT_REPORT)
    write_one(asked, at=AT)
    asked.refresh_from_db()
    assert (asked.state, asked.file_name) == (DocumentState.MADE, f"{snapshot.number}.docx")
    with open_kept(asked.digest) as file:
        assert hashlib.sha256(file.read()).hexdigest() == asked.digest
    assert snapshot.number in words_of(asked)
    assert f"/documents/{asked.code}/" in words_of(asked)


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_who_looks_at_a_document_while_it_is_begun_does_not_leave_it_lying(snapshot, officer_of_bac_kan):
    """A worker that finds it begun already holds its lock for a moment; nobody would take it up again for minutes."""
    asked = ask_document(snapshot, DocumentFormat.DOCX, by=officer_of_bac_kan, at=AT)
    begun = documents._begin(Document.objects.filter(pk=asked.pk).waiting(), at=AT)

    def write() -> None:
        try:
            documents.write(begun, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Document.objects.select_for_update().get(pk=asked.pk)
            writing = pool.submit(write)
            assert wait([writing], timeout=1).not_done
        writing.result(timeout=20)
    asked.refresh_from_db()
    assert asked.state == DocumentState.MADE


def test_document_written_twice_is_the_same_file(snapshot, officer_of_bac_kan):
    asked = ask_document(snapshot, DocumentFormat.DOCX, by=officer_of_bac_kan, at=AT)
    assert documents._word(asked) == documents._word(asked)


def test_what_is_made_never_changes_and_is_never_deleted(snapshot, officer_of_bac_kan):
    asked = ask_document(snapshot, DocumentFormat.XLSX, by=officer_of_bac_kan, at=AT)
    write_one(asked, at=AT)
    for change in (
        lambda: Document.objects.filter(pk=asked.pk).update(code="abcdefgh23456789"),
        lambda: Document.objects.filter(pk=asked.pk).update(state=DocumentState.WAITING),
        lambda: asked.delete(),
    ):
        with pytest.raises((IntegrityError, Exception)), transaction.atomic():
            change()
    assert Document.objects.get(pk=asked.pk).state == DocumentState.MADE


def test_nearest_template_above_serves_and_a_retired_one_no_more(
    snapshot, officer_of_bac_kan, province_officer, department_of_thai_nguyen
):
    template = use_template(
        department_of_thai_nguyen,
        kind=DocumentKind.UNIT_REPORT,
        file=own_template(DocumentKind.UNIT_REPORT),
        file_name="mau.docx",
        by=province_officer,
        at=AT,
    )
    first = ask_document(snapshot, DocumentFormat.DOCX, by=officer_of_bac_kan, at=AT)
    assert first.template == template
    write_one(first, at=AT)
    retire_template(template, by=province_officer, at=AT)
    second = ask_document(snapshot, DocumentFormat.DOCX, by=officer_of_bac_kan, at=AT)
    assert (second.template, second.pk != first.pk) == (None, True)


def test_pdf_is_refused_without_libreoffice_and_a_signature_without_certificate(snapshot, officer_of_bac_kan, settings):
    settings.SOFFICE = "khong-co-chuong-trinh-nay"
    with pytest.raises(FormatNotOffered, match="PDF"):
        ask_document(snapshot, DocumentFormat.PDF, by=officer_of_bac_kan, at=AT)
    settings.SOFFICE = "true"
    with pytest.raises(FormatNotOffered):
        ask_document(snapshot, DocumentFormat.SIGNED_PDF, by=officer_of_bac_kan, at=AT)
    assert not Document.objects.exists()


def test_document_that_cannot_be_written_says_why_and_the_others_go_on(snapshot, officer_of_bac_kan, settings):
    settings.SOFFICE = "true"  # a program that ends well and makes no file
    pdf = ask_document(snapshot, DocumentFormat.PDF, by=officer_of_bac_kan, at=AT)
    word = ask_document(snapshot, DocumentFormat.DOCX, by=officer_of_bac_kan, at=AT)
    for _attempt in range(documents.MOST_ATTEMPTS):
        documents.write(documents._begin(Document.objects.filter(snapshot=snapshot).waiting(), at=AT), at=AT)
    pdf.refresh_from_db()
    word.refresh_from_db()
    assert (pdf.state, word.state) == (DocumentState.FAILED, DocumentState.MADE)
    assert pdf.problem
    again = ask_document(snapshot, DocumentFormat.PDF, by=officer_of_bac_kan, at=AT)
    assert (again.state, again.attempts, again.problem) == (DocumentState.WAITING, 0, "")


@pytest.fixture
def country_of_five(department_of_thai_nguyen, thai_nguyen) -> list[Snapshot]:
    cycle = make_cycle(owner=department_of_thai_nguyen)
    own = frozen_report(department_of_thai_nguyen, cycle=cycle, content=consolidated_content())
    return [
        own,
        *(
            frozen_report(
                Agency.objects.create(code=f"xa-{number}", name=f"Phòng Văn hóa - Xã hội xã {number}", unit=thai_nguyen,
                                      kind="culture_society"),
                cycle=cycle, goes_to=own.report, above=[department_of_thai_nguyen.pk],
                state="approved" if number else "submitted",
            )
            for number in range(4)
        ),
    ]  # fmt: skip


def begun(snapshots: list[Snapshot], person, agency, *formats) -> DocumentRun:
    return begin_run(snapshots[0].report.cycle, agency, formats=formats or [DocumentFormat.DOCX], by=person, at=AT)


def test_run_writes_each_report_once_by_the_kind_that_it_is(
    country_of_five, province_officer, department_of_thai_nguyen
):
    run = begun(country_of_five, province_officer, department_of_thai_nguyen, DocumentFormat.DOCX, DocumentFormat.XLSX)
    assert progress_of(run).waiting == 10
    assert write_run(run, at=AT) == 0
    assert (progress_of(run).made, progress_of(run).failed) == (10, 0)
    kinds = sorted(run.documents.filter(format=DocumentFormat.DOCX).values_list("kind", flat=True))
    assert kinds == ["consolidated_report", *["unit_report"] * 4]
    again = begun(country_of_five, province_officer, department_of_thai_nguyen)
    assert (progress_of(again).made, progress_of(again).waiting) == (5, 0)
    assert Document.objects.count() == 10


def test_run_is_refused_where_nothing_is_frozen_and_for_signatures(
    office_of_bac_kan, officer_of_bac_kan, country_of_five, province_officer, department_of_thai_nguyen
):
    with pytest.raises(NothingToWrite):
        begin_run(make_cycle(), office_of_bac_kan, formats=["docx"], by=officer_of_bac_kan, at=AT)
    with pytest.raises(FormatNotOffered):
        begun(country_of_five, province_officer, department_of_thai_nguyen, DocumentFormat.SIGNED_PDF)
    assert not DocumentRun.objects.exists()


def test_run_leaves_out_what_was_returned_or_reopened(country_of_five, province_officer, department_of_thai_nguyen):
    own, returned, below = (each.report for each in country_of_five[:3])
    return_report(
        returned, version=returned.version, reason="Thiếu số liệu của hai thư viện", by=province_officer, at=AT
    )
    for reopened in (own, below):
        reopen_report(reopened, version=reopened.version, reason="Số liệu phải tính lại", by=province_officer, at=AT)
    run = begun(country_of_five, province_officer, department_of_thai_nguyen)
    assert set(run.documents.values_list("snapshot", flat=True)) == {each.pk for each in country_of_five[3:]}


def test_stopped_run_begins_nothing_and_goes_on_when_told(country_of_five, province_officer, department_of_thai_nguyen):
    run = begun(country_of_five, province_officer, department_of_thai_nguyen)
    stop_run(run, by=province_officer, at=AT)
    assert write_run(run, at=AT) == 0
    assert progress_of(run).made == 0
    go_on(run, by=province_officer, at=AT)
    write_run(run, at=AT)
    assert progress_of(run).made == 5


def test_run_of_another_body_takes_no_document_away(country_of_five, province_officer, department_of_thai_nguyen):
    """The commune's own run, stopped, leaves the province's whole; what one has written is written for both."""
    of_province = begun(country_of_five, province_officer, department_of_thai_nguyen)
    below = country_of_five[1].report
    of_commune = begun(country_of_five, province_officer, below.agency)
    assert (progress_of(of_province).expected, progress_of(of_commune).expected) == (5, 1)
    stop_run(of_commune, by=province_officer, at=AT)
    write_run(of_province, at=AT)
    assert (progress_of(of_province).made, progress_of(of_commune).made) == (5, 1)
    assert Document.objects.count() == 5


def test_document_asked_for_by_itself_is_taken_up_again_though_its_run_was_stopped(
    country_of_five, province_officer, department_of_thai_nguyen
):
    run = begun(country_of_five, province_officer, department_of_thai_nguyen)
    stop_run(run, by=province_officer, at=AT)
    document = run.documents.order_by("pk").first()
    ask_document(document.snapshot, DocumentFormat.DOCX, kind=DocumentKind(document.kind), by=province_officer, at=AT)
    assert left_lying(at=AT + documents.QUIET * 2) == ([], [document])


def test_document_over_which_workers_die_is_given_up(country_of_five, province_officer, department_of_thai_nguyen):
    run = begun(country_of_five, province_officer, department_of_thai_nguyen)
    later = AT
    for _killed in range(1 + 5 * (documents.MOST_ATTEMPTS - 1)):  # all together, then one by one
        documents._begin(run.documents.waiting(), at=later)  # begun, and never finished
        later += documents.QUIET * 2
    write_run(run, at=later)
    assert (progress_of(run).failed, progress_of(run).made) == (5, 0)
    assert run.documents.exclude(problem="").count() == 5


def test_document_that_another_worker_is_writing_is_left_to_it(
    country_of_five, province_officer, department_of_thai_nguyen
):
    run = begun(country_of_five, province_officer, department_of_thai_nguyen)
    taken = documents._begin(run.documents.waiting(), at=AT)
    for _worker in range(documents.MOST_ATTEMPTS + 1):
        assert write_run(run, at=AT + dt.timedelta(seconds=310)) == 0
    assert (progress_of(run).failed, progress_of(run).waiting) == (0, 5)
    documents.write(taken, at=AT)
    assert progress_of(run).made == 5


HANGS_OVER_ONE = """#!{python}
# Makes a file of each, but comes to no end where one of them says HANGS.
import pathlib, sys, time, zipfile
out = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1])
files = [pathlib.Path(each) for each in sys.argv if each.endswith(".docx")]
if any(b"HANGS" in zipfile.ZipFile(each).read("word/document.xml") for each in files):
    time.sleep(60)
for each in files:
    (out / (each.stem + ".pdf")).write_bytes(b"%PDF-1.7")
"""


def test_one_file_that_hangs_libreoffice_fails_alone(
    country_of_five, province_officer, department_of_thai_nguyen, settings, tmp_path, monkeypatch
):
    program = tmp_path / "soffice"
    program.write_text(HANGS_OVER_ONE.format(python=sys.executable))
    program.chmod(0o755)
    settings.SOFFICE = str(program)
    monkeypatch.setattr("hocsuotdoi.core.office._SECONDS_TO_START", 1)
    monkeypatch.setattr("hocsuotdoi.core.office._SECONDS_EACH", 0)
    content = cycle_content()
    content["words"] = {**content["words"], "causes": ["HANGS"]}
    own = country_of_five[0].report
    office = Agency.objects.create(code="xa-treo", name="Xã treo", unit=own.unit, kind="culture_society")
    frozen_report(office, cycle=own.cycle, goes_to=own, above=[own.agency_id], content=content)
    run = begun(country_of_five, province_officer, department_of_thai_nguyen, DocumentFormat.PDF)
    while write_run(run, at=AT):
        pass
    assert (progress_of(run).made, progress_of(run).failed) == (5, 1)


def test_what_lies_unwritten_for_minutes_is_taken_up_again(
    country_of_five, province_officer, department_of_thai_nguyen
):
    run = begun(country_of_five, province_officer, department_of_thai_nguyen)
    assert left_lying(at=AT + dt.timedelta(minutes=1)) == ([], [])
    assert left_lying(at=AT + documents.QUIET * 2) == ([run], [])


def test_run_asks_the_database_as_often_for_three_reports_as_for_one(
    django_assert_num_queries, province_officer, department_of_thai_nguyen, country_of_five
):
    with django_assert_num_queries(10):
        begun(country_of_five, province_officer, department_of_thai_nguyen)
