"""Answers that the program gives by itself, from the ledger and the register.

A rule is asked for many institutions and many criteria at once and runs a constant number of queries. It answers yes or
no where it knows, and leaves out the institution where it does not: nothing in the register about equipment means
"not known", of what an institution does not report nobody knows that there was none, and a typed figure does not tell
months, ages and marks (`queries.typed`).
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from hocsuotdoi.indicators.models import Criterion
from hocsuotdoi.indicators.queries.frame import MANY, Expected, Frame, at_any_of, named
from hocsuotdoi.indicators.queries.reported import Reporting, own_year, reporting_by_year
from hocsuotdoi.indicators.queries.stocks import end_of
from hocsuotdoi.indicators.queries.sums import Counted, months_and_days
from hocsuotdoi.indicators.queries.together import Rows
from hocsuotdoi.indicators.queries.typed import (
    FIGURES,
    HERE,
    LONGEST_MONTH,
    RECORDED,
    TYPED,
    Typed,
    months_between,
    more_ages,
    more_of,
    typed_from,
)
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode
from hocsuotdoi.places.models import Institution, OpeningHours
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
    counted: frozenset[Counted] = frozenset()
    """Everything that the criteria count."""

    @cached_property
    def institutions(self) -> list[int]:
        return [each.institution_id for each in self.expected]

    def asked_of(self, criterion: Criterion) -> list[int]:
        """The institutions of the criterion's classes."""
        classes = set(criterion.criteria_set.classes)
        return [each.institution_id for each in self.expected if each.institution_class in classes]

    def reporting(self, counted: Counted) -> set[int]:
        """Those that report the count in the year: only of these is it known that there was none of it."""
        return self._reporting[counted, self.frame.year]

    @cached_property
    def _reporting(self) -> Reporting:
        return reporting_by_year(self.frame.constant, self.counted, own_year, self.institutions)

    @cached_property
    def typed(self) -> Typed:
        """What was typed in of all that the criteria count. One query."""
        measures = sorted({measure for each in self.counted for measure in each.measures})
        return typed_from(
            self.frame.raw_rows(
                ("typed", *measures), lambda each: (TYPED, self.parameters(each, typed_measures=measures))
            )
        )

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        return self.frame.starts_on, self.frame.last_day

    def parameters(self, frame: Frame, **others: Any) -> dict[str, Any]:
        """What every question below asks with: where and when, and whatever else it needs."""
        everywhere = len(self.named) > MANY
        first, broken, last = months_and_days(frame, frame.year)
        return {
            "everywhere": everywhere,
            "institutions": [] if everywhere else list(self.named),
            "first": first,
            "broken": broken,
            "last": last,
            **others,
        }

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


def asked_with(criteria: Iterable[Criterion], asked: Asked) -> Asked:
    """The same, which knows all that the criteria count."""
    return replace(asked, counted=frozenset(each for criterion in criteria for each in counted_by(criterion)))


def is_typed(criterion: Criterion, asked: Asked, institution: int) -> bool:
    """Whether figures were typed in of what the criterion counts."""
    measures = {measure for each in counted_by(criterion) for measure in each.measures}
    return bool(measures) and any((institution, measure) in asked.typed for measure in measures)


def computed_answers(criteria: Iterable[Criterion], asked: Asked) -> dict[int, Answers]:
    """Criterion id to the answers known; the number of queries depends on the rules in play only."""
    criteria = list(criteria)
    asked = asked_with(criteria, asked)
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


# Whole months from the roll-up, the days of a broken one from the book; `tagged` is empty.
_HAPPENED = f"""
SELECT institution_id, measure, extract(month from month)::int AS month, purpose, quantity, lines,
       NULL::text[] AS tagged
  FROM indicators_fresh_institutionmonth
 WHERE month >= %(first)s AND month < %(broken)s AND {HERE}
 UNION ALL
SELECT institution_id, measure, extract(month from occurred_on)::int, coalesce(purpose, ''), quantity,
       sign(quantity), NULL
  FROM ledger_entry
 WHERE occurred_on BETWEEN %(broken)s AND %(last)s AND {HERE}
"""
# Only the book knows tags.
_TAGGED = f"""
 UNION ALL
SELECT institution_id, measure, NULL, coalesce(purpose, ''), quantity, 0, tags
  FROM ledger_entry
 WHERE occurred_on BETWEEN %(first)s AND %(last)s AND measure = ANY(%(tagged_measures)s) AND {HERE}
"""


