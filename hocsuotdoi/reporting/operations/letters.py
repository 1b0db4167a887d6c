"""Official letters to bodies that are late with a report."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.enums import OWED, SnapshotKind
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.operations.freezing import freeze
from hocsuotdoi.reporting.operations.holding import hold_open
from hocsuotdoi.reporting.queries.letters import letter_content


class NotLate(Refused):
    """It has come, is not due yet, or goes to nobody who could remind."""


class WrittenToday(Refused):
    """One letter a day is enough."""


class WrongDay(Refused):
    """Until when the report is asked for must lie ahead."""


@transaction.atomic
def write_letter(report: Report, *, answer_by: dt.date, by: Person, at: dt.datetime) -> Snapshot:
    """Freezes the official letter by which the receiver reminds the body of a report that is late on this day. Made by
    people: a letter leaves under somebody's name, with a number that the office gives it.

    Refused: a closed cycle, a report that is not late, a second letter on one day, a day for the answer that is not
    ahead.
    """
    if report.cycle_id is not None:
        hold_open(report.cycle_id)
    locked = Report.objects.select_for_update(of=("self",)).select_related(
        "agency", "cycle", "unit", "goes_to__agency__unit"
    )
    report = locked.get(pk=report.pk)
    day = timezone.localdate(at)
    if report.state not in OWED or report.due_on is None or report.due_on > day or report.goes_to is None:
        raise NotLate(_("This report is not late, or it goes to nobody: no letter is needed."))
    if not day < answer_by <= day + dt.timedelta(days=366):
        raise WrongDay(_("Choose a day after today by which the report is asked for."), field="answer_by")
    midnight = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    if report.snapshots.filter(kind=SnapshotKind.LETTER, frozen_at__gte=midnight).exists():
        raise WrittenToday(_("A letter about this report was written today already."))
    sender = report.goes_to.agency
    assert sender is not None
    content = letter_content(report, sender, answer_by, day)
    return freeze(SnapshotKind.LETTER, dict(content), report=report, by=by, at=at)
