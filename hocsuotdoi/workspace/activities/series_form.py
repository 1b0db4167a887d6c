"""What staff fill in to make or change the rule of a series."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.activities.enums import Repeating
from hocsuotdoi.activities.formats.recurrence import LAST, Repeat, parse_repeat
from hocsuotdoi.activities.forms import choices_of
from hocsuotdoi.activities.models import Schedule
from hocsuotdoi.activities.operations.series import NewSchedule
from hocsuotdoi.activities.operations.session_checks import MOST_PLACES
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.queries.holidays import holidays_between
from hocsuotdoi.workspace.activities.forms import NEXT_DAY, offer_rooms, refuse_a_long_night

MOST_YEARS = 3
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?")
_name = lazy(lambda weekday: str(WEEKDAYS[weekday]), str)


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


def _number_input() -> forms.NumberInput:
    return forms.NumberInput(attrs={"inputmode": "numeric"})


class ScheduleForm(forms.Form):
    every = forms.ChoiceField(label=_("How often"), choices=choices_of(Repeating))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which weekdays"),
        coerce=int,
        required=False,
        choices=[(day, _name(day)) for day in range(7)],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: the weekday of the first day"),
    )
    week = forms.TypedChoiceField(
        label=_("Which one in the month"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            (1, _("the first")),
            (2, _("the second")),
            (3, _("the third")),
            (4, _("the fourth")),
            (LAST, _("the last")),
        ],
        help_text=_("Only for «on the same weekday»"),
    )
    starts_on = forms.DateField(label=_("First day"), widget=_day_input())
    starts = forms.TimeField(label=_("Starts at"), widget=_time_input())
    ends = forms.TimeField(label=_("Ends at"), help_text=NEXT_DAY, widget=_time_input())
    until = forms.DateField(label=_("Until"), required=False, widget=_day_input())
    times = forms.IntegerField(
        label=_("or so many times"), required=False, min_value=1, max_value=400, widget=_number_input()
    )
    skip_holidays = forms.BooleanField(
        label=_("Not on public holidays: Tết, Giỗ Tổ, 30 April, 1 May, 2 September…"), required=False
    )
    except_on = forms.CharField(
        label=_("Nor on these days"),
        required=False,
        max_length=2000,
        help_text=_("Tết, exams, harvest: 6/2, 7/2, 8/2/2027"),
    )
    room = forms.ModelChoiceField(label=_("Room"), required=False, queryset=None, empty_label=_("None of ours"))
    venue = forms.CharField(label=_("Place, if not in a room of ours"), required=False, max_length=200)
    capacity = forms.IntegerField(
        label=_("Number of places"),
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        help_text=_("Empty: as many as the room holds; without a room, no limit"),
        widget=_number_input(),
    )
    channel = forms.ChoiceField(label=_("How it is held"), choices=choices_of(Channel))
    rule = forms.CharField(
        label=_("Rule"),
        required=False,
        max_length=200,
        help_text=_("For «by a rule of its own», as in RFC 5545: FREQ=MONTHLY;BYDAY=SA;BYSETPOS=-1"),
    )

    def __init__(self, *args, institution: Institution, **kwargs):
        super().__init__(*args, **kwargs)
        offer_rooms(self.fields["room"], institution)

    def clean(self) -> dict[str, Any]:
        good = super().clean() or {}
        refuse_a_long_night(self)
        first, until = good.get("starts_on"), good.get("until")
        if until and good.get("times"):
            self.add_error("times", gettext("Say either until which day or how many times."))
        if first and "except_on" in good:
            good["days_off"] = self._days_off(first, until)
        return good

    def new_schedule(self) -> NewSchedule:
        """The rule, from a form that is valid."""
        good = self.cleaned_data
        room = good["room"]
        starts, ends = (good[name].hour * 60 + good[name].minute for name in ("starts", "ends"))
        return NewSchedule(
            repeat=Repeat(
                every=Repeating(good["every"]),
                weekdays=tuple(good["weekdays"]) or (good["starts_on"].weekday(),),
                month_day=good["starts_on"].day,
                week=good["week"],
                times=good["times"],
                rule=self._own_rule(),
            ),
            starts_on=good["starts_on"],
            until=good["until"],
            starts=good["starts"],
            # An end before the start is the next day's.
            minutes=(ends - starts) % (24 * 60),
            except_on=tuple(sorted(good["days_off"])),
            room=room,
            venue=good["venue"],
            channel=good["channel"],
            capacity=good["capacity"] or (room.capacity if room else None),
        )

    def _own_rule(self) -> str:
        rule, times = self.cleaned_data["rule"], self.cleaned_data["times"]
        return f"{rule};COUNT={times}" if times and "COUNT" not in rule.upper() else rule

    def _days_off(self, first: dt.date, until: dt.date | None) -> set[dt.date]:
        """The days left out; a day without a year is meant in every year of the series."""
        last_year = min(until.year if until else first.year + 2, first.year + MOST_YEARS)
        years = range(first.year, last_year + 1)
        days: set[dt.date] = set()
        try:
            for piece in filter(None, re.split(r"[,;\s]+", self.cleaned_data["except_on"])):
                found = _DAY.fullmatch(piece)
                if found is None:
                    raise ValueError
                for year in [int(found[3])] if found[3] else years:
                    days.add(dt.date(year, int(found[2]), int(found[1])))
        except ValueError:
            self.add_error("except_on", gettext("Write days as 30/4 or 30/4/2027, separated by commas."))
        if self.cleaned_data.get("skip_holidays"):
            days |= set(holidays_between(first, until or dt.date(last_year, 12, 31)))
        return {day for day in days if day >= first and (until is None or day <= until)}

    @staticmethod
    def values_of(schedule: Schedule) -> dict[str, Any]:
        repeat = parse_repeat(schedule.rule)
        ends = dt.datetime.combine(schedule.starts_on, schedule.starts) + dt.timedelta(minutes=schedule.minutes)
        return {
            "every": repeat.every,
            "weekdays": repeat.weekdays,
            "week": repeat.week,
            "times": repeat.times,
            "rule": repeat.rule,
            "starts_on": schedule.starts_on,
            "starts": schedule.starts,
            "ends": ends.time(),
            "until": schedule.until,
            "except_on": ", ".join(f"{day.day}/{day.month}/{day.year}" for day in schedule.except_on),
            "room": schedule.room_id,
            "venue": schedule.venue,
            "capacity": schedule.capacity,
            "channel": schedule.channel,
        }


class ExtendForm(forms.Form):
    until = forms.DateField(label=_("Until"), required=False, widget=_day_input())
    times = forms.IntegerField(
        label=_("or so many times in all"), required=False, min_value=1, max_value=400, widget=_number_input()
    )
