"""What templates need and an include cannot do: figures and dates in words, and the geometry of the target bar."""

import textwrap
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import get_language, gettext, ngettext, pgettext

register = template.Library()

Number = int | float | Decimal
NOTHING = "–"


def _is_english() -> bool:
    return (get_language() or "vi").startswith("en")


def _separators() -> tuple[str, str]:
    """Between thousands, before decimals: 1.234,5 in Vietnamese, 1,234.5 in English."""
    return (",", ".") if _is_english() else (".", ",")


@register.filter
def number(value: Number | None, decimals: int | str = "") -> str:
    """1234.5 → «1.234,5». `decimals`: how many at most (default 1); ends with zeros dropped. None → «–»."""
    if value is None or value == "":
        return NOTHING
    if type(value) is int:  # most are, and a page says thousands
        text = f"{value:,}"
    else:
        places = 1 if decimals == "" else int(decimals)
        text = f"{Decimal(str(value)):,.{places}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    thousands, decimal = _separators()
    text = text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)
    return text.replace("-", "\N{MINUS SIGN}", 1)


@register.filter
def shorten(text: str, most: int) -> str:
    """At most so many letters, cut between words: «Ngày Sách và Bản quyền…»."""
    return textwrap.shorten(str(text), int(most), placeholder="…")


@register.filter
def percent(value: Number | None, decimals: int | str = "") -> str:
    """66.666 → «66,7%» (the value is already in percent)."""
    return NOTHING if value is None or value == "" else f"{number(value, decimals)}%"


@register.filter
def local_day(value: date | datetime) -> date:
    """The day by the clock of Viet Nam."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def weekday(value: date | datetime | None) -> str:
    """«Chủ nhật», «Thứ Hai», as it begins a line."""
    return str(WEEKDAYS[local_day(value).weekday()]) if value else ""


@register.filter
def weekday_within(value: date | datetime | None) -> str:
    """«Chủ nhật», «thứ Hai», within a sentence (Nghị định 30/2020/NĐ-CP, annex II)."""
    return within(weekday(value))


def within(weekday_name: str) -> str:
    """A weekday's name as it stands within a sentence."""
    return "thứ" + weekday_name[3:] if weekday_name.startswith("Thứ ") else weekday_name


_KINDS_OF_PLACES = ("Tỉnh ", "Thành phố ", "Phường ", "Xã ", "Đặc khu ", "Huyện ", "Quận ", "Thị xã ", "Thị trấn ")


@register.filter
def place_within(name: str) -> str:
    """«tỉnh Thái Nguyên» within a sentence; «Việt Nam» stays as it is."""
    return name[:1].lower() + name[1:] if name.startswith(_KINDS_OF_PLACES) else name


@register.filter
def month(value: date | datetime | None) -> str:
    """«tháng 11» in Vietnamese, «November» in English."""
    if not value:
        return ""
    name = str(MONTHS[local_day(value).month])
    return name if _is_english() else name.lower()


@register.filter
def day(value: date | datetime | None) -> str:
    """«Chủ nhật, 23/11/2026» or «Sunday, 23 November 2026»."""
    if not value:
        return ""
    local = local_day(value)
    in_words = f"{local.day} {month(local)} {local.year}" if _is_english() else day_short(local)
    return f"{weekday(local)}, {in_words}"


@register.filter
def day_within(value: date | datetime | None) -> str:
    """The same within a sentence: «thứ Hai, 23/11/2026»."""
    return within(day(value))


@register.filter
def day_short(value: date | datetime | None) -> str:
    """«23/11/2026»."""
    if not value:
        return ""
    local = local_day(value)
    return f"{local.day}/{local.month}/{local.year}"


@register.filter
def clock(value: datetime | None) -> str:
    """«9:00», by the clock of Viet Nam."""
    if not value:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{local.hour}:{local.minute:02d}"


