"""What the offline roll and the server say to each other, as JSON. Refusals are sentences for the phone's holder."""

import hashlib
import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from hocsuotdoi.accounts.models import Device
from hocsuotdoi.accounts.operations.devices import enrol_device
from hocsuotdoi.accounts.surfaces import device, public
from hocsuotdoi.activities.formats.journal import UnreadableMark, parse_mark
from hocsuotdoi.activities.operations.sync import Answer, take_marks
from hocsuotdoi.activities.queries.carry import carried
from hocsuotdoi.activities.queries.marks import waiting_of
from hocsuotdoi.core.errors import Refused

MOST_MARKS = 200
MOST_BYTES = 1_000_000


@public
@csrf_exempt  # whoever holds the code may exchange it; no cookie counts here, so no form of another page gains anything
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """The code of an invitation for a device's token, once."""
    given = _json(request)
    code = given.get("code") if isinstance(given, dict) else None
    if not isinstance(code, str) or len(code) > 40:
        return _refusal(_("Type the code as it stands under the square."), status=400)
    try:
        enrolled, token = enrol_device(code, at=timezone.now())
    except Refused as refusal:
        return _refusal(str(refusal), status=422)
    return _answer({"token": token, "id": str(enrolled.pk), **_about(enrolled)})


@device
@require_GET
def ping(request: HttpRequest) -> HttpResponse:
    """That the server is there and knows the device; how many of its marks wait for a person."""
    return _answer({"waiting": waiting_of(request.device)})


@device
@require_GET
def carry(request: HttpRequest) -> HttpResponse:
    """What the device carries; 304 while nothing has changed."""
    content = json.dumps(carried(request.device, at=timezone.now()), ensure_ascii=False, separators=(",", ":"))
    tag = hashlib.sha256(content.encode()).hexdigest()[:32]
    known = request.headers.get("If-None-Match", "").removeprefix("W/").strip('"')
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-store"}
    if known == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(content, content_type="application/json", headers=headers)


@device
@require_POST
def sync(request: HttpRequest) -> HttpResponse:
    """Up to 200 marks as the journal wrote them, in its order; an answer for each, in the same order. `outcome`:
    applied, duplicate (taken before), dismissed, waiting (for a person) or refused (unreadable, kept on the device). Of
    a mark about several people `held` names those who wait, `dropped` those about whom it does not count."""
    given = _json(request)
    marks = given.get("marks") if isinstance(given, dict) else None
    if not isinstance(marks, list) or len(marks) > MOST_MARKS:
        return _refusal(_("Send at most {most} marks at a time.").format(most=MOST_MARKS), status=400)
    readable, answers = [], {}
    for place, raw in enumerate(marks):
        try:
            readable.append((place, parse_mark(raw)))
        except UnreadableMark:
            words = _("The server cannot read this mark. It stays on the device: show it to whoever runs the program.")
            answers[place] = {"id": _id(raw), "outcome": "refused", "reason": words}
    taken = take_marks(request.device, [mark for _place, mark in readable], at=timezone.now())
    answers |= {place: _told(answer) for (place, _mark), answer in zip(readable, taken, strict=True)}
    return _answer({"answers": [answers[place] for place in sorted(answers)], "waiting": waiting_of(request.device)})


def _about(enrolled: Device) -> dict:
    return {
        "name": enrolled.name,
        "institution": enrolled.institution.name,
        "institution_id": enrolled.institution_id,
        "ends_at": int(enrolled.expires_at.timestamp()),
    }


def _told(answer: Answer) -> dict:
    told = {"id": str(answer.id), "outcome": answer.outcome, "reason": answer.reason}
    if answer.held:
        told["held"] = [{"key": one.key, "name": one.name, "reason": one.reason} for one in answer.held]
    if answer.dropped:
        told["dropped"] = list(answer.dropped)
    return told


def _id(raw: object) -> str:
    return str(raw.get("id", ""))[:40] if isinstance(raw, dict) else ""


def _json(request: HttpRequest) -> object:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return None
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def _answer(content: dict) -> JsonResponse:
    return JsonResponse(content, headers={"Cache-Control": "private, no-store"})


def _refusal(sentence: str, *, status: int) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=status, headers={"Cache-Control": "private, no-store"})
