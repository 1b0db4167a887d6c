"""Asking bodies below for something that no plan asks, with the reason."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.programme.operations.assignment import hand_down_own
from hocsuotdoi.programme.queries.receivers import MOST, receivers_of_own, units_to_hand_down_in
from hocsuotdoi.workspace.tasks.forms import OwnTaskForm, PlaceForm
from hocsuotdoi.workspace.tasks.handing import Receiver, days_of


@require_http_methods(["GET", "POST"])
@requires(Permission.ASSIGN_TASK)
def task_own(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    day = timezone.localdate(now)
    units = units_to_hand_down_in(request.user, day)
    if not units:
        raise Http404
    data = request.POST if request.method == "POST" else request.GET
    place = PlaceForm({"unit": data.get("unit") or units[0].code, "year": day.year}, units=units, day=day)
    if not place.is_valid():
        raise Http404
    unit = next(each for each in units if each.code == place.cleaned_data["unit"])
    found = list(receivers_of_own(unit, request.user, day)[: MOST + 1])
    sent = set(request.POST.getlist("agency"))
    rows = [
        Receiver(each, has_it=False, is_chosen=str(each.pk) in sent, due=request.POST.get(f"due-{each.pk}", ""))
        for each in found[:MOST]
    ]
    form = OwnTaskForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = hand_down_own(
                title=given["title"],
                reason=given["reason"],
                due=days_of([each for each in rows if each.is_chosen], given["due_on"]),
                key=given["key"],
                indicator=given["indicator"],
                by=request.user,
                at=now,
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            words = ngettext("Handed down to {number} body.", "Handed down to {number} bodies.", len(made))
            messages.success(request, words.format(number=len(made)))
            return redirect(f"{reverse('workspace:programme-task-list')}?view=list&scope=all")
    del place.fields["year"]
    context = {
        "place": place,
        "unit": unit,
        "form": form,
        "rows": rows,
        "is_too_many": len(found) > MOST,
        "path": [
            (_("Tasks"), reverse("workspace:programme-task-list")),
            (_("Hand down"), reverse("workspace:programme-task-choose")),
        ],
    }
    return render(request, "workspace/tasks/task_own.html", context, status=422 if form.errors else 200)
