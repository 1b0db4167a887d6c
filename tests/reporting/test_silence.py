"""A report in which nothing is told: nowhere a 0, asked about before it goes up, named in its approval and above."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from docx import Document
from openpyxl import load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.reporting.enums import DocumentKind
from hocsuotdoi.reporting.formats.docx import render_report
from hocsuotdoi.reporting.formats.xlsx import render_annex
from hocsuotdoi.reporting.operations.addendum import make_addendum
from hocsuotdoi.reporting.operations.approval import approve_report
from hocsuotdoi.reporting.operations.exceptions import Answer, answer_exceptions
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.operations.submission import ExceptionsUnanswered, submit_report
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.approving import waiting
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.workspace.reporting.shown import shown
from tests.factories.accounts import RoleAssignmentFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.reporting import DIGEST
from tests.factories.running import make_line
from tests.reporting.cycle_tree import DAY, LATER, NOW, Tree, approved, count, fresh, make_tree, submitted

MONTHS, FIRST, NOT_REPORTED = "Theo tháng", 6, "Chưa có số liệu"


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    """Bắc Kạn has a library that told; Đức Xuân has none."""
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen)
    count(tree.ward, library)
    return tree


def cards(content) -> list[str]:
    return [each["number"] for each in shown(content)["figures"]]


def months(content) -> list[list]:
    """Columns of sessions, attendance and visits, the sums of the year at the end."""
    sheet = load_workbook(io.BytesIO(render_annex(content, DIGEST)))[MONTHS]
    return [[sheet.cell(row, column).value for row in range(FIRST, FIRST + 13)] for column in (2, 3, 4)]


def test_nothing_told_is_nowhere_a_zero(tree):
    content = cycle_content(tree.wards[1], DAY)
    assert content["silent"] == "nobody"
    assert (content["activities"]["sessions"], content["activities"]["attendance"]) == (None, None)
    assert cards(content) == [NOT_REPORTED, NOT_REPORTED]
    assert months(content) == [[None] * 12 + [NOT_REPORTED]] * 3
    document = Document(io.BytesIO(render_report(content, DIGEST, DocumentKind.UNIT_REPORT)))
    text = "\n".join(each.text for each in document.paragraphs)
    assert "chưa có số liệu về hoạt động" in text and " 0 " not in text


def test_zero_that_was_told_stays_a_zero(tree, duc_xuan):
    report = tree.wards[1]
    quiet = InstitutionFactory(unit=duc_xuan)
    make_posting(quiet, DAY, Line(MeasureCode.LIBRARY_VISIT, 3))
    count(report, quiet)
    content = cycle_content(report, DAY)
    assert "silent" not in content
    assert cards(content) == ["0", "0", "3"]
    assert months(content)[0] == [*[0] * 11, None, "=SUM(B6:B17)"]


def test_one_total_alone_makes_no_zero_of_the_other(tree):
    report = begin_report(tree.wards[1], by=tree.writer, at=NOW)
    rows = [Total("measure:programme_session:2026", Decimal(4), None, "Sổ theo dõi")]
    report = type_totals(report, version=report.version, rows=rows, by=tree.writer, at=NOW)
    content = cycle_content(fresh(report), DAY)
    assert "silent" not in content
    assert cards(content) == ["4", NOT_REPORTED]
    assert months(content)[:2] == [[None] * 12 + [4], [None] * 12 + [NOT_REPORTED]]
    (sentence,) = content["activities"]["sentences"]
    assert sentence.endswith("4 buổi hoạt động phục vụ học tập suốt đời; chưa có số liệu về số lượt người tham gia.")
    assert content["words"]["results"][0] == "Đã tổ chức 4 buổi hoạt động phục vụ học tập suốt đời."


def test_what_a_cycle_does_not_ask_for_has_no_card(tree):
    tree.cycle.sections = ["tasks", "words"]
    tree.cycle.save()
    content = cycle_content(fresh(tree.wards[1]), DAY)
    assert cards(content) == [] and "silent" not in content


def test_writer_is_asked_and_one_tap_is_enough(tree):
    report = begin_report(tree.wards[1], by=tree.writer, at=NOW)
    with pytest.raises(ExceptionsUnanswered) as asked:
        submit_report(report, version=report.version, by=tree.writer, at=NOW)
    (odd,) = asked.value.found
    assert (odd.rule, odd.numbers) == ("silent", {"silent": "nobody"})
    answer_exceptions(report, answers=[Answer(odd.key, odd.numbers)], by=tree.writer, at=NOW)
    submit_report(fresh(report), version=fresh(report).version, by=tree.writer, at=LATER)
    assert fresh(report).state == "submitted"


def test_approval_names_it_and_so_does_the_report_above(tree, client):
    report = submitted(tree.wards[1], tree.writer)
    (row,) = waiting([report], tree.approver)
    assert row.gaps and not row.is_plain
    report = approved_again(report, tree)
    assert {"what": "silent", "why": "nobody"} in report.gaps
    approved(tree.ward, tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert "silent" not in content
    name = report.agency.name
    assert f"1 báo cáo đã duyệt không có số liệu nào: {name}." in content["gaps"]
    client.force_login(RoleAssignmentFactory(role=RoleName.AGENCY_OFFICER, agency=tree.province.agency).person)
    page = client.get(f"/workspace/reports/{tree.province.pk}/").content.decode()
    assert "không có số liệu nào</span>" in page
    province = submitted(tree.province, tree.writer)
    assert any(name in gap for gap in waiting([province], tree.approver)[0].gaps)
    province = approved_again(province, tree)
    named = [each for each in province.gaps if each["what"] == "silent_report"]
    assert named == [{"what": "silent_report", "agency": report.agency_id, "name": name}]


def approved_again(report, tree):
    approve_report(report, version=report.version, by=tree.approver, at=LATER)
    return fresh(report)


def test_institution_that_says_nothing_is_silence_of_another_kind(tree, duc_xuan):
    count(tree.wards[1], InstitutionFactory(unit=duc_xuan))
    assert cycle_content(tree.wards[1], DAY)["silent"] == "nothing"


def test_addendum_with_a_figure_ends_the_silence(tree, duc_xuan):
    report = tree.wards[1]
    late = InstitutionFactory(unit=duc_xuan)
    count(report, late)
    report = approved(report, tree)
    assert {"what": "silent", "why": "nothing"} in report.gaps
    make_posting(late, dt.date(2026, 11, 3), Line(MeasureCode.PROGRAMME_SESSION, 2))
    addendum = make_addendum(report, reason="Bổ sung vào sổ muộn.", by=tree.writer, at=LATER)
    assert "silent" not in addendum.content
    assert not [each for each in fresh(report).gaps if each["what"] == "silent"]


def test_addendum_about_money_alone_ends_no_silence(tree):
    report = approved(tree.wards[1], tree)
    line = make_line(agency=report.agency, estimated=5)
    line.steps.create(stage="estimated", amount=5, by=tree.writer.pk, at=LATER)
    addendum = make_addendum(report, reason="Bổ sung kinh phí.", by=tree.writer, at=LATER)
    assert addendum.content["silent"] == "nobody"
    assert {"what": "silent", "why": "nobody"} in fresh(report).gaps
