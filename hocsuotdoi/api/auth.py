"""Who asks: a program with a key (`Authorization: Bearer …`), the browser's session with its CSRF token, or anybody.

Called by the gate before the endpoint runs (`routing.ApiPath.guard`), so that the same declarations that stand above
pages decide here too.
"""

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.operations.api_tokens import use_api_token
from hocsuotdoi.accounts.permissions import Openness, Permission
from hocsuotdoi.api.errors import Problem
from hocsuotdoi.api.limits import count_anonymous_post

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class _Csrf(CsrfViewMiddleware):
    """Django's own check, asked for an answer instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def identify(request: HttpRequest) -> None:
    """Put the person of a key on the request; hold a session to its CSRF token. Problem 401 or 403."""
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = use_api_token(secret.strip(), at=timezone.now())
        if token is None:
            raise Problem(401, "bad_key", _("This key is unknown, has ended or was revoked. Make a new one."))
        request.user = token.person
    elif request.method not in SAFE and request.user.is_authenticated and _csrf_fails(request):
        raise Problem(
            403, "csrf", _("The form is out of date: send the CSRF token of this session in X-CSRFToken, or use a key.")
        )


def admit(request: HttpRequest, asked: Permission | Openness) -> None:
    """Let in who may ask this anywhere; about the thing at hand the endpoint asks `require`. Problem 401, 403, 429."""
    if asked is Openness.PUBLIC:
        if request.method not in SAFE and not request.user.is_authenticated:
            count_anonymous_post(request)
        return
    if not request.user.is_authenticated:
        raise Problem(401, "sign_in", _("Sign in, or send a key in the header Authorization: Bearer …"))
    if asked is not Openness.SIGNED_IN and asked not in request.permissions:
        raise Problem(403, "forbidden", _("Your roles do not allow this here. Ask whoever gives roles at this place."))


def _csrf_fails(request: HttpRequest) -> bool:
    check = _Csrf(lambda request: None)
    request.csrf_processing_done = False
    check.process_request(request)
    return check.process_view(request, lambda: None, (), {}) is not None
