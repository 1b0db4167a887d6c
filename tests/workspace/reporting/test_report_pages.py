"""Reports outside any cycle, from the time before there were cycles. Who may: the ward's officer. Who must not: the
officer of the ward next to it, the auditor (reads only), a citizen."""

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.operations.report import freeze_report, open_report, word_report
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.reporting import ReportFactory
from tests.reporting.conftest import add_target

LIST = "workspace:reporting-report-list"
LIST_QUERIES = 11


@pytest.fixture
def officer_of_duc_xuan(duc_xuan) -> Person:
    person = PersonFactory(full_name="Lường Văn Tài")
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, unit=duc_xuan)
    return person


@pytest.fixture
def report(bac_kan, plan, library, now) -> Report:
    return open_report(bac_kan, year=now.year, by=None, at=now)


@pytest.fixture
def snapshot(report, now) -> Snapshot:
    return freeze_report(report, by=None, at=now)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page_of(report: Report) -> str:
    return reverse("workspace:reporting-report-detail", args=[report.pk])


def typed(report: Report, **changes: object) -> dict[str, object]:
    return {"version": report.version, "results": "Tốt.", "difficulties": "", "causes": "", "proposals": "", **changes}


OUTSIDE = {"view": "outside"}


def test_list_of_those_outside_is_there_only_where_there_are_any(report, officer_of_bac_kan, officer_of_duc_xuan):
    page = signed_in(officer_of_bac_kan).get(reverse(LIST), OUTSIDE)
    assert page_of(report) in page.content.decode()
    assert any("outside" in tab["url"] for tab in page.context["tabs"])
    other = signed_in(officer_of_duc_xuan).get(reverse(LIST))
    assert not any("outside" in tab["url"] for tab in other.context["tabs"])


def test_report_list_of_a_citizen_is_forbidden(report, reader):
    assert signed_in(reader).get(reverse(LIST)).status_code == 403


def test_report_list_asks_the_visitor_to_sign_in(db):
    assert Client().get(reverse(LIST)).status_code == 302


def test_report_list_of_one_and_of_three_takes_the_same_queries(
    report, duc_xuan, thai_nguyen, province_officer, now, django_assert_num_queries
):
    client = signed_in(province_officer)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(reverse(LIST), OUTSIDE).context["rows"]) == 1
    for unit in (duc_xuan, thai_nguyen):
        open_report(unit, year=now.year, by=None, at=now)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(reverse(LIST), OUTSIDE).context["rows"]) == 3


def test_report_list_finds_a_unit_by_name_without_marks(report, duc_xuan, province_officer, now):
    open_report(duc_xuan, year=now.year, by=None, at=now)
    page = signed_in(province_officer).get(reverse(LIST), {**OUTSIDE, "q": "duc xuan"})
    assert [row["report"].unit.name for row in page.context["rows"]] == ["Phường Đức Xuân"]
    nothing = signed_in(province_officer).get(reverse(LIST), {**OUTSIDE, "q": "không có đâu"})
    assert 'class="empty"' in nothing.content.decode()


def test_acts_of_cycles_are_not_there_for_it(report, officer_of_bac_kan):
    for name in ("submit", "withdraw", "begin", "answer", "total", "now"):
        address = reverse(f"workspace:reporting-report-{name}", args=[report.pk])
        client = signed_in(officer_of_bac_kan)
        answer = client.get(address) if name == "now" else client.post(address)
        assert answer.status_code == 404, name


def test_report_detail_shows_figures_with_coverage_and_suggested_words(report, silent_library, officer_of_bac_kan):
    page = signed_in(officer_of_bac_kan).get(page_of(report))
    text = page.content.decode()
    assert "1/1 = 100%" in text
    (target,) = page.context["shown"]["plans"][0]["rows"]
    assert (target["reporting"], target["expected"]) == (1, 2)
    assert "Thư viện cộng đồng Sông Cầu" in text
    assert page.context["suggestions"][0]["lines"][0].startswith("1/1 chỉ tiêu đúng tiến độ")


