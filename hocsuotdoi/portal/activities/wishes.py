"""From the address of a page to what is looked for: the same filters for list, calendar, map and feeds."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hocsuotdoi.activities.queries.offer import Wish
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.places.queries.units import search_units
from hocsuotdoi.portal.activities.wish_form import WishForm

MOST_NAMESAKES = 8
MOST_LOOKED_AT = 80
_OF_A_PAGE = ("page", "month", "province")
"""What belongs to one page or view and not to what is looked for."""
_OF_A_PLACE = ("where", "within", "order")


@dataclass(frozen=True)
class Near:
    """The unit that was meant, others of that name, or that there is none."""

    unit: AdminUnit | None = None
    namesakes: list[AdminUnit] = field(default_factory=list)
    is_unknown: bool = False


@dataclass(frozen=True)
class Search:
    """What the address asks for, read at the moment `now`."""

    request: HttpRequest
    form: WishForm
    place: Near
    wish: Wish
    now: dt.datetime
    is_unknown_institution: bool = False

    @property
    def today(self) -> dt.date:
        return timezone.localdate(self.now)

    @property
    def is_narrowed(self) -> bool:
        return self.wish != Wish()

    @property
    def query(self) -> str:
        """The filters that are set, as they stand in an address; the same search is always the same text."""
        query = QueryDict(mutable=True)
        for name in self.form.fields:
            value = self.form.data.get(name, "")
            if value and name not in _OF_A_PAGE and name not in self.form.errors:
                query[name] = "on" if value is True else value
        if self.wish.unit is not None:
            query["unit"] = self.wish.unit.code
            query.pop("where", None)
        return query.urlencode()

    def context(self) -> dict[str, Any]:
        """What the head of each of the three views shows."""
        return {
            "form": self.form,
            "wish": self.wish,
            "place": self.place,
            "is_narrowed": self.is_narrowed,
            "is_unknown_institution": self.is_unknown_institution,
            "filters": self.query,
            "views": _views(self),
            "chosen": _chosen(self),
            "today": self.today,
            "tomorrow": self.today + dt.timedelta(days=1),
            "here": self.request.path,
        }


def asked(request: HttpRequest, now: dt.datetime) -> Search:
    """At most one query for the place and one for the institution, and none when neither is asked for."""
    form = WishForm(request.GET)
    form.is_valid()
    today = timezone.localdate(now)
    place = near(form.wished("unit"), form.wished("where"), today, "where" in request.GET)
    code = form.wished("institution")
    institution = Institution.objects.visible_to(request.user).filter(code=code).first() if code else None
    wish = wish_of(form, place.unit, institution)
    return Search(request, _as_found(form, place), place, wish, now, bool(code) and institution is None)


def near(code: str | None, where: str | None, today: dt.date, where_is_asked: bool = True) -> Near:
    """The unit named `where`, else the one with `code`: an exact name before a part of one, the widest first. A `code`
    that came along with its own name settles which of several it is; an emptied field takes the place away."""
    if where:
        found = list(search_units(where, today)[:MOST_LOOKED_AT])
        if not found:
            return Near(is_unknown=True)
        wanted = fold(where).strip()
        tiers = ["country", "province", "district", "commune"]
        found.sort(key=lambda unit: (not _is_named(unit, wanted), unit.code != code, tiers.index(unit.tier)))
        return Near(found[0], [] if found[0].code == code else found[1 : MOST_NAMESAKES + 1])
    if code and not where_is_asked:
        unit = AdminUnit.objects.on(today).filter(code=code).first()
        return Near(unit, is_unknown=unit is None)
    return Near()


def wish_of(form: WishForm, unit: AdminUnit | None, institution: Institution | None = None) -> Wish:
    return Wish(
        unit=unit,
        within=form.wished("within") if unit else None,
        institution=institution,
        first_day=form.wished("first_day"),
        last_day=form.wished("last_day"),
        kind=form.wished("kind") or "",
        audience=form.wished("audience") or "",
        age=form.wished("age") or "",
        group=form.wished("group") or "",
        language=form.wished("language") or "",
        words=form.wished("q") or "",
        free=form.wished("free") or False,
        online=form.wished("online") or False,
        nearest=unit is not None and form.wished("order") == "near",
    )


def spans(search: Search) -> list[dict]:
    """The usual spans of time, as tabs that keep the other filters."""
    today, wish = search.today, search.wish
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
            "url": address(search, first_day=first, last_day=last),
            "is_current": (wish.first_day, wish.last_day) == (first, last),
        }
        for label, first, last in choices
    ]


def address(search: Search, path: str = "", **changes: object) -> str:
    """The address of the search with some filters changed; None takes one away."""
    query = QueryDict(search.query, mutable=True)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"{path}?{query.urlencode()}" if query or not path else path


def _views(search: Search) -> list[dict]:
    names = {
        "portal:activities-activity-list": _("List"),
        "portal:activities-activity-calendar": _("Calendar"),
        "portal:activities-activity-map": _("Map"),
    }
    return [
        {"label": label, "url": address(search, path), "is_current": path == search.request.path}
        for path, label in ((reverse(name), label) for name, label in names.items())
    ]


def _chosen(search: Search) -> list[dict[str, str]]:
    """The filters that are set, in words, each with the address of the search without it."""
    found = []
    for each in search.form.visible_fields():
        value = search.form.wished(each.name)
        if value in ("", None, False) or (each.name in _OF_A_PLACE and search.wish.unit is None):
            continue
        match value:
            case True:
                words = str(each.label)
            case dt.date():
                words = f"{each.label} {day_short(value)}"
            case _:
                words = capfirst(str(dict(getattr(each.field, "choices", [])).get(value, value)))
        gone = ("where", "unit", "within", "order") if each.name == "where" else (each.name,)
        found.append({"words": words, "url": address(search, **dict.fromkeys(gone))})
    return found


def _is_named(unit: AdminUnit, wanted: str) -> bool:
    return wanted in (fold(unit.name), fold(unit.short_name))


def _as_found(form: WishForm, place: Near) -> WishForm:
    """The form with the place that was found, so that it stands in the field and can be changed or emptied."""
    if place.unit is None:
        return form
    data = form.data.copy()
    data["where"], data["unit"] = place.unit.name, place.unit.code
    shown = WishForm(data)
    shown.is_valid()
    return shown
