"""Telling people: who is to be called and what to say, what failed, what was sent; a list for paper."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.notices import take_tick_back, tick_told
from hocsuotdoi.activities.queries.notices import Pile, in_pile, notices_seen_by, on_the_sheet, piles

PAGE_SIZE = 50
ON_PAPER = 1000
LABELS = {
    Pile.CALL: gettext_lazy("To call"),
    Pile.REMIND: gettext_lazy("Reminders by phone"),
    Pile.PAPER: gettext_lazy("Without an address"),
    Pile.FAILED: gettext_lazy("Could not be sent"),
    Pile.SENT: gettext_lazy("Sent and told"),
}


@requires(Permission.VIEW_PARTICIPANTS)
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """One pile at a time; of one session with ?session=."""
    session = _session(request)
    seen = notices_seen_by(request.user, at=timezone.now(), session=session.pk if session else None)
    pile = _pile(request.GET.get("tab", ""))
    page = Paginator(in_pile(seen, pile), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = piles(seen)
    may_tell = set(
        institutions_covered(request.user, Permission.CALL_ROLL)
        .filter(pk__in={each.institution_id for each in page})
        .values_list("pk", flat=True)
    )
    return render(
        request,
        "workspace/activities/notice_list.html",
        {
            "session": session,
            "pile": pile,
            "sheet_url": reverse("workspace:activities-notice-sheet") + (f"?session={session.pk}" if session else ""),
            "tabs": [
                {
                    "label": label,
                    "url": _address(each, session.pk if session else None),
                    "is_current": each == pile,
                    "count": counts[each] if each != Pile.SENT else None,
                }
                for each, label in LABELS.items()
            ],
            "page": page,
            "rows": [(notice, notice.institution_id in may_tell) for notice in page],
        },
    )


@requires(Permission.VIEW_PARTICIPANTS)
@require_GET
def notice_sheet(request: HttpRequest) -> HttpResponse:
    """Everybody who is still to be told, to be printed and taken along."""
    session = _session(request)
    seen = notices_seen_by(request.user, at=timezone.now(), session=session.pk if session else None)
    path = [(_("Telling people"), _address(Pile.CALL, session.pk if session else None))]
    rows = list(on_the_sheet(seen)[:ON_PAPER])
    return render(
        request, "workspace/activities/notice_sheet.html", {"session": session, "notices": rows, "path": path}
    )


@requires(Permission.CALL_ROLL)
@require_POST
def notice_tell(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Told by phone; or not, after all (act=undo)."""
    now = timezone.now()
    notice = get_object_or_404(notices_seen_by(request.user, at=now), pk=pk)
    require(request.user, Permission.CALL_ROLL, notice)
    if request.POST.get("act") == "undo":
        if take_tick_back(notice):
            messages.success(request, _("{name} is on the list again.").format(name=notice.addressee))
    elif tick_told(notice, by=request.user, at=now):
        messages.success(request, _("Noted: {name} has been told.").format(name=notice.addressee))
    else:
        messages.info(request, _("That had been done before, or is no longer needed."))
    return redirect(_address(_pile(request.POST.get("tab", "")), _uuid(request.POST.get("session", ""))))


def _session(request: HttpRequest) -> Session | None:
    asked = request.GET.get("session", "")
    if not asked:
        return None
    visible = Session.objects.with_names_visible_to(request.user).select_related("activity", "institution")
    return get_object_or_404(visible, pk=_uuid(asked))


def _address(pile: Pile, session: uuid.UUID | None) -> str:
    asked = {"tab": pile.value} if pile != Pile.CALL else {}
    if session:
        asked["session"] = str(session)
    return reverse("workspace:activities-notice-list") + (f"?{urlencode(asked)}" if asked else "")


def _pile(text: str) -> Pile:
    return Pile(text) if text in {each.value for each in Pile} else Pile.CALL


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
