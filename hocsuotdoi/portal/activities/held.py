"""What an activity's page tells everybody of the sessions that were held."""

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.activities.queries.outcome import Compared, compared_with_last_time


def held_part(activity: Activity) -> Compared | None:
    """Planned, came, rating, beside the last time; None before the first roll is closed, and then nothing is asked.
    The activity came with its sessions."""
    if any(session.status == SessionStatus.CLOSED for session in activity.sessions.all()):
        return compared_with_last_time(activity)
    return None
