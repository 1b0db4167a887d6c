"""A figure, told from its parts: its state, its per cent, what must be known beside it. Only here a value is made.

See docs/figures.md for each formula in words.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.conditions import people_for
from hocsuotdoi.indicators.queries.frame import Frame
from hocsuotdoi.indicators.queries.material import Around, Material
from hocsuotdoi.indicators.queries.parts import Parts, parts_from
from hocsuotdoi.indicators.queries.people import Participation
from hocsuotdoi.indicators.queries.profiles import TOLD_BY_PERSON, is_of_people
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair, percent_of, yearly_growth
from hocsuotdoi.indicators.queries.share_of_people import share_of_people
from hocsuotdoi.indicators.queries.sums import counted_for
from hocsuotdoi.indicators.queries.suppression import is_closed, not_closed_words
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit


def values_from(material: Material) -> dict[Pair, dict[int, IndicatorValue]]:
    """Every figure that the material was loaded for, by pair and unit id. No query."""
    return {
        (indicator.code, cohort.code): values_of(
            material,
            indicator,
            cohort,
            ((group, parts_from(material, group, indicator, cohort).settled()) for group in material.groups),
        )
        for indicator, cohort in material.defined
    }


def values_of(
    around: Around, indicator: Indicator, cohort: Cohort, parts: Iterable[tuple[AdminUnit, Parts]]
) -> dict[int, IndicatorValue]:
    """The figures that the parts of units make, by unit id. No query."""
    made = _Figure(around, indicator, cohort)
    return {group.pk: made.value(group, own) for group, own in parts}


def value_of(around: Around, group: AdminUnit, indicator: Indicator, cohort: Cohort, parts: Parts) -> IndicatorValue:
    """The figure that the parts of one unit make. No query."""
    return _Figure(around, indicator, cohort).value(group, parts)


class _Figure:
    """A figure in the making, of one unit after another: a map asks for three thousand, and what does not depend on
    the unit is found once. Only here a value is made."""

    group: AdminUnit
    parts: Parts

    def __init__(self, around: Around, indicator: Indicator, cohort: Cohort) -> None:
        self.around, self.indicator, self.cohort = around, indicator, cohort
        self.frame = around.frame
        self.is_of_people = is_of_people(indicator)
        self.map_day = None if self.frame.map.is_reported else self.frame.map_day

    def value(self, group: AdminUnit, parts: Parts) -> IndicatorValue:
        self.group, self.parts = group, parts
        if self._not_begun:
            return self._none(note=self._not_begun)
        if not self._stands():
            note = not_on_map(self.group, self.frame.starts_on, self.map_day)
            return self._none(ValueState.NOT_APPLICABLE, note=note)
        return self._made_by()

    @cached_property
    def _not_begun(self) -> str:
        return _("The year has not begun.") if self.frame.as_of < self.frame.starts_on else ""

    @cached_property
    def _ended(self) -> str:
        """Since when the indicator is not computed; empty where it still is."""
        if self.indicator.ends_on is None or self.indicator.ends_on > self.frame.last_day:
            return ""
        return _("This indicator has not been computed any more since {day}.").format(
            day=day_short(self.indicator.ends_on)
        )

    def _stands(self) -> bool:
        return self.frame.stands(self.group) if self.map_day is None else self.group.holds_on(self.map_day)

    @cached_property
    def _made_by(self) -> Callable[[], IndicatorValue]:
        """Which formula makes it."""
        kind = self.indicator.kind
        if self._ended:
            return lambda: self._none(ValueState.NOT_APPLICABLE, note=self._ended)
        if self.is_of_people and kind not in TOLD_BY_PERSON:
            return lambda: self._kept_back(0, 0)
        if kind == IndicatorKind.STOCK:
            return self._active_users if self.indicator.measures == [StockCode.ACTIVE_USERS] else self._stock
        formulas = {
            IndicatorKind.GROWTH: self._growth,
            IndicatorKind.COUNT: self._count,
            IndicatorKind.SHARE_OF_POPULATION: self._share_of_population,
            IndicatorKind.YES_NO: self._yes_no,
        }
        others = self._share_of_units if self.cohort.kind == CohortKind.UNITS else self._share_of_institutions
        return formulas.get(IndicatorKind(kind), others)

    @cached_property
    def _none_open(self) -> str:
        return _("There is no open institution of this kind here.")

    def _share_of_institutions(self) -> IndicatorValue:
        met, known, excused = self.parts.yes, self.parts.yes + self.parts.no, self.parts.excused
        expected = self.parts.expected - excused
        if not expected:
            return self._none(ValueState.NOT_APPLICABLE, note=self._none_open)
        if not known:
            note = _("None of the institutions has given enough answers yet.")
            return self._none(expected=expected, note=note)
        note = ""
        if excused:
            note = ngettext(
                "%(count)d institution to which the criteria do not apply is left out.",
                "%(count)d institutions to which the criteria do not apply are left out.",
                excused,
            ) % {"count": excused}
        return self._made(met, known, known, expected, note)

    def _share_of_units(self) -> IndicatorValue:
        if not self.cohort.tier:
            return self._share_of_villages()
        units, known = self.parts.expected, self.parts.yes + self.parts.no
        if not units:
            note = _("On the map of {day} there is no {tier} here.").format(
                day=day_short(self.frame.map_day), tier=Tier(self.cohort.tier).label
            )
            return self._none(ValueState.NOT_APPLICABLE, note=note)
        if not known:
            note = _("None of the units has enough in the register yet.")
            return self._none(expected=units, note=note)
        if self.indicator.kind == IndicatorKind.UNITS_OF_UNITS:
            return self._made(self.parts.yes, units, known, units)
        if self.around.decides(self.indicator):
            return self._made(self.parts.yes, known, known, units)
        # Of what is asked is only that it is there, so it is of all units: a register half kept must not say «all».
        note = ""
        if known < units:
            said = _("Divided by all {units} units: the register knows {known}, the others do not count as having one.")
            note = said.format(units=number(units), known=number(known))
        return self._made(self.parts.yes, units, known, units, note)

    def _share_of_villages(self) -> IndicatorValue:
        """Villages are no units: their number is entered, and each institution stands for the village it is in."""
        met, institutions = self.parts.yes, self.parts.expected
        villages = self.around.villages.get(self.group.pk)
        if villages is None:
            note = _(
                "{count} here meet it; how many villages and residential groups there are has not been stated, so "
                "there is no share."
            ).format(count=met)
            return self._none(numerator=met, note=note)
        if institutions > villages:
            note = _(
                "The register has {count} here, but only {villages} villages were stated: mend one of them."
            ).format(count=institutions, villages=villages)
            return self._none(numerator=met, denominator=villages, note=note)
        known = self.parts.expected - self._unknown
        if not known:
            return self._none(expected=villages, note=_("None of the villages has enough in the register yet."))
        note = _("A village without one in the register is counted as having none.") if known < villages else ""
        return self._made(met, villages, known, villages, note)

    @property
    def _unknown(self) -> int:
        return self.parts.expected - self.parts.yes - self.parts.no - self.parts.excused

    def _growth(self) -> IndicatorValue:
        base_year = self._base_year
        expected, base = self.parts.expected, self.parts.base
        if not expected:
            return self._none(ValueState.NOT_APPLICABLE, note=self._none_open)
        if base_year is None:
            note = _("Growth is told for the years after the base year {year}.").format(year=self.indicator.base_year)
            return self._none(expected=expected, note=note)
        now = self.parts.total
        note = self._growth_note(base_year)
        if base <= 0:
            note = _nothing_in(base_year, self.frame) + " " + note
            return self._none(expected=expected, reporting=self.parts.reporting, base_year=base_year, note=note)
        rate = yearly_growth(now, base, self.frame.year - base_year)
        return self._made(now, base, self.parts.reporting, expected, note, percent=rate, base_year=base_year)

    @cached_property
    def _base_year(self) -> int | None:
        return counted_for(self.indicator, self.cohort).base_before(self.frame.year)

    @cached_property
    def _growth_words(self) -> str:
        return _(
            "Compound yearly growth from the base year {base_year}, on constant territory, over the institutions "
            "that were there and reported in both years."
        ).format(base_year=self._base_year)

    @cached_property
    def _running_words(self) -> str:
        if not self.frame.is_running:
            return ""
        return _("The year is running: both years are counted up to {day}.").format(
            day=date_format(self.frame.last_day, "j/n")
        )

    def _growth_note(self, base_year: int) -> str:
        parts = self.parts
        words = [self._growth_words]
        if parts.added:
            said = _("Apart stand {count} that are new or were silent then: {sum} counted in {year}.")
            words.append(said.format(count=number(parts.added), sum=number(parts.added_sum), year=self.frame.year))
        if parts.gone:
            said = _("Apart stand {count} that closed or are silent now: {sum} counted in {year}.")
            words.append(said.format(count=number(parts.gone), sum=number(parts.gone_sum), year=base_year))
        return " ".join(filter(None, [*words, self._running_words]))

    def _count(self) -> IndicatorValue:
        parts = self.parts
        if not (parts.expected or parts.reporting or parts.total or parts.whole):
            return self._none(ValueState.NOT_APPLICABLE, note=self._none_open)
        if not parts.reporting and not parts.total:
            return self._none(expected=parts.expected, note=_("Nobody has reported yet."))
        total, whole = parts.total, parts.whole
        if self.is_of_people:
            of = self.indicator
            told = self.around.told(self.group, of.measures, self.around.of_everybody(of, self.cohort, self.group), of)
            all_told = self.around.told(self.group, of.over, whole)
            if told is None or (of.over and all_told is None):
                return self._kept_back(parts.reporting, parts.expected)
            total, whole = told, all_told or 0
        if not self.indicator.over:
            return self._made(total, None, parts.reporting, parts.expected)
        return self._part_of(total, whole, parts.reporting, parts.expected)

    def _kept_back(self, reporting: int, expected: int) -> IndicatorValue:
        """Of people by sex or age, and not to be told: without a number, also in its note."""
        note = _why_kept_back(self.frame)
        return self._shaped(ValueState.VALUE, kept_back=True, reporting=reporting, expected=expected, note=note)

    def _stock(self) -> IndicatorValue:
        code, parts = self.indicator.measures[0], self.parts
        if not parts.expected:
            if code == StockCode.INSTITUTIONS_OPEN and parts.registered:
                return self._made(0, None, 0, 0)
            state = ValueState.NOT_APPLICABLE if code != StockCode.INSTITUTIONS_OPEN else ValueState.NOT_REPORTED
            return self._none(state, note=self._none_open)
        if not parts.reporting:
            note = _("Of none of the institutions the register knew this on {day}.").format(
                day=day_short(self.frame.last_day)
            )
            return self._none(expected=parts.expected, note=note)
        if not self.indicator.over:
            return self._made(parts.total, None, parts.reporting, parts.expected)
        return self._part_of(parts.total, parts.whole, parts.reporting, parts.expected)

    def _part_of(self, part: int, whole: int, reporting: int, expected: int) -> IndicatorValue:
        """A share of what is counted; of nothing there is none."""
        if whole:
            return self._made(part, whole, reporting, expected)
        note = _("Nothing stands in the denominator, so there is no share.")
        return self._none(
            ValueState.NOT_APPLICABLE,
            numerator=part,
            denominator=whole,
            reporting=reporting,
            expected=expected,
            note=note,
        )

    def _active_users(self) -> IndicatorValue:
        found = self.around.active_users[counted_for(self.indicator, self.cohort)].get(
            (self.group.pk, self.cohort.urban), Participation()
        )
        note = _(
            "{count} entries of the twelve months were counted; people are counted only where they can be told apart."
        ).format(count=number(found.attendances))
        if not found.known:
            return self._none(reporting=0, expected=found.attendances, note=note)
        return self._made(found.people, None, found.known, found.attendances, note)

    def _yes_no(self) -> IndicatorValue:
        """One of them is enough for a yes; a no needs to know all of them."""
        known, expected = self.parts.yes + self.parts.no, self.parts.expected - self.parts.excused
        if self.parts.yes:
            return self._made(1, None, known, expected)
        if not expected:
            if not self.around.decides(self.indicator) and self.parts.registered:
                return self._made(0, None, 0, 0)
            return self._none(ValueState.NOT_APPLICABLE, note=self._none_open)
        if self._unknown:
            note = _("Not all of the institutions have given enough answers yet.")
            return self._none(reporting=known, expected=expected, note=note)
        return self._made(0, None, known, expected)

    def _share_of_population(self) -> IndicatorValue:
        took_part = self.around.participation[people_for(self.indicator)]
        people = self.around.residents.get(self.group.pk)
        state, told = share_of_people(took_part, people, self.group.pk, self.cohort.urban)
        told["residents"] = people
        return self._made(**told) if state == ValueState.VALUE else self._none(state, **told)

    def _made(
        self, numerator: int, denominator: int | None, reporting: int, expected: int, note: str = "", **more: Any
    ) -> IndicatorValue:
        if denominator is not None:
            more.setdefault("percent", percent_of(numerator, denominator))
        return self._shaped(
            ValueState.VALUE,
            numerator=numerator,
            denominator=denominator,
            reporting=reporting,
            expected=expected,
            note=note,
            **more,
        )

    def _none(self, state: ValueState = ValueState.NOT_REPORTED, **more: Any) -> IndicatorValue:
        return self._shaped(state, **more)

    def _shaped(self, state: ValueState, **more: Any) -> IndicatorValue:
        return IndicatorValue(
            self.indicator.code,
            self.cohort.code,
            self.group,
            self.frame.year,
            state,
            version=self.indicator.version,
            defined=(self.indicator, self.cohort),
            **more,
        )


def _why_kept_back(frame: Frame) -> str:
    if not is_closed(frame.year, frame.as_of):
        return not_closed_words(frame.year)
    return _("By sex or age this would give away who took part.")


def _nothing_in(base_year: int, frame: Frame) -> str:
    if not frame.is_running:
        return _("Nothing was counted in the base year {year} here.").format(year=base_year)
    return _(
        "Nothing was counted here in the base year {year} up to the same day. A figure that was typed in for a whole "
        "year or quarter counts on its last day: it can be compared when that is over."
    ).format(year=base_year)


def not_on_map(group: AdminUnit, first: dt.date, map_day: dt.date | None) -> str:
    """Why there is no figure of the group. `first`: the first day that counts. `map_day` None: as reported."""
    if group.ends_on is not None and group.ends_on <= (first if map_day is None else map_day):
        return _("{unit} stood until {day}.").format(unit=group.name, day=day_short(group.last_day))
    begun = _("{unit} was formed on {day}.").format(unit=group.name, day=day_short(group.starts_on))
    if map_day is None:
        return begun
    return begun + " " + _("It is not on the map of {day}.").format(day=day_short(map_day))
