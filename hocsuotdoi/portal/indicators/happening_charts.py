"""What happened at a unit in a year, to look at: the days as a calendar, who took part as a pyramid, each with a
sentence."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import product

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.charts.calendar import calendar
from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.pyramid import AgeRow, Amount, pyramid
from hocsuotdoi.core.templatetags.house import day_short, number, percent
from hocsuotdoi.indicators.queries.frame import Frame
from hocsuotdoi.indicators.queries.profiles import AGES, profiles
from hocsuotdoi.indicators.queries.results import percent_of
from hocsuotdoi.indicators.queries.story import where_words
from hocsuotdoi.indicators.queries.suppression import TOTAL, SafeTable, Shown
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, Sex

BANDS: list[AgeBand | None] = [*AgeBand, None]
"""As `AGES`."""
SEXES: tuple[Sequence[str], ...] = ((Sex.FEMALE,), (Sex.MALE,), (Sex.OTHER, ""))


def calendar_of(frame: Frame, counts: Mapping[dt.date, int]) -> Chart:
    title = _("Days with sessions, {unit}, {year}").format(unit=frame.unit.name, year=frame.year)
    return calendar(title, frame.year, counts, last_day=frame.last_day, measure=_("Sessions"))


def calendar_story(frame: Frame, counts: Mapping[dt.date, int], typed: int) -> str:
    """`typed`: sessions of which no day is known, left out of `counts`."""
    return " ".join(filter(None, [_days_story(frame, counts), _typed_story(typed)]))


def _days_story(frame: Frame, counts: Mapping[dt.date, int]) -> str:
    held = {day: count for day, count in counts.items() if count > 0}
    lead = _lead(frame)
    if not held:
        return _("{lead}, no session is recorded in {where}.").format(lead=lead, where=where_words(frame.unit))
    most = max(held.values())
    busiest = [day for day, count in sorted(held.items()) if count == most]
    told = ngettext(
        "{lead}, {where} held {sessions} session on {days} day",
        "{lead}, {where} held {sessions} sessions on {days} days",
        sum(counts.values()),
    ).format(lead=lead, where=where_words(frame.unit), sessions=number(sum(counts.values())), days=number(len(held)))
    if len(busiest) == 1 and most > 1:
        told += _(", most of them on {day} ({sessions})").format(day=day_short(busiest[0]), sessions=number(most))
    return f"{told}."


def _typed_story(typed: int) -> str:
    if typed <= 0:
        return ""
    return ngettext(
        "Not in it: {sessions} session typed in without its day.",
        "Not in it: {sessions} sessions typed in without their days.",
        typed,
    ).format(sessions=number(typed))


def safe_ages(frame: Frame, measure: MeasureCode) -> SafeTable | None:
    """Bands down, women, men, others across; None where nothing of it can be told. Four queries."""
    found, unit, year = profiles([measure], [frame.unit], [frame.year], frame.as_of), frame.unit.pk, frame.year
    counts, shown = {}, {}
    for at, column in product([*range(len(AGES)), TOTAL], [*range(len(SEXES)), TOTAL]):
        codes = (None if column == TOTAL else SEXES[column], None if at == TOTAL else [AGES[at]])
        counts[at, column] = found.count(measure, unit, year, *codes)
        shown[at, column] = found.shown(measure, unit, year, *codes)
    inner = (shown[at, column] for at in range(len(AGES)) for column in range(len(SEXES)))
    return SafeTable(counts, shown) if Shown.AS_IT_IS in inner and counts[TOTAL, TOTAL] else None


def pyramid_of(frame: Frame, table: SafeTable) -> Chart:
    title = _("Attendances by age and sex, {unit}, {year}").format(unit=frame.unit.name, year=frame.year)
    rows = [_age_row(table, at, _band_words(band)) for at, band in enumerate(BANDS)]
    return pyramid(title, rows, _age_row(table, TOTAL, _("Together")), other=_("Other sex or not known"))


def pyramid_story(frame: Frame, table: SafeTable) -> str:
    """Nothing that the table keeps back."""
    whole = table.counts[TOTAL, TOTAL]
    lead, where = _lead(frame), where_words(frame.unit)
    told = _("{lead}, people took part {times} times in sessions in {where}").format(
        lead=lead, where=where, times=number(whole)
    )
    female, male = table.number(TOTAL, 0), table.number(TOTAL, 1)
    share = percent_of(female, female + male) if female is not None and male is not None else None
    if share is not None:
        told += _(", women {share} of those whose sex is known").format(share=percent(share))
    aged = [(table.number(at, TOTAL) or 0, band) for at, band in enumerate(BANDS) if band is not None]
    most, band = max(aged, key=lambda each: each[0])
    if most:
        told += _(", most often at the age of {band}").format(band=_band_words(band))
    unknown = table.number(len(BANDS) - 1, TOTAL)
    if unknown:
        told += _("; of {share} the age is not known").format(share=percent(percent_of(unknown, whole)))
    return f"{told}."


def _lead(frame: Frame) -> str:
    if frame.is_running:
        day = f"{frame.last_day.day}/{frame.last_day.month}"
        return _("In {year} up to {day}").format(year=frame.year, day=day)
    return _("In {year}").format(year=frame.year)


def _age_row(table: SafeTable, at: int, label: str) -> AgeRow:
    female, male, other, total = (Amount(table.number(at, c), table.words(at, c)) for c in (0, 1, 2, TOTAL))
    return AgeRow(label, female, male, other, total)


def _band_words(band: AgeBand | None) -> str:
    return str(band.label).replace("-", "–") if band is not None else _("age not known")
