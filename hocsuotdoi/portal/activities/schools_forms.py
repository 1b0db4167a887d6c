"""What a teacher fills in: the filter of programmes, the request for a visit."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.activities.enums import Subject
from hocsuotdoi.activities.forms import Options, choices_of
from hocsuotdoi.activities.models import Activity, ClassBooking
from hocsuotdoi.activities.models.booking import grade_in_words
from hocsuotdoi.activities.operations.school import ASKED, LARGEST_VISIT, LAST_GRADE, MOST_MOMENTS
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.portal.activities.forms import DayInput

YEARS = range(2000, 2101)
MORNING = dt.time(8)


def grades_of(activity: Activity | None = None, *, empty: str | Promise = "") -> Options:
    grades = (activity.grades if activity else None) or range(LAST_GRADE + 1)
    first = [("", capfirst(str(empty)))] if empty else []
    return first + [(str(grade), capfirst(grade_in_words(grade))) for grade in grades]


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ProgrammeFilterForm(forms.Form):
    """Narrows the programmes, by GET. A field with a mistake is left out of the wish and says so."""

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    unit = forms.CharField(required=False, max_length=5, widget=forms.HiddenInput)
    institution = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    grade = forms.TypedChoiceField(
        label=_("Grade"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: grades_of(empty=_("any grade")),
    )
    subject = forms.ChoiceField(
        label=_("School subject"), required=False, choices=choices_of(Subject, empty=_("any subject"))
    )
    where = forms.CharField(
        label=_("Where"),
        required=False,
        max_length=80,
        help_text=_("A province, ward or commune, for example Bắc Kạn"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def wished(self, field: str) -> Any:
        """The value of `field` where it is good."""
        return self.cleaned_data.get(field)


def _people(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=LARGEST_VISIT,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        **options,
    )


def _text(label: Any, *, rows: int, longest: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class BookingForm(forms.Form):
    """A class asks for a visit. The moments are three pairs of a day and a time, the best first."""

    class_name = forms.CharField(label=_("Class"), max_length=60, help_text=_("For example 7A1"))
    school = forms.CharField(
        label=_("School"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    grade = forms.TypedChoiceField(label=_("Grade"), coerce=int)
    subject = forms.ChoiceField(
        label=_("School subject"), required=False, choices=choices_of(Subject, empty=_("none in particular"))
    )
    girls = _people(_("Girls"))
    boys = _people(_("Boys"))
    adults = _people(_("Teachers and parents"), initial=2)
    day_1 = forms.DateField(label=_("Best day"), widget=DayInput)
    time_1 = forms.TimeField(label=_("Arrival"), widget=TimeInput, initial=MORNING)
    day_2 = forms.DateField(label=_("Or this day"), required=False, widget=DayInput)
    time_2 = forms.TimeField(label=_("Arrival"), required=False, widget=TimeInput)
    day_3 = forms.DateField(label=_("Or this day"), required=False, widget=DayInput)
    time_3 = forms.TimeField(label=_("Arrival"), required=False, widget=TimeInput)
    teacher = forms.CharField(
        label=_("Teacher in charge"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        help_text=_("The institution calls to settle the day. Deleted once it is no longer kept."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("Then the answer and the report come by e-mail as well."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    wishes = _text(
        _("What the class wants to learn, special needs"),
        rows=3,
        longest=2000,
        help_text=_("Also pupils in a wheelchair, with weak hearing, allergies"),
    )
    transport = forms.CharField(
        label=_("How the class comes"), required=False, max_length=300, help_text=_("On foot, by bus, time on the way")
    )
    risks = _text(_("What to take care of on the way and there"), rows=2, longest=2000)
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = grades_of(activity, empty=_("choose the grade"))
        subjects = activity.subjects
        if len(subjects) == 1:
            self.fields["subject"].initial = subjects[0]

    def clean(self) -> dict[str, Any]:
        """Put the pairs together as `proposed`."""
        good = super().clean() or self.cleaned_data
        proposed = []
        for number in range(1, MOST_MOMENTS + 1):
            day, time = good.get(f"day_{number}"), good.get(f"time_{number}")
            if not day:
                continue
            if day.year not in YEARS:
                self.add_error(f"day_{number}", _("Check the year."))
                continue
            proposed.append(timezone.make_aware(dt.datetime.combine(day, time or MORNING)))
        good["proposed"] = proposed
        return good

    def asked(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ASKED}

    @staticmethod
    def values_of(booking: ClassBooking) -> dict[str, Any]:
        values = {name: getattr(booking, name) for name in ASKED if name != "proposed"}
        for number, moment in enumerate(booking.proposed, start=1):
            local = timezone.localtime(moment)
            values |= {f"day_{number}": local.date(), f"time_{number}": local.time()}
        return values

    # The parts of the page, in the order of a teacher's thoughts.

    def class_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("class_name", "school", "grade", "subject")]

    def people_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("girls", "boys", "adults")]

    def moment_fields(self) -> list[list[forms.BoundField]]:
        return [[self[f"day_{number}"], self[f"time_{number}"]] for number in range(1, MOST_MOMENTS + 1)]

    def contact_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("teacher", "phone", "email")]

    def wish_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("wishes", "transport", "risks")]
