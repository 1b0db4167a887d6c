"""What search engines read on an activity's page."""

import datetime as dt

from django.http import HttpRequest

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.formats.picture import parse_picture
from hocsuotdoi.activities.formats.schema_org import render_events
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.activities.queries.history import changes_of
from hocsuotdoi.core.addresses import address


def events_of(request: HttpRequest, activity: Activity, *, stands_at: str, at: dt.datetime) -> str:
    """JSON-LD of the sessions that are not over, also of cancelled ones; empty for what was never published. One query
    where a session was ever changed, beside what `activity_page` and `completed` bring along."""
    if activity.published_at is None:
        return ""
    sessions = [
        session
        for session in activity.sessions.all()
        if session.ends_at > at and session.status != SessionStatus.CLOSED
    ]
    for session in sessions:
        session.activity = activity
    changes = changes_of(session for session in sessions if session.was_changed)
    site = request.build_absolute_uri("/").removesuffix("/")
    poster = site + address("portal:activities-poster-png", activity.pk)
    return render_events(
        activity,
        sessions,
        url=site + address("portal:activities-activity-detail", activity.pk),
        address=stands_at,
        images=[*_picture(site, activity), poster],
        organiser_url=site + address("portal:places-institution-detail", activity.institution.code),
        moved_from={key: each.moved_from for key, each in changes.items() if each.moved_from},
        schedules=activity.schedules.all(),
        contributors=activity.contributors.all(),
    )


def _picture(site: str, activity: Activity) -> list[str]:
    picture = parse_picture(activity.picture)
    if picture is None:
        return []
    return [site + address("portal:activities-picture-show", picture.name, picture.width)]
