import datetime as dt

import pytest
from django.utils.translation import override

from hocsuotdoi.core.periods import Period, parse_period


@pytest.mark.parametrize(
    ("code", "first", "last", "words"),
    [
        ("2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31), "năm 2026"),
        ("2026-Q3", dt.date(2026, 7, 1), dt.date(2026, 9, 30), "quý III/2026"),
        ("2026-Q4", dt.date(2026, 10, 1), dt.date(2026, 12, 31), "quý IV/2026"),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29), "tháng 2/2024"),
        ("2026-12", dt.date(2026, 12, 1), dt.date(2026, 12, 31), "tháng 12/2026"),
    ],
)
def test_period_knows_its_days_and_its_words(code, first, last, words):
    period = parse_period(code)

    assert (period.code, period.starts_on, period.last_day) == (code, first, last)
    with override("vi"):
        assert period.words == words


@pytest.mark.parametrize(
    "code", ["", "26", "1999", "2026-Q5", "2026-13", "2026-00", "2026-7", "2026-q1", "2026/07", "２０２６"]
)
def test_anything_else_is_no_period(code):
    with pytest.raises(ValueError):
        parse_period(code)


def test_running_period_counts_until_today():
    assert Period(2026).counted_until(dt.date(2026, 11, 23)) == dt.date(2026, 11, 23)
    assert Period(2025).counted_until(dt.date(2026, 11, 23)) == dt.date(2025, 12, 31)


@pytest.mark.parametrize(
    ("code", "year_before", "just_before"),
    [
        ("2026", "2025", "2025"),
        ("2026-Q1", "2025-Q1", "2025-Q4"),
        ("2026-Q4", "2025-Q4", "2026-Q3"),
        ("2026-01", "2025-01", "2025-12"),
        ("2026-08", "2025-08", "2026-07"),
    ],
)
def test_period_knows_those_it_is_compared_with(code, year_before, just_before):
    period = parse_period(code)

    assert (period.year_before.code, period.just_before.code) == (year_before, just_before)
