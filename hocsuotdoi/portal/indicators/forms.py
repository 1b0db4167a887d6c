"""What may be asked of an indicator's page, by GET; a wrong value is left out, never an error page."""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.vietnamese import sort_key
from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import country, units_on_map

FIRST_YEAR = 2022
"""The year of Decision 1520."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was asked for, or what stands in its place. `cohort` None: there is none to choose from."""

    unit: AdminUnit
    year: int
    cohort: Cohort | None


class ValueForm(forms.Form):
    """`cohorts`: to choose from, the one that is shown unasked first."""

    unit = forms.ChoiceField(label=_("Where"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, required=False)
    cohort = forms.ChoiceField(label=_("Of whom"), required=False)

    def __init__(self, data: dict, *, today: dt.date, unit: AdminUnit | None, cohorts: list[Cohort]) -> None:
        super().__init__(data)
        whole = country()
        units = [whole, *units_on_map(today, Tier.PROVINCE)]
        if unit is not None and unit not in units:
            units.append(unit)
        self.units = {each.code: each for each in units}
        self.fields["unit"].choices = [(each.code, each.name) for each in units]
        self.fields["year"].choices = [(year, year) for year in range(today.year, FIRST_YEAR - 1, -1)]
        self.fields["cohort"].choices = sorted(
            ((each.code, each.name) for each in cohorts), key=lambda each: sort_key(each[1])
        )
        self.is_valid()
        asked = self.cleaned_data.get("cohort")
        self.taken = Taken(
            unit=unit or self.units.get(self.cleaned_data.get("unit") or "") or whole,
            year=self.cleaned_data.get("year") or today.year,
            cohort=next((each for each in cohorts if each.code == asked), cohorts[0] if cohorts else None),
        )
        # What is shown is what was taken, also when the address said nothing or something else.
        code = self.taken.cohort.code if self.taken.cohort else ""
        self.initial = {"unit": self.taken.unit.code, "year": self.taken.year, "cohort": code}
        self.is_bound = False
