"""Forms for a plan: its head, its clauses with figures, its tasks; and the answer to a finding."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError as BadFields

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import AgencyPart, AnswerKind, ClauseKind, PlanKind, Recurrence, TargetUnit
from hocsuotdoi.programme.formats.plan_file import ParsedPlan, ParsedTarget
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.operations.drafting import code_for
from hocsuotdoi.programme.queries.binding import binding_plans

ROWS = 6
MOST_ROWS = 200


class Choice(forms.ModelChoiceField):
    """Django's own word for «nothing yet» is a row of dashes."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, empty_label=gettext_lazy("nothing chosen"), **kwargs)


class ByName(Choice):
    """A choice of cohorts or indicators by their own names."""

    def label_from_instance(self, thing: Any) -> str:
        return str(getattr(thing, "short_name", None) or thing.name)


class PlanChoice(Choice):
    def label_from_instance(self, plan: Plan) -> str:
        return f"{plan.number or '–'} · {plan.issuer}"


class PlanForm(forms.Form):
    """The head of the document. What a draft lacks (number, day) may stay empty: the plan check will say so."""

    number = forms.CharField(
        label=gettext_lazy("Number of the document"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("As printed: 169/KH-UBND"),
    )
    issued_on = forms.DateField(
        label=gettext_lazy("Day of issue"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    title = forms.CharField(label=gettext_lazy("Title of the document"), widget=forms.Textarea(attrs={"rows": 2}))
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=200)
    unit = Choice(label=gettext_lazy("Territory"), queryset=AdminUnit.objects.none())
    parent = PlanChoice(
        label=gettext_lazy("Plan above"),
        queryset=Plan.objects.none(),
        required=False,
        help_text=gettext_lazy("The plan that this one implements; left empty, the nearest one of the territory"),
    )

    def __init__(self, *args: Any, units: QuerySet[AdminUnit], amends: Plan | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.amends = amends
        if amends is not None:
            del self.fields["unit"], self.fields["parent"]
            return
        self.fields["unit"].queryset = units
        self.fields["parent"].queryset = (
            Plan.objects.issued()
            .filter(kind__in=[PlanKind.PROGRAMME, PlanKind.PLAN])
            .exclude(unit__tier=Tier.COMMUNE)
            .order_by("issued_on", "code")
        )


class ClauseForm(forms.Form):
    """A clause; with an indicator it carries one figure. Further figures of the same clause repeat its number alone."""

    path = forms.CharField(label=gettext_lazy("Clause"), max_length=40, widget=forms.TextInput(attrs={"size": 8}))
    text = forms.CharField(
        label=gettext_lazy("Words of the clause"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    indicator = ByName(label=gettext_lazy("Indicator"), queryset=Indicator.objects.all(), required=False)
    cohort = ByName(label=gettext_lazy("Of whom"), queryset=Cohort.objects.order_by("name"), required=False)
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100, required=False)
    figure = forms.CharField(
        label=gettext_lazy("Figure"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("As written: 60%, ≥ 60%, 10 - 15%, 8/8"),
    )
    baseline_year = forms.IntegerField(
        label=gettext_lazy("Base year"),
        min_value=2000,
        max_value=2100,
        required=False,
        help_text=gettext_lazy("For growth, if the document says one"),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offered = Q(ends_on=None) | Q(ends_on__gt=timezone.localdate())
        self.fields["indicator"].queryset = Indicator.objects.filter(offered)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = {name for name in ("indicator", "cohort", "figure") if data.get(name)}
        for name in ("indicator", "cohort", "figure"):
            if given and name not in given and name not in self.errors:
                self.add_error(name, _("A figure needs an indicator, a class and the number itself."))
        if len(given) == 3 and not self.errors:
            self._read_figure(data)
            ends_on, year = data["indicator"].ends_on, data.get("year")
            if ends_on is not None and year and dt.date(year, 12, 31) >= ends_on:
                self.add_error(
                    "year",
                    _(
                        "“{name}” is not computed any more from {day} on. Ask for an earlier year or another indicator."
                    ).format(name=data["indicator"].short_name, day=day_short(ends_on)),
                )
        return data

    def target(self) -> dict[str, Any] | None:
        """The figure as a plan's file would say it; None for a clause without one."""
        data = self.cleaned_data
        if not data.get("indicator"):
            return None
        is_growth = data["indicator"].kind == IndicatorKind.GROWTH
        return {
            "indicator": data["indicator"].code,
            "cohort": data["cohort"].code,
            "year": data["year"],
            "figure": data["figure"],
            "unit": TargetUnit.PERCENT_PER_YEAR if is_growth else None,
            "baseline_year": data["baseline_year"],
        }

    def _read_figure(self, data: dict[str, Any]) -> None:
        try:
            ParsedTarget.model_validate(self.target())
        except BadFields as error:
            for problem in error.errors():
                self.add_error("figure", str(problem.get("ctx", {}).get("sentence") or problem["msg"]))


class TaskForm(forms.Form):
    """What a clause asks someone to do."""

    path = forms.CharField(label=gettext_lazy("Clause"), max_length=40, widget=forms.TextInput(attrs={"size": 8}))
    text = forms.CharField(label=gettext_lazy("What is to be done"), widget=forms.Textarea(attrs={"rows": 2}))
    recurrence = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Recurrence, initial=Recurrence.ONGOING, required=False
    )
    due_on = forms.DateField(
        label=gettext_lazy("To be done by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("For yearly work the year does not matter"),
    )
    lead = forms.CharField(label=gettext_lazy("Who leads"), max_length=200, required=False)

    def has_changed(self) -> bool:
        return bool(set(self.changed_data) - {"recurrence"})

    def task(self) -> dict[str, Any]:
        data = self.cleaned_data
        due: dt.date | None = data["due_on"]
        recurrence = data["recurrence"] or Recurrence.ONGOING
        return {
            "text": data["text"],
            "recurrence": recurrence,
            "due": {
                "year": due.year if due and recurrence == Recurrence.ONCE else None,
                "month": due.month if due else None,
                "day": due.day if due else None,
            },
            "agencies": [{"part": AgencyPart.LEAD, "written": data["lead"]}] if data["lead"] else [],
        }


ClauseFormSet = forms.formset_factory(ClauseForm, extra=ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
TaskFormSet = forms.formset_factory(TaskForm, extra=2, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


class PlanFileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File of the plan (YAML)"))
    as_draft = forms.BooleanField(label=gettext_lazy("As a draft, to be changed before it is issued"), required=False)


class AnswerForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Answer"), choices=AnswerKind, widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 4}))
    addendum = PlanChoice(
        label=gettext_lazy("Addendum that corrects it"),
        queryset=Plan.objects.none(),
        required=False,
        help_text=gettext_lazy("Only when it is corrected; enter the addendum first"),
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["addendum"].queryset = plan.addenda.issued()


def plan_from_forms(head: PlanForm, clauses: forms.BaseFormSet, tasks: forms.BaseFormSet, today: dt.date) -> ParsedPlan:
    """The plan that valid forms describe, in the shape of a plan's file."""
    data, amends = head.cleaned_data, head.amends
    unit = amends.unit if amends is not None else data["unit"]
    pieces: dict[str, dict[str, Any]] = {}
    for form in clauses:
        if form.has_changed():
            piece = _piece(pieces, form.cleaned_data)
            if target := form.target():
                piece["kind"] = ClauseKind.TARGET
                piece["targets"].append(target)
    for form in tasks:
        if form.has_changed():
            piece = _piece(pieces, form.cleaned_data)
            piece["kind"] = ClauseKind.TARGET if piece["targets"] else ClauseKind.TASK
            piece["tasks"].append(form.task())
    return ParsedPlan.model_validate(
        {
            "code": code_for(data["number"], data["issued_on"] or today, unit),
            "number": data["number"],
            "kind": PlanKind.ADDENDUM if amends is not None else PlanKind.PLAN,
            "title": data["title"],
            "issuer": data["issuer"],
            "unit": unit.code,
            "unit_on": _day_of(unit, data["issued_on"] or today),
            "parent": (amends.parent.code if amends.parent else "") if amends is not None else _parent(data, today),
            "amends": amends.code if amends is not None else "",
            "issued_on": data["issued_on"],
            "source": _("Entered on the page on %(day)s") % {"day": f"{today.day}/{today.month}/{today.year}"},
            "clauses": list(pieces.values()),
        }
    )


def _day_of(unit: AdminUnit, issued_on: dt.date) -> dt.date | None:
    """A day on which the unit bears its code; None when it did so on the day of issue."""
    if unit.starts_on is not None and issued_on < unit.starts_on:
        return unit.starts_on
    return unit.ends_on - dt.timedelta(days=1) if unit.ends_on is not None and issued_on >= unit.ends_on else None


def _piece(pieces: dict[str, dict[str, Any]], data: dict[str, Any]) -> dict[str, Any]:
    """The clause of that number; words of a later row are added to it."""
    piece = pieces.setdefault(data["path"], {"path": data["path"], "text": "", "targets": [], "tasks": []})
    if data["text"] and data["text"] not in piece["text"]:
        piece["text"] = f"{piece['text']}\n{data['text']}".strip()
    return piece


def _parent(data: dict[str, Any], today: dt.date) -> str:
    """The plan that was chosen, else the nearest that binds the territory and was issued above it; empty if none."""
    if data["parent"]:
        return str(data["parent"].code)
    nearest = (
        binding.plan.code
        for binding in binding_plans(data["unit"], data["issued_on"] or today)
        if binding.plan.unit_id != data["unit"].pk
        and not binding.is_partial
        and binding.plan.kind != PlanKind.ANNOUNCEMENT
    )
    return next(nearest, "")
