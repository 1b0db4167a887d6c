"""The poster of an activity to print and hang, and the short address that stands on it."""

import hashlib
import io
import json
import uuid

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe
from PIL import Image

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.formats.picture import parse_picture
from hocsuotdoi.activities.formats.poster import Poster, poster_of
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.activities.queries.offer import activity_page
from hocsuotdoi.portal.limits import sets_type, typesetter_for

KEPT_SECONDS = 600
"""By those who read it."""

SET_KEPT_SECONDS = 24 * 3600
"""By us: it is found by what stands on it, so that it is never old."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nobody reads an I, L, O or U for something else."""
_SHORT_BITS = 60


@public
@require_safe
@sets_type
def poster_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """`?size=a3`; anything else is A4."""
    size = "a3" if request.GET.get("size", "").lower() == "a3" else "a4"
    poster = _poster(request, pk)
    response = _unchanged(request, poster, size)
    if response is None:
        response = HttpResponse(
            poster.pdf("a3" if size == "a3" else "a4", by=typesetter_for(request, seconds=SET_KEPT_SECONDS)),
            content_type="application/pdf",
        )
        response["Content-Disposition"] = f'inline; filename="ap-phich-{size}.pdf"'
    return _kept(response, poster, size)


@public
@require_safe
@sets_type
def poster_png(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A picture of it, for pages, for those who share a link, and for search engines."""
    poster = _poster(request, pk)
    response = _unchanged(request, poster, "png")
    if response is None:
        response = HttpResponse(
            poster.png(by=typesetter_for(request, seconds=SET_KEPT_SECONDS)), content_type="image/png"
        )
    return _kept(response, poster, "png")


@public
@require_safe
def activity_short(request: HttpRequest, code: str) -> HttpResponse:
    """From the address on a poster, however it was typed, to the activity. In the rare case that two share it, to what
    is on."""
    low = _low(code)
    if low is None:
        raise Http404
    high = low | ((1 << (128 - _SHORT_BITS)) - 1)
    found = Activity.objects.visible_to(request.user).filter(pk__gte=uuid.UUID(int=low), pk__lte=uuid.UUID(int=high))
    keys = list(found.values_list("pk", flat=True)[:2])
    if not keys:
        raise Http404
    if len(keys) > 1:
        return redirect("portal:activities-activity-list")
    return redirect("portal:activities-activity-detail", pk=keys[0])


def short_code(key: uuid.UUID) -> str:
    """«06DJ-7KQ2-M4XT»: the first 60 bits of the key, which hold its millisecond."""
    number = key.int >> (128 - _SHORT_BITS)
    letters = "".join(_LETTERS[(number >> shift) & 31] for shift in range(_SHORT_BITS - 5, -1, -5))
    return "-".join(letters[i : i + 4] for i in range(0, 12, 4))


def _low(code: str) -> int | None:
    typed = code.upper().replace("-", "").translate(str.maketrans("OIL", "011"))
    if len(typed) * 5 != _SHORT_BITS or set(typed) - set(_LETTERS):
        return None
    number = 0
    for letter in typed:
        number = number << 5 | _LETTERS.index(letter)
    return number << (128 - _SHORT_BITS)


def _poster(request: HttpRequest, pk: uuid.UUID) -> Poster:
    now = timezone.now()
    activity = get_object_or_404(activity_page(request.user, at=now), pk=pk)
    to_come = [
        session
        for session in activity.sessions.all()
        if session.status == SessionStatus.PLANNED and session.ends_at > now
    ]
    short = reverse("portal:activities-activity-short", args=[short_code(activity.pk)])
    return poster_of(
        activity,
        to_come,
        url=request.build_absolute_uri(reverse("portal:activities-activity-detail", args=[activity.pk])),
        short_address=f"{request.get_host()}{short}".rstrip("/"),
        address=", ".join(filter(None, [activity.address, activity.place_name])),
        contributors=activity.contributors.all(),
        picture=_picture(activity.picture),
    )


def _picture(name: str) -> bytes:
    """The stored picture as JPEG; nothing where there is none or its file is gone."""
    stored = parse_picture(name)
    if stored is None or not default_storage.exists(stored.file(stored.width)):
        return b""
    out = io.BytesIO()
    with default_storage.open(stored.file(stored.width)) as file, Image.open(file) as image:
        clear = image.convert("RGBA")
        on_white = Image.new("RGB", clear.size, "white")
        on_white.paste(clear, mask=clear.getchannel("A"))
        on_white.save(out, "JPEG", quality=88)
    return out.getvalue()


def _etag(poster: Poster, form: str) -> str:
    told = json.dumps([form, poster.values], sort_keys=True, default=str)
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def _unchanged(request: HttpRequest, poster: Poster, form: str) -> HttpResponse | None:
    """The answer for who has this poster already: nothing is set for them."""
    response = get_conditional_response(request, etag=_etag(poster, form))
    return response if isinstance(response, HttpResponse) else None


def _kept(response: HttpResponse, poster: Poster, form: str) -> HttpResponse:
    response["ETag"] = _etag(poster, form)
    patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
    return response
