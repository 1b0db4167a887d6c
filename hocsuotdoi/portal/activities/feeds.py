"""What's on for calendars and readers: any search, by the same filters in the address as the pages."""

import hashlib

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.formats.atom import render_atom
from hocsuotdoi.activities.formats.ical import CONTENT_TYPE, Meeting, render_calendar
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.queries.history import changes_of, for_calendars
from hocsuotdoi.activities.queries.offer import rows_of, to_follow
from hocsuotdoi.core.addresses import address as page_of
from hocsuotdoi.portal.activities.wishes import Search, address, asked

MOST_SESSIONS = 500
MOST_LOOKED_AT = 500
KEPT_SECONDS = 900


@public
@require_safe
def feed_icalendar(request: HttpRequest) -> HttpResponse:
    search = asked(request, timezone.now())
    sessions = to_follow(search.wish, at=search.now).order_by("starts_at", "id")
    body = render_calendar(
        _meetings(search, sessions, most=MOST_SESSIONS), name=name_of(search), url=_list_url(search), is_followed=True
    )
    response = HttpResponse(body, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'inline; filename="hoat-dong.ics"'
    return _conditional(request, response)


@public
@require_safe
def feed_atom(request: HttpRequest) -> HttpResponse:
    """What was announced last comes first. Cancelled sessions stand in it as such: who read of them must read that."""
    search = asked(request, timezone.now())
    sessions = to_follow(search.wish, at=search.now).order_by("-activity__published_at", "starts_at", "id")
    body = render_atom(
        _meetings(search, sessions, most=MOST_LOOKED_AT),
        name=name_of(search),
        url=_list_url(search),
        feed_url=request.build_absolute_uri(address(search, request.path)),
    )
    return _conditional(request, HttpResponse(body, content_type="application/atom+xml; charset=utf-8"))


def name_of(search: Search) -> str:
    """«Hoạt động: đọc sách, Phường Bắc Kạn»: what a calendar calls it among the others."""
    wish = search.wish
    asked_for = [
        wish.words,
        wish.institution.name if wish.institution else "",
        wish.unit.name if wish.unit else "",
    ]
    named = ", ".join(filter(None, asked_for))
    return f"{_('What’s on')}: {named}" if named else f"{_('What’s on')} – Học Suốt Đời"


def _meetings(search: Search, sessions: QuerySet[Session], *, most: int) -> list[Meeting]:
    """Three queries."""
    keys = sessions.values_list("pk", flat=True)[:most]
    found = rows_of(for_calendars(sessions, timezone.localdate(search.now)), keys)
    changes = changes_of(found)
    site = search.request.build_absolute_uri("/").removesuffix("/")
    return [
        Meeting(
            session=session,
            url=site + page_of("portal:activities-activity-detail", session.activity_id),
            changed_at=changes[session.pk].at(session),
            changes=changes[session.pk].number,
        )
        for session in found
    ]


def _list_url(search: Search) -> str:
    path = reverse("portal:activities-activity-list")
    return search.request.build_absolute_uri(address(search, path))


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Whoever has this state of it already gets 304; in between nobody need ask for a quarter of an hour."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return get_conditional_response(request, etag=etag, response=response) or response