@register.filter
def moment(value: datetime | None) -> str:
    """«9:00, 23/11/2026»."""
    return f"{clock(value)}, {day_short(value)}" if value else ""


@register.filter
def hours_long(hours: int) -> str:
    """How long something lasts: «36 giờ», but «14 ngày» where it is whole days. One day stays «24 giờ»: «1 ngày» could
    end with the day."""
    days, rest = divmod(hours, 24)
    if days > 1 and not rest:
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": number(days)}
    return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": number(hours)}


@register.filter
def at(items: Any, position: int) -> Any:
    """The item at that position of a list (the table component pairs cells with columns)."""
    return items[position] if position < len(items) else ""


@register.simple_tag
def time_range(starts_at: datetime, ends_at: datetime | None = None) -> str:
    """«9:00–11:00, thứ Hai, 23/11/2026»; over several days «9:00 23/11/2026 – 17:00 25/11/2026»."""
    if ends_at is None:
        return f"{clock(starts_at)}, {day_within(starts_at)}"
    if local_day(starts_at) == local_day(ends_at):
        return f"{clock(starts_at)}–{clock(ends_at)}, {day_within(starts_at)}"
    return f"{clock(starts_at)} {day_short(starts_at)} – {clock(ends_at)} {day_short(ends_at)}"


@register.simple_tag
def day_range(first: date, last: date | None = None) -> str:
    """«1–7/10/2026», «28/9–3/10/2026», «from 1/10/2026» when open."""
    if last is None:
        return gettext("from %(day)s") % {"day": day_short(first)}
    if first == last:
        return day_short(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day_short(last)}"
    if first.year == last.year:
        return f"{first.day}/{first.month}–{day_short(last)}"
    return f"{day_short(first)} – {day_short(last)}"


@register.simple_tag
def coverage(reporting: int | None, expected: int | None) -> str:
    """«12/48 cơ sở đã có số liệu»: stands beside every percentage."""
    if not expected:
        return gettext("nobody is expected to report")
    return ngettext(
        "%(reporting)s of %(expected)s has reported",
        "%(reporting)s of %(expected)s have reported",
        expected,
    ) % {"reporting": number(reporting or 0), "expected": number(expected)}


@register.inclusion_tag("components/target_bar.html")
def target_bar(
    value: Number | None,
    low: Number | None = None,
    high: Number | None = None,
    expected: Number | None = None,
    state: str = "no_data",
    unit: str = "%",
    top: Number | None = None,
) -> dict[str, Any]:
    """A value against its target (a range when `high` is given) and against what was to be reached by now.

    `unit` is written after each figure; `top` is the end of the scale (100 for a percentage, else a little past the
    largest figure). Without a value the bar is empty and says so.
    """
    figures = [float(each) for each in (value, low, high, expected) if each is not None]
    end = float(top) if top is not None else 100.0 if unit == "%" else max([*figures, 1.0]) * 1.1
    end = max([end, *figures])

    def at(figure: Number | None) -> float | None:
        return None if figure is None else round(float(figure) / end * 100, 2)

    parts = []
    if value is not None:
        parts.append(pgettext("target bar", "reached %(figure)s") % {"figure": f"{number(value)}{unit}"})
    else:
        parts.append(pgettext("target bar", "no figure yet"))
    if expected is not None:
        parts.append(pgettext("target bar", "expected by now %(figure)s") % {"figure": f"{number(expected)}{unit}"})
    if low is not None:
        figure = f"{number(low)}–{number(high)}{unit}" if high not in (None, low) else f"{number(low)}{unit}"
        parts.append(pgettext("target bar", "target %(figure)s") % {"figure": figure})
    return {
        "value_at": at(value),
        "low_at": at(low),
        "high_at": at(high) if high != low else None,
        "range_width": ((at(high) or 0.0) - (at(low) or 0.0)) if low is not None else 0.0,
        "expected_at": at(expected),
        "state": state,
        "parts": parts,
        "in_words": "; ".join(parts),
    }
