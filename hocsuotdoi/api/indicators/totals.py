"""What was counted, laid out by any two of what is known of it: the table of the pages, for programs."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.indicators.asked import Licensed, Placed, map_of, year_month
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Shape
from hocsuotdoi.indicators.queries.asking import problem_of
from hocsuotdoi.indicators.queries.dated_map import absence_words, in_its_place, oldest_words
from hocsuotdoi.indicators.queries.divided import notes_by_unit
from hocsuotdoi.indicators.queries.frame import ChosenMap
from hocsuotdoi.indicators.queries.open_data import State, first_day_of, period_ends, period_key, unit_key
from hocsuotdoi.indicators.queries.pivot import (
    DIMENSIONS,
    LONGER,
    REST,
    Dimension,
    Head,
    Period,
    Question,
    Side,
    answer,
)
from hocsuotdoi.indicators.queries.suppression import TOTAL, Shown
from hocsuotdoi.indicators.queries.told import Told, too_much_words
from hocsuotdoi.indicators.queries.totals import Slice
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, Purpose, Sex
from hocsuotdoi.places.enums import InstitutionClass, Tier
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.places.queries.units import day_on_map_of

router = ApiRouter("indicators", tag=_("Figures"))

NOT_KNOWN = "unknown"
Unknown = StrEnum("Unknown", {"UNKNOWN": NOT_KNOWN})


class Origin(StrEnum):
    RECORDED = "recorded"
    STATED = "stated"


class TotalsFilter(Placed):
    measures: list[MeasureCode] = Field(
        min_length=1, max_length=12, description=_("Codes, see /measures"), examples=[["library_visit"]]
    )
    tier: Tier | None = Field(None, description=_("Of units of which tier under the unit; the unit itself if left out"))
    rows: Side = Side.UNIT
    columns: Side | None = None
    first: str = Field("", max_length=7, description=_("The first year or month, this year if left out"))
    last: str = Field("", max_length=7, description=_("The last year or month; the first if left out"))
    period: Period = Period.YEAR
    map: str = Field("today", max_length=10, description=_("today, reported, or the day of a map"))
    classes: list[InstitutionClass] = Field([], max_length=40, description=_("Only at these classes of institutions"))
    purposes: list[Purpose | Unknown] = Field([], max_length=5, description=_("Only for these purposes"))
    channels: list[Channel | Unknown] = Field([], max_length=4, description=_("Only in these ways"))
    sexes: list[Sex | Unknown] = Field([], max_length=4, description=_("Only of these sexes; whole years only"))
    age_bands: list[AgeBand | Unknown] = Field([], max_length=8, description=_("Only of these ages; whole years only"))
    origin: Origin | None = Field(
        None, description=_("Only what was recorded as it happened, or only what was typed in")
    )


class HeadShape(Shape):
    """A row or a column."""

    key: str = Field(
        description=_(
            "A unit's key, a period, a code; unknown where it is not known; rest what the unit above counted itself; "
            "longer what was typed in for a whole quarter or year and is in no month of it"
        )
    )
    label: str


class CellShape(Shape):
    """A count. Nothing reported is not zero, and what is kept back has no value."""

    state: State
    value: int | None


class RowShape(HeadShape):
    cells: list[CellShape] = Field(description=_("One for each column"))
    total: CellShape | None = Field(description=_("Null where it would add different counts"))
    notes: list[str] = Field(
        description=_("Of a row of a unit: what was divided by a reform and is counted whole there or elsewhere")
    )


class TotalsShape(Licensed):
    """A page of a table, whose columns and sums are those of the whole."""

    refreshed_at: dt.datetime = Field(
        description=_("The minute for which the figures hold: everything booked by then is in them")
    )
    map: str
    is_sample: bool = Field(description=_("There is sample data in them"))
    is_kept_back: bool = Field(description=_("Nothing of the table can be told: so few people stand behind it"))
    leaves_out: bool = Field(
        description=_("Something was typed in for a longer time than was asked for, and is not in it")
    )
    columns: list[HeadShape]
    column_totals: list[CellShape] | None = Field(description=_("Null where they would add different counts"))
    total: CellShape | None
    notes: list[str] = Field(
        description=_(
            "Of the unit asked for: that the map of the day does not have it, and what lay there; how old the map is; "
            "what was divided by a reform and is counted whole"
        )
    )
    items: list[RowShape]
    count: int = Field(description=_("How many rows there are on all pages"))
    next: int | None = Field(description=_("Number of the next page; null on the last"))


@router.get(
    "/figures/totals",
    response=TotalsShape,
    summary=_("What was counted"),
    description=_(
        "Counts by any two of place, time, measure, class, purpose, way, sex, age and origin, on three maps. By sex or "
        "age there are whole years on today's map only, not cut by class, purpose, way or origin; small numbers are "
        "kept back, and with them what would tell them."
    ),
)
@public
def figure_totals(request: HttpRequest, asked: Query[TotalsFilter]) -> TotalsShape:
    now = timezone.localtime()
    question = _question(asked, now.date())
    told = Told(answer(question, now.date()), now.date())
    if told.is_too_much:
        raise BadField("tier", too_much_words())
    found = told.answer
    start = (asked.page - 1) * asked.limit
    rows = list(enumerate(found.rows))[start : start + asked.limit] if not told.is_kept_back else []
    columns = range(len(found.columns))
    chosen = ChosenMap(question.map, question.map_day)
    notes = notes_by_unit([question.unit, *(head.unit for _at, head in rows if head.unit)], chosen, now.date())
    count = 0 if told.is_kept_back else len(found.rows)
    has_sums = not told.is_kept_back
    return TotalsShape(
        refreshed_at=now.replace(second=0, microsecond=0),
        map=asked.map,
        is_sample=has_sample(question.unit, day_on_map_of(question.unit, now.date())),
        is_kept_back=told.is_kept_back,
        leaves_out=found.leaves_out,
        licence=Licensed.address(),
        columns=[_head(question, question.columns, head) for head in found.columns] if has_sums else [],
        column_totals=[_cell(told, TOTAL, at) for at in columns]
        if found.column_totals is not None and has_sums
        else None,
        total=_cell(told, TOTAL, TOTAL) if found.total is not None and has_sums else None,
        notes=[*_map_notes(question, now.date()), *notes.get(question.unit.pk, [])],
        items=[
            RowShape(
                **dict(_head(question, question.rows, head)),
                cells=[_cell(told, at, column) for column in columns],
                total=_cell(told, at, TOTAL) if found.row_totals is not None else None,
                notes=notes.get(head.unit.pk, []) if head.unit else [],
            )
            for at, head in rows
        ],
        count=count,
        next=asked.page + 1 if start + asked.limit < count else None,
    )


def _map_notes(question: Question, today: dt.date) -> list[str]:
    oldest = oldest_words(question.map_day) if question.map_day else []
    return [*absence_words(question, in_its_place(question, today)), *oldest]


def _question(asked: TotalsFilter, today: dt.date) -> Question:
    """Problem 422 where it cannot be laid out like this."""
    unit = asked.found_unit(today)
    first = year_month("first", asked.first, year_month("last", asked.last, dt.date(today.year, 1, 1)))
    last = year_month("last", asked.last, first)
    if len(asked.last or asked.first or "year") == 4:
        last = last.replace(month=12)
    which, map_day = map_of(asked.map, today)
    question = Question(
        wanted=Slice(
            tuple(dict.fromkeys(asked.measures)),
            classes=tuple(dict.fromkeys(asked.classes)),
            purposes=_codes(asked.purposes),
            channels=_codes(asked.channels),
            sexes=_codes(asked.sexes),
            age_bands=_codes(asked.age_bands),
            stated=asked.origin == Origin.STATED if asked.origin else None,
        ),
        unit=unit,
        tier=asked.tier or Tier(unit.tier),
        rows=DIMENSIONS[asked.rows],
        columns=DIMENSIONS[asked.columns] if asked.columns else None,
        period=asked.period,
        first=first_day_of(first, asked.period),
        last=period_ends(first_day_of(last, asked.period), asked.period) - dt.timedelta(days=1),
        map=which,
        map_day=map_day,
    )
    field, sentence = problem_of(question, today)
    if field:
        raise BadField(field, sentence)
    return question


def _codes(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys("" if code == NOT_KNOWN else str(code) for code in given))


def _head(question: Question, dimension: Dimension | None, head: Head) -> HeadShape:
    if dimension == Dimension.UNIT and head.key == REST:
        return HeadShape(key="rest", label=head.label)
    if dimension == Dimension.PERIOD and head.key == LONGER:
        return HeadShape(key="longer", label=head.label)
    if head.unit is not None:
        return HeadShape(key=unit_key(head.unit), label=head.label)
    if dimension == Dimension.PERIOD:
        return HeadShape(key=period_key(head.key, question.period), label=head.label)
    if dimension == Dimension.ORIGIN:
        return HeadShape(key=Origin.STATED if head.key else Origin.RECORDED, label=head.label)
    return HeadShape(key="total" if head.key is None else head.key or NOT_KNOWN, label=head.label)


def _cell(told: Told, row: int, column: int) -> CellShape:
    value = told.number(row, column)
    if told.shown(row, column) is not Shown.AS_IT_IS:
        return CellShape(state=State.KEPT_BACK, value=None)
    if value is None:
        return CellShape(state=State.NOT_APPLICABLE if told.is_absent(row, column) else State.NOT_REPORTED, value=None)
    return CellShape(state=State.VALUE, value=value)
