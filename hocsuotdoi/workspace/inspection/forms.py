"""What is asked of people about inspections."""

import datetime as dt
import json
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.inspection.enums import ItemKind, Seen, Severity
from hocsuotdoi.inspection.models import ChecklistItem, VisitAnswer
from hocsuotdoi.inspection.models.visit import said_in
from hocsuotdoi.inspection.queries.changed import Shown
from hocsuotdoi.inspection.queries.choosing import MOST_WEIGHED
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.workspace.number_field import NumberField
from hocsuotdoi.workspace.places.forms import day_input


class PlanForm(forms.Form):
    agency = forms.TypedChoiceField(label=_("Body that inspects"), coerce=int)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("For example: Inspection of reading houses, second quarter")
    )
    decision = forms.CharField(
        label=_("Number and day of the decision"),
        required=False,
        max_length=120,
        help_text=_("As it stands in the decision; it is printed in the minutes."),
    )
    is_announced = forms.BooleanField(
        label=_("Announced to the institutions"),
        required=False,
        initial=True,
        help_text=_("They are told the day, and of every change. Otherwise they see the visit when the team is there."),
    )

    def __init__(self, *args: Any, offices: list[Agency], day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {each.pk: each for each in offices}
        self.fields["agency"].choices = [(pk, each.name) for pk, each in self.offices.items()]
        self.fields["year"].choices = [(year, str(year)) for year in (day.year, day.year + 1)]


class TeamMixin(forms.Form):
    team = forms.TypedMultipleChoiceField(
        label=_("Team"), widget=forms.CheckboxSelectMultiple, help_text=_("Each of them has the visit on their phone.")
    )
    leader = forms.ChoiceField(label=_("Leader of the team"))

    def offer(self, people: list[Person]) -> None:
        self.people = {str(each.pk): each for each in people}
        choices = [(key, str(each)) for key, each in self.people.items()]
        self.fields["team"].choices = choices
        self.fields["leader"].choices = choices

    def members(self) -> list[Any]:
        """The keys, the leader first."""
        leader = self.cleaned_data["leader"]
        return [self.people[key].pk for key in dict.fromkeys([leader, *self.cleaned_data["team"]])]


class ChooseForm(TeamMixin):
    """How many by which rule, out of which institutions, by whom, from which day on."""

    field_order = ("longest", "low", "lot", "seed", "unit", "classes", "first_on", "every", "team", "leader")

    unit = forms.ChoiceField(label=_("Out of the institutions in"))
    classes = forms.MultipleChoiceField(
        label=_("Of these kinds"),
        required=False,
        choices=InstitutionClass.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all that have a checklist."),
    )
    longest = forms.IntegerField(label=_("Not visited for longest"), min_value=0, max_value=200, initial=4)
    low = forms.IntegerField(
        label=_("Meeting the fewest criteria"),
        min_value=0,
        max_value=200,
        initial=4,
        help_text=format_lazy(
            _("Sought among at most {number} institutions: those that the lot takes first."),
            number=number(MOST_WEIGHED),
        ),
    )
    lot = forms.IntegerField(label=_("Drawn by lot"), min_value=0, max_value=200, initial=2)
    seed = forms.CharField(
        label=_("Seed of the lot"),
        max_length=40,
        help_text=_("A number or word said aloud. With the same one the lot falls on the same institutions again."),
    )
    first_on = forms.DateField(label=_("First visit on"), widget=day_input())
    every = forms.IntegerField(label=_("Days between two visits"), min_value=0, max_value=60, initial=1)

    def __init__(self, *args: Any, units: list[AdminUnit], people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {each.code: each for each in units}
        self.fields["unit"].choices = [(code, each.name) for code, each in self.units.items()]
        self.offer(people)


class VisitForm(TeamMixin):
    """One visit more, chosen by hand."""

    field_order = ("institution", "planned_on", "team", "leader")

    institution = forms.SlugField(
        label=_("Code of the institution"), max_length=120, help_text=_("As it stands in the register.")
    )
    planned_on = forms.DateField(label=_("Day of the visit"), widget=day_input())

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(people)


class ChangeForm(TeamMixin):
    field_order = ("planned_on", "team", "leader", "version")
    planned_on = forms.DateField(label=_("Day of the visit"), widget=day_input())
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(people)


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why it is cancelled"), max_length=300)


class AnswerForm(forms.Form):
    """One question; where the team has a network and no phone. `was`: the stamp of the answer that the page showed.
    `holds` is asked only where somebody has answered since: see `asked_which_holds`."""

    seen = forms.ChoiceField(label=_("What was seen"), required=False, choices=Seen.choices, widget=forms.RadioSelect)
    number = NumberField(label=_("Number"), least=0)
    words = forms.CharField(label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))

    holds = forms.ChoiceField(
        label=_("Which answer holds"),
        choices=[("", _("choose")), ("theirs", _("the one above")), ("mine", _("mine, as I wrote it here"))],
        error_messages={
            "required": _("Somebody has answered this since you opened the page: it stands above. Choose which holds.")
        },
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, item: ChecklistItem, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"item-{item.pk}", **kwargs)
        self.item = item
        if self.add_prefix("holds") not in self.data:
            del self.fields["holds"]
        if item.kind != ItemKind.YES_NO:
            not_here = (Seen.NOT_APPLICABLE.value, Seen.NOT_APPLICABLE.label)
            self.fields["seen"] = forms.ChoiceField(
                label=_("Otherwise"), required=False, choices=[("", _("answered below")), not_here]
            )
        if item.kind != ItemKind.NUMBER:
            del self.fields["number"]
        if item.kind == ItemKind.WORDS:
            self.fields["words"].label = _("In words")

    @property
    def given(self) -> tuple[str, Decimal | None, str]:
        given = self.cleaned_data
        return given.get("seen", ""), given.get("number"), given["words"]

    @property
    def is_to_be_kept(self) -> bool:
        """It says something, and something else than the page showed."""
        seen, number, words = self.given
        says_something = bool(seen or number is not None or words)
        is_news = not self.cleaned_data["was"].endswith(said_in(seen, number, words))
        return says_something and is_news and self.cleaned_data.get("holds") != "theirs"

    def asked_which_holds(self, stands: VisitAnswer) -> "AnswerForm":
        """The same as it was written, beside what somebody else has answered since; not valid until one chooses."""
        again = {self.add_prefix("was"): stands.stamp, self.add_prefix("holds"): ""}
        return AnswerForm({**self.data.dict(), **again}, item=self.item)


class FindingForm(forms.Form):
    severity = forms.ChoiceField(label=_("Kind"), choices=Severity.choices, initial=Severity.SHORTCOMING)
    item = forms.ModelChoiceField(
        label=_("To the question"), queryset=ChecklistItem.objects.none(), required=False, empty_label=_("none")
    )
    text = forms.CharField(
        label=pgettext_lazy("at an inspection", "What was found"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    demand = forms.CharField(
        label=_("What is to be done"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_on = forms.DateField(label=_("To be mended by"), required=False, widget=day_input())

    def __init__(self, *args: Any, checklist: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = ChecklistItem.objects.filter(checklist=checklist)


class CheckForm(forms.Form):
    is_mended = forms.ChoiceField(
        label=_("Has it been mended?"),
        choices=[("yes", _("It has been mended")), ("no", _("It has not been mended yet"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What you saw when you looked again"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )


class OpinionForm(forms.Form):
    met = forms.CharField(label=_("Who speaks for the institution"), max_length=300, help_text=_("Name and office"))
    opinion = forms.CharField(
        label=_("What the institution says to it"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class CloseForm(forms.Form):
    met = forms.CharField(label=_("Who spoke for the institution"), max_length=300, help_text=_("Name and office"))
    conclusion = forms.CharField(label=_("Conclusion"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(widget=forms.HiddenInput)
    known = forms.JSONField(widget=forms.HiddenInput, required=False)

    def show(self, known: Shown) -> None:
        """What the page shows of the visit goes along with the form: whoever closes has seen what is closed. A form
        that was refused is shown again beside what stands now."""
        told = {
            "findings": {str(key): moment.isoformat() for key, moment in known.findings.items()},
            "answers": {str(key): moment.isoformat() for key, moment in known.answers.items()},
        }
        if self.is_bound:
            self.data = self.data.copy()
            self.data["known"] = json.dumps(told)
        else:
            self.initial["known"] = told

    def clean_known(self) -> Shown:
        try:
            told = self.cleaned_data["known"]
            return Shown(
                {uuid.UUID(key): dt.datetime.fromisoformat(at) for key, at in told["findings"].items()},
                {int(key): dt.datetime.fromisoformat(at) for key, at in told["answers"].items()},
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return Shown({}, {})  # a form without it has seen nothing


class PhotoForm(forms.Form):
    file = forms.FileField(
        label=_("Picture"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_(
            "No faces, no names of readers: it shows the state of things. Where it was taken is removed from it."
        ),
    )
    shows = forms.CharField(label=_("What it shows"), required=False, max_length=200)


class ChecklistForm(forms.Form):
    """A body's own list, as text. `seen`: by body, the version of its list that the page knew."""

    owner = forms.TypedChoiceField(label=_("List of"), coerce=int)
    title = forms.CharField(label=_("Title"), max_length=200)
    source = forms.CharField(label=_("Legal basis"), required=False, max_length=300)
    text = forms.CharField(
        label=_("Questions"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("A line each: “== part”, “? question of yes or no”, “# a number”, “… words”."),
    )
    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, offices: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {each.pk: each for each in offices}
        self.fields["owner"].choices = [(pk, each.name) for pk, each in self.offices.items()]

    @property
    def version_seen(self) -> int:
        """Of the chosen body's list. A form without it has seen none."""
        seen = self.cleaned_data["seen"]
        version = seen.get(str(self.cleaned_data["owner"])) if isinstance(seen, dict) else None
        return version if isinstance(version, int) else 0

    def shown_again(self, owner: int, version: int) -> None:
        """Beside what stands now: what is sent next has seen that."""
        seen = self.cleaned_data["seen"]
        self.data = self.data.copy()
        self.data["seen"] = json.dumps({**(seen if isinstance(seen, dict) else {}), str(owner): version})


class FiguresForm(forms.Form):
    """Which place and year."""

    unit = forms.ChoiceField(label=_("Place"))
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args: Any, units: list[AdminUnit], day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {each.code: each for each in units}
        self.fields["unit"].choices = [(code, each.name) for code, each in self.units.items()]
        self.fields["year"].choices = [(year, str(year)) for year in range(day.year, day.year - 4, -1)]
