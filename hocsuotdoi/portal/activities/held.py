"""What an activity's page tells everybody of the sessions that were held."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.activities.queries.outcome import compared_with_last_time


def held_part(activity: Activity) -> SafeString:
    """Planned, came, rating, beside the last time, drawn; empty, and nothing asked, before the first roll is closed.
    The activity came with its sessions."""
    if any(session.status == SessionStatus.CLOSED for session in activity.sessions.all()):
        outcome = compared_with_last_time(activity)
        return render_to_string("portal/activities/activity_held.html", {"outcome": outcome})
    return SafeString()
