"""What we ask at sign-up beyond e-mail and password, and what a person may change later."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.names import readable_name


class SignUpForm(forms.Form):
    """Added to the sign-in library's own form, which saves the account and then calls `signup`."""

    full_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        validators=[readable_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("full_name", "email", "password1")

    def signup(self, request, person: Person) -> None:
        person.full_name = self.cleaned_data["full_name"]
        person.save(update_fields=["full_name"])


class PersonForm(forms.ModelForm):
    full_name = forms.CharField(
        label=_("full name"),
        max_length=120,
        validators=[readable_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    class Meta:
        model = Person
        fields = ("full_name", "phone", "language")
        widgets = {
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }
