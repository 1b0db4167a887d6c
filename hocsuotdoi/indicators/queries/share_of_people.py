"""What share of the residents took part: people against residents of the same places, or why there is none."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.enums import ValueState
from hocsuotdoi.indicators.queries.people import Participation, Participations
from hocsuotdoi.indicators.queries.residents import Residents, Unsplit
from hocsuotdoi.indicators.queries.results import two_decimals
from hocsuotdoi.indicators.queries.suppression import is_few

MOST_NAMED = 4


def share_of_people(
    took_part: Participations, people: Residents | None, group_id: int, urban: bool | None
) -> tuple[ValueState, dict[str, Any]]:
    """Its state, and what else an `IndicatorValue` of it holds. `urban` None: of all residents."""
    here = took_part.get((group_id, urban), Participation())
    found: dict[str, Any] = {"reporting": here.known, "expected": here.attendances}
    population = people.of(urban) if people else None
    aside = _aside(took_part, group_id, urban)
    if population == 0:
        return _none(ValueState.NOT_APPLICABLE, _("Nobody lives here in this kind of area."))
    if people is None or population is None:
        why = _why_not(people) or _("The population has not been entered, so there is no denominator.")
        return _none(ValueState.NOT_REPORTED, why, _counted(here), aside, numerator=here.people or None, **found)
    ratio = attendance_ratio_words(here.attendances, population)
    if not here.known:
        why = _("How many different people took part is not known.")
        return _none(ValueState.NOT_REPORTED, why, ratio, aside, source_words(people), denominator=population, **found)
    if here.people > population:
        why = _(
            "More different people took part than residents were entered ({population} for {year}), so no share is "
            "told. Look at both: residents may have been entered in thousands, and people from elsewhere are counted "
            "where they take part."
        ).format(population=number(population), year=people.year)
        said = {"numerator": here.people, "denominator": population, **found}
        return _none(ValueState.NOT_REPORTED, why, source_words(people), **said)
    note = _joined(
        _("Different people known by their learner key; population of {year}.").format(year=people.year),
        _made_of(people),
        source_words(people),
        _of_zones(people, urban),
        aside,
        ratio if here.known < here.attendances and not is_few(here.people) else "",
    )
    return ValueState.VALUE, {"numerator": here.people, "denominator": population, "note": note, **found}


def attendance_ratio_words(attendances: int, population: int) -> str:
    """What document 000 lets stand where only attendances are known: called what it is."""
    if not attendances:
        return ""
    return _(
        "{count} attendances were counted, {ratio} for each 100 residents: this is a ratio of attendances, not a share "
        "of people."
    ).format(count=number(attendances), ratio=number(per_hundred(attendances, population)))


MOST_SOURCES = 2


def source_words(people: Residents) -> str:
    """Where the residents were read, as whoever entered them said."""
    sources = [each.rstrip(". ") for each in people.sources]
    if len(sources) > MOST_SOURCES:
        return _("Residents come from {count} sources, among them: {sources}.").format(
            count=number(len(sources)), sources="; ".join(sources[:MOST_SOURCES])
        )
    return _("Source of the residents: {sources}.").format(sources="; ".join(sources))


def per_hundred(attendances: int, population: int | None) -> Decimal:
    return two_decimals(Decimal(100) * attendances / (population or 1))


def _none(state: ValueState, *words: str, **more: Any) -> tuple[ValueState, dict[str, Any]]:
    return state, {"note": _joined(*words), **more}


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _counted(here: Participation) -> str:
    return _("{count} attendances were counted; they are not people and are not used instead.").format(
        count=number(here.attendances)
    )


def _aside(took_part: Participations, group_id: int, urban: bool | None) -> str:
    """Of the attendances that belong to neither town nor countryside."""
    if urban is None:
        return ""
    everybody, *areas = (took_part.get((group_id, each), Participation()).attendances for each in (None, True, False))
    if everybody == sum(areas):
        return ""
    return _(
        "{count} attendances at institutions of the province itself, of a former district or of a special zone are "
        "left out: they belong to neither area alone."
    ).format(count=number(everybody - sum(areas)))


def _why_not(people: Residents | None) -> str:
    """Why residents that were entered are not told by area."""
    if people is None or people.unsplit is None:
        return ""
    if people.unsplit == Unsplit.ZONE:
        return _(
            "A special zone is neither ward nor commune: it has residents of both areas, and of those who took part it "
            "is not known in which. Only a share of all residents can be told."
        )
    return _(
        "The residents known, of {year}, were entered while some wards and communes were of another kind, so on this "
        "map they cannot be told by urban and rural area. Enter those of each ward and commune."
    ).format(year=people.year)


def _of_zones(people: Residents, urban: bool | None) -> str:
    if urban is None or not people.holds_zones:
        return ""
    return _("The residents include those of special zones, which have not been entered by themselves.")


def _made_of(people: Residents) -> str:
    """What a population was added up over, where it was."""
    if not people.parts:
        return ""
    if len(people.parts) > MOST_NAMED:
        return _("It was added up over {count} units before them.").format(count=number(len(people.parts)))
    return _("It was added up over the units before: {units}.").format(units=", ".join(people.parts))
