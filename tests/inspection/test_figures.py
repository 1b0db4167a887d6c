"""How far inspection is: against plain counting, and in a fixed number of queries."""

import datetime as dt

import pytest

from hocsuotdoi.inspection.enums import Severity
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.finding import add_finding, check_finding
from hocsuotdoi.inspection.operations.plan import Planned, plan_visits
from hocsuotdoi.inspection.queries.carrying import carried
from hocsuotdoi.inspection.queries.figures import figures_by_part, inspection_figures, to_be_checked
from hocsuotdoi.inspection.queries.visits import reading_of_visit
from hocsuotdoi.programme.enums import AssignmentState
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.operations.assignment import report_progress
from tests.factories.places import InstitutionFactory
from tests.inspection.conftest import answer_all


def finished(plan, institution, by, at, today, mended=None):
    """A visit that found one shortcoming, and was looked at again."""
    visit = plan_visits(plan, [Planned(institution, today)], team=[by.pk], by=by, at=at)[0]
    answer_all(visit, by, at)
    visit.refresh_from_db()
    found = add_finding(
        visit,
        severity=Severity.SHORTCOMING,
        text="Thiếu",
        demand="Bổ sung",
        due_on=today + dt.timedelta(days=5),
        by=by,
        at=at,
    )
    close_visit(visit, conclusion="Tốt", met="Bà Lan", version=visit.version, by=by, at=at)
    if mended is not None:
        check_finding(found, is_mended=mended, words="Đã xem lại", by=by, at=at)
    return visit


@pytest.fixture
def story(plan, inspector, bac_kan, duc_xuan, office_of_bac_kan, department_of_thai_nguyen, army_library, now, today):
    houses = [*InstitutionFactory.create_batch(2, unit=bac_kan), *InstitutionFactory.create_batch(2, unit=duc_xuan)]
    finished(plan, houses[0], inspector, now, today, mended=True)
    finished(plan, houses[2], inspector, now, today, mended=False)
    plan_visits(plan, [Planned(houses[3], today)], team=[inspector.pk], by=inspector, at=now)
    return houses


def test_figures_of_a_province(story, thai_nguyen, today):
    found = inspection_figures(thai_nguyen, today.year, today)
    assert (found.expected, found.visited, found.visits, found.planned) == (4, 2, 2, 1)
    assert (found.to_mend, found.mended, found.open, found.late) == (2, 1, 1, 0)
    assert found.findings["shortcoming"] == 2
    later = inspection_figures(thai_nguyen, today.year, today + dt.timedelta(days=9))
    assert later.late == 1 or (today + dt.timedelta(days=9)).year != today.year


def test_named_institutions_are_counted_and_no_others(story, thai_nguyen, today):
    found = inspection_figures(thai_nguyen, today.year, today, institutions=[story[0].pk, story[1].pk])
    assert (found.expected, found.visited, found.to_mend, found.mended) == (2, 1, 1, 1)


def test_parts_add_up_to_the_whole_in_a_fixed_number_of_queries(
    story, thai_nguyen, today, django_assert_max_num_queries
):
    InstitutionFactory(unit=thai_nguyen, institution_class="library_province")
    with django_assert_max_num_queries(8):
        found = figures_by_part(thai_nguyen, today.year, today)
    assert found[-1].name == f"{thai_nguyen.name}, không thuộc đơn vị nào ở đây"
    parts = {each.unit.code: each.figures for each in found}
    assert parts[thai_nguyen.code].expected == 1
    whole = inspection_figures(thai_nguyen, today.year, today)
    for name in ("expected", "visited", "visits", "planned", "to_mend", "mended", "late"):
        assert sum(getattr(each, name) for each in parts.values()) == getattr(whole, name)
    assert (parts["01843"].visited, parts["01840"].planned) == (1, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_a_phone_carries_any_number_of_visits_in_the_same_queries(
    number, plan, inspector, bac_kan, now, today, django_assert_max_num_queries
):
    houses = InstitutionFactory.create_batch(number, unit=bac_kan)
    plan_visits(plan, [Planned(each, today) for each in houses], team=[inspector.pk], by=inspector, at=now)
    with django_assert_max_num_queries(16):
        found = carried(inspector, today)
    assert len(found) == number
    assert all(each.place and each.items and each.hours for each in found)


def test_what_is_far_finished_or_of_others_is_not_carried(plan, inspector, outsider, bac_kan, now, today):
    houses = InstitutionFactory.create_batch(2, unit=bac_kan)
    far = today + dt.timedelta(days=8)
    if far.year == today.year:
        plan_visits(plan, [Planned(houses[0], far)], team=[inspector.pk], by=inspector, at=now)
    plan_visits(plan, [Planned(houses[1], today)], team=[outsider.pk], by=inspector, at=now)
    assert carried(inspector, today) == []


def test_the_answer_of_the_visit_before_stands_beside_the_question(
    plan, inspector, bac_kan, office_of_bac_kan, now, today
):
    from hocsuotdoi.inspection.operations.plan import make_plan

    house = InstitutionFactory(unit=bac_kan)
    finished(plan, house, inspector, now, today)
    other = make_plan(plan.agency, year=today.year, title="Đợt hai", decision="", by=inspector, at=now)
    again = plan_visits(other, [Planned(house, today)], team=[inspector.pk], by=inspector, at=now)[0]
    reading = reading_of_visit(again, today)
    assert reading.parts[0].asked[0].known.before.endswith("đạt")
    assert (reading.answered, reading.team) == (0, ["Dương Văn Nam"])


def test_what_is_reported_as_mended_or_late_waits_for_somebody_to_look(
    visit, inspector, office_of_bac_kan, officer_of_bac_kan, today, now
):
    closed = Visit.objects.filter(pk=visit.pk)
    answer_all(visit, inspector, now)
    visit.refresh_from_db()
    due = today + dt.timedelta(days=30)
    finding = add_finding(
        visit, severity=Severity.SHORTCOMING, text="Tối", demand="Lắp đèn", due_on=due, by=inspector, at=now
    )
    close_visit(visit, conclusion="Tối", met="Bà Lan", version=visit.version, by=inspector, at=now)
    assert not to_be_checked(closed, today).exists()
    assert to_be_checked(closed, due + dt.timedelta(days=1)).exists()
    task = Assignment.objects.get()
    report_progress(task, state=AssignmentState.DONE, version=task.version, by=officer_of_bac_kan, at=now)
    assert to_be_checked(closed, today).exists()
    check_finding(finding, is_mended=False, words="Mới lắp một nửa", by=inspector, at=now)
    assert to_be_checked(closed, today).exists()
    check_finding(finding, is_mended=True, words="Đã lắp", by=inspector, at=now)
    assert not to_be_checked(closed, due + dt.timedelta(days=1)).exists()
