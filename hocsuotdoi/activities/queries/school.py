"""Programmes for schools and the visits of classes: what the public finds, what staff have to answer."""

import datetime as dt
from dataclasses import dataclass, replace

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import ActivityStatus, BookingStatus, SessionStatus
from hocsuotdoi.activities.models import Activity, ClassBooking, Rating, SchoolProgramme, Session
from hocsuotdoi.activities.models.booking import grade_in_words
from hocsuotdoi.activities.queries.roll import Roll, roll_of
from hocsuotdoi.core.ordering import vietnamese_order
from hocsuotdoi.core.vietnamese import fold, search_expression
from hocsuotdoi.ledger.enums import AgeBand, Sex
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement
from hocsuotdoi.places.queries.institutions import placed_in

LATEST_AGREEMENTS = 500
"""So many are looked through for the one with a school; its name is typed by hand each time."""


@dataclass(frozen=True, slots=True)
class SchoolWish:
    """What a teacher looks for; what is None or empty is not asked about."""

    grade: int | None = None
    subject: str = ""
    unit: AdminUnit | None = None
    institution: Institution | None = None
    words: str = ""


def programmes(wish: SchoolWish, *, at: dt.datetime) -> QuerySet[Activity]:
    """Programmes that classes may ask for and that fit `wish`, by title; two queries. Each has `place_name`, its
    institution, and what schools are told in `told` (a list of at most one). One that names no grade is for all."""
    found = _with_place(at).filter(
        is_bookable=True, status__in=[ActivityStatus.PUBLISHED, ActivityStatus.HELD], published_at__isnull=False
    )
    if wish.grade is not None:
        found = found.filter(Q(grades__contains=[wish.grade]) | Q(grades=[]))
    if wish.subject:
        found = found.filter(subjects__contains=[wish.subject])
    if wish.unit is not None:
        found = found.filter(institution__in=placed_in(wish.unit, timezone.localdate(at)).order_by().values("pk"))
    if wish.institution is not None:
        found = found.filter(institution=wish.institution)
    if words := search_expression(wish.words):
        found = found.filter(search_vector=SearchQuery(words, config="simple", search_type="raw"))
    return found.order_by(vietnamese_order("title"), "institution__sort_key", "id")


def programme_page(*, at: dt.datetime) -> QuerySet[Activity]:
    """Programmes as `programmes` has them, those too that can no longer be asked for: their bookings stay."""
    return _with_place(at).filter(Q(is_bookable=True) | Q(school_programmes__isnull=False), published_at__isnull=False)


def told_of(activity: Activity) -> SchoolProgramme:
    """What schools are told; the defaults where nobody has said anything."""
    told: list[SchoolProgramme] | None = getattr(activity, "told", None)
    if told is None:
        told = list(SchoolProgramme.objects.filter(institution_id=activity.institution_id, activity=activity))
    return told[0] if told else SchoolProgramme(activity=activity)


def _with_place(at: dt.datetime) -> QuerySet[Activity]:
    placement = InstitutionPlacement.objects.on(timezone.localdate(at)).filter(institution=OuterRef("institution"))
    return (
        Activity.objects.select_related("institution")
        .annotate(
            place_name=Subquery(placement.values("unit__name")[:1]), address=Subquery(placement.values("address")[:1])
        )
        .prefetch_related(Prefetch("school_programmes", SchoolProgramme.objects.all(), to_attr="told"))
    )


TABS = ("to_answer", "asked_back", "confirmed", "to_report", "done", "off")
"""The staff's list, by what is to be done: each booking stands in one of these."""


def _in_tab(tab: str) -> Q:
    proposed, confirmed = Q(status=BookingStatus.PROPOSED), Q(status=BookingStatus.CONFIRMED)
    match tab:
        case "to_answer":
            return (proposed & Q(answered_at=None)) | (confirmed & Q(session__status=SessionStatus.CANCELLED))
        case "asked_back":
            return proposed & Q(answered_at__isnull=False)
        case "confirmed":
            return confirmed & Q(session__status=SessionStatus.PLANNED)
        case "to_report":
            return confirmed & Q(session__status=SessionStatus.CLOSED, reported_at=None)
        case "done":
            return confirmed & Q(session__status=SessionStatus.CLOSED, reported_at__isnull=False)
        case _:
            return Q(status__in=[BookingStatus.DECLINED, BookingStatus.WITHDRAWN])


def staff_bookings(person: Someone, tab: str, *, at: dt.datetime) -> QuerySet[ClassBooking]:
    """Bookings at institutions whose activities `person` sees as staff, for one of `TABS`: what waits longest first,
    confirmed visits in order of time, the rest the latest first. One query."""
    found = bookings_seen_by(person, at=at).filter(_in_tab(tab))
    match tab:
        case "to_answer" | "asked_back":
            return found.order_by("created_at", "id")
        case "confirmed" | "to_report":
            return found.order_by("session__starts_at", "id")
        case _:
            return found.order_by("-created_at", "id")


