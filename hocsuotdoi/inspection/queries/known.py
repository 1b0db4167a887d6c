"""What the program knows already of what an inspector is about to look at: so that nobody asks it twice, and what
differs is seen on the spot."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.indicators.enums import AnswerSource, AnswerValue
from hocsuotdoi.indicators.queries.criteria import CriterionReading, readings_of
from hocsuotdoi.inspection.enums import Seen, VisitState
from hocsuotdoi.inspection.models import ChecklistItem, Visit, VisitAnswer
from hocsuotdoi.places.queries.opening import weekly_hours


@dataclass(frozen=True)
class Known:
    """In words, empty where nothing is known: what holds of the institution's criterion this year, and what was seen
    at the visit before."""

    criterion: str = ""
    before: str = ""


def known_of(visit: Visit, items: Sequence[ChecklistItem], day: dt.date) -> dict[int, Known]:
    """By the question's key. A constant number of queries."""
    criteria = _criteria(visit, day) if any(item.criterion_code for item in items) else {}
    before = _before(visit)
    return {
        item.pk: Known(
            criteria.get((item.indicator_code, item.criterion_code), ""), before.get(item.question, "")
        )
        for item in items
    }


def institution_in_short(visit: Visit, day: dt.date) -> str:
    """Its opening hours, as the register has them."""
    hours = weekly_hours([visit.institution_id], day).get(visit.institution_id)
    if hours is None:
        return _("Opening hours: not entered")
    return _("Opening hours: {hours} hours a week, {outside} of them outside office hours").format(
        hours=number(hours.hours), outside=number(hours.outside_hours)
    )


def answer_in_words(answer: VisitAnswer) -> str:
    """“met: the note”, “12”, “the words”."""
    said = str(Seen(answer.seen).label) if answer.seen else ""
    if answer.number is not None:
        said = number(answer.number)
    if answer.words:
        said = f"{said}: {answer.words}" if said else answer.words
    return said


def _criteria(visit: Visit, day: dt.date) -> dict[tuple[str, str], str]:
    readings = readings_of([visit.institution], day.year, day)[visit.institution_id]
    return {
        (reading.criteria_set.indicator.code, each.criterion.code): _criterion_in_words(each)
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


def _before(visit: Visit) -> dict[str, str]:
    """What was answered to the same question at the visit closed last."""
    last = (
        Visit.objects.filter(institution=visit.institution_id, state=VisitState.CLOSED)
        .exclude(pk=visit.pk)
        .filter(checklist__code=visit.checklist.code)
        .order_by("-closed_at")
        .first()
    )
    if last is None or last.closed_at is None:
        return {}
    answers = VisitAnswer.objects.filter(visit=last, institution=visit.institution_id).select_related("item")
    words = _("On {day}: {seen}")
    return {
        each.item.question: words.format(day=day_short(last.closed_at), seen=answer_in_words(each))
        for each in answers
    }
