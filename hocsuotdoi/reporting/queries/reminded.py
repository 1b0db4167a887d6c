"""What bodies are told today about reports that they or those below them owe: lines of the one letter a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.enums import LineKind
from hocsuotdoi.places.models import AgencyLine
from hocsuotdoi.programme.registry import Line
from hocsuotdoi.reporting.enums import OWED, CommandLine
from hocsuotdoi.reporting.models import Reminder, Report
from hocsuotdoi.reporting.queries.cycles import CYCLE_URL, REPORT_URL

NAME = "reports"
_OFFICE_AFTER, _ABOVE_AFTER = 7, 14
_NAMED = 3
"""So many bodies are named in one line about those below; of more, the number is told."""


def reminder_lines(agencies: Iterable[int], day: dt.date) -> Mapping[int, list[Line]]:
    """For each of `agencies` (by their keys): its own reports that were reminded of on `day`, one line each; and of
    bodies below whose rule says that the receiver is told, or which are a week late (their office, too) or two (whoever
    is above the receiver, too), one line for each cycle. Only what is still owed. Two queries."""
    wanted = set(agencies)
    newest: dict[int, Reminder] = {}
    copied: dict[int, bool] = defaultdict(bool)
    for each in _of(day):
        newest[each.report_id] = each  # in the order of days: the last that was reached is told
        copied[each.report_id] |= bool(each.rule and each.rule.copy)
    offices = _offices({each.report for each in newest.values() if each.days >= _OFFICE_AFTER}, day)
    lines: dict[int, list[Line]] = defaultdict(list)
    below: dict[tuple[int, int], list[Report]] = defaultdict(list)
    for each in newest.values():
        report = each.report
        assert report.agency_id is not None  # only a cycle's is reminded of
        if report.agency_id in wanted:
            lines[report.agency_id].append(_own_line(report, day))
        told = _above(report, each.days, offices, is_copied=copied[each.report_id])
        for agency in told & wanted:
            below[agency, report.cycle_id].append(report)  # type: ignore[index]
    for (agency, _cycle), reports in below.items():
        lines[agency].append(_line_of_those_below(reports))
    return dict(lines)


def _of(day: dt.date) -> Iterable[Reminder]:
    midnight = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    return (
        Reminder.objects.filter(at__gte=midnight, at__lt=midnight + dt.timedelta(days=1), report__state__in=OWED)
        .select_related("rule", "report__agency", "report__cycle")
        .order_by("report__due_on", "report", "days")
    )


def _above(report: Report, days: int, offices: Mapping[int, int], *, is_copied: bool) -> set[int]:
    told: set[int] = set()
    if is_copied or days >= _OFFICE_AFTER:
        told.update(report.above[:1])
    office = offices.get(report.agency_id or 0)
    if days >= _OFFICE_AFTER and report.line == CommandLine.TERRITORY and office is not None:
        told.add(office)
    if days >= _ABOVE_AFTER:
        told.update(report.above[1:2])
    return told


def _offices(reports: set[Report], day: dt.date) -> dict[int, int]:
    """Body to the office that commands it. Local authorities only: what is of another line stays there."""
    keys = {each.agency_id for each in reports if each.line == CommandLine.TERRITORY}
    commanded = AgencyLine.objects.on(day).filter(agency__in=keys, kind=LineKind.ADMINISTRATIVE)
    return dict(commanded.order_by("-superior").values_list("agency", "superior"))


def _own_line(report: Report, day: dt.date) -> Line:
    assert report.cycle is not None  # a reminder is of a cycle
    assert report.due_on is not None
    left = (report.due_on - day).days
    if left > 0:
        words = ngettext("due before {day}: {count} day left", "due before {day}: {count} days left", left).format(
            day=day_short(report.due_on), count=left
        )
    else:
        late = 1 - left
        words = ngettext(
            "was due before {day}: {count} day late", "was due before {day}: {count} days late", late
        ).format(day=day_short(report.due_on), count=late)
    title = _("Report to submit: {cycle}").format(cycle=report.cycle.title)
    return Line(title, f"{report.agency}: {words}", REPORT_URL.format(pk=report.pk))


def _line_of_those_below(reports: list[Report]) -> Line:
    cycle = reports[0].cycle
    assert cycle is not None
    number = len(reports)
    title = ngettext(
        "{cycle}: {count} report from below is missing", "{cycle}: {count} reports from below are missing", number
    ).format(cycle=cycle.title, count=number)
    names = "; ".join(str(each.agency) for each in reports[:_NAMED])
    if number > _NAMED:
        names = _("{names} and {count} more").format(names=names, count=number - _NAMED)
    return Line(title, names, CYCLE_URL.format(code=cycle.code))
