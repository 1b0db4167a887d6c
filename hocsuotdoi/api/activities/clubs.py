"""Clubs and how alive they are, for the staff."""

import datetime as dt
from typing import Self

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import ContributorRole
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.activities.queries.vitality import ClubLife, club_life, clubs
from hocsuotdoi.api.activities.schemas import ClubLifeShape, ContributorShape, OfferShape, ScheduleShape
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, part_of

router = ApiRouter("activities", tag=_("Series and clubs"))


class Club(OfferShape):
    """A club with its life, without its sessions."""

    contributors: list[ContributorShape]
    schedules: list[ScheduleShape]
    next_starts_at: dt.datetime | None = Field(description=_("When it meets next; null: nothing is planned"))
    vitality: ClubLifeShape

    @classmethod
    def loaded(cls, club: Activity, life: ClubLife) -> Self:
        """Of what `queries.vitality.clubs` loads."""
        return cls(
            **cls.fields_of(club, club.institution),
            contributors=[
                ContributorShape(role=ContributorRole(one.role), name=one.name) for one in club.contributors.all()
            ],
            schedules=[ScheduleShape.of(schedule) for schedule in club.schedules.all()],
            next_starts_at=timezone.localtime(club.next_starts_at) if club.next_starts_at else None,
            vitality=ClubLifeShape.of(life),
        )


@router.get(
    "/staff/clubs",
    response=Listed[Club],
    summary=_("Clubs and how alive they are"),
    description=_(
        "Of your institutions, by name: those that are published or had a planned time within half a year. Lively met "
        "at least three of the last four planned times, asleep none of them or not for half a year."
    ),
)
@requires(Permission.VIEW_ACTIVITY)
def club_list(request: HttpRequest, asked: Query[Asked]) -> Listed:
    now = timezone.now()
    part = part_of(clubs(request.user, at=now), asked)
    life = club_life(part.rows, at=now)
    return Listed(items=[Club.loaded(club, life[club.pk]) for club in part.rows], count=part.count, next=part.next)
