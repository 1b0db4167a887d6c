"""What is asked of planners who set a cycle up."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, Tier
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import CommandLine, CycleKind, Detail, ReportsTo, Section
from hocsuotdoi.reporting.models import Cycle, CycleReminder, CycleRule
from hocsuotdoi.reporting.operations.cycle import FIRST_DAY, LAST_DAY
from hocsuotdoi.reporting.operations.presets import CycleGiven, ReminderGiven, RuleGiven

YEARLY, MID_TERM, FINAL, FREE = "yearly", "mid_term", "final", "free"
FIRST_YEAR, LAST_YEAR = 2023, 2050
_REPORTING_TIERS = [(tier.value, tier.label) for tier in (Tier.COMMUNE, Tier.PROVINCE, Tier.COUNTRY)]


_NOT_BETWEEN = _("A day of a cycle lies between 2000 and 2100.")


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    between = [MinValueValidator(FIRST_DAY, _NOT_BETWEEN), MaxValueValidator(LAST_DAY, _NOT_BETWEEN)]
    return forms.DateField(label=label, help_text=help_text, widget=_Day(), validators=between)


class StartForm(forms.Form):
    """From what a new cycle begins; everything can be changed afterwards."""

    begin_from = forms.ChoiceField(label=_("Begin from"), widget=forms.RadioSelect)
    owner = forms.ModelChoiceField(label=_("Whose cycle"), queryset=Agency.objects.none(), empty_label=None)
    year = forms.IntegerField(
        label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR, help_text=_("Of the last figures asked for")
    )
    code = forms.CharField(
        label=_("Code"), max_length=60, help_text=_("Stands in the address: small letters, digits, hyphens")
    )
    by_command = forms.MultipleChoiceField(
        label=_("Who reports through its own ministry"),
        choices=[
            (CommandLine.EDUCATION, _("Education: to the Ministry of Education and Training; culture gets a copy")),
            (CommandLine.MILITARY, _("Army: to the Ministry of National Defence, in totals only")),
            (CommandLine.POLICE, _("Police: to the Ministry of Public Security, in totals only")),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Without a tick it reports to culture in its province, as the programme’s plans ask. Either way everything "
            "is added up once. For the country’s yearly report and reviews; a copy keeps what it was copied from."
        ),
    )

    def __init__(self, *args: Any, owners: QuerySet[Agency], earlier: list[Cycle], day: dt.date, **kwargs: Any) -> None:
        initial = {"begin_from": YEARLY, "year": day.year, "code": f"nam-{day.year}", **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["owner"].queryset = owners
        self.fields["begin_from"].choices = [
            (YEARLY, _("The yearly report")),
            (MID_TERM, _("The mid-term review of 2025")),
            (FINAL, _("The final review of 2030")),
            *((str(each.pk), _("A copy of “{title}”").format(title=each.title)) for each in earlier),
            (FREE, _("Something else: only your own body reports until you say who else")),
        ]


class CycleForm(forms.Form):
    """The cycle as a whole."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=CycleKind.choices)
    starts_on = _day(_("Figures from"))
    last_day = _day(_("Figures until"), _("The last day of the period"))
    counted_until = _day(
        _("Looked at until"),
        _(
            "While the period still runs: the last day of which facts are looked at. What is held later in the year is "
            "added by the yearly report of the year after."
        ),
    )
    map_on = _day(_("On the map of"), _("Units, bodies and institutions as they were on this day"))
    opens_on = _day(_("Opens on"))
    due_on = _day(_("Units report before"))
    sections = forms.MultipleChoiceField(
        label=_("What the reports hold"), choices=Section.choices, widget=forms.CheckboxSelectMultiple
    )
    addressee = forms.CharField(label=_("The last report goes to"), max_length=200, required=False)

    @staticmethod
    def initial_of(cycle: Cycle) -> dict[str, Any]:
        own = ("version", "title", "kind", "starts_on", "counted_until", "map_on", "opens_on", "due_on")
        return {
            **{name: getattr(cycle, name) for name in (*own, "sections", "addressee")},
            "last_day": cycle.ends_on - dt.timedelta(days=1),
        }

    def given(self) -> CycleGiven:
        said = dict(self.cleaned_data)
        said.pop("version")
        ends_on = said.pop("last_day") + dt.timedelta(days=1)
        return CycleGiven(
            **{**said, "kind": CycleKind(said["kind"]), "sections": tuple(said["sections"]), "ends_on": ends_on}
        )


