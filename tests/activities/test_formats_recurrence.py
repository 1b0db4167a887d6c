import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.activities.enums import Repeating
from hocsuotdoi.activities.formats.recurrence import (
    WEEKS_OF_MONTH,
    BadRule,
    Repeat,
    days_of,
    parse_repeat,
    parse_rule,
    render_rule,
    rule_in_words,
    with_times,
)

TIMES = st.none() | st.integers(1, 400)
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
REPEATS = st.one_of(
    st.builds(Repeat, every=st.sampled_from([Repeating.WEEKLY, Repeating.FORTNIGHTLY]), weekdays=WEEKDAYS, times=TIMES),
    st.builds(Repeat, every=st.just(Repeating.MONTH_DAY), month_day=st.integers(1, 31), times=TIMES),
    st.builds(
        Repeat,
        every=st.just(Repeating.MONTH_WEEKDAY),
        weekdays=WEEKDAYS,
        week=st.sampled_from(WEEKS_OF_MONTH),
        times=TIMES,
    ),
)


@given(REPEATS)
def test_plain_choices_come_back_from_their_rule(repeat):
    assert parse_repeat(render_rule(repeat)) == repeat


@given(repeat=REPEATS, starts_on=st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), length=st.integers(0, 700))
def test_days_of_a_rule_are_within_it_and_on_its_weekdays(repeat, starts_on, length):
    until = starts_on + dt.timedelta(days=length)
    days = days_of(render_rule(repeat), starts_on=starts_on, until=until, most=1000)

    assert days == sorted(set(days))
    assert all(starts_on <= day <= until for day in days)
    assert not repeat.weekdays or {day.weekday() for day in days} <= set(repeat.weekdays)
    assert repeat.times is None or len(days) <= repeat.times


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=SA", "Thứ Bảy hằng tuần"),
        ("FREQ=WEEKLY;BYDAY=TU,SA;COUNT=4", "Thứ Ba và thứ Bảy hằng tuần"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "Chủ nhật, hai tuần một lần"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "Ngày 15 hằng tháng"),
        ("FREQ=MONTHLY;BYDAY=1SA", "Thứ Bảy đầu tiên hằng tháng"),
        ("FREQ=MONTHLY;BYDAY=3SA", "Thứ Bảy lần thứ 3 hằng tháng"),
        ("FREQ=MONTHLY;BYDAY=-1SU", "Chủ nhật cuối cùng hằng tháng"),
        ("FREQ=DAILY;COUNT=5", "Hằng ngày"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "Hằng ngày"),
        ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=21", "Theo lịch riêng"),
    ],
)
def test_rule_in_words_is_said_as_people_say_it(rule, words):
    assert rule_in_words(rule) == words


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "x",
        "FREQ=",
        "FREQ=HOURLY",
        "FREQ=SECONDLY;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20270101",
        "FREQ=WEEKLY;BYHOUR=3",
        "FREQ=DAILY;BYDAY=MO;INTERVAL=7",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=401",
        "FREQ=WEEKLY;COUNT=-1",
        "FREQ=WEEKLY;INTERVAL=61",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=MONTHLY;BYMONTHDAY=40",
        "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 100),
        "📅",
    ],
)
def test_parse_rule_refuses_what_cannot_be_followed(rule):
    with pytest.raises(BadRule):
        parse_rule(rule)


@given(st.text(max_size=60))
def test_parse_rule_of_anything_is_a_rule_or_refused(text):
    try:
        rule = parse_rule(text)
    except BadRule:
        return
    assert parse_rule(rule) == rule


def test_parse_rule_takes_what_calendars_write():
    assert parse_rule("RRULE:freq=weekly; byday=sa;") == "FREQ=WEEKLY;BYDAY=SA"


@pytest.mark.parametrize(
    "repeat",
    [
        Repeat(every=Repeating.WEEKLY),
        Repeat(every=Repeating.WEEKLY, weekdays=(7,)),
        Repeat(every=Repeating.MONTH_DAY),
        Repeat(every=Repeating.MONTH_DAY, month_day=32),
        Repeat(every=Repeating.MONTH_WEEKDAY, weekdays=(5,), week=5),
        Repeat(every=Repeating.RULE, rule="nonsense"),
    ],
)
def test_render_rule_without_what_its_kind_needs_is_refused(repeat):
    with pytest.raises(BadRule):
        render_rule(repeat)


def test_with_times_puts_another_number():
    assert with_times("FREQ=WEEKLY;BYDAY=SA;COUNT=4", 8) == "FREQ=WEEKLY;BYDAY=SA;COUNT=8"
    assert with_times("FREQ=WEEKLY;BYDAY=SA;COUNT=4", None) == "FREQ=WEEKLY;BYDAY=SA"
