"""A report over several years on its page: a column for each year, the whole period last, what is lacking said."""

import datetime as dt
import html
import re

import pytest

from hocsuotdoi.reporting.models import CountedInstitution
from tests.workspace.reporting.conftest import approved, signed_in


@pytest.fixture
def three_years(cycle):
    cycle.kind, cycle.starts_on = "mid_term", dt.date(2024, 1, 1)
    cycle.save()
    return cycle


def _text(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


@pytest.mark.slow
def test_years_stand_side_by_side_and_lead_to_what_they_were_added_up_from(
    three_years, report, province_report, officer_of_bac_kan, province_officer, plan, library
):
    CountedInstitution.objects.create(cycle=three_years, report=report, institution=library)
    page = signed_in(officer_of_bac_kan).get(f"/workspace/reports/{report.pk}/")
    text = _text(page)
    assert "Theo từng năm, giai đoạn 2024–2026" in text
    assert "Hoạt động đã tổ chức Con số 2024 2025 2026 Cả giai đoạn" in text
    assert "Chỉ tiêu theo từng năm" in text
    assert "Số liệu mọi năm được tính trên địa giới hành chính ngày" in text
    report = approved(report, officer_of_bac_kan, province_officer)
    page = signed_in(province_officer).get(f"/workspace/reports/{province_report.pk}/").content.decode()
    assert f"/workspace/reports/{province_report.pk}/figure/?key=measure:programme_session:2024" in page
    snapshot = signed_in(province_officer).get(f"/workspace/reports/snapshots/{report.approved.number}/")
    assert "Theo từng năm, giai đoạn 2024–2026" in _text(snapshot)


def test_report_of_one_year_shows_no_years(report, officer_of_bac_kan, plan):
    assert "Theo từng năm" not in _text(signed_in(officer_of_bac_kan).get(f"/workspace/reports/{report.pk}/"))