def test_report_detail_for_the_ward_next_to_it_is_not_found(report, officer_of_duc_xuan):
    assert signed_in(officer_of_duc_xuan).get(page_of(report)).status_code == 404


def test_report_detail_shows_the_auditor_everything_and_no_act(report, auditor):
    text = signed_in(auditor).get(page_of(report)).content.decode()
    assert "1/1 = 100%" in text
    assert reverse("workspace:reporting-report-word", args=[report.pk]) not in text
    assert reverse("workspace:reporting-report-freeze", args=[report.pk]) not in text


def test_report_detail_of_one_and_of_three_targets_takes_the_same_queries(
    report, plan, officer_of_bac_kan, django_assert_num_queries
):
    client = signed_in(officer_of_bac_kan)
    with django_assert_num_queries(61):
        client.get(page_of(report))
    add_target(plan, cohort="library_school")
    add_target(plan, cohort="library_community")
    with django_assert_num_queries(61):
        client.get(page_of(report))


def test_report_word_saves_and_leaves_what_is_empty_to_the_suggestion(report, officer_of_bac_kan):
    client = signed_in(officer_of_bac_kan)
    shown = client.get(page_of(report)).context["form"].initial
    posted = {**shown, "proposals": "Đề nghị hỗ trợ sách."}
    page = client.post(reverse("workspace:reporting-report-word", args=[report.pk]), posted)
    report.refresh_from_db()
    assert page.url == page_of(report)
    assert (report.results, report.difficulties, report.proposals) == ("", "", "Đề nghị hỗ trợ sách.")


def test_report_word_after_somebody_else_shows_both_texts_and_saves_on_the_second_try(
    report, officer_of_bac_kan, planner, now
):
    word_report(report, version=1, results="Của Huy.", difficulties="", causes="", proposals="", by=planner, at=now)
    client, address = signed_in(officer_of_bac_kan), reverse("workspace:reporting-report-word", args=[report.pk])
    page = client.post(address, typed(report, results="Của Minh."))
    text = page.content.decode()
    assert page.status_code == 409
    assert "Của Huy." in text
    assert "Của Minh." in text
    assert Report.objects.get().results == "Của Huy."
    client.post(address, typed(report, results="Của cả hai.", version=page.context["form"].initial["version"]))
    assert Report.objects.get().results == "Của cả hai."


def test_report_word_too_long_is_told_and_not_saved(report, officer_of_bac_kan):
    address = reverse("workspace:reporting-report-word", args=[report.pk])
    page = signed_in(officer_of_bac_kan).post(address, typed(report, results="a" * 20_001))
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"results"}
    assert Report.objects.get().version == 1


def test_report_word_by_the_auditor_is_forbidden(report, auditor):
    address = reverse("workspace:reporting-report-word", args=[report.pk])
    assert signed_in(auditor).post(address, typed(report)).status_code == 403


def test_report_word_for_the_ward_next_to_it_is_not_found(report, officer_of_duc_xuan):
    address = reverse("workspace:reporting-report-word", args=[report.pk])
    assert signed_in(officer_of_duc_xuan).post(address, typed(report)).status_code == 404


def test_report_freeze_asks_first_and_then_freezes(report, officer_of_bac_kan):
    client, address = signed_in(officer_of_bac_kan), reverse("workspace:reporting-report-freeze", args=[report.pk])
    assert client.get(address).status_code == 200
    assert not Snapshot.objects.exists()
    page = client.post(address)
    snapshot = Snapshot.objects.get()
    assert page.url == reverse("workspace:reporting-snapshot-detail", args=[snapshot.number])
    assert snapshot.frozen_by == officer_of_bac_kan


