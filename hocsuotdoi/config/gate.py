"""The gate before every view: signed in where that is asked for, permitted where a permission is declared, recognised
where a device is asked for.

Views declare with `hocsuotdoi.accounts.surfaces`; its docstring says what the gate puts on the request. Views of the
sign-in library and of Django guard themselves and pass.
"""

from collections.abc import Callable
from functools import partial

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from hocsuotdoi.accounts.operations.devices import recognise_device
from hocsuotdoi.accounts.permissions import Openness
from hocsuotdoi.accounts.queries.scope import remember_roles
from hocsuotdoi.accounts.rules import may
from hocsuotdoi.accounts.surfaces import declared
from hocsuotdoi.core.errors import Refused


class Gate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # request.user is lazy: a page that asks nothing about the person stays without a query and cacheable.
        request.person_may = lambda permission, thing=None: may(request.user, permission, thing)
        request.permissions = SimpleLazyObject(partial(_permissions_of, request))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if (guard := getattr(view, "guard", None)) is not None:
            return guard(request)  # the API: declares by method, takes keys beside sessions, answers in JSON
        asked = declared(view)
        if asked is None:
            if _is_ours(view):
                raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} declares no permission")
            return None
        if asked is Openness.PUBLIC:
            return None
        if asked is Openness.DEVICE:
            return _recognise(request)
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if asked is not Openness.SIGNED_IN and asked not in request.permissions:
            raise PermissionDenied
        return None


def _recognise(request: HttpRequest) -> HttpResponse | None:
    """Puts the device on the request, or answers it with a sentence for whoever holds it."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    try:
        request.device = recognise_device(token.strip() if scheme == "Bearer" else "", at=timezone.now())
    except Refused as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=401, headers={"WWW-Authenticate": "Bearer"})
    return None


def _permissions_of(request: HttpRequest) -> frozenset:
    return remember_roles(request.user).permissions()


def _is_ours(view) -> bool:
    return view.__module__.split(".")[0] == "hocsuotdoi"


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", None):
        # A piece of a page cannot show the sign-in form: htmx is told to leave the whole page, and to come back to it.
        there = redirect_to_login(request.htmx.current_url_abs_path or resolve_url("/"))
        return HttpResponse(headers={"HX-Redirect": there.url})
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.headers.get("Referer", "/")
    return redirect_to_login(back if back.startswith("/") else "/")
