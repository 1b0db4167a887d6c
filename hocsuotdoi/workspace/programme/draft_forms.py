"""Forms for a draft: its beginning, its head, and one clause with its figures and tasks."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError as BadFields

from hocsuotdoi.activities.enums import ActivityKind, Observance, OtherProgramme, Theme
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import AgencyPart, ClauseKind, PlanKind, Recurrence
from hocsuotdoi.programme.formats.plan_file import ParsedClause
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.operations.drafting import Head
from hocsuotdoi.programme.queries.kinds_of_evidence import named_evidence, source_kinds
from hocsuotdoi.workspace.legal_act import ActFields
from hocsuotdoi.workspace.number_field import NumberField
from hocsuotdoi.workspace.programme.forms import ByName, Choice, ClauseForm, PlanChoice

MOST_ROWS = 60
_DATE = {"type": "date"}


def date_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"), **more)


class HeadForm(forms.Form):
    """What is not known yet stays empty until the plan is issued."""

    title = forms.CharField(
        label=gettext_lazy("Title of the document"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=200)
    unit = Choice(label=gettext_lazy("Territory"), queryset=AdminUnit.objects.none())
    parent = PlanChoice(label=gettext_lazy("Plan above"), queryset=Plan.objects.none(), required=False)
    number = forms.CharField(label=gettext_lazy("Number of the document"), max_length=60, required=False)
    issued_on = date_field(gettext_lazy("Day of issue"), required=False)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: QuerySet[AdminUnit], plan: Plan | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.amends = plan.amends if plan else None
        self.fields["unit"].queryset = units
        self.fields["parent"].queryset = plans_above(plan)
        if self.amends is not None:
            del self.fields["unit"], self.fields["parent"]

    def head(self) -> Head:
        data = self.cleaned_data
        return Head(
            title=data["title"],
            issuer=data["issuer"],
            unit=self.amends.unit if self.amends else data["unit"],
            number=data["number"],
            issued_on=data["issued_on"],
            parent=self.amends.parent if self.amends else data["parent"],
            amends=self.amends,
        )


class BeginForm(HeadForm):
    """With what it begins."""

    model = PlanChoice(
        label=gettext_lazy("Begin with the clauses of"),
        queryset=Plan.objects.none(),
        required=False,
        help_text=gettext_lazy("The plan above or an earlier one; left empty, you begin with nothing"),
    )
    figures = forms.BooleanField(
        label=gettext_lazy("Take its figures along, to be changed"), required=False, initial=True
    )

    field_order = ["unit", "title", "issuer", "parent", "model", "figures", "number", "issued_on"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["model"].queryset = Plan.objects.issued().filter(has_full_text=True).order_by("issued_on", "code")


def plans_above(plan: Plan | None) -> QuerySet[Plan]:
    plans = Plan.objects.issued().filter(kind__in=[PlanKind.PROGRAMME, PlanKind.PLAN]).exclude(unit__tier=Tier.COMMUNE)
    return (plans.exclude(pk=plan.pk) if plan else plans).order_by("issued_on", "code")


class WordsForm(forms.Form):
    """The clause itself."""

    path = forms.CharField(
        label=gettext_lazy("Number of the clause"),
        max_length=40,
        help_text=gettext_lazy("With dots between the steps: I.2.a.1"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of clause"), choices=ClauseKind, initial=ClauseKind.TASK)
    heading = forms.CharField(label=gettext_lazy("Heading"), max_length=2000, required=False)
    text = forms.CharField(
        label=gettext_lazy("Words of the clause"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)


class FigureForm(ClauseForm):
    """One figure of the clause."""

    baseline_value = NumberField(label=gettext_lazy("Figure of the base year"))
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=2000, required=False)

    field_order = ["indicator", "cohort", "year", "figure", "baseline_year", "baseline_value", "remark"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.fields["path"], self.fields["text"]

    def target(self) -> dict[str, Any] | None:
        found = super().target()
        if found is None:
            return None
        data = self.cleaned_data
        return found | {"baseline_value": data.get("baseline_value"), "remark": data.get("remark") or ""}


class DutyForm(forms.Form):
    """What the clause asks someone to do, and what will show that it was done."""

    text = forms.CharField(
        label=gettext_lazy("What is to be done"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Left empty, the words of the clause"),
    )
    recurrence = forms.ChoiceField(label=gettext_lazy("How often"), choices=Recurrence, initial=Recurrence.ONGOING)
    due_day = forms.IntegerField(label=gettext_lazy("Due: day"), min_value=1, max_value=31, required=False)
    due_month = forms.IntegerField(label=gettext_lazy("Month"), min_value=1, max_value=12, required=False)
    due_year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100, required=False)
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Whom it asks"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lead = forms.CharField(
        label=gettext_lazy("Who leads"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
        help_text=gettext_lazy("One body on each line, as the document names it"),
    )
    coordinating = forms.CharField(
        label=gettext_lazy("Who coordinates"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    requested = forms.CharField(
        label=gettext_lazy("Who is asked"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    indicator = ByName(label=gettext_lazy("Figure that it serves"), queryset=Indicator.objects.all(), required=False)
    activity_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Shown by activities of these kinds"),
        choices=ActivityKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    observances = forms.MultipleChoiceField(
        label=gettext_lazy("Or held on each of these days"),
        choices=Observance,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Only on these themes"), choices=Theme, required=False, widget=forms.CheckboxSelectMultiple
    )
    programmes = forms.MultipleChoiceField(
        label=gettext_lazy("Only for these other programmes"),
        choices=OtherProgramme,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    source_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Or by what the book holds besides"), required=False, widget=forms.CheckboxSelectMultiple
    )
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("Or by whatever is posted or typed in of these figures"),
        choices=MeasureCode,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    evidence = forms.ChoiceField(label=gettext_lazy("Or by what was sent"), required=False)
    at_least = forms.IntegerField(
        label=gettext_lazy("How many show it"), min_value=1, max_value=1000, initial=1, required=False
    )

    RULE = ("activity_kinds", "observances", "themes", "programmes", "source_kinds", "measures", "evidence", "at_least")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["tiers"].choices = [(tier.value, tier.label) for tier in Tier if tier != Tier.DISTRICT]
        given = (self.initial or {}).get("tiers") or []
        if Tier.DISTRICT in given:
            self.fields["tiers"].choices = Tier.choices
        offered = Q(ends_on=None) | Q(ends_on__gt=timezone.localdate())
        self.fields["indicator"].queryset = Indicator.objects.filter(offered)
        self.fields["source_kinds"].choices = source_kinds()
        self.fields["evidence"].choices = [("", _("nothing")), *named_evidence()]

    @property
    def rule_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.RULE]

    @property
    def has_rule(self) -> bool:
        given = self.initial or {}
        return any(given.get(name) for name in self.RULE[:-1]) or any(name in self.errors for name in self.RULE)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("due_day") and not data.get("due_month"):
            self.add_error("due_month", _("Give the month too."))
        if data.get("due_month") and not data.get("due_day"):
            self.add_error("due_day", _("Give the day too."))
        return data

    def task(self, known: dict[str, str]) -> dict[str, Any]:
        """`known`: codes of bodies by the words with which the clause named them before."""
        data = self.cleaned_data
        agencies = [
            {"part": part, "written": words, "agency": known.get(words, "")}
            for part in AgencyPart
            for words in _lines(data.get(part.value, ""))
        ]
        return {
            "text": data["text"],
            "recurrence": data["recurrence"] or Recurrence.ONGOING,
            "due": {"year": data["due_year"], "month": data["due_month"], "day": data["due_day"]},
            "tiers": data["tiers"],
            "agencies": agencies,
            "indicator": data["indicator"].code if data["indicator"] else "",
            "activity_kinds": data["activity_kinds"],
            "observances": data["observances"],
            "themes": data["themes"],
            "programmes": data["programmes"],
            "source_kinds": data["source_kinds"],
            "measures": data["measures"],
            "evidence": data["evidence"],
            "at_least": data["at_least"] or 1,
        }


def _lines(words: str) -> list[str]:
    return [line for line in (" ".join(each.split())[:200] for each in words.splitlines()) if line]


FigureFormSet = forms.formset_factory(FigureForm, extra=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS, can_delete=True)
DutyFormSet = forms.formset_factory(DutyForm, extra=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS, can_delete=True)


def initial_of(clause: ParsedClause | None) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """What the three forms begin with for a clause that is there."""
    if clause is None:
        return {}, [], []
    figures = [
        {
            "indicator": target.indicator,
            "cohort": target.cohort,
            "year": target.year,
            "figure": target.figure,
            "baseline_year": target.baseline_year,
            "baseline_value": target.baseline_value,
            "remark": target.remark,
        }
        for target in clause.targets
    ]
    duties = [
        {
            **task.model_dump(include={"text", "recurrence", "tiers", "indicator", *DutyForm.RULE}),
            "due_day": task.due.day,
            "due_month": task.due.month,
            "due_year": task.due.year,
            **{
                part.value: "\n".join(each.written for each in task.agencies if each.part == part)
                for part in AgencyPart
            },
        }
        for task in clause.tasks
    ]
    return clause.model_dump(include={"path", "kind", "heading", "text"}), figures, duties


def clause_from(
    words: WordsForm, figures: forms.BaseFormSet, duties: forms.BaseFormSet, known: ParsedClause | None
) -> ParsedClause | None:
    """The clause that valid forms describe; None with an error at the words where it cannot be one. What the document
    itself says of a figure («written») stays while the figure does."""
    written = {(t.indicator, t.cohort, t.year, t.figure): t.written for t in known.targets} if known else {}
    codes = {a.written: a.agency for task in known.tasks for a in task.agencies} if known else {}
    targets = []
    for form in figures:
        target = form.target() if form.has_changed() or form.initial else None
        if target is not None and not form.cleaned_data.get("DELETE"):
            key = (target["indicator"], target["cohort"], target["year"], target["figure"])
            targets.append(target | {"written": written.get(key, "")})
    tasks = [
        form.task(codes)
        for form in duties
        if (form.has_changed() or form.initial) and form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]
    data = words.cleaned_data
    try:
        return ParsedClause.model_validate(
            {
                "path": data["path"].strip(),
                "kind": data["kind"],
                "heading": " ".join(data["heading"].split()),
                "text": data["text"].replace("\r\n", "\n").strip(),
                "targets": targets,
                "tasks": tasks,
            }
        )
    except BadFields as error:
        for problem in error.errors():
            field = str(problem["loc"][0]) if problem["loc"] and problem["loc"][0] in words.fields else None
            words.add_error(field, str(problem.get("ctx", {}).get("sentence") or problem["msg"]))
        return None


class IssueForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Number of the document"), max_length=60, help_text=gettext_lazy("As printed: 169/KH-UBND")
    )
    issued_on = date_field(gettext_lazy("Day of issue"))
    version = forms.CharField(widget=forms.HiddenInput)


class ActWanted(ActFields):
    """An act may be named and need not be."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["act_number"].required = False


class ReplaceForm(ActWanted):
    other = PlanChoice(label=gettext_lazy("Plan that takes its place"), queryset=Plan.objects.none())
    effective_on = date_field(gettext_lazy("From"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, required=False)

    field_order = ["other", "effective_on", "reason", "act_number", "act_title", "act_issuer", "act_issued_on"]

    def __init__(self, *args: Any, plans: QuerySet[Plan], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = plans


class RetireForm(ActWanted):
    effective_on = date_field(gettext_lazy("From"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    field_order = ["effective_on", "reason", "act_number", "act_title", "act_issuer", "act_issued_on"]


class InheritForm(ActFields):
    unit = Choice(label=gettext_lazy("Unit that takes it over"), queryset=AdminUnit.objects.none())
    effective_on = date_field(gettext_lazy("From"))
    reason = forms.CharField(label=gettext_lazy("Remark"), max_length=2000, required=False)

    field_order = ["unit", "effective_on", "act_number", "act_title", "act_issuer", "act_issued_on", "reason"]

    def __init__(self, *args: Any, units: QuerySet[AdminUnit], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units


class DropClauseForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput)
