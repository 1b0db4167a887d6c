"""Which institutions to visit: by rules that are said aloud. Some because nobody was there for longest, some because
they meet few criteria, some by lot, with the seed beside it: drawn again, the lot falls on the same."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import MD5, Concat

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
"""Criteria are read of at most so many institutions, those that the lot takes first: of a province's all."""


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
        """As it stands in the plan. `drawn`: how the lot orders, which took another way before."""
        return {
            "unit": self.unit.code,
            "classes": list(self.classes),
            "longest": self.longest,
            "low": self.low,
            "lot": self.lot,
            "seed": self.seed,
            "drawn": "md5",
            "weighed": MOST_WEIGHED,
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
    """In the order of the rules, out of all; who has a visit in the plan already is left out. A constant number of
    queries."""
    classes = checklists_for(plan.agency, at)
    found = institutions_to_inspect(person, rule.unit, day).filter(
        institution_class__in=[each for each in classes if not rule.classes or each in rule.classes]
    )
    planned = plan.visits.exclude(state=VisitState.CANCELLED).values("institution")
    candidates = by_lot(with_last_visit(found.exclude(pk__in=planned)), rule.seed)
    # Where several stand alike, the lot decides and not the alphabet.
    longest = list(candidates.order_by(F("last_on").asc(nulls_first=True), "lot", "code")[: rule.longest])
    others = candidates.exclude(pk__in=[each.pk for each in longest])
    weighed = list(others[: MOST_WEIGHED if rule.low else rule.lot])
    met = _criteria_met([*longest, *weighed], day)
    known = [each for each in weighed if met[each.pk][1]]
    low = sorted(known, key=lambda each: _share(met[each.pk]))[: rule.low]
    lot = [each for each in weighed if each not in low][: rule.lot]
    return [
        Choice(each, chosen, each.last_on, *met[each.pk])
        for these, chosen in ((longest, Chosen.LONGEST), (low, Chosen.LOW), (lot, Chosen.LOT))
        for each in these
    ]


def by_lot(institutions: QuerySet[Any, Any], seed: str) -> QuerySet[Any, Any]:
    """In the order of the lot, drawn by the database over all of them: by the MD5 of seed, colon and code. The same
    seed orders the same, whatever else stands in the register, and anybody can draw it again."""
    return institutions.annotate(lot=MD5(Concat(Value(f"{seed}:"), "code", output_field=TextField()))).order_by(
        "lot", "code"
    )


def with_last_visit(institutions: QuerySet[Institution]) -> QuerySet[Any, Any]:
    """`last_on`: the day of the visit closed last."""
    closed = Visit.objects.filter(institution=OuterRef("pk"), state=VisitState.CLOSED).order_by("-planned_on")
    return institutions.annotate(last_on=Subquery(closed.values("planned_on")[:1]))


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
