"""Inspections that were carried out show that the task to inspect was done."""

import datetime as dt

import pytest

from hocsuotdoi.inspection.enums import VisitState
from hocsuotdoi.inspection.models import InspectionPlan, Visit
from hocsuotdoi.inspection.operations.plan import Planned, plan_visits
from hocsuotdoi.inspection.queries.evidence import inspections_held_by
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.programme.operations.tally import count_for
from hocsuotdoi.programme.queries.evidence import evidence_of
from hocsuotdoi.programme.registry import INSPECTION_HELD
from tests.factories.places import AgencyFactory
from tests.factories.programme import TaskFactory
from tests.factories.running import make_assignment
from tests.inspection.conftest import opened


def closed(visit: Visit, at: dt.datetime) -> None:
    """Straight in the table."""
    row = Visit.objects.filter(pk=visit.pk)
    row.update(state=VisitState.UNDER_WAY, began_at=at)
    row.update(state=VisitState.CLOSED, closed_at=at, closed_by=visit.team[0])


@pytest.fixture
def assignment(department_of_thai_nguyen, today):
    task = TaskFactory(evidence=INSPECTION_HELD, activity_kinds=[])
    return make_assignment(task=task, agency=department_of_thai_nguyen, year=today.year)


def test_visit_shows_the_task_once_it_is_closed(assignment, visit, department_of_thai_nguyen, today, now):
    assert evidence_of(assignment, today).count == 0
    closed(visit, now)
    reading = evidence_of(assignment, today)
    assert (reading.count, reading.met_on) == (1, today)
    assert reading.named[0][0] == "Kiểm tra Thư viện phường Bắc Kạn"
    count_for([assignment.pk], at=now)
    assignment.refresh_from_db()
    assert (assignment.tally.happenings, assignment.tally.met_on) == (1, today)


def test_visits_of_another_year_or_of_the_armed_forces_show_nothing(
    visit, thai_nguyen, inspector, army_library, today, now
):
    command = AgencyFactory(unit=thai_nguyen, kind=AgencyKind.MILITARY)
    plan = InspectionPlan.objects.create(
        agency=command, year=today.year, title="Kiểm tra trong quân đội", made_by=inspector.pk, made_at=now
    )
    row = Visit.objects.create(
        plan=plan, checklist=visit.checklist, institution=army_library, planned_on=today, team=[inspector.pk]
    )
    closed(row, now)
    closed(visit, now.replace(year=now.year - 1, day=1))
    assert inspections_held_by([thai_nguyen.pk], today.year) == {}


@pytest.mark.parametrize("number", [1, 3])
def test_visits_of_many_units_in_one_query(
    number, plan, thai_nguyen, bac_kan, library_of_bac_kan, inspector, today, now, django_assert_num_queries
):
    library = opened(library_of_bac_kan)
    for each in range(number):
        planned = [Planned(library, today + dt.timedelta(days=each))]
        closed(plan_visits(plan, planned, team=[inspector.pk], by=inspector, at=now)[0], now)
    with django_assert_num_queries(1):
        found = inspections_held_by([thai_nguyen.pk, bac_kan.pk], today.year)
    assert {unit: len(each) for unit, each in found.items()} == {thai_nguyen.pk: number}
