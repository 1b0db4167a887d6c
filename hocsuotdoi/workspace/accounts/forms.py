from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.operations.devices import LONGEST_DAYS
from hocsuotdoi.accounts.operations.powers import LONGEST_MINUTES, SHORTEST_REASON
from hocsuotdoi.accounts.roles import ROLES
from hocsuotdoi.core.names import readable_name


def _day(**attributes) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attributes})


class RoleFilter(forms.Form):
    q = forms.CharField(label=_("Name or e-mail"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("All")), *RoleName.choices])
    past = forms.BooleanField(label=_("Ended roles too"), required=False)


class PlaceSearch(forms.Form):
    q = forms.CharField(label=_("Where? Name of a unit, an agency or an institution"), required=False)


class RoleGive(forms.Form):
    """To whom, which role, until when. `roles` are those that the giver may give at the place."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    email = forms.EmailField(
        label=_("E-mail of the person"), widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"})
    )
    full_name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=120,
        validators=[readable_name],
        help_text=_("Only if the person has no account yet: it is opened with this name."),
    )
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=_day(),
        help_text=_("The first day without the role. Leave empty if it is not known."),
    )

    def __init__(self, *args, roles: list[RoleName], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (role.value, _("{role}. {description}").format(role=role.label, description=ROLES[role].description))
            for role in roles
        ]
        if len(roles) == 1:
            self.fields["role"].initial = roles[0].value

    def clean(self) -> dict:
        given = super().clean()
        email = given.get("email")
        self.person = Person.objects.filter(email__iexact=email).first() if email else None
        if email and self.person is None and not given.get("full_name"):
            self.add_error(
                "full_name", _("There is no account for this address yet. Give the person's name to open one.")
            )
        return given


class PowersForm(forms.Form):
    reason = forms.CharField(
        label=_("What do you need the powers for?"),
        min_length=SHORTEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=format_lazy(
            _("At least {shortest} letters. Kept for good; auditors can read it."), shortest=SHORTEST_REASON
        ),
    )
    minutes = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        initial=30,
        choices=[(minutes, _("{minutes} minutes").format(minutes=minutes)) for minutes in (15, 30, LONGEST_MINUTES)],
        widget=forms.RadioSelect,
    )


class DeviceInvite(forms.Form):
    name = forms.CharField(
        label=_("Whose phone or tablet?"),
        max_length=80,
        help_text=_("So that you know it again in the list: “the phone of chị Lan”, “the tablet of the reading room”."),
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        initial=30,
        choices=[(days, _("{days} days").format(days=days)) for days in (1, 7, 30, 90, LONGEST_DAYS)],
        widget=forms.RadioSelect,
        help_text=_("After that it has to be enrolled again. A lost one can be revoked at once."),
    )


EVERYTHING = "all"


class AuditFilter(forms.Form):
    kind = forms.ChoiceField(label=_("Of what"), required=False)
    email = forms.EmailField(label=_("Changed by (e-mail)"), required=False)
    first = forms.DateField(label=_("From"), required=False, widget=_day())
    last = forms.DateField(label=_("To"), required=False, widget=_day())

    def __init__(self, *args, kinds: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            ("", _("Plans, targets, roles, institutions")),
            (EVERYTHING, _("Everything")),
            *kinds,
        ]

    def clean(self) -> dict:
        given = super().clean()
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", _("This day lies before the first."))
        return given
