"""What staff fill in about visits of classes."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.activities.enums import Subject
from hocsuotdoi.activities.forms import choices_of
from hocsuotdoi.activities.models import Activity, ClassBooking, SchoolProgramme
from hocsuotdoi.activities.models.booking import grade_in_words
from hocsuotdoi.activities.operations.roll import MOST_IN_A_CELL
from hocsuotdoi.activities.operations.school import LARGEST_VISIT, LAST_GRADE
from hocsuotdoi.activities.queries.school import Agreement, Headcount
from hocsuotdoi.core.templatetags.house import clock, day
from hocsuotdoi.places.models import Room

OTHER = "other"
YEARS = range(2000, 2101)


def _number(label: Any, lowest: int, highest: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=lowest,
        max_value=highest,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        **options,
    )


def _area(label: Any, *, rows: int, longest: int, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=longest,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ProgrammeForm(forms.Form):
    """What schools are told of an activity."""

    is_bookable = forms.BooleanField(label=_("Classes may ask for a visit"), required=False)
    grades = forms.TypedMultipleChoiceField(
        label=_("For which grades"),
        required=False,
        coerce=int,
        choices=lambda: [(str(grade), capfirst(grade_in_words(grade))) for grade in range(LAST_GRADE + 1)],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: for every grade"),
    )
    subjects = forms.MultipleChoiceField(
        label=_("School subjects"), required=False, choices=choices_of(Subject), widget=forms.CheckboxSelectMultiple
    )
    knowledge = _area(_("What pupils learn"), rows=4, longest=2000)
    skills = _area(_("Life skills that pupils practise"), rows=3, longest=2000)
    bring = forms.CharField(
        label=_("What the class brings"), required=False, max_length=500, help_text=_("Notebook, pencil, hat, water …")
    )
    minutes = _number(_("How many minutes it takes"), 15, 600)
    most_people = _number(_("Most people at one time, adults included"), 1, LARGEST_VISIT)

    @staticmethod
    def values_of(activity: Activity, told: SchoolProgramme) -> dict[str, Any]:
        on_activity = {name: getattr(activity, name) for name in ("is_bookable", "grades", "subjects")}
        return on_activity | {
            name: getattr(told, name) for name in ("knowledge", "skills", "bring", "minutes", "most_people")
        }


class ConfirmForm(forms.Form):
    """One of the moments the class proposed, or another that was agreed by phone."""

    moment = forms.ChoiceField(label=_("When"), widget=forms.RadioSelect)
    day = forms.DateField(
        label=_("The other day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    time = forms.TimeField(
        label=_("Starts at"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    minutes = _number(_("How many minutes it takes"), 15, 600)
    room = forms.ModelChoiceField(
        label=_("Room"), required=False, queryset=Room.objects.none(), empty_label=_("None of ours")
    )
    venue = forms.CharField(label=_("Place, if not in a room of ours"), required=False, max_length=200)
    answer = _area(
        _("A word to the teacher"), rows=2, longest=500, help_text=_("Where to meet, whom to ask for, what to prepare")
    )

    def __init__(self, *args: Any, booking: ClassBooking, minutes: int, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.booking = booking
        self.fields["moment"].choices = [
            (str(number), f"{clock(moment)}, {day(moment)}") for number, moment in enumerate(booking.proposed)
        ] + [(OTHER, _("Another day, agreed by phone"))]
        self.fields["moment"].initial = "0"
        self.fields["minutes"].initial = minutes
        rooms = list(booking.institution.rooms.order_by("name"))
        field = self.fields["room"]
        field.queryset = booking.institution.rooms.all()
        field.choices = [("", field.empty_label)] + [(room.pk, f"{room.name} ({room.capacity})") for room in rooms]
        if not rooms:
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        good = super().clean() or self.cleaned_data
        chosen = good.get("moment")
        if chosen == OTHER:
            other, time = good.get("day"), good.get("time")
            if other is None or time is None or other.year not in YEARS:
                self.add_error("day", _("Give the day and the time that you agreed on."))
            else:
                good["starts_at"] = timezone.make_aware(dt.datetime.combine(other, time))
        elif chosen is not None:
            good["starts_at"] = self.booking.proposed[int(chosen)]
        return {name: value for name, value in good.items() if name not in ("moment", "day", "time")}


class AskForm(forms.Form):
    answer = _area(
        _("What should the teacher change?"),
        rows=2,
        longest=500,
        required=True,
        help_text=_("Other days, another time, fewer people: the teacher reads it and changes the request."),
    )


class DeclineForm(forms.Form):
    answer = _area(_("Why can the class not come?"), rows=2, longest=500, required=True)


class AgreementForm(forms.Form):
    number = forms.CharField(label=_("Number of the agreement"), max_length=60)
    agreed_on = forms.DateField(label=_("Signed on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    by_school = forms.CharField(label=_("Signed for the school by"), max_length=120)
    by_institution = forms.CharField(label=_("Signed for the institution by"), max_length=120)

    @staticmethod
    def values_of(agreement: Agreement | None) -> dict[str, Any]:
        if agreement is None:
            return {}
        return {name: getattr(agreement, name) for name in AgreementForm.base_fields}


class HeadcountForm(forms.Form):
    girls = _number(_("Girls"), 0, MOST_IN_A_CELL)
    boys = _number(_("Boys"), 0, MOST_IN_A_CELL)
    adults = _number(_("Teachers and parents"), 0, MOST_IN_A_CELL)

    @staticmethod
    def values_of(headcount: Headcount) -> dict[str, Any]:
        return {name: getattr(headcount, name) for name in HeadcountForm.base_fields}


class ReportForm(forms.Form):
    report = _area(
        _("What did the class do?"),
        rows=5,
        longest=5000,
        required=True,
        help_text=_(
            "A few sentences for the school: what the pupils saw, made, asked. The numbers are added by itself."
        ),
    )
