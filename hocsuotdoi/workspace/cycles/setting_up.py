"""Making a cycle and saying what it is as a whole."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.operations.cycle import copy_of, make_cycle, mend_cycle
from hocsuotdoi.reporting.operations.presets import CycleGiven, final, free, mid_term, yearly
from hocsuotdoi.reporting.queries.cycles import owners
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.cycles.changing import changes_in, is_changed, status_of
from hocsuotdoi.workspace.cycles.forms import FINAL, FREE, MID_TERM, YEARLY, CycleForm, StartForm
from hocsuotdoi.workspace.cycles.found import find_own, to_cycle, to_cycles

_EARLIER = 10


@require_http_methods(["GET", "POST"])
@requires(Permission.SET_UP_CYCLE)
def cycle_create(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    day = timezone.localdate(now)
    own = owners(request.user, day).order_by("unit__tier", "unit__sort_key", "pk")
    earlier = list(Cycle.objects.filter(owner__in=own.values("pk")).order_by("-due_on", "code")[:_EARLIER])
    form = StartForm(request.POST or None, owners=own, earlier=earlier, day=day)
    if not own.exists():
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            cycle = make_cycle(
                form.cleaned_data["code"],
                owner=form.cleaned_data["owner"],
                given=_given(form, earlier),
                by=request.user,
                at=now,
            )
            return redirect("workspace:cycles-cycle-detail", code=cycle.code)
    context = {"form": form, "path": [to_cycles()]}
    return render(request, "workspace/cycles/cycle_create.html", context, status=422 if form.errors else 200)


def _given(form: StartForm, earlier: list[Cycle]) -> CycleGiven:
    said = ("begin_from", "owner", "year", "by_command")
    begin_from, owner, year, by_command = (form.cleaned_data[name] for name in said)
    if begin_from == YEARLY:
        return yearly(year, owner, by_command=by_command)
    if begin_from == MID_TERM:
        return mid_term(owner, by_command=by_command)
    if begin_from == FINAL:
        return final(owner, by_command=by_command)
    if begin_from == FREE:
        return free(year, owner)
    cycle = next(each for each in earlier if str(each.pk) == begin_from)
    return copy_of(cycle, years=year - (cycle.ends_on.year - (cycle.ends_on.month == 1 and cycle.ends_on.day == 1)))


@require_http_methods(["GET", "POST"])
@requires(Permission.SET_UP_CYCLE)
def cycle_edit(request: HttpRequest, code: str) -> HttpResponse:
    cycle = find_own(request, code)
    form = CycleForm(request.POST or None, initial=CycleForm.initial_of(cycle))
    if request.method == "POST" and form.is_valid():
        with changes_in(form) as changed:
            version = form.cleaned_data["version"]
            mend_cycle(cycle, version=version, given=form.given(), by=request.user, at=timezone.now())
            messages.success(request, _("The cycle says this now."))
            return redirect("workspace:cycles-cycle-detail", code=cycle.code)
        if changed:
            cycle = changed[0]
    context = {
        "form": form,
        "cycle": cycle,
        "last_day": cycle.ends_on - dt.timedelta(days=1),
        "is_changed": is_changed(form),
        "path": [to_cycles(), to_cycle(cycle)],
    }
    return render(request, "workspace/cycles/cycle_edit.html", context, status=status_of(form))
