"""Every address says who may open it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from hocsuotdoi.accounts.permissions import Openness, Permission
from hocsuotdoi.accounts.surfaces import PUBLIC, declared
from hocsuotdoi.api.routing import ApiPath

# Public addresses that are not the portal's. Short on purpose: add one only with a reason.
PUBLIC_OUTSIDE_THE_PORTAL = {
    "workspace:components",  # shows the design's parts with made-up words, no data
    "api:documentation",  # what the API can
    "api:openapi",
    "workspace:programme-task-feed",  # a calendar cannot sign in: its signed address is the permission
    "api:nothing",  # answers «not found» in JSON
    # The program of the visit on the phone, the same for everybody; what it carries the API asks a session for.
    "inspection:app-page-open",
    "inspection:app-worker-open",
    "inspection:app-manifest-open",
    # The offline roll's program, the same for everybody; what it carries is asked for by an enrolled device.
    "roll:app-page-open",
    "roll:app-page-enrol",
    "roll:app-worker-open",
    "roll:app-manifest-open",
    "roll:app-device-enrol",  # takes an invitation's code, which is the permission
}


def routes(patterns: list | None = None, names: str = "", path: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        where = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from routes(pattern.url_patterns, inner, where)
        else:
            yield f"{names}{pattern.name}", where, pattern


def declarations(view: Callable[..., Any]) -> list[Permission | Openness | None]:
    """What a view asks for; of an address of the API, what each of its methods does (tests/api/test_permissions.py)."""
    return list(view.permissions.values()) if isinstance(view, ApiPath) else [declared(view)]


OURS = [route for route in routes() if route[2].callback.__module__.startswith("hocsuotdoi.")]


@pytest.mark.parametrize(("name", "path", "pattern"), OURS, ids=[f"{name} {path}" for name, path, _ in OURS])
def test_route_of_ours_declares_who_may_open_it(name: str, path: str, pattern: URLPattern):
    assert None not in declarations(pattern.callback), (
        f"/{path} declares nothing: put @public, @signed_in or @requires(Permission.…) above its view."
    )


def test_public_routes_outside_the_portal_are_on_the_short_list():
    pages = [(name, pattern) for name, _, pattern in OURS if not isinstance(pattern.callback, ApiPath)]
    public = {name for name, pattern in pages if declared(pattern.callback) is PUBLIC}
    assert {name for name in public if not name.startswith("portal:")} == PUBLIC_OUTSIDE_THE_PORTAL


def test_only_the_api_guards_its_addresses_itself():
    guarded = {name for name, _, pattern in OURS if hasattr(pattern.callback, "guard")}
    assert guarded == {name for name, _, pattern in OURS if isinstance(pattern.callback, ApiPath)}
    assert all(name.startswith("api:") for name in guarded)


def test_route_names_tell_area_noun_and_act():
    badly_named = [
        name for name, _, _ in OURS if name.startswith(("portal:", "workspace:", "api:")) and name.endswith("None")
    ]
    assert badly_named == []
