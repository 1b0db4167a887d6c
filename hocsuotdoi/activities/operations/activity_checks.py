"""What the fields of an activity may hold: text repaired, choices from their lists, numbers within bounds."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import (
    ActivityKind,
    Audience,
    AudienceGroup,
    Joining,
    Observance,
    OtherProgramme,
    SpokenLanguage,
    Subject,
    Theme,
    WaitingRule,
)
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.activities.queries.search import searchable_text
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.ledger.enums import AgeBand

SEVERAL = {
    "themes": Theme,
    "age_bands": AgeBand,
    "groups": AudienceGroup,
    "languages": SpokenLanguage,
    "programmes": OtherProgramme,
    "subjects": Subject,
}
ONE = {"kind": ActivityKind, "audience": Audience, "joining": Joining, "waiting_rule": WaitingRule}
NUMBERS = {"places_each": (1, 1000), "offer_hours": (1, 336), "joining_closes_hours": (0, 2400)}
GRADES = range(0, 13)
"""Grade 0 is kindergarten."""

CHANGEABLE = frozenset(
    {"title", "description", "observance", "grades", "is_bookable", "joining_opens_at", "picture_alt"}
    | SEVERAL.keys()
    | ONE.keys()
    | NUMBERS.keys()
)


class ActivityRefused(Refused):
    """The activity may not be so, or not now."""


class BadActivity(ActivityRefused):
    """A value that no activity can have."""


def put_fields(activity: Activity, fields: Mapping[str, Any]) -> None:
    """Put `fields` into `activity`, cleaned. Refused: what is not on its list or out of bounds, text that is missing or
    too long. An unknown field is a programmer's slip."""
    if unknown := fields.keys() - CHANGEABLE:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    for field, value in fields.items():
        try:
            setattr(activity, field, _clean(field, value))
        except Refused as refusal:
            refusal.field = field
            raise
    activity.search_text = searchable_text(activity)


def _clean(field: str, value: Any) -> Any:
    """`value` as it is stored in `field` of an activity, or a refusal."""
    if field in SEVERAL:
        return _several(SEVERAL[field].values, value)
    if field in ONE:
        return value if value in ONE[field].values else _not_on_list()
    if field in NUMBERS:
        return _number(value, *NUMBERS[field], may_be_empty=field == "joining_closes_hours")
    match field:
        case "title":
            return one_line(value, longest=200, missing=_("Give the activity a title."))
        case "picture_alt":
            return one_line(value, longest=200, missing="") if value.strip() else ""
        case "description":
            text = normalise(value).replace("\x00", "").strip()
            if len(text) > 5000:
                raise BadActivity(_("The description is too long: at most 5,000 letters."))
            return text
        case "grades":
            return _several(list(GRADES), value)
        case "is_bookable":
            return bool(value)
        case "joining_opens_at":
            return value if value is None or isinstance(value, dt.datetime) else _not_on_list()
        case _:
            return value if value in ("", *Observance.values) else _not_on_list()


def _several(allowed: list, value: Any) -> list:
    """Each once and in one order, so that the same choice is always stored the same way."""
    chosen = set(value)
    if not chosen <= set(allowed):
        _not_on_list()
    return sorted(chosen)


def _number(value: Any, least: int, most: int, *, may_be_empty: bool) -> int | None:
    if value is None and may_be_empty:
        return None
    if not isinstance(value, int) or not least <= value <= most:
        raise BadActivity(_("Give a number from {least} to {most}.").format(least=least, most=most))
    return value


def _not_on_list() -> None:
    raise BadActivity(_("Choose from the list: kind, themes, audience and day have fixed values."))
