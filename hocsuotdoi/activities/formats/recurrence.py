"""The rule of a series: RFC 5545 recurrence rules (3.3.10) to and from plain choices, to days, to words.

A rule is stored without DTSTART and without UNTIL: the first day, the last day and the clock stand beside it.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dateutil.rrule import rrulestr
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import Repeating
from hocsuotdoi.core.templatetags.house import within

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
WEEKS_OF_MONTH = (1, 2, 3, 4, LAST)

# Which parts a rule may have, by how often it comes. What is left out here could run for thousands of years without
# ever meeting a day (a 30 February, a Monday every seven days from a Tuesday), or names hours, which stand elsewhere.
_ALWAYS = {"FREQ", "INTERVAL", "COUNT", "WKST", "BYMONTH"}
_PARTS = {
    "DAILY": _ALWAYS,
    "WEEKLY": _ALWAYS | {"BYDAY"},
    "MONTHLY": _ALWAYS | {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": _ALWAYS | {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
}
_LARGEST = {"INTERVAL": 60, "COUNT": 400}
_COUNTED = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYSETPOS": 366}


class BadRule(ValueError):
    """Not a rule that we can follow."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule in plain choices. `weekdays`: Monday is 0. `week`: which one of the month, the last is -1. `times` None:
    until a day that is said elsewhere. `rule`: for `Repeating.RULE`, the rule itself."""

    every: Repeating
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    week: int | None = None
    times: int | None = None
    rule: str = ""


def parse_rule(text: str) -> str:
    """`text` as it is stored: capitals, no blanks, parts in order of writing. BadRule: anything we cannot follow."""
    rule = "".join(text.split()).upper().removeprefix("RRULE:").strip(";")
    parts = _parts(rule)
    allowed = _PARTS.get(parts.get("FREQ", ""))
    if allowed is None or not parts.keys() <= allowed or len(rule) > 200:
        raise BadRule(text)
    for name, largest in _LARGEST.items():
        value = parts.get(name, "1")
        if not (value.isascii() and value.isdigit() and 1 <= int(value) <= largest):
            raise BadRule(text)
    for name, largest in _COUNTED.items():
        numbers = parts.get(name, "1").split(",")
        if not all(re.fullmatch(r"[+-]?\d{1,3}", n) and 1 <= abs(int(n)) <= largest for n in numbers):
            raise BadRule(text)
    try:
        rrulestr(rule, dtstart=dt.datetime(2026, 1, 1))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as wrong:
        raise BadRule(text) from wrong
    return rule


def render_rule(repeat: Repeat) -> str:
    """The rule of plain choices. BadRule: a choice that its kind needs is missing."""
    if repeat.every == Repeating.RULE:
        return parse_rule(repeat.rule)
    if repeat.every == Repeating.MONTH_DAY:
        parts = ["FREQ=MONTHLY", f"BYMONTHDAY={_within(repeat.month_day, range(1, 32))}"]
    elif repeat.every == Repeating.MONTH_WEEKDAY:
        week = _within(repeat.week, WEEKS_OF_MONTH)
        parts = ["FREQ=MONTHLY", "BYDAY=" + ",".join(f"{week}{code}" for code in _codes(repeat))]
    else:
        parts = ["FREQ=WEEKLY", "BYDAY=" + ",".join(_codes(repeat))]
        if repeat.every == Repeating.FORTNIGHTLY:
            parts.insert(1, "INTERVAL=2")
    if repeat.times is not None:
        parts.append(f"COUNT={repeat.times}")
    return parse_rule(";".join(parts))


def parse_repeat(rule: str) -> Repeat:
    """The plain choices that a stored rule was made of; a rule of its own when there are none."""
    parts = _parts(rule)
    times = int(parts.pop("COUNT")) if "COUNT" in parts else None
    own = Repeat(every=Repeating.RULE, rule=rule, times=times)
    days = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    interval = parts.pop("INTERVAL", "1")
    match (parts.get("FREQ"), interval, parts.keys() - {"FREQ"}):
        case ("WEEKLY", "1" | "2", names) if names == {"BYDAY"} and set(days) <= set(CODES):
            every = Repeating.FORTNIGHTLY if interval == "2" else Repeating.WEEKLY
            return Repeat(every=every, weekdays=tuple(CODES.index(day) for day in days), times=times)
        case ("MONTHLY", "1", names) if names == {"BYMONTHDAY"}:
            day = parts["BYMONTHDAY"]
            is_day = day.isascii() and day.isdigit()
            return Repeat(every=Repeating.MONTH_DAY, month_day=int(day), times=times) if is_day else own
        case ("MONTHLY", "1", names) if names == {"BYDAY"}:
            weeks = {day[:-2] for day in days}
            week = weeks.pop()
            if not weeks and week in map(str, WEEKS_OF_MONTH):
                weekdays = tuple(CODES.index(day[-2:]) for day in days)
                return Repeat(every=Repeating.MONTH_WEEKDAY, weekdays=weekdays, week=int(week), times=times)
    return own


def ends_by_itself(rule: str) -> bool:
    """It says how many times."""
    return "COUNT" in _parts(rule)


def with_times(rule: str, times: int | None) -> str:
    """The rule, so many times (None: without a number)."""
    parts = [part for part in rule.split(";") if not part.startswith("COUNT=")]
    return parse_rule(";".join([*parts, *([f"COUNT={times}"] if times is not None else [])]))


def days_of(rule: str, *, starts_on: dt.date, until: dt.date | None, most: int) -> list[dt.date]:
    """The days of a stored rule from `starts_on` to `until` (both included), at most `most` of them."""
    first = dt.datetime.combine(starts_on, dt.time.min)
    found: Iterator[dt.datetime] = iter(rrulestr(rule, dtstart=first))
    days: list[dt.date] = []
    for moment in islice(found, most):
        if until is not None and moment.date() > until:
            break
        days.append(moment.date())
    return days


def rule_in_words(rule: str) -> str:
    """«Thứ Bảy hằng tuần», «Ngày 15 hằng tháng», «Chủ nhật cuối cùng hằng tháng»."""
    repeat = parse_repeat(rule)
    names = [within(str(WEEKDAYS[day])) for day in sorted(repeat.weekdays)]
    days = _("{some} and {last}").format(some=", ".join(names[:-1]), last=names[-1]) if len(names) > 1 else names
    weekdays = days if isinstance(days, str) else "".join(days)
    match repeat.every:
        case Repeating.WEEKLY if len(set(names)) == len(CODES):
            words = _("every day")
        case Repeating.WEEKLY:
            words = _("{weekdays} every week").format(weekdays=weekdays)
        case Repeating.FORTNIGHTLY:
            words = _("{weekdays} every two weeks").format(weekdays=weekdays)
        case Repeating.MONTH_DAY:
            words = _("day {day} of every month").format(day=repeat.month_day)
        case Repeating.MONTH_WEEKDAY if repeat.week == LAST:
            words = _("last {weekdays} of every month").format(weekdays=weekdays)
        case Repeating.MONTH_WEEKDAY if repeat.week == 1:
            words = _("first {weekdays} of every month").format(weekdays=weekdays)
        case Repeating.MONTH_WEEKDAY:
            words = _("{weekdays} number {week} of every month").format(weekdays=weekdays, week=repeat.week)
        case _ if rule.startswith("FREQ=DAILY") and "INTERVAL" not in rule and "BYMONTH" not in rule:
            words = _("every day")
        case _:
            words = _("by a calendar of its own")
    return capfirst(words)


def _parts(rule: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in rule.split(";")]
    parts = {name: value for name, _equals, value in pairs}
    if len(parts) != len(pairs) or not all(parts.values()):
        raise BadRule(rule)
    return parts


def _codes(repeat: Repeat) -> list[str]:
    if not repeat.weekdays:
        raise BadRule("no weekday")
    return [CODES[_within(day, range(7))] for day in sorted(set(repeat.weekdays))]


def _within(value: int | None, allowed: "range | tuple[int, ...]") -> int:
    if value is None or value not in allowed:
        raise BadRule(str(value))
    return value
