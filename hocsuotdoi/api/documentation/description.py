"""The OpenAPI description in the reader's language, and the page's view of it."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop, pgettext
from django.utils.translation import gettext as _
from ninja.openapi import get_schema

from hocsuotdoi.accounts.permissions import Openness, Permission
from hocsuotdoi.accounts.surfaces import declared
from hocsuotdoi.api.endpoints import api
from hocsuotdoi.api.errors import Error
from hocsuotdoi.indicators.queries.licence import data_licence, licence_words

PREFIX = "api/v1/"
_IN_PATHS = {
    "pk": gettext_noop("Its id, as lists and answers tell it"),
    "code": gettext_noop("Its code, as lists and answers tell it"),
    "number": gettext_noop("Its number, as lists and answers tell it"),
}
_WORDS = frozenset({"summary", "description"})
_BEARER = {"type": "http", "scheme": "bearer"}
_SESSION = {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def openapi() -> dict[str, Any]:
    """The description as data: paths, shapes, who may, what goes wrong; words in the language that is active. To be
    read only: it is made once for each language and day."""
    return _described(get_language() or "vi", timezone.localdate())


@lru_cache(maxsize=4)
def _described(language: str, today: dt.date) -> dict[str, Any]:
    described = json.loads(json.dumps(get_schema(api, PREFIX), default=str))
    described["components"]["securitySchemes"] = {"key": _BEARER, "session": _SESSION}
    tags: dict[str, None] = {}
    for operation, endpoint in _operations(described):
        asked = declared(endpoint)
        operation["x-permission"] = str(asked)
        operation["x-who"] = who(asked)
        operation["security"] = [{"key": []}, {"session": []}]
        if asked is Openness.PUBLIC:
            operation["security"].append({})
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                parameter["description"] = _IN_PATHS[parameter["name"]]
        tags.update(dict.fromkeys(operation["tags"]))
    described["tags"] = [{"name": tag} for tag in tags]
    for shape in described["components"]["schemas"].values():
        shape.pop("description", None)  # docstrings are for us
        if "examples" in shape:
            shape["examples"] = _moved(shape["examples"], _weeks_until(today))
    _forget_docstrings(described)
    _translate(described)
    described["info"]["title"] = _in_words(described["info"]["title"])
    described["info"]["description"] += " " + licence_words()
    if named := data_licence():
        described["info"]["license"] = {"name": named.name, "url": named.url}
    for tag in described["tags"]:
        tag["name"] = _in_words(tag["name"])
    for operation, _endpoint in _operations(described):
        operation["tags"] = [_in_words(tag) for tag in operation["tags"]]
    return described


def who(asked: Permission | Openness | None) -> str:
    """Who may, in words."""
    if isinstance(asked, Permission):
        return _("Staff who may: {permission}").format(permission=asked.label)
    return _("Anybody") if asked is Openness.PUBLIC else _("Anybody with an account")


def _operations(described: dict[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    """Each operation's description with its endpoint."""
    endpoints = {
        operation.operation_id: operation.view_func
        for router in api._get_bound_routers()
        for path_view in router.path_operations.values()
        for operation in path_view.operations
    }
    return [
        (operation, endpoints[operation["operationId"]])
        for path in described["paths"].values()
        for operation in path.values()
    ]


def _forget_docstrings(node: Any) -> None:
    """Of choices that stand within a parameter or a field: they are for us too."""
    if isinstance(node, dict):
        for inner in (node.get("items"), *(node.get("allOf") or []), *(node.get("anyOf") or [])):
            if isinstance(inner, dict) and "enum" in inner:
                inner.pop("description", None)
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        _forget_docstrings(each)


