"""Staff state what the program cannot know, or that what it found is not so."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.enums import AnswerValue, OverrideState
from hocsuotdoi.indicators.models import Criterion, CriterionAnswer
from hocsuotdoi.indicators.queries.criteria import CriterionReading, readings_of, stated_answers
from hocsuotdoi.places.models import Institution


class UnknownCriterion(Refused):
    """A criterion that the institution's class does not have."""


class ReasonMissing(Refused):
    """Not applicable, without saying why."""


class OverrideWithoutReason(Refused):
    """Another answer than the program found, or one where it found nothing, without saying why."""


class YearNotBegun(Refused):
    """An answer about a year to come."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `note` is needed for "not applicable", and where the program answers and did not find this."""

    indicator_code: str
    criterion_code: str
    value: AnswerValue
    note: str = ""


@transaction.atomic
def state_answers(
    institution: Institution, *, year: int, answers: Sequence[Answer], by: Person, at: dt.datetime
) -> list[CriterionAnswer]:
    """Record what staff of an institution state about `year`; return the new rows.

    An answer that repeats the newest one adds nothing, unless what was accepted of that has lapsed; a different one is
    a new row, and the older stays to be read. Where the program answers, one that is not what it found, also where it
    found nothing, does not hold until somebody else accepts it (`reviews.review_answer`); nor does "not applicable",
    whoever answers. Refused: a year to come, a
    criterion that the class does not have, "not applicable" or such an answer without a reason.
    """
    if year > timezone.localdate(at).year:
        raise YearNotBegun(_("{year} has not begun.").format(year=year))
    known = set(
        Criterion.objects.filter(criteria_set__classes__contains=[institution.institution_class]).values_list(
            "criteria_set__indicator_id", "code"
        )
    )
    readings = _readings(institution, year, at)
    for answer in answers:
        if (answer.indicator_code, answer.criterion_code) not in known:
            raise UnknownCriterion(
                _("{institution} is not asked about “{criterion}”.").format(
                    institution=institution.name, criterion=answer.criterion_code
                )
            )
        if answer.value == AnswerValue.NOT_APPLICABLE and not answer.note.strip():
            raise ReasonMissing(_("Say why this does not apply to {institution}.").format(institution=institution.name))
        reading = readings.get((answer.indicator_code, answer.criterion_code))
        if reading is not None and not answer.note.strip() and reading.is_against(answer.value):
            raise OverrideWithoutReason(
                _("Say why your answer differs from what the program found.")
                if reading.computed
                else _("Say what your answer rests on: the program has found nothing about it.")
            )
    newest = {(key[1], key[2]): said for key, said in stated_answers(year, [institution.pk]).items()}
    newest |= {key: reading.stated for key, reading in readings.items()}
    lapsed = {key for key, reading in readings.items() if reading.override == OverrideState.LAPSED}
    fresh = [
        CriterionAnswer(
            institution=institution,
            indicator_code=answer.indicator_code,
            criterion_code=answer.criterion_code,
            year=year,
            value=answer.value,
            note=answer.note.strip(),
            answered_by=by.pk,
            answered_at=at,
        )
        for answer in answers
        if (before := newest.get((answer.indicator_code, answer.criterion_code))) is None
        or (before.value, before.note) != (answer.value, answer.note.strip())
        or (answer.indicator_code, answer.criterion_code) in lapsed
    ]
    return CriterionAnswer.objects.bulk_create(fresh)


def _readings(institution: Institution, year: int, at: dt.datetime) -> dict[tuple[str, str], CriterionReading]:
    """By indicator and criterion."""
    return {
        (reading.criteria_set.indicator_id, answer.criterion.code): answer
        for reading in readings_of([institution], year, timezone.localdate(at))[institution.pk]
        for answer in reading.answers
    }
