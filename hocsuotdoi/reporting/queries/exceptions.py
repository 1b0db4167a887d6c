"""What looks odd in a report and waits for a word of its people before it is submitted."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hocsuotdoi.reporting.models import Content, ExceptionAnswer, Report


@dataclass(frozen=True, slots=True)
class FoundException:
    """`key` names it over time, `numbers` are what is shown; an answer holds as long as they are the same. `figure` is
    the key of the figure it is about, empty where it is about none."""

    key: str
    rule: str
    words: str
    numbers: dict[str, Any]
    figure: str = ""
    answer: ExceptionAnswer | None = None


def exceptions_of(report: Report, content: Content, day: dt.date) -> list[FoundException]:
    return []
