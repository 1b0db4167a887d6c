"""What the register of changes says about sessions: how often they were changed, when last, when they were to begin."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import OuterRef, QuerySet, Subquery

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.queries.offer import with_place
from hocsuotdoi.places.models import InstitutionPlacement


@dataclass(frozen=True, slots=True)
class Changes:
    """`number`: how often the session was changed since it was made. `moved_from`: when it was to begin before it was
    last moved; None where it never was."""

    number: int = 0
    last_at: dt.datetime | None = None
    moved_from: dt.datetime | None = None

    def at(self, session: Session) -> dt.datetime:
        """When what calendars say of the session last changed: itself, or its activity's words (`for_calendars`)."""
        known = [self.last_at, getattr(session, "activity_changed_at", None), session.activity.published_at]
        return max((moment for moment in known if moment), default=session.activity.created_at)


def for_calendars(sessions: QuerySet[Session], day: dt.date) -> QuerySet[Session]:
    """`sessions` with all that a calendar says of them: activity, institution, room, `street`, `place_name` and
    `activity_changed_at`."""
    placement = InstitutionPlacement.objects.on(day).filter(institution=OuterRef("institution"))
    events = apps.get_model("activities", "ActivityEvent").objects.filter(pgh_obj=OuterRef("activity"))
    return with_place(sessions, day).annotate(
        street=Subquery(placement.values("address")[:1]),
        activity_changed_at=Subquery(events.order_by("-pgh_id").values("pgh_created_at")[:1]),
    )


def changes_of(sessions: Iterable[Session]) -> dict[uuid.UUID, Changes]:
    """One query, none for no sessions. Registrations are no changes of a session."""
    starts = {session.pk: session.starts_at for session in sessions}
    if not starts:
        return {}
    found: dict[uuid.UUID, Changes] = dict.fromkeys(starts, Changes())
    events = apps.get_model("activities", "SessionEvent").objects.filter(pgh_obj__in=list(starts))
    columns = ("pgh_obj", "pgh_label", "pgh_created_at", "starts_at")
    for key, label, at, started in events.order_by("pgh_id").values_list(*columns):
        before = found[key]
        found[key] = Changes(
            before.number + (label == "update"), at, started if started != starts[key] else before.moved_from
        )
    return found
