"""A figure in one plain sentence: how much, where, which way it goes, how far the target is, on how many it rests."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language, pgettext

from hocsuotdoi.core.templatetags.house import number, percent
from hocsuotdoi.indicators.enums import CohortKind, Direction, IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.share_of_people import per_hundred
from hocsuotdoi.indicators.queries.words import (
    is_kept_back,
    is_number,
    is_of_known_people,
    told_coverage,
    value_words,
)
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

APART = Decimal(10)
"""Points of coverage by which two years may differ and still be compared: of more it is the reporting that grew."""
THIN = Decimal(50)
"""Per cent of those expected; a figure of fewer is not held against a target (as `programme.queries.targets`)."""
_SUBJECTS = ("Thư viện", "Bảo tàng", "Trung tâm", "Thiết chế cơ sở", "Người dân", "Huyện", "Thôn", "Xã")
"""With one of these a Vietnamese indicator's short name begins; what follows is what the subject does."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A target in per cent; `low` and `high` differ where it is a range. `year` None: the plan states none."""

    low: Decimal
    high: Decimal
    year: int | None
    words: str
    """As it is written, «80%», «10–15%», «8 of 8»."""
    is_percent: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """What a story is made of. `previous`: the last year before with a value. `until`: the last day that counts while
    the year runs, None once it is over."""

    indicator: Indicator
    cohort: Cohort
    value: IndicatorValue
    previous: IndicatorValue | None = None
    goal: Goal | None = None
    until: dt.date | None = None


def story(told: Told) -> str:
    """One sentence. It says nothing that the figures do not: no state without coverage, no change without a year to
    compare with, no number of people below five."""
    if told.value.state == ValueState.NOT_APPLICABLE:
        return _not_applicable(told)
    if told.value.state == ValueState.NOT_REPORTED:
        return _not_reported(told)
    if told.value.kept_back:
        return _kept_back(told)
    if _is_secret(told):
        return pgettext(
            "story", "{lead}, fewer than 5 people in {where} are known to have taken part ({whom})."
        ).format(**_names(told))
    clauses = [_figure(told), _change(told), "" if is_thin(told.value) else _gap(told)]
    return ", ".join(filter(None, clauses)) + _coverage(told) + "."


def is_thin(value: IndicatorValue) -> bool:
    """Whether a figure rests on less than half of those expected."""
    return value.coverage is not None and value.coverage < THIN


def where_words(unit: AdminUnit) -> str:
    """«the whole country», «tỉnh Thái Nguyên»: as it stands within a sentence."""
    if unit.tier == Tier.COUNTRY:
        return pgettext("story", "the whole country")
    return lower_first(unit.name)


