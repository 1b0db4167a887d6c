"""Opening a unit's report of a year, writing its words, freezing it."""

import datetime as dt

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.queries.content import has_something_to_say, report_content

FIRST_YEAR = 2020  # as the database's constraint: the programme began in 2022, its base years lie a little before


class YearNotYet(Refused):
    pass


class UnitNotInYear(Refused):
    pass


class NothingToReport(Refused):
    pass


class ReportChangedMeanwhile(Refused):
    """Somebody else wrote first. `current` is the report as it is now; nothing of either text is lost."""

    def __init__(self, message: str, current: Report):
        super().__init__(message)
        self.current = current


@transaction.atomic
def open_report(unit: AdminUnit, *, year: int, by: Person | None, at: dt.datetime) -> Report:
    """The unit's report of that year, made at the first call.

    Refused: a year that has not begun, and a year in which the unit did not exist.
    """
    refuse_wrong_year(unit, year, at)
    report, _made = Report.objects.get_or_create(unit=unit, year=year, defaults={"changed_at": at, "changed_by": by})
    return report


@transaction.atomic
def word_report(
    report: Report,
    *,
    version: int,
    results: str,
    difficulties: str,
    proposals: str,
    by: Person | None,
    at: dt.datetime,
) -> Report:
    """Writes the words over those of `version`, the one that the writer had before them.

    Refused (`ReportChangedMeanwhile`) when somebody else wrote since; then nothing is changed. Text is kept in NFC
    with plain line ends.
    """
    words = {"results": results, "difficulties": difficulties, "proposals": proposals}
    words = {field: _tidy(text) for field, text in words.items()}
    changed = Report.objects.filter(pk=report.pk, version=version).update(
        **words, version=F("version") + 1, changed_at=at, changed_by=by
    )
    current = Report.objects.select_related("unit", "changed_by").get(pk=report.pk)
    if not changed:
        raise ReportChangedMeanwhile(_meanwhile(current), current)
    return current


@transaction.atomic
def freeze_report(report: Report, *, by: Person | None, at: dt.datetime) -> Snapshot:
    """Keeps for good what the report says at this moment, under a number of its own.

    Figures, tasks and words are read in this transaction, after the report's row is locked, so that no words can
    change between reading and keeping. Freezing again later makes a further snapshot; the earlier ones stay.
    Refused: a year that has not begun, and a report that has neither a target, a task nor an activity.
    """
    report = Report.objects.select_for_update(of=("self",)).select_related("unit").get(pk=report.pk)
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
    number = _next_number(report)
    content["number"] = number
    content["frozen_at"] = local.isoformat(timespec="seconds")
    return Snapshot.objects.create(
        report=report, number=number, content=content, digest=digest_of(content), frozen_at=at, frozen_by=by
    )


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


def _next_number(report: Report) -> str:
    """BC-01843-2026-003: the third snapshot for that code and year.

    A code can be used again by another unit in the same year (2025), so numbers run by code and not by report. The
    lock lasts until the transaction ends: who comes second counts the first.
    """
    prefix = f"BC-{report.unit.code}-{report.year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [prefix])
    return f"{prefix}{Snapshot.objects.filter(number__startswith=prefix).count() + 1:03d}"


def _meanwhile(current: Report) -> str:
    if current.changed_by is None:
        return _("This report was changed while you were writing. Compare the two texts below, then save again.")
    return _("%(person)s changed this report while you were writing. Compare the two texts below, then save again.") % {
        "person": current.changed_by
    }


def _tidy(text: str) -> str:
    return normalise(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
