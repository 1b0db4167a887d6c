"""What is asked of administrators who keep the register of bodies."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hocsuotdoi.core.names import readable_name
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.places.operations.load_units import in_sentence

_FIRST_DAY, _LAST_DAY = dt.date(1945, 9, 2), dt.date(2100, 1, 1)
_NAMES = {
    AgencyKind.FRONT: "Ủy ban Mặt trận Tổ quốc Việt Nam {unit}",
    AgencyKind.STUDY_ENCOURAGEMENT: "Hội Khuyến học {unit}",
}
"""As the bodies of before the reform are called (data/agencies.yaml)."""


def proposed_name(kind: str, unit: AdminUnit) -> str:
    pattern = _NAMES.get(AgencyKind(kind), "")
    return pattern.format(unit=in_sentence(unit.name))


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MinValueValidator(_FIRST_DAY), MaxValueValidator(_LAST_DAY)],
    )


def _name() -> forms.CharField:
    return forms.CharField(
        label=pgettext_lazy("of a body", "Name"),
        max_length=200,
        validators=[readable_name],
        help_text=_("In full, with its unit, as papers write it: plans find the body by this name."),
    )


class AgencyFilter(forms.Form):
    q = forms.CharField(label=_("Words of the name"), required=False, max_length=100)
    unit = forms.CharField(label=_("Unit, by name or code"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *AgencyKind.choices])
    ended = forms.BooleanField(label=_("Ended bodies too"), required=False)


class WhereForm(forms.Form):
    """Of what kind, and in which unit: found by its name."""

    kind = forms.ChoiceField(label=_("Kind"))
    q = forms.CharField(label=_("Name of the unit"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = AgencyForm.kinds().items()


class AgencyForm(forms.Form):
    name = _name()
    starts_on = _day(_("From"), _("The first day on which it stands."))
    superior = forms.ModelChoiceField(
        label=_("Superior"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label="–",
        help_text=_("Who commands it, where its branch has a line of its own."),
    )

    def __init__(self, *args: Any, superiors: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["superior"].queryset = superiors

    @staticmethod
    def kinds() -> dict[str, Any]:
        """What can be entered, with its words."""
        return {kind.value: kind.label for kind in AgencyKind if kind != AgencyKind.MINISTRY}


class NameForm(forms.Form):
    name = _name()


class EndForm(forms.Form):
    ends_on = _day(_("Ends on"), _("The first day without it."))
    reason = forms.CharField(
        label=_("Why"), max_length=500, help_text=_("For example the number and day of the decision that ends it.")
    )
    confirmed = forms.BooleanField(label=_("I have read this. End the body all the same."), required=False)
