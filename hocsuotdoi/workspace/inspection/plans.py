"""Plans of visits: made, filled by rule or by hand, seen by month."""

import datetime as dt
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import offices_held, units_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.templatetags.house import day_short, month
from hocsuotdoi.inspection.enums import VisitState
from hocsuotdoi.inspection.models import InspectionPlan, Visit
from hocsuotdoi.inspection.operations import plan as acts
from hocsuotdoi.inspection.queries.choosing import Choice, Rule, choose, institutions_to_inspect
from hocsuotdoi.inspection.queries.visits import in_words, inspectors_for, visits_by_state
from hocsuotdoi.inspection.rules import OPEN
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.inspection.forms import ChooseForm, PlanForm, VisitForm
from hocsuotdoi.workspace.inspection.shown import offered, row_of

_ON_A_PAGE = 25
_VISITS_ON_A_PAGE = 50
_TABS = {
    "all": (gettext_lazy("All"), VisitState.values),
    "open": (gettext_lazy("Ahead and under way"), OPEN),
    "closed": (gettext_lazy("Finished"), (VisitState.CLOSED,)),
}


@require_GET
@requires(Permission.VIEW_INSPECTION)
def plan_list(request: HttpRequest) -> HttpResponse:
    plans = InspectionPlan.objects.visible_to(request.user).select_related("agency")
    page = Paginator(plans, _ON_A_PAGE).get_page(request.GET.get("page"))
    counted = visits_by_state(page, request.user, timezone.localdate())
    rows = [{"plan": each, **counted[each.pk]} for each in page]
    inspects = Permission.INSPECT in request.permissions
    context = {"rows": rows, "page_obj": page, "inspects": inspects, "path": [to_visits()]}
    return render(request, "workspace/inspection/plan_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.INSPECT)
def plan_create(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    day = timezone.localdate(now)
    offices = list(offices_held(request.user, Permission.INSPECT, day).order_by("name"))
    form = PlanForm(request.POST or None, offices=offices, day=day)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        agency = form.offices[given.pop("agency")]
        with refusals_in(form):
            plan = acts.make_plan(agency, **given, by=request.user, at=now)
            messages.success(request, _("The plan stands. Choose the institutions to visit."))
            return redirect("workspace:inspection-plan-choose", pk=plan.pk)
    context = {"form": form, "path": [to_visits(), to_plans()]}
    return render(request, "workspace/inspection/plan_create.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.VIEW_INSPECTION)
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The visits by month, each with why it was chosen; so many on a page, and how many there are."""
    plan = _find(request, pk)
    day = timezone.localdate()
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else "all"
    visits = in_words(Visit.objects.visible_to(request.user, day).filter(plan=plan, state__in=_TABS[tab][1]))
    pages = Paginator(visits.order_by("planned_on", "pk"), _VISITS_ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    months = [
        {"name": month(first), "rows": [row_of(each, day) for each in found]}
        for first, found in groupby(page, key=lambda each: each.planned_on.replace(day=1))
    ]
    here = reverse("workspace:inspection-plan-detail", args=[pk])
    context = {
        "plan": plan,
        "tabs": [
            {"label": label, "url": f"{here}?tab={name}", "is_current": name == tab}
            for name, (label, _states) in _TABS.items()
        ],
        "tab": tab,
        "page_obj": page,
        "months": months,
        "counts": visits_by_state([plan], request.user, day)[plan.pk],
        "may_plan": request.person_may(Permission.INSPECT, plan.agency),
        "path": [to_visits(), to_plans()],
    }
    return render(request, "workspace/inspection/plan_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.INSPECT)
def plan_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """By rule: looked at first, then done; the rule and its seed then stand in the plan."""
    plan = _find(request, pk)
    require(request.user, Permission.INSPECT, plan.agency)
    now = timezone.now()
    day = timezone.localdate(now)
    form = ChooseForm(
        request.POST or None,
        units=_units(request, plan, day),
        people=inspectors_for(plan, day),
        initial=_first_values(request, plan, day),
    )
    choices: list[Choice] = []
    if request.method == "POST" and form.is_valid():
        rule = _rule(form)
        choices = choose(plan, rule, person=request.user, day=day, at=now)
        days = _days(form.cleaned_data["first_on"], form.cleaned_data["every"], len(choices))
        with refusals_in(form):
            if not choices:
                raise acts.BadVisit(_("No institution is left that fits: all are in the plan, or of no such kind."))
            _check_days(days, plan, now)
            acts.check_team(form.members())
            if "confirm" in request.POST:
                planned = [
                    acts.Planned(each.institution, on, each.chosen) for each, on in zip(choices, days, strict=True)
                ]
                made = acts.plan_visits(plan, planned, team=form.members(), rule=rule, by=request.user, at=now)
                said = ngettext("{number} visit was planned.", "{number} visits were planned.", len(made))
                messages.success(request, said.format(number=len(made)))
                return redirect("workspace:inspection-plan-detail", pk=plan.pk)
    rows = zip(choices, days, strict=True) if choices and not form.errors else []
    context = {
        "plan": plan,
        "form": form,
        "rows": [{"choice": each, "on": on} for each, on in rows],
        "path": [to_visits(), to_plans(), (plan.title, reverse("workspace:inspection-plan-detail", args=[pk]))],
    }
    return render(request, "workspace/inspection/plan_choose.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.INSPECT)
def visit_add(request: HttpRequest, pk: int) -> HttpResponse:
    """One institution by hand."""
    plan = _find(request, pk)
    require(request.user, Permission.INSPECT, plan.agency)
    now = timezone.now()
    day = timezone.localdate(now)
    initial = {"team": [str(request.user.pk)], "leader": str(request.user.pk), "planned_on": _next_day(plan, day)}
    initial["institution"] = request.GET.get("institution", "")[:120].replace("\x00", "")
    form = VisitForm(request.POST or None, people=inspectors_for(plan, day), initial=initial)
    if request.method == "POST" and form.is_valid():
        unit = plan.agency.unit or _country(day)
        code = form.cleaned_data["institution"]
        institution = institutions_to_inspect(request.user, unit, day).filter(code=code).first()
        with refusals_in(form):
            if institution is None:
                raise acts.BadVisit(
                    _("There is no institution of this code where you may inspect."), field="institution"
                )
            planned = [acts.Planned(institution, form.cleaned_data["planned_on"])]
            acts.plan_visits(plan, planned, team=form.members(), by=request.user, at=now)
            messages.success(request, _("The visit was planned."))
            return redirect("workspace:inspection-plan-detail", pk=plan.pk)
    context = {
        "plan": plan,
        "form": form,
        "path": [to_visits(), to_plans(), (plan.title, reverse("workspace:inspection-plan-detail", args=[pk]))],
    }
    return render(request, "workspace/inspection/visit_add.html", context, status=422 if form.errors else 200)


def _check_days(days: list[dt.date], plan: InspectionPlan, at: dt.datetime) -> None:
    """The first day as of any visit; and one a day from December on goes past the plan's year."""
    try:
        acts.check_day(days[0], plan, at)
    except acts.BadVisit as refusal:
        raise acts.BadVisit(str(refusal), field="first_on") from refusal
    if days[-1].year > plan.year:
        sentence = _(
            "The last of {number} visits would be on {day}, after the end of the plan’s year. Begin earlier, leave "
            "fewer days between, or choose fewer."
        )
        raise acts.BadVisit(sentence.format(number=len(days), day=day_short(days[-1])), field="every")


def to_visits() -> tuple[str, str]:
    return _("Inspection"), reverse("workspace:inspection-visit-list")


def to_plans() -> tuple[str, str]:
    return _("Plans of visits"), reverse("workspace:inspection-plan-list")


def _find(request: HttpRequest, pk: int) -> InspectionPlan:
    plans = InspectionPlan.objects.visible_to(request.user).select_related("agency__unit")
    return get_object_or_404(plans, pk=pk)


def _units(request: HttpRequest, plan: InspectionPlan, day: dt.date) -> list[AdminUnit]:
    """The plan's own place first, then those below it where the person may inspect."""
    own = plan.agency.unit or _country(day)
    covered = units_covered(request.user, Permission.INSPECT, day)
    below = AdminUnit.objects.on(day).filter(pk__in=covered, ancestries__ancestor=own).exclude(pk=own.pk)
    asked = request.POST.get("unit") or request.GET.get("unit", "")
    return [own, *offered(below.exclude(tier=Tier.DISTRICT).distinct(), own, asked)]


def _country(day: dt.date) -> AdminUnit:
    unit = AdminUnit.objects.on(day).filter(tier=Tier.COUNTRY).first()
    if unit is None:
        raise Http404
    return unit


def _first_values(request: HttpRequest, plan: InspectionPlan, day: dt.date) -> dict[str, Any]:
    me = str(request.user.pk)
    first: dict[str, Any] = {"team": [me], "leader": me, "first_on": _next_day(plan, day)}
    return first | {"seed": str(uuid7().int % 1_000_000), "unit": request.GET.get("unit", "")}


def _next_day(plan: InspectionPlan, day: dt.date) -> dt.date:
    """The next working day, in the plan's year."""
    start = max(day + dt.timedelta(days=1), dt.date(plan.year, 1, 2))
    while start.weekday() > 4:
        start += dt.timedelta(days=1)
    return start


def _rule(form: ChooseForm) -> Rule:
    given = form.cleaned_data
    return Rule(
        unit=form.units[given["unit"]],
        classes=tuple(given["classes"]),
        longest=given["longest"],
        low=given["low"],
        lot=given["lot"],
        seed=given["seed"],
    )


def _days(first: dt.date, every: int, number: int) -> list[dt.date]:
    """Working days, `every` days apart (0: all on the first)."""
    days, on = [], first
    for _each in range(number):
        days.append(on)
        if every:
            on += dt.timedelta(days=every)
            while on.weekday() > 4:
                on += dt.timedelta(days=1)
    return days
