"""Who may do what with a task in which state: through the page, the programs' interface and the files' addresses."""

import json

import pytest
from django.test import Client

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.programme.enums import AssignmentState as State
from hocsuotdoi.programme.models import Assignment, AssignmentFile
from hocsuotdoi.programme.operations import assignment as acts
from hocsuotdoi.programme.operations.assignment import HandedIn
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.programme.conftest import held

READ = {"page", "api", "file"}
REPORT = {"step", "note", "api step"}
WEIGH = {"evidence", "api evidence"}
DIRECT = {"date", "drop"}
WAITING, ENDED, DROPPED = ("to_do", "doing"), ("done", "cannot"), ("dropped",)

# person: what they may in each state. What is not named is refused; who reads nothing finds nothing (404).
TABLE = {
    "officer_of_bac_kan": {WAITING: READ | REPORT | WEIGH, ENDED: READ | REPORT | WEIGH, DROPPED: READ},
    "province_officer": {WAITING: READ | REPORT | WEIGH | DIRECT, ENDED: READ | REPORT, DROPPED: READ},
    "planner": {WAITING: READ | DIRECT, ENDED: READ, DROPPED: READ},
    "auditor": {WAITING: READ, ENDED: READ, DROPPED: READ},
    "finance_officer": {WAITING: READ, ENDED: READ, DROPPED: READ},
    "inspector": {WAITING: READ, ENDED: READ, DROPPED: READ},
    "ministry_planner": {WAITING: READ | DIRECT, ENDED: READ, DROPPED: READ},
    "education_officer": {WAITING: set(), ENDED: set(), DROPPED: set()},
    "officer_of_duc_xuan": {WAITING: set(), ENDED: set(), DROPPED: set()},
    "manager_of_bac_kan": {WAITING: set(), ENDED: set(), DROPPED: set()},
    "reader": {WAITING: set(), ENDED: set(), DROPPED: set()},
    "nobody": {WAITING: set(), ENDED: set(), DROPPED: set()},
}


@pytest.fixture
def others(thai_nguyen, duc_xuan, country):
    def holder(role, **where):
        person = PersonFactory()
        RoleAssignmentFactory(person=person, role=role, **where)
        return person

    return {
        "finance_officer": holder(RoleName.FINANCE_OFFICER, unit=thai_nguyen),
        "inspector": holder(RoleName.INSPECTOR, unit=thai_nguyen),
        "ministry_planner": holder(RoleName.PLANNER, unit=country),
        "education_officer": holder(RoleName.AGENCY_OFFICER, agency=AgencyFactory(kind="education", unit=thai_nguyen)),
        "officer_of_duc_xuan": holder(RoleName.AGENCY_OFFICER, agency=AgencyFactory(unit=duc_xuan)),
    }


@pytest.fixture
def file(assignment, officer_of_bac_kan, now, settings, tmp_path) -> AssignmentFile:
    settings.MEDIA_ROOT = tmp_path
    acts.add_note(assignment, note="", files=[HandedIn("anh.pdf", b"%PDF-1.7")], by=officer_of_bac_kan, at=now)
    return AssignmentFile.objects.get()


def ask(client: Client, door: str, assignment: Assignment, file: AssignmentFile, session) -> int:
    page, api = f"/workspace/tasks/{assignment.pk}/", f"/api/v1/tasks/{assignment.pk}"
    after = "doing"
    about = {"source_kind": "activities.session", "source_id": str(session.pk), "verdict": "rejected", "reason": "Vì"}
    if door in ("page", "api", "file"):
        response = client.get({"page": page, "api": api, "file": f"{page}files/{file.pk}/"}[door])
        if response.streaming:
            list(response.streaming_content)  # read to its end, the file is closed
        return response.status_code
    if door.startswith("api"):
        body = about if door == "api evidence" else {"state": after, "version": assignment.version, "note": "Vì thế"}
        where = f"{api}/{'evidence' if door == 'api evidence' else 'steps'}"
        return client.post(where, json.dumps(body), content_type="application/json").status_code
    given = {
        "step": {"state": after, "version": assignment.version, "note": "Vì thế"},
        "note": {"note": "Đã mời"},
        "evidence": about,
        "date": {"due_on": "2026-12-20", "reason": "Mưa"},
        "drop": {"reason": "Thôi"},
    }[door]
    return client.post(f"{page}{door}/", given).status_code


@pytest.mark.slow
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("who", TABLE)
def test_who_may_do_what_in_which_state(
    who, state, assignment, file, others, library_of_bac_kan, today, request, django_user_model
):
    session = held(library_of_bac_kan)
    allowed = next(doors for states, doors in TABLE[who].items() if state in states)
    client = Client()
    if who != "nobody":
        client.force_login(others.get(who) or request.getfixturevalue(who))
    for door in READ | REPORT | WEIGH | DIRECT:
        Assignment.objects.filter(pk=assignment.pk).update(
            state=state, done_on=today if state == State.DONE else None, version=1
        )
        assignment.refresh_from_db()
        status = ask(client, door, assignment, file, session)
        if door in allowed:
            assert status in (200, 302), door
        elif not allowed:
            assert status in (401, 403, 404) or (who == "nobody" and status == 302), door
        else:
            # A wrong state is a refusal in words (409, 422, or said on the next page), a missing right is 403.
            row = Assignment.objects.get(pk=assignment.pk)
            assert status in (302, 403, 409, 422), door
            assert (row.state, row.due_on, row.version) == (state, assignment.due_on, 1), door
            assert row.evidence_decisions.count() == 0 or door not in WEIGH or status != 200


@pytest.mark.parametrize("who", ["education_officer", "officer_of_duc_xuan"])
def test_others_of_the_same_role_find_nothing(who, assignment, file, others):
    client = Client()
    client.force_login(others[who])
    for address in (f"/workspace/tasks/{assignment.pk}/", f"/workspace/tasks/{assignment.pk}/files/{file.pk}/"):
        assert client.get(address).status_code == 404
    assert client.get(f"/api/v1/tasks/{assignment.pk}").status_code == 404
    assert client.get("/api/v1/tasks").json()["count"] == 0


def test_file_is_found_only_at_its_own_task(assignment, file, officer_of_bac_kan, now):
    other = acts.hand_down_one(
        title="Việc khác", origin="", agency=assignment.agency, due_on=None, remark="", by=officer_of_bac_kan, at=now
    )
    client = Client()
    client.force_login(officer_of_bac_kan)
    assert client.get(f"/workspace/tasks/{other.pk}/files/{file.pk}/").status_code == 404
    response = client.get(f"/workspace/tasks/{assignment.pk}/files/{file.pk}/")
    assert (response.status_code, b"".join(response.streaming_content)) == (200, b"%PDF-1.7")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
