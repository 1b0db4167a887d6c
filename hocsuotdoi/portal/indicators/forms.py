"""What may be asked of an indicator's page, by GET; a wrong value is left out, never an error page."""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.vietnamese import sort_key
from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap
from hocsuotdoi.indicators.queries.open_data import unit_key
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import country, units_on_map
from hocsuotdoi.portal.indicators.map_choice import map_query, named
from hocsuotdoi.portal.indicators.words import unit_query

FIRST_YEAR = 2022
"""The year of Decision 1520."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was asked for, or what stands in its place. `cohort` None: there is none to choose from."""

    unit: AdminUnit
    year: int
    cohort: Cohort | None
    map: ChosenMap = TODAYS_MAP

    @property
    def query(self) -> dict[str, object]:
        """What the addresses of all that belongs to it keep."""
        cohort = self.cohort.code if self.cohort else ""
        return {**unit_query(self.unit), "year": self.year, "cohort": cohort, **map_query(self.map)}


class ValueForm(forms.Form):
    """`cohorts`: to choose from; `shown`: the one of them that is shown."""

    unit = forms.ChoiceField(label=_("Where"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, required=False)
    cohort = forms.ChoiceField(label=_("Of whom"), required=False)

    def __init__(
        self, data: dict, *, today: dt.date, unit: AdminUnit | None, cohorts: list[Cohort], shown: Cohort | None
    ) -> None:
        super().__init__(data)
        whole = country()
        units = [whole, *units_on_map(today, Tier.PROVINCE)]
        if unit is not None and unit not in units:
            units.append(unit)
        self.units = {unit_key(each): each for each in units}
        self.fields["unit"].choices = [(key, named(each)) for key, each in self.units.items()]
        self.fields["year"].choices = [(year, year) for year in years_to_ask(today)]
        self.fields["cohort"].choices = sorted(
            ((each.code, each.name) for each in cohorts), key=lambda each: sort_key(each[1])
        )
        self.is_valid()
        self.taken = Taken(
            unit=unit or self.units.get(self.cleaned_data.get("unit") or "") or whole,
            year=self.cleaned_data.get("year") or today.year,
            cohort=shown,
        )
        # What is shown is what was taken, also when the address said nothing or something else.
        code = self.taken.cohort.code if self.taken.cohort else ""
        self.initial = {"unit": unit_key(self.taken.unit), "year": self.taken.year, "cohort": code}
        self.is_bound = False


class YearForm(forms.Form):
    year = forms.IntegerField(required=False)


def years_to_ask(today: dt.date) -> list[int]:
    """The newest first."""
    return list(range(today.year, min(FIRST_YEAR, today.year) - 1, -1))


def asked_year(data: dict, today: dt.date) -> int:
    """The year from the address; this year where none, or none that can be asked for."""
    form = YearForm(data)
    year = form.cleaned_data["year"] if form.is_valid() else None
    return year if year in years_to_ask(today) else today.year
