"""What a table of counts is asked by, by GET: the address of a table is the table."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hocsuotdoi.indicators.queries.dated_map import why_not_known
from hocsuotdoi.indicators.queries.open_data import first_day_of, period_ends
from hocsuotdoi.indicators.queries.pivot import DIMENSION_LABELS, DIMENSIONS, Map, Period, Question, Side
from hocsuotdoi.indicators.queries.story import lower_first
from hocsuotdoi.indicators.queries.told import why_not_told
from hocsuotdoi.indicators.queries.totals import Slice
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, Purpose, Sex
from hocsuotdoi.ledger.operations.posting import EARLIEST
from hocsuotdoi.places.enums import InstitutionClass, Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.portal.indicators.map_choice import map_day_field, map_field, named

MOST_PERIODS = 120
"""Ten years of months."""
_NOT_KNOWN = "unknown"
"""In an address, for what is not known: an empty value would be left out of it."""

Choices = list[tuple[str, str | Promise]]


_SIDES: Choices = [(side.value, DIMENSION_LABELS[dimension]) for side, dimension in DIMENSIONS.items()]
_ONCE = {dimension.value: side.value for side, dimension in DIMENSIONS.items()}
"""How links of before call what rows and columns are laid out by."""


def as_asked_today(data: QueryDict) -> QueryDict:
    """The address in the words that this page and the API share. Links of before go on working, and so does what
    programs are asked by: a year, or the day of a map as the map."""
    asked = data.copy()
    for name in ("rows", "columns"):
        if asked.get(name) in _ONCE:
            asked[name] = _ONCE[asked[name]]
    if "level" in asked:
        asked.setdefault("tier", asked["level"])
        del asked["level"]
    for name, month in (("first", 1), ("last", 12)):
        if re.fullmatch(r"\d{4}", asked.get(name, ""), re.ASCII):
            asked[name] = f"{asked[name]}-{month:02}"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", asked.get("map", ""), re.ASCII):
        asked["map"], asked["day"] = Map.DAY.value, asked["map"]
    return asked


class MonthField(forms.Field):
    """A month as browsers send it, «2026-11», or as people write it, «11/2026»; its first day."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"})

    def to_python(self, value: str | None) -> dt.date | None:
        if not value:
            return None
        found = re.fullmatch(r"(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4})", value.strip())
        try:
            year, month = (found[1] or found[4], found[2] or found[3]) if found else ("", "")
            return dt.date(int(year), int(month), 1)
        except ValueError:
            raise ValidationError(_("Give month and year, for example 11/2026.")) from None