def counted_by(criterion: Criterion) -> list[Counted]:
    """What a criterion of the ledger counts, each by itself; without a measure it is whatever was counted."""
    given = criterion.parameters
    if criterion.rule in ("quantity_at_least", "any_of_at_least"):
        return [Counted((each,), tuple(given.get("purposes", ())), ()) for each in _measures(given)]
    if criterion.rule in ("months_at_least", "age_bands_at_least"):
        return [Counted(_measures(given) or tuple(MeasureCode.values), (), ())]
    return []


def _measures(parameters: dict[str, Any]) -> tuple[str, ...]:
    return tuple(parameters.get("measures", ())) or ((parameters["measure"],) if "measure" in parameters else ())


def _quantities(cells: Iterable[Cell], asked: Asked) -> dict[Cell, dict[int, int]]:
    """Sums of the year by institution, all cells in one query."""
    columns = sorted(set(cells))
    tagged = sorted({measure for measure, _purposes, tags in columns if tags})
    parameters: dict[str, Any] = {"tagged_measures": tagged}
    sums = []
    for number, (measure, purposes, tags) in enumerate(columns):
        conditions = [f"measure = %(measure_{number})s", "tagged IS NULL"]
        parameters[f"measure_{number}"] = measure
        if purposes:
            conditions.append(f"purpose = ANY(%(purposes_{number})s)")
            parameters[f"purposes_{number}"] = list(purposes)
        if tags:
            conditions[1] = f"tagged && %(tags_{number})s::text[]"
            parameters[f"tags_{number}"] = list(tags)
        sums.append(f"sum(quantity) FILTER (WHERE {' AND '.join(conditions)})::bigint")
    rows = _HAPPENED + (_TAGGED if tagged else "")
    statement = f"SELECT institution_id, {', '.join(sums)} FROM ({rows}) AS happened GROUP BY 1"
    found: dict[Cell, dict[int, int]] = {cell: {} for cell in columns}
    for institution, *quantities in asked.frame.raw_rows(
        ("quantities", *columns), lambda each: (statement, asked.parameters(each, **parameters))
    ):
        for cell, quantity in zip(columns, quantities, strict=True):
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
        own, needed = cells[criterion.pk], criterion.parameters["quantity"]
        reporting = set.intersection(*(asked.reporting(each) for each in counted_by(criterion)))
        between = {}
        for institution in asked.asked_of(criterion):
            sums = [quantities[cell].get(institution, 0) for cell in own]
            most = [
                known + more_of(asked.typed.get((institution, measure), ()), purposes, bool(tags), asked.days)
                for known, (measure, purposes, tags) in zip(sums, own, strict=True)
            ]
            between[institution] = max(sums), max(most)
        found[criterion.pk] = _compare(between, needed, reporting)
    return found


def _compare(between: dict[int, tuple[int, float]], needed: int, reporting: set[int]) -> Answers:
    """`between`: how many there are, at least and at most. Yes is what they reach at least, no what they cannot."""
    return {
        institution: Computed(least >= needed, least, needed)
        for institution, (least, most) in between.items()
        if least >= needed or (most < needed and institution in reporting)
    }


