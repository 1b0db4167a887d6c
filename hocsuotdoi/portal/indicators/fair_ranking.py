"""Units side by side, each among those of its class and size: a ward is no commune, and a province of two million
people is not to be measured against one of four hundred thousand."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hocsuotdoi.core.charts.chart import Number
from hocsuotdoi.core.charts.ranking import Bar, Group
from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, ValueState
from hocsuotdoi.indicators.queries.residents import Residents
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.story import is_thin
from hocsuotdoi.indicators.queries.words import coverage_short, is_number, is_of_known_people
from hocsuotdoi.places.enums import UnitKind
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.portal.indicators.map_choice import named
from hocsuotdoi.portal.indicators.trends import Figure
from hocsuotdoi.portal.indicators.words import unit_address, value_words

SIZES = 4
FEWEST_TO_DIVIDE = 8
"""A class with fewer units is one group: there is nobody to be fair between."""


@dataclass(frozen=True, slots=True)
class FairRanking:
    groups: list[Group]
    unit: str
    rule: str
    """In words: what was made comparable, and how."""
    left_out: int
    """Units to which the figure does not apply."""
    names: list[str]
    """In the order shown."""


def fair_ranking(
    figure: Figure,
    values: Sequence[IndicatorValue],
    residents: dict[int, Residents],
    query: dict[str, str] | None = None,
) -> FairRanking:
    """`residents` by unit id; sizes are told by them when they are known for every unit, else by how many are expected
    to have figures. `query`: what the addresses that open them keep."""
    apply = [each for each in values if each.state != ValueState.NOT_APPLICABLE]
    people = {pk: total for pk, known in residents.items() if (total := known.of(None))}
    by_people = bool(apply) and all(each.unit.pk in people for each in apply)
    sizes = {each.unit.pk: people[each.unit.pk] if by_people else each.expected for each in apply}
    figures = {each.unit.pk: _comparable(figure, each, people if by_people else {}) for each in apply}
    groups = []
    for kind in UnitKind:
        alike = [each for each in apply if each.unit.kind == kind]
        noun = _size_noun(figure, by_people=by_people)
        for size, members in [("", alike)] if figure.is_answer and alike else _by_size(alike, sizes, noun):
            heading = ", ".join(filter(None, [str(kind.label).capitalize(), size]))
            members.sort(key=lambda each: _rank(figure, each, figures[each.unit.pk]))
            groups.append(Group(heading, [_bar(figure, each, figures[each.unit.pk], query or {}) for each in members]))
    if len(groups) == 1:
        groups = [Group("", groups[0].bars)]
    return FairRanking(
        groups=groups,
        unit="" if is_number(figure.indicator) or figure.is_answer else "%",
        rule=_rule(figure, by_people=by_people),
        left_out=len(values) - len(apply),
        names=[bar.name for group in groups for bar in group.bars],
    )


def _by_size(alike: list[IndicatorValue], sizes: dict[int, int], noun: str) -> list[tuple[str, list[IndicatorValue]]]:
    """In quarters, the largest first, each with its bounds in words."""
    if len(alike) < FEWEST_TO_DIVIDE or len({sizes[each.unit.pk] for each in alike}) < SIZES:
        return [("", alike)] if alike else []
    ordered = sorted(alike, key=lambda each: (-sizes[each.unit.pk], each.unit.sort_key))
    found: list[tuple[str, list[IndicatorValue]]] = []
    start = 0
    for part in range(1, SIZES + 1):
        end = max(round(len(ordered) * part / SIZES), start)
        # Those of one size stay together.
        while end < len(ordered) and end > start and _size(ordered, sizes, end) == _size(ordered, sizes, end - 1):
            end += 1
        members, start = ordered[start:end], end
        if members:
            high, low = sizes[members[0].unit.pk], sizes[members[-1].unit.pk]
            words = number(low) if low == high else f"{number(low)}–{number(high)}"
            found.append((f"{words} {noun}", members))
    return found


def _size(ordered: list[IndicatorValue], sizes: dict[int, int], at: int) -> int:
    return sizes[ordered[at].unit.pk]


def _comparable(figure: Figure, value: IndicatorValue, people: dict[int, int]) -> Number | None:
    """Shares as they are; a count for each thousand residents, or for each institution that has figures."""
    drawn = figure.number(value)
    if drawn is None or not is_number(figure.indicator):
        return drawn
    if value.unit.pk in people:
        return round(1000 * float(drawn) / people[value.unit.pk], 1)
    if is_of_known_people(figure.indicator):  # it knows attendances, not institutions
        return None
    return round(float(drawn) / value.reporting, 1) if value.reporting else None


def _rank(figure: Figure, value: IndicatorValue, drawn: Number | None) -> tuple[int, float, str]:
    """Highest first; those of thin coverage after the others (but a yes needs no more than one), those without a figure
    last."""
    standing = 2 if drawn is None else int(is_thin(value) and not figure.is_answer)
    return standing, -float(drawn or 0), value.unit.sort_key


def _bar(figure: Figure, value: IndicatorValue, drawn: Number | None, query: dict[str, str]) -> Bar:
    is_said = figure.is_answer or figure.indicator.kind == IndicatorKind.UNITS_OF_UNITS
    return Bar(
        name=named(value.unit),
        short=_short(value.unit),
        figure=drawn,
        words=value_words(value, figure.indicator) if drawn is None or is_said else "",
        coverage=coverage_short(value, figure.indicator),
        is_thin=is_thin(value) and not figure.is_answer,
        url=_address(figure, value.unit, value.year, query),
    )


def _short(unit: AdminUnit) -> str:
    """One that has ended may bear the name of one that stands beside it."""
    return unit.short_name if unit.ends_on is None else _("{name} (former)").format(name=unit.short_name)


def _address(figure: Figure, unit: AdminUnit, year: int, query: dict[str, str]) -> str:
    return unit_address("portal:indicators-value-lineage", unit, year, *figure.codes, **query)


def _size_noun(figure: Figure, *, by_people: bool) -> str:
    if by_people:
        return _("residents")
    if figure.indicator.kind == IndicatorKind.SHARE_OF_POPULATION:
        return _("attendances")
    return _("units") if figure.cohort.kind == CohortKind.UNITS else _("institutions")


def _rule(figure: Figure, *, by_people: bool) -> str:
    if figure.is_answer:
        return _("Those with a yes first, then those with a no, then those without figures.")
    words = []
    if is_number(figure.indicator):
        words.append(
            _("Counted for each 1,000 residents.") if by_people else _("Counted for each institution with figures.")
        )
    words.append(
        _("Ranked among units of one kind and of like population, in quarters.")
        if by_people
        else _("Ranked among units of one kind and of like size; size is how many are expected to have figures.")
    )
    return " ".join(words)
