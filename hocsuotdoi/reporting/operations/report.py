"""Beginning a report, writing its words, excusing it; and the report of a unit outside any cycle."""

import datetime as dt
from collections.abc import Collection

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.queries.command import of_armed_forces
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.reporting.enums import OWED, CommandLine, ReportState, ReportStepKind, SnapshotKind
from hocsuotdoi.reporting.models import CountedInstitution, Report, Snapshot
from hocsuotdoi.reporting.operations.freezing import freeze
from hocsuotdoi.reporting.operations.holding import (
    ReportChangedMeanwhile,
    begun,
    hold,
    keep,
    locked,
    meanwhile,
    reason_of,
    step,
    with_days_to_write,
    wrong_state,
)
from hocsuotdoi.reporting.queries.content import has_something_to_say, report_content
from hocsuotdoi.reporting.queries.typed import TypedRow, typed_rows

FIGURES_NAMED = 5
FIRST_YEAR = 2020  # as the database's constraint: the programme began in 2022, its base years lie a little before


class YearNotYet(Refused):
    pass


class UnitNotInYear(Refused):
    pass


class NothingToReport(Refused):
    pass


class BadMove(Refused):
    """The institutions cannot go there."""


class StillCounted(Refused):
    """Institutions are counted in a report that is not asked for any more."""


class NobodyAbove(Refused):
    """The report that this one goes to is not asked for any more."""


WORDS = ("results", "difficulties", "causes", "proposals")


@transaction.atomic
def open_report(unit: AdminUnit, *, year: int, by: Person | None, at: dt.datetime) -> Report:
    """The unit's report of that year, made at the first call.

    Refused: a year that has not begun, and a year in which the unit did not exist.
    """
    refuse_wrong_year(unit, year, at)
    report, _made = Report.objects.get_or_create(
        cycle=None, unit=unit, year=year, defaults={"changed_at": at, "changed_by": by}
    )
    return report


@transaction.atomic
def begin_report(report: Report, *, by: Person, at: dt.datetime) -> Report:
    """Somebody at the body has opened it: from now on it is being written. One that was begun stays as it is."""
    report = hold(report, list(ReportState))
    begun(report, by=by, at=at)
    return report


@transaction.atomic
def word_report(
    report: Report,
    *,
    version: int,
    results: str | None,
    difficulties: str | None,
    causes: str | None,
    proposals: str | None,
    by: Person | None,
    at: dt.datetime,
) -> Report:
    """Writes the words over those of `version`, the one that the writer had before them. None leaves a field as it is.

    Where somebody else wrote since, but into other fields, both stand. Where both wrote into one, or the report has
    gone on meanwhile, it is refused (`ReportChangedMeanwhile`, with the fields) and nothing is changed. The same words
    again change nothing. Text is kept in NFC with plain line ends.
    """
    fields = {"results": results, "difficulties": difficulties, "causes": causes, "proposals": proposals}
    given = {field: _tidy(text) for field, text in fields.items() if text is not None}
    current = _to_be_worded(report)
    if version != current.version:
        given = _beside(current, version, given)
    if all(getattr(current, field) == text for field, text in given.items()):
        return current
    if current.cycle_id is not None and by is not None:
        begun(current, by=by, at=at)
    for field, text in given.items():
        setattr(current, field, text)
    current.version += 1
    current.changed_at, current.changed_by = at, by
    current.save(update_fields=[*WORDS, "version", "changed_at", "changed_by"])
    return current


def _to_be_worded(report: Report) -> Report:
    """Locked, and open to be written. Raises `ReportChangedMeanwhile` where it has been sent on, so that what was
    typed is shown again and not lost."""
    if report.cycle_id is None:
        return locked(Report.objects.filter(pk=report.pk)).get()
    current = hold(report, list(ReportState))
    if current.state not in OWED:
        raise ReportChangedMeanwhile(wrong_state(current), current, WORDS)
    return current


