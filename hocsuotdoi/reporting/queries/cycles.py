"""Reads of cycles for lists, and who may do what with them."""

import datetime as dt

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import ngettext

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_covered, offices_held
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import OWED, CommandLine, CycleState, ReportState
from hocsuotdoi.reporting.models import Cycle, Reminder, Report
from hocsuotdoi.reporting.models.line import on_the_line

REPORT_URL, CYCLE_URL = "/workspace/reports/{pk}/", "/workspace/cycles/{code}/"
"""Pages of the workspace; tests hold them against the addresses that it gives."""

_ARMED_FORCES = (CommandLine.MILITARY, CommandLine.POLICE)


def cycles_with_counts(cycles: QuerySet[Cycle], person: Someone, day: dt.date) -> QuerySet[Cycle]:
    """With `asked` (reports) and `approved`, for lists: of the reports of whose state the page of the very cycle tells
    `person`. One query."""
    sets_up = Q(owner__in=agencies_covered(person, Permission.SET_UP_CYCLE, day).values("pk"))
    own = Q(reports__in=Report.objects.filter(_of_armed_forces(person, day)).values("pk"))
    told = ~Q(reports__line__in=_ARMED_FORCES) | sets_up | own
    return cycles.select_related("owner").annotate(
        asked=Count("reports", filter=~Q(reports__state=ReportState.EXCUSED) & told),
        approved=Count("reports", filter=Q(reports__state=ReportState.APPROVED) & told),
    )


def owners(person: Someone, day: dt.date) -> QuerySet[Agency]:
    """Bodies in whose name `person` sets cycles up."""
    held = offices_held(person, Permission.SET_UP_CYCLE, day)
    return held.filter(unit__isnull=False, is_sample=False).select_related("unit")


def may_set_up(person: Someone, cycle: Cycle, day: dt.date) -> bool:
    return agencies_covered(person, Permission.SET_UP_CYCLE, day).filter(pk=cycle.owner_id).exists()


def states_visible_to(person: Someone, cycle: Cycle, day: dt.date, *, may_set_up: bool) -> QuerySet[Report]:
    """Of which reports of the cycle `person` is told how far they are: of all but the armed forces', and of these
    where the report may be read. Who set the cycle up is told of all. It is their state only: for what stands in them
    ask `Report.visible_to`."""
    reports = Report.objects.filter(cycle=cycle)
    if may_set_up:
        return reports
    own = reports.filter(_of_armed_forces(person, day))
    return reports.filter(~Q(line__in=_ARMED_FORCES) | Q(pk__in=own.values("pk")))


def _of_armed_forces(person: Someone, day: dt.date) -> Q:
    """Reports of the armed forces that `person` may read."""
    return on_the_line(person, Permission.VIEW_REPORT, day) & Q(line__in=_ARMED_FORCES)


def ended_bodies(reports: QuerySet[Report], day: dt.date) -> QuerySet[Report]:
    """Reports that are still owed by a body that has ended, or whose unit has: somebody must decide what becomes of
    them."""
    return reports.filter(Q(agency__ends_on__lte=day) | Q(unit__ends_on__lte=day), state__in=OWED)


def letters_wanted(cycle: Cycle) -> QuerySet[Report]:
    """Late reports whose body has been reminded by a rule that asks for an official letter, and that still wait. People
    make it: an official letter leaves under somebody's name."""
    asked = Reminder.objects.filter(report=OuterRef("pk"), rule__letter=True)
    return (
        Report.objects.filter(Exists(asked), cycle=cycle, cycle__state=CycleState.OPEN, state__in=OWED)
        .select_related("agency", "unit", "goes_to__agency")
        .order_by("unit__sort_key", "line", "pk")
    )


def owed_by(agency: Agency) -> QuerySet[Report]:
    """Its reports in open cycles that have not been submitted, or came back."""
    return Report.objects.filter(agency=agency, state__in=OWED, cycle__state=CycleState.OPEN).order_by("due_on", "pk")


def reports_owed(agency: Agency, day: dt.date) -> list[str]:
    """For whoever is about to end the body: which reports it owes. One query."""
    titles = list(owed_by(agency).values_list("cycle__title", flat=True))
    if not titles:
        return []
    said = ngettext(
        "{number} report is owed by this body ({titles}). Move what it counts to another body’s report.",
        "{number} reports are owed by this body ({titles}). Move what they count to another body’s report.",
        len(titles),
    )
    return [said.format(number=len(titles), titles="; ".join(titles))]
