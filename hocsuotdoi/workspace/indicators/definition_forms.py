"""The form in which an indicator is put together: what is counted, of whom, narrowed how, and its words."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.vietnamese import normalise, sort_key
from hocsuotdoi.indicators.enums import CohortKind, Direction, IndicatorKind, MeasureKind
from hocsuotdoi.indicators.models import WORDS, Cohort, Criterion, Definition, Indicator, Measure
from hocsuotdoi.indicators.queries.definitions import cohort_of_classes, cohort_of_units, content_of
from hocsuotdoi.indicators.queries.preview import FIRST_YEAR
from hocsuotdoi.indicators.rules import problem_of
from hocsuotdoi.ledger.enums import AgeBand, Channel, Purpose, Sex
from hocsuotdoi.places.enums import CENTRES, LIBRARIES, MUSEUMS, InstitutionClass, Tier
from hocsuotdoi.places.models import AdminUnit

K = IndicatorKind
_COUNTING = {K.SHARE_OF_INSTITUTIONS, K.SHARE_OF_UNITS, K.UNITS_OF_UNITS, K.YES_NO}
ASKED_BY: dict[str, set[IndicatorKind]] = {
    "happenings": {K.COUNT, K.GROWTH, K.SHARE_OF_POPULATION, *_COUNTING},
    "stock": {K.STOCK, *_COUNTING},
    "over_happenings": {K.COUNT},
    "over_stock": {K.STOCK},
    "criterion": _COUNTING,
    "at_least": _COUNTING,
    "base_year": {K.GROWTH},
    "classes": set(K) - {K.SHARE_OF_POPULATION},
    "tier": {K.SHARE_OF_UNITS, K.UNITS_OF_UNITS},
    "residents": {K.SHARE_OF_POPULATION},
    "purposes": set(K) - {K.STOCK},
    "channels": set(K) - {K.STOCK},
    "age_bands": {K.COUNT},
    "sexes": {K.COUNT},
}
"""Which kinds ask for a field; what others hold of it is not looked at. components.css hides them by the same list."""

RESIDENTS = {
    "population": _("all residents"),
    "population_urban": _("of towns"),
    "population_rural": _("of the country"),
}
_GROUPS = [(_("Libraries"), LIBRARIES), (_("Museums"), MUSEUMS), (_("Culture and sport centres"), CENTRES)]
BASE_YEAR, FIRST_BASE_YEAR = 2022, 2000
"""What is offered, as the programme's own indicators have it (decision 137), and the earliest."""
NOTHING = ("", _("nothing chosen"))
_KIND_HELP = {
    K.COUNT: _("So many visits, sessions, loans… in the year"),
    K.STOCK: _("So many rooms, hours, members… on the last day of the year"),
    K.SHARE_OF_INSTITUTIONS: _("Of all libraries, so many per cent meet something"),
    K.YES_NO: _("Whether a place has it or not"),
    K.SHARE_OF_UNITS: _("Of all communes, so many per cent have it"),
    K.UNITS_OF_UNITS: _("So many of so many communes have it"),
    K.SHARE_OF_POPULATION: _("Of all residents, so many per cent took part"),
    K.GROWTH: _("How a count grows each year since the base year"),
}


def _many(label: Any, choices: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, help_text=help_text, widget=forms.CheckboxSelectMultiple
    )


