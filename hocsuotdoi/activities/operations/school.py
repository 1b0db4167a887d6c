"""A class's visit: what schools are told, asking for a visit, answering, and taking it back.

Whoever answers or withdraws locks the booking first and the session after it: two answers given at once become one.
What follows on the visit (agreement, headcount, report) is in `operations.school_visit`.
"""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import (
    ActivityStatus,
    BookingStatus,
    NoticeKind,
    NoticeState,
    SessionStatus,
    Subject,
)
from hocsuotdoi.activities.models import Activity, ClassBooking, Notice, Registration, SchoolProgramme, Session
from hocsuotdoi.activities.operations.activity import NewSession, add_session, cancel_session
from hocsuotdoi.activities.operations.places import lock_activity_of
from hocsuotdoi.activities.operations.registration import CODE_LENGTH, CODE_LETTERS, cancel_registration
from hocsuotdoi.activities.operations.session_checks import SessionRefused
from hocsuotdoi.activities.operations.wording import one_line, phone_number
from hocsuotdoi.core.channels.message import Reach
from hocsuotdoi.core.channels.registry import offered
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.jobs import enqueue
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.templatetags.house import moment as spoken
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus, Room

LAST_GRADE = 12
FARTHEST_VISIT = dt.timedelta(days=366)
MOST_MOMENTS = 3
LARGEST_VISIT = 1_000
MINUTES = 90
"""How long a visit takes where the programme does not say."""

ANSWER_DAYS = 3
"""Within so many days a school has its answer: told to the teacher, and late for staff afterwards."""

ASKED = (
    "school",
    "class_name",
    "grade",
    "subject",
    "teacher",
    "phone",
    "email",
    "girls",
    "boys",
    "adults",
    "proposed",
    "wishes",
    "transport",
    "risks",
)
"""What a teacher fills in, and may change while nobody has answered."""


class BookingRefused(Refused):
    """The visit cannot be asked for or changed so."""


class BadBooking(BookingRefused):
    """A value that no visit can have."""


class NotBookable(BookingRefused):
    """Classes cannot ask for this programme (any more)."""


class AlreadyAnswered(BookingRefused):
    """The visit was confirmed, declined or withdrawn before."""


@transaction.atomic
def offer_to_schools(
    activity: Activity,
    *,
    is_bookable: bool,
    grades: Iterable[int],
    subjects: Iterable[str],
    knowledge: str = "",
    skills: str = "",
    bring: str = "",
    minutes: int = MINUTES,
    most_people: int = 50,
    by: Person | None,
    at: dt.datetime,
) -> Activity:
    """Say what schools are told of the activity, and whether classes may ask for it. Bookings made before stay.

    Refused: a cancelled activity, grades and subjects that do not exist, a length or a number of people that no visit
    can have, texts that are too long.
    """
    activity = Activity.objects.select_for_update(no_key=True).get(
        institution_id=activity.institution_id, pk=activity.pk
    )
    if activity.status == ActivityStatus.CANCELLED:
        raise NotBookable(_("This activity is cancelled and can no longer be changed."))
    grades, subjects = sorted(set(grades)), sorted(set(subjects))
    if not all(0 <= grade <= LAST_GRADE for grade in grades) or not set(subjects) <= set(Subject.values):
        raise BadBooking(_("Choose grades and subjects from the list."), field="grades")
    if not 15 <= minutes <= 600:
        raise BadBooking(_("A visit takes from 15 minutes to 10 hours."), field="minutes")
    if not 1 <= most_people <= LARGEST_VISIT:
        raise BadBooking(
            _("Give how many people can come at one time: 1 to {most}.").format(most=LARGEST_VISIT), field="most_people"
        )
    activity.is_bookable, activity.grades, activity.subjects = is_bookable, grades, subjects
    activity.save(update_fields=["is_bookable", "grades", "subjects"])
    SchoolProgramme.objects.update_or_create(
        institution_id=activity.institution_id,
        activity=activity,
        defaults={
            "knowledge": several_lines(knowledge, longest=2000, field="knowledge"),
            "skills": several_lines(skills, longest=2000, field="skills"),
            "bring": several_lines(bring, longest=500, field="bring"),
            "minutes": minutes,
            "most_people": most_people,
        },
    )
    return activity


