"""Near me without telling anybody where: the browser gets the centres of all communes once and finds the nearest by
itself (static/portal/near.js). Here they are written, small and under an address that changes only with them."""

import hashlib
import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.queries.units import units_on_map

STEPS = 200
"""Of a degree: half a kilometre. A commune of today is twelve kilometres wide."""


@public
@require_GET
def near_current(request: HttpRequest) -> HttpResponse:
    """Where the table of today lies."""
    response = redirect("portal:activities-near-table", version=_version(_table()))
    patch_cache_control(response, max_age=3600)
    return response


@public
@require_GET
def near_table(request: HttpRequest, version: str) -> HttpResponse:
    """The table of that version; any other that is asked for is no longer there, and today's is."""
    table = _table()
    if version != _version(table):
        return redirect("portal:activities-near-table", version=_version(table))
    response = HttpResponse(table, content_type="application/json")
    patch_cache_control(response, public=True, max_age=365 * 24 * 3600, immutable=True)
    return response


def _table() -> str:
    """Three columns of the communes in order of their codes: code, north and east in steps of `STEPS` to the degree,
    each as the difference from the one before. Neighbours in code are neighbours on the ground, so it packs well."""
    rows = (
        units_on_map(timezone.localdate(), Tier.COMMUNE)
        .filter(latitude__isnull=False, longitude__isnull=False, code__regex=r"^\d{5}$")
        .order_by("code")
        .values_list("code", "latitude", "longitude")
    )
    columns = zip(*((int(code), round(north * STEPS), round(east * STEPS)) for code, north, east in rows), strict=True)
    names = ("codes", "north", "east")
    told = {name: _differences(list(column)) for name, column in zip(names, columns, strict=False)}
    return json.dumps({"steps": STEPS, **{name: [] for name in names}, **told}, separators=(",", ":"))


def _differences(column: list[int]) -> list[int]:
    return [each - before for before, each in zip([0, *column[:-1]], column, strict=True)]


def _version(table: str) -> str:
    return hashlib.sha256(table.encode()).hexdigest()[:12]
