"""A class's visit: asking for it and withdrawing it with a code; the staff's answer."""

import datetime as dt
import uuid
from enum import StrEnum
from typing import Annotated, Any, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query, Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, require, requires
from hocsuotdoi.activities.enums import BookingStatus, Subject
from hocsuotdoi.activities.models import ClassBooking
from hocsuotdoi.activities.operations.school import (
    ASKED,
    MOST_MOMENTS,
    ask_for_change,
    book_visit,
    change_booking,
    confirm_booking,
    decline_booking,
    withdraw_booking,
)
from hocsuotdoi.activities.queries.school import TABS, bookings_seen_by, programme_page, staff_bookings
from hocsuotdoi.api.activities.parties import FORM_KEY, IdempotencyKey, key_of, plain_code
from hocsuotdoi.api.activities.schemas import SessionShape
from hocsuotdoi.api.activities.sessions import ROOM, Venue, room_of
from hocsuotdoi.api.routing import ApiRouter, personal
from hocsuotdoi.api.shapes import Asked, Given, Listed, Moment, Readable, Shape, Whole, listed

router = ApiRouter("activities", tag=_("Visits of classes"))

Answer = Annotated[str, Readable, Field(max_length=500, description=_("A word to the teacher"))]
Pupils = Annotated[Whole, Field(ge=0, le=1000)]
Tab = StrEnum("Tab", {name.upper(): name for name in TABS})


class NewBooking(Given):
    """What a teacher fills in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "school": "Trường THCS Đức Xuân",
                    "class_name": "7A1",
                    "grade": 7,
                    "teacher": "Hà Thị Thơm",
                    "phone": "0912 345 678",
                    "girls": 20,
                    "boys": 18,
                    "adults": 2,
                    "proposed": ["2026-12-08T08:00:00+07:00"],
                    "form_key": "0193e3c0-0000-7000-8000-000000000006",
                }
            ]
        }
    )

    school: Annotated[str, Readable] = Field(max_length=200)
    class_name: Annotated[str, Readable] = Field(max_length=60)
    grade: Whole = Field(description=_("0: preschool, to 12"))
    subject: Subject | None = None
    teacher: Annotated[str, Readable] = Field(max_length=120)
    phone: Annotated[str, Readable] = Field(max_length=30)
    email: Annotated[str, Readable] = Field("", max_length=254)
    girls: Pupils
    boys: Pupils
    adults: Pupils = 0
    proposed: list[Moment] = Field(max_length=MOST_MOMENTS, description=_("One to three moments, the best first"))
    wishes: Annotated[str, Readable] = Field("", max_length=2000)
    transport: Annotated[str, Readable] = Field("", max_length=300, description=_("How the class comes"))
    risks: Annotated[str, Readable] = Field("", max_length=2000, description=_("What to take care of"))
    form_key: uuid.UUID | None = Field(None, description=FORM_KEY)

    def asked(self) -> dict[str, Any]:
        return {**{name: getattr(self, name) for name in ASKED}, "subject": self.subject or ""}


class BookingChange(NewBooking):
    """All of it anew."""


class Confirmation(Given):
    """When the class is expected."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"starts_at": "2026-12-08T08:00:00+07:00"}]})

    starts_at: Moment
    minutes: Annotated[Whole, Field(ge=15, le=600)] | None = Field(None, description=_("null: as the programme says"))
    room: Whole | None = Field(None, description=ROOM)
    venue: Venue = ""
    answer: Answer = ""


