"""Asking a browser to tell about a registration. Only where it can and only when the person wants it."""

import uuid
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.models import Registration
from hocsuotdoi.activities.operations.push import subscribe, unsubscribe
from hocsuotdoi.core.channels.push.keys import public_key
from hocsuotdoi.core.channels.registry import channels
from hocsuotdoi.core.errors import Refused


@public
@require_GET
@cache_control(no_cache=True)
def push_worker(request: HttpRequest) -> HttpResponse:
    """The worker's script, under the address whose pages it serves (a static file's would not do): it only shows
    messages, and does not touch how pages are fetched."""
    script = finders.find("portal/push-worker.js")
    if not isinstance(script, str):
        raise Http404
    return HttpResponse(Path(script).read_bytes(), content_type="text/javascript; charset=utf-8")


@public
@require_GET
@cache_control(max_age=300)
def push_key(request: HttpRequest) -> HttpResponse:
    """The key by which browsers know us; 404 when messages to browsers are not offered here."""
    if "push" not in channels() or not channels()["push"].is_configured():
        raise Http404
    return JsonResponse({"key": public_key()})


@public
@require_POST
def push_subscribe(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """Who holds the registration's address may have a browser told about it, or no more (act=stop)."""
    registration = get_object_or_404(Registration, session=pk, code=code.replace("-", "").upper())
    endpoint = request.POST.get("endpoint", "")
    if request.POST.get("act") == "stop":
        unsubscribe(registration, endpoint=endpoint)
        return HttpResponse(status=204)
    try:
        subscribe(
            registration,
            endpoint=endpoint,
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    return HttpResponse(status=204)
