"""What is on, an activity, what a session counted."""

import datetime as dt
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.enums import ActivityKind, SessionStatus
from hocsuotdoi.activities.formats.facts import render_facts
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.queries.offer import activity_page, completed, published_activity
from hocsuotdoi.activities.queries.recording import views_of
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.activities.queries.vitality import club_life
from hocsuotdoi.core.addresses import address
from hocsuotdoi.portal.activities.held import held_part
from hocsuotdoi.portal.activities.join import JoinPart, join_part
from hocsuotdoi.portal.activities.structured import events_of
from hocsuotdoi.portal.brief import briefly_kept


@public
@require_GET
@briefly_kept
def activity_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    if request.user.is_authenticated:
        activity = completed(get_object_or_404(activity_page(request.user, at=now), pk=pk))
    elif (activity := published_activity(pk, at=now)) is None:
        raise Http404
    return activity_response(request, activity, now)


@public
@require_GET
def session_sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What a closed session counted, without any name: where every figure's lineage ends for the public."""
    session = get_object_or_404(
        Session.objects.visible_to(request.user).select_related("activity", "institution", "room"), pk=pk
    )
    roll = roll_of(session) if session.status == SessionStatus.CLOSED else None
    sees_names = request.user.is_authenticated and request.person_may(Permission.VIEW_PARTICIPANTS, session)
    return render(
        request,
        "portal/activities/session_sheet.html",
        {
            "session": session,
            "activity": session.activity,
            "roll": roll,
            "recording_views": views_of(session) if roll else 0,
            "sees_names": sees_names,
        },
    )


def activity_response(
    request: HttpRequest, activity: Activity, now: dt.datetime, *, part: JoinPart | None = None
) -> HttpResponse:
    """The activity's page; `part`: the join part as it came in, with what is wrong with it."""
    part = part or join_part(activity, at=now)
    stands_at = ", ".join(filter(None, [activity.address, activity.place_name]))
    coming = [session for session in part.sessions if session.ends_at > now]
    following = [session for session in coming if session.status == SessionStatus.PLANNED]
    whats_on = address("portal:activities-activity-list")
    return render(
        request,
        "portal/activities/activity_detail.html",
        {
            "activity": activity,
            "facts": render_facts(activity),
            "club": club_life([activity], at=now)[activity.pk] if activity.kind == ActivityKind.CLUB else None,
            "address": stands_at,
            "path": [
                (_("What's on"), whats_on),
                (capfirst(activity.get_kind_display()), f"{whats_on}?kind={activity.kind}"),
            ],
            "coming": coming,
            "next": following[0] if following else None,
            "more": len(following) - 1,
            "past": [session for session in reversed(part.sessions) if session.ends_at <= now],
            "held": held_part(activity),
            "join": part,
            "events": events_of(request, activity, stands_at=stands_at, at=now),
        },
        status=422 if part.form is not None and part.form.is_wrong else 200,
    )
