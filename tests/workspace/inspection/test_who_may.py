"""Who may do what with a visit in which state: through the page, the programs' interface, the pictures' addresses."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.inspection.enums import VisitState as State
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.plan import cancel_visit
from tests.inspection.conftest import answer_all
from tests.inspection.test_seeing import photo_of, picture

READ = {"page", "api", "photo"}
WRITE = {"answers", "finding", "close", "api answer", "api photo", "begin"}
DIRECT = {"change", "cancel"}
AFTER = {"minutes"}
OPEN = (State.UNDER_WAY,)
DOORS = sorted(READ | WRITE | DIRECT | AFTER | {"opinion"})

# person: what they are let in to, whatever the state. The act itself then refuses with a sentence what the state does
# not allow; who sees nothing finds nothing (404).
TABLE = {
    "inspector": READ | WRITE | DIRECT | AFTER,
    "colleague": READ | WRITE | DIRECT | AFTER,
    "outsider": READ | DIRECT | AFTER,
    "manager_of_bac_kan": READ | {"opinion"},
    "officer_of_bac_kan": READ,
    "auditor": READ,
    "librarian_of_duc_xuan": set(),
    "planner": set(),
    "reader": set(),
    "nobody": set(),
}


@pytest.fixture
def photo(visit, inspector, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer_all(visit, inspector, now)
    made = photo_of(visit, inspector, now, picture((60, 40)))
    visit.refresh_from_db()
    return made


def brought_to(visit: Visit, state: State, by, at) -> None:
    if state == State.CLOSED:
        close_visit(visit, conclusion="Tốt", met="Bà Lan", version=visit.version, by=by, at=at)
    if state == State.CANCELLED:
        cancel_visit(visit, reason="Bão", by=by, at=at)


def ask(client: Client, door: str, visit: Visit, photo) -> int:
    page, api = f"/workspace/inspection/visits/{visit.pk}/", "/api/v1/inspection/"
    if door in READ:
        where = {"page": page, "api": f"{api}visits/{visit.pk}", "photo": f"{page}photos/{photo.digest}/"}[door]
        response = client.get(where)
        if response.streaming:
            list(response.streaming_content)  # read to its end, the file is closed
        return response.status_code
    if door == "api photo":
        file = SimpleUploadedFile("a.jpg", picture((30, 20)), "image/jpeg")
        given = {"file": file, "id": str(uuid7()), "taken_at": "2026-11-26T08:00:00+07:00"}
        return client.post(f"{api}visits/{visit.pk}/photos", given).status_code
    if door == "api answer":
        item = visit.checklist.items.first()
        row = {"id": str(uuid7()), "visit": str(visit.pk), "item": item.pk, "seen": "no"}
        body = json.dumps({"answers": [{**row, "seen_at": "2026-11-26T08:00:00+07:00"}]})
        response = client.post(f"{api}answers", body, content_type="application/json")
        if response.status_code == 200 and "thuộc đoàn" in response.json()["answers"][0]["reason"]:
            return 403
        return response.status_code
    given = {
        "begin": {},
        "answers": {},
        "finding": {"severity": "advice", "text": "Nên mở thêm"},
        "close": {"met": "", "conclusion": "", "version": visit.version},
        "opinion": {"met": "Bà Lan", "opinion": "Nhất trí", "version": visit.version},
        "minutes": {},
        "change": {
            "planned_on": visit.planned_on,
            "team": [str(key) for key in visit.team],
            "leader": str(visit.team[0]),
        }
        | {"version": visit.version},
        "cancel": {"reason": ""},
    }[door]
    return client.post(f"{page}{'findings' if door == 'finding' else door}/", given).status_code


@pytest.mark.slow
@pytest.mark.parametrize("state", [State.UNDER_WAY, State.CLOSED, State.CANCELLED])
@pytest.mark.parametrize("who", TABLE)
def test_who_is_let_in_where(who, state, visit, photo, inspector, now, request):
    brought_to(visit, state, inspector, now)
    client = Client()
    if who != "nobody":
        client.force_login(request.getfixturevalue(who))
    for door in DOORS:
        status = ask(client, door, visit, photo)
        if door in TABLE[who]:
            assert status in (200, 302, 409, 422), (who, door, state, status)
        else:
            is_to_sign_in = who == "nobody" and status in (302, 401)
            assert status in (403, 404) or is_to_sign_in, (who, door, state, status)
            if "page" not in TABLE[who] and door in READ and who != "nobody":
                assert status in (403, 404)


def test_the_armys_pictures_and_pages_are_not_the_departments(
    visit, army_library, inspector, outsider, photo, client, now
):
    """The same visit, its library the army's: only the team still sees it."""
    type(army_library).objects.filter(pk=visit.institution_id).update(institution_class="library_armed_forces")
    client.force_login(outsider)
    for door in sorted(READ):
        assert ask(client, door, visit, photo) == 404
    client.force_login(inspector)
    assert ask(client, "page", visit, photo) == 200