def bookings_seen_by(person: Someone, *, at: dt.datetime) -> QuerySet[ClassBooking]:
    covered = institutions_covered(person, Permission.VIEW_ACTIVITY, timezone.localdate(at))
    return ClassBooking.objects.filter(institution__in=covered).select_related(
        "activity", "institution", "session__room"
    )


def booking_counts(person: Someone, *, at: dt.datetime) -> dict[str, int]:
    """How many bookings each of `TABS` holds; one query."""
    covered = institutions_covered(person, Permission.VIEW_ACTIVITY, timezone.localdate(at))
    counts: dict[str, int] = ClassBooking.objects.filter(institution__in=covered).aggregate(
        **{tab: Count("pk", _in_tab(tab)) for tab in TABS}
    )
    return counts


def bookings_to_answer(person: Someone, *, at: dt.datetime) -> QuerySet[ClassBooking]:
    """What waits for an answer of `person`, the oldest first."""
    covered = institutions_covered(person, Permission.EDIT_ACTIVITY, timezone.localdate(at))
    return (
        ClassBooking.objects.filter(_in_tab("to_answer"), institution__in=covered)
        .select_related("activity", "institution")
        .order_by("created_at", "id")
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    number: str
    agreed_on: dt.date
    by_school: str
    by_institution: str


def agreement_with(booking: ClassBooking) -> Agreement | None:
    """The latest agreement of the institution with the booking's school: this booking's own, else that of an earlier
    visit, the school's name compared without marks and capitals."""
    if booking.agreement_number and booking.agreed_on:
        return _agreement(booking)
    signed = (
        ClassBooking.objects.filter(institution_id=booking.institution_id, agreed_on__isnull=False)
        .exclude(agreement_number="")
        .order_by("-agreed_on", "-created_at")[:LATEST_AGREEMENTS]
    )
    school = fold(booking.school)
    return next((_agreement(each) for each in signed if fold(each.school) == school), None)


def _agreement(booking: ClassBooking) -> Agreement:
    assert booking.agreed_on is not None
    return Agreement(
        booking.agreement_number, booking.agreed_on, booking.agreed_by_school, booking.agreed_by_institution
    )


def grades_in_words(grades: list[int]) -> str:
    """«grades 6–9», «preschool, grades 1–5»; nothing for none."""
    spans: list[list[int]] = []
    for grade in sorted(grades):
        if grade and spans and spans[-1][1] == grade - 1 and spans[-1][0]:
            spans[-1][1] = grade
        else:
            spans.append([grade, grade])
    words = [
        grade_in_words(first) if first == last else _("grades {first}–{last}").format(first=first, last=last)
        for first, last in spans
    ]
    return ", ".join(words)


def age_band_of(grade: int) -> AgeBand:
    """In which age band most pupils of a grade are; preschool is grade 0."""
    if grade == 0:
        return AgeBand.UNDER_6
    if grade <= 5:
        return AgeBand.CHILD
    return AgeBand.TEEN if grade <= 9 else AgeBand.YOUTH


def headcount_cells(
    booking: ClassBooking, *, girls: int, boys: int, adults: int
) -> dict[tuple[str | None, str | None], int]:
    """The cells of the roll's tally that a class makes: (sex, age band) → people. Of the adults neither is known."""
    band = age_band_of(booking.grade)
    return {(Sex.FEMALE, band): girls, (Sex.MALE, band): boys, (None, None): adults}


@dataclass(frozen=True, slots=True)
class Headcount:
    girls: int
    boys: int
    adults: int
    is_taken: bool


def headcount_of(booking: ClassBooking, roll: Roll | None) -> Headcount:
    """The class as it was counted, or as it was announced while nothing is on the roll."""
    band = age_band_of(booking.grade)
    if roll is None or roll.is_untouched:
        return Headcount(booking.girls, booking.boys, booking.adults, False)
    cells = [(Sex.FEMALE, band), (Sex.MALE, band), (None, None)]
    girls, boys, adults = (roll.tally.get(cell, 0) for cell in cells)
    return Headcount(girls, boys, adults, True)


def visit_at(session: Session) -> ClassBooking | None:
    """The class's visit that `session` was made for."""
    found = ClassBooking.objects.filter(
        institution_id=session.institution_id, session=session, status=BookingStatus.CONFIRMED
    )
    return found.first()


def roll_without_class(roll: Roll) -> Roll:
    """The roll of a visit without the class's own line: its people are counted by the headcount, beside it. A line on
    which somebody was marked all the same stays, to be put right."""
    return replace(roll, lines=[line for line in roll.lines if line.is_walk_in or line.present])


def roll_of_visit(booking: ClassBooking) -> Roll | None:
    return roll_of(booking.session) if booking.session else None


def faces_of(session: Session) -> dict[int, int]:
    """How often each face was given at a session."""
    given = Rating.objects.filter(institution_id=session.institution_id, session=session)
    return dict(given.values_list("face").annotate(Count("pk")).order_by("-face"))
