"""Values of indicators for units, years and cohorts, computed from the ledger and the register when asked.

The number of queries depends on the kinds of figures asked for, never on how many units, institutions or pairs.
See docs/figures.md for each formula in words.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, Outcome, StockCode, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.conditions import over_for, people_for
from hocsuotdoi.indicators.queries.frame import (
    TODAYS_MAP,
    ChosenMap,
    Expected,
    Frame,
    frame_of,
    frames_together,
    parts_of,
)
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.people import Participation, Residents
from hocsuotdoi.indicators.queries.profiles import is_of_people
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair, percent_of, yearly_growth
from hocsuotdoi.indicators.queries.sums import counted_for, counts_for_frame
from hocsuotdoi.indicators.queries.suppression import is_closed, not_closed_words
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

__all__ = ["IndicatorValue", "Pair", "counts_for", "values_by_unit", "values_for", "values_from"]


_DIFFERENT_PEOPLE = (IndicatorKind.SHARE_OF_POPULATION, IndicatorKind.STOCK)
"""Kinds that count people who can be told apart: by sex or age there are no such numbers (decision 87)."""


def values_for(
    unit: AdminUnit, year: int, pairs: Sequence[Pair], as_of: dt.date | None = None, chosen: ChosenMap = TODAYS_MAP
) -> dict[Pair, IndicatorValue]:
    """The values of (indicator code, cohort code) `pairs` at `unit` for `year`, as seen on `as_of` (None: today).

    Raises KeyError for a code that is not defined.
    """
    material = Material(frame_of(unit, year, as_of, chosen), [unit], pairs)
    return {pair: values[unit.pk] for pair, values in values_from(material).items()}


def values_by_unit(
    unit: AdminUnit,
    units: list[AdminUnit],
    year: int,
    pair: Pair,
    as_of: dt.date | None = None,
    chosen: ChosenMap = TODAYS_MAP,
) -> dict[int, IndicatorValue]:
    """One figure for many `units` that lie in `unit`, none within another, on the chosen map, by default `unit`'s own;
    keyed by unit id. As reported those that ended within the year may be among them."""
    parts = parts_of(frame_of(unit, year, as_of, chosen), units)
    found: dict[int, IndicatorValue] = {}
    for frame, (_part, groups) in zip(frames_together([frame for frame, _groups in parts]), parts, strict=True):
        found |= values_from(Material(frame, groups, [pair]))[pair]
    return {each.pk: found[each.pk] for each in units}


def counts_for(unit: AdminUnit, year: int, as_of: dt.date | None = None) -> dict[MeasureCode, int]:
    """What the ledger counted at `unit` in `year`, on the unit's own map: every measure, 0 where nothing was.

    One query.
    """
    return counts_for_frame(frame_of(unit, year, as_of))


def values_from(material: Material) -> dict[Pair, dict[int, IndicatorValue]]:
    """Every figure that the material was loaded for, by pair and unit id. No query."""
    return {
        (indicator.code, cohort.code): {
            group.pk: _Figure(material, group, indicator, cohort).value() for group in material.groups
        }
        for indicator, cohort in material.defined
    }


class _Figure:
    """One figure in the making."""

    def __init__(self, material: Material, group: AdminUnit, indicator: Indicator, cohort: Cohort) -> None:
        self.material, self.group, self.indicator, self.cohort = material, group, indicator, cohort
        self.frame = material.frame
        self.institutions = material.cohort(group, cohort)

    def value(self) -> IndicatorValue:
        if self.frame.as_of < self.frame.starts_on:
            return self._none(note=_("The year has not begun."))
        if not self.frame.stands(self.group):
            return self._none(ValueState.NOT_APPLICABLE, note=_not_on_map(self.frame, self.group))
        if self.indicator.ends_on is not None and self.indicator.ends_on <= self.frame.last_day:
            note = _("This indicator has not been computed any more since {day}.").format(
                day=day_short(self.indicator.ends_on)
            )
            return self._none(ValueState.NOT_APPLICABLE, note=note)
        if is_of_people(self.indicator) and self.indicator.kind in _DIFFERENT_PEOPLE:
            return self._kept_back(0, 0)
        if self.indicator.kind == IndicatorKind.GROWTH:
            return self._growth()
        if self.indicator.kind == IndicatorKind.COUNT:
            return self._count()
        if self.indicator.kind == IndicatorKind.SHARE_OF_POPULATION:
            return self._share_of_population()
        if self.indicator.kind == IndicatorKind.STOCK:
            if self.indicator.measures == [StockCode.ACTIVE_USERS]:
                return self._active_users()
            return self._stock()
        if self.indicator.kind == IndicatorKind.YES_NO:
            return self._yes_no()
        if self.cohort.kind == CohortKind.UNITS:
            return self._share_of_units()
        return self._share_of_institutions()

    def _share_of_institutions(self) -> IndicatorValue:
        outcomes = Counter(self._outcome(each) for each in self.institutions)
        met, known = outcomes[Outcome.MET], outcomes[Outcome.MET] + outcomes[Outcome.NOT_MET]
        excused = outcomes[Outcome.NOT_APPLICABLE]
        expected = len(self.institutions) - excused
        if not expected:
            note = _("There is no open institution of this kind here.")
            return self._none(ValueState.NOT_APPLICABLE, note=note)
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
        units = self.material.units_of.get((self.group.pk, self.cohort.tier), [])
        if not units:
            note = _("On the map of {day} there is no {tier} here.").format(
                day=day_short(self.frame.map_day), tier=Tier(self.cohort.tier).label
            )
            return self._none(ValueState.NOT_APPLICABLE, note=note)
        answers: dict[int, list[bool | None]] = {}
        for institution in self.institutions:
            if (unit_id := self.material.unit_at.get((institution.unit_id, self.cohort.tier))) is not None:
                answers.setdefault(unit_id, []).append(self.material.counts(self.indicator, self.cohort, institution))
        registered = {self.material.unit_at.get((place, self.cohort.tier)) for place in self.material.registered_places}
        verdicts = Counter(
            _verdict(
                answers.get(unit_id, []),
                unit_id in registered and not self.material.decides(self.indicator),
            )
            for unit_id in units
        )
        known = verdicts[True] + verdicts[False]
        if not known:
            note = _("None of the units has enough in the register yet.")
            return self._none(expected=len(units), note=note)
        denominator = len(units) if self.indicator.kind == IndicatorKind.UNITS_OF_UNITS else known
        return self._made(verdicts[True], denominator, known, len(units))

    def _share_of_villages(self) -> IndicatorValue:
        """Villages are no units: their number is entered, and each institution stands for the village it is in."""
        verdicts = Counter(self.material.counts(self.indicator, self.cohort, each) for each in self.institutions)
        met, villages = verdicts[True], self.material.villages.get(self.group.pk)
        if villages is None:
            note = _(
                "{count} here meet it; how many villages and residential groups there are has not been stated, so "
                "there is no share."
            ).format(count=met)
            return self._none(numerator=met, note=note)
        if len(self.institutions) > villages:
            note = _(
                "The register has {count} here, but only {villages} villages were stated: mend one of them."
            ).format(count=len(self.institutions), villages=villages)
            return self._none(numerator=met, denominator=villages, note=note)
        known = verdicts[True] + verdicts[False]
        if not known:
            return self._none(expected=villages, note=_("None of the villages has enough in the register yet."))
        note = _("A village without one in the register is counted as having none.") if known < villages else ""
        return self._made(met, villages, known, villages, note)

    def _growth(self) -> IndicatorValue:
        counted = counted_for(self.indicator, self.cohort)
        base_year, expected = self.material.base_years.get(counted), len(self.institutions)
        if not expected:
            note = _("There is no open institution of this kind here.")
            return self._none(ValueState.NOT_APPLICABLE, note=note)
        if base_year is None or base_year >= self.frame.year:
            note = _("Growth needs a year before {year} with figures; there is none yet.").format(year=self.frame.year)
            return self._none(expected=expected, note=note)
        constant = self.material.constant_set(self.institutions, base_year)
        there = {
            year: self.material.sums_by_institution(self.group, counted, year) for year in (base_year, self.frame.year)
        }
        base, now = (sum(there[year].get(i, 0) for i in constant) for year in (base_year, self.frame.year))
        apart = [
            {i: sum_ for i, sum_ in there[year].items() if i not in constant} for year in (base_year, self.frame.year)
        ]
        if of_people := is_of_people(self.indicator):
            now, base = (
                self._told(counted, year) or 0 for counted, year in ((now, self.frame.year), (base, base_year))
            )
        if of_people and not (now and base):
            return self._kept_back(len(constant), expected, base_year=base_year)
        note = self._growth_note(base_year, *(({}, {}) if of_people else (apart[1], apart[0])))
        if base <= 0:
            note = _("Nothing was counted in the base year {year} here.").format(year=base_year) + " " + note
            return self._none(expected=expected, reporting=len(constant), base_year=base_year, note=note)
        rate = yearly_growth(now, base, self.frame.year - base_year)
        return self._made(now, base, len(constant), expected, note, percent=rate, base_year=base_year)

    def _growth_note(self, base_year: int, new: dict[int, int], gone: dict[int, int]) -> str:
        words = [
            _(
                "Compound yearly growth from the base year {base_year}, on constant territory, over the institutions "
                "that were there and reported in both years."
            ).format(base_year=base_year)
        ]
        if new:
            said = _("Apart stand {count} that are new or were silent then: {sum} counted in {year}.")
            words.append(said.format(count=number(len(new)), sum=number(sum(new.values())), year=self.frame.year))
        if gone:
            said = _("Apart stand {count} that closed or are silent now: {sum} counted in {year}.")
            words.append(said.format(count=number(len(gone)), sum=number(sum(gone.values())), year=base_year))
        if self.frame.is_running:
            words.append(
                _("The year is running: both years are counted up to {day}.").format(
                    day=date_format(self.frame.last_day, "j/n")
                )
            )
        return " ".join(words)

    def _count(self) -> IndicatorValue:
        counted = counted_for(self.indicator, self.cohort)
        reporting = {each.institution_id for each in self.institutions} & self.material.reporting[self.frame.year]
        total = sum(self.material.sums_by_institution(self.group, counted, self.frame.year).values())
        if not reporting and not total:
            return self._none(expected=len(self.institutions), note=_("Nobody has reported yet."))
        below = over_for(self.indicator, self.cohort)
        whole = sum(self.material.sums_by_institution(self.group, below, self.frame.year).values())
        if is_of_people(self.indicator):
            told = self._told(total, self.frame.year)
            all_told = self.material.told(self.group, self.frame.year, self.indicator.over, whole)
            if told is None or (self.indicator.over and all_told is None):
                return self._kept_back(len(reporting), len(self.institutions))
            total, whole = told, all_told or 0
        if not self.indicator.over:
            return self._made(total, None, len(reporting), len(self.institutions))
        return self._part_of(total, whole, len(reporting), len(self.institutions))

    def _told(self, counted: int, year: int) -> int | None:
        of = self.indicator
        return self.material.told(self.group, year, of.measures, counted, of.sexes, of.age_bands)

    def _kept_back(self, reporting: int, expected: int, **more: Any) -> IndicatorValue:
        """Of people by sex or age, and not to be told: without a number, also in its note."""
        more |= {"reporting": reporting, "expected": expected, "note": _why_kept_back(self.frame)}
        return self._shaped(ValueState.VALUE, kept_back=True, **more)

    def _stock(self) -> IndicatorValue:
        code, expected = self.indicator.measures[0], len(self.institutions)
        if not expected:
            if code == StockCode.INSTITUTIONS_OPEN and self.material.has_register(self.group):
                return self._made(0, None, 0, 0)
            note = _("There is no open institution of this kind here.")
            state = ValueState.NOT_APPLICABLE if code != StockCode.INSTITUTIONS_OPEN else ValueState.NOT_REPORTED
            return self._none(state, note=note)
        stock, below = self.material.stocks.of(code), [self.material.stocks.of(each) for each in self.indicator.over]
        known = [each.institution_id for each in self.institutions if each.institution_id in stock]
        if not known:
            note = _("Of none of the institutions the register knew this on {day}.").format(
                day=day_short(self.frame.last_day)
            )
            return self._none(expected=expected, note=note)
        total = sum(stock[each] for each in known)
        if not below:
            return self._made(total, None, len(known), expected)
        whole = sum(each.get(institution, 0) for each in below for institution in known)
        return self._part_of(total, whole, len(known), expected)

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
        found = self.material.active_users[counted_for(self.indicator, self.cohort)].get(
            (self.group.pk, self.cohort.urban), Participation()
        )
        note = _(
            "{count} entries of the twelve months were counted; people are counted only where they can be told apart."
        ).format(count=found.attendances)
        if not found.known:
            return self._none(reporting=0, expected=found.attendances, note=note)
        return self._made(found.people, None, found.known, found.attendances, note)

    def _yes_no(self) -> IndicatorValue:
        """One of them is enough for a yes; a no needs to know all of them."""
        outcomes = Counter(self._outcome(each) for each in self.institutions)
        known, expected = outcomes[Outcome.MET] + outcomes[Outcome.NOT_MET], len(self.institutions)
        expected -= outcomes[Outcome.NOT_APPLICABLE]
        if outcomes[Outcome.MET]:
            return self._made(1, None, known, expected)
        if not expected:
            if not self.material.decides(self.indicator) and self.material.has_register(self.group):
                return self._made(0, None, 0, 0)
            note = _("There is no open institution of this kind here.")
            return self._none(ValueState.NOT_APPLICABLE, note=note)
        if outcomes[Outcome.UNKNOWN]:
            note = _("Not all of the institutions have given enough answers yet.")
            return self._none(reporting=known, expected=expected, note=note)
        return self._made(0, None, known, expected)

    def _outcome(self, institution: Expected) -> Outcome:
        return self.material.outcome(self.indicator, self.cohort, institution)

    def _share_of_population(self) -> IndicatorValue:
        took_part = self.material.participation[people_for(self.indicator)].get(
            (self.group.pk, self.cohort.urban), Participation()
        )
        coverage: dict[str, Any] = {"reporting": took_part.known, "expected": took_part.attendances}
        people = self.material.residents.get(self.group.pk)
        population = people.of(self.cohort.urban) if people else None
        if population == 0:
            note = _("Nobody lives here in this kind of area.")
            return self._none(ValueState.NOT_APPLICABLE, note=note)
        attended = _("{count} attendances were counted; they are not people and are not used instead.").format(
            count=took_part.attendances
        )
        if people is None or population is None:
            note = _("The population has not been entered, so there is no denominator.") + " " + attended
            return self._none(numerator=took_part.people or None, note=note, **coverage)
        if not took_part.known:
            note = _("How many different people took part is not known.") + " " + attended
            return self._none(denominator=population, note=note, **coverage)
        note = _("Different people known by their learner key; population of {year}.").format(year=people.year)
        note = " ".join(filter(None, [note, _made_of(people)]))
        return self._made(took_part.people, population, note=note, **coverage)

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
            **more,
        )


def _why_kept_back(frame: Frame) -> str:
    if not is_closed(frame.year, frame.as_of):
        return not_closed_words(frame.year)
    return _("Kept back: by sex or age this would give away who took part.")


def _not_on_map(frame: Frame, group: AdminUnit) -> str:
    """Why there is no figure of the group on the map of the frame."""
    if group.ends_on is not None and group.ends_on <= (frame.starts_on if frame.map.is_reported else frame.map_day):
        return _("{unit} stood until {day}.").format(unit=group.name, day=day_short(group.last_day))
    begun = _("{unit} was formed on {day}.").format(unit=group.name, day=day_short(group.starts_on))
    if frame.map.is_reported:
        return begun
    return begun + " " + _("It is not on the map of {day}.").format(day=day_short(frame.map_day))


MOST_NAMED = 4


def _made_of(people: Residents) -> str:
    """What a population was added up over, where it was."""
    if not people.parts:
        return ""
    if len(people.parts) > MOST_NAMED:
        return _("It was added up over {count} units before them.").format(count=number(len(people.parts)))
    return _("It was added up over the units before: {units}.").format(units=", ".join(people.parts))


def _verdict(answers: list[bool | None], absence_counts: bool) -> bool | None:
    """A unit has it when one of its institutions does; without any, only a unit with a register can be said not to."""
    if True in answers:
        return True
    if None in answers or not answers:
        return False if absence_counts and not answers else None
    return False
