"""Targets that nobody takes any more, and the decision about them: many alike in one act."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.models import AdminUnit, LegalAct
from hocsuotdoi.places.operations.legal_act import name_act
from hocsuotdoi.programme.enums import BINDING, RehomingKind
from hocsuotdoi.programme.models import Plan, Target
from hocsuotdoi.programme.operations.rehoming import rehome
from hocsuotdoi.programme.queries.plan_facts import target_facts
from hocsuotdoi.programme.queries.plan_finding import figure_text
from hocsuotdoi.programme.queries.rehoming import Alike, like_in, may_replace, not_taken, propose, units_of
from hocsuotdoi.programme.queries.targets import effective_targets
from hocsuotdoi.programme.rules import responsible_unit
from hocsuotdoi.workspace.legal_act import ActFields
from hocsuotdoi.workspace.programme.draft_forms import date_field
from hocsuotdoi.workspace.programme.forms import ByName, PlanChoice


class TargetChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, target: Target) -> str:
        year = str(target.year) if target.year else _("no year")
        figure = figure_text(target_facts(target))
        return f"{target.clause.path} · {target.indicator.short_name} · {year}: {figure}"


class UnitChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, unit: AdminUnit) -> str:
        return unit.name


class RehomeForm(ActFields):
    """What is decided, about which targets, for whom, on which act."""

    targets = TargetChoice(
        label=gettext_lazy("Targets"), queryset=Target.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(label=gettext_lazy("What becomes of them"), choices=RehomingKind, widget=forms.RadioSelect)
    units = UnitChoice(
        label=gettext_lazy("For which units"),
        queryset=AdminUnit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Who takes them over, or for whom they are replaced or dropped. For all others they stay as issued."
        ),
    )
    cohort = ByName(
        label=gettext_lazy("Asked of whom from now on"),
        queryset=Cohort.objects.none(),
        required=False,
        help_text=gettext_lazy("When taken over"),
    )
    replacement = PlanChoice(
        label=gettext_lazy("Later plan that replaces them"),
        queryset=Plan.objects.none(),
        required=False,
        help_text=gettext_lazy("When replaced: its target of the same indicator and year takes their place"),
    )
    effective_on = date_field(gettext_lazy("From"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    field_order = [
        "targets",
        "kind",
        "units",
        "cohort",
        "replacement",
        "effective_on",
        "reason",
        "act_number",
        "act_title",
        "act_issuer",
        "act_issued_on",
    ]

    def __init__(self, *args, group: Alike, units: list[AdminUnit], **kwargs):
        super().__init__(*args, **kwargs)
        keys = [target.pk for target in group.targets]
        self.fields["targets"].queryset = Target.objects.filter(pk__in=keys).select_related(
            "clause", "indicator", "cohort"
        )
        self.fields["units"].queryset = AdminUnit.objects.filter(pk__in=[unit.pk for unit in units]).order_by(
            "-tier", "sort_key"
        )  # provinces first
        self.fields["cohort"].queryset = Cohort.objects.filter(pk__in=[c.pk for c in group.cohorts]).order_by("name")
        self.fields["replacement"].queryset = may_replace(group.plan, units)

    def clean(self):
        data = super().clean()
        kind = data.get("kind")
        if kind == RehomingKind.TAKEN_OVER and not data.get("cohort"):
            self.add_error("cohort", _("Choose of whom the figure is asked from now on."))
        if kind == RehomingKind.REPLACED and not data.get("replacement"):
            self.add_error("replacement", _("Choose the plan that replaces them."))
        return data


@require_GET
@requires(Permission.EDIT_PLAN)
def rehoming_list(request: HttpRequest) -> HttpResponse:
    """Of the plans that the person answers for."""
    today = timezone.localdate()
    plans = Plan.objects.kept_by(request.user, Permission.EDIT_PLAN, today).select_related("unit")
    groups = not_taken(plans, today)
    rows = [
        {
            "group": group,
            "targets": [_told(target) for target in group.targets],
            "units": [unit.name for unit in group.units[:4]],
            "more": max(len(group.units) - 4, 0),
            "url": _address(group),
        }
        for group in groups
    ]
    return render(
        request, "workspace/programme/rehoming_list.html", {"rows": rows, "path": [_to_list()], "count": len(groups)}
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PLAN)
def rehoming_decide(request: HttpRequest, code: str) -> HttpResponse:
    """`?cohort=`: the group of targets that nobody takes; without it any targets of a plan of a unit that has ended."""
    now = timezone.now()
    today = timezone.localdate(now)
    plan = get_object_or_404(Plan.objects.filter(status__in=BINDING).select_related("unit"), code=code)
    require(request.user, Permission.EDIT_PLAN, responsible_unit(plan, today))
    group = _group(request, plan, today)
    units = units_of(plan, today)
    form = RehomeForm(request.POST or None, group=group, units=units, initial=_proposal(group, today))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        for unit in given["units"]:
            if unit.holds_on(today):
                require(request.user, Permission.EDIT_PLAN, unit)
        try:
            with transaction.atomic():  # an act of state that was named for a refused decision is not kept
                made = rehome(
                    list(given["targets"]),
                    kind=RehomingKind(given["kind"]),
                    units=list(given["units"]),
                    cohort=given["cohort"],
                    replacements=like_in(given["replacement"], given["targets"]),
                    effective_on=given["effective_on"],
                    legal_act=name_act(**form.act(), at=now),
                    reason=given["reason"],
                    by=request.user,
                    at=now,
                    today=today,
                )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            number = len({each.target_id for each in made})
            words = ngettext("Decided about {number} target.", "Decided about {number} targets.", number)
            messages.success(request, words.format(number=number))
            return redirect("workspace:programme-rehoming-list")
    context = {
        "plan": plan,
        "group": group,
        "is_one_class": len({target.cohort_id for target in group.targets}) == 1,
        "form": form,
        "acts": LegalAct.objects.order_by("-issued_on", "number").values_list("number", "title")[:60],
        "path": [_to_list(), (_("Targets that nobody takes"), reverse("workspace:programme-rehoming-list"))],
    }
    return render(request, "workspace/programme/rehoming_decide.html", context, status=422 if form.errors else 200)


def _group(request: HttpRequest, plan: Plan, today) -> Alike:
    cohort = request.GET.get("cohort", "")
    for group in not_taken([plan], today):
        if group.cohort.code == cohort:
            return group
    targets = [each for each in effective_targets([plan])[plan.pk] if not cohort or each.cohort_id == cohort]
    if not targets:
        targets = effective_targets([plan])[plan.pk]
    found = Alike(plan, targets[0].cohort if targets else Cohort(), targets)
    propose([found], today)
    return found


def _proposal(group: Alike, today) -> dict[str, object]:
    units = group.units if len(group.units) <= 4 else []
    return {
        "targets": [target.pk for target in group.targets],
        "kind": RehomingKind.TAKEN_OVER,
        "units": [unit.pk for unit in units],
        "cohort": group.cohorts[0].pk if group.cohorts else None,
        "effective_on": today,
    }


def _told(target: Target) -> str:
    year = str(target.year) if target.year else _("no year")
    return f"{target.clause.path} · {target.indicator.short_name} · {year}: {figure_text(target_facts(target))}"


def _address(group: Alike) -> str:
    return f"{reverse('workspace:programme-rehoming-decide', args=[group.plan.code])}?cohort={group.cohort.code}"


def _to_list() -> tuple[str, str]:
    return _("Plans"), reverse("workspace:programme-plan-list")
