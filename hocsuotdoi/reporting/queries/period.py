"""What a report over several years says year by year, and of the whole period what adds up over its years: what
happened and money. Never different people, never shares and growth, never what there is on a day.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.programme.enums import MoneyStage
from hocsuotdoi.reporting.enums import Section
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.models.content import CellContent, FigureContent, PeriodContent, PeriodRowContent, YearContent
from hocsuotdoi.reporting.queries.amounts import (
    DUE,
    Amount,
    added_up,
    adds_up,
    indicator_key,
    is_of_year,
    measure_key,
    money_key,
    period_key,
    tasks_key,
)
from hocsuotdoi.reporting.queries.figures import Figures
from hocsuotdoi.reporting.queries.handed_down import COUNTED
from hocsuotdoi.reporting.queries.wording import (
    MEASURE_LABELS,
    MONEY_STAGE_WORDS,
    NOT_REPORTED,
    day_words,
    in_sentence,
    money_words,
    number_words,
)

Told = Mapping[str, FigureContent]
DASH = "–"


def told_by(years: Iterable[Figures]) -> dict[str, FigureContent]:
    """Every figure of every year."""
    return {key: figure for year in years for key, figure in year.told.items()}


def tell_period(years: Sequence[Figures]) -> None:
    """Tells in the last year, beside its own, the sums of the period; nothing where the report is of one year. Each is
    told of as many as its years together: an institution counts once for each year in which it was expected to tell."""
    last = years[-1]
    cycle = last.report.cycle
    if cycle is None or not cycle.is_over_years:
        return
    adding = _adding_indicators(last)
    found: dict[str, dict[int, FigureContent]] = {}
    for each in years:
        for key, figure in each.told.items():
            if is_of_year(key, each.year) and (key.startswith(("measure:", "money:")) or _timeless(key) in adding):
                found.setdefault(period_key(key, each.year, cycle.period), {})[each.year] = figure
    for key, by_year in found.items():
        _tell_sum(last, key, by_year, years)


def _tell_sum(last: Figures, key: str, by_year: Mapping[int, FigureContent], years: Sequence[Figures]) -> None:
    said = {year: each for year, each in by_year.items() if each["numerator"] is not None}
    newest_year = max(said or by_year)
    newest = by_year[newest_year]
    total = sum((Decimal(each["numerator"] or 0) for each in said.values()), Decimal(0)) if said else None
    told_of = added_up(Amount(None, None, each["reporting"], each["expected"]) for each in by_year.values())
    words = NOT_REPORTED if total is None else (money_words if key.startswith("money:") else number_words)(total)
    lacking = [each.year for each in years if each.year not in said]
    last.tell(
        key,
        last.plain_label(newest["label"], newest_year),
        replace(told_of or Amount(None), numerator=total),
        words,
        # A part that a year has nothing of is nothing; a whole that it does not tell is not known.
        note=f"Chưa gồm năm {_listed(lacking)}: chưa có số liệu." if lacking and said and not _is_part(key) else "",
        is_additive=False,
        origin=newest["origin"],
    )


def period_content(years: Sequence[Figures], told: Told, sections: Iterable[str]) -> PeriodContent | None:
    """None where the report is of one year. No query."""
    last = years[-1]
    cycle = last.report.cycle
    if cycle is None or not cycle.is_over_years:
        return None
    rows = [row for section in sections if section in _ROWS for row in _ROWS[Section(section)](cycle, years, told)]
    notes = {each.year: _note(each) for each in years}
    return {
        "first": cycle.years[0],
        "last": cycle.last_year,
        "words": cycle.period.replace("-", DASH),
        "years": [_year(each, notes[each.year]) for each in years],
        "rows": rows,
        "sentences": [
            *_on_the_map(last, cycle),
            *_sentences(notes),
            *_told_of(cycle, told),
            *_to_come(cycle, last.year),
        ],
    }


def lacking_sentences(period: PeriodContent | None) -> list[str]:
    """For what a report lacks: years of which nothing is known."""
    silent = [each["year"] for each in period["years"] if each["note"] == _NOTHING] if period else []
    return [f"Chưa có số liệu của năm {_listed(silent)}."] if silent else []


# -- rows --


def _activities(cycle: Cycle, years: Sequence[Figures], told: Told) -> Iterator[PeriodRowContent]:
    for measure, label in MEASURE_LABELS.items():
        yield from _row("activities", label, lambda time, name=measure: measure_key(name, time), cycle, years, told)


def _tasks(cycle: Cycle, years: Sequence[Figures], told: Told) -> Iterator[PeriodRowContent]:
    for state, label in COUNTED.items():
        yield from _row("tasks", label, lambda time, state=state: tasks_key(state, time), cycle, years, told)


def _money(cycle: Cycle, years: Sequence[Figures], told: Told) -> Iterator[PeriodRowContent]:
    for stage in MoneyStage:
        label = f"{MONEY_STAGE_WORDS[stage]}, các nguồn"
        yield from _row("money", label, lambda time, stage=stage: money_key(stage, "all", time), cycle, years, told)


_ROWS: dict[Section, Callable[[Cycle, Sequence[Figures], Told], Iterator[PeriodRowContent]]] = {
    Section.ACTIVITIES: _activities,
    Section.TASKS: _tasks,
    Section.MONEY: _money,
}


def _row(
    group: Literal["activities", "tasks", "money"],
    label: str,
    key_of: Callable[[int | str], str],
    cycle: Cycle,
    years: Sequence[Figures],
    told: Told,
) -> Iterator[PeriodRowContent]:
    """None where no year tells it."""
    if any(key_of(each.year) in told for each in years):
        nothing = DASH if group == "tasks" else NOT_REPORTED  # no task was asked in that year
        cells = [_cell(each.year, key_of(each.year), told, nothing) for each in years]
        total = _cell(0, key_of(cycle.period), told, DASH)
        yield {"group": group, "label": label, "cells": cells, "total": total}


def _cell(year: int, key: str, told: Told, otherwise: str) -> CellContent:
    return {"year": year, "key": key, "words": told[key]["words"]} if key in told else _no_cell(year, otherwise)


def _no_cell(year: int, words: str) -> CellContent:
    return {"year": year, "key": "", "words": words}


# -- years --

_NOTHING = "chưa có số liệu"


def _year(found: Figures, note: str) -> YearContent:
    return {"year": found.year, "until": found.last_day.isoformat(), "note": note}


def _note(found: Figures) -> str:
    """What the year's figures lack: all of them, some institutions, or its last days."""
    if not any(each["numerator"] is not None for key, each in found.told.items() if not key.startswith(f"{DUE}:")):
        return _NOTHING
    notes = []
    asked = found.told.get(measure_key(MeasureCode.PROGRAMME_SESSION, found.year))
    if asked and asked["expected"] and (asked["reporting"] or 0) < asked["expected"]:
        share = f"{number_words(asked['reporting'] or 0)}/{number_words(asked['expected'])}"
        notes.append(f"{share} cơ sở có số liệu hoạt động")
    if found.last_day < dt.date(found.year, 12, 31):
        notes.append(f"tính đến ngày {day_words(found.last_day)}")
    return "; ".join(notes)


