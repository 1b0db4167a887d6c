"""One line of money: entering it, what was said of it and by whom, saying the next sum."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.programme.enums import BUDGETS, MoneySource
from hocsuotdoi.programme.models import MoneyLine
from hocsuotdoi.programme.operations import money
from hocsuotdoi.programme.operations.money import LineChanged, Spending
from hocsuotdoi.programme.rules import Entry, money_entry
from hocsuotdoi.workspace.money.forms import AllocateForm, AppraiseForm, EstimateForm, LineForm, SpendForm
from hocsuotdoi.workspace.money.views import agency_seen, entry_at, find_year, lines_seen, plans_for, to_overview


@dataclass(frozen=True)
class Act:
    """One thing to say of a line: who may, with which form, what the button says, what is then said."""

    title: str | Promise
    permission: Permission
    form: type[forms.Form]
    column: str
    do: Callable[..., MoneyLine]
    said: str | Promise


ACTS = {
    "estimate": Act(
        gettext_lazy("Change the estimate"),
        Permission.ESTIMATE_MONEY,
        EstimateForm,
        "estimated",
        money.estimate,
        gettext_lazy("The estimate is written down."),
    ),
    "appraise": Act(
        gettext_lazy("Appraise"),
        Permission.APPRAISE_MONEY,
        AppraiseForm,
        "estimated",
        money.appraise,
        gettext_lazy("The appraisal is written down."),
    ),
    "allocate": Act(
        gettext_lazy("Write down what was allocated"),
        Permission.APPRAISE_MONEY,
        AllocateForm,
        "appraised",
        money.allocate,
        gettext_lazy("The allocation is written down."),
    ),
    "spend": Act(
        gettext_lazy("Write down what was spent"),
        Permission.ESTIMATE_MONEY,
        SpendForm,
        "spent",
        money.spend,
        gettext_lazy("What was spent is written down."),
    ),
}


@requires(Permission.ESTIMATE_MONEY)
@require_http_methods(["GET", "POST"])
def line_create(request: HttpRequest, code: str, year: int) -> HttpResponse:
    agency = agency_seen(request, code)
    in_place = entry_at(request, agency) == Entry.IN_PLACE
    now = timezone.now()
    today = timezone.localdate(now)
    find_year(year, today)
    plans = plans_for(agency, today)
    form = LineForm(request.POST or None, plans=plans, initial={"plan": plans[0].pk if plans else None})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        spending = Spending(given["purpose"], MoneySource(given["source"]), given["source_name"], given["task"])
        try:
            money.add_line(
                agency,
                plan=given["plan"],
                year=year,
                spending=spending,
                estimated=given["estimated"],
                in_place=in_place,
                by=request.user,
                at=now,
            )
        except Refused as refusal:
            _at_field(form, refusal)
        else:
            messages.success(request, _("The line was added."))
            return redirect("workspace:money-agency-lines", code=code, year=year)
    return render(
        request,
        "workspace/money/line_create.html",
        {
            "agency": agency,
            "year": year,
            "form": form,
            "plans": plans,
            "in_place": in_place,
            "path": _path(agency, year),
        },
        status=422 if form.errors else 200,
    )


@requires(Permission.VIEW_MONEY)
@require_GET
def line_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said at each stage, by whom and when, and what may be said next."""
    line = get_object_or_404(lines_seen(request), pk=pk)
    steps = list(line.steps.order_by("-at", "-pk"))
    may = {Permission.APPRAISE_MONEY} if request.person_may(Permission.APPRAISE_MONEY, line.agency) else set()
    if money_entry(request.user, line.agency, timezone.localdate()) != Entry.NO:
        may.add(Permission.ESTIMATE_MONEY)
    names = dict(Person.objects.filter(pk__in={each.by for each in steps}).values_list("pk", "full_name"))
    return render(
        request,
        "workspace/money/line_detail.html",
        {
            "line": line,
            "steps": [(step, names.get(step.by, _("somebody whose account is gone"))) for step in steps],
            "acts": [
                (name, act)
                for name, act in ACTS.items()
                if act.permission in may and _makes_sense(name, line, request.user)
            ],
            "path": _path(line.agency, line.year),
        },
    )


@requires(Permission.VIEW_MONEY)
@require_http_methods(["GET", "POST"])
def line_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Says one sum of the line. A sum that somebody has changed meanwhile is shown and nothing is written over it."""
    if act not in ACTS:
        raise Http404
    asked = ACTS[act]
    line = get_object_or_404(lines_seen(request), pk=pk)
    more: dict[str, Any] = {}
    if asked.permission == Permission.ESTIMATE_MONEY:
        more["in_place"] = entry_at(request, line.agency) == Entry.IN_PLACE
    else:
        require(request.user, asked.permission, line.agency)
    initial = {"version": line.version, "amount": getattr(line, asked.column)}
    form = asked.form(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            asked.do(line, **form.cleaned_data, **more, by=request.user, at=timezone.now())
        except LineChanged as refusal:  # what was typed stays, beside what somebody else has said meanwhile
            line.refresh_from_db()
            form = asked.form(request.POST.dict() | {"version": line.version})
            form.add_error(None, str(refusal))
        except Refused as refusal:
            _at_field(form, refusal)
        else:
            messages.success(request, str(asked.said))
            return redirect("workspace:money-line-detail", pk=pk)
    return render(
        request,
        "workspace/money/line_act.html",
        {
            "line": line,
            "act": asked,
            **more,
            "form": form,
            "path": [*_path(line.agency, line.year), (line.purpose, reverse("workspace:money-line-detail", args=[pk]))],
        },
        status=422 if form.errors else 200,
    )


def _makes_sense(name: str, line: MoneyLine, person: Person) -> bool:
    """Only what the act would not refuse as things are: a button that always says no is none."""
    if name == "estimate":
        return line.allocated is None and line.spent is None
    if name == "appraise":
        is_estimated = line.estimated is not None and line.estimated_by != person.pk
        return line.source in BUDGETS and is_estimated and line.allocated is None
    if name == "allocate":
        return line.source not in BUDGETS or line.appraised is not None
    return line.estimated is not None or line.allocated is not None


def _at_field(form: Any, refusal: Refused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _path(agency: Any, year: int) -> list[tuple[str, str]]:
    here = reverse("workspace:money-agency-lines", args=[agency.code, year])
    return [to_overview(), (f"{agency.name}, {year}", here)]
