"""What a yearly report adds to the year before: what was held after that year's report had been closed."""

import datetime as dt
import io
import uuid
from decimal import Decimal

import pytest
from docx import Document
from openpyxl import load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line, post
from hocsuotdoi.places.models import InstitutionStatus
from hocsuotdoi.reporting.enums import DocumentKind
from hocsuotdoi.reporting.formats.docx import render_report
from hocsuotdoi.reporting.formats.xlsx import render_annex
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.addendum import make_addendum
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.operations.submission import TotalsMissing, submit_report
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.changed import changed_figures, perhaps_changed
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.workspace.reporting.shown import shown
from tests.factories.accounts import RoleAssignmentFactory
from tests.factories.ledger import make_posting
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.factories.reporting import DIGEST
from tests.factories.running import make_cycle, make_report, make_snapshot
from tests.reporting.cycle_tree import DAY, LATER, NOW, Tree, approved, count, figure, fresh, make_tree

WHOLE, REST = "measure:programme_session:2025", "measure:programme_session:2025:after:2025-11-20"
TITLE = "Bổ sung năm 2025 (sau ngày chốt 20/11/2025)"
IN_TIME, FIRST_LATE, LAST = dt.date(2025, 11, 20), dt.date(2025, 11, 21), dt.date(2025, 12, 31)


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen)
    count(tree.ward, library)
    return tree


@pytest.fixture
def earlier(tree):
    return cycle_of_2025(tree)


def cycle_of_2025(tree, **fields):
    given = {
        "starts_on": dt.date(2025, 1, 1),
        "ends_on": dt.date(2026, 1, 1),
        "counted_until": IN_TIME,
        "map_on": tree.cycle.map_on,
        "sections": tree.cycle.sections,
    }
    return make_cycle(**{"owner": tree.cycle.owner, **given, **fields})


def held(institution, day: dt.date, sessions: int) -> None:
    make_posting(institution, day, Line(MeasureCode.PROGRAMME_SESSION, sessions))


def keys(content) -> set[str]:
    return {each["key"] for each in content["figures"]}


def coverage(content, key: str) -> tuple[int, int]:
    (found,) = [each for each in content["figures"] if each["key"] == key]
    return found["reporting"], found["expected"]


def test_rest_of_the_year_before_is_told_under_keys_of_its_own(tree, earlier, library):
    held(library, IN_TIME, 2)
    held(library, FIRST_LATE, 3)
    held(library, LAST, 4)
    content = cycle_content(tree.ward, DAY)
    assert figure(content, REST) == ("7", None)
    assert figure(content, WHOLE) == ("9", None)
    assert figure(content, "measure:programme_session:2026") == ("1", None), "told once, and not in this year"
    assert content["activities"]["sessions"] == 1
    added = content["year_before"]
    assert (added["title"], added["year"], added["after"]) == (TITLE, 2025, "2025-11-20")
    rows = {each["key"]: (each["words"], each["whole_words"]) for each in added["rows"]}
    assert rows[REST] == ("7", "9")
    assert rows["measure:library_visit:2025:after:2025-11-20"] == ("0", "0")
    labels = {each["key"]: each["label"] for each in content["figures"]}
    assert labels[REST] == "Số buổi hoạt động phục vụ học tập suốt đời, sau ngày 20/11/2025"
    assert labels[WHOLE] == "Số buổi hoạt động phục vụ học tập suốt đời, cả năm 2025"


@pytest.mark.parametrize(
    "fields",
    [
        {"counted_until": dt.date(2025, 12, 31)},
        {"kind": "other"},
        {"state": "preparing", "opened_at": None},
        {"owner": None},
        {"starts_on": dt.date(2024, 1, 1)},
    ],
)
def test_nothing_is_added_without_a_yearly_report_that_ended_before_its_year(tree, library, fields):
    cycle_of_2025(tree, **fields)
    held(library, LAST, 4)
    content = cycle_content(tree.ward, DAY)
    assert not {key for key in keys(content) if ":2025" in key and key.startswith("measure:")}
    assert "year_before" not in content


def test_another_round_of_the_year_adds_nothing(tree, earlier, library):
    held(library, LAST, 4)
    tree.cycle.kind = "other"
    tree.cycle.save()
    assert "year_before" not in cycle_content(fresh(tree.ward), DAY)


