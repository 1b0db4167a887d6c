"""What the public may ask of the lists."""

import datetime as dt

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.enums import CENTRES, LIBRARIES, MUSEUMS, InstitutionClass, Tier
from hocsuotdoi.places.queries.units import MAP_KNOWN_FROM, units_on_map

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


class DayForm(forms.Form):
    """The day of the map, from the address."""

    on = forms.DateField(required=False)

    def day(self, today: dt.date) -> dt.date:
        """The day asked for; today where it was none, or one of which no map is known."""
        return today if self.doubt(today) else self._asked() or today

    def doubt(self, today: dt.date) -> str:
        """Why another day is shown than the one asked for; empty where it is not."""
        if not self.is_valid():
            return _("“%(day)s” is no day; write day/month/year. What you see is the map of today.") % {
                "day": str(self.data.get("on", ""))[:20]
            }
        asked = self._asked()
        if asked is not None and asked > today:
            return _("The map of %(day)s is not known yet. What you see is the map of today.") % {
                "day": day_short(asked)
            }
        if asked is not None and asked < MAP_KNOWN_FROM:
            return _("Maps are known from %(first)s on, not of %(day)s. What you see is the map of today.") % {
                "first": day_short(MAP_KNOWN_FROM),
                "day": day_short(asked),
            }
        return ""

    def _asked(self) -> dt.date | None:
        return self.cleaned_data.get("on")
