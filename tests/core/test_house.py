"""Figures and dates in words, as templates write them."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from hocsuotdoi.core.templatetags import house

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        (1234567, "vi", "1.234.567"),
        (1234.56, "vi", "1.234,6"),
        (1234.56, "en", "1,234.6"),
        (Decimal("60.40"), "vi", "60,4"),
        (60, "vi", "60"),
        (0, "vi", "0"),
        (-3.5, "vi", "−3,5"),
        (None, "vi", "–"),
    ],
)
def test_number_by_language_has_its_separators(value: float | None, language: str, words: str) -> None:
    with translation.override(language):
        assert house.number(value) == words


def test_number_with_decimals_keeps_at_most_so_many() -> None:
    with translation.override("vi"):
        assert house.number(66.666, 2) == "66,67"
        assert house.number(66.666, 0) == "67"


def test_long_words_are_cut_between_words() -> None:
    said = "Ngày Sách và Bản quyền thế giới"
    assert house.shorten(said, 40) == said
    assert house.shorten(said, 25) == "Ngày Sách và Bản quyền…"


def test_percent_without_value_is_a_dash_not_zero() -> None:
    assert house.percent(None) == "–"
    assert house.percent(0) == "0%"


@pytest.mark.parametrize(
    ("hours", "words"),
    [(1, "1 giờ"), (24, "24 giờ"), (36, "36 giờ"), (48, "2 ngày"), (336, "14 ngày"), (2400, "100 ngày")],
)
def test_hours_are_told_as_days_where_they_are_whole_days(hours: int, words: str) -> None:
    with translation.override("vi"):
        assert house.hours_long(hours) == words


def test_hours_in_english_know_one_from_many() -> None:
    with translation.override("en"):
        assert [house.hours_long(hours) for hours in (1, 2, 72)] == ["1 hour", "2 hours", "3 days"]


def test_clock_of_a_moment_is_that_of_viet_nam() -> None:
    assert house.clock(dt.datetime(2026, 11, 23, 2, 5, tzinfo=dt.UTC)) == "9:05"


def test_day_short_late_in_the_evening_is_the_local_day() -> None:
    assert house.day_short(dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)) == "23/11/2026"


def test_day_in_vietnamese_is_short_with_its_weekday() -> None:
    with translation.override("vi"):
        assert house.day(dt.date(2026, 11, 22)) == "Chủ nhật, 22/11/2026"
        assert house.month(dt.date(2026, 11, 22)) == "tháng 11"


def test_time_range_in_one_day_names_the_day_once() -> None:
    starts_at = dt.datetime(2026, 11, 23, 9, 0, tzinfo=VIET_NAM)
    with translation.override("en"):
        words = house.time_range(starts_at, starts_at + dt.timedelta(hours=2))
    assert words == "9:00–11:00, Monday, 23 November 2026"


def test_time_range_over_days_names_both() -> None:
    starts_at = dt.datetime(2026, 11, 23, 9, 0, tzinfo=VIET_NAM)
    assert house.time_range(starts_at, starts_at + dt.timedelta(days=2)) == "9:00 23/11/2026 – 9:00 25/11/2026"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (dt.date(2026, 10, 1), dt.date(2026, 10, 7), "1–7/10/2026"),
        (dt.date(2026, 9, 28), dt.date(2026, 10, 3), "28/9–3/10/2026"),
        (dt.date(2026, 12, 30), dt.date(2027, 1, 2), "30/12/2026 – 2/1/2027"),
        (dt.date(2026, 10, 1), dt.date(2026, 10, 1), "1/10/2026"),
    ],
)
def test_day_range_leaves_out_what_is_said_twice(first: dt.date, last: dt.date, words: str) -> None:
    assert house.day_range(first, last) == words


def test_coverage_without_expected_says_so() -> None:
    with translation.override("en"):
        assert house.coverage(0, 0) == "nobody is expected to report"
        assert house.coverage(None, 3) == "0 of 3 have reported"


def test_target_bar_with_a_range_draws_it_between_its_ends() -> None:
    drawn = house.target_bar(21, low=50, high=60, expected=40, state="off_track")
    assert (drawn["low_at"], drawn["high_at"], drawn["range_width"]) == (50, 60, 10)


def test_target_bar_of_a_count_scales_to_the_largest_figure() -> None:
    drawn = house.target_bar(55, low=100, unit="")
    assert drawn["low_at"] == pytest.approx(90.91)
    assert drawn["value_at"] == 50


def test_target_bar_above_hundred_percent_stays_in_its_frame() -> None:
    assert house.target_bar(120, low=100)["value_at"] == 100


def test_target_bar_without_value_draws_no_bar_and_says_so() -> None:
    with translation.override("en"):
        html = Template("{% load house %}{% target_bar None low=70 %}").render(Context())
    assert "bar-value" not in html
    assert "no figure yet" in html


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("Tỉnh Thái Nguyên", "tỉnh Thái Nguyên"),
        ("Thành phố Huế", "thành phố Huế"),
        ("Đặc khu Phú Quốc", "đặc khu Phú Quốc"),
        ("Xã Đắk Wil", "xã Đắk Wil"),
        ("Việt Nam", "Việt Nam"),
    ],
)
def test_place_within_a_sentence_begins_small_but_for_the_country(name: str, within: str) -> None:
    assert house.place_within(name) == within
