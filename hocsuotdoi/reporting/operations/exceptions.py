"""Answering what looks odd in a report: it is so, or it is so for a reason."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.reporting.enums import ExceptionAnswerKind, ReportState
from hocsuotdoi.reporting.models import ExceptionAnswer, Report
from hocsuotdoi.reporting.operations.holding import begun, hold

LONGEST_REASON = 500


class BadAnswer(Refused):
    """`field` is the key of what was answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """To the question `key` about the `numbers` that were shown. With a reason it is explained, else confirmed."""

    key: str
    numbers: Mapping[str, Any]
    reason: str = ""


@transaction.atomic
def answer_exceptions(
    report: Report, *, answers: Iterable[Answer], by: Person, at: dt.datetime
) -> list[ExceptionAnswer]:
    """Keeps one answer for each: it holds as long as the numbers are those that were shown.

    Refused: a report that is not being written, a reason that is too long.
    """
    report = hold(report, [ReportState.EXPECTED, ReportState.DRAFT, ReportState.RETURNED])
    rows = []
    for answer in answers:
        reason = normalise(answer.reason).strip()
        if len(reason) > LONGEST_REASON:
            raise BadAnswer(
                _("Keep the reason below %(most)s characters.") % {"most": LONGEST_REASON}, field=answer.key
            )
        kind = ExceptionAnswerKind.EXPLAINED if reason else ExceptionAnswerKind.CONFIRMED
        rows.append(
            ExceptionAnswer(
                report=report,
                key=answer.key,
                numbers=dict(answer.numbers),
                kind=kind,
                reason=reason,
                by=by.pk,
                at=at,
            )
        )
    if rows:
        begun(report, by=by, at=at)
    return ExceptionAnswer.objects.bulk_create(rows)