@transaction.atomic
def book_visit(activity: Activity, *, form_key: uuid.UUID, at: dt.datetime, **asked: Any) -> ClassBooking:
    """Ask for a visit of a class; `asked` holds `ASKED`. The same `form_key` again returns the first request.

    Refused: a programme that classes cannot ask for, no readable names, no phone, a grade it is not made for, nobody or
    too many, no moment or one that is past, too far ahead or on a day when the institution is closed.
    """
    institution_id = activity.institution_id
    if first := ClassBooking.objects.filter(institution_id=institution_id, form_key=form_key).first():
        return first
    activity = Activity.objects.select_related("institution").get(institution_id=institution_id, pk=activity.pk)
    if not activity.is_bookable or activity.status not in (ActivityStatus.PUBLISHED, ActivityStatus.HELD):
        raise NotBookable(_("Classes cannot book this programme at present. Please choose another one."))
    booking = ClassBooking(institution_id=institution_id, activity=activity, form_key=form_key, created_at=at)
    _put(booking, asked, at=at)
    while True:
        booking.code = "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH))
        try:
            with transaction.atomic():
                booking.save(force_insert=True)
            return booking
        except IntegrityError:
            if first := ClassBooking.objects.filter(institution_id=institution_id, form_key=form_key).first():
                return first
            # else the code was taken: another one


@transaction.atomic
def change_booking(booking: ClassBooking, *, at: dt.datetime, **asked: Any) -> ClassBooking:
    """Put what the teacher now asks for. A question of the institution counts as answered.

    Refused: what `book_visit` would refuse, and a request that was answered or withdrawn.
    """
    booking = locked_booking(booking)
    if not booking.is_proposed:
        raise AlreadyAnswered(
            _("This request has been answered or withdrawn and can no longer be changed. Please call.")
        )
    _put(booking, asked, at=at)
    booking.answer, booking.answered_at, booking.answered_by = "", None, None
    booking.save(update_fields=[*ASKED, "answer", "answered_at", "answered_by"])
    return booking


@transaction.atomic
def withdraw_booking(booking: ClassBooking, *, at: dt.datetime) -> ClassBooking:
    """The class does not come; a session that was made for it is cancelled. Withdrawing again changes nothing.

    Refused: a visit that was declined, or is going on or over.
    """
    booking = locked_booking(booking)
    if booking.status == BookingStatus.WITHDRAWN:
        return booking
    if booking.status == BookingStatus.DECLINED:
        raise AlreadyAnswered(_("The institution has declined this visit: there is nothing to withdraw."))
    _call_off(booking, reason=_("The school has withdrawn the visit."), at=at)
    booking.status = BookingStatus.WITHDRAWN
    booking.save(update_fields=["status"])
    return booking