# A thing that happened and was taken back left no month and no age band: those whose sum is zero are not counted.
# Which months or bands there are is kept in the bits of a number, which is quicker than counting distinct ones.
_DISTINCT = """
SELECT institution_id, {measure}, bit_or(1 << dimension)
  FROM (SELECT institution_id, measure, {dimension} AS dimension
          FROM ({rows}) AS happened
         GROUP BY 1, 2, 3 HAVING sum(quantity) > 0) AS kept
 GROUP BY 1, 2
"""
# A figure of a quarter or a year is no month's: it is taken off the month on whose last day it is booked. Without a
# measure it is asked what was recorded here, which a typed figure was not.
_OF_MEASURES = _DISTINCT.format(
    measure="measure",
    dimension="month",
    rows=f"""
SELECT institution_id, measure, month, quantity FROM ({_HAPPENED}) AS booked WHERE measure = ANY(%(measures)s)
 UNION ALL
SELECT institution_id, measure, extract(month FROM occurred_on)::int, -quantity
  FROM ({FIGURES}) AS figure
 WHERE ends_on - starts_on > {LONGEST_MONTH} AND measure = ANY(%(measures)s)
""",
)
_OF_WHATEVER = _DISTINCT.format(
    measure="''::varchar",
    dimension="month",
    rows=f"SELECT * FROM ({RECORDED}) AS recorded WHERE '' = ANY(%(measures)s)",
)
_IN_MONTHS = f"{_OF_MEASURES} UNION ALL {_OF_WHATEVER}"
# The roll-up knows ages by place and class: so it knows them of an institution that counted something where no other
# of its class did, as most libraries and centres of communes. Of others, and of days of a broken month, the book is
# asked; of all while a changed class waits to be taken into the cells.
_ALONE = """
SELECT place_id, institution_class, min(institution_id) AS institution_id
  FROM (SELECT DISTINCT place_id, institution_class, institution_id
          FROM indicators_fresh_institutionmonth AS counted
          JOIN places_institution AS institution ON institution.id = counted.institution_id
         WHERE month >= %(first)s AND month < %(broken)s AND measure = ANY(%(measures)s)
           AND (%(everywhere)s OR place_id = ANY(ARRAY(
                    SELECT place_id FROM indicators_fresh_institutionmonth
                     WHERE month >= %(first)s AND month < %(broken)s AND institution_id = ANY(%(institutions)s))))
       ) AS there
 WHERE NOT EXISTS (SELECT FROM indicators_reclassed)
 GROUP BY 1, 2 HAVING count(*) = 1
"""
_OF_AGES = _DISTINCT.format(
    measure="measure",
    dimension="array_position(%(bands)s::varchar[], age_band)",
    rows=f"""
WITH alone AS MATERIALIZED ({_ALONE})
SELECT institution_id, measure, age_band, quantity
  FROM indicators_fresh_cell JOIN alone USING (place_id, institution_class)
 WHERE month >= %(first)s AND month < %(broken)s AND measure = ANY(%(measures)s) AND age_band <> '' AND {HERE}
 UNION ALL
SELECT institution_id, measure, age_band, quantity
  FROM ledger_entry AS entry
 WHERE occurred_on BETWEEN %(first)s AND %(last)s AND measure = ANY(%(measures)s) AND age_band IS NOT NULL AND {HERE}
   AND (occurred_on >= %(broken)s OR NOT EXISTS (
            SELECT FROM alone
             WHERE alone.place_id = entry.place_id AND alone.institution_id = entry.institution_id))
""",
)


def _distinct(select: str, criteria: list[Criterion], asked: Asked) -> dict[tuple[int, str], int]:
    """In which months, or of which age bands, each institution has something, as bits; of whatever measure where the
    measure is empty. One query."""
    measures = sorted({criterion.parameters.get("measure", "") for criterion in criteria})
    rows = asked.frame.raw_rows(
        ("distinct", select, *measures),
        lambda each: (select, asked.parameters(each, bands=AgeBand.values, measures=measures)),
    )
    return {(institution, measure): bits for institution, measure, bits in rows}


