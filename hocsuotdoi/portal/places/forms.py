"""What the public may ask of the lists."""

import datetime as dt

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.places.enums import CENTRES, LIBRARIES, MUSEUMS, InstitutionClass, Tier
from hocsuotdoi.places.queries.units import units_on_map

GROUPS = {"library": LIBRARIES, "museum": MUSEUMS, "centre": CENTRES}


class InstitutionFilter(forms.Form):
    """GET. A wrong value is left out, never an error page."""

    q = forms.CharField(required=False, widget=forms.HiddenInput)
    unit = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    province = forms.ChoiceField(label=gettext_lazy("Province or city"), required=False)
    open_now = forms.BooleanField(label=gettext_lazy("Open now"), required=False)

    def __init__(self, data: dict, *, day: dt.date) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [
            ("", _("All kinds")),
            ("library", _("Libraries")),
            ("museum", _("Museums and heritage sites")),
            ("centre", _("Culture centres and houses")),
            *((value, label) for value, label in InstitutionClass.choices),
        ]
        provinces = units_on_map(day, Tier.PROVINCE).values_list("code", "name")
        self.fields["province"].choices = [("", _("The whole country")), *provinces]

    def wished(self, name: str) -> str:
        """What was asked for, empty where it makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""

    def classes(self) -> list[str] | None:
        kind = self.wished("kind")
        return sorted(GROUPS.get(kind, {kind})) if kind else None
