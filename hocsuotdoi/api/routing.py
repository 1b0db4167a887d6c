"""How endpoints become addresses: each says who may, answers in one manner, and stands in the description.

    router = ApiRouter("activities", tag=_("Offers"))

    @router.post("/offers/{uuid:pk}/publish", response=Offer, summary=_("Publish"), description=_("…"))
    @requires(Permission.EDIT_ACTIVITY)
    def offer_publish(request, pk: uuid.UUID): ...

The declaration is the pages' own (`accounts.surfaces`). An endpoint without one, or without words, stops the start.
Ninja makes one view for each path; `ApiPath` takes its place before the gate, which asks it by method.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import NinjaAPI, Router
from ninja.operation import Operation, PathView

from hocsuotdoi.accounts.permissions import Openness, Permission
from hocsuotdoi.accounts.surfaces import PUBLIC, declared
from hocsuotdoi.api import auth
from hocsuotdoi.api.errors import Error, Problem, answer, answer_to

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

LANGUAGES = ("vi", "en")


def personal(endpoint: Endpoint) -> Endpoint:
    """What this public endpoint tells is for the person who holds its address: no cache keeps it, no other site reads
    it."""
    endpoint.is_personal = True
    return endpoint


def takes_file(endpoint: Endpoint) -> Endpoint:
    """What is posted here comes as multipart/form-data, for there is a file in it."""
    endpoint.takes_file = True
    return endpoint


class ApiRouter(Router):
    """Endpoints of one area; `area` is the first word of their names, `tag` the heading they stand under."""

    def __init__(self, area: str, *, tag: str):
        super().__init__(tags=[tag])
        self.area = area

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], *, response: Any, **options: Any
    ) -> None:
        name = f"{view_func.__module__}.{view_func.__name__}"
        asked = declared(view_func)
        if asked is None:
            raise ImproperlyConfigured(f"{name} declares no permission: @public, @signed_in or @requires(…).")
        if not (options.get("summary") and options.get("description")):
            raise ImproperlyConfigured(f"{name} has no words: give summary and description.")
        options["operation_id"] = view_func.__name__
        options["url_name"] = f"{self.area}-{view_func.__name__.replace('_', '-')}"
        answers = response if isinstance(response, dict) else {200: response}
        wrong = dict.fromkeys(_wrong_answers(path, methods, asked), Error)
        super().add_api_operation(path, methods, view_func, response={**wrong, **answers}, **options)


def _wrong_answers(path: str, methods: list[str], asked: Permission | Openness) -> Iterator[int]:
    writes = not set(methods) <= auth.SAFE
    yield from (401, 422)
    if writes or asked is not PUBLIC:
        yield 403
    if "{" in path or writes:
        yield 404
    if writes:
        yield from (400, 409, 413, 415, 429)


class ApiPath:
    """The view of one path: before it runs, the gate asks `guard`."""

    csrf_exempt = True  # `auth.identify` holds sessions to their token; keys need none

    def __init__(self, path_view: PathView):
        self.by_method: dict[str, Operation] = {
            method: operation for operation in path_view.operations for method in operation.methods
        }

    @property
    def permissions(self) -> dict[str, Permission | Openness | None]:
        """What each method asks for."""
        return {method: declared(operation.view_func) for method, operation in self.by_method.items()}

    def guard(self, request: HttpRequest) -> HttpResponse | None:
        """None when `request` may go on; otherwise the answer."""
        translation.activate(language_of(request))  # until the language middleware takes its own back
        operation = self._operation(request)
        if request.method == "OPTIONS":
            return self._finish(request, HttpResponse(status=204, headers={"Allow": self._allowed()}))
        if operation is None:
            refusal = answer(405, "no_such_method", _("This address does not take this method."))
            refusal["Allow"] = self._allowed()
            return self._finish(request, refusal)
        try:
            _check_body(request, operation.view_func)
            auth.identify(request)
            asked = declared(operation.view_func)
            assert asked is not None  # ApiRouter saw to it
            auth.admit(request, asked)
        except Problem as problem:
            return self._finish(request, answer_to(problem))
        return None

    def __call__(self, request: HttpRequest, **parts: Any) -> HttpResponse:
        operation = self._operation(request)
        assert operation is not None
        return self._finish(request, operation.run(request, **parts))

    def _operation(self, request: HttpRequest) -> Operation | None:
        return self.by_method.get("GET" if request.method == "HEAD" else request.method or "")

    def _allowed(self) -> str:
        return ", ".join(sorted({*self.by_method, "OPTIONS", *(["HEAD"] if "GET" in self.by_method else [])}))

    def _is_open_data(self) -> bool:
        get = self.by_method.get("GET")
        return (
            get is not None and declared(get.view_func) is PUBLIC and not getattr(get.view_func, "is_personal", False)
        )

    def _finish(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Language, caching, other sites, HEAD: the same for every answer."""
        response["Content-Language"] = translation.get_language() or "vi"
        patch_vary_headers(response, ["Accept-Language", "Authorization"])
        if self._is_open_data() and request.method in auth.SAFE:
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag"
        is_anybodys = "Authorization" not in request.headers and not request.user.is_authenticated
        if not (
            self._is_open_data() and response.status_code == 200 and request.method in ("GET", "HEAD") and is_anybodys
        ):
            response["Cache-Control"] = "private, no-store"
        else:
            response["Cache-Control"] = "no-cache"  # keep it, but ask each time whether it still holds
            etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            response["ETag"] = etag
            response = get_conditional_response(request, etag=etag, response=response) or response
        if request.method == "HEAD":
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response


def patterns(api: NinjaAPI) -> Iterator[URLPattern]:
    """The addresses of every endpoint, each with its `ApiPath`."""
    for router in api._get_bound_routers():
        made = router.urls_paths(router.prefix)
        for path_view in router.path_operations.values():
            first, *_others = [next(made) for _operation in path_view.operations]  # ninja makes one for each operation
            yield path(f"v1/{first.pattern._route}", ApiPath(path_view), name=first.name)


def language_of(request: HttpRequest) -> str:
    """What the asker prefers of our languages; Vietnamese when nothing is said."""
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if (language := tag.split("-")[0]) in LANGUAGES:
            return language
    return LANGUAGES[0]


def _check_body(request: HttpRequest, endpoint: Callable[..., Any]) -> None:
    if request.method in auth.SAFE:
        return
    length = request.headers.get("Content-Length", "0") or "0"
    if getattr(endpoint, "takes_file", False):
        if length != "0" and request.content_type != "multipart/form-data":
            raise Problem(415, "not_multipart", _("Send the file as multipart/form-data."))
    elif length != "0" and request.content_type != "application/json":
        raise Problem(415, "not_json", _("Send the body as application/json."))