class RuleForm(forms.Form):
    """Who reports to whom. `rule`: which one was looked at, by whom it asks; its place among the others may change."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    rule = forms.CharField(required=False, widget=forms.HiddenInput)
    reporter_tier = forms.ChoiceField(label=_("Tier"), choices=_REPORTING_TIERS)
    reporter_kind = forms.ChoiceField(label=_("Which bodies report"), choices=AgencyKind.choices)
    line = forms.ChoiceField(label=_("Line of command"), choices=CommandLine.choices)
    due_on = _day(_("Report before"))
    to = forms.ChoiceField(label=_("The report goes to"), choices=ReportsTo.choices, widget=forms.RadioSelect)
    to_kind = forms.ChoiceField(
        label=_("Which kind of body there"),
        choices=[("", "–"), *AgencyKind.choices],
        required=False,
        help_text=_("For a body of the same unit or of the unit above"),
    )
    to_agency = forms.ModelChoiceField(
        label=_("Which body"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label="–",
        help_text=_("For one named body"),
    )
    detail = forms.ChoiceField(
        label=_("How fine"),
        choices=Detail.choices,
        help_text=_("The armed forces report totals only, which they type in with their source."),
    )
    copies_to = forms.MultipleChoiceField(
        label=_("Who reads along"),
        choices=AgencyKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Bodies of these kinds in the same unit and where the report goes: they read what was submitted."),
    )
    classes = forms.MultipleChoiceField(
        label=_("Institutions that it counts itself"),
        choices=InstitutionClass.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "None: it only adds up what is sent to it. An institution is counted once, whatever the rules say."
        ),
    )

    def __init__(self, *args: Any, named: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_agency"].queryset = named

    @staticmethod
    def name_of(rule: CycleRule) -> str:
        """No two rules of a cycle have the same."""
        return f"{rule.line}:{rule.reporter_kind}:{rule.reporter_tier}"

    @staticmethod
    def initial_of(rule: CycleRule) -> dict[str, Any]:
        own = ("reporter_tier", "reporter_kind", "line", "due_on", "to", "to_kind", "detail", "copies_to", "classes")
        found = {name: getattr(rule, name) for name in own}
        return {**found, "to_agency": rule.to_agency_id, "rule": RuleForm.name_of(rule)}

    def given(self) -> RuleGiven:
        """What the chosen way does not use is left out, so that a field that was not emptied is no mistake."""
        said = self.cleaned_data
        to = ReportsTo(said["to"])
        at_unit = to in (ReportsTo.SAME_UNIT, ReportsTo.UNIT_ABOVE)
        return RuleGiven(
            line=CommandLine(said["line"]),
            reporter_kind=AgencyKind(said["reporter_kind"]),
            reporter_tier=Tier(said["reporter_tier"]),
            to=to,
            due_on=said["due_on"],
            to_kind=said["to_kind"] if at_unit else "",
            to_agency=said["to_agency"] if to == ReportsTo.NAMED else None,
            detail=Detail(said["detail"]),
            classes=tuple(said["classes"]),
            copies_to=tuple(said["copies_to"]),
        )


class ReminderForm(forms.Form):
    """One day on which those who owe a report are reminded; without a number it is none."""

    number = forms.IntegerField(label=_("Days"), min_value=0, max_value=90, required=False)
    when = forms.ChoiceField(
        label=_("When"), choices=[("before", _("before the due day")), ("after", _("after the due day"))]
    )
    copy = forms.BooleanField(label=_("Whom the report goes to is told, too"), required=False)
    letter = forms.BooleanField(label=_("An official letter is to be made"), required=False)

    @staticmethod
    def initial_of(reminder: CycleReminder) -> dict[str, Any]:
        return {
            "number": abs(reminder.days),
            "when": "before" if reminder.days < 0 else "after",
            "copy": reminder.copy,
            "letter": reminder.letter,
        }

    def given(self) -> ReminderGiven | None:
        said = self.cleaned_data
        if said.get("number") is None:
            return None
        days = -said["number"] if said["when"] == "before" else said["number"]
        return ReminderGiven(days, said["copy"], said["letter"])


ReminderForms = forms.formset_factory(ReminderForm, extra=2, max_num=20, absolute_max=30)
