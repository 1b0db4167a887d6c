"""Who changed what: the trail, as far as the person may read it.

Other pages link here with `?thing=<label>:<key>`, for example `?thing=programme.plan:12`: then it is the trail of that
thing and of what hangs on it.
"""

import datetime as dt
import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.audit import TrailPage, tracked_kinds, trail, trail_of_act
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.workspace.accounts.forms import EVERYTHING, AuditFilter
from hocsuotdoi.workspace.accounts.trail import kind_choices, kinds_of_public_acts, lines

_ON_A_PAGE = 50
_ACTS = ("insert", "update", "delete")


@requires(Permission.VIEW_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    thing = _thing(request.GET.get("thing", ""))
    if request.GET.get("moment"):
        return _one_act(request)
    form = AuditFilter(request.GET, kinds=kind_choices())
    page = TrailPage([], None)
    if form.is_valid():
        page = _find(request, form.cleaned_data, thing)
    context = {
        "form": form,
        "lines": lines(page.entries),
        "older_than": page.older_than.isoformat() if page.older_than else "",
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "thing": request.GET.get("thing", ""),
    }
    return render(request, "workspace/accounts/audit.html", context)


def _one_act(request: HttpRequest) -> HttpResponse:
    """What one act did to many, one by one."""
    kind, act, at = request.GET.get("kind", ""), request.GET.get("act", ""), _moment(request.GET["moment"])
    if kind not in tracked_kinds() or act not in _ACTS or at is None:
        raise Http404
    below = request.GET.get("below", "")
    known = int(below) if re.fullmatch(r"\d{1,18}", below, re.ASCII) else None
    page = trail_of_act(
        request.user, day=timezone.localdate(), kind=kind, act=act, at=at, below=known, limit=_ON_A_PAGE
    )
    context = {"lines": lines(page.entries), "below": page.below, "one_act": True}
    return render(request, "workspace/accounts/audit.html", context)


def _find(request: HttpRequest, wanted: dict, thing: tuple[str, str] | None) -> TrailPage:
    by = None
    if wanted["email"]:
        by = Person.objects.filter(email__iexact=wanted["email"]).first()
        if by is None:
            return TrailPage([], None)
    last = wanted["last"]
    ends_at = _midnight(last + dt.timedelta(days=1)) if last and last < dt.date.max else None
    return trail(
        request.user,
        day=timezone.localdate(),
        kinds=_kinds(wanted["kind"], thing),
        thing=thing,
        by=by,
        starts_at=_midnight(wanted["first"]) if wanted["first"] else None,
        ends_at=min(filter(None, [ends_at, _moment(request.GET.get("before", ""))]), default=None),
        limit=_ON_A_PAGE,
    )


def _kinds(wanted: str, thing: tuple[str, str] | None) -> list[str]:
    if wanted == EVERYTHING or (thing and not wanted):
        return []
    return [wanted] if wanted else kinds_of_public_acts()


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _moment(text: str) -> dt.datetime | None:
    """The moment that a page's own link to older changes names; anything else is none."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _thing(text: str) -> tuple[str, str] | None:
    """«programme.plan:12» → ("programme.plan", "12"); another text is no page."""
    if not text:
        return None
    label, _colon, key = text.partition(":")
    if label not in tracked_kinds() or not _is_key(label, key):
        raise Http404
    return label, key


def _is_key(label: str, key: str) -> bool:
    try:
        tracked_kinds()[label].pgh_tracked_model._meta.pk.to_python(key)
    except Exception:  # each kind of key refuses in its own way
        return False
    return bool(key)
