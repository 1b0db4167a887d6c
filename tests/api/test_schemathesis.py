"""Whatever the description allows, and what it forbids, is answered as the description says, and never with a failure.

Schemathesis makes the requests from the OpenAPI document itself: derandomised, so that a failure can be had again
(`DEEP=1` tries them all).
"""

import uuid

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from hocsuotdoi.activities.models import Registration
from hocsuotdoi.config.wsgi import application
from tests.api.conftest import ApiClient
from tests.factories.activities import EnrolmentFactory, RegistrationFactory
from tests.factories.programme import TargetFactory
from tests.factories.running import make_assignment, make_cycle, make_report
from tests.inspection.conftest import inspector_at
from tests.support.depth import by_turns, cases

# The tests of an endpoint are built when they run, and named by it: schemathesis' own way builds all of them in every
# process before the first test, and gives them one name, of which pytest-xdist then runs only the first.
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
OPERATIONS = {
    f"{each.method.upper()} {each.path}": each for each in (found.ok() for found in schema.get_all_operations())
}
PUBLIC = [name for name, each in OPERATIONS.items() if each.definition.raw["x-permission"] == "public"]
STAFF = [name for name in OPERATIONS if name not in PUBLIC]

load_all_checks()
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
PLAIN = {"Accept-Encoding": "identity"}  # what reads the answers here cannot unpack them
BOUNDED = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
BOUNDARIES_TOO = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.FUZZING, HypothesisTestMode.COVERAGE]


def _try(name: str, check, *, made_up: int, modes=BOUNDARIES_TOO) -> None:
    """`check` gets the requests that the description of the endpoint gives rise to: of those at the boundaries of
    what each field allows and beyond them a quarter, by chance others in every run, and some that are made up."""
    is_turn = by_turns(of=4)
    bounded = settings(BOUNDED, max_examples=made_up)
    config = HypothesisTestConfig(modes=modes, settings=bounded, project=schema.config, seed=None)

    def test(case):
        if case.meta.phase.name != TestPhase.COVERAGE or is_turn():
            check(case)

    create_test(operation=OPERATIONS[name], test_func=test, config=config)()


@pytest.fixture(autouse=True)
def _connection_stays():
    """As Django's own test client does: the end of a request does not end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def things(tomorrow, running, mai, draft, schedule, office_of_bac_kan) -> dict:
    member = EnrolmentFactory(activity=tomorrow.activity, code="MEMBERED")
    RegistrationFactory(session=tomorrow, enrolment=member)
    return {
        "tomorrow": tomorrow,
        "running": running,
        "mai": mai,
        "draft": draft,
        "schedule": schedule,
        "member": member,
        "task": make_assignment(title="Sửa mái", agency=office_of_bac_kan),
        "report": make_report(make_cycle(), office_of_bac_kan, state="draft"),
        "plan": TargetFactory(clause__plan__unit=office_of_bac_kan.unit).plan,
    }


@pytest.fixture
def officer(officer_of_bac_kan) -> ApiClient:
    """Who reports on tasks; a librarian does not."""
    return ApiClient(officer_of_bac_kan)


@pytest.fixture
def inspector(bac_kan) -> ApiClient:
    return ApiClient(inspector_at(unit=bac_kan))


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLIC)
def test_anybody_is_answered_as_described(name, db):
    _try(name, lambda case: case.call_and_validate(checks=[*CHECKS, ignored_auth], headers=PLAIN), made_up=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLIC)
def test_who_has_a_key_is_answered_as_described_about_things_that_exist(name, librarian, things):
    _try(name, lambda case: _ask_as(librarian, case, things), made_up=cases(12), modes=BOUNDARIES_TOO[:2])


@pytest.mark.slow
@pytest.mark.parametrize("name", STAFF)
def test_staff_are_answered_as_described_about_things_that_exist(name, librarian, officer, planner, inspector, things):
    """The ids of the description's paths are put in, so that bodies reach the acts themselves."""
    of_offices = ("/tasks", "/money", "/cycles", "/reports", "/snapshots", "/document-files", "/issued-files")
    of_officers = any(part in name for part in of_offices)
    asking = inspector if "/inspection" in name else officer if of_officers else librarian
    if "/plans" in name or "/tasks-not-taken" in name:
        asking = ApiClient(planner)
    _try(name, lambda case: _ask_as(asking, case, things), made_up=2)


def _ask_as(librarian, case, things) -> None:
    """An id that is none stays: it must be refused as such."""
    if _has_a_good_path(case):
        _put_in(case, **things)
    response = case.call_and_validate(checks=CHECKS, headers={**PLAIN, **librarian.headers})
    assert response.status_code not in (401, 403)


def _has_a_good_path(case) -> bool:
    path = case.meta.components.get(ParameterLocation.PATH)
    return path is None or path.mode.is_positive


def _put_in(case, *, tomorrow, running, mai, draft, schedule, member, task, report, plan) -> None:
    parts = case.path_parameters or {}
    if "pk" in parts:
        is_roll = any(word in case.path for word in ("/roll", "/close", "/correct"))
        session = running if is_roll or "code" in parts else tomorrow
        things = {
            "offers": draft,
            "registrations": mai,
            "schedules": schedule,
            "members": member,
            "tasks": task,
            "reports": report,
        }
        parts["pk"] = str(things.get(case.path.split("/")[3], session).pk)
    if "code" in parts and "registrations" in case.path:
        parts["code"] = mai.code
    if "code" in parts and "/plans/" in case.path:
        parts["code"] = plan.code
    if "code" in parts and "enrolments" in case.path:
        parts |= {"pk": str(member.activity_id), "code": member.code}


def test_links_of_the_description_lead_from_a_registration_to_its_end(anybody, tomorrow):
    """The way of a program: what is on, its session, a registration, its code, giving it back."""
    offered = anybody.get("/offers").json()["items"][0]
    body = {"name": "Lý Thị Mai", "form_key": str(uuid.uuid4())}
    made = anybody.post(f"/sessions/{offered['id']}/registrations", body).json()
    seen = anybody.get(f"/sessions/{offered['id']}/registrations/{made['code']}").json()
    assert seen == made
    ended = anybody.post(f"/sessions/{offered['id']}/registrations/{made['code']}/cancel").json()
    assert (ended["status"], ended["can_cancel"]) == ("cancelled", False)
    assert Registration.objects.get().status == "cancelled"
