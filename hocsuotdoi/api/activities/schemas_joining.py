"""What goes out about those who join: to whoever holds the code, and to staff. None of the shapes causes a query."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Self

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from pydantic import Field

from hocsuotdoi.activities.enums import RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import Enrolment, Participant, Registration
from hocsuotdoi.activities.models.registration import Party
from hocsuotdoi.api.activities.schemas import PAGE, SessionOfActivity, SessionShape
from hocsuotdoi.api.shapes import Shape
from hocsuotdoi.ledger.enums import AgeBand, Sex

OFFER_ENDS = _("Until when an offered place is kept; null: nothing is offered")
NAMED = _("Those who are named; empty: only counted")
KEPT = _("Sessions to come that stay as they were: changing is closed there, or they are already marked present")


class PersonShape(Shape):
    """One person of a group that is named."""

    name: str
    sex: Sex | None
    age_band: AgeBand | None

    @classmethod
    def of(cls, person: Participant) -> Self:
        return cls(name=person.name, sex=person.sex or None, age_band=person.age_band or None)


class PartyShape(Shape):
    """What a registration and an enrolment have in common."""

    code: str = Field(
        description=_("To look up, change and cancel; show it only to the person"), examples=["K7MR-3QXD"]
    )
    name: str
    group_size: int
    guardian_name: str
    answers: dict[str, str] = Field(description=_("Id of a question → what was answered"))
    created_at: dt.datetime

    @classmethod
    def party(cls, party: Party) -> dict[str, Any]:
        return {
            "code": party.code_shown,
            "name": party.name,
            "group_size": party.group_size,
            "guardian_name": party.guardian_name,
            "answers": party.answers,
            "created_at": timezone.localtime(party.created_at),
        }


class RegistrationShape(PartyShape):
    """What whoever holds the code may see."""

    status: RegistrationStatus
    position: int | None = Field(description=_("Which in line, from 1; null: not on the waiting list"))
    offer_ends_at: dt.datetime | None = Field(description=OFFER_ENDS)
    people: list[PersonShape] = Field(description=NAMED)
    can_cancel: bool
    session: SessionOfActivity
    page: str = Field(description=PAGE)
    ticket: str | None = Field(description=_("Address of the ticket as PDF; null without a place"))
    calendar: str = Field(description=_("Address of the meeting as iCalendar"))

    @classmethod
    def loaded(cls, registration: Registration, *, at: dt.datetime, position: int | None) -> Self:
        """Of a registration that came with its people and its session's activity, institution and room."""
        session = registration.session
        here = [session.pk, registration.code]
        is_alive = registration.holds_places or registration.is_waiting
        return cls(
            **cls.party(registration),
            status=RegistrationStatus(registration.status),
            position=position,
            offer_ends_at=_local(registration.offer_ends_at),
            people=[PersonShape.of(person) for person in registration.participants.all()],
            can_cancel=is_alive and session.status == SessionStatus.PLANNED and session.ends_at > at,
            session=SessionOfActivity.loaded(session),
            page=reverse("portal:activities-registration-detail", args=here),
            ticket=reverse("portal:activities-ticket-pdf", args=here) if registration.is_confirmed else None,
            calendar=reverse("portal:activities-registration-calendar", args=here),
        )


class PlaceInSeries(Shape):
    """How a member of a series stands at one of its sessions."""

    code: str
    status: RegistrationStatus
    session: SessionShape

    @classmethod
    def of(cls, registration: Registration) -> Self:
        """Of a registration that came with its session and room."""
        return cls(
            code=registration.code_shown,
            status=RegistrationStatus(registration.status),
            session=SessionShape.of(registration.session),
        )


class EnrolmentShape(PartyShape):
    """What whoever holds the code of a series may see. Sessions to come without a registration are full."""

    ended_at: dt.datetime | None = Field(description=_("When they left; null: still in it"))
    people: list[PersonShape] = Field(description=NAMED)
    registrations: list[PlaceInSeries]
    page: str = Field(description=PAGE)
    calendar: str = Field(description=_("Address of the meetings as iCalendar"))

    @classmethod
    def loaded(cls, enrolment: Enrolment, people: Sequence[Participant]) -> Self:
        """Of an enrolment that came with its registrations and their sessions."""
        return cls(
            **cls.party(enrolment),
            ended_at=_local(enrolment.ended_at),
            people=[PersonShape.of(person) for person in people],
            registrations=[PlaceInSeries.of(each) for each in enrolment.registrations.all()],
            page=reverse("portal:activities-enrolment-detail", args=[enrolment.activity_id, enrolment.code]),
            calendar=reverse("portal:activities-enrolment-calendar", args=[enrolment.activity_id, enrolment.code]),
        )


class ChangedEnrolment(EnrolmentShape):
    """A series as it is after a change."""

    kept: list[PlaceInSeries] = Field(description=KEPT)

    @classmethod
    def after(cls, enrolment: EnrolmentShape, kept: Sequence[Registration]) -> Self:
        return cls(**dict(enrolment), kept=[PlaceInSeries.of(each) for each in kept])


class Contact(PartyShape):
    """A party as staff see it."""

    id: uuid.UUID
    phone: str
    email: str

    @classmethod
    def contact(cls, party: Registration | Enrolment) -> dict[str, Any]:
        seen = {"id": party.pk, "phone": party.phone, "email": party.email}
        return {**cls.party(party), **seen}


class RegistrationOfStaff(Contact):
    """A registration as staff see it."""

    status: RegistrationStatus
    waiting_since: dt.datetime | None = Field(description=_("Since when in line; it stays once a place is given"))
    offer_ends_at: dt.datetime | None = Field(description=OFFER_ENDS)
    in_series: bool = Field(description=_("Made by joining the whole series"))
    people: list[PersonShape]

    @classmethod
    def of(cls, registration: Registration) -> Self:
        """Of a registration that came with its people."""
        return cls(
            **cls.contact(registration),
            status=RegistrationStatus(registration.status),
            waiting_since=_local(registration.waiting_since),
            offer_ends_at=_local(registration.offer_ends_at),
            in_series=registration.enrolment_id is not None,
            people=[PersonShape.of(person) for person in registration.participants.all()],
        )


class Member(Contact):
    """Somebody in a whole series, as staff see it."""

    ended_at: dt.datetime | None = Field(description=_("When they left; null: still in it"))

    @classmethod
    def of(cls, enrolment: Enrolment) -> Self:
        return cls(**cls.contact(enrolment), ended_at=_local(enrolment.ended_at))


class ChangedMember(Member):
    """A member as they are after a change."""

    people: list[PersonShape] = Field(description=NAMED)
    kept: list[PlaceInSeries] = Field(description=KEPT)

    @classmethod
    def after(cls, enrolment: Enrolment, people: Sequence[Participant], kept: Sequence[Registration]) -> Self:
        return cls(
            **dict(Member.of(enrolment)),
            people=[PersonShape.of(person) for person in people],
            kept=[PlaceInSeries.of(each) for each in kept],
        )


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    return timezone.localtime(moment) if moment else None
