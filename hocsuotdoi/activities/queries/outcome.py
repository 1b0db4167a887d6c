"""How it went: planned, came, what people thought, and the same of the last time."""

import uuid
from dataclasses import dataclass
from typing import Self

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from hocsuotdoi.activities.enums import Face, SessionStatus
from hocsuotdoi.activities.models import Activity, Rating, Session
from hocsuotdoi.activities.queries.recording import views_by_activity

TELLING = 5
"""From so many answers on faces are compared and shown to everybody: fewer say more about who answered than about the
session, and somebody could be found out."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """Faces as numbers of people. A share of few is no share: see `TELLING`."""

    happy: int = 0
    so_so: int = 0
    sad: int = 0

    @property
    def all(self) -> int:
        return self.happy + self.so_so + self.sad

    @property
    def is_telling(self) -> bool:
        return self.all >= TELLING


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of an activity's sessions that were held. `expected`: who had registered for them. `recording_views`: beside
    those who `came`, never among them."""

    activity: Activity
    planned: int
    held: int
    expected: int
    came: int
    ratings: Ratings
    recording_views: int = 0

    @property
    def each(self) -> int | None:
        """People at a session, rounded; None before the first."""
        return round(self.came / self.held) if self.held else None


@dataclass(frozen=True, slots=True)
class Compared:
    """An activity's outcome beside that of the last time (None: there was none that was held)."""

    now: Outcome
    last: Outcome | None

    @property
    def more_each(self) -> int | None:
        """How many more people a session had than the last time; negative: fewer."""
        if self.last is None or self.now.each is None or self.last.each is None:
            return None
        return self.now.each - self.last.each


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote about a session."""

    face: Face
    words: str

    @classmethod
    def of(cls, rating: Rating) -> Self:
        return cls(Face(rating.face), rating.words)


def compared_with_last_time(activity: Activity) -> Compared:
    """The activity's outcome, and that of the one it was copied from or, else, the institution's latest earlier one of
    the same kind and title; at most five queries."""
    last = _last_time(activity)
    outcomes = _outcomes([activity, *([last] if last else [])])
    before = outcomes.get(last.pk) if last else None
    return Compared(outcomes[activity.pk], before if before and before.held else None)


def ratings_of(session: Session) -> Ratings:
    """One query."""
    given = Rating.objects.filter(institution_id=session.institution_id, session=session)
    return _ratings(given).get(session.pk, Ratings())


def words_about(session: Session) -> list[Said]:
    """What was written, the latest first; without any name."""
    written = Rating.objects.filter(institution_id=session.institution_id, session=session).exclude(words="")
    return [Said.of(rating) for rating in written.order_by("-created_at", "id")]


def _last_time(activity: Activity) -> Activity | None:
    if activity.copied_from_id:
        return Activity.objects.filter(institution_id=activity.institution_id, pk=activity.copied_from_id).first()
    return (
        Activity.objects.filter(
            institution_id=activity.institution_id,
            kind=activity.kind,
            title=activity.title,
            created_at__lt=activity.created_at,
            sessions__status=SessionStatus.CLOSED,
        )
        .order_by("-created_at", "id")
        .first()
    )


def _outcomes(activities: list[Activity]) -> dict[uuid.UUID, Outcome]:
    held = Q(status=SessionStatus.CLOSED)
    here = {"institution_id": activities[0].institution_id, "activity__in": activities}
    figures = {
        row["activity"]: row
        for row in Session.objects.filter(**here)
        .order_by()
        .values("activity")
        .annotate(
            planned=Count("pk", ~Q(status=SessionStatus.CANCELLED)),
            held=Count("pk", held),
            expected=Coalesce(Sum("places_taken", filter=held), 0),
            came=Coalesce(Sum("attended", filter=held), 0),
        )
    }
    ratings = _ratings(
        Rating.objects.filter(institution_id=here["institution_id"], session__activity__in=activities),
        by="session__activity",
    )
    views = views_by_activity(activities)
    nothing = {"planned": 0, "held": 0, "expected": 0, "came": 0}
    return {
        activity.pk: Outcome(
            activity=activity,
            ratings=ratings.get(activity.pk, Ratings()),
            recording_views=views.get(activity.pk, 0),
            **{name: figures.get(activity.pk, nothing)[name] for name in nothing},
        )
        for activity in activities
    }


def _ratings(given: QuerySet[Rating], by: str = "session") -> dict[uuid.UUID, Ratings]:
    """Faces counted by session, or by what `by` names."""
    rows = (
        given.order_by()
        .values(by)
        .annotate(
            happy=Count("pk", Q(face=Face.HAPPY)),
            so_so=Count("pk", Q(face=Face.SO_SO)),
            sad=Count("pk", Q(face=Face.SAD)),
        )
    )
    return {row[by]: Ratings(row["happy"], row["so_so"], row["sad"]) for row in rows}
