"""The legal act on which a change rests, as people name it in a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ActFields(forms.Form):
    """Known by its number; a new one with what belongs to it."""

    act_number = forms.CharField(
        label=_("Number of the legal act"),
        max_length=60,
        help_text=_("As printed: 202/2025/QH15. One that is known here needs nothing else."),
        widget=forms.TextInput(attrs={"list": "acts"}),
    )
    act_title = forms.CharField(label=_("Title of the act"), max_length=1000, required=False)
    act_issuer = forms.CharField(label=_("Issued by"), max_length=200, required=False)
    act_issued_on = forms.DateField(
        label=_("Day of the act"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def act(self) -> dict[str, Any]:
        """As `places.operations.legal_act.name_act` takes it."""
        data = self.cleaned_data
        return {name: data[f"act_{name}"] for name in ("number", "title", "issuer", "issued_on")}
