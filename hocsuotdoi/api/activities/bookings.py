"""A class's visit as the teacher has it: asked for, looked up, changed and withdrawn, with a code and no account."""

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.enums import Subject
from hocsuotdoi.activities.models import ClassBooking
from hocsuotdoi.activities.operations.school import ASKED, MOST_MOMENTS, book_visit, change_booking, withdraw_booking
from hocsuotdoi.activities.queries.school import programme_page
from hocsuotdoi.api.activities.parties import FORM_KEY, IdempotencyKey, key_of, plain_code
from hocsuotdoi.api.activities.schemas_schools import RISKS, TRANSPORT, OwnBooking
from hocsuotdoi.api.routing import ApiRouter, personal
from hocsuotdoi.api.shapes import Given, Moment, Readable, Whole

router = ApiRouter("activities", tag=_("Visits of classes"))

Pupils = Annotated[Whole, Field(ge=0, le=1000)]


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
    transport: Annotated[str, Readable] = Field("", max_length=300, description=TRANSPORT)
    risks: Annotated[str, Readable] = Field("", max_length=2000, description=RISKS)
    form_key: uuid.UUID | None = Field(None, description=FORM_KEY)

    def asked(self) -> dict[str, Any]:
        return {**{name: getattr(self, name) for name in ASKED}, "subject": self.subject or ""}


class BookingChange(NewBooking):
    """All of it anew."""


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
    return OwnBooking.of(booking_by_code(pk, code))


@router.put(
    "/offers/{uuid:pk}/bookings/{slug:code}",
    response=OwnBooking,
    summary=_("Change a request"),
    description=_("While nobody has answered, or when the institution asked for other days."),
)
@public
@personal
def booking_edit(request: HttpRequest, pk: uuid.UUID, code: str, given: BookingChange) -> OwnBooking:
    return _own(change_booking(booking_by_code(pk, code), at=timezone.now(), **given.asked()))


@router.post(
    "/offers/{uuid:pk}/bookings/{slug:code}/withdraw",
    response=OwnBooking,
    summary=_("Withdraw a visit"),
    description=_("The class does not come. Withdrawing again changes nothing."),
)
@public
@personal
def booking_withdraw(request: HttpRequest, pk: uuid.UUID, code: str) -> OwnBooking:
    return _own(withdraw_booking(booking_by_code(pk, code), at=timezone.now()))


def booking_by_code(pk: uuid.UUID, code: str) -> ClassBooking:
    found = ClassBooking.objects.select_related("activity__institution", "institution", "session__room")
    return get_object_or_404(found, activity=pk, code=plain_code(code))


def _own(booking: ClassBooking) -> OwnBooking:
    """As it is now."""
    return OwnBooking.of(booking_by_code(booking.activity_id, booking.code))
