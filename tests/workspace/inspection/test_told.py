"""Where visits are told: in one's own calendar, on the plan, in the tab of what waits for a second look."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from hocsuotdoi.inspection.enums import Severity
from hocsuotdoi.inspection.models import InspectionPlan, Visit
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.finding import add_finding
from hocsuotdoi.inspection.operations.plan import cancel_visit
from hocsuotdoi.inspection.queries.visits import visits_by_state
from hocsuotdoi.workspace.tasks import feed
from tests.inspection.conftest import answer_all


def calendar_of(person, rf) -> str:
    """The address for this person's calendar."""
    request = rf.get("/")
    request.user = person
    return urlsplit(feed.feed_address(request)).path


@pytest.mark.parametrize(
    ("who", "has"),
    [("inspector", True), ("colleague", True), ("manager_of_bac_kan", True), ("outsider", False), ("reader", False)],
)
def test_a_visit_stands_in_the_calendar_of_those_who_go_and_of_those_who_are_told(who, has, visit, request, rf, client):
    book = client.get(calendar_of(request.getfixturevalue(who), rf)).content.decode()
    assert (f"visit-{visit.pk}" in book) is has
    assert (f"DTSTART;VALUE=DATE:{visit.planned_on:%Y%m%d}" in book) is has


def test_called_off_it_is_gone_and_unannounced_it_is_the_teams_alone(
    visit, inspector, manager_of_bac_kan, rf, client, now
):
    InspectionPlan.objects.update(is_announced=False)
    assert "visit-" not in client.get(calendar_of(manager_of_bac_kan, rf)).content.decode()
    assert "visit-" in client.get(calendar_of(inspector, rf)).content.decode()
    cancel_visit(visit, reason="Bão", by=inspector, at=now)
    assert "visit-" not in client.get(calendar_of(inspector, rf)).content.decode()


def test_the_address_stands_on_the_page_of_who_inspects(visit, inspector, auditor):
    client = Client()
    client.force_login(inspector)
    assert "/workspace/tasks/calendar/" in client.get("/workspace/inspection/").content.decode()
    client.force_login(auditor)
    assert "/workspace/tasks/calendar/" not in client.get("/workspace/inspection/").content.decode()


def test_the_plan_says_whether_it_is_announced(plan, inspector):
    client = Client()
    client.force_login(inspector)
    where = f"/workspace/inspection/plans/{plan.pk}/"
    assert "Cơ sở được báo ngày kiểm tra" in client.get(where).content.decode()
    InspectionPlan.objects.update(is_announced=False)
    assert "cơ sở biết khi đoàn đã đến" in client.get(where).content.decode()


def test_what_is_late_waits_in_a_tab_of_its_own(visit, inspector, office_of_bac_kan, now):
    earlier = now - dt.timedelta(days=20)
    answer_all(visit, inspector, earlier)
    visit.refresh_from_db()
    due = earlier.date() + dt.timedelta(days=10)
    add_finding(
        visit, severity=Severity.SHORTCOMING, text="Tối", demand="Lắp đèn", due_on=due, by=inspector, at=earlier
    )
    close_visit(visit, conclusion="Tối", met="Bà Lan", version=visit.version, by=inspector, at=now)
    client = Client()
    client.force_login(inspector)
    assert visit.institution.name in client.get("/workspace/inspection/?tab=again").content.decode()
    assert Visit.objects.count() == 1


def test_an_unannounced_visit_is_not_there_for_the_institution(visit, manager_of_bac_kan):
    InspectionPlan.objects.update(is_announced=False)
    client = Client()
    client.force_login(manager_of_bac_kan)
    assert client.get(f"/workspace/inspection/visits/{visit.pk}/").status_code == 404
    assert client.get(f"/api/v1/inspection/visits/{visit.pk}").status_code == 404
    assert visit.institution.name not in client.get("/workspace/inspection/?tab=all").content.decode()
    assert "Kiểm tra thư viện" not in client.get(f"/workspace/institutions/{visit.institution.code}/").content.decode()


def test_a_plan_counts_the_visits_that_one_may_see(visit, inspector, manager_of_bac_kan):
    plan, day = visit.plan, timezone.localdate()
    assert visits_by_state([plan], inspector, day)[plan.pk]["all"] == 1
    InspectionPlan.objects.update(is_announced=False)
    assert visits_by_state([plan], inspector, day)[plan.pk]["all"] == 1
    assert visits_by_state([plan], manager_of_bac_kan, day)[plan.pk]["all"] == 0
