"""What a reader must know of land that was divided: one sentence for each unit that figures count whole. The same words
stand on pages, in files and in what programs ask for."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.core.templatetags.house import day_short, number, place_within
from hocsuotdoi.indicators.queries.frame import ChosenMap, Frame, Map
from hocsuotdoi.indicators.queries.pivot import named
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.history import Rules, Shared, rules_by_unit
from hocsuotdoi.places.queries.units import day_on_map_of


def rules_of(frame: Frame, units: Sequence[AdminUnit] = ()) -> list[str]:
    """A sentence for each unit that was divided and is counted whole, here or elsewhere, and one for those that were
    divided within a larger unit; none as reported. `units`: of all of these, else of the frame's. Four queries or five.
    """
    if frame.map.is_reported:
        return []
    asked = units or [frame.unit]
    rules = rules_by_unit(asked, frame.map_day)
    said = [words for unit in asked if unit.pk in rules for words in rule_words(rules[unit.pk], unit)]
    return list(dict.fromkeys(said))


def notes_by_unit(units: Iterable[AdminUnit], chosen: ChosenMap, today: dt.date) -> dict[int, list[str]]:
    """The same for each of many units by its id, on the map that was chosen; without those of which nothing is to be
    said. Four queries or five, however many units there are; as many again for ended ones on maps of their own."""
    if chosen.is_reported:
        return {}
    by_day: dict[dt.date, list[AdminUnit]] = {}
    for unit in dict.fromkeys(units):
        day = chosen.day if chosen.kind == Map.DAY and chosen.day else day_on_map_of(unit, today)
        by_day.setdefault(day, []).append(unit)
    found: dict[int, list[str]] = {}
    for day, together in by_day.items():
        rules = rules_by_unit(together, day)
        found |= {unit.pk: rule_words(rules[unit.pk], unit) for unit in together if unit.pk in rules}
    return {key: words for key, words in found.items() if words}


def rule_words(rules: Rules, unit: AdminUnit) -> list[str]:
    said = [said_of(each) for each in rules.shared]
    where = place_within(unit.name)
    if rules.within:
        words = ngettext(
            "In %(unit)s %(count)s unit was divided by a reform: what it counted until then counts whole for the one "
            "that took its main part.",
            "In %(unit)s %(count)s units were divided by a reform: what each counted until then counts whole for the "
            "one that took its main part.",
            rules.within,
        )
        said.append(words % {"count": number(rules.within), "unit": where})
    if rules.gathered:
        words = ngettext(
            "In %(unit)s what %(count)s former district counted counts for the whole of its province and for none of "
            "the communes: its land went to several of them.",
            "In %(unit)s what %(count)s former districts counted counts for the whole of their province and for none "
            "of the communes: the land of each went to several of them.",
            rules.gathered,
        )
        said.append(words % {"count": number(rules.gathered), "unit": where})
    return said


def said_of(shared: Shared) -> str:
    others = ", ".join(place_within(named(unit)) for unit in shared.others)
    names = {
        "unit": place_within(named(shared.unit)),
        "whole": place_within(named(shared.whole_for)),
        "others": others,
        "eve": day_short(shared.day - dt.timedelta(days=1)),
        "day": day_short(shared.day),
    }
    if shared.is_later:
        return _(
            "What {unit} counted until {eve} counts whole for {whole}, which took the main part of it; another part "
            "went to {others}, and how much is not known."
        ).format(**names)
    return _(
        "What {unit} counts from {day} on counts whole for {whole}, as which it is read on older maps; it was made of "
        "{others} too."
    ).format(**names)


def gathered_words(unit: AdminUnit, holder: AdminUnit) -> str:
    """Of an ended unit whose land went to several of smaller tiers, all of them in `holder`."""
    return _(
        "What {unit} itself counted until {eve} counts for the whole of {holder} and for none of the units that have "
        "its land. Institutions whose new place the register knows are counted there, where figures are made of "
        "institutions."
    ).format(unit=place_within(unit.name), eve=day_short(unit.last_day), holder=place_within(holder.name))
