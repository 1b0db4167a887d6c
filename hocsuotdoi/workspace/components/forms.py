"""A form with one field of each sort, for the components page only."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SpecimenForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=80, help_text=_("As people should read it, for example «A day of reading».")
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("reading_day", _("reading day")), ("talk", _("talk or seminar"))], required=False
    )
    starts_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    places = forms.IntegerField(label=_("Places"), min_value=0, required=False)
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        choices=[("reading", _("reading culture")), ("heritage", _("heritage and local history"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    audience = forms.ChoiceField(
        label=_("Audience"),
        choices=[("everyone", _("everyone")), ("children", _("children"))],
        widget=forms.RadioSelect,
    )
    description = forms.CharField(label=_("Description"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    publish = forms.BooleanField(label=_("Show it to the public at once"), required=False)