def lower_first(words: str) -> str:
    """An abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _names(told: Told) -> dict[str, str]:
    until = told.until
    if until is None:
        lead = pgettext("story", "In {year}").format(year=told.value.year)
    else:
        lead = pgettext("story", "In {year} up to {day}").format(year=told.value.year, day=f"{until.day}/{until.month}")
    return {
        "lead": lead,
        "where": where_words(told.value.unit),
        "whom": lower_first(told.cohort.name),
        "name": told.indicator.short_name,
    }


def _predicate(told: Told) -> str:
    """What the subject does, from the short name; empty where it cannot be told from its words."""
    if not (get_language() or "vi").startswith("vi"):
        return ""
    name = told.indicator.short_name
    subject = next((each for each in _SUBJECTS if name.startswith(f"{each} ")), None)
    return name[len(subject) + 1 :] if subject else ""


def _figure(told: Told) -> str:
    kind, value, names = told.indicator.kind, told.value, _names(told)
    if kind == IndicatorKind.GROWTH:
        return _growth(told)
    predicate = _predicate(told)
    if kind == IndicatorKind.YES_NO:
        return pgettext("story", "{lead}, “{name}” in {where} ({whom}): {answer}").format(
            answer=lower_first(value_words(value, told.indicator)), **names
        )
    if is_number(told.indicator) or names["name"].startswith("Tỷ lệ "):
        figure = number(value.numerator) if is_number(told.indicator) else _share(told)
        names["name"] = lower_first(names["name"])
        return pgettext("story", "{lead}, {name} in {where} ({whom}): {figure}").format(figure=figure, **names)
    if not predicate:
        return pgettext("story", "{lead}, the share “{name}” in {where} ({whom}) is {figure}").format(
            figure=_share(told), **names
        )
    if not value.numerator and told.cohort.kind != CohortKind.POPULATION:
        return pgettext("story", "{lead}, none of the {whom} in {where} {predicate}").format(
            predicate=predicate, **names
        )
    is_counted = told.cohort.kind != CohortKind.POPULATION and told.indicator.kind != IndicatorKind.STOCK
    if is_counted and value.numerator == value.denominator == value.expected and value.numerator > 1:
        return pgettext("story", "{lead}, all {count} {whom} in {where} {predicate}").format(
            count=number(value.numerator), predicate=predicate, **names
        )
    return pgettext("story", "{lead}, {share} of the {whom} in {where} {predicate}").format(
        share=_share(told), predicate=predicate, **names
    )


def _share(told: Told) -> str:
    if told.indicator.kind == IndicatorKind.UNITS_OF_UNITS:
        return f"{number(told.value.numerator)}/{number(told.value.denominator)}"
    return percent(told.value.percent)


def _growth(told: Told) -> str:
    rate, names = told.value.percent or Decimal(0), _names(told)
    name = names.pop("name")
    names["what"] = lower_first(name.removeprefix("Tăng ") if name.startswith("Tăng ") else name)
    names |= {"rate": percent(abs(rate)), "base": str(told.value.base_year)}
    if not rate:
        return pgettext("story", "{lead}, {what} in {where} ({whom}) stayed as in {base}").format(**names)
    if rate > 0:
        return pgettext("story", "{lead}, {what} in {where} ({whom}) grew by {rate} a year from {base}").format(**names)
    return pgettext("story", "{lead}, {what} in {where} ({whom}) fell by {rate} a year from {base}").format(**names)


def _change(told: Told) -> str:
    """Against the year before, in points; of a count in per cent. A rate of growth is a comparison already, what a year
    that runs has gathered so far cannot be held against a whole one (only a part of it can, as the share of women),
    and what does not speak for all, or speaks for many more or fewer than the year before, tells no change."""
    before, now, kind = told.previous, told.value, told.indicator.kind
    if before is None or kind in (IndicatorKind.GROWTH, IndicatorKind.UNITS_OF_UNITS, IndicatorKind.YES_NO):
        return ""
    if is_kept_back(before, told.indicator):
        return ""
    if is_thin(now) or is_thin(before) or (told.until is not None and not told.indicator.over):
        return ""
    if _is_apart(now, before):
        return _not_compared(told, before)
    if is_number(told.indicator):
        if not before.numerator:
            return ""
        difference = Decimal(100) * ((now.numerator or 0) - before.numerator) / before.numerator
        amount = percent(abs(difference))
    else:
        difference = (now.percent or Decimal(0)) - (before.percent or Decimal(0))
        amount = _points(difference)
    if number(abs(difference)) == "0":
        return pgettext("story", "as in {year}").format(year=before.year)
    words = {"amount": amount, "year": before.year}
    is_up = difference > 0
    said = (
        pgettext("story", "up {amount} on {year}").format(**words)
        if is_up
        else pgettext("story", "down {amount} on {year}").format(**words)
    )
    if told.indicator.direction == Direction.DOWN:
        said += " " + (
            pgettext("story", "(lower would be better)") if is_up else pgettext("story", "(lower is better)")
        )
    return said


def _is_apart(now: IndicatorValue, before: IndicatorValue) -> bool:
    if now.coverage is None or before.coverage is None:
        return False
    return abs(now.coverage - before.coverage) > APART


def _not_compared(told: Told, before: IndicatorValue) -> str:
    if is_of_known_people(told.indicator):
        return pgettext("story", "not compared with {year}, when far more or fewer people could be told apart").format(
            year=before.year
        )
    return pgettext("story", "not compared with {year}, of which {reporting}/{expected} {noun} have figures").format(
        year=before.year, reporting=number(before.reporting), expected=number(before.expected), noun=_noun(told)
    )


def _gap(told: Told) -> str:
    goal, value = told.goal, told.value.percent
    if goal is None or value is None:
        return ""
    when = "" if goal.year is None else pgettext("story", " of {year}").format(year=goal.year)
    names = {"goal": goal.words + when}
    is_down = told.indicator.direction == Direction.DOWN
    gap = value - goal.high if is_down else goal.low - value
    if gap <= 0:
        return pgettext("story", "the target {goal} is reached").format(**names)
    if not goal.is_percent or told.indicator.kind == IndicatorKind.YES_NO:
        return pgettext("story", "short of the target {goal}").format(**names)
    names["gap"] = _points(gap)
    if is_down:
        return pgettext("story", "still {gap} above the target {goal}").format(**names)
    return pgettext("story", "still {gap} short of the target {goal}").format(**names)


def _points(difference: Decimal) -> str:
    return pgettext("story", "{points} percentage points").format(points=number(abs(difference)))


def _coverage(told: Told) -> str:
    value = told.value
    if not value.expected:
        return ""
    if is_of_known_people(told.indicator):
        return "; " + _of_known_people(told)
    words = {"reporting": number(value.reporting), "expected": number(value.expected), "noun": _noun(told)}
    if is_thin(value) and told.indicator.kind != IndicatorKind.YES_NO:  # one of them is enough for a yes
        return "; " + pgettext(
            "story", "only {reporting}/{expected} {noun} have figures, so this does not yet speak for all"
        ).format(**words)
    if value.reporting == value.expected:
        return "; " + pgettext("story", "with figures of all {expected} {noun}").format(**words)
    return "; " + pgettext("story", "with figures of {reporting}/{expected} {noun}").format(**words)


def _of_known_people(told: Told) -> str:
    """Never how many attendances are known: `words.told_coverage`."""
    if is_thin(told.value):
        return pgettext(
            "story",
            "people can be told apart in less than half of what was attended: this does not yet speak for all",
        )
    least = told_coverage(told.value, told.indicator).percent
    return pgettext("story", "people can be told apart in at least {share} of what was attended").format(
        share=percent(least)
    )


def _noun(told: Told) -> str:
    return pgettext("story", "units") if told.cohort.kind == CohortKind.UNITS else pgettext("story", "institutions")


def _not_applicable(told: Told) -> str:
    said = pgettext("story", "{lead}, “{name}” ({whom}) does not apply to {where}").format(**_names(told))
    note = told.value.note.strip().removesuffix(".")
    return f"{said}: {lower_first(note)}." if note else f"{said}."


def _kept_back(told: Told) -> str:
    """It may be of many: that it is not told says nothing of how many."""
    said = pgettext("story", "{lead}, “{name}” ({whom}) is not told for {where}").format(**_names(told))
    note = told.value.note.strip().removesuffix(".")
    return f"{said}: {lower_first(note)}." if note else f"{said}."


def _not_reported(told: Told) -> str:
    said = pgettext("story", "{lead}, there is no figure yet for “{name}” ({whom}) in {where}").format(**_names(told))
    if told.value.expected and not is_of_known_people(told.indicator):
        said += "; " + pgettext("story", "{reporting}/{expected} {noun} have figures").format(
            reporting=number(told.value.reporting), expected=number(told.value.expected), noun=_noun(told)
        )
    if told.indicator.kind == IndicatorKind.SHARE_OF_POPULATION and _has_attendances_alone(told.value):
        said += "; " + pgettext("story", "{count} attendances were counted, {ratio} for each 100 residents").format(
            count=number(told.value.expected), ratio=number(per_hundred(told.value.expected, told.value.denominator))
        )
    before = told.previous
    if before is not None and before.has_value and not is_kept_back(before, told.indicator):
        said += "; " + pgettext("story", "the last known is {figure} in {year}").format(
            figure=lower_first(value_words(before, told.indicator)), year=before.year
        )
    return f"{said}."


def _has_attendances_alone(value: IndicatorValue) -> bool:
    return bool(value.denominator and value.expected and not value.reporting)


def _is_secret(told: Told) -> bool:
    """Behind the figure stand so few people that they could be found."""
    return is_kept_back(told.value, told.indicator)
