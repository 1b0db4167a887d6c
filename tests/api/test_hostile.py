"""Each endpoint with what no form would send: nothing, too much, the wrong kind, markup, emoji, torn letters, days long
past, another house's things. Always a sentence for the person, and nothing is changed.

The endpoints and their fields come from the description: a new one is tried by itself.
"""

import re
import unicodedata
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction

from hocsuotdoi.activities.models import Enrolment
from hocsuotdoi.api.documentation.description import openapi
from tests.api.conftest import ApiClient
from tests.api.test_permissions import _things_of
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory
from tests.factories.programme import PlanFactory, TargetFactory, TaskFactory
from tests.factories.running import make_assignment, make_cycle, make_report
from tests.inspection.conftest import inspector_at
from tests.support.depth import some

OF_OFFICERS = ("/tasks", "/money", "/cycles", "/reports", "/snapshots", "/document-files", "/issued-files")
NFD = unicodedata.normalize("NFD", "Đọc sách ở phường Bắc Kạn")
NEVER = ["x" * 6001, "a\x00b\ud800", 10**30, {"a": {"b": []}}, [[]]]
"""Put into every field at once: what no field takes is found before any act."""

SELDOM = [None, "", True, 1.5, "2026-02-30 📅"]
"""Put into every field at once, too: what few fields take."""

IN_TEXT = ["<script>alert(1)</script> 👩🏽‍🏫\u202e"]
IN_DAYS = ["1026-01-01T08:00:00+07:00", "2020-01-01T08:00:00+07:00"]
IN_NUMBERS = [-1]
IN_IDS = ["0193e3c0-0000-7000-8000-00000000ffff"]
IN_LISTS = [[], ["<b>"] * 3]
IN_ADDRESSES = ["", "%00", "%3Cb%3E%F0%9F%98%80", "9" * 300]
SENTENCE = re.compile(r"[\w“«{].*[.:?…”]", re.DOTALL)
TABLES = (
    *("activity", "session", "schedule", "question", "contributor", "registration", "enrolment", "participant"),
    *("attendance", "tally", "rating", "notice", "classbooking", "schoolprogramme", "equipmentuse", "devicemark"),
)


def _operations() -> dict[str, tuple[str, str, dict]]:
    return {
        operation["operationId"]: (method.upper(), path.removeprefix("/api/v1"), operation)
        for path, methods in openapi()["paths"].items()
        for method, operation in methods.items()
    }


OPERATIONS = _operations()


def _body_of(operation: dict) -> dict | None:
    content = operation.get("requestBody", {}).get("content", {})
    return content["application/json"]["schema"] if "application/json" in content else None


def _resolved(schema: dict) -> dict:
    while "$ref" in schema:
        schema = openapi()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _hostile(schema: dict) -> list:
    """What a field of this schema may be sent, one at a time."""
    options = [_resolved(each) for each in schema.get("anyOf", [schema])]
    kinds = {(each.get("type"), each.get("format")) for each in options if "enum" not in each}
    found: list = []
    for kind, form in kinds:
        match kind:
            case "string" if form in ("date", "date-time"):
                found += IN_DAYS
            case "string" if form == "uuid":
                found += IN_IDS
            case "string":
                found += IN_TEXT
            case "integer":
                found += IN_NUMBERS
            case "array":
                found += IN_LISTS
    return found or ["party"]