class DefinitionForm(forms.Form):
    """`words_needed` False: only what a preview needs is looked at."""

    kind = forms.ChoiceField(
        label=_("What kind of figure is it?"),
        choices=[(kind.value, _KIND_HELP[kind]) for kind in _KIND_HELP],
        initial=K.COUNT,
        widget=forms.RadioSelect,
    )
    happenings = _many(_("What happened"), [])
    stock = forms.ChoiceField(label=_("What there is on a day"), required=False)
    over_happenings = _many(_("As a share of"), [], _("Everything of these measures, whoever it was; none: no share"))
    over_stock = forms.ChoiceField(label=_("As a share of"), required=False)
    criterion = forms.ChoiceField(
        label=_("A criterion that must be met"),
        required=False,
        help_text=_("Instead of a measure: one question of the programme's checklists"),
    )
    at_least = forms.IntegerField(label=_("At least so many"), min_value=1, initial=1, required=False)
    base_year = forms.IntegerField(
        label=_("Base year"),
        min_value=FIRST_BASE_YEAR,
        initial=BASE_YEAR,
        required=False,
        help_text=_("With which year it is compared. The programme's period begins in 2023, so its base year is 2022."),
    )
    classes = _many(_("Kinds of institutions"), [])
    tier = forms.ChoiceField(
        label=_("Units that are counted"),
        choices=[NOTHING, (Tier.COMMUNE, Tier.COMMUNE.label), (Tier.PROVINCE, Tier.PROVINCE.label)],
        required=False,
    )
    residents = forms.ChoiceField(label=_("Residents"), choices=list(RESIDENTS.items()), required=False)
    purposes = _many(_("Only for these purposes"), Purpose.choices)
    channels = _many(_("Only in these ways"), Channel.choices)
    age_bands = _many(_("Only of these ages"), AgeBand.choices)
    sexes = _many(_("Only of this sex"), Sex.choices)

    name = forms.CharField(label=_("Full name"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    short_name = forms.CharField(label=_("Short name"), max_length=120, help_text=_("As it stands in lists and charts"))
    definition = forms.CharField(label=_("Definition"), widget=forms.Textarea(attrs={"rows": 4}))
    numerator = forms.CharField(label=_("Numerator, or what is counted"), widget=forms.Textarea(attrs={"rows": 2}))
    denominator = forms.CharField(
        label=_("Denominator"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("For a share")
    )
    unit = forms.CharField(label=_("Unit of measure"), max_length=40, help_text=_("%, visits, hours a week…"))
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, initial=Direction.UP)
    source = forms.CharField(label=_("Source"), max_length=300)
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=300, help_text=_("The document that asks for it, with its number and day")
    )
    change_note = forms.CharField(
        label=_("What changes, and why"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    owner = forms.ChoiceField(label=_("Made by"))
    look_unit = forms.ChoiceField(label=_("Where"), required=False)
    look_year = forms.TypedChoiceField(label=_("Year"), coerce=int, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        owners: list[AdminUnit],
        looks: list[AdminUnit],
        today: dt.date,
        words_needed: bool = True,
        is_next: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        measures = sorted(Measure.objects.all(), key=lambda each: sort_key(each.name))
        happened = [(each.code, each.name) for each in measures if each.kind == MeasureKind.HAPPENING]
        there = [NOTHING, *((each.code, each.name) for each in measures if each.kind != MeasureKind.HAPPENING)]
        self.fields["happenings"].choices = self.fields["over_happenings"].choices = happened
        self.fields["stock"].choices = self.fields["over_stock"].choices = there
        self.fields["classes"].choices = _classes()
        self.fields["criterion"].choices = [NOTHING, *_criteria()]
        self.owners = {each.code: each for each in owners}
        self.fields["owner"].choices = [(each.code, each.name) for each in owners]
        self.looks = {each.code: each for each in looks}
        self.fields["look_unit"].choices = [(each.code, each.name) for each in looks]
        self.fields["look_year"].choices = [(year, year) for year in range(today.year, FIRST_YEAR - 1, -1)]
        self.today = today
        last = self.fields["base_year"].max_value = today.year - 1
        self.fields["base_year"].validators.append(MaxValueValidator(last))
        if not is_next:
            del self.fields["change_note"]
        if not words_needed:
            for field in [*WORDS, "direction", "owner"]:
                self.fields[field].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if kind is None:
            return data
        for name, kinds in ASKED_BY.items():
            if kind not in kinds:
                data[name] = [] if isinstance(self.fields[name], forms.MultipleChoiceField) else ""
                self._errors.pop(name, None)
        if not self.errors or set(self.errors) <= {*WORDS, "owner", "change_note"}:
            self.cohort = self._cohort(data)
            problem = problem_of(self.indicator(), self.cohort)
            if problem:
                self.add_error(self._field_of(problem.field, kind), problem.sentence)
        return data

    def content(self) -> dict[str, Any]:
        """By column, without the cohort."""
        data = self.cleaned_data
        stock, over_stock = data.get("stock"), data.get("over_stock")
        return {
            **{name: normalise(data.get(name) or "").strip() for name in WORDS},
            **{name: data[name] for name in ("kind", "purposes", "channels", "age_bands", "sexes", "criterion")},
            "direction": data.get("direction") or Direction.UP,
            "measures": [*data["happenings"], *([stock] if stock else [])],
            "over": [*data["over_happenings"], *([over_stock] if over_stock else [])],
            "at_least": data.get("at_least") or 1,
            "base_year": data.get("base_year") or None,
        }

    def indicator(self) -> Indicator:
        """What the form says, not stored: for a look."""
        return Indicator(code="preview", **self.content())

    @property
    def look(self) -> tuple[AdminUnit, int]:
        """Where and for which year one looks."""
        data = getattr(self, "cleaned_data", {})
        unit = self.looks.get(data.get("look_unit") or self.initial.get("look_unit") or "")
        return unit or next(iter(self.looks.values())), data.get("look_year") or self.today.year

    def part(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    def _cohort(self, data: dict[str, Any]) -> Cohort | None:
        kind = data["kind"]
        if kind in ASKED_BY["residents"]:
            return Cohort.objects.filter(code=data.get("residents") or "population").first()
        if kind in ASKED_BY["tier"]:
            return cohort_of_units(data["tier"], data["classes"]) if data["tier"] and data["classes"] else None
        return cohort_of_classes(data["classes"]) if data["classes"] else None

    def _field_of(self, field: str, kind: str) -> str:
        if field == "classes" and kind in ASKED_BY["tier"] and not self.cleaned_data.get("tier"):
            return "tier"
        if field in ("measures", "over"):
            prefix = "over_" if field == "over" else ""
            return f"{prefix}stock" if kind == K.STOCK else f"{prefix}happenings"
        return field


def initial_of(definition: Definition) -> dict[str, Any]:
    """A stored definition as the form shows it."""
    content = content_of(definition)
    stocks = set(Measure.objects.exclude(kind=MeasureKind.HAPPENING).values_list("code", flat=True))
    cohort = definition.cohort
    return {
        **content,
        "base_year": definition.base_year or BASE_YEAR,
        "happenings": [each for each in definition.measures if each not in stocks],
        "stock": next((each for each in definition.measures if each in stocks), ""),
        "over_happenings": [each for each in definition.over if each not in stocks],
        "over_stock": next((each for each in definition.over if each in stocks), ""),
        "classes": cohort.classes if cohort else [],
        "tier": cohort.tier if cohort and cohort.kind == CohortKind.UNITS else "",
        "residents": cohort.code if cohort and cohort.kind == CohortKind.POPULATION else "",
    }


class PublishForm(forms.Form):
    """The day from which a further version holds; a first version asks for none."""

    starts_on = forms.DateField(
        label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, is_first: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if is_first:
            del self.fields["starts_on"]


class RetireForm(forms.Form):
    ends_on = forms.DateField(
        label=_("Not computed any more from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("accepted", _("Accept: the statement of the staff holds")),
            ("rejected", _("Reject: what the program found holds")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you looked at, and why. Everybody reads it beside the answer."),
    )


def _classes() -> Iterable[tuple[Any, list[tuple[str, Any]]]]:
    grouped = {each for _name, group in _GROUPS for each in group}
    other = [each for each in InstitutionClass if each not in grouped]
    groups = [*_GROUPS, *([(_("Others"), other)] if other else [])]
    return [(name, [(each.value, each.label) for each in InstitutionClass if each in group]) for name, group in groups]


def _criteria() -> list[tuple[Any, list[tuple[str, str]]]]:
    """The questions of all checklists, each once, by the indicator that they decide about."""
    found: dict[str, dict[str, str]] = {}
    rows = Criterion.objects.select_related("criteria_set__indicator").order_by(
        "criteria_set__indicator__ordinal", "ordinal", "pk"
    )
    for row in rows:
        indicator = row.criteria_set.indicator
        found.setdefault(indicator.short_name, {}).setdefault(f"{indicator.code}/{row.code}", row.question)
    return [(name, list(questions.items())) for name, questions in found.items()]
