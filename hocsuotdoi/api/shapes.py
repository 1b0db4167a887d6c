"""What the shapes of all areas share: texts, days, moments and numbers as they come in; pages of a list.

Words for people (`summary`, `description`) are written in English and marked with `gettext_noop`; the description of
the API is put into the reader's language when it is asked for (`documentation.description`).
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Choices
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Row = TypeVar("Row")
Item = TypeVar("Item")

_ISO = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Days outside are slips of the finger, and the ends of the calendar break arithmetic."""


FAR = 1_000
"""From this row on a page is found by its keys first: so only keys are sorted, not everything that is told of all the
rows before it (at row 50,000 of what is on, a sixth of the time)."""


class Shape(BaseModel):
    """What goes out."""


class Given(BaseModel):
    """What comes in as a body: a field that does not exist is a mistake, not noise."""

    model_config = ConfigDict(extra="forbid")


def _readable(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError(gettext("There are signs in it that nobody can read."))
    return value.strip()


def _in_iso(value: Any) -> Any:
    """Not a number of seconds, which would be read as a day of 1970."""
    if not isinstance(value, str) or not _ISO.match(value):
        raise ValueError(gettext("Write a day as “2026-11-23”, a moment as “2026-11-23T08:00:00+07:00”."))
    return value.strip()


def _in_calendar(value: Any) -> Any:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(gettext("This day is too far away."))
    return value


def _with_offset(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        raise ValueError(gettext("Say the offset too, for example “+07:00” for Viet Nam."))
    return value


Readable = BeforeValidator(_readable)
"""Text without signs that the database cannot hold; blanks around it are dropped, as in the forms of the pages."""

Whole = Annotated[int, Field(strict=True)]
YesNo = Annotated[bool, Field(strict=True)]
Day = Annotated[dt.date, BeforeValidator(_in_iso), AfterValidator(_in_calendar)]
Moment = Annotated[dt.datetime, BeforeValidator(_in_iso), AfterValidator(_with_offset), AfterValidator(_in_calendar)]


class Asked(BaseModel):
    """Which part of a list."""

    page: int = Field(1, ge=1, le=10_000, description=_("Which page of the list, from 1"))
    limit: int = Field(20, ge=1, le=100, description=_("How many on one page"))


class Listed(Shape, Generic[Item]):
    """A page of a list in a stable order. `next`: the next page's number, null on the last."""

    items: list[Item]
    count: int = Field(description=_("How many there are on all pages"))
    next: int | None = Field(description=_("Number of the next page; null on the last"))


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a list that were asked for, how many there are in all, the next page's number."""

    rows: list[Any]
    count: int
    next: int | None


def part_of(rows: Any, asked: Asked) -> Part:
    """The page of `rows` (a queryset in a stable order) that was asked for: one query for the count, one for the rows.
    Far from the start another one, for keys. A page after the last is empty."""
    count = rows.count()  # of keys alone: Django leaves out the order and what is told of each row
    start = (asked.page - 1) * asked.limit
    shown = list(_shown(rows, start, start + asked.limit)) if start < count else []
    return Part(shown, count, asked.page + 1 if start + asked.limit < count else None)


def _shown(rows: Any, start: int, end: int) -> Any:
    if start < FAR:
        return rows[start:end]
    return rows.filter(pk__in=list(rows.values_list("pk", flat=True)[start:end]))


def listed(rows: Any, asked: Asked, shape: Callable[[Any], Any]) -> Listed:
    """`part_of` the rows, each in its shape."""
    part = part_of(rows, asked)
    return Listed(items=[shape(row) for row in part.rows], count=part.count, next=part.next)


def name_of(choices: type[Choices], value: str) -> str:
    """The word that people read for a code, in the asker's language."""
    return str(choices(value).label) if value else ""
