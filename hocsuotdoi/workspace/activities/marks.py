"""What devices noted and could not be taken into a roll: in words, with what can be done about it."""

import uuid
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.models import DeviceMark
from hocsuotdoi.activities.operations.settling import dismiss_marks, settle_marks
from hocsuotdoi.activities.queries.marks import MOST_SHOWN, marks_decided, waiting_sessions
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import Institution

ACTS = {"settle": settle_marks, "dismiss": dismiss_marks}


@requires(Permission.CALL_ROLL)
@require_GET
def mark_list(request: HttpRequest) -> HttpResponse:
    """By session, the oldest first; below, what was decided lately and by whom."""
    return _page(request)


@requires(Permission.CALL_ROLL)
@require_POST
def mark_settle(request: HttpRequest, institution: int, session: uuid.UUID) -> HttpResponse:
    """The ticked marks of one session are taken into the roll, or dismissed."""
    here = get_object_or_404(Institution, pk=institution)
    require(request.user, Permission.CALL_ROLL, here)
    keys = {key for key in map(_uuid, request.POST.getlist("mark")) if key}
    # Those, too, that a colleague has decided about meanwhile: the act says so.
    marks = DeviceMark.objects.filter(institution=here, session=session, pk__in=keys)
    reason, act = request.POST.get("reason", ""), ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _page(request, wrong=Wrong(session, _("Choose what to do with these marks."), reason, keys))
    try:
        decided = act(marks, reason=reason, by=request.user, at=timezone.now())
    except Refused as refusal:
        return _page(request, wrong=Wrong(session, str(refusal), reason, keys))
    words = ngettext("{count} mark is settled.", "{count} marks are settled.", len(decided))
    messages.success(request, words.format(count=len(decided)))
    return redirect("workspace:activities-mark-list")


class Wrong(NamedTuple):
    """What was sent about one session and refused: it stays on the page, beside the reason why."""

    session: uuid.UUID
    sentence: str
    reason: str
    keys: set[uuid.UUID]


def _page(request: HttpRequest, *, wrong: Wrong | None = None) -> HttpResponse:
    groups = waiting_sessions(request.user)
    return render(
        request,
        "workspace/activities/mark_list.html",
        {
            "groups": groups,
            "wrong": wrong,
            "is_gone": wrong is not None and all(group.session_id != wrong.session for group in groups),
            "is_cut": sum(len(group.rows) for group in groups) >= MOST_SHOWN,
            "most": MOST_SHOWN,
            "decided": marks_decided(request.user),
        },
        status=422 if wrong else 200,
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