def test_nothing_held_is_told_as_figures_and_prints_no_table(tree, earlier, library):
    held(library, IN_TIME, 2)
    content = cycle_content(tree.ward, DAY)
    assert figure(content, REST) == ("0", None) and "year_before" not in content
    assert figure(cycle_content_of_silent(tree), REST) == (None, None)


def cycle_content_of_silent(tree):
    count(tree.wards[1], InstitutionFactory(unit=tree.wards[1].unit))
    content = cycle_content(tree.wards[1], DAY)
    assert content["silent"] == "nothing", "the year before does not speak for this one"
    return content


def test_province_adds_up_what_was_approved_and_keeps_the_rest_expected(tree, earlier, library, duc_xuan, thai_nguyen):
    other = InstitutionFactory(unit=duc_xuan)
    own = InstitutionFactory(unit=thai_nguyen, institution_class="library_province")
    count(tree.wards[1], other)
    count(tree.province, own)
    for institution, sessions in ((library, 3), (other, 10), (own, 100)):
        held(institution, IN_TIME, 1)
        held(institution, FIRST_LATE, sessions)
    approved(tree.ward, tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert (figure(content, REST), figure(content, WHOLE)) == (("103", None), ("105", None))
    assert coverage(content, REST) == coverage(content, WHOLE) == (2, 3)
    approved(tree.wards[1], tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert (figure(content, REST), figure(content, WHOLE)) == (("113", None), ("116", None))
    assert coverage(content, REST) == (3, 3)
    (row,) = [each for each in shown(content, fresh(tree.province))["year_before"]["rows"] if each["key"] == REST]
    assert row["url"].endswith(f"?key={REST}")


def test_what_closed_since_is_told_by_the_body_that_counted_it(tree, earlier, library, bac_kan):
    closed = InstitutionFactory(unit=bac_kan)
    then = make_report(earlier, tree.ward.agency, year=2025)
    count(then, closed, library)
    held(closed, FIRST_LATE, 5)
    close(closed, dt.date(2026, 3, 1))
    assert figure(cycle_content(tree.ward, DAY), REST) == ("5", None)
    other = cycle_content(tree.wards[1], DAY)
    assert REST not in keys(other)


def test_what_closed_before_the_last_day_stays_in_the_whole_and_is_asked_no_more(tree, earlier, library, bac_kan):
    closed = InstitutionFactory(unit=bac_kan)
    count(make_report(earlier, tree.ward.agency, year=2025), closed, library)
    held(closed, dt.date(2025, 11, 9), 5)
    held(library, FIRST_LATE, 1)
    close(closed, dt.date(2025, 11, 10))
    content = cycle_content(tree.ward, DAY)
    assert (figure(content, REST), figure(content, WHOLE)) == (("1", None), ("6", None))
    assert coverage(content, REST) == coverage(content, WHOLE) == (1, 1)


def test_what_was_closed_over_the_last_days_and_opened_again_keeps_its_year(tree, earlier, library, bac_kan):
    closed = InstitutionFactory(unit=bac_kan)
    count(make_report(earlier, tree.ward.agency, year=2025), closed, library)
    count(tree.ward, closed)
    held(closed, dt.date(2025, 11, 9), 5)
    held(library, FIRST_LATE, 1)
    close(closed, dt.date(2025, 11, 10))
    InstitutionStatus.objects.create(institution=closed, state="active", starts_on=dt.date(2026, 2, 1))
    content = cycle_content(tree.ward, DAY)
    assert (figure(content, REST), figure(content, WHOLE)) == (("1", None), ("6", None))
    assert WHOLE not in keys(cycle_content(tree.wards[1], DAY))


def test_who_opened_on_the_last_day_is_asked_for_it(tree, earlier, library, bac_kan):
    newest = InstitutionFactory(unit=bac_kan)
    InstitutionStatus.objects.filter(institution=newest).update(starts_on=LAST)
    count(tree.ward, newest)
    held(library, FIRST_LATE, 1)
    assert coverage(cycle_content(tree.ward, DAY), REST) == (1, 2)


def test_late_entry_at_what_has_closed_since_is_looked_for(tree, earlier, library, bac_kan):
    closed = InstitutionFactory(unit=bac_kan)
    count(make_report(earlier, tree.ward.agency, year=2025), closed)
    close(closed, dt.date(2026, 2, 1))
    report = approved(tree.ward, tree)
    assert report.pk not in perhaps_changed(DAY)
    line, key = Line(MeasureCode.PROGRAMME_SESSION, 3), uuid.uuid4()
    post(closed, source_kind="test", source_id=key, occurred_on=FIRST_LATE, lines=[line], by=None, at=LATER)
    assert report.pk in perhaps_changed(DAY)
    assert REST in {each["key"] for each in changed_figures(report)}


def test_what_an_ended_body_counted_is_told_by_that_of_the_same_kind_in_its_place(tree, earlier, bac_kan):
    office = AgencyFactory(unit=bac_kan, kind=tree.ward.agency.kind, name="Phòng cũ")
    closed = InstitutionFactory(unit=bac_kan)
    then = make_report(earlier, office, year=2025)
    count(then, closed)
    held(closed, FIRST_LATE, 5)
    assert figure(cycle_content(tree.ward, DAY), REST) == ("5", None)
    make_report(tree.cycle, office, year=2026)
    assert figure(cycle_content(tree.ward, DAY), REST) == (None, None), "it is asked itself, so it tells it itself"


def test_who_opened_in_the_year_is_not_expected_to_have_told_the_one_before(tree, earlier, bac_kan, library):
    fresh_one = InstitutionFactory(unit=bac_kan)
    InstitutionStatus.objects.filter(institution=fresh_one).update(starts_on=dt.date(2026, 1, 1))
    count(tree.ward, fresh_one)
    held(library, FIRST_LATE, 1)
    assert coverage(cycle_content(tree.ward, DAY), REST) == (1, 1)


def close(institution, day: dt.date) -> None:
    InstitutionStatus.objects.filter(institution=institution).update(ends_on=day)


# -- typed --


def army_of_2025(tree, earlier) -> None:
    """It typed twelve sessions, and that was approved."""
    then = make_report(earlier, tree.army.agency, line="military", detail="totals", year=2025)
    type_totals(then, version=1, rows=[Total(WHOLE, Decimal(12), None, "Sổ")], by=tree.writer, at=NOW)
    snapshot = make_snapshot(then)
    rows = Report.objects.filter(pk=then.pk)
    rows.update(state="submitted", submitted=snapshot, submitted_at=NOW, submitted_by="0" * 31 + "1")
    rows.update(state="approved", approved=snapshot, approved_at=NOW, approved_by="0" * 31 + "2")


def test_typed_rest_makes_the_whole_with_what_was_typed_then(tree, earlier):
    army_of_2025(tree, earlier)
    content = cycle_content(tree.army, DAY)
    assert figure(content, WHOLE) == ("12", None), "what was told then does not vanish from the year"
    report = begin_report(tree.army, by=tree.writer, at=NOW)
    rows = [Total(REST, Decimal(2), None, "Sổ theo dõi")]
    report = type_totals(report, version=report.version, rows=rows, by=tree.writer, at=NOW)
    content = cycle_content(fresh(report), DAY)
    assert (figure(content, REST), figure(content, WHOLE)) == (("2", None), ("14", None))
    assert content["year_before"]["rows"][0]["words"] == "2"


def test_rest_alone_is_not_the_whole_year(tree, earlier):
    report = begin_report(tree.army, by=tree.writer, at=NOW)
    type_totals(report, version=report.version, rows=[Total(REST, Decimal(2), None, "Sổ")], by=tree.writer, at=NOW)
    content = cycle_content(fresh(report), DAY)
    assert figure(content, REST) == ("2", None) and WHOLE not in keys(content)
    assert content["year_before"]["rows"][0]["whole_words"] == "Chưa có số liệu"


def test_whole_that_was_typed_stays_once_the_book_has_the_rest(tree, earlier, library):
    """The body took up the program after the last day of that report."""
    then = make_report(earlier, tree.ward.agency, year=2025)
    type_totals(then, version=1, rows=[Total(WHOLE, Decimal(500), None, "Sổ")], by=tree.writer, at=NOW)
    snapshot = make_snapshot(then)
    rows = Report.objects.filter(pk=then.pk)
    rows.update(state="submitted", submitted=snapshot, submitted_at=NOW, submitted_by="0" * 31 + "1")
    rows.update(state="approved", approved=snapshot, approved_at=NOW, approved_by="0" * 31 + "2")
    held(library, FIRST_LATE, 3)
    content = cycle_content(tree.ward, DAY)
    assert (figure(content, REST), figure(content, WHOLE)) == (("3", None), ("503", None))
    held(library, IN_TIME, 7)
    assert figure(cycle_content(tree.ward, DAY), WHOLE) == ("10", None), "the book has those days itself"


def test_rest_of_the_year_before_is_no_total_of_this_one(tree, earlier):
    report = begin_report(tree.army, by=tree.writer, at=NOW)
    rows = [Total(REST, Decimal(2), None, "Sổ theo dõi")]
    report = type_totals(report, version=report.version, rows=rows, by=tree.writer, at=NOW)
    with pytest.raises(TotalsMissing):
        submit_report(report, version=report.version, by=tree.writer, at=NOW)


# -- where it stands --


def test_document_and_annex_print_the_table(tree, earlier, library):
    held(library, FIRST_LATE, 3)
    content = cycle_content(tree.ward, DAY)
    document = Document(io.BytesIO(render_report(content, DIGEST, DocumentKind.UNIT_REPORT)))
    assert f"Bảng 5. {TITLE}" in [each.text for each in document.paragraphs]
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["Số liệu", "Sau ngày 20/11/2025", "Cả năm 2025"] in rows
    assert ["Số buổi hoạt động phục vụ học tập suốt đời", "3", "3"] in rows
    sheet = load_workbook(io.BytesIO(render_annex(content, DIGEST)))["Bổ sung năm trước"]
    assert [sheet.cell(6, column).value for column in (2, 3, 4, 5)] == [
        "Số buổi hoạt động phục vụ học tập suốt đời", 3, 3, f"{REST} {WHOLE}",
    ]  # fmt: skip
    without = cycle_content(tree.wards[1], DAY)
    document = Document(io.BytesIO(render_report(without, DIGEST, DocumentKind.UNIT_REPORT)))
    assert not [each.text for each in document.paragraphs if "Bổ sung" in each.text]


def test_late_entry_of_the_year_before_becomes_an_addendum(tree, earlier, library):
    report = approved(tree.ward, tree)
    held(library, FIRST_LATE, 3)
    addendum = make_addendum(report, reason="Ghi sổ muộn.", by=tree.writer, at=LATER)
    changed = {each["key"]: each["after"]["numerator"] for each in addendum.content["changes"]}
    assert (changed[REST], changed[WHOLE]) == ("3", "3")


def test_page_of_a_report_shows_the_table_and_says_what_becomes_of_later_days(tree, earlier, library, client):
    held(library, FIRST_LATE, 3)
    Report.objects.filter(cycle=tree.cycle).update(due_on=dt.date(2026, 11, 25))
    tree.cycle.counted_until = dt.date(2026, 11, 20)
    tree.cycle.save()
    officer = RoleAssignmentFactory(role=RoleName.AGENCY_OFFICER, agency=tree.ward.agency).person
    client.force_login(officer)
    text = client.get(f"/workspace/reports/{tree.ward.pk}/").content.decode()
    assert TITLE in text and "Cả năm 2025" in text
    assert "Những gì diễn ra từ ngày 21/11/2026 được bổ sung trong báo cáo năm của năm sau." in text
    silent = RoleAssignmentFactory(role=RoleName.AGENCY_OFFICER, agency=tree.wards[1].agency).person
    client.force_login(silent)
    text = client.get(f"/workspace/reports/{tree.wards[1].pk}/").content.decode()
    assert TITLE not in text
    assert text.count('<p class="figure-words">Chưa có số liệu</p>') == 2 and "figure-number" not in text


def test_rest_is_typed_on_the_page_and_by_the_api_like_any_total(tree, earlier, client):
    officer = RoleAssignmentFactory(role=RoleName.AGENCY_OFFICER, agency=tree.army.agency).person
    report = begin_report(tree.army, by=officer, at=NOW)
    client.force_login(officer)
    page = f"/workspace/reports/{report.pk}/"
    forms = {form.row.key: form for form in client.get(page).context["totals"]}
    assert str(forms[REST].row.label) == "Số buổi hoạt động phục vụ học tập suốt đời, sau ngày 20/11/2025"
    sent: dict[str, object] = {"version": report.version}
    for form in forms.values():
        sent |= {field.html_name: field.value() or "" for field in form}
    sent |= {f"{REST}-numerator": "2", f"{REST}-source": "Sổ theo dõi"}
    assert client.post(f"{page}totals/", sent).status_code == 302
    assert fresh(report).typed_totals.get(key=REST).numerator == 2
    asked = client.get(f"/api/v1/reports/{report.pk}/totals").json()
    assert REST in str(asked)
