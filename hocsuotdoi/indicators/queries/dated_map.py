"""What is to be said of the map of a day: whether it is known, how old it is, and which units it has instead of one."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.indicators.queries.pivot import Question, named
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import MAP_KNOWN_FROM, OLDEST_COMMUNES, lay_there


def why_not_known(day: dt.date, today: dt.date) -> str:
    """In a sentence why there is no map of that day; empty where there is one."""
    if day > today:
        return _("The map of {day} is not known yet.").format(day=day_short(day))
    if day < MAP_KNOWN_FROM:
        return _("Maps are known from {first} on.").format(first=day_short(MAP_KNOWN_FROM))
    return ""


def oldest_words(day: dt.date) -> list[str]:
    """What is to be known beside a map older than what is known of communes."""
    if day >= OLDEST_COMMUNES:
        return []
    words = _("Of districts and communes the oldest map known here is that of {day}: it stands for the days before.")
    return [words.format(day=day_short(OLDEST_COMMUNES))]


def in_its_place(question: Question, today: dt.date) -> list[AdminUnit]:
    """The units that lay there on the map of the table, which does not have its unit; none where it has. One query at
    most."""
    if question.stands or question.map_day is None:
        return []
    return lay_there(question.unit, question.map_day, today)


def absence_words(question: Question, instead: Sequence[AdminUnit]) -> list[str]:
    """That the map of the table does not have its unit, and what lay there; nothing where it has."""
    if question.stands or question.map_day is None:
        return []
    said = [_("It is not on the map of {day}.").format(day=day_short(question.map_day))]
    if instead:
        said.append(_("On this map there lay here:") + " " + ", ".join(named(unit) for unit in instead) + ".")
    return said
