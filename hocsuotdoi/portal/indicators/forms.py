"""What may be asked of an indicator's page, by GET; a wrong value is left out, never an error page."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import country, units_on_map

FIRST_YEAR = 2022
"""The year of Decision 1520."""


class ValueForm(forms.Form):
    unit = forms.ChoiceField(label=_("Where"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, required=False)
    cohort = forms.ChoiceField(label=_("Of whom"), required=False)

    def __init__(self, data: dict, *, today: dt.date, unit: AdminUnit | None, cohorts: list[Cohort]) -> None:
        super().__init__(data)
        self.today = today
        whole = country()
        units = [whole, *units_on_map(today, Tier.PROVINCE)]
        if unit is not None and unit not in units:
            units.append(unit)
        self.units = {each.code: each for each in units}
        self.fields["unit"].choices = [(each.code, each.name) for each in units]
        self.fields["year"].choices = [(year, year) for year in range(today.year, FIRST_YEAR - 1, -1)]
        self.fields["cohort"].choices = [(each.code, each.name) for each in cohorts]
        self.is_valid()
        self.unit = unit or self.units.get(self.cleaned_data.get("unit") or "") or whole
        self.year: int = self.cleaned_data.get("year") or today.year
        asked = self.cleaned_data.get("cohort")
        self.cohort = next((each for each in cohorts if each.code == asked), cohorts[0] if cohorts else None)
        # What is shown is what was taken, also when the address said nothing or something else.
        self.initial = {"unit": self.unit.code, "year": self.year, "cohort": self.cohort.code if self.cohort else ""}
        self.is_bound = False


class DayForm(forms.Form):
    on = forms.DateField(required=False)


def asked_day(data: dict, today: dt.date) -> dt.date:
    """The day of the map from the address, today if none."""
    form = DayForm(data)
    return (form.cleaned_data["on"] if form.is_valid() else None) or today
