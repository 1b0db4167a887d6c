"""What `hocsuotdoi doctor` says of activities."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.activities.queries.checks import miscounted_sessions
from hocsuotdoi.core.doctor import Finding, Level, check


@check(gettext_lazy("Activities"))
def activities() -> list[Finding]:
    """Sessions whose count of places taken is not the sum of the registrations that hold places; at most twenty."""
    miscounted = miscounted_sessions().order_by("pk").values_list("pk", "places_taken", "groups")
    return [
        Finding(
            Level.BROKEN,
            _("Session {session} counts {taken} places taken; confirmed and offered are {groups}.").format(
                session=key, taken=taken, groups=groups
            ),
            _("Somebody wrote into the database past the program. Set places_taken to that number."),
        )
        for key, taken, groups in miscounted[:20]
    ]
