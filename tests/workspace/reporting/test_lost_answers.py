"""An act whose answer was lost on the way, sent again: it is told that it has arrived, and is done once."""

import pytest

from hocsuotdoi.reporting.enums import ReportState as State
from hocsuotdoi.reporting.models import CountedInstitution, ReportStep
from tests.workspace.reporting.conftest import answered, approved, begun, fresh, signed_in, submitted

ARRIVED = "Đã tới nơi rồi."


def sent_twice(person, report, act: str, **given: str) -> tuple[int, str]:
    """How many steps it made, and the page that the second time leads to."""
    client, url = signed_in(person), f"/workspace/reports/{report.pk}/{act}/"
    given = {"version": report.version, **given}
    before = ReportStep.objects.filter(report=report).count()
    assert client.post(url, given).status_code == 302
    page = client.get(f"/workspace/reports/{report.pk}/").content.decode()
    assert ARRIVED not in page
    page = client.post(url, given, follow=True).content.decode()
    return ReportStep.objects.filter(report=report).count() - before, page


@pytest.mark.slow
def test_each_act_sent_twice_is_done_once_and_says_that_it_arrived(report, officer_of_bac_kan, province_officer, plan):
    report = begun(report, officer_of_bac_kan)
    answered(report, officer_of_bac_kan)
    for person, act, given, state in (
        (officer_of_bac_kan, "submit", {}, State.SUBMITTED),
        (officer_of_bac_kan, "withdraw", {}, State.DRAFT),
        (officer_of_bac_kan, "submit", {}, State.SUBMITTED),
        (province_officer, "return", {"reason": "Thiếu"}, State.RETURNED),
        (officer_of_bac_kan, "submit", {}, State.SUBMITTED),
        (province_officer, "approve", {}, State.APPROVED),
        (province_officer, "reopen", {"reason": "Nhầm"}, State.RETURNED),
    ):
        made, page = sent_twice(person, fresh(report), act, **given)
        assert (made, fresh(report).state) == (1, state), act
        assert ARRIVED in page, act


@pytest.mark.slow
def test_somebody_else_s_act_is_no_arrival(report, officer_of_bac_kan, second_officer, plan):
    report = submitted(report, officer_of_bac_kan)
    version = report.version - 1
    page = signed_in(second_officer).post(
        f"/workspace/reports/{report.pk}/submit/", {"version": version}, follow=True
    ).content.decode()  # fmt: skip
    assert ARRIVED not in page and officer_of_bac_kan.full_name in page


@pytest.mark.slow
def test_page_of_a_province_leads_from_its_figures_to_the_approved_reports_below(
    report, province_report, officer_of_bac_kan, province_officer, plan, library
):
    CountedInstitution.objects.create(cycle=report.cycle, report=report, institution=library)
    report = approved(report, officer_of_bac_kan, province_officer)
    client = signed_in(province_officer)
    page = client.get(f"/workspace/reports/{province_report.pk}/").content.decode()
    assert report.approved.number in page and report.agency.name in page
    assert "cộng từ báo cáo cấp dưới" in page
    key = "measure:programme_session:2026"
    figure = client.get(f"/workspace/reports/{province_report.pk}/figure/", {"key": key}).content.decode()
    assert report.agency.name in figure
