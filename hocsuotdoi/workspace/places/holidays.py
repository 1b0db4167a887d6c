"""Public holidays: what the state has decided for a year, and what an institution does on those to come."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.enums import HolidayAnswer, Tier
from hocsuotdoi.places.models import AdminUnit, HolidayDecision, Institution
from hocsuotdoi.places.operations.holidays import (
    close_on_holidays,
    decide_holiday,
    open_on_holidays,
    withdraw_decision,
)
from hocsuotdoi.places.queries.holidays import Holiday, days_to_confirm, holidays_between
from hocsuotdoi.places.queries.occasions import occasions_ahead
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.places.forms import day_input

YEARS = range(2015, 2100)


class HolidayDecisionForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), widget=day_input())
    is_holiday = forms.TypedChoiceField(
        label=gettext_lazy("What the act says"),
        choices=[
            ("yes", gettext_lazy("It is a public holiday")),
            ("no", gettext_lazy("It is an ordinary day")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    name = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=120,
        help_text=gettext_lazy("For example: Quốc khánh (exchanged for Saturday 22 August)."),
    )
    legal_act = forms.CharField(
        label=gettext_lazy("Act"),
        max_length=200,
        help_text=gettext_lazy("Number, date and who issued it, so that anybody can look it up."),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_REGISTER)
def holiday_list(request: HttpRequest) -> HttpResponse:
    """The holidays of a year, why each is one, and what was decided. Whoever keeps the calendar decides more."""
    now = timezone.now()
    year = _year(request, timezone.localdate(now).year)
    may_decide = request.person_may(Permission.KEEP_HOLIDAYS, _country())
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    to_confirm = days_to_confirm(first, last)
    form = HolidayDecisionForm(request.POST or None, initial=_asked(request, to_confirm)) if may_decide else None
    if request.method == "POST":
        require(request.user, Permission.KEEP_HOLIDAYS, _country())
        if form is not None and form.is_valid():
            with refusals_in(form):
                decision = decide_holiday(**form.cleaned_data, by=request.user, at=now)
                messages.success(request, _("The calendar was changed."))
                return redirect(f"{reverse('workspace:places-holiday-list')}?year={decision.day.year}")
    return render(
        request,
        "workspace/places/holiday_list.html",
        {
            "year": year,
            "years": [each for each in (year - 1, year, year + 1) if each in YEARS],
            "to_confirm": to_confirm,
            "holidays": list(holidays_between(first, last).values()),
            "decisions": list(HolidayDecision.objects.filter(day__range=(first, last))),
            "form": form,
            "back": reverse("workspace:places-institution-list"),
            "path": [(_("Institutions"), reverse("workspace:places-institution-list"))],
        },
        status=422 if form is not None and form.errors else 200,
    )


@require_POST
@requires(Permission.KEEP_HOLIDAYS)
def decision_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Permission.KEEP_HOLIDAYS, _country())
    decision = get_object_or_404(HolidayDecision, pk=pk)
    withdraw_decision(decision, by=request.user, at=timezone.now())
    messages.success(request, _("The day is again what the law makes it."))
    return redirect(f"{reverse('workspace:places-holiday-list')}?year={decision.day.year}")


@require_POST
@requires(Permission.EDIT_INSTITUTION)
def holiday_answer(request: HttpRequest, code: str) -> HttpResponse:
    """One tap: open as usual, or closed, on the holidays that begin on `first`."""
    institution = get_object_or_404(Institution.objects.visible_to(request.user), code=code)
    require(request.user, Permission.EDIT_INSTITUTION, institution)
    now = timezone.now()
    asked = request.POST.get("first", "")
    ahead = occasions_ahead(institution, timezone.localdate(now))
    occasion = next((each for each in ahead if each.first.isoformat() == asked), None)
    answer = request.POST.get("answer")
    if occasion is None or answer not in {HolidayAnswer.OPEN, HolidayAnswer.CLOSED}:
        messages.error(request, _("The calendar of holidays has changed meanwhile. Look at it again."))
    else:
        try:
            if answer == HolidayAnswer.OPEN:
                open_on_holidays(institution, days=occasion.days, by=request.user, at=now)
                said = _("Visitors read: open on {name} as usual.").format(name=occasion.name)
            else:
                close_on_holidays(institution, days=occasion.days, reason=occasion.name, by=request.user, at=now)
                said = _("Visitors read: closed on {name}.").format(name=occasion.name)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
    return redirect("workspace:places-closure-list", code=code)


def _asked(request: HttpRequest, to_confirm: list[Holiday]) -> dict[str, object]:
    """What the form begins with where somebody comes to confirm a day: all but the act."""
    asked = next((each for each in to_confirm if each.day.isoformat() == request.GET.get("confirm")), None)
    return {"day": asked.day, "name": asked.name} if asked else {}


def _year(request: HttpRequest, this: int) -> int:
    asked = request.GET.get("year", "")
    if not asked:
        return this
    if not asked.isdecimal() or len(asked) > 4 or int(asked) not in YEARS:
        raise Http404
    return int(asked)


def _country() -> AdminUnit:
    return get_object_or_404(AdminUnit, tier=Tier.COUNTRY)