@transaction.atomic
def confirm_booking(
    booking: ClassBooking,
    *,
    starts_at: dt.datetime,
    minutes: int | None = None,
    room: Room | None = None,
    venue: str = "",
    answer: str = "",
    by: Person | None,
    at: dt.datetime,
    url: str = "",
) -> ClassBooking:
    """Expect the class at `starts_at`, one of the moments it proposed or another one agreed with the teacher.

    Made: a session with as many places as people, all of them the class's (so nobody else can join it), and the class's
    confirmed registration. The teacher is told. Confirming the same moment again changes nothing; a visit whose session
    was cancelled may be confirmed anew. Refused: what `add_session` refuses, a room in use, a request that was answered
    otherwise.
    """
    booking = locked_booking(booking)
    if booking.is_confirmed and not _is_off(booking):
        assert booking.session is not None
        if booking.session.starts_at == starts_at:
            return booking
        raise AlreadyAnswered(
            _("This visit is confirmed for {when} already. To move it, change its session.").format(
                when=spoken(booking.session.starts_at)
            )
        )
    _check_open(booking)
    minutes = minutes or _minutes(booking)
    answer = several_lines(answer, longest=500, field="answer")
    new = NewSession(
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes),
        room=room,
        venue=venue,
        capacity=booking.people,
        for_class=True,
    )
    session = add_session(booking.activity, new=new, by=by, at=at)
    _register_class(booking, session, at=at)
    booking.session, booking.status = session, BookingStatus.CONFIRMED
    _answered(booking, answer, by=by, at=at)
    text = _("{institution} expects class {class_name} at {when}. {answer}").format(
        institution=booking.institution.name, class_name=booking.class_name, when=spoken(starts_at), answer=answer
    )
    tell_booking(
        booking, subject=_("The visit is confirmed"), text=text, about=f"confirmed:{session.pk}", at=at, url=url
    )
    return booking


@transaction.atomic
def ask_for_change(
    booking: ClassBooking, *, answer: str, by: Person | None, at: dt.datetime, url: str = ""
) -> ClassBooking:
    """Ask the teacher for other days or for something else; the request stays open. The teacher is told.

    Refused: no words, a request that was answered or withdrawn.
    """
    booking = locked_booking(booking)
    _check_open(booking)
    answer = several_lines(
        answer,
        longest=500,
        missing=_("Write what the teacher should change: other days, fewer people …"),
        field="answer",
    )
    _answered(booking, answer, by=by, at=at)
    about = f"asked:{at.isoformat()}"
    tell_booking(booking, subject=_("Please change your request"), text=answer, about=about, at=at, url=url)
    return booking


@transaction.atomic
def decline_booking(
    booking: ClassBooking, *, answer: str, by: Person | None, at: dt.datetime, url: str = ""
) -> ClassBooking:
    """The institution cannot take the class; a session that was made for it is cancelled. The teacher is told.

    Declining again changes nothing. Refused: no reason, a visit that was withdrawn, or is going on or over.
    """
    booking = locked_booking(booking)
    if booking.status == BookingStatus.DECLINED:
        return booking
    if booking.status == BookingStatus.WITHDRAWN:
        raise AlreadyAnswered(_("The school has withdrawn this visit: there is nothing to decline."))
    answer = several_lines(
        answer, longest=500, missing=_("Write in a few words why the class cannot come."), field="answer"
    )
    _call_off(booking, reason=answer[:300], at=at)
    booking.status = BookingStatus.DECLINED
    _answered(booking, answer, by=by, at=at)
    tell_booking(booking, subject=_("The visit cannot take place"), text=answer, about="declined", at=at, url=url)
    return booking


