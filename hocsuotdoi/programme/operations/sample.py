"""What a demonstration would otherwise get from the jobs of the first night."""

import datetime as dt

from hocsuotdoi.programme.operations.making import make_assignments
from hocsuotdoi.programme.operations.tally import count_evidence


def load_sample(*, at: dt.datetime, day: dt.date) -> None:
    """The tasks that the real plans ask this year, and what the sample activities show of them."""
    make_assignments(year=day.year, day=day, at=at)
    count_evidence(at=at, everything=True)