class PivotForm(forms.Form):
    """`units`: to choose from, by code. A mistake is said at its field and no table is drawn."""

    measures = forms.MultipleChoiceField(
        label=gettext_lazy("What is counted"),
        choices=MeasureCode.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one thing that is counted.")},
    )
    unit = forms.ChoiceField(label=gettext_lazy("Where"))
    tier = forms.ChoiceField(label=gettext_lazy("By which units"))
    rows = forms.ChoiceField(label=gettext_lazy("Rows"), choices=_SIDES)
    columns = forms.ChoiceField(label=gettext_lazy("Columns"), required=False)
    first = MonthField(label=gettext_lazy("From month"))
    last = MonthField(label=gettext_lazy("To month"))
    period = forms.ChoiceField(
        label=gettext_lazy("Each period is"),
        choices=[
            (Period.YEAR, gettext_lazy("a year")),
            (Period.QUARTER, gettext_lazy("a quarter")),
            (Period.MONTH, gettext_lazy("a month")),
        ],
    )
    map = map_field(required=True)
    day = map_day_field()
    origin = forms.ChoiceField(
        label=gettext_lazy("Recorded or typed in"),
        required=False,
        choices=[
            ("", gettext_lazy("both")),
            ("recorded", gettext_lazy("recorded as it happened")),
            ("stated", gettext_lazy("typed in")),
        ],
    )

    chart = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    sort = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    """The kind of picture, and the column that rows are ordered by: what the table has not is left out."""

    FILTERS = ("classes", "purposes", "channels", "sexes", "age_bands")
    MORE = (*FILTERS, "origin")

    def __init__(self, data: Any, *, units: dict[str, AdminUnit], today: dt.date) -> None:
        super().__init__(data)
        self.units, self.today = units, today
        for name, label, codes in [
            ("classes", gettext_lazy("Class of institution"), InstitutionClass),
            ("purposes", gettext_lazy("Purpose"), Purpose),
            ("channels", gettext_lazy("Channel"), Channel),
            ("sexes", gettext_lazy("Sex"), Sex),
            ("age_bands", gettext_lazy("Age"), AgeBand),
        ]:
            unknown: Choices = [(_NOT_KNOWN, pgettext_lazy("of an entry", "not known"))] if name != "classes" else []
            self.fields[name] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[*codes.choices, *unknown],
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["unit"].choices = [(code, named(unit)) for code, unit in units.items()]
        self.fields["tier"].choices = [
            ("", gettext_lazy("this place itself")),
            (Tier.PROVINCE, gettext_lazy("provinces and cities")),
            (Tier.DISTRICT, gettext_lazy("districts (until 30 June 2025)")),
            (Tier.COMMUNE, gettext_lazy("wards and communes")),
        ]
        self.fields["tier"].required = False
        self.fields["columns"].choices = [("", gettext_lazy("none")), *_SIDES]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.MORE]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.MORE)

    @property
    def narrowed(self) -> list[tuple[str, str, str]]:
        """(field's name, its label, what was ticked in words), of a valid form."""
        found = []
        for name in self.MORE:
            chosen = self.cleaned_data[name]
            codes = [chosen] if isinstance(chosen, str) else chosen
            labels = {code: str(label) for code, label in self.fields[name].choices}
            if words := ", ".join(labels[code] for code in codes if code):
                found.append((name, lower_first(str(self.fields[name].label)), words))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last:
            self._check_time(first, last, data.get("period", ""))
        if data.get("rows") and data.get("rows") == data.get("columns"):
            self.add_error("columns", _("Rows and columns are laid out by the same: choose another for one of them."))
        sides = {data.get("rows"), data.get("columns")}
        if len(data.get("measures") or []) > 1 and Side.MEASURE not in sides and not self.errors:
            self.add_error(
                "columns",
                _("Different counts are never added together: lay the rows or the columns out by what is counted."),
            )
        if data.get("map") == Map.DAY and not data.get("day") and "day" not in self.errors:
            self.add_error("day", _("Say the day of the map."))
        if data.get("map") == Map.DAY and data.get("day") and (why := why_not_known(data["day"], self.today)):
            self.add_error("day", why)
        if not self.errors:
            field, sentence = why_not_told(self.question(), self.today)
            if sentence:
                self.add_error(field, sentence)
        return data

    def _check_time(self, first: dt.date, last: dt.date, period: str) -> None:
        months = {Period.YEAR: 12, Period.QUARTER: 3}.get(Period(period) if period else Period.YEAR, 1)
        if first > last:
            self.add_error("last", _("The last month lies before the first."))
        elif first < EARLIEST:
            self.add_error("first", _("Nothing is counted before {year}.").format(year=EARLIEST.year))
        elif last.year > self.today.year + 1:
            self.add_error("last", _("That month is still far off: nothing can be counted in it yet."))
        elif ((last.year - first.year) * 12 + last.month - first.month) // months >= MOST_PERIODS:
            self.add_error("period", _("That is too many periods: at most {most}.").format(most=MOST_PERIODS))

    def question(self) -> Question:
        """What was asked, in whole periods; only of a valid form."""
        data = self.cleaned_data
        unit = self.units[data["unit"]]
        filters = {
            name: tuple(dict.fromkeys("" if value == _NOT_KNOWN else value for value in data[name]))
            for name in self.FILTERS
        }
        period = Period(data["period"])
        return Question(
            wanted=Slice(
                tuple(dict.fromkeys(data["measures"])),
                stated={"recorded": False, "stated": True}.get(data["origin"]),
                **filters,
            ),
            unit=unit,
            tier=Tier(data["tier"] or unit.tier),
            rows=DIMENSIONS[Side(data["rows"])],
            columns=DIMENSIONS[Side(data["columns"])] if data["columns"] else None,
            period=period,
            first=first_day_of(data["first"], period),
            last=period_ends(first_day_of(data["last"], period), period) - dt.timedelta(days=1),
            map=Map(data["map"]),
            map_day=data["day"],
        )


def first_question(today: dt.date) -> dict[str, Any]:
    """What the page shows when nobody has asked yet: who came to activities, province by province, over five years."""
    return {
        "measures": [MeasureCode.PROGRAMME_ATTENDANCE],
        "unit": "VN",
        "tier": Tier.PROVINCE,
        "rows": Side.UNIT,
        "columns": Side.PERIOD,
        "first": f"{today.year - 4}-01",
        "last": f"{today.year}-12",
        "period": Period.YEAR,
        "map": Map.TODAY,
    }
