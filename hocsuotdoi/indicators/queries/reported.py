"""Who reports a count: only there is nothing of it a zero.

An institution reports a count in a year where something of it stands, also a zero that was typed in. One that records
here what happens reports all that is recorded together: of what it has not recorded there was none. That does not hold
for what it types, where a cell that was left empty says that the figure is not known.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet, Sum

from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.queries.frame import MANY, Frame, Span, at_any_of, named
from hocsuotdoi.indicators.queries.sums import Counted, Years, all_days, broken_months, period, whole_months
from hocsuotdoi.indicators.queries.typed import FIGURES
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind

Reporting = dict[tuple[Counted, int], set[int]]
"""(count, year) to the institutions that report it."""
Room = frozenset[MeasureCode]
Recorded = dict[tuple[Room, int], set[int]]
Source = Callable[[Frame, int], QuerySet[Any]]
"""Of a year: rows with year, institution and lines, whatever the map."""

_M = MeasureCode
RECORDED_TOGETHER = (
    frozenset({_M.PROGRAMME_SESSION, _M.PROGRAMME_ATTENDANCE, _M.RECORDING_VIEW})
    | frozenset({_M.LIBRARY_VISIT, _M.MUSEUM_VISIT, _M.CENTRE_VISIT}),
    frozenset({_M.LOAN, _M.RENEWAL, _M.IN_HOUSE_USE, _M.RESERVATION}),
)
"""Who records one of them here would have recorded the others: what people came to, what readers take. What is in none
of them is recorded by itself."""


def recorded_with(measures: Collection[str]) -> set[str]:
    """What is recorded together with one of these, themselves among it."""
    return {str(each) for room in RECORDED_TOGETHER if not room.isdisjoint(measures) for each in room}


def own_year(frame: Frame) -> set[int]:
    return {frame.year}


def with_years_before(years: Collection[int]) -> set[int]:
    """Of which facts are in what is said of these years: who typed a count in the year before is waited for."""
    return {each for year in years for each in (year - 1, year)}


def reporting_by_year(
    frame: Frame,
    counted: Collection[Counted],
    years: Years,
    institutions: Collection[int],
    besides: Collection[int] = (),
) -> Reporting:
    """Of each count, whatever its classes: who reports it is asked institution by institution. Where the institutions
    are many others may be among those found. Three queries, one more where a count keeps to an age, a sex, a way or a
    mark. `besides`: further institutions, the same ones for
    all frames that are asked together. Whatever else is asked at the same time, of a count the same is said."""
    found: Reporting = {(each, year): set() for each in counted for year in years(frame)}
    these = {*named(frame, institutions), *besides}
    if not these or not counted:
        return found
    alike = {each: replace(each, classes=(), base_year=None) for each in counted}
    recorded, standing = _standing(frame, sorted(set(alike.values()), key=repr), years, these)
    told, typing = _typed(frame, years, these)
    for (each, year), reporting in found.items():
        reporting |= standing[alike[each], year]
        reporting |= {there for (when, there), columns in told.items() if when == year and _speak_of(columns, each)}
        looked_at = with_years_before({frame.year, each.base_before(frame.year) or frame.year})
        types = set().union(*(typing[measure, when] for measure in each.measures for when in looked_at))
        for room in RECORDED_TOGETHER:
            if not room.isdisjoint(each.measures):
                reporting |= recorded[room, year] - types
    return found


def _speak_of(columns: Collection[StatedColumn], counted: Counted) -> bool:
    """Whether what was typed in, be it 0, is all of a measure, or of the parts of it that are counted. Nothing typed
    tells ages, ways or marks."""
    if counted.is_of_people:
        return False
    typed = Counter(each.measure for each in columns if not counted.purposes or each.purpose in counted.purposes)
    return any(typed[measure] >= parts for measure, parts in parts_typed(counted.measures, counted.purposes).items())


def parts_typed(measures: Collection[str], purposes: Collection[str]) -> dict[str, int]:
    """How many columns of the typed sheet make all of each measure, or of these purposes of it, where any does."""
    return Counter(
        each.measure for each in StatedColumn if each.measure in measures and (not purposes or each.purpose in purposes)
    )


_IS_RECORDED = Q(posting__kind=PostingKind.HAPPENING) | Q(posting__reverses__kind=PostingKind.HAPPENING)


def _standing(
    frame: Frame, counted: Sequence[Counted], years: Years, these: Collection[int]
) -> tuple[Recorded, Reporting]:
    """Who recorded anything of what is recorded together, and at whom something of a count stands."""
    lines: Counter[tuple[Counted | Room, int, int]] = Counter()

    def add(name: str, asked: Sequence[Counted | Room], rows: Source, recorded: Q) -> None:
        at_these = at_any_of(these)
        measures = set().union(*(one.measures if isinstance(one, Counted) else one for one in asked))

        def added_up(each: Frame, span: Span) -> QuerySet[Any, Any]:
            columns = {
                f"lines_{at}": Sum(
                    "lines", filter=one.condition if isinstance(one, Counted) else recorded & Q(measure__in=one)
                )
                for at, one in enumerate(asked)
            }
            here = rows(each, span[0].year).filter(at_these, measure__in=measures).order_by()
            return (
                here.values("year", "institution_id")
                .annotate(**columns)
                .values_list("year", "institution_id", *columns)
            )

        def spans(each: Frame) -> list[Span]:
            return [period(each, year) for year in sorted(years(each))]

        for year, institution, *numbers in frame.rows_of_spans(
            ("reporting", name, _of(these), *asked), spans, added_up
        ):
            for each, number in zip(asked, numbers, strict=True):
                lines[each, year, institution] += number or 0

    rooms = [room for room in RECORDED_TOGETHER if any(not room.isdisjoint(each.measures) for each in counted)]
    plain: list[Counted | Room] = [*rooms, *(each for each in counted if not each.is_of_people)]
    if plain:
        add("months", plain, lambda each, year: whole_months(each, [year]), Q(stated=False))
        add("days", plain, lambda each, year: broken_months(each, [year]), _IS_RECORDED)
    if of_people := [each for each in counted if each.is_of_people]:
        add("people", of_people, lambda each, year: all_days(each, [year]), Q())
    recorded: Recorded = defaultdict(set)
    standing: Reporting = defaultdict(set)
    for (each, year, institution), number in lines.items():
        if number > 0 and isinstance(each, Counted):
            standing[each, year].add(institution)
        elif number > 0 and not isinstance(each, Counted):
            recorded[each, year].add(institution)
    return recorded, standing


_TYPED = f"""
SELECT DISTINCT extract(year FROM occurred_on)::int, institution_id, "column", {{days}} FROM ({FIGURES}) AS figure
 WHERE extract(year FROM occurred_on) = ANY(%(years)s)