@pytest.fixture
def address(open_day, tomorrow, target, office_of_bac_kan):
    """An endpoint's address, about things of the library of Bắc Kạn, and of its ward's office."""
    task = make_assignment(task=TaskFactory(activity_kinds=["reading_day"]), agency=office_of_bac_kan)
    things = {**_things_of(open_day), "tasks": task.pk, "reports": make_report(make_cycle(), office_of_bac_kan).pk}
    registration = RegistrationFactory(session=tomorrow)
    codes = {
        "registrations": registration.code,
        "enrolments": Enrolment.objects.get().code,
        "bookings": "BOOKBOOK",
        "units": "01843",
        "agencies": office_of_bac_kan.code,
        "institutions": open_day.institution.code,
        "indicators": target.indicator_id,
        "cycles": make_cycle().code,
        "plans": TargetFactory(clause__plan__unit=office_of_bac_kan.unit).plan.code,
    }
    draft = PlanFactory(unit=office_of_bac_kan.unit, status="draft", digest="d").code

    def of(path: str) -> str:
        first = path.split("/")[1]
        found = path.replace("{pk}", str(things.get(first, things["offers"])))
        for word, code in codes.items():
            found = found.replace(f"{word}/{{code}}", f"{word}/{draft if path.endswith('/issue') else code}")
        return found.replace("{number}", "BC-1").replace("/documents/{code}", "/documents/abcdefgh23456789")

    return of


@pytest.fixture
def asking(librarian, officer_of_bac_kan, planner, bac_kan):
    """Who asks: about tasks the ward's officer, about plans the planner, about inspections the inspector."""
    officer, planning = ApiClient(officer_of_bac_kan), ApiClient(planner)
    inspector = ApiClient(inspector_at(unit=bac_kan))

    def who(path: str) -> ApiClient:
        if path.startswith(("/plans", "/tasks-not-taken")):
            return planning
        if path.startswith("/inspection"):
            return inspector
        return officer if path.startswith(OF_OFFICERS) else librarian

    return who


def _state() -> list:
    parts = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(row::text, ',' ORDER BY id)) FROM activities_{table} row" for table in TABLES
    )
    with connection.cursor() as cursor:
        cursor.execute(parts)
        return sorted(cursor.fetchall())


def _check_sentences(answer, asked: str) -> None:
    body = answer.json()
    assert body.keys() == {"error", "message", "fields"}, asked
    for sentence in (body["message"], *body["fields"].values()):
        assert SENTENCE.fullmatch(sentence), (asked, sentence)
        assert not re.search(r"Traceback|NoneType|pydantic|__", sentence), (asked, sentence)


def _ask(client, method: str, path: str, body: Any, before: list, asked: str) -> Any:
    """Never a failure; a refusal has sentences and leaves everything as it was; what is taken is taken back here."""
    written = []

    def watch(execute, sql, *rest):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(sql)
        return execute(sql, *rest)

    with transaction.atomic():
        with connection.execute_wrapper(watch):
            answer = client.ask(method, path, body)
        assert answer.status_code < 500, asked
        if answer.status_code >= 400:
            _check_sentences(answer, asked)
            assert not written or _state() == before, asked
        else:
            text = answer.content.decode()
            assert unicodedata.is_normalized("NFC", text), asked
        transaction.set_rollback(True)
    return answer


@pytest.mark.slow
def test_each_field_of_each_body_with_hostile_values(asking, address):
    before = _state()
    for name, (method, path, operation) in OPERATIONS.items():
        if (body := _body_of(operation)) is None:
            continue
        schema, target = _resolved(body), address(path)
        good = schema["examples"][0]
        if "institution" in good:
            good = {**good, "institution": address("/institutions/{code}").rsplit("/", 1)[-1]}

        def ask(body, asked, *, method=method, target=target, name=name, told=operation["responses"]):
            answer = _ask(asking(target), method, target, body, before, f"{name} {asked}")
            assert str(answer.status_code) in told, (name, asked, answer.content)
            return answer

        for value in NEVER:
            assert ask(dict.fromkeys(schema["properties"], value), f"all={value!r:.40}").status_code == 422, (
                name,
                value,
            )
        for value in SELDOM:
            ask(dict.fromkeys(schema["properties"], value), f"all={value!r:.40}")
        texts = {field: NFD for field, each in schema["properties"].items() if _hostile(each) == IN_TEXT}
        ask({**good, **texts}, "torn letters")
        for field, value in some((f, v) for f, each in schema["properties"].items() for v in _hostile(each)):
            ask({**good, field: value}, f"{field}={value!r:.40}")
        if required := schema.get("required"):
            answer = ask({}, "nothing")
            assert (answer.status_code, set(answer.json()["fields"])) == (422, set(required)), name
        for body in (None, [], {**good, "no_such_field": 1}):
            assert ask(body, f"{body!r:.40}").status_code == 422, (name, body)


