"""Finding a unit or an institution, and the page of each."""

import datetime as dt
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.queries.offer import upcoming_at
from hocsuotdoi.core.dated import on
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Institution, UnitAncestry
from hocsuotdoi.places.queries.entry import register_entry
from hocsuotdoi.places.queries.institutions import active_on, institutions_in, with_place
from hocsuotdoi.places.queries.occasions import occasions_ahead
from hocsuotdoi.places.queries.opening import open_at
from hocsuotdoi.places.queries.units import days_of_change, path_of, search_units, units_on_map
from hocsuotdoi.portal.day import DayForm
from hocsuotdoi.portal.places.forms import InstitutionFilter
from hocsuotdoi.portal.places.unit_page import unit_page

_ON_A_PAGE = 30
_SHOWN_SESSIONS = 10
_DAY = dt.timedelta(days=1)


@public
@require_GET
def unit_list(request: HttpRequest) -> HttpResponse:
    """The provinces of a day, or the units whose name was asked for."""
    today = timezone.localdate()
    asked = DayForm(request.GET)
    day = asked.day(today)
    words = request.GET.get("q", "").strip()
    changes = [change for change in days_of_change() if change <= today]
    is_past = any(day < change for change in changes)
    context = {"words": words, "day": day, "today": today, "is_past": is_past, "spans": _spans(request, day, changes)}
    context["doubt"] = asked.doubt(today)
    if words:
        found = _with_above(search_units(words, day), day)
        context["page"] = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
        other = today if is_past or not changes else changes[-1] - _DAY
        context["found_elsewhere"] = 0 if context["page"].paginator.count else search_units(words, other).count()
        context["elsewhere"] = other
    else:
        below = Count("descents", filter=on(day, "descents__") & Q(descents__unit__tier=Tier.COMMUNE))
        context["provinces"] = units_on_map(day, Tier.PROVINCE).annotate(communes=below).order_by("sort_key")
    return render(request, "portal/places/unit_list.html", context)


@public
@require_GET
def unit_detail(request: HttpRequest, code: str) -> HttpResponse:
    """`?on=` names the day, since a code can be used again; without it today, or the last time the code was borne."""
    now = timezone.now()
    today = timezone.localdate(now)
    asked = DayForm(request.GET)
    day = asked.day(today)
    bearing = AdminUnit.objects.visible_to(request.user).filter(code=code).select_related("began_by", "ended_by")
    unit = bearing.on(day).first() or bearing.order_by("-ends_on").first()
    if unit is None:
        raise Http404
    page = unit_page(unit, day=day, at=now)
    above = [(each.name, _unit_url(each, page.day, today)) for each in page.path[:-1]]
    return render(
        request,
        "portal/places/unit_detail.html",
        {
            "page": page,
            "unit": unit,
            "today": today,
            "on": page.day if page.day != today else None,
            "path": above,
            "doubt": asked.doubt(today),
            "filters": urlencode({"unit": unit.code}),
        },
    )


MOST_COUNTED = 2000
"""Nobody turns more pages than these fill; counting all of a country's costs more than finding the first."""


class UpToMost(Paginator):
    """Of the first `MOST_COUNTED`; `is_more` says whether there are others."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @cached_property
    def is_more(self) -> bool:
        return self._counted > MOST_COUNTED

    @cached_property
    def _counted(self) -> int:
        counted: int = self.object_list.order_by()[: MOST_COUNTED + 1].count()
        return counted


@public
@require_GET
def institution_list(request: HttpRequest) -> HttpResponse:
    now = timezone.localtime()
    form = InstitutionFilter(request.GET, day=now.date())
    unit = _asked_unit(form, now.date())
    institutions = Institution.objects.visible_to(request.user)
    institutions = institutions & institutions_in(unit, now.date()) if unit else active_on(institutions, now.date())
    if classes := form.classes():
        institutions = institutions.filter(institution_class__in=classes)
    if form.wished("open_now"):
        institutions = open_at(institutions, now)
    words = form.wished("q")
    found = institutions.named(words).order_by("sort_key", "pk").values_list("pk", flat=True)
    keys = UpToMost(found, _ON_A_PAGE)
    page = keys.get_page(request.GET.get("page"))
    rows = with_place(Institution.objects.filter(pk__in=list(page.object_list)), now.date())
    page.object_list = list(rows.order_by("sort_key", "pk"))
    narrowed = any(request.GET.get(name) for name in form.fields)
    context = {"form": form, "page": page, "unit": unit, "words": words, "is_narrowed": narrowed}
    context |= {"most": MOST_COUNTED, "is_more": keys.is_more}
    return render(request, "portal/places/institution_list.html", context)


@public
@require_GET
def institution_detail(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.localtime()
    institution = get_object_or_404(Institution.objects.visible_to(request.user), code=code)
    entry = register_entry(institution, at=now)
    above = path_of(entry.unit, now.date()) if entry.unit else []
    return render(
        request,
        "portal/places/institution_detail.html",
        {
            "entry": entry,
            "institution": institution,
            "occasions": occasions_ahead(institution, now.date()) if entry.hours else [],
            "filters": urlencode({"institution": institution.code}),
            "sessions": list(upcoming_at(institution, at=now)[:_SHOWN_SESSIONS]),
            "path": [(unit.name, _unit_url(unit, now.date(), now.date())) for unit in above],
            "may_edit": request.user.is_authenticated and request.person_may(Permission.EDIT_INSTITUTION, institution),
        },
    )


def _asked_unit(form: InstitutionFilter, day: dt.date) -> AdminUnit | None:
    """The unit that `unit` names, else the province chosen; none that does not stand on `day`."""
    code = form.wished("unit") or form.wished("province")
    return AdminUnit.objects.on(day).filter(code=code).first() if code else None


def _spans(request: HttpRequest, day: dt.date, changes: list[dt.date]) -> list[dict]:
    """The maps as tabs, today's first, the search kept. `changes`: the days on which one followed the other."""
    query = request.GET.copy()
    query.pop("page", None)
    spans = []
    for first, after in zip([None, *changes], [*changes, None], strict=True):
        query.pop("on", None)
        if after is not None:
            query["on"] = (after - _DAY).isoformat()
        is_current = (first is None or day >= first) and (after is None or day < after)
        spans.append({"label": _span(first, after), "url": f"?{query.urlencode()}", "is_current": is_current})
    return spans[::-1]


def _span(first: dt.date | None, after: dt.date | None) -> str:
    if first is None:
        return _("Until {day}").format(day=day_short(after - _DAY)) if after else _("Today")
    if after is None:
        return _("Since {day}").format(day=day_short(first))
    return f"{day_short(first)} – {day_short(after - _DAY)}"


def _with_above(units: QuerySet[AdminUnit], day: dt.date) -> QuerySet[AdminUnit]:
    """Adds `district` and `province`: the names of what each lies in on `day`."""
    above = UnitAncestry.objects.on(day).filter(unit=OuterRef("pk"), distance__gt=0)
    named = {
        tier.value: Subquery(above.filter(ancestor__tier=tier).values("ancestor__name")[:1])
        for tier in (Tier.DISTRICT, Tier.PROVINCE)
    }
    return units.annotate(**named)


def _unit_url(unit: AdminUnit, day: dt.date, today: dt.date) -> str:
    url = reverse("portal:places-unit-detail", args=[unit.code])
    return url if day == today else f"{url}?on={day}"
