"""What devices noted and could not be taken into a roll: in words, with what can be done about it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.operations.settling import dismiss_marks, settle_marks
from hocsuotdoi.activities.queries.marks import MOST_SHOWN, marks_decided, marks_waiting, waiting_sessions
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import Institution


@requires(Permission.CALL_ROLL)
@require_GET
def mark_list(request: HttpRequest) -> HttpResponse:
    """By session, the oldest first; below, what was decided lately and by whom."""
    groups = waiting_sessions(request.user)
    return render(
        request,
        "workspace/activities/mark_list.html",
        {
            "groups": groups,
            "is_cut": sum(len(group.rows) for group in groups) >= MOST_SHOWN,
            "most": MOST_SHOWN,
            "decided": marks_decided(request.user),
        },
    )


@requires(Permission.CALL_ROLL)
@require_POST
def mark_settle(request: HttpRequest, institution: int, session: uuid.UUID) -> HttpResponse:
    """The ticked marks of one session are taken into the roll, or dismissed."""
    here = get_object_or_404(Institution, pk=institution)
    require(request.user, Permission.CALL_ROLL, here)
    keys = [key for key in map(_uuid, request.POST.getlist("mark")) if key]
    marks = marks_waiting(request.user).filter(institution=here, session=session, pk__in=keys)
    decide = settle_marks if request.POST.get("act") == "settle" else dismiss_marks
    try:
        decided = decide(marks, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("{count} mark is settled.", "{count} marks are settled.", len(decided))
        messages.success(request, words.format(count=len(decided)))
    return redirect("workspace:activities-mark-list")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
