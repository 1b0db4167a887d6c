"""What may be asked of an indicator's page, by GET; a wrong value is left out, never an error page."""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext, gettext_lazy

from hocsuotdoi.core.vietnamese import sort_key
from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap
from hocsuotdoi.indicators.queries.open_data import unit_key
from hocsuotdoi.indicators.queries.sums import is_counted
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
    """`year`: the one that is shown; `cohorts`: to choose from; `shown`: the one of them that is shown."""

    unit = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int, required=False)
    cohort = forms.ChoiceField(label=gettext_lazy("Of whom"), required=False)

    def __init__(
        self,
        data: dict,
        *,
        today: dt.date,
        unit: AdminUnit | None,
        year: int,
        cohorts: list[Cohort],
        shown: Cohort | None,
    ) -> None:
        super().__init__(data)
        whole = country()
        units = [whole, *units_on_map(today, Tier.PROVINCE)]
        if unit is not None and unit not in units:
            units.append(unit)
        self.units = {unit_key(each): each for each in units}
        self.fields["unit"].choices = [(key, named(each)) for key, each in self.units.items()]
        self.fields["year"].choices = [(each, each) for each in years_to_ask(today, year)]
        self.fields["cohort"].choices = sorted(
            ((each.code, each.name) for each in cohorts), key=lambda each: sort_key(each[1])
        )
        self.is_valid()
        self.taken = Taken(
            unit=unit or self.units.get(self.cleaned_data.get("unit") or "") or whole,
            year=year,
            cohort=shown,
        )
        # What is shown is what was taken, also when the address said nothing or something else.
        code = self.taken.cohort.code if self.taken.cohort else ""
        self.initial = {"unit": unit_key(self.taken.unit), "year": self.taken.year, "cohort": code}
        self.is_bound = False


class YearForm(forms.Form):
    year = forms.IntegerField(required=False, min_value=2000, max_value=2100)


@dataclass(frozen=True, slots=True)
class AskedYear:
    """`doubt`: why it is another than the one asked for; empty where it is not."""

    year: int
    doubt: str = ""


def years_to_ask(today: dt.date, shown: int | None = None) -> list[int]:
    """The newest first; last an earlier one that is `shown`."""
    years = list(range(today.year, min(FIRST_YEAR, today.year) - 1, -1))
    return years if shown is None or shown in years else [*years, shown]


def asked_year(data: dict, today: dt.date) -> AskedYear:
    """The year from the address; this year where none, or none that can be asked for. A year before the programme can
    be, as the base of growth, where something was counted in it: that costs a query."""
    form = YearForm(data)
    year = form.cleaned_data["year"] if form.is_valid() else 0
    years = years_to_ask(today)
    if year is None or year in years or (0 < year < years[-1] and is_counted(year)):
        return AskedYear(today.year if year is None else year)
    sentence = gettext(
        "There is nothing of “{asked}” to be shown. What you see is {year}; from {first} to {last} can be chosen."
    )
    asked = str(data.get("year", ""))[:20]
    return AskedYear(today.year, sentence.format(asked=asked, year=today.year, first=years[-1], last=years[0]))
