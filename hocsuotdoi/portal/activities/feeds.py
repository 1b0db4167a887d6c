"""What's on for calendars and readers: any search, by the same filters in the address as the pages."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.formats.feeds import Entry, render_atom, render_icalendar
from hocsuotdoi.activities.queries.history import changes_of
from hocsuotdoi.activities.queries.offer import to_follow, whats_on
from hocsuotdoi.portal.activities.wishes import Search, address, asked

MOST_SESSIONS = 500
MOST_LOOKED_AT = 500
KEPT_SECONDS = 900


@public
@require_safe
def feed_icalendar(request: HttpRequest) -> HttpResponse:
    search = asked(request, timezone.now())
    sessions = to_follow(search.wish, at=search.now).order_by("starts_at", "id")[:MOST_SESSIONS]
    body = render_icalendar(_entries(search, sessions), name=name_of(search), url=_list_url(search))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="hoat-dong.ics"'
    return _conditional(request, response)


@public
@require_safe
def feed_atom(request: HttpRequest) -> HttpResponse:
    """What was announced last comes first."""
    search = asked(request, timezone.now())
    sessions = whats_on(search.wish, at=search.now).order_by("-activity__published_at", "starts_at", "id")
    body = render_atom(
        _entries(search, sessions[:MOST_LOOKED_AT]),
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


def _entries(search: Search, sessions) -> list[Entry]:
    """Two queries."""
    found = list(sessions)
    changes = changes_of(found)
    pages: dict = {}
    return [
        Entry(
            session=session,
            url=pages.setdefault(
                session.activity_id,
                search.request.build_absolute_uri(
                    reverse("portal:activities-activity-detail", args=[session.activity_id])
                ),
            ),
            place=", ".join(
                filter(
                    None,
                    [
                        session.room.name if session.room else session.venue,
                        session.institution.name,
                        session.place_name,
                    ],
                )
            ),
            changes=changes[session.pk].number,
            changed_at=changes[session.pk].last_at or session.activity.published_at or session.activity.created_at,
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
