"""Answering what looks odd in a report: it is so, or it is so for a reason."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.enums import ExceptionAnswerKind, ReportState
from hocsuotdoi.reporting.models import ExceptionAnswer, Report
from hocsuotdoi.reporting.operations.holding import begun, hold
from hocsuotdoi.reporting.queries.exceptions import newest_answers, plain_reason

LONGEST_REASON = 500


class BadAnswer(Refused):
    """`field` is the key of what was answered."""


class AnsweredMeanwhile(Refused):
    """Somebody else has said something else about the same numbers. `field` is the key of what they answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """To the question `key` about the `numbers` that were shown. With a reason it is explained, else confirmed. `over`:
    the answer that was shown with it, which this one takes the place of."""

    key: str
    numbers: Mapping[str, Any]
    reason: str = ""
    over: int | None = None


@transaction.atomic
def answer_exceptions(
    report: Report, *, answers: Iterable[Answer], by: Person, at: dt.datetime
) -> list[ExceptionAnswer]:
    """Keeps one answer for each: it holds as long as the numbers are those that were shown. What stands already, said
    by whomever, is not said twice: so the same may be sent again where the reply to the first time was lost.

    Refused, and then none is kept: a report that is not being written, a reason that is too long, an answer over one
    that was not shown.
    """
    report = hold(report, [ReportState.EXPECTED, ReportState.DRAFT, ReportState.RETURNED])
    standing = newest_answers(report)
    rows = []
    for answer in answers:
        reason = plain_reason(answer.reason)
        if len(reason) > LONGEST_REASON:
            raise BadAnswer(
                _("Keep the reason below %(most)s characters.") % {"most": LONGEST_REASON}, field=answer.key
            )
        last = standing.get(answer.key)
        if last is not None and last.numbers == answer.numbers:
            if last.reason == reason:
                continue
            if last.pk != answer.over:
                raise AnsweredMeanwhile(_("Somebody else has answered this meanwhile."), field=answer.key)
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
