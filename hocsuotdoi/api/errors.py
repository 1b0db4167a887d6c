"""Everything that goes wrong has one shape: `{"error": code, "message": sentence, "fields": {name: sentence}}`.

The code is for programs and stays; the sentence is for people, in the asker's language, and says what to do.
"""

import re
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from hocsuotdoi.activities.formats.class_list import BadList
from hocsuotdoi.activities.operations.party import AnswerNeeded, GuardianNeeded
from hocsuotdoi.activities.operations.wording import Unreadable
from hocsuotdoi.api.shapes import Shape
from hocsuotdoi.core.errors import Refused


class Error(Shape):
    """Why it was not done."""

    error: str = Field(description=gettext_noop("A word for programs; it does not change"), examples=["not_open"])
    message: str = Field(description=gettext_noop("A sentence for people, in the language you asked for"))
    fields: dict[str, str] = Field(description=gettext_noop("What is wrong with which field; often empty"))


class Problem(Exception):
    """Something about the request itself."""

    def __init__(self, status: int, error: str, message: str, fields: dict[str, str] | None = None):
        super().__init__(message)
        self.status, self.error, self.message, self.fields = status, error, message, fields or {}


class BadField(Problem):
    """A value that has the right form and still names nothing."""

    def __init__(self, field: str, message: str):
        super().__init__(422, "bad_input", message, {field: message})


def answer(status: int, error: str, message: str, fields: dict[str, str] | None = None) -> HttpResponse:
    body = {"error": error, "message": message, "fields": fields or {}}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def answer_to(problem: Problem) -> HttpResponse:
    return answer(problem.status, problem.error, problem.message, problem.fields)


def not_found() -> HttpResponse:
    return answer(404, "not_found", _("There is nothing at this address, or it is not for you to see."))


def forbidden() -> HttpResponse:
    return answer(403, "forbidden", _("Your roles do not allow this here. Ask whoever gives roles at this place."))


def install(api: NinjaAPI) -> None:
    """Teach `api` to answer every exception in the one shape."""
    api.add_exception_handler(Problem, lambda request, problem: answer_to(problem))
    api.add_exception_handler(Refused, lambda request, refusal: _refused(refusal))
    api.add_exception_handler(Http404, lambda request, error: not_found())
    api.add_exception_handler(PermissionDenied, lambda request, error: forbidden())
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _unread)
    api.add_exception_handler(RequestDataTooBig, lambda request, error: _too_large())


def _refused(refusal: Refused) -> HttpResponse:
    """409: not now, as things are. 422: never so; by custom these refusals are called Bad…"""
    name = type(refusal).__name__
    is_bad_input = name.startswith("Bad") or isinstance(refusal, Unreadable | GuardianNeeded | AnswerNeeded)
    code = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return answer(422 if is_bad_input else 409, code, str(refusal), _fields(refusal))


def _fields(refusal: Refused) -> dict[str, str]:
    """Where it can be mended, for refusals that know."""
    if isinstance(refusal, BadList):
        return {f"people.{line - 1}.name": sentence for line, sentence in refusal.lines}
    if isinstance(refusal, AnswerNeeded):
        return {f"answers.{refusal.question}": str(refusal)}
    return {refusal.field: str(refusal)} if refusal.field else {}


def _unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer(
        error.status_code, "unreadable_body", _("The body is not JSON. Send it as application/json in UTF-8.")
    )


def _too_large() -> HttpResponse:
    return answer(413, "too_large", _("The body is too large. Send less at a time."))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields: dict[str, str] = {}
    for each in error.errors:
        fields.setdefault(_name(each["loc"]), _sentence(each))
    return answer(422, "bad_input", _("Some fields cannot be used as they are; each says why."), fields)


def _name(loc: tuple[str | int, ...]) -> str:
    """`("body", "given", "sessions", 0, "starts_at")` → «sessions.0.starts_at»: the second names our own argument.

    In an address nothing lies within a parameter: `("query", "asked", "measures", 0)` → «measures»."""
    if loc[0] == "query":
        return str(loc[2] if len(loc) > 2 else loc[1])
    inner = loc[2:] if loc[0] == "body" else loc[1:]
    return ".".join(str(part) for part in inner) or "body"


def _codes(expected: str) -> str:
    """«'a', 'b' or 'c'», as it comes in English, without its words."""
    return ", ".join(re.findall(r"'([^']*)'", expected)) or expected


def _sentence(error: dict[str, Any]) -> str:
    context = error.get("ctx") or {}
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "missing":
            return _("This is needed.")
        case "extra_forbidden":
            return _("There is no such field.")
        case "string_too_long":
            return _("Too long: at most {most} letters.").format(most=context["max_length"])
        case "string_too_short":
            return _("This is needed.")
        case "enum" | "literal_error":
            return _("Choose one of: {choices}.").format(choices=_codes(context["expected"]))
        case "greater_than_equal":
            return _("At least {least}.").format(least=context["ge"])
        case "less_than_equal":
            return _("At most {most}.").format(most=context["le"])
        case "too_long":
            return _("Too many: at most {most}.").format(most=context["max_length"])
        case kind if kind.startswith("int"):
            return _("Write a whole number.")
        case kind if kind.startswith("bool"):
            return _("Write true or false.")
        case kind if kind.startswith("uuid"):
            return _("Write a UUID, for example “0193e3c0-0000-7000-8000-000000000000”.")
        case kind if kind.startswith(("date", "time")):
            return _("Write a day as “2026-11-23”, a moment as “2026-11-23T08:00:00+07:00”.")
        case kind if kind.startswith("string"):
            return _("Write text.")
        case kind if kind.startswith("list"):
            return _("Write a list.")
        case kind if kind.startswith(("dict", "model")):
            return _("Write an object with named fields.")
        case _other:
            return _("This cannot be used.")
