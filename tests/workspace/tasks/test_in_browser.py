"""Tasks in a real browser: a ward's officer reports in one tap, the province's hands down after a look."""

import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.models import Agency
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.programme.enums import AssignmentState
from hocsuotdoi.programme.models import Assignment, Plan, Task
from hocsuotdoi.programme.operations.making import make_assignments
from hocsuotdoi.programme.operations.tally import count_evidence
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import InstitutionFactory
from tests.programme.conftest import held
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow

DESK = {"width": 1280, "height": 900}


def officer_at(code: str):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=Agency.objects.get(code=code))
    return person


@pytest.fixture
def task(live_program) -> Task:
    """The city's task of observance days, which the ward inherited; late since yesterday."""
    day = timezone.localdate()
    plan = Plan.objects.get(code="kh-2023-tp-bac-kan")
    make_assignments(year=day.year, day=day, at=timezone.now(), plans=[plan])
    task = plan.tasks.get(clause__path="II.1.1")
    Assignment.objects.filter(task=task).update(due_on=day - dt.timedelta(days=1))
    return task


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_officer_of_a_ward_reports_what_was_held(visitor, accessibility, task, viewport):
    assignment = Assignment.objects.get(task=task, agency__code="phong-vhxh-01843")
    Assignment.objects.filter(pk=assignment.pk).update(state=AssignmentState.TO_DO, done_on=None)
    library = InstitutionFactory(unit=unit_by_code("01843", timezone.localdate()))
    for observance in task.observances:
        held(library, dt.date(timezone.localdate().year, 1, 5), observance=observance)
    count_evidence(at=timezone.now(), everything=True)
    context = visitor(viewport=viewport)
    sign_in(context, officer_at("phong-vhxh-01843"))
    page = context.new_page()
    for address in ("", "?view=list", "?view=board", "?view=calendar", "?view=timeline"):
        page.goto(f"/workspace/tasks/{address}")
        assert accessibility(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.goto("/workspace/tasks/")
    page.click(f"a[href='/workspace/tasks/{assignment.pk}/']")
    assert accessibility(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.click("text=Báo cáo đã xong")
    page.wait_for_load_state()
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.DONE


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_officer_of_the_province_hands_down_after_a_look(visitor, accessibility, task, viewport):
    context = visitor(viewport=viewport)
    sign_in(context, officer_at("so-vhttdl-19"))
    page = context.new_page()
    page.goto("/workspace/tasks/")
    page.click("text=Giao nhiệm vụ")
    page.fill("[name=q]", "Tuyên truyền các hoạt động")
    page.press("[name=q]", "Enter")
    page.click(f"a[href='/workspace/tasks/hand-down/{task.pk}/']")
    assert accessibility(page) == []
    day = timezone.localdate() + dt.timedelta(days=30)
    office = Agency.objects.get(code="phong-vhxh-01843")  # who has it already is chosen by hand, with a day of its own
    page.check(f"#agency-{office.pk}")
    page.fill(f"#due-{office.pk}", day.isoformat())
    page.fill("[name=remark]", "Mỗi phường ít nhất một buổi")
    page.click("text=Xem lại trước khi giao")
    page.wait_for_load_state()
    assert "Mỗi phường ít nhất một buổi" in page.inner_text("main")
    assert accessibility(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.click("button[name=confirm]")
    page.wait_for_load_state()
    assert "/workspace/tasks/of/19/" in page.url
    assert accessibility(page) == []
    handed = Assignment.objects.get(task=task, agency=office)
    assert (handed.due_on, handed.remark) == (day, "Mỗi phường ít nhất một buổi")
