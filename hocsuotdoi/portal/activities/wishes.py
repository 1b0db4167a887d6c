"""From the address of the list to what is looked for."""

import datetime as dt
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _

from hocsuotdoi.activities.queries.offer import Wish
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import search_units
from hocsuotdoi.portal.activities.forms import WishForm

MOST_NAMESAKES = 8


@dataclass(frozen=True)
class Near:
    """The unit that was meant, others of that name, or that there is none."""

    unit: AdminUnit | None = None
    namesakes: list[AdminUnit] = field(default_factory=list)
    is_unknown: bool = False


def near(code: str | None, where: str | None, today: dt.date) -> Near:
    """The unit named `where`, else the one with `code`: an exact name before a part of one, the widest first."""
    if where:
        found = list(search_units(where, today)[: 10 * MOST_NAMESAKES])
        if not found:
            return Near(is_unknown=True)
        wanted = fold(where).strip()
        tiers = ["country", "province", "district", "commune"]
        found.sort(key=lambda unit: (wanted not in (fold(unit.name), fold(unit.short_name)), tiers.index(unit.tier)))
        return Near(found[0], found[1 : MOST_NAMESAKES + 1])
    if code:
        unit = AdminUnit.objects.on(today).filter(code=code).first()
        return Near(unit, is_unknown=unit is None)
    return Near()


def wish_of(form: WishForm, unit: AdminUnit | None) -> Wish:
    return Wish(
        unit=unit,
        first_day=form.wished("first_day"),
        last_day=form.wished("last_day"),
        kind=form.wished("kind") or "",
        audience=form.wished("audience") or "",
        words=form.wished("q") or "",
    )


def spans(request: HttpRequest, wish: Wish, today: dt.date) -> list[dict]:
    """The usual spans of time, as tabs that keep the other filters."""
    saturday = today + dt.timedelta(days=max(0, 5 - today.weekday()))
    sunday = today + dt.timedelta(days=6 - today.weekday())
    choices = [
        (_("Any time"), None, None),
        (_("Today"), today, today),
        (_("This weekend"), min(saturday, sunday), sunday),
        (_("Next 7 days"), today, today + dt.timedelta(days=6)),
        (_("Next 30 days"), today, today + dt.timedelta(days=29)),
    ]
    return [
        {
            "label": label,
            "url": _address(request, first, last),
            "is_current": (wish.first_day, wish.last_day) == (first, last),
        }
        for label, first, last in choices
    ]


def _address(request: HttpRequest, first: dt.date | None, last: dt.date | None) -> str:
    query = request.GET.copy()
    for name, value in (("first_day", first), ("last_day", last), ("page", None)):
        query.pop(name, None)
        if value:
            query[name] = value.isoformat()
    return f"?{query.urlencode()}" if query else "?"
