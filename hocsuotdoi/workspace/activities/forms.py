"""What staff fill in to make and change activities and sessions."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.activities.enums import ActivityKind, Audience, Observance, Theme
from hocsuotdoi.activities.forms import choices_of
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.operations.activity import NewSession
from hocsuotdoi.activities.operations.session_checks import MOST_PLACES
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.models import Institution, Room

A_WEEK = dt.timedelta(days=7)
MOST_ROWS = 30
"""Sessions that one form takes; more are added afterwards."""


class ActivityForm(forms.Form):
    title = forms.CharField(
        label=_("Title of the activity"),
        max_length=200,
        help_text=_("As people would say it: «Reading day for 23 November»"),
    )
    kind = forms.ChoiceField(label=_("Kind of activity"), choices=choices_of(ActivityKind))
    themes = forms.MultipleChoiceField(
        label=_("Themes"), choices=choices_of(Theme), required=False, widget=forms.CheckboxSelectMultiple
    )
    audience = forms.ChoiceField(label=_("For whom"), choices=choices_of(Audience))
    observance = forms.ChoiceField(
        label=_("On the occasion of"),
        required=False,
        choices=choices_of(Observance, empty=_("no special day")),
        help_text=_("So that it counts for what the plans ask for on that day"),
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )

    @staticmethod
    def values_of(activity: Activity) -> dict[str, Any]:
        return {name: getattr(activity, name) for name in ActivityForm.base_fields}


class SessionForm(forms.Form):
    """One session in local dates and times."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    starts = forms.TimeField(label=_("Starts at"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    ends = forms.TimeField(label=_("Ends at"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Only if it goes on for several days"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    channel = forms.ChoiceField(label=_("How it is held"), choices=choices_of(Channel))
    room = forms.ModelChoiceField(
        label=_("Room"), required=False, queryset=Room.objects.none(), empty_label=_("None of ours")
    )
    venue = forms.CharField(label=_("Place, if not in a room of ours"), required=False, max_length=200)
    capacity = forms.IntegerField(
        label=_("Number of places"),
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        help_text=_("Empty: as many as the room holds; without a room, no limit"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args, institution: Institution, **kwargs):
        super().__init__(*args, **kwargs)
        rooms = list(institution.rooms.order_by("name"))
        field = self.fields["room"]
        field.queryset = institution.rooms.all()
        field.choices = [("", field.empty_label)] + [(room.pk, f"{room.name} ({room.capacity})") for room in rooms]
        if not rooms:
            field.widget = forms.HiddenInput()

    def has_changed(self) -> bool:
        """A further row that was emptied is left out; how it is held is always said, so that alone is nothing."""
        return bool(set(self.changed_data) - {"channel"})

    def values(self) -> dict[str, Any]:
        """The fields of a session, from a form that is valid."""
        good = self.cleaned_data
        room = good["room"]
        return {
            "starts_at": _moment(good["day"], good["starts"]),
            "ends_at": _moment(good["last_day"] or good["day"], good["ends"]),
            "room": room,
            "venue": good["venue"],
            "channel": good["channel"],
            "capacity": good["capacity"] or (room.capacity if room else None),
        }

    def new_session(self) -> NewSession:
        return NewSession(**self.values())

    @staticmethod
    def values_of(session: Session) -> dict[str, Any]:
        starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
        return {
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
            "last_day": ends.date() if ends.date() != starts.date() else None,
            "channel": session.channel,
            "room": session.room_id,
            "venue": session.venue,
            "capacity": session.capacity,
        }


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=_("Shown to those who wanted to come, for example: storm")
    )


SessionFormSet = forms.formset_factory(
    SessionForm, extra=0, min_num=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_min=True, validate_max=True
)


def one_more_row(formset: forms.BaseFormSet) -> list[dict[str, Any]]:
    """What stands in the rows now, and one more row like the last, a week later: what a series mostly is."""
    rows = [{name: form[name].value() for name in form.fields} for form in formset.forms]
    last = rows[-1] if rows else {}
    day = _day(last.get("day"))
    later = day + A_WEEK if day and day <= dt.date.max - A_WEEK else None
    return [*rows, {**last, "day": later}][:MOST_ROWS]


def _day(text: str | None) -> dt.date | None:
    try:
        return SessionForm.base_fields["day"].to_python(text)
    except forms.ValidationError:
        return None


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))
