"""Keeping for good what a document says: the snapshot with its number and digest, and each of its figures."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.reporting.enums import SnapshotKind
from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.models import Content, Figure, Nomination, Report, Snapshot
from hocsuotdoi.reporting.models.content import FigureContent

PREFIXES = {
    SnapshotKind.REPORT: "BC",
    SnapshotKind.ADDENDUM: "BS",
    SnapshotKind.LETTER: "CV",
    SnapshotKind.MINUTES: "BB",
    SnapshotKind.NOMINATION: "KT",
    SnapshotKind.AWARD: "QK",
}
"""As offices abbreviate them: báo cáo, bổ sung, công văn, biên bản, đề nghị khen thưởng, tặng thưởng."""

LONGEST_PLACE = 20


@transaction.atomic
def freeze(
    kind: SnapshotKind,
    content: Content | dict[str, Any],
    *,
    figures: Iterable[FigureContent] | None = None,
    report: Report | None = None,
    visit: Visit | None = None,
    nomination: Nomination | None = None,
    amends: Snapshot | None = None,
    by: Person | None,
    at: dt.datetime,
) -> Snapshot:
    """The content under a number of its own, with a row for each figure: those of the content where none are given.

    One of `report`, `visit` and `nomination` says of what it is; an addendum names the snapshot that it amends. The
    caller holds the lock of what the content was read from. Number and moment are written into the content, so that
    the digest binds them too.
    """
    number = _next_number(SnapshotKind(kind), *_place_and_year(report, visit, nomination, at))
    frozen: dict[str, Any] = {
        **content,
        "number": number,
        "frozen_at": timezone.localtime(at).isoformat(timespec="seconds"),
    }
    snapshot = Snapshot.objects.create(
        kind=kind,
        report=report,
        visit_id=visit.pk if visit else None,
        institution_id=visit.institution_id if visit else None,
        nomination=nomination,
        amends=amends,
        number=number,
        content=frozen,
        digest=digest_of(frozen),
        frozen_at=at,
        frozen_by=by,
    )
    told = frozen.get("figures", ()) if figures is None else figures
    Figure.objects.bulk_create(_figure(snapshot, each) for each in told)
    return snapshot


def _figure(snapshot: Snapshot, said: FigureContent) -> Figure:
    return Figure(
        snapshot=snapshot,
        key=said["key"],
        value_state=said["value_state"],
        numerator=_decimal(said["numerator"]),
        denominator=_decimal(said["denominator"]),
        reporting=said["reporting"],
        expected=said["expected"],
        is_additive=said["is_additive"],
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _place_and_year(
    report: Report | None, visit: Visit | None, nomination: Nomination | None, at: dt.datetime
) -> tuple[str, int]:
    if report is not None:
        return report.unit.code, report.year
    if nomination is not None:
        unit = nomination.agency.unit
        return unit.code if unit else nomination.agency.code[:LONGEST_PLACE], nomination.year
    if visit is not None:
        return visit.institution.code[:LONGEST_PLACE], timezone.localdate(at).year
    raise TypeError("a snapshot is of a report, a visit or a nomination")


def _next_number(kind: SnapshotKind, place: str, year: int) -> str:
    """BC-01843-2026-003: the third of its kind for that code and year.

    A code can be used again by another unit in the same year (2025), and several bodies of one unit report, so numbers
    run by code. The lock lasts until the transaction ends: who comes second counts the first.
    """
    prefix = f"{PREFIXES[kind]}-{place}-{year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [prefix])
    return f"{prefix}{Snapshot.objects.filter(number__startswith=prefix).count() + 1:03d}"
