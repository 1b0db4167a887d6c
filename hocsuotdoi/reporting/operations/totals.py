"""Totals that a body types into its own report."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Report, TypedTotal
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile, begun, hold, keep, meanwhile
from hocsuotdoi.reporting.queries.typed import TypedRow, plain_source, seen_of, typed_rows

LARGEST = Decimal(10) ** 15


class BadTotal(Refused):
    """A number that cannot be. `field` is the figure's key."""


@dataclass(frozen=True, slots=True)
class Total:
    """`denominator` None where the figure is no share; both None: taken out, not reported. 0 is a number. `seen`: which
    row the writer had before them (`queries.typed.seen_of`), where they say so."""

    key: str
    numerator: Decimal | None
    denominator: Decimal | None = None
    source: str = ""
    seen: str = ""


@transaction.atomic
def type_totals(report: Report, *, version: int, rows: Iterable[Total], by: Person, at: dt.datetime) -> Report:
    """Writes the rows into the report; rows that are not named stay. One without a number is taken out.

    Refused: a figure that is not asked for or of which institutions are counted here, one without its source, less than
    nothing, a part of a number, a numerator above its denominator. The same rows again, because the answer to the first
    time was lost, change nothing.

    Where somebody else wrote since `version`, but into other rows than those whose `seen` is given here, both stand. A
    row that is not any more as it was seen, or an older version without saying what was seen, is refused
    (`ReportChangedMeanwhile`, with the keys), and nothing is changed.
    """
    rows = list(rows)
    report = hold(report, [ReportState.EXPECTED, ReportState.DRAFT, ReportState.RETURNED])
    standing = {each.key: seen_of(each) for each in TypedTotal.objects.filter(report=report)}
    nothing, is_older = seen_of(None), version != report.version
    other = [row for row in rows if seen_of(row) != standing.get(row.key, nothing)]
    contested = [row.key for row in other if (row.seen != standing.get(row.key, nothing) if row.seen else is_older)]
    if contested:
        raise ReportChangedMeanwhile(meanwhile(report), report, contested)
    if is_older and not other:
        return report
    asked = {row.key: row for row in typed_rows(report)}
    for row in rows:
        if row.key not in asked:
            raise BadTotal(
                _("This figure is not typed here: it is not asked for, or it is counted from the book."),
                field=row.key,
            )
        _check(row, asked[row.key])
    begun(report, by=by, at=at)
    for row in rows:
        if row.numerator is None:
            TypedTotal.objects.filter(report=report, key=row.key).delete()
            continue
        TypedTotal.objects.update_or_create(
            report=report,
            key=row.key,
            defaults={
                "numerator": row.numerator,
                "denominator": row.denominator,
                "source": plain_source(row.source),
                "typed_by": by.pk,
                "typed_at": at,
            },
        )
    return keep(report, by=by, at=at)


def _check(row: Total, asked: TypedRow) -> None:
    """Raises `BadTotal`."""
    parts = [part for part in (row.numerator, row.denominator) if part is not None]
    if row.numerator is None:
        if row.denominator is not None:
            raise BadTotal(_("Enter how many it is of them, or leave both empty: not reported."), field=row.key)
        return
    if any(not part.is_finite() or part < 0 or part > LARGEST for part in parts):
        raise BadTotal(_("Enter a number that is not below zero."), field=row.key)
    if any(part != part.to_integral_value() for part in parts):
        raise BadTotal(_("Enter a whole number."), field=row.key)
    if asked.has_parts and row.denominator is None:
        raise BadTotal(_("Enter of how many: a share is reported by both its parts."), field=row.key)
    if not asked.has_parts and row.denominator is not None:
        raise BadTotal(_("This figure is a number alone. Leave “of how many” empty."), field=row.key)
    if asked.is_share and row.denominator is not None and row.numerator > row.denominator:
        raise BadTotal(_("There cannot be more than there are in all."), field=row.key)
    if not plain_source(row.source):
        raise BadTotal(_("Say where the number is from: which book, which list, of which day."), field=row.key)