class Reply(Given):
    """Words to the teacher."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "Ngày đó bảo tàng kiểm kê hiện vật."}]})

    answer: Answer


class BookingShape(Shape):
    """A request and what became of it."""

    id: uuid.UUID
    status: BookingStatus
    school: str
    class_name: str
    grade: int
    subject: Subject | None
    teacher: str
    girls: int
    boys: int
    adults: int
    proposed: list[dt.datetime]
    answer: str
    report: str = Field(description=_("What the institution reports after the visit"))
    session: SessionShape | None

    @classmethod
    def fields_of(cls, booking: ClassBooking) -> dict[str, Any]:
        """Of a booking that came with its session and room."""
        plain = ("school", "class_name", "grade", "teacher", "girls", "boys", "adults", "answer", "report")
        return {
            **{name: getattr(booking, name) for name in plain},
            "id": booking.pk,
            "status": BookingStatus(booking.status),
            "subject": Subject(booking.subject) if booking.subject else None,
            "proposed": [timezone.localtime(moment) for moment in booking.proposed],
            "session": SessionShape.of(booking.session) if booking.session else None,
        }

    @classmethod
    def of(cls, booking: ClassBooking) -> Self:
        return cls(**cls.fields_of(booking))


class OwnBooking(BookingShape):
    """As the teacher sees it, who alone holds the code."""

    code: str = Field(description=_("To look up, change and withdraw; show it only to the teacher"))

    @classmethod
    def of(cls, booking: ClassBooking) -> Self:
        return cls(**cls.fields_of(booking), code=booking.code_shown)


class BookingFilter(Asked):
    tab: Tab = Field(Tab("to_answer"), description=_("By what is to be done"))


@router.post(
    "/offers/{uuid:pk}/bookings",
    response={201: OwnBooking, 200: OwnBooking},
    summary=_("Ask for a visit of a class"),
    description=_("Of an activity that classes may ask for. The same key again answers with the first request (200)."),
)
@public
@personal
def booking_create(request: HttpRequest, pk: uuid.UUID, given: NewBooking, idempotency_key: IdempotencyKey) -> Status:
    now = timezone.now()
    activity = get_object_or_404(programme_page(at=now), pk=pk)
    booking = book_visit(activity, form_key=key_of(given.form_key, idempotency_key), at=now, **given.asked())
    return Status(201 if booking.created_at == now else 200, _own(booking))


@router.get(
    "/offers/{uuid:pk}/bookings/{slug:code}",
    response=OwnBooking,
    summary=_("Look up a visit"),
    description=_("Who holds activity and code may see it."),
)
@public
@personal
def booking_detail(request: HttpRequest, pk: uuid.UUID, code: str) -> OwnBooking:
    return OwnBooking.of(_by_code(pk, code))


@router.put(
    "/offers/{uuid:pk}/bookings/{slug:code}",
    response=OwnBooking,
    summary=_("Change a request"),
    description=_("While nobody has answered, or when the institution asked for other days."),
)
@public
@personal
def booking_edit(request: HttpRequest, pk: uuid.UUID, code: str, given: BookingChange) -> OwnBooking:
    return _own(change_booking(_by_code(pk, code), at=timezone.now(), **given.asked()))


@router.post(
    "/offers/{uuid:pk}/bookings/{slug:code}/withdraw",
    response=OwnBooking,
    summary=_("Withdraw a visit"),
    description=_("The class does not come. Withdrawing again changes nothing."),
)
@public
@personal
def booking_withdraw(request: HttpRequest, pk: uuid.UUID, code: str) -> OwnBooking:
    return _own(withdraw_booking(_by_code(pk, code), at=timezone.now()))


@router.get(
    "/staff/bookings",
    response=Listed[BookingShape],
    summary=_("Visits of my institutions"),
    description=_("What waits longest first."),
)
@requires(Permission.VIEW_ACTIVITY)
def booking_list(request: HttpRequest, asked: Query[BookingFilter]) -> Listed:
    return listed(staff_bookings(request.user, asked.tab, at=timezone.now()), asked, BookingShape.of)


@router.post(
    "/bookings/{uuid:pk}/confirm",
    response=BookingShape,
    summary=_("Confirm a visit"),
    description=_("Makes a session that holds the class; the teacher is told."),
)
@requires(Permission.EDIT_ACTIVITY)
def booking_confirm(request: HttpRequest, pk: uuid.UUID, given: Confirmation) -> BookingShape:
    booking = _editable(request, pk)
    fields = {**dict(given), "room": room_of(booking.institution, given.room, "room")}
    return _shown(confirm_booking(booking, by=request.user, at=timezone.now(), url=_url(request, booking), **fields))


@router.post(
    "/bookings/{uuid:pk}/ask",
    response=BookingShape,
    summary=_("Ask for other days"),
    description=_("Or for something else; the request stays open and the teacher is told."),
)
@requires(Permission.EDIT_ACTIVITY)
def booking_ask(request: HttpRequest, pk: uuid.UUID, given: Reply) -> BookingShape:
    booking = _editable(request, pk)
    now = timezone.now()
    return _shown(ask_for_change(booking, answer=given.answer, by=request.user, at=now, url=_url(request, booking)))


@router.post(
    "/bookings/{uuid:pk}/decline",
    response=BookingShape,
    summary=_("Decline a visit"),
    description=_("With the reason that the teacher is told. Declining again changes nothing."),
)
@requires(Permission.EDIT_ACTIVITY)
def booking_decline(request: HttpRequest, pk: uuid.UUID, given: Reply) -> BookingShape:
    booking = _editable(request, pk)
    now = timezone.now()
    return _shown(decline_booking(booking, answer=given.answer, by=request.user, at=now, url=_url(request, booking)))


def _by_code(pk: uuid.UUID, code: str) -> ClassBooking:
    found = ClassBooking.objects.select_related("activity__institution", "institution", "session__room")
    return get_object_or_404(found, activity=pk, code=plain_code(code))


def _editable(request: HttpRequest, pk: uuid.UUID) -> ClassBooking:
    booking = get_object_or_404(bookings_seen_by(request.user, at=timezone.now()), pk=pk)
    require(request.user, Permission.EDIT_ACTIVITY, booking)
    return booking


def _own(booking: ClassBooking) -> OwnBooking:
    """As it is now."""
    return OwnBooking.of(_by_code(booking.activity_id, booking.code))


def _shown(booking: ClassBooking) -> BookingShape:
    """As it is now."""
    return BookingShape.of(_by_code(booking.activity_id, booking.code))


def _url(request: HttpRequest, booking: ClassBooking) -> str:
    """The teacher's page, for the notice."""
    return request.build_absolute_uri(reverse("portal:activities-booking-detail", args=[booking.pk, booking.code]))
