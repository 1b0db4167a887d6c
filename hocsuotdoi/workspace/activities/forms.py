"""What staff fill in to make and change activities and sessions."""

import datetime as dt
from collections import Counter
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.activities.enums import (
    ActivityKind,
    Audience,
    AudienceGroup,
    ContributorRole,
    Joining,
    Observance,
    OtherProgramme,
    SpokenLanguage,
    Subject,
    Theme,
    WaitingRule,
)
from hocsuotdoi.activities.formats.picture import LARGEST_BYTES
from hocsuotdoi.activities.forms import choices_of
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.operations.activity import NewSession
from hocsuotdoi.activities.operations.contributors import MOST as MOST_HELPERS
from hocsuotdoi.activities.operations.contributors import NewContributor
from hocsuotdoi.activities.operations.session_checks import MOST_PLACES
from hocsuotdoi.ledger.enums import AgeBand, Channel
from hocsuotdoi.places.models import Institution, Room

A_WEEK = dt.timedelta(days=7)
MOST_ROWS = 30
"""Sessions that one form takes; more are added afterwards."""


def _several(choices: type, label: str, *, help_text: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=help_text,
        choices=choices_of(choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _number_input() -> forms.NumberInput:
    return forms.NumberInput(attrs={"inputmode": "numeric"})


def _moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class ActivityForm(forms.Form):
    """The short form first: title and kind; what else can be said stands in sections that open."""

    title = forms.CharField(
        label=_("Title of the activity"),
        max_length=200,
        help_text=_("As people would say it: «Reading day for 23 November»"),
    )
    kind = forms.ChoiceField(label=_("Kind of activity"), choices=choices_of(ActivityKind))
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 10 MB. Where it was taken is removed from it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    picture_alt = forms.CharField(
        label=_("What the picture shows"),
        required=False,
        max_length=200,
        help_text=_("For people who cannot see it: «Children read under a banyan tree»"),
    )
    remove_picture = forms.BooleanField(label=_("Take the picture away"), required=False)
    audience = forms.ChoiceField(label=_("For whom"), choices=choices_of(Audience))
    age_bands = _several(AgeBand, _("Ages"), help_text=_("Nothing ticked: all ages"))
    groups = _several(AudienceGroup, _("In particular for"))
    languages = _several(SpokenLanguage, _("Held in"), help_text=_("Nothing ticked: Vietnamese"))
    themes = _several(Theme, _("Themes"))
    observance = forms.ChoiceField(
        label=_("On the occasion of"),
        required=False,
        choices=choices_of(Observance, empty=_("no special day")),
        help_text=_("So that it counts for what the plans ask for on that day"),
    )
    programmes = _several(
        OtherProgramme, _("Also counts for"), help_text=_("Held once, it counts for each of these, once")
    )
    joining = forms.ChoiceField(label=_("How people join"), required=False, choices=choices_of(Joining))
    joining_opens_at = forms.DateTimeField(
        label=_("Joining opens"),
        required=False,
        help_text=_("Empty: as soon as it is published"),
        widget=_moment_input(),
    )
    joining_closes_hours = forms.IntegerField(
        label=_("Joining closes, hours before the start"),
        required=False,
        min_value=0,
        max_value=2400,
        help_text=_("Empty: people can join until the session ends"),
        widget=_number_input(),
    )
    places_each = forms.IntegerField(
        label=_("Places that one person may take"), required=False, min_value=1, max_value=1000, widget=_number_input()
    )
    waiting_rule = forms.ChoiceField(label=_("When it is full"), required=False, choices=choices_of(WaitingRule))
    offer_hours = forms.IntegerField(
        label=_("Hours for which an offered place is kept"),
        required=False,
        min_value=1,
        max_value=336,
        widget=_number_input(),
    )
    is_bookable = forms.BooleanField(label=_("Teachers may ask for a visit with their class"), required=False)
    grades = forms.TypedMultipleChoiceField(
        label=_("School grades"),
        required=False,
        coerce=int,
        choices=[(grade, str(grade)) for grade in range(1, 13)],
        widget=forms.CheckboxSelectMultiple,
    )
    subjects = _several(Subject, _("School subjects"))

    SECTIONS = (
        (_("Description and picture"), ("description", "picture", "picture_alt", "remove_picture")),
        (_("For whom: ages, groups, languages"), ("audience", "age_bands", "groups", "languages")),
        (_("Occasion, themes, programmes"), ("observance", "themes", "programmes")),
        (
            _("How people join"),
            ("joining", "joining_opens_at", "joining_closes_hours", "places_each", "waiting_rule", "offer_hours"),
        ),
        (_("For schools"), ("is_bookable", "grades", "subjects")),
    )
    KEPT_WHEN_EMPTY = frozenset({"joining", "places_each", "waiting_rule", "offer_hours"})
    NOT_FIELDS = frozenset({"picture", "remove_picture"})

    def __init__(self, *args, activity: Activity | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.activity = activity
        if activity is None or not activity.picture:
            self.fields["remove_picture"].widget = forms.HiddenInput()

    def sections(self) -> list[dict[str, Any]]:
        """What opens: title, fields, and whether it is open: something in it is wrong or was filled in."""
        return [
            {
                "title": title,
                "fields": [self[name] for name in names],
                "is_open": any(name in self.errors or self._is_filled(name) for name in names),
            }
            for title, names in self.SECTIONS
        ]

    def values(self) -> dict[str, Any]:
        """What the acts take, from a form that is valid. A choice that was left out stays what it is."""
        good = self.cleaned_data
        fields = {
            name: value
            for name, value in good.items()
            if name not in self.NOT_FIELDS and not (name in self.KEPT_WHEN_EMPTY and value in ("", None))
        }
        if good["picture"]:
            fields["picture"] = good["picture"].read(LARGEST_BYTES + 1)
        if good["remove_picture"] and self.activity is not None:
            fields["remove_picture"] = True
        return fields

    @staticmethod
    def values_of(activity: Activity) -> dict[str, Any]:
        values = {
            name: getattr(activity, name) for name in ActivityForm.base_fields if name not in ActivityForm.NOT_FIELDS
        }
        opens = activity.joining_opens_at
        return {**values, "joining_opens_at": timezone.localtime(opens) if opens else None}

    def _is_filled(self, name: str) -> bool:
        value = self[name].value()
        usual = ("", None, [], False, Audience.EVERYONE, Joining.REGISTER, WaitingRule.NONE)
        return value not in usual and name not in ("places_each", "offer_hours", "audience")


class ContributorForm(forms.Form):
    role = forms.ChoiceField(label=_("Part"), choices=choices_of(ContributorRole))
    name = forms.CharField(label=_("Name of the person or organisation"), required=False, max_length=200)
    phone = forms.CharField(label=_("Phone, for colleagues only"), required=False, max_length=30)
    note = forms.CharField(label=_("Note, for colleagues only"), required=False, max_length=200)

    def has_changed(self) -> bool:
        """A row whose part was chosen and nothing else is nobody."""
        return bool(set(self.changed_data) - {"role"})

    def clean(self) -> dict[str, Any]:
        good = super().clean() or {}
        if not good.get("name") and (good.get("phone") or good.get("note")):
            self.add_error("name", _("Write the name of each person or organisation who helps."))
        return good


ContributorFormSet = forms.formset_factory(ContributorForm, extra=0, max_num=MOST_HELPERS, absolute_max=MOST_HELPERS)


def contributors_of(formset: forms.BaseFormSet) -> list[NewContributor]:
    """Those who are named, in the order of the rows."""
    rows = [row.cleaned_data for row in formset if row.cleaned_data.get("name")]
    return [NewContributor(row["role"], row["name"], row["phone"], row["note"]) for row in rows]


NEXT_DAY = _("Earlier than the start: it ends on the next day")
LONGEST_NIGHT = dt.timedelta(hours=16)
"""An earlier end that would make it longer than this is a slip, unless a last day is said."""


def refuse_a_long_night(form: forms.Form) -> None:
    good = form.cleaned_data
    starts, ends = good.get("starts"), good.get("ends")
    if starts is None or ends is None or ends >= starts or good.get("last_day"):
        return
    day = dt.date(2000, 1, 1)
    lasts = dt.datetime.combine(day + dt.timedelta(days=1), ends) - dt.datetime.combine(day, starts)
    if lasts > LONGEST_NIGHT:
        hours = round(lasts.total_seconds() / 3600)
        form.add_error(
            "ends",
            gettext(
                "It ends before it starts; until the next day it would last {hours} hours. Check both times."
            ).format(hours=hours),
        )


class SessionForm(forms.Form):
    """One session in local dates and times."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    starts = forms.TimeField(label=_("Starts at"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    ends = forms.TimeField(
        label=_("Ends at"),
        help_text=NEXT_DAY,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Only if it goes on for several days"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    channel = forms.ChoiceField(label=_("How it is held"), choices=choices_of(Channel))
    also_online = forms.BooleanField(label=_("Can also be followed online"), required=False)
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

    def __init__(self, *args, institution: Institution, with_equipment: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        offer_rooms(self.fields["room"], institution)
        self.equipment = institution.equipment.filter(usable__gte=1).order_by("kind", "pk") if with_equipment else []
        for one in self.equipment:
            self.fields[f"equipment_{one.pk}"] = forms.IntegerField(
                label=capfirst(one.get_kind_display()),
                help_text=ngettext("{usable} can be used", "{usable} can be used", one.usable).format(
                    usable=one.usable
                ),
                required=False,
                min_value=0,
                max_value=100_000,
                widget=_number_input(),
            )

    def clean(self) -> dict[str, Any]:
        good = super().clean() or {}
        refuse_a_long_night(self)
        return good

    def equipment_fields(self) -> list[forms.BoundField]:
        return [self[f"equipment_{one.pk}"] for one in self.equipment]

    @property
    def more_is_open(self) -> bool:
        """Is something wrong or filled in of what is folded away?"""
        folded = ["last_day", "also_online", *(field.name for field in self.equipment_fields())]
        if not self["room"].is_hidden:
            folded.append("venue")
        channel = self["channel"].value() or Channel.ON_SITE
        return channel != Channel.ON_SITE or any(self[name].errors or self[name].value() for name in folded)

    def equipment_wanted(self) -> dict[int, int]:
        """Equipment's key → how many, from a form that is valid."""
        return {one.pk: self.cleaned_data[f"equipment_{one.pk}"] or 0 for one in self.equipment}

    def has_changed(self) -> bool:
        """A further row that was emptied is left out; how it is held is always said, so that alone is nothing."""
        return bool(set(self.changed_data) - {"channel"})

    def values(self) -> dict[str, Any]:
        """The fields of a session, from a form that is valid."""
        good = self.cleaned_data
        room = good["room"]
        return {
            "starts_at": _moment(good["day"], good["starts"]),
            "ends_at": _moment(good["last_day"] or self._day_of_the_end(), good["ends"]),
            "room": room,
            "venue": good["venue"],
            "channel": good["channel"],
            "also_online": good["also_online"],
            "capacity": good["capacity"] or (room.capacity if room else None),
        }

    def _day_of_the_end(self) -> dt.date:
        """Where no last day is said: an earlier end means the next day, as in a series."""
        good = self.cleaned_data
        day: dt.date = good["day"]
        is_past_midnight = good["ends"] < good["starts"] and day < dt.date.max
        return day + dt.timedelta(days=1) if is_past_midnight else day

    def new_session(self) -> NewSession:
        return NewSession(**self.values())

    @staticmethod
    def values_of(session: Session) -> dict[str, Any]:
        starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
        return {
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
            "last_day": ends.date() if ends.date() != starts.date() and ends - starts > LONGEST_NIGHT else None,
            "channel": session.channel,
            "also_online": session.also_online,
            "room": session.room_id,
            "venue": session.venue,
            "capacity": session.capacity,
            **Counter(f"equipment_{use.equipment_id}" for use in session.equipment_uses.all()),
        }


def offer_rooms(field: forms.ModelChoiceField, institution: Institution) -> None:
    """The institution's rooms with what they hold; nothing to choose where there are none."""
    rooms = list(institution.rooms.order_by("name"))
    field.queryset = institution.rooms.all()
    field.choices = [("", field.empty_label)] + [(room.pk, f"{room.name} ({room.capacity})") for room in rooms]
    if not rooms:
        field.widget = forms.HiddenInput()


class PlanForm(forms.Form):
    publish_at = forms.DateTimeField(label=_("Publish by itself at"), required=False, widget=_moment_input())


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=_("Shown to those who wanted to come, for example: storm")
    )


SessionFormSet = forms.formset_factory(
    SessionForm, extra=0, min_num=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_min=True, validate_max=True
)


def typed_rows(formset: forms.BaseFormSet) -> list[dict[str, Any]]:
    """What stands in the rows now."""
    return [{name: form[name].value() for name in form.fields} for form in formset.forms]


def one_more_row(formset: forms.BaseFormSet) -> list[dict[str, Any]]:
    """What stands in the rows now, and one more row like the last, a week later: what a series mostly is."""
    rows = typed_rows(formset)
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
