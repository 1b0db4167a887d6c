"""What's on, as a month."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.queries.offer import counted_by_day, first_of_each_day, whats_on
from hocsuotdoi.core.addresses import address as page_of
from hocsuotdoi.portal.activities.wishes import Search, address, asked
from hocsuotdoi.portal.brief import briefly_kept

SHOWN_IN_A_DAY = 3
LOOKED_AT_IN_A_DAY = 12
"""So that the same thing at the same hour in many places is written once, and there is still something to show."""
MOST_DOTS = 5
MONTHS_AHEAD = 36
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class CalendarEntry:
    starts_at: dt.datetime
    title: str
    url: str
    in_several_places: bool


@dataclass(frozen=True)
class CalendarDay:
    day: dt.date
    number: int
    entries: list[CalendarEntry]
    url: str
    is_today: bool
    is_past: bool
    is_outside: bool
    """Of the month before or after."""

    @property
    def dots(self) -> range:
        return range(min(self.number, MOST_DOTS))


@public
@require_GET
@briefly_kept
def activity_calendar(request: HttpRequest) -> HttpResponse:
    """`?month=2026-11`; the filters for days only say with which month to begin."""
    search = asked(request, timezone.now())
    # Without a month in the address: the one in which the first session is, so that nobody looks at an empty page.
    soonest = whats_on(search.wish, at=search.now).order_by("starts_at").values_list("starts_at", flat=True).first()
    fallback = timezone.localdate(max(soonest, search.now)) if soonest else search.today
    first = _month(search.form.wished("month") or "", search.today, fallback)
    weeks = _weeks(search, first)
    earlier, later = _shifted(first, -1), _shifted(first, 1)
    this_month = search.today.replace(day=1)
    return render(
        request,
        "portal/activities/activity_calendar.html",
        {
            **search.context(),
            "month": first,
            "weeks": weeks,
            "days": [day for week in weeks for day in week if day.number and not day.is_outside],
            "earlier": earlier,
            "earlier_url": address(search, month=f"{earlier:%Y-%m}") if earlier >= this_month else "",
            "later": later,
            "later_url": address(search, month=f"{later:%Y-%m}") if later <= _shifted(this_month, MONTHS_AHEAD) else "",
        },
    )


def _month(text: str, today: dt.date, fallback: dt.date) -> dt.date:
    """The first day of the month that `text` names, if it is one that the calendar shows; else that of `fallback`."""
    found = _MONTH.fullmatch(text)
    this_month = today.replace(day=1)
    if found and 1 <= int(found[2]) <= 12 and int(found[1]) >= 1:
        first = dt.date(int(found[1]), int(found[2]), 1)
        if this_month <= first <= _shifted(this_month, MONTHS_AHEAD):
            return first
    return fallback.replace(day=1)


def _shifted(first: dt.date, months: int) -> dt.date:
    years, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return dt.date(years, month + 1, 1)


def _weeks(search: Search, first: dt.date) -> list[list[CalendarDay]]:
    dates = calendar.Calendar(firstweekday=0).monthdatescalendar(first.year, first.month)
    begins, ends = dates[0][0], dates[-1][-1]
    wish = replace(search.wish, first_day=None, last_day=None, nearest=False)
    sessions = whats_on(wish, at=search.now).filter(
        starts_at__gte=timezone.make_aware(dt.datetime.combine(begins, dt.time.min)),
        starts_at__lt=timezone.make_aware(dt.datetime.combine(ends + dt.timedelta(days=1), dt.time.min)),
    )
    numbers = counted_by_day(sessions)
    shown = first_of_each_day(sessions, most=LOOKED_AT_IN_A_DAY)
    path = reverse("portal:activities-activity-list")
    # What is over is not on: of this month the weeks that are past are left out.
    dates = [week for week in dates if week[-1] >= search.today]
    return [
        [
            CalendarDay(
                day=day,
                number=numbers.get(day, 0),
                entries=_entries(shown.get(day, []), address(search, path, first_day=day, last_day=day)),
                url=address(search, path, first_day=day, last_day=day),
                is_today=day == search.today,
                is_past=day < search.today,
                is_outside=day.month != first.month,
            )
            for day in week
        ]
        for week in dates
    ]


def _entries(sessions: list[Session], day_url: str) -> list[CalendarEntry]:
    """What begins at one time under one title is one entry; held in several places, it opens the day."""
    same: dict[tuple[dt.datetime, str], list[Session]] = {}
    for session in sessions:
        same.setdefault((session.starts_at, session.activity.title), []).append(session)
    return [
        CalendarEntry(
            starts_at,
            title,
            day_url if len(found) > 1 else page_of("portal:activities-activity-detail", found[0].activity_id),
            len(found) > 1,
        )
        for (starts_at, title), found in list(same.items())[:SHOWN_IN_A_DAY]
    ]
