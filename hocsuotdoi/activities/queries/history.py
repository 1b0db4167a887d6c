"""What the register of changes says about sessions: how often they were changed, when last, when they were to begin."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Exists, OuterRef

from hocsuotdoi.activities.models import Session


@dataclass(frozen=True, slots=True)
class Changes:
    """`number`: how often the session was changed since it was made. `moved_from`: when it was to begin before it was
    last moved; None where it never was."""

    number: int = 0
    last_at: dt.datetime | None = None
    moved_from: dt.datetime | None = None


def ever_changed() -> Exists:
    """Of each session: whether it was changed since it was made."""
    events = apps.get_model("activities", "SessionEvent").objects
    return Exists(events.filter(pgh_obj=OuterRef("pk"), pgh_label="update"))


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
