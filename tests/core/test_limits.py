import datetime as dt

import pytest

from hocsuotdoi.core.limits import TooMany, count

NOON = dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC)


def test_so_many_in_a_minute_and_no_more_for_each_address(db):
    for _time in range(2):
        count("x", "10.0.0.1", most=2, at=NOON)
    with pytest.raises(TooMany, match="chờ một phút"):
        count("x", "10.0.0.1", most=2, at=NOON)
    count("x", "10.0.0.2", most=2, at=NOON)
    count("y", "10.0.0.1", most=2, at=NOON)
    count("x", "10.0.0.1", most=2, at=NOON + dt.timedelta(minutes=1))
