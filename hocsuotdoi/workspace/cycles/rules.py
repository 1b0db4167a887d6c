"""The rules of a cycle one by one, and when bodies are reminded."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.places.models import Agency, UnitAncestry
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.operations.cycle import CycleChangedMeanwhile, rule_given, set_reminders, set_rules
from hocsuotdoi.reporting.operations.presets import RuleGiven
from hocsuotdoi.workspace.cycles.changing import changes_in, is_changed, status_of
from hocsuotdoi.workspace.cycles.forms import ReminderForm, ReminderForms, RuleForm
from hocsuotdoi.workspace.cycles.found import find_own, to_cycle, to_cycles


@require_http_methods(["GET", "POST"])
@requires(Permission.SET_UP_CYCLE)
def rule_edit(request: HttpRequest, code: str, ordinal: int = 0) -> HttpResponse:
    """One rule, or (`ordinal` 0) a new one, which comes before the owner's own, the last. What is sent names the rule
    itself: another may have taken its place meanwhile. A removal that comes second leads back to the rules as they are:
    only who has seen them takes one away."""
    cycle = find_own(request, code)
    rules = list(cycle.rules.select_related("to_agency"))
    if request.method == "POST" and ordinal:
        rule = next((each for each in rules if RuleForm.name_of(each) == request.POST.get("rule")), None)
    elif (rule := next((each for each in rules if each.ordinal == ordinal), None)) is None and ordinal:
        raise Http404
    initial = RuleForm.initial_of(rule) if rule else {"due_on": cycle.due_on}
    form = RuleForm(request.POST or None, initial={**initial, "version": cycle.version}, named=named_bodies(cycle))
    is_removal = "remove" in request.POST and bool(ordinal)
    if request.method == "POST" and (form.is_valid() or is_removal):
        with changes_in(form):
            given: list[RuleGiven] = [rule_given(each) for each in rules]
            if ordinal and rule is None:
                raise _gone(cycle)
            if rule and is_removal:
                del given[rules.index(rule)]
            elif rule:
                given[rules.index(rule)] = form.given()
            else:
                given.insert(max(len(given) - 1, 0), form.given())
            version = _version(form)
            set_rules(cycle, version=version, rules=given, by=request.user, at=timezone.now())
            messages.success(request, _("The rules say this now; below is what they find."))
            return redirect("workspace:cycles-cycle-detail", code=cycle.code)
        if is_removal and is_changed(form):
            messages.error(request, form.non_field_errors()[0])
            return redirect("workspace:cycles-cycle-detail", code=cycle.code)
    context = {
        "form": form,
        "cycle": cycle,
        "rule": rule,
        "is_changed": is_changed(form),
        "is_gone": bool(ordinal) and rule is None,
        "path": [to_cycles(), to_cycle(cycle)],
    }
    return render(request, "workspace/cycles/rule_edit.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Permission.SET_UP_CYCLE)
def reminders_edit(request: HttpRequest, code: str) -> HttpResponse:
    cycle = find_own(request, code)
    initial = [ReminderForm.initial_of(each) for each in cycle.reminders.all()]
    rows = ReminderForms(request.POST or None, initial=initial)
    form = _VersionForm(request.POST or None, initial={"version": cycle.version})
    if request.method == "POST" and rows.is_valid() and form.is_valid():
        with changes_in(form) as changed:
            given = [each for each in (row.given() for row in rows) if each]
            version = form.cleaned_data["version"]
            set_reminders(cycle, version=version, reminders=given, by=request.user, at=timezone.now())
            messages.success(request, _("Reminders go out on these days."))
            return redirect("workspace:cycles-cycle-detail", code=cycle.code)
        if changed:
            cycle = changed[0]
    context: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "cycle": cycle,
        "is_changed": is_changed(form),
        "reminders": list(cycle.reminders.all()) if is_changed(form) else [],
        "path": [to_cycles(), to_cycle(cycle)],
    }
    status = 422 if any(rows.errors) and request.method == "POST" else status_of(form)
    return render(request, "workspace/cycles/reminders_edit.html", context, status=status)


class _VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


def named_bodies(cycle: Cycle) -> "QuerySet[Agency]":
    """Bodies that a rule may name: at the owner's unit and above it."""
    above = UnitAncestry.objects.on(cycle.map_on).filter(unit=cycle.owner.unit_id).values("ancestor")
    found = Agency.objects.on(cycle.map_on).filter(Q(unit__in=above) | Q(pk=cycle.owner_id), is_sample=False)
    return found.order_by("name", "pk")


def _gone(cycle: Cycle) -> CycleChangedMeanwhile:
    return CycleChangedMeanwhile(
        _(
            "This rule is not there any more: somebody else has taken it away or changed whom it asks. Look at the "
            "rules as they are now."
        ),
        cycle,
    )


def _version(form: forms.Form) -> int:
    """Also where the rest of the form is not looked at, because the rule is taken away."""
    text = str(form.data.get("version", ""))
    return int(text) if text.isdecimal() and len(text) < 10 else 0