def test_report_freeze_sent_twice_freezes_once_and_asked_again_once_more(report, officer_of_bac_kan):
    client, address = signed_in(officer_of_bac_kan), reverse("workspace:reporting-report-freeze", args=[report.pk])
    numbers = []
    for _asked in range(2):
        form = re.search(r'action="(\?after=[^"]*)"', client.get(address).content.decode())
        pages = [client.post(f"{address}{form[1]}") for _click in range(2)]
        assert pages[0].url == pages[1].url
        numbers.append(pages[0].url)
    assert numbers[0] != numbers[1]
    assert Snapshot.objects.count() == 2


def test_report_freeze_is_not_what_somebody_else_froze_meanwhile(report, officer_of_bac_kan, now):
    address = reverse("workspace:reporting-report-freeze", args=[report.pk])
    freeze_report(report, by=None, at=now)
    signed_in(officer_of_bac_kan).post(f"{address}?after=")
    assert Snapshot.objects.count() == 2
    assert Snapshot.objects.filter(frozen_by=officer_of_bac_kan).count() == 1


def test_report_freeze_with_nothing_to_say_tells_why(bac_kan, officer_of_bac_kan):
    report = ReportFactory(unit=bac_kan)
    address = reverse("workspace:reporting-report-freeze", args=[report.pk])
    page = signed_in(officer_of_bac_kan).post(address, follow=True)
    assert "Phường Bắc Kạn" in page.content.decode()
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("who", ["auditor", "planner"])
def test_report_freeze_by_who_only_reads_or_plans_is_forbidden(request, report, who):
    client = signed_in(request.getfixturevalue(who))
    assert client.post(reverse("workspace:reporting-report-freeze", args=[report.pk])).status_code == 403
    assert not Snapshot.objects.exists()


def test_report_draft_is_a_document_that_says_so(report, auditor):
    page = signed_in(auditor).get(reverse("workspace:reporting-report-draft", args=[report.pk]))
    assert Document(io.BytesIO(page.content)).tables[-1].rows[0].cells[1].text.startswith("Bản dự thảo")


def test_snapshot_documents_hold_the_figures_of_the_page(snapshot, officer_of_bac_kan):
    client = signed_in(officer_of_bac_kan)
    page = client.get(reverse("workspace:reporting-snapshot-detail", args=[snapshot.number])).content.decode()
    body = client.get(reverse("workspace:reporting-snapshot-document", args=[snapshot.number]))
    table = Document(io.BytesIO(body.content)).tables[1]
    row = next([cell.text for cell in row.cells] for row in table.rows if row.cells[0].text == "1")
    assert row[3] == "1/1 = 100%" == snapshot.content["targets"][0]["value_words"]
    assert row[3] in page
    assert f'filename="{snapshot.number}.docx"' in body.headers["Content-Disposition"]
    annex = client.get(reverse("workspace:reporting-snapshot-annex", args=[snapshot.number]))
    sheet = load_workbook(io.BytesIO(annex.content))["Chỉ tiêu"]
    assert [sheet.cell(6, column).value for column in (8, 9)] == [1, 1]


def test_snapshot_says_what_has_changed_since(snapshot, silent_library, plan, officer_of_bac_kan):
    snapshot_page = reverse("workspace:reporting-snapshot-detail", args=[snapshot.number])
    client = signed_in(officer_of_bac_kan)
    assert client.get(snapshot_page).context["moved"] == []
    from tests.factories.indicators import AnswerFactory, ReviewFactory

    held = {"criterion_code": "held", "indicator_code": "library_services"}
    ReviewFactory(answer=AnswerFactory(institution=silent_library, **held, value="no"), found="")
    (moved,) = client.get(snapshot_page).context["moved"]
    assert (moved.frozen, moved.now) == ("1/1 = 100%", "1/2 = 50%")


@pytest.mark.parametrize("name", ["detail", "document", "annex"])
def test_snapshot_for_the_ward_next_to_it_is_not_found(snapshot, officer_of_duc_xuan, name):
    address = reverse(f"workspace:reporting-snapshot-{name}", args=[snapshot.number])
    assert signed_in(officer_of_duc_xuan).get(address).status_code == 404
