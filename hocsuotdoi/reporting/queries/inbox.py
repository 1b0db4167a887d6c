"""Lists of reports of cycles for one person: what their body owes, what waits for their approval, what they may read.
The same questions as `rules.rights_on`, as conditions of the database; a test holds the two against each other."""

import datetime as dt

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.vietnamese import search_terms
from hocsuotdoi.reporting.enums import OWED, CommandLine, CycleState, ReportState
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.rules import Seats, seats_of, somebody_sits


def own_reports(person: Someone, day: dt.date) -> QuerySet[Report]:
    """Of the bodies at which the person writes reports: those that wait for them first, by their days. Not what is
    still owed in a closed cycle: nobody waits for it, and nothing can be written into it."""
    seats = seats_of(person, Permission.WRITE_REPORT, day)
    waits = Case(When(state__in=OWED, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = in_words(Report.objects.filter(_at(seats), cycle__isnull=False)).exclude(state=ReportState.EXCUSED)
    rows = rows.exclude(cycle__state=CycleState.CLOSED, state__in=OWED)
    return rows.annotate(waits=waits).order_by("waits", "due_on", "-year", "pk")


def in_others_stead(person: Someone, day: dt.date) -> QuerySet[Report]:
    """Owed by bodies at which nobody sits, to one at which the person writes reports (`rules.stands_in`); by their
    days."""
    seats = seats_of(person, Permission.WRITE_REPORT, day)
    owed = Report.objects.filter(_at(seats, "goes_to__"), goes_to__line=F("line"), state__in=OWED)
    rows = in_words(owed.filter(cycle__state=CycleState.OPEN)).exclude(
        _at(seats) | somebody_sits(Permission.WRITE_REPORT, day)
    )
    return rows.order_by("due_on", "unit__sort_key", "pk")


def to_approve(person: Someone, day: dt.date) -> QuerySet[Report]:
    """Submitted, and lying with a body at which the person approves; the longest waiting first. Not of
    closed cycles, in which nothing is approved."""
    seats = seats_of(person, Permission.APPROVE_REPORT, day)
    lies_here = _at(seats, "goes_to__") | _at(seats) & Q(goes_to=None)
    rows = in_words(Report.objects.filter(lies_here, cycle__state=CycleState.OPEN, state=ReportState.SUBMITTED))
    return rows.order_by("cycle__due_on", "cycle", "submitted_at", "pk")


def readable_reports(person: Someone, day: dt.date) -> QuerySet[Report]:
    rows = in_words(Report.objects.visible_to(person, day).filter(cycle__isnull=False))
    return rows.order_by("-cycle__due_on", "cycle", "unit__sort_key", "agency__name", "pk")


def outside_cycles(person: Someone, day: dt.date) -> QuerySet[Report]:
    """From the time before there were cycles."""
    rows = Report.objects.visible_to(person, day).filter(cycle=None).select_related("unit", "changed_by")
    return rows.order_by("-year", "unit__sort_key", "pk")


def matching(rows: QuerySet[Report], words: str) -> QuerySet[Report]:
    """Whose unit is called so, with or without marks."""
    for term in search_terms(words):
        rows = rows.filter(Q(unit__search_text__contains=term))
    return rows


def in_words(rows: QuerySet[Report]) -> QuerySet[Report]:
    """With everything that a line about a report names."""
    return rows.select_related("cycle", "agency", "unit", "goes_to__agency", "submitted").defer("submitted__content")


def _at(seats: Seats, path: str = "") -> Q:
    """As `Seats.are_at`."""
    return Q(**{f"{path}agency__in": seats.agencies}) | Q(
        **{f"{path}line": CommandLine.TERRITORY, f"{path}unit__in": seats.units}
    )