def _beside(current: Report, version: int, given: dict[str, str]) -> dict[str, str]:
    """What the writer of `version` changed, beside what others changed since. Raises `ReportChangedMeanwhile`."""
    events = apps.get_model("reporting", "ReportEvent").objects.filter(pgh_obj=current.pk, version=version)
    before = events.order_by("-pgh_id").values(*WORDS).first()
    if before is None:
        raise ReportChangedMeanwhile(meanwhile(current), current, WORDS)
    mine = {field for field, text in given.items() if text != before[field]}
    theirs = {field for field in WORDS if getattr(current, field) != before[field]}
    both = [field for field in WORDS if field in mine & theirs and given[field] != getattr(current, field)]
    if both:
        raise ReportChangedMeanwhile(meanwhile(current), current, both)
    return {field: text for field, text in given.items() if field in mine}


@transaction.atomic
def excuse_report(report: Report, *, version: int, reason: str, by: Person, at: dt.datetime) -> Report:
    """A report that is not there yet is not asked for any more: its unit has ended, its body was dissolved.

    Refused where somebody wrote into it since `version`: what nobody has looked at is not put away. Refused while
    institutions are counted in it or reports go to it: they have to be moved first, so that nothing is left out unseen.
    """
    reason = reason_of(reason)
    report = hold(report, OWED, version=version, and_above=True)
    counted = report.counted.count()
    if counted:
        raise StillCounted(
            ngettext(
                "%(count)s institution is counted in this report. Move it to the report of the body that takes over, "
                "then excuse this one.",
                "%(count)s institutions are counted in this report. Move them to the report of the body that takes "
                "over, then excuse this one.",
                counted,
            )
            % {"count": counted}
        )
    if report.from_below.exclude(state=ReportState.EXCUSED).exists():
        raise StillCounted(_("Other reports go to this one. Excuse them first, or have the cycle send them elsewhere."))
    keep(report, state=ReportState.EXCUSED, by=by, at=at)
    step(report, ReportStepKind.EXCUSED, reason=reason, by=by, at=at)
    return report


@transaction.atomic
def resume_report(report: Report, *, version: int, reason: str, by: Person, at: dt.datetime) -> Report:
    """A report that was excused is asked for again, and stands where it stood before, with its words: excused by
    mistake, or its body goes on after all. What was moved meanwhile stays where it is counted now. It is not late the
    next morning.

    Refused while the report that it goes to is itself not asked for: nobody would add it up.
    """
    reason = reason_of(reason)
    report = hold(report, [ReportState.EXCUSED], version=version, and_above=True)
    above = report.goes_to
    if above is not None and above.state == ReportState.EXCUSED:
        raise NobodyAbove(
            _("This report goes to that of %(body)s, which is not asked for any more. Ask for that one again first.")
            % {"body": above.agency}
        )
    last = report.steps.filter(kind__in=_STOOD).order_by("-at", "-pk").first()
    state = _STOOD[ReportStepKind(last.kind)] if last else ReportState.EXPECTED
    keep(report, state=state, due_on=with_days_to_write(report.due_on, at), by=by, at=at)
    step(report, ReportStepKind.RESUMED, reason=reason, by=by, at=at)
    return report


_STOOD = {
    ReportStepKind.OPENED: ReportState.DRAFT,
    ReportStepKind.WITHDRAWN: ReportState.DRAFT,
    ReportStepKind.RETURNED: ReportState.RETURNED,
    ReportStepKind.REOPENED: ReportState.RETURNED,
}
"""In which state an owed report is after its last step of these kinds."""


