"""What was held and who came, laid out for the document from the figures by their keys."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.reporting.models.content import (
    ActivitiesContent,
    CountContent,
    FigureContent,
    LongerContent,
    MonthContent,
    ObservanceContent,
)
from hocsuotdoi.reporting.queries.activities import activity_sentences
from hocsuotdoi.reporting.queries.amounts import LONGER, measure_key
from hocsuotdoi.reporting.queries.wording import AGE_WORDS, OBSERVANCE_WORDS, SEX_WORDS, VISIT_WORDS, day_words

SESSIONS, ATTENDANCE = MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE
Told = dict[str, FigureContent]


def activities_of(told: Told, year: int | str, day: dt.date, first_year: int) -> ActivitiesContent:
    """Pure. `year`: or the period that the keys name; `first_year`: in which it begins."""
    content: ActivitiesContent = {
        "sessions": _whole(told, measure_key(SESSIONS, year)),
        "attendance": _whole(told, measure_key(ATTENDANCE, year)),
        "sessions_key": measure_key(SESSIONS, year),
        "attendance_key": measure_key(ATTENDANCE, year),
        "by_sex": _cut(told, year, "sex", SEX_WORDS),
        "by_age": _cut(told, year, "age", AGE_WORDS),
        "visits": _counts(told, ((code, label, measure_key(code, year)) for code, label in VISIT_WORDS.items())),
        "observances": _observances(told, year),
        "months": _months(told, year),
        "longer": _longer(told, year),
        "sentences": [],
    }
    if _is_told(told, year):
        content["sentences"] = activity_sentences(content, first_year, day)
    else:
        content["sentences"] = [
            f"Từ ngày 01/01/{first_year} đến ngày {day_words(day)}: chưa có số liệu về hoạt động của các thư viện, "
            "bảo tàng, trung tâm văn hóa."
        ]
    return content


def _is_told(told: Told, year: int | str) -> bool:
    """Not reported is no zero."""
    figures = (told.get(measure_key(each, year)) for each in (SESSIONS, ATTENDANCE, *VISIT_WORDS))
    return any(figure is not None and figure["numerator"] is not None for figure in figures)


def _whole(told: Told, key: str) -> int | None:
    figure = told.get(key)
    return int(Decimal(figure["numerator"])) if figure and figure["numerator"] is not None else None


def _number(told: Told, key: str) -> int:
    """Of a part: whoever told the whole and nothing of this part told that there was none of it."""
    return _whole(told, key) or 0


def _cut(told: Told, year: int | str, cut: str, words: dict[str, str]) -> list[CountContent]:
    return _counts(told, ((code, label, measure_key(ATTENDANCE, year, cut, code)) for code, label in words.items()))


def _counts(told: Told, rows: Iterable[tuple[str, str, str]]) -> list[CountContent]:
    return [
        {"code": code, "label": label, "quantity": quantity, "key": key}
        for code, label, key in rows
        if (quantity := _number(told, key))
    ]


def _observances(told: Told, year: int | str) -> list[ObservanceContent]:
    found: list[ObservanceContent] = []
    for code, label in OBSERVANCE_WORDS.items():
        sessions, attendance = (measure_key(each, year, "observance", code) for each in (SESSIONS, ATTENDANCE))
        if sessions in told or attendance in told:
            found.append(
                {
                    "code": code,
                    "label": label,
                    "sessions": _number(told, sessions),
                    "attendance": _number(told, attendance),
                    "sessions_key": sessions,
                    "attendance_key": attendance,
                }
            )
    return found


def _months(told: Told, year: int | str) -> list[MonthContent]:
    found: list[MonthContent] = []
    for month in range(1, 13):
        if any(key in told for key in _keys(year, month)):
            found.append({"month": month, **_of_time(told, year, month)})
    return found


def _longer(told: Told, year: int | str) -> LongerContent:
    if any(key in told for key in _keys(year, LONGER)):
        return _of_time(told, year, LONGER)
    return {"sessions": 0, "attendance": 0, "visits": 0}


def _of_time(told: Told, year: int | str, month: int | str) -> LongerContent:
    sessions, attendance, visits = _keys(year, month)
    return {
        "sessions": _number(told, sessions),
        "attendance": _number(told, attendance),
        "visits": _number(told, visits),
        "sessions_key": sessions,
        "attendance_key": attendance,
        "visits_key": visits,
    }


def _keys(year: int | str, month: int | str) -> tuple[str, str, str]:
    sessions, attendance, visits = (measure_key(each, year, "month", month) for each in (SESSIONS, ATTENDANCE, "visit"))
    return sessions, attendance, visits
