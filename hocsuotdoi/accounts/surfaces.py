"""How a view says who may open it. Import this in portal, workspace and api.

    @public                                   # anybody
    @signed_in                                # anybody with an account
    @requires(Permission.CALL_ROLL)           # someone who holds that permission anywhere
    def session_close(request, pk): ...

    @device                                   # an enrolled device, by the token that it sends along

The same go above a class-based view (they set its `permission` attribute, which may also be written by hand:
`permission = Permission.EDIT_PLAN`) and around an `as_view()` result. They only declare. The gate
(`hocsuotdoi.config.gate.Gate`, a middleware) reads the declaration before the view runs: it sends people who are not
signed in to the sign-in page and back, refuses (403) who holds the permission nowhere, and fails on a view of ours
that declares nothing. So `@requires` asks "anywhere?"; the view itself then asks about the thing at hand:

    session = get_object_or_404(Session.objects.visible_to(request.user), pk=pk)     # unseen: 404
    require(request.user, Permission.CALL_ROLL, session)                             # forbidden: 403

The gate also sets on every request
- `request.person_may(permission, thing=None) -> bool`: to show or hide a button beside one thing;
- `request.device`: behind `@device`, the device;
- `request.permissions`: the permissions held anywhere today, as a set (one query, only when looked at); templates
  and menus ask `{% if "edit_plan" in request.permissions %}`.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from hocsuotdoi.accounts.permissions import Openness, Permission
from hocsuotdoi.accounts.rules import Someone, may

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = Openness.PUBLIC
SIGNED_IN = Openness.SIGNED_IN
DEVICE = Openness.DEVICE


def public(view: View) -> View:
    """Anybody may open this view."""
    return _declare(view, PUBLIC)


def signed_in(view: View) -> View:
    """Anybody with an account may open this view."""
    return _declare(view, SIGNED_IN)


def device(view: View) -> View:
    """Only an enrolled device may open this view. It shows its token with each request, which no other page can make a
    browser do: so no form token is asked for."""
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return _declare(view, DEVICE)


def requires(permission: Permission) -> Callable[[View], View]:
    """Who holds `permission` anywhere may open this view; about the thing at hand the view asks `require`."""

    def decorate(view: View) -> View:
        return _declare(view, permission)

    return decorate


def declared(view: Callable[..., Any]) -> Permission | Openness | None:
    """What a resolved view (function, class or `as_view()` result) declares; None if nothing."""
    own = getattr(view, "permission", None)
    return own if own is not None else getattr(getattr(view, "view_class", None), "permission", None)


def require(person: Someone, permission: Permission, thing: object, day: dt.date | None = None) -> None:
    """Refuse (403) unless `person` may do this at `thing`."""
    if not may(person, permission, thing, day):
        raise PermissionDenied


def address_of(request: HttpRequest) -> str:
    """From where it is asked, as sign-in counts its attempts; empty behind a proxy that does not say."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def _declare(view: View, permission: Permission | Openness) -> View:
    view.permission = permission  # type: ignore[attr-defined]
    return view
