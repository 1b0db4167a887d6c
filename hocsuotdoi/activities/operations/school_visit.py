"""What follows on a class's visit that was confirmed: the agreement with the school, the headcount of the day, the
report back."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import ClassBooking, Registration
from hocsuotdoi.activities.operations.roll import save_roll
from hocsuotdoi.activities.operations.school import (
    BadBooking,
    BookingRefused,
    locked_booking,
    several_lines,
    tell_booking,
)
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.activities.queries.school import headcount_cells
from hocsuotdoi.core.templatetags.house import day_short


class NoVisit(BookingRefused):
    """There is no visit (yet) to write this about."""


@transaction.atomic
def record_agreement(
    booking: ClassBooking,
    *,
    number: str,
    agreed_on: dt.date | None,
    by_school: str,
    by_institution: str,
    by: Person | None,
    at: dt.datetime,
) -> ClassBooking:
    """Note the agreement between institution and school that the visit goes by; an earlier note is replaced.

    Refused: a visit that is not confirmed, no number, no day or one to come, nobody who signed.
    """
    booking = locked_booking(booking)
    if not booking.is_confirmed:
        raise NoVisit(_("Confirm the visit first, then note the agreement."))
    booking.agreement_number = one_line(
        number, longest=60, missing=_("Write the number of the agreement."), field="number"
    )
    if agreed_on is None or agreed_on > timezone.localdate(at):
        raise BadBooking(
            _("Give the day on which the agreement was signed; it cannot be a day to come."), field="agreed_on"
        )
    booking.agreed_on = agreed_on
    booking.agreed_by_school = one_line(
        by_school, longest=120, missing=_("Write who signed for the school."), field="by_school"
    )
    booking.agreed_by_institution = one_line(
        by_institution, longest=120, missing=_("Write who signed for the institution."), field="by_institution"
    )
    booking.save(
        update_fields=["agreement_number", "agreed_on", "agreed_by_school", "agreed_by_institution"],
    )
    return booking


@transaction.atomic
def take_headcount(
    booking: ClassBooking, *, girls: int, boys: int, adults: int, by: Person | None, at: dt.datetime
) -> ClassBooking:
    """Put the people of the class who came into the roll of its session, by sex, pupils with the age of their grade.

    The class's own line is marked as nobody present, since its people stand in the tally: each is counted once. Taken
    again, the new numbers replace the old. Refused: no confirmed visit, a number below 0 or far above the class, and
    whatever the roll refuses (too early, closed).
    """
    booking = locked_booking(booking)
    if booking.session is None or not booking.is_confirmed:
        raise NoVisit(_("This visit is not confirmed: there is nobody to count."))
    line = Registration.objects.filter(
        institution_id=booking.institution_id, session=booking.session, status=RegistrationStatus.CONFIRMED
    ).values_list("pk", flat=True)
    cells = headcount_cells(booking, girls=girls, boys=boys, adults=adults)
    save_roll(booking.session, present=dict.fromkeys(line, 0), cells=cells, by=by, at=at)
    return booking


@transaction.atomic
def send_report(
    booking: ClassBooking, *, report: str, by: Person | None, at: dt.datetime, url: str = ""
) -> ClassBooking:
    """Give the school the report of the visit, in the staff's words beside what the roll counted; the teacher is told
    once. Sent again with other words, the page changes, the moment stays.

    Refused: no words, a session that is not closed: what came is not counted yet.
    """
    booking = locked_booking(booking)
    session = booking.session
    if session is None or session.status != SessionStatus.CLOSED:
        raise NoVisit(_("Close the roll of the visit first: the report tells the school who came."))
    booking.report = several_lines(
        report, longest=5000, missing=_("Write a few sentences about what the class did."), field="report"
    )
    booking.reported_at = booking.reported_at or at
    booking.save(update_fields=["report", "reported_at"])
    text = _("The report of the visit on {day} can be read and printed.").format(day=day_short(session.starts_at))
    tell_booking(booking, subject=_("Report of the visit"), text=text, about="report", at=at, url=url)
    return booking
