"""What the public fills in: the filter of what's on, the join form, the code."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hocsuotdoi.activities.enums import ActivityKind, Audience, AudienceGroup, SpokenLanguage
from hocsuotdoi.activities.forms import choices_of
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.registration import CODE_LENGTH, LARGEST_GROUP
from hocsuotdoi.activities.queries.offer import DISTANCES
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.templatetags.house import clock, day
from hocsuotdoi.ledger.enums import AgeBand


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class WishForm(forms.Form):
    """Narrows what's on, by GET. A field with a mistake is left out of the wish and says so."""

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    unit = forms.CharField(required=False, max_length=5, widget=forms.HiddenInput)
    institution = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    month = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput)
    where = forms.CharField(
        label=_("Where"),
        required=False,
        max_length=80,
        help_text=_("A province, ward or commune, for example Bắc Kạn"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    within = forms.TypedChoiceField(
        label=_("How far from its centre"), required=False, coerce=int, empty_value=None, choices=lambda: _distances()
    )
    first_day = forms.DateField(label=_("From day"), required=False, widget=DayInput)
    last_day = forms.DateField(label=_("Until day"), required=False, widget=DayInput)
    kind = forms.ChoiceField(
        label=_("Kind of activity"), required=False, choices=choices_of(ActivityKind, empty=_("everything"))
    )
    audience = forms.ChoiceField(label=_("For whom"), required=False, choices=choices_of(Audience, empty=_("anybody")))
    age = forms.ChoiceField(label=_("Age"), required=False, choices=choices_of(AgeBand, empty=_("any age")))
    group = forms.ChoiceField(
        label=_("Meant in particular for"), required=False, choices=choices_of(AudienceGroup, empty=_("anybody"))
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=choices_of(SpokenLanguage, empty=_("any language"))
    )
    order = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("", _("Soonest first")), ("near", _("Nearest first"))]
    )
    free = forms.BooleanField(label=_("Only with free places"), required=False)
    online = forms.BooleanField(label=_("Can be followed on line"), required=False)

    def wished(self, field: str) -> Any:
        """The value of `field` where it is good."""
        return self.cleaned_data.get(field)


def _distances() -> list[tuple[int | str, str]]:
    near = [(km, _("Within {km} km").format(km=km)) for km in DISTANCES]
    return [("", _("Only in the place itself")), *near]


class SessionChoice(forms.ModelChoiceField):
    def label_from_instance(self, session: Session) -> str:
        when = f"{day(session.starts_at)}, {clock(session.starts_at)}"
        if session.places_left is None:
            return when
        left = ngettext("{left} place left", "{left} places left", session.places_left).format(left=session.places_left)
        return f"{when} ({left})"


class JoinForm(forms.Form):
    """Three fields and a session: one minute on a phone."""

    session = SessionChoice(label=_("When will you come?"), queryset=Session.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=30,
        help_text=_("Only to tell you if something changes. Deleted afterwards."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    group_size = forms.IntegerField(
        label=_("How many people are coming?"),
        min_value=1,
        max_value=LARGEST_GROUP,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def __init__(self, *args, sessions: list[Session], offered: list[Session], **kwargs):
        """`sessions`: all there are, so that the act can say what is wrong with one; `offered`: to choose from."""
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        field.queryset = Session.objects.filter(pk__in=[session.pk for session in sessions])
        field.widget = forms.RadioSelect() if len(offered) > 1 else forms.HiddenInput()
        if offered:
            field.initial = offered[0].pk
        # The sessions are here already: no query for the choices.
        field.choices = [(session.pk, field.label_from_instance(session)) for session in offered]


class CodeForm(forms.Form):
    """The code on the confirmation, however it is typed."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        code = "".join(char for char in self.cleaned_data["code"].upper() if char.isalnum())
        if len(code) != CODE_LENGTH:
            raise forms.ValidationError(_("The code has eight letters and digits, for example K7MR-3QXD."))
        return code
