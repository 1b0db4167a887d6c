"""What is asked of people about tasks."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.file_kind import EVIDENCE
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import AssignmentState, EvidenceVerdict
from hocsuotdoi.programme.operations.assignment import STEPS, HandedIn

_DATE = {"type": "date"}


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Several files; each is looked at by the act."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(_FilesField, self).clean(each, initial) for each in data or []]


def files_field() -> forms.FileField:
    accepted = ",".join(f".{ending}" for ending in sorted({*EVIDENCE, "jpeg"}))
    return _FilesField(
        label=_("Photos and files"),
        required=False,
        widget=_Files(attrs={"accept": accepted}),
        help_text=_("Pictures, PDF, texts and tables; at most 20 MB each."),
    )


class StepForm(forms.Form):
    """How far it is. The choices are the states that follow the present one."""

    state = forms.ChoiceField(label=_("How far is it?"), widget=forms.RadioSelect)
    percent = forms.IntegerField(label=_("How far, in percent"), required=False, min_value=0, max_value=100)
    note = forms.CharField(
        label=_("In words"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    files = files_field()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, state: str, version: int, **kwargs: Any) -> None:
        initial = {"version": version, "state": AssignmentState.DOING, **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["state"].choices = [(each.value, _SAID[each]) for each in STEPS[AssignmentState(state)]]
        if state not in (AssignmentState.TO_DO, AssignmentState.DOING):
            self.fields["note"].required = True
            self.fields["note"].label = _("Why is it taken up again?")
            del self.fields["percent"]


_SAID = {
    AssignmentState.DOING: _("It is under way"),
    AssignmentState.DONE: _("It is done"),
    AssignmentState.CANNOT: _("It cannot be done (say why)"),
}


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
    files = files_field()


class EvidenceForm(forms.Form):
    """About one happening."""

    source_kind = forms.CharField(max_length=60, widget=forms.HiddenInput)
    source_id = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=EvidenceVerdict.choices, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class DateForm(forms.Form):
    due_on = forms.DateField(label=_("New day"), required=False, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("Why"), max_length=1000)


class DropForm(forms.Form):
    reason = forms.CharField(label=_("Why it is asked no longer"), max_length=1000)


class PlaceForm(forms.Form):
    """Where and for which year a task is handed down."""

    unit = forms.ChoiceField(label=_("In"))
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args: Any, units: list[AdminUnit], day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(each.code, each.name) for each in units]
        self.fields["year"].choices = [(year, str(year)) for year in (day.year, day.year + 1)]


class HandDownForm(forms.Form):
    """What holds for all of them; each body's own day stands beside it."""

    starts_on = forms.DateField(
        label=_("Begins on"), required=False, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    due_on = forms.DateField(
        label=_("To be done by"), required=False, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    remark = forms.CharField(
        label=_("What you expect"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In a sentence or two: those who are to do it read this first."),
    )
    indicator = forms.ModelChoiceField(
        label=_("Figure that it serves"), queryset=Indicator.objects.none(), required=False, empty_label=_("none")
    )

    def __init__(self, *args: Any, indicators: "QuerySet[Indicator]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = indicators


class OwnTaskForm(forms.Form):
    """What no plan asks. `key` makes that the same form sent twice is one act."""

    title = forms.CharField(label=_("What is to be done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(
        label=_("Why it is asked"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("An inspection, a directive, an event: those who are to do it read this first."),
    )
    due_on = forms.DateField(
        label=_("To be done by"), required=False, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    indicator = forms.ModelChoiceField(
        label=_("Figure that it serves"),
        queryset=Indicator.objects.order_by("ordinal", "code"),
        required=False,
        empty_label=_("none"),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)


def handed_in(files: list[Any]) -> list[HandedIn]:
    return [HandedIn(each.name, each.read()) for each in files]
