"""Forms of a register entry."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hocsuotdoi.places.enums import InstitutionState, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, Equipment, Institution, Room
from hocsuotdoi.places.models.institution import WEEKDAYS
from hocsuotdoi.places.operations.institution import Span
from hocsuotdoi.places.operations.register import index

SPANS_A_DAY = 3
MOST_ROWS = 300
NOT_CHOSEN = _("not chosen yet")


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class _SaysNotChosen(forms.ModelForm):
    """Where nothing is chosen yet, it says so instead of Django's row of dashes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = NOT_CHOSEN if field.empty_label is not None else None
            elif isinstance(field, forms.ChoiceField):
                field.choices = [(value, label if value else NOT_CHOSEN) for value, label in field.choices]


class EntryForm(_SaysNotChosen):
    website = forms.URLField(label=_("website"), required=False, assume_scheme="https")

    class Meta:
        model = Institution
        fields = ("name", "institution_class", "phone", "email", "website", "about")
        widgets = {"phone": forms.TextInput(attrs={"type": "tel"}), "about": forms.Textarea(attrs={"rows": 4})}

    def save(self, commit: bool = True) -> Institution:
        index(self.instance)
        return super().save(commit)


class RoomForm(forms.ModelForm):
    class Meta:
        model = Room
        fields = ("name", "capacity")


class EquipmentForm(_SaysNotChosen):
    class Meta:
        model = Equipment
        fields = ("kind", "room", "quantity", "usable", "checked_on")
        labels = {"room": _("In which room")}
        widgets = {"checked_on": day_input()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        quantity, usable = data.get("quantity"), data.get("usable")
        if quantity is not None and usable is not None and usable > quantity:
            self.add_error("usable", _("No more can be usable than there are."))
        return data


_ROWS = {"extra": 2, "can_delete": True, "max_num": MOST_ROWS, "absolute_max": MOST_ROWS}
RoomFormSet = forms.inlineformset_factory(Institution, Room, form=RoomForm, **_ROWS)
EquipmentFormSet = forms.inlineformset_factory(Institution, Equipment, form=EquipmentForm, **_ROWS)


class StatusForm(forms.Form):
    state = forms.ChoiceField(label=pgettext_lazy("of an institution", "State"), choices=InstitutionState.choices)
    starts_on = forms.DateField(label=_("From"), widget=day_input())
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("Visitors read this on the institution's page.")
    )


class PlacementForm(forms.Form):
    """The unit is found by its code, which the search on the same page fills in."""

    unit = forms.CharField(label=_("Code of the ward or commune"), max_length=5)
    address = forms.CharField(label=_("Address"), required=False, max_length=300)
    starts_on = forms.DateField(label=_("From"), widget=day_input())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        code, day = data.get("unit"), data.get("starts_on")
        if code and day:
            unit = AdminUnit.objects.on(day).exclude(tier=Tier.COUNTRY).filter(code=code.strip()).first()
            if unit is None:
                self.add_error("unit", _("No unit bears this code on that day. Look it up by name below."))
            data["unit"] = unit
        return data


class RunnerForm(forms.Form):
    """The body is found by its code, which the search on the same page fills in."""

    agency = forms.ModelChoiceField(
        label=_("Code of the body"),
        queryset=Agency.objects.filter(is_sample=False),
        to_field_name="code",
        widget=forms.TextInput,
        error_messages={"invalid_choice": _("No body bears this code. Look it up by name below.")},
    )
    starts_on = forms.DateField(label=_("From"), widget=day_input())


class HoursForm(forms.Form):
    """Up to three openings a day, Monday to Sunday; empty pairs are closed times."""

    starts_on = forms.DateField(label=_("These hours hold from"), widget=day_input())

    def __init__(self, *args: Any, week: list[list[tuple[dt.time, dt.time]]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = [(number, capfirst(name)) for number, name in WEEKDAYS]
        for day, name in self.days:
            known = (week or [[]] * 7)[day]
            for number in range(SPANS_A_DAY):
                opens, closes = known[number] if number < len(known) else (None, None)
                self._add(f"opens_{day}_{number}", opens, _("{day}: opens").format(day=name))
                self._add(f"closes_{day}_{number}", closes, _("{day}: closes").format(day=name))

    def _add(self, name: str, initial: dt.time | None, label: str) -> None:
        widget = forms.TimeInput(attrs={"type": "time", "aria-label": label}, format="%H:%M")
        self.fields[name] = forms.TimeField(label=label, required=False, initial=initial, widget=widget)

    def rows(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """Each weekday with its pairs of fields, for the table."""
        return [
            (name, [(self[f"opens_{day}_{n}"], self[f"closes_{day}_{n}"]) for n in range(SPANS_A_DAY)])
            for day, name in self.days
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for day, name in self.days:
            for number in range(SPANS_A_DAY):
                opens, closes = data.get(f"opens_{day}_{number}"), data.get(f"closes_{day}_{number}")
                if (opens is None) != (closes is None):
                    raise forms.ValidationError(
                        _("%(day)s: give both when it opens and when it closes, or neither."), params={"day": name}
                    )
        return data

    def spans(self) -> list[Span]:
        data = self.cleaned_data
        return [
            (day, data[f"opens_{day}_{n}"], data[f"closes_{day}_{n}"])
            for day, _name in self.days
            for n in range(SPANS_A_DAY)
            if data.get(f"opens_{day}_{n}")
        ]
