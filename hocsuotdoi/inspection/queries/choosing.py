"""Which institutions to visit: by rules that are said aloud. Some because nobody was there for longest, some because
they meet few criteria, some by lot, with the seed beside it: drawn again, the lot falls on the same."""

import datetime as dt
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.command import institutions_held, of_armed_forces
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.indicators.enums import AnswerValue
from hocsuotdoi.indicators.queries.criteria import readings_of
from hocsuotdoi.inspection.enums import Chosen, VisitState
from hocsuotdoi.inspection.models import InspectionPlan, Visit
from hocsuotdoi.inspection.queries.visits import checklists_for
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.places.queries.institutions import active_on, placed_in

MOST_WEIGHED = 4_000
"""Criteria are read of at most so many institutions: a province and its parts."""


@dataclass(frozen=True)
class Rule:
    """How many by which rule, out of which institutions. An empty `classes` is every class that has a checklist."""

    unit: AdminUnit
    classes: tuple[str, ...]
    longest: int
    low: int
    lot: int
    seed: str

    def as_data(self) -> dict[str, object]:
        """As it stands in the plan."""
        return {
            "unit": self.unit.code,
            "classes": list(self.classes),
            "longest": self.longest,
            "low": self.low,
            "lot": self.lot,
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Choice:
    """An institution and why. `last_on`: the day of its last visit; `met` of its `known` criteria this year."""

    institution: Institution
    chosen: Chosen
    last_on: dt.date | None
    met: int
    known: int


def institutions_to_inspect(person: Person, unit: AdminUnit, day: dt.date) -> QuerySet[Institution]:
    """Where the person may plan a visit, open on `day`, at or under the unit."""
    covered = institutions_covered(person, Permission.INSPECT, day).values("pk")
    own = institutions_held(person, Permission.INSPECT, day).values("pk")
    of_line = of_armed_forces(day).values("pk")
    here = active_on(placed_in(unit, day), day)
    return here.filter(Q(pk__in=covered) & ~Q(pk__in=of_line) | Q(pk__in=own))


def choose(plan: InspectionPlan, rule: Rule, *, person: Person, day: dt.date, at: dt.datetime) -> list[Choice]:
    """In the order of the rules; who has a visit in the plan already is left out. A constant number of queries."""
    classes = checklists_for(plan.agency, at)
    found = institutions_to_inspect(person, rule.unit, day).filter(
        institution_class__in=[each for each in classes if not rule.classes or each in rule.classes]
    )
    planned = plan.visits.exclude(state=VisitState.CANCELLED).values("institution")
    candidates = list(found.exclude(pk__in=planned).order_by("code")[:MOST_WEIGHED])
    last = last_visits(candidates)
    met = _criteria_met(candidates, day)
    picked: list[Choice] = []

    def pick(these: Sequence[Institution], number: int, chosen: Chosen) -> None:
        for each in these[:number]:
            picked.append(Choice(each, chosen, last.get(each.pk), *met[each.pk]))
            candidates.remove(each)

    never = dt.date.min
    # Where several stand alike, the lot decides and not the alphabet.
    rank = {each.pk: place for place, each in enumerate(drawn(candidates, len(candidates), rule.seed))}
    pick(sorted(candidates, key=lambda each: (last.get(each.pk, never), rank[each.pk])), rule.longest, Chosen.LONGEST)
    known = [each for each in candidates if met[each.pk][1]]
    pick(sorted(known, key=lambda each: (_share(met[each.pk]), rank[each.pk])), rule.low, Chosen.LOW)
    pick(drawn(candidates, rule.lot, rule.seed), rule.lot, Chosen.LOT)
    return picked


def drawn(candidates: Sequence[Institution], number: int, seed: str) -> list[Institution]:
    """By lot: the same seed over the same institutions draws the same, whatever order they come in."""
    in_order = sorted(candidates, key=lambda each: each.code)
    return random.Random(seed).sample(in_order, min(number, len(in_order)))


def last_visits(institutions: Collection[Institution]) -> dict[int, dt.date]:
    """By key, the day of the visit closed last; one query."""
    rows = Visit.objects.filter(institution__in=[each.pk for each in institutions], state=VisitState.CLOSED)
    return dict(
        rows.order_by().values_list("institution").annotate(last=Max("planned_on")).values_list("institution", "last")
    )


def _criteria_met(institutions: Sequence[Institution], day: dt.date) -> dict[int, tuple[int, int]]:
    """Of the criteria of which anything is known and that apply: how many hold, how many there are."""
    readings = readings_of(institutions, day.year, day)
    return {
        key: (
            sum(each.met for each in found),
            sum(answer.value not in (None, AnswerValue.NOT_APPLICABLE) for each in found for answer in each.answers),
        )
        for key, found in readings.items()
    }


def _share(met_of: tuple[int, int]) -> float:
    met, known = met_of
    return met / known
