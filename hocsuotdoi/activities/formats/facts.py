"""What an activity is, in words: for whom, by whom, by which rule. No phone and no note of anybody."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Choices

from hocsuotdoi.activities.enums import (
    AudienceGroup,
    ContributorRole,
    OtherProgramme,
    SpokenLanguage,
    Subject,
    Theme,
)
from hocsuotdoi.activities.formats.picture import Picture, parse_picture
from hocsuotdoi.activities.formats.recurrence import days_of, rule_in_words
from hocsuotdoi.activities.models import Activity, Contributor, Schedule
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.ledger.enums import AgeBand

MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Rule:
    """«Thứ bảy hằng tuần», «8:00–10:00», and when it ends."""

    words: str
    clock: str
    until: dt.date | None
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    picture: Picture | None
    rules: list[Rule]
    ages: list[str]
    groups: list[str]
    languages: list[str]
    themes: list[str]
    programmes: list[str]
    grades: list[int]
    subjects: list[str]
    helpers: list[tuple[str, list[str]]]


def render_facts(activity: Activity) -> Facts:
    """Two queries, unless rules and contributors were prefetched."""
    return Facts(
        picture=parse_picture(activity.picture),
        rules=[render_rule_facts(schedule) for schedule in activity.schedules.all()],
        ages=labels(AgeBand, activity.age_bands),
        groups=labels(AudienceGroup, activity.groups),
        languages=labels(SpokenLanguage, activity.languages),
        themes=labels(Theme, activity.themes),
        programmes=labels(OtherProgramme, activity.programmes),
        grades=activity.grades,
        subjects=labels(Subject, activity.subjects),
        helpers=render_helpers(activity.contributors.all()),
    )


def render_rule_facts(schedule: Schedule) -> Rule:
    left_out = set(schedule.except_on)
    if left_out:
        # Of the days left out, those on which there would be something.
        rule_days = days_of(schedule.rule, starts_on=schedule.starts_on, until=schedule.until, most=MOST_DAYS)
        left_out &= set(rule_days)
    ends = dt.datetime.combine(schedule.starts_on, schedule.starts) + dt.timedelta(minutes=schedule.minutes)
    return Rule(
        words=rule_in_words(schedule.rule),
        clock=f"{_clock(schedule.starts)}–{_clock(ends.time())}",
        until=schedule.until,
        left_out=", ".join(day_short(day) for day in sorted(left_out)),
    )


def render_helpers(contributors: Iterable[Contributor]) -> list[tuple[str, list[str]]]:
    """Names by part, in the order in which parts are listed."""
    order = ContributorRole.values
    people = sorted(contributors, key=lambda one: order.index(one.role))
    by_role = groupby(people, key=lambda one: one.role)
    return [(str(ContributorRole(role).label), [one.name for one in some]) for role, some in by_role]


def labels(choices: type[Choices], values: list[str]) -> list[str]:
    """In words, in the order of the list of choices."""
    return [str(choices(value).label) for value in choices.values if value in values] if values else []


def _clock(time: dt.time) -> str:
    return f"{time.hour}:{time.minute:02d}"
