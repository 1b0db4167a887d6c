"""Tasks on the page of a report: in the words of its document, and called done in one tap before it goes up."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.operations.tally import count_evidence
from hocsuotdoi.reporting.formats.context import task_groups
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.queries.content import cycle_content
from tests.factories.programme import TaskFactory
from tests.factories.running import make_assignment
from tests.programme.conftest import held
from tests.workspace.reporting.conftest import holder, signed_in

CONFIRM = "/workspace/tasks/confirm/"
ODD = "Đã đủ minh chứng, chưa báo xong"


def page_of(report) -> str:
    return reverse("workspace:reporting-report-detail", args=[report.pk])


@pytest.fixture
def shown(report, plan, library) -> list[Assignment]:
    """Two tasks of the ward that one session shows."""
    held(library, dt.date(2026, 11, 18), kind="reading_day")
    tasks = [TaskFactory(plan=plan, clause__plan=plan, activity_kinds=["reading_day"]) for _each in range(2)]
    made = [make_assignment(task=task, agency=report.agency, due_on=dt.date(2026, 11, 19)) for task in tasks]
    count_evidence(at=timezone.now(), everything=True)
    return made


@pytest.fixture
def begun(report, officer_of_bac_kan):
    return begin_report(report, by=officer_of_bac_kan, at=timezone.now())


def test_page_calls_each_state_what_the_document_calls_it(report, shown, officer_of_bac_kan):
    for state in ("done", "doing", "to_do", "cannot"):
        done_on = dt.date(2026, 11, 3) if state == "done" else None
        make_assignment(title=f"Việc {state}", agency=report.agency, state=state, done_on=done_on)
    make_assignment(title="Việc chậm", agency=report.agency, due_on=dt.date(2026, 11, 2))
    page = signed_in(officer_of_bac_kan).get(page_of(report)).content.decode()
    content = cycle_content(report, timezone.localdate())
    titles = [group["title"] for group in task_groups(content["tasks"])]
    assert re.findall(r'<summary class="strong">(Nhiệm vụ .*? \(\d+\))</summary>', page) == titles
    assert len(titles) == 6 and "Nhiệm vụ chưa thực hiện (1)" in titles


def test_one_tap_from_the_report_for_one_and_for_all(begun, shown, officer_of_bac_kan):
    client = signed_in(officer_of_bac_kan)
    page = client.get(page_of(begun)).content.decode()
    assert ODD in page and "Báo xong cả 2 nhiệm vụ" in page and page.count("Báo cáo đã xong") == 2
    back = f"{page_of(begun)}#odd"
    tokens = [f"{each.pk}.{each.version}" for each in shown]
    assert client.post(CONFIRM, {"task": tokens[0], "next": back})["Location"] == back
    page = client.get(page_of(begun)).content.decode()
    assert ODD in page and "Báo xong cả" not in page
    client.post(CONFIRM, {"task": tokens, "next": back})
    page = client.get(page_of(begun)).content.decode()
    assert ODD not in page and "Nhiệm vụ đã thực hiện (2)" in page
    assert set(Assignment.objects.values_list("state", "done_on")) == {("done", dt.date(2026, 11, 18))}


def test_answered_odd_point_leaves_it_unsaid_and_may_still_be_called_done(begun, shown, officer_of_bac_kan):
    client = signed_in(officer_of_bac_kan)
    page = client.get(page_of(begun)).content.decode()
    assert "Để nguyên, chưa báo xong" in page
    kind = next(each for each in client.get(page_of(begun)).context["kinds"] if each.rule == "task_shown")
    given = {"key": [each.found.key for each in kind.open], "seen": [each.seen for each in kind.open]}
    client.post(reverse("workspace:reporting-report-answer", args=[begun.pk]), given)
    response = client.get(page_of(begun))
    assert not [each for each in response.context["kinds"] if each.rule == "task_shown" and each.open]
    assert response.content.decode().count("Báo cáo đã xong") == 2
    assert "Nhiệm vụ đã có minh chứng thực hiện, chưa báo hoàn thành (2)" in response.content.decode()


def test_who_may_not_report_on_tasks_is_offered_no_tap(begun, shown, province_officer, auditor, bac_kan):
    contributor = holder(RoleName.AUDITOR, unit=bac_kan)
    for person in (contributor, auditor):
        assert "Báo cáo đã xong" not in signed_in(person).get(page_of(begun)).content.decode()
        assert signed_in(person).post(CONFIRM, {"task": f"{shown[0].pk}.1"}).status_code == 403
    assert set(Assignment.objects.values_list("state", flat=True)) == {"to_do"}
