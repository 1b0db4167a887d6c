"""Every field of every endpoint, with each kind of bad input: a sentence for the person, and nothing changed.

Schemathesis beside this tries the limits that the description names; here is what people and careless programs send.
"""

import unicodedata
import uuid
from typing import Any

import pytest
from django.db import connection

from hocsuotdoi.api.documentation.description import openapi
from hocsuotdoi.places.models import Room
from tests.api.conftest import ApiClient
from tests.api.test_permissions import _things_of
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory

pytestmark = pytest.mark.slow
LONG = "dài " * 30_000
TEXTS = {
    "nothing": "",
    "too long": LONG,
    "markup": "<script>alert('x')</script> & </b>",
    "emoji": "👩🏽‍🏫📚🇻🇳",
    "decomposed": unicodedata.normalize("NFD", "Nguyễn Thị Ước đọc sách"),
    "control": "a\x00b\u202e",
}
DAYS = {
    "nothing": None,
    "past day": "1999-12-31",
    "past moment": "1999-12-31T08:00:00+07:00",
    "no such day": "2026-02-30",
    "emoji": "📅",
}
NUMBERS = {"nothing": None, "below zero": -1, "too much": 10**30, "a part": 1.5, "words": "mười"}
WRONG_TYPES = {"list": [[]], "object": {"a": {"b": 1}}, "yes": True, "number": -7}
TABLES = ("activity", "session", "registration", "enrolment", "schedule", "classbooking", "notice")

DESCRIBED = openapi()
SCHEMAS = DESCRIBED["components"]["schemas"]
ENDPOINTS = {
    f"{method.upper()} {path.removeprefix('/api/v1')}": described
    for path, methods in DESCRIBED["paths"].items()
    for method, described in methods.items()
}
WITH_BODY = [
    name
    for name, described in ENDPOINTS.items()
    if "application/json" in described.get("requestBody", {}).get("content", {})
]
WITH_QUERY = [name for name, described in ENDPOINTS.items() if any(p["in"] == "query" for p in described["parameters"])]


@pytest.fixture
def known(open_day, tomorrow) -> dict[str, uuid.UUID]:
    return _things_of(open_day)


@pytest.fixture
def foreign(library_of_duc_xuan) -> dict[str, Any]:
    """What belongs to the library of the other ward, by the name of the field that would take it."""
    session = SessionFactory(activity=ActivityFactory(institution=library_of_duc_xuan))
    return {
        "institution": library_of_duc_xuan.code,
        "room": Room.objects.create(institution=library_of_duc_xuan, name="Phòng đọc", capacity=30).pk,
        "to": str(session.pk),
        "marks": [{"line": str(RegistrationFactory(session=session).pk), "present": 1}],
    }


def _shape(described: dict[str, Any]) -> dict[str, Any]:
    schema = described["requestBody"]["content"]["application/json"]["schema"]
    for part in schema.get("anyOf", [schema]):
        if "$ref" in part:
            return SCHEMAS[part["$ref"].rsplit("/", 1)[-1]]
    return schema


def _bad_values(shape: dict[str, Any]) -> dict[str, Any]:
    kinds = [shape, *shape.get("anyOf", [])]
    types, formats = {kind.get("type") for kind in kinds}, {kind.get("format") for kind in kinds}
    if formats & {"date", "date-time"}:
        return DAYS | WRONG_TYPES
    if types & {"integer", "number"}:
        return NUMBERS | WRONG_TYPES
    return TEXTS | WRONG_TYPES | {"null": None}


def _state() -> str:
    rows = " UNION ALL ".join(f"SELECT to_jsonb(t)::text AS row FROM activities_{table} t" for table in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(row, '|' ORDER BY row)) FROM ({rows}) all_rows")
        return cursor.fetchone()[0]


def _ask(client: ApiClient, name: str, known: dict[str, Any], body: Any = None, query: dict[str, Any] | None = None):
    """Asks, and holds the answer against the description: the state of things, and how it is said."""
    method, path = name.split(" ")
    word = path.split("/")[1]
    address = path.replace("{pk}", str(known.get(word, ""))).replace("{code}", "BOOKBOOK")
    before = _state()
    if query is None:
        answer = client.ask(method, address, body)
    else:
        answer = client.client.get(f"/api/v1{address}", query, headers=client.headers)
    assert str(answer.status_code) in ENDPOINTS[name]["responses"], (name, body or query, answer.content)
    if answer.status_code >= 400:
        told = answer.json()
        assert told["message"][-1] in ".!?…" and " " in told["message"], told
        assert all(words for words in told["fields"].values())
        assert _state() == before, (name, body)
    text = answer.content.decode()
    assert unicodedata.is_normalized("NFC", text) or answer.status_code >= 400, (name, body)
    return answer


@pytest.mark.parametrize("name", WITH_BODY)
def test_bad_value_in_a_field_is_answered_in_words_and_changes_nothing(name, librarian, known, foreign):
    shape = _shape(ENDPOINTS[name])
    example = shape["examples"][0]
    for field, described in shape["properties"].items():
        for kind, value in _bad_values(described).items():
            body = {**example, field: value}
            answer = _ask(librarian, name, known, body)
            assert kind != "too long" or answer.status_code >= 400, (name, field)
        if field in foreign:
            assert _ask(librarian, name, known, {**example, field: foreign[field]}).status_code >= 400, (name, field)
        _ask(librarian, name, known, {key: value for key, value in example.items() if key != field})
    for body in ([], "chữ", 1, None, {}):
        _ask(librarian, name, known, body)


@pytest.mark.parametrize("name", WITH_QUERY)
def test_bad_value_in_an_address_is_answered_in_words(name, librarian, known):
    for parameter in ENDPOINTS[name]["parameters"]:
        if parameter["in"] == "query":
            for value in (*TEXTS.values(), "1999-12-31", "-1", "99999999999999999999"):
                _ask(librarian, name, known, query={parameter["name"]: value[:2000]})