def tell_booking(booking: ClassBooking, *, subject: str, text: str, about: str, at: dt.datetime, url: str = "") -> None:
    """Write the teacher a notice, within the act that it tells of: by e-mail where there is an address, else to be told
    by phone. `about` keeps the same thing from being told twice. Nothing where names were erased."""
    if not (booking.email or booking.phone):
        return
    by_mail = bool(booking.email) and bool(offered(Reach.EMAIL))
    code = _("Code of the visit: {code}").format(code=booking.code_shown)
    Notice.objects.bulk_create(
        [
            Notice(
                institution_id=booking.institution_id,
                booking=booking,
                session=booking.session,
                kind=NoticeKind.BOOKING,
                channel="email" if by_mail else "",
                name=booking.teacher,
                address=booking.email if by_mail else booking.phone or booking.email,
                subject=f"{subject}: {booking.activity.title}"[:200],
                text=f"{text.strip()}\n{code}",
                url=url[:300],
                once=f"booking:{booking.pk}:{about}",
                state=NoticeState.WAITING if by_mail else NoticeState.TO_TELL,
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    if by_mail:
        enqueue("activities.send_notices")


def locked_booking(booking: ClassBooking) -> ClassBooking:
    """The booking as it is now, locked until the transaction ends. Locked first and read after that: rows joined to one
    that was waited for would be those of before the wait, so that a session just made would be missing."""
    row = ClassBooking.objects.filter(institution_id=booking.institution_id, pk=booking.pk)
    row.select_for_update(no_key=True).values_list("pk").get()
    return row.select_related("activity__institution", "institution", "session").get()


def _is_off(booking: ClassBooking) -> bool:
    """Its session was cancelled by itself."""
    return booking.session is not None and booking.session.status == SessionStatus.CANCELLED


def _check_open(booking: ClassBooking) -> None:
    if booking.status == BookingStatus.DECLINED:
        raise AlreadyAnswered(_("This visit was declined. The school can send a new request."))
    if booking.status == BookingStatus.WITHDRAWN:
        raise AlreadyAnswered(_("The school has withdrawn this visit."))
    if booking.is_confirmed and not _is_off(booking):
        raise AlreadyAnswered(_("This visit is confirmed already. Call the teacher, or decline it with a reason."))


def _answered(booking: ClassBooking, answer: str, *, by: Person | None, at: dt.datetime) -> None:
    booking.answer, booking.answered_at, booking.answered_by = answer, at, by.pk if by else None
    booking.save(update_fields=["session", "status", "answer", "answered_at", "answered_by"])


def _minutes(booking: ClassBooking) -> int:
    told = SchoolProgramme.objects.filter(institution_id=booking.institution_id, activity_id=booking.activity_id)
    return told.values_list("minutes", flat=True).first() or MINUTES


def _register_class(booking: ClassBooking, session: Session, *, at: dt.datetime) -> Registration:
    """All places of the session to the class. Its code is told to nobody: the class is looked up by the booking's."""
    taken = Session.objects.filter(
        institution_id=session.institution_id, pk=session.pk, places_taken=0, capacity=booking.people
    ).update(places_taken=F("places_taken") + booking.people)
    if not taken:
        raise SessionRefused(
            _("People of the series have places at this session already. Offer visits as a programme of their own.")
        )
    return Registration.objects.create(
        institution_id=session.institution_id,
        session=session,
        name=f"{booking.class_name}, {booking.school}"[:120],
        phone=booking.phone,
        email=booking.email,
        group_size=booking.people,
        code="".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH + 4)),
        form_key=uuid.uuid5(booking.form_key, str(session.pk)),
        created_at=at,
    )


def _call_off(booking: ClassBooking, *, reason: str, at: dt.datetime) -> None:
    """Give the places back and cancel the session, if there is one that is still to come."""
    session = booking.session
    if session is None or session.status == SessionStatus.CANCELLED:
        return
    if session.status == SessionStatus.CLOSED or session.starts_at <= at:
        raise AlreadyAnswered(_("This visit has begun or is over: it can no longer be called off."))
    lock_activity_of(session)
    for registration in Registration.objects.filter(institution_id=booking.institution_id, session=session):
        # First, so that the session's own notice is not sent to the class as well.
        cancel_registration(registration, at=at)
    cancel_session(session, reason=one_line(reason, longest=300, missing=reason), by=None, at=at)


def _put(booking: ClassBooking, asked: dict[str, Any], *, at: dt.datetime) -> None:
    """Clean what the teacher filled in, or refuse it."""
    if unknown := asked.keys() ^ set(ASKED):
        raise TypeError(f"missing or not asked for: {sorted(unknown)}")
    booking.school = one_line(asked["school"], longest=200, missing=_("Write the name of the school."), field="school")
    booking.class_name = one_line(
        asked["class_name"], longest=60, missing=_("Write the name of the class: 7A1."), field="class_name"
    )
    booking.teacher = one_line(asked["teacher"], longest=120, missing=_("Write who brings the class."), field="teacher")
    booking.phone = phone_number(asked["phone"])
    if not booking.phone:
        raise BadBooking(_("Leave a phone number, so that the institution can settle the day with you."), field="phone")
    booking.email = _email(asked["email"])
    booking.grade = _grade(booking.activity, asked["grade"])
    if asked["subject"] not in ("", *Subject.values):
        raise BadBooking(_("Choose the subject from the list, or leave it open."), field="subject")
    booking.subject = asked["subject"]
    booking.girls, booking.boys, booking.adults = asked["girls"], asked["boys"], asked["adults"]
    _check_people(booking)
    booking.wishes = several_lines(asked["wishes"], longest=2000, field="wishes")
    booking.transport = several_lines(asked["transport"], longest=300, field="transport")
    booking.risks = several_lines(asked["risks"], longest=2000, field="risks")
    booking.proposed = _moments(booking, asked["proposed"], at=at)


def _grade(activity: Activity, grade: int) -> int:
    if not 0 <= grade <= LAST_GRADE:
        raise BadBooking(_("Choose the grade from the list."), field="grade")
    if activity.grades and grade not in activity.grades:
        raise BadBooking(
            _("This programme is not made for that grade. Choose another grade or programme."), field="grade"
        )
    return grade


def _email(text: str) -> str:
    text = text.strip()
    if text:
        try:
            validate_email(text)
        except ValidationError as error:
            raise BadBooking(_("“{text}” is not an e-mail address.").format(text=text[:60]), field="email") from error
    return text


def _check_people(booking: ClassBooking) -> None:
    if min(booking.girls, booking.boys, booking.adults) < 0 or booking.pupils < 1:
        raise BadBooking(_("Write how many girls and boys are coming: at least one pupil."), field="girls")
    most = (
        SchoolProgramme.objects.filter(institution_id=booking.institution_id, activity_id=booking.activity_id)
        .values_list("most_people", flat=True)
        .first()
    ) or LARGEST_VISIT
    if booking.people > most:
        raise BadBooking(
            ngettext(
                "At most {most} person can come at one time. Book twice, each time with a part of the class.",
                "At most {most} people can come at one time. Book twice, each time with a part of the class.",
                most,
            ).format(most=most),
            field="girls",
        )


def _moments(booking: ClassBooking, moments: Sequence[dt.datetime], *, at: dt.datetime) -> list[dt.datetime]:
    proposed = list(dict.fromkeys(moments))
    if not 1 <= len(proposed) <= MOST_MOMENTS:
        raise BadBooking(_("Propose one to three days that suit the class, the best first."), field="proposed")
    for moment in proposed:
        if moment <= at:
            raise BadBooking(_("{when} is past. Propose a day to come.").format(when=spoken(moment)), field="proposed")
        if moment - at > FARTHEST_VISIT:
            raise BadBooking(
                _("{when} is more than a year away. Propose an earlier day.").format(when=spoken(moment)),
                field="proposed",
            )
        day = timezone.localdate(moment)
        shut = InstitutionStatus.objects.on(day).filter(institution_id=booking.institution_id)
        if shut.exclude(state=InstitutionState.ACTIVE).exists():
            raise BookingRefused(
                _("{institution} is closed on {day}. Propose another day.").format(
                    institution=booking.activity.institution.name, day=day_short(day)
                )
            )
    return proposed


def several_lines(text: str, *, longest: int, missing: str = "", field: str = "") -> str:
    """Lines in repaired Vietnamese. Refused: too long; nothing, where `missing` says that something is needed."""
    words = normalise(text).replace("\x00", "").strip()
    if not words and missing:
        raise BadBooking(missing, field=field)
    if len(words) > longest:
        raise BadBooking(
            _("“{start}…” is too long: at most {longest} letters.").format(start=words[:30], longest=longest),
            field=field,
        )
    return words
