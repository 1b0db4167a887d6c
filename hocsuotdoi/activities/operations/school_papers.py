"""The papers of a class's visit, as they stand now: the agreement to sign, the report to the school. Always in
Vietnamese: they are official forms."""

import datetime as dt

from django.utils import timezone, translation

from hocsuotdoi.activities.enums import Face, Subject, Theme
from hocsuotdoi.activities.formats.agreement import AgreementSheet, render_agreement
from hocsuotdoi.activities.formats.school_report import ReportSheet, render_school_report
from hocsuotdoi.activities.models import ClassBooking
from hocsuotdoi.activities.queries.school import agreement_with, faces_of, headcount_of, roll_of_visit, told_of
from hocsuotdoi.core.templatetags.house import day, time_range
from hocsuotdoi.places.models import Institution


def agreement_pdf(booking: ClassBooking, *, with_phone: bool, at: dt.datetime) -> bytes:
    """The agreement on the visit, to be printed and signed. `with_phone`: may the reader see the teacher's phone?"""
    with translation.override("vi"):
        agreement = agreement_with(booking)
        told = told_of(booking.activity)
        place, address = _standing(booking.institution, at)
        return render_agreement(
            AgreementSheet(
                title=f"Thỏa thuận phối hợp: {booking.activity.title}",
                code=booking.code_shown,
                number=agreement.number if agreement else "",
                place=place,
                signed=_long_day(agreement.agreed_on if agreement else None),
                institution=booking.institution.name,
                institution_address=address,
                institution_phone=booking.institution.phone,
                by_institution=agreement.by_institution if agreement else "",
                school=booking.school,
                by_school=agreement.by_school if agreement else "",
                teacher=booking.teacher,
                phone=booking.phone if with_phone else "",
                programme=booking.activity.title,
                class_name=booking.class_name,
                grade=booking.grade_in_words,
                subject=_subject(booking),
                knowledge=told.knowledge,
                skills=told.skills,
                bring=told.bring,
                wishes=booking.wishes,
                when=_when(booking),
                where=_where(booking),
                girls=str(booking.girls),
                boys=str(booking.boys),
                adults=str(booking.adults),
                people=str(booking.people),
                transport=booking.transport,
                risks=booking.risks,
            )
        )


def report_pdf(booking: ClassBooking, *, at: dt.datetime) -> bytes:
    """The report of the visit to its school."""
    with translation.override("vi"):
        headcount = headcount_of(booking, roll_of_visit(booking))
        came = booking.session.attended if booking.session else 0
        place, _address = _standing(booking.institution, at)
        return render_school_report(
            ReportSheet(
                title=f"Báo cáo kết quả buổi học: {booking.activity.title}",
                place=place,
                reported=_long_day(timezone.localdate(booking.reported_at) if booking.reported_at else None),
                institution=booking.institution.name,
                school=booking.school,
                programme=booking.activity.title,
                class_name=booking.class_name,
                grade=booking.grade_in_words,
                subject=_subject(booking),
                teacher=booking.teacher,
                when=_when(booking),
                where=_where(booking),
                topics=topics_of(booking),
                girls=_counted(headcount.girls, headcount.is_taken),
                boys=_counted(headcount.boys, headcount.is_taken),
                adults=_counted(headcount.adults, headcount.is_taken),
                people=str(came or 0),
                report=booking.report,
                ratings=_ratings(booking),
            )
        )


def topics_of(booking: ClassBooking) -> str:
    return ", ".join(str(Theme(theme).label) for theme in booking.activity.themes)


def _counted(number: int, is_taken: bool) -> str:
    return str(number) if is_taken else "–"


def _subject(booking: ClassBooking) -> str:
    return str(Subject(booking.subject).label) if booking.subject else ""


def _when(booking: ClassBooking) -> str:
    if booking.session:
        return time_range(booking.session.starts_at, booking.session.ends_at)
    return day(booking.proposed[0])


def _where(booking: ClassBooking) -> str:
    session = booking.session
    if session is None:
        return ""
    return session.room.name if session.room else session.venue


def _standing(institution: Institution, at: dt.datetime) -> tuple[str, str]:
    """The unit it stands in today, and its address with that."""
    placement = institution.placements.on(timezone.localdate(at)).select_related("unit").first()
    if placement is None:
        return "", ""
    return placement.unit.short_name, ", ".join(filter(None, [placement.address, placement.unit.name]))


def _long_day(on: dt.date | None) -> str:
    if on is None:
        return "ngày ..... tháng ..... năm ........."
    return f"ngày {on.day} tháng {on.month} năm {on.year}"


def _ratings(booking: ClassBooking) -> str:
    if booking.session is None:
        return ""
    faces = faces_of(booking.session)
    return ", ".join(f"{Face(face).label}: {count}" for face, count in faces.items())
