"""What a phone takes along to its person's visits, and needs nothing else for: questions, what is known beside them,
what was answered and found already, who will have to mend it. Nobody's data but theirs."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.inspection.models import ChecklistItem, Visit, VisitAnswer, VisitFinding, VisitPhoto
from hocsuotdoi.inspection.queries.answering import answering_agencies
from hocsuotdoi.inspection.queries.known import Known, hours_in_words, known_of
from hocsuotdoi.inspection.queries.visits import carried_by, people_named
from hocsuotdoi.places.queries.institutions import places_of

MOST_CARRIED = 30


@dataclass(frozen=True)
class Carried:
    """One visit. `known` and `answers` by the question's key, what others wrote with their names; `photos`: how many
    pictures are there already; `mends`: the name of the body that will have to mend what is found, empty: none does."""

    visit: Visit
    place: str
    team: list[str]
    hours: str
    items: list[ChecklistItem]
    known: dict[int, Known]
    answers: dict[int, tuple[VisitAnswer, str]]
    findings: list[tuple[VisitFinding, str]]
    photos: int
    mends: str


def carried(person: Person, day: dt.date) -> list[Carried]:
    """A constant number of queries, however many visits."""
    visits = list(carried_by(person, day)[:MOST_CARRIED])
    keys = [each.pk for each in visits]
    institutions = [each.institution_id for each in visits]
    items = list(ChecklistItem.objects.filter(checklist__in={each.checklist_id for each in visits}))
    answers = list(VisitAnswer.objects.filter(visit__in=keys, institution__in=institutions))
    findings = list(VisitFinding.objects.filter(visit__in=keys, institution__in=institutions).order_by("pk"))
    photos = VisitPhoto.objects.filter(visit__in=keys, institution__in=institutions).order_by()
    pictures = dict(photos.values_list("visit").annotate(number=Count("pk")).values_list("visit", "number"))
    noted_by = [each.noted_by for each in findings if each.noted_by]
    names = people_named(
        [*(key for each in visits for key in each.team), *(each.seen_by for each in answers), *noted_by]
    )
    mends = answering_agencies(set(institutions), day)
    known, places, hours = known_of(visits, items, day), places_of(institutions, day), hours_in_words(institutions, day)
    return [
        Carried(
            visit=visit,
            place=places[visit.institution_id].name if visit.institution_id in places else "",
            team=[names[key] for key in visit.team if key in names],
            hours=hours[visit.institution_id],
            items=[item for item in items if item.checklist_id == visit.checklist_id],
            known={item.pk: known[visit.pk, item.pk] for item in items if item.checklist_id == visit.checklist_id},
            answers={
                each.item_id: (each, names.get(each.seen_by, "")) for each in answers if each.visit_id == visit.pk
            },
            findings=[
                (each, names.get(each.noted_by, "") if each.noted_by else "")
                for each in findings
                if each.visit_id == visit.pk
            ],
            mends=mends[visit.institution_id].name if visit.institution_id in mends else "",
            photos=pictures.get(visit.pk, 0),
        )
        for visit in visits
    ]