def _sentences(notes: Mapping[int, str]) -> list[str]:
    told = [f"năm {year} {note}" for year, note in notes.items() if note]
    return [f"Về số liệu từng năm: {'; '.join(told)}."] if told else []


def _told_of(cycle: Cycle, told: Told) -> list[str]:
    if not any(figure["expected"] and is_of_year(key, cycle.period) for key, figure in told.items()):
        return []
    return [
        "Tỷ lệ có số liệu của cả giai đoạn cộng từ các năm: mỗi cơ sở, đối với kinh phí là mỗi khoản, được tính một "
        "lần trong từng năm."
    ]


def _on_the_map(last: Figures, cycle: Cycle) -> list[str]:
    """Figures of all years are read on one map; who came to stand within the period is told so."""
    unit, day = last.report.unit, day_words(cycle.map_on)
    sentences = [
        f"Số liệu mọi năm được tính trên địa giới hành chính ngày {day}; mỗi năm tính các cơ sở còn hoạt động vào ngày "
        "cuối của năm đó."
    ]
    if unit.starts_on is not None and unit.starts_on > cycle.starts_on:
        sentences.append(
            f"{unit.name} thành lập ngày {day_words(unit.starts_on)}; số liệu trước ngày đó là của các địa bàn nay "
            f"thuộc {in_sentence(unit.name)}."
        )
    return sentences


def _to_come(cycle: Cycle, last: int) -> list[str]:
    to_come = [year for year in cycle.years if year > last]
    return [f"Chưa đến năm {_listed(to_come)}."] if to_come else []


# -- which figures --


def _adding_indicators(found: Figures) -> set[str]:
    return {
        _timeless(indicator_key(indicator.code, cohort.code, found.year))
        for indicator, cohort in found.own.defined.values()
        if indicator.kind == IndicatorKind.COUNT
        and not indicator.over
        and cohort.kind == CohortKind.INSTITUTIONS
        and adds_up(indicator, cohort)
    }


def _timeless(key: str) -> str:
    return key.rpartition(":")[0]


def _is_part(key: str) -> bool:
    return key.startswith("measure:") and key.count(":") > 2


def _listed(years: Sequence[int]) -> str:
    return ", ".join(str(year) for year in years)
