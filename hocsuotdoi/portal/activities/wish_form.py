"""The filter of what's on."""

from functools import lru_cache
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.activities.enums import ActivityKind, Audience, AudienceGroup, SpokenLanguage
from hocsuotdoi.activities.forms import choices_of
from hocsuotdoi.activities.queries.offer import DISTANCES
from hocsuotdoi.core.jinja import part
from hocsuotdoi.ledger.enums import AgeBand
from hocsuotdoi.portal.activities.forms import DayInput


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

    def drawn(self) -> SafeString:
        """The fields to be seen. One says the same to everybody who put the same into it, so each is drawn once."""
        language, data = get_language(), self.data
        return mark_safe(
            "".join(
                _drawn(self[name]) if name in self.errors else _drawn_once(language, name, data.get(name))
                for name, field in self.fields.items()
                if not field.widget.is_hidden
            )
        )

    def kept_by_search(self) -> list[tuple[str, str]]:
        """What a search for other words keeps of the filters, as inputs that are not seen."""
        values = ((name, self[name].value()) for name in self.fields if name not in ("q", "month", *self.errors))
        return [(name, "on" if value is True else str(value)) for name, value in values if value]

    def wished(self, field: str) -> Any:
        """The value of `field` where it is good."""
        return self.cleaned_data.get(field)


def _distances() -> list[tuple[int | str, str]]:
    near = [(km, _("Within {km} km").format(km=km)) for km in DISTANCES]
    return [("", _("Only in the place itself")), *near]


def _drawn(field: forms.BoundField) -> SafeString:
    return part("components/field.html", field=field, optional=False)


@lru_cache(maxsize=1024)
def _drawn_once(_language: str, name: str, value: str | None) -> SafeString:
    return _drawn(WishForm({} if value is None else {name: value})[name])