@pytest.mark.slow
def test_each_part_of_each_query_with_hostile_values(asking, address):
    before = _state()
    for method, path, operation in OPERATIONS.values():
        parameters = {each["name"]: each for each in operation["parameters"] if each["in"] == "query"}
        for parameter in parameters:
            needed = {
                name: each["schema"]["examples"][0]
                for name, each in parameters.items()
                if each["required"] and name != parameter
            }
            for value in some(IN_ADDRESSES):
                asked = f"{address(path)}?{urlencode(needed, doseq=True)}&{parameter}={value}"
                answer = _ask(asking(path), method, asked, None, before, asked)
                if answer.status_code == 404 and "/documents/" in path:  # none is made here, and the part was taken
                    continue
                if answer.status_code != 200:
                    assert (answer.status_code, list(answer.json()["fields"])) == (422, [parameter]), asked


@pytest.mark.slow
def test_each_address_of_nothing_is_not_found(asking, open_day):
    before = _state()
    for method, path, _operation in OPERATIONS.values():
        if "{" not in path:
            continue
        for key, code in ((uuid.uuid4(), "AAAAAAAA"), (uuid.uuid4(), "a" * 200), ("😀", "<b>")):
            asked = path.replace("{pk}", str(key)).replace("{code}", code)
            answer = _ask(asking(path), method, asked, {} if method != "GET" else None, before, asked)
            expected = {404, 415} if path.endswith(("/picture", "/photos", "/issued")) else {404, 422}
            assert answer.status_code in expected, asked


def test_things_of_another_house_are_no_things(librarian, address, tomorrow, library_of_duc_xuan):
    """Ids that exist, of an institution where the asker is nobody."""
    other = SessionFactory(activity=ActivityFactory(institution=library_of_duc_xuan))
    room = library_of_duc_xuan.rooms.create(name="Phòng đọc", capacity=40)
    theirs = RegistrationFactory(session=other)
    times = {"starts_at": "2026-12-08T08:00:00+07:00", "ends_at": "2026-12-08T10:00:00+07:00"}
    rule = {"rule": "FREQ=DAILY;COUNT=2", "starts_on": "2026-12-08", "starts": "08:00", "minutes": 60}
    before = _state()
    for method, path, body, field in [
        ("POST", "/offers/{pk}/sessions", {**times, "room": room.pk}, "room"),
        ("PATCH", "/sessions/{pk}", {"room": room.pk}, "room"),
        ("POST", "/offers/{pk}/schedules", {**rule, "room": room.pk}, "room"),
        ("PUT", "/schedules/{pk}", {**rule, "room": room.pk}, "room"),
        ("POST", "/bookings/{pk}/confirm", {"starts_at": times["starts_at"], "room": room.pk}, "room"),
        ("POST", "/sessions/{pk}/registrations/{code}/move", {"to": str(other.pk)}, "to"),
        ("POST", "/sessions/{pk}/ratings", {"face": 3, "code": theirs.code, "form_key": str(uuid.uuid4())}, "code"),
    ]:
        answer = _ask(librarian, method, address(path), body, before, path)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), path
    good = _resolved(_body_of(next(each for *where, each in OPERATIONS.values() if where == ["POST", "/offers"])))[
        "examples"
    ][0]
    theirs_now = {**good, "institution": library_of_duc_xuan.code}
    assert _ask(librarian, "POST", "/offers", theirs_now, before, "POST /offers").status_code == 403
    for method, path in [
        ("PATCH", f"/sessions/{other.pk}"),
        ("PATCH", f"/offers/{other.activity_id}"),
        ("POST", f"/sessions/{other.pk}/roll/all-present"),
        ("POST", f"/registrations/{theirs.pk}/cancel"),
        ("PUT", f"/offers/{other.activity_id}/questions"),
    ]:
        body = {"questions": []} if path.endswith("questions") else {}
        assert _ask(librarian, method, path, body, before, path).status_code == 403, path