@transaction.atomic
def move_institutions(
    report: Report, to: Report, *, institutions: Collection[int], reason: str, by: Person, at: dt.datetime
) -> Report:
    """From now on these institutions (by their keys) are counted in `to`: their unit became part of another.

    Refused: another cycle, the very report, a report of either that has been submitted, institutions that are not
    counted here; and where `to` has typed in totals that would no longer be told, since these institutions are counted.
    Returns the report they left.
    """
    reason = reason_of(reason)
    if report.pk == to.pk or report.cycle_id != to.cycle_id:
        raise BadMove(_("Choose another report of the same cycle."))
    first, second = sorted((report, to), key=lambda each: each.pk)
    held = {each.pk: hold(each, OWED) for each in (first, second)}
    report, to = held[report.pk], held[to.pk]
    typed = [row for row in typed_rows(to) if row.total is not None and row.total.numerator is not None]
    rows = CountedInstitution.objects.filter(report=report, institution__in=institutions)
    if not institutions or rows.update(report=to) != len(set(institutions)):
        raise BadMove(_("Choose institutions that are counted in this report."))
    armed = of_armed_forces(timezone.localdate(at)).filter(pk__in=institutions)
    if to.line not in (CommandLine.MILITARY, CommandLine.POLICE) and armed.exists():
        raise BadMove(
            _("What the armed forces run is told on their own line, in totals: it is counted in no other report.")
        )
    _refuse_to_replace(typed, to)
    for each in (report, to):
        keep(each, by=by, at=at)
        step(each, ReportStepKind.MOVED, reason=reason, by=by, at=at)
    return report


def _refuse_to_replace(typed: list[TypedRow], to: Report) -> None:
    still = {row.key for row in typed_rows(to)}
    gone = [row.label for row in typed if row.key not in still]
    if gone:
        raise BadMove(
            _(
                "{body} has typed in totals that counted institutions would take the place of: {figures}. "
                "Have them taken out there first."
            ).format(body=to.agency.name if to.agency else "", figures="; ".join(gone[:FIGURES_NAMED]))
        )


@transaction.atomic
def freeze_report(report: Report, *, by: Person | None, at: dt.datetime, after: str | None = None) -> Snapshot:
    """Keeps for good what the report says at this moment, under a number of its own.

    Figures, tasks and words are read in this transaction, after the report's row is locked, so that no words can
    change between reading and keeping. Freezing again later makes a further snapshot; the earlier ones stay.
    `after`: the number of the newest that the person saw (empty: none). Sent twice, it returns the one made by then.
    Refused: a year that has not begun, and a report that has neither a target, a task nor an activity.
    """
    report = Report.objects.select_for_update(of=("self",)).select_related("unit").get(pk=report.pk)
    made = report.snapshots.first() if after is not None and by is not None else None
    if made is not None and made.number != after and made.frozen_by == by:
        return made
    refuse_wrong_year(report.unit, report.year, at)
    local = timezone.localtime(at)
    content = report_content(report.unit, report.year, local.date())
    if not has_something_to_say(content):
        raise NothingToReport(
            _(
                "There is nothing to report for %(unit)s in %(year)s: no plan binds it and no activity was held. "
                "Enter the plan or close the sessions that were held, then freeze again."
            )
            % {"unit": report.unit.name, "year": report.year}
        )
    return freeze(SnapshotKind.REPORT, content, report=report, by=by, at=at)


def refuse_wrong_year(unit: AdminUnit, year: int, at: dt.datetime) -> None:
    """Raises `YearNotYet` or `UnitNotInYear`."""
    today = timezone.localdate(at)
    if year > today.year:
        raise YearNotYet(
            _("The year %(year)s has not begun. Choose %(now)s or an earlier year.") % {"year": year, "now": today.year}
        )
    began = unit.starts_on is None or unit.starts_on < dt.date(year + 1, 1, 1)
    ended = unit.ends_on is not None and unit.ends_on <= dt.date(year, 1, 1)
    if year < FIRST_YEAR or not began or ended:
        raise UnitNotInYear(
            _("%(unit)s did not exist in %(year)s. Choose a year in which it did.") % {"unit": unit.name, "year": year}
        )


def _tidy(text: str) -> str:
    return normalise(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
