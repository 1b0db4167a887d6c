"""Sums as people type them, and what is asked with each."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.core.templatetags.house import number, shorten
from hocsuotdoi.programme.enums import MoneySource
from hocsuotdoi.programme.models import Plan, Task
from hocsuotdoi.programme.models.money import DEAREST

_GROUPED = re.compile(r"\d{1,3}(?:[., ]\d{3})+|\d+", re.ASCII)


class MoneyField(forms.Field):
    """Whole đồng, with or without points between the thousands; «12.000.000»."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("In đồng, for example 12.000.000"))
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        text = " ".join(str(value or "").replace("\N{NO-BREAK SPACE}", " ").split()).removesuffix("đồng").strip()
        if not text:
            return None
        if not _GROUPED.fullmatch(text):
            raise ValidationError(_("Type a whole number of đồng, for example 12.000.000."))
        amount = int(re.sub(r"[., ]", "", text)[:20])
        if amount > DEAREST:
            raise ValidationError(_("A sum lies between 0 and a million billion đồng."))
        return amount


class LineForm(forms.Form):
    plan = forms.ModelChoiceField(label=gettext_lazy("Plan"), queryset=Plan.objects.none(), empty_label=None)
    task = forms.ModelChoiceField(
        label=gettext_lazy("Task of the plan"),
        queryset=Task.objects.none(),
        required=False,
        empty_label=gettext_lazy("for none in particular"),
    )
    purpose = forms.CharField(label=gettext_lazy("For what"), max_length=300)
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=MoneySource.choices)
    source_name = forms.CharField(
        label=gettext_lazy("Who gives it"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Of donations and other sources: the company, association or person."),
    )
    estimated = MoneyField(label=gettext_lazy("Estimated"), required=False)

    def __init__(self, *args: Any, plans: list[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [plan.pk for plan in plans]
        self.fields["plan"].queryset = Plan.objects.filter(pk__in=keys)
        self.fields["task"].queryset = (
            Task.objects.filter(plan__in=keys).select_related("clause").order_by("plan", "ordinal")
        )
        self.fields["task"].label_from_instance = lambda task: f"{task.clause.path}. {shorten(task.text, 110)}"


class _Versioned(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class EstimateForm(_Versioned):
    amount = MoneyField(label=gettext_lazy("Estimated"), required=False)
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("An empty sum takes the estimate back; then say why."),
    )


class AppraiseForm(_Versioned):
    amount = MoneyField(label=gettext_lazy("Appraised"))
    remark = forms.CharField(
        label=gettext_lazy("Remark of the finance office"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Where it differs from the estimate: why."),
    )


class AllocateForm(_Versioned):
    amount = MoneyField(label=gettext_lazy("Allocated"))
    act = forms.CharField(
        label=gettext_lazy("Decision"),
        max_length=120,
        help_text=gettext_lazy("Number and day; of a donation, the paper on which it stands."),
    )


class SpendForm(_Versioned):
    amount = MoneyField(label=gettext_lazy("Spent so far, in all"))
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("If it is more than was allocated: where the rest comes from."),
    )
