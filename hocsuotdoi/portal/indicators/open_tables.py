"""A table that somebody laid out, as SDMX."""

import datetime as dt
from collections.abc import Iterator

from hocsuotdoi.indicators.formats import sdmx
from hocsuotdoi.indicators.queries.frame import Map
from hocsuotdoi.indicators.queries.open_data import first_day_of, period_ends, period_key
from hocsuotdoi.indicators.queries.pivot import LONGER, REST, Dimension, Head, Key, Question, periods
from hocsuotdoi.indicators.queries.suppression import Shown
from hocsuotdoi.indicators.queries.told import Told
from hocsuotdoi.portal.indicators.open_figures import (
    FREQUENCY,
    SDMX_SEX,
    Taken,
    area,
    sdmx_age,
)

_FILTERS = {
    Dimension.CLASS: "classes",
    Dimension.PURPOSE: "purposes",
    Dimension.CHANNEL: "channels",
    Dimension.SEX: "sexes",
    Dimension.AGE_BAND: "age_bands",
}


def fits_sdmx(question: Question) -> bool:
    """Every number of the table has one code of each dimension: no sum over several of them, nor several periods."""
    if Dimension.PERIOD not in question.sides and len(periods(question)) > 1:
        return False
    return all(
        dimension in question.sides or len(getattr(question.wanted, name)) <= 1 for dimension, name in _FILTERS.items()
    )


def observations(told: Told, taken: Taken) -> Iterator[dict[str, object]]:
    """Each number of the table, without its sums: whoever has them can add up what may be added."""
    found, question = told.answer, told.answer.question
    for row_at, row in enumerate(found.rows):
        for column_at, column in enumerate(found.columns):
            heads = {question.rows: row} | ({question.columns: column} if question.columns else {})
            if Dimension.UNIT in heads and heads[Dimension.UNIT].key == REST:
                continue  # it is of no area; the area above has it
            if Dimension.PERIOD in heads and heads[Dimension.PERIOD].key == LONGER:
                continue  # it is of no quarter or month; the year has it
            number, shown = told.number(row_at, column_at), told.shown(row_at, column_at)
            unit = heads[Dimension.UNIT].unit if Dimension.UNIT in heads else question.unit
            yield _place(question, heads) | {
                "OBS_VALUE": number,
                "OBS_STATUS": "M"
                if told.is_absent(row_at, column_at)
                else _status(question, heads, number, shown, taken),
                "CONF_STATUS": {Shown.FEW: "A", Shown.KEPT_BACK: "D"}.get(shown, "F"),
                "MAP": question.map.upper(),
                "MAP_DAY": question.map_day if question.map == Map.DAY else None,
                "SAMPLE": taken.is_sample,
                "REFRESHED_AT": taken.refreshed_at.isoformat(),
                "COMMENT_OBS": taken.territory(unit) if unit else "",
            }


def _place(question: Question, heads: dict[Dimension, Head]) -> dict[str, object]:
    unit = heads[Dimension.UNIT].unit if Dimension.UNIT in heads else question.unit
    assert unit is not None
    wanted = question.wanted
    return {
        "FREQ": FREQUENCY[question.period],
        "REF_AREA": area(unit),
        "MEASURE": heads[Dimension.MEASURE].key if Dimension.MEASURE in heads else wanted.measures[0],
        "INSTITUTION_CLASS": _coded(question, heads, Dimension.CLASS).upper(),
        "PURPOSE": _coded(question, heads, Dimension.PURPOSE).upper(),
        "CHANNEL": _coded(question, heads, Dimension.CHANNEL).upper(),
        "SEX": _coded(question, heads, Dimension.SEX),
        "AGE": _coded(question, heads, Dimension.AGE_BAND),
        "ORIGIN": _origin(heads[Dimension.ORIGIN].key if Dimension.ORIGIN in heads else wanted.stated),
        "TIME_PERIOD": period_key(_period(question, heads), question.period),
    }


def _coded(question: Question, heads: dict[Dimension, Head], dimension: Dimension) -> str:
    chosen: tuple[Key, ...] = getattr(question.wanted, _FILTERS[dimension])
    if dimension in heads:
        code = heads[dimension].key
    elif chosen:
        code = chosen[0]
    else:
        return sdmx.TOTAL
    if dimension == Dimension.SEX:
        return SDMX_SEX[code]
    return sdmx_age(code) if dimension == Dimension.AGE_BAND else code or sdmx.UNKNOWN


def _origin(stated: bool | None) -> str:
    return {True: "STATED", False: "RECORDED"}.get(stated, sdmx.TOTAL) if stated is not None else sdmx.TOTAL


def _period(question: Question, heads: dict[Dimension, Head]) -> dt.date:
    return heads[Dimension.PERIOD].key if Dimension.PERIOD in heads else first_day_of(question.first, question.period)


def _status(question: Question, heads: dict[Dimension, Head], number: int | None, shown: Shown, taken: Taken) -> str:
    if shown is not Shown.AS_IT_IS:
        return "Q"
    if number is None:
        return "O"
    return "P" if period_ends(_period(question, heads), question.period) > taken.today else "A"