def _translate(node: Any) -> None:
    """Words for people, wherever they stand, into the active language. A field may itself be called «description»."""
    if isinstance(node, list):
        for each in node:
            _translate(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in _WORDS and isinstance(value, str):
                node[key] = _in_words(value)
            elif key not in ("example", "examples"):
                _translate(value)


EXAMPLES_DAY = dt.date(2026, 11, 23)
"""Seen from the days before this Monday the examples were written: what they announce lies on it or later."""


def _weeks_until(today: dt.date) -> dt.timedelta:
    """By how much the examples' days are moved, so that what they announce is to come; weekdays stay."""
    return dt.timedelta(weeks=max(0, -(-((today - EXAMPLES_DAY).days + 1) // 7)))


_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T.*)?")


def _moved(node: Any, by: dt.timedelta) -> Any:
    """An example with each day in it moved."""
    if isinstance(node, list):
        return [_moved(each, by) for each in node]
    if isinstance(node, dict):
        return {key: _moved(value, by) for key, value in node.items()}
    if isinstance(node, str) and (found := _DAY.fullmatch(node)):
        return f"{dt.date.fromisoformat(found[1]) + by}{found[2] or ''}"
    return node


def _in_words(marked: str) -> str:
    return _(marked) if marked else ""  # of the empty string gettext tells about the catalogue


# --- for the page ---


@dataclass(frozen=True, slots=True)
class Part:
    """A parameter, or a field of a body."""

    name: str
    type: str
    is_needed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    id: str
    method: str
    path: str
    summary: str
    words: str
    who: str
    parameters: list[Part]
    body: list[Part]
    example: str
    answer: list[Part]

    @property
    def breakable_path(self) -> SafeString:
        """The path, which a narrow screen may break after each stroke."""
        *parts, last = self.path.split("/")
        return format_html("{}{}", format_html_join("", "{}/<wbr>", ((part,) for part in parts)), last)


@dataclass(frozen=True, slots=True)
class Group:
    """What stands under one heading."""

    name: str
    endpoints: list[Endpoint]


def groups(described: dict[str, Any]) -> list[Group]:
    """The description as the page shows it."""
    found = {tag["name"]: Group(tag["name"], []) for tag in described["tags"]}
    reader = _Reader(described["components"]["schemas"])
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].endpoints.append(reader.endpoint(path, method, operation))
    return list(found.values())


def error_parts(described: dict[str, Any]) -> list[Part]:
    return _Reader(described["components"]["schemas"]).parts({"$ref": f"#/components/schemas/{Error.__name__}"})


class _Reader:
    """Follows references."""

    def __init__(self, schemas: dict[str, Any]):
        self.schemas = schemas

    def endpoint(self, path: str, method: str, operation: dict[str, Any]) -> Endpoint:
        content = operation.get("requestBody", {}).get("content", {})
        body = next((each["schema"] for each in content.values()), None)
        good = next(content for status, content in operation["responses"].items() if status.startswith("2"))
        example = self.resolved(body).get("examples", []) if body else []
        parts = self.parts(body) if body else []
        return Endpoint(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            words=operation["description"],
            who=operation["x-who"],
            parameters=[
                Part(each["name"], self.type_of(each["schema"]), each["required"], each.get("description", ""))
                for each in operation["parameters"]
            ],
            body=parts,
            example=json.dumps(example[0], ensure_ascii=False, indent=2) if example else _as_form(parts),
            answer=self.parts(good["content"]["application/json"]["schema"]),
        )

    def parts(self, schema: dict[str, Any]) -> list[Part]:
        schema = self.resolved(schema)
        needed = set(schema.get("required", []))
        return [
            Part(name, self.type_of(each), name in needed, each.get("description", ""))
            for name, each in schema.get("properties", {}).items()
        ]

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[-1]]
        return schema

    def type_of(self, schema: dict[str, Any]) -> str:
        """In a few words: «text», «list of objects», the choices of an enumeration."""
        if "$ref" in schema:
            target = self.resolved(schema)
            return self.type_of(target) if "enum" in target else pgettext("kind of value", "object")
        if "enum" in schema:
            return " | ".join(map(str, schema["enum"]))
        if inner := schema.get("allOf"):
            return self.type_of(inner[0])
        if options := schema.get("anyOf"):
            words = [self.type_of(each) for each in options if each.get("type") != "null"]
            empty = ["null"] if any(each.get("type") == "null" for each in options) else []
            return " | ".join(words + empty)
        if schema.get("type") == "array":
            return pgettext("kind of value", "list of: {items}").format(items=self.type_of(schema.get("items", {})))
        names = {
            "uuid": "UUID",
            "date": pgettext("kind of value", "day"),
            "date-time": pgettext("kind of value", "moment"),
            "string": pgettext("kind of value", "text"),
            "integer": pgettext("kind of value", "whole number"),
            "number": pgettext("kind of value", "number"),
            "boolean": pgettext("kind of value", "true or false"),
            "object": pgettext("kind of value", "object"),
            "binary": pgettext("kind of value", "file"),
        }
        return names.get(schema.get("format", ""), names.get(schema.get("type", ""), ""))


def _as_form(parts: list[Part]) -> str:
    """A body with a file in it, as curl sends it."""
    a_file = pgettext("kind of value", "file")
    return "\n".join(f"-F {part.name}={'@' if part.type == a_file else ''}…" for part in parts)
