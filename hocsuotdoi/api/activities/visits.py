"""Visits of classes as the staff have them: answered, agreed on, counted, reported."""

import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.models import ClassBooking
from hocsuotdoi.activities.operations.roll import MOST_IN_A_CELL
from hocsuotdoi.activities.operations.school import ask_for_change, confirm_booking, decline_booking
from hocsuotdoi.activities.operations.school_visit import record_agreement, send_report, take_headcount
from hocsuotdoi.activities.queries.school import TABS, agreement_with, headcount_of, roll_of_visit, staff_bookings
from hocsuotdoi.api.activities.found import acting, booking_of, room_of
from hocsuotdoi.api.activities.schemas_schools import BookingShape, VisitShape
from hocsuotdoi.api.activities.sessions import ROOM, Venue
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Day, Given, Listed, Moment, Readable, Whole, listed

router = ApiRouter("activities", tag=_("Visits of classes, for staff"))

Answer = Annotated[str, Readable, Field(max_length=500, description=_("A word to the teacher"))]
Signer = Annotated[str, Readable, Field(max_length=120)]
People = Annotated[Whole, Field(ge=0, le=MOST_IN_A_CELL)]
Tab = StrEnum("Tab", {name.upper(): name for name in TABS})


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


class AgreementGiven(Given):
    """The agreement on paper that the visit goes by."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": "12/TT-BT",
                    "agreed_on": "2026-11-09",
                    "by_school": "Nguyễn Văn Hòa, Hiệu trưởng",
                    "by_institution": "Hoàng Thị Lan, Giám đốc",
                }
            ]
        }
    )

    number: Annotated[str, Readable] = Field(max_length=60)
    agreed_on: Day = Field(description=_("The day on which it was signed"))
    by_school: Signer = Field(description=_("Who signed for the school"))
    by_institution: Signer = Field(description=_("Who signed for the institution"))


class HeadcountGiven(Given):
    """Who came of the class."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"girls": 19, "boys": 18, "adults": 2}]})

    girls: People
    boys: People
    adults: People


class ReportGiven(Given):
    """A few sentences for the school."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"report": "Các em đã tự tay in tranh và hỏi rất nhiều về nghề làm giấy."}]}
    )

    report: Annotated[str, Readable] = Field(max_length=5000, description=_("The numbers are added by itself"))


class BookingFilter(Asked):
    tab: Tab = Field(Tab("to_answer"), description=_("By what is to be done"))


@router.get(
    "/staff/bookings",
    response=Listed[BookingShape],
    summary=_("Visits of my institutions"),
    description=_("What waits longest first."),
)
@requires(Permission.VIEW_ACTIVITY)
def booking_list(request: HttpRequest, asked: Query[BookingFilter]) -> Listed:
    return listed(staff_bookings(request.user, asked.tab, at=timezone.now()), asked, BookingShape.of)


@router.get(
    "/bookings/{uuid:pk}",
    response=VisitShape,
    summary=_("One visit"),
    description=_("With the agreement that it goes by and the class as it was counted."),
)
@requires(Permission.VIEW_ACTIVITY)
def visit_detail(request: HttpRequest, pk: uuid.UUID) -> VisitShape:
    return _loaded(request, pk)


@router.post(
    "/bookings/{uuid:pk}/confirm",
    response=VisitShape,
    summary=_("Confirm a visit"),
    description=_("Makes a session that holds the class; the teacher is told."),
)
@requires(Permission.EDIT_ACTIVITY)
def booking_confirm(request: HttpRequest, pk: uuid.UUID, given: Confirmation) -> VisitShape:
    room = room_of(booking_of(request, pk, Permission.EDIT_ACTIVITY).institution, given.room, "room")
    return _after(confirm_booking, request, pk, tells=True, **{**dict(given), "room": room})


@router.post(
    "/bookings/{uuid:pk}/ask",
    response=VisitShape,
    summary=_("Ask for other days"),
    description=_("Or for something else; the request stays open and the teacher is told."),
)
@requires(Permission.EDIT_ACTIVITY)
def booking_ask(request: HttpRequest, pk: uuid.UUID, given: Reply) -> VisitShape:
    return _after(ask_for_change, request, pk, tells=True, answer=given.answer)


@router.post(
    "/bookings/{uuid:pk}/decline",
    response=VisitShape,
    summary=_("Decline a visit"),
    description=_("With the reason that the teacher is told. Declining again changes nothing."),
)
@requires(Permission.EDIT_ACTIVITY)
def booking_decline(request: HttpRequest, pk: uuid.UUID, given: Reply) -> VisitShape:
    return _after(decline_booking, request, pk, tells=True, answer=given.answer)


@router.post(
    "/bookings/{uuid:pk}/agreement",
    response=VisitShape,
    summary=_("Note the agreement with the school"),
    description=_("Of a confirmed visit; it takes the place of the one before, and is offered for the next visit."),
)
@requires(Permission.EDIT_ACTIVITY)
def booking_agree(request: HttpRequest, pk: uuid.UUID, given: AgreementGiven) -> VisitShape:
    return _after(record_agreement, request, pk, **dict(given))


@router.post(
    "/bookings/{uuid:pk}/headcount",
    response=VisitShape,
    summary=_("Count the class"),
    description=_("Puts those who came into the roll of the visit's session. Counted again, the new numbers stand."),
)
@requires(Permission.CALL_ROLL)
def booking_count(request: HttpRequest, pk: uuid.UUID, given: HeadcountGiven) -> VisitShape:
    return _after(take_headcount, request, pk, permission=Permission.CALL_ROLL, **dict(given))


@router.post(
    "/bookings/{uuid:pk}/report",
    response=VisitShape,
    summary=_("Report to the school"),
    description=_("Once the visit's session is closed; the teacher is told, once."),
)
@requires(Permission.EDIT_ACTIVITY)
def booking_report(request: HttpRequest, pk: uuid.UUID, given: ReportGiven) -> VisitShape:
    return _after(send_report, request, pk, tells=True, report=given.report)


def _after(
    act: Callable[..., Any],
    request: HttpRequest,
    pk: uuid.UUID,
    *,
    permission: Permission = Permission.EDIT_ACTIVITY,
    tells: bool = False,
    **given: Any,
) -> VisitShape:
    """The visit as it is once `act` was done with it. `tells`: the teacher, who needs the address of their page."""
    booking = booking_of(request, pk, permission)
    if tells:
        given["url"] = _url(request, booking)
    act(booking, **given, **acting(request))
    return _loaded(request, pk)


def _loaded(request: HttpRequest, pk: uuid.UUID) -> VisitShape:
    booking = booking_of(request, pk, Permission.VIEW_ACTIVITY)
    return VisitShape.loaded(
        booking,
        agreement=agreement_with(booking),
        headcount=headcount_of(booking, roll_of_visit(booking) if booking.is_confirmed else None),
        sees_names=request.person_may(Permission.VIEW_PARTICIPANTS, booking),
    )


def _url(request: HttpRequest, booking: ClassBooking) -> str:
    """The teacher's page, for the notice."""
    return request.build_absolute_uri(reverse("portal:activities-booking-detail", args=[booking.pk, booking.code]))
