"""Answers that the program gives by itself, from the ledger and the register.

A rule is asked for many institutions and many criteria at once and runs a constant number of queries. It answers yes or
no where it knows, and leaves out the institution where it does not: nothing in the register about equipment means
"not known", and an institution that has posted nothing all year is silent, not empty.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet, Sum

from hocsuotdoi.indicators.models import Criterion
from hocsuotdoi.indicators.queries.frame import MANY, Expected, Frame, at_any_of, named
from hocsuotdoi.ledger.enums import AgeBand
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.ledger.queries.entries import standing_postings
from hocsuotdoi.places.models import Equipment, Institution, OpeningHours, Room
from hocsuotdoi.places.queries.opening import hours_of, spans_on


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed answer; `found` is the number it rests on, `needed` the number asked for, if any."""

    is_met: bool
    found: int | None = None
    needed: int | None = None


Answers = dict[int, Computed]
"""By institution id."""


@dataclass(frozen=True)
class Asked:
    """Of whom and when the rules are asked."""

    frame: Frame
    expected: Sequence[Expected]

    @cached_property
    def institutions(self) -> list[int]:
        return [each.institution_id for each in self.expected]

    def reporting_of(self, criterion: Criterion) -> list[int]:
        """The institutions of the criterion's classes that have reported."""
        classes = set(criterion.criteria_set.classes)
        return [
            each.institution_id
            for each in self.expected
            if each.institution_class in classes and each.institution_id in self.reporting
        ]

    @cached_property
    def reporting(self) -> set[int]:
        """Those with at least one posting in the year that still stands. One query, when first looked at."""

        def postings(frame: Frame) -> QuerySet[Any, Any]:
            found = standing_postings().filter(self.at_these, occurred_on__range=(frame.starts_on, frame.last_day))
            return found.values_list("institution_id").distinct()

        return {key for (key,) in self.frame.rows("reporting", postings)} & set(self.institutions)

    @property
    def at_these(self) -> Q:
        return at_any_of(self.named)

    @property
    def these(self) -> Q:
        return Q() if len(self.named) > MANY else Q(pk__in=self.named)

    @property
    def named(self) -> Collection[int]:
        """Those to be named in a query, which is asked for several years together."""
        return named(self.frame, self.institutions)


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` answers all criteria of this rule together: criterion id to answers."""

    find: Callable[[list[Criterion], Asked], dict[int, Answers]]
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = field(default=frozenset())

    def accepts(self, parameters: dict[str, Any]) -> bool:
        return self.required <= set(parameters) <= self.required | self.optional


def computed_answers(criteria: Iterable[Criterion], asked: Asked) -> dict[int, Answers]:
    """Criterion id to the answers known; the number of queries depends on the rules in play only."""
    by_rule: dict[str, list[Criterion]] = {}
    for criterion in criteria:
        if criterion.rule:
            by_rule.setdefault(criterion.rule, []).append(criterion)
    found: dict[int, Answers] = {}
    for name, together in by_rule.items():
        found.update(RULES[name].find(together, asked))
    return found


# -- the ledger --


Cell = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A measure with the purposes and tags looked for (none: all)."""


def _quantities(cells: Iterable[Cell], asked: Asked) -> dict[Cell, dict[int, int]]:
    """Sums of the year by institution, all cells in one query."""
    columns = {f"cell_{number}": cell for number, cell in enumerate(sorted(set(cells)))}
    sums = {}
    for name, (measure, purposes, tags) in columns.items():
        condition = Q(measure=measure)
        if purposes:
            condition &= Q(purpose__in=purposes)
        if tags:
            condition &= Q(tags__overlap=list(tags))
        sums[name] = Sum("quantity", filter=condition)

    def rows(frame: Frame) -> QuerySet[Any, Any]:
        entries = Entry.objects.filter(
            asked.at_these,
            occurred_on__range=(frame.starts_on, frame.last_day),
            measure__in={cell[0] for cell in columns.values()},
        )
        grouped = entries.order_by().values("institution_id").annotate(**sums)
        return grouped.values_list("institution_id", *columns)

    found: dict[Cell, dict[int, int]] = {cell: {} for cell in columns.values()}
    for institution, *quantities in asked.frame.rows(("quantities", *columns.values()), rows):
        for cell, quantity in zip(columns.values(), quantities, strict=True):
            found[cell][institution] = quantity or 0
    return found


def _cell(measure: str, parameters: dict[str, Any]) -> Cell:
    return measure, tuple(parameters.get("purposes", ())), tuple(parameters.get("tags", ()))


def _quantity_at_least(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    cells = {c.pk: [_cell(c.parameters["measure"], c.parameters)] for c in criteria}
    return _at_least(criteria, cells, asked)


def _any_of_at_least(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    """One of several measures by itself: loans and visits are never added together."""
    cells = {c.pk: [_cell(measure, c.parameters) for measure in c.parameters["measures"]] for c in criteria}
    return _at_least(criteria, cells, asked)


def _at_least(criteria: list[Criterion], cells: dict[int, list[Cell]], asked: Asked) -> dict[int, Answers]:
    quantities = _quantities({cell for each in cells.values() for cell in each}, asked)
    found: dict[int, Answers] = {}
    for criterion in criteria:
        sums, needed = [quantities[cell] for cell in cells[criterion.pk]], criterion.parameters["quantity"]
        found[criterion.pk] = {
            institution: _compare(max(each.get(institution, 0) for each in sums), needed)
            for institution in asked.reporting_of(criterion)
        }
    return found


# A thing that happened and was taken back left no month and no age band: those whose sum is zero are not counted.
# Which months or bands there are is kept in the bits of a number, which is quicker than counting distinct ones.
_DISTINCT = """
SELECT institution_id, measure, bit_count(bit_or(1 << dimension)::bit(16))
  FROM (SELECT institution_id, measure, {dimension} AS dimension
          FROM ledger_entry
         WHERE occurred_on BETWEEN %s AND %s AND (%s OR institution_id = ANY(%s))
         GROUP BY 1, 2, 3 HAVING sum(quantity) > 0) AS kept
 WHERE dimension IS NOT NULL
 GROUP BY GROUPING SETS ((institution_id, measure), (institution_id))
"""
_MONTH = "extract(month from occurred_on)::int"
_AGE_BAND = f"array_position('{{{','.join(AgeBand.values)}}}'::varchar[], age_band)"


def _distinct(dimension: str, asked: Asked) -> dict[tuple[int, str | None], int]:
    """In how many months, age bands… each institution has something; measure None is any measure."""
    everywhere = len(asked.named) > MANY
    these = [] if everywhere else list(asked.named)
    statement = _DISTINCT.format(dimension=dimension)
    rows = asked.frame.raw_rows(
        ("distinct", dimension), lambda frame: (statement, [frame.starts_on, frame.last_day, everywhere, these])
    )
    return {(institution, measure): count for institution, measure, count in rows}


def _distinct_at_least(dimension: str, needed: str) -> Callable[[list[Criterion], Asked], dict[int, Answers]]:
    def find(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
        counts = _distinct(dimension, asked)
        return {
            criterion.pk: {
                institution: _compare(
                    counts.get((institution, criterion.parameters.get("measure")), 0), criterion.parameters[needed]
                )
                for institution in asked.reporting_of(criterion)
            }
            for criterion in criteria
        }

    return find


def _compare(found: int, needed: int) -> Computed:
    return Computed(found >= needed, found, needed)


# -- the register --


def _opening_hours_known(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:

    def hours(frame: Frame) -> QuerySet[Any, Any]:
        return OpeningHours.objects.on(frame.last_day).filter(asked.at_these).values_list("institution_id").distinct()

    known = asked.frame.rows("hours known", hours)
    return _same_for_all(criteria, {institution: Computed(True) for (institution,) in known})


def _opens_evening_or_weekend(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    """Outside office hours as decision 11 has them: from the timetable, in minutes."""
    these = None if len(asked.named) > MANY else list(asked.named)
    week = hours_of(asked.frame.rows("week", lambda frame: spans_on(these, frame.last_day)))
    return _same_for_all(criteria, {key: Computed(hours.outside_minutes > 0) for key, hours in week.items()})


def _rooms_known(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    rooms = Room.objects.filter(asked.at_these).values_list("institution_id", flat=True).distinct()
    known = asked.frame.together.once("rooms", lambda: list(rooms))
    return _same_for_all(criteria, {institution: Computed(True) for institution in known})


def _website_known(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    websites = Institution.objects.exclude(website="").filter(asked.these).values_list("pk", flat=True)
    known = asked.frame.together.once("websites", lambda: list(websites))
    return _same_for_all(criteria, {institution: Computed(True) for institution in known})


def _equipment_usable(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    """Every kind asked for is there and at least one of it can be used; no where others are listed but not these."""
    usable: dict[int, set[str]] = {}
    rows = Equipment.objects.filter(asked.at_these).values_list("institution_id", "kind", "usable")
    for institution, kind, count in asked.frame.together.once("equipment", lambda: list(rows)):
        usable.setdefault(institution, set())
        if count:
            usable[institution].add(kind)
    return {
        criterion.pk: {
            institution: Computed(set(criterion.parameters["kinds"]) <= kinds) for institution, kinds in usable.items()
        }
        for criterion in criteria
    }


def _same_for_all(criteria: list[Criterion], answers: Answers) -> dict[int, Answers]:
    return {criterion.pk: answers for criterion in criteria}


RULES: dict[str, Rule] = {
    "quantity_at_least": Rule(_quantity_at_least, frozenset({"measure", "quantity"}), frozenset({"purposes", "tags"})),
    "any_of_at_least": Rule(_any_of_at_least, frozenset({"measures", "quantity"})),
    "months_at_least": Rule(
        _distinct_at_least(_MONTH, "months"),
        frozenset({"months"}),
        frozenset({"measure"}),
    ),
    "age_bands_at_least": Rule(_distinct_at_least(_AGE_BAND, "bands"), frozenset({"measure", "bands"})),
    "opening_hours_known": Rule(_opening_hours_known),
    "opens_evening_or_weekend": Rule(_opens_evening_or_weekend),
    "rooms_known": Rule(_rooms_known),
    "website_known": Rule(_website_known),
    "equipment_usable": Rule(_equipment_usable, frozenset({"kinds"})),
}
"""What `Criterion.rule` can name."""
