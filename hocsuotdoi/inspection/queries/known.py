"""What the program knows already of what an inspector is about to look at: so that nobody asks it twice, and what
differs is seen on the spot."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.indicators.enums import AnswerSource, AnswerValue
from hocsuotdoi.indicators.queries.criteria import CriterionReading, readings_of
from hocsuotdoi.inspection.enums import Seen, VisitState
from hocsuotdoi.inspection.models import ChecklistItem, Visit, VisitAnswer
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.queries.opening import weekly_hours


@dataclass(frozen=True)
class Known:
    """In words, empty where nothing is known: what holds of the institution's criterion this year, and what was seen
    at the visit before."""

    criterion: str = ""
    before: str = ""


def known_of(
    visits: Sequence[Visit], items: Sequence[ChecklistItem], day: dt.date
) -> dict[tuple[uuid.UUID, int], Known]:
    """By the visit's and the question's key; `items` are those of all the visits' checklists. A constant number of
    queries."""
    criteria = (
        _criteria([visit.institution for visit in visits], day) if any(each.criterion_code for each in items) else {}
    )
    before = _before(visits)
    return {
        (visit.pk, item.pk): Known(
            criteria.get((visit.institution_id, item.indicator_code, item.criterion_code), ""),
            before.get((visit.pk, item.question), ""),
        )
        for visit in visits
        for item in items
        if item.checklist_id == visit.checklist_id
    }


def hours_in_words(institutions: Collection[int], day: dt.date) -> dict[int, str]:
    """The opening hours of each, as the register has them; one query."""
    known = weekly_hours(institutions, day)
    words = _("Opening hours: {hours} hours a week, {outside} of them outside office hours")
    missing = _("Opening hours: not entered")
    return {
        key: words.format(hours=number(known[key].hours), outside=number(known[key].outside_hours))
        if key in known
        else missing
        for key in institutions
    }


def answer_in_words(answer: VisitAnswer) -> str:
    """“met: the note”, “12”, “the words”."""
    said = str(Seen(answer.seen).label) if answer.seen else ""
    if answer.number is not None:
        said = number(answer.number)
    if answer.words:
        said = f"{said}: {answer.words}" if said else answer.words
    return said


def _criteria(institutions: Sequence[Institution], day: dt.date) -> dict[tuple[int, str, str], str]:
    return {
        (key, reading.criteria_set.indicator.code, each.criterion.code): _criterion_in_words(each)
        for key, readings in readings_of(institutions, day.year, day).items()
        for reading in readings
        for each in reading.answers
        if each.value is not None
    }


def _criterion_in_words(reading: CriterionReading) -> str:
    value = str(AnswerValue(reading.value).label) if reading.value else ""
    if reading.basis == AnswerSource.STAFF:
        return _("The institution itself says: {value}").format(value=value)
    found = reading.computed
    if found is not None and found.found is not None and found.needed is not None:
        return _("The books say: {value} ({found} of {needed} needed)").format(
            value=value, found=number(found.found), needed=number(found.needed)
        )
    return _("The books say: {value}").format(value=value)


def _before(visits: Sequence[Visit]) -> dict[tuple[uuid.UUID, str], str]:
    """What was answered to the same question at the visit there that was closed last before."""
    before: dict[uuid.UUID, Visit] = {}
    closed = Visit.objects.filter(
        institution__in={visit.institution_id for visit in visits}, state=VisitState.CLOSED
    ).order_by("closed_at")
    for other in closed:
        for visit in visits:
            is_before = visit.closed_at is None or (other.closed_at is not None and other.closed_at < visit.closed_at)
            if other.institution_id == visit.institution_id and other.pk != visit.pk and is_before:
                before[visit.pk] = other
    answers: dict[uuid.UUID, list[VisitAnswer]] = defaultdict(list)
    rows = VisitAnswer.objects.filter(visit__in=[each.pk for each in before.values()])
    for answer in rows.filter(institution__in=[each.institution_id for each in visits]).select_related("item"):
        answers[answer.visit_id].append(answer)
    words = _("On {day}: {seen}")
    return {
        (key, each.item.question): words.format(day=day_short(other.closed_at), seen=answer_in_words(each))
        for key, other in before.items()
        for each in answers[other.pk]
    }