def _months_at_least(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    bits = _distinct(_IN_MONTHS, criteria, asked)
    found: dict[int, Answers] = {}
    for criterion in criteria:
        (counted,), measure = counted_by(criterion), criterion.parameters.get("measure", "")
        between = {
            institution: months_between(
                bits.get((institution, measure), 0),
                asked.typed.get((institution, measure), ()),
                asked.days,
            )
            for institution in asked.asked_of(criterion)
        }
        found[criterion.pk] = _compare(between, criterion.parameters["months"], asked.reporting(counted))
    return found


def _age_bands_at_least(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    bits = _distinct(_OF_AGES, criteria, asked)
    found: dict[int, Answers] = {}
    for criterion in criteria:
        (counted,), measure = counted_by(criterion), criterion.parameters["measure"]
        between = {}
        for institution in asked.asked_of(criterion):
            bands = bits.get((institution, measure), 0).bit_count()
            between[institution] = bands, bands + more_ages(asked.typed.get((institution, measure), ()), asked.days)
        found[criterion.pk] = _compare(between, criterion.parameters["bands"], asked.reporting(counted))
    return found


# -- the register --


def _opening_hours_known(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    """Asked is whether they stand in the register, so an empty one is a no; of what is asked of the world (rooms, a
    website) it proves nothing."""

    def hours(frame: Frame) -> QuerySet[Any, Any]:
        return OpeningHours.objects.on(frame.last_day).filter(asked.at_these).values_list("institution_id").distinct()

    known = {institution for (institution,) in asked.frame.rows("hours known", hours)}
    return {
        criterion.pk: {institution: Computed(institution in known) for institution in asked.asked_of(criterion)}
        for criterion in criteria
    }


def _opens_evening_or_weekend(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    """Outside office hours as decision 11 has them: from the timetable, in minutes."""
    these = None if len(asked.named) > MANY else list(asked.named)
    week = hours_of(asked.frame.rows("week", lambda frame: spans_on(these, frame.last_day)))
    return _same_for_all(criteria, {key: Computed(hours.outside_minutes > 0) for key, hours in week.items()})


_AS_REGISTERED = """
SELECT institution_id, {what}
  FROM (SELECT DISTINCT ON (pgh_obj_id) event.*
          FROM {table} AS event
          JOIN (SELECT institution_id, greatest(min(pgh_created_at) + interval '1 day', %s) AS until
                  FROM {table}
                 WHERE %s OR institution_id = ANY(%s)
                 GROUP BY 1) AS book USING (institution_id)
         WHERE pgh_created_at < book.until
         ORDER BY pgh_obj_id, pgh_created_at DESC, pgh_id DESC) AS newest
 WHERE pgh_label <> 'delete'
"""


def _as_registered(table: str, what: str, asked: Asked) -> Rows:
    """(institution, `what`…) of what the register knew at the end of the frame: what is bought or broken later
    rewrites no earlier year. For years before an institution's first entries these, the day on which they were made,
    are taken to hold: they are the nearest that anybody knows."""
    these = None if len(asked.named) > MANY else list(asked.named)
    statement = _AS_REGISTERED.format(table=table, what=what)
    return asked.frame.raw_rows(
        ("registered", table), lambda each: (statement, [end_of(each.last_day), these is None, these or []])
    )


def _rooms_known(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    known = _as_registered("places_roomevent", "pgh_obj_id", asked)
    return _same_for_all(criteria, {institution: Computed(True) for institution, _room in known})


def _website_known(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    websites = Institution.objects.exclude(website="").filter(asked.these).values_list("pk", flat=True)
    known = asked.frame.together.once("websites", lambda: list(websites))
    return _same_for_all(criteria, {institution: Computed(True) for institution in known})


def _equipment_usable(criteria: list[Criterion], asked: Asked) -> dict[int, Answers]:
    """Every kind asked for is there and at least one of it can be used; no where others are listed but not these."""
    usable: dict[int, set[str]] = {}
    for institution, kind, count in _as_registered("places_equipmentevent", "kind, usable", asked):
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
        _months_at_least,
        frozenset({"months"}),
        frozenset({"measure"}),
    ),
    "age_bands_at_least": Rule(_age_bands_at_least, frozenset({"measure", "bands"})),
    "opening_hours_known": Rule(_opening_hours_known),
    "opens_evening_or_weekend": Rule(_opens_evening_or_weekend),
    "rooms_known": Rule(_rooms_known),
    "website_known": Rule(_website_known),
    "equipment_usable": Rule(_equipment_usable, frozenset({"kinds"})),
}
"""What `Criterion.rule` can name."""
