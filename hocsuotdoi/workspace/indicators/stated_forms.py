"""Figures of one institution on a phone, and the two questions before they are written."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.table_file import whole_number
from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.enums import StatedColumn, columns_of
from hocsuotdoi.indicators.queries.stated import Asked, Change, Planned, Sheet
from hocsuotdoi.places.models import Institution

EMPTIED_ASKED = 50
"""So many figures whose cells came back empty are asked about one by one."""


class CountField(forms.CharField):
    """A whole number read as a sheet's cell is: empty is nothing said, 0 is none."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> int | None:
        try:
            return whole_number(str(super().clean(value)))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class InstitutionFiguresForm(forms.Form):
    """One field for each column of the institution. What was stated before stands in it; emptying it takes that back.

    What the page showed goes along, so that nobody takes back what somebody else has just stated.
    """

    def __init__(self, data: Any, *, sheet: Sheet, institution: Institution) -> None:
        super().__init__(data)
        self.sheet, self.institution = sheet, institution
        self.columns = columns_of(institution.institution_class)
        for column in self.columns:
            stated = sheet.quantity((institution.pk, column))
            self.fields[column.name.lower()] = CountField(
                label=capfirst(str(column.label)),
                required=False,
                initial="" if stated is None else stated,
                help_text=self._known(column),
            )
            self.fields[_shown(column)] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial="" if stated is None else stated
            )
        self.fields["source"] = forms.CharField(
            label=_("Where the figures are from"),
            help_text=_("For instance: told by phone, a paper report"),
            max_length=300,
        )

    def _known(self, column: StatedColumn) -> str:
        recorded = self.sheet.recorded.get((self.institution.pk, column), 0)
        if recorded <= 0:
            return ""
        return _("The system has recorded {count} by itself: give only what comes in addition.").format(
            count=number(recorded)
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for column in self.columns:
            stated = self.sheet.quantity((self.institution.pk, column))
            if cleaned.get(_shown(column), "") != ("" if stated is None else str(stated)):
                self.add_error(
                    None, _("Somebody else has entered figures meanwhile. Open the page again and look at them.")
                )
                break
        return cleaned

    def asked(self) -> list[Asked]:
        """What differs from what stands."""
        found = []
        for column in self.columns:
            quantity = self.cleaned_data.get(column.name.lower())
            if quantity != self.sheet.quantity((self.institution.pk, column)):
                found.append(Asked(self.institution.code, column, quantity))
        return found


class ConfirmForm(forms.Form):
    """Asks only what the plan needs. `seen` says which plan was looked at. Of many figures whose cells came back empty
    the first are asked about one by one, and all of them at once."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, plan: Planned, has_bounds: bool = False) -> None:
        super().__init__(data, initial={"seen": plan.digest})
        self.emptied = [each.key for each in plan.emptied]
        if plan.beside:
            self.fields["in_addition"] = forms.BooleanField(
                label=_("These figures come in addition to what the system has recorded; nothing is counted twice"),
            )
        if has_bounds:
            self.fields["looked_at"] = forms.BooleanField(
                label=_("I have looked at the figures marked above again: they are right"),
            )
        if plan.emptied:
            self.fields["take_away"] = forms.MultipleChoiceField(
                label=_("Take these figures away"),
                help_text=_("What is not ticked stays in the book."),
                choices=[(each.key, _emptied(each)) for each in plan.emptied[:EMPTIED_ASKED]],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        if len(plan.emptied) > EMPTIED_ASKED:
            self.fields["take_all"] = forms.BooleanField(
                label=_("Take all {count} figures away whose cells came back empty").format(
                    count=number(len(plan.emptied))
                ),
                required=False,
            )
        if plan.needs_reason or plan.emptied:
            self.fields["reason"] = forms.CharField(
                label=_("Why figures stated before are changed"), max_length=300, required=plan.needs_reason
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("take_all"):
            cleaned["take_away"] = self.emptied
        if cleaned.get("take_away") and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why figures stated before are changed."))
        return cleaned


def _emptied(change: Change) -> str:
    return f"{change.institution.name}: {capfirst(str(change.column.label))}, {number(change.before)} ({change.at})"


class UndoForm(forms.Form):
    reason = forms.CharField(label=_("Why it is undone"), max_length=300)


def _shown(column: StatedColumn) -> str:
    return f"shown_{column.name.lower()}"
