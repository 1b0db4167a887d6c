"""What goes out about programmes for schools and the visits of classes. None of the shapes causes a query."""

import datetime as dt
import uuid
from typing import Any, Self

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from pydantic import Field

from hocsuotdoi.activities.enums import ActivityStatus, BookingStatus, Subject
from hocsuotdoi.activities.models import Activity, ClassBooking
from hocsuotdoi.activities.queries.school import Agreement, Headcount, told_of
from hocsuotdoi.api.activities.schemas import PAGE, OfferShape, SessionShape
from hocsuotdoi.api.shapes import Shape

GRADES = _("School grades, 0: preschool; empty: all")
TRANSPORT = _("How the class comes")
RISKS = _("What to take care of")
KNOWLEDGE = _("What pupils learn")
SKILLS = _("Life skills that pupils practise")
BRING = _("What the class brings")
MOST_PEOPLE = _("Most people at one time, adults included")


class ProgrammeShape(OfferShape):
    """An activity that classes may ask for, with what schools are told of it."""

    description: str
    place_name: str | None = Field(description=_("The unit that the institution stands in today"))
    address: str | None
    grades: list[int] = Field(description=GRADES)
    subjects: list[Subject]
    knowledge: str = Field(description=KNOWLEDGE)
    skills: str = Field(description=SKILLS)
    bring: str = Field(description=BRING)
    minutes: int = Field(description=_("How long a visit takes"))
    most_people: int = Field(description=MOST_PEOPLE)
    can_be_booked: bool = Field(description=_("Classes may ask for it now"))

    @classmethod
    def loaded(cls, activity: Activity) -> Self:
        """Of what `queries.school.programmes` and `programme_page` load."""
        told = told_of(activity)
        fields = cls.fields_of(activity, activity.institution)
        open_states = (ActivityStatus.PUBLISHED, ActivityStatus.HELD)
        return cls(
            **{**fields, "page": reverse("portal:activities-programme-detail", args=[activity.pk])},
            description=activity.description,
            place_name=activity.place_name,
            address=activity.address,
            grades=activity.grades,
            subjects=activity.subjects,
            **{name: getattr(told, name) for name in ("knowledge", "skills", "bring", "minutes", "most_people")},
            can_be_booked=activity.is_bookable and activity.status in open_states,
        )


class BookingShape(Shape):
    """A request and what became of it."""

    id: uuid.UUID
    status: BookingStatus
    offer: uuid.UUID = Field(description=_("Id of the activity"))
    school: str
    class_name: str
    grade: int
    subject: Subject | None
    teacher: str
    girls: int
    boys: int
    adults: int
    proposed: list[dt.datetime]
    wishes: str
    transport: str = Field(description=TRANSPORT)
    risks: str = Field(description=RISKS)
    answer: str
    report: str = Field(description=_("What the institution reports after the visit"))
    reported_at: dt.datetime | None
    session: SessionShape | None

    @classmethod
    def fields_of(cls, booking: ClassBooking) -> dict[str, Any]:
        """Of a booking that came with its session and room."""
        plain = ("school", "class_name", "grade", "teacher", "girls", "boys", "adults", "wishes", "transport", "risks")
        return {
            **{name: getattr(booking, name) for name in (*plain, "answer", "report")},
            "id": booking.pk,
            "status": BookingStatus(booking.status),
            "offer": booking.activity_id,
            "subject": Subject(booking.subject) if booking.subject else None,
            "proposed": [timezone.localtime(moment) for moment in booking.proposed],
            "reported_at": timezone.localtime(booking.reported_at) if booking.reported_at else None,
            "session": SessionShape.of(booking.session) if booking.session else None,
        }

    @classmethod
    def of(cls, booking: ClassBooking) -> Self:
        return cls(**cls.fields_of(booking))


class OwnBooking(BookingShape):
    """As the teacher sees it, who alone holds the code."""

    code: str = Field(description=_("To look up, change and withdraw; show it only to the teacher"))
    phone: str
    email: str
    page: str = Field(description=PAGE)
    agreement_paper: str | None = Field(description=_("Address of the agreement as PDF; null until it is confirmed"))
    report_paper: str | None = Field(description=_("Address of the report as PDF; null until there is one"))

    @classmethod
    def of(cls, booking: ClassBooking) -> Self:
        here = [booking.pk, booking.code]
        agreement = reverse("portal:activities-booking-agreement", args=here)
        report = reverse("portal:activities-booking-report", args=here)
        return cls(
            **cls.fields_of(booking),
            code=booking.code_shown,
            phone=booking.phone,
            email=booking.email,
            page=reverse("portal:activities-booking-detail", args=here),
            agreement_paper=agreement if booking.is_confirmed else None,
            report_paper=report if booking.reported_at else None,
        )


class AgreementShape(Shape):
    """What institution and school agreed on in writing."""

    number: str
    agreed_on: dt.date
    by_school: str
    by_institution: str


class HeadcountShape(Shape):
    """The class as it was counted, or as it was announced until then."""

    girls: int
    boys: int
    adults: int
    is_taken: bool = Field(description=_("Counted; false: as announced"))


class VisitShape(BookingShape):
    """As staff see one visit. `phone` and `email` are null for those who may not see names."""

    phone: str | None
    email: str | None
    agreement: AgreementShape | None = Field(description=_("This visit's, else the latest one with the school"))
    headcount: HeadcountShape

    @classmethod
    def loaded(
        cls, booking: ClassBooking, *, agreement: Agreement | None, headcount: Headcount, sees_names: bool
    ) -> Self:
        return cls(
            **cls.fields_of(booking),
            phone=booking.phone if sees_names else None,
            email=booking.email if sees_names else None,
            agreement=AgreementShape(
                number=agreement.number,
                agreed_on=agreement.agreed_on,
                by_school=agreement.by_school,
                by_institution=agreement.by_institution,
            )
            if agreement
            else None,
            headcount=HeadcountShape(
                girls=headcount.girls, boys=headcount.boys, adults=headcount.adults, is_taken=headcount.is_taken
            ),
        )
