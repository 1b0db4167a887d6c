"""A report of a cycle that was closed: it looks closed, asks for nothing, and loses nothing of what was typed."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.approval import approve_report
from hocsuotdoi.reporting.operations.cycle import close_cycle
from hocsuotdoi.reporting.queries.inbox import own_reports
from hocsuotdoi.workspace.reporting.page import ACTS
from tests.factories.running import make_assignment
from tests.workspace.reporting.conftest import approved, begun, fresh, holder, signed_in, submitted


def at(report: Report, name: str = "detail") -> str:
    return reverse(f"workspace:reporting-report-{name}", args=[report.pk])


def closed(report: Report, by: Person) -> Report:
    cycle = fresh(report).cycle
    close_cycle(cycle, version=cycle.version, by=by, at=timezone.now())
    return fresh(report)


def offered(person: Person, report: Report) -> set[str]:
    return {act for act, is_offered in signed_in(person).get(at(report)).context["can"].items() if is_offered}


@pytest.mark.parametrize("bring", [begun, submitted])
def test_nothing_is_offered_on_a_report_of_a_closed_cycle(report, officer_of_bac_kan, province_officer, bring):
    report = bring(report, officer_of_bac_kan)
    assert offered(officer_of_bac_kan, report) | offered(province_officer, report)
    report = closed(report, province_officer)
    for person in (officer_of_bac_kan, province_officer):
        assert offered(person, report) == set()
        page = signed_in(person).get(at(report))
        assert "Kỳ báo cáo đã đóng" in page.content.decode()
        assert report.cycle.owner.name in page.content.decode()
        assert "X-Kept-Offline" not in page
        for act in set(ACTS) & {"submit", "withdraw", "approve", "return", "excuse", "move"}:
            assert signed_in(person).get(at(report, act)).status_code in (302, 403), act


def test_who_closes_a_cycle_is_told_what_lies_unapproved(report, officer_of_bac_kan, province_officer):
    """It can be approved by nobody afterwards."""
    cycle = report.cycle
    client = signed_in(holder(RoleName.PLANNER, agency=cycle.owner))
    address = reverse("workspace:cycles-cycle-act", args=[cycle.code, "close"])
    assert client.get(address).context["lying"] == 0
    report = submitted(report, officer_of_bac_kan)
    assert "1 báo cáo đã gửi nhưng chưa được duyệt" in client.get(address).content.decode()
    approve_report(report, version=report.version, by=province_officer, at=timezone.now())
    assert "chưa được duyệt" not in client.get(address).content.decode()


def test_addendum_still_goes_in_a_closed_cycle(report, officer_of_bac_kan, province_officer):
    report = closed(approved(report, officer_of_bac_kan, province_officer), province_officer)
    assert offered(officer_of_bac_kan, report) == {"amend"}
    assert "Từ nay, nội dung thay đổi" in signed_in(officer_of_bac_kan).get(at(report)).content.decode()


@pytest.mark.parametrize(("bring", "stays"), [(begun, False), (submitted, True)])
def test_what_is_owed_in_a_closed_cycle_waits_for_nobody(report, officer_of_bac_kan, province_officer, bring, stays):
    report = bring(report, officer_of_bac_kan)
    day = timezone.localdate()
    assert report in own_reports(officer_of_bac_kan, day)
    closed(report, province_officer)
    assert (report in own_reports(officer_of_bac_kan, day)) is stays
    rows = signed_in(officer_of_bac_kan).get("/api/v1/reports", {"mine": True}).json()
    assert rows["count"] == int(stays)


def test_words_typed_while_the_cycle_was_closed_are_shown_again(report, officer_of_bac_kan, province_officer):
    report = begun(report, officer_of_bac_kan)
    given = {"version": report.version, "results": "Viết dở.", "difficulties": "", "causes": "", "proposals": ""}
    closed(report, province_officer)
    page = signed_in(officer_of_bac_kan).post(at(report, "word"), given)
    assert (page.status_code, fresh(report).results) == (422, "")
    assert "Viết dở." in page.content.decode()


def test_explanation_that_is_not_kept_is_shown_again(report, officer_of_bac_kan, province_officer):
    """Of numbers that have changed, and in a cycle that was closed meanwhile."""
    make_assignment(title="Sửa mái", agency=report.agency, due_on=dt.date(2026, 1, 10))
    report = begun(report, officer_of_bac_kan)
    client = signed_in(officer_of_bac_kan)
    kinds = {kind.rule: kind for kind in client.get(at(report)).context["kinds"]}
    (asked,) = kinds["task_late"].open
    given = {"key": asked.found.key, "explain": "yes", "reason": "Vì mưa “bão”."}
    page = client.post(at(report, "answer"), {**given, "seen": "0" * 16})
    assert page.status_code == 409
    assert page.content.decode().count("Vì mưa “bão”.") == 2, "above, and in its field"
    gone = client.post(at(report, "answer"), {**given, "key": "task_late|none", "seen": "0" * 16})
    assert (gone.status_code, gone.content.decode().count("Vì mưa “bão”.")) == (409, 1)
    closed(report, province_officer)
    page = client.post(at(report, "answer"), {**given, "seen": asked.seen})
    assert (page.status_code, page.content.decode().count("Vì mưa “bão”.")) == (422, 1)
    assert not report.exception_answers.exists()