"""


def _typed(
    frame: Frame, years: Years, these: Collection[int]
) -> tuple[dict[tuple[int, int], set[StatedColumn]], dict[tuple[str, int], set[int]]]:
    """(year, institution id) to what was typed in of the year up to the day that counts, and stands; and (measure,
    year) to those who type it: in these years, or in the one before each, as who waits for the year's end has done."""

    def statement(each: Frame) -> tuple[str, dict[str, Any]]:
        spans = [period(each, year) for year in sorted(years(each))]
        parameters: dict[str, Any] = {
            "first": spans[0][0].replace(year=spans[0][0].year - 1),
            "last": spans[-1][0].replace(month=12, day=31),
            "years": sorted(with_years_before(years(each))),
            "everywhere": len(these) > MANY,
            "institutions": [] if len(these) > MANY else list(these),
        }
        days = []
        for at, (first, last) in enumerate(spans):
            days.append(f"occurred_on BETWEEN %(first_{at})s AND %(last_{at})s")
            parameters |= {f"first_{at}": first, f"last_{at}": last}
        return _TYPED.format(days=" OR ".join(days)), parameters

    told: dict[tuple[int, int], set[StatedColumn]] = defaultdict(set)
    typing: dict[tuple[str, int], set[int]] = defaultdict(set)
    asked = tuple(tuple(sorted(years(each))) for each in frame.together.frames or (frame,))
    for year, institution, column, counts in frame.raw_rows(("typed", asked, _of(these)), statement):
        typing[StatedColumn(column).measure, year].add(institution)
        if counts:
            told[year, institution].add(StatedColumn(column))
    return told, typing


def _of(institutions: Collection[int]) -> frozenset[int]:
    """Of whom something was asked, as a part of its key: empty where of everybody."""
    return frozenset(institutions) if len(institutions) <= MANY else frozenset()
